import type { AsyncCall } from './async-call.js';

/** What asynchronous calls need to know of the task that they run in. */
export interface TaskScope {
  /** Aborts when the task is killed or its job cancelled. */
  readonly signal: AbortSignal;
  /** Runs when the task has ended, well or not; the task waits for what it returns and fails with what it throws. */
  addTaskCompletionListener(f: (task: unknown, error?: unknown) => void | Promise<void>): unknown;
}

interface Registry {
  readonly task?: TaskScope | undefined;
}

/** The task that this thread runs; undefined on the driver. */
export function currentTask(): TaskScope | undefined {
  return (globalThis as { [key: symbol]: Registry | undefined })[Symbol.for('memoframe.worker')]?.task;
}

const started = new WeakMap<TaskScope, Set<AsyncCall<unknown>>>();

/** Ties a call to the task: what still runs when the task ends is told to stop and waited for, and a failure that nobody
 * looked at fails the task. */
export function tieToTask(task: TaskScope, call: AsyncCall<unknown>): void {
  let calls = started.get(task);
  if (!calls) {
    const set = new Set<AsyncCall<unknown>>();
    task.addTaskCompletionListener(() => endCalls(set));
    started.set(task, (calls = set));
  }
  const set = calls;
  set.add(call);
  // A failed call stays until somebody has seen its error.
  void call.ended.then(() => call.state === 'failed' || set.delete(call));
}

async function endCalls(calls: ReadonlySet<AsyncCall<unknown>>): Promise<void> {
  const { settle } = await import('./settle.js');
  const all = [...calls];
  const failed = all.find((c) => c.state === 'failed' && !c.observed);
  await settle(all);
  if (failed) throw failed.error;
}
