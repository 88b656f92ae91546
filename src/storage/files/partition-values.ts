import {
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  NULL,
  STRING,
  TIMESTAMP,
  type Value,
} from '../../types/index.js';
import { DEFAULT_PARTITION_NAME, unescapePathName } from './path-names.js';

/** Reads a timestamp without a zone of its own in the session's zone, as microseconds; null if it is none. */
export type TimestampParser = (text: string) => bigint | null;

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DOUBLE_TEXT = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const DATE_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIMESTAMP_TEXT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;

/** The type that one directory's value seems to have. `raw` is still escaped. Spark: `PartitioningUtils.inferPartitionColumnValue`. */
export function inferPartitionType(raw: string): DataType {
  if (raw === DEFAULT_PARTITION_NAME) return NULL;
  if (INTEGER.test(raw)) {
    const value = BigInt(raw.replace(/^\+/, ''));
    if (BigInt.asIntN(32, value) === value) return INT;
    if (BigInt.asIntN(64, value) === value) return LONG;
  }
  const decimal = wholeDecimal(raw);
  if (decimal) return decimal;
  if (DOUBLE_TEXT.test(raw.trim())) return DOUBLE;
  if (TIMESTAMP_TEXT.test(unescapePathName(raw)) && dayOf(unescapePathName(raw).slice(0, 10)) !== undefined)
    return TIMESTAMP;
  if (dayOf(raw) !== undefined) return DATE;
  return STRING;
}

/** Only numbers without a fraction count as decimals. */
function wholeDecimal(raw: string): DecimalType | undefined {
  const value = parseWhole(raw);
  if (value === undefined) return undefined;
  const precision = (value < 0n ? -value : value).toString().length;
  return precision <= 38 ? new DecimalType(precision, 0) : undefined;
}

function parseWhole(raw: string): bigint | undefined {
  if (!DECIMAL.test(raw)) return undefined;
  const [mantissa = '', exponentText = '0'] = raw.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^\+/, '').split('.');
  const zeros = Number(exponentText) - fraction.length;
  if (zeros < 0 || zeros > 60) return undefined;
  const digits = whole + fraction;
  return (digits === '-' ? 0n : BigInt(digits)) * 10n ** BigInt(zeros);
}

/** Days since the epoch of `yyyy-MM-dd`, if that day exists. */
function dayOf(text: string): number | undefined {
  const match = DATE_TEXT.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return Math.floor(date.getTime() / 86_400_000);
}

/** One type for all values of a partition column. Spark: `PartitioningUtils.resolveTypeConflicts`. */
export function widerPartitionType(types: readonly DataType[]): DataType {
  return types.reduce(widen, NULL);
}

function widen(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b;
  if (b.kind === 'null' || a === b) return a;
  const pair = new Set([a.kind, b.kind]);
  const has = (x: DataType['kind'], y: DataType['kind']): boolean => pair.has(x) && pair.has(y);
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    const digits = (t: DataType): number =>
      t.kind === 'decimal' ? t.precision : t.kind === 'int' ? 10 : t.kind === 'long' ? 20 : -1;
    return digits(a) < 0 || digits(b) < 0 ? STRING : new DecimalType(Math.max(digits(a), digits(b)), 0);
  }
  if (has('int', 'long')) return LONG;
  if (has('int', 'double')) return DOUBLE;
  if (has('date', 'timestamp')) return TIMESTAMP;
  return STRING;
}

/** A directory's value as the column's type; undefined if it is none. Spark: `castPartValueToDesiredType`. */
export function partitionValue(raw: string, type: DataType, parseTimestamp: TimestampParser): Value | undefined {
  if (raw === DEFAULT_PARTITION_NAME || type.kind === 'null') return null;
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return unescapePathName(raw);
    case 'byte':
    case 'short':
    case 'int': {
      const value = Number(raw);
      const bound = type.kind === 'byte' ? 128 : type.kind === 'short' ? 32_768 : 2 ** 31;
      return INTEGER.test(raw) && value >= -bound && value < bound ? value : undefined;
    }
    case 'long': {
      const value = INTEGER.test(raw) ? BigInt(raw.replace(/^\+/, '')) : undefined;
      return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined;
    }
    case 'float':
    case 'double': {
      const text = raw.trim();
      if (!DOUBLE_TEXT.test(text)) return undefined;
      const value = Number(text.replace(/(?<!NaN|Infinity)[fFdD]$/, ''));
      return type.kind === 'float' ? Math.fround(value) : value;
    }
    case 'decimal': {
      const value = parseWhole(raw) ?? undefined;
      if (value !== undefined) return new Decimal(value * 10n ** BigInt(type.scale), type.scale);
      return fractional(raw, type);
    }
    case 'boolean':
      return /^(true|false)$/i.test(raw) ? raw.toLowerCase() === 'true' : undefined;
    case 'date':
      return dayOf(unescapePathName(raw));
    case 'timestamp':
    case 'timestamp_ntz':
      return parseTimestamp(unescapePathName(raw)) ?? undefined;
    default:
      return undefined;
  }
}

function fractional(raw: string, type: DecimalType): Decimal | undefined {
  const match = /^([+-]?)(\d*)\.(\d+)$/.exec(raw);
  if (!match) return undefined;
  const fraction = match[3] as string;
  if (fraction.length > type.scale) return undefined;
  const unscaled = BigInt((match[2] ?? '') + fraction.padEnd(type.scale, '0'));
  return new Decimal(match[1] === '-' ? -unscaled : unscaled, type.scale);
}

/** Reads `yyyy-MM-dd[ HH:mm:ss[.f]]` as UTC: for callers without a session. */
export const utcTimestamp: TimestampParser = (text) => {
  const day = dayOf(text.slice(0, 10));
  const match = /^(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/.exec(text.slice(10));
  if (day === undefined || !match) return null;
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  const micros = Number((match[4] ?? '').padEnd(6, '0').slice(0, 6));
  return (BigInt(day) * 86_400n + BigInt(seconds)) * 1_000_000n + BigInt(micros);
};
