import { internalError } from '../../errors/index.js';

/** A column block is one extent: this header, then bitmaps, values, dictionaries and bytes, in that order of need. Offsets
 * count from the extent's first byte; only views hold addresses, so a block moves by a copy and a pass over its views.
 *
 * Header (u32 words): magic, id, byteLength, rows, columns, batches, offset of batch rows, offset of columns, offset of
 * chunks, offset of view runs, number of view runs, spare, Spark's size (f64). */
export const BLOCK_MAGIC = 0x4d46_4b01;
export const HEADER_WORDS = 16;
export const H = {
  magic: 0,
  id: 1,
  byteLength: 2,
  rows: 3,
  columns: 4,
  batches: 5,
  batchRows: 6,
  columnTable: 7,
  chunkTable: 8,
  /** Pairs (offset, count) of arrays of views. */
  viewRuns: 9,
  viewRunCount: 10,
  sparkSize: 12,
} as const;

/** One column of the block. */
export const COLUMN_WORDS = 4;
export const C = {
  /** Offset of the dictionary's views, 0: none. */
  dictionary: 0,
  dictionarySize: 1,
  dictionaryId: 2,
  /** Bytes of a slot of the un-narrowed values: decimals whose values all fit 64 bits have 8 where the type has 16. */
  width: 3,
} as const;

/** One column of one batch. */
export const CHUNK_WORDS = 20;
export const K = {
  kind: 0,
  width: 1,
  data: 2,
  validity: 3,
  nullCount: 4,
  flags: 5,
  /** f64: Spark's `sizeInBytes` of the column's statistics. */
  sizeInBytes: 6,
  /** i64 */
  base: 8,
  /** i128, f64, or (offset, length) of a text, by type. */
  lower: 12,
  upper: 16,
} as const;

/** How a chunk's values are stored. */
export const KIND = {
  /** In the type's own slots: usable in place. */
  plain: 0,
  /** Unsigned distances from `base` in `width` bytes; width 0: all rows are `base`; width 8: signed, base 0. */
  frame: 1,
  /** Booleans, one bit each. */
  bits: 2,
  /** Codes of the column's dictionary in `width` bytes, unsigned. */
  codes: 3,
} as const;

export const HAS_BOUNDS = 1;

export function align64(n: number): number {
  return Math.ceil(n / 64) * 64;
}

/** Adds `delta` to all views of the block whose header is at word `base` of `u32`; empty views stay. */
export function rebaseBlock(u32: Uint32Array, base: number, delta: number): void {
  if (u32[base + H.magic] !== BLOCK_MAGIC) throw internalError('no column block here');
  const runs = base + (u32[base + H.viewRuns]! >>> 2);
  const count = u32[base + H.viewRunCount]!;
  for (let r = 0; r < count; r++) moveViews(u32, base + (u32[runs + r * 2]! >>> 2), u32[runs + r * 2 + 1]!, delta);
}

/** Adds `delta` to `count` views from word `from` on; empty ones stay. */
export function moveViews(u32: Uint32Array, from: number, count: number, delta: number): void {
  for (let at = from, end = from + count * 2; at < end; at += 2) if (u32[at + 1] !== 0) u32[at]! += delta;
}

/** Gives a block that was copied or restored ids of its own, so that nothing remembered of another block fits it.
 * @param base word of the header in `u32` */
export function renewIds(u32: Uint32Array, base: number, nextId: () => number): void {
  u32[base + H.id] = nextId();
  const columns = base + (u32[base + H.columnTable]! >>> 2);
  for (let c = 0; c < u32[base + H.columns]!; c++) {
    const entry = columns + c * COLUMN_WORDS;
    if (u32[entry + C.dictionary] !== 0) u32[entry + C.dictionaryId] = nextId();
  }
}
