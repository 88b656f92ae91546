import { ttlMillis } from '../../session/cache-options.js';
import { isThenable } from '../async/thenable.js';
import { checkPositive } from './check-option.js';
import { estimateSize } from './estimate-size.js';
import { onWorkerEnd, workerRegistry } from './registry.js';

/** How a worker-scoped value ends. */
export interface ScopedOptions<T> {
  /** Called once with the value when it goes: at the worker's end, after `ttl`, or to keep within `maxBytes`. Without it, a
   * value that has `Symbol.asyncDispose` or `Symbol.dispose` is disposed by that. */
  readonly dispose?: ((value: Awaited<T>) => unknown) | undefined;
  /** Time to live: milliseconds, or an interval such as `10 minutes`. The first call after it makes a new value. */
  readonly ttl?: number | string | undefined;
  /** Bytes that the values of this worker that have a limit may take together; the least recently used one goes first. */
  readonly maxBytes?: number | undefined;
  /** Bytes of the value; default an estimate, exact for binary data. */
  readonly sizeOf?: ((value: Awaited<T>) => number) | undefined;
}

/** A value that lives with the worker: the first call for a key makes it, all later ones of any task, batch or job on this
 * worker get the same. An asynchronous factory runs once for all that wait (what is returned is its promise); when it fails
 * all of them get the error, and the next call tries again. On the driver's thread the value is the driver's own.
 * @throws INVALID_CACHE_OPTION for a `ttl` or `maxBytes` that is no positive amount, and whatever the factory throws */
export function workerScoped<T>(key: string, factory: () => T, options: ScopedOptions<T> = {}): T {
  return scopedValues().get(key, factory, options as ScopedOptions<unknown>) as T;
}

/** Counts of what happened on this thread. */
export interface ScopedCounts {
  readonly created: number;
  readonly reused: number;
  readonly failed: number;
  readonly disposed: number;
}

/** What the worker-scoped values of this thread have been through. */
export function scopedCounts(): ScopedCounts {
  return { ...scopedValues().counts };
}

interface Entry {
  /** What callers get: the value, or its promise. */
  value: unknown;
  /** Set when the value is there. */
  ready?: { readonly value: unknown; readonly at: number; readonly bytes: number };
  readonly ttlMs: number | undefined;
  readonly options: ScopedOptions<unknown>;
}

const KEY = 'memoframe.scoped';
/** Milliseconds that a worker's end waits for factories that are still running. */
const END_MS = 5000;

function scopedValues(): ScopedValues {
  const { state } = workerRegistry();
  let values = state.get(KEY) as ScopedValues | undefined;
  if (!values) {
    const made = new ScopedValues();
    state.set(KEY, (values = made));
  }
  return values;
}

class ScopedValues {
  readonly counts = { created: 0, reused: 0, failed: 0, disposed: 0 };
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  #ends = false;

  get(key: string, factory: () => unknown, options: ScopedOptions<unknown>): unknown {
    const known = this.#entries.get(key);
    if (known && !expired(known)) {
      this.counts.reused++;
      if (known.options.maxBytes !== undefined) {
        this.#entries.delete(key);
        this.#entries.set(key, known);
      }
      return known.value;
    }
    const { ttl, maxBytes } = options;
    const ttlMs = ttl === undefined ? undefined : ttlMillis(ttl);
    if (maxBytes !== undefined) checkPositive('maxBytes', maxBytes, 'a positive number of bytes');
    if (known) this.#retire(key, known);
    const entry: Entry = { value: undefined, ttlMs, options };
    const made = this.#make(factory);
    this.#endWithWorker();
    this.#entries.set(key, entry);
    if (!isThenable(made)) {
      entry.value = made;
      this.#settle(key, entry, made);
      return made;
    }
    const shared = Promise.resolve(made).then(
      (value) => {
        this.#settle(key, entry, value);
        return value;
      },
      (error) => {
        this.counts.failed++;
        if (this.#entries.get(key) === entry) this.#entries.delete(key);
        throw error;
      },
    );
    // A caller that dropped its promise must not end the thread.
    shared.catch(() => {});
    entry.value = shared;
    return shared;
  }

  #make(factory: () => unknown): unknown {
    try {
      return factory();
    } catch (error) {
      this.counts.failed++;
      throw error;
    }
  }

  #settle(key: string, entry: Entry, value: unknown): void {
    this.counts.created++;
    const { maxBytes, sizeOf = estimateSize } = entry.options;
    const bytes = maxBytes === undefined ? 0 : sizeOf(value);
    entry.ready = { value, at: performance.now(), bytes };
    if (this.#entries.get(key) !== entry) {
      // The worker has ended meanwhile.
      void dispose(entry, this.counts);
      return;
    }
    if (maxBytes !== undefined) this.#shrink(maxBytes);
  }

  /** A value that is too large alone is used and not kept. */
  #shrink(maxBytes: number): void {
    const limited = [...this.#entries].filter(([, e]) => e.options.maxBytes !== undefined && e.ready);
    let bytes = limited.reduce((sum, [, e]) => sum + (e.ready?.bytes ?? 0), 0);
    for (const [key, entry] of limited) {
      if (bytes <= maxBytes) return;
      bytes -= entry.ready?.bytes ?? 0;
      this.#retire(key, entry);
    }
  }

  /** The task that runs may still use the value: it goes when the task has ended. */
  #retire(key: string, entry: Entry): void {
    this.#entries.delete(key);
    const { task } = workerRegistry();
    if (task) task.addTaskCompletionListener(() => dispose(entry, this.counts));
    else void dispose(entry, this.counts);
  }

  #endWithWorker(): void {
    if (this.#ends) return;
    this.#ends = true;
    onWorkerEnd(() => this.#end());
  }

  async #end(): Promise<void> {
    this.#ends = false;
    const entries = [...this.#entries.values()].reverse();
    const pending = entries.filter((e) => !e.ready).map((e) => Promise.resolve(e.value).catch(() => {}));
    if (pending.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, END_MS);
      });
      await Promise.race([Promise.all(pending), late]);
      clearTimeout(timer);
    }
    this.#entries.clear();
    for (const entry of entries) if (entry.ready) await dispose(entry, this.counts);
  }
}

function expired({ ttlMs, ready }: Entry): boolean {
  return ttlMs !== undefined && ready !== undefined && performance.now() - ready.at >= ttlMs;
}

// A value that cannot be disposed of harms neither the others nor the task that happens to run.
async function dispose({ ready, options }: Entry, counts: { disposed: number }): Promise<void> {
  const value = ready?.value;
  try {
    counts.disposed++;
    if (options.dispose) await options.dispose(value);
    else if (typeof value === 'object' && value !== null) await disposeOwn(value);
  } catch (error) {
    process.emitWarning(`A worker-scoped value could not be disposed of: ${error}`);
  }
}

function disposeOwn(value: object): unknown {
  const own = value as { [key: symbol]: (() => unknown) | undefined };
  const f =
    own[Symbol.asyncDispose ?? Symbol.for('nodejs.asyncDispose')] ??
    own[Symbol.dispose ?? Symbol.for('nodejs.dispose')];
  return typeof f === 'function' ? f.call(value) : undefined;
}
