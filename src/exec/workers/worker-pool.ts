import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { internalError, SparkError } from '../../errors/index.js';
import { kernelModules } from '../../kernels/index.js';
import type { Arena } from '../../storage/memory/arena.js';
import { decode, decodeError, encode } from '../pipelines/codec.js';
import type { JobResult, JobSpec } from '../pipelines/fragment.js';
import type { FromWorker, ToWorker, WorkerData } from './protocol.js';

interface Pending {
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Failures of jobs whose thread ended under them. */
const lost = new WeakSet<object>();

/** Whether a job failed because its thread ended: it may be run again elsewhere. */
export function isWorkerLost(error: unknown): boolean {
  return typeof error === 'object' && error !== null && lost.has(error);
}

/** Slab owners of workers, far from those of queries and blocks. */
const FIRST_OWNER = 1_000_000_000;

/** Beside the bundle, above it (`dist/chunks`), or in the checkout's `dist`. */
function workerPath(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(directory, 'worker.js'), join(directory, 'dist', 'worker.js')])
      if (existsSync(candidate)) return candidate;
    const parent = dirname(directory);
    if (parent === directory) throw internalError('dist/worker.js is not built: run `npm run build`');
    directory = parent;
  }
}

/** One thread and the jobs it is busy with. */
class PoolWorker {
  readonly #thread: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly ready: Promise<void>;
  dead = false;

  constructor(
    readonly arena: Arena,
    readonly owner: number,
    readonly executorId: string,
    path: string,
  ) {
    const data: WorkerData = { arena: arena.handle, kernels: kernelModules(), owner };
    this.#thread = new Worker(pathToFileURL(path), { workerData: data, name: `memoframe-${owner - FIRST_OWNER}` });
    this.#thread.unref();
    this.ready = new Promise((resolve, reject) => {
      this.#thread.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') resolve();
        else this.#settle(message);
      });
      this.#thread.once('error', (error) => {
        reject(error);
        this.#die(
          internalError(`a worker thread failed: ${error instanceof Error ? error.message : String(error)}`, error),
        );
      });
      this.#thread.once('exit', (code) => {
        const error = internalError(`a worker thread exited with code ${code}`);
        reject(error);
        this.#die(error);
      });
    });
    this.ready.catch(() => {});
  }

  #settle(message: Exclude<FromWorker, { kind: 'ready' }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (this.#pending.size === 0) this.#thread.unref();
    if (!pending) return;
    if (message.kind === 'done') pending.resolve(decode(message.result) as JobResult);
    else pending.reject(decodeError(message.error));
  }

  #die(error: SparkError): void {
    if (this.dead) return;
    this.dead = true;
    lost.add(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.arena.releaseAll(this.owner);
  }

  run(id: number, job: unknown): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      if (this.dead) {
        const error = internalError('a worker thread is gone');
        lost.add(error);
        return reject(error);
      }
      this.#pending.set(id, { resolve, reject });
      this.#thread.ref();
      this.#thread.postMessage({ kind: 'job', id, job } satisfies ToWorker);
    });
  }

  async stop(): Promise<void> {
    await this.#thread.terminate();
    this.#die(internalError('the worker pool was stopped'));
  }
}

/** Worker threads over one arena, started when first needed; a thread that dies is replaced at the next job. Threads belong to
 * executors, each with the same number of them. */
export class WorkerPool {
  #workers: PoolWorker[] = [];
  #nextJob = 1;
  #nextOwner = FIRST_OWNER;
  #path: string | undefined;
  readonly #executors: Set<string>;

  /** @param cores threads of each executor */
  constructor(
    readonly arena: Arena,
    readonly cores: number,
    path?: string,
    executorIds: readonly string[] = ['driver'],
  ) {
    this.#path = path;
    this.#executors = new Set(executorIds);
  }

  /** Threads of all executors. */
  get size(): number {
    return this.cores * this.#executors.size;
  }

  /** Starts missing threads and waits until they run. */
  async start(): Promise<void> {
    const path = (this.#path ??= workerPath());
    this.#workers = this.#workers.filter((w) => !w.dead);
    for (const id of this.#executors) {
      const present = this.#workers.filter((w) => w.executorId === id).length;
      for (let i = present; i < this.cores; i++)
        this.#workers.push(new PoolWorker(this.arena, this.#nextOwner++, id, path));
    }
    await Promise.all(this.#workers.map((w) => w.ready));
  }

  addExecutor(executorId: string): void {
    this.#executors.add(executorId);
  }

  /** Ends an executor's threads for good; jobs that they were busy with fail as `isWorkerLost` tells. */
  async removeExecutor(executorId: string): Promise<void> {
    this.#executors.delete(executorId);
    const gone = this.#workers.filter((w) => w.executorId === executorId);
    this.#workers = this.#workers.filter((w) => w.executorId !== executorId);
    await Promise.all(gone.map((w) => w.stop()));
  }

  /** Runs a job on `width` threads at once; they share its slices. A failure stops the others at their next morsel, and all
   * have ended when this returns.
   * @param helper takes part on the calling thread in the place of one worker, which is asked when it calls `more`
   * @throws the first failure that is not a cancellation, if any thread failed */
  async run(job: JobSpec, width = this.size, helper?: (more: () => void) => Promise<JobResult>): Promise<JobResult[]> {
    await this.start();
    const control = new Int32Array(job.control);
    const encoded = encode(job);
    const id = this.#nextJob++;
    const failures: unknown[] = [];
    const running: Promise<JobResult | undefined>[] = [];
    const watch = (part: Promise<JobResult>): void => {
      running.push(
        part.catch((error: unknown) => {
          failures.push(error);
          Atomics.store(control, 0, 1);
          return undefined;
        }),
      );
    };
    const workers = this.#workers.slice(0, Math.max(1, width));
    const last = helper && workers.pop();
    for (const w of workers) watch(w.run(id, encoded));
    if (helper && last) watch(helper(() => watch(last.run(id, encoded))));
    const results: (JobResult | undefined)[] = [];
    // The helper may add one while others are waited for.
    for (let i = 0; i < running.length; i++) results.push(await running[i]);
    if (failures.length > 0)
      throw failures.find((e) => !(e instanceof SparkError && e.kind === 'cancelled')) ?? failures[0];
    return results as JobResult[];
  }

  /** Ends one thread as if it had crashed; the next job replaces it. */
  async kill(index: number): Promise<void> {
    await this.#workers[index]?.stop();
  }

  async stop(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((w) => w.stop()));
  }
}
