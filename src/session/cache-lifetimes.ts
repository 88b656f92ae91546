import type { ListenerBus } from '../plan/cache/listener-bus.js';

/** When entries with a time to live end. There is no timer: who looks something up asks first, so that nothing keeps the
 * process alive. An entry that is made anew (REFRESH, INSERT) starts anew. */
export class CacheLifetimes {
  readonly #ends = new Map<number, { readonly ttlMs: number; readonly end: number }>();

  constructor(
    bus: ListenerBus,
    /** Monotonic milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {
    bus.on('recached', (e) => {
      const old = this.#ends.get(e.replaces);
      if (!old) return;
      this.#ends.delete(e.replaces);
      this.set(e.entry, old.ttlMs);
    });
    bus.on('unpersisted', (e) => void this.#ends.delete(e.entry));
  }

  set(entry: number, ttlMs: number): void {
    this.#ends.set(entry, { ttlMs, end: this.now() + ttlMs });
  }
  /** Milliseconds that an entry still has; undefined: no limit. */
  remaining(entry: number): number | undefined {
    const life = this.#ends.get(entry);
    return life && Math.max(0, life.end - this.now());
  }
  /** Entries whose time is over. */
  expired(): number[] {
    if (this.#ends.size === 0) return [];
    const now = this.now();
    return [...this.#ends].filter(([, { end }]) => end <= now).map(([entry]) => entry);
  }
}
