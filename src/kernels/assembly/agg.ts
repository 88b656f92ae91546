import { isValid, rowAt } from './lib/rows';

// Updating accumulators: value of selected row s goes to group gids[s]; `seen` has one byte a group (a value arrived). --

export function aggCount(gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + 1);
  }
}
export function aggCountValid(validity: usize, selection: usize, gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const valid = <i64>isValid(validity, rowAt(selection, s));
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + valid);
  }
}
/** Adds i64 partial counts of the selected groups. */
export function aggAddI64(data: usize, selection: usize, gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + load<i64>(data + (<usize>rowAt(selection, s) << 3)));
  }
}
/** Bits of selected rows that are set in both bitmaps. */
export function validBoth(a: usize, b: usize, selection: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const at = out + (<usize>i >> 3);
    const one: u32 = <u32>(isValid(a, i) && isValid(b, i));
    store<u8>(at, <u8>((<u32>load<u8>(at) & ~(<u32>1 << (<u32>i & 7))) | (one << (<u32>i & 7))));
  }
}

// @ts-ignore: decorator
@inline
function add128(at: usize, low: u64, high: i64): void {
  const old = load<u64>(at);
  const sum = old + low;
  store<u64>(at, sum);
  store<i64>(at + 8, load<i64>(at + 8) + high + <i64>(sum < old));
}

/** The same for values of any size: a sum that leaves 128 bits becomes the least number and stays it, so that it is too large for
 * every decimal in the end. */
// @ts-ignore: decorator
@inline
function addWide128(at: usize, low: u64, high: i64): void {
  const oldLow = load<u64>(at);
  const oldHigh = load<i64>(at + 8);
  if (oldHigh == i64.MIN_VALUE && oldLow == 0) return;
  const sumLow = oldLow + low;
  const sumHigh = oldHigh + high + <i64>(sumLow < oldLow);
  const overflow = ((oldHigh ^ sumHigh) & (high ^ sumHigh)) < 0;
  store<u64>(at, overflow ? 0 : sumLow);
  store<i64>(at + 8, overflow ? i64.MIN_VALUE : sumHigh);
}

/** Exact sums in 128 bits of i32 values. */
export function aggSumI32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = <i64>load<i32>(data + (<usize>i << 2));
    add128(acc + (g << 4), <u64>x, x >> 63);
    store<u8>(seen + g, 1);
  }
}
export function aggSumI64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = load<i64>(data + (<usize>i << 3));
    add128(acc + (g << 4), <u64>x, x >> 63);
    store<u8>(seen + g, 1);
  }
}
export function aggSumI128(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    addWide128(acc + (g << 4), load<u64>(data + (<usize>i << 4)), load<i64>(data + (<usize>i << 4) + 8));
    store<u8>(seen + g, 1);
  }
}
export function aggSumF64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    store<f64>(acc + (g << 3), load<f64>(acc + (g << 3)) + load<f64>(data + (<usize>i << 3)));
    store<u8>(seen + g, 1);
  }
}
export function aggSumF32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    store<f64>(acc + (g << 3), load<f64>(acc + (g << 3)) + <f64>load<f32>(data + (<usize>i << 2)));
    store<u8>(seen + g, 1);
  }
}

// @ts-ignore: decorator
@inline
function minMax<T>(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = load<T>(data + <usize>i * sizeof<T>());
    const at = acc + g * sizeof<T>();
    if (load<u8>(seen + g) == 0) {
      store<u8>(seen + g, 1);
      store<T>(at, x);
    } else {
      const old = load<T>(at);
      let better = max ? x > old : x < old;
      // NaN is the greatest value.
      if (isFloat<T>()) better = max ? (x != x ? true : x > old) : old != old ? true : x < old;
      if (better) store<T>(at, x);
    }
  }
}
export function aggMinMaxU8(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<u8>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<i32>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<i64>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxF32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<f32>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxF64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<f64>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI128(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const low = load<u64>(data + (<usize>i << 4));
    const high = load<i64>(data + (<usize>i << 4) + 8);
    const at = acc + (g << 4);
    const oldLow = load<u64>(at);
    const oldHigh = load<i64>(at + 8);
    const less = high != oldHigh ? high < oldHigh : low < oldLow;
    const more = high != oldHigh ? high > oldHigh : low > oldLow;
    if (load<u8>(seen + g) == 0 || (max ? more : less)) {
      store<u8>(seen + g, 1);
      store<u64>(at, low);
      store<i64>(at + 8, high);
    }
  }
}
/** Strings and binaries by unsigned bytes; keeps the view. @param codes dictionary codes by row, or 0 */
export function aggMinMaxView(data: usize, codes: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const view = load<u64>(data + (<usize>(codes == 0 ? i : load<i32>(codes + (<usize>i << 2))) << 3));
    const at = acc + (g << 3);
    if (load<u8>(seen + g) == 0) {
      store<u8>(seen + g, 1);
      store<u64>(at, view);
    } else {
      const old = load<u64>(at);
      const order = viewCompare(view, old);
      if (max ? order > 0 : order < 0) store<u64>(at, view);
    }
  }
}

