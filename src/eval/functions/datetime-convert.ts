import { runtimeError, SparkError } from '../../errors/index.js';
import {
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  daysFromCivil,
  daysInMonth,
  floorDiv,
  formatDouble,
  INT,
  isLeapYear,
  LONG,
  MICROS_PER_DAY,
  STRING,
  splitMicros,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  toInstantMicros,
  toLocalMicros,
  type Value,
  zoneOf,
} from '../../types/index.js';
import { castFunction } from '../cast.js';
import { implicitCast, inputTypes, type TypeSpec, unexpectedInput } from '../coercion.js';
import { datetimeFormatter, type ParsedDatetime, type ParseFailure, parsedInstant } from '../datetime/formatter.js';
import { type ScalarSpec, scalar } from '../define.js';
import { javaError } from '../errors.js';
import type { AnalysisContext, CallContext, Coercion, EvalMode, Replacement, ScalarFunction } from '../function.js';

const DEFAULT_FORMAT = 'yyyy-MM-dd HH:mm:ss';
const text = (v: unknown): string => v as string;
const micros = (v: unknown): bigint => v as bigint;
const anyMoment: TypeSpec = { anyOf: [STRING, DATE, TIMESTAMP, TIMESTAMP_NTZ] };

/** Microseconds of a text by a pattern; local ones for timestamp_ntz. Null or an error by mode if it does not parse. */
function parseWith(value: string, pattern: string, c: CallContext, mode: EvalMode, ntz: boolean): bigint | null {
  const parsed = ntz ? parseNtz(value, pattern) : datetimeFormatter(pattern, c.legacyTimeParser).parse(value);
  if ('failedAt' in parsed) {
    if (mode !== 'ANSI') return null;
    throw runtimeError('CANNOT_PARSE_TIMESTAMP', { message: parsed.message, func: '`try_to_timestamp`' });
  }
  return ntz ? parsed.local : parsedInstant(parsed, zoneOf(c.timeZone));
}

/** Timestamps without a zone have no old patterns. */
function parseNtz(value: string, pattern: string): ParsedDatetime | ParseFailure {
  try {
    return datetimeFormatter(pattern).parse(value);
  } catch (error) {
    const refused = error instanceof SparkError && error.condition.endsWith('DATETIME_PATTERN_RECOGNITION');
    if (!refused) throw error;
    throw runtimeError('_LEGACY_ERROR_TEMP_2130', {
      pattern: `'${pattern}'`,
      docroot: 'https://spark.apache.org/docs/latest',
    });
  }
}

/** A moment of any type to an instant: strings by a pattern if one is given, else by cast. */
function toTimestamp(args: readonly unknown[], c: CallContext, target: DataType, mode: EvalMode): Value {
  const from = c.argTypes[0] as DataType;
  if (args[1] !== undefined && from.kind === 'string') {
    return parseWith(text(args[0]), text(args[1]), c, mode, target.kind === 'timestamp_ntz');
  }
  return castFunction(from, target, mode, c.timeZone)(args[0] as Value);
}
function toDate(args: readonly unknown[], c: CallContext, mode: EvalMode): Value {
  if (args[1] === undefined) return castFunction(c.argTypes[0] as DataType, DATE, mode, c.timeZone)(args[0] as Value);
  const instant = toTimestamp(args, c, TIMESTAMP, mode);
  return instant === null ? null : splitMicros(toLocalMicros(instant as bigint, zoneOf(c.timeZone))).days;
}
/** Numbers become timestamps, but no dates and no timestamps without a zone. */
const parsing = (target: DataType): Coercion => {
  const numeric: readonly TypeSpec[] = target.kind === 'timestamp' ? ['numeric'] : [];
  return inputTypes([{ anyOf: [STRING, DATE, TIMESTAMP, TIMESTAMP_NTZ, ...numeric] }, STRING]);
};
const parsed =
  (target: DataType, mode?: EvalMode) =>
  (args: readonly DataType[]): Replacement => {
    const source: Replacement =
      args.length > 1 && args[0]?.kind === 'string'
        ? {
            fn: target.kind === 'timestamp_ntz' ? 'gettimestampntz' : 'gettimestamp',
            args: [{ argument: 0 }, { argument: 1 }],
            ...(mode ? { mode } : {}),
          }
        : { argument: 0 };
    if (args.length > 1 && args[0]?.kind === 'string' && target.kind !== 'date') return source;
    return { cast: source, type: target, ...(mode ? { mode } : {}) };
  };
/** In ANSI mode a text that does not parse is an error; a text without a pattern is cast, which counts as nullable. */
const parsedNullable =
  (mode: EvalMode | undefined) =>
  (n: readonly boolean[], types: readonly DataType[], c?: AnalysisContext): boolean =>
    (mode ?? c?.mode ?? 'ANSI') !== 'ANSI' || n.some((x) => x) || (n.length === 1 && types[0]?.kind === 'string');
