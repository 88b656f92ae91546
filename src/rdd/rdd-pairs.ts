import { encodeFunction } from './closure/encode-function.js';
import type { FunctionOptions } from './closure/function-spec.js';
import { encodeValue } from './data/value-codec.js';
import { type Dependency, HashPartitioner, type Partitioner } from './lineage/dependency.js';
import { RangePartitioner } from './lineage/range-partitioner.js';
import type { AggregatorSpec, CogroupSource } from './lineage/spec.js';
import type { RDD } from './rdd.js';
import {
  defaultPartitioner,
  type Partitioning,
  type PartitioningOrOptions,
  partitioningAndOptions,
  type RddBase,
  toPartitioner,
} from './rdd-base.js';
import { type Elements, RddTransformations } from './rdd-transformations.js';
import type { TaskContext } from './worker/task-context.js';

type Result<U> = U | Promise<U>;

/** Transformations of `[key, value]` pairs, and those that compare elements. Keys are equal by value: 1 and 1n, arrays and objects
 * by content. Where a key's partition is decided by hash, the order of keys in a partition means nothing. */
export abstract class RddPairs<T> extends RddTransformations<T> {
  keys<K>(this: RDD<[K, unknown]>): RDD<K> {
    return this.step('keys', undefined, false);
  }
  values<V>(this: RDD<[unknown, V]>): RDD<V> {
    return this.step('values', undefined, false);
  }
  mapValues<K, V, U>(
    this: RDD<[K, V]>,
    f: (value: V, task: TaskContext) => Result<U>,
    options?: FunctionOptions,
  ): RDD<[K, U]> {
    return this.stepWith('mapValues', f, options, true);
  }
  flatMapValues<K, V, U>(
    this: RDD<[K, V]>,
    f: (value: V, task: TaskContext) => Result<Elements<U>>,
    options?: FunctionOptions,
  ): RDD<[K, U]> {
    return this.stepWith('flatMapValues', f, options, true);
  }

  /** Puts each key where the partitioner wants it: a number of partitions (by hash), or `{ numPartitions, getPartition }`. */
  partitionBy<K, V>(this: RDD<[K, V]>, partitioning: Partitioning, options?: FunctionOptions): RDD<[K, V]> {
    const partitioner = toPartitioner(partitioning, options);
    if (this.lineage.partitioner?.equals(partitioner)) return this;
    return this.shuffled(partitioner, undefined);
  }

  /** Values of a key become one: `createCombiner` of the first, `mergeValue` of the next, `mergeCombiners` across partitions. */
  combineByKey<K, V, C>(
    this: RDD<[K, V]>,
    createCombiner: (value: V) => C,
    mergeValue: (combiner: C, value: V) => C,
    mergeCombiners: (a: C, b: C) => C,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, C]> {
    const given = partitioningAndOptions(partitioning, options);
    const encode = (f: unknown) => encodeFunction(f, given.options);
    return this.combined(
      {
        createCombiner: encode(createCombiner),
        mergeValue: encode(mergeValue),
        mergeCombiners: encode(mergeCombiners),
        mapSideCombine: true,
      },
      given.partitioning,
      given.options,
    );
  }
  /** The values of a key merged, first on the map side. `f` must be associative and commutative. */
  reduceByKey<K, V>(
    this: RDD<[K, V]>,
    f: (a: V, b: V) => V,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, V]> {
    const given = partitioningAndOptions(partitioning, options);
    const merge = encodeFunction(f, given.options);
    const aggregator: AggregatorSpec = {
      createCombiner: 'identity',
      mergeValue: merge,
      mergeCombiners: merge,
      mapSideCombine: true,
    };
    return this.combined(aggregator, given.partitioning, given.options);
  }
  /** As `reduceByKey`, from a neutral value on: each key begins with a copy of its own in each partition. */
  foldByKey<K, V>(
    this: RDD<[K, V]>,
    zero: V,
    f: (a: V, b: V) => V,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, V]> {
    return this.aggregateByKey(zero, f, f, partitioning, options);
  }
  /** `seqOp` adds values to a copy of `zero`, in each partition; `combOp` merges across partitions. */
  aggregateByKey<K, V, C>(
    this: RDD<[K, V]>,
    zero: C,
    seqOp: (combiner: C, value: V) => C,
    combOp: (a: C, b: C) => C,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, C]> {
    const given = partitioningAndOptions(partitioning, options);
    const merge = encodeFunction(seqOp, given.options);
    return this.combined(
      {
        createCombiner: { zero: encodeValue(zero), merge },
        mergeValue: merge,
        mergeCombiners: encodeFunction(combOp, given.options),
        mapSideCombine: true,
      },
      given.partitioning,
      given.options,
    );
  }
  /** All values of a key in an array. To merge them, `reduceByKey` moves less. */
  groupByKey<K, V>(this: RDD<[K, V]>, partitioning?: PartitioningOrOptions, options?: FunctionOptions): RDD<[K, V[]]> {
    const given = partitioningAndOptions(partitioning, options);
    const aggregator: AggregatorSpec = {
      createCombiner: 'list',
      mergeValue: 'append',
      mergeCombiners: 'concat',
      mapSideCombine: false,
    };
    return this.combined(aggregator, given.partitioning, given.options);
  }
  /** Elements by what `f` gives for them. */
  groupBy<K>(
    f: (value: T, task: TaskContext) => K,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, T[]]> {
    const given = partitioningAndOptions(partitioning, options);
    const partitioner = this.partitionerFor(given.partitioning, given.options);
    return (this.keyBy(f, given.options) as RDD<[K, T]>).groupByKey(partitioner);
  }

