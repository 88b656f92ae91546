import { rowAt, valid } from './lib/bits';

const ADD = 0;
const SUB = 1;
const MUL = 2;

/** Does the exact result of x op y lie outside T? `r` is the wrapped result. */
// @ts-ignore: decorator
@inline
function overflows<T>(op: i32, x: T, y: T, r: T): bool {
  if (op == ADD) return ((x ^ r) & (y ^ r)) < 0;
  if (op == SUB) return ((x ^ y) & (x ^ r)) < 0;
  if (sizeof<T>() == 4) return i64(x) * i64(y) != i64(r);
  if (((u64(x) + 0x80000000) | (u64(y) + 0x80000000)) >> 32 == 0) return false;
  if (x == 0 || y == 0) return false;
  // The one quotient that traps is also an overflow.
  if (x == -1) return y == <T>i64.MIN_VALUE;
  if (y == -1) return x == <T>i64.MIN_VALUE;
  return r / y != x;
}

// @ts-ignore: decorator
@inline
function apply<T>(op: i32, x: T, y: T): T {
  if (op == ADD) return x + y;
  if (op == SUB) return x - y;
  return x * y;
}

// @ts-ignore: decorator
@inline
function firstOverflow<T>(op: i32, a: usize, b: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<T>(a + i * sizeof<T>());
    const y = load<T>(b + i * sizeof<T>());
    if (overflows<T>(op, x, y, apply<T>(op, x, y)) && valid(validity, i)) return i32(i);
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function exact<T>(op: i32, a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  let bad: bool = false;
  if (selection == 0) {
    let i: usize = 0;
    const n = usize(count);
    if (op != MUL) {
      const lanes: usize = 16 / sizeof<T>();
      let acc = i64x2.splat(0);
      for (; i + lanes <= n; i += lanes) {
        const x = v128.load(a + i * sizeof<T>());
        const y = v128.load(b + i * sizeof<T>());
        const r = op == ADD ? v128.add<T>(x, y) : v128.sub<T>(x, y);
        acc = v128.or(acc, op == ADD ? v128.and(v128.xor(x, r), v128.xor(y, r)) : v128.and(v128.xor(x, y), v128.xor(x, r)));
        v128.store(out + i * sizeof<T>(), r);
      }
      bad = v128.bitmask<T>(acc) != 0;
    }
    for (; i < n; i++) {
      const x = load<T>(a + i * sizeof<T>());
      const y = load<T>(b + i * sizeof<T>());
      const r = apply<T>(op, x, y);
      bad = bad || overflows<T>(op, x, y, r);
      store<T>(out + i * sizeof<T>(), r);
    }
  } else {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (usize(s) << 2));
      const x = load<T>(a + i * sizeof<T>());
      const y = load<T>(b + i * sizeof<T>());
      const r = apply<T>(op, x, y);
      bad = bad || overflows<T>(op, x, y, r);
      store<T>(out + i * sizeof<T>(), r);
    }
  }
  return bad ? firstOverflow<T>(op, a, b, validity, selection, count) : -1;
}

/** Bits that the magnitudes of `count` int64 need at most; |min| counts as 64. */
// @ts-ignore: decorator
@inline
function magnitudeBits(a: usize, selection: usize, count: i32): i32 {
  let seen: u64 = 0;
  if (selection == 0) {
    let acc = i64x2.splat(0);
    let i = 0;
    for (; i + 2 <= count; i += 2) {
      const x = v128.load(a + (i << 3));
      acc = v128.or(acc, v128.xor(x, i64x2.shr_s(x, 63)));
    }
    seen = u64(i64x2.extract_lane(acc, 0)) | u64(i64x2.extract_lane(acc, 1));
    if (i < count) {
      const x = load<i64>(a + (i << 3));
      seen |= u64(x ^ (x >> 63));
    }
  } else {
    for (let s = 0; s < count; s++) {
      const x = load<i64>(a + (load<u32>(selection + (s << 2)) << 3));
      seen |= u64(x ^ (x >> 63));
    }
  }
  return 65 - i32(clz<u64>(seen));
}

