import { internalError } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { bitmapBytes } from '../column/build.js';
import type { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';
import { KIND } from './layout.js';
import { SPARK_NULL_SIZE, sparkFixedSize, unsafeSize } from './spark-size.js';
import type { StagedColumn } from './stage.js';
import type { TextDictionary } from './text-dictionary.js';

/** Rows `from` … `from + count − 1` of the block. */
export interface RowRange {
  readonly from: number;
  readonly count: number;
}

/** Sixteen bytes of a bound as two 64-bit words, or the row (plain text) or code (dictionary) that holds it. */
export interface Bounds {
  readonly lower: readonly [bigint, bigint];
  readonly upper: readonly [bigint, bigint];
}

/** One column of one batch, ready to be copied into the extent. Addresses are scratch addresses. */
export interface EncodedChunk {
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly width: number;
  readonly base: bigint;
  /** Values to copy; for plain views: views to copy together with their bytes. */
  readonly data: number;
  readonly dataBytes: number;
  /** Bytes behind plain views. */
  readonly heapBytes: number;
  readonly validity: number;
  readonly nullCount: number;
  readonly sizeInBytes: number;
  readonly bounds: Bounds | undefined;
}

/** Makes the chunk of a range of rows of a staged column, its narrowed values and bitmap in `packed`.
 * @param dictionary the column's dictionary, if its rows are codes (then `staged.data` are u32 codes)
 * @param compressed false: integers and booleans stay as wide as they are */
export function encodeChunk(
  context: BlockContext,
  staged: StagedColumn,
  range: RowRange,
  packed: Region,
  dictionary?: TextDictionary,
  compressed = true,
): EncodedChunk {
  const { kernels } = context;
  const { type, width } = staged;
  const { from, count } = range;
  let validity = 0;
  let nullCount = 0;
  if (type.kind === 'null') {
    const sizeInBytes = count * SPARK_NULL_SIZE;
    validity = packed.allocZeroed(bitmapBytes(count));
    return { ...NOTHING, kind: KIND.frame, nullCount: count, sizeInBytes, validity };
  }
  if (staged.validity !== 0) {
    const bits = packed.allocZeroed(bitmapBytes(count));
    nullCount = kernels.blockSliceBits(staged.validity, from, count, bits);
    validity = nullCount === 0 ? 0 : bits;
  }
  const valid = count - nullCount;
  const sizeInBytes = nullCount * SPARK_NULL_SIZE + valid * sparkFixedSize(type);
  const base = { validity, nullCount, sizeInBytes };
  if (dictionary) {
    const codes = staged.data + from * 4;
    const bytes = kernels.blockCodeBytes(codes, validity, count, dictionary.entries);
    const bounds = valid === 0 ? undefined : dictionary.bounds(codes, validity, count);
    const codeWidth = dictionary.codeWidth;
    const data = packed.alloc(count * codeWidth + 16);
    kernels.blockNarrow(codes, 4, validity, 0n, codeWidth, count, data);
    return {
      ...NOTHING,
      ...base,
      kind: KIND.codes,
      width: codeWidth,
      data,
      dataBytes: count * codeWidth,
      sizeInBytes: sizeInBytes + bytes,
      bounds,
    };
  }
  const data = staged.data + from * width;
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary': {
      const heapBytes = kernels.blockViewBytes(data, validity, count);
      const bounds =
        type.kind === 'binary' || valid === 0 ? undefined : rowBounds(context, data, validity, count, packed);
      const views = { kind: KIND.plain, width, data, dataBytes: count * 8, heapBytes } as const;
      return { ...NOTHING, ...base, ...views, sizeInBytes: sizeInBytes + heapBytes, bounds };
    }
    case 'array':
    case 'map':
    case 'struct': {
      const heapBytes = kernels.blockViewBytes(data, validity, count);
      const views = { kind: KIND.plain, width, data, dataBytes: count * 8, heapBytes } as const;
      return {
        ...NOTHING,
        ...base,
        ...views,
        sizeInBytes: sizeInBytes + nestedSize(context, type, data, validity, count),
      };
    }
    case 'float':
    case 'double': {
      const scratch = packed.alloc(64);
      const n = kernels.blockBoundsFloat(data, width, validity, count, scratch);
      return plain(base, data, count, width, n === 0 ? undefined : readBounds(context, scratch));
    }
    case 'interval':
      return plain(base, data, count, width, undefined);
    default:
      return encodeIntegers(context, type, data, width, count, base, packed, compressed);
  }
}

