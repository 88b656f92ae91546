import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SparkError } from '../errors/index.js';
import type { DataFrame } from '../session/dataframe.js';
import { localPath } from '../storage/files/listing.js';
import type { StructType } from '../types/index.js';
import { compileFunction } from './closure/compile.js';
import { encodeFunction } from './closure/encode-function.js';
import type { FunctionOptions, FunctionSpec } from './closure/function-spec.js';
import { JavaRandom } from './data/java-random.js';
import { canonicalKey, compareValues, hashKey, nonNegativeMod, sameKey } from './data/keys.js';
import { copyValue, encodeValue } from './data/value-codec.js';
import { illegalArgument, javaError, unsupportedOperation } from './java-errors.js';
import { HashPartitioner } from './lineage/dependency.js';
import type { ActionSpec } from './lineage/spec.js';
import type { RDD } from './rdd.js';
import { RddPairs } from './rdd-pairs.js';
import { randomSeed } from './rdd-transformations.js';
import type { PartitionIterator } from './worker/feed.js';
import type { TaskContext } from './worker/task-context.js';

/** Options of actions. */
export interface RddActionOptions {
  /** Ends the job: its tasks are asked to end, and the action rejects with OPERATION_CANCELED. */
  readonly signal?: AbortSignal | undefined;
}
/** Options of actions that take a function. */
export type RddFunctionOptions = RddActionOptions & FunctionOptions;

/** Numbers about numbers. Spark: `StatCounter`. */
export interface StatCounter {
  readonly count: number;
  readonly mean: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly variance: number;
  readonly sampleVariance: number;
  readonly stdev: number;
  readonly sampleStdev: number;
}

/** Actions: they run a job and give promises. */
export abstract class RddActions<T> extends RddPairs<T> {
  /** Runs an action on all partitions. @returns results in the order of partitions */
  protected async each<R>(spec: ActionSpec, options?: RddActionOptions, partitions = this.allPartitions): Promise<R[]> {
    const results = new Map<number, R>();
    await this.context.runAction(this, spec, partitions, (p, r) => void results.set(p, r as R), options?.signal);
    return partitions.map((p) => results.get(p) as R);
  }
  private get allPartitions(): number[] {
    return Array.from({ length: this.lineage.numPartitions }, (_, p) => p);
  }

  /** All elements, in the order of partitions. */
  async collect(options?: RddActionOptions): Promise<T[]> {
    return concat(await this.each<T[]>({ kind: 'collect' }, options));
  }
  async count(options?: RddActionOptions): Promise<number> {
    return (await this.each<number>({ kind: 'count' }, options)).reduce((a, b) => a + b, 0);
  }
  /** The first n elements; runs one partition first, then more at a time as long as there are too few. */
  async take(n: number, options?: RddActionOptions): Promise<T[]> {
    const total = this.lineage.numPartitions;
    const { conf } = this.context;
    const scaleUp = Math.max(2, conf.int('spark.rdd.limit.scaleUpFactor'));
    let tries = Math.max(1, conf.int('spark.rdd.limit.initialNumPartitions'));
    const found: T[] = [];
    for (let scanned = 0; found.length < n && scanned < total; ) {
      if (scanned > 0) {
        if (found.length === 0) tries = scanned * scaleUp;
        else {
          const left = n - found.length;
          tries = Math.min(Math.ceil((1.5 * left * scanned) / found.length), scanned * scaleUp);
        }
      }
      const end = Math.min(total, scanned + Math.max(1, Math.floor(tries)));
      const partitions = Array.from({ length: end - scanned }, (_, i) => scanned + i);
      const parts = await this.each<T[]>({ kind: 'take', n: n - found.length }, options, partitions);
      for (const part of parts)
        for (const value of part) {
          if (found.length >= n) return found;
          found.push(value);
        }
      scanned = end;
    }
    return found;
  }
  /** @throws java.lang.UnsupportedOperationException of an empty RDD */
  async first(options?: RddActionOptions): Promise<T> {
    const found = await this.take(1, options);
    if (found.length === 0) throw emptyCollection();
    return found[0] as T;
  }
  async isEmpty(options?: RddActionOptions): Promise<boolean> {
    return this.lineage.numPartitions === 0 || (await this.take(1, options)).length === 0;
  }
  /** Calls `f` for each element, on workers. */
  async foreach(f: (value: T, task: TaskContext) => unknown, options?: RddFunctionOptions): Promise<void> {
    await this.each({ kind: 'foreach', fn: encodeFunction(f, options) }, options);
  }
  /** Calls `f` for each partition, on workers. */
  async foreachPartition(
    f: (elements: PartitionIterator<T>, task: TaskContext) => unknown,
    options?: RddFunctionOptions,
  ): Promise<void> {
    await this.each({ kind: 'foreachPartition', fn: encodeFunction(f, options) }, options);
  }
  /** What `f` gives for each partition; of these partitions only, if they are named. */
  async runJob<R>(
    f: (elements: PartitionIterator<T>, task: TaskContext) => R | Promise<R>,
    options?: RddFunctionOptions & { readonly partitions?: readonly number[] },
  ): Promise<R[]> {
    const spec: ActionSpec = { kind: 'run', fn: encodeFunction(f, options) };
    return this.each<R>(spec, options, options?.partitions ? [...options.partitions] : undefined);
  }

