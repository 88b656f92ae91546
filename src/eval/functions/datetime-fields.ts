import { analysisError } from '../../errors/index.js';
import {
  BYTE,
  type CalendarInterval,
  civilFromDays,
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  dayOfYear,
  floorDiv,
  INT,
  isoDayOfWeek,
  isoWeek,
  LONG,
  STRING,
  splitMicros,
  TIMESTAMP,
  toLocalMicros,
  UTC_ZONE,
  type Value,
  type Zone,
  zoneOf,
} from '../../types/index.js';
import { implicitCast, unexpectedInput } from '../coercion.js';
import { extractFunction } from '../datetime/arithmetic-rules.js';
import { scalar } from '../define.js';
import type { AnalysisContext, CallContext, Coercion, Replacement, ScalarFunction } from '../function.js';

/** Time zone of a call; timestamps without one are read as UTC. Kept per call site. */
export function callZone(context: CallContext, type: DataType | undefined = context.argTypes[0]): Zone {
  return type?.kind === 'timestamp_ntz' ? UTC_ZONE : zoneOf(context.timeZone);
}

function dateField(
  name: string,
  cls: string,
  description: string,
  f: (days: number) => number,
  aliases: readonly string[] = [],
): ScalarFunction {
  return scalar('datetime', `${name}(date)`, description, {
    cls,
    aliases,
    aliasShows: true,
    types: [DATE],
    returns: INT,
    run: ([d]) => f(d as number),
  });
}
function timeField(name: string, cls: string, description: string, f: (second: number) => number): ScalarFunction {
  return scalar('datetime', `${name}(timestamp)`, description, {
    cls,
    types: ['anyTimestamp'],
    returns: INT,
    run: ([t], c) => f(Number(splitMicros(toLocalMicros(t as bigint, callZone(c))).ofDay / 1_000_000n)),
  });
}

const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

const SECONDS_TYPE = new DecimalType(8, 6);
function extractReplacement(args: readonly DataType[], c: AnalysisContext): Replacement {
  const field = String(c.constants[0] ?? '');
  const found = extractFunction(field, args[1] as DataType);
  if (found) return found;
  throw analysisError('INVALID_EXTRACT_FIELD', { field: `\`${field}\``, expr: c.argumentNames?.[1] ?? 'source' });
}

/** The source as the field's function wants it: dates and strings become timestamps for fields of the time. */
const extractCoercion: Coercion = (args, context) => {
  const source = args[1] as DataType;
  if (source.kind === 'interval' || source.kind === 'ym_interval' || source.kind === 'dt_interval')
    return [undefined, undefined];
  const replacement = extractReplacement(args, context);
  const fn = 'fn' in replacement ? replacement.fn : '';
  const timed = fn === 'hour' || fn === 'minute' || fn === 'secondwithfraction';
  if (timed && source.kind === 'timestamp_ntz') return [undefined, undefined];
  const target = implicitCast(source, timed ? 'anyTimestamp' : DATE, context.mode);
  return target
    ? [undefined, target === source ? undefined : target]
    : unexpectedInput(1, timed ? TIMESTAMP : DATE, source);
};
function extractType(args: readonly DataType[], context: AnalysisContext): DataType {
  const replacement = extractReplacement(args, context);
  const fn = 'fn' in replacement ? replacement.fn : '';
  return resultTypes[fn] ?? INT;
}
const resultTypes: Readonly<Record<string, DataType>> = {
  secondwithfraction: SECONDS_TYPE,
  extractintervalseconds: SECONDS_TYPE,
  extractintervalmonths: BYTE,
  extractintervalhours: BYTE,
  extractintervalminutes: BYTE,
};

const fieldRuns = new Map<string, ScalarFunction['evaluate']>();
function runExtract(field: string, value: Value, c: CallContext): Value {
  const type = c.argTypes[1] as DataType;
  const replacement = extractFunction(field, type);
  if (!replacement || !('fn' in replacement)) return null;
  const inner: CallContext = { ...c, argTypes: [type] };
  if (replacement.fn === '+') return isoDayOfWeek(value as number);
  const run = fieldRuns.get(replacement.fn);
  return run ? run([value], inner) : null;
}
function extractor(name: string, cls: string, aliases: readonly string[]): ScalarFunction {
  return scalar('datetime', `${name}(field, source)`, 'A field of a date, timestamp or interval.', {
    cls,
    aliases,
    aliasShows: true,
    coerce: extractCoercion,
    returns: extractType,
    replacement: extractReplacement,
    run: ([f, v], c) => runExtract(f as string, v as Value, c),
  });
}

/** Microseconds of the minute as decimal(8,6). */
function secondWithFraction(micros: bigint): Decimal {
  return new Decimal(((micros % 60_000_000n) + 60_000_000n) % 60_000_000n, 6);
}
const parts = (v: Value): { months: number; days: number; micros: bigint } => {
  if (typeof v === 'number') return { months: v, days: 0, micros: 0n };
  if (typeof v === 'bigint') return { months: 0, days: Number(v / 86_400_000_000n), micros: v % 86_400_000_000n };
  return v as CalendarInterval;
};
function intervalField(
  name: string,
  cls: string,
  type: DataType,
  f: (p: { months: number; days: number; micros: bigint }) => Value,
): ScalarFunction {
  return scalar('interval', `${name}(interval)`, 'A field of an interval.', {
    cls,
    returns: type,
    run: ([v]) => f(parts(v as Value)),
  });
}

