import { type DataType, INT, TIMESTAMP } from '../../types/index.js';
import type { Replacement } from '../function.js';

const left: Replacement = { argument: 0 };
const right: Replacement = { argument: 1 };
const call = (fn: string, ...args: Replacement[]): Replacement => ({ fn, args });
const negated = (r: Replacement): Replacement => call('negative', r);

/** What `+ - * /` mean where a date, timestamp or interval takes part: the call that replaces the operator, or undefined
 * where the operator itself applies. Spark: `BinaryArithmeticWithDatetimeResolver`. */
export function datetimeArithmetic(symbol: string, a: DataType, b: DataType): Replacement | undefined {
  switch (symbol) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a);
    default:
      return undefined;
  }
}

const isDayOnly = (t: DataType): boolean => t.kind === 'dt_interval' && t.startField === 0 && t.endField === 0;
const isTimestamp = (t: DataType): boolean => t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
const isText = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
const extractDays = (r: Replacement): Replacement => call('extractansiintervaldays', r);

function add(a: DataType, b: DataType): Replacement | undefined {
  const direct = addOneWay(a, b, left, right);
  if (direct) return direct;
  if (a.kind === 'null' && (b.kind === 'ym_interval' || b.kind === 'dt_interval')) {
    return call('+', { cast: left, type: b }, right);
  }
  if (b.kind === 'null' && (a.kind === 'ym_interval' || a.kind === 'dt_interval')) {
    return call('+', left, { cast: right, type: a });
  }
  return addOneWay(b, a, right, left);
}
function addOneWay(a: DataType, b: DataType, x: Replacement, y: Replacement): Replacement | undefined {
  if (a.kind === 'date') {
    if (isDayOnly(b)) return call('date_add', x, extractDays(y));
    if (b.kind === 'dt_interval') return call('timeadd', { cast: x, type: TIMESTAMP }, y);
    if (b.kind === 'ym_interval') return call('dateaddyminterval', x, y);
    if (b.kind === 'interval') return call('dateaddinterval', x, y);
    return isText(b) ? undefined : call('date_add', x, y);
  }
  if (isTimestamp(a)) {
    if (b.kind === 'ym_interval') return call('timestampaddyminterval', x, y);
    if (b.kind === 'dt_interval' || b.kind === 'interval') return call('timeadd', x, y);
    return undefined;
  }
  if (isText(a)) {
    if (b.kind === 'interval' || b.kind === 'dt_interval')
      return { cast: call('timeadd', { cast: x, type: TIMESTAMP }, y), type: a };
    if (b.kind === 'ym_interval') return undefined;
  }
  return undefined;
}

function subtract(a: DataType, b: DataType): Replacement | undefined {
  if (a.kind === 'date') {
    if (isDayOnly(b)) return call('date_add', left, negated(extractDays(right)));
    if (b.kind === 'dt_interval') return call('timeadd', { cast: left, type: TIMESTAMP }, negated(right));
    if (b.kind === 'ym_interval') return call('dateaddyminterval', left, negated(right));
    if (b.kind === 'interval') return call('dateaddinterval', left, negated(right));
  }
  if (isTimestamp(a)) {
    if (b.kind === 'ym_interval') return call('timestampaddyminterval', left, negated(right));
    if (b.kind === 'dt_interval' || b.kind === 'interval') return call('timeadd', left, negated(right));
  }
  if (isText(a) && (b.kind === 'interval' || b.kind === 'dt_interval')) {
    return { cast: call('timeadd', { cast: left, type: TIMESTAMP }, negated(right)), type: a };
  }
  if (isTimestamp(a) || isTimestamp(b)) {
    const zone = a.kind === 'timestamp_ntz' && b.kind === 'timestamp_ntz' ? undefined : TIMESTAMP;
    const side = (t: DataType, r: Replacement): Replacement =>
      zone && t.kind !== 'timestamp' ? { cast: r, type: zone } : r;
    if (a.kind === 'null' || b.kind === 'null' || isText(a) || isText(b) || (isDate(a) && isDate(b))) {
      return call('subtracttimestamps', side(a, left), side(b, right));
    }
  }
  if (b.kind === 'date')
    return isDate(a) || isText(a) || a.kind === 'null' ? call('subtractdates', left, right) : undefined;
  if (a.kind === 'date' && !isText(b))
    return b.kind === 'null' || isNumber(b) ? call('date_sub', left, right) : undefined;
  if (a.kind === 'date' && isText(b)) return call('subtractdates', left, right);
  return undefined;
}
const isDate = (t: DataType): boolean => t.kind === 'date' || isTimestamp(t);
const isNumber = (t: DataType): boolean =>
  ['byte', 'short', 'int', 'long', 'decimal', 'float', 'double'].includes(t.kind);