  /** All elements merged, in partitions first: the function is synchronous.
   * @throws java.lang.UnsupportedOperationException of an empty RDD */
  async reduce(f: (a: T, b: T) => T, options?: RddFunctionOptions): Promise<T> {
    const fn = encodeFunction(f, options);
    const parts = (await this.each<T[]>({ kind: 'reduce', fn }, options)).flat(1) as T[];
    if (parts.length === 0) throw emptyCollection();
    const merge = await onDriver<(a: T, b: T) => T>(fn);
    return parts.reduce((a, b) => merge(a, b));
  }
  /** From `zero` on, in each partition and again across them. */
  async fold(zero: T, f: (a: T, b: T) => T, options?: RddFunctionOptions): Promise<T> {
    return this.aggregate(zero, f, f, options);
  }
  /** `seqOp` adds elements to a copy of `zero` in each partition; `combOp` merges the results, from another copy on. */
  async aggregate<C>(
    zero: C,
    seqOp: (combined: C, value: T) => C,
    combOp: (a: C, b: C) => C,
    options?: RddFunctionOptions,
  ): Promise<C> {
    const parts = await this.each<C>(
      { kind: 'fold', zero: encodeValue(zero), fn: encodeFunction(seqOp, options) },
      options,
    );
    const merge = await onDriver<(a: C, b: C) => C>(encodeFunction(combOp, options));
    return parts.reduce((a, b) => merge(a, b), copyValue(zero));
  }
  treeReduce(f: (a: T, b: T) => T, options?: RddFunctionOptions): Promise<T> {
    return this.reduce(f, options);
  }
  treeAggregate<C>(
    zero: C,
    seqOp: (combined: C, value: T) => C,
    combOp: (a: C, b: C) => C,
    options?: RddFunctionOptions,
  ): Promise<C> {
    return this.aggregate(zero, seqOp, combOp, options);
  }

