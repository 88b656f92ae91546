import { CalendarInterval, type DayTimeIntervalType, type YearMonthIntervalType } from '../../types/index.js';
import { trimAll } from './parse-text.js';

const MONTH_UNITS: Readonly<Record<string, number>> = { year: 12, years: 12, month: 1, months: 1 };
const DAY_UNITS: Readonly<Record<string, number>> = { week: 7, weeks: 7, day: 1, days: 1 };
const MICRO_UNITS: Readonly<Record<string, bigint>> = {
  hour: 3_600_000_000n,
  hours: 3_600_000_000n,
  minute: 60_000_000n,
  minutes: 60_000_000n,
  second: 1_000_000n,
  seconds: 1_000_000n,
  millisecond: 1000n,
  milliseconds: 1000n,
  microsecond: 1n,
  microseconds: 1n,
};
const LONG_MAX = 9_223_372_036_854_775_807n;
const fitsInt = (n: number): boolean => n >= -2_147_483_648 && n <= 2_147_483_647;
const fitsLong = (n: bigint): boolean => n <= LONG_MAX && n >= -LONG_MAX - 1n;

/** `[interval] 1 day -2 hours 3.5 seconds`; undefined if malformed. Spark: `IntervalUtils.stringToInterval`. */
export function parseCalendarInterval(text: string): CalendarInterval | undefined {
  let rest = trimAll(text).toLowerCase();
  if (rest.startsWith('interval')) {
    if (!/^interval\s/.test(rest)) return undefined;
    rest = rest.slice(8).trim();
  }
  if (rest === '') return undefined;
  let months = 0;
  let days = 0;
  let micros = 0n;
  const item = /\s*([+-]?)\s*(\d+)?(?:\.(\d*))?\s+([a-z]+)(?=\s|$)/y;
  while (item.lastIndex < rest.length) {
    const match = item.exec(rest);
    if (!match) return undefined;
    const negative = match[1] === '-';
    const fraction = match[3];
    const unit = match[4] as string;
    if (match[2] === undefined && fraction === undefined) return undefined;
    const whole = BigInt(match[2] ?? '0');
    if (fraction !== undefined && unit !== 'second' && unit !== 'seconds') return undefined;
    if (fraction !== undefined && fraction.length > 9) return undefined;
    const amount = negative ? -Number(whole) : Number(whole);
    if (unit in MONTH_UNITS) months += amount * (MONTH_UNITS[unit] as number);
    else if (unit in DAY_UNITS) days += amount * (DAY_UNITS[unit] as number);
    else if (unit in MICRO_UNITS) {
      let part = whole * (MICRO_UNITS[unit] as bigint);
      if (fraction) part += BigInt(fraction.slice(0, 6).padEnd(6, '0'));
      micros += negative ? -part : part;
    } else return undefined;
    if (!fitsInt(months) || !fitsInt(days) || !fitsLong(micros)) return undefined;
  }
  return new CalendarInterval(months, days, micros);
}

/** `1-2`, `-1-2`, `INTERVAL '1-2' YEAR TO MONTH`, or one number for a single unit; undefined if malformed. */
export function parseYearMonthInterval(text: string, type: YearMonthIntervalType): number | undefined {
  const body = unwrap(text, /year|month/);
  if (!body) return undefined;
  let months: number;
  if (type.startField === type.endField) {
    const match = /^([+-]?)(\d{1,10})$/.exec(body.text);
    if (!match) return undefined;
    months = Number(match[2]) * (type.startField === 0 ? 12 : 1) * (match[1] === '-' ? -1 : 1);
  } else {
    const match = /^([+-]?)(\d{1,9})-(\d{1,2})$/.exec(body.text);
    if (!match || Number(match[3]) > 11) return undefined;
    months = (Number(match[2]) * 12 + Number(match[3])) * (match[1] === '-' ? -1 : 1);
  }
  if (body.negative) months = -months;
  return fitsInt(months) ? months : undefined;
}

const DT_MICROS = [86_400_000_000n, 3_600_000_000n, 60_000_000n, 1_000_000n] as const;
const DT_LIMITS = [106_751_991n, 23n, 59n, 59n] as const;

/** `1 02:03:04.5` and its parts, with or without `INTERVAL '…' DAY TO SECOND` around; undefined if malformed. */
export function parseDayTimeInterval(text: string, type: DayTimeIntervalType): bigint | undefined {
  const body = unwrap(text, /day|hour|minute|second/);
  if (!body) return undefined;
  const source = ['(\\d+)', '(\\d{1,4})', '(\\d{1,4})', '(\\d{1,10})(?:\\.(\\d{0,9}))?'];
  let pattern = '^([+-]?)';
  for (let f = type.startField; f <= type.endField; f++) {
    pattern += (f === type.startField ? '' : f === 1 ? '[ ]+' : ':') + (source[f] as string);
  }
  const match = new RegExp(`${pattern}$`).exec(body.text);
  if (!match) return undefined;
  let micros = 0n;
  for (let f = type.startField; f <= type.endField; f++) {
    const amount = BigInt(match[f - type.startField + 2] as string);
    if (f > type.startField && amount > (DT_LIMITS[f] as bigint)) return undefined;
    micros += amount * (DT_MICROS[f] as bigint);
    const fraction = f === 3 ? match[f - type.startField + 3] : undefined;
    if (fraction) micros += BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  }
  if ((match[1] === '-') !== body.negative) micros = -micros;
  return fitsLong(micros) ? micros : undefined;
}

function unwrap(text: string, unit: RegExp): { readonly text: string; readonly negative: boolean } | undefined {
  const trimmed = trimAll(text);
  const match = /^interval\s+([+-]?)\s*'([^']*)'\s*([a-z]+)(?:\s+to\s+([a-z]+))?$/i.exec(trimmed);
  if (!match) return { text: trimmed, negative: false };
  if (!unit.test((match[3] as string).toLowerCase())) return undefined;
  return { text: (match[2] as string).trim(), negative: match[1] === '-' };
}
