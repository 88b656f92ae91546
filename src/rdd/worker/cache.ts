import { LRUCache } from 'lru-cache';
import { analysisError } from '../../errors/index.js';
import { ttlMillis } from '../../session/cache-options.js';
import { awaitSliding } from '../async/await.js';
import { checkPositive } from './check-option.js';
import { estimateSize } from './estimate-size.js';
import { workerScoped } from './scoped.js';

/** What a loader gives for a key that is not there. */
type Missing = undefined | null;
/** What a loader of many keys gives: by key, or in the order of the keys. */
export type LoadedMany<K, V> = ReadonlyMap<K, V | Missing> | readonly (V | Missing)[];

/** How a cache loads and what it keeps. */
export interface WorkerCacheOptions<K, V> {
  /** Reads one key. */
  readonly load?: ((key: K) => PromiseLike<V | Missing> | V | Missing) | undefined;
  /** Reads several keys at once. Calls of `get` that come together, and `getMany`, gather their keys for it. */
  readonly loadMany?: ((keys: readonly K[]) => PromiseLike<LoadedMany<K, V>> | LoadedMany<K, V>) | undefined;
  /** Keys of one `loadMany`; default 500. */
  readonly batchSize?: number | undefined;
  /** Calls of the loader at once that `getMany` makes; default 16. */
  readonly concurrency?: number | undefined;
  /** Entries that are kept; default 10,000. The least recently used one goes first. */
  readonly max?: number | undefined;
  /** Bytes that all entries may take. */
  readonly maxBytes?: number | undefined;
  /** Bytes of an entry, for `maxBytes`; default an estimate. */
  readonly sizeOf?: ((value: V, key: K) => number) | undefined;
  /** Time to live of an entry: milliseconds, or an interval such as `10 minutes`. */
  readonly ttl?: number | string | undefined;
  /** Whether it is kept that a key is not there; default true. */
  readonly negative?: boolean | undefined;
  /** Time to live of that; default `ttl`. */
  readonly negativeTtl?: number | string | undefined;
  /** What tells keys apart that are objects: a string or number made of the key. */
  readonly keyOf?: ((key: K) => unknown) | undefined;
  /** Called with an entry that goes. */
  readonly dispose?: ((value: V, key: K) => void) | undefined;
}

/** What a cache has done on this worker. */
export interface WorkerCacheCounts {
  /** Answered from an entry, negative ones included. */
  readonly hits: number;
  readonly negativeHits: number;
  /** Waited for a load that was under way. */
  readonly joined: number;
  readonly misses: number;
  /** Calls of the loader; `loadedKeys` is the number of keys that they were for. */
  readonly loads: number;
  readonly loadedKeys: number;
  readonly failures: number;
  readonly evictions: number;
}

/** The cache of that name on this worker, made by the first call; later calls get the same one, whatever their options say.
 * @throws INVALID_CACHE_OPTION for options that cannot be */
export function workerCache<K, V>(name: string, options: WorkerCacheOptions<K, V>): WorkerCache<K, V> {
  return workerScoped(`cache ${name}`, () => new WorkerCache<K, V>(options), { dispose: (cache) => cache.clear() });
}

