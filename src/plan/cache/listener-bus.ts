import type { CacheAdviceCode } from './advice-codes.js';

/** What happens to cached data. Every state change is one of these, on one bus; the REPL's notes, metrics and test
 * matchers read only the bus. `entry` numbers the cache entry (`CachedRelation.id`), `block` is Spark's `rdd_<entry>_<partition>`,
 * `name` is the entry's own, undefined for one without. Sizes are real bytes. */
export type CacheEvent =
  /** An entry was added; nothing is stored yet. */
  | { readonly type: 'cached'; readonly entry: number; readonly name: string | undefined; readonly level: string }
  /** A block was stored, in memory or on disk. */
  | {
      readonly type: 'materialized';
      readonly entry: number;
      readonly partition: number;
      readonly rows: number;
      readonly sizeInBytes: number;
    }
  /** A fragment of a query is answered by an entry. */
  | { readonly type: 'hit'; readonly entry: number; readonly name: string | undefined; readonly fragment: string }
  /** No fragment of a query is answered, though there are `entries`. */
  | { readonly type: 'miss'; readonly entries: number; readonly query: string }
  /** The data behind an entry changed, or what it was computed from is gone: it is planned anew, without blocks. */
  | { readonly type: 'recached'; readonly entry: number; readonly name: string | undefined; readonly replaces: number }
  /** An entry was removed. */
  | { readonly type: 'unpersisted'; readonly entry: number; readonly name: string | undefined }
  /** An entry's time to live is over; `unpersisted` follows. */
  | { readonly type: 'expired'; readonly entry: number; readonly name: string | undefined }
  /** Files behind an entry have changed; `change` names one. What follows is up to `memoframe.cache.freshness`. */
  | { readonly type: 'stale'; readonly entry: number; readonly name: string | undefined; readonly change: string }
  /** A block left memory (`evicted`), was written to disk (`spilled`), or is gone (`dropped`). */
  | { readonly type: 'evicted' | 'spilled' | 'dropped'; readonly block: string; readonly sizeInBytes: number }
  /** A block was read from disk; `inMemory`: it stays in memory from now on. */
  | { readonly type: 'readBack'; readonly block: string; readonly sizeInBytes: number; readonly inMemory: boolean }
  /** A block's bytes on disk are damaged: it is dropped and computed again when it is next read. */
  | { readonly type: 'corrupt'; readonly block: string }
  /** An entry's blocks were found in the persistent cache, or are kept there from now on; `path` is the folder. */
  | {
      readonly type: 'persistentFound' | 'persistentStored';
      readonly entry: number;
      readonly name: string | undefined;
      readonly path: string;
      readonly sizeInBytes: number;
    }
  /** Caching this plan cannot pay, or not as it was asked for. */
  | {
      readonly type: 'advice';
      readonly entry: number;
      readonly name: string | undefined;
      readonly code: CacheAdviceCode;
      readonly message: string;
    }
  /** A line that Spark would log at WARN level. `logger` is Spark's class. */
  | { readonly type: 'warning'; readonly logger: string; readonly message: string };

export type CacheEventType = CacheEvent['type'];
/** The events of one type. */
export type CacheEventOf<T extends CacheEventType> = CacheEvent extends infer E
  ? E extends { readonly type: infer U }
    ? T extends U
      ? E
      : never
    : never
  : never;
/** What it returns does not count; a promise that it gives is not waited for. */
export type CacheListener = (event: CacheEvent) => void;

/** Delivers events at once, in order, to all listeners. A listener that throws (or whose promise rejects) is told of in a
 * warning and harms neither the query nor the others. Spark: `LiveListenerBus`, synchronous here. */
export class ListenerBus {
  /** Replaced, not changed: listeners that come and go while an event is delivered do not disturb it. */
  #listeners: readonly CacheListener[] = [];
  #reporting = false;

  /** Listens to everything. @returns a function that ends the subscription */
  subscribe(listener: CacheListener): () => void {
    // Its own function, so that a listener that subscribes twice can end one of both.
    const own: CacheListener = (e) => listener(e);
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((l) => l !== own);
    };
  }
  /** Listens to one type of event, or several. @returns a function that ends the subscription */
  on<T extends CacheEventType>(type: T | readonly T[], listener: (event: CacheEventOf<T>) => void): () => void {
    const wanted = new Set<CacheEventType>(typeof type === 'string' ? [type] : type);
    return this.subscribe((e) => (wanted.has(e.type) ? listener(e as CacheEventOf<T>) : undefined));
  }
  post(event: CacheEvent): void {
    for (const listener of this.#listeners) {
      try {
        const given: unknown = listener(event);
        if (given instanceof Promise) given.catch((error) => this.report(event, error));
      } catch (error) {
        this.report(event, error);
      }
    }
  }
  /** A listener that fails on the report itself is not reported again. */
  private report(event: CacheEvent, error: unknown): void {
    if (this.#reporting) return;
    this.#reporting = true;
    try {
      const message = `A listener threw an exception on the event '${event.type}': ${error instanceof Error ? error.message : String(error)}`;
      this.post({ type: 'warning', logger: 'ListenerBus', message });
    } finally {
      this.#reporting = false;
    }
  }
}
