import { SparkError } from '../../errors/index.js';
import { workerRegistry } from './registry.js';

/** What identifies an attempt of a task. */
export interface TaskIdentity {
  readonly stageId: number;
  readonly partitionId: number;
  readonly attemptNumber: number;
  readonly taskAttemptId: number;
}

/** What accumulators gathered in one attempt; the driver adds it if the attempt succeeds. */
export interface TaskAccumulator {
  value: unknown;
}

/** The task that runs on this thread. Given to every shipped function as its last argument, which also has the injected
 * functions (`executeAsync`, `workerScoped`, …) as members. Spark: `TaskContext`. */
export class TaskContext {
  readonly #id: TaskIdentity;
  readonly #abort = new AbortController();
  readonly #completion: ((task: TaskContext, error?: unknown) => unknown)[] = [];
  /** By the accumulator's id. */
  readonly accumulators = new Map<number, TaskAccumulator>();

  constructor(id: TaskIdentity) {
    this.#id = id;
  }

  /** The running task; undefined outside of tasks. */
  static get(): TaskContext | undefined {
    return workerRegistry().task;
  }

  partitionId(): number {
    return this.#id.partitionId;
  }
  stageId(): number {
    return this.#id.stageId;
  }
  /** 0 for the first attempt. */
  attemptNumber(): number {
    return this.#id.attemptNumber;
  }
  /** Unique among all attempts of all tasks of the context. */
  taskAttemptId(): number {
    return this.#id.taskAttemptId;
  }
  /** The worker's number; a worker that replaces a dead one has a new one. */
  workerId(): number {
    return workerRegistry().workerId;
  }
  executorId(): string {
    return workerRegistry().executorId;
  }
  /** Aborted when the task is to end before it is done, and when it has ended, so that nothing it began goes on. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }
  isInterrupted(): boolean {
    return this.#abort.signal.aborted;
  }
  /** Called when the task has ended, last added first, also if it failed (then with the error). */
  addTaskCompletionListener(listener: (task: TaskContext, error?: unknown) => unknown): this {
    this.#completion.push(listener);
    return this;
  }

  /** For the runtime: asks the task to end. */
  interrupt(reason: unknown): void {
    this.#abort.abort(reason);
  }
  /** For the runtime: runs the listeners. @returns their failures */
  async finish(error?: unknown): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let listener = this.#completion.pop(); listener; listener = this.#completion.pop()) {
      try {
        await listener(this, error);
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (!this.#abort.signal.aborted)
      this.#abort.abort(new SparkError('cancelled', 'OPERATION_CANCELED', { operationId: 'task ended' }));
    return failures;
  }
}

/** Makes values usable by name in shipped functions, and members of the task context. */
export function inject(values: Readonly<Record<string, unknown>>): void {
  const { injected } = workerRegistry();
  for (const [name, value] of Object.entries(values)) {
    injected[name] = value;
    if (name !== 'TaskContext')
      Object.defineProperty(TaskContext.prototype, name, { value, configurable: true, writable: true });
  }
}
