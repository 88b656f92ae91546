import type { DataType } from '../../types/index.js';

/** How values of a column lie in memory.
 *
 * | rep | bytes | SQL types |
 * |---|---|---|
 * | `bool` | 1 | boolean (0 or 1), void |
 * | `i32` | 4 | tinyint, smallint, int, date, year-month interval |
 * | `i64` | 8 | bigint, timestamp, timestamp_ntz, day-time interval, decimal: precision ≤ 18, or wider where bounds prove that it fits |
 * | `f32` | 4 | float |
 * | `f64` | 8 | double |
 * | `i128` | 16 | decimal (two's complement, low word first); calendar interval (i32 months, i32 days, i64 micros) |
 * | `view` | 8 | string, char, varchar, binary, array, map, struct: u32 address, u32 byte length of the bytes in the arena; nested values are one self-contained encoding each (`column/nested.ts`) |
 */
export type Rep = 'bool' | 'i32' | 'i64' | 'f32' | 'f64' | 'i128' | 'view';

export const REP_BYTES: Readonly<Record<Rep, number>> = { bool: 1, i32: 4, i64: 8, f32: 4, f64: 8, i128: 16, view: 8 };

/** The rep of a type when nothing is known of its range. */
export function defaultRep(type: DataType): Rep {
  switch (type.kind) {
    case 'null':
    case 'boolean':
      return 'bool';
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return 'i32';
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return 'i64';
    case 'float':
      return 'f32';
    case 'double':
      return 'f64';
    case 'decimal':
      return type.precision <= 18 ? 'i64' : 'i128';
    case 'interval':
      return 'i128';
    default:
      return 'view';
  }
}

/** One column of a morsel or batch: addresses into the arena, no values of its own. Row i's value is at
 * `data + i × REP_BYTES[rep]`; it is valid if bit i of the bitmap at `validity` is set (least significant bit first), or if
 * `validity` is 0. Slots of null or unselected rows hold garbage and must not be read as if they meant something. */
export interface Vector {
  readonly type: DataType;
  readonly rep: Rep;
  readonly data: number;
  readonly validity: number;
  /** Codes instead of values: row i's value is `dictionary.data[codes[i]]`, `data` then is the address of i32 codes and
   * `rep` the rep of the dictionary's values. Validity is by row. Only views are dictionary-encoded. */
  readonly dictionary?: Dictionary;
  /** Every selected row has the value of row 0 (the memory is still filled for all rows). */
  readonly constant?: boolean;
}

export interface Dictionary {
  /** Address of `size` values of the vector's rep. */
  readonly data: number;
  readonly size: number;
  /** Equal ids mean the same dictionary: per-value results may be remembered across morsels. */
  readonly id: number;
}

/** Some rows of a relation, `length` × columns. A selection lists the rows that still count, ascending. */
export interface Morsel {
  readonly length: number;
  readonly columns: readonly Vector[];
  /** Address of `selected` u32 row numbers, or 0 if all `length` rows are selected. */
  readonly selection: number;
  readonly selected: number;
  /** The cached scan that made it has decided the filter right above it, but for what it cannot decide (`SplitFilter.rest`).
   * Columns that nothing behind reads may be empty then (address 0). */
  readonly decided?: boolean;
  /** Instead of columns: what an aggregation without keys wanted to know of the selected rows, one for each of its calls. */
  readonly totals?: readonly RowTotal[] | undefined;
}

/** Of some rows the values of one column that are not null; of no column, the rows. */
export interface RowTotal {
  readonly count: number;
  /** Exact; unscaled for decimals. */
  readonly sum: bigint;
}

/** Rows a morsel holds at most. A multiple of 64, so that slices of validity bitmaps start at whole words. */
export const MORSEL_ROWS = 4096;
