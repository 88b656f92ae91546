import { cancelledError, SparkError } from '../../errors/index.js';
import { illegalState, sparkException } from '../java-errors.js';
import { decodeFailure } from './failure.js';
import { Places } from './places.js';
import type { EncodedFailure, FromWorker, TaskDone, TaskMessage } from './protocol.js';
import type { BlockListener, TaskSet, TaskSetResult } from './task-set.js';
import { WorkerHandle, type WorkerListener } from './worker-handle.js';

/** How many workers there are, how they live, and who hears of them. */
export interface SchedulerOptions {
  readonly executorIds: readonly string[];
  /** Workers of each executor. */
  readonly cores: number;
  readonly heapBytes: number;
  readonly localDir: string;
  /** False: a worker runs one task and ends. */
  readonly reuse: boolean;
  readonly localityWaitMs: number;
  /** How long a task may go on after it was asked to end; then its thread is ended. */
  readonly killTimeoutMs: number;
  /** A lost worker counts as a failure of its task, as in a cluster. */
  readonly lossIsFailure: boolean;
  readonly onBlocks: BlockListener;
  readonly onWorkerEnded: (worker: WorkerHandle) => void;
  readonly onBroadcastRead: (id: number) => void;
}

interface Attempt {
  readonly run: Run;
  readonly index: number;
  readonly attempt: number;
  readonly taskId: number;
  killTimer?: NodeJS.Timeout;
}

/** A task set under way. */
interface Run {
  readonly set: TaskSet;
  readonly places: Places | undefined;
  readonly pending: number[];
  readonly since: number;
  readonly failures: number[];
  readonly losses: number[];
  readonly attempts: number[];
  readonly done: boolean[];
  left: number;
  running: Set<Attempt>;
  /** Set when no more tasks are to start: the error, or that input is missing. */
  ending: { readonly error: unknown } | { readonly result: TaskSetResult } | undefined;
  readonly resolve: (result: TaskSetResult) => void;
  readonly reject: (error: unknown) => void;
  readonly detach: () => void;
}

/** Gives tasks to workers, a task at a time each, retries them, and replaces workers that die. Spark: `TaskSchedulerImpl` and
 * `TaskSetManager`. */
export class TaskScheduler implements WorkerListener {
  #workers: WorkerHandle[] = [];
  readonly #runs: Run[] = [];
  readonly #attempts = new Map<number, Attempt>();
  #nextWorker = 0;
  #nextTask = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #ends = new Set<Promise<void>>();

  constructor(readonly options: SchedulerOptions) {}

  get workers(): readonly WorkerHandle[] {
    return this.#workers;
  }
  worker(id: number): WorkerHandle | undefined {
    return this.#workers.find((w) => w.workerId === id && !w.dead && !w.stopping);
  }

