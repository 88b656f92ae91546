import { rowAt, valid } from './lib/bits';
import { divLimbs64, dropDigits, g0, g1, g2, g3, hi, limbsWithin, mulLimbs, addOne, g7, mulWide, negate, pair, pow10 } from './lib/wide';

// Decimals as unscaled int64 or int128. Each kernel returns −1, or the first selected and valid row that it could not
// compute: there the exact result leaves the bound (a precision overflow) or an intermediate leaves what the kernel can
// hold; the caller then takes a wider kernel or the scalar definition, so a kernel may give up but never be wrong.
// Spark: `Decimal`, `CheckOverflow`, rounding HALF_UP.

/** a × factor where both are int64; does it leave int64? */
// @ts-ignore: decorator
@inline
function mulLeaves(x: i64, y: i64, r: i64): bool {
  if (((u64(x) + 0x80000000) | (u64(y) + 0x80000000)) >> 32 == 0) return false;
  if (x == 0 || y == 0) return false;
  if (x == -1) return y == i64.MIN_VALUE;
  if (y == -1) return x == i64.MIN_VALUE;
  return r / y != x;
}

/** out = a × fa + b × fb (b negated if `sign` is −1), int64; factors are powers of ten. */
export function decimalAdd64(a: usize, fa: i64, b: usize, fb: i64, sign: i32, bound: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const p = load<i64>(a + (i << 3));
    const q = load<i64>(b + (i << 3));
    const x = p * fa;
    const y0 = q * fb;
    const y = sign < 0 ? -y0 : y0;
    const r = x + y;
    if ((r > bound) | (r < -bound) | (((x ^ r) & (y ^ r)) < 0) | (y0 == i64.MIN_VALUE) | (fa != 1 && mulLeaves(p, fa, x)) | (fb != 1 && mulLeaves(q, fb, y0))) {
      if (valid(validity, i)) return i32(i);
    }
    store<i64>(out + (i << 3), r);
  }
  return -1;
}

/** out = a × b rounded to `drop` fewer digits (0 to 18), int64. */
export function decimalMul64(a: usize, b: usize, drop: i32, bound: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const divisor = i64(pow10(drop));
  const half = divisor / 2;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    const y = load<i64>(b + (i << 3));
    let r = x * y;
    if (mulLeaves(x, y, r)) {
      if (valid(validity, i)) return i32(i);
      continue;
    }
    if (drop > 0) {
      const q = r / divisor;
      const rest = r - q * divisor;
      r = rest >= half ? q + 1 : rest <= -half ? q - 1 : q;
    }
    if (((r > bound) | (r < -bound)) && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), r);
  }
  return -1;
}

/** out = a × 10^up, int64. */
export function decimalScaleUp64(a: usize, up: i32, bound: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const factor = i64(pow10(up));
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    const r = x * factor;
    if (((r > bound) | (r < -bound) | mulLeaves(x, factor, r)) && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), r);
  }
  return -1;
}

/** out = a / 10^down (down ≤ 18), rounded half up (mode 0) or towards zero (mode 1), int64. */
export function decimalScaleDown64(a: usize, down: i32, mode: i32, bound: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const divisor = i64(pow10(down));
  const half = divisor / 2;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    let r = x / divisor;
    if (mode == 0 && down > 0) {
      const rest = x - r * divisor;
      r = rest >= half ? r + 1 : rest <= -half ? r - 1 : r;
    }
    if (((r > bound) | (r < -bound)) && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), r);
  }
  return -1;
}

/** int64 to int128. */
export function widen64(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    store<i64>(out + (i << 4), x);
    store<i64>(out + (i << 4), x >> 63, 8);
  }
}

/** int128 to int64. @returns −1 or the first row that does not fit */
export function narrow128(a: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 4));
    if (load<i64>(a + (i << 4), 8) != x >> 63 && valid(validity, i)) return i32(i);
    store<i64>(out + (i << 3), x);
  }
  return -1;
}

/** Magnitude of the int128 at `at`: low word returned, high word in `hi`. */
// @ts-ignore: decorator
@inline
function magnitude(at: usize): u64 {
  const lo = load<u64>(at);
  const high = load<u64>(at, 8);
  return i64(high) < 0 ? negate(lo, high) : pair(lo, high);
}
/** Writes the limbs with a sign. */
function storeLimbs(at: usize, negative: bool): void {
  let lo = g0 | (g1 << 32);
  let high = g2 | (g3 << 32);
  if (negative) {
    lo = negate(lo, high);
    high = hi;
  }
  store<u64>(at, lo);
  store<u64>(at, high, 8);
}

