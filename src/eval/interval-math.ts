import { runtimeError } from '../errors/index.js';
import { CalendarInterval, type Decimal, type Value } from '../types/index.js';
import { divideHalfUp, pow10 } from './decimal.js';
import { javaError } from './errors.js';

/** Quotient of two integers rounded half away from zero; `divisor` is not zero. */
export function divideInterval(value: bigint, divisor: bigint): bigint {
  return divisor < 0n ? divideHalfUp(-value, -divisor) : divideHalfUp(value, divisor);
}

function overflow(): Error {
  return runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {});
}
function fitBits(n: bigint, bits: 32 | 64, hint?: string): bigint {
  if (BigInt.asIntN(bits, n) === n) return n;
  throw hint === undefined
    ? overflow()
    : runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: `\`${hint}\`` });
}
/** A double rounded half up like Java's `DoubleMath.roundToLong(x, HALF_UP)`. */
function roundDouble(n: number): bigint {
  if (!Number.isFinite(n)) throw overflow();
  const r = Math.abs(n) < 2 ** 52 ? Math.sign(n) * Math.floor(Math.abs(n) + 0.5) : n;
  return BigInt(r);
}

/** An amount of months or microseconds times a number. Spark: `MultiplyYMInterval`, `MultiplyDTInterval`.
 * @throws java.lang.ArithmeticException */
export function multiplyAnsiInterval(amount: bigint, factor: Value, bits: 32 | 64): bigint {
  return fitExact(scaledAmount(amount, factor), bits);
}
function scaledAmount(amount: bigint, factor: Value): bigint {
  if (typeof factor === 'bigint') return amount * factor;
  if (typeof factor === 'number') {
    if (Number.isInteger(factor) && Math.abs(factor) < 2 ** 63) return amount * BigInt(factor);
    const product = Number(amount) * factor;
    if (!Number.isFinite(product) || Math.abs(product) > 2 ** 63) {
      throw javaError(
        'java.lang.ArithmeticException',
        Number.isFinite(product) ? 'not in range' : 'input is infinite or NaN',
      );
    }
    return roundDouble(product);
  }
  const d = factor as Decimal;
  return divideHalfUp(amount * d.unscaled, pow10(d.scale));
}
function fitExact(n: bigint, bits: 32 | 64): bigint {
  if (BigInt.asIntN(bits, n) === n) return n;
  throw javaError('java.lang.ArithmeticException', bits === 64 ? 'long overflow' : 'integer overflow');
}

/** An amount of months or microseconds divided by a number. @throws INTERVAL_DIVIDED_BY_ZERO */
export function divideAnsiInterval(amount: bigint, divisor: Value, bits: 32 | 64): bigint {
  if (typeof divisor === 'bigint' || (typeof divisor === 'number' && Number.isInteger(divisor))) {
    const d = BigInt(divisor);
    if (d === 0n) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
    return fitBits(divideInterval(amount, d), bits, 'try_divide');
  }
  if (typeof divisor === 'number') return fitBits(roundDouble(Number(amount) / divisor), bits);
  const d = divisor as Decimal;
  if (d.unscaled === 0n) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
  return fitBits(divideInterval(amount * pow10(d.scale), d.unscaled), bits);
}

/** A calendar interval times a number; fractions of months are dropped, fractions of days become microseconds.
 * Spark: `IntervalUtils.multiply`, `fromDoubles`. */
export function scaleCalendarInterval(interval: CalendarInterval, factor: number): CalendarInterval {
  return fromDoubles(interval.months * factor, interval.days * factor, Number(interval.micros) * factor);
}
export function divideCalendarInterval(interval: CalendarInterval, divisor: number): CalendarInterval {
  if (divisor === 0) throw runtimeError('INTERVAL_DIVIDED_BY_ZERO', {});
  return fromDoubles(interval.months / divisor, interval.days / divisor, Number(interval.micros) / divisor);
}
function fromDoubles(months: number, days: number, micros: number): CalendarInterval {
  const wholeMonths = Math.trunc(months);
  const wholeDays = Math.trunc(days);
  if (Math.abs(wholeMonths) > 2_147_483_647 || Math.abs(wholeDays) > 2_147_483_647) throw overflow();
  const rest = micros + 86_400_000_000 * (days - wholeDays);
  return new CalendarInterval(wholeMonths + 0, wholeDays + 0, fitBits(roundDouble(rest), 64));
}
