import { analysisError, runtimeError } from '../../errors/index.js';
import {
  addMonthsToDays,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  type CalendarInterval,
  civilFromDays,
  DATE,
  DAY_TIME_INTERVAL,
  type DataType,
  DayTimeIntervalType,
  type Decimal as Dec,
  DecimalType,
  DOUBLE,
  daysInMonth,
  INT,
  CalendarInterval as Interval,
  LONG,
  SHORT,
  STRING,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  toInstantMicros,
  toLocalMicros,
  toSqlString,
  UTC_ZONE,
  type Value,
  YEAR_MONTH_INTERVAL,
  zoneOf,
} from '../../types/index.js';
import { acceptsType, castsTo, implicitCast, inputTypes, unexpectedInput } from '../coercion.js';
import {
  addDayTime,
  addInterval,
  addMonthsToMicros,
  lastDay,
  monthsBetween,
  nextDay,
  timestampAdd,
  timestampDiff,
  truncDays,
  truncMicros,
  truncUnit,
} from '../datetime/fields.js';
import { scalar } from '../define.js';
import { arithmeticOverflow, javaError } from '../errors.js';
import type { AnalysisContext, CallContext, Coercion, ScalarFunction } from '../function.js';
import {
  divideAnsiInterval,
  divideCalendarInterval,
  multiplyAnsiInterval,
  scaleCalendarInterval,
} from '../interval-math.js';
import { callZone } from './datetime-fields.js';

const day = (v: unknown): number => v as number;
const micros = (v: unknown): bigint => v as bigint;
const text = (v: unknown): string => v as string;
const first = (args: readonly DataType[]): DataType => args[0] as DataType;
const dayCount = { anyOf: [INT, SHORT, BYTE] } as const;
/** A date and a count of days; only strings are cast to a count. Spark: `DateAdd.inputTypes`. */
const dateAndDays: Coercion = (args, context) => {
  const [date, days] = args as [DataType, DataType];
  const start = implicitCast(date, DATE, context.mode);
  if (!start) return unexpectedInput(0, DATE, date);
  if (days.kind === 'string' && context.mode === 'LEGACY') return legacyDayCount(args, start, context);
  if (days.kind === 'string' || days.kind === 'null') return castsTo(args, [start, INT]);
  return acceptsType(dayCount, days) ? castsTo(args, [start, undefined]) : unexpectedInput(1, dayCount, days);
};

/** Outside ANSI mode only a constant text counts as days. Spark: `StringLiteralCoercion`. */
function legacyDayCount(args: readonly DataType[], start: DataType, context: AnalysisContext): ReturnType<Coercion> {
  const count = context.constants[1];
  if (typeof count !== 'string') return unexpectedInput(1, dayCount, args[1] as DataType);
  if (/^\s*[+-]?\d+\s*$/.test(count)) return castsTo(args, [start, INT]);
  throw analysisError('SECOND_FUNCTION_ARGUMENT_NOT_INTEGER', { functionName: context.functionName ?? 'date_add' });
}

/** @throws java.lang.ArithmeticException where 64 bits do not hold it */
function fitMicros(n: bigint): bigint {
  if (BigInt.asIntN(64, n) === n) return n;
  throw javaError('java.lang.ArithmeticException', 'long overflow');
}
function fitDays(days: number): number {
  if (days >= -2_147_483_648 && days <= 2_147_483_647) return days;
  throw arithmeticOverflow('integer overflow');
}
/** A date moved by a calendar interval; hours and less are refused, as a date has none. */
function addToDate(days: number, interval: CalendarInterval, c: CallContext): number {
  if (interval.micros !== 0n && c.mode === 'ANSI') {
    throw runtimeError('INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION', {});
  }
  const moved = addMonthsToDays(days, interval.months) + interval.days;
  return fitDays(moved + Number(interval.micros / 86_400_000_000n));
}

function truncDate(days: number, format: string): Value {
  const unit = truncUnit(format);
  return unit === 'YEAR' || unit === 'QUARTER' || unit === 'MONTH' || unit === 'WEEK' ? truncDays(days, unit) : null;
}