/** int64 products: unchecked where the operands' widths prove that none overflows. */
function mul64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const bitsA = magnitudeBits(a, selection, count);
  const bitsB = magnitudeBits(b, selection, count);
  // With the sign, m and n bits multiply to at most m + n − 1, or m + n for two smallest values.
  if (bitsA + bitsB > 64) return exact<i64>(MUL, a, b, out, validity, selection, count);
  if (selection == 0) {
    const n = usize(count) << 3;
    let i: usize = 0;
    if (bitsA <= 32 && bitsB <= 32) {
      // Both sides fit 32-bit lanes, which multiply to 64 bits at once.
      for (; i + 32 <= n; i += 32) {
        const x = v128.shuffle<i32>(v128.load(a + i), v128.load(a + i, 16), 0, 2, 4, 6);
        const y = v128.shuffle<i32>(v128.load(b + i), v128.load(b + i, 16), 0, 2, 4, 6);
        v128.store(out + i, i64x2.extmul_low_i32x4_s(x, y));
        v128.store(out + i, i64x2.extmul_high_i32x4_s(x, y), 16);
      }
    }
    for (; i < n; i += 8) store<i64>(out + i, load<i64>(a + i) * load<i64>(b + i));
  } else {
    for (let s = 0; s < count; s++) {
      const i = usize(load<u32>(selection + (s << 2))) << 3;
      store<i64>(out + i, load<i64>(a + i) * load<i64>(b + i));
    }
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function floating<T>(op: i32, a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  if (selection == 0) {
    const n = usize(count);
    const lanes: usize = 16 / sizeof<T>();
    let i: usize = 0;
    for (; i + lanes <= n; i += lanes) {
      const x = v128.load(a + i * sizeof<T>());
      const y = v128.load(b + i * sizeof<T>());
      v128.store(out + i * sizeof<T>(), op == ADD ? v128.add<T>(x, y) : op == SUB ? v128.sub<T>(x, y) : v128.mul<T>(x, y));
    }
    for (; i < n; i++)
      store<T>(out + i * sizeof<T>(), apply<T>(op, load<T>(a + i * sizeof<T>()), load<T>(b + i * sizeof<T>())));
  } else {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (usize(s) << 2));
      store<T>(out + i * sizeof<T>(), apply<T>(op, load<T>(a + i * sizeof<T>()), load<T>(b + i * sizeof<T>())));
    }
  }
}

// Element-wise `a op b` for the selected rows. Integers wrap in `out`; the result is −1, or the first selected and valid
// row that overflowed. Spark: `Add`, `Subtract`, `Multiply`; oracle: eval.

/** `a + b`, int32, ANSI. @returns −1 or the first row that overflowed */
export function addI32(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return exact<i32>(ADD, a, b, out, validity, selection, count);
}
/** `a − b`, int32, ANSI. @returns −1 or the first row that overflowed */
export function subI32(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return exact<i32>(SUB, a, b, out, validity, selection, count);
}
/** `a × b`, int32, ANSI. @returns −1 or the first row that overflowed */
export function mulI32(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return exact<i32>(MUL, a, b, out, validity, selection, count);
}
/** `a + b`, int64, ANSI. @returns −1 or the first row that overflowed */
export function addI64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return exact<i64>(ADD, a, b, out, validity, selection, count);
}
/** `a − b`, int64, ANSI. @returns −1 or the first row that overflowed */
export function subI64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return exact<i64>(SUB, a, b, out, validity, selection, count);
}
/** `a × b`, int64, ANSI. @returns −1 or the first row that overflowed */
export function mulI64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return mul64(a, b, out, validity, selection, count);
}
/** `a + b`, float. */
export function addF32(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f32>(ADD, a, b, out, selection, count);
}
/** `a − b`, float. */
export function subF32(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f32>(SUB, a, b, out, selection, count);
}
/** `a × b`, float. */
export function mulF32(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f32>(MUL, a, b, out, selection, count);
}
/** `a + b`, double. */
export function addF64(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f64>(ADD, a, b, out, selection, count);
}
/** `a − b`, double. */
export function subF64(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f64>(SUB, a, b, out, selection, count);
}
/** `a × b`, double. */
export function mulF64(a: usize, b: usize, out: usize, selection: usize, count: i32): void {
  floating<f64>(MUL, a, b, out, selection, count);
}

