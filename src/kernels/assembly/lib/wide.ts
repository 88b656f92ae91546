// 128- and 256-bit integers on WebAssembly globals (one set an instance, so one a thread): no memory is needed.

/** High half of the last 128-bit result. */
export let hi: u64 = 0;

/** x × y, unsigned; the high half goes to `hi`. */
export function mulWide(x: u64, y: u64): u64 {
  const x0 = x & 0xffffffff;
  const x1 = x >> 32;
  const y0 = y & 0xffffffff;
  const y1 = y >> 32;
  const p00 = x0 * y0;
  const p01 = x0 * y1;
  const p10 = x1 * y0;
  const mid = (p00 >> 32) + (p01 & 0xffffffff) + (p10 & 0xffffffff);
  hi = x1 * y1 + (p01 >> 32) + (p10 >> 32) + (mid >> 32);
  return (p00 & 0xffffffff) | (mid << 32);
}

/** −(high:low), two's complement; the high half goes to `hi`. */
export function negate(low: u64, high: u64): u64 {
  hi = ~high + u64(low == 0);
  return 0 - low;
}

/** Sets `hi` and passes the low half on. */
export function pair(low: u64, high: u64): u64 {
  hi = high;
  return low;
}

// Eight limbs of 32 bits, lowest first.
export let g0: u64 = 0;
export let g1: u64 = 0;
export let g2: u64 = 0;
export let g3: u64 = 0;
export let g4: u64 = 0;
export let g5: u64 = 0;
export let g6: u64 = 0;
export let g7: u64 = 0;

/** limbs = (ah:al) × (bh:bl), unsigned. */
export function mulLimbs(al: u64, ah: u64, bl: u64, bh: u64): void {
  let w0 = mulWide(al, bl);
  let w1 = hi;
  let w2: u64 = 0;
  let w3: u64 = 0;
  if ((ah | bh) != 0) {
    let t = mulWide(al, bh);
    let th = hi;
    w1 += t;
    w2 = th + u64(w1 < t);
    t = mulWide(ah, bl);
    th = hi;
    w1 += t;
    th += u64(w1 < t);
    w2 += th;
    w3 = u64(w2 < th);
    t = mulWide(ah, bh);
    th = hi;
    w2 += t;
    w3 += th + u64(w2 < t);
  }
  setLimbs(w0, w1, w2, w3);
}

export function setLimbs(w0: u64, w1: u64, w2: u64, w3: u64): void {
  g0 = w0 & 0xffffffff;
  g1 = w0 >> 32;
  g2 = w1 & 0xffffffff;
  g3 = w1 >> 32;
  g4 = w2 & 0xffffffff;
  g5 = w2 >> 32;
  g6 = w3 & 0xffffffff;
  g7 = w3 >> 32;
}

/** limbs = limbs / m, m below 2^32. @returns the remainder */
export function divLimbs(m: u64): u64 {
  let r: u64 = 0;
  let t: u64 = 0;
  if ((g4 | g5 | g6 | g7) != 0) {
    r = g7 % m;
    g7 = g7 / m;
    t = (r << 32) | g6;
    g6 = t / m;
    r = t - g6 * m;
    t = (r << 32) | g5;
    g5 = t / m;
    r = t - g5 * m;
    t = (r << 32) | g4;
    g4 = t / m;
    r = t - g4 * m;
  }
  t = (r << 32) | g3;
  g3 = t / m;
  r = t - g3 * m;
  t = (r << 32) | g2;
  g2 = t / m;
  r = t - g2 * m;
  t = (r << 32) | g1;
  g1 = t / m;
  r = t - g1 * m;
  t = (r << 32) | g0;
  g0 = t / m;
  return t - g0 * m;
}

/** 10^n, n ≤ 19. */
export function pow10(n: i32): u64 {
  let p: u64 = 1;
  for (let i = 0; i < n; i++) p *= 10;
  return p;
}

