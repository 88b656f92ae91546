import { rowAt, valid } from './lib/bits';
import { emit8 } from './lib/compress';
import { compareBytes, equalBytes } from './lib/compare-bytes';

// Operators: 0 <, 1 <=, 2 =, 3 >=, 4 >, 5 <>. Floats: NaN equals NaN and is the largest, −0.0 equals 0.0. `compare…` writes
// one boolean a selected row (null rows: garbage, the caller ands the validity bitmaps); `filter…` writes the selected,
// valid rows for which the comparison holds (`validity` is the and of both sides', or 0) and returns their number.

// @ts-ignore: decorator
@inline
function test<T>(op: i32, x: T, y: T): bool {
  if (isFloat<T>()) {
    if (op == 0) return (x < y) | ((x == x) & (y != y));
    if (op == 1) return (x <= y) | (y != y);
    if (op == 2) return (x == y) | ((x != x) & (y != y));
    if (op == 3) return (x >= y) | (x != x);
    if (op == 4) return (x > y) | ((x != x) & (y == y));
    return !((x == y) | ((x != x) & (y != y)));
  }
  if (op == 0) return x < y;
  if (op == 1) return x <= y;
  if (op == 2) return x == y;
  if (op == 3) return x >= y;
  if (op == 4) return x > y;
  return x != y;
}

/** Lane masks of a SIMD comparison. */
// @ts-ignore: decorator
@inline
function lanes<T>(op: i32, x: v128, y: v128): v128 {
  if (isFloat<T>()) {
    if (op == 0) return v128.or(v128.lt<T>(x, y), v128.and(v128.eq<T>(x, x), v128.ne<T>(y, y)));
    if (op == 1) return v128.or(v128.le<T>(x, y), v128.ne<T>(y, y));
    if (op == 2) return v128.or(v128.eq<T>(x, y), v128.and(v128.ne<T>(x, x), v128.ne<T>(y, y)));
    if (op == 3) return v128.or(v128.ge<T>(x, y), v128.ne<T>(x, x));
    if (op == 4) return v128.or(v128.gt<T>(x, y), v128.and(v128.ne<T>(x, x), v128.eq<T>(y, y)));
    return v128.not(v128.or(v128.eq<T>(x, y), v128.and(v128.ne<T>(x, x), v128.ne<T>(y, y))));
  }
  if (op == 0) return v128.lt<T>(x, y);
  if (op == 1) return v128.le<T>(x, y);
  if (op == 2) return v128.eq<T>(x, y);
  if (op == 3) return v128.ge<T>(x, y);
  if (op == 4) return v128.gt<T>(x, y);
  return v128.ne<T>(x, y);
}

/** Four rows' results as 32-bit lanes, from addresses of the first row. */
// @ts-ignore: decorator
@inline
function four<T>(op: i32, a: usize, b: usize): v128 {
  if (sizeof<T>() == 4) return lanes<T>(op, v128.load(a), v128.load(b));
  const lo = lanes<T>(op, v128.load(a), v128.load(b));
  const hi = lanes<T>(op, v128.load(a, 16), v128.load(b, 16));
  return v128.shuffle<i32>(lo, hi, 0, 2, 4, 6);
}

/** Sixteen rows' results as bytes 0 or −1. */
// @ts-ignore: decorator
@inline
function sixteen<T>(op: i32, a: usize, b: usize): v128 {
  const step = sizeof<T>() * 4;
  const lo = i16x8.narrow_i32x4_s(four<T>(op, a, b), four<T>(op, a + step, b + step));
  const hi = i16x8.narrow_i32x4_s(four<T>(op, a + step * 2, b + step * 2), four<T>(op, a + step * 3, b + step * 3));
  return i8x16.narrow_i16x8_s(lo, hi);
}

// @ts-ignore: decorator
@inline
function compareAll<T>(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  let s: i32 = 0;
  if (selection == 0) {
    const one = i8x16.splat(1);
    for (; s + 16 <= count; s += 16) {
      const at = usize(s) * sizeof<T>();
      v128.store(out + s, v128.and(sixteen<T>(op, a + at, b + at), one));
    }
  }
  for (; s < count; s++) {
    const i = rowAt(selection, s);
    store<u8>(out + i, u8(test<T>(op, load<T>(a + i * sizeof<T>()), load<T>(b + i * sizeof<T>()))));
  }
}

