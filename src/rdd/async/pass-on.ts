import { cancelledError } from '../../errors/index.js';
import { onAbort } from './abort.js';
import { AsyncCall, type AsyncCallOptions, type AsyncWork } from './async-call.js';
import { Feed, type Source } from './feed.js';
import { GRACE_MS, settle } from './settle.js';
import { currentTask } from './task-scope.js';

/** What a source may hold: work to start, started calls, promises, or plain values. */
export type Startable<T> = AsyncWork<T> | AsyncCall<T> | PromiseLike<T> | T;

/** How many calls run, and when their results are passed on. */
export interface Marks {
  /** More calls start when at most this many are not yet passed on, until there are `high`. */
  readonly low: number;
  readonly high: number;
  /** Nothing is passed on before all that were started are done. */
  readonly barrier: boolean;
}

/** How calls of a source run and end. */
export interface AwaitOptions extends AsyncCallOptions {
  /** Milliseconds that calls have to stop in after an error or an early end; default 5000. */
  readonly graceMs?: number | undefined;
}

/** Starts the work of one element. */
export type Each<S, T> = (element: S, signal: AbortSignal) => PromiseLike<T> | T;

/** Starts what a source holds within the marks and passes the results on in the source's order. However it ends, no call is
 * left running: those started are told to stop and waited for, and nothing more is read from the source. */
export async function* passOn<S, T>(
  source: Source<S>,
  marks: Marks,
  each: Each<S, T> | undefined,
  options: AwaitOptions,
): AsyncGenerator<T, void, undefined> {
  const calls: AsyncCall<T>[] = [];
  const feed = new Feed(source);
  const ends = new Ends(options, each);
  let filling = true;
  try {
    for (;;) {
      ends.check();
      if (calls.length <= marks.low) filling = true;
      while (filling && !ends.failed && !feed.done) {
        if (calls.length >= marks.high) {
          filling = false;
          break;
        }
        const asked = feed.ask();
        if (asked) {
          await ends.wait(asked, marks.barrier ? undefined : calls[0]);
          ends.check();
          // The source is slow to give the next element: that does not hold up a result that is there.
          if (feed.ask()) break;
        }
        const next = feed.take();
        if (next) calls.push(ends.start(next.value));
      }
      const head = calls[0];
      if (!head) {
        if (feed.done) return;
      } else if (!marks.barrier) {
        const value = await head.result;
        calls.shift();
        yield value;
      } else {
        const values = await Promise.all(calls.map((c) => c.result));
        calls.length = 0;
        yield* values;
      }
    }
  } finally {
    ends.off();
    const { graceMs = GRACE_MS } = options;
    await settle(calls, graceMs);
    await feed.close(graceMs);
    const { left } = feed;
    if (left instanceof AsyncCall) await settle([left], graceMs);
  }
}

/** An element that is there needs a few turns of the queue to come through async generators: it goes before the result. */
async function fewTurns(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await undefined;
}

/** Starts calls and watches for what ends them all: a failure of one, or an abort from outside. */
class Ends<S, T> {
  failed = false;
  #aborted: { readonly error: unknown } | undefined;
  /** Ends the wait that is going on. A promise for all waits would gather a reaction for each element. */
  #wake: () => void = () => {};
  readonly #signals: readonly AbortSignal[];
  readonly #offs: readonly (() => void)[];

  constructor(
    readonly options: AwaitOptions,
    readonly each: Each<S, T> | undefined,
  ) {
    this.#signals = [currentTask()?.signal, options.signal].filter((s) => s !== undefined);
    this.#offs = this.#signals.map((signal) =>
      onAbort(signal, () => {
        const { reason } = signal;
        this.#aborted ??= {
          error: reason instanceof Error && reason.name !== 'AbortError' ? reason : cancelledError(),
        };
        this.#wake();
      }),
    );
  }

  start(element: S): AsyncCall<T> {
    const call = this.#callOf(element);
    call.result.catch(() => {
      // The order may hide the error for a while; starting more would be in vain.
      this.failed = true;
      this.#wake();
    });
    return call;
  }

  /** Until the element has come, the head is done, or all ends. */
  wait(asked: Promise<void>, head: AsyncCall<T> | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      void asked.then(resolve);
      head?.result.then(fewTurns, fewTurns).then(resolve);
    });
  }

  check(): void {
    if (this.#aborted) throw this.#aborted.error;
  }

  off(): void {
    for (const off of this.#offs) off();
  }

  #callOf(element: S): AsyncCall<T> {
    const { each, options } = this;
    if (each) return new AsyncCall((signal) => each(element, signal), options, ...this.#signals);
    if (element instanceof AsyncCall) return element as AsyncCall<T>;
    if (typeof element === 'function')
      return new AsyncCall(element as unknown as AsyncWork<T>, options, ...this.#signals);
    const started = Promise.resolve(element as unknown as PromiseLike<T>);
    started.catch(() => {});
    return new AsyncCall(() => started, options, ...this.#signals);
  }
}