/** `a / b`, double, ANSI. @returns −1 or the first row whose divisor is zero */
export function divF64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const y = load<f64>(b + (i << 3));
    if (y == 0 && valid(validity, i)) return i32(i);
    store<f64>(out + (i << 3), load<f64>(a + (i << 3)) / y);
  }
  return -1;
}

/** `a div b`, int64, towards zero. @returns −1 or the first row that divides by zero or overflows */
export function divI64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    const y = load<i64>(b + (i << 3));
    if (y == 0 || (y == -1 && x == i64.MIN_VALUE)) {
      if (valid(validity, i)) return i32(i);
    } else store<i64>(out + (i << 3), x / y);
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function remainder<T>(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const y = load<T>(b + i * sizeof<T>());
    if (y == 0) {
      if (valid(validity, i)) return i32(i);
    } else store<T>(out + i * sizeof<T>(), load<T>(a + i * sizeof<T>()) % y);
  }
  return -1;
}
/** `a % b`, int32, sign of a. @returns −1 or the first row that divides by zero */
export function remI32(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return remainder<i32>(a, b, out, validity, selection, count);
}
/** `a % b`, int64, sign of a. @returns −1 or the first row that divides by zero */
export function remI64(a: usize, b: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  return remainder<i64>(a, b, out, validity, selection, count);
}

/** −a, int32. @returns −1 or the first row that holds the smallest value */
export function negI32(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i32>(a + (i << 2));
    if (x == i32.MIN_VALUE && valid(validity, i)) return i32(i);
    store<i32>(out + (i << 2), -x);
  }
  return -1;
}
/** −a, int64. @returns −1 or the first row that holds the smallest value */
export function negI64(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if (x == i64.MIN_VALUE && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), -x);
  }
  return -1;
}
/** |a|, int32. @returns −1 or the first row that holds the smallest value */
export function absI32(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i32>(a + (i << 2));
    if (x == i32.MIN_VALUE && valid(validity, i)) return i32(i);
    store<i32>(out + (i << 2), x < 0 ? -x : x);
  }
  return -1;
}
/** |a|, int64. @returns −1 or the first row that holds the smallest value */
export function absI64(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if (x == i64.MIN_VALUE && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), x < 0 ? -x : x);
  }
  return -1;
}
/** −a, float. */
export function negF32(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 2;
    store<f32>(out + i, -load<f32>(a + i));
  }
}
/** −a, double. */
export function negF64(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 3;
    store<f64>(out + i, -load<f64>(a + i));
  }
}
/** |a|, float. */
export function absF32(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 2;
    store<f32>(out + i, abs<f32>(load<f32>(a + i)));
  }
}
/** |a|, double. */
export function absF64(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s) << 3;
    store<f64>(out + i, abs<f64>(load<f64>(a + i)));
  }
}

/** @returns −1 or the first selected and valid row outside lo … hi, int32 */
export function rangeI32(a: usize, lo: i32, hi: i32, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i32>(a + (i << 2));
    if ((x < lo || x > hi) && valid(validity, i)) return i32(i);
  }
  return -1;
}
/** @returns −1 or the first selected and valid row outside lo … hi, int64 */
export function rangeI64(a: usize, lo: i64, hi: i64, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if ((x < lo || x > hi) && valid(validity, i)) return i32(i);
  }
  return -1;
}