function viewCompare(x: u64, y: u64): i32 {
  const xl = <i32>(x >> 32);
  const yl = <i32>(y >> 32);
  const a = <usize>(<u32>x);
  const b = <usize>(<u32>y);
  const n = min(xl, yl);
  for (let i = 0; i < n; i++) {
    const p = load<u8>(a + i);
    const q = load<u8>(b + i);
    if (p != q) return p < q ? -1 : 1;
  }
  return xl - yl;
}

// Results ---------------------------------------------------------------------------------------------------------------

/** Bitmap of n bytes that are not 0; `out` has n/8 bytes, rounded up to 8. @returns how many are 0 */
export function bytesToBitmap(bytes: usize, n: i32, out: usize): i32 {
  let zeros = 0;
  for (let i = 0; i < n; i += 8) {
    let bits = 0;
    for (let j = 0; j < 8 && i + j < n; j++) {
      const one = load<u8>(bytes + i + j) != 0;
      bits |= <i32>one << j;
      zeros += <i32>!one;
    }
    store<u8>(out + (<usize>i >> 3), <u8>bits);
  }
  return zeros;
}

/** Low words of n 128-bit values as i64. @returns the first value that does not fit, or −1 */
export function narrowI128(data: usize, seen: usize, n: i32, out: usize): i32 {
  for (let g = 0; g < n; g++) {
    const low = load<i64>(data + (<usize>g << 4));
    if (load<i64>(data + (<usize>g << 4) + 8) != low >> 63 && load<u8>(seen + g) != 0) return g;
    store<i64>(out + (<usize>g << 3), low);
  }
  return -1;
}

/** The first of n 128-bit values whose magnitude is 10^precision or more, or −1. */
export function exceedsI128(data: usize, n: i32, precision: i32): i32 {
  let boundLow: u64 = 1;
  let boundHigh: u64 = 0;
  for (let d = 0; d < precision; d++) {
    const lowLow = (boundLow & 0xffffffff) * 10;
    const lowHigh = (boundLow >> 32) * 10 + (lowLow >> 32);
    boundLow = (lowHigh << 32) | (lowLow & 0xffffffff);
    boundHigh = boundHigh * 10 + (lowHigh >> 32);
  }
  for (let g = 0; g < n; g++) {
    let low = load<u64>(data + (<usize>g << 4));
    let high = load<u64>(data + (<usize>g << 4) + 8);
    if (<i64>high < 0) {
      low = ~low + 1;
      high = ~high + <u64>(low == 0);
    }
    if (high > boundHigh || (high == boundHigh && low >= boundLow)) return g;
  }
  return -1;
}

/** Averages: sum × factor ÷ count, half up, where sum and product fit 64 bits.
 * @param out i128 (`wide`) or i64 values @returns the first group that does not fit, or n */
export function avgDecimal(sums: usize, counts: usize, from: i32, n: i32, factor: f64, wide: bool, out: usize): i32 {
  const f = <i64>factor;
  const limit: i64 = i64.MAX_VALUE / f;
  for (let g = from; g < n; g++) {
    const count = load<i64>(counts + (<usize>g << 3));
    let q: i64 = 0;
    if (count != 0) {
      const low = load<i64>(sums + (<usize>g << 4));
      if (load<i64>(sums + (<usize>g << 4) + 8) != low >> 63 || low > limit || low < -limit) return g;
      const x = low * f;
      q = x / count;
      const r = x - q * count;
      if ((r < 0 ? -r : r) >= count - (r < 0 ? -r : r)) q += x < 0 ? -1 : 1;
    }
    if (wide) {
      store<i64>(out + (<usize>g << 4), q);
      store<i64>(out + (<usize>g << 4) + 8, q >> 63);
    } else store<i64>(out + (<usize>g << 3), q);
  }
  return n;
}