/** out = a × b rounded half up to `drop` fewer digits, int128, 256-bit intermediates. */
export function decimalMul128(a: usize, b: usize, drop: i32, boundLo: i64, boundHi: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const at = i << 4;
    const negative = (load<i64>(a + at, 8) ^ load<i64>(b + at, 8)) < 0;
    const al = magnitude(a + at);
    const ah = hi;
    const bl = magnitude(b + at);
    const bh = hi;
    mulLimbs(al, ah, bl, bh);
    dropDigits(drop, 0);
    if (!limbsWithin(u64(boundLo), u64(boundHi))) return i32(i);
    storeLimbs(out + at, negative);
  }
  return -1;
}

/** out = a × 10^up / 10^down, rounded half up (mode 0) or towards zero (mode 1), int128. One of up, down is 0; up ≤ 38. */
export function decimalRescale128(a: usize, up: i32, down: i32, mode: i32, boundLo: i64, boundHi: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const first = pow10(min(up, 19));
  const lowPower = mulWide(first, pow10(max(up - 19, 0)));
  const highPower = hi;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const at = i << 4;
    const negative = load<i64>(a + at, 8) < 0;
    const al = magnitude(a + at);
    mulLimbs(al, hi, lowPower, highPower);
    dropDigits(down, mode);
    if (!limbsWithin(u64(boundLo), u64(boundHi))) return i32(i);
    storeLimbs(out + at, negative);
  }
  return -1;
}

/** out = a + b (b negated if `sign` is −1), int128 of one scale. */
export function decimalAdd128(a: usize, b: usize, sign: i32, boundLo: i64, boundHi: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = i << 4;
    const xl = load<u64>(a + at);
    const xh = load<u64>(a + at, 8);
    let yl = load<u64>(b + at);
    let yh = load<u64>(b + at, 8);
    if (sign < 0) {
      yl = negate(yl, yh);
      yh = hi;
    }
    const lo = xl + yl;
    const high = xh + yh + u64(lo < xl);
    let ml = lo;
    let mh = high;
    if (i64(high) < 0) {
      ml = negate(lo, high);
      mh = hi;
    }
    const wrapped = i64((xh ^ high) & (yh ^ high)) < 0;
    if ((wrapped || mh > u64(boundHi) || (mh == u64(boundHi) && ml > u64(boundLo))) && valid(validity, i)) return i32(i);
    store<u64>(out + at, lo);
    store<u64>(out + at, high, 8);
  }
  return -1;
}

/** out = −a, or |a| if `absolute` is 1, int128 decimals (never the smallest int128). */
export function decimalNegate128(a: usize, absolute: i32, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const at = rowAt(selection, s) << 4;
    let lo = load<u64>(a + at);
    let high = load<u64>(a + at, 8);
    if (absolute == 0 || i64(high) < 0) {
      lo = negate(lo, high);
      high = hi;
    }
    store<u64>(out + at, lo);
    store<u64>(out + at, high, 8);
  }
}

/** Decimal as int64 to double, correctly rounded: exact where |a| < 2^53 and scale ≤ 22.
 * @returns −1 or the first row outside that range */
export function decimal64ToF64(a: usize, scale: i32, out: usize, validity: usize, selection: usize, count: i32): i32 {
  let divisor: f64 = 1;
  for (let i = 0; i < scale; i++) divisor *= 10;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<i64>(a + (i << 3));
    if ((x > 9007199254740992 || x < -9007199254740992) && valid(validity, i)) return i32(i);
    store<f64>(out + (i << 3), f64(x) / divisor);
  }
  return -1;
}

/** out = a × 10^up / b half up, then rounded half up to `drop` fewer digits: Spark divides to 39 fractional digits before it
 * rounds to the result's scale. Gives up where |b| takes more than 64 bits, b is zero, or a × 10^up might leave 256 bits. */
export function decimalDiv128(a: usize, b: usize, up: i32, drop: i32, boundLo: i64, boundHi: i64, out: usize, validity: usize, selection: usize, count: i32): i32 {
  // 10^up as 128 bits; what is beyond 10^38 multiplies the limbs afterwards.
  const firstDigits = min(up, 38);
  const low = mulWide(pow10(min(firstDigits, 19)), pow10(max(firstDigits - 19, 0)));
  const high = hi;
  const rest = pow10(up - firstDigits);
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const at = i << 4;
    const negative = (load<i64>(a + at, 8) ^ load<i64>(b + at, 8)) < 0;
    const bl = magnitude(b + at);
    if (hi != 0 || bl == 0) return i32(i);
    const al = magnitude(a + at);
    const ah = hi;
    if (rest != 1) {
      // a × rest within 128 bits, then × 10^38.
      if (ah != 0) return i32(i);
      const p = mulWide(al, rest);
      mulLimbs(p, hi, low, high);
    } else mulLimbs(al, ah, low, high);
    const remainder = divLimbs64(bl);
    if (remainder >= bl - remainder) addOne();
    if (g7 >> 31 != 0) return i32(i);
    dropDigits(drop, 0);
    if (!limbsWithin(u64(boundLo), u64(boundHi))) return i32(i);
    storeLimbs(out + at, negative);
  }
  return -1;
}
