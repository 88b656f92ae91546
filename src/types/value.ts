import type { DataType } from './data-type.js';

/** One SQL value outside columns: what literals hold and what `eval/` computes with.
 *
 * | SQL type | JavaScript |
 * |---|---|
 * | boolean | boolean |
 * | tinyint, smallint, int | number |
 * | bigint | bigint |
 * | float, double | number (floats already rounded by `Math.fround`) |
 * | decimal(p,s) | `Decimal` whose scale is s |
 * | string, char, varchar | string |
 * | binary | Uint8Array |
 * | date | number, days since 1970-01-01 |
 * | timestamp, timestamp_ntz | bigint, microseconds since the epoch (ntz: as if in UTC) |
 * | year-month interval | number, months |
 * | day-time interval | bigint, microseconds |
 * | interval (calendar) | `CalendarInterval` |
 * | array, struct | array of values (a struct's in field order) |
 * | map | `MapValue`, keys in insertion order |
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | CalendarInterval
  | MapValue
  | readonly Value[];

/** An exact decimal: `unscaled × 10^-scale`. Immutable. Spark: `Decimal`. */
export class Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}
  /** Plain notation with all `scale` digits, as Spark casts to string (scale 0 to 38). */
  toString(): string {
    const negative = this.unscaled < 0n;
    const digits = (negative ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0');
    const cut = digits.length - this.scale;
    const body = this.scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
    return negative ? `-${body}` : body;
  }
  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString());
  }
  toJSON(): string {
    return this.toString();
  }
}

/** Months, days and microseconds, kept apart. Spark: `CalendarInterval`. */
export class CalendarInterval {
  constructor(
    readonly months: number,
    readonly days: number,
    readonly micros: bigint,
  ) {}
}

/** Entries of a map in insertion order; keys are distinct. */
export class MapValue {
  constructor(
    readonly keys: readonly Value[],
    readonly values: readonly Value[],
  ) {}
}

/** A row of `Value`s in column order. */
export type RowValues = readonly Value[];

/** A value with its type: what `Literal` holds. */
export interface TypedValue {
  readonly type: DataType;
  readonly value: Value;
}
