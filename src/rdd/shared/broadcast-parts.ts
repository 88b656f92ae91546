import { copyWith, replaceIn } from '../data/replace-deep.js';

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

/** Moves large typed arrays of a value to shared memory, which it adds to `arrays`; in their place the copy has marks. */
export function extractArrays(value: unknown, arrays: Uint8Array[]): unknown {
  return copyWith(value, (v) => {
    if (!ArrayBuffer.isView(v) || v.byteLength < MIN_SHARED_BYTES) return undefined;
    const name = v.constructor.name === 'Buffer' ? 'Uint8Array' : v.constructor.name;
    if (!(name in ARRAYS)) return undefined;
    const shared = new Uint8Array(new SharedArrayBuffer(v.byteLength));
    shared.set(new Uint8Array(v.buffer, v.byteOffset, v.byteLength));
    return { [MARK]: arrays.push(shared) - 1, name };
  });
}

/** Puts views of the shared memory where the marks are. */
export function restoreArrays(value: unknown, arrays: readonly Uint8Array[]): unknown {
  if (arrays.length === 0) return value;
  return replaceIn(value, (v) => {
    const at = (v as Record<string, unknown>)[MARK];
    if (typeof at !== 'number') return undefined;
    const bytes = arrays[at] as Uint8Array;
    const Type = ARRAYS[(v as unknown as { name: ArrayName }).name] as unknown as {
      new (buffer: ArrayBufferLike, offset: number, length: number): TypedArray;
      BYTES_PER_ELEMENT: number;
    };
    return new Type(bytes.buffer, bytes.byteOffset, bytes.byteLength / Type.BYTES_PER_ELEMENT);
  });
}
