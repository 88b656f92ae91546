import { type Origin, parseError, SparkError } from '../../../errors/index.js';
import {
  type IntervalFailure,
  parseCalendarInterval,
  parseYearMonthInterval,
  readCalendarInterval,
} from '../../../eval/datetime/parse-interval.js';
import { javaError } from '../../../eval/errors.js';
import {
  CALENDAR_INTERVAL,
  CalendarInterval,
  DayTimeIntervalType,
  YearMonthIntervalType,
} from '../../../types/index.js';
import { Literal } from '../../expressions/literal.js';
import { type CstNode, needToken, nodes, spanOf, token } from './cst.js';
import { originOf } from './origin.js';
import { unescapeString } from './text.js';

const YEAR_MONTH = ['year', 'month'];
const DAY_TIME = ['day', 'hour', 'minute', 'second'];
const MICROS_PER_DAY = 86_400_000_000n;

/** The literal of `INTERVAL …`: year-month or day-time, by its units; with `legacy` a calendar interval.
 * Spark: `AstBuilder.visitInterval`. */
export function intervalLiteral(tree: CstNode, sql: string, legacy = false): Literal {
  const literal = ansiLiteral(tree, sql, legacy);
  return legacy ? asCalendar(literal) : literal;
}

function asCalendar(literal: Literal): Literal {
  const { value } = literal;
  if (typeof value === 'number') return new Literal(new CalendarInterval(value, 0, 0n), CALENDAR_INTERVAL);
  if (typeof value !== 'bigint') return literal;
  const days = value / MICROS_PER_DAY;
  return new Literal(new CalendarInterval(0, Number(days), value % MICROS_PER_DAY), CALENDAR_INTERVAL);
}

function ansiLiteral(tree: CstNode, sql: string, legacy: boolean): Literal {
  const origin = originOf(sql, spanOf(tree));
  const fields = nodes(tree, 'intervalField');
  const ranges = fields.filter((f) => token(f, 'to') !== undefined);
  if (ranges.length > 0) {
    if (fields.length > 1) throw parseError('_LEGACY_ERROR_TEMP_0024', {}, originOf(sql, spanOf(fields[1] as CstNode)));
    return unitToUnit(fields[0] as CstNode, origin, sql);
  }
  const units = fields.map((f) => unitOf(f, 'unit'));
  const text = fields.map((f) => ` ${signedValue(f, origin)} ${needToken(f, 'unit').image}`).join('');
  const interval = readCalendarInterval(text);
  if (!(interval instanceof CalendarInterval)) throw malformedInterval(text, interval, origin);
  return legacy ? new Literal(interval, CALENDAR_INTERVAL) : multiUnits(interval, units, sql, origin);
}

/** The error of a text that is no interval. */
function malformedInterval(input: string, failure: IntervalFailure, origin: Origin): SparkError {
  const { condition, parameters } = failure;
  return new SparkError('parse', `INVALID_INTERVAL_FORMAT.${condition}`, { input, ...parameters }, origin);
}

/** The literal of `INTERVAL '1 day 2 hours'`; undefined if the text is not an interval. */
export function intervalFromText(text: string, sql: string, origin: Origin, legacy = false): Literal | undefined {
  const interval = parseCalendarInterval(text);
  if (interval === undefined) return undefined;
  if (legacy) return new Literal(interval, CALENDAR_INTERVAL);
  const units = text
    .split(/\s/)
    .map((part) => part.toLowerCase().replace(/s$/, ''))
    .filter((part) => part !== 'interval' && /^[a-z]+$/.test(part));
  return multiUnits(interval, units, sql, origin);
}

function unitOf(field: CstNode, label: string): string {
  return needToken(field, label).image.toLowerCase().replace(/s$/, '');
}

