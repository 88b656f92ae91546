import type { StreamClock } from '../streaming/clock.js';

/** The machine's time. Unlike a streaming query, a context that runs keeps the process alive. */
export class SystemClock implements StreamClock {
  now(): number {
    return Date.now();
  }

  async waitTill(time: number, signal: AbortSignal): Promise<void> {
    // Timers may fire a little early, and hold 31 bits.
    for (let left = time - this.now(); left > 0 && !signal.aborted; left = time - this.now())
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, Math.min(left, 2 ** 31 - 1));
        signal.addEventListener('abort', done);
      });
  }
}