const diffType = new DayTimeIntervalType(0, 0);
const intervals = (months: number, days: number, us: bigint): CalendarInterval => {
  if (BigInt.asIntN(64, us) !== us || (months | 0) !== months || (days | 0) !== days) {
    throw runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {});
  }
  return new Interval(months, days, us);
};
/** Both sides as timestamps of one kind: dates take the other side's, unlike kinds both lose their zone. Texts are cast in
 * ANSI mode only. Spark: `DateTimeOperations`. */
const timestampsApart: Coercion = (args, context) => {
  const [a, b] = args as [DataType, DataType];
  const isTimestamp = (t: DataType): boolean => t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
  const side = (t: DataType, other: DataType): DataType | undefined => {
    if (isTimestamp(t)) return t;
    if (t.kind === 'null') return TIMESTAMP;
    const wanted = isTimestamp(other) ? other : TIMESTAMP;
    if (t.kind === 'string' && context.mode === 'LEGACY') return undefined;
    return implicitCast(t, wanted, context.mode);
  };
  const left = side(a, b);
  const right = side(b, a);
  if (!left) return unexpectedInput(0, 'anyTimestamp', a);
  if (!right) return unexpectedInput(1, 'anyTimestamp', b);
  if (a.kind === 'null' || b.kind === 'null') return castsTo(args, [left, right]);
  return castsTo(args, left.kind === right.kind ? [left, right] : [TIMESTAMP_NTZ, TIMESTAMP_NTZ]);
};

/** Months and days between two dates. Spark: `DateTimeUtils.subtractDates`, Java's `Period.between`. */
function datesApart(end: number, start: number): CalendarInterval {
  const p = civilFromDays(end);
  const q = civilFromDays(start);
  let months = p.year * 12 + p.month - (q.year * 12 + q.month);
  let days = p.day - q.day;
  if (months > 0 && days < 0) {
    months--;
    days = end - addMonthsToDays(start, months);
  } else if (months < 0 && days > 0) {
    months++;
    days -= daysInMonth(p.year, p.month);
  }
  return new Interval(months, days, 0n);
}

const SECOND_TYPE = new DecimalType(18, 6);
/** The interval of make_interval's parts, or what Java calls its overflow. */
function calendarOf([y, mo, w, d, h, mi, s]: readonly unknown[]): CalendarInterval | string {
  const months = orZero(y) * 12 + orZero(mo);
  const days = orZero(w) * 7 + orZero(d);
  const us = BigInt(orZero(h)) * 3_600_000_000n + BigInt(orZero(mi)) * 60_000_000n + secondsMicros(s);
  if ((months | 0) !== months || (days | 0) !== days) return 'integer overflow';
  return BigInt.asIntN(64, us) === us ? new Interval(months, days, us) : 'long overflow';
}
const secondsMicros = (v: unknown): bigint => (v === undefined ? 0n : (v as Dec).unscaled);
const orZero = (v: unknown): number => (v === undefined ? 0 : (v as number));

