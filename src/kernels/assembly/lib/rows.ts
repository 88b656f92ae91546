/** Packed key rows: `words` 8-byte words a row. Word 0 holds one bit per null key; each key has one word (i128: two).
 * A string of up to 7 bytes lies in its word (length in the top byte, top bit 0); a longer one is its view with the top
 * bit set: bit 63, 31 bits length, 32 bits address. Equal keys have equal words, or equal bytes behind long views. */

export const LONG_VIEW: u64 = 0x8000000000000000;

// @ts-ignore: decorator
@inline
export function rowAt(selection: usize, s: i32): i32 {
  return selection == 0 ? s : <i32>load<u32>(selection + (<usize>s << 2));
}

// @ts-ignore: decorator
@inline
export function isValid(validity: usize, i: i32): bool {
  return validity == 0 || ((<i32>load<u8>(validity + (<usize>i >> 3)) >> (i & 7)) & 1) != 0;
}

// @ts-ignore: decorator
@inline
export function mix(h: u64, w: u64): u64 {
  h = (h ^ w) * 0x9e3779b97f4a7c15;
  return h ^ (h >> 29);
}

/** Hash of the bytes behind a view. */
export function hashBytes(address: usize, length: i32): u64 {
  let h: u64 = <u64>length * 0xff51afd7ed558ccd;
  let i = 0;
  for (; i + 8 <= length; i += 8) h = mix(h, load<u64>(address + i));
  let tail: u64 = 0;
  for (let shift = 0; i < length; i++, shift += 8) tail |= <u64>load<u8>(address + i) << shift;
  return mix(h, tail);
}

export function equalBytes(a: usize, b: usize, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Less, equal, greater as −1, 0, 1 by unsigned bytes. */
export function compareBytes(a: usize, alen: i32, b: usize, blen: i32): i32 {
  const n = min(alen, blen);
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const x = load<u64>(a + i);
    const y = load<u64>(b + i);
    if (x != y) return bswap<u64>(x) < bswap<u64>(y) ? -1 : 1;
  }
  for (; i < n; i++) {
    const x = load<u8>(a + i);
    const y = load<u8>(b + i);
    if (x != y) return x < y ? -1 : 1;
  }
  return alen == blen ? 0 : alen < blen ? -1 : 1;
}

export function viewWord(view: u64): u64 {
  const length = <i32>(view >> 32);
  const address = <usize>(<u32>view);
  if (length > 7) return view | LONG_VIEW;
  let word: u64 = <u64>length << 56;
  for (let i = 0; i < length; i++) word |= <u64>load<u8>(address + i) << (i << 3);
  return word;
}

/** Hash of one packed row; `viewMask` has a bit per word that may be a long view. */
// @ts-ignore: decorator
@inline
export function hashRow(row: usize, words: i32, viewMask: u32): u32 {
  let h: u64 = 0x243f6a8885a308d3;
  for (let w = 0; w < words; w++) {
    const word = load<u64>(row + (<usize>w << 3));
    if (((viewMask >> w) & 1) != 0 && (word & LONG_VIEW) != 0)
      h = mix(h, hashBytes(<usize>(<u32>word), <i32>(word >> 32) & 0x7fffffff));
    else h = mix(h, word);
  }
  h ^= h >> 32;
  return <u32>h;
}

// @ts-ignore: decorator
@inline
export function equalRows(a: usize, b: usize, words: i32, viewMask: u32): bool {
  for (let w = 0; w < words; w++) {
    const x = load<u64>(a + (<usize>w << 3));
    const y = load<u64>(b + (<usize>w << 3));
    if (x == y) continue;
    if (((viewMask >> w) & 1) == 0 || (x & y & LONG_VIEW) == 0) return false;
    if (x >> 32 != y >> 32) return false;
    if (!equalBytes(<usize>(<u32>x), <usize>(<u32>y), <i32>(x >> 32) & 0x7fffffff)) return false;
  }
  return true;
}
