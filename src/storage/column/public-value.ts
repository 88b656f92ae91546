import { runtimeError } from '../../errors/index.js';
import {
  CalendarInterval,
  type DataType,
  type DayTimeIntervalType,
  type Decimal,
  formatCalendarInterval,
  formatDays,
  formatDayTimeInterval,
  formatLocalMicros,
  formatYearMonthInterval,
  type MapValue,
  toLocalMicros,
  type Value,
  type YearMonthIntervalType,
  zoneOf,
} from '../../types/index.js';

/** A point in time to the microsecond, as `collect()` gives it. `timeZone` is the session's, or undefined for
 * timestamp_ntz, whose `micros` count as if its local time were UTC. Immutable. */
export class Timestamp {
  constructor(
    /** Microseconds since 1970-01-01 00:00:00 UTC. */
    readonly micros: bigint,
    readonly timeZone?: string | undefined,
  ) {}

  /** The instant cut to milliseconds. */
  toDate(): Date {
    const millis = this.micros / 1000n;
    return new Date(Number(this.micros % 1000n < 0n ? millis - 1n : millis));
  }

  /** `2024-01-31 12:00:00.5`: local time in the session's zone, as Spark casts to string. */
  toString(): string {
    const zone = this.timeZone;
    return formatLocalMicros(zone === undefined ? this.micros : toLocalMicros(this.micros, zoneOf(zone)));
  }

  toJSON(): string {
    return this.toString();
  }

  valueOf(): number {
    return Number(this.micros) / 1000;
  }
}

/** An interval as `collect()` gives it: months, days and microseconds, kept apart; year-month intervals have only
 * months, day-time intervals only microseconds. Immutable. */
export class Interval {
  readonly #type: DataType;
  constructor(
    readonly months: number,
    readonly days: number,
    readonly micros: bigint,
    type: DataType,
  ) {
    this.#type = type;
  }

  get dataType(): DataType {
    return this.#type;
  }