function multiply(a: DataType, b: DataType): Replacement | undefined {
  if (a.kind === 'interval') return call('multiply_interval', left, right);
  if (b.kind === 'interval') return call('multiply_interval', right, left);
  if (a.kind === 'ym_interval') return call('multiplyyminterval', left, right);
  if (b.kind === 'ym_interval') return call('multiplyyminterval', right, left);
  if (a.kind === 'dt_interval') return call('multiplydtinterval', left, right);
  if (b.kind === 'dt_interval') return call('multiplydtinterval', right, left);
  return undefined;
}
function divide(a: DataType): Replacement | undefined {
  if (a.kind === 'interval') return call('divide_interval', left, right);
  if (a.kind === 'ym_interval') return call('divideyminterval', left, right);
  return a.kind === 'dt_interval' ? call('dividedtinterval', left, right) : undefined;
}

/** What EXTRACT and date_part call for a field of a source; undefined for an unknown field. Spark: `Extract.createExpr`. */
export function extractFunction(field: string, source: DataType): Replacement | undefined {
  const key = field.toUpperCase();
  const value: Replacement = { argument: 1 };
  if (source.kind === 'ym_interval' || source.kind === 'dt_interval' || source.kind === 'interval') {
    const name = Object.hasOwn(INTERVAL_FIELDS, key) ? INTERVAL_FIELDS[key] : undefined;
    return name !== undefined && hasField(source, name) ? call(name, value) : undefined;
  }
  if (key === 'DAYOFWEEK_ISO' || key === 'DOW_ISO') {
    return call('+', call('weekday', value), { constant: 1, type: INT });
  }
  const name = Object.hasOwn(DATETIME_FIELDS, key) ? DATETIME_FIELDS[key] : undefined;
  return name === undefined ? undefined : call(name, value);
}
/** Whether an interval's type has the unit that a field function reads; calendar intervals have them all. */
function hasField(source: DataType, name: string): boolean {
  if (source.kind !== 'ym_interval' && source.kind !== 'dt_interval') return true;
  const units = source.kind === 'ym_interval' ? ['years', 'months'] : ['days', 'hours', 'minutes', 'seconds'];
  const unit = units.indexOf(name.slice('extractinterval'.length));
  return unit >= source.startField && unit <= source.endField;
}
const DATETIME_FIELDS: Readonly<Record<string, string>> = {
  YEAR: 'year',
  Y: 'year',
  YEARS: 'year',
  YR: 'year',
  YRS: 'year',
  YEAROFWEEK: 'yearofweek',
  QUARTER: 'quarter',
  QTR: 'quarter',
  MONTH: 'month',
  MON: 'month',
  MONS: 'month',
  MONTHS: 'month',
  WEEK: 'weekofyear',
  W: 'weekofyear',
  WEEKS: 'weekofyear',
  DAY: 'dayofmonth',
  D: 'dayofmonth',
  DAYS: 'dayofmonth',
  DAYOFWEEK: 'dayofweek',
  DOW: 'dayofweek',
  DOY: 'dayofyear',
  HOUR: 'hour',
  H: 'hour',
  HOURS: 'hour',
  HR: 'hour',
  HRS: 'hour',
  MINUTE: 'minute',
  M: 'minute',
  MIN: 'minute',
  MINS: 'minute',
  MINUTES: 'minute',
  SECOND: 'secondwithfraction',
  S: 'secondwithfraction',
  SEC: 'secondwithfraction',
  SECONDS: 'secondwithfraction',
  SECS: 'secondwithfraction',
};
const INTERVAL_FIELDS: Readonly<Record<string, string>> = {
  YEAR: 'extractintervalyears',
  Y: 'extractintervalyears',
  YEARS: 'extractintervalyears',
  YR: 'extractintervalyears',
  YRS: 'extractintervalyears',
  MONTH: 'extractintervalmonths',
  MON: 'extractintervalmonths',
  MONS: 'extractintervalmonths',
  MONTHS: 'extractintervalmonths',
  DAY: 'extractintervaldays',
  D: 'extractintervaldays',
  DAYS: 'extractintervaldays',
  HOUR: 'extractintervalhours',
  H: 'extractintervalhours',
  HOURS: 'extractintervalhours',
  HR: 'extractintervalhours',
  HRS: 'extractintervalhours',
  MINUTE: 'extractintervalminutes',
  M: 'extractintervalminutes',
  MIN: 'extractintervalminutes',
  MINS: 'extractintervalminutes',
  MINUTES: 'extractintervalminutes',
  SECOND: 'extractintervalseconds',
  S: 'extractintervalseconds',
  SEC: 'extractintervalseconds',
  SECONDS: 'extractintervalseconds',
  SECS: 'extractintervalseconds',
};