// @ts-ignore: decorator
@inline
function filterAll<T>(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  let s: i32 = 0;
  if (selection == 0) {
    for (; s + 16 <= count; s += 16) {
      const at = usize(s) * sizeof<T>();
      let mask = u32(i8x16.bitmask(sixteen<T>(op, a + at, b + at)));
      if (validity != 0) mask &= load<u16>(validity + (s >> 3));
      if (mask == 0) continue;
      // n ≤ s, so that the eight entries written each time always fit.
      n += emit8(mask & 0xff, s, out + (n << 2));
      n += emit8(mask >> 8, s + 8, out + (n << 2));
    }
  }
  if (validity == 0) {
    for (; s < count; s++) {
      const i = rowAt(selection, s);
      store<u32>(out + (n << 2), i);
      n += i32(test<T>(op, load<T>(a + i * sizeof<T>()), load<T>(b + i * sizeof<T>())));
    }
  } else {
    for (; s < count; s++) {
      const i = rowAt(selection, s);
      store<u32>(out + (n << 2), i);
      n += i32(test<T>(op, load<T>(a + i * sizeof<T>()), load<T>(b + i * sizeof<T>()))) & i32(valid(validity, i));
    }
  }
  return n;
}

// @ts-ignore: decorator
@inline
function compareOf<T>(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  switch (op) {
    case 0: return compareAll<T>(0, a, b, out, selection, count);
    case 1: return compareAll<T>(1, a, b, out, selection, count);
    case 2: return compareAll<T>(2, a, b, out, selection, count);
    case 3: return compareAll<T>(3, a, b, out, selection, count);
    case 4: return compareAll<T>(4, a, b, out, selection, count);
    default: return compareAll<T>(5, a, b, out, selection, count);
  }
}

// @ts-ignore: decorator
@inline
function filterOf<T>(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  switch (op) {
    case 0: return filterAll<T>(0, a, b, validity, selection, count, out);
    case 1: return filterAll<T>(1, a, b, validity, selection, count, out);
    case 2: return filterAll<T>(2, a, b, validity, selection, count, out);
    case 3: return filterAll<T>(3, a, b, validity, selection, count, out);
    case 4: return filterAll<T>(4, a, b, validity, selection, count, out);
    default: return filterAll<T>(5, a, b, validity, selection, count, out);
  }
}

/** Comparison of int32. */
export function compareI32(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  compareOf<i32>(op, a, b, out, selection, count);
}
/** Comparison of int64. */
export function compareI64(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  compareOf<i64>(op, a, b, out, selection, count);
}
/** Comparison of float. */
export function compareF32(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  compareOf<f32>(op, a, b, out, selection, count);
}
/** Comparison of double. */
export function compareF64(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  compareOf<f64>(op, a, b, out, selection, count);
}
/** Comparison of booleans, false < true. */
export function compareBool(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u8>(out + i, u8(holds(op, i32(load<u8>(a + i) & 1) - i32(load<u8>(b + i) & 1))));
  }
}
/** Filter by a comparison of int32. @returns number of rows written to `out` */
export function filterI32(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterOf<i32>(op, a, b, validity, selection, count, out);
}
/** Filter by a comparison of int64. @returns number of rows written to `out` */
export function filterI64(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterOf<i64>(op, a, b, validity, selection, count, out);
}
/** Filter by a comparison of float. @returns number of rows written to `out` */
export function filterF32(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterOf<f32>(op, a, b, validity, selection, count, out);
}
/** Filter by a comparison of double. @returns number of rows written to `out` */
export function filterF64(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterOf<f64>(op, a, b, validity, selection, count, out);
}

/** Does `order` (<0, 0, >0) satisfy the operator? */
// @ts-ignore: decorator
@inline
function holds(op: i32, order: i32): bool {
  return op == 0 ? order < 0 : op == 1 ? order <= 0 : op == 2 ? order == 0 : op == 3 ? order >= 0 : op == 4 ? order > 0 : order != 0;
}

