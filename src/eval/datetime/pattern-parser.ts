import { findZone, type Zone } from '../../types/index.js';
import type { ParsedDatetime, ParseFailure } from './formatter-types.js';
import { FieldConflict, type FieldName, ParsedFields } from './parsed-fields.js';
import type { Field } from './pattern-fields.js';

/** Reads a piece of text at a position: the position behind it, or `~position` of the failure. */
type Step = (text: string, at: number, into: ParsedFields) => number;

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const short = (names: readonly string[]): string[] => names.map((n) => n.slice(0, 3));

/** A number with its width and sign rules. Java: `NumberPrinterParser`. */
interface NumberSpec {
  readonly field: FieldName;
  readonly min: number;
  readonly max: number;
  readonly sign: 'normal' | 'exceeds' | 'none';
  /** Two-digit years count from 2000. */
  readonly reduced?: boolean;
  /** Digits that the numbers right behind it need. */
  subsequent: number;
}

const NUMBERS: Readonly<Record<string, FieldName>> = {
  M: 'MonthOfYear',
  L: 'MonthOfYear',
  Q: 'QuarterOfYear',
  q: 'QuarterOfYear',
  d: 'DayOfMonth',
  D: 'DayOfYear',
  H: 'HourOfDay',
  k: 'ClockHourOfDay',
  K: 'HourOfAmPm',
  h: 'ClockHourOfAmPm',
  m: 'MinuteOfHour',
  s: 'SecondOfMinute',
};

function numberSpec({ letter, count }: Field, hasEra: boolean): NumberSpec | undefined {
  if (letter === 'y') {
    const field = hasEra ? 'YearOfEra' : 'Year';
    if (count === 2) return { field, min: 2, max: 2, sign: 'none', reduced: true, subsequent: 0 };
    return { field, min: count, max: 19, sign: count < 4 ? 'normal' : 'exceeds', subsequent: 0 };
  }
  const field = NUMBERS[letter];
  if (field === undefined || (count > 2 && letter !== 'D')) return undefined;
  if (letter === 'D' && count > 1) return { field, min: count, max: 3, sign: 'none', subsequent: 0 };
  if (count === 1) return { field, min: 1, max: 19, sign: 'normal', subsequent: 0 };
  return { field, min: 2, max: 2, sign: 'none', subsequent: 0 };
}

/** The steps of a pattern; numbers side by side share their digits as Java deals them out. */
export function compileParser(
  fields: readonly Field[],
  hasEra: boolean,
): (text: string) => ParsedDatetime | ParseFailure {
  const steps = compile(fields, hasEra);
  return (text) => {
    const into = new ParsedFields();
    const end = run(steps, text, 0, into);
    const shown = text.length > 64 ? `${text.slice(0, 64)}...` : text;
    if (end < 0) return { failedAt: ~end, message: `Text '${shown}' could not be parsed at index ${~end}` };
    if (end < text.length)
      return { failedAt: end, message: `Text '${shown}' could not be parsed, unparsed text found at index ${end}` };
    try {
      return into.resolve();
    } catch (error) {
      if (!(error instanceof FieldConflict)) throw error;
      return {
        failedAt: 0,
        message: error.own ? error.message : `Text '${shown}' could not be parsed: ${error.message}`,
      };
    }
  };
}

function run(steps: readonly Step[], text: string, from: number, into: ParsedFields): number {
  let at = from;
  for (const step of steps) {
    at = step(text, at, into);
    if (at < 0) return at;
  }
  return at;
}

function compile(fields: readonly Field[], hasEra: boolean): Step[] {
  const steps: Step[] = [];
  /** The number that gives digits away to fixed-width numbers right behind it. */
  let giver: NumberSpec | undefined;
  for (const field of fields) {
    const spec = field.literal === undefined && !field.optional ? numberSpec(field, hasEra) : undefined;
    if (spec === undefined) {
      giver = undefined;
      steps.push(otherStep(field, hasEra));
      continue;
    }
    const fixed = spec.min === spec.max && spec.sign === 'none';
    if (giver && fixed) giver.subsequent += spec.max;
    else {
      if (giver) giver.subsequent = -1;
      giver = spec;
    }
    steps.push((text, at, into) => readNumber(spec, text, at, into));
  }
  return steps;
}

const isDigit = (c: string | undefined): boolean => c !== undefined && c >= '0' && c <= '9';

function readNumber(spec: NumberSpec, text: string, from: number, into: ParsedFields): number {
  const { min, max, sign } = spec;
  if (from >= text.length) return ~from;
  let at = from;
  const first = text[at];
  const negative = first === '-';
  const positive = first === '+';
  if (negative || positive) {
    const allowed = sign === 'exceeds' || (sign === 'normal' && negative);
    if (!allowed) return ~from;
    at++;
  }
  if (at + min > text.length) return ~at;
  const start = at;
  // Java widens by what follows, and gives it back afterwards.
  const widest = max + Math.max(spec.subsequent, 0);
  while (isDigit(text[at]) && at - start < widest) at++;
  if (at - start < min) return ~start;
  if (spec.subsequent > 0) at = start + Math.max(min, at - start - spec.subsequent);
  const length = at - start;
  let value = Number(text.slice(start, at));
  if (negative) {
    if (value === 0) return ~(start - 1);
    value = -value;
  } else if (sign === 'exceeds' && (positive ? length <= min : length > min)) return ~(positive ? start - 1 : start);
  return set(into, spec.field, spec.reduced ? 2000 + value : value, start, at);
}