const fields: readonly ScalarFunction[] = [
  dateField('year', 'Year', 'Year.', (d) => civilFromDays(d).year),
  dateField('yearofweek', 'YearOfWeek', 'Year of the ISO week.', (d) => isoWeek(d).year),
  dateField('quarter', 'Quarter', 'Quarter, 1 to 4.', (d) => Math.floor((civilFromDays(d).month - 1) / 3) + 1),
  dateField('month', 'Month', 'Month, 1 to 12.', (d) => civilFromDays(d).month),
  dateField('weekofyear', 'WeekOfYear', 'ISO week of the year.', (d) => isoWeek(d).week),
  dateField('dayofmonth', 'DayOfMonth', 'Day of the month.', (d) => civilFromDays(d).day, ['day']),
  dateField('dayofyear', 'DayOfYear', 'Day of the year.', dayOfYear),
  dateField('dayofweek', 'DayOfWeek', 'Day of the week, 1 Sunday to 7 Saturday.', (d) => (isoDayOfWeek(d) % 7) + 1),
  dateField('weekday', 'WeekDay', 'Day of the week, 0 Monday to 6 Sunday.', (d) => isoDayOfWeek(d) - 1),
  timeField('hour', 'Hour', 'Hour of the day.', (s) => Math.floor(s / 3600)),
  timeField('minute', 'Minute', 'Minute of the hour.', (s) => Math.floor((s % 3600) / 60)),
  timeField('second', 'Second', 'Second of the minute.', (s) => s % 60),
  scalar('datetime', 'secondwithfraction(timestamp)', 'Second with six fractional digits.', {
    cls: 'SecondWithFraction',
    types: ['anyTimestamp'],
    returns: SECONDS_TYPE,
    run: ([t], c) => secondWithFraction(toLocalMicros(t as bigint, callZone(c))),
  }),
  intervalField('extractintervalyears', 'ExtractIntervalYears', INT, (p) => Math.trunc(p.months / 12)),
  intervalField('extractintervalmonths', 'ExtractIntervalMonths', BYTE, (p) => p.months % 12),
  intervalField('extractintervaldays', 'ExtractIntervalDays', INT, (p) => p.days),
  intervalField('extractintervalhours', 'ExtractIntervalHours', BYTE, (p) => Number((p.micros / 3_600_000_000n) % 24n)),
  intervalField('extractintervalminutes', 'ExtractIntervalMinutes', BYTE, (p) =>
    Number((p.micros % 3_600_000_000n) / 60_000_000n),
  ),
  intervalField(
    'extractintervalseconds',
    'ExtractIntervalSeconds',
    SECONDS_TYPE,
    (p) => new Decimal(p.micros % 60_000_000n, 6),
  ),
  intervalField('extractansiintervaldays', 'ExtractANSIIntervalDays', INT, (p) => p.days),
];
for (const f of fields) fieldRuns.set(f.name, f.evaluate);

export const datetimeFieldFunctions: readonly ScalarFunction[] = [
  ...fields,
  extractor('extract', 'Extract', ['datepart']),
  extractor('date_part', 'DatePart', []),
  scalar('datetime', 'dayname(date)', 'Short name of the weekday.', {
    cls: 'DayName',
    types: [DATE],
    returns: STRING,
    run: ([d]) => DAY_NAMES[isoDayOfWeek(d as number) - 1] as string,
  }),
  scalar('datetime', 'monthname(date)', 'Short name of the month.', {
    cls: 'MonthName',
    types: [DATE],
    returns: STRING,
    run: ([d]) => MONTH_NAMES[civilFromDays(d as number).month - 1] as string,
  }),
  scalar('datetime', 'unix_date(date)', 'Days since 1970-01-01.', {
    cls: 'UnixDate',
    types: [DATE],
    returns: INT,
    run: ([d]) => d as number,
  }),
  scalar('datetime', 'date_from_unix_date(days)', 'Date of days since 1970-01-01.', {
    cls: 'DateFromUnixDate',
    types: [INT],
    returns: DATE,
    run: ([d]) => d as number,
  }),
  scalar('datetime', 'unix_seconds(timestamp)', 'Seconds since the epoch.', {
    cls: 'UnixSeconds',
    types: [TIMESTAMP],
    returns: LONG,
    run: ([t]) => floorDiv(t as bigint, 1_000_000n),
  }),
  scalar('datetime', 'unix_millis(timestamp)', 'Milliseconds since the epoch.', {
    cls: 'UnixMillis',
    types: [TIMESTAMP],
    returns: LONG,
    run: ([t]) => floorDiv(t as bigint, 1000n),
  }),
  scalar('datetime', 'unix_micros(timestamp)', 'Microseconds since the epoch.', {
    cls: 'UnixMicros',
    types: [TIMESTAMP],
    returns: LONG,
    run: ([t]) => t as bigint,
  }),
];
