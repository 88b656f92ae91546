import { CalendarInterval, type DataType, Decimal, type Value } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import { decodeNested } from './nested.js';
import { type Morsel, REP_BYTES, type Rep, type Vector } from './vector.js';

/** Reads the value of one row; null for invalid rows. */
export type VectorReader = (row: number) => Value;

/** Reads the value at an address of a rep's slot, validity aside. */
type SlotReader = (address: number) => Value;

/** Whether the row's bit is set in the bitmap at `validity`; 0 means that all rows are valid. */
export function isValid(arena: Arena, validity: number, row: number): boolean {
  return validity === 0 || ((arena.u8[validity + (row >>> 3)]! >>> (row & 7)) & 1) === 1;
}

/** One value of a vector. For many rows take `vectorReader`. */
export function readValue(arena: Arena, vector: Vector, row: number): Value {
  if (!isValid(arena, vector.validity, row)) return null;
  const { dictionary, data, rep } = vector;
  const address = dictionary
    ? dictionary.data + arena.i32[(data >>> 2) + row]! * REP_BYTES[rep]
    : data + row * REP_BYTES[rep];
  return slotReader(arena, vector.type, rep)(address);
}

/** A reader of one vector's rows. Values of a dictionary are decoded once. */
export function vectorReader(arena: Arena, vector: Vector): VectorReader {
  return new ColumnReader(arena, vector.type).bind(vector);
}

/** Reads the vectors of one column one after another and remembers the values of the last dictionary. */
export class ColumnReader {
  #dictionaryId = -1;
  #dictionaryValues: Value[] = [];

  constructor(
    readonly arena: Arena,
    readonly type: DataType,
  ) {}

  bind(vector: Vector): VectorReader {
    const { arena } = this;
    const { validity, data, rep, dictionary } = vector;
    if (vector.type.kind === 'null') return () => null;
    if (dictionary) {
      const values = this.#valuesOf(vector);
      const read = slotReader(arena, vector.type, rep);
      const width = REP_BYTES[rep];
      const codes = data >>> 2;
      // Arrays and bytes are handed out once per row: a caller may change its copy.
      const shared = isText(vector.type);
      return (row) => {
        if (!isValid(arena, validity, row)) return null;
        const code = arena.i32[codes + row]!;
        if (!shared) return read(dictionary.data + code * width);
        let value = values[code];
        if (value === undefined) values[code] = value = read(dictionary.data + code * width);
        return value;
      };
    }
    const read = denseReader(arena, vector);
    return validity === 0 ? read : (row) => (isValid(arena, validity, row) ? read(row) : null);
  }

  #valuesOf(vector: Vector): Value[] {
    const dictionary = vector.dictionary!;
    if (dictionary.id !== this.#dictionaryId) {
      this.#dictionaryId = dictionary.id;
      this.#dictionaryValues = [];
    }
    return this.#dictionaryValues;
  }
}

function isText(type: DataType): boolean {
  return type.kind === 'string' || type.kind === 'char' || type.kind === 'varchar';
}

/** Rows of a morsel as arrays of values, selected rows only, in order. */
export function readRows(arena: Arena, morsel: Morsel): Value[][] {
  const readers = morsel.columns.map((c) => vectorReader(arena, c));
  return readRowsWith(arena, morsel, readers);
}

/** As `readRows`, with one `ColumnReader` per column kept across the morsels of a result. */
export class RowReader {
  readonly #columns: ColumnReader[];

  constructor(
    readonly arena: Arena,
    types: readonly DataType[],
  ) {
    this.#columns = types.map((t) => new ColumnReader(arena, t));
  }

