import type { CalendarInterval, DataType, Decimal, Value } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { ByteSink, encodeNested } from './nested.js';
import { defaultRep, REP_BYTES, type Rep, type Vector } from './vector.js';
import { ViewHeap } from './view-heap.js';

/** Writes a non-null value at the address of a slot. */
export type SlotWriter = (address: number, value: Value) => void;

/** A writer of values of one type into slots of `rep`; bytes of views go to `heap`. */
export function slotWriter(arena: Arena, type: DataType, rep: Rep, heap: ViewHeap): SlotWriter {
  switch (rep) {
    case 'bool':
      return (at, v) => {
        arena.u8[at] = v ? 1 : 0;
      };
    case 'i32':
      return (at, v) => {
        arena.i32[at >>> 2] = v as number;
      };
    case 'i64':
      return type.kind === 'decimal'
        ? (at, v) => {
            arena.i64[at >>> 3] = (v as Decimal).unscaled;
          }
        : (at, v) => {
            arena.i64[at >>> 3] = v as bigint;
          };
    case 'f32':
      return (at, v) => {
        arena.f32[at >>> 2] = v as number;
      };
    case 'f64':
      return (at, v) => {
        arena.f64[at >>> 3] = v as number;
      };
    case 'i128':
      return type.kind === 'decimal'
        ? (at, v) => writeInt128(arena, at, (v as Decimal).unscaled)
        : (at, v) => {
            const { months, days, micros } = v as CalendarInterval;
            arena.i32[at >>> 2] = months;
            arena.i32[(at >>> 2) + 1] = days;
            arena.i64[(at >>> 3) + 1] = micros;
          };
    case 'view':
      return viewWriter(type, heap);
  }
}

function viewWriter(type: DataType, heap: ViewHeap): SlotWriter {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (at, v) => heap.putText(at, v as string);
    case 'binary':
      return (at, v) => heap.putBytes(at, v as Uint8Array);
    default: {
      const sink = new ByteSink();
      return (at, v) => {
        sink.clear();
        encodeNested(v, type, sink);
        heap.putBytes(at, sink.written());
      };
    }
  }
}

/** Stores a 128-bit integer, low word first, at an address that is a multiple of 8. */
export function writeInt128(arena: Arena, address: number, value: bigint): void {
  arena.i64[address >>> 3] = value;
  arena.i64[(address >>> 3) + 1] = value >> 64n;
}

/** Makes one vector out of values, row by row. Slots of nulls are zero. Grows beyond `capacity` by copying.
 * The vector's memory, bytes of views included, lies in the region. */
export class ColumnBuilder {
  readonly #arena: Arena;
  readonly #width: number;
  readonly #write: SlotWriter;
  #capacity: number;
  #data: number;
  #validity = 0;
  #length = 0;

  constructor(
    readonly type: DataType,
    readonly rep: Rep,
    readonly region: Region,
    capacity: number,
    heap: ViewHeap = new ViewHeap(region),
  ) {
    this.#arena = region.arena;
    this.#width = REP_BYTES[rep];
    this.#write = slotWriter(this.#arena, type, rep, heap);
    this.#capacity = Math.max(1, capacity);
    this.#data = region.alloc(this.#capacity * this.#width);
  }

  get length(): number {
    return this.#length;
  }

  append(value: Value): void {
    if (this.#length === this.#capacity) this.#grow();
    const row = this.#length++;
    const at = this.#data + row * this.#width;
    if (value === null) {
      if (this.#validity === 0) this.#validity = this.#allValid(row);
      this.#arena.u8.fill(0, at, at + this.#width);
      return;
    }
    if (this.#validity !== 0) this.#arena.u8[this.#validity + (row >>> 3)]! |= 1 << (row & 7);
    this.#write(at, value);
  }

  /** The vector of all rows appended. The builder must not be used afterwards. */
  finish(): Vector {
    return { type: this.type, rep: this.rep, data: this.#data, validity: this.#validity };
  }

  #allValid(rows: number): number {
    const bitmap = this.region.allocZeroed(bitmapBytes(this.#capacity));
    const { u8 } = this.#arena;
    u8.fill(0xff, bitmap, bitmap + (rows >>> 3));
    if (rows & 7) u8[bitmap + (rows >>> 3)] = (1 << (rows & 7)) - 1;
    return bitmap;
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    const { u8 } = this.#arena;
    const data = this.region.alloc(capacity * this.#width);
    u8.copyWithin(data, this.#data, this.#data + this.#length * this.#width);
    this.#data = data;
    if (this.#validity !== 0) {
      const bitmap = this.region.allocZeroed(bitmapBytes(capacity));
      u8.copyWithin(bitmap, this.#validity, this.#validity + bitmapBytes(this.#length));
      this.#validity = bitmap;
    }
    this.#capacity = capacity;
  }
}

/** Bytes of a validity bitmap for `rows` rows, in whole 64-bit words, so that kernels may read words. */
export function bitmapBytes(rows: number): number {
  return Math.ceil(rows / 64) * 8;
}

/** A vector of these values in the type's default rep (or `rep`). */
export function buildVector(
  values: readonly Value[],
  type: DataType,
  region: Region,
  rep: Rep = defaultRep(type),
): Vector {
  const builder = new ColumnBuilder(type, rep, region, values.length);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** Vectors of rows given as arrays of values in column order. */
export function buildColumns(
  rows: readonly (readonly Value[])[],
  types: readonly DataType[],
  region: Region,
): Vector[] {
  const heap = new ViewHeap(region);
  return types.map((type, c) => {
    const builder = new ColumnBuilder(type, defaultRep(type), region, rows.length, heap);
    for (const row of rows) builder.append(row[c] ?? null);
    return builder.finish();
  });
}
