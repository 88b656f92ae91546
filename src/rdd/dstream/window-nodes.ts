import { StorageLevel } from '../../storage/block/storage-level.js';
import type { FunctionOptions } from '../closure/function-spec.js';
import { illegalArgument } from '../java-errors.js';
import type { RDD } from '../rdd.js';
import type { Duration } from './duration.js';
import { type StreamHost, StreamNode, type Time } from './stream-node.js';

/** @throws IllegalArgumentException unless both are multiples of the parent's interval */
function checkWindow(name: string, window: Duration, slide: Duration, parent: Duration): void {
  if (!window.isMultipleOf(parent))
    throw illegalArgument(
      `The window duration of ${name} (${window}) must be multiple of the slide duration of parent DStream (${parent})`,
    );
  if (!slide.isMultipleOf(parent))
    throw illegalArgument(
      `The slide duration of ${name} (${slide}) must be multiple of the slide duration of parent DStream (${parent})`,
    );
}

/** All elements of the last batches. Keeps the parent's RDDs in memory. Spark: `WindowedDStream`. */
export class WindowedNode<T> extends StreamNode<T> {
  readonly parents: readonly [StreamNode<T>];
  constructor(
    host: StreamHost,
    parent: StreamNode<T>,
    private readonly windowDuration: Duration,
    readonly slideDuration: Duration,
  ) {
    super(host);
    checkWindow('WindowedDStream', windowDuration, slideDuration, parent.slideDuration);
    parent.persist(StorageLevel.MEMORY_ONLY_SER);
    this.parents = [parent];
  }

  protected override get parentRememberDuration(): Duration {
    return super.parentRememberDuration.plus(this.windowDuration);
  }

  /** What is kept is what the window is made of. */
  override persist(level: StorageLevel): void {
    this.parents[0].persist(level);
  }

  protected async compute(time: Time): Promise<RDD<T>> {
    const [parent] = this.parents;
    const from = time - this.windowDuration.milliseconds + parent.slideDuration.milliseconds;
    return this.host.sparkContext.union(await parent.slice(from, time));
  }
}

/** What a reduced window needs from its user. */
export interface ReducedWindow<K, V> {
  readonly reduce: (a: V, b: V) => V;
  readonly inverse: (a: V, b: V) => V;
  /** Entries that it refuses leave the window's result. */
  readonly filter?: ((entry: [K, V]) => boolean) | undefined;
  readonly windowDuration: Duration;
  readonly slideDuration: Duration;
  readonly numPartitions: number;
}

/** The reduced values of a window from those of the window before: old batches are taken out by the inverse function, new
 * ones added. Its parent is reduced already. Spark: `ReducedWindowedDStream`. */
export class ReducedWindowedNode<K, V> extends StreamNode<[K, V]> {
  override readonly cutsLineage = true;
  readonly parents: readonly [StreamNode<[K, V]>];
  constructor(
    host: StreamHost,
    reduced: StreamNode<[K, V]>,
    private readonly window: ReducedWindow<K, V>,
    private readonly options: FunctionOptions,
  ) {
    super(host);
    checkWindow('ReducedWindowedDStream', window.windowDuration, window.slideDuration, reduced.slideDuration);
    this.parents = [reduced];
    this.persist(StorageLevel.MEMORY_ONLY_SER);
  }

  get slideDuration(): Duration {
    return this.window.slideDuration;
  }

  protected override get parentRememberDuration(): Duration {
    return super.parentRememberDuration.plus(this.window.windowDuration);
  }

  override persist(level: StorageLevel): void {
    super.persist(level);
    this.parents[0].persist(level);
  }

  protected async compute(time: Time): Promise<RDD<[K, V]>> {
    const { sparkContext } = this.host;
    const [parent] = this.parents;
    const { windowDuration, slideDuration, reduce, inverse, filter, numPartitions } = this.window;
    const step = parent.slideDuration.milliseconds;
    const begin = time - windowDuration.milliseconds + step;
    const previousEnd = time - slideDuration.milliseconds;
    const previousBegin = begin - slideDuration.milliseconds;
    // Batches between windows that do not touch belong to neither; Spark takes them in and out again, unless a key is new.
    const old = await parent.slice(previousBegin, Math.min(previousEnd, begin - step));
    const fresh = await parent.slice(Math.max(begin, previousEnd + step), time);
    const previous = (await this.getOrCompute(previousEnd)) ?? sparkContext.emptyRDD<[K, V]>();
    type Tagged = [K, [tag: number, value: V]];
    const tag = (rdds: readonly RDD<[K, V]>[], n: number): RDD<Tagged>[] =>
      rdds.map((rdd) => rdd.mapValues((value: V): [number, V] => [$tag, value], { vars: { $tag: n } }));
    const vars = { ...this.options.vars, $reduce: reduce, $inverse: inverse };
    const merged = sparkContext
      .union([...tag([previous], 0), ...tag(old, 1), ...tag(fresh, 2)])
      .groupByKey(numPartitions)
      .mapValues(mergeWindow as (values: Iterable<[number, V]>) => V, { vars });
    return filter ? merged.filter(filter, this.options) : merged;
  }
}

// Names that travel in `vars`.
declare const $tag: number;
declare const $reduce: (a: unknown, b: unknown) => unknown;
declare const $inverse: (a: unknown, b: unknown) => unknown;

/** Runs in workers, as text. */
function mergeWindow(values: Iterable<[number, unknown]>): unknown {
  const all = [...values];
  const of = (tag: number): unknown[] => all.filter((v) => v[0] === tag).map((v) => v[1]);
  const previous = of(0);
  const old = of(1);
  const fresh = of(2);
  if (previous.length === 0) {
    if (fresh.length === 0)
      throw new RangeError(
        'Neither previous window has value for key, nor new values found. Are you sure your key class hashes consistently?',
      );
    return fresh.reduce((a, b) => $reduce(a, b));
  }
  let value = previous[0];
  if (old.length > 0)
    value = $inverse(
      value,
      old.reduce((a, b) => $reduce(a, b)),
    );
  if (fresh.length > 0)
    value = $reduce(
      value,
      fresh.reduce((a, b) => $reduce(a, b)),
    );
  return value;
}
