import { compareValues } from '../../eval/compare.js';
import type { Kernels } from '../../kernels/index.js';
import { vectorReader } from '../../storage/column/read.js';
import type { Vector } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import { type DataType, INT, type Value } from '../../types/index.js';

/** Direction of one sort key. */
export interface KeyOrder {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Packed, order-preserving keys of n rows. */
export interface PackedSortKeys {
  readonly rows: number;
  readonly stride: number;
  readonly viewMask: bigint;
  readonly descMask: bigint;
  /** Words that each of the keys takes, so that prefixes can be compared. */
  readonly words: readonly number[];
}

/** From here on, sorting by bytes is faster than by comparison. */
const RADIX_ROWS = 1024;

const REP_CODES: Readonly<Record<string, number>> = { bool: 0, i32: 1, i64: 2, f32: 3, f64: 4 };

/** Packs contiguous key columns of n rows. See `kernels/assembly/sort.ts` for the layout. */
export function packSortKeys(
  kernels: Kernels,
  region: Region,
  columns: readonly Vector[],
  orders: readonly KeyOrder[],
  n: number,
): PackedSortKeys {
  const keys = columns.map((v) =>
    hasKernelOrder(v.type) ? plainViews(kernels, region, v, n) : rankVector(region, v, n),
  );
  const words = keys.map((v) => (v.validity === 0 ? 0 : 1) + (v.rep === 'i128' || v.rep === 'view' ? 2 : 1));
  const stride =
    Math.max(
      1,
      words.reduce((a, b) => a + b, 0),
    ) * 8;
  const rows = region.alloc(Math.max(1, n) * stride);
  if (keys.length === 0) region.arena.u8.fill(0, rows, rows + n * stride);
  let viewMask = 0n;
  let descMask = 0n;
  let offset = 0;
  keys.forEach((v, k) => {
    const { descending, nullsFirst } = orders[k]!;
    const d = descending ? 1 : 0;
    const f = nullsFirst ? 1 : 0;
    if (v.rep === 'view') {
      const word = BigInt((offset >> 3) + words[k]! - 1);
      viewMask |= 1n << word;
      if (descending) descMask |= 1n << word;
      kernels.sortKeyView(v.data, v.validity, n, rows, stride, offset, d, f);
    } else if (v.rep === 'i128') kernels.sortKeyI128(v.data, v.validity, n, rows, stride, offset, d, f);
    else kernels.sortKeyWord(v.data, REP_CODES[v.rep]!, v.validity, n, rows, stride, offset, d, f);
    offset += words[k]! * 8;
  });
  return { rows, stride, viewMask, descMask, words };
}

/** Stable order of n rows. @returns address of u32 row numbers */
export function sortRows(kernels: Kernels, region: Region, scratch: Region, keys: PackedSortKeys, n: number): number {
  const out = region.alloc(Math.max(1, n) * 4);
  const entries = scratch.alloc(Math.max(1, n) * 16);
  const other = scratch.alloc(Math.max(1, n) * 16);
  kernels.sortEntries(keys.rows, keys.stride, 0, n, entries);
  const moved =
    n < RADIX_ROWS
      ? kernels.sortMerge(keys.rows, keys.stride, keys.viewMask, keys.descMask, entries, n, other)
      : kernels.sortRadix(keys.rows, keys.stride, keys.viewMask, keys.descMask, entries, n, other, scratch.alloc(8192));
  kernels.sortedRows(moved ? other : entries, n, out);
  return out;
}

function hasKernelOrder(type: DataType): boolean {
  return type.kind !== 'array' && type.kind !== 'struct' && type.kind !== 'map' && type.kind !== 'interval';
}

function plainViews(kernels: Kernels, region: Region, v: Vector, n: number): Vector {
  if (!v.dictionary) return v;
  const data = region.alloc(Math.max(1, n) * 8);
  kernels.moveGatherCodes(v.dictionary.data, v.data, 0, n, data);
  return { type: v.type, rep: 'view', data, validity: v.validity };
}

/** Nested values have no packed order: they are ranked by value, equal values alike. */
function rankVector(region: Region, v: Vector, n: number): Vector {
  const read = vectorReader(region.arena, v);
  const values: Value[] = Array.from({ length: n }, (_, i) => read(i));
  const order = [...values.keys()].filter((i) => values[i] !== null);
  order.sort((a, b) => compareValues(values[a]!, values[b]!, v.type));
  const data = region.allocZeroed(Math.max(1, n) * 4);
  let rank = 0;
  order.forEach((row, i) => {
    if (i > 0 && compareValues(values[order[i - 1]!]!, values[row]!, v.type) !== 0) rank++;
    region.arena.i32[(data >>> 2) + row] = rank;
  });
  return { type: INT, rep: 'i32', data, validity: v.validity };
}
