import type { ListenerBus } from '../plan/cache/listener-bus.js';
import { type FileStatusCache, NO_STATUS_CACHE, SharedInMemoryCache } from '../storage/files/file-status-cache.js';
import type { RuntimeConfig } from './conf.js';

/** The application's one cache of listings, made when a partitioned table is first resolved, with the bound of that session.
 * Spark: `FileStatusCache` (the object). */
export class FileStatusCaches {
  #shared: SharedInMemoryCache | undefined;
  constructor(private readonly bus: ListenerBus) {}

  get shared(): SharedInMemoryCache | undefined {
    return this.#shared;
  }

  /** A new client's part; nothing is kept where the conf switches it off. */
  getOrCreate(conf: RuntimeConfig): FileStatusCache {
    const maxSizeInBytes = conf.bytes('spark.sql.hive.filesourcePartitionFileCacheSize');
    if (!conf.boolean('spark.sql.hive.manageFilesourcePartitions') || maxSizeInBytes <= 0) return NO_STATUS_CACHE;
    this.#shared ??= new SharedInMemoryCache({
      maxSizeInBytes,
      ttlMs: conf.metadataCacheTtlMs,
      warn: (message) => this.bus.post({ type: 'warning', logger: 'SharedInMemoryCache', message }),
    });
    return this.#shared.createForNewClient();
  }
}
