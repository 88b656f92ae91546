import { cancelledError, runtimeError } from '../../errors/index.js';
import { onAbort } from '../async/abort.js';
import { currentTask } from '../async/task-scope.js';
import { timeOut } from '../async/timer.js';

/** What bounds one piece of asynchronous work. */
export interface TimeoutOptions {
  /** Named in the error: `read of users`. */
  readonly what?: string;
  /** Ends the wait early with OPERATION_CANCELED; default the signal of the task that runs, if one does. */
  readonly signal?: AbortSignal | undefined;
}

/** Work that can be told to stop: the signal fires at the time-out and on cancellation. */
export type Abortable<T> = (signal: AbortSignal) => PromiseLike<T> | T;

/** The result of `work`, if it is there within `timeoutMs`. A work given as function is told to stop by its signal; what
 * it still yields afterwards is dropped, never an unhandled rejection.
 * @param timeoutMs milliseconds; 0 and Infinity mean no bound
 * @throws OPERATION_TIMED_OUT, OPERATION_CANCELED, whatever the work throws */
export function withTimeout<T>(
  work: Abortable<T> | PromiseLike<T>,
  timeoutMs: number,
  { what = 'The operation', signal = currentTask()?.signal }: TimeoutOptions = {},
): Promise<T> {
  if (signal?.aborted) return Promise.reject(cancelledError(what));
  const stop = typeof work === 'function' ? new AbortController() : undefined;
  return new Promise<T>((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let forget = (): void => {};
    const giveUp = (error: Error): void => {
      settle();
      stop?.abort(error);
      reject(error);
    };
    const settle = (): void => {
      clearTimeout(timer);
      forget();
    };
    if (signal) forget = onAbort(signal, () => giveUp(cancelledError(what)));
    if (timeoutMs > 0)
      timer = timeOut(timeoutMs, () =>
        giveUp(runtimeError('OPERATION_TIMED_OUT', { operation: what, timeoutMs: String(timeoutMs) })),
      );
    Promise.resolve(typeof work === 'function' ? run(work, (stop as AbortController).signal) : work).then(
      (value) => {
        settle();
        resolve(value);
      },
      (error: unknown) => {
        settle();
        reject(error);
      },
    );
  });
}

async function run<T>(work: Abortable<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}

/** Waits; by default until the task that runs is cancelled. @throws OPERATION_CANCELED */
export function delay(ms: number, signal: AbortSignal | undefined = currentTask()?.signal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelledError());
    let forget = (): void => {};
    const timer = setTimeout(() => {
      forget();
      resolve();
    }, ms);
    if (signal)
      forget = onAbort(signal, () => {
        clearTimeout(timer);
        reject(cancelledError());
      }) as () => void;
  });
}
