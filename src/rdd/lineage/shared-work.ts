import { orAborted } from '../async/abort.js';

/** Work that several jobs need, done once: one job does it, the others wait. Where that job fails or is cancelled, the next one
 * does it under its own signal, so that no job ends for another's sake. */
export class SharedWork<T> {
  #running: Promise<T> | undefined;
  #result: { readonly value: T } | undefined;

  constructor(private readonly work: (signal: AbortSignal | undefined) => Promise<T>) {}

  /** What came of it; undefined while it is not done. */
  get value(): T | undefined {
    return this.#result?.value;
  }

  /** Settles when it is done. @throws what the work throws, and the signal's reason */
  async done(signal: AbortSignal | undefined): Promise<void> {
    while (!this.#result) {
      if (this.#running) {
        await orAborted(this.#running.then(noop, noop), signal);
        continue;
      }
      const running = this.work(signal);
      this.#running = running;
      try {
        this.#result = { value: await running };
      } finally {
        this.#running = undefined;
      }
    }
  }

  /** The next who needs it does it anew. */
  forget(): void {
    this.#result = undefined;
  }
}

function noop(): void {}
