import {
  civilFromDays,
  daysFromCivil,
  findZone,
  isoDayOfWeek,
  MICROS_PER_DAY,
  splitMicros,
  toLocalMicros,
  type Zone,
} from '../../types/index.js';
import { javaError } from '../errors.js';
import type { DatetimeFormatter, ParsedDatetime, ParseFailure } from './formatter-types.js';
import { offsetText, zoneName } from './zone-text.js';

/** A letter run or a literal of a SimpleDateFormat pattern. */
interface Part {
  readonly letter: string;
  readonly count: number;
  readonly literal: string;
}

const LETTERS = 'GyMdkHmsSEDFwWahKzZYuXL';
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
/** The last instant that old zones show at their standard offset: what lies before 1900 has no transitions. */
const FIRST_SECOND = -2_208_988_800;

function readParts(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const literal = (text: string): void => {
    if (text !== '') parts.push({ letter: '', count: 0, literal: text });
  };
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i] as string;
    if (/[A-Za-z]/.test(c)) {
      let end = i;
      while (pattern[end] === c) end++;
      if (!LETTERS.includes(c))
        throw javaError('java.lang.IllegalArgumentException', `Illegal pattern character '${c}'`);
      if (c === 'X' && end - i > 3)
        throw javaError('java.lang.IllegalArgumentException', `invalid ISO 8601 format: length=${end - i}`);
      parts.push({ letter: c, count: end - i, literal: '' });
      i = end;
    } else if (c === "'") {
      let text = '';
      for (i++; ; i++) {
        if (i >= pattern.length) throw javaError('java.lang.IllegalArgumentException', 'Unterminated quote');
        if (pattern[i] !== "'") text += pattern[i];
        else if (pattern[i + 1] === "'") {
          text += "'";
          i++;
        } else break;
      }
      literal(text === '' && pattern[i - 1] === "'" ? "'" : text);
      i++;
    } else {
      literal(c);
      i++;
    }
  }
  return parts;
}

/** Days of a date of the calendar that Java used: Julian before 15 October 1582. */
function hybridDays(year: number, month: number, day: number): number {
  if (year > 1582 || (year === 1582 && (month > 10 || (month === 10 && day >= 15)))) {
    return daysFromCivil(year, month, day);
  }
  const m = (month + 9) % 12;
  const y = month <= 2 ? year - 1 : year;
  return Math.floor((1461 * y) / 4) + Math.floor((153 * m + 2) / 5) + day - 1 - 719_470;
}
function hybridMonthLength(year: number, month: number): number {
  if (year === 1582 && month === 10) return 31;
  return month === 12 ? 31 : hybridDays(year, month + 1, 1) - hybridDays(year, month, 1);
}

/** A pattern as Java's old formatter reads it, on local fields. Spark: `LegacySimpleTimestampFormatter`, not lenient.
 * @throws java.lang.IllegalArgumentException for letters that it does not know */
export class SimpleFormatter implements DatetimeFormatter {
  readonly #parts: readonly Part[];
  /** @param fast as CSV and JSON use it: S is a fraction, and fields out of range roll over. Spark: `LegacyFastTimestampFormatter` */
  constructor(
    readonly pattern: string,
    readonly fast = false,
  ) {
    this.#parts = readParts(pattern);
  }

  format(micros: bigint, zone: Zone): string {
    const local = toLocalMicros(micros, zone);
    const { days, ofDay } = splitMicros(local);
    const seconds = Number(micros / 1_000_000n);
    const offset = seconds < FIRST_SECOND ? zone.offsetAt(FIRST_SECOND) : Number((local - micros) / 1_000_000n);
    const shown = { ...civilFromDays(days), ofDay, offset, micros, zone, fast: this.fast };
    return this.#parts.map((p) => (p.letter === '' ? p.literal : formatPart(p, shown))).join('');
  }

