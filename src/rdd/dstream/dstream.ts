import { inspect } from 'node:util';
import { StorageLevel } from '../../storage/block/storage-level.js';
import { encodeFunction } from '../closure/encode-function.js';
import type { FunctionOptions } from '../closure/function-spec.js';
import type { RDD } from '../rdd.js';
import type { TaskContext } from '../worker/task-context.js';
import { Duration, type DurationLike, toDuration } from './duration.js';
import type { OutputOperation } from './graph.js';
import { StateNode, type UpdateFunction } from './state-node.js';
import { type StreamHost, type StreamNode, type Time, TransformedNode } from './stream-node.js';
import { ReducedWindowedNode, WindowedNode } from './window-nodes.js';

/** What a stream knows of its context. */
export interface StreamContext extends StreamHost {
  addOutput(output: OutputOperation): void;
}

/** Options of operations that shuffle. */
export interface ShuffleOptions extends FunctionOptions {
  /** Default: the context's default parallelism. */
  readonly numPartitions?: number;
}

/** Options of windows by key. */
export interface WindowOptions<K, V> extends ShuffleOptions {
  /** Entries that it refuses leave the result. */
  readonly filter?: (entry: [K, V]) => boolean;
}

/** A sequence of RDDs, one per batch. Functions on elements travel to workers as those of RDDs do; functions on RDDs
 * (`transform`, `foreachRDD`) run on the driver. Durations are multiples of the interval of the stream. Spark: `DStream`,
 * `PairDStreamFunctions`. */
export class DStream<T> {
  constructor(
    readonly context: StreamContext,
    readonly node: StreamNode<T>,
  ) {}

  /** How far apart its batches are. */
  get slideDuration(): Duration {
    return this.node.slideDuration;
  }

  // ---- elements

  map<U>(fn: (value: T, task: TaskContext) => U | PromiseLike<U>, options?: FunctionOptions): DStream<U> {
    return this.#checked(fn, options, (rdd) => rdd.map(fn as never, options) as never);
  }
  flatMap<U>(
    fn: (value: T, task: TaskContext) => Iterable<U> | PromiseLike<Iterable<U>>,
    options?: FunctionOptions,
  ): DStream<U> {
    return this.#checked(fn, options, (rdd) => rdd.flatMap(fn as never, options) as never);
  }
  filter(fn: (value: T, task: TaskContext) => boolean | PromiseLike<boolean>, options?: FunctionOptions): DStream<T> {
    return this.#checked(fn, options, (rdd) => rdd.filter(fn as never, options) as never);
  }
  mapPartitions<U>(
    fn: (
      values: Iterable<T> & AsyncIterable<T>,
      task: TaskContext,
    ) => Iterable<U> | AsyncIterable<U> | PromiseLike<Iterable<U>>,
    options?: FunctionOptions,
  ): DStream<U> {
    return this.#checked(fn, options, (rdd) => rdd.mapPartitions(fn as never, options) as never);
  }
  mapPartitionsWithIndex<U>(
    fn: (
      index: number,
      values: Iterable<T> & AsyncIterable<T>,
      task: TaskContext,
    ) => Iterable<U> | AsyncIterable<U> | PromiseLike<Iterable<U>>,
    options?: FunctionOptions,
  ): DStream<U> {
    return this.#checked(fn, options, (rdd) => rdd.mapPartitionsWithIndex(fn as never, options) as never);
  }
  /** One array per partition. */
  glom(): DStream<T[]> {
    return this.transform((rdd) => rdd.glom());
  }
  repartition(numPartitions: number): DStream<T> {
    return this.transform((rdd) => rdd.repartition(numPartitions));
  }

  // ---- RDDs

