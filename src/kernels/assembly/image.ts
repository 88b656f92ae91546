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

/** Sixteen bits of each of eight vectors, the top ones of their bytes, to `plane`. */
// @ts-ignore: decorator
@inline
function storeTops(plane: usize, a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): void {
  store<u32>(plane, u32(i8x16.bitmask(a)) | (u32(i8x16.bitmask(b)) << 16));
  store<u32>(plane, u32(i8x16.bitmask(c)) | (u32(i8x16.bitmask(d)) << 16), 4);
  store<u32>(plane, u32(i8x16.bitmask(e)) | (u32(i8x16.bitmask(f)) << 16), 8);
  store<u32>(plane, u32(i8x16.bitmask(g)) | (u32(i8x16.bitmask(h)) << 16), 12);
}

/** The bits of four-byte slots by their place: first all slots' bit 7, 6, … 0 of byte 0, then of byte 1, … Narrowed numbers
 * of one, two or four bytes use few of the 32 planes. What is left of a multiple of 64 bytes is copied. */
export function toBitPlanes(data: usize, count: u32, out: usize): void {
  const groups = usize(count >> 6);
  const stride = groups << 1;
  let g: usize = 0;
  // Planes lie a power of two apart, in few sets of the cache: each is touched once for eight groups.
  for (; g + 8 <= groups; g += 8) {
    const at = data + (g << 6);
    let plane = out + (g << 1);
    for (let k = 0; k < 4; k++) {
      let v0 = bytesOf(at, k);
      let v1 = bytesOf(at + 64, k);
      let v2 = bytesOf(at + 128, k);
      let v3 = bytesOf(at + 192, k);
      let v4 = bytesOf(at + 256, k);
      let v5 = bytesOf(at + 320, k);
      let v6 = bytesOf(at + 384, k);
      let v7 = bytesOf(at + 448, k);
      for (let b = 0; b < 8; b++) {
        storeTops(plane, v0, v1, v2, v3, v4, v5, v6, v7);
        v0 = i8x16.shl(v0, 1);
        v1 = i8x16.shl(v1, 1);
        v2 = i8x16.shl(v2, 1);
        v3 = i8x16.shl(v3, 1);
        v4 = i8x16.shl(v4, 1);
        v5 = i8x16.shl(v5, 1);
        v6 = i8x16.shl(v6, 1);
        v7 = i8x16.shl(v7, 1);
        plane += stride;
      }
    }
  }
  for (; g < groups; g++) {
    const at = data + (g << 6);
    let plane = out + (g << 1);
    for (let k = 0; k < 4; k++) {
      let bytes = bytesOf(at, k);
      for (let b = 0; b < 8; b++) {
        store<u16>(plane, u16(i8x16.bitmask(bytes)));
        bytes = i8x16.shl(bytes, 1);
        plane += stride;
      }
    }
  }
  memory.copy(out + (groups << 6), data + (groups << 6), usize(count & 63));
}

/** Sixteen bytes whose bits are the `pick`ed two bytes of eight planes, the first plane's the top ones. */
// @ts-ignore: decorator
@inline
function bytesOfPlanes(
  p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128, p6: v128, p7: v128, pick: v128,
): v128 {
  const bit = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  // All ones where the bit is set: one bit of them stays.
  let bytes = v128.and(i8x16.eq(v128.and(v128.swizzle(p0, pick), bit), bit), i8x16.splat(-128));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p1, pick), bit), bit), i8x16.splat(64)));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p2, pick), bit), bit), i8x16.splat(32)));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p3, pick), bit), bit), i8x16.splat(16)));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p4, pick), bit), bit), i8x16.splat(8)));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p5, pick), bit), bit), i8x16.splat(4)));
  bytes = v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p6, pick), bit), bit), i8x16.splat(2)));
  return v128.or(bytes, v128.and(i8x16.eq(v128.and(v128.swizzle(p7, pick), bit), bit), i8x16.splat(1)));
}

/** Sixteen four-byte slots at `at` out of their sixteen first bytes, second bytes, … there. */
// @ts-ignore: decorator
@inline
function interleave(at: usize): void {
  const b0 = v128.load(at);
  const b1 = v128.load(at, 16);
  const b2 = v128.load(at, 32);
  const b3 = v128.load(at, 48);
  const low01 = v128.shuffle<u8>(b0, b1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const high01 = v128.shuffle<u8>(b0, b1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const low23 = v128.shuffle<u8>(b2, b3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const high23 = v128.shuffle<u8>(b2, b3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(at, v128.shuffle<u16>(low01, low23, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(at, v128.shuffle<u16>(low01, low23, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  v128.store(at, v128.shuffle<u16>(high01, high23, 0, 8, 1, 9, 2, 10, 3, 11), 32);
  v128.store(at, v128.shuffle<u16>(high01, high23, 4, 12, 5, 13, 6, 14, 7, 15), 48);
}

/** The inverse of `toBitPlanes`. */
export function fromBitPlanes(planes: usize, count: u32, out: usize): void {
  const groups = usize(count >> 6);
  const stride = groups << 1;
  const half = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  for (let g: usize = 0; g < groups; ) {
    // Of the last groups, what is loaded beyond a plane's end is not used; it lies before the planes' end or in what follows.
    const some = min<usize>(8, groups - g);
    const to = out + (g << 6);
    let plane = planes + (g << 1);
    for (let k: usize = 0; k < 64; k += 16) {
      const p0 = v128.load(plane);
      const p1 = v128.load(plane + stride);
      const p2 = v128.load(plane + stride * 2);
      const p3 = v128.load(plane + stride * 3);
      const p4 = v128.load(plane + stride * 4);
      const p5 = v128.load(plane + stride * 5);
      const p6 = v128.load(plane + stride * 6);
      const p7 = v128.load(plane + stride * 7);
      plane += stride << 3;
      let pick = half;
      for (let j: usize = 0; j < some; j++) {
        v128.store(to + (j << 6) + k, bytesOfPlanes(p0, p1, p2, p3, p4, p5, p6, p7, pick));
        pick = i8x16.add(pick, i8x16.splat(2));
      }
    }
    for (let j: usize = 0; j < some; j++) interleave(to + (j << 6));
    g += some;
  }
  memory.copy(out + (groups << 6), planes + (groups << 6), usize(count & 63));
}
