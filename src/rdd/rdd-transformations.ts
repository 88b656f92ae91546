import { encodeFunction } from './closure/encode-function.js';
import type { FunctionOptions } from './closure/function-spec.js';
import { JavaRandom } from './data/java-random.js';
import { illegalArgument } from './java-errors.js';
import { RoundRobinPartitioner } from './lineage/dependency.js';
import { SharedWork } from './lineage/shared-work.js';
import type { RDD } from './rdd.js';
import { oneToOne, positive, RddBase } from './rdd-base.js';
import type { PartitionIterator } from './worker/feed.js';
import type { TaskContext } from './worker/task-context.js';

type Result<U> = U | Promise<U>;
/** What functions give where several elements are asked for. */
export type Elements<U> = Iterable<U> | AsyncIterable<U>;

/** Transformations that do not look at keys. All are lazy. Functions run on workers: see `docs/rdd.md` on what they may use. */
export abstract class RddTransformations<T> extends RddBase<T> {
  map<U>(f: (value: T, task: TaskContext) => Result<U>, options?: FunctionOptions): RDD<U> {
    return this.stepWith('map', f, options);
  }
  filter(f: (value: T, task: TaskContext) => Result<boolean>, options?: FunctionOptions): RDD<T> {
    return this.stepWith('filter', f, options, true);
  }
  /** `f` gives an iterable for each element: their elements, in order. */
  flatMap<U>(f: (value: T, task: TaskContext) => Result<Elements<U>>, options?: FunctionOptions): RDD<U> {
    return this.stepWith('flatMap', f, options);
  }
  /** `f` is called once for each partition, with an iterable that can be read once, and gives an iterable: an array, a generator,
   * an async generator. */
  mapPartitions<U>(
    f: (elements: PartitionIterator<T>, task: TaskContext) => Result<Elements<U> | undefined>,
    options?: FunctionOptions & { readonly preservesPartitioning?: boolean },
  ): RDD<U> {
    return this.stepWith('mapPartitions', f, options, options?.preservesPartitioning ?? false);
  }
  mapPartitionsWithIndex<U>(
    f: (index: number, elements: PartitionIterator<T>, task: TaskContext) => Result<Elements<U> | undefined>,
    options?: FunctionOptions & { readonly preservesPartitioning?: boolean },
  ): RDD<U> {
    return this.stepWith('mapPartitionsWithIndex', f, options, options?.preservesPartitioning ?? false);
  }
  /** `[f(x), x]` */
  keyBy<K>(f: (value: T, task: TaskContext) => Result<K>, options?: FunctionOptions): RDD<[K, T]> {
    return this.stepWith('keyBy', f, options);
  }
  /** One array for each partition. */
  glom(): RDD<T[]> {
    return this.step('glom', undefined, false);
  }

  /** All elements of both, partitions after partitions; of RDDs that are partitioned alike, partition by partition. */
  union(other: RDD<T>): RDD<T> {
    return this.context.union<T>([this as unknown as RDD<T>, other]);
  }
  /** `[element, its place]`, places counted through the partitions in order. Finding out how many elements partitions have takes
   * a job of its own if there are several. */
  zipWithIndex(): RDD<[T, number]> {
    const n = this.lineage.numPartitions;
    const starts = new SharedWork((signal) => this.#starts(signal));
    return this.context.newRdd<[T, number]>({
      spec: { op: 'zip-index', parent: this.id, unique: undefined },
      numPartitions: n,
      dependencies: [oneToOne(this)],
      leaf: (p) => (n === 1 ? 0 : starts.value?.[p]),
      prepare: async (signal) => {
        if (n > 1) await starts.done(signal);
        return () => undefined;
      },
      label: 'ZippedWithIndexRDD',
    });
  }
  async #starts(signal: AbortSignal | undefined): Promise<number[]> {
    const counts = new Array<number>(this.lineage.numPartitions).fill(0);
    // The last partition's size tells nothing about where others begin.
    await this.context.runAction(
      this,
      { kind: 'count' },
      counts.slice(0, -1).map((_, p) => p),
      (p, n) => {
        counts[p] = n as number;
      },
      signal,
    );
    let sum = 0;
    return counts.map((n) => (sum += n) - n);
  }
  /** `[element, a number that no other has]`: k, n+k, 2n+k, … in partition k of n; no job runs. */
  zipWithUniqueId(): RDD<[T, number]> {
    const n = this.lineage.numPartitions;
    return this.context.newRdd<[T, number]>({
      spec: { op: 'zip-index', parent: this.id, unique: n },
      numPartitions: n,
      dependencies: [oneToOne(this)],
      label: 'MapPartitionsRDD',
    });
  }
  /** Pairs of elements at the same place. @throws java.lang.IllegalArgumentException for unequal numbers of partitions */
  zip<U>(other: RDD<U>): RDD<[T, U]> {
    const [n, m] = [this.lineage.numPartitions, other.lineage.numPartitions];
    if (n !== m) throw illegalArgument(`Can't zip RDDs with unequal numbers of partitions: List(${n}, ${m})`);
    return this.context.newRdd<[T, U]>({
      spec: { op: 'zip', left: this.id, right: other.id },
      numPartitions: n,
      dependencies: [oneToOne(this), oneToOne(other)],
      label: 'ZippedPartitionsRDD2',
    });
  }
  /** Every pair. */
  cartesian<U>(other: RDD<U>): RDD<[T, U]> {
    const m = other.lineage.numPartitions;
    return this.context.newRdd<[T, U]>({
      spec: { op: 'cartesian', left: this.id, right: other.id, rightPartitions: m },
      numPartitions: this.lineage.numPartitions * m,
      dependencies: [
        { kind: 'narrow', rdd: this, parents: (p) => [Math.floor(p / m)] },
        { kind: 'narrow', rdd: other, parents: (p) => [p % m] },
      ],
      label: 'CartesianRDD',
    });
  }

