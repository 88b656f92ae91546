import { rowAt, valid } from './lib/bits';

// Casts between numeric representations. Checked ones return −1, or the first selected and valid row whose value does not
// fit. Spark: `Cast` in ANSI mode.

// @ts-ignore: decorator
@inline
function convert<A, B>(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<B>(out + i * sizeof<B>(), <B>load<A>(a + i * sizeof<A>()));
  }
}
/** int32 to int64. */
export function castI32ToI64(a: usize, out: usize, selection: usize, count: i32): void {
  convert<i32, i64>(a, out, selection, count);
}
/** int32 to float. */
export function castI32ToF32(a: usize, out: usize, selection: usize, count: i32): void {
  convert<i32, f32>(a, out, selection, count);
}
/** int32 to double. */
export function castI32ToF64(a: usize, out: usize, selection: usize, count: i32): void {
  convert<i32, f64>(a, out, selection, count);
}
/** int64 to float. */
export function castI64ToF32(a: usize, out: usize, selection: usize, count: i32): void {
  convert<i64, f32>(a, out, selection, count);
}
/** int64 to double. */
export function castI64ToF64(a: usize, out: usize, selection: usize, count: i32): void {
  convert<i64, f64>(a, out, selection, count);
}
/** float to double. */
export function castF32ToF64(a: usize, out: usize, selection: usize, count: i32): void {
  convert<f32, f64>(a, out, selection, count);
}
/** double to float. */
export function castF64ToF32(a: usize, out: usize, selection: usize, count: i32): void {
  convert<f64, f32>(a, out, selection, count);
}
/** boolean to int32 0 or 1. */
export function castBoolToI32(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<i32>(out + (i << 2), load<u8>(a + i) & 1);
  }
}
/** int32 to boolean: not zero. */
export function castI32ToBool(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u8>(out + i, u8(load<i32>(a + (i << 2)) != 0));
  }
}
/** int64 to boolean: not zero. */
export function castI64ToBool(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u8>(out + i, u8(load<i64>(a + (i << 3)) != 0));
  }
}
/** int64 to int32 within lo … hi. */
export function castI64ToI32(a: usize, lo: i32, hi: i32, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if ((x < i64(lo) || x > i64(hi)) && valid(validity, i)) return i32(i);
    store<i32>(out + (i << 2), i32(x));
  }
  return -1;
}
/** double to int32 towards zero, within lo … hi after truncation; NaN fits nowhere. */
export function castF64ToI32(a: usize, lo: i32, hi: i32, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f64>(a + (i << 3));
    if (floor(x) <= f64(hi) && ceil(x) >= f64(lo)) store<i32>(out + (i << 2), i32(x));
    else if (valid(validity, i)) return i32(i);
  }
  return -1;
}
/** double to int64 towards zero; NaN fits nowhere. 2^63 itself counts as fitting in Spark: left to the caller. */
export function castF64ToI64(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f64>(a + (i << 3));
    if (x < 9223372036854775808.0 && x >= -9223372036854775808.0) store<i64>(out + (i << 3), i64(x));
    else if (valid(validity, i)) return i32(i);
  }
  return -1;
}