  read(morsel: Morsel): Value[][] {
    const readers = morsel.columns.map((c, i) => this.#columns[i]!.bind(c));
    return readRowsWith(this.arena, morsel, readers);
  }
}

function readRowsWith(arena: Arena, morsel: Morsel, readers: readonly VectorReader[]): Value[][] {
  const { selection, selected } = morsel;
  const width = readers.length;
  const rows: Value[][] = new Array(selected);
  for (let i = 0; i < selected; i++) rows[i] = new Array(width);
  // Column by column: each reader stays monomorphic in its loop.
  for (let c = 0; c < width; c++) {
    const read = readers[c]!;
    for (let i = 0; i < selected; i++) {
      rows[i]![c] = read(selection === 0 ? i : arena.u32[(selection >>> 2) + i]!);
    }
  }
  return rows;
}

/** Reads valid rows of a vector without dictionary. */
function denseReader(arena: Arena, vector: Vector): VectorReader {
  const { type, rep, data } = vector;
  switch (rep) {
    case 'bool': {
      const { u8 } = arena;
      return (row) => u8[data + row] !== 0;
    }
    case 'i32': {
      const { i32 } = arena;
      const base = data >>> 2;
      return (row) => i32[base + row]!;
    }
    case 'i64': {
      const { i64 } = arena;
      const base = data >>> 3;
      if (type.kind === 'decimal') {
        const { scale } = type;
        return (row) => new Decimal(i64[base + row]!, scale);
      }
      return (row) => i64[base + row]!;
    }
    case 'f32': {
      const { f32 } = arena;
      const base = data >>> 2;
      return (row) => f32[base + row]!;
    }
    case 'f64': {
      const { f64 } = arena;
      const base = data >>> 3;
      return (row) => f64[base + row]!;
    }
    default: {
      const width = REP_BYTES[rep];
      const read = slotReader(arena, type, rep);
      return (row) => read(data + row * width);
    }
  }
}

function slotReader(arena: Arena, type: DataType, rep: Rep): SlotReader {
  switch (rep) {
    case 'bool':
      return type.kind === 'null' ? () => null : (at) => arena.u8[at] !== 0;
    case 'i32':
      return (at) => arena.i32[at >>> 2]!;
    case 'i64':
      return type.kind === 'decimal'
        ? (at) => new Decimal(arena.i64[at >>> 3]!, type.scale)
        : (at) => arena.i64[at >>> 3]!;
    case 'f32':
      return (at) => arena.f32[at >>> 2]!;
    case 'f64':
      return (at) => arena.f64[at >>> 3]!;
    case 'i128':
      return type.kind === 'decimal'
        ? (at) => new Decimal(readInt128(arena, at), type.scale)
        : (at) => new CalendarInterval(arena.i32[at >>> 2]!, arena.i32[(at >>> 2) + 1]!, arena.i64[(at >>> 3) + 1]!);
    case 'view':
      return viewReader(arena, type);
  }
}

function viewReader(arena: Arena, type: DataType): SlotReader {
  const { u32 } = arena;
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (at) => readText(arena, u32[at >>> 2]!, u32[(at >>> 2) + 1]!);
    case 'binary':
      return (at) => arena.u8.slice(u32[at >>> 2]!, u32[at >>> 2]! + u32[(at >>> 2) + 1]!);
    default:
      return (at) => decodeNested(arena, u32[at >>> 2]!, type);
  }
}

/** A two's complement 128-bit integer, low word first, at an address that is a multiple of 8. */
export function readInt128(arena: Arena, address: number): bigint {
  const word = address >>> 3;
  const low = arena.i64[word]!;
  const high = arena.i64[word + 1]!;
  // Most values fit 64 bits, and BigInt shifts cost.
  if (high === (low < 0n ? -1n : 0n)) return low;
  return (high << 64n) | BigInt.asUintN(64, low);
}

/** UTF-8 bytes as a string; malformed parts become U+FFFD. */
export function readText(arena: Arena, address: number, byteLength: number): string {
  if (byteLength === 0) return '';
  if (byteLength === 1) {
    const c = arena.u8[address]!;
    if (c < 128) return String.fromCharCode(c);
  }
  return arena.bytes.toString('utf8', address, address + byteLength);
}