  /** Runs all tasks of a set.
   * @throws org.apache.spark.SparkException `Job aborted due to stage failure`; OPERATION_CANCELED */
  run(set: TaskSet): Promise<TaskSetResult> {
    return new Promise((resolve, reject) => {
      const n = set.partitions.length;
      const onAbort = () => this.#end(run, { error: cancelled(set.signal) });
      const run: Run = {
        set,
        places: set.preferred && new Places(set.partitions, set.preferred),
        pending: Array.from({ length: n }, (_, i) => i),
        since: Date.now(),
        failures: new Array<number>(n).fill(0),
        losses: new Array<number>(n).fill(0),
        attempts: new Array<number>(n).fill(0),
        done: new Array<boolean>(n).fill(false),
        left: n,
        running: new Set(),
        ending: undefined,
        resolve,
        reject,
        detach: () => set.signal?.removeEventListener('abort', onAbort),
      };
      if (this.#stopped) return reject(stopped());
      if (set.signal?.aborted) return reject(cancelled(set.signal));
      if (n === 0) return resolve({ kind: 'done' });
      set.signal?.addEventListener('abort', onAbort);
      this.#runs.push(run);
      this.#dispatch();
    });
  }

  /** Ends a worker as if it had crashed. @returns whether there was such a worker */
  async killWorker(id: number): Promise<boolean> {
    const worker = this.worker(id);
    if (!worker) return false;
    await worker.kill('the worker was killed');
    return true;
  }

  /** Ends all workers, idle ones in order; running tasks fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const run of [...this.#runs]) this.#end(run, { error: stopped() });
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map((w) => w.stop()));
    await Promise.all(this.#ends);
  }

  // Workers.

  message(worker: WorkerHandle, message: FromWorker): void {
    if (message.kind === 'broadcast-read') this.options.onBroadcastRead(message.id);
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    const attempt = this.#attempts.get(message.taskId);
    this.#attempts.delete(message.taskId);
    clearTimeout(attempt?.killTimer);
    worker.release();
    this.options.onBlocks(worker, message.blocks);
    for (const run of this.#runs) run.places?.moved(message.blocks);
    if (!this.options.reuse) this.#retire(worker);
    if (attempt) {
      attempt.run.running.delete(attempt);
      if (message.kind === 'done') this.#succeeded(attempt, message, worker);
      else this.#failed(attempt, message, worker);
    }
    this.#dispatch();
  }

  ended(worker: WorkerHandle, reason: string): void {
    this.#workers = this.#workers.filter((w) => w !== worker);
    const { task } = worker;
    worker.task = undefined;
    this.options.onWorkerEnded(worker);
    const attempt = task && this.#attempts.get(task.taskId);
    if (attempt) {
      this.#attempts.delete(attempt.taskId);
      clearTimeout(attempt.killTimer);
      attempt.run.running.delete(attempt);
      this.#lost(attempt, worker, reason);
    }
    if (!this.#stopped) this.#dispatch();
  }

  #retire(worker: WorkerHandle): void {
    this.#workers = this.#workers.filter((w) => w !== worker);
    const end = worker.stop().finally(() => this.#ends.delete(end));
    this.#ends.add(end);
    this.options.onWorkerEnded(worker);
  }

  // Outcomes.

  #succeeded({ run, index }: Attempt, done: TaskDone, worker: WorkerHandle): void {
    if (run.done[index] || run.ending) return this.#settle(run);
    run.done[index] = true;
    run.left--;
    try {
      run.set.succeeded(run.set.partitions[index] as number, done, worker);
    } catch (error) {
      return this.#end(run, { error });
    }
    this.#settle(run);
  }

  #failed(attempt: Attempt, message: Extract<FromWorker, { kind: 'failed' }>, worker: WorkerHandle): void {
    const { run, index } = attempt;
    if (run.ending) return this.#settle(run);
    if (message.missing) {
      return this.#end(run, { result: { kind: 'missing', blocks: message.missing } });
    }
    const failures = (run.failures[index] as number) + 1;
    run.failures[index] = failures;
    const text = describe(message.error, message.fragment);
    if (failures + this.#countedLosses(run, index) >= run.set.maxFailures)
      return this.#abort(attempt, worker, text, message.error);
    run.pending.unshift(index);
  }

  #countedLosses(run: Run, index: number): number {
    return this.options.lossIsFailure ? (run.losses[index] as number) : 0;
  }

  #lost(attempt: Attempt, worker: WorkerHandle, reason: string): void {
    const { run, index } = attempt;
    if (run.ending) return this.#settle(run);
    const losses = (run.losses[index] as number) + 1;
    run.losses[index] = losses;
    const { maxFailures, maxLosses } = run.set;
    const text = `ExecutorLostFailure (executor ${worker.executorId} exited caused by one of the running tasks) Reason: ${reason}`;
    const failed = (run.failures[index] as number) + losses >= maxFailures;
    if (this.options.lossIsFailure ? failed : losses >= maxLosses) return this.#abort(attempt, worker, text, undefined);
    run.pending.unshift(index);
  }

  #abort({ run, index, attempt, taskId }: Attempt, worker: WorkerHandle, text: string, failure?: EncodedFailure): void {
    const { stageId } = run.set;
    const times = (run.failures[index] as number) + (run.losses[index] as number);
    const message =
      `Job aborted due to stage failure: Task ${index} in stage ${stageId}.0 failed ${times} times, most recent failure: ` +
      `Lost task ${index}.${attempt} in stage ${stageId}.0 (TID ${taskId}) (executor ${worker.executorId}): ${text}`;
    const cause = failure && decodeFailure(failure);
    const error = sparkException(message, cause);
    this.#end(run, { error });
  }

  /** No more tasks start; those that run are asked to end. */
  #end(run: Run, ending: NonNullable<Run['ending']>): void {
    if (run.ending) return;
    run.ending = ending;
    run.pending.length = 0;
    for (const a of run.running) {
      const worker = this.#workers.find((w) => w.task?.taskId === a.taskId);
      if (!worker) continue;
      worker.cancel(a.taskId, 'the job has ended');
      a.killTimer = setTimeout(
        () => void worker.kill('a task did not end when it was asked to'),
        this.options.killTimeoutMs,
      );
    }
    this.#settle(run);
  }

