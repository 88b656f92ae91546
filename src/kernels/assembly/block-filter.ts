// Range tests on the narrowed values of column blocks, and widening of the rows that pass.
import { valid } from './lib/bits';
import { emit8 } from './lib/compress';

/** Bytes 0 or −1 of sixteen rows: is slot − lo, unsigned, at most `span`? */
// @ts-ignore: decorator
@inline
function within16<T>(at: usize, lo: v128, span: v128): v128 {
  if (sizeof<T>() == 1) return v128.le<u8>(v128.sub<u8>(v128.load(at), lo), span);
  const a = v128.le<T>(v128.sub<T>(v128.load(at), lo), span);
  const b = v128.le<T>(v128.sub<T>(v128.load(at, 16), lo), span);
  if (sizeof<T>() == 2) return i8x16.narrow_i16x8_s(a, b);
  const c = v128.le<T>(v128.sub<T>(v128.load(at, 32), lo), span);
  const d = v128.le<T>(v128.sub<T>(v128.load(at, 48), lo), span);
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}

// @ts-ignore: decorator
@inline
function mask16<T>(at: usize, lo: v128, span: v128): u64 {
  return u64(u32(i8x16.bitmask(within16<T>(at, lo, span))));
}

// @ts-ignore: decorator
@inline
function rangeBits<T>(data: usize, lo: T, span: T, validity: usize, count: i32, bits: usize, meet: i32): u32 {
  const low = v128.splat<T>(lo);
  const wide = v128.splat<T>(span);
  const step: usize = sizeof<T>() << 4;
  let found: u64 = 0;
  let s = 0;
  for (; s + 64 <= count; s += 64) {
    const at = data + usize(s) * sizeof<T>();
    const word = usize(s) >> 3;
    let mask = mask16<T>(at, low, wide);
    mask |= mask16<T>(at + step, low, wide) << 16;
    mask |= mask16<T>(at + step * 2, low, wide) << 32;
    mask |= mask16<T>(at + step * 3, low, wide) << 48;
    if (validity != 0) mask &= load<u64>(validity + word);
    if (meet != 0) mask &= load<u64>(bits + word);
    store<u64>(bits + word, mask);
    found += popcnt(mask);
  }
  for (; s < count; s += 16) {
    const word = usize(s) >> 3;
    let mask: u32 = 0;
    for (let i = s; i < min(s + 16, count); i++)
      mask |= u32(<T>(load<T>(data + usize(i) * sizeof<T>()) - lo) <= span && valid(validity, i)) << (i - s);
    if (meet != 0) mask &= load<u16>(bits + word);
    store<u16>(bits + word, u16(mask));
    found += popcnt(u64(mask));
  }
  return u32(found);
}

/** One bit per row: lo ≤ slot ≤ lo + span in unsigned slots of `width` 1, 2 or 4 bytes, and the row is valid. With `meet` the
 * bits that are there stay set only where both hold. Bits beyond `count` in the last 16 become 0.
 * @returns how many bits are set */
export function blockRangeBits(
  data: usize, width: i32, lo: u32, span: u32, validity: usize, count: i32, bits: usize, meet: i32,
): u32 {
  if (width == 1) return rangeBits<u8>(data, u8(lo), u8(span), validity, count, bits, meet);
  if (width == 2) return rangeBits<u16>(data, u16(lo), u16(span), validity, count, bits, meet);
  return rangeBits<u32>(data, lo, span, validity, count, bits, meet);
}

/** The same for signed slots of 8 bytes. */
export function blockRangeBits64(
  data: usize, lo: i64, hi: i64, validity: usize, count: i32, bits: usize, meet: i32,
): u32 {
  let found: u32 = 0;
  for (let s = 0; s < count; s += 16) {
    const end = min(s + 16, count);
    let mask: u32 = 0;
    for (let i = s; i < end; i++) {
      const x = load<i64>(data + (usize(i) << 3));
      mask |= u32(i32(x >= lo) & i32(x <= hi) & i32(valid(validity, i))) << (i - s);
    }
    const word = bits + (usize(s) >> 3);
    if (meet != 0) mask &= load<u16>(word);
    store<u16>(word, u16(mask));
    found += popcnt(mask);
  }
  return found;
}

