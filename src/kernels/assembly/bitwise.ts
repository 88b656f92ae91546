import { rowAt } from './lib/bits';

// Bit operations: 0 and, 1 or, 2 xor, 3 shift left, 4 shift right, 5 unsigned shift right. Shifts take the amount as int32,
// modulo the width. Null rows give garbage.

// @ts-ignore: decorator
@inline
function combine<T>(op: i32, x: T, y: T): T {
  return op == 0 ? x & y : op == 1 ? x | y : x ^ y;
}

/** Bitwise operation of int32. */
export function bitI32(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 2;
    const x = load<i32>(a + i);
    const y = load<i32>(b + i);
    store<i32>(out + i, op < 3 ? combine<i32>(op, x, y) : op == 3 ? x << y : op == 4 ? x >> y : i32(u32(x) >> u32(y)));
  }
}
/** Bitwise operation of int64; for shifts `b` holds int32. */
export function bitI64(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if (op < 3) store<i64>(out + (i << 3), combine<i64>(op, x, load<i64>(b + (i << 3))));
    else {
      const n = i64(load<i32>(b + (i << 2)) & 63);
      store<i64>(out + (i << 3), op == 3 ? x << n : op == 4 ? x >> n : i64(u64(x) >> u64(n)));
    }
  }
}

/** Square root of doubles. */
export function sqrtF64(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 3;
    store<f64>(out + i, sqrt<f64>(load<f64>(a + i)));
  }
}
/** The nearest whole double below (up 0) or above (up 1). */
export function wholeF64(a: usize, up: i32, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 3;
    const x = load<f64>(a + i);
    store<f64>(out + i, up != 0 ? ceil<f64>(x) : floor<f64>(x));
  }
}
