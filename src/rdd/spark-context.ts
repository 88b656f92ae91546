import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cancelledError } from '../errors/index.js';
import type { RuntimeConfig } from '../session/conf.js';
import type { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { memoryLimits } from '../storage/block/unified-memory.js';
import { parseTimeMs } from '../types/index.js';
import { BroadcastStore } from './broadcast-store.js';
import { encodeFunction } from './closure/encode-function.js';
import { copyValue, decodeValue, encodeValue, heapLimit, toShared } from './data/value-codec.js';
import { illegalArgument } from './java-errors.js';
import { jobSignal } from './job-scope.js';
import { type Lineage, type LineageNode, type Partitioner, ShuffleDependency } from './lineage/dependency.js';
import type { ActionSpec, AggregatorSpec, KeepSpec } from './lineage/spec.js';
import { RDD } from './rdd.js';
import { positive } from './rdd-base.js';
import { BlockTracker, type RddStorage } from './scheduler/block-tracker.js';
import { DagScheduler } from './scheduler/dag-scheduler.js';
import { stopped, TaskScheduler } from './scheduler/task-scheduler.js';
import { Accumulator, type AccumulatorParam, knownAccumulators, nextAccumulatorId } from './shared/accumulator.js';
import type { Broadcast } from './shared/broadcast.js';
import { textSplits } from './text-splits.js';
import { writeBlockFile } from './worker/block-files.js';

/** A worker thread, as `SparkContext.workers` tells of it. */
export interface WorkerInfo {
  readonly workerId: number;
  readonly executorId: string;
  readonly busy: boolean;
}

interface Machinery {
  readonly tasks: TaskScheduler;
  readonly dag: DagScheduler;
  readonly blocks: BlockTracker;
  readonly localDir: string;
}

/** The door to RDDs, broadcasts and accumulators: `spark.sparkContext`. Its worker threads start at the first job, and end with
 * the session. */
export class SparkContext {
  readonly conf: RuntimeConfig;
  #machinery: Machinery | undefined;
  #nextRdd = 0;
  #nextShuffle = 0;
  #nextJob = 0;
  #stopped = false;
  #description: string | undefined;
  readonly #jobs = new Map<number, AbortController>();
  readonly #persisted = new Map<number, WeakRef<RDD<unknown>>>();
  readonly #broadcasts: BroadcastStore;
  /** RDDs that nobody has any more: workers forget them. */
  readonly #gone = new FinalizationRegistry<number>((id) => this.#forget([id], []));

  readonly #goneAccumulators = new FinalizationRegistry<number>((id) => knownAccumulators().delete(id));
  /** For processes that end without a stop. */
  readonly #removeFiles = () => {
    if (this.#machinery) rmSync(this.#machinery.localDir, { recursive: true, force: true });
  };

  constructor(readonly session: SparkSession) {
    this.conf = session.conf;
    this.#broadcasts = new BroadcastStore({
      assertRunning: () => this.assertRunning(),
      workers: () => this.#machinery?.tasks.workers ?? [],
    });
  }

  get master(): string {
    return this.conf.getOptional('spark.master') ?? 'local[*]';
  }
  /** The session's confs. */
  getConf(): RuntimeConfig {
    return this.conf;
  }
  get appName(): string {
    return this.conf.get('spark.app.name');
  }
  /** Partitions of RDDs that say no number. */
  get defaultParallelism(): number {
    return this.conf.defaultParallelism;
  }
  get defaultMinPartitions(): number {
    return Math.min(this.defaultParallelism, 2);
  }
  get isStopped(): boolean {
    return this.#stopped;
  }
  /** Worker threads that run. */
  get workers(): readonly WorkerInfo[] {
    return (this.#machinery?.tasks.workers ?? []).map((w) => ({
      workerId: w.workerId,
      executorId: w.executorId,
      busy: w.task !== undefined,
    }));
  }
  assertRunning(): void {
    if (this.#stopped) throw stopped();
  }

  // Sources.

  /** An RDD of these elements, cut into slices of about equal length. They are copied when the first job needs them. */
  parallelize<T>(data: Iterable<T>, numSlices: number = this.defaultParallelism): RDD<T> {
    if (!(Number.isInteger(numSlices) && numSlices >= 1))
      throw illegalArgument('Positive number of partitions required');
    const values = Array.isArray(data) ? (data as T[]) : [...data];
    const n = values.length;
    const encoded = new Array<Uint8Array | undefined>(numSlices).fill(undefined);
    const leaf = (p: number): Uint8Array => {
      const slice = values.slice(Math.floor((p * n) / numSlices), Math.floor(((p + 1) * n) / numSlices));
      return (encoded[p] ??= toShared(encodeValue(slice)));
    };
    return this.newRdd<T>({
      spec: { op: 'data' },
      numPartitions: numSlices,
      dependencies: [],
      leaf,
      label: 'ParallelCollectionRDD',
    });
  }
  makeRDD<T>(data: Iterable<T>, numSlices?: number): RDD<T> {
    return this.parallelize(data, numSlices);
  }
  emptyRDD<T>(): RDD<T> {
    return this.newRdd<T>({ spec: { op: 'data' }, numPartitions: 0, dependencies: [], label: 'EmptyRDD' });
  }
  /** The numbers start, start + step, … before end; with one argument from 0. */
  range(start: number, end?: number, step = 1, numSlices: number = this.defaultParallelism): RDD<number> {
    const [from, to] = end === undefined ? [0, start] : [start, end];
    if (step === 0) throw illegalArgument('requirement failed: step cannot be 0');
    if (![from, to, step].every(Number.isSafeInteger)) throw illegalArgument('range takes whole numbers');
    const spec = { op: 'range', start: from, end: to, step, slices: positive(numSlices) } as const;
    return this.newRdd<number>({ spec, numPartitions: numSlices, dependencies: [], label: 'MapPartitionsRDD' });
  }
  /** The lines of text files: a file, a folder or a pattern, or several with commas between. Files are found now.
   * @throws org.apache.hadoop.mapred.InvalidInputException where there is none */
  textFile(path: string, minPartitions: number = this.defaultMinPartitions): RDD<string> {
    this.assertRunning();
    const splits = textSplits(path, minPartitions);
    return this.newRdd<string>({
      spec: { op: 'text' },
      numPartitions: splits.length,
      dependencies: [],
      leaf: (p) => splits[p],
      label: `${path} MapPartitionsRDD`,
    });
  }
  /** All partitions of all; where all are partitioned alike by key, partition by partition. */
  union<T>(rdds: readonly RDD<T>[]): RDD<T> {
    let first = 0;
    const parents = rdds.map((r) => {
      const at = first;
      first += r.getNumPartitions();
      return { id: r.id, first: at };
    });
    const joined = this.newRdd<T>({
      spec: { op: 'union', parents: parents.filter((_, i) => (rdds[i] as RDD<T>).getNumPartitions() > 0) },
      numPartitions: first,
      dependencies: rdds.map((rdd, i) => {
        const { first: from } = parents[i] as { first: number };
        const n = rdd.getNumPartitions();
        return { kind: 'narrow', rdd, parents: (p) => (p >= from && p < from + n ? [p - from] : []) };
      }),
      label: 'UnionRDD',
    });
    const full = rdds.filter((r) => r.getNumPartitions() > 0);
    const partitioner = full[0]?.partitioner;
    if (!partitioner || !full.every((r) => r.partitioner?.equals(partitioner))) return joined;
    const n = partitioner.numPartitions;
    const groups = Array.from({ length: n }, (_, p) => full.map((_, i) => i * n + p));
    return this.newRdd<T>({
      spec: { op: 'coalesce', parent: joined.id, groups },
      numPartitions: n,
      dependencies: [{ kind: 'narrow', rdd: joined, parents: (p) => groups[p] as number[] }],
      partitioner,
      label: 'PartitionerAwareUnionRDD',
    });
  }

  // Shared values.

  /** A value that is sent to each worker once. Functions get it through `vars` and read `value`. The value is copied when it is
   * first sent; what workers see is frozen. */
  broadcast<T>(value: T): Broadcast<T> {
    return this.#broadcasts.create(value);
  }
  /** Adds whole numbers; 64 bits. */
  longAccumulator(name?: string): Accumulator<number | bigint, number | bigint> {
    return this.#accumulator(new Accumulator(nextAccumulatorId(), { kind: 'long' }, name));
  }
  doubleAccumulator(name?: string): Accumulator<number> {
    return this.#accumulator(new Accumulator(nextAccumulatorId(), { kind: 'double' }, name));
  }
  /** Gathers values in an array, in no particular order of partitions. */
  collectionAccumulator<T>(name?: string): Accumulator<T, T[]> {
    return this.#accumulator(new Accumulator<T, T[]>(nextAccumulatorId(), { kind: 'collection' }, name));
  }
  /** Adds up from `initial` on: numbers, or as `param` says. */
  accumulator<T>(
    initial: T,
    param: AccumulatorParam<T> = NUMBERS as unknown as AccumulatorParam<T>,
    options: { readonly vars?: Readonly<Record<string, unknown>> } = {},
  ): Accumulator<T> {
    const zero = param.zero(initial);
    // Checked now, and copied: what adds nothing must not change.
    const copy = copyValue(zero);
    const addInPlace = encodeFunction(bare(param, 'addInPlace'), options);
    return this.#accumulator(
      new Accumulator<T>(nextAccumulatorId(), { kind: 'custom', zero: copy, addInPlace }, undefined, initial),
    );
  }
  #accumulator<A extends Accumulator<never, unknown>>(accumulator: A): A {
    this.assertRunning();
    knownAccumulators().set(accumulator.id, new WeakRef(accumulator as never));
    this.#goneAccumulators.register(accumulator, accumulator.id);
    return accumulator;
  }

  // Jobs.

  /** What `f` gives for each partition of an RDD. */
  runJob<T, R>(
    rdd: RDD<T>,
    f: Parameters<RDD<T>['runJob']>[0],
    partitions?: readonly number[],
    options: Parameters<RDD<T>['runJob']>[1] = {},
  ): Promise<R[]> {
    return rdd.runJob(f as never, partitions ? { ...options, partitions } : options) as Promise<R[]>;
  }
  /** Shown by errors of jobs that are cancelled. */
  setJobDescription(description: string | undefined): void {
    this.#description = description;
  }
  /** Ends all jobs that run; their actions reject with OPERATION_CANCELED. */
  cancelAllJobs(): void {
    for (const [id, job] of this.#jobs) job.abort(cancelledError(`Job ${id}`));
  }
  /** Ends a worker's thread as if it had crashed. @returns whether there was such a worker */
  async killWorker(workerId: number): Promise<boolean> {
    return (await this.#machinery?.tasks.killWorker(workerId)) ?? false;
  }
  /** What is kept of an RDD. */
  storageOf(rdd: number): RddStorage {
    return this.#machinery?.blocks.storage(rdd) ?? { cachedPartitions: 0, memoryBytes: 0, diskBytes: 0 };
  }
  /** RDDs that are marked to be kept, by id. */
  getPersistentRDDs(): ReadonlyMap<number, RDD<unknown>> {
    const found = new Map<number, RDD<unknown>>();
    for (const [id, ref] of this.#persisted) {
      const rdd = ref.deref();
      if (rdd) found.set(id, rdd);
    }
    return found;
  }

  // For RDDs.

  newRdd<T>(lineage: Lineage): RDD<T> {
    this.assertRunning();
    const rdd = new RDD<T>(this, this.#nextRdd++, lineage);
    this.#gone.register(rdd, rdd.id);
    return rdd;
  }
  newShuffle(rdd: RDD<unknown>, partitioner: Partitioner, aggregator: AggregatorSpec | undefined): ShuffleDependency {
    return new ShuffleDependency(this.#nextShuffle++, rdd, partitioner, aggregator);
  }
  persisted(rdd: RDD<unknown>): void {
    this.#persisted.set(rdd.id, new WeakRef(rdd));
  }
  unpersisted(id: number): void {
    this.#persisted.delete(id);
    this.#machinery?.blocks.removeRdd(id);
    this.#forget([], [id]);
  }
  async runAction(
    rdd: LineageNode,
    spec: ActionSpec,
    partitions: readonly number[],
    use: (partition: number, result: unknown) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    this.assertRunning();
    const total = rdd.lineage.numPartitions;
    const wrong = partitions.find((p) => !(p >= 0 && p < total));
    if (wrong !== undefined)
      throw illegalArgument(
        `Attempting to access a non-existent partition: ${wrong}. Total number of partitions: ${total}`,
      );
    const id = this.#nextJob++;
    const job = new AbortController();
    const what = this.#description === undefined ? `Job ${id}` : `Job ${id} (${this.#description})`;
    const onAbort = () => job.abort(cancelledError(what));
    const signals = [signal, jobSignal()];
    if (signals.some((s) => s?.aborted)) onAbort();
    for (const s of signals) s?.addEventListener('abort', onAbort);
    this.#jobs.set(id, job);
    try {
      if (partitions.length === 0) return;
      await this.#parts().dag.runJob(rdd, spec, partitions, use, job.signal);
    } finally {
      this.#jobs.delete(id);
      for (const s of signals) s?.removeEventListener('abort', onAbort);
    }
  }

  #forget(rdds: readonly number[], blocks: readonly number[]): void {
    for (const id of rdds) {
      this.#persisted.delete(id);
      this.#machinery?.blocks.removeRdd(id);
    }
    for (const worker of this.#machinery?.tasks.workers ?? []) {
      worker.send({ kind: 'forget', rdds, actions: [], broadcasts: [], blocks });
      for (const id of rdds) worker.sentRdds.delete(id);
    }
  }

  #keepOf(node: LineageNode, reuse: boolean): KeepSpec | undefined {
    const level = node.storageLevel;
    if (level.equals(StorageLevel.NONE)) return undefined;
    // A heap that ends with its task keeps nothing: then it is bytes.
    return {
      memory: level.useMemory,
      disk: level.useDisk,
      deserialized: level.deserialized && reuse,
      replicas: level.replication,
    };
  }

  #parts(): Machinery {
    if (this.#machinery) return this.#machinery;
    const { conf } = this;
    const { executors, cores, memory } = conf.master;
    const cluster = memory !== undefined;
    const executorIds = cluster ? Array.from({ length: executors }, (_, i) => String(i)) : ['driver'];
    const folder = conf.getOptional('spark.local.dir')?.split(',')[0]?.trim() || tmpdir();
    const localDir = mkdtempSync(join(folder, 'memoframe-rdd-'));
    const storage = this.#storageBytes();
    const reuse = conf.boolean('spark.worker.reuse');
    const heapBytes = Math.min(storage / Math.max(1, cores), 0.6 * heapLimit());
    const blocks = new BlockTracker({
      executorIds,
      sharedFate: cluster,
      maxBytes: storage * executorIds.length,
      keepOf: (id) => {
        const rdd = this.#persisted.get(id)?.deref();
        const keep = rdd && this.#keepOf(rdd, reuse);
        return keep && { disk: keep.disk, replicas: keep.replicas };
      },
      writeFile: (rdd, partition, bytes) => writeBlockFile(localDir, rdd, partition, bytes),
    });
    const tasks = new TaskScheduler({
      executorIds,
      cores: Math.max(1, cores),
      heapBytes,
      localDir,
      reuse,
      localityWaitMs: timeMillis(conf.get('spark.locality.wait')),
      killTimeoutMs: timeMillis(conf.get('spark.task.reaper.killTimeout')),
      lossIsFailure: cluster,
      onBlocks: (worker, updates) => blocks.update(worker, updates),
      onWorkerEnded: (worker) => blocks.workerEnded(worker),
      onBroadcastRead: (id) => this.#broadcasts.read(id),
    });
    const maxFailures = conf.int('spark.task.maxFailures');
    const dag = new DagScheduler({
      tasks,
      blocks,
      maxFailures: cluster ? maxFailures : localMaxFailures(this.master),
      maxLosses: maxFailures,
      keepOf: (node) => this.#keepOf(node, reuse),
      broadcast: (id) => this.#broadcasts.send(id),
      prepareBroadcasts: (ids) => this.#broadcasts.prepare(ids),
      addUpdates: (updates) => {
        for (const [id, bytes] of updates) knownAccumulators().get(id)?.deref()?.merge(decodeValue(bytes));
      },
    });
    this.#machinery = { tasks, dag, blocks, localDir };
    process.once('exit', this.#removeFiles);
    return this.#machinery;
  }

  /** Of each executor. */
  #storageBytes(): number {
    const { bytes, reserved } = this.conf.executorMemory;
    return memoryLimits({
      executorMemory: bytes,
      ...(reserved === undefined ? {} : { reserved }),
      memoryFraction: Number(this.conf.get('spark.memory.fraction')),
      storageFraction: Number(this.conf.get('spark.memory.storageFraction')),
      offHeapSize: 0,
    }).onHeap;
  }

  /** Ends jobs and workers, whose values are disposed of, and removes files. The session calls it. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.cancelAllJobs();
    const machinery = this.#machinery;
    this.#machinery = undefined;
    if (!machinery) return;
    process.removeListener('exit', this.#removeFiles);
    await machinery.tasks.stop();
    machinery.blocks.clear();
    rmSync(machinery.localDir, { recursive: true, force: true });
  }
}

const NUMBERS: AccumulatorParam<number> = { zero: () => 0, addInPlace: (a, b) => a + b };

/** A method without the object around it. */
function bare<T extends object>(object: T, name: keyof T): unknown {
  return object[name];
}

/** `local[n,F]`: F; else one, as in Spark. */
function localMaxFailures(master: string): number {
  const [, failures] = /^local\[[^,\]]*,\s*(\d+)\s*\]$/.exec(master.trim()) ?? [];
  return Math.max(1, Number(failures ?? 1));
}

/** A time that a setting holds, in whole milliseconds. */
function timeMillis(text: string): number {
  const ms = parseTimeMs(text);
  if (ms === undefined || ms < 0) throw illegalArgument(`Failed to parse time string: ${text}`);
  return Math.floor(ms);
}
