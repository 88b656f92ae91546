import { LRUCache } from 'lru-cache';
import type { BlockEntry, BlockMemory } from './entry.js';
import type { ExtentStore } from './extent-store.js';
import type { MemoryMode, UnifiedMemory } from './unified-memory.js';

/** Blocks in memory in order of use. lru-cache keeps the order; it must never evict by itself, since victims are chosen by
 * Spark's rules. Spark: `MemoryStore`. */
export class MemoryStore {
  readonly #order = new LRUCache<string, BlockEntry>({
    maxSize: Number.MAX_SAFE_INTEGER,
    sizeCalculation: (entry) => Math.max(1, entry.memory?.size ?? 1),
  });

  constructor(
    readonly memory: UnifiedMemory,
    readonly extents: ExtentStore,
  ) {}

  /** Marks a block as used last. */
  touch(entry: BlockEntry): void {
    this.#order.get(entry.name);
  }

  /** Stores a block for which memory was acquired; an extent brings one reference with it. */
  add(entry: BlockEntry, memory: BlockMemory): void {
    entry.memory = memory;
    this.#order.set(entry.name, entry);
  }

  /** Takes a block out of memory: its accounted bytes are free at once, an extent that readers pin lives until they end. */
  remove(entry: BlockEntry): void {
    const { memory } = entry;
    if (!memory) return;
    this.#order.delete(entry.name);
    entry.memory = undefined;
    this.memory.releaseStorage(memory.size, memory.mode);
    if (memory.kind === 'extent') this.extents.release(memory.extent);
  }

  /** Blocks to evict for `bytes`: least recently used first, none that is read now, none of relation `rddId`, all or nothing.
   * Spark: `MemoryStore.evictBlocksToFreeSpace`. */
  victims(bytes: number, mode: MemoryMode, rddId: number | undefined, of: (entry: BlockEntry) => number): BlockEntry[] {
    const victims: BlockEntry[] = [];
    let freed = 0;
    for (const name of this.#order.rkeys()) {
      if (freed >= bytes) break;
      const entry = this.#order.peek(name);
      if (!entry?.memory || entry.memory.mode !== mode || entry.pins > 0 || entry.waiters > 0) continue;
      if (rddId !== undefined && entry.id.rddId === rddId) continue;
      const size = of(entry);
      if (size === 0) continue;
      victims.push(entry);
      freed += size;
    }
    return freed >= bytes ? victims : [];
  }
}
