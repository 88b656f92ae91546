import { internalError, runtimeError } from '../errors/index.js';
import {
  type ArrayType,
  type DataType,
  type DayTimeIntervalType,
  Decimal,
  type DecimalType,
  DOUBLE,
  type MapType,
  MapValue,
  type StructType,
  sameType,
  splitMicros,
  toInstantMicros,
  toLocalMicros,
  toSqlString,
  type Value,
  type YearMonthIntervalType,
  zoneOf,
} from '../types/index.js';
import { castToNumber } from './cast-numeric.js';
import { parseCalendarInterval, parseDayTimeInterval, parseYearMonthInterval } from './datetime/parse-interval.js';
import { parseDate, parseTimestamp, parseTimestampNtz, trimAll } from './datetime/parse-text.js';
import {
  decimalFromDouble,
  divideHalfUp,
  parseDecimal,
  pow10,
  rescaleUnscaled,
  toPrecision,
  truncateDecimal,
} from './decimal.js';
import { castInvalidInput, castOverflow } from './errors.js';
import type { EvalMode } from './function.js';

export { canAnsiStoreAssign, canCast, canUpCast, castMismatch, castNullable, forcesNull } from './can-cast.js';

export type CastFunction = (value: Value) => Value;

/** Converts one value. Null stays null; what cannot be converted is an error in ANSI mode, null in TRY and mostly in LEGACY.
 * @throws CAST_INVALID_INPUT, CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION. Spark: `Cast` */
export function cast(value: Value, from: DataType, to: DataType, mode: EvalMode, timeZone: string): Value {
  return value === null ? null : castFunction(from, to, mode, timeZone)(value);
}

const identity: CastFunction = (value) => value;

/** The conversion of non-null values between two types, made once per call site. */
export function castFunction(from: DataType, to: DataType, mode: EvalMode, timeZone: string): CastFunction {
  if (from === to || (sameType(from, to) && from.kind !== 'array' && from.kind !== 'struct' && from.kind !== 'map')) {
    return identity;
  }
  if (from.kind === 'null') return () => null;
  if (sameType(from, to)) return identity;
  const run = build(from, to, mode, timeZone);
  if (mode !== 'TRY') return run;
  return (value) => {
    try {
      return run(value);
    } catch (error) {
      if ((error as { kind?: string }).kind === 'runtime') return null;
      throw error;
    }
  };
}

function build(from: DataType, to: DataType, mode: EvalMode, timeZone: string): CastFunction {
  const ansi = mode !== 'LEGACY';
  const invalid = (value: Value): Value => {
    if (ansi) throw castInvalidInput(value, from, to);
    return null;
  };
  const parsed =
    (parse: (text: string) => Value | undefined): CastFunction =>
    (value) => {
      const result = parse(value as string);
      return result === undefined ? invalid(value) : result;
    };
  const fromString = isString(from);
  switch (to.kind) {
    case 'null':
      return () => null;
    case 'string':
      if (from.kind === 'decimal' && mode === 'LEGACY') return (value) => bigDecimalText(value as Decimal);
      return (value) => toSqlString(value, from, timeZone);
    case 'char':
    case 'varchar':
      return (value) => toSqlString(value, from, timeZone);
    case 'binary':
      return fromString ? (value) => new TextEncoder().encode(value as string) : integralToBytes(from);
    case 'boolean':
      if (fromString) return parsed(parseBoolean);
      if (from.kind === 'decimal') return (value) => (value as Decimal).unscaled !== 0n;
      if (from.kind === 'date') return () => null;
      return (value) => value !== 0 && value !== 0n;
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return castToNumber(from, to, mode);
    case 'decimal':
      return castToDecimal(from, to, mode);
    case 'date': {
      if (fromString) return parsed(parseDate);
      if (from.kind === 'timestamp_ntz') return (value) => splitMicros(value as bigint).days;
      const zone = zoneOf(timeZone);
      return (value) => splitMicros(toLocalMicros(value as bigint, zone)).days;
    }
    case 'timestamp': {
      const zone = zoneOf(timeZone);
      if (fromString) return parsed((text) => parseTimestamp(text, zone));
      if (from.kind === 'date') return (value) => toInstantMicros(BigInt(value as number) * 86_400_000_000n, zone);
      if (from.kind === 'timestamp_ntz') return (value) => toInstantMicros(value as bigint, zone);
      return numberToTimestamp(from, to, mode);
    }
    case 'timestamp_ntz': {
      if (fromString) return parsed(parseTimestampNtz);
      if (from.kind === 'date') return (value) => BigInt(value as number) * 86_400_000_000n;
      const zone = zoneOf(timeZone);
      return (value) => toLocalMicros(value as bigint, zone);
    }
    case 'interval':
      // Malformed texts are null in every mode.
      return (value) => parseCalendarInterval(value as string) ?? null;
    case 'ym_interval':
      if (fromString) return parsed((text) => parseYearMonthInterval(text, to));
      if (from.kind === 'ym_interval') return (v) => (to.endField === 0 ? Math.trunc((v as number) / 12) * 12 : v);
      return numberToYearMonth(from, to);
    case 'dt_interval':
      if (fromString) return parsed((text) => parseDayTimeInterval(text, to));
      if (from.kind === 'dt_interval') {
        const unit = DT_MICROS[to.endField] as bigint;
        return to.endField === 3 ? identity : (value) => (value as bigint) - ((value as bigint) % unit);
      }
      return numberToDayTime(from, to);
    case 'array':
      return castArray(from as ArrayType, to, mode, timeZone);
    case 'map':
      return castMap(from as MapType, to, mode, timeZone);
    case 'struct':
      return castStruct(from as StructType, to, mode, timeZone);
  }
}

