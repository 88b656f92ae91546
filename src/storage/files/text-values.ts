import { type DataType, Decimal, type Value } from '../../types/index.js';
import type { CsvOptions } from './csv-options.js';
import type { TextParsers } from './text-options.js';

/** The text is no value of the type. */
export const BAD = Symbol('bad');

const INTEGER = /^[+-]?\d+$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const DOUBLE = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;

/** Integers as Java's `parseInt` and kin read them. */
export function parseInteger(text: string, bits: number): bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(bits, value) === value ? value : undefined;
}

/** Doubles as Java's `parseDouble` reads them. */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.trim();
  if (!DOUBLE.test(trimmed)) return undefined;
  return Number(/(?:NaN|Infinity)$/.test(trimmed) ? trimmed : trimmed.replace(/[fFdD]$/, ''));
}

/** A decimal text as unscaled digits and scale (negative after an exponent). */
export function parseDecimal(text: string): { unscaled: bigint; scale: number } | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  const digits = BigInt(whole + fraction || '0');
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 1000) return undefined;
  return { unscaled: text.startsWith('-') ? -digits : digits, scale };
}

/** A decimal text as a value of decimal(p, s), rounded half up; undefined if it does not fit. Spark: `Decimal(value, p, s)`. */
export function toDecimal(text: string, precision: number, scale: number): Decimal | undefined {
  const parsed = parseDecimal(text);
  if (!parsed) return undefined;
  let { unscaled } = parsed;
  const shift = scale - parsed.scale;
  if (shift >= 0) unscaled *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    const negative = unscaled < 0n;
    const magnitude = negative ? -unscaled : unscaled;
    const rounded = (magnitude + divisor / 2n) / divisor;
    unscaled = negative ? -rounded : rounded;
  }
  const bound = 10n ** BigInt(precision);
  return unscaled < bound && unscaled > -bound ? new Decimal(unscaled, scale) : undefined;
}

/** Reads CSV fields of a type. Spark: `UnivocityParser.makeConverter`. */
export function csvConverter(
  type: DataType,
  options: CsvOptions,
  parsers: TextParsers,
): ((text: string) => Value | typeof BAD) | undefined {
  const integer = (bits: number) => (text: string) => {
    const value = parseInteger(text, bits);
    return value === undefined ? BAD : bits === 64 ? value : Number(value);
  };
  const double = (round: (v: number) => number) => (text: string) => {
    if (text === options.nanValue) return Number.NaN;
    if (text === options.negativeInf) return -Infinity;
    if (text === options.positiveInf) return Infinity;
    const value = parseDouble(text);
    return value === undefined ? BAD : round(value);
  };
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (text) => text;
    case 'byte':
      return integer(8);
    case 'short':
      return integer(16);
    case 'int':
      return integer(32);
    case 'long':
      return integer(64);
    case 'float':
      return double(Math.fround);
    case 'double':
      return double((v) => v);
    case 'boolean':
      return (text) => (/^true$/i.test(text) ? true : /^false$/i.test(text) ? false : BAD);
    case 'decimal':
      return (text) => toDecimal(text.replaceAll(',', ''), type.precision, type.scale) ?? BAD;
    case 'date':
      return (text) => parsers.date(text, options.dateFormat) ?? BAD;
    case 'timestamp':
      return (text) => parsers.timestamp(text, true, options.timestampFormat) ?? BAD;
    case 'timestamp_ntz':
      return (text) => parsers.timestamp(text, false, options.timestampNtzFormat) ?? BAD;
    default:
      return undefined;
  }
}
