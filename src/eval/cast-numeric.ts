import { type DataType, type Decimal, floorDiv, type Value } from '../types/index.js';
import { truncateDecimal } from './decimal.js';
import { castInvalidInput, castOverflow } from './errors.js';
import type { EvalMode } from './function.js';
import { parseFloatText, parseIntegralText } from './number-parse.js';

type Integral = 'byte' | 'short' | 'int' | 'long';

/** Inclusive range of each integral type. */
export const RANGES: Readonly<Record<Integral, readonly [min: bigint, max: bigint, bits: number]>> = {
  byte: [-128n, 127n, 8],
  short: [-32_768n, 32_767n, 16],
  int: [-2_147_483_648n, 2_147_483_647n, 32],
  long: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n, 64],
};

/** Wraps an integer to the type's bits and gives it the JavaScript form of that type. */
export function wrapIntegral(value: bigint, kind: Integral): number | bigint {
  const wrapped = BigInt.asIntN(RANGES[kind][2], value);
  return kind === 'long' ? wrapped : Number(wrapped);
}

const DT_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const;

/** Casts to tinyint … bigint, float and double. Spark: `Cast.castToInt` and its kin. */
export function castToNumber(
  from: DataType,
  to: DataType & { kind: Integral | 'float' | 'double' },
  mode: EvalMode,
): (value: Value) => Value {
  const kind = to.kind;
  if (kind === 'float' || kind === 'double') return castToFloating(from, to, mode);
  // Casts of intervals raise in every mode.
  const ansi = mode !== 'LEGACY' || from.kind === 'ym_interval' || from.kind === 'dt_interval';
  const [min, max] = RANGES[kind];
  const fromBigint = (value: Value, n: bigint): Value => {
    if (n >= min && n <= max) return kind === 'long' ? n : Number(n);
    if (ansi) throw castOverflow(value, from, to);
    return wrapIntegral(n, kind);
  };
  switch (from.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (value) => {
        const n = parseIntegralText(value as string, ansi);
        if (n === undefined || n < min || n > max) {
          if (ansi) throw castInvalidInput(value, from, to);
          return null;
        }
        return kind === 'long' ? n : Number(n);
      };
    case 'boolean':
      return kind === 'long' ? (value) => (value ? 1n : 0n) : (value) => (value ? 1 : 0);
    case 'byte':
    case 'short':
    case 'int':
      if (kind === 'long') return (value) => BigInt(value as number);
      return (value) => {
        const n = value as number;
        return n >= Number(min) && n <= Number(max) ? n : fromBigint(value, BigInt(n));
      };
    case 'long':
      return (value) => fromBigint(value, value as bigint);
    case 'decimal':
      return (value) => fromBigint(value, truncateDecimal(value as Decimal));
    case 'float':
    case 'double': {
      const low = Number(min);
      const high = Number(max);
      return (value) => {
        const n = value as number;
        if (Math.floor(n) <= high && Math.ceil(n) >= low) {
          if (kind === 'long') {
            const big = BigInt(Math.trunc(n));
            return big > max ? max : big;
          }
          return Math.trunc(n) + 0;
        }
        if (ansi) throw castOverflow(value, from, to);
        return saturateDouble(n, kind);
      };
    }
    case 'timestamp':
      return (value) => {
        const seconds = floorDiv(value as bigint, 1_000_000n);
        if (!ansi && kind !== 'long') return seconds >= min && seconds <= max ? Number(seconds) : null;
        return fromBigint(value, seconds);
      };
    case 'date':
      return () => null;
    case 'dt_interval': {
      const unit = DT_MICROS[from.endField] as bigint;
      return (value) => fromBigint(value, (value as bigint) / unit);
    }
    case 'ym_interval':
      return (value) =>
        fromBigint(value, BigInt(from.endField === 0 ? Math.trunc((value as number) / 12) : (value as number)));
    default:
      return () => null;
  }
}

/** Java's narrowing of a double: NaN is 0, beyond the range the nearest bound; tinyint and smallint go through int. */
function saturateDouble(n: number, kind: Integral): number | bigint {
  if (Number.isNaN(n)) return kind === 'long' ? 0n : 0;
  const [min, max] = RANGES[kind === 'long' ? 'long' : 'int'];
  const bounded = n >= Number(max) ? max : n <= Number(min) ? min : BigInt(Math.trunc(n));
  return wrapIntegral(bounded, kind);
}

function castToFloating(from: DataType, to: DataType, mode: EvalMode): (value: Value) => Value {
  const round: (n: number) => number = to.kind === 'float' ? Math.fround : (n) => n;
  switch (from.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return (value) => {
        const n = parseFloatText(value as string);
        if (n !== undefined) return round(n);
        if (mode !== 'LEGACY') throw castInvalidInput(value, from, to);
        return null;
      };
    case 'boolean':
      return (value) => (value ? 1 : 0);
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
    case 'double':
      return (value) => round(value as number);
    case 'long':
      return (value) => round(Number(value as bigint));
    case 'decimal':
      return (value) => round((value as Decimal).toNumber());
    case 'timestamp':
      return (value) => round(Number(value as bigint) / 1e6);
    default:
      return () => null;
  }
}
