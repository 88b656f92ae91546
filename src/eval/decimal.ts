import { Decimal, DecimalType, formatDouble } from '../types/index.js';
import { decimalOutOfRange } from './errors.js';
import type { EvalMode } from './function.js';

const POWERS: bigint[] = [1n];
/** 10^n, from a table. */
export function pow10(n: number): bigint {
  for (let i = POWERS.length; i <= n; i++) POWERS.push((POWERS[i - 1] as bigint) * 10n);
  return POWERS[n] as bigint;
}

/** Quotient rounded half away from zero. `divisor` must be positive. */
export function divideHalfUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  if (twice < divisor) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

/** The unscaled value at another scale, rounded HALF_UP. */
export function rescaleUnscaled(unscaled: bigint, from: number, to: number): bigint {
  if (to === from) return unscaled;
  return to > from ? unscaled * pow10(to - from) : divideHalfUp(unscaled, pow10(from - to));
}

export function rescale(value: Decimal, scale: number): Decimal {
  return scale === value.scale ? value : new Decimal(rescaleUnscaled(value.unscaled, value.scale, scale), scale);
}

/** Whether an unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const limit = pow10(precision);
  return unscaled < limit && unscaled > -limit;
}

/** The value at the type's scale, HALF_UP; out of range gives null, in ANSI mode an error.
 * @throws NUMERIC_VALUE_OUT_OF_RANGE. Spark: `Decimal.toPrecision`, `CheckOverflow` */
export function toPrecision(value: Decimal, type: DecimalType, mode: EvalMode): Decimal | null {
  const unscaled = rescaleUnscaled(value.unscaled, value.scale, type.scale);
  if (!fitsPrecision(unscaled, type.precision)) {
    if (mode === 'ANSI') throw decimalOutOfRange(value, type);
    return null;
  }
  return value.scale === type.scale ? value : new Decimal(unscaled, type.scale);
}

export function addDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return new Decimal(a.unscaled + b.unscaled, a.scale);
  const scale = Math.max(a.scale, b.scale);
  return new Decimal(rescaleUnscaled(a.unscaled, a.scale, scale) + rescaleUnscaled(b.unscaled, b.scale, scale), scale);
}
export function negateDecimal(a: Decimal): Decimal {
  return new Decimal(-a.unscaled, a.scale);
}
/** Product, rounded HALF_UP to the 39 digits that Spark multiplies with. */
export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  const unscaled = a.unscaled * b.unscaled;
  const scale = a.scale + b.scale;
  if (fitsPrecision(unscaled, DecimalType.MAX_PRECISION + 1)) return new Decimal(unscaled, scale);
  const drop = digitCount(unscaled) - (DecimalType.MAX_PRECISION + 1);
  const rounded = divideHalfUp(unscaled, pow10(drop));
  return drop <= scale ? new Decimal(rounded, scale - drop) : new Decimal(rounded * pow10(drop - scale), 0);
}
/** Quotient with 39 fractional digits HALF_UP, the precision Spark divides with; `b` must not be zero. */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = DecimalType.MAX_SCALE + 1;
  const shift = scale - a.scale + b.scale;
  const top = shift >= 0 ? a.unscaled * pow10(shift) : divideHalfUp(a.unscaled, pow10(-shift));
  const negative = b.unscaled < 0n;
  return new Decimal(divideHalfUp(negative ? -top : top, negative ? -b.unscaled : b.unscaled), scale);
}
/** Quotient truncated toward zero. */
export function integralQuotient(a: Decimal, b: Decimal): bigint {
  const scale = Math.max(a.scale, b.scale);
  return rescaleUnscaled(a.unscaled, a.scale, scale) / rescaleUnscaled(b.unscaled, b.scale, scale);
}
/** Remainder with the sign of `a`. */
export function remainderDecimal(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return new Decimal(rescaleUnscaled(a.unscaled, a.scale, scale) % rescaleUnscaled(b.unscaled, b.scale, scale), scale);
}

export function compareDecimal(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const x = rescaleUnscaled(a.unscaled, a.scale, scale);
  const y = rescaleUnscaled(b.unscaled, b.scale, scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Truncated toward zero. */
export function truncateDecimal(a: Decimal): bigint {
  return a.scale === 0 ? a.unscaled : a.unscaled / pow10(a.scale);
}

/** An exact decimal from decimal or scientific notation; undefined if the text is none. Java: `new BigDecimal(String)`.
 * A negative scale (from `1e3`) is written out. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/.exec(text);
  if (!match) return undefined;
  const whole = match[2] ?? '';
  const fraction = match[3] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const exponent = Number(match[4] ?? 0);
  if (Math.abs(exponent) > 10_000) return exponent < 0 ? new Decimal(0n, 0) : undefined;
  let unscaled = BigInt(whole + fraction);
  if (match[1] === '-') unscaled = -unscaled;
  const scale = fraction.length - exponent;
  return scale >= 0 ? new Decimal(unscaled, scale) : new Decimal(unscaled * pow10(-scale), 0);
}

/** The decimal that a double's text denotes. Java: `BigDecimal.valueOf(double)`; NaN and infinities give undefined. */
export function decimalFromDouble(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(formatDouble(value)) : undefined;
}

/** Digits of an unscaled value, at least 1. */
export function digitCount(unscaled: bigint): number {
  return (unscaled < 0n ? -unscaled : unscaled).toString().length;
}
