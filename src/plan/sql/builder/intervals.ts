import { type Origin, parseError } from '../../../errors/index.js';
import { parseCalendarInterval, parseDayTimeInterval, parseYearMonthInterval } from '../../../eval/datetime/parse-interval.js';
import { type CalendarInterval, DayTimeIntervalType, YearMonthIntervalType } from '../../../types/index.js';
import { Literal } from '../../expressions/literal.js';
import { type CstNode, needToken, nodes, spanOf, token } from './cst.js';
import { originOf } from './origin.js';
import { unescapeString } from './text.js';

const YEAR_MONTH = ['year', 'month'];
const DAY_TIME = ['day', 'hour', 'minute', 'second'];
const MICROS_PER_DAY = 86_400_000_000n;

/** The literal of `INTERVAL …`: year-month or day-time, by its units. Spark: `AstBuilder.visitInterval`. */
export function intervalLiteral(tree: CstNode, sql: string): Literal {
  const origin = originOf(sql, spanOf(tree));
  const fields = nodes(tree, 'intervalField');
  const ranges = fields.filter((f) => token(f, 'to') !== undefined);
  if (ranges.length > 0) {
    if (fields.length > 1) throw parseError('_LEGACY_ERROR_TEMP_0024', {}, originOf(sql, spanOf(fields[1] as CstNode)));
    return unitToUnit(fields[0] as CstNode, origin, sql);
  }
  const units = fields.map((f) => unitOf(f, 'unit'));
  const text = fields.map((f) => ` ${signedValue(f, origin)} ${needToken(f, 'unit').image}`).join('');
  const interval = parseCalendarInterval(text);
  if (interval === undefined) {
    throw parseError('_LEGACY_ERROR_TEMP_0062', { msg: `Error parsing '${text}' to interval` }, origin);
  }
  return multiUnits(interval, units, sql, origin);
}

/** The literal of `INTERVAL '1 day 2 hours'`; undefined if the text is not an interval. */
export function intervalFromText(text: string, sql: string, origin: Origin): Literal | undefined {
  const interval = parseCalendarInterval(text);
  if (interval === undefined) return undefined;
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
    if (months === undefined) throw unmatched(text, 'year-month', '[+|-]y-m', type.typeName, origin);
    return new Literal(months, type);
  }
  const start = DAY_TIME.indexOf(from);
  const end = DAY_TIME.indexOf(to);
  if (start < 0 || end <= start) {
    throw parseError('INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION', { input: text, from, to }, origin);
  }
  const type = new DayTimeIntervalType(start as 0 | 1 | 2 | 3, end as 0 | 1 | 2 | 3);
  const micros = parseDayTimeInterval(text, type);
  if (micros === undefined) throw unmatched(text, 'day-time', DAY_TIME_FORMATS[`${from} to ${to}`] ?? '', type.typeName, origin);
  return new Literal(micros, type);
}

const DAY_TIME_FORMATS: Readonly<Record<string, string>> = {
  'day to hour': '[+|-]d h',
  'day to minute': '[+|-]d h:m',
  'day to second': '[+|-]d h:m:s.n',
  'hour to minute': '[+|-]h:m',
  'hour to second': '[+|-]h:m:s.n',
  'minute to second': '[+|-]m:s.n',
};

function unmatched(input: string, intervalStr: string, supportedFormat: string, typeName: string, origin: Origin) {
  return parseError(
    'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING',
    { input, intervalStr, supportedFormat: `\`${supportedFormat}\``, typeName },
    origin,
  );
}
