import { internalError } from '../errors/index.js';
import type { DataType, Decimal, MapValue, Value } from '../types/index.js';
import { compareDecimal } from './decimal.js';

export type Comparator = (a: Value, b: Value) => number;

/** Doubles in SQL order: NaN is equal to itself and above all, -0.0 equals 0.0. */
export function compareDoubles(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  const aNan = Number.isNaN(a);
  return aNan === Number.isNaN(b) ? 0 : aNan ? 1 : -1;
}

/** Strings in the order of their UTF-8 bytes; UTF-16 order differs where surrogates meet U+E000 to U+FFFF. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}

/** Unsigned byte order, a prefix first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) return d < 0 ? -1 : 1;
  }
  return a.length - b.length < 0 ? -1 : a.length > b.length ? 1 : 0;
}

const byOperator: Comparator = (a, b) => ((a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0);
const nullsFirst =
  (inner: Comparator): Comparator =>
  (a, b) =>
    a === null ? (b === null ? 0 : -1) : b === null ? 1 : inner(a, b);

const cache = new WeakMap<DataType, Comparator>();

/** The ordering of non-null values of a type; nulls inside arrays and structs come first.
 * Maps get an order too (sorted entries), so that grouping by them has equality. Spark: `TypeUtils.getInterpretedOrdering`. */
export function comparatorFor(type: DataType): Comparator {
  let comparator = cache.get(type);
  if (!comparator) {
    comparator = make(type);
    cache.set(type, comparator);
  }
  return comparator;
}

function make(type: DataType): Comparator {
  switch (type.kind) {
    case 'null':
      return () => 0;
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'ym_interval':
    case 'dt_interval':
      return byOperator;
    case 'float':
    case 'double':
      return compareDoubles as Comparator;
    case 'decimal':
      return (a, b) => {
        const x = a as Decimal;
        const y = b as Decimal;
        if (x.scale !== y.scale) return compareDecimal(x, y);
        return x.unscaled < y.unscaled ? -1 : x.unscaled > y.unscaled ? 1 : 0;
      };
    case 'string':
    case 'char':
    case 'varchar':
      return compareStrings as Comparator;
    case 'binary':
      return compareBytes as Comparator;
    case 'array': {
      const element = nullsFirst(comparatorFor(type.elementType));
      return (a, b) => compareSequences(a as readonly Value[], b as readonly Value[], element);
    }
    case 'struct': {
      const fields = type.fields.map((f) => nullsFirst(comparatorFor(f.dataType)));
      return (a, b) => {
        const x = a as readonly Value[];
        const y = b as readonly Value[];
        for (let i = 0; i < fields.length; i++) {
          const d = (fields[i] as Comparator)(x[i] as Value, y[i] as Value);
          if (d !== 0) return d;
        }
        return 0;
      };
    }
    case 'map': {
      const key = comparatorFor(type.keyType);
      const entry: Comparator = (a, b) => {
        const d = key((a as readonly Value[])[0] as Value, (b as readonly Value[])[0] as Value);
        return d !== 0 ? d : value((a as readonly Value[])[1] as Value, (b as readonly Value[])[1] as Value);
      };
      const value = nullsFirst(comparatorFor(type.valueType));
      const entries = (m: MapValue): Value[] => m.keys.map((k, i) => [k, m.values[i] as Value]).sort(entry);
      return (a, b) => compareSequences(entries(a as MapValue), entries(b as MapValue), entry);
    }
    case 'interval':
      return (a, b) => {
        const x = a as { months: number; days: number; micros: bigint };
        const y = b as { months: number; days: number; micros: bigint };
        return byOperator(x.months, y.months) || byOperator(x.days, y.days) || byOperator(x.micros, y.micros);
      };
    default:
      throw internalError(`no ordering for ${(type as DataType).simpleString}`);
  }
}

function compareSequences(a: readonly Value[], b: readonly Value[], element: Comparator): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = element(a[i] as Value, b[i] as Value);
    if (d !== 0) return d;
  }
  return a.length < b.length ? -1 : a.length > b.length ? 1 : 0;
}

/** Order of two non-null values of one type. */
export function compareValues(a: Value, b: Value, type: DataType): number {
  return comparatorFor(type)(a, b);
}

/** Equality of two values of one type where null equals null. */
export function equalValues(a: Value, b: Value, type: DataType): boolean {
  if (a === null || b === null) return a === b;
  return comparatorFor(type)(a, b) === 0;
}

/** A primitive that is equal for equal values of the type, for hash sets and grouping; null maps to null. */
export function valueKey(value: Value, type: DataType): string | number | bigint | boolean | null {
  if (value === null) return null;
  switch (type.kind) {
    case 'float':
    case 'double':
      return (value as number) === 0 ? 0 : (value as number);
    case 'decimal':
      return (value as Decimal).unscaled;
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('latin1');
    case 'interval': {
      const v = value as { months: number; days: number; micros: bigint };
      return `${v.months}/${v.days}/${v.micros}`;
    }
    case 'array':
      return (value as readonly Value[]).map((v) => part(v, type.elementType)).join('');
    case 'struct':
      return type.fields.map((f, i) => part((value as readonly Value[])[i] as Value, f.dataType)).join('');
    case 'map': {
      const m = value as MapValue;
      return m.keys
        .map((k, i) => part(k, type.keyType) + part(m.values[i] as Value, type.valueType))
        .sort()
        .join('');
    }
    default:
      return value as string | number | bigint | boolean;
  }
}

function part(value: Value, type: DataType): string {
  const key = valueKey(value, type);
  if (key === null) return 'n;';
  const text = String(key);
  return `${text.length}:${text}`;
}
