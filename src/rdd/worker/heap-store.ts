/** A kept partition in this worker's heap. */
export interface HeapBlock {
  readonly rdd: number;
  readonly partition: number;
  readonly values: readonly unknown[];
  readonly bytes: number;
  /** Written to disk when it makes room for others. */
  readonly toDisk: boolean;
}

/** Kept partitions as values, bounded in bytes. The least recently used ones of other RDDs make room, never those of the RDD
 * that asks for it. Spark: `MemoryStore`. */
export class HeapStore {
  /** In the order of use. */
  readonly #blocks = new Map<string, HeapBlock>();
  #used = 0;

  constructor(readonly limit: number) {}

  get(rdd: number, partition: number): readonly unknown[] | undefined {
    const key = `${rdd}:${partition}`;
    const block = this.#blocks.get(key);
    if (!block) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block.values;
  }

  /** Makes room for this many bytes. @returns what went, or undefined where there is no room to be made */
  evictFor(rdd: number, bytes: number): HeapBlock[] | undefined {
    if (bytes > this.limit) return undefined;
    const victims: HeapBlock[] = [];
    let free = this.limit - this.#used;
    for (const b of this.#blocks.values()) {
      if (free >= bytes) break;
      if (b.rdd === rdd) continue;
      victims.push(b);
      free += b.bytes;
    }
    if (free < bytes) return undefined;
    for (const v of victims) this.remove(v.rdd, v.partition);
    return victims;
  }

  /** The caller has made room. */
  put(block: HeapBlock): void {
    const { rdd, partition, bytes } = block;
    this.remove(rdd, partition);
    this.#blocks.set(`${rdd}:${partition}`, block);
    this.#used += bytes;
  }

  remove(rdd: number, partition: number): void {
    const key = `${rdd}:${partition}`;
    this.#used -= this.#blocks.get(key)?.bytes ?? 0;
    this.#blocks.delete(key);
  }
  removeRdd(rdd: number): void {
    for (const b of [...this.#blocks.values()]) if (b.rdd === rdd) this.remove(rdd, b.partition);
  }
}
