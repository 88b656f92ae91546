import { runtimeError, SparkError } from '../../errors/index.js';
import {
  addMonthsToDays,
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  isoDayOfWeek,
  MICROS_PER_DAY,
  splitMicros,
  toInstantMicros,
  toLocalMicros,
  type Zone,
} from '../../types/index.js';
import { javaError } from '../errors.js';

/** Truncation units in Spark's spelling, upper-cased; undefined for an unknown text. */
export type TruncUnit =
  | 'YEAR'
  | 'QUARTER'
  | 'MONTH'
  | 'WEEK'
  | 'DAY'
  | 'HOUR'
  | 'MINUTE'
  | 'SECOND'
  | 'MILLISECOND'
  | 'MICROSECOND';

const UNIT_NAMES: Readonly<Record<string, TruncUnit>> = {
  YEAR: 'YEAR',
  YYYY: 'YEAR',
  YY: 'YEAR',
  QUARTER: 'QUARTER',
  MON: 'MONTH',
  MONTH: 'MONTH',
  MM: 'MONTH',
  WEEK: 'WEEK',
  DAY: 'DAY',
  DD: 'DAY',
  HOUR: 'HOUR',
  MINUTE: 'MINUTE',
  SECOND: 'SECOND',
  MILLISECOND: 'MILLISECOND',
  MICROSECOND: 'MICROSECOND',
};
export function truncUnit(text: string): TruncUnit | undefined {
  const key = text.toUpperCase();
  return Object.hasOwn(UNIT_NAMES, key) ? UNIT_NAMES[key] : undefined;
}

/** First day of the unit a date lies in; weeks begin on Monday. Units below a week leave the date. */
export function truncDays(days: number, unit: TruncUnit): number {
  const { year, month } = civilFromDays(days);
  switch (unit) {
    case 'YEAR':
      return daysFromCivil(year, 1, 1);
    case 'QUARTER':
      return daysFromCivil(year, month - ((month - 1) % 3), 1);
    case 'MONTH':
      return daysFromCivil(year, month, 1);
    case 'WEEK':
      return days - isoDayOfWeek(days) + 1;
    default:
      return days;
  }
}

const UNIT_MICROS: Readonly<Partial<Record<TruncUnit, bigint>>> = {
  HOUR: 3_600_000_000n,
  MINUTE: 60_000_000n,
  SECOND: 1_000_000n,
  MILLISECOND: 1000n,
  MICROSECOND: 1n,
};

/** An instant cut down to a unit of local time. Spark: `DateTimeUtils.truncTimestamp`. */
export function truncMicros(micros: bigint, unit: TruncUnit, zone: Zone): bigint {
  const small = UNIT_MICROS[unit];
  const local = toLocalMicros(micros, zone);
  if (small !== undefined) {
    const rest = ((local % small) + small) % small;
    if (unit === 'MICROSECOND' || unit === 'MILLISECOND' || unit === 'SECOND') return micros - rest;
    // Hours and minutes are cut in local time and moved back by the offset of the instant itself.
    return micros - rest;
  }
  const { days } = splitMicros(local);
  return toInstantMicros(BigInt(truncDays(days, unit)) * MICROS_PER_DAY, zone);
}

/** Adds months in local time. */
export function addMonthsToMicros(micros: bigint, months: number, zone: Zone): bigint {
  const { days, ofDay } = splitMicros(toLocalMicros(micros, zone));
  return checked(toInstantMicros(BigInt(addMonthsToDays(days, months)) * MICROS_PER_DAY + ofDay, zone));
}

/** Adds months and days in local time, then microseconds to the instant. Spark: `DateTimeUtils.timestampAddInterval`. */
export function addInterval(micros: bigint, months: number, days: number, extra: bigint, zone: Zone): bigint {
  let result = micros;
  if (months !== 0 || days !== 0) {
    const local = splitMicros(toLocalMicros(micros, zone));
    const moved = addMonthsToDays(local.days, months) + days;
    result = toInstantMicros(BigInt(moved) * MICROS_PER_DAY + local.ofDay, zone);
  }
  return checked(result + extra);
}

/** Adds a day-time interval: whole days in local time, the rest to the instant. Spark: `timestampAddDayTime`. */
export function addDayTime(micros: bigint, interval: bigint, zone: Zone): bigint {
  const days = interval / MICROS_PER_DAY;
  return addInterval(micros, 0, Number(days), interval % MICROS_PER_DAY, zone);
}

/** @throws java.lang.ArithmeticException where 64 bits do not hold it */
function checked(micros: bigint): bigint {
  if (BigInt.asIntN(64, micros) === micros) return micros;
  throw javaError('java.lang.ArithmeticException', 'long overflow');
}

/** Months between two instants, in 31sts of a month; whole if both are the same day or both last days of a month.
 * Spark: `DateTimeUtils.monthsBetween`. */
