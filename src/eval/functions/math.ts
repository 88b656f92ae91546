import {
  BINARY,
  DAY_TIME_INTERVAL,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  INT,
  isAnsiInterval,
  isIntegral,
  LONG,
  STRING,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../types/index.js';
import { RANGES, wrapIntegral } from '../cast-numeric.js';
import { castsTo, implicitCast, inputTypes, unexpectedInput } from '../coercion.js';
import { decimalFromDouble, divideHalfUp, pow10, toPrecision } from '../decimal.js';
import { scalar } from '../define.js';
import { arithmeticOverflow } from '../errors.js';
import type { CallContext, Coercion, ScalarFunction } from '../function.js';

function unary(
  name: string,
  cls: string,
  f: (x: number) => number,
  description: string,
  aliases: readonly string[] = [],
): ScalarFunction {
  return scalar('math', `${name}(expr)`, description, {
    cls,
    aliases,
    aliasShows: true,
    types: [DOUBLE],
    returns: DOUBLE,
    nullability: 'always',
    run: ([x]) => f(x as number),
  });
}
/** Logarithms of what is not above the bound are null. Spark: `UnaryLogExpression`. */
function logarithm(name: string, cls: string, f: (x: number) => number, bound = 0): ScalarFunction {
  return scalar('math', `${name}(expr)`, 'Logarithm; null outside its domain.', {
    cls,
    types: [DOUBLE],
    returns: DOUBLE,
    nullability: 'always',
    run: ([x]) => ((x as number) <= bound ? null : f(x as number)),
  });
}

export type Rounding = 'HALF_UP' | 'HALF_EVEN' | 'FLOOR' | 'CEILING';

/** `value / 10^digits` rounded to an integer by a mode. */
function divideRounded(value: bigint, digits: number, rounding: Rounding): bigint {
  const unit = pow10(digits);
  const quotient = value / unit;
  const rest = value % unit;
  if (rest === 0n) return quotient;
  switch (rounding) {
    case 'FLOOR':
      return value < 0n ? quotient - 1n : quotient;
    case 'CEILING':
      return value < 0n ? quotient : quotient + 1n;
    case 'HALF_UP':
      return divideHalfUp(value, unit);
    case 'HALF_EVEN': {
      const twice = rest < 0n ? -2n * rest : 2n * rest;
      const away = twice > unit || (twice === unit && quotient % 2n !== 0n);
      return away ? (value < 0n ? quotient - 1n : quotient + 1n) : quotient;
    }
  }
}

/** A decimal rounded to `scale` digits behind the point (negative: before it), result scale at least 0. */
export function roundDecimal(value: Decimal, scale: number, rounding: Rounding): Decimal {
  if (scale >= value.scale) return value;
  const unscaled = divideRounded(value.unscaled, value.scale - scale, rounding);
  return scale >= 0 ? new Decimal(unscaled, scale) : new Decimal(unscaled * pow10(-scale), 0);
}

function roundDouble(value: number, scale: number, rounding: Rounding): number {
  const exact = decimalFromDouble(value);
  return exact === undefined ? value : roundDecimal(exact, scale, rounding).toNumber();
}

/** Type of round, bround, ceil and floor with a scale. Spark: `RoundBase.dataType`. */
function roundType(type: DataType, scale: number): DataType {
  if (type.kind !== 'decimal') return type;
  const integral = type.precision - type.scale + 1;
  if (scale < 0) return new DecimalType(Math.min(Math.max(integral, -scale + 1), 38), 0);
  const s = Math.min(type.scale, scale);
  return new DecimalType(Math.min(integral + s, 38), s);
}

function round(value: Value, scale: number, rounding: Rounding, c: CallContext): Value {
  const type = c.returnType;
  switch (type.kind) {
    case 'decimal':
      return toPrecision(roundDecimal(value as Decimal, scale, rounding), type, c.mode);
    case 'double':
      return roundDouble(value as number, scale, rounding);
    case 'float':
      return Math.fround(roundDouble(value as number, scale, rounding));
    case 'byte':
    case 'short':
    case 'int':
    case 'long': {
      if (scale >= 0) return value;
      if (-scale > 20) return type.kind === 'long' ? 0n : 0;
      const exact = divideRounded(BigInt(value as number | bigint), -scale, rounding) * pow10(-scale);
      const [min, max] = RANGES[type.kind];
      if ((exact < min || exact > max) && c.mode === 'ANSI') {
        throw arithmeticOverflow('Overflow');
      }
      return wrapIntegral(exact, type.kind);
    }
    default:
      return value;
  }
}
const roundCoercion: Coercion = (args, context) => {
  const type = implicitCast(args[0] as DataType, 'numeric', context.mode);
  if (!type) return unexpectedInput(0, 'numeric', args[0] as DataType);
  const scale = args[1] === undefined ? undefined : implicitCast(args[1], INT, context.mode);
  if (args[1] !== undefined && !scale) return unexpectedInput(1, INT, args[1]);
  return castsTo(args, [type, scale]);
};
function rounder(name: string, cls: string, rounding: Rounding): ScalarFunction {
  return scalar('math', `${name}(expr[, scale])`, `Rounds ${rounding === 'HALF_UP' ? 'half up' : 'half to even'}.`, {
    cls,
    coerce: roundCoercion,
    nullability: 'always',
    returns: (args, context) => roundType(args[0] as DataType, Number(context.constants[1] ?? 0)),
    run: ([v, s], c) => round(v as Value, s === undefined ? 0 : (s as number), rounding, c),
  });
}

/** ceil and floor: without a scale to bigint or decimal(…,0); with one, a decimal or as round. */
function bounder(
  name: string,
  cls: string,
  aliases: readonly string[],
  rounding: Rounding,
  f: (x: number) => number,
): ScalarFunction {
  return scalar(
    'math',
    `${name}(expr[, scale])`,
    `Nearest ${rounding === 'CEILING' ? 'greater' : 'smaller'} whole number.`,
    {
      cls,
      aliases,
      nullability: 'always',
      coerce: (args, context) => {
        const type = args[0] as DataType;
        if (args.length === 2) {
          const target = type.kind === 'decimal' ? type : isIntegral(type) ? undefined : new DecimalType(30, 15);
          const cast = type.kind === 'float' ? new DecimalType(14, 7) : target;
          const scale = implicitCast(args[1] as DataType, INT, context.mode);
          if (!scale) return unexpectedInput(1, INT, args[1] as DataType);
          return castsTo(args, [isIntegral(type) ? decimalOf(type) : cast, scale]);
        }
        return inputTypes([{ anyOf: [DOUBLE, 'decimal', LONG] }])(args, context);
      },
      returns: (args, context) => {
        const type = args[0] as DataType;
        if (args.length === 2) return roundType(type, Number(context.constants[1] ?? 0));
        if (type.kind !== 'decimal') return LONG;
        return DecimalType.bounded(type.precision - type.scale + 1, 0);
      },
      run: ([v, s], c) => {
        if (s !== undefined) return round(v as Value, s as number, rounding, c);
        if (typeof v === 'bigint') return v;
        if (v instanceof Decimal) return toPrecision(roundDecimal(v, 0, rounding), c.returnType as DecimalType, c.mode);
        const r = f(v as number);
        if (Number.isNaN(r)) return 0n;
        const [min, max] = RANGES.long;
        return r >= 2 ** 63 ? max : r <= -(2 ** 63) ? min : BigInt(r);
      },
    },
  );
}
const decimalOf = (t: DataType): DecimalType =>
  new DecimalType(t.kind === 'byte' ? 3 : t.kind === 'short' ? 5 : t.kind === 'int' ? 10 : 20, 0);

/** Java's Math.rint: half to even. */
function rint(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const floor = Math.floor(x);
  const diff = x - floor;
  const r = diff < 0.5 ? floor : diff > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
}

/** Java's Math.pow differs from ECMAScript only in 1 ** ±Infinity and 1 ** NaN, which Java too makes NaN. */
const pow = (x: number, y: number): number => x ** y;

function sqrtExact(x: number): number {
  return Math.sqrt(x);
}

function factorial(n: number): bigint {
  let r = 1n;
  for (let i = 2; i <= n; i++) r *= BigInt(i);
  return r;
}

const HEX_DIGITS = /^[0-9a-fA-F]*$/;
export function unhexText(text: string): Uint8Array | null {
  if (!HEX_DIGITS.test(text)) return null;
  return new Uint8Array(Buffer.from(text.length % 2 === 1 ? `0${text}` : text, 'hex'));
}
function hex(value: Value): string {
  if (typeof value === 'bigint') return BigInt.asUintN(64, value).toString(16).toUpperCase();
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value as Uint8Array);
  return bytes.toString('hex').toUpperCase();
}

