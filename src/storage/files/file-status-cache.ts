import { LRUCache } from 'lru-cache';
import type { DataFile } from './listing.js';

/** One user's part of a shared cache of listings: the files below a partition's folder, by the folder. Each resolved
 * relation has its own. Spark: `FileStatusCache`. */
export interface FileStatusCache {
  getLeafFiles(directory: string): readonly DataFile[] | undefined;
  putLeafFiles(directory: string, files: readonly DataFile[]): void;
  /** Forgets what this user knows; others keep theirs. */
  invalidateAll(): void;
}

/** Keeps nothing: for a bound of 0, and where partitions are not managed. Spark: `NoopCache`. */
export const NO_STATUS_CACHE: FileStatusCache = {
  getLeafFiles: () => undefined,
  putLeafFiles: () => undefined,
  invalidateAll: () => undefined,
};

export interface SharedInMemoryCacheOptions {
  /** Spark: `spark.sql.hive.filesourcePartitionFileCacheSize`. */
  readonly maxSizeInBytes: number;
  /** Listings are forgotten so long after they were made; undefined: never. Spark: `spark.sql.metadataCacheTTLSeconds`. */
  readonly ttlMs?: number | undefined;
  readonly warn: (message: string) => void;
}

interface Client {
  readonly id: number;
}

/** Listings of all relations of an application under one bound, least recently used first out. Spark:
 * `SharedInMemoryCache`. */
export class SharedInMemoryCache {
  readonly #cache: LRUCache<string, readonly DataFile[]>;
  readonly #keys = new Map<number, Set<string>>();
  #clients = 0;
  #warned = false;

  constructor(private readonly options: SharedInMemoryCacheOptions) {
    const { maxSizeInBytes, ttlMs } = options;
    this.#cache = new LRUCache({
      maxSize: Math.max(1, Math.floor(maxSizeInBytes / UNIT)),
      sizeCalculation: (files, key) => unitsOf(key.slice(key.indexOf(':') + 1), files),
      // Counts from the writing; nothing wakes up for it.
      ...(ttlMs === undefined ? {} : { ttl: ttlMs, ttlAutopurge: false, updateAgeOnGet: false, ttlResolution: 0 }),
      dispose: (_files, key, reason) => {
        if (reason !== 'set') this.#keys.get(Number(key.slice(0, key.indexOf(':'))))?.delete(key);
        if (reason === 'evict') this.#warnOfEviction();
      },
    });
  }

  /** Estimated bytes of what is kept. */
  get sizeInBytes(): number {
    return this.#cache.calculatedSize * UNIT;
  }
  get entries(): number {
    return this.#cache.size;
  }

  /** Shares the bound with the other clients, and no listing. */
  createForNewClient(): FileStatusCache {
    const client: Client = { id: this.#clients++ };
    const keyOf = (directory: string): string => `${client.id}:${directory}`;
    return {
      getLeafFiles: (directory) => this.#cache.get(keyOf(directory)),
      putLeafFiles: (directory, files) => this.#put(client, keyOf(directory), directory, files),
      invalidateAll: () => {
        for (const key of this.#keys.get(client.id) ?? []) this.#cache.delete(key);
        this.#keys.delete(client.id);
      },
    };
  }

  #put({ id }: Client, key: string, directory: string, files: readonly DataFile[]): void {
    // lru-cache would drop it without a word.
    if (unitsOf(directory, files) > this.#cache.maxSize) {
      this.#cache.delete(key);
      this.#warnOfEviction();
      return;
    }
    let keys = this.#keys.get(id);
    if (!keys) this.#keys.set(id, (keys = new Set()));
    keys.add(key);
    this.#cache.set(key, files);
  }

  /** Once in an application's life. */
  #warnOfEviction(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.options.warn(
      `Evicting cached table partition metadata from memory due to size constraints (spark.sql.hive.filesourcePartitionFileCacheSize = ${this.options.maxSizeInBytes} bytes). This may impact query planning performance.`,
    );
  }
}

/** Weights are counted in units of so many bytes, rounded down. Spark: `weightScale`. */
const UNIT = 32;

const unitsOf = (directory: string, files: readonly DataFile[]): number =>
  Math.floor(weightOf(directory, files) / UNIT);
const words = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Bytes of a JVM's text: a byte for each character where all are Latin-1. */
function textBytes(text: string): number {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return words(2 * text.length);
  return words(text.length);
}
/** A path is held twice: as it is, and with its scheme. */
const pathBytes = (path: string): number => textBytes(path) + textBytes(`file:${path}`);

/** What a JVM needs for a listing by Spark's own estimate (`SizeEstimator` of the key and of the array of `LocatedFileStatus`),
 * so that a bound holds as much as it does there. */
export function weightOf(directory: string, files: readonly DataFile[]): number {
  let bytes = 264 + pathBytes(directory) + 424 + words(16 + 4 * files.length);
  for (const f of files) bytes += 568 + pathBytes(f.path);
  return bytes;
}
