/** Elements of a long collection that are looked at. */
const SAMPLE = 200;
/** Deeper than this a value is taken to be small: lists that are linked may be long. */
const MAX_DEPTH = 50;
const OBJECT = 32;
const SLOT = 8;

/** About how many bytes of memory a value takes: binary data exactly, long collections by a sample, text as if it were not
 * Latin. What comes twice counts once. Spark: `SizeEstimator`. */
export function estimateSize(value: unknown): number {
  return SLOT + beyondSlot(value, new Set(), 0);
}

/** What a value takes besides the slot that holds it. */
function beyondSlot(value: unknown, seen: Set<object>, depth: number): number {
  switch (typeof value) {
    case 'string':
      return 16 + 2 * value.length;
    case 'number':
      return Number.isInteger(value) ? 0 : 12;
    case 'bigint':
      return 24;
    case 'object':
      break;
    default:
      return 0;
  }
  if (value === null || seen.has(value) || depth > MAX_DEPTH) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    if (seen.has(value.buffer)) return OBJECT;
    seen.add(value.buffer);
    return OBJECT + value.byteLength;
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return OBJECT + value.byteLength;
  const inner = (v: unknown) => SLOT + beyondSlot(v, seen, depth + 1);
  if (Array.isArray(value)) return OBJECT + spread(value, inner);
  if (value instanceof Set) return OBJECT + first(value, value.size, (v) => SLOT + inner(v));
  if (value instanceof Map) return OBJECT + first(value, value.size, ([k, v]) => SLOT + inner(k) + inner(v));
  const keys = Object.keys(value);
  return OBJECT + first(keys, keys.length, (key) => inner((value as Record<string, unknown>)[key]));
}

/** A sample from all over an array: elements at its end may be larger than those at its beginning. */
function spread(values: readonly unknown[], size: (value: unknown) => number): number {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  let bytes = 0;
  let looked = 0;
  for (let i = 0; i < values.length; i += step) {
    bytes += size(values[i]);
    looked++;
  }
  return looked === 0 ? 0 : Math.round((bytes * values.length) / looked);
}

/** A sample of the first items of what has no places. */
function first<T>(items: Iterable<T>, count: number, size: (item: T) => number): number {
  let bytes = 0;
  let looked = 0;
  for (const item of items) {
    if (looked === SAMPLE) return Math.round((bytes * count) / looked);
    bytes += size(item);
    looked++;
  }
  return bytes;
}