const ansiNullable = (n: readonly boolean[], _: readonly DataType[], c?: AnalysisContext): boolean =>
  (c?.mode ?? 'ANSI') !== 'ANSI' || n.some((x) => x);
function parser(
  usage: string,
  cls: string,
  target: DataType,
  mode: EvalMode | undefined,
  description: string,
): ScalarFunction {
  return scalar('datetime', usage, description, {
    cls,
    coerce: parsing(target),
    returns: target,
    nullability: parsedNullable(mode),
    replacement: parsed(target, mode),
    run: (args, c) =>
      target.kind === 'date' ? toDate(args, c, mode ?? c.mode) : toTimestamp(args, c, target, mode ?? c.mode),
  });
}

/** Seconds since the epoch of any moment. Spark: `ToTimestamp`. */
function unixTime(args: readonly unknown[], c: CallContext): Value {
  const [v, format] = args;
  if (v === undefined) return BigInt(Math.floor(Date.now() / 1000));
  const from = c.argTypes[0] as DataType;
  const instant =
    from.kind === 'string' || from.kind === 'varchar' || from.kind === 'char'
      ? parseWith(text(v), format === undefined ? DEFAULT_FORMAT : text(format), c, c.mode, false)
      : castFunction(from, TIMESTAMP, c.mode, c.timeZone)(v as Value);
  return instant === null ? null : floorDiv(instant as bigint, 1_000_000n);
}

const MONTH_NAMES = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

/** The sentence of Java's DateTimeException for impossible dates and times. */
function rangeMessage(year: number, month: number, day: number, hour = 0, minute = 0): string | undefined {
  const outside = (name: string, low: number, high: number, v: number): string =>
    `Invalid value for ${name} (valid values ${low} - ${high}): ${v}`;
  if (Math.abs(year) > 999_999_999) return outside('Year', -999999999, 999999999, year);
  if (month < 1 || month > 12) return outside('MonthOfYear', 1, 12, month);
  if (day < 1 || day > 31) return `Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`;
  if (day > daysInMonth(year, month)) {
    return day === 29 && !isLeapYear(year)
      ? `Invalid date 'February 29' as '${year}' is not a leap year`
      : `Invalid date '${MONTH_NAMES[month - 1]} ${day}'`;
  }
  if (hour < 0 || hour > 23) return outside('HourOfDay', 0, 23, hour);
  if (minute < 0 || minute > 59) return outside('MinuteOfHour', 0, 59, minute);
  return undefined;
}
function fail(message: string, mode: EvalMode): null {
  if (mode !== 'ANSI') return null;
  throw runtimeError('DATETIME_FIELD_OUT_OF_BOUNDS', { rangeMessage: message, ansiConfig: '"spark.sql.ansi.enabled"' });
}

function makeDate(year: number, month: number, day: number, mode: EvalMode): Value {
  const message = rangeMessage(year, month, day);
  return message === undefined ? daysFromCivil(year, month, day) : fail(message, mode);
}

/** Seconds come as decimal(16,6); 60 without a fraction is the next minute's start. */
function makeTimestamp(args: readonly unknown[], c: CallContext, mode: EvalMode, ntz: boolean): Value {
  const [year, month, day, hour, minute] = args as readonly number[];
  const seconds = (args[5] as Decimal).unscaled;
  const message = rangeMessage(year as number, month as number, day as number, hour, minute);
  if (message !== undefined) return fail(message, mode);
  if (seconds < 0n || seconds > 60_000_000n) {
    if (mode !== 'ANSI') return null;
    throw seconds > 60_000_000n && seconds < 61_000_000n
      ? runtimeError('INVALID_FRACTION_OF_SECOND', { secAndMicros: formatDouble(Number(seconds) / 1e6) })
      : runtimeError('DATETIME_FIELD_OUT_OF_BOUNDS', {
          rangeMessage: `Invalid value for SecondOfMinute (valid values 0 - 59): ${seconds / 1_000_000n}`,
          ansiConfig: '"spark.sql.ansi.enabled"',
        });
  }
  const local =
    BigInt(daysFromCivil(year as number, month as number, day as number)) * MICROS_PER_DAY +
    BigInt((hour as number) * 3600 + (minute as number) * 60) * 1_000_000n +
    seconds;
  if (ntz) return local;
  return toInstantMicros(local, zoneOf(args[6] === undefined ? c.timeZone : text(args[6])));
}
const SECONDS = new DecimalType(16, 6);
function timestampMaker(name: string, cls: string, target: DataType, mode?: EvalMode): ScalarFunction {
  const zone = name.endsWith('_ntz') ? '' : '[, timezone]';
  return scalar('datetime', `${name}(year, month, day, hour, min, sec${zone})`, 'A timestamp of its fields.', {
    cls,
    types: [INT, INT, INT, INT, INT, SECONDS, STRING],
    returns: target,
    nullability: mode === 'TRY' ? 'always' : ansiNullable,
    run: (args, c) => makeTimestamp(args, c, mode ?? c.mode, target.kind === 'timestamp_ntz'),
  });
}