// @ts-ignore: decorator
@inline
function keyBits<T>(
  data: usize, shift: i64, span: u64, validity: usize, count: i32, keys: usize, bits: usize, meet: i32,
): u32 {
  let found: u32 = 0;
  for (let s = 0; s < count; s += 16) {
    const word = bits + (usize(s) >> 3);
    let rows: u32 = meet != 0 ? load<u16>(word) : 0xffff;
    if (validity != 0) rows &= load<u16>(validity + (usize(s) >> 3));
    if (rows == 0) {
      store<u16>(word, 0);
      continue;
    }
    const end = min(s + 16, count);
    let mask: u32 = 0;
    for (let i = s; i < end; i++) {
      const key = u64(i64(load<T>(data + usize(i) * sizeof<T>())) + shift);
      if (key <= span) mask |= ((u32(load<u8>(keys + usize(key >> 3))) >> (u32(key) & 7)) & 1) << (i - s);
    }
    mask &= rows;
    store<u16>(word, u16(mask));
    found += popcnt(mask);
  }
  return found;
}

/** One bit per row: its slot of `width` bytes, plus `shift`, numbers a bit among `keys` that is set; numbers above `span` have none.
 * Slots are unsigned, or with `isSigned` (4 and 8 bytes) signed. `meet` and the result are as in `blockRangeBits`. */
export function blockKeyBits(
  data: usize, width: i32, isSigned: i32, shift: i64, span: i64, validity: usize, count: i32, keys: usize, bits: usize, meet: i32,
): u32 {
  const most = u64(span);
  if (width == 1) return keyBits<u8>(data, shift, most, validity, count, keys, bits, meet);
  if (width == 2) return keyBits<u16>(data, shift, most, validity, count, keys, bits, meet);
  if (width == 8) return keyBits<i64>(data, shift, most, validity, count, keys, bits, meet);
  if (isSigned != 0) return keyBits<i32>(data, shift, most, validity, count, keys, bits, meet);
  return keyBits<u32>(data, shift, most, validity, count, keys, bits, meet);
}

// @ts-ignore: decorator
@inline
function entryBits<T>(codes: usize, entries: usize, count: i32, bits: usize, meet: i32): u32 {
  let found: u32 = 0;
  for (let s = 0; s < count; s += 16) {
    const end = min(s + 16, count);
    let mask: u32 = 0;
    for (let i = s; i < end; i++)
      mask |= u32(load<u8>(entries + usize(load<T>(codes + usize(i) * sizeof<T>())))) << (i - s);
    const word = bits + (usize(s) >> 3);
    if (meet != 0) mask &= load<u16>(word);
    store<u16>(word, u16(mask));
    found += popcnt(mask);
  }
  return found;
}

/** One bit per row: the byte (0 or 1) at `entries` that its code, of `width` 1, 2 or 4 bytes, numbers. `size` bytes are there
 * and 16 more that are 0. `meet` and the result are as in `blockRangeBits`. */
export function blockEntryBits(
  codes: usize, width: i32, entries: usize, size: i32, count: i32, bits: usize, meet: i32,
): u32 {
  if (width == 2) return entryBits<u16>(codes, entries, count, bits, meet);
  if (width == 4) return entryBits<u32>(codes, entries, count, bits, meet);
  if (size > 16) return entryBits<u8>(codes, entries, count, bits, meet);
  // Small alphabets: sixteen rows by one shuffle of the table.
  const table = v128.load(entries);
  let found: u64 = 0;
  let s = 0;
  for (; s + 64 <= count; s += 64) {
    const at = codes + usize(s);
    const word = bits + (usize(s) >> 3);
    let mask = passing16(at, table);
    mask |= passing16(at + 16, table) << 16;
    mask |= passing16(at + 32, table) << 32;
    mask |= passing16(at + 48, table) << 48;
    if (meet != 0) mask &= load<u64>(word);
    store<u64>(word, mask);
    found += popcnt(mask);
  }
  if (s < count) found += entryBits<u8>(codes + usize(s), entries, count - s, bits + (usize(s) >> 3), meet);
  return u32(found);
}