function signedValue(field: CstNode, origin: Origin): string {
  const value = needToken(field, 'value');
  const negative = token(field, 'sign')?.image === '-';
  if (!/['"]/.test(value.image)) return `${token(field, 'sign')?.image ?? ''}${value.image}`;
  const text = unescapeString(value.image);
  if (/\p{L}/u.test(text)) throw parseError('_LEGACY_ERROR_TEMP_0026', { value: text }, origin);
  return negate(text, negative);
}
function negate(text: string, negative: boolean): string {
  if (!negative) return text;
  return text.startsWith('-') ? text.slice(1) : `-${text}`;
}

function multiUnits(interval: CalendarInterval, units: readonly string[], sql: string, origin: Origin): Literal {
  const months: number[] = [];
  const times: number[] = [];
  for (const unit of units) {
    if (YEAR_MONTH.includes(unit)) months.push(YEAR_MONTH.indexOf(unit));
    else if (DAY_TIME.includes(unit)) times.push(DAY_TIME.indexOf(unit));
    else times.push(unit === 'week' ? 0 : 3);
  }
  if (months.length > 0) {
    if (times.length > 0) {
      const literal = sql.slice(origin.startIndex, (origin.stopIndex ?? 0) + 1);
      throw parseError('_LEGACY_ERROR_TEMP_0029', { literal }, origin);
    }
    const type = new YearMonthIntervalType(Math.min(...months) as 0 | 1, Math.max(...months) as 0 | 1);
    return new Literal(interval.months, type);
  }
  const micros = BigInt(interval.days) * MICROS_PER_DAY + interval.micros;
  if (BigInt.asIntN(64, micros) !== micros) throw javaError('java.lang.ArithmeticException', 'long overflow');
  return new Literal(
    micros,
    new DayTimeIntervalType(Math.min(...times) as 0 | 1 | 2 | 3, Math.max(...times) as 0 | 1 | 2 | 3),
  );
}

function unitToUnit(field: CstNode, origin: Origin, sql: string): Literal {
  const value = needToken(field, 'value');
  if (!/['"]/.test(value.image)) throw parseError('_LEGACY_ERROR_TEMP_0027', {}, originOf(sql, spanOf(value)));
  const text = negate(unescapeString(value.image), token(field, 'sign')?.image === '-');
  const from = needToken(field, 'unit').image.toLowerCase();
  const to = needToken(field, 'to').image.toLowerCase();
  if (from === 'year' && to === 'month') {
    const type = new YearMonthIntervalType(0, 1);
    const months = parseYearMonthInterval(text, type);
    if (months === undefined) {
      if (/^\s*[+-]?\d{1,9}-\d{1,2}\s*$/.test(text)) {
        throw parseError('INVALID_INTERVAL_FORMAT.INTERVAL_PARSING', { input: text, interval: 'year-month' }, origin);
      }
      throw parseError(
        'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING',
        {
          input: text,
          intervalStr: 'year-month',
          supportedFormat: "`[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH`",
          typeName: type.typeName,
        },
        origin,
      );
    }
    return new Literal(months, type);
  }
  const start = DAY_TIME.indexOf(from);
  const end = DAY_TIME.indexOf(to);
  if (start < 0 || end <= start) {
    throw parseError('INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION', { input: text, from, to }, origin);
  }
  const type = new DayTimeIntervalType(start as 0 | 1 | 2 | 3, end as 0 | 1 | 2 | 3);
  return new Literal(dayTimeMicros(text, from, to, start, end, type.typeName, origin), type);
}

/** The first field may be large, the others have two digits. */
const FIRST_FIELDS = ['(\\d{1,9})', '(\\d{1,10})', '(\\d{1,12})'];
const FIRST_LIMITS = [106_751_991n, 2_562_047_788n, 153_722_867_280n];
const LIMITS = [0n, 23n, 59n, 59n];
const FIELD_MICROS = [MICROS_PER_DAY, 3_600_000_000n, 60_000_000n, 1_000_000n];
const DAY_TIME_FORMATS = ['d', 'h', 'm', 's.n'];

/** Spark: `IntervalUtils.castStringToDTInterval`. */
function dayTimeMicros(
  text: string,
  from: string,
  to: string,
  start: number,
  end: number,
  typeName: string,
  origin: Origin,
) {
  let pattern = `^([+-])?${FIRST_FIELDS[start]}`;
  let format = `${DAY_TIME_FORMATS[start]}`;
  for (let field = start + 1; field <= end; field++) {
    const separator = field === 1 ? ' ' : ':';
    pattern += `${separator}(\\d{1,2})`;
    format += `${separator}${DAY_TIME_FORMATS[field]}`;
  }
  const match = new RegExp(`${pattern}${end === 3 ? '(?:\\.(\\d{1,9}))?' : ''}$`).exec(text.trim());
  if (match === null) {
    const supported = `\`[+|-]${format}\`, \`INTERVAL [+|-]'[+|-]${format}' ${from.toUpperCase()} TO ${to.toUpperCase()}\``;
    throw parseError(
      'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE',
      { input: text, intervalStr: 'day-time', supportedFormat: supported, typeName },
      origin,
    );
  }
  let micros = 0n;
  for (let field = start; field <= end; field++) {
    const amount = BigInt(match[field - start + 2] as string);
    const limit = field === start ? (FIRST_LIMITS[field] as bigint) : (LIMITS[field] as bigint);
    if (amount > limit) {
      const msg = `requirement failed: ${DAY_TIME[field]} ${amount} outside range [0, ${limit}]`;
      throw parseError('_LEGACY_ERROR_TEMP_0063', { msg }, origin);
    }
    micros += amount * (FIELD_MICROS[field] as bigint);
  }
  const fraction = end === 3 ? match[end - start + 3] : undefined;
  if (fraction !== undefined) micros += BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  return match[1] === '-' ? -micros : micros;
}
