/** Below this, copying is cheaper than sharing. */
const MIN_SHARED_BYTES = 1024;
const MARK = '\u0000shared';

type TypedArray = Uint8Array | Float64Array | Int32Array | BigInt64Array;
const ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};
type ArrayName = keyof typeof ARRAYS;

/** Moves large typed arrays of a value to shared memory; in their place the value has marks. */
export function extractArrays(value: unknown, arrays: Uint8Array[], seen = new Map<object, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name;
    if (!(name in ARRAYS) || value.byteLength < MIN_SHARED_BYTES) return value;
    const shared = new Uint8Array(new SharedArrayBuffer(value.byteLength));
    shared.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    const mark = { [MARK]: arrays.push(shared) - 1, name };
    seen.set(value, mark);
    return mark;
  }
  if (Array.isArray(value)) {
    if (!value.some((v) => typeof v === 'object' && v !== null)) return value;
    const out: unknown[] = [];
    seen.set(value, out);
    for (const v of value) out.push(extractArrays(v, arrays, seen));
    return out;
  }
  if (value instanceof Map) {
    const out = new Map<unknown, unknown>();
    seen.set(value, out);
    for (const [k, v] of value) out.set(k, extractArrays(v, arrays, seen));
    return out;
  }
  const proto = Object.getPrototypeOf(value) as object | null;
  if (proto !== Object.prototype && proto !== null) return value;
  const out: Record<string, unknown> = {};
  seen.set(value, out);
  for (const [k, v] of Object.entries(value)) out[k] = extractArrays(v, arrays, seen);
  return out;
}

/** Puts views of the shared memory where the marks are. */
export function restoreArrays(value: unknown, arrays: readonly Uint8Array[]): unknown {
  return arrays.length === 0 ? value : restore(value, arrays, new Set());
}

function restore(value: unknown, arrays: readonly Uint8Array[], seen: Set<object>): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value)) return value;
  const at = (value as Record<string, unknown>)[MARK];
  if (typeof at === 'number') {
    const bytes = arrays[at] as Uint8Array;
    const Type = ARRAYS[(value as unknown as { name: ArrayName }).name] as unknown as {
      new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray;
      BYTES_PER_ELEMENT: number;
    };
    return new Type(bytes.buffer, bytes.byteOffset, bytes.byteLength / Type.BYTES_PER_ELEMENT);
  }
  seen.add(value);
  if (value instanceof Map) for (const [k, v] of value) value.set(k, restore(v, arrays, seen));
  else
    for (const [k, v] of Object.entries(value))
      if (typeof v === 'object' && v !== null) (value as Record<string, unknown>)[k] = restore(v, arrays, seen);
  return value;
}