  /** `fn` makes the RDD of each batch of this one's; on the driver, at the batch's time. */
  transform<U>(fn: (rdd: RDD<T>, time: Time) => RDD<U> | PromiseLike<RDD<U>>): DStream<U> {
    return this.#derive([this], ([rdd], time) => fn(rdd as unknown as RDD<T>, time));
  }
  /** The same with the batch of another stream of the same interval. */
  transformWith<V, U>(
    other: DStream<V>,
    fn: (rdd: RDD<T>, other: RDD<V>, time: Time) => RDD<U> | PromiseLike<RDD<U>>,
  ): DStream<U> {
    return this.#derive([this, other], ([a, b], time) => fn(a as unknown as RDD<T>, b as unknown as RDD<V>, time));
  }
  union(other: DStream<T>): DStream<T> {
    return this.transformWith(other, (a, b) => a.union(b));
  }

  /** An output operation: `fn` runs on the driver for each batch, one batch after the other; what it throws fails
   * `awaitTermination`. */
  foreachRDD(fn: (rdd: RDD<T>, time: Time) => unknown): void {
    this.context.addOutput({ node: this.node as StreamNode, run: fn as OutputOperation['run'] });
  }

  /** Prints the first elements of each batch. */
  print(num = 10): void {
    this.foreachRDD(async (rdd, time) => {
      const first = await rdd.take(num + 1);
      const line = '-------------------------------------------';
      const rows = first.slice(0, num).map((x) => (typeof x === 'string' ? x : inspect(x)));
      const text = [line, `Time: ${time} ms`, line, ...rows, ...(first.length > num ? ['...'] : []), '', ''];
      process.stdout.write(text.join('\n'));
    });
  }
  /** PySpark's name of `print`. */
  pprint(num = 10): void {
    this.print(num);
  }

  /** The RDDs of the batches from one time to another, both included, in ms; those that are still known or can be made. */
  slice(from: Time, to: Time): Promise<RDD<T>[]> {
    return this.node.slice(from, to);
  }

  /** Keeps the RDDs of each batch while they are known; default in memory, serialized. */
  persist(level: StorageLevel = StorageLevel.MEMORY_ONLY_SER): this {
    this.node.persist(level);
    return this;
  }
  cache(): this {
    return this.persist();
  }
  /** Cuts the lineage of the RDDs at this interval. */
  checkpoint(interval: DurationLike): this {
    this.node.checkpoint(toDuration(interval));
    return this;
  }

  // ---- aggregates

  /** Each batch's elements made one; a batch without elements has none. */
  reduce(fn: (a: T, b: T) => T, options?: FunctionOptions): DStream<T> {
    return this.map((x) => [0, x] as [number, T])
      .reduceByKey(fn, { ...options, numPartitions: 1 })
      .map((entry) => entry[1]);
  }
  /** How many elements each batch has, 0 included. */
  count(): DStream<number> {
    const zero: [number, number] = [0, 0];
    return this.map(() => [0, 1] as [number, number])
      .transform((rdd) => rdd.union(this.context.sparkContext.parallelize([zero], 1)))
      .reduceByKey((a, b) => a + b)
      .map((entry) => entry[1]);
  }
  countByValue(numPartitions?: number): DStream<[T, number]> {
    return this.map((x) => [x, 1] as [T, number]).reduceByKey((a, b) => a + b, partitions(numPartitions));
  }

  // ---- windows