/** limbs = limbs / 10^digits, rounded half up (mode 0) or towards zero (mode 1). */
export function dropDigits(digits: i32, mode: i32): void {
  if (digits <= 0) return;
  if ((g2 | g3 | g4 | g5 | g6 | g7) == 0 && digits <= 19) {
    const value = g0 | (g1 << 32);
    const divisor = pow10(digits);
    let quotient = value / divisor;
    if (mode == 0) {
      const remainder = value - quotient * divisor;
      quotient += u64(remainder >= divisor - remainder);
    }
    g0 = quotient & 0xffffffff;
    g1 = quotient >> 32;
    return;
  }
  let rest = mode == 0 ? digits - 1 : digits;
  while (rest > 0) {
    const n = min(rest, 9);
    divLimbs(pow10(n));
    rest -= n;
  }
  if (mode == 0 && divLimbs(10) >= 5) addOne();
}

/** limbs = limbs + 1; a carry out of the highest is lost. */
export function addOne(): void {
  g0++;
  if (g0 >> 32 == 0) return;
  g0 = 0;
  g1++;
  if (g1 >> 32 == 0) return;
  g1 = 0;
  g2++;
  if (g2 >> 32 == 0) return;
  g2 = 0;
  g3++;
  if (g3 >> 32 == 0) return;
  g3 = 0;
  g4++;
  if (g4 >> 32 == 0) return;
  g4 = 0;
  g5++;
  if (g5 >> 32 == 0) return;
  g5 = 0;
  g6++;
  if (g6 >> 32 == 0) return;
  g6 = 0;
  g7++;
}

/** Are the limbs at most (boundHi:boundLo)? */
export function limbsWithin(boundLo: u64, boundHi: u64): bool {
  if ((g4 | g5 | g6 | g7) != 0 || g3 >> 32 != 0) return false;
  const high = g2 | (g3 << 32);
  return high < boundHi || (high == boundHi && (g0 | (g1 << 32)) <= boundLo);
}

/** Divides one 32-bit step: (r:limb) / d where d has its top bit set and r < d. The remainder goes to `hi`. */
// @ts-ignore: decorator
@inline
function step64(r: u64, limb: u64, d: u64): u64 {
  const d1 = d >> 32;
  const d0 = d & 0xffffffff;
  let q = r / d1;
  let rest = r - q * d1;
  while (q >> 32 != 0 || q * d0 > ((rest << 32) | limb)) {
    q--;
    rest += d1;
    if (rest >> 32 != 0) break;
  }
  hi = (r << 32) + limb - q * d;
  return q;
}

/** limbs = limbs / d, d of 64 bits. @returns the remainder */
export function divLimbs64(d: u64): u64 {
  if (d >> 32 == 0) return divLimbs(d);
  const shift = u64(clz<u64>(d));
  const n = d << shift;
  // The dividend moves with the divisor; its highest part starts the remainder.
  let r: u64 = 0;
  if (shift != 0) {
    // Below 32, as d has more than 32 bits.
    const down = 32 - shift;
    r = g7 >> down;
    g7 = ((g7 << shift) | (g6 >> down)) & 0xffffffff;
    g6 = ((g6 << shift) | (g5 >> down)) & 0xffffffff;
    g5 = ((g5 << shift) | (g4 >> down)) & 0xffffffff;
    g4 = ((g4 << shift) | (g3 >> down)) & 0xffffffff;
    g3 = ((g3 << shift) | (g2 >> down)) & 0xffffffff;
    g2 = ((g2 << shift) | (g1 >> down)) & 0xffffffff;
    g1 = ((g1 << shift) | (g0 >> down)) & 0xffffffff;
    g0 = (g0 << shift) & 0xffffffff;
  }
  return divNormalized(r, n) >> shift;
}

function divNormalized(first: u64, n: u64): u64 {
  let r = first;
  g7 = step64(r, g7, n);
  r = hi;
  g6 = step64(r, g6, n);
  r = hi;
  g5 = step64(r, g5, n);
  r = hi;
  g4 = step64(r, g4, n);
  r = hi;
  g3 = step64(r, g3, n);
  r = hi;
  g2 = step64(r, g2, n);
  r = hi;
  g1 = step64(r, g1, n);
  r = hi;
  g0 = step64(r, g0, n);
  return hi;
}