  /** Every element once. */
  distinct(numPartitions?: number): RDD<T> {
    const n = numPartitions ?? this.lineage.numPartitions;
    const aggregator: AggregatorSpec = {
      createCombiner: 'identity',
      mergeValue: 'first',
      mergeCombiners: 'first',
      mapSideCombine: true,
    };
    return this.byElement().combined<T, T, T>(aggregator, n, undefined).keys();
  }
  /** Keyed by the whole element, so that equal ones meet. */
  protected byElement(): RDD<[T, T]> {
    return this.step(
      'keyBy',
      encodeFunction((x: unknown) => x),
      false,
    );
  }

  /** `[key, [values here, values there]]` for every key of either. */
  cogroup<K, V, W>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, [V[], W[]]]> {
    return this.cogroupAll([other], partitioning, options) as unknown as RDD<[K, [V[], W[]]]>;
  }
  groupWith<K, V>(this: RDD<[K, V]>, ...others: readonly RDD<[K, unknown]>[]): RDD<[K, unknown[][]]> {
    return this.cogroupAll(others, undefined, undefined);
  }
  protected cogroupAll<K, V>(
    this: RDD<[K, V]>,
    others: readonly RDD<[K, unknown]>[],
    partitioning: PartitioningOrOptions,
    options: FunctionOptions | undefined,
  ): RDD<[K, unknown[][]]> {
    const given = partitioningAndOptions(partitioning, options);
    const rdds = [this as unknown as RDD<[K, unknown]>, ...others];
    const partitioner =
      given.partitioning === undefined
        ? defaultPartitioner(this.context, rdds as RddBase<unknown>[])
        : toPartitioner(given.partitioning, given.options);
    const sources: CogroupSource[] = [];
    const dependencies: Dependency[] = [];
    for (const rdd of rdds) {
      if (rdd.lineage.partitioner?.equals(partitioner)) {
        sources.push({ kind: 'narrow', parent: rdd.id });
        dependencies.push({ kind: 'narrow', rdd, parents: (p) => [p] });
      } else {
        const shuffle = this.context.newShuffle(rdd as RDD<unknown>, partitioner, undefined);
        sources.push({ kind: 'shuffle', shuffle: shuffle.id });
        dependencies.push({ kind: 'shuffle', shuffle });
      }
    }
    return this.context.newRdd<[K, unknown[][]]>({
      spec: { op: 'cogroup', sources },
      numPartitions: partitioner.numPartitions,
      dependencies,
      partitioner,
      label: 'CoGroupedRDD',
    });
  }
  /** `[key, [value here, value there]]` for every pair of values of a key. */
  join<K, V, W>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, [V, W]]> {
    return this.cogroup(other, partitioning, options).flatMapValues(([vs, ws]: [V[], W[]]) => {
      const out: [V, W][] = [];
      for (const v of vs) for (const w of ws) out.push([v, w]);
      return out;
    });
  }
  /** As `join`; keys that the other lacks come with null for its value. */
  leftOuterJoin<K, V, W>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, [V, W | null]]> {
    return this.cogroup(other, partitioning, options).flatMapValues(([vs, ws]: [V[], W[]]) => {
      const out: [V, W | null][] = [];
      const right: (W | null)[] = ws.length > 0 ? ws : [null];
      for (const v of vs) for (const w of right) out.push([v, w]);
      return out;
    });
  }
  rightOuterJoin<K, V, W>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, [V | null, W]]> {
    return this.cogroup(other, partitioning, options).flatMapValues(([vs, ws]: [V[], W[]]) => {
      const out: [V | null, W][] = [];
      const left: (V | null)[] = vs.length > 0 ? vs : [null];
      for (const v of left) for (const w of ws) out.push([v, w]);
      return out;
    });
  }
  fullOuterJoin<K, V, W>(
    this: RDD<[K, V]>,
    other: RDD<[K, W]>,
    partitioning?: PartitioningOrOptions,
    options?: FunctionOptions,
  ): RDD<[K, [V | null, W | null]]> {
    return this.cogroup(other, partitioning, options).flatMapValues(([vs, ws]: [V[], W[]]) => {
      const out: [V | null, W | null][] = [];
      const left: (V | null)[] = vs.length > 0 ? vs : [null];
      const right: (W | null)[] = ws.length > 0 ? ws : [null];
      for (const v of left) for (const w of right) out.push([v, w]);
      return out;
    });
  }
  /** Pairs whose key the other lacks. */
  subtractByKey<K, V>(this: RDD<[K, V]>, other: RDD<[K, unknown]>, numPartitions?: number): RDD<[K, V]> {
    return this.cogroup(other, numPartitions ?? this.ownPartitioner()).flatMapValues(([vs, ws]: [V[], unknown[]]) =>
      ws.length === 0 ? vs : [],
    );
  }
  /** Elements that the other lacks, as often as they are here. */
  subtract(other: RDD<T>, numPartitions?: number): RDD<T> {
    // A partitioner of this RDD is for its keys, not for whole elements.
    return this.byElement()
      .cogroup(other.byElement(), numPartitions ?? Math.max(1, this.lineage.numPartitions))
      .flatMap(([, [vs, ws]]: [T, [T[], T[]]]) => (ws.length === 0 ? vs : []));
  }
  /** Elements that both have, once each. */
  intersection(other: RDD<T>, numPartitions?: number): RDD<T> {
    const groups = this.byElement().cogroup(other.byElement(), numPartitions);
    return groups.filter(([, [vs, ws]]: [T, [T[], T[]]]) => vs.length > 0 && ws.length > 0).keys();
  }
  /** The RDD's own, or by hash over as many partitions. */
  private ownPartitioner(): Partitioner {
    return this.lineage.partitioner ?? new HashPartitioner(Math.max(1, this.lineage.numPartitions));
  }

  /** By key, in order through the partitions. Finding the bounds takes a job of its own. */
  sortByKey<K, V>(
    this: RDD<[K, V]>,
    ascending = true,
    numPartitions: number = this.lineage.numPartitions,
  ): RDD<[K, V]> {
    const partitioner = new RangePartitioner(this.context, this as RDD<[unknown, unknown]>, numPartitions, ascending);
    return this.shuffled(partitioner, undefined, ascending ? 'ascending' : 'descending');
  }
  /** By what `f` gives for an element: numbers, strings, dates, arrays of them. */
  sortBy<K>(
    f: (value: T, task: TaskContext) => K,
    ascending: boolean | FunctionOptions = true,
    numPartitions: number | FunctionOptions = this.lineage.numPartitions,
    options?: FunctionOptions,
  ): RDD<T> {
    const given = [ascending, numPartitions, options].find((o) => typeof o === 'object') as FunctionOptions | undefined;
    const n = typeof numPartitions === 'number' ? numPartitions : this.lineage.numPartitions;
    return (this.keyBy(f, given) as RDD<[K, T]>).sortByKey(ascending !== false, n).values();
  }
  /** `partitionBy` and sorting within each partition in one. */
  repartitionAndSortWithinPartitions<K, V>(
    this: RDD<[K, V]>,
    partitioning: Partitioning,
    options?: FunctionOptions,
  ): RDD<[K, V]> {
    return this.shuffled(toPartitioner(partitioning, options), undefined, 'ascending');
  }

  private partitionerFor(partitioning: Partitioning | undefined, options: FunctionOptions | undefined): Partitioner {
    return partitioning === undefined
      ? defaultPartitioner(this.context, [this as RddBase<unknown>])
      : toPartitioner(partitioning, options);
  }
  protected combined<K, V, C>(
    this: RDD<[K, V]>,
    aggregator: AggregatorSpec,
    partitioning: Partitioning | undefined,
    options: FunctionOptions | undefined,
  ): RDD<[K, C]> {
    const partitioner = this.partitionerFor(partitioning, options);
    if (!this.lineage.partitioner?.equals(partitioner)) return this.shuffled(partitioner, aggregator);
    return this.context.newRdd<[K, C]>({
      spec: { op: 'combine', parent: this.id, aggregator },
      numPartitions: this.lineage.numPartitions,
      dependencies: [{ kind: 'narrow', rdd: this, parents: (p) => [p] }],
      partitioner: this.lineage.partitioner,
      label: 'MapPartitionsRDD',
    });
  }
  protected shuffled<U>(
    partitioner: Partitioner,
    aggregator: AggregatorSpec | undefined,
    sort?: 'ascending' | 'descending',
  ): RDD<U> {
    const shuffle = this.context.newShuffle(this as unknown as RDD<unknown>, partitioner, aggregator);
    return this.context.newRdd<U>({
      spec: { op: 'shuffled', shuffle: shuffle.id, aggregator, sort, valuesOnly: false },
      numPartitions: partitioner.numPartitions,
      dependencies: [{ kind: 'shuffle', shuffle }],
      partitioner,
      label: 'ShuffledRDD',
    });
  }
}
