/** A kept partition in this worker's heap. */
interface HeapBlock {
  readonly rdd: number;
  readonly partition: number;
  readonly values: readonly unknown[];
  readonly bytes: number;
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
  put(rdd: number, partition: number, values: readonly unknown[], bytes: number): void {
    this.remove(rdd, partition);
    this.#blocks.set(`${rdd}:${partition}`, { rdd, partition, values, bytes });
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
  clear(): void {
    this.#blocks.clear();
    this.#used = 0;
  }
}

const SAMPLE = 200;

/** About how many bytes of heap the values take: a sample of them, walked. Spark: `SizeEstimator`. */
export function estimateBytes(values: readonly unknown[]): number {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  let total = 0;
  let n = 0;
  const seen = new Set<object>();
  for (let i = 0; i < values.length; i += step) {
    total += sizeOf(values[i], seen, 0);
    n++;
  }
  return 64 + 8 * values.length + Math.ceil((total / Math.max(1, n)) * values.length);
}

function sizeOf(v: unknown, seen: Set<object>, depth: number): number {
  switch (typeof v) {
    case 'string':
      return 16 + 2 * v.length;
    case 'number':
      return Number.isInteger(v) ? 0 : 12;
    case 'bigint':
      return 24;
    case 'object':
      break;
    default:
      return 0;
  }
  if (v === null || seen.has(v) || depth > 20) return 0;
  if (ArrayBuffer.isView(v)) return 96 + v.byteLength;
  seen.add(v);
  let bytes = 32;
  if (v instanceof Map) for (const [k, x] of v) bytes += 32 + sizeOf(k, seen, depth + 1) + sizeOf(x, seen, depth + 1);
  else if (v instanceof Set) for (const x of v) bytes += 24 + sizeOf(x, seen, depth + 1);
  else for (const x of Object.values(v)) bytes += 8 + sizeOf(x, seen, depth + 1);
  return bytes;
}