  /** The elements of the last batches that fit in `windowDuration`, every `slideDuration`. */
  window(windowDuration: DurationLike, slideDuration: DurationLike = this.slideDuration): DStream<T> {
    const { context, node } = this;
    return new DStream(
      context,
      new WindowedNode<T>(context, node, toDuration(windowDuration), toDuration(slideDuration)),
    );
  }
  /** A window's elements made one; with `inverse`, from the window before. */
  reduceByWindow(
    fn: (a: T, b: T) => T,
    windowDuration: DurationLike,
    slideDuration?: DurationLike,
    options?: FunctionOptions,
  ): DStream<T>;
  reduceByWindow(
    fn: (a: T, b: T) => T,
    inverse: ((a: T, b: T) => T) | null | undefined,
    windowDuration: DurationLike,
    slideDuration?: DurationLike,
    options?: FunctionOptions,
  ): DStream<T>;
  reduceByWindow(fn: (a: T, b: T) => T, ...rest: unknown[]): DStream<T> {
    const { inverse, windowDuration, slideDuration = this.slideDuration, options } = windowArguments<T>(rest);
    const own = numbered(options);
    if (!inverse) return this.reduce(fn, own).window(windowDuration, slideDuration).reduce(fn, own);
    return this.map((x) => [1, x] as [number, T])
      .reduceByKeyAndWindow(fn, inverse, windowDuration, slideDuration, { ...own, numPartitions: 1 })
      .map((entry) => entry[1]);
  }
  /** How many elements each window has. */
  countByWindow(windowDuration: DurationLike, slideDuration: DurationLike = this.slideDuration): DStream<number> {
    return this.map(() => 1).reduceByWindow(
      (a, b) => a + b,
      (a, b) => a - b,
      windowDuration,
      slideDuration,
    );
  }
  countByValueAndWindow(
    windowDuration: DurationLike,
    slideDuration: DurationLike = this.slideDuration,
    numPartitions?: number,
  ): DStream<[T, number]> {
    return this.map((x) => [x, 1] as [T, number]).reduceByKeyAndWindow(
      (a, b) => a + b,
      (a, b) => a - b,
      windowDuration,
      slideDuration,
      { ...partitions(numPartitions), filter: (entry) => entry[1] !== 0 },
    );
  }

  // ---- streams of [key, value]

