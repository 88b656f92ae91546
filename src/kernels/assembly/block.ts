// Column blocks: gathering, narrowing to a frame of reference, widening, bounds, dictionaries.
// Slots of null rows are never read as values; narrowed slots of null rows are zero.
import { rowAt, setBit, valid } from './lib/bits';
import { compareBytes, equalBytes } from './lib/compare-bytes';

/** Bit outFrom + k of `out` = validity of row selection[from + k] (selection 0: row from + k). @returns the number of nulls */
export function blockAppendBits(bits: usize, selection: usize, from: i32, count: i32, out: usize, outFrom: u32): i32 {
  let nulls = 0;
  for (let k = 0; k < count; k++) {
    const on = valid(bits, rowAt(selection, from + k));
    setBit(out, outFrom + k, on);
    nulls += i32(!on);
  }
  return nulls;
}

/** Copies `count` bits from bit `from` of `bits` to bit 0 of `out`. @returns the number of clear bits */
export function blockSliceBits(bits: usize, from: u32, count: i32, out: usize): i32 {
  let nulls = 0;
  for (let k = 0; k < count; k++) {
    const on = valid(bits, from + k);
    setBit(out, k, on);
    nulls += i32(!on);
  }
  return nulls;
}

// @ts-ignore: decorator
@inline
function storeBounds(out: usize, low: i64, high: i64): void {
  store<i64>(out, low);
  store<i64>(out, low >> 63, 8);
  store<i64>(out, high, 16);
  store<i64>(out, high >> 63, 24);
}

/** Smallest and largest valid value as two i128 at `out`. `width` 1 (boolean), 4, 8 or 16. @returns the number of valid rows */
export function blockBoundsInt(data: usize, width: i32, validity: usize, count: i32, out: usize): i32 {
  let n = 0;
  if (width == 16) return bounds128(data, validity, count, out);
  let low = i64.MAX_VALUE;
  let high = i64.MIN_VALUE;
  if (width == 8) {
    for (let i = 0; i < count; i++) {
      if (!valid(validity, i)) continue;
      const v = load<i64>(data + (usize(i) << 3));
      low = min(low, v);
      high = max(high, v);
      n++;
    }
  } else if (width == 4) {
    let l = i32.MAX_VALUE;
    let h = i32.MIN_VALUE;
    for (let i = 0; i < count; i++) {
      if (!valid(validity, i)) continue;
      const v = load<i32>(data + (usize(i) << 2));
      l = min(l, v);
      h = max(h, v);
      n++;
    }
    low = l;
    high = h;
  } else {
    for (let i = 0; i < count; i++) {
      if (!valid(validity, i)) continue;
      const v = i64(load<u8>(data + usize(i)));
      low = min(low, v);
      high = max(high, v);
      n++;
    }
  }
  storeBounds(out, low, high);
  return n;
}

function bounds128(data: usize, validity: usize, count: i32, out: usize): i32 {
  let n = 0;
  let ll: u64 = u64.MAX_VALUE;
  let lh: i64 = i64.MAX_VALUE;
  let hl: u64 = 0;
  let hh: i64 = i64.MIN_VALUE;
  for (let i = 0; i < count; i++) {
    if (!valid(validity, i)) continue;
    const at = data + (usize(i) << 4);
    const l = load<u64>(at);
    const h = load<i64>(at, 8);
    if (h < lh || (h == lh && l < ll)) {
      ll = l;
      lh = h;
    }
    if (h > hh || (h == hh && l > hl)) {
      hl = l;
      hh = h;
    }
    n++;
  }
  store<u64>(out, ll);
  store<i64>(out, lh, 8);
  store<u64>(out, hl, 16);
  store<i64>(out, hh, 24);
  return n;
}

/** Smallest and largest valid value as f64 at `out` and `out` + 16. NaN is the largest of all. `width` 4 or 8.
 * @returns the number of valid rows */
export function blockBoundsFloat(data: usize, width: i32, validity: usize, count: i32, out: usize): i32 {
  let n = 0;
  let nans = 0;
  let low: f64 = Infinity;
  let high: f64 = -Infinity;
  for (let i = 0; i < count; i++) {
    if (!valid(validity, i)) continue;
    const v = width == 8 ? load<f64>(data + (usize(i) << 3)) : f64(load<f32>(data + (usize(i) << 2)));
    n++;
    if (v != v) nans++;
    else {
      low = min(low, v);
      high = max(high, v);
    }
  }
  store<f64>(out, nans == n ? NaN : low);
  store<f64>(out, nans > 0 ? NaN : high, 16);
  return n;
}