export function monthsBetween(a: bigint, b: bigint, roundOff: boolean, zone: Zone): number {
  const x = splitMicros(toLocalMicros(a, zone));
  const y = splitMicros(toLocalMicros(b, zone));
  const p = civilFromDays(x.days);
  const q = civilFromDays(y.days);
  const months = p.year * 12 + p.month - (q.year * 12 + q.month);
  const lastP = daysInMonth(p.year, p.month) - p.day;
  const lastQ = daysInMonth(q.year, q.month) - q.day;
  if (p.day === q.day || (lastP === 0 && lastQ === 0)) return months;
  const seconds = Number((x.ofDay - y.ofDay) / 1_000_000n) + (p.day - q.day) * 86_400;
  const diff = months + seconds / (31 * 86_400);
  return roundOff ? roundTo8(diff) : diff;
}
/** Java: `Math.round(x * 1e8) / 1e8`, halves up. */
function roundTo8(x: number): number {
  return Math.floor(x * 1e8 + 0.5) / 1e8;
}

const DAY_NAMES: Readonly<Record<string, number>> = {
  SU: 7,
  SUN: 7,
  SUNDAY: 7,
  MO: 1,
  MON: 1,
  MONDAY: 1,
  TU: 2,
  TUE: 2,
  TUESDAY: 2,
  WE: 3,
  WED: 3,
  WEDNESDAY: 3,
  TH: 4,
  THU: 4,
  THURSDAY: 4,
  FR: 5,
  FRI: 5,
  FRIDAY: 5,
  SA: 6,
  SAT: 6,
  SATURDAY: 6,
};
/** First date later than `days` on a weekday; undefined for an unknown weekday. */
export function nextDay(days: number, name: string): number | undefined {
  const key = name.trim().toUpperCase();
  if (!Object.hasOwn(DAY_NAMES, key)) return undefined;
  const wanted = DAY_NAMES[key] as number;
  return days + ((((wanted - isoDayOfWeek(days) - 1) % 7) + 7) % 7) + 1;
}

export function lastDay(days: number): number {
  const { year, month } = civilFromDays(days);
  return daysFromCivil(year, month, daysInMonth(year, month));
}

/** Units of timestampadd and timestampdiff. */
export const DIFF_UNITS: Readonly<Record<string, { readonly months?: number; readonly micros?: bigint }>> = {
  MICROSECOND: { micros: 1n },
  MILLISECOND: { micros: 1000n },
  SECOND: { micros: 1_000_000n },
  MINUTE: { micros: 60_000_000n },
  HOUR: { micros: 3_600_000_000n },
  DAY: { micros: MICROS_PER_DAY },
  DAYOFYEAR: { micros: MICROS_PER_DAY },
  WEEK: { micros: 7n * MICROS_PER_DAY },
  MONTH: { months: 1 },
  QUARTER: { months: 3 },
  YEAR: { months: 12 },
};

/** Whole units between two instants, in local time. Spark: `DateTimeUtils.timestampDiff`. */
export function timestampDiff(unit: string, start: bigint, end: bigint, zone: Zone): bigint {
  const def = unitOf(unit, 'timestampdiff');
  const a = toLocalMicros(start, zone);
  const b = toLocalMicros(end, zone);
  if (def.micros !== undefined) return (b - a) / def.micros;
  const x = splitMicros(a);
  const y = splitMicros(b);
  const p = civilFromDays(x.days);
  const q = civilFromDays(y.days);
  let months = q.year * 12 + q.month - (p.year * 12 + p.month);
  const order = Math.sign(q.day - p.day) || (y.ofDay < x.ofDay ? -1 : y.ofDay > x.ofDay ? 1 : 0);
  if (months > 0 && order < 0) months--;
  else if (months < 0 && order > 0) months++;
  return BigInt(Math.trunc(months / (def.months as number)));
}

/** Adds a number of units to an instant; undefined on overflow. Spark: `DateTimeUtils.timestampAdd`. */
export function timestampAdd(unit: string, amount: bigint, micros: bigint, zone: Zone): bigint | undefined {
  const def = unitOf(unit, 'timestampadd');
  const step = def.micros ?? BigInt(def.months as number) * MICROS_PER_DAY;
  const span = step * amount;
  if (BigInt.asIntN(64, span) !== span) return undefined;
  try {
    if (def.months !== undefined) return addMonthsToMicros(micros, Number(amount) * def.months, zone);
    if (step >= MICROS_PER_DAY) return addInterval(micros, 0, Number(span / MICROS_PER_DAY), 0n, zone);
    return checked(micros + span);
  } catch (error) {
    if (error instanceof SparkError) return undefined;
    throw error;
  }
}
function unitOf(unit: string, functionName: string): { readonly months?: number; readonly micros?: bigint } {
  const def = DIFF_UNITS[unit.toUpperCase()];
  if (!def) {
    throw runtimeError('INVALID_PARAMETER_VALUE.DATETIME_UNIT', {
      functionName: `\`${functionName}\``,
      parameter: '`unit`',
      invalidValue: `'${unit}'`,
    });
  }
  return def;
}