  mapValues<K, V, U>(
    this: DStream<[K, V]>,
    fn: (value: V, task: TaskContext) => U,
    options?: FunctionOptions,
  ): DStream<[K, U]> {
    return this.#checked(fn, options, (rdd) => rdd.mapValues(fn as never, options) as never);
  }
  flatMapValues<K, V, U>(
    this: DStream<[K, V]>,
    fn: (value: V, task: TaskContext) => Iterable<U>,
    options?: FunctionOptions,
  ): DStream<[K, U]> {
    return this.#checked(fn, options, (rdd) => rdd.flatMapValues(fn as never, options) as never);
  }
  groupByKey<K, V>(this: DStream<[K, V]>, numPartitions?: number): DStream<[K, V[]]> {
    return this.transform((rdd) => rdd.groupByKey(this.#partitions(numPartitions)) as unknown as RDD<[K, V[]]>);
  }
  reduceByKey<K, V>(this: DStream<[K, V]>, fn: (a: V, b: V) => V, options?: ShuffleOptions | number): DStream<[K, V]> {
    const own = numbered(options);
    return this.#checked(
      fn,
      own,
      (rdd) => rdd.reduceByKey(fn as never, this.#partitions(own.numPartitions), own) as never,
    );
  }
  join<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, numPartitions?: number): DStream<[K, [V, W]]> {
    return this.transformWith(other, (a, b) => a.join(b, this.#partitions(numPartitions)));
  }
  leftOuterJoin<K, V, W>(
    this: DStream<[K, V]>,
    other: DStream<[K, W]>,
    numPartitions?: number,
  ): DStream<[K, [V, W | null]]> {
    return this.transformWith(
      other,
      (a, b) => a.leftOuterJoin(b, this.#partitions(numPartitions)) as unknown as RDD<[K, [V, W | null]]>,
    );
  }
  cogroup<K, V, W>(this: DStream<[K, V]>, other: DStream<[K, W]>, numPartitions?: number): DStream<[K, [V[], W[]]]> {
    return this.transformWith(
      other,
      (a, b) => a.cogroup(b, this.#partitions(numPartitions)) as unknown as RDD<[K, [V[], W[]]]>,
    );
  }
  groupByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    windowDuration: DurationLike,
    slideDuration: DurationLike = this.slideDuration,
    numPartitions?: number,
  ): DStream<[K, V[]]> {
    return this.window(windowDuration, slideDuration).groupByKey(numPartitions);
  }
  /** Each key's values of a window made one. With `inverse` each window is made from the one before: what left is taken out,
   * what is new added; `filter` says which entries stay (those whose value came to nothing would stay for ever). */
  reduceByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    fn: (a: V, b: V) => V,
    windowDuration: DurationLike,
    slideDuration?: DurationLike,
    options?: WindowOptions<K, V> | number,
  ): DStream<[K, V]>;
  reduceByKeyAndWindow<K, V>(
    this: DStream<[K, V]>,
    fn: (a: V, b: V) => V,
    inverse: ((a: V, b: V) => V) | null | undefined,
    windowDuration: DurationLike,
    slideDuration?: DurationLike,
    options?: WindowOptions<K, V> | number,
  ): DStream<[K, V]>;
  reduceByKeyAndWindow<K, V>(this: DStream<[K, V]>, fn: (a: V, b: V) => V, ...rest: unknown[]): DStream<[K, V]> {
    const { inverse, windowDuration, slideDuration = this.slideDuration, options } = windowArguments<V>(rest);
    const { filter, ...shuffle } = numbered<WindowOptions<K, V>>(options as WindowOptions<K, V>);
    const reduced = this.reduceByKey(fn, shuffle);
    if (!inverse) {
      const all = reduced.window(windowDuration, slideDuration).reduceByKey(fn, shuffle);
      return filter ? all.filter(filter, shuffle) : all;
    }
    encodeFunction(inverse, shuffle);
    if (filter) encodeFunction(filter, shuffle);
    const window = {
      reduce: fn,
      inverse,
      filter,
      windowDuration: toDuration(windowDuration),
      slideDuration: toDuration(slideDuration),
      numPartitions: this.#partitions(shuffle.numPartitions),
    };
    return new DStream(this.context, new ReducedWindowedNode<K, V>(this.context, reduced.node, window, shuffle));
  }
  /** A state for each key: `fn` gets the batch's values of the key, maybe none, and the state so far, and returns the new
   * one; undefined or null ends the key. */
  updateStateByKey<K, V, S>(
    this: DStream<[K, V]>,
    fn: UpdateFunction<V, S>,
    options?: (ShuffleOptions & { readonly initialRDD?: RDD<[K, S]> }) | number,
  ): DStream<[K, S]> {
    const { initialRDD, numPartitions, ...own } = numbered(options);
    encodeFunction(fn, own);
    return new DStream(
      this.context,
      new StateNode<K, V, S>(this.context, this.node, fn, own, this.#partitions(numPartitions), initialRDD),
    );
  }

  /** A function on elements is looked at now, not at the first batch. @throws org.apache.spark.SparkException */
  #checked<U>(fn: unknown, options: FunctionOptions | undefined, make: (rdd: RDD<T>) => RDD<U>): DStream<U> {
    encodeFunction(fn, options);
    return this.transform(make);
  }

  /** The same number for all streams of a context: keys then stay where they are. Spark: `defaultPartitioner`. */
  #partitions(numPartitions: number | undefined): number {
    return numPartitions ?? this.context.sparkContext.defaultParallelism;
  }

  #derive<U>(
    streams: readonly DStream<never>[] | readonly DStream<unknown>[],
    fn: (rdds: RDD<never>[], time: Time) => RDD<U> | PromiseLike<RDD<U>>,
  ): DStream<U> {
    const nodes = streams.map((s) => s.node as unknown as StreamNode<never>);
    return new DStream<U>(this.context, new TransformedNode<U>(this.context, nodes, fn));
  }
}

/** A number in the place of options is that of partitions, as in Spark. */
function numbered<O extends ShuffleOptions>(options: O | number | undefined): O {
  return (typeof options === 'number' ? { numPartitions: options } : (options ?? {})) as O;
}

/** `(inverse, window, slide, options)` or `(window, slide, options)`. */
function windowArguments<V>(given: readonly unknown[]): {
  readonly inverse: ((a: V, b: V) => V) | undefined;
  readonly windowDuration: DurationLike;
  readonly slideDuration: DurationLike | undefined;
  readonly options: ShuffleOptions | number | undefined;
} {
  const [first] = given;
  const all = typeof first === 'number' || first instanceof Duration ? [undefined, ...given] : given;
  const [inverse, windowDuration, slideDuration, options] = all as [never, never, never, never];
  return { inverse: inverse ?? undefined, windowDuration, slideDuration, options };
}

function partitions(numPartitions: number | undefined): { numPartitions?: number } {
  return numPartitions === undefined ? {} : { numPartitions };
}
