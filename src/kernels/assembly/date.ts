import { rowAt } from './lib/bits';

// Parts of dates given as int32 days since 1970-01-01, proleptic Gregorian. Null rows give garbage.

const PART_YEAR = 0;
const PART_MONTH = 1;
const PART_DAY = 2;
const PART_QUARTER = 3;
const PART_DAY_OF_YEAR = 4;

/** Smallest integer over 2^49 / 146097. */
const CENTURY_FACTOR: u64 = 3853261556;

// @ts-ignore: decorator
@inline
function isLeap(y: i32): bool {
  return (y & 3) == 0 && (y % 100 != 0 || y % 400 == 0);
}

/** One part of a date near enough for 32 bits, by multiplications: C. Neri, L. Schneider, "Euclidean affine functions and
 * their application to calendar algorithms" (2022). Years begin in March. */
// @ts-ignore: decorator
@inline
function part(which: i32, days: i32): i32 {
  const z = u32(days + 719468);
  if (z >= 1000000000) return partOfFar(which, days);
  const n1 = 4 * z + 3;
  // n1 / 146097
  const century = u32((u64(n1) * CENTURY_FACTOR) >> 49);
  const n2 = (n1 - century * 146097) | 3;
  const p2 = u64(n2) * 2939745;
  const low = u32(p2);
  const year = i32(100 * century) + i32(u32(p2 >> 32));
  // Day 306 of the year that begins in March is January 1.
  const afterNewYear = i32(low >= 3598247880);
  if (which == PART_YEAR) return year + afterNewYear;
  const dayOfYear = low / 2939745 / 4;
  const n3 = 2141 * dayOfYear + 197913;
  const m = i32(n3 >> 16) - 12 * afterNewYear;
  if (which == PART_MONTH) return m;
  if (which == PART_DAY) return i32((n3 & 0xffff) / 2141) + 1;
  if (which == PART_QUARTER) return (m + 2) / 3;
  // March 1 is day 60, or 61 in a leap year.
  return afterNewYear != 0 ? i32(dayOfYear) - 305 : i32(dayOfYear) + 60 + i32(isLeap(year));
}

function partOfFar(which: i32, days: i32): i32 {
  const z = i64(days) + 719468;
  const era = (z >= 0 ? z : z - 146096) / 146097;
  const doe = z - era * 146097;
  const yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const mp = (5 * doy + 2) / 153;
  const m = mp < 10 ? mp + 3 : mp - 9;
  const y = yoe + era * 400;
  if (which == PART_YEAR) return i32(y + i64(m <= 2));
  if (which == PART_MONTH) return i32(m);
  if (which == PART_DAY) return i32(doy - (153 * mp + 2) / 5 + 1);
  if (which == PART_QUARTER) return i32((m + 2) / 3);
  return i32(m <= 2 ? doy - 305 : doy + 60 + i64(isLeap(i32(y))));
}

// @ts-ignore: decorator
@inline
function parts(which: i32, a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 2;
    store<i32>(out + i, part(which, load<i32>(a + i)));
  }
}

/** Calendar year. */
export function yearOfDate(a: usize, out: usize, selection: usize, count: i32): void {
  parts(PART_YEAR, a, out, selection, count);
}
/** Month, 1 to 12. */
export function monthOfDate(a: usize, out: usize, selection: usize, count: i32): void {
  parts(PART_MONTH, a, out, selection, count);
}
/** Day of the month, 1 to 31. */
export function dayOfDate(a: usize, out: usize, selection: usize, count: i32): void {
  parts(PART_DAY, a, out, selection, count);
}
/** Quarter, 1 to 4. */
export function quarterOfDate(a: usize, out: usize, selection: usize, count: i32): void {
  parts(PART_QUARTER, a, out, selection, count);
}
/** Day of the year, 1 to 366. */
export function dayOfYearOfDate(a: usize, out: usize, selection: usize, count: i32): void {
  parts(PART_DAY_OF_YEAR, a, out, selection, count);
}
/** Day of the week counted from `base` (4: Sunday = 0, 3: Monday = 0), plus `first`. */
export function weekdayOfDate(a: usize, base: i32, first: i32, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 2;
    const r = (i64(load<i32>(a + i)) + base) % 7;
    store<i32>(out + i, i32(r < 0 ? r + 7 : r) + first);
  }
}
/** Microseconds (i64) to days (i32), rounding down, in UTC. */
export function microsToDays(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    const q = x / 86400000000;
    store<i32>(out + (i << 2), i32(q - i64(x < q * 86400000000)));
  }
}
/** Days (i32) to microseconds (i64), in UTC. */
export function daysToMicros(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<i64>(out + (i << 3), i64(load<i32>(a + (i << 2))) * 86400000000);
  }
}
/** Part of the time of day of microseconds in UTC: floor(micros / unit) mod modulus, as int32. */
export function timePart(a: usize, unit: i64, modulus: i64, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    let q = x / unit;
    q -= i64(x < q * unit);
    const r = q % modulus;
    store<i32>(out + (i << 2), i32(r < 0 ? r + modulus : r));
  }
}
