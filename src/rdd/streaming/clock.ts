import { MAX_TIMER_MS } from '../async/timer.js';

/** The time that triggers and sources go by; tests drive one of their own. Spark: `Clock`. */
export interface StreamClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Settles at a moment, or earlier once the signal aborts. */
  waitTill(ms: number, signal: AbortSignal): Promise<void>;
}

/** Waits. @param keepsAlive the process does not end meanwhile */
export function pause(ms: number, signal: AbortSignal, keepsAlive = false): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (!keepsAlive) timer.unref();
    signal.addEventListener('abort', done);
  });
}

/** The machine's clock. A streaming query does not keep the process alive while it waits (who awaits the query does that), a
 * StreamingContext does. */
export class SystemClock implements StreamClock {
  constructor(private readonly keepsAlive: boolean) {}
  now(): number {
    return Date.now();
  }
  async waitTill(time: number, signal: AbortSignal): Promise<void> {
    // Timers may fire a little early.
    for (let left = time - this.now(); left > 0 && !signal.aborted; left = time - this.now())
      await pause(Math.min(left, MAX_TIMER_MS), signal, this.keepsAlive);
  }
}

/** The clock of streaming queries that are given no other. */
export const SYSTEM_CLOCK: StreamClock = new SystemClock(false);

/** A clock that stands until it is moved. Spark: `ManualClock`. */
export class ManualClock implements StreamClock {
  #now: number;
  readonly #waiting = new Set<{ readonly until: number; readonly wake: () => void }>();
  constructor(start = 0) {
    this.#now = start;
  }
  now(): number {
    return this.#now;
  }
  /** Moves on, and wakes who waited for the moments passed. */
  advance(ms: number): void {
    this.#now += ms;
    for (const w of [...this.#waiting]) if (w.until <= this.#now) w.wake();
  }
  /** How many wait now. */
  get waiters(): number {
    return this.#waiting.size;
  }
  waitTill(ms: number, signal: AbortSignal): Promise<void> {
    if (ms <= this.#now || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter = {
        until: ms,
        wake: (): void => {
          this.#waiting.delete(waiter);
          signal.removeEventListener('abort', waiter.wake);
          resolve();
        },
      };
      this.#waiting.add(waiter);
      signal.addEventListener('abort', waiter.wake);
    });
  }
}
