import { analysisError } from '../../errors/index.js';
import { AsyncCall, type AsyncCallOptions, type AsyncWork } from './async-call.js';
import type { Source } from './feed.js';
import { type AwaitOptions, type Each, passOn, type Startable } from './pass-on.js';
import { currentTask, tieToTask } from './task-scope.js';

/** Options with a function: each element of the source is handed to it, when its turn to start has come. */
export interface EachOptions<S, T> extends AwaitOptions {
  /** Starts the work of one element. */
  readonly each: Each<S, T>;
}

/** Starts one piece of asynchronous work now, and goes on: `call.result` is a promise of its value. In a task, what still
 * runs when the task ends is told to stop, and a failure that nobody looked at fails the task. */
export function executeAsync<T>(work: AsyncWork<T>, options: AsyncCallOptions = {}): AsyncCall<T> {
  const task = currentTask();
  const call = new AsyncCall(work, options, task?.signal);
  if (task) tieToTask(task, call);
  return call;
}

/** Starts all and waits for all, then passes the results on in order. Unbounded: as many calls run at once, and as many
 * results are held, as the source has elements; a source without end never comes to an end. Use a bounded one where a
 * partition may be large. */
export function awaitAll<T>(source: Source<Startable<T>>, options?: AwaitOptions): AsyncGenerator<T, void, undefined>;
export function awaitAll<S, T>(source: Source<S>, options: EachOptions<S, T>): AsyncGenerator<T, void, undefined>;
export function awaitAll<S, T>(
  source: Source<S>,
  options: AwaitOptions | EachOptions<S, T> = {},
): AsyncGenerator<T, void, undefined> {
  return passOn<S, T>(source, { low: 0, high: Number.POSITIVE_INFINITY, barrier: true }, eachOf(options), options);
}

/** At most `n` at once, with a barrier: `n` are started, all of them end, their results are passed on in order, and then
 * the next `n` start. @throws INVALID_ASYNC_WINDOW where n is no whole number above 0 */
export function awaitBatch<T>(
  source: Source<Startable<T>>,
  n?: number,
  options?: AwaitOptions,
): AsyncGenerator<T, void, undefined>;
export function awaitBatch<S, T>(
  source: Source<S>,
  n: number,
  options: EachOptions<S, T>,
): AsyncGenerator<T, void, undefined>;
export function awaitBatch<S, T>(
  source: Source<S>,
  n = 3,
  options: AwaitOptions | EachOptions<S, T> = {},
): AsyncGenerator<T, void, undefined> {
  return passOn<S, T>(source, { low: 0, high: atLeastOne('awaitBatch', n), barrier: true }, eachOf(options), options);
}

/** At most `n` at once, without a barrier: the oldest result is passed on as soon as it is there, and the next call starts
 * when the consumer asks for more. Holds at most `n` results. @throws as `awaitBatch` */
export function awaitSliding<T>(
  source: Source<Startable<T>>,
  n?: number,
  options?: AwaitOptions,
): AsyncGenerator<T, void, undefined>;
export function awaitSliding<S, T>(
  source: Source<S>,
  n: number,
  options: EachOptions<S, T>,
): AsyncGenerator<T, void, undefined>;
export function awaitSliding<S, T>(
  source: Source<S>,
  n = 3,
  options: AwaitOptions | EachOptions<S, T> = {},
): AsyncGenerator<T, void, undefined> {
  const high = atLeastOne('awaitSliding', n);
  return passOn<S, T>(source, { low: high - 1, high, barrier: false }, eachOf(options), options);
}

/** Between `n` and `2 n` at once: two groups of `n` start, and when the first group has been passed on, the next one starts.
 * The oldest result is passed on as soon as it is there. Holds at most `2 n` results. @throws as `awaitBatch` */
export function slidingPrefetch<T>(
  source: Source<Startable<T>>,
  n?: number,
  options?: AwaitOptions,
): AsyncGenerator<T, void, undefined>;
export function slidingPrefetch<S, T>(
  source: Source<S>,
  n: number,
  options: EachOptions<S, T>,
): AsyncGenerator<T, void, undefined>;
export function slidingPrefetch<S, T>(
  source: Source<S>,
  n = 3,
  options: AwaitOptions | EachOptions<S, T> = {},
): AsyncGenerator<T, void, undefined> {
  const low = atLeastOne('slidingPrefetch', n);
  return passOn<S, T>(source, { low, high: 2 * low, barrier: false }, eachOf(options), options);
}

function eachOf<S, T>(options: AwaitOptions | EachOptions<S, T>): Each<S, T> | undefined {
  return 'each' in options ? options.each : undefined;
}

// Checked when the function is called, not when the first result is asked for.
function atLeastOne(name: string, n: number): number {
  if (Number.isInteger(n) && n > 0) return n;
  throw analysisError('INVALID_ASYNC_WINDOW', { functionName: name, value: String(n) });
}
