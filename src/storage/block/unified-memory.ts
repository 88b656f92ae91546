import { runtimeError } from '../../errors/index.js';

const MIB = 1024 * 1024;
/** Not for storage nor execution. Spark: `UnifiedMemoryManager.RESERVED_SYSTEM_MEMORY_BYTES`. */
const RESERVED_BYTES = 300 * MIB;

export type MemoryMode = 'onHeap' | 'offHeap';

/** Frees at least `bytes` of storage for the block of relation `rddId` (undefined: for execution).
 * @returns the bytes that were freed; 0 where victims do not suffice */
export type Evict = (bytes: number, mode: MemoryMode, rddId: number | undefined) => Promise<number>;

export interface MemoryLimits {
  /** Storage and execution together, bytes. */
  readonly onHeap: number;
  readonly offHeap: number;
  /** Part of each that execution cannot take from storage. Spark: `spark.memory.storageFraction`. */
  readonly storageFraction: number;
}

/** The limits that Spark's configuration means.
 * @throws INVALID_EXECUTOR_MEMORY below 450 MiB, one and a half times what is reserved */
export function memoryLimits(conf: {
  /** Bytes. Spark: `spark.executor.memory`, `spark.driver.memory` in local mode. */
  readonly executorMemory: number;
  /** Bytes for neither storage nor execution. Spark: `spark.testing.reservedMemory`. */
  readonly reserved?: number;
  readonly memoryFraction?: number;
  readonly storageFraction?: number;
  /** Bytes; 0 unless `spark.memory.offHeap.enabled`. */
  readonly offHeapSize?: number;
}): MemoryLimits {
  const { executorMemory, reserved = RESERVED_BYTES } = conf;
  const { memoryFraction = 0.6, storageFraction = 0.5, offHeapSize = 0 } = conf;
  const least = Math.ceil(reserved * 1.5);
  if (executorMemory < least)
    throw runtimeError('INVALID_EXECUTOR_MEMORY', {
      executorMemory: String(executorMemory),
      minSystemMemory: String(least),
      config: '"spark.executor.memory"',
    });
  return {
    onHeap: Math.floor((executorMemory - reserved) * memoryFraction),
    offHeap: offHeapSize,
    storageFraction,
  };
}

interface Pool {
  readonly max: number;
  readonly protectedStorage: number;
  storage: number;
  execution: number;
}

/** Who may use how much memory: storage borrows what execution leaves free, execution takes back what storage holds above
 * its protected part, storage never evicts execution. Spark: `UnifiedMemoryManager`. Counts only; it owns no bytes. */
export class UnifiedMemory {
  readonly #pools: Readonly<Record<MemoryMode, Pool>>;
  #evict: Evict = async () => 0;

  constructor(readonly limits: MemoryLimits) {
    const pool = (max: number): Pool => ({
      max,
      protectedStorage: Math.floor(max * limits.storageFraction),
      storage: 0,
      execution: 0,
    });
    this.#pools = { onHeap: pool(limits.onHeap), offHeap: pool(limits.offHeap) };
  }

  /** The store whose blocks are evicted. */
  setEvict(evict: Evict): void {
    this.#evict = evict;
  }

  storageUsed(mode: MemoryMode = 'onHeap'): number {
    return this.#pools[mode].storage;
  }

  executionUsed(mode: MemoryMode = 'onHeap'): number {
    return this.#pools[mode].execution;
  }

  /** What storage could hold now if all its blocks went. Spark: `maxOnHeapStorageMemory`. */
  maxStorage(mode: MemoryMode = 'onHeap'): number {
    const pool = this.#pools[mode];
    return pool.max - pool.execution;
  }

  /** Takes storage memory, evicting other relations' blocks if need be. @returns false where that cannot be */
  async acquireStorage(bytes: number, mode: MemoryMode, rddId: number | undefined): Promise<boolean> {
    const pool = this.#pools[mode];
    if (bytes > this.maxStorage(mode)) return false;
    const missing = bytes - (this.maxStorage(mode) - pool.storage);
    if (missing > 0) await this.#evict(missing, mode, rddId);
    if (bytes > this.maxStorage(mode) - pool.storage) return false;
    pool.storage += bytes;
    return true;
  }

  releaseStorage(bytes: number, mode: MemoryMode): void {
    this.#pools[mode].storage -= bytes;
  }

  /** Takes execution memory, at most `bytes`. @returns what was granted, possibly less */
  async acquireExecution(bytes: number, mode: MemoryMode = 'onHeap'): Promise<number> {
    const pool = this.#pools[mode];
    const free = () => pool.max - pool.storage - pool.execution;
    if (bytes > free()) {
      const takeBack = Math.min(bytes - free(), Math.max(0, pool.storage - pool.protectedStorage));
      if (takeBack > 0) await this.#evict(takeBack, mode, undefined);
    }
    const granted = Math.min(bytes, Math.max(0, free()));
    pool.execution += granted;
    return granted;
  }

  releaseExecution(bytes: number, mode: MemoryMode = 'onHeap'): void {
    this.#pools[mode].execution -= bytes;
  }
}