  /** Fewer partitions, by joining neighbours without moving elements; with `shuffle` any number, and elements spread evenly. */
  coalesce(numPartitions: number, shuffle = false): RDD<T> {
    const wanted = positive(numPartitions);
    if (shuffle) return this.#spread(wanted);
    const from = this.lineage.numPartitions;
    const n = Math.min(wanted, from);
    const groups = Array.from({ length: n }, (_, i) => {
      const start = Math.floor((i * from) / n);
      return Array.from({ length: Math.floor(((i + 1) * from) / n) - start }, (_, k) => start + k);
    });
    return this.context.newRdd<T>({
      spec: { op: 'coalesce', parent: this.id, groups },
      numPartitions: n,
      dependencies: [{ kind: 'narrow', rdd: this, parents: (p) => groups[p] as number[] }],
      label: 'CoalescedRDD',
    });
  }
  repartition(numPartitions: number): RDD<T> {
    return this.#spread(positive(numPartitions));
  }
  #spread(n: number): RDD<T> {
    const keyed = this.context.newRdd<[null, T]>({
      spec: { op: 'step', step: 'keyBy', parent: this.id, fn: encodeFunction(() => null) },
      numPartitions: this.lineage.numPartitions,
      dependencies: [oneToOne(this)],
      label: 'MapPartitionsRDD',
    });
    const shuffle = this.context.newShuffle(keyed, new RoundRobinPartitioner(n), undefined);
    return this.context.newRdd<T>({
      spec: { op: 'shuffled', shuffle: shuffle.id, aggregator: undefined, sort: undefined, valuesOnly: true },
      numPartitions: n,
      dependencies: [{ kind: 'shuffle', shuffle }],
      label: 'ShuffledRDD',
    });
  }

  /** About this fraction of the elements, chosen at random; with replacement an element may come several times.
   * @throws java.lang.IllegalArgumentException for a fraction that is none */
  sample(withReplacement: boolean, fraction: number, seed: number | bigint = randomSeed()): RDD<T> {
    if (!(fraction >= 0) || (!withReplacement && fraction > 1 + 1e-6)) {
      const range = withReplacement ? '>= 0' : 'on interval [0, 1]';
      throw illegalArgument(`requirement failed: Sampling fraction (${fraction}) must be ${range}`);
    }
    const seeds = new JavaRandom(BigInt(seed)).longs(this.lineage.numPartitions);
    return this.sampled(0, fraction, withReplacement, (p) => seeds[p] as bigint, 'PartitionwiseSampledRDD');
  }
  /** Splits at random in proportion to the weights. @throws java.lang.IllegalArgumentException for negative weights */
  randomSplit(weights: readonly number[], seed: number | bigint = randomSeed()): RDD<T>[] {
    const sum = weights.reduce((a, b) => a + b, 0);
    if (weights.some((w) => !(w >= 0)))
      throw illegalArgument(`requirement failed: Weights must be nonnegative, but got [${weights.join(',')}]`);
    if (!(sum > 0))
      throw illegalArgument(`requirement failed: Sum of weights must be positive, but got [${weights.join(',')}]`);
    let low = 0;
    return weights.map((w) => {
      const from = low;
      low += w / sum;
      return this.sampled(from, low, false, (p) => BigInt(seed) + BigInt(p), 'MapPartitionsRDD', true);
    });
  }
  private sampled(
    lower: number,
    upper: number,
    withReplacement: boolean,
    seedOf: (partition: number) => bigint,
    label: string,
    cell = false,
  ): RDD<T> {
    return this.context.newRdd<T>({
      spec: { op: 'sample', parent: this.id, lower, upper, cell, withReplacement },
      numPartitions: this.lineage.numPartitions,
      dependencies: [oneToOne(this)],
      partitioner: this.lineage.partitioner,
      leaf: seedOf,
      label,
    });
  }
}

/** For those who name none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
}