/** Row numbers of the smallest and largest valid view, by unsigned bytes, as u32 at `out` and `out` + 16.
 * @returns the number of valid rows */
export function blockBoundsView(data: usize, validity: usize, count: i32, out: usize): i32 {
  let n = 0;
  let low = 0;
  let high = 0;
  let lowView: u64 = 0;
  let highView: u64 = 0;
  for (let i = 0; i < count; i++) {
    if (!valid(validity, i)) continue;
    const v = load<u64>(data + (usize(i) << 3));
    if (n == 0) {
      low = high = i;
      lowView = highView = v;
    } else if (compareBytes(v, lowView) < 0) {
      low = i;
      lowView = v;
    } else if (compareBytes(v, highView) > 0) {
      high = i;
      highView = v;
    }
    n++;
  }
  store<u32>(out, low);
  store<u32>(out, high, 16);
  return n;
}

/** As `blockBoundsView` over dictionary codes: stores codes. `seen` is one u32 per entry, `stamp` a value not in it yet. */
export function blockBoundsCodes(
  codes: usize, validity: usize, count: i32, entries: usize, seen: usize, stamp: u32, out: usize,
): i32 {
  let n = 0;
  let low: u32 = 0;
  let high: u32 = 0;
  for (let i = 0; i < count; i++) {
    if (!valid(validity, i)) continue;
    const c = load<u32>(codes + (usize(i) << 2));
    if (n++ == 0) low = high = c;
    const mark = seen + (usize(c) << 2);
    if (load<u32>(mark) == stamp) continue;
    store<u32>(mark, stamp);
    const v = load<u64>(entries + (usize(c) << 3));
    if (compareBytes(v, load<u64>(entries + (usize(low) << 3))) < 0) low = c;
    if (compareBytes(v, load<u64>(entries + (usize(high) << 3))) > 0) high = c;
  }
  store<u32>(out, low);
  store<u32>(out, high, 16);
  return n;
}

/** Bytes that the valid views point to. */
export function blockViewBytes(data: usize, validity: usize, count: i32): f64 {
  let total: u64 = 0;
  for (let i = 0; i < count; i++) if (valid(validity, i)) total += load<u32>(data + (usize(i) << 3), 4);
  return f64(total);
}

/** Bytes of the dictionary entries that the valid codes mean. */
export function blockCodeBytes(codes: usize, validity: usize, count: i32, entries: usize): f64 {
  let total: u64 = 0;
  for (let i = 0; i < count; i++)
    if (valid(validity, i)) total += load<u32>(entries + (usize(load<u32>(codes + (usize(i) << 2))) << 3), 4);
  return f64(total);
}

/** Longest valid view. */
export function blockLongestView(data: usize, validity: usize, count: i32): u32 {
  let longest: u32 = 0;
  for (let i = 0; i < count; i++) if (valid(validity, i)) longest = max(longest, load<u32>(data + (usize(i) << 3), 4));
  return longest;
}

/** sizes[i] += `fixed` for valid rows, 4 for nulls; with `views`, also the view's length; with `codes`, the length of the
 * entry of `views` that the code means. Rows count from 0 in `sizes`, from 0 in the column. */
export function blockAddSizes(views: usize, codes: usize, validity: usize, fixed: u32, count: i32, sizes: usize): void {
  for (let i = 0; i < count; i++) {
    let size: u32 = 4;
    if (valid(validity, i)) {
      size = fixed;
      if (codes != 0) size += load<u32>(views + (usize(load<u32>(codes + (usize(i) << 2))) << 3), 4);
      else if (views != 0) size += load<u32>(views + (usize(i) << 3), 4);
    }
    const at = sizes + (usize(i) << 2);
    store<u32>(at, load<u32>(at) + size);
  }
}

/** The row after the batch that starts at `from`: it ends at `maxRows` rows or when its size reaches `maxBytes`. */
export function blockBatchEnd(sizes: usize, from: i32, rows: i32, maxRows: i32, maxBytes: u32): i32 {
  let total: u64 = 0;
  let i = from;
  while (i < rows && i - from < maxRows && total < u64(maxBytes)) {
    total += load<u32>(sizes + (usize(i) << 2));
    i++;
  }
  return i;
}

