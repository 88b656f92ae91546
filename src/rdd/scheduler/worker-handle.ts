import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { internalError } from '../../errors/index.js';
import type { FromWorker, TaskMessage, ToWorker, WorkerStart } from './protocol.js';

const STOP_TIMEOUT_MS = 5_000;

/** Beside the bundle, above it (`dist/chunks`), or in the checkout's `dist`. */
function workerPath(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    for (const candidate of [join(directory, 'rdd-worker.js'), join(directory, 'dist', 'rdd-worker.js')])
      if (existsSync(candidate)) return candidate;
    const parent = dirname(directory);
    if (parent === directory) throw internalError('dist/rdd-worker.js is not built: run `npm run build`');
    directory = parent;
  }
}

let path: string | undefined;

/** Whom a worker tells. */
export interface WorkerListener {
  message(worker: WorkerHandle, message: FromWorker): void;
  /** It ended, whether asked to or not; the task that it ran is lost. */
  ended(worker: WorkerHandle, reason: string): void;
}

/** One thread that runs shipped functions, a task at a time. */
export class WorkerHandle {
  readonly #thread: Worker;
  readonly #killFlag = new Int32Array(new SharedArrayBuffer(4));
  /** What the worker has been sent. */
  readonly sentRdds = new Set<number>();
  readonly sentActions = new Set<number>();
  readonly sentBroadcasts = new Set<number>();
  task: TaskMessage | undefined;
  dead = false;
  /** Its end was asked for. */
  #stopping = false;
  #onStopped: (() => void) | undefined;
  #failure = '';

  constructor(
    readonly workerId: number,
    readonly executorId: string,
    options: { readonly heapBytes: number; readonly localDir: string },
    listener: WorkerListener,
  ) {
    path ??= workerPath();
    const workerData: WorkerStart = {
      workerId,
      executorId,
      killFlag: this.#killFlag.buffer as SharedArrayBuffer,
      ...options,
    };
    this.#thread = new Worker(pathToFileURL(path), { workerData, name: `memoframe-rdd-${workerId}` });
    this.#thread.unref();
    this.#thread.on('message', (message: FromWorker) => {
      if (message.kind === 'stopped') this.#onStopped?.();
      else if (!this.dead) listener.message(this, message);
    });
    this.#thread.on('error', (error: unknown) => {
      this.#failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    this.#thread.once('exit', (code) => {
      if (this.dead) return;
      this.dead = true;
      listener.ended(this, this.#failure || `the worker's thread ended with code ${code}`);
    });
  }

  get stopping(): boolean {
    return this.#stopping;
  }
  get idle(): boolean {
    return !this.dead && !this.#stopping && this.task === undefined;
  }

  send(message: ToWorker): void {
    this.#thread.postMessage(message);
  }
  run(task: TaskMessage): void {
    this.task = task;
    this.#killFlag[0] = 0;
    this.#thread.ref();
    this.send(task);
  }
  /** The task has ended. */
  release(): void {
    this.task = undefined;
    this.#thread.unref();
  }
  /** Asks the running task to end. */
  cancel(taskId: number, reason: string): void {
    if (this.task?.taskId !== taskId) return;
    this.#killFlag[0] = taskId;
    this.send({ kind: 'cancel', taskId, reason });
  }

  /** Lets the worker dispose of what it has, then ends it. */
  async stop(): Promise<void> {
    if (this.dead) return;
    this.#stopping = true;
    this.#thread.ref();
    await new Promise<void>((done) => {
      const timer = setTimeout(done, STOP_TIMEOUT_MS);
      this.#onStopped = () => {
        clearTimeout(timer);
        done();
      };
      this.#thread.once('exit', () => this.#onStopped?.());
      this.send({ kind: 'stop' });
    });
    await this.#thread.terminate();
  }
  /** Ends it at once, as if it had crashed. */
  async kill(reason: string): Promise<void> {
    this.#failure ||= reason;
    await this.#thread.terminate();
  }
}