/** Number text in one base to another; digits after the first bad one are ignored. Spark: `NumberConverter.convert`. */
function convertBase(text: string, from: number, to: number, ansi: boolean): string | null {
  const toAbs = Math.abs(to);
  if (Math.abs(from) < 2 || Math.abs(from) > 36 || toAbs < 2 || toAbs > 36) return null;
  const trimmed = text.trim();
  if (trimmed === '') return null;
  let negative = trimmed.startsWith('-');
  const digits = negative ? trimmed.slice(1) : trimmed;
  const UNSIGNED_MAX = 0xffff_ffff_ffff_ffffn;
  let v = 0n;
  for (const ch of digits) {
    const d = Number.parseInt(ch, 36);
    if (Number.isNaN(d) || d >= from) break;
    v = v * BigInt(from) + BigInt(d);
    if (v > UNSIGNED_MAX) {
      if (ansi) throw arithmeticOverflow('Overflow in function conv()');
      v = UNSIGNED_MAX;
    }
  }
  if (negative && to > 0) v = v > 0x7fff_ffff_ffff_ffffn ? UNSIGNED_MAX : BigInt.asUintN(64, -v);
  if (to < 0) {
    const signed = BigInt.asIntN(64, v);
    if (signed < 0n) {
      v = -signed;
      negative = true;
    }
  }
  const out = v.toString(toAbs).toUpperCase();
  return negative && to < 0 ? `-${out}` : out;
}