/** Seconds of any numeric type to microseconds. */
/** Java's narrowing: out of range is the nearest bound. */
function saturated(v: number): bigint {
  if (v >= 2 ** 63) return 2n ** 63n - 1n;
  return v <= -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(v));
}
function secondsToMicros(v: Value, fractional: boolean): Value {
  if (v instanceof Decimal) {
    const scaled = v.scale <= 6 ? v.unscaled * 10n ** BigInt(6 - v.scale) : undefined;
    if (scaled === undefined) throw javaError('java.lang.ArithmeticException', 'Rounding necessary');
    return scaled;
  }
  if (typeof v === 'number' && fractional) return Number.isFinite(v) ? saturated(v * 1e6) : null;
  return scaled(BigInt(v as number | bigint), 1_000_000n);
}
function scaled(n: bigint, factor: bigint): bigint {
  const r = n * factor;
  if (BigInt.asIntN(64, r) !== r) throw javaError('java.lang.ArithmeticException', 'long overflow');
  return r;
}

const formatCoercion: Coercion = inputTypes([TIMESTAMP, STRING]);
const fromUnix: Coercion = inputTypes([LONG, STRING]);
const now: Omit<ScalarSpec, 'cls' | 'returns'> = { nullability: 'never', run: () => BigInt(Date.now()) * 1000n };
const unixSpec: Omit<ScalarSpec, 'cls'> = {
  coerce: (args, c) => (args.length === 0 ? [] : inputTypes([anyMoment, STRING])(args, c)),
  returns: LONG,
  nullability: ansiNullable,
  run: unixTime,
};

