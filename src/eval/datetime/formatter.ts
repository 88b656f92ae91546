import {
  civilFromDays,
  dayOfYear,
  daysFromCivil,
  findZone,
  isoDayOfWeek,
  MICROS_PER_DAY,
  splitMicros,
  toInstantMicros,
  toLocalMicros,
  type Zone,
} from '../../types/index.js';
import { validDays } from './parse-text.js';
import { checkParsing, type Field, readPattern } from './pattern-fields.js';

/** A compiled datetime pattern. Java: `DateTimeFormatter`, as Spark allows it (no week-based fields). */
export interface DatetimeFormatter {
  /** Text of an instant shown in a zone. */
  format(micros: bigint, zone: Zone): string;
  /** Local microseconds and zone of a text; a failure carries the index Java would name. */
  parse(text: string): ParsedDatetime | ParseFailure;
}
export interface ParsedDatetime {
  readonly local: bigint;
  readonly zone: Zone | undefined;
}
export interface ParseFailure {
  readonly failedAt: number;
}

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

/** Offsets: `X` prints Z for zero, `x` does not; 1: +hh[mm], 2: +hhmm, 3: +hh:mm, 4: +hhmm[ss], 5: +hh:mm[:ss]. */
function offsetText(seconds: number, count: number, zero: string | undefined): string {
  if (seconds === 0 && zero !== undefined) return zero;
  const abs = Math.abs(seconds);
  const [h, m, s] = [Math.floor(abs / 3600), Math.floor((abs % 3600) / 60), abs % 60].map((n) =>
    String(n).padStart(2, '0'),
  ) as [string, string, string];
  const sign = seconds < 0 ? '-' : '+';
  const colon = count === 3 || count === 5 ? ':' : '';
  const minutes = count === 1 && m === '00' ? '' : colon + m;
  const tail = count >= 4 && s !== '00' ? colon + s : '';
  return sign + h + minutes + tail;
}
function localizedOffset(seconds: number, full: boolean): string {
  if (seconds === 0) return 'GMT';
  const abs = Math.abs(seconds);
  const h = Math.floor(abs / 3600);
  const m = Math.floor((abs % 3600) / 60);
  const sign = seconds < 0 ? '-' : '+';
  if (full) return `GMT${sign}${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`;
  return `GMT${sign}${h}${m === 0 ? '' : `:${String(m).padStart(2, '0')}`}`;
}

function zoneName(zone: Zone, micros: bigint, long: boolean): string {
  if (zone.id === 'UTC' || zone.id === 'Z') return long ? 'Coordinated Universal Time' : 'UTC';
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone.id,
      timeZoneName: long ? 'long' : 'short',
    }).formatToParts(Number(micros / 1000n));
    return parts.find((p) => p.type === 'timeZoneName')?.value ?? zone.id;
  } catch {
    return zone.id;
  }
}