  /** The set has ended when none of its tasks runs any more. */
  #settle(run: Run): void {
    const over = run.ending ? run.running.size === 0 : run.left === 0;
    const at = this.#runs.indexOf(run);
    if (!over || at < 0) return;
    this.#runs.splice(at, 1);
    run.detach();
    if (!run.ending) run.resolve({ kind: 'done' });
    else if ('error' in run.ending) run.reject(run.ending.error);
    else run.resolve(run.ending.result);
  }

  // Offers.

  #dispatch(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let waits = false;
    // A run whose task cannot be sent leaves the list meanwhile.
    for (const run of [...this.#runs]) {
      if (run.ending) continue;
      waits = this.#place(run) || waits;
    }
    if (waits) {
      this.#timer = setTimeout(() => this.#dispatch(), 50);
    }
  }

  /** Gives tasks of a run to free workers. @returns whether tasks wait for a worker that is busy though others are free */
  #place(run: Run): boolean {
    const waited = Date.now() - run.since >= this.options.localityWaitMs;
    let waits = false;
    // Tasks go where their kept partitions are, before others take the place.
    const { places } = run;
    for (const wantsPlace of places ? [true, false] : [false])
      for (let i = 0; i < run.pending.length && this.#hasRoom(); ) {
        const index = run.pending[i] as number;
        const preferred = this.#alive(places?.of(index) ?? []);
        if (wantsPlace !== preferred.length > 0) {
          i++;
          continue;
        }
        let worker = preferred.find((w) => w.idle);
        if (!worker && (preferred.length === 0 || waited)) worker = this.#freeWorker();
        if (!worker) {
          waits = true;
          i++;
          continue;
        }
        run.pending.splice(i, 1);
        this.#launch(run, index, worker);
      }
    return waits;
  }

  #alive(ids: readonly number[]): readonly WorkerHandle[] {
    return ids.length === 0 ? [] : ids.map((id) => this.worker(id)).filter((w) => w !== undefined);
  }

  #hasRoom(): boolean {
    const { cores, executorIds } = this.options;
    return this.#workers.length < cores * executorIds.length || this.#workers.some((w) => w.idle);
  }

  /** An idle one, or a new one on the executor that has the fewest. */
  #freeWorker(): WorkerHandle | undefined {
    const idle = this.#workers.find((w) => w.idle);
    if (idle) return idle;
    let best: { readonly executorId: string; readonly present: number } | undefined;
    for (const executorId of this.options.executorIds) {
      const present = this.#workers.filter((w) => w.executorId === executorId).length;
      if (present < this.options.cores && (!best || present < best.present)) best = { executorId, present };
    }
    if (!best) return undefined;
    const { heapBytes, localDir } = this.options;
    const worker = new WorkerHandle(this.#nextWorker++, best.executorId, { heapBytes, localDir }, this);
    this.#workers.push(worker);
    return worker;
  }

  #launch(run: Run, index: number, worker: WorkerHandle): void {
    const { set } = run;
    const taskId = ++this.#nextTask;
    const partition = set.partitions[index] as number;
    const attempt = run.attempts[index] as number;
    run.attempts[index] = attempt + 1;
    const launched: Attempt = { run, index, attempt, taskId };
    try {
      set.equip(worker);
      const message: TaskMessage = {
        kind: 'task',
        taskId,
        stageId: set.stageId,
        partition,
        attempt,
        rdd: set.rdd,
        action: set.action,
        inputs: set.inputs(partition),
      };
      worker.run(message);
    } catch (error) {
      worker.release();
      this.#end(run, { error });
      return;
    }
    run.running.add(launched);
    this.#attempts.set(taskId, launched);
  }
}

function describe(error: EncodedFailure, fragment: string | undefined): string {
  const causes: string[] = [];
  for (let c = error.cause; c; c = c.cause) causes.push(`Caused by: ${c.name}: ${c.message}`);
  const where = fragment === undefined ? [] : [`in the function: ${fragment}`];
  return [`${error.name}: ${error.message}`, ...where, ...causes].join('\n');
}

function cancelled(signal: AbortSignal | undefined): unknown {
  const { reason } = signal ?? {};
  return reason instanceof SparkError ? reason : cancelledError('job');
}

/** Spark: `SparkContext.assertNotStopped`. */
export function stopped(): SparkError {
  const message = 'Cannot call methods on a stopped SparkContext.';
  return illegalState(message);
}
