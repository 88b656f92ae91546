import type { TaskContext } from './task-context.js';

const KEY = Symbol.for('memoframe.worker');

/** What belongs to one thread, a worker's or the driver's: the same object for every copy of memoframe that the thread loads. */
export interface WorkerRegistry {
  /** -1 on the driver. */
  workerId: number;
  executorId: string;
  /** The task that runs now; a worker runs one at a time. */
  task: TaskContext | undefined;
  /** Values that shipped functions may use by name. */
  readonly injected: Record<string, unknown>;
  /** For those who keep something with the worker; keys are theirs. */
  readonly state: Map<unknown, unknown>;
  /** Run, last first, when the worker ends in order. */
  readonly disposers: Set<() => unknown>;
  /** Elements that tasks of this thread must stop at: the number of the task that is to end, or 0. */
  readonly killFlag: Int32Array;
}

/** The registry of this thread, made when first asked for. */
export function workerRegistry(): WorkerRegistry {
  const holder = globalThis as { [KEY]?: WorkerRegistry };
  holder[KEY] ??= {
    workerId: -1,
    executorId: 'driver',
    task: undefined,
    injected: {},
    state: new Map(),
    disposers: new Set(),
    killFlag: new Int32Array(1),
  };
  return holder[KEY];
}

/** Runs `dispose` when this thread ends in order. @returns takes it back */
export function onWorkerEnd(dispose: () => unknown): () => void {
  const { disposers } = workerRegistry();
  disposers.add(dispose);
  return () => disposers.delete(dispose);
}

/** Runs all disposers; one that fails does not stop the others. @returns the failures */
export async function disposeWorker(): Promise<unknown[]> {
  const { disposers } = workerRegistry();
  const failures: unknown[] = [];
  for (const dispose of [...disposers].reverse()) {
    disposers.delete(dispose);
    try {
      await dispose();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
