import { CalendarInterval, type DayTimeIntervalType, type YearMonthIntervalType } from '../../types/index.js';
import { trimAll } from './parse-text.js';

const MONTH_UNITS: Readonly<Record<string, number>> = { year: 12, month: 1 };
const DAY_UNITS: Readonly<Record<string, number>> = { week: 7, day: 1 };
const MICRO_UNITS: Readonly<Record<string, bigint>> = {
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
  millisecond: 1000n,
  microsecond: 1n,
};
const LONG_MAX = 9_223_372_036_854_775_807n;
const fitsInt = (n: number): boolean => n >= -2_147_483_648 && n <= 2_147_483_647;
const fitsLong = (n: bigint): boolean => n <= LONG_MAX && n >= -LONG_MAX - 1n;

/** Why a text is no interval: the condition behind `INVALID_INTERVAL_FORMAT.` and its parameters but `input`. */
export interface IntervalFailure {
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `[interval] 1 day -2 hours 3.5 seconds`; undefined if malformed. Spark: `IntervalUtils.safeStringToInterval`. */
export function parseCalendarInterval(text: string): CalendarInterval | undefined {
  const result = readCalendarInterval(text);
  return result instanceof CalendarInterval ? result : undefined;
}

const ITEM = /(\s*)(?:([+-])(\s*))?/y;
const isSpace = (c: string | undefined): boolean => c !== undefined && /\s/.test(c);

/** The interval that a text spells, or where it stops being one. Spark: `IntervalUtils.stringToInterval`. */
export function readCalendarInterval(text: string): CalendarInterval | IntervalFailure {
  const s = trimAll(text).toLowerCase();
  if (s === '') return { condition: 'INPUT_IS_EMPTY', parameters: {} };
  let months = 0n;
  let days = 0n;
  let micros = 0n;
  let i = 0;
  const wordAt = (at: number): string => {
    const words = s.split(/\s+/);
    return words[words.length - s.slice(at).split(/\s+/).length] ?? '';
  };
  const fail = (condition: string, key?: string): IntervalFailure => ({
    condition,
    parameters: key === undefined ? {} : { [key]: wordAt(i) },
  });
  if (s.startsWith('interval')) {
    if (s.length === 8) return { condition: 'INPUT_IS_EMPTY', parameters: {} };
    if (!isSpace(s[8])) return fail('INVALID_PREFIX', 'prefix');
    i = 9;
  }
  for (;;) {
    ITEM.lastIndex = i;
    const lead = ITEM.exec(s) as RegExpExecArray;
    const negative = lead[2] === '-';
    if (i + (lead[1] as string).length >= s.length) return finish(months, days, micros);
    i = ITEM.lastIndex;
    if (i >= s.length) return fail('MISSING_NUMBER', 'word');
    const first = s[i] as string;
    if (!/[0-9]/.test(first) && !(first === '.' && lead[2] === undefined))
      return fail(
        lead[2] === undefined ? 'UNRECOGNIZED_NUMBER' : 'INVALID_VALUE',
        lead[2] === undefined ? 'number' : 'value',
      );
    const number = readNumber(s, i);
    if ('condition' in number) {
      i = number.at;
      return number.key === undefined ? fail(number.condition) : fail(number.condition, number.key);
    }
    i = number.end;
    if (i >= s.length) return fail('MISSING_UNIT', 'word');
    while (isSpace(s[i])) i++;
    const { fraction } = number;
    if (s[i] !== 's' && fraction !== undefined) return fail('INVALID_FRACTION', 'unit');
    const amount = negative ? -number.whole : number.whole;
    const unit = UNITS.find((u) => s.startsWith(u, i));
    if (unit === undefined) return fail('INVALID_UNIT', 'unit');
    if (unit in MONTH_UNITS) months += amount * BigInt(MONTH_UNITS[unit] as number);
    else if (unit in DAY_UNITS) days += amount * BigInt(DAY_UNITS[unit] as number);
    else {
      micros += amount * (MICRO_UNITS[unit] as bigint);
      if (fraction !== undefined) micros += negative ? -fraction : fraction;
    }
    if (!fitsInt(Number(months)) || !fitsInt(Number(days)) || !fitsLong(micros)) return fail('ARITHMETIC_EXCEPTION');
    i += unit.length;
    if (s[i] === 's') i++;
    if (i < s.length && !isSpace(s[i])) return fail('INVALID_UNIT', 'unit');
  }
}

const UNITS = ['year', 'week', 'day', 'hour', 'second', 'month', 'minute', 'millisecond', 'microsecond'] as const;

function finish(months: bigint, days: bigint, micros: bigint): CalendarInterval {
  return new CalendarInterval(Number(months), Number(days), micros);
}

/** Digits with an optional fraction of up to nine digits, in microseconds, and a blank behind. */
function readNumber(
  s: string,
  from: number,
):
  | { readonly whole: bigint; readonly fraction: bigint | undefined; readonly end: number }
  | { readonly condition: string; readonly key?: string; readonly at: number } {
  let i = from;
  while (/[0-9]/.test(s[i] ?? '')) i++;
  const whole = BigInt(s.slice(from, i) || '0');
  if (whole > LONG_MAX) return { condition: 'ARITHMETIC_EXCEPTION', at: i };
  let fraction: bigint | undefined;
  if (s[i] === '.') {
    const start = ++i;
    while (/[0-9]/.test(s[i] ?? '') && i - start < 9) i++;
    if (/[0-9]/.test(s[i] ?? '')) return { condition: 'INVALID_PRECISION', key: 'value', at: i };
    if (i === start && start - 1 === from && i < s.length) return { condition: 'INVALID_VALUE', key: 'value', at: i };
    fraction = BigInt(s.slice(start, i).slice(0, 6).padEnd(6, '0'));
  }
  if (i < s.length && !isSpace(s[i])) return { condition: 'INVALID_VALUE', key: 'value', at: i };
  return { whole, fraction, end: i };
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