/** Bucket 1 to n of an equi-width histogram, 0 below, n+1 above. Spark: `WidthBucket.computeBucketNumber`. */
function widthBucket(value: number, min: number, max: number, buckets: bigint): bigint | null {
  if (buckets <= 0n || buckets === RANGES.long[1] || Number.isNaN(value) || min === max) return null;
  if (!Number.isFinite(min) || !Number.isFinite(max)) return null;
  const lower = Math.min(min, max);
  const upper = Math.max(min, max);
  const n = Number(buckets);
  if (min < max) {
    if (value < lower) return 0n;
    if (value >= upper) return buckets + 1n;
    return BigInt(Math.trunc((n * (value - lower)) / (upper - lower))) + 1n;
  }
  if (value > upper) return 0n;
  if (value <= lower) return buckets + 1n;
  return BigInt(Math.trunc((n * (upper - value)) / (upper - lower))) + 1n;
}

const micros = (v: unknown): number => (typeof v === 'bigint' ? Number(v) : (v as number));

export const mathFunctions: readonly ScalarFunction[] = [
  rounder('round', 'Round', 'HALF_UP'),
  rounder('bround', 'BRound', 'HALF_EVEN'),
  bounder('ceil', 'Ceil', ['ceiling'], 'CEILING', Math.ceil),
  bounder('floor', 'Floor', [], 'FLOOR', Math.floor),
  unary('rint', 'Rint', rint, 'Nearest whole number, halves to even.'),
  unary('sqrt', 'Sqrt', sqrtExact, 'Square root.'),
  unary('cbrt', 'Cbrt', Math.cbrt, 'Cube root.'),
  unary('exp', 'Exp', javaExp, 'e to a power.'),
  unary('expm1', 'Expm1', Math.expm1, 'e to a power, less 1.'),
  scalar('math', 'signum(expr)', 'Sign: -1, 0 or 1.', {
    cls: 'Signum',
    aliases: ['sign'],
    aliasShows: true,
    types: [{ anyOf: [DOUBLE, YEAR_MONTH_INTERVAL, DAY_TIME_INTERVAL] }],
    coerce: (args, c) => (isAnsiInterval(args[0] as DataType) ? [undefined] : inputTypes([DOUBLE])(args, c)),
    returns: DOUBLE,
    nullability: 'always',
    run: ([x]) => Math.sign(Number(x as number | bigint)),
  }),
  unary('sin', 'Sin', Math.sin, 'Sine.'),
  unary('cos', 'Cos', Math.cos, 'Cosine.'),
  unary('tan', 'Tan', Math.tan, 'Tangent.'),
  unary('cot', 'Cot', (x) => 1 / Math.tan(x), 'Cotangent.'),
  unary('sec', 'Sec', (x) => 1 / Math.cos(x), 'Secant.'),
  unary('csc', 'Csc', (x) => 1 / Math.sin(x), 'Cosecant.'),
  unary('asin', 'Asin', Math.asin, 'Inverse sine.'),
  unary('acos', 'Acos', Math.acos, 'Inverse cosine.'),
  unary('atan', 'Atan', Math.atan, 'Inverse tangent.'),
  unary('sinh', 'Sinh', Math.sinh, 'Hyperbolic sine.'),
  unary('cosh', 'Cosh', Math.cosh, 'Hyperbolic cosine.'),
  unary('tanh', 'Tanh', Math.tanh, 'Hyperbolic tangent.'),
  unary(
    'asinh',
    'Asinh',
    (x) => (x === Number.NEGATIVE_INFINITY ? x : Math.log(x + Math.sqrt(x * x + 1))),
    'Inverse hyperbolic sine.',
  ),
  unary('acosh', 'Acosh', (x) => Math.log(x + Math.sqrt(x * x - 1)), 'Inverse hyperbolic cosine.'),
  unary('atanh', 'Atanh', (x) => 0.5 * (Math.log1p(x) - Math.log1p(-x)), 'Inverse hyperbolic tangent.'),
  unary('degrees', 'ToDegrees', (x) => x * (180 / Math.PI), 'Radians to degrees.'),
  unary('radians', 'ToRadians', (x) => x * (Math.PI / 180), 'Degrees to radians.'),
  logarithm('ln', 'Log', Math.log),
  logarithm('log10', 'Log10', Math.log10),
  logarithm('log2', 'Log2', (x) => Math.log(x) / Math.log(2)),
  logarithm('log1p', 'Log1p', Math.log1p, -1),
  scalar('math', 'log(base[, expr])', 'Logarithm to a base; natural with one argument.', {
    cls: 'Logarithm',
    types: [DOUBLE, DOUBLE],
    returns: DOUBLE,
    nullability: 'always',
    run: ([a, b]) => {
      if (b === undefined) return (a as number) <= 0 ? null : Math.log(a as number);
      return (a as number) <= 0 || (b as number) <= 0 ? null : Math.log(b as number) / Math.log(a as number);
    },
  }),
  scalar('math', 'power(base, exponent)', 'Power.', {
    cls: 'Pow',
    aliases: ['pow'],
    types: [DOUBLE, DOUBLE],
    returns: DOUBLE,
    run: ([a, b]) => pow(a as number, b as number),
  }),
  scalar('math', 'atan2(y, x)', 'Angle of a point.', {
    cls: 'Atan2',
    types: [DOUBLE, DOUBLE],
    returns: DOUBLE,
    run: ([a, b]) => Math.atan2((a as number) + 0, (b as number) + 0),
  }),
  scalar('math', 'hypot(x, y)', 'Length of the hypotenuse.', {
    cls: 'Hypot',
    types: [DOUBLE, DOUBLE],
    returns: DOUBLE,
    run: ([a, b]) => Math.hypot(a as number, b as number),
  }),
  scalar('math', 'e()', "Euler's number.", {
    cls: 'EulerNumber',
    returns: DOUBLE,
    nullability: 'never',
    run: () => Math.E,
  }),
  scalar('math', 'pi()', 'Pi.', { cls: 'Pi', returns: DOUBLE, nullability: 'never', run: () => Math.PI }),
  scalar('math', 'factorial(expr)', 'Factorial of 0 to 20, else null.', {
    cls: 'Factorial',
    types: [INT],
    returns: LONG,
    nullability: 'always',
    run: ([n]) => ((n as number) < 0 || (n as number) > 20 ? null : factorial(n as number)),
  }),
  scalar('math', 'bin(expr)', 'Binary digits of a bigint.', {
    cls: 'Bin',
    types: [LONG],
    returns: STRING,
    run: ([n]) => BigInt.asUintN(64, n as bigint).toString(2),
  }),
  scalar('math', 'hex(expr)', 'Hexadecimal digits.', {
    cls: 'Hex',
    types: [{ anyOf: [LONG, BINARY, STRING] }],
    returns: STRING,
    run: ([v]) => hex(v as Value),
  }),
  scalar('math', 'unhex(expr)', 'Bytes of hexadecimal digits; null if malformed.', {
    cls: 'Unhex',
    types: [STRING],
    returns: BINARY,
    nullability: 'always',
    run: ([v]) => unhexText(v as string),
  }),
  scalar('math', 'conv(num, fromBase, toBase)', 'Number text in another base.', {
    cls: 'Conv',
    types: [STRING, INT, INT],
    returns: STRING,
    nullability: 'always',
    run: ([v, f, t], c) => convertBase(v as string, f as number, t as number, c.mode === 'ANSI'),
  }),
  scalar('math', 'width_bucket(value, min, max, buckets)', 'Bucket of an equi-width histogram.', {
    cls: 'WidthBucket',
    returns: LONG,
    nullability: 'always',
    types: [
      { anyOf: [DOUBLE, YEAR_MONTH_INTERVAL, DAY_TIME_INTERVAL] },
      { anyOf: [DOUBLE, YEAR_MONTH_INTERVAL, DAY_TIME_INTERVAL] },
      { anyOf: [DOUBLE, YEAR_MONTH_INTERVAL, DAY_TIME_INTERVAL] },
      LONG,
    ],
    run: ([v, lo, hi, n]) => widthBucket(micros(v), micros(lo), micros(hi), n as bigint),
  }),
];

/** StrictMath.exp(1) of Java is 2.7182818284590455 (fdlibm rounds the last bit up); V8 gives the neighbour. */
function javaExp(x: number): number {
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the neighbour of Math.E is meant
  return x === 1 ? 2.7182818284590455 : Math.exp(x);
}
