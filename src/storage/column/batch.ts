import { internalError } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { MORSEL_ROWS, type Morsel, REP_BYTES, type Rep, type Vector } from './vector.js';

/** Some rows of a relation, any number × columns, all selected. `owner` owns the slabs that the columns and the bytes they
 * view lie in (0: several owners, or not known); the bytes live until that owner's slabs are released. */
export interface Batch {
  readonly length: number;
  readonly columns: readonly Vector[];
  readonly owner: number;
}

const REPS: readonly Rep[] = ['bool', 'i32', 'i64', 'f32', 'f64', 'i128', 'view'];
const MAGIC = 0x4d46_4201;
/** u32 words before the columns: magic, rows, columns, owner. */
const HEAD_WORDS = 4;
/** rep, flags, data, validity, dictionary data, dictionary size, dictionary id, spare. */
const COLUMN_WORDS = 8;
const CONSTANT = 1;
const DICTIONARY = 2;

/** Describes a batch in the arena, so that it passes between threads as one number. Copies no values. */
export function writeBatchHeader(region: Region, batch: Batch): number {
  const { u32 } = region.arena;
  const address = region.alloc((HEAD_WORDS + batch.columns.length * COLUMN_WORDS) * 4);
  let at = address >>> 2;
  u32[at++] = MAGIC;
  u32[at++] = batch.length;
  u32[at++] = batch.columns.length;
  u32[at++] = batch.owner;
  for (const { rep, data, validity, dictionary, constant } of batch.columns) {
    u32[at] = REPS.indexOf(rep);
    u32[at + 1] = (constant ? CONSTANT : 0) | (dictionary ? DICTIONARY : 0);
    u32[at + 2] = data;
    u32[at + 3] = validity;
    u32[at + 4] = dictionary?.data ?? 0;
    u32[at + 5] = dictionary?.size ?? 0;
    u32[at + 6] = dictionary?.id ?? 0;
    u32[at + 7] = 0;
    at += COLUMN_WORDS;
  }
  return address;
}

/** The batch described at `address`; `types` are its columns' types, which the header leaves out. */
export function readBatchHeader(arena: Arena, address: number, types: readonly DataType[]): Batch {
  const { u32 } = arena;
  let at = address >>> 2;
  if (u32[at] !== MAGIC) throw internalError(`no batch header at ${address}`);
  const length = u32[at + 1]!;
  if (u32[at + 2] !== types.length) throw internalError(`batch has ${u32[at + 2]} columns, expected ${types.length}`);
  const owner = u32[at + 3]!;
  at += HEAD_WORDS;
  const columns = types.map((type): Vector => {
    const flags = u32[at + 1]!;
    const vector: Mutable<Vector> = {
      type,
      rep: REPS[u32[at]!]!,
      data: u32[at + 2]!,
      validity: u32[at + 3]!,
    };
    if (flags & DICTIONARY) vector.dictionary = { data: u32[at + 4]!, size: u32[at + 5]!, id: u32[at + 6]! };
    if (flags & CONSTANT) vector.constant = true;
    at += COLUMN_WORDS;
    return vector;
  });
  return { length, columns, owner };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Rows `start` … `start + length − 1` of a vector; no bytes move. `start` must be a multiple of 64, so that the slice's
 * validity starts at a whole word. */
export function sliceVector(vector: Vector, start: number): Vector {
  if (start === 0) return vector;
  if (start % 64 !== 0) throw internalError(`slice starts at row ${start}, not a multiple of 64`);
  const width = vector.dictionary ? 4 : REP_BYTES[vector.rep];
  return {
    ...vector,
    data: vector.data + start * width,
    validity: vector.validity === 0 ? 0 : vector.validity + (start >>> 3),
  };
}

/** `length` rows from `start` (a multiple of 64) as a morsel with all rows selected. */
export function sliceBatch(batch: Pick<Batch, 'columns'>, start: number, length: number): Morsel {
  return {
    length,
    columns: batch.columns.map((c) => sliceVector(c, start)),
    selection: 0,
    selected: length,
  };
}

/** The batch cut into morsels of at most 4,096 rows. */
export function* morselsOf(batch: Pick<Batch, 'columns' | 'length'>): Generator<Morsel> {
  for (let start = 0; start < batch.length; start += MORSEL_ROWS)
    yield sliceBatch(batch, start, Math.min(MORSEL_ROWS, batch.length - start));
}
