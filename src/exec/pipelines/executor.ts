import { cancelledError, internalError, SparkError } from '../../errors/index.js';
import { instantiateKernels, type Kernels } from '../../kernels/index.js';
import type { Image } from '../../storage/block/image.js';
import { Arena } from '../../storage/memory/arena.js';
import type { Value } from '../../types/index.js';
import type { PhysicalSpec } from '../operators/spec.js';
import { isWorkerLost, WorkerPool } from '../workers/worker-pool.js';
import type { JobResult, JobSpec, SliceSource, TaskSpec } from './fragment.js';
import { type Pace, runJob } from './job-runner.js';
import { allPartitions, lower } from './lower.js';
import { QueryResult } from './query-result.js';
import { type CachedBlocks, QueryRun, type RunHost } from './query-run.js';
import { createThreadEnv, type ThreadEnv } from './task-context.js';

export interface ExecutorOptions {
  /** Worker threads of each executor; 0: tasks run on the calling thread. */
  readonly workers: number;
  /** Spark's names of the executors that the threads belong to; one by default. */
  readonly executorIds?: readonly string[];
  readonly arena?: Arena;
  /** Kernels over the arena, where the caller has them already. */
  readonly kernels?: Kernels;
  /** Bundle that workers run; found beside this module by default. */
  readonly workerPath?: string;
  /** Asked for free bytes in the arena when a query found none. @returns whether there are more than before */
  readonly makeRoom?: (bytes: number) => Promise<boolean>;
}

export interface RunOptions {
  /** Output partitions to run; all by default. */
  readonly partitions?: readonly number[] | undefined;
  /** Values of `parameter` expressions. */
  readonly parameters?: ReadonlyMap<number, Value> | undefined;
  /** Rows of `shared` plans; they must stay until this run ends. */
  readonly shared?: ReadonlyMap<number, QueryResult> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of source rows that a finished stage read. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

/** Fewer source rows than this run at once on the main thread: waking workers costs more. */
const SMALL_JOB_ROWS = 20_000;
/** Milliseconds that the main thread takes part in a stage. */
const HELP_MS = 6;
/** What it takes part in: steps that make no more rows than they get, slices that a cached scan adds up at once. */
const SHORT_STEPS: ReadonlySet<string> = new Set(['filter', 'project', 'select']);
const SHORT_SLICE_ROWS = 1 << 20;
/** Bytes that are asked for when a query fills the arena: at first, and the least. Each time that it fails again, twice as much. */
const ROOM_BYTES = 256 << 20;
const LEAST_ROOM_BYTES = 1 << 20;
const MOST_ATTEMPTS = 5;
/** Spark: `spark.task.maxFailures`. */
const MOST_FAILURES = 4;
/** Pieces of compressed blocks (a MiB each) that are unpacked at once. */
const FEW_PIECES = 3;
const MAIN_OWNER = 999_999_999;
const FIRST_QUERY_OWNER = 100_000_000;

/** Runs physical plans on worker threads over one arena. */
export class Executor implements RunHost {
  readonly pool: WorkerPool | undefined;
  readonly #env: ThreadEnv;
  #nextOwner = FIRST_QUERY_OWNER;
  #stopped = false;
  readonly #relations = new Map<number, WeakRef<CachedBlocks>>();
  readonly #running = new Set<QueryRun>();

  private constructor(
    readonly arena: Arena,
    readonly kernels: Kernels,
    private readonly options: ExecutorOptions,
  ) {
    this.#env = createThreadEnv(arena, kernels, MAIN_OWNER);
    this.pool =
      options.workers > 0 ? new WorkerPool(arena, options.workers, options.workerPath, options.executorIds) : undefined;
  }

  /** Worker threads start with the first job that is worth them, or by `warmUp`. */
  static create(options: ExecutorOptions): Executor {
    const arena = options.arena ?? Arena.create();
    return new Executor(arena, options.kernels ?? instantiateKernels(arena.memory), options);
  }

  get threads(): number {
    return this.pool?.size ?? 0;
  }

  /** Starts the worker threads ahead of the first query that needs them. */
  async warmUp(): Promise<void> {
    await this.pool?.start();
  }

