import {
  civilFromDays,
  dayOfYear,
  daysFromCivil,
  daysInMonth,
  formatDays,
  isLeapYear,
  isoDayOfWeek,
  MICROS_PER_DAY,
  type Zone,
} from '../../types/index.js';
import type { ParsedDatetime } from './formatter-types.js';

/** Numeric fields of a parsed text by the names that Java's messages use. */
export type FieldName =
  | 'Era'
  | 'Year'
  | 'YearOfEra'
  | 'QuarterOfYear'
  | 'MonthOfYear'
  | 'DayOfMonth'
  | 'DayOfYear'
  | 'DayOfWeek'
  | 'AmPmOfDay'
  | 'HourOfDay'
  | 'ClockHourOfDay'
  | 'HourOfAmPm'
  | 'ClockHourOfAmPm'
  | 'MinuteOfHour'
  | 'SecondOfMinute'
  | 'NanoOfSecond';

const RANGES: Readonly<Record<FieldName, readonly [low: number, high: number, shown?: string]>> = {
  Era: [0, 1],
  Year: [-999_999_999, 999_999_999],
  YearOfEra: [1, 999_999_999, '1 - 999999999/1000000000'],
  QuarterOfYear: [1, 4],
  MonthOfYear: [1, 12],
  DayOfMonth: [1, 31, '1 - 28/31'],
  DayOfYear: [1, 366, '1 - 365/366'],
  DayOfWeek: [1, 7],
  AmPmOfDay: [0, 1],
  HourOfDay: [0, 23],
  ClockHourOfDay: [1, 24],
  HourOfAmPm: [0, 11],
  ClockHourOfAmPm: [1, 12],
  MinuteOfHour: [0, 59],
  SecondOfMinute: [0, 59],
  NanoOfSecond: [0, 999_999_999],
};

/** A sentence of Java's DateTimeException. `own`: Spark's code made it after the text was read. */
export class FieldConflict {
  constructor(
    readonly message: string,
    readonly own: boolean,
  ) {}
}

const MONTH_NAMES = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'],
  ...['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'],
] as const;

/** Why a date cannot be, as Java's `LocalDate.of` says; undefined for a real one. */
export function invalidDate(year: number, month: number, day: number): string | undefined {
  const wrong = outside('Year', year) ?? outside('MonthOfYear', month) ?? outside('DayOfMonth', day);
  if (wrong !== undefined || day <= daysInMonth(year, month)) return wrong;
  return day === 29
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${MONTH_NAMES[month - 1]} ${day}'`;
}

/** The complaint about a value outside its field's range. */
export function outside(name: FieldName, value: number): string | undefined {
  const [low, high, shown] = RANGES[name];
  if (value >= low && value <= high) return undefined;
  return `Invalid value for ${name} (valid values ${shown ?? `${low} - ${high}`}): ${value}`;
}

/** What a text said, field by field; optional sections work on copies. */
export class ParsedFields {
  readonly values = new Map<FieldName, number>();
  zone: Zone | undefined;

  copy(): ParsedFields {
    const other = new ParsedFields();
    for (const [k, v] of this.values) other.values.set(k, v);
    other.zone = this.zone;
    return other;
  }
  take(other: ParsedFields): void {
    for (const [k, v] of other.values) this.values.set(k, v);
    this.zone = other.zone;
  }

  /** The moment, missing fields as of 1970-01-01 00:00:00. Java: strict `Parsed.resolve`; Spark: `toLocalDate`.
   * @throws FieldConflict */
  resolve(): ParsedDatetime {
    const f = this.values;
    for (const [name, value] of f) {
      const wrong = outside(name, value);
      if (wrong !== undefined) throw new FieldConflict(wrong, false);
    }
    this.#year();
    const days = this.#strictDate() ?? this.#looseDate();
    const weekday = f.get('DayOfWeek');
    if (weekday !== undefined && weekday !== isoDayOfWeek(days))
      this.#conflict('DayOfWeek', isoDayOfWeek(days), weekday, days);
    const seconds = this.#hour() * 3600 + (f.get('MinuteOfHour') ?? 0) * 60 + (f.get('SecondOfMinute') ?? 0);
    const micros = Math.floor((f.get('NanoOfSecond') ?? 0) / 1000);
    return { local: BigInt(days) * MICROS_PER_DAY + BigInt(seconds) * 1_000_000n + BigInt(micros), zone: this.zone };
  }

