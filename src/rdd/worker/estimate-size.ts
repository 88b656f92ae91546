/** Elements of a long collection that are looked at. */
const SAMPLE = 100;
const OBJECT = 24;
const SLOT = 8;

/** About how many bytes a value takes in memory: binary data exactly, long collections by a sample.
 * Spark: `SizeEstimator`. */
export function estimateSize(value: unknown): number {
  return sizeOf(value, new Set());
}

function sizeOf(value: unknown, seen: Set<object>): number {
  switch (typeof value) {
    case 'string':
      return OBJECT + value.length;
    case 'bigint':
      return OBJECT;
    case 'object':
      break;
    default:
      return SLOT;
  }
  if (value === null || seen.has(value)) return SLOT;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    if (seen.has(value.buffer)) return OBJECT;
    seen.add(value.buffer);
    return OBJECT + value.byteLength;
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return OBJECT + value.byteLength;
  if (Array.isArray(value)) return OBJECT + sampled(value, value.length, (v) => SLOT + sizeOf(v, seen));
  if (value instanceof Set) return OBJECT + sampled(value, value.size, (v) => 2 * SLOT + sizeOf(v, seen));
  if (value instanceof Map)
    return OBJECT + sampled(value, value.size, ([k, v]) => 3 * SLOT + sizeOf(k, seen) + sizeOf(v, seen));
  const keys = Object.keys(value);
  return OBJECT + sampled(keys, keys.length, (key) => SLOT + sizeOf((value as Record<string, unknown>)[key], seen));
}

function sampled<T>(items: Iterable<T>, count: number, size: (item: T) => number): number {
  let bytes = 0;
  let looked = 0;
  for (const item of items) {
    if (looked === SAMPLE) return Math.round((bytes * count) / looked);
    bytes += size(item);
    looked++;
  }
  return bytes;
}