  parse(text: string): ParsedDatetime | ParseFailure {
    return (
      new SimpleReading(text, this.#parts, this.fast).run() ?? { failedAt: 0, message: `Unparseable date: "${text}"` }
    );
  }
}

interface Shown {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly ofDay: bigint;
  readonly offset: number;
  readonly micros: bigint;
  readonly zone: Zone;
  readonly fast: boolean;
}

const padded = (n: number, width: number): string =>
  n < 0 ? `-${String(-n).padStart(width, '0')}` : String(n).padStart(width, '0');

/** Week of a year or month: weeks start on Sunday, the first one holds day 1. @param weekday 0 Sunday to 6 Saturday */
function weekOf(dayOf: number, weekday: number): number {
  const first = (((weekday - dayOf + 1) % 7) + 7) % 7;
  return Math.floor((dayOf - 1 + first) / 7) + 1;
}

function formatPart({ letter, count }: Part, at: Shown): string {
  const { year, month, day } = at;
  const days = hybridDays(year, month, day);
  const dayOfYear = days - hybridDays(year, 1, 1) + 1;
  const weekday = isoDayOfWeek(days);
  // The week that holds 1 January is the first one of its year.
  const inNextYear = days + 6 - (weekday % 7) >= hybridDays(year + 1, 1, 1);
  const second = Number(at.ofDay / 1_000_000n);
  const hour = Math.floor(second / 3600);
  switch (letter) {
    case 'G':
      return year > 0 ? 'AD' : 'BC';
    case 'y':
    case 'Y': {
      const counted = letter === 'Y' && inNextYear ? year + 1 : year;
      const shown = counted > 0 ? counted : 1 - counted;
      return count === 2 ? padded(shown % 100, 2) : padded(shown, count);
    }
    case 'M':
    case 'L': {
      const name = MONTHS[month - 1] as string;
      return count >= 4 ? name : count === 3 ? name.slice(0, 3) : padded(month, count);
    }
    case 'w':
      return padded(inNextYear ? 1 : weekOf(dayOfYear, weekday % 7), count);
    case 'W':
      return padded(weekOf(day, weekday % 7), count);
    case 'D':
      return padded(dayOfYear, count);
    case 'd':
      return padded(day, count);
    case 'F':
      return padded(Math.floor((day - 1) / 7) + 1, count);
    case 'E': {
      const name = DAYS[weekday - 1] as string;
      return count >= 4 ? name : name.slice(0, 3);
    }
    case 'u':
      return padded(weekday, count);
    case 'a':
      return hour < 12 ? 'AM' : 'PM';
    case 'H':
      return padded(hour, count);
    case 'k':
      return padded(hour === 0 ? 24 : hour, count);
    case 'K':
      return padded(hour % 12, count);
    case 'h':
      return padded(hour % 12 === 0 ? 12 : hour % 12, count);
    case 'm':
      return padded(Math.floor((second % 3600) / 60), count);
    case 's':
      return padded(second % 60, count);
    case 'S':
      if (at.fast) return padded(Number(((at.ofDay % 1_000_000n) * 10n ** BigInt(count)) / 1_000_000n), count);
      return padded(Number((at.ofDay % 1_000_000n) / 1000n), count);
    case 'z':
      return zoneName(at.zone, at.micros, count >= 4);
    case 'X':
      return offsetText(at.offset, count, 'Z');
    default:
      return offsetText(at.offset, 2, undefined);
  }
}

/** Letters that are read as numbers whatever their count; months only when short. */
const isNumber = (p: Part | undefined): boolean =>
  p !== undefined && p.letter !== '' && !'GEazZX'.includes(p.letter) && !('ML'.includes(p.letter) && p.count > 2);

/** One attempt to read a text. Java: `SimpleDateFormat.parse`, which leaves what follows the pattern unread. */
class SimpleReading {
  #at = 0;
  readonly #fields = new Map<string, number>();
  #zone: Zone | undefined;
  constructor(
    readonly text: string,
    readonly parts: readonly Part[],
    readonly fast: boolean,
  ) {}

