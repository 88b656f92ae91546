/** What happens to cached data. Every state change is one of these, on one bus; the REPL's notes, metrics and test
 * matchers read only the bus. `entry` numbers the cache entry (`CachedRelation.id`). */
export type CacheEvent =
  | { readonly type: 'cached'; readonly entry: number; readonly name: string | undefined; readonly level: string }
  | {
      readonly type: 'materialized';
      readonly entry: number;
      readonly partition: number;
      readonly rows: number;
      readonly sizeInBytes: number;
    }
  | { readonly type: 'hit'; readonly entry: number; readonly name: string | undefined; readonly fragment: string }
  | { readonly type: 'miss'; readonly entries: number; readonly query: string }
  | { readonly type: 'recached'; readonly entry: number; readonly name: string | undefined; readonly replaces: number }
  | { readonly type: 'unpersisted'; readonly entry: number; readonly name: string | undefined }
  | { readonly type: 'evicted' | 'spilled' | 'dropped'; readonly block: string; readonly sizeInBytes: number }
  /** A line that Spark would log at WARN level. `logger` is Spark's class. */
  | { readonly type: 'warning'; readonly logger: string; readonly message: string };

export type CacheListener = (event: CacheEvent) => void;

/** Delivers events at once, in order, to all listeners. Spark: `LiveListenerBus`, synchronous here. */
export class ListenerBus {
  readonly #listeners = new Set<CacheListener>();
  /** @returns a function that ends the subscription */
  subscribe(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  post(event: CacheEvent): void {
    for (const l of this.#listeners) l(event);
  }
}
