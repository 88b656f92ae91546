import { daysFromCivil, daysInMonth, findZone, toInstantMicros, type Zone } from '../../types/index.js';

/** White space and control characters, which Spark trims around numbers and datetimes. Spark: `UTF8String.trimAll`. */
export function trimAll(text: string): string {
  let start = 0;
  let end = text.length;
  const blank = (c: number): boolean => c <= 0x20 || (c >= 0x7f && c <= 0x9f);
  while (start < end && blank(text.charCodeAt(start))) start++;
  while (end > start && blank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Days of `[+-]y{4,7}[-m[m][-d[d]]]`, anything after a `T` or space behind the day ignored; undefined if malformed.
 * Spark: `SparkDateTimeUtils.stringToDate`. */
export function parseDate(text: string): number | undefined {
  const match = /^([+-]?)(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(trimAll(text));
  if (!match) return undefined;
  const year = Number(match[2]) * (match[1] === '-' ? -1 : 1);
  return validDays(year, Number(match[3] ?? 1), Number(match[4] ?? 1));
}

export function validDays(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  const days = daysFromCivil(year, month, day);
  return days >= -2_147_483_648 && days <= 2_147_483_647 ? days : undefined;
}

const TIMESTAMP =
  /^(?:([+-]?)(\d{4,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(.*)?)?)?)?)?)?)?)$/s;
const TIME_ONLY = /^T?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?(.*)?)?$/s;

export interface ParsedTimestamp {
  /** Local microseconds as if in UTC. */
  readonly local: bigint;
  readonly zone: Zone | undefined;
}

/** Fields of a timestamp text; undefined if malformed. A time without a date takes `today` (days since the epoch).
 * Spark: `SparkDateTimeUtils.parseTimestampString`. */
export function parseTimestampText(text: string, today?: () => number): ParsedTimestamp | undefined {
  const trimmed = trimAll(text);
  let days: number | undefined;
  let time: readonly (string | undefined)[];
  const match = TIMESTAMP.exec(trimmed);
  if (match) {
    const year = Number(match[2]) * (match[1] === '-' ? -1 : 1);
    days = validDays(year, Number(match[3] ?? 1), Number(match[4] ?? 1));
    time = match.slice(5);
  } else {
    const timeOnly = TIME_ONLY.exec(trimmed);
    if (!timeOnly || !today) return undefined;
    days = today();
    time = timeOnly.slice(1);
  }
  if (days === undefined) return undefined;
  const hour = Number(time[0] ?? 0);
  const minute = Number(time[1] ?? 0);
  const second = Number(time[2] ?? 0);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const micros = Number((time[3] ?? '').slice(0, 6).padEnd(6, '0'));
  const zoneText = (time[4] ?? '').trim();
  let zone: Zone | undefined;
  if (zoneText !== '') {
    zone = findZone(zoneText);
    if (!zone) return undefined;
  }
  const seconds = BigInt(days) * 86_400n + BigInt(hour * 3600 + minute * 60 + second);
  return { local: seconds * 1_000_000n + BigInt(micros), zone };
}

const LONG_MAX = 9_223_372_036_854_775_807n;

/** Instant in microseconds of a timestamp text in a session zone; undefined if malformed or out of range. */
export function parseTimestamp(text: string, zone: Zone): bigint | undefined {
  const today = (): number => Math.floor((Date.now() / 1000 + zone.offsetAt(Math.floor(Date.now() / 1000))) / 86_400);
  const parsed = parseTimestampText(text, today);
  if (!parsed) return undefined;
  const micros = toInstantMicros(parsed.local, parsed.zone ?? zone);
  return micros > LONG_MAX || micros < -LONG_MAX - 1n ? undefined : micros;
}

/** Local microseconds of a timestamp text; a zone in it is ignored, as Spark's cast to timestamp_ntz does. */
export function parseTimestampNtz(text: string): bigint | undefined {
  return parseTimestampText(text)?.local;
}