/** Text of a decimal outside ANSI mode: scientific from seven leading zeros on. Java: `BigDecimal.toString`. */
export function bigDecimalText(value: Decimal): string {
  const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString();
  const exponent = digits.length - 1 - value.scale;
  if (exponent >= -6) return value.toString();
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${value.unscaled < 0n ? '-' : ''}${digits[0]}${fraction}E${exponent}`;
}

const isString = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';

const TRUE_TEXTS = new Set(['t', 'true', 'y', 'yes', '1']);
const FALSE_TEXTS = new Set(['f', 'false', 'n', 'no', '0']);
function parseBoolean(text: string): boolean | undefined {
  const key = trimAll(text).toLowerCase();
  return TRUE_TEXTS.has(key) ? true : FALSE_TEXTS.has(key) ? false : undefined;
}

function integralToBytes(from: DataType): CastFunction {
  const size = from.kind === 'byte' ? 1 : from.kind === 'short' ? 2 : from.kind === 'int' ? 4 : 8;
  return (value) => {
    const bytes = new Uint8Array(size);
    let rest = BigInt.asUintN(size * 8, BigInt(value as number | bigint));
    for (let i = size - 1; i >= 0; i--) {
      bytes[i] = Number(rest & 255n);
      rest >>= 8n;
    }
    return bytes;
  };
}

function castToDecimal(from: DataType, to: DecimalType, mode: EvalMode): CastFunction {
  // The cast itself turns errors into nulls in TRY mode, so both modes raise here.
  const interval = from.kind === 'ym_interval' || from.kind === 'dt_interval';
  const raise: EvalMode = mode === 'LEGACY' && !interval ? 'LEGACY' : 'ANSI';
  switch (from.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (value) => {
        const exact = parseDecimal(trimAll(value as string));
        if (!exact) {
          if (raise === 'ANSI') throw castInvalidInput(value, from, to);
          return null;
        }
        if (exact.unscaled / pow10(exact.scale) >= pow10(38) || exact.unscaled / pow10(exact.scale) <= -pow10(38)) {
          if (raise === 'ANSI') throw runtimeError('NUMERIC_OUT_OF_SUPPORTED_RANGE', { value: value as string });
          return null;
        }
        return toPrecision(exact, to, raise);
      };
    case 'boolean':
      return (value) => toPrecision(new Decimal(value ? 1n : 0n, 0), to, raise);
    case 'decimal':
      return (value) => toPrecision(value as Decimal, to, raise);
    case 'float':
    case 'double':
      return (value) => {
        const exact = decimalFromDouble(value as number);
        // Infinities and NaN are no decimals: Spark gives null in every mode.
        return exact === undefined ? null : toPrecision(exact, to, raise);
      };
    case 'timestamp':
      return (value) => toPrecision(decimalFromDouble(Number(value as bigint) / 1e6) as Decimal, to, raise);
    case 'date':
      return () => null;
    case 'dt_interval': {
      const unit = DT_MICROS[from.endField] as bigint;
      const scale = from.endField === 3 ? 6 : 0;
      return (value) =>
        toPrecision(new Decimal(scale === 6 ? (value as bigint) : (value as bigint) / unit, scale), to, raise);
    }
    case 'ym_interval':
      return (value) => {
        const n = from.endField === 0 ? Math.trunc((value as number) / 12) : (value as number);
        return toPrecision(new Decimal(BigInt(n), 0), to, raise);
      };
    default:
      return (value) => toPrecision(new Decimal(BigInt(value as number | bigint), 0), to, raise);
  }
}

const LONG_MAX = 9_223_372_036_854_775_807n;
const saturate = (n: bigint): bigint => (n > LONG_MAX ? LONG_MAX : n < -LONG_MAX - 1n ? -LONG_MAX - 1n : n);

function numberToTimestamp(from: DataType, to: DataType, mode: EvalMode): CastFunction {
  switch (from.kind) {
    case 'boolean':
      return (value) => (value ? 1n : 0n);
    case 'decimal':
      return (value) => {
        const d = value as Decimal;
        const micros = d.scale <= 6 ? rescaleUnscaled(d.unscaled, d.scale, 6) : d.unscaled / pow10(d.scale - 6);
        if (micros > LONG_MAX || micros < -LONG_MAX - 1n) {
          if (mode !== 'LEGACY') throw castOverflow(value, from, to);
          return null;
        }
        return micros;
      };
    case 'float':
    case 'double':
      return (value) => {
        const n = value as number;
        if (!Number.isFinite(n)) {
          if (mode !== 'LEGACY') throw castInvalidInput(value, DOUBLE, to);
          return null;
        }
        const micros = n * 1e6;
        if (mode !== 'LEGACY' && (Math.floor(micros) > 2 ** 63 || Math.ceil(micros) < -(2 ** 63))) {
          throw castOverflow(value, from, to);
        }
        return saturate(BigInt(Math.trunc(micros)));
      };
    default:
      return (value) => saturate(BigInt(value as number | bigint) * 1_000_000n);
  }
}

const DT_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const;

function numberToDayTime(from: DataType, to: DayTimeIntervalType): CastFunction {
  const unit = DT_MICROS[to.endField] as bigint;
  return (value) => {
    const micros =
      from.kind === 'decimal'
        ? to.endField === 3
          ? divideHalfUp((value as Decimal).unscaled * unit, pow10((value as Decimal).scale))
          : truncateDecimal(value as Decimal) * unit
        : BigInt(value as number | bigint) * unit;
    if (micros > LONG_MAX || micros < -LONG_MAX - 1n) throw castOverflow(value, from, to);
    return micros;
  };
}
function numberToYearMonth(from: DataType, to: YearMonthIntervalType): CastFunction {
  const unit = to.endField === 0 ? 12n : 1n;
  return (value) => {
    const months =
      from.kind === 'decimal'
        ? divideHalfUp((value as Decimal).unscaled * unit, pow10((value as Decimal).scale))
        : BigInt(value as number | bigint) * unit;
    if (months > 2_147_483_647n || months < -2_147_483_648n) throw castOverflow(value, from, to);
    return Number(months);
  };
}

function castArray(from: ArrayType, to: ArrayType, mode: EvalMode, timeZone: string): CastFunction {
  const element = castFunction(from.elementType, to.elementType, mode, timeZone);
  return (value) => (value as readonly Value[]).map((v) => (v === null ? null : element(v)));
}
function castMap(from: MapType, to: MapType, mode: EvalMode, timeZone: string): CastFunction {
  const key = castFunction(from.keyType, to.keyType, mode, timeZone);
  const item = castFunction(from.valueType, to.valueType, mode, timeZone);
  return (value) => {
    const map = value as MapValue;
    return new MapValue(
      map.keys.map(key),
      map.values.map((v) => (v === null ? null : item(v))),
    );
  };
}
function castStruct(from: StructType, to: StructType, mode: EvalMode, timeZone: string): CastFunction {
  if (from.fields.length !== to.fields.length) throw internalError('struct cast between different field counts');
  const casts = from.fields.map((f, i) =>
    castFunction(f.dataType, (to.fields[i] as (typeof to.fields)[number]).dataType, mode, timeZone),
  );
  return (value) => (value as readonly Value[]).map((v, i) => (v === null ? null : (casts[i] as CastFunction)(v)));
}