/** A field read twice must say the same. */
function set(into: ParsedFields, field: FieldName, value: number, from: number, to: number): number {
  const before = into.values.get(field);
  if (before !== undefined && before !== value) return ~from;
  into.values.set(field, value);
  return to;
}

function otherStep(field: Field, hasEra: boolean): Step {
  const { letter, count, literal, optional } = field;
  if (optional) {
    const inner = compile(optional, hasEra);
    return (text, at, into) => {
      const attempt = into.copy();
      const end = run(inner, text, at, attempt);
      if (end < 0) return at;
      into.take(attempt);
      return end;
    };
  }
  if (literal !== undefined) {
    const wanted = literal.toLowerCase();
    return (text, at) => (text.slice(at, at + literal.length).toLowerCase() === wanted ? at + literal.length : ~at);
  }
  switch (letter) {
    case 'M':
    case 'L':
      return names(count === 3 ? short(MONTHS) : MONTHS, 'MonthOfYear', 1);
    case 'Q':
    case 'q':
      return names(
        count === 3 ? ['Q1', 'Q2', 'Q3', 'Q4'] : ['1st', '2nd', '3rd', '4th'].map((n) => `${n} quarter`),
        'QuarterOfYear',
        1,
      );
    case 'E':
      return names(count === 4 ? DAYS : short(DAYS), 'DayOfWeek', 1);
    case 'G':
      return names(count === 4 ? ['Before Christ', 'Anno Domini'] : ['BC', 'AD'], 'Era', 0);
    case 'a':
      return names(['AM', 'PM'], 'AmPmOfDay', 0);
    case 'S':
      return (text, at, into) => {
        let end = at;
        while (end - at < count && isDigit(text[end])) end++;
        if (end === at) return ~at;
        return set(into, 'NanoOfSecond', Number(text.slice(at, end).padEnd(9, '0')), at, end);
      };
    case 'X':
    case 'x':
    case 'Z':
      return offsetStep(letter, count);
    default:
      return zoneStep(letter);
  }
}

function names(list: readonly string[], field: FieldName, base: number): Step {
  const keys = list.map((n) => n.toLowerCase());
  return (text, at, into) => {
    const index = keys.findIndex((k) => text.slice(at, at + k.length).toLowerCase() === k);
    return index < 0 ? ~at : set(into, field, index + base, at, at + (keys[index] as string).length);
  };
}

const OFFSETS: readonly RegExp[] = [
  /[+-](\d\d)(\d\d)?/y,
  /[+-](\d\d)(\d\d)/y,
  /[+-](\d\d):(\d\d)/y,
  /[+-](\d\d)(\d\d)(\d\d)?/y,
  /[+-](\d\d):(\d\d)(?::(\d\d))?/y,
];

function offsetStep(letter: string, count: number): Step {
  if (letter === 'Z' && count === 4) return zoneStep('O');
  const width = letter === 'Z' ? (count === 5 ? 5 : 2) : count;
  const pattern = new RegExp((OFFSETS[width - 1] as RegExp).source, 'y');
  const zero = letter === 'X' || (letter === 'Z' && count === 5) ? 'z' : undefined;
  return (text, at, into) => {
    if (zero !== undefined && text[at]?.toLowerCase() === zero) return setZone(into, findZone('Z'), at, at + 1);
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return ~at;
    const [all, h, m, s] = match as unknown as [string, string, string | undefined, string | undefined];
    const id = `${all[0]}${h}:${m ?? '00'}${s === undefined ? '' : `:${s}`}`;
    return setZone(into, findZone(id), at, at + all.length);
  };
}

function setZone(into: ParsedFields, zone: Zone | undefined, from: number, to: number): number {
  if (zone === undefined) return ~from;
  into.zone = zone;
  return to;
}

const ZONE_NAMES: Readonly<Record<string, string>> = {
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PDT: 'America/Los_Angeles',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Pacific Daylight Time': 'America/Los_Angeles',
  'Coordinated Universal Time': 'UTC',
};
const LONG_NAMES = Object.keys(ZONE_NAMES).filter((n) => n.includes(' '));

/** `VV`: ids; `z`: names and ids; `O`: offsets behind GMT. The longest piece of text that names a zone counts. */
function zoneStep(letter: string): Step {
  const pattern =
    letter === 'O'
      ? /GMT(?:[+-]\d{1,2}(?::\d{2}){0,2})?/iy
      : /(?:(?:GMT|UTC|UT)?[+-]\d{1,2}(?::?\d{2}){0,2}|[A-Za-z][A-Za-z0-9~/_]*(?:[+-]\d+)?)/y;
  return (text, at, into) => {
    const long = letter === 'z' ? LONG_NAMES.find((n) => text.startsWith(n, at)) : undefined;
    if (long !== undefined) return setZone(into, findZone(ZONE_NAMES[long] as string), at, at + long.length);
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return ~at;
    for (let piece = match[0]; piece !== ''; piece = piece.slice(0, -1)) {
      const zone = findZone((letter === 'z' ? ZONE_NAMES[piece] : undefined) ?? piece);
      if (zone) return setZone(into, zone, at, at + piece.length);
    }
    return ~at;
  };
}
