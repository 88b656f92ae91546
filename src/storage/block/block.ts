import { internalError } from '../../errors/index.js';
import { type DataType, Decimal, type Value } from '../../types/index.js';
import { readText } from '../column/read.js';
import { type Dictionary, defaultRep, REP_BYTES, type Rep } from '../column/vector.js';
import type { Arena } from '../memory/arena.js';
import { BLOCK_MAGIC, C, CHUNK_WORDS, COLUMN_WORDS, H, HAS_BOUNDS, K, KIND } from './layout.js';

/** Statistics of one column in one batch. Spark: `PartitionStatistics`. */
export interface ColumnStats {
  /** Smallest value that is not null; null where there is none, or where the type has no bounds (binary, nested, calendar
   * intervals). For floats NaN is larger than all else. */
  readonly lower: Value;
  readonly upper: Value;
  /** False where bounds say nothing: see `lower`. A column of nulls only has no bounds either. */
  readonly hasBounds: boolean;
  readonly nullCount: number;
  /** Rows, nulls included. */
  readonly count: number;
  /** Spark's estimate. */
  readonly sizeInBytes: number;
}

/** One chunk's place in the arena: addresses, absolute. Batches are small, so reading one costs no BigInt unless it is needed. */
export class Chunk {
  readonly kind: number;
  readonly width: number;
  readonly data: number;
  readonly validity: number;
  readonly #baseLow: number;
  readonly #baseHigh: number;

  /** @param at word of the chunk's entry
   * @param address of the block */
  constructor(u32: Uint32Array, at: number, address: number) {
    const offset = u32[at + K.data]!;
    const validity = u32[at + K.validity]!;
    this.kind = u32[at + K.kind]!;
    this.width = u32[at + K.width]!;
    this.data = offset === 0 ? 0 : address + offset;
    this.validity = validity === 0 ? 0 : address + validity;
    this.#baseLow = u32[at + K.base]!;
    this.#baseHigh = u32[at + K.base + 1]!;
  }