  run(): ParsedDatetime | undefined {
    for (let i = 0; i < this.parts.length; i++) {
      const part = this.parts[i] as Part;
      if (part.letter === '') {
        if (!this.text.startsWith(part.literal, this.#at)) return undefined;
        this.#at += part.literal.length;
      } else if (!this.#field(part, isNumber(this.parts[i + 1]))) return undefined;
    }
    return this.#resolve();
  }

  #set(key: string, value: number): true {
    this.#fields.delete(key);
    this.#fields.set(key, value);
    return true;
  }

  #number(part: Part, obeyCount: boolean): number | undefined {
    const end = obeyCount ? this.#at + part.count : this.text.length;
    if (end > this.text.length) return undefined;
    const match = /^-?\d+/.exec(this.text.slice(this.#at, end));
    if (!match) return undefined;
    this.#at += match[0].length;
    return Number(match[0]);
  }

  #name(names: readonly string[]): number {
    const rest = this.text.slice(this.#at).toLowerCase();
    const index = names.findIndex((n) => rest.startsWith(n.toLowerCase()));
    if (index >= 0) this.#at += (names[index] as string).length;
    return index;
  }

  #field(part: Part, obeyCount: boolean): boolean {
    while (this.text[this.#at] === ' ' || this.text[this.#at] === '\t') this.#at++;
    if (this.#at >= this.text.length) return false;
    const { letter, count } = part;
    switch (letter) {
      case 'G': {
        const index = this.#name(['BC', 'AD']);
        return index >= 0 && this.#set('G', index);
      }
      case 'a': {
        const index = this.#name(['AM', 'PM']);
        return index >= 0 && this.#set('a', index);
      }
      case 'E': {
        let index = this.#name(DAYS);
        if (index < 0) index = this.#name(DAYS.map((d) => d.slice(0, 3)));
        return index >= 0 && this.#set('E', index + 1);
      }
      case 'z':
      case 'Z':
      case 'X':
        return this.#zoneField(letter);
      default:
    }
    if ((letter === 'M' || letter === 'L') && count > 2) {
      let index = this.#name(MONTHS);
      if (index < 0) index = this.#name(MONTHS.map((m) => m.slice(0, 3)));
      return index >= 0 && this.#set('M', index + 1);
    }
    const start = this.#at;
    const value = this.#number(part, obeyCount);
    if (value === undefined) return false;
    switch (letter) {
      case 'y': {
        const twoDigits = count <= 2 && /^\d\d$/.test(this.text.slice(start, this.#at));
        return this.#set('y', twoDigits ? inCentury(value) : value);
      }
      case 'M':
      case 'L':
        return this.#set('M', value);
      case 'k':
        return value >= 1 && value <= 24 && this.#set('H', value % 24);
      case 'h':
        return value >= 1 && value <= 12 && this.#set('K', value % 12);
      default:
        return this.#set(letter, value);
    }
  }

  #zoneField(letter: string): boolean {
    const rest = this.text.slice(this.#at);
    const match =
      letter === 'X'
        ? /^(?:Z|[+-]\d{2}(?::?\d{2})?)/.exec(rest)
        : /^(?:(?:GMT)?[+-]\d{1,2}:?\d{2}|[A-Za-z][A-Za-z/_]*)/.exec(rest);
    const zone = match && findZone(match[0]);
    if (!match || !zone) return false;
    this.#zone = zone;
    this.#at += match[0].length;
    return true;
  }

  /** The moment that the fields name; what was set last says which of them make the day, the others must agree. */
  #resolve(): ParsedDatetime | undefined {
    const f = this.#fields;
    const get = (key: string, otherwise: number): number => f.get(key) ?? otherwise;
    let year = get('y', 1970);
    if (f.has('G') && year < 1) return undefined;
    if (f.get('G') === 0) year = 1 - year;
    if (this.fast) return this.#rolled(year);
    const keys = [...f.keys()];
    const byYear = f.has('D') && keys.indexOf('D') > Math.max(keys.indexOf('M'), keys.indexOf('d'));
    const civil = byYear ? dayInYear(year, get('D', 1)) : { month: get('M', 1), day: get('d', 1) };
    const { month, day } = civil;
    if (month < 1 || month > 12 || day < 1 || day > hybridMonthLength(year, month)) return undefined;
    const real = hybridDays(year, month, day);
    const agrees =
      get('M', month) === month &&
      get('d', day) === day &&
      get('D', real - hybridDays(year, 1, 1) + 1) === real - hybridDays(year, 1, 1) + 1 &&
      get('E', isoDayOfWeek(real)) === isoDayOfWeek(real) &&
      get('u', isoDayOfWeek(real)) === isoDayOfWeek(real);
    if (!agrees) return undefined;
    const hour = f.get('H') ?? (f.has('K') ? get('K', 0) + 12 * get('a', 0) : 12 * get('a', 0));
    const [minute, second, millis] = [get('m', 0), get('s', 0), get('S', 0)];
    const inside = (n: number, end: number): boolean => n >= 0 && n < end;
    if (!inside(hour, 24) || !inside(minute, 60) || !inside(second, 60) || !inside(millis, 1000)) return undefined;
    if (!inside(get('K', 0), 12)) return undefined;
    const micros = BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(millis) * 1000n;
    return { local: BigInt(daysFromCivil(year, month, day)) * MICROS_PER_DAY + micros, zone: this.#zone };
  }

  /** The moment of fields that need not be in range. */
  #rolled(year: number): ParsedDatetime {
    const f = this.#fields;
    const get = (key: string, otherwise: number): number => f.get(key) ?? otherwise;
    const month = get('M', 1) - 1;
    const y = year + Math.floor(month / 12);
    const start = hybridDays(y, month - Math.floor(month / 12) * 12 + 1, 1);
    const days = f.has('D') && !f.has('M') ? hybridDays(year, 1, 1) + get('D', 1) - 1 : start + get('d', 1) - 1;
    const hour = f.get('H') ?? get('K', 0) + 12 * get('a', 0);
    const digits = this.parts.filter((p) => p.letter === 'S').reduce((n, p) => n + p.count, 0);
    const micros = Math.floor((get('S', 0) * 1_000_000) / 10 ** digits);
    const seconds = hour * 3600 + get('m', 0) * 60 + get('s', 0);
    return { local: BigInt(days) * MICROS_PER_DAY + BigInt(seconds) * 1_000_000n + BigInt(micros), zone: this.#zone };
  }
}

function dayInYear(year: number, dayOfYear: number): { readonly month: number; readonly day: number } {
  let day = dayOfYear;
  let month = 1;
  while (month < 12 && day > hybridMonthLength(year, month)) day -= hybridMonthLength(year, month++);
  return { month, day };
}

/** Two digits name a year within the eighty years past and the twenty to come. */
function inCentury(twoDigits: number): number {
  const start = new Date().getFullYear() - 80;
  const year = Math.floor(start / 100) * 100 + twoDigits;
  return year < start ? year + 100 : year;
}
