import type { Dictionary } from '../column/vector.js';
import type { Chunk } from './block.js';
import { KIND } from './layout.js';

/** A wish for rows: the value in slot `slot` of the read columns lies in min … max, both inclusive, and is not null. Values
 * are integers as vectors hold them (unscaled for decimals). */
export interface ColumnRange {
  readonly slot: number;
  readonly min: bigint;
  readonly max: bigint;
}

/** A wish for rows by the text in slot `slot`: one byte per dictionary entry, 1 where it passes, and 31 bytes more; 0 if that
 * is not known for this dictionary. Nulls do not count: columns with nulls are left to whoever asks. */
export interface EntryTest {
  readonly slot: number;
  readonly entriesOf: (dictionary: Dictionary) => number;
}

/** A wish for rows whose key in a slot is in a set: a bit for each value from `min` to `max`, both inclusive. Nulls are in no set. */
export interface KeyTest {
  readonly slot: number;
  readonly min: bigint;
  readonly max: bigint;
  readonly bits: number;
}

/** What a reader may decide of rows on their stored values. */
export interface RowTests {
  readonly ranges: readonly ColumnRange[];
  readonly entries?: readonly EntryTest[];
  /** Slots that must not be null. */
  readonly notNull?: readonly number[];
  /** Made where all other tests could be made, and as long as they rule out many rows; who asks tests again. */
  readonly keys?: readonly KeyTest[];
  /** By slot: read of rows that passed all tests. Others stay empty. */
  readonly needed?: readonly boolean[] | undefined;
  /** Nothing but these totals is read of rows that passed all tests: one of a slot's values each; undefined: of rows. */
  readonly totals?: readonly (number | undefined)[] | undefined;
}

/** A range in terms of a chunk's stored slots. */
export interface StoredRange {
  /** Bytes of a slot. 8: signed, `min` and `max` count; else unsigned distances, `lo` and `span` do. */
  readonly width: number;
  readonly lo: number;
  readonly span: number;
  readonly min: bigint;
  readonly max: bigint;
}

const INT32_MIN = -0x8000_0000n;
const INT32_MAX = 0x7fff_ffffn;

type StoredAnswer = StoredRange | 'none' | 'all' | 'unknown';

/** A range as tests of chunks: batches of one frame, which follow each other, share theirs. */
export class ChunkRange {
  readonly slot: number;
  #chunk: Chunk | undefined;
  #answer: StoredAnswer = 'unknown';

  /** @param stored as for `storedRange` */
  constructor(
    readonly range: ColumnRange,
    readonly stored: number,
  ) {
    this.slot = range.slot;
  }

  of(chunk: Chunk): StoredAnswer {
    if (!this.#chunk?.isLike(chunk)) this.#answer = storedRange(this.range, chunk, this.stored);
    this.#chunk = chunk;
    return this.#answer;
  }
}

/** The range as a test of the chunk's slots, `none` if no row can pass, `all` if every row does, `unknown` if the chunk does
 * not hold integers of at most 64 bits.
 * @param stored bytes of a slot that is not narrowed */
function storedRange(range: ColumnRange, chunk: Chunk, stored: number): StoredAnswer {
  const { min, max } = range;
  if (min > max) return 'none';
  if (chunk.kind === KIND.plain) {
    if (stored === 8) return { width: 8, lo: 0, span: 0, min, max };
    if (stored !== 4) return 'unknown';
    return unsigned(4, min < INT32_MIN ? INT32_MIN : min, max > INT32_MAX ? INT32_MAX : max);
  }
  if (chunk.kind !== KIND.frame) return 'unknown';
  if (chunk.width === 8) return { width: 8, lo: 0, span: 0, min, max };
  const least = min - chunk.base;
  const most = max - chunk.base;
  const top = (1n << BigInt(chunk.width * 8)) - 1n;
  if (most < 0n || least > top) return 'none';
  if (least <= 0n && most >= top && chunk.validity === 0) return 'all';
  // A constant chunk with nulls: left to whoever asks.
  if (chunk.width === 0) return 'unknown';
  return unsigned(chunk.width, least < 0n ? 0n : least, most > top ? top : most);
}

function unsigned(width: number, lo: bigint, hi: bigint): StoredRange | 'none' {
  if (lo > hi) return 'none';
  return { width, lo: Number(lo) | 0, span: Number(hi - lo) | 0, min: lo, max: hi };
}
