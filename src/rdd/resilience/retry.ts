import { runtimeError, SparkError } from '../../errors/index.js';
import { currentTask } from '../async/task-scope.js';
import { delay, withTimeout } from './timeout.js';

/** How often, how long apart and for which errors work is tried again. */
export interface RetryOptions {
  /** Tries in all, the first included; default 3. */
  readonly attempts?: number;
  /** Wait after the first failure, in ms; default 100. Each further wait is `factor` (default 2) times as long. */
  readonly delayMs?: number;
  readonly factor?: number;
  /** No wait is longer, in ms; default 10,000. */
  readonly maxDelayMs?: number;
  /** The share of a wait that is left to chance, 0 to 1; default 0.5: between half of it and all of it. Tasks that failed
   * together then do not come back together. */
  readonly jitter?: number;
  /** Bound of each try, in ms; default none. */
  readonly timeoutMs?: number;
  /** Which errors are worth another try; default all but cancellation. */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
  /** Told of each failure that is followed by a wait; `attempt` counts from 1. */
  readonly onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  /** Named in the error: `insert of orders`. */
  readonly what?: string;
  /** Ends tries and waits with OPERATION_CANCELED; default the signal of the task that runs, if one does. */
  readonly signal?: AbortSignal | undefined;
  /** A number in [0, 1); default Math.random. */
  readonly random?: () => number;
}

/** The wait after the `attempt`th failure (from 1), in ms. */
export function backOffMs(attempt: number, options: RetryOptions = {}): number {
  const { delayMs = 100, factor = 2, maxDelayMs = 10_000, jitter = 0.5, random = Math.random } = options;
  const full = Math.min(maxDelayMs, delayMs * factor ** (attempt - 1));
  return full * (1 - jitter * random());
}

/** The result of `work`, tried again after errors with exponential back-off and jitter.
 * @throws RETRIES_EXHAUSTED with the last error as cause, when tries ran out after more than one; the error itself where
 * `retryIf` refuses it or there was only one try; OPERATION_CANCELED */
export async function withRetry<T>(
  work: (signal: AbortSignal, attempt: number) => PromiseLike<T> | T,
  options: RetryOptions = {},
): Promise<T> {
  const { attempts = 3, timeoutMs = 0, signal = currentTask()?.signal, what = 'The operation' } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await withTimeout((stop) => work(stop, attempt), timeoutMs, { what, signal });
    } catch (error) {
      if (isCancelled(error) || options.retryIf?.(error, attempt) === false) throw error;
      if (attempt >= attempts) throw attempt === 1 ? error : exhausted(what, attempt, error);
      const wait = backOffMs(attempt, options);
      options.onRetry?.(error, attempt, wait);
      await delay(wait, signal);
    }
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof SparkError && error.kind === 'cancelled';
}

function exhausted(operation: string, attempts: number, last: unknown): SparkError {
  const parameters = { operation, attempts: String(attempts), message: messageOf(last) };
  return runtimeError('RETRIES_EXHAUSTED', parameters, undefined, last);
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