// @ts-ignore: decorator
@inline
function passing16(codes: usize, table: v128): u64 {
  return u64(u32(i8x16.bitmask(i8x16.ne(v128.swizzle(table, v128.load(codes)), i8x16.splat(0)))));
}

/** Numbers of the rows whose bit is set, ascending; `out` has room for `count` + 8. @returns how many */
export function blockSelectBits(bits: usize, count: i32, out: usize): i32 {
  let n = 0;
  for (let s = 0; s < count; s += 16) {
    const mask = u32(load<u16>(bits + (usize(s) >> 3)));
    if (mask == 0) continue;
    n += emit8(mask & 0xff, s, out + (usize(n) << 2));
    n += emit8(mask >> 8, s + 8, out + (usize(n) << 2));
  }
  return n;
}

// @ts-ignore: decorator
@inline
function gatherRows<T, W>(data: usize, base: W, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = usize(load<u32>(selection + (usize(s) << 2)));
    store<W>(out + usize(s) * sizeof<W>(), <W>(<W>load<T>(data + i * sizeof<T>()) + base));
  }
}

/** Chosen rows of a chunk, one after another, in slots of `to` 1, 4, 8 or 16 bytes. Slots of `width` 1, 2 or 4 bytes are
 * unsigned distances from `base`, 8 are signed, 0: every row is `base`. With `to` equal to `width` bytes are copied. */
export function blockGatherRows(
  data: usize, width: i32, base: i64, to: i32, selection: usize, count: i32, out: usize,
): void {
  if (to == 4) {
    if (width == 0) for (let s = 0; s < count; s++) store<i32>(out + (usize(s) << 2), i32(base));
    else if (width == 1) gatherRows<u8, i32>(data, i32(base), selection, count, out);
    else if (width == 2) gatherRows<u16, i32>(data, i32(base), selection, count, out);
    else gatherRows<u32, i32>(data, i32(base), selection, count, out);
  } else if (to == 8) {
    if (width == 0) for (let s = 0; s < count; s++) store<i64>(out + (usize(s) << 3), base);
    else if (width == 1) gatherRows<u8, i64>(data, base, selection, count, out);
    else if (width == 2) gatherRows<u16, i64>(data, base, selection, count, out);
    else if (width == 4) gatherRows<u32, i64>(data, base, selection, count, out);
    else gatherRows<i64, i64>(data, base, selection, count, out);
  } else if (to == 1) {
    if (width == 0) memory.fill(out, u8(base), count);
    else gatherRows<u8, u8>(data, 0, selection, count, out);
  } else if (width == 16) {
    for (let s = 0; s < count; s++) {
      const i = usize(load<u32>(selection + (usize(s) << 2)));
      v128.store(out + (usize(s) << 4), v128.load(data + (i << 4)));
    }
  } else {
    for (let s = 0; s < count; s++) {
      const i = usize(load<u32>(selection + (usize(s) << 2)));
      let v = base;
      if (width == 1) v += i64(load<u8>(data + i));
      else if (width == 2) v += i64(load<u16>(data + (i << 1)));
      else if (width == 4) v += i64(load<u32>(data + (i << 2)));
      else if (width == 8) v += load<i64>(data + (i << 3));
      store<i64>(out + (usize(s) << 4), v);
      store<i64>(out + (usize(s) << 4), v >> 63, 8);
    }
  }
}

/** Chosen bits as bytes 0 or 1. */
export function blockGatherBits(bits: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) store<u8>(out + usize(s), u8(valid(bits, load<u32>(selection + (usize(s) << 2)))));
}
