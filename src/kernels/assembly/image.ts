// What helps to compress blocks.

/** Views in the form that compresses best: each address as its distance from where the view before ends, then all first bytes,
 * all second bytes, … `out` takes eight bytes a view. */
export function viewsToPlanes(views: usize, count: u32, out: usize): void {
  let expected: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = views + (usize(i) << 3);
    const address = load<u32>(at);
    const length = load<u32>(at, 4);
    // Empty views lie nowhere.
    const distance = length == 0 ? address : address - expected;
    if (length != 0) expected = address + length;
    let word = u64(distance) | (u64(length) << 32);
    let plane = out + usize(i);
    for (let k = 0; k < 8; k++) {
      store<u8>(plane, u8(word));
      word >>= 8;
      plane += usize(count);
    }
  }
}

/** The inverse of `viewsToPlanes`. */
export function planesToViews(planes: usize, count: u32, out: usize): void {
  let expected: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    let word: u64 = 0;
    let plane = planes + usize(i);
    for (let k: u64 = 0; k < 64; k += 8) {
      word |= u64(load<u8>(plane)) << k;
      plane += usize(count);
    }
    const length = u32(word >> 32);
    let address = u32(word);
    if (length != 0) {
      address += expected;
      expected = address + length;
    }
    const at = out + (usize(i) << 3);
    store<u32>(at, address);
    store<u32>(at, length, 4);
  }
}

/** How many of every 61st byte are printable ASCII, in 1/256 of those looked at. */
export function shareOfText(at: usize, count: u32): u32 {
  let seen: u32 = 0;
  let text: u32 = 0;
  for (let i: u32 = 0; i < count; i += 61) {
    const c = load<u8>(at + usize(i));
    seen++;
    text += u32(c >= 32 && c < 127);
  }
  return seen == 0 ? 0 : (text << 8) / seen;
}

/** Selects byte `k` of sixteen four-byte slots at `at`. */
// @ts-ignore: decorator
@inline
function bytesOf(at: usize, k: i32): v128 {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const pick = i8x16.add(i8x16(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), i8x16.splat(i8(k)));
  const ab = v128.shuffle<u32>(v128.swizzle(a, pick), v128.swizzle(b, pick), 0, 4, 0, 4);
  const cd = v128.shuffle<u32>(v128.swizzle(c, pick), v128.swizzle(d, pick), 0, 4, 0, 4);
  return v128.shuffle<u64>(ab, cd, 0, 2);
}

/** The bits of four-byte slots by their place: first all slots' bit 7, 6, … 0 of byte 0, then of byte 1, … Narrowed numbers
 * of one, two or four bytes use few of the 32 planes. What is left of a multiple of 64 bytes is copied. */
export function toBitPlanes(data: usize, count: u32, out: usize): void {
  const groups = usize(count >> 6);
  for (let g: usize = 0; g < groups; g++) {
    const at = data + (g << 6);
    let plane = out + (g << 1);
    for (let k = 0; k < 4; k++) {
      let bytes = bytesOf(at, k);
      for (let b = 0; b < 8; b++) {
        store<u16>(plane, u16(i8x16.bitmask(bytes)));
        bytes = i8x16.shl(bytes, 1);
        plane += groups << 1;
      }
    }
  }
  memory.copy(out + (groups << 6), data + (groups << 6), usize(count & 63));
}

/** The inverse of `toBitPlanes`. */
export function fromBitPlanes(planes: usize, count: u32, out: usize): void {
  const groups = usize(count >> 6);
  const half = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  for (let g: usize = 0; g < groups; g++) {
    let plane = planes + (g << 1);
    const to = out + (g << 6);
    for (let k = 0; k < 4; k++) {
      let bytes = i8x16.splat(0);
      for (let b = 0; b < 8; b++) {
        const spread = v128.swizzle(i16x8.splat(load<i16>(plane)), half);
        // All ones where the bit is set: taken off, that is one more.
        bytes = i8x16.sub(i8x16.shl(bytes, 1), i8x16.eq(v128.and(spread, bit), bit));
        plane += groups << 1;
      }
      for (let i: usize = 0; i < 16; i += 4) {
        store<u8>(to + (i << 2) + k, i8x16.extract_lane_u(bytes, 0));
        store<u8>(to + (i << 2) + 4 + k, i8x16.extract_lane_u(bytes, 1));
        store<u8>(to + (i << 2) + 8 + k, i8x16.extract_lane_u(bytes, 2));
        store<u8>(to + (i << 2) + 12 + k, i8x16.extract_lane_u(bytes, 3));
        bytes = v128.swizzle(bytes, i8x16(4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16));
      }
    }
  }
  memory.copy(out + (groups << 6), planes + (groups << 6), usize(count & 63));
}