const NOTHING: EncodedChunk = {
  kind: KIND.plain,
  width: 0,
  base: 0n,
  data: 0,
  dataBytes: 0,
  heapBytes: 0,
  validity: 0,
  nullCount: 0,
  sizeInBytes: 0,
  bounds: undefined,
};

type Base = Pick<EncodedChunk, 'validity' | 'nullCount' | 'sizeInBytes'>;

function plain(base: Base, data: number, count: number, width: number, bounds: Bounds | undefined): EncodedChunk {
  return { ...NOTHING, ...base, kind: KIND.plain, width, data, dataBytes: count * width, bounds };
}

/** Integers, decimals, dates, timestamps, intervals: distances from the smallest value in as few bytes as hold them. */
function encodeIntegers(
  context: BlockContext,
  type: DataType,
  data: number,
  width: number,
  count: number,
  base: Base,
  packed: Region,
  compressed: boolean,
): EncodedChunk {
  const { kernels } = context;
  const scratch = packed.alloc(64);
  const valid = kernels.blockBoundsInt(data, width, base.validity, count, scratch);
  if (valid === 0) return { ...NOTHING, ...base, kind: KIND.frame };
  const bounds = readBounds(context, scratch);
  if (!compressed) return plain(base, data, count, width, bounds);
  const low = toBigInt(bounds.lower);
  const high = toBigInt(bounds.upper);
  const range = high - low;
  if (type.kind === 'boolean') {
    if (range === 0n) return { ...NOTHING, ...base, kind: KIND.frame, base: low, bounds };
    const bytes = (count + 7) >>> 3;
    const bits = packed.alloc(bytes + 8);
    kernels.boolsToBits(data, bits, count);
    return { ...NOTHING, ...base, kind: KIND.bits, data: bits, dataBytes: bytes, bounds };
  }
  const inWord = BigInt.asIntN(64, low) === low && BigInt.asIntN(64, high) === high;
  const frame = !inWord
    ? width
    : range === 0n
      ? 0
      : range < 256n
        ? 1
        : range < 65_536n
          ? 2
          : range < 4_294_967_296n
            ? 4
            : 8;
  if (frame >= width) return plain(base, data, count, width, bounds);
  const from = frame === 8 ? 0n : low;
  const out = packed.alloc(count * frame + 16);
  if (frame > 0) kernels.blockNarrow(data, width, base.validity, from, frame, count, out);
  return {
    ...NOTHING,
    ...base,
    kind: KIND.frame,
    width: frame,
    base: from,
    data: out,
    dataBytes: count * frame,
    bounds,
  };
}

function toBigInt([low, high]: readonly [bigint, bigint]): bigint {
  return (high << 64n) | BigInt.asUintN(64, low);
}

function readBounds({ arena }: BlockContext, address: number): Bounds {
  const at = address >>> 3;
  const { i64 } = arena;
  return { lower: [i64[at]!, i64[at + 1]!], upper: [i64[at + 2]!, i64[at + 3]!] };
}

function rowBounds(context: BlockContext, data: number, validity: number, count: number, packed: Region): Bounds {
  const scratch = packed.alloc(64);
  context.kernels.blockBoundsView(data, validity, count, scratch);
  const at = scratch >>> 2;
  const { u32 } = context.arena;
  return { lower: [BigInt(u32[at]!), 0n], upper: [BigInt(u32[at + 4]!), 0n] };
}

function nestedSize({ arena }: BlockContext, type: DataType, data: number, validity: number, count: number): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (validity !== 0 && ((arena.u8[validity + (i >>> 3)]! >>> (i & 7)) & 1) === 0) continue;
    const address = arena.u32[(data >>> 2) + i * 2];
    if (address === undefined) throw internalError(`no view at row ${i}`);
    total += unsafeSize(arena, address, type);
  }
  return total;
}
