import { runtimeError } from '../errors/index.js';
import { CalendarInterval, type DataType, type Decimal, formatDouble, type Value } from '../types/index.js';
import { divideHalfUp, pow10 } from './decimal.js';
import { arithmeticOverflow, javaError } from './errors.js';
import type { EvalMode } from './function.js';

/** Quotient of two integers rounded half away from zero; `divisor` is not zero. */
export function divideInterval(value: bigint, divisor: bigint): bigint {
  return divisor < 0n ? divideHalfUp(-value, -divisor) : divideHalfUp(value, divisor);
}

const arithmetic = (message: string): Error => javaError('java.lang.ArithmeticException', message);
const isDouble = (t: DataType): boolean => t.kind === 'double' || t.kind === 'float';

/** A double as a whole number, halves away from zero. Guava: `DoubleMath.roundToInt`, `roundToLong`. */
function roundDouble(n: number, bits: 32 | 64): bigint {
  if (!Number.isFinite(n)) throw arithmetic('input is infinite or NaN');
  const rounded = BigInt(Math.abs(n) < 2 ** 52 ? Math.sign(n) * Math.floor(Math.abs(n) + 0.5) : n);
  if (BigInt.asIntN(bits, rounded) === rounded) return rounded;
  throw arithmetic(`rounded value is out of range for input ${formatDouble(n)} and rounding mode HALF_UP`);
}
function held(n: bigint, bits: 32 | 64, message: string): bigint {
  if (BigInt.asIntN(bits, n) === n) return n;
  throw arithmetic(message);
}

/** An amount of months or microseconds times a number. Spark: `MultiplyYMInterval`, `MultiplyDTInterval`.
 * @throws java.lang.ArithmeticException */
export function multiplyAnsiInterval(amount: bigint, factor: Value, type: DataType, bits: 32 | 64): bigint {
  if (isDouble(type)) return roundDouble(Number(amount) * (factor as number), bits);
  if (type.kind === 'decimal') {
    const d = factor as Decimal;
    return held(divideHalfUp(amount * d.unscaled, pow10(d.scale)), bits, 'Overflow');
  }
  return held(amount * BigInt(factor as number | bigint), bits, bits === 64 ? 'long overflow' : 'integer overflow');
}

/** An amount of months or microseconds divided by a number.
 * @throws INTERVAL_DIVIDED_BY_ZERO, INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION, java.lang.ArithmeticException */
export function divideAnsiInterval(amount: bigint, divisor: Value, type: DataType, bits: 32 | 64): bigint {
  if (isDouble(type)) {
    if (divisor === 0) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
    return roundDouble(Number(amount) / (divisor as number), bits);
  }
  if (type.kind === 'decimal') {
    const d = divisor as Decimal;
    if (d.unscaled === 0n) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
    return held(divideInterval(amount * pow10(d.scale), d.unscaled), bits, 'Overflow');
  }
  const d = BigInt(divisor as number | bigint);
  if (d === 0n) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
  const quotient = divideInterval(amount, d);
  if (BigInt.asIntN(bits, quotient) === quotient) return quotient;
  throw runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: '`try_divide`' });
}

/** A calendar interval times a number; fractions of months are dropped, fractions of days become microseconds. Null outside
 * ANSI mode where it is too large. Spark: `IntervalUtils.multiply`, `multiplyExact`. @throws ARITHMETIC_OVERFLOW */
export function scaleCalendarInterval(i: CalendarInterval, factor: number, mode: EvalMode): CalendarInterval | null {
  return fromDoubles(i.months * factor, i.days * factor, Number(i.micros) * factor, mode);
}
/** Spark: `IntervalUtils.divide`, `divideExact`. @throws INTERVAL_DIVIDED_BY_ZERO, ARITHMETIC_OVERFLOW */
export function divideCalendarInterval(i: CalendarInterval, divisor: number, mode: EvalMode): CalendarInterval | null {
  if (divisor === 0) {
    if (mode !== 'ANSI') return null;
    throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
  }
  return fromDoubles(i.months / divisor, i.days / divisor, Number(i.micros) / divisor, mode);
}

const INT_MAX = 2_147_483_647;
const LONG_MAX = 9_223_372_036_854_775_807n;
function fromDoubles(months: number, days: number, micros: number, mode: EvalMode): CalendarInterval | null {
  const wholeMonths = Math.trunc(months);
  const wholeDays = Math.trunc(days);
  const tooLarge = (n: number): boolean => n > INT_MAX || n < -INT_MAX - 1 || Number.isNaN(n);
  if (tooLarge(wholeMonths) || tooLarge(wholeDays)) {
    if (mode !== 'ANSI') return null;
    throw arithmeticOverflow('integer overflow');
  }
  const rest = micros + 86_400_000_000 * (days - wholeDays);
  return new CalendarInterval(wholeMonths + 0, wholeDays + 0, javaRound(rest));
}

/** Java: `Math.round(double)`: halves up, held within 64 bits. */
function javaRound(n: number): bigint {
  if (Number.isNaN(n)) return 0n;
  if (n >= 2 ** 63) return LONG_MAX;
  if (n < -(2 ** 63)) return -LONG_MAX - 1n;
  return BigInt(Math.abs(n) < 2 ** 52 ? Math.floor(n + 0.5) : n);
}