/** What tells keys apart. */
type Id = NonNullable<unknown>;
/** Never 0, which means no time at all to the LRU. */
const CLOCK = { now: () => performance.now() + 1 };
const NEGATIVE: unique symbol = Symbol('not there');
interface Kept<K, V> {
  readonly key: K;
  readonly value: V | typeof NEGATIVE;
}
interface Flight<V> {
  readonly promise: Promise<V | undefined>;
  /** What comes is out of date: it is given to those who wait, and not kept. */
  stale: boolean;
}
interface Waiting<K, V> {
  readonly key: K;
  readonly id: Id;
  readonly resolve: (value: V | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A bounded cache that reads through: a key that is not there is loaded, once for all who wait for it; that it is not there
 * either is kept too. A load that fails rejects all who wait, keeps nothing, and the next `get` tries again. */
export class WorkerCache<K, V> {
  readonly #options: WorkerCacheOptions<K, V>;
  readonly #entries: LRUCache<Id, Kept<K, V>>;
  readonly #flights = new Map<Id, Flight<V>>();
  #waiting: Waiting<K, V>[] = [];
  readonly #negativeTtl: number | undefined;
  readonly #batchSize: number;
  readonly #counts = {
    hits: 0,
    negativeHits: 0,
    joined: 0,
    misses: 0,
    loads: 0,
    loadedKeys: 0,
    failures: 0,
    evictions: 0,
  };

  constructor(options: WorkerCacheOptions<K, V>) {
    const {
      max = 10_000,
      maxBytes,
      sizeOf = estimateSize,
      ttl,
      negativeTtl,
      batchSize = 500,
      concurrency = 16,
    } = options;
    checkPositive('max', max, 'a positive number of entries');
    if (maxBytes !== undefined) checkPositive('maxBytes', maxBytes, 'a positive number of bytes');
    checkPositive('batchSize', batchSize, 'a positive number of keys');
    checkPositive('concurrency', concurrency, 'a positive number of calls');
    this.#options = options;
    this.#batchSize = batchSize;
    const ttlMs = ttl === undefined ? undefined : ttlMillis(ttl);
    this.#negativeTtl = negativeTtl === undefined ? ttlMs : ttlMillis(negativeTtl);
    this.#entries = new LRUCache<Id, Kept<K, V>>({
      max,
      ...(ttlMs === undefined && this.#negativeTtl === undefined
        ? {}
        : { ttl: ttlMs ?? 0, ttlResolution: 0, perf: CLOCK }),
      ...(maxBytes === undefined
        ? {}
        : {
            maxSize: maxBytes,
            sizeCalculation: ({ key, value }) =>
              value === NEGATIVE ? 16 : Math.max(1, Math.round(sizeOf(value, key as K))),
          }),
      dispose: ({ key, value }, _, reason) => {
        if (reason === 'evict') this.#counts.evictions++;
        if (value !== NEGATIVE) options.dispose?.(value, key);
      },
    });
  }

  /** The value, from the cache or loaded; undefined if there is none. */
  get(key: K): Promise<V | undefined> {
    const id = this.#idOf(key);
    const kept = this.#hit(id);
    if (kept) return Promise.resolve(keptValue(kept));
    const flight = this.#flights.get(id);
    if (flight) {
      this.#counts.joined++;
      return flight.promise;
    }
    this.#counts.misses++;
    const { load, loadMany } = this.#options;
    if (loadMany) return this.#gather(key, id);
    if (!load) return Promise.resolve(undefined);
    this.#counts.loads++;
    this.#counts.loadedKeys++;
    return this.#fly(
      key,
      id,
      loaded(() => load(key)),
    );
  }

  /** The value, from the cache or from a loader that is synchronous.
   * @throws WORKER_CACHE_NOT_SYNCHRONOUS where the loader gives promises, and whatever it throws */
  getSync(key: K): V | undefined {
    const id = this.#idOf(key);
    const kept = this.#hit(id);
    if (kept) return keptValue(kept);
    this.#counts.misses++;
    const { load } = this.#options;
    if (!load) return undefined;
    this.#counts.loads++;
    this.#counts.loadedKeys++;
    const value = load(key);
    if (typeof (value as { then?: unknown } | Missing)?.then === 'function') {
      Promise.resolve(value).catch(() => {});
      throw analysisError('WORKER_CACHE_NOT_SYNCHRONOUS', {});
    }
    this.#keep(key, id, value as V | Missing);
    return (value as V | Missing) ?? undefined;
  }

  /** The values of the keys, in their order; keys that are not in the cache are loaded together. */
  async getMany(keys: Iterable<K>): Promise<(V | undefined)[]> {
    const all = [...keys];
    if (this.#options.loadMany) return Promise.all(all.map((key) => this.get(key)));
    const out: (V | undefined)[] = [];
    const n = this.#options.concurrency ?? 16;
    for await (const value of awaitSliding(all, n, { each: (key: K) => this.get(key) })) out.push(value);
    return out;
  }

  /** The value if it is in the cache; loads nothing and counts nothing. */
  peek(key: K): V | undefined {
    const kept = this.#entries.peek(this.#idOf(key));
    return kept && keptValue(kept);
  }

  /** Whether there is an entry, be it that the key is not there. */
  has(key: K): boolean {
    return this.#entries.has(this.#idOf(key));
  }

  /** Puts a value, or with undefined that there is none. A load of the key that is under way does not replace it. */
  set(key: K, value: V | undefined): void {
    const id = this.#idOf(key);
    this.#forget(id);
    this.#keep(key, id, value);
  }

  /** Drops the entry; a load that is under way is not kept. */
  delete(key: K): void {
    const id = this.#idOf(key);
    this.#forget(id);
    this.#entries.delete(id);
  }

  clear(): void {
    for (const flight of this.#flights.values()) flight.stale = true;
    this.#flights.clear();
    this.#entries.clear();
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Bytes of all entries; 0 without `maxBytes`. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get counts(): WorkerCacheCounts {
    return { ...this.#counts };
  }

  // The LRU holds no undefined and no null as key; as keys of users they are like any other.
  #idOf(key: K): Id {
    const { keyOf } = this.#options;
    const id = keyOf ? keyOf(key) : key;
    return id === undefined || id === null ? NEGATIVE : id;
  }

  #hit(id: Id): Kept<K, V> | undefined {
    const kept = this.#entries.get(id);
    if (!kept) return undefined;
    this.#counts.hits++;
    if (kept.value === NEGATIVE) this.#counts.negativeHits++;
    return kept;
  }

  #keep(key: K, id: Id, value: V | Missing): void {
    if (value !== undefined && value !== null) this.#entries.set(id, { key, value });
    else if (this.#options.negative === false) this.#entries.delete(id);
    else {
      const ttl = this.#negativeTtl === undefined ? {} : { ttl: this.#negativeTtl };
      this.#entries.set(id, { key, value: NEGATIVE }, ttl);
    }
  }

  #forget(id: Id): void {
    const flight = this.#flights.get(id);
    if (flight) flight.stale = true;
    this.#flights.delete(id);
  }

  #fly(key: K, id: Id, loaded: Promise<V | Missing>): Promise<V | undefined> {
    const promise = loaded.then(
      (value) => {
        if (this.#flights.get(id) === flight) this.#flights.delete(id);
        if (!flight.stale) this.#keep(key, id, value);
        return value ?? undefined;
      },
      (error) => {
        this.#counts.failures++;
        if (this.#flights.get(id) === flight) this.#flights.delete(id);
        throw error;
      },
    );
    promise.catch(() => {});
    const flight: Flight<V> = { promise, stale: false };
    this.#flights.set(id, flight);
    return promise;
  }

  /** Waits for calls of the same moment, so that one `loadMany` serves them all. */
  #gather(key: K, id: Id): Promise<V | undefined> {
    const arrival = new Promise<V | undefined>((resolve, reject) => {
      this.#waiting.push({ key, id, resolve, reject });
    });
    const promise = this.#fly(key, id, arrival);
    if (this.#waiting.length >= this.#batchSize) this.#flush();
    // After the promises that are due now: their calls belong to the same moment.
    else if (this.#waiting.length === 1) void Promise.resolve().then(() => process.nextTick(() => this.#flush()));
    return promise;
  }

  #flush(): void {
    const { loadMany } = this.#options;
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0 || !loadMany) return;
    this.#counts.loads++;
    this.#counts.loadedKeys += batch.length;
    const keys = batch.map((w) => w.key);
    loaded(() => loadMany(keys)).then(
      (values) => {
        const at: (i: number) => V | Missing = Array.isArray(values)
          ? (i) => values[i] as V | Missing
          : byId(values as ReadonlyMap<K, V | Missing>, (key) => this.#idOf(key), batch);
        for (const [i, w] of batch.entries()) w.resolve(at(i) ?? undefined);
      },
      (error: unknown) => {
        for (const w of batch) w.reject(error);
      },
    );
  }
}

function byId<K, V>(
  values: ReadonlyMap<K, V>,
  idOf: (key: K) => Id,
  batch: readonly { readonly id: Id }[],
): (i: number) => V | undefined {
  const byId = new Map<unknown, V>();
  for (const [key, value] of values) byId.set(idOf(key), value);
  return (i) => byId.get(batch[i]?.id);
}

function keptValue<K, V>(kept: Kept<K, V>): V | undefined {
  return kept.value === NEGATIVE ? undefined : kept.value;
}

// What a loader throws at once is a failure like any other.
async function loaded<T>(load: () => PromiseLike<T> | T): Promise<T> {
  return await load();
}
