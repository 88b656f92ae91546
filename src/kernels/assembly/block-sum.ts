// Sums of the narrowed values of column blocks, without widening them.
import { valid } from './lib/bits';

/** 64 row bits from row `s` (a multiple of 64): chosen and valid. Addresses of 0 mean all rows. */
// @ts-ignore: decorator
@inline
function rowBits(bits: usize, validity: usize, s: i32): u64 {
  let mask: u64 = -1;
  if (bits != 0) mask = load<u64>(bits + (usize(s) >> 3));
  if (validity != 0) mask &= load<u64>(validity + (usize(s) >> 3));
  return mask;
}

// @ts-ignore: decorator
@inline
function lanes(sums: v128): i64 {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_u(sums), i64x2.extend_high_i32x4_u(sums));
  return i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1);
}

/** Rows after which 32-bit lanes are emptied: 1,024 turns of at most 16 × 65,535. */
const FLUSH = 65_536;

/** The sixteen chosen bytes, added in eight lanes. */
// @ts-ignore: decorator
@inline
function pairs8(at: usize, mask: u64, place: v128): v128 {
  const spread = v128.shuffle<u8>(
    i16x8.splat(i16(mask)), i16x8.splat(0), 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1,
  );
  return i16x8.extadd_pairwise_i8x16_u(v128.and(v128.load(at), i8x16.eq(v128.and(spread, place), place)));
}

// @ts-ignore: decorator
@inline
function sum8(data: usize, validity: usize, bits: usize, count: i32): i64 {
  const place = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  let total: i64 = 0;
  let s = 0;
  while (s + 64 <= count) {
    const end = min(count, s + FLUSH);
    let sums = i32x4.splat(0);
    for (; s + 64 <= end; s += 64) {
      const mask = rowBits(bits, validity, s);
      const at = data + usize(s);
      const low = i16x8.add(pairs8(at, mask, place), pairs8(at + 16, mask >> 16, place));
      const high = i16x8.add(pairs8(at + 32, mask >> 32, place), pairs8(at + 48, mask >> 48, place));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high)));
    }
    total += lanes(sums);
  }
  return total;
}

/** The sixteen chosen 16-bit slots, added in four lanes. */
// @ts-ignore: decorator
@inline
function pairs16(at: usize, mask: u64, low: v128, high: v128): v128 {
  const rows = i16x8.splat(i16(mask));
  const a = v128.and(v128.load(at), i16x8.eq(v128.and(rows, low), low));
  const b = v128.and(v128.load(at, 16), i16x8.eq(v128.and(rows, high), high));
  return i32x4.add(i32x4.extadd_pairwise_i16x8_u(a), i32x4.extadd_pairwise_i16x8_u(b));
}

// @ts-ignore: decorator
@inline
function sum16(data: usize, validity: usize, bits: usize, count: i32): i64 {
  const low = i16x8(1, 2, 4, 8, 16, 32, 64, 128);
  const high = i16x8(0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, -0x8000);
  let total: i64 = 0;
  let s = 0;
  while (s + 64 <= count) {
    const end = min(count, s + FLUSH);
    let sums = i32x4.splat(0);
    for (; s + 64 <= end; s += 64) {
      const mask = rowBits(bits, validity, s);
      const at = data + (usize(s) << 1);
      const a = i32x4.add(pairs16(at, mask, low, high), pairs16(at + 32, mask >> 16, low, high));
      const b = i32x4.add(pairs16(at + 64, mask >> 32, low, high), pairs16(at + 96, mask >> 48, low, high));
      sums = i32x4.add(sums, i32x4.add(a, b));
    }
    total += lanes(sums);
  }
  return total;
}

/** The four chosen 32-bit slots, added in two lanes. */
// @ts-ignore: decorator
@inline
function pairs32(at: usize, rows: v128, place: v128): v128 {
  const chosen = v128.and(v128.load(at), i32x4.eq(v128.and(rows, place), place));
  return i64x2.add(v128.and(chosen, i64x2.splat(0xffff_ffff)), i64x2.shr_u(chosen, 32));
}

// @ts-ignore: decorator
@inline
function sum32(data: usize, validity: usize, bits: usize, count: i32): i64 {
  const first = i32x4(1, 2, 4, 8);
  const second = i32x4(0x10, 0x20, 0x40, 0x80);
  const third = i32x4(0x100, 0x200, 0x400, 0x800);
  const fourth = i32x4(0x1000, 0x2000, 0x4000, 0x8000);
  let sums = i64x2.splat(0);
  for (let s = 0; s + 64 <= count; s += 64) {
    const mask = rowBits(bits, validity, s);
    if (mask == 0) continue;
    for (let part = 0; part < 4; part++) {
      const rows = i32x4.splat(i32(mask >> (part << 4)));
      const at = data + ((usize(s) + usize(part << 4)) << 2);
      const a = i64x2.add(pairs32(at, rows, first), pairs32(at + 16, rows, second));
      const b = i64x2.add(pairs32(at + 32, rows, third), pairs32(at + 48, rows, fourth));
      sums = i64x2.add(sums, i64x2.add(a, b));
    }
  }
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
}

/** Sum of the signed slots of 4 bytes whose row is chosen (a bit; `bits` 0: every row) and valid. */
export function blockSumI32(data: usize, validity: usize, bits: usize, count: i32): i64 {
  let total: i64 = 0;
  for (let s = 0; s < count; s += 64) {
    const end = min(count, s + 64);
    if (bits == 0 && validity == 0) {
      for (let i = s; i < end; i++) total += i64(load<i32>(data + (usize(i) << 2)));
      continue;
    }
    for (let mask = lastBits(bits, validity, s, end); mask != 0; mask &= mask - 1)
      total += i64(load<i32>(data + ((usize(s) + usize(ctz(mask))) << 2)));
  }
  return total;
}

/** Row bits from row `s` (a multiple of 64) to `end`. */
// @ts-ignore: decorator
@inline
function lastBits(bits: usize, validity: usize, s: i32, end: i32): u64 {
  if (end - s == 64) return rowBits(bits, validity, s);
  let mask: u64 = 0;
  for (let i = s; i < end; i++) mask |= u64(valid(bits, i) && valid(validity, i)) << u64(i - s);
  return mask;
}

/** Sum of the unsigned slots of `width` 1, 2 or 4 bytes whose row is chosen (a bit; `bits` 0: every row) and valid. */
export function blockSum(data: usize, width: i32, validity: usize, bits: usize, count: i32): i64 {
  let total: i64;
  if (width == 1) total = sum8(data, validity, bits, count);
  else if (width == 2) total = sum16(data, validity, bits, count);
  else total = sum32(data, validity, bits, count);
  for (let i = count & ~63; i < count; i++) {
    if (!valid(bits, i) || !valid(validity, i)) continue;
    if (width == 1) total += i64(load<u8>(data + usize(i)));
    else if (width == 2) total += i64(load<u16>(data + (usize(i) << 1)));
    else total += i64(load<u32>(data + (usize(i) << 2)));
  }
  return total;
}

/** How many of the first `count` rows have their bit in both; neither address is 0. */
export function blockCountBoth(a: usize, b: usize, count: i32): i32 {
  let n = 0;
  let s = 0;
  for (; s + 64 <= count; s += 64) n += i32(popcnt(load<u64>(a + (usize(s) >> 3)) & load<u64>(b + (usize(s) >> 3))));
  for (; s < count; s++) n += i32(valid(a, s) && valid(b, s));
  return n;
}