/** sum ÷ count in doubles; a count of 0 gives garbage (the row is null). */
export function avgF64(sums: usize, counts: usize, n: i32, out: usize): void {
  for (let g = 0; g < n; g++)
    store<f64>(out + (<usize>g << 3), load<f64>(sums + (<usize>g << 3)) / <f64>load<i64>(counts + (<usize>g << 3)));
}

/** Doubles of 128-bit integers. */
export function i128ToF64(data: usize, n: i32, out: usize): void {
  for (let g = 0; g < n; g++) {
    const low = load<u64>(data + (<usize>g << 4));
    const high = load<i64>(data + (<usize>g << 4) + 8);
    store<f64>(out + (<usize>g << 3), high == <i64>low >> 63 ? <f64>(<i64>low) : <f64>high * 18446744073709551616.0 + <f64>low);
  }
}

// Few groups: rows are listed by group first, so that each group adds up in registers. ---------------------------------

/** Row numbers of the selected rows by group, in order within a group. `offsets`: u32, groups + 1.
 * @param cursor groups × u32 of scratch */
export function groupRuns(gids: usize, selection: usize, n: i32, groups: i32, offsets: usize, cursor: usize, rows: usize): void {
  memory.fill(offsets, 0, <usize>(groups + 1) << 2);
  for (let s = 0; s < n; s++) {
    const at = offsets + 4 + (<usize>load<u32>(gids + (<usize>s << 2)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    store<u32>(cursor + (<usize>g << 2), start);
    store<u32>(offsets + 4 + (<usize>g << 2), start + load<u32>(offsets + 4 + (<usize>g << 2)));
  }
  for (let s = 0; s < n; s++) {
    const at = cursor + (<usize>load<u32>(gids + (<usize>s << 2)) << 2);
    const to = load<u32>(at);
    store<u32>(at, to + 1);
    store<u32>(rows + (<usize>to << 2), rowAt(selection, s));
  }
}

export function runCount(offsets: usize, groups: i32, acc: usize): void {
  for (let g = 0; g < groups; g++) {
    const n = load<u32>(offsets + 4 + (<usize>g << 2)) - load<u32>(offsets + (<usize>g << 2));
    store<i64>(acc + (<usize>g << 3), load<i64>(acc + (<usize>g << 3)) + <i64>n);
  }
}

/** `rows` 0: the rows themselves, 0…n−1, in one group. */
// @ts-ignore: decorator
@inline
function runSum<T>(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    if (start == end) continue;
    // Halves add up without carry: a morsel has far fewer than 2^31 rows.
    let low: u64 = 0;
    let high: i64 = 0;
    if (validity == 0) {
      if (rows == 0) {
        for (let s = start; s < end; s++) {
          const x = <i64>load<T>(data + <usize>s * sizeof<T>());
          low += <u64>x & 0xffffffff;
          high += x >> 32;
        }
      } else {
        for (let s = start; s < end; s++) {
          const x = <i64>load<T>(data + <usize>load<u32>(rows + (<usize>s << 2)) * sizeof<T>());
          low += <u64>x & 0xffffffff;
          high += x >> 32;
        }
      }
      store<u8>(seen + g, 1);
    } else {
      for (let s = start; s < end; s++) {
        const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
        if (!isValid(validity, i)) continue;
        const x = <i64>load<T>(data + <usize>i * sizeof<T>());
        low += <u64>x & 0xffffffff;
        high += x >> 32;
        store<u8>(seen + g, 1);
      }
    }
    high += <i64>(low >> 32);
    // high × 2^32 + low's lower half, in 128 bits.
    add128(acc + (<usize>g << 4), (<u64>high << 32) | (low & 0xffffffff), high >> 32);
  }
}
export function runSumI32(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  runSum<i32>(data, validity, rows, offsets, groups, acc, seen);
}
export function runSumI64(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  runSum<i64>(data, validity, rows, offsets, groups, acc, seen);
}
export function runSumI128(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    for (let s = start; s < end; s++) {
      const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
      if (!isValid(validity, i)) continue;
      const at = data + (<usize>i << 4);
      addWide128(acc + (<usize>g << 4), load<u64>(at), load<i64>(at + 8));
      store<u8>(seen + g, 1);
    }
  }
}
export function runSumF64(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    let sum = load<f64>(acc + (<usize>g << 3));
    for (let s = start; s < end; s++) {
      const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
      if (!isValid(validity, i)) continue;
      sum += load<f64>(data + (<usize>i << 3));
      store<u8>(seen + g, 1);
    }
    store<f64>(acc + (<usize>g << 3), sum);
  }
}

