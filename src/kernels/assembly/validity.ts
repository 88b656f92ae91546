import { pack8, rowAt, setBit, unpack8, valid } from './lib/bits';

/** out = a & b over `bits` bits, in whole words. Addresses must not be 0. */
export function andBits(a: usize, b: usize, out: usize, bits: i32): void {
  const bytes = ((bits + 63) >> 6) << 3;
  for (let i = 0; i < bytes; i += 8) store<u64>(out + i, load<u64>(a + i) & load<u64>(b + i));
}

/** Number of set bits among the selected rows. */
export function countValid(validity: usize, selection: usize, count: i32): i32 {
  let n = 0;
  let s = 0;
  if (selection == 0) for (; s + 64 <= count; s += 64) n += i32(popcnt(load<u64>(validity + (s >> 3))));
  for (; s < count; s++) n += i32(valid(validity, rowAt(selection, s)));
  return n;
}

/** Booleans from a bitmap: 1 where the bit is set, or where it is clear if `invert` is 1. `validity` 0 counts as all set. */
export function bitsToBools(bits: usize, out: usize, count: i32, invert: i32): void {
  const flip: u32 = invert != 0 ? 0xff : 0;
  for (let i = 0; i < count; i += 8) {
    const b: u32 = bits == 0 ? 0xff : load<u8>(bits + (i >> 3));
    store<u64>(out + i, unpack8(b ^ flip));
  }
}

/** A bitmap from booleans. */
export function boolsToBits(data: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) store<u8>(out + (i >> 3), u8(pack8(load<u64>(data + i))));
}

/** Bit k of `out` = bit selection[k] of `bits` (0: all set). `out` is compact. */
export function gatherBits(bits: usize, selection: usize, count: i32, out: usize): void {
  let word: u32 = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    word |= u32(valid(bits, i)) << (s & 31);
    if ((s & 31) == 31) {
      store<u32>(out + ((s >> 5) << 2), word);
      word = 0;
    }
  }
  if ((count & 31) != 0) store<u32>(out + ((count >> 5) << 2), word);
}

/** Copies the selected rows' bits to the same rows of `out`; `bits` 0 counts as all set. */
export function copyBits(bits: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    setBit(out, i, valid(bits, i));
  }
}

/** Clears the bits of the selected rows. */
export function clearBits(selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) setBit(out, rowAt(selection, s), false);
}

/** Row validity of dictionary codes: bit i = own bit i (`validity`, 0: set) and the bit of the entry `codes[i]`. */
export function gatherCodeBits(entryBits: usize, codes: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    setBit(out, i, valid(validity, i) && valid(entryBits, load<u32>(codes + (i << 2))));
  }
}

/** Kleene AND of two boolean vectors, over rows 0 to count − 1. Writes values and validity. */
export function andBools(a: usize, va: usize, b: usize, vb: usize, out: usize, vout: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const xa = pack8(load<u64>(a + i));
    const xb = pack8(load<u64>(b + i));
    const ma: u32 = va == 0 ? 0xff : load<u8>(va + (i >> 3));
    const mb: u32 = vb == 0 ? 0xff : load<u8>(vb + (i >> 3));
    const yes = ma & xa & mb & xb;
    const no = (ma & ~xa) | (mb & ~xb);
    store<u64>(out + i, unpack8(yes));
    if (vout != 0) store<u8>(vout + (i >> 3), u8(yes | no));
  }
}

/** Kleene OR of two boolean vectors, over rows 0 to count − 1. Writes values and validity. */
export function orBools(a: usize, va: usize, b: usize, vb: usize, out: usize, vout: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const xa = pack8(load<u64>(a + i));
    const xb = pack8(load<u64>(b + i));
    const ma: u32 = va == 0 ? 0xff : load<u8>(va + (i >> 3));
    const mb: u32 = vb == 0 ? 0xff : load<u8>(vb + (i >> 3));
    const yes = (ma & xa) | (mb & xb);
    const no = ma & ~xa & mb & ~xb;
    store<u64>(out + i, unpack8(yes));
    if (vout != 0) store<u8>(vout + (i >> 3), u8(yes | no));
  }
}

/** out = not a, over rows 0 to count − 1 (null rows keep their bit in the caller's validity). */
export function notBools(a: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) store<u64>(out + i, (load<u64>(a + i) & 0x0101010101010101) ^ 0x0101010101010101);
}

/** `<=>` from the result of `=`: true where both are null, false where one is, else `equal`. Never null. */
export function nullSafeEqual(equal: usize, va: usize, vb: usize, out: usize, count: i32): void {
  for (let i = 0; i < count; i += 8) {
    const e = pack8(load<u64>(equal + i));
    const ma: u32 = va == 0 ? 0xff : load<u8>(va + (i >> 3));
    const mb: u32 = vb == 0 ? 0xff : load<u8>(vb + (i >> 3));
    store<u64>(out + i, unpack8(((ma & mb & e) | (~ma & ~mb)) & 0xff));
  }
}