  /** As Spark casts to string, e.g. `INTERVAL '1-2' YEAR TO MONTH`. */
  toString(): string {
    switch (this.#type.kind) {
      case 'ym_interval':
        return formatYearMonthInterval(this.months, this.#type as YearMonthIntervalType);
      case 'dt_interval':
        return formatDayTimeInterval(this.micros, this.#type as DayTimeIntervalType);
      default:
        return formatCalendarInterval(new CalendarInterval(this.months, this.days, this.micros));
    }
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A row or struct: an object without prototype, so that no column name can collide with a method. */
export interface PublicRow {
  readonly [column: string]: PublicValue;
}

/** What users get. Exact unless `values: 'js'` was asked for. */
export type PublicValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | Timestamp
  | Interval
  | Date
  | readonly PublicValue[]
  | PublicMap
  | PublicRow;

export interface PublicMap extends ReadonlyMap<PublicValue, PublicValue> {}

export interface PublicOptions {
  /** Session time zone, for the text of timestamps. */
  readonly timeZone: string;
  /** `exact` (default), or `js`: numbers for bigint and decimal, Dates for dates and timestamps; throws where that
   * would lose something. */
  readonly values?: 'exact' | 'js' | undefined;
}

export type PublicConverter = (value: Value) => PublicValue;

const same: PublicConverter = (value) => value as PublicValue;

/** Converts values of one type into what users get; null stays null.
 * @throws INEXACT_VALUE with `values: 'js'` where a number or Date cannot hold the value */
export function publicConverter(type: DataType, options: PublicOptions): PublicConverter {
  const convert = valueConverter(type, options);
  return convert === same ? same : (value) => (value === null ? null : convert(value));
}

function valueConverter(type: DataType, options: PublicOptions): PublicConverter {
  const js = options.values === 'js';
  switch (type.kind) {
    case 'long':
      return js ? (v) => exactNumber(v as bigint, type) : same;
    case 'decimal':
      return js ? (v) => exactDecimal(v as Decimal, type) : same;
    case 'date':
      return js ? (v) => exactDate(v as number) : (dateText() as PublicConverter);
    case 'timestamp':
      return js ? (v) => exactInstant(v as bigint, type) : (v) => new Timestamp(v as bigint, options.timeZone);
    case 'timestamp_ntz':
      return js ? (v) => exactInstant(v as bigint, type) : (v) => new Timestamp(v as bigint);
    case 'ym_interval':
      return (v) => new Interval(v as number, 0, 0n, type);
    case 'dt_interval':
      return (v) => new Interval(0, 0, v as bigint, type);
    case 'interval':
      return (v) => {
        const { months, days, micros } = v as CalendarInterval;
        return new Interval(months, days, micros, type);
      };
    case 'array': {
      const convert = publicConverter(type.elementType, options);
      return (v) => (v as readonly Value[]).map((item) => convert(item));
    }
    case 'map': {
      const key = publicConverter(type.keyType, options);
      const item = publicConverter(type.valueType, options);
      return (v) => {
        const { keys, values } = v as MapValue;
        return new Map(keys.map((k, i) => [key(k), item(values[i] ?? null)]));
      };
    }
    case 'struct': {
      const converters = type.fields.map((f) => publicConverter(f.dataType, options));
      const make = publicRowMaker(type.fieldNames, converters);
      return (v) => make(v as readonly Value[]);
    }
    default:
      return same;
  }
}

export type PublicRowMaker = (values: readonly Value[]) => PublicRow;

/** Makes rows as objects without prototype; of columns with equal names the last one stays. One maker per schema: its rows
 * share one hidden class, which takes a quarter of the memory and time of objects made by `Object.create(null)`. */
export function publicRowMaker(names: readonly string[], converters: readonly PublicConverter[]): PublicRowMaker {
  const width = names.length;
  function Row(this: Record<string, PublicValue>, values: readonly Value[]): void {
    for (let i = 0; i < width; i++) this[names[i]!] = converters[i]!(values[i] ?? null);
  }
  // While it is filled a row must not inherit either: `__proto__` is a column name like any other.
  Row.prototype = Object.create(null);
  const Maker = Row as unknown as new (values: readonly Value[]) => PublicRow;
  return (values) => Object.setPrototypeOf(new Maker(values), null) as PublicRow;
}

/** One row by the rules of `publicRowMaker`; for many rows of one schema make a maker. */
export function publicRow(
  names: readonly string[],
  values: readonly Value[],
  converters: readonly PublicConverter[],
): PublicRow {
  return publicRowMaker(names, converters)(values);
}

/** Texts of dates, remembered: columns hold few distinct ones. */
function dateText(): (days: number) => string {
  const known = new Map<number, string>();
  return (days) => {
    let text = known.get(days);
    if (text === undefined) {
      text = formatDays(days);
      if (known.size < MAX_KNOWN_DATES) known.set(days, text);
    }
    return text;
  };
}

const MAX_KNOWN_DATES = 20_000;

function inexact(value: string, type: DataType, target: string): Error {
  return runtimeError('INEXACT_VALUE', { value, sourceType: `"${type.sql}"`, target });
}

function exactNumber(value: bigint, type: DataType): number {
  const n = Number(value);
  if (!Number.isSafeInteger(n)) throw inexact(String(value), type, 'number');
  return n;
}

/** Up to 15 significant digits survive the way through a double; beyond, the shortest text of the double must say the same. */
function exactDecimal(value: Decimal, type: DataType): number {
  const text = value.toString();
  const n = Number(text);
  const magnitude = value.unscaled < 0n ? -value.unscaled : value.unscaled;
  if (magnitude < 1_000_000_000_000_000n) return n;
  if (plainDigits(String(n)) !== plainDigits(text)) throw inexact(text, type, 'number');
  return n;
}

/** Sign, digits without leading and trailing zeros, and the power of ten of the first digit: equal for equal numbers. */
function plainDigits(text: string): string {
  const match = /^(-?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/.exec(text);
  if (!match) return text;
  const [, sign = '', integral = '', fraction = '', exponent = '0'] = match;
  const digits = integral + fraction;
  const leading = digits.length - digits.replace(/^0+/, '').length;
  const significant = digits.slice(leading).replace(/0+$/, '');
  return `${sign}${significant}e${integral.length - leading + Number(exponent)}`;
}

const MAX_DATE_DAYS = 100_000_000;

function exactDate(days: number): Date {
  if (Math.abs(days) > MAX_DATE_DAYS)
    throw runtimeError('INEXACT_VALUE', { value: formatDays(days), sourceType: '"DATE"', target: 'Date' });
  return new Date(days * 86_400_000);
}

function exactInstant(micros: bigint, type: DataType): Date {
  const date = new Date(Number(micros / 1000n));
  if (micros % 1000n !== 0n || Number.isNaN(date.getTime())) throw inexact(`${micros} microseconds`, type, 'Date');
  return date;
}