class Compiled implements DatetimeFormatter {
  readonly #fields: readonly Field[];
  /** Without an era the year is signed and counts a year 0. */
  readonly #hasEra: boolean;
  #parses = false;
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
    if (!this.#parses) {
      checkParsing(this.pattern);
      this.#parses = true;
    }
    const state = new ParseState();
    const end = parseFields(this.#fields, text, 0, state);
    if (end < 0) return { failedAt: ~end };
    if (end < text.length) return { failedAt: end };
    return state.resolve() ?? { failedAt: 0 };
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

class ParseState {
  year: number | undefined;
  era: number | undefined;
  month: number | undefined;
  day: number | undefined;
  dayOfYear: number | undefined;
  quarter: number | undefined;
  weekday: number | undefined;
  hour: number | undefined;
  hour12: number | undefined;
  pm: boolean | undefined;
  minute = 0;
  second = 0;
  fraction = 0;
  zone: Zone | undefined;

  copyFrom(other: ParseState): void {
    Object.assign(this, other);
  }
  /** Missing fields default to 1970-01-01 00:00:00, as Spark's formatter does. */
  resolve(): ParsedDatetime | undefined {
    let year = this.year ?? 1970;
    if (this.era === 0) year = 1 - year;
    let days: number | undefined;
    if (this.dayOfYear !== undefined && this.month === undefined && this.day === undefined) {
      days = daysFromCivil(year, 1, 1) + this.dayOfYear - 1;
      if (civilFromDays(days).year !== year) return undefined;
    } else {
      const month = this.month ?? (this.quarter === undefined ? 1 : this.quarter * 3 - 2);
      days = validDays(year, month, this.day ?? 1);
    }
    if (days === undefined) return undefined;
    if (this.weekday !== undefined && isoDayOfWeek(days) !== this.weekday) return undefined;
    let hour = this.hour ?? 0;
    if (this.hour === undefined && this.hour12 !== undefined) {
      if (this.pm === undefined) return undefined;
      hour = (this.hour12 % 12) + (this.pm ? 12 : 0);
    }
    if (hour > 23 || this.minute > 59 || this.second > 59) return undefined;
    const seconds = hour * 3600 + this.minute * 60 + this.second;
    return {
      local: BigInt(days) * MICROS_PER_DAY + BigInt(seconds) * 1_000_000n + BigInt(this.fraction),
      zone: this.zone,
    };
  }
}

/** Reads fields from `at`; the new position, or `~index` of the failure. */
function parseFields(fields: readonly Field[], text: string, at: number, state: ParseState): number {
  let position = at;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as Field;
    if (field.optional) {
      const attempt = new ParseState();
      attempt.copyFrom(state);
      const end = parseFields(field.optional, text, position, attempt);
      if (end >= 0) {
        state.copyFrom(attempt);
        position = end;
      }
      continue;
    }
    const next = fields[i + 1];
    const adjacent = next !== undefined && isNumericField(next) && isNumericField(field);
    const end = parseField(field, text, position, state, adjacent);
    if (end < 0) return end;
    position = end;
  }
  return position;
}

const NUMERIC = new Set('yDdhHkKmsSnF'.split(''));
const isNumericField = (f: Field): boolean =>
  NUMERIC.has(f.letter) || ('MLqQ'.includes(f.letter) && f.letter !== '' && f.count <= 2);

/** Digits between `min` and `max` long. */
function digits(
  text: string,
  at: number,
  min: number,
  max: number,
): { readonly value: number; readonly end: number } | undefined {
  let end = at;
  while (end < text.length && end - at < max && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
  return end - at < min ? undefined : { value: Number(text.slice(at, end)), end };
}
function nameAt(text: string, at: number, names: readonly string[]): number {
  const rest = text.slice(at).toLowerCase();
  return names.findIndex((n) => rest.startsWith(n.toLowerCase()));
}

function parseField(field: Field, text: string, at: number, state: ParseState, adjacent: boolean): number {
  const { letter, count, literal } = field;
  if (literal !== undefined) {
    return text.slice(at, at + literal.length).toLowerCase() === literal.toLowerCase() ? at + literal.length : ~at;
  }
  const number = (max: number, store: (n: number) => boolean): number => {
    const read = digits(text, at, count, count === 1 ? (adjacent ? 1 : max) : count);
    return read && store(read.value) ? read.end : ~at;
  };
  const range =
    (low: number, high: number, set: (n: number) => void) =>
    (n: number): boolean => {
      if (n < low || n > high) return false;
      set(n);
      return true;
    };
  switch (letter) {
    case 'y': {
      if (count === 2)
        return number(2, (n) => {
          state.year = 2000 + n;
          return true;
        });
      const negative = text[at] === '-';
      const plus = text[at] === '+';
      const from = negative || plus ? at + 1 : at;
      const read = digits(text, from, count, adjacent ? count : count >= 4 ? (plus ? 10 : count) : 10);
      if (!read) return ~at;
      state.year = negative ? -read.value : read.value;
      return read.end;
    }
    case 'M':
    case 'L': {
      if (count <= 2)
        return number(
          2,
          range(1, 12, (n) => (state.month = n)),
        );
      const names = count === 3 ? SHORT_MONTHS : MONTHS;
      const index = nameAt(text, at, names);
      if (index < 0) return ~at;
      state.month = index + 1;
      return at + (names[index] as string).length;
    }
    case 'd':
      return number(
        2,
        range(1, 31, (n) => (state.day = n)),
      );
    case 'D':
      return number(
        3,
        range(1, 366, (n) => (state.dayOfYear = n)),
      );
    case 'q':
    case 'Q': {
      const from = count === 3 && text[at]?.toUpperCase() === 'Q' ? at + 1 : at;
      const read = digits(text, from, 1, count === 2 ? 2 : 1);
      if (!read || read.value < 1 || read.value > 4) return ~at;
      state.quarter = read.value;
      return read.end;
    }
    case 'E': {
      const names = count === 4 ? DAYS : DAYS.map((d) => d.slice(0, 3));
      const index = nameAt(text, at, names);
      if (index < 0) return ~at;
      state.weekday = index + 1;
      return at + (names[index] as string).length;
    }
    case 'G': {
      const names = count === 4 ? ['Before Christ', 'Anno Domini'] : ['BC', 'AD'];
      const index = nameAt(text, at, names);
      if (index < 0) return ~at;
      state.era = index;
      return at + (names[index] as string).length;
    }
    case 'a': {
      const index = nameAt(text, at, ['AM', 'PM']);
      if (index < 0) return ~at;
      state.pm = index === 1;
      return at + 2;
    }
    case 'H':
      return number(
        2,
        range(0, 23, (n) => (state.hour = n)),
      );
    case 'k':
      return number(
        2,
        range(1, 24, (n) => (state.hour = n % 24)),
      );
    case 'h':
      return number(
        2,
        range(1, 12, (n) => (state.hour12 = n)),
      );
    case 'K':
      return number(
        2,
        range(0, 11, (n) => (state.hour12 = n)),
      );
    case 'm':
      return number(
        2,
        range(0, 59, (n) => (state.minute = n)),
      );
    case 's':
      return number(
        2,
        range(0, 59, (n) => (state.second = n)),
      );
    case 'S': {
      const read = digits(text, at, 1, count);
      if (!read) return ~at;
      state.fraction = Number(text.slice(at, read.end).padEnd(9, '0').slice(0, 6));
      return read.end;
    }
    case 'X':
    case 'x':
    case 'Z':
    case 'O':
    case 'V':
    case 'z': {
      const match = /^(?:Z|(?:GMT|UTC|UT)?[+-]\d{1,2}(?::?\d{2}){0,2}|[A-Za-z][A-Za-z0-9~/._+-]*)/.exec(text.slice(at));
      if (!match) return ~at;
      if ((letter === 'X' || letter === 'x' || (letter === 'Z' && count !== 4)) && /^[A-Y]/.test(match[0])) return ~at;
      const zone = findZone(match[0]);
      if (!zone) return ~at;
      state.zone = zone;
      return at + match[0].length;
    }
    default:
      return ~at;
  }
}

const cache = new Map<string, DatetimeFormatter>();

/** The formatter of a pattern.
 * @throws INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION and .DATETIME_WEEK_BASED_PATTERN */
export function datetimeFormatter(pattern: string): DatetimeFormatter {
  let formatter = cache.get(pattern);
  if (!formatter) {
    formatter = new Compiled(pattern);
    if (cache.size > 200) cache.clear();
    cache.set(pattern, formatter);
  }
  return formatter;
}

/** Instant of a parsed text: its own zone if it names one, else the session's. */
export function parsedInstant(parsed: ParsedDatetime, zone: Zone): bigint {
  return toInstantMicros(parsed.local, parsed.zone ?? zone);
}