export const datetimeArithmeticFunctions: readonly ScalarFunction[] = [
  scalar('datetime', 'date_add(start, days)', 'Date some days later.', {
    cls: 'DateAdd',
    aliases: ['dateadd'],
    aliasShows: true,
    coerce: dateAndDays,
    returns: DATE,
    run: ([d, n]) => (day(d) + (n as number)) | 0,
  }),
  scalar('datetime', 'date_sub(start, days)', 'Date some days earlier.', {
    cls: 'DateSub',
    coerce: (args, c) => dateAndDays(args, { ...c, functionName: 'date_sub' }),
    returns: DATE,
    run: ([d, n]) => (day(d) - (n as number)) | 0,
  }),
  scalar('datetime', 'datediff(end, start)', 'Days between two dates.', {
    cls: 'DateDiff',
    aliases: ['date_diff'],
    aliasShows: true,
    types: [DATE, DATE],
    returns: INT,
    run: ([a, b]) => day(a) - day(b),
  }),
  scalar('datetime', 'add_months(start, months)', 'Date some months later.', {
    cls: 'AddMonths',
    types: [DATE, INT],
    returns: DATE,
    run: ([d, n]) => fitDays(addMonthsToDays(day(d), n as number)),
  }),
  scalar('datetime', 'months_between(timestamp1, timestamp2[, roundOff])', 'Months between two instants.', {
    cls: 'MonthsBetween',
    types: [TIMESTAMP, TIMESTAMP, BOOLEAN],
    returns: DOUBLE,
    run: ([a, b, r], c) => monthsBetween(micros(a), micros(b), r !== false, zoneOf(c.timeZone)),
  }),
  scalar('datetime', 'last_day(date)', 'Last day of the month.', {
    cls: 'LastDay',
    types: [DATE],
    returns: DATE,
    run: ([d]) => lastDay(day(d)),
  }),
  scalar('datetime', 'next_day(start, dayOfWeek)', 'First later date on a weekday.', {
    cls: 'NextDay',
    types: [DATE, STRING],
    returns: DATE,
    nullability: 'always',
    run: ([d, name], c) => {
      const next = nextDay(day(d), text(name));
      if (next !== undefined) return next;
      if (c.mode !== 'ANSI') return null;
      throw runtimeError('ILLEGAL_DAY_OF_WEEK', { string: text(name) });
    },
  }),
  scalar('datetime', 'trunc(date, fmt)', 'First day of the year, quarter, month or week.', {
    cls: 'TruncDate',
    types: [DATE, STRING],
    returns: DATE,
    nullability: 'always',
    run: ([d, f]) => truncDate(day(d), text(f)),
  }),
  scalar('datetime', 'date_trunc(fmt, ts)', 'Timestamp cut down to a unit.', {
    cls: 'TruncTimestamp',
    types: [STRING, TIMESTAMP],
    returns: TIMESTAMP,
    nullability: 'always',
    run: ([f, t], c) => {
      const unit = truncUnit(text(f));
      return unit === undefined ? null : truncMicros(micros(t), unit, zoneOf(c.timeZone));
    },
  }),
  scalar('datetime', 'timestampadd(unit, quantity, timestamp)', 'Timestamp moved by a number of units.', {
    cls: 'TimestampAdd',
    types: [STRING, LONG, 'anyTimestamp'],
    returns: (args) => args[2] as DataType,
    run: ([u, n, t], c) => {
      const amount = BigInt(n as number | bigint);
      const moved = timestampAdd(text(u), amount, micros(t), callZone(c, c.argTypes[2]));
      if (moved !== undefined) return moved;
      const from = `TIMESTAMP '${toSqlString(micros(t), TIMESTAMP, c.timeZone)}'`;
      throw runtimeError('DATETIME_OVERFLOW', { operation: `add ${amount}L ${text(u)} to ${from}` });
    },
  }),
  scalar('datetime', 'timestampdiff(unit, start, end)', 'Whole units between two timestamps.', {
    cls: 'TimestampDiff',
    types: [STRING, TIMESTAMP, TIMESTAMP],
    returns: LONG,
    run: ([u, a, b], c) => timestampDiff(text(u), micros(a), micros(b), zoneOf(c.timeZone)),
  }),
  scalar('datetime', 'from_utc_timestamp(timestamp, timezone)', 'UTC time shown in a zone.', {
    cls: 'FromUTCTimestamp',
    types: [TIMESTAMP, STRING],
    returns: TIMESTAMP,
    run: ([t, z]) => toLocalMicros(micros(t), zoneOf(text(z))),
  }),
  scalar('datetime', 'to_utc_timestamp(timestamp, timezone)', 'Time of a zone as UTC.', {
    cls: 'ToUTCTimestamp',
    types: [TIMESTAMP, STRING],
    returns: TIMESTAMP,
    run: ([t, z]) => toInstantMicros(micros(t), zoneOf(text(z))),
  }),
  scalar('datetime', 'convert_timezone(sourceTz, targetTz[, sourceTs])', 'Local time of one zone in another.', {
    cls: 'ConvertTimezone',
    coerce: (args, c) =>
      inputTypes(args.length === 2 ? [STRING, TIMESTAMP_NTZ] : [STRING, STRING, TIMESTAMP_NTZ])(args, c),
    returns: TIMESTAMP_NTZ,
    run: (args, c) => {
      const [source, target, ts] = args.length === 2 ? [c.timeZone, args[0], args[1]] : args;
      return toLocalMicros(toInstantMicros(micros(ts), zoneOf(text(source))), zoneOf(text(target)));
    },
  }),
  scalar('datetime', 'dateaddinterval(date, interval)', 'date + interval.', {
    cls: 'DateAddInterval',
    types: [DATE, CALENDAR_INTERVAL],
    returns: DATE,
    run: ([d, i], c) => addToDate(day(d), i as CalendarInterval, c),
  }),
  scalar('datetime', 'dateaddyminterval(date, interval)', 'date + year-month interval.', {
    cls: 'DateAddYMInterval',
    types: [DATE, YEAR_MONTH_INTERVAL],
    coerce: (args, c) => inputTypes([DATE])(args, c),
    returns: DATE,
    run: ([d, m]) => fitDays(addMonthsToDays(day(d), m as number)),
  }),
  scalar('datetime', 'timestampaddyminterval(timestamp, interval)', 'timestamp + year-month interval.', {
    cls: 'TimestampAddYMInterval',
    coerce: (args, c) => inputTypes(['anyTimestamp'])(args, c),
    returns: first,
    run: ([t, m], c) => addMonthsToMicros(micros(t), m as number, callZone(c)),
  }),
  scalar('datetime', 'timeadd(timestamp, interval)', 'timestamp + interval.', {
    cls: 'TimeAdd',
    coerce: (args, c) => inputTypes(['anyTimestamp'])(args, c),
    returns: first,
    run: ([t, i], c) => {
      if (typeof i === 'bigint') return addDayTime(micros(t), i, callZone(c));
      const interval = i as CalendarInterval;
      return addInterval(micros(t), interval.months, interval.days, interval.micros, callZone(c));
    },
  }),
  scalar('datetime', 'subtractdates(left, right)', 'date - date.', {
    cls: 'SubtractDates',
    types: [DATE, DATE],
    returns: diffType,
    run: ([a, b]) => BigInt(day(a) - day(b)) * 86_400_000_000n,
  }),
  scalar('datetime', 'subtracttimestamps(left, right)', 'timestamp - timestamp.', {
    cls: 'SubtractTimestamps',
    coerce: timestampsApart,
    returns: DAY_TIME_INTERVAL,
    run: ([a, b], c) => {
      const zone = c.argTypes[0]?.kind === 'timestamp_ntz' ? UTC_ZONE : zoneOf(c.timeZone);
      return fitMicros(toLocalMicros(micros(a), zone) - toLocalMicros(micros(b), zone));
    },
  }),
  scalar('datetime', 'subtractdates@calendar(left, right)', 'date - date, as a calendar interval.', {
    cls: 'SubtractDates',
    types: [DATE, DATE],
    returns: CALENDAR_INTERVAL,
    run: ([a, b]) => datesApart(day(a), day(b)),
  }),
  scalar('datetime', 'subtracttimestamps@calendar(left, right)', 'timestamp - timestamp, as a calendar interval.', {
    cls: 'SubtractTimestamps',
    coerce: timestampsApart,
    returns: CALENDAR_INTERVAL,
    run: ([a, b]) => new Interval(0, 0, micros(a) - micros(b)),
  }),
  scalar('interval', 'multiply_interval(interval, num)', 'interval * number.', {
    cls: 'MultiplyInterval',
    nullability: 'always',
    types: [CALENDAR_INTERVAL, DOUBLE],
    returns: CALENDAR_INTERVAL,
    run: ([i, n], c) => scaleCalendarInterval(i as CalendarInterval, n as number, c.mode),
  }),
  scalar('interval', 'divide_interval(interval, num)', 'interval / number.', {
    cls: 'DivideInterval',
    nullability: 'always',
    types: [CALENDAR_INTERVAL, DOUBLE],
    returns: CALENDAR_INTERVAL,
    run: ([i, n], c) => divideCalendarInterval(i as CalendarInterval, n as number, c.mode),
  }),
  scalar('interval', 'multiplyyminterval(interval, num)', 'year-month interval * number.', {
    cls: 'MultiplyYMInterval',
    coerce: inputTypes(['any', 'numeric']),
    returns: YEAR_MONTH_INTERVAL,
    run: ([i, n], c) => Number(multiplyAnsiInterval(BigInt(i as number), n as Value, c.argTypes[1] as DataType, 32)),
  }),
  scalar('interval', 'multiplydtinterval(interval, num)', 'day-time interval * number.', {
    cls: 'MultiplyDTInterval',
    coerce: inputTypes(['any', 'numeric']),
    returns: DAY_TIME_INTERVAL,
    run: ([i, n], c) => multiplyAnsiInterval(i as bigint, n as Value, c.argTypes[1] as DataType, 64),
  }),
  scalar('interval', 'divideyminterval(interval, num)', 'year-month interval / number.', {
    cls: 'DivideYMInterval',
    coerce: inputTypes(['any', 'numeric']),
    returns: YEAR_MONTH_INTERVAL,
    run: ([i, n], c) => Number(divideAnsiInterval(BigInt(i as number), n as Value, c.argTypes[1] as DataType, 32)),
  }),
  scalar('interval', 'dividedtinterval(interval, num)', 'day-time interval / number.', {
    cls: 'DivideDTInterval',
    coerce: inputTypes(['any', 'numeric']),
    returns: DAY_TIME_INTERVAL,
    run: ([i, n], c) => divideAnsiInterval(i as bigint, n as Value, c.argTypes[1] as DataType, 64),
  }),
  scalar(
    'interval',
    'make_interval([years, months, weeks, days, hours, mins, secs])',
    'A calendar interval of its parts.',
    {
      cls: 'MakeInterval',
      types: [INT, INT, INT, INT, INT, INT, SECOND_TYPE],
      returns: CALENDAR_INTERVAL,
      nullability: (n, _, c) => (c?.mode ?? 'ANSI') !== 'ANSI' || n.some((x) => x),
      run: (parts, c) => {
        const made = calendarOf(parts);
        if (typeof made !== 'string') return made;
        if (c.mode !== 'ANSI') return null;
        throw arithmeticOverflow(made);
      },
    },
  ),
  scalar(
    'interval',
    'try_make_interval([years, months, weeks, days, hours, mins, secs])',
    'A calendar interval of its parts, null on overflow.',
    {
      cls: 'TryMakeInterval',
      types: [INT, INT, INT, INT, INT, INT, SECOND_TYPE],
      returns: CALENDAR_INTERVAL,
      nullability: 'always',
      run: (parts) => {
        const made = calendarOf(parts);
        return typeof made === 'string' ? null : made;
      },
    },
  ),
  scalar('interval', 'make_dt_interval([days, hours, mins, secs])', 'A day-time interval of its parts.', {
    cls: 'MakeDTInterval',
    types: [INT, INT, INT, SECOND_TYPE],
    returns: DAY_TIME_INTERVAL,
    run: ([d, h, mi, s]) =>
      intervals(
        0,
        0,
        BigInt(orZero(d)) * 86_400_000_000n +
          BigInt(orZero(h)) * 3_600_000_000n +
          BigInt(orZero(mi)) * 60_000_000n +
          secondsMicros(s),
      ).micros,
  }),
  scalar('interval', 'make_ym_interval([years, months])', 'A year-month interval of its parts.', {
    cls: 'MakeYMInterval',
    types: [INT, INT],
    returns: YEAR_MONTH_INTERVAL,
    run: ([y, m]) => intervals(orZero(y) * 12 + orZero(m), 0, 0n).months,
  }),
];