// @ts-ignore: decorator
@inline
function order128(a: usize, b: usize): i32 {
  const ha = load<i64>(a, 8);
  const hb = load<i64>(b, 8);
  if (ha != hb) return ha < hb ? -1 : 1;
  const la = load<u64>(a);
  const lb = load<u64>(b);
  return la == lb ? 0 : la < lb ? -1 : 1;
}

/** Comparison of int128. */
export function compareI128(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u8>(out + i, u8(holds(op, order128(a + (i << 4), b + (i << 4)))));
  }
}
/** Filter by a comparison of int128. @returns number of rows written to `out` */
export function filterI128(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (n << 2), i);
    n += i32(holds(op, order128(a + (i << 4), b + (i << 4)))) & i32(valid(validity, i));
  }
  return n;
}

/** Null rows may hold garbage addresses: bytes are read at valid rows only. */
// @ts-ignore: decorator
@inline
function testViews(op: i32, a: usize, b: usize, i: u32): bool {
  const x = load<u64>(a + (i << 3));
  const y = load<u64>(b + (i << 3));
  if (op == 2) return equalBytes(x, y);
  if (op == 5) return !equalBytes(x, y);
  return holds(op, compareBytes(x, y));
}
/** Comparison of strings or binaries by unsigned bytes. */
export function compareView(op: i32, a: usize, b: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (valid(validity, i)) store<u8>(out + i, u8(testViews(op, a, b, i)));
  }
}
/** Filter by a comparison of strings or binaries. @returns number of rows written to `out` */
export function filterView(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (n << 2), i);
    if (valid(validity, i)) n += i32(testViews(op, a, b, i));
  }
  return n;
}

/** Is the double NaN? */
export function isNanF64(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f64>(a + (i << 3));
    store<u8>(out + i, u8(x != x));
  }
}
/** Is the float NaN? */
export function isNanF32(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f32>(a + (i << 2));
    store<u8>(out + i, u8(x != x));
  }
}

/** Sixteen rows' membership in lo … hi as bytes 0 or −1. */
// @ts-ignore: decorator
@inline
function within16<T>(a: usize, lo: v128, hi: v128): v128 {
  const step = sizeof<T>() * 4;
  const p = i16x8.narrow_i32x4_s(within4<T>(a, lo, hi), within4<T>(a + step, lo, hi));
  const q = i16x8.narrow_i32x4_s(within4<T>(a + step * 2, lo, hi), within4<T>(a + step * 3, lo, hi));
  return i8x16.narrow_i16x8_s(p, q);
}
// @ts-ignore: decorator
@inline
function within4<T>(a: usize, lo: v128, hi: v128): v128 {
  const x = v128.load(a);
  const first = v128.and(v128.ge<T>(x, lo), v128.le<T>(x, hi));
  if (sizeof<T>() == 4) return first;
  const y = v128.load(a, 16);
  return v128.shuffle<i32>(first, v128.and(v128.ge<T>(y, lo), v128.le<T>(y, hi)), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function filterRange<T>(a: usize, lo: T, hi: T, validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  let s: i32 = 0;
  if (selection == 0) {
    const low = v128.splat<T>(lo);
    const high = v128.splat<T>(hi);
    for (; s + 16 <= count; s += 16) {
      let mask = u32(i8x16.bitmask(within16<T>(a + usize(s) * sizeof<T>(), low, high)));
      if (validity != 0) mask &= load<u16>(validity + (s >> 3));
      if (mask == 0) continue;
      n += emit8(mask & 0xff, s, out + (n << 2));
      n += emit8(mask >> 8, s + 8, out + (n << 2));
    }
  }
  for (; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<T>(a + i * sizeof<T>());
    store<u32>(out + (n << 2), i);
    let keep = i32(x >= lo) & i32(x <= hi);
    if (validity != 0) keep &= i32(valid(validity, i));
    n += keep;
  }
  return n;
}
/** Filter by lo ≤ int32 ≤ hi. @returns number of rows written to `out` */
export function filterRangeI32(a: usize, lo: i32, hi: i32, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterRange<i32>(a, lo, hi, validity, selection, count, out);
}
/** Filter by lo ≤ int64 ≤ hi. @returns number of rows written to `out` */
export function filterRangeI64(a: usize, lo: i64, hi: i64, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return filterRange<i64>(a, lo, hi, validity, selection, count, out);
}
