import { ManualClock, type StreamClock } from '../streaming/clock.js';

/** Calls back at each multiple of a period, none left out, however late. Spark: `RecurringTimer`. */
export class RecurringTimer {
  readonly #interrupt = new AbortController();
  #stopped = false;
  #next = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: StreamClock,
    private readonly periodMs: number,
    private readonly onTick: (time: number) => void,
  ) {}

  /** The first multiple of the period after now. */
  startTime(): number {
    return (Math.floor(this.clock.now() / this.periodMs) + 1) * this.periodMs;
  }

  start(time: number): void {
    this.#next = time;
    this.#loop = this.#run();
  }

  /** No tick follows, except that a graceful stop waits for the end of the period that runs, unless time is moved by hand.
   * Ticks that are due come first in either case of a graceful stop. */
  async stop(graceful: boolean): Promise<void> {
    this.#stopped = true;
    // Nobody may move a clock that is moved by hand.
    if (!graceful || this.clock instanceof ManualClock) this.#interrupt.abort();
    await this.#loop;
    if (graceful) while (this.#next <= this.clock.now()) this.#tick();
  }

  async #run(): Promise<void> {
    const { signal } = this.#interrupt;
    do {
      // A clock may wake too early.
      while (this.clock.now() < this.#next && !signal.aborted) await this.clock.waitTill(this.#next, signal);
      if (signal.aborted) return;
      this.#tick();
    } while (!this.#stopped);
  }

  #tick(): void {
    const time = this.#next;
    this.#next += this.periodMs;
    this.onTick(time);
  }
}