  /** The n least elements in order, by what `key` gives for them. */
  async takeOrdered(n: number, key?: (value: T) => unknown, options?: RddFunctionOptions): Promise<T[]> {
    return this.ordered(n, false, key, options);
  }
  /** The n greatest elements, greatest first. */
  async top(n: number, key?: (value: T) => unknown, options?: RddFunctionOptions): Promise<T[]> {
    return this.ordered(n, true, key, options);
  }
  private async ordered(
    n: number,
    descending: boolean,
    key: ((value: T) => unknown) | undefined,
    options: RddFunctionOptions | undefined,
  ): Promise<T[]> {
    const spec = key && encodeFunction(key, options);
    const parts = concat(await this.each<T[]>({ kind: 'takeOrdered', n, descending, key: spec }, options));
    const keyOf = spec ? await onDriver<(value: T) => unknown>(spec) : (v: T) => v;
    const sign = descending ? -1 : 1;
    return parts
      .map((value) => ({ value, key: keyOf(value) }))
      .sort((a, b) => sign * compareValues(a.key, b.key))
      .slice(0, Math.max(0, n))
      .map((p) => p.value);
  }
  /** @throws java.lang.UnsupportedOperationException of an empty RDD */
  async max(key?: (value: T) => unknown, options?: RddFunctionOptions): Promise<T> {
    const found = await this.ordered(1, true, key, options);
    if (found.length === 0) throw emptyCollection();
    return found[0] as T;
  }
  /** @throws java.lang.UnsupportedOperationException of an empty RDD */
  async min(key?: (value: T) => unknown, options?: RddFunctionOptions): Promise<T> {
    const found = await this.ordered(1, false, key, options);
    if (found.length === 0) throw emptyCollection();
    return found[0] as T;
  }
  async sum(options?: RddActionOptions): Promise<number> {
    return (await this.stats(options)).sum;
  }
  async mean(options?: RddActionOptions): Promise<number> {
    return (await this.stats(options)).mean;
  }
  async variance(options?: RddActionOptions): Promise<number> {
    return (await this.stats(options)).variance;
  }
  async stdev(options?: RddActionOptions): Promise<number> {
    return (await this.stats(options)).stdev;
  }
  /** Count, mean, sum, extremes and variance of numbers in one pass. */
  async stats(options?: RddActionOptions): Promise<StatCounter> {
    const parts = await this.each<[number, number, number, number, number, number]>({ kind: 'stats' }, options);
    let [n, mean, m2, sum] = [0, 0, 0, 0];
    let [max, min] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const [pn, pmean, pm2, pmax, pmin, psum] of parts) {
      if (pn === 0) continue;
      const delta = pmean - mean;
      m2 += pm2 + (delta * delta * n * pn) / (n + pn);
      mean = n === 0 ? pmean : (mean * n + pmean * pn) / (n + pn);
      n += pn;
      sum += psum;
      max = Math.max(max, pmax);
      min = Math.min(min, pmin);
    }
    const variance = n === 0 ? Number.NaN : m2 / n;
    const sampleVariance = n <= 1 ? Number.NaN : m2 / (n - 1);
    return {
      count: n,
      mean,
      sum,
      min,
      max,
      variance,
      sampleVariance,
      stdev: Math.sqrt(variance),
      sampleStdev: Math.sqrt(sampleVariance),
    };
  }

  /** How often each element is there; keys are as they are in the RDD. */
  async countByValue(options?: RddActionOptions): Promise<Map<T, number>> {
    return merged(await this.each<[T, number][]>({ kind: 'countByValue' }, options));
  }
  /** How often each key is there. */
  async countByKey<K>(this: RDD<[K, unknown]>, options?: RddActionOptions): Promise<Map<K, number>> {
    return (this.keys() as RDD<K>).countByValue(options);
  }
  /** The last value of each key. */
  async collectAsMap<K, V>(this: RDD<[K, V]>, options?: RddActionOptions): Promise<Map<K, V>> {
    const last = new Map<unknown, [K, V]>();
    for (const [key, value] of await this.collect(options)) {
      const at = canonicalKey(key);
      last.set(at, [last.get(at)?.[0] ?? key, value]);
    }
    return new Map(last.values());
  }
  /** The values of one key; of an RDD that is partitioned by hash of the key, only its partition runs. */
  async lookup<K, V>(this: RDD<[K, V]>, key: K, options?: RddActionOptions): Promise<V[]> {
    const { partitioner } = this.lineage;
    const partitions =
      partitioner instanceof HashPartitioner ? [nonNegativeMod(hashKey(key), partitioner.numPartitions)] : undefined;
    const wanted = canonicalKey(key);
    // Keys of other kinds are compared by content, here.
    const simple = ['string', 'number', 'boolean'].includes(typeof key) && wanted === key;
    const rdd = simple
      ? this.filter(([k]) => k === (wanted as K) || typeof k === 'bigint', { vars: { wanted } })
      : this;
    const found = await rdd.each<[K, V][]>({ kind: 'collect' }, options, partitions);
    return concat(found)
      .filter(([k]) => sameKey(canonicalKey(k), wanted))
      .map(([, v]) => v);
  }
  /** n elements chosen at random. */
  async takeSample(
    withReplacement: boolean,
    n: number,
    seed: number | bigint = randomSeed(),
    options?: RddActionOptions,
  ): Promise<T[]> {
    if (n < 0) throw illegalArgument('requirement failed: Negative number of elements requested');
    if (n === 0) return [];
    const all = await this.collect(options);
    const random = new JavaRandom(BigInt(seed));
    const below = (limit: number) => Number(BigInt.asUintN(52, random.nextLong()) % BigInt(limit));
    if (all.length === 0) return [];
    if (withReplacement) return Array.from({ length: n }, () => all[below(all.length)] as T);
    for (let i = 0; i < Math.min(n, all.length); i++) {
      const j = i + below(all.length - i);
      [all[i], all[j]] = [all[j] as T, all[i] as T];
    }
    return all.slice(0, n);
  }
  /** Elements partition by partition; a partition runs when its first element is asked for. */
  async *toLocalIterator(options?: RddActionOptions): AsyncGenerator<T> {
    for (const p of this.allPartitions) {
      const [values] = await this.each<T[]>({ kind: 'collect' }, options, [p]);
      yield* values as T[];
    }
  }

  /** Writes a text file for each partition, a line for each element: strings as they are, arrays and objects as JSON.
   * @throws org.apache.hadoop.mapred.FileAlreadyExistsException if there is such a folder */
  async saveAsTextFile(path: string, options?: RddActionOptions): Promise<void> {
    const folder = resolve(localPath(path));
    if (existsSync(folder)) {
      const message = `Output directory file:${folder} already exists`;
      throw javaError('org.apache.hadoop.mapred.FileAlreadyExistsException', message);
    }
    mkdirSync(folder, { recursive: true });
    try {
      await this.each({ kind: 'saveText', folder }, options);
    } finally {
      rmSync(join(folder, '_temporary'), { recursive: true, force: true });
    }
    writeFileSync(join(folder, '_SUCCESS'), '');
  }

  /** A DataFrame of the elements, which are rows: objects by column name, or arrays in column order. The job runs now. Without
   * a schema (a type, DDL text, or column names) the types are inferred from all elements. */
  async toDF(schema?: StructType | string | readonly string[], options?: RddActionOptions): Promise<DataFrame> {
    const rows = await this.collect(options);
    return this.context.session.createDataFrame(rows as never, schema);
  }
}

async function onDriver<F>(spec: FunctionSpec): Promise<F> {
  return (await compileFunction(spec)) as F;
}

/** More arguments than this, and a call may not be made. */
const MAX_ARGUMENTS = 10_000;

function concat<T>(parts: readonly (readonly T[])[]): T[] {
  const all: T[] = [];
  const [only] = parts;
  if (parts.length === 1) return only as T[];
  return parts.length <= MAX_ARGUMENTS ? all.concat(...parts) : (parts.flat(1) as T[]);
}

function merged<T>(parts: readonly (readonly (readonly [T, number])[])[]): Map<T, number> {
  const counts = new Map<unknown, [T, number]>();
  for (const part of parts)
    for (const [value, n] of part) {
      const key = canonicalKey(value);
      const entry = counts.get(key);
      if (entry) entry[1] += n;
      else counts.set(key, [value, n]);
    }
  return new Map(counts.values());
}

/** Scala: `RDD.emptyCollection`. */
function emptyCollection(): SparkError {
  const message = 'empty collection';
  return unsupportedOperation(message);
}