function narrowLoop<S, D>(data: usize, stride: usize, validity: usize, base: i64, count: i32, out: usize): void {
  if (validity == 0) {
    for (let i = 0; i < count; i++) store<D>(out + usize(i) * sizeof<D>(), <D>(i64(load<S>(data + usize(i) * stride)) - base));
    return;
  }
  for (let i = 0; i < count; i++) {
    const v = valid(validity, i) ? i64(load<S>(data + usize(i) * stride)) - base : 0;
    store<D>(out + usize(i) * sizeof<D>(), <D>v);
  }
}

/** out[i] = data[i] − base in `width` bytes (1, 2, 4, 8), unsigned. `from` is the width of data: 4, 8, or 16 (low words). */
export function blockNarrow(
  data: usize, from: i32, validity: usize, base: i64, width: i32, count: i32, out: usize,
): void {
  if (from == 4) {
    if (width == 1) narrowLoop<i32, u8>(data, 4, validity, base, count, out);
    else if (width == 2) narrowLoop<i32, u16>(data, 4, validity, base, count, out);
    else narrowLoop<i32, u32>(data, 4, validity, base, count, out);
  } else {
    const stride: usize = from == 16 ? 16 : 8;
    if (width == 1) narrowLoop<i64, u8>(data, stride, validity, base, count, out);
    else if (width == 2) narrowLoop<i64, u16>(data, stride, validity, base, count, out);
    else if (width == 4) narrowLoop<i64, u32>(data, stride, validity, base, count, out);
    else narrowLoop<i64, u64>(data, stride, validity, base, count, out);
  }
}

/** out[i] = base + data[i], data of `width` bytes unsigned (0: none, all rows are `base`; 8: signed, base must be 0), out of
 * `to` bytes: 4, 8 or 16. May write up to 16 bytes beyond the last row. */
export function blockWiden(data: usize, width: i32, base: i64, to: i32, count: i32, out: usize): void {
  if (to == 4) {
    const b = i32x4.splat(i32(base));
    if (width == 0) for (let i = 0; i < count; i += 4) v128.store(out + (usize(i) << 2), b);
    else if (width == 1)
      for (let i = 0; i < count; i += 4) {
        const v = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(data + usize(i))));
        v128.store(out + (usize(i) << 2), i32x4.add(v, b));
      }
    else
      for (let i = 0; i < count; i += 4)
        v128.store(out + (usize(i) << 2), i32x4.add(v128.load_ext<u16>(data + (usize(i) << 1)), b));
  } else if (to == 8) {
    const b = i64x2.splat(base);
    if (width == 0) for (let i = 0; i < count; i += 2) v128.store(out + (usize(i) << 3), b);
    else if (width == 1)
      for (let i = 0; i < count; i += 4) {
        const v = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(data + usize(i))));
        v128.store(out + (usize(i) << 3), i64x2.add(i64x2.extend_low_i32x4_u(v), b));
        v128.store(out + (usize(i) << 3), i64x2.add(i64x2.extend_high_i32x4_u(v), b), 16);
      }
    else if (width == 2)
      for (let i = 0; i < count; i += 4) {
        const v = v128.load_ext<u16>(data + (usize(i) << 1));
        v128.store(out + (usize(i) << 3), i64x2.add(i64x2.extend_low_i32x4_u(v), b));
        v128.store(out + (usize(i) << 3), i64x2.add(i64x2.extend_high_i32x4_u(v), b), 16);
      }
    else
      for (let i = 0; i < count; i += 2)
        v128.store(out + (usize(i) << 3), i64x2.add(v128.load_ext<u32>(data + (usize(i) << 2)), b));
  } else {
    for (let i = 0; i < count; i++) {
      let v = base;
      if (width == 1) v += i64(load<u8>(data + usize(i)));
      else if (width == 2) v += i64(load<u16>(data + (usize(i) << 1)));
      else if (width == 4) v += i64(load<u32>(data + (usize(i) << 2)));
      else if (width == 8) v = load<i64>(data + (usize(i) << 3));
      store<i64>(out + (usize(i) << 4), v);
      store<i64>(out + (usize(i) << 4), v >> 63, 8);
    }
  }
}

/** Copies the bytes of the valid views to `heap` one after another and writes views of the copies; views of nulls and of
 * empty values are zero. @returns the address after the last byte */
