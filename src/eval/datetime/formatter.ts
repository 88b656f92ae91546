import { runtimeError } from '../../errors/index.js';
import {
  civilFromDays,
  dayOfYear,
  isoDayOfWeek,
  splitMicros,
  toInstantMicros,
  toLocalMicros,
  type Zone,
} from '../../types/index.js';
import { javaError } from '../errors.js';
import type { DatetimeFormatter, OldPatterns, ParsedDatetime, ParseFailure } from './formatter-types.js';
import { checkParsing, type Field, readPattern } from './pattern-fields.js';
import { compileParser } from './pattern-parser.js';
import { SimpleFormatter } from './simple-format.js';
import { localizedOffset, offsetText, zoneName } from './zone-text.js';

export type { DatetimeFormatter, OldPatterns, ParsedDatetime, ParseFailure } from './formatter-types.js';
export { inTextFiles } from './formatter-types.js';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
/** English short names as in the CLDR data of Java 17. */
const SHORT_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function formatNumber(n: number, width: number): string {
  return n < 0 ? `-${String(-n).padStart(width, '0')}` : String(n).padStart(width, '0');
}

class Compiled implements DatetimeFormatter {
  readonly #fields: readonly Field[];
  /** Without an era the year is signed and counts a year 0. */
  readonly #hasEra: boolean;
  #parse: DatetimeFormatter['parse'] | undefined;
  constructor(readonly pattern: string) {
    this.#fields = readPattern(pattern);
    this.#hasEra = JSON.stringify(this.#fields).includes('"letter":"G"');
  }

  format(micros: bigint, zone: Zone): string {
    const local = toLocalMicros(micros, zone);
    const { days, ofDay } = splitMicros(local);
    const shown: Shown = {
      hasEra: this.#hasEra,
      micros,
      zone,
      days,
      ofDay,
      offset: Number((local - micros) / 1_000_000n),
    };
    return this.#fields.map((f) => formatField(f, shown)).join('');
  }

  parse(text: string): ParsedDatetime | ParseFailure {
    if (!this.#parse) {
      checkParsing(this.pattern);
      this.#parse = compileParser(this.#fields, this.#hasEra);
    }
    return this.#parse(text);
  }
}

interface Shown {
  readonly hasEra: boolean;
  readonly micros: bigint;
  readonly zone: Zone;
  readonly days: number;
  readonly ofDay: bigint;
  readonly offset: number;
}

function formatField(field: Field, at: Shown): string {
  if (field.literal !== undefined) return field.literal;
  if (field.optional) return field.optional.map((f) => formatField(f, at)).join('');
  const { letter, count } = field;
  const second = Number(at.ofDay / 1_000_000n);
  const hour = Math.floor(second / 3600);
  switch (letter) {
    case 'G': {
      const { year } = civilFromDays(at.days);
      return count === 4 ? (year > 0 ? 'Anno Domini' : 'Before Christ') : year > 0 ? 'AD' : 'BC';
    }
    case 'y': {
      const { year } = civilFromDays(at.days);
      const shown = at.hasEra && year <= 0 ? 1 - year : year;
      if (count === 2) return String(Math.abs(shown) % 100).padStart(2, '0');
      const body = String(Math.abs(shown)).padStart(count, '0');
      if (shown < 0) return `-${body}`;
      return count >= 4 && body.length > count ? `+${body}` : body;
    }
    case 'M':
    case 'L': {
      const { month } = civilFromDays(at.days);
      if (count <= 2) return formatNumber(month, count);
      return (count === 3 ? SHORT_MONTHS : MONTHS)[month - 1] as string;
    }
    case 'd':
      return formatNumber(civilFromDays(at.days).day, count);
    case 'D':
      return formatNumber(dayOfYear(at.days), count);
    case 'q':
    case 'Q': {
      const quarter = Math.floor((civilFromDays(at.days).month - 1) / 3) + 1;
      if (count <= 2) return formatNumber(quarter, count);
      return count === 3 ? `Q${quarter}` : `${['1st', '2nd', '3rd', '4th'][quarter - 1]} quarter`;
    }
    case 'E': {
      const name = DAYS[isoDayOfWeek(at.days) - 1] as string;
      return count === 4 ? name : name.slice(0, 3);
    }
    case 'F':
      return String(Math.floor((civilFromDays(at.days).day - 1) % 7) + 1);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'h':
      return formatNumber(hour % 12 === 0 ? 12 : hour % 12, count);
    case 'H':
      return formatNumber(hour, count);
    case 'k':
      return formatNumber(hour === 0 ? 24 : hour, count);
    case 'K':
      return formatNumber(hour % 12, count);
    case 'm':
      return formatNumber(Math.floor((second % 3600) / 60), count);
    case 's':
      return formatNumber(second % 60, count);
    case 'S':
      return String(at.ofDay % 1_000_000n)
        .padStart(6, '0')
        .padEnd(9, '0')
        .slice(0, count);
    case 'n':
      return formatNumber(Number((at.ofDay % 1_000_000n) * 1000n), count);
    case 'V':
      return at.zone.id;
    case 'z':
      return zoneName(at.zone, at.micros, count === 4);
    case 'O':
      return localizedOffset(at.offset, count === 4);
    case 'X':
      return offsetText(at.offset, count, 'Z');
    case 'x':
      return offsetText(at.offset, count, undefined);
    case 'Z':
      if (count <= 3) return offsetText(at.offset, 2, undefined);
      return count === 4 ? localizedOffset(at.offset, true) : offsetText(at.offset, 5, 'Z');
    default:
      return '';
  }
}

const cache = new Map<string, DatetimeFormatter>();

/** Reads as the new formatter does; what only the old one reads is an error. */
class Cautious implements DatetimeFormatter {
  readonly #new: Compiled;
  constructor(readonly pattern: string) {
    this.#new = new Compiled(pattern);
  }
  format(micros: bigint, zone: Zone): string {
    return this.#new.format(micros, zone);
  }
  parse(text: string): ParsedDatetime | ParseFailure {
    const parsed = this.#new.parse(text);
    if ('local' in parsed || 'failedAt' in new SimpleFormatter(this.pattern).parse(text)) return parsed;
    throw runtimeError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER', {
      datetime: `'${text}'`,
      config: '"spark.sql.legacy.timeParserPolicy"',
    });
  }
}

/** The formatter of a pattern.
 * @throws INCONSISTENT_BEHAVIOR_CROSS_VERSION.* */
export function datetimeFormatter(pattern: string, old: OldPatterns = false): DatetimeFormatter {
  const key = `${old} ${pattern}`;
  let formatter = cache.get(key);
  if (!formatter) {
    formatter =
      old === 'exception'
        ? new Cautious(pattern)
        : old
          ? new SimpleFormatter(pattern, old === 'fast')
          : new Compiled(pattern);
    if (cache.size > 200) cache.clear();
    cache.set(key, formatter);
  }
  return formatter;
}

/** Instant of a parsed text: its own zone if it names one, else the session's.
 * @throws java.lang.ArithmeticException where 64 bits do not hold it */
export function parsedInstant(parsed: ParsedDatetime, zone: Zone): bigint {
  if (BigInt.asIntN(64, parsed.local) !== parsed.local) {
    throw javaError('java.lang.ArithmeticException', 'long overflow');
  }
  return toInstantMicros(parsed.local, parsed.zone ?? zone);
}