  async runJob(job: JobSpec, rows: number): Promise<JobResult[]> {
    const files = job.slices.some((s) => isFile(s.source));
    if (!this.pool || (rows < SMALL_JOB_ROWS && !files)) return [await runJob(this.#env, job)];
    const width = Math.min(this.pool.size, Math.max(job.slices.length, job.tasks.length));
    if (!this.#mayHelp(job)) return this.pool.run(job, width);
    return this.pool.run(job, width, (more) => runJob(this.#env, job, new ShortPace(more)));
  }

  /** Whether the calling thread may take part: where threads stand for no other process, and no morsel takes long. */
  #mayHelp({ sink, slices, pieces }: JobSpec): boolean {
    if (this.options.executorIds) return false;
    if (sink?.kind !== 'collect' && !(sink?.kind === 'aggregate' && !sink.complete)) return false;
    if (pieces.some((p) => p.perPartition || p.steps.some((step) => !SHORT_STEPS.has(step.op)))) return false;
    return slices.every(({ rows, source }) => rows <= SHORT_SLICE_ROWS && !isFile(source));
  }

  /** Unpacks pieces of a compressed block on the threads, or here if they are few.
   * @throws BLOCK_DAMAGED, UNABLE_TO_ACQUIRE_MEMORY */
  async unpack(image: Image, address: number, pieces: readonly number[]): Promise<void> {
    if (this.threads < 2 || pieces.length < FEW_PIECES) return image.unpack(this, address, pieces);
    const { bytes, path } = image;
    const step = Math.ceil(pieces.length / (this.threads * 4));
    const tasks: TaskSpec[] = [];
    for (let from = 0; from < pieces.length; from += step)
      tasks.push({ kind: 'unpack', bytes, path, address, pieces: pieces.slice(from, from + step) });
    const run = this.begin();
    try {
      await run.runTasks(tasks, Number.POSITIVE_INFINITY);
    } finally {
      this.end(run);
    }
  }

  /** Makes a cached relation known under its id for `scanCache`. Held weakly: plans that use it keep it. */
  register(relation: CachedBlocks & { readonly id: number }): void {
    this.#relations.set(relation.id, new WeakRef(relation));
  }

  cachedRelation(id: number): CachedBlocks {
    const relation = this.#relations.get(id)?.deref();
    if (!relation) throw internalError(`no cached relation ${id}`);
    return relation;
  }

  /** A run of its own, for what outlives a query: the caller releases it. */
  begin(options: RunOptions = {}): QueryRun {
    return this.#begin(options);
  }

  /** An owner of slabs that nobody else has. */
  newOwner(): number {
    return this.#nextOwner++;
  }

  end(run: QueryRun): void {
    this.#end(run);
  }

  /** Runs a plan to its end. The result's memory is the caller's to release; nothing stays after a failure. A query that fills the
   * arena is run again once there is more room, and in a cluster also one whose executor died.
   * @throws the first failure of a task, OPERATION_CANCELED after an abort */
  async run(spec: PhysicalSpec, options: RunOptions = {}): Promise<QueryResult> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#runOnce(spec, options);
      } catch (error) {
        const cluster = this.options.executorIds !== undefined && !this.#stopped;
        if (cluster && isWorkerLost(error) && attempt < MOST_FAILURES) continue;
        if (!isFull(error) || attempt === MOST_ATTEMPTS || !(await this.#makeRoom(ROOM_BYTES * 2 ** (attempt - 1))))
          throw error;
      }
    }
  }

  /** As much room as there can be, up to `bytes`. */
  async #makeRoom(bytes: number): Promise<boolean> {
    const { makeRoom } = this.options;
    if (!makeRoom) return false;
    for (let wanted = bytes; wanted >= LEAST_ROOM_BYTES; wanted /= 4) if (await makeRoom(wanted)) return true;
    return false;
  }

  async #runOnce(spec: PhysicalSpec, options: RunOptions): Promise<QueryResult> {
    const run = this.#begin(options);
    const end = this.watch(run, options.signal);
    try {
      const fragment = await lower(run, spec);
      const partitions = options.partitions ?? allPartitions(fragment);
      const outputs = await run.collect(fragment, partitions);
      run.checkCancelled();
      return new QueryResult(this.arena, fragment.types, outputs, run.metrics, () => this.#end(run));
    } catch (error) {
      this.#end(run);
      throw error;
    } finally {
      end();
    }
  }

  /** As `run`, one partition after another; each result is released before the next one runs. Breakers still run whole. */
  async *stream(spec: PhysicalSpec, options: RunOptions = {}): AsyncGenerator<QueryResult> {
    const run = this.#begin(options);
    const end = this.watch(run, options.signal);
    try {
      const fragment = await lower(run, spec);
      for (const partition of options.partitions ?? allPartitions(fragment)) {
        const outputs = await run.collect(fragment, [partition]);
        yield new QueryResult(this.arena, fragment.types, outputs, run.metrics, () => {});
        run.checkCancelled();
      }
    } finally {
      end();
      this.#end(run);
    }
  }

  #begin(options: RunOptions): QueryRun {
    if (this.#stopped) throw internalError('the executor was stopped');
    if (options.signal?.aborted) throw cancelledError();
    const run = new QueryRun(
      this,
      this.#nextOwner++,
      options.parameters ?? new Map(),
      options.onProgress,
      options.shared,
    );
    this.#running.add(run);
    return run;
  }

  #end(run: QueryRun): void {
    if (this.#running.delete(run)) run.release();
  }

  /** Cancels the run when the signal is aborted. @returns ends that */
  watch(run: QueryRun, signal: AbortSignal | undefined): () => void {
    if (!signal) return () => {};
    const abort = () => run.cancel();
    signal.addEventListener('abort', abort);
    return () => signal.removeEventListener('abort', abort);
  }

  /** Cancels what runs and ends the worker threads. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const run of this.#running) run.cancel();
    await this.pool?.stop();
    for (const run of [...this.#running]) this.#end(run);
    for (const scratch of this.#env.scratches.splice(0)) scratch.release();
  }
}

/** Lets the main thread work for some milliseconds, which is less than waking a worker costs a small query; then a worker takes
 * its place, and what it has begun goes on between other events. */
class ShortPace implements Pace {
  readonly #end = performance.now() + HELP_MS;
  #late = false;

  constructor(readonly onLate: () => void) {}

  late(): boolean {
    if (this.#late) return true;
    if (performance.now() < this.#end) return false;
    this.#late = true;
    this.onLate();
    return true;
  }

  breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function isFile({ kind }: SliceSource): boolean {
  return kind === 'parquet' || kind === 'file';
}

function isFull(error: unknown): boolean {
  return error instanceof SparkError && error.condition === 'UNABLE_TO_ACQUIRE_MEMORY';
}