  #year(): void {
    const f = this.values;
    const ofEra = f.get('YearOfEra');
    if (ofEra !== undefined) f.set('Year', f.get('Era') === 0 ? 1 - ofEra : ofEra);
  }

  #conflict(name: FieldName, derived: number, given: number, days: number): never {
    const text = `Conflict found: Field ${name} ${derived} differs from ${name} ${given} derived from ${formatDays(days)}`;
    throw new FieldConflict(text, false);
  }

  /** The date where year and the rest of it are given; all other date fields must agree. */
  #strictDate(): number | undefined {
    const f = this.values;
    const [year, month, day, inYear] = [f.get('Year'), f.get('MonthOfYear'), f.get('DayOfMonth'), f.get('DayOfYear')];
    if (year === undefined) return undefined;
    let days: number;
    if (month !== undefined && day !== undefined) {
      const wrong = invalidDate(year, month, day);
      if (wrong !== undefined) throw new FieldConflict(wrong, false);
      days = daysFromCivil(year, month, day);
    } else if (inYear !== undefined) days = ofYearDay(year, inYear, false);
    else return undefined;
    const civil = civilFromDays(days);
    if (month !== undefined && month !== civil.month) this.#conflict('MonthOfYear', civil.month, month, days);
    if (day !== undefined && day !== civil.day) this.#conflict('DayOfMonth', civil.day, day, days);
    if (inYear !== undefined && inYear !== dayOfYear(days)) this.#conflict('DayOfYear', dayOfYear(days), inYear, days);
    return days;
  }

  #looseDate(): number {
    const f = this.values;
    const year = f.get('Year') ?? 1970;
    const inYear = f.get('DayOfYear');
    if (inYear === undefined) {
      const [month, day] = [f.get('MonthOfYear') ?? 1, f.get('DayOfMonth') ?? 1];
      const wrong = invalidDate(year, month, day);
      if (wrong !== undefined) throw new FieldConflict(wrong, true);
      return daysFromCivil(year, month, day);
    }
    const days = ofYearDay(year, inYear, true);
    const civil = civilFromDays(days);
    for (const [name, derived] of [
      ['MonthOfYear', civil.month],
      ['DayOfMonth', civil.day],
    ] as const) {
      const given = f.get(name);
      if (given !== undefined && given !== derived) {
        const text = `Conflict found: Field ${name} ${given} differs from ${name} ${derived} derived from ${formatDays(days)}.`;
        throw new FieldConflict(text, true);
      }
    }
    return days;
  }

  #hour(): number {
    const f = this.values;
    const clock = f.get('ClockHourOfDay');
    const hour = f.get('HourOfDay') ?? (clock === undefined ? undefined : clock % 24);
    const half = f.get('AmPmOfDay');
    if (hour !== undefined) return hour;
    const clockHalf = f.get('ClockHourOfAmPm');
    const ofHalf = f.get('HourOfAmPm') ?? (clockHalf === undefined ? undefined : clockHalf % 12);
    return (ofHalf ?? 0) + 12 * (half ?? 0);
  }
}

function ofYearDay(year: number, inYear: number, own: boolean): number {
  if (inYear === 366 && !isLeapYear(year))
    throw new FieldConflict(`Invalid date 'DayOfYear 366' as '${year}' is not a leap year`, own);
  return daysFromCivil(year, 1, 1) + inYear - 1;
}