  get base(): bigint {
    return BigInt.asIntN(64, (BigInt(this.#baseHigh) << 32n) | BigInt(this.#baseLow));
  }

  /** Whether equal slots of both stand for equal values, and both have nulls or none has. */
  isLike(other: Chunk): boolean {
    return (
      this.kind === other.kind &&
      this.width === other.width &&
      this.#baseLow === other.#baseLow &&
      this.#baseHigh === other.#baseHigh &&
      (this.validity === 0) === (other.validity === 0)
    );
  }
}

/** A column block read in place from its header: any thread makes one from the address alone, given the column types.
 * The extent must stay pinned while it is used. */
export class Block {
  readonly #u32: Uint32Array;
  readonly #head: number;

  private constructor(
    readonly arena: Arena,
    readonly address: number,
    readonly types: readonly DataType[],
  ) {
    this.#u32 = arena.u32;
    this.#head = address >>> 2;
  }

  /** @throws INTERNAL_ERROR where no block with so many columns lies at `address` */
  static open(arena: Arena, address: number, types: readonly DataType[]): Block {
    const block = new Block(arena, address, types);
    if (block.#u32[block.#head + H.magic] !== BLOCK_MAGIC) throw internalError(`no column block at ${address}`);
    if (block.#u32[block.#head + H.columns] !== types.length)
      throw internalError(`block has ${block.#u32[block.#head + H.columns]} columns, expected ${types.length}`);
    return block;
  }

  #header(field: number): number {
    return this.#u32[this.#head + field]!;
  }

  /** Differs from that of every other block, also of one that lay at this address before. */
  get id(): number {
    return this.#header(H.id);
  }

  get rows(): number {
    return this.#header(H.rows);
  }

  get batches(): number {
    return this.#header(H.batches);
  }

  get byteLength(): number {
    return this.#header(H.byteLength);
  }

  get sparkSize(): number {
    return this.arena.f64[(this.#head + H.sparkSize) >>> 1]!;
  }

  batchRows(batch: number): number {
    return this.#u32[((this.address + this.#header(H.batchRows)) >>> 2) + batch]!;
  }

  /** Bytes that an un-narrowed slot of the column needs: 8 for wide decimals whose values all fit 64 bits. */
  columnWidth(column: number): number {
    return this.#u32[this.#columnEntry(column) + C.width]!;
  }

  /** The narrowest rep that holds the column: `i64` also for wide decimals that fit. */
  columnRep(column: number): Rep {
    const rep = defaultRep(this.types[column]!);
    return rep === 'i128' && this.columnWidth(column) === REP_BYTES.i64 ? 'i64' : rep;
  }

  dictionary(column: number): Dictionary | undefined {
    const entry = this.#columnEntry(column);
    const offset = this.#u32[entry + C.dictionary]!;
    if (offset === 0) return undefined;
    return {
      data: this.address + offset,
      size: this.#u32[entry + C.dictionarySize]!,
      id: this.#u32[entry + C.dictionaryId]!,
    };
  }

  chunk(column: number, batch: number): Chunk {
    return new Chunk(this.#u32, this.#chunkEntry(column, batch), this.address);
  }

  /** Bytes of a chunk's values as they are stored, bitmap and text included; a dictionary's entries belong to no batch. */
  chunkBytes(column: number, batch: number): number {
    const at = this.#chunkEntry(column, batch);
    const kind = this.#u32[at + K.kind]!;
    const rows = this.batchRows(batch);
    const bitmap = this.#u32[at + K.validity] === 0 ? 0 : Math.ceil(rows / 8);
    if (kind === KIND.bits) return bitmap + Math.ceil(rows / 8);
    if (kind !== KIND.plain) return bitmap + rows * this.#u32[at + K.width]!;
    const { count, sizeInBytes } = this.stats(column, batch);
    // Of views: eight bytes each, and the bytes viewed, which is what Spark's estimate has beyond four for each.
    if (defaultRep(this.types[column]!) === 'view') return bitmap + rows * 8 + Math.max(0, sizeInBytes - 4 * count);
    return bitmap + rows * this.columnWidth(column);
  }

  stats(column: number, batch: number): ColumnStats {
    const at = this.#chunkEntry(column, batch);
    const hasBounds = (this.#u32[at + K.flags]! & HAS_BOUNDS) !== 0;
    return {
      lower: hasBounds ? this.#bound(column, at + K.lower) : null,
      upper: hasBounds ? this.#bound(column, at + K.upper) : null,
      hasBounds,
      nullCount: this.#u32[at + K.nullCount]!,
      count: this.batchRows(batch),
      sizeInBytes: this.arena.f64[(at + K.sizeInBytes) >>> 1]!,
    };
  }

  nullCount(column: number, batch: number): number {
    return this.#u32[this.#chunkEntry(column, batch) + K.nullCount]!;
  }

  /** Tests whether some value of an integer-like column that is not null may lie in min … max, both of 64 bits: false only if
   * none does. Decimals must fit 64 bits (`columnRep`). */
  rangeOfBatches(column: number, min: bigint, max: bigint): (batch: number) => boolean {
    const u32 = this.#u32;
    const [least, most] = [new Words(min), new Words(max)];
    return (batch) => {
      const at = this.#chunkEntry(column, batch);
      if (u32[at + K.nullCount] === this.batchRows(batch)) return false;
      if ((u32[at + K.flags]! & HAS_BOUNDS) === 0) return true;
      return (
        least.compare(u32[at + K.upper + 1]!, u32[at + K.upper]!) <= 0 &&
        most.compare(u32[at + K.lower + 1]!, u32[at + K.lower]!) >= 0
      );
    };
  }

  /** The place of a text (UTF-8) among a batch's values: against the smallest and the largest, below 0 where it comes before.
   * Undefined where the batch has no bounds. */
  placeOfText(column: number, batch: number, text: Uint8Array): { lower: number; upper: number } | undefined {
    const at = this.#chunkEntry(column, batch);
    if ((this.#u32[at + K.flags]! & HAS_BOUNDS) === 0) return undefined;
    return { lower: this.#compareText(text, at + K.lower), upper: this.#compareText(text, at + K.upper) };
  }

  /** @param at word of the other text's offset and length */
  #compareText(text: Uint8Array, at: number): number {
    const { u8 } = this.arena;
    const from = this.address + this.#u32[at]!;
    const length = this.#u32[at + 1]!;
    for (let i = 0; i < text.length && i < length; i++) if (text[i] !== u8[from + i]) return text[i]! - u8[from + i]!;
    return text.length - length;
  }

  #columnEntry(column: number): number {
    return ((this.address + this.#header(H.columnTable)) >>> 2) + column * COLUMN_WORDS;
  }

  #chunkEntry(column: number, batch: number): number {
    return (
      ((this.address + this.#header(H.chunkTable)) >>> 2) + (column * this.#header(H.batches) + batch) * CHUNK_WORDS
    );
  }

  #bound(column: number, at: number): Value {
    const type = this.types[column]!;
    const { i64, f64 } = this.arena;
    const word = at >>> 1;
    switch (type.kind) {
      case 'boolean':
        return i64[word] !== 0n;
      case 'byte':
      case 'short':
      case 'int':
      case 'date':
      case 'ym_interval':
        return Number(i64[word]);
      case 'float':
      case 'double':
        return f64[word]!;
      case 'decimal': {
        const low = i64[word]!;
        const high = i64[word + 1]!;
        return new Decimal((high << 64n) | BigInt.asUintN(64, low), type.scale);
      }
      case 'string':
      case 'char':
      case 'varchar':
        return readText(this.arena, this.address + this.#u32[at]!, this.#u32[at + 1]!);
      default:
        return i64[word]!;
    }
  }
}

/** A 64-bit integer as two words. */
class Words {
  readonly high: number;
  readonly low: number;

  constructor(value: bigint) {
    this.high = Number(BigInt.asIntN(32, value >> 32n));
    this.low = Number(BigInt.asUintN(32, value));
  }

  /** Below, at or above 0 as this is smaller, equal or larger. */
  compare(high: number, low: number): number {
    return this.high === (high | 0) ? this.low - low : this.high - (high | 0);
  }
}