export function blockCopyViews(data: usize, validity: usize, count: i32, out: usize, heap: usize): usize {
  for (let i = 0; i < count; i++) {
    const at = out + (usize(i) << 3);
    const v = valid(validity, i) ? load<u64>(data + (usize(i) << 3)) : 0;
    const length = usize(v >> 32);
    if (length == 0) {
      store<u64>(at, 0);
      continue;
    }
    const from = usize(u32(v));
    // Short values: whole words may run over into what the next value overwrites, but never beyond the heap's end.
    memory.copy(heap, from, length);
    store<u32>(at, u32(heap));
    store<u32>(at, u32(length), 4);
    heap += length;
  }
  return heap;
}

/** Adds `delta` (modulo 2^32) to the addresses of views that are not empty. */
export function blockRebaseViews(views: usize, count: i32, delta: u32): void {
  for (let i = 0; i < count; i++) {
    const at = views + (usize(i) << 3);
    if (load<u32>(at, 4) != 0) store<u32>(at, load<u32>(at) + delta);
  }
}

function hashView(v: u64): u32 {
  let at = usize(u32(v));
  let n = u32(v >> 32);
  let h: u64 = u64(n) * 0x9e3779b97f4a7c15;
  while (n >= 8) {
    h = (h ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
    at += 8;
    n -= 8;
  }
  let tail: u64 = 0;
  for (let k: u32 = 0; k < n; k++) tail |= u64(load<u8>(at + k)) << (u64(k) << 3);
  h = (h ^ tail) * 0xc4ceb9fe1a85ec53;
  h ^= h >> 29;
  h *= 0x9e3779b97f4a7c15;
  return u32(h >> 32);
}

/** The code of a view in the dictionary, which grows if need be; −1 where it would grow beyond `limit`.
 * `table`: mask + 1 slots of u32 (code + 1, 0: free). `size`: address of the u32 count of entries. */
function codeOf(v: u64, table: usize, mask: u32, entries: usize, hashes: usize, size: usize, limit: u32): i32 {
  const h = hashView(v);
  let slot = h & mask;
  while (true) {
    const at = table + (usize(slot) << 2);
    const c = load<u32>(at);
    if (c == 0) {
      const n = load<u32>(size);
      if (n >= limit) return -1;
      store<u32>(at, n + 1);
      store<u64>(entries + (usize(n) << 3), v);
      store<u32>(hashes + (usize(n) << 2), h);
      store<u32>(size, n + 1);
      return i32(n);
    }
    const code = c - 1;
    if (load<u32>(hashes + (usize(code) << 2)) == h && equalBytes(load<u64>(entries + (usize(code) << 3)), v)) return i32(code);
    slot = (slot + 1) & mask;
  }
}

/** Codes of views; null rows get 0. @returns 1, or 0 where the dictionary would grow beyond `limit` */
export function blockEncodeViews(
  data: usize, validity: usize, count: i32, table: usize, mask: u32, entries: usize, hashes: usize, size: usize, limit: u32, out: usize,
): i32 {
  for (let i = 0; i < count; i++) {
    let code = 0;
    if (valid(validity, i)) {
      code = codeOf(load<u64>(data + (usize(i) << 3)), table, mask, entries, hashes, size, limit);
      if (code < 0) return 0;
    }
    store<u32>(out + (usize(i) << 2), u32(code));
  }
  return 1;
}

/** As `blockEncodeViews` for rows selection[from…] of a vector with a dictionary of its own. `remap`: one u32 per entry of
 * that dictionary, 0 where its code (plus 1) is not known yet. */
export function blockEncodeCodes(
  codes: usize, validity: usize, selection: usize, from: i32, count: i32, dictionary: usize, remap: usize,
  table: usize, mask: u32, entries: usize, hashes: usize, size: usize, limit: u32, out: usize,
): i32 {
  for (let k = 0; k < count; k++) {
    const i = rowAt(selection, from + k);
    let code = 0;
    if (valid(validity, i)) {
      const c = usize(load<u32>(codes + (usize(i) << 2)));
      const known = load<u32>(remap + (c << 2));
      if (known != 0) code = i32(known - 1);
      else {
        code = codeOf(load<u64>(dictionary + (c << 3)), table, mask, entries, hashes, size, limit);
        if (code < 0) return 0;
        store<u32>(remap + (c << 2), u32(code) + 1);
      }
    }
    store<u32>(out + (usize(k) << 2), u32(code));
  }
  return 1;
}
