/** Counts what runs: how many at most, what started and what ended, in order. */
export class Gauge {
  running = 0;
  most = 0;
  readonly started: number[] = [];
  readonly ended: number[] = [];
  readonly stopped: number[] = [];

  /** Waits `ms`, and stops early when its signal aborts. */
  work(id: number, ms: number, signal: AbortSignal, fail = false): Promise<number> {
    this.started.push(id);
    this.most = Math.max(this.most, ++this.running);
    return new Promise<number>((resolve, reject) => {
      const end = (f: () => void): void => {
        this.running--;
        this.ended.push(id);
        signal.removeEventListener('abort', stop);
        f();
      };
      const timer = setTimeout(() => end(() => (fail ? reject(new RangeError(`no ${id}`)) : resolve(id * 10))), ms);
      const stop = (): void => {
        clearTimeout(timer);
        this.stopped.push(id);
        end(() => reject(signal.reason));
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}

/** Reads a stream of results, `limit` at most. */
export async function read<T>(results: AsyncIterable<T>, limit = Number.POSITIVE_INFINITY): Promise<T[]> {
  const out: T[] = [];
  if (limit === 0) return out;
  for await (const value of results) {
    out.push(value);
    if (out.length >= limit) break;
  }
  return out;
}