export const datetimeConversionFunctions: readonly ScalarFunction[] = [
  parser('to_date(expr[, fmt])', 'ParseToDate', DATE, undefined, 'A date of a text.'),
  parser('to_timestamp(expr[, fmt])', 'ParseToTimestamp', TIMESTAMP, undefined, 'A timestamp of a text.'),
  parser('to_timestamp_ltz(expr[, fmt])', 'ParseToTimestamp', TIMESTAMP, undefined, 'A timestamp of a text.'),
  parser(
    'to_timestamp_ntz(expr[, fmt])',
    'ParseToTimestamp',
    TIMESTAMP_NTZ,
    undefined,
    'A timestamp without zone of a text.',
  ),
  ...(['try_to_timestamp', 'try_to_timestamp@ntz'] as const).map((name) =>
    parser(
      `${name}(expr[, fmt])`,
      'ParseToTimestamp',
      name.endsWith('ntz') ? TIMESTAMP_NTZ : TIMESTAMP,
      'TRY',
      'A timestamp of a text, null if it does not parse.',
    ),
  ),
  scalar('datetime', 'gettimestamp(expr, fmt)', 'A timestamp of a text by a pattern.', {
    cls: 'GetTimestamp',
    types: [STRING, STRING],
    returns: TIMESTAMP,
    nullability: ansiNullable,
    run: ([v, f], c) => parseWith(text(v), text(f), c, c.mode, false),
  }),
  scalar('datetime', 'gettimestampntz(expr, fmt)', 'A timestamp without zone of a text by a pattern.', {
    cls: 'GetTimestamp',
    types: [STRING, STRING],
    returns: TIMESTAMP_NTZ,
    nullability: ansiNullable,
    run: ([v, f], c) => parseWith(text(v), text(f), c, c.mode, true),
  }),
  scalar('datetime', 'date_format(timestamp, fmt)', 'Text of a timestamp by a pattern.', {
    cls: 'DateFormatClass',
    coerce: formatCoercion,
    returns: STRING,
    run: ([t, f], c) => datetimeFormatter(text(f), c.legacyTimeParser).format(micros(t), zoneOf(c.timeZone)),
  }),
  scalar('datetime', 'from_unixtime(unixTime[, fmt])', 'Text of seconds since the epoch.', {
    cls: 'FromUnixTime',
    coerce: fromUnix,
    returns: STRING,
    nullability: 'always',
    run: ([n, f], c) =>
      datetimeFormatter(f === undefined ? DEFAULT_FORMAT : text(f), c.legacyTimeParser).format(
        micros(n) * 1_000_000n,
        zoneOf(c.timeZone),
      ),
  }),
  scalar('datetime', 'unix_timestamp([timeExp, fmt])', 'Seconds since the epoch.', {
    cls: 'UnixTimestamp',
    ...unixSpec,
  }),
  scalar('datetime', 'to_unix_timestamp(timeExp[, fmt])', 'Seconds since the epoch.', {
    cls: 'ToUnixTimestamp',
    ...unixSpec,
  }),
  scalar('datetime', 'make_date(year, month, day)', 'A date of its fields.', {
    cls: 'MakeDate',
    types: [INT, INT, INT],
    returns: DATE,
    nullability: ansiNullable,
    run: ([y, m, d], c) => makeDate(y as number, m as number, d as number, c.mode),
  }),
  timestampMaker('make_timestamp', 'MakeTimestamp', TIMESTAMP),
  timestampMaker('make_timestamp@ntz', 'MakeTimestamp', TIMESTAMP_NTZ),
  timestampMaker('try_make_timestamp@ntz', 'TryMakeTimestamp', TIMESTAMP_NTZ, 'TRY'),
  timestampMaker('make_timestamp_ltz', 'MakeTimestamp', TIMESTAMP),
  timestampMaker('make_timestamp_ntz', 'MakeTimestamp', TIMESTAMP_NTZ),
  timestampMaker('try_make_timestamp', 'TryMakeTimestamp', TIMESTAMP, 'TRY'),
  timestampMaker('try_make_timestamp_ltz', 'TryMakeTimestamp', TIMESTAMP, 'TRY'),
  timestampMaker('try_make_timestamp_ntz', 'TryMakeTimestamp', TIMESTAMP_NTZ, 'TRY'),
  scalar('datetime', 'timestamp_seconds(seconds)', 'Timestamp of seconds since the epoch.', {
    cls: 'SecondsToTimestamp',
    coerce: (args, c) => {
      const type = implicitCast(args[0] as DataType, 'numeric', c.mode);
      return type ? [type === args[0] ? undefined : type] : unexpectedInput(0, 'numeric', args[0] as DataType);
    },
    returns: TIMESTAMP,
    nullability: (n, t) => n[0] === true || t[0]?.kind === 'float' || t[0]?.kind === 'double',
    run: ([v], c) => secondsToMicros(v as Value, c.argTypes[0]?.kind === 'float' || c.argTypes[0]?.kind === 'double'),
  }),
  scalar('datetime', 'timestamp_millis(millis)', 'Timestamp of milliseconds since the epoch.', {
    cls: 'MillisToTimestamp',
    types: ['integral'],
    returns: TIMESTAMP,
    run: ([v]) => scaled(BigInt(v as number | bigint), 1000n),
  }),
  scalar('datetime', 'timestamp_micros(micros)', 'Timestamp of microseconds since the epoch.', {
    cls: 'MicrosToTimestamp',
    types: ['integral'],
    returns: TIMESTAMP,
    run: ([v]) => BigInt(v as number | bigint),
  }),
  scalar('datetime', 'precisetimestampconversion@long(timestamp)', 'Microseconds of a timestamp.', {
    cls: 'PreciseTimestampConversion',
    returns: LONG,
    run: ([t]) => t as bigint,
  }),
  ...([TIMESTAMP, TIMESTAMP_NTZ] as const).map((type) =>
    scalar(
      'datetime',
      `precisetimestampconversion@${type === TIMESTAMP ? 'ltz' : 'ntz'}(micros)`,
      'A timestamp of its microseconds.',
      {
        cls: 'PreciseTimestampConversion',
        returns: type,
        run: ([t]) => t as bigint,
      },
    ),
  ),
  scalar('misc', 'knownnullable(expr)', 'The value, which counts as nullable.', {
    cls: 'KnownNullable',
    returns: (args) => args[0] as DataType,
    nullability: 'always',
    run: ([v]) => v as Value,
  }),
  scalar('datetime', 'current_date()', 'Date at the start of the query.', {
    cls: 'CurrentDate',
    aliases: ['curdate'],
    returns: DATE,
    nullability: 'never',
    run: (_, c) => splitMicros(toLocalMicros(BigInt(Date.now()) * 1000n, zoneOf(c.timeZone))).days,
  }),
  scalar('datetime', 'current_timestamp()', 'Timestamp at the start of the query.', {
    cls: 'CurrentTimestamp',
    returns: TIMESTAMP,
    ...now,
  }),
  scalar('datetime', 'now()', 'Timestamp at the start of the query.', { cls: 'Now', returns: TIMESTAMP, ...now }),
  scalar('datetime', 'localtimestamp()', 'Local time at the start of the query.', {
    cls: 'LocalTimestamp',
    returns: TIMESTAMP_NTZ,
    nullability: 'never',
    run: (_, c) => toLocalMicros(BigInt(Date.now()) * 1000n, zoneOf(c.timeZone)),
  }),
  scalar('datetime', 'current_timezone()', 'Session time zone.', {
    cls: 'CurrentTimeZone',
    returns: STRING,
    nullability: 'never',
    run: (_, c) => c.timeZone,
  }),
];
