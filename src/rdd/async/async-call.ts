import { cancelledError, runtimeError } from '../../errors/index.js';
import { onAbort } from './abort.js';
import { timeOut } from './timer.js';

/** The work of a call. The signal aborts when the call runs out of time or its task ends: hand it on to what can stop. */
export type AsyncWork<T> = (signal: AbortSignal) => PromiseLike<T> | T;

/** How a call may end before it is done. */
export interface AsyncCallOptions {
  /** Milliseconds for one call; without it a call may take as long as it likes. */
  readonly timeoutMs?: number | undefined;
  /** Ends the call when it aborts, beside the signal of the task. */
  readonly signal?: AbortSignal | undefined;
}

/** One started piece of asynchronous work. It is no promise on purpose: an async generator would wait for a promise that it
 * yields, and calls that should run together would run one after another. */
export class AsyncCall<T> {
  /** When the work itself is over, even after time-out or cancellation; never rejects. */
  readonly ended: Promise<void>;
  state: 'running' | 'done' | 'failed' | 'cancelled' = 'running';
  error: unknown;
  /** Whether somebody has asked for the result, and so sees its error. */
  observed = false;
  readonly #result: Promise<T>;
  readonly #controller = new AbortController();
  #reject: (error: unknown) => void = () => {};

  constructor(work: AsyncWork<T>, options: AsyncCallOptions = {}, ...signals: readonly (AbortSignal | undefined)[]) {
    const offs: (() => void)[] = [];
    let timer: NodeJS.Timeout | undefined;
    let resolve: (value: T) => void = () => {};
    this.#result = new Promise<T>((yes, no) => {
      resolve = yes;
      this.#reject = no;
    });
    this.#result.catch(() => {});
    const over = (): void => {
      clearTimeout(timer);
      for (const off of offs) off();
    };
    const { timeoutMs } = options;
    for (const signal of [options.signal, ...signals])
      if (signal) offs.push(onAbort(signal, () => this.cancel(signal.reason)));
    // A call whose signal has aborted before does not start.
    if (this.state !== 'running') {
      over();
      this.ended = Promise.resolve();
      return;
    }
    if (timeoutMs !== undefined)
      timer = timeOut(timeoutMs, () =>
        this.#end('failed', runtimeError('ASYNC_CALL_TIMEOUT', { timeoutMs: String(timeoutMs) })),
      );
    this.ended = run(work, this.#controller.signal).then(
      (value) => {
        over();
        if (this.state === 'running') this.state = 'done';
        resolve(value);
      },
      (error) => {
        over();
        if (this.state === 'running') this.state = 'failed';
        this.error ??= error;
        this.#reject(error);
      },
    );
  }

  /** The value of the work; rejects with its error, `ASYNC_CALL_TIMEOUT` or `OPERATION_CANCELED`. */
  get result(): Promise<T> {
    this.observed = true;
    return this.#result;
  }

  /** Tells the work to stop, and rejects the result without waiting for it. Does nothing to a call that is over. */
  cancel(reason?: unknown): void {
    this.#end('cancelled', reason instanceof Error && reason.name !== 'AbortError' ? reason : cancelledError());
  }

  /** Before the work is over. */
  #end(state: 'failed' | 'cancelled', error: unknown): void {
    if (this.state !== 'running') return;
    this.state = state;
    this.error = error;
    this.#reject(error);
    this.#controller.abort(error);
  }
}

// The work starts now, and what it throws at once is an error of the call like any other.
async function run<T>(work: AsyncWork<T>, signal: AbortSignal): Promise<T> {
  return await work(signal);
}
