import { rowAt, valid } from './lib/bits';

// Two hashes. `hash…` makes u64 for tables inside the engine: `out[row] = mix(seed, value)`, where the seed is the old
// `out[row]` if `combine` is 1, else 0; equal values of one rep hash equally (−0.0 as 0.0, every NaN alike); null keeps a
// fixed value. `murmur…` is Spark's Murmur3_x86_32 as `hash(…)` and HashPartitioning use it: `out` holds i32 seeds (42 at
// first) and is updated column by column; null leaves the seed as it is.

const K1: u64 = 0x9e3779b97f4a7c15;
const K2: u64 = 0xd6e8feb86659fd93;

// @ts-ignore: decorator
@inline
function mix(x: u64): u64 {
  x = (x ^ (x >> 32)) * K2;
  x = (x ^ (x >> 29)) * K1;
  return x ^ (x >> 32);
}

// @ts-ignore: decorator
@inline
function put(out: usize, i: u32, combine: i32, h: u64): void {
  const at = out + (i << 3);
  store<u64>(at, combine != 0 ? mix(rotl<u64>(load<u64>(at), 23) ^ h) : h);
}

const NULL_HASH: u64 = 0x2545f4914f6cdd1d;

/** Hash of booleans. */
export function hashBool(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    put(out, i, combine, valid(validity, i) ? mix(u64(load<u8>(a + i) & 1) + K1) : NULL_HASH);
  }
}
/** Hash of int32; equals the hash of the same number as int64. */
export function hashI32(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    put(out, i, combine, valid(validity, i) ? mix(u64(i64(load<i32>(a + (i << 2)))) + K1) : NULL_HASH);
  }
}
/** Hash of int64. */
export function hashI64(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    put(out, i, combine, valid(validity, i) ? mix(load<u64>(a + (i << 3)) + K1) : NULL_HASH);
  }
}
/** Hash of int128; equals the hash of the same number as int64 where it fits. */
export function hashI128(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    let h = NULL_HASH;
    if (valid(validity, i)) {
      const lo = load<u64>(a + (i << 4));
      const hi = load<i64>(a + (i << 4), 8);
      h = mix(lo + K1);
      if (hi != i64(lo) >> 63) h = mix(h ^ (u64(hi) * K2));
    }
    put(out, i, combine, h);
  }
}
/** Hash of floats. */
export function hashF32(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f32>(a + (i << 2));
    const bits: u32 = x != x ? 0x7fc00000 : x == 0 ? 0 : reinterpret<u32>(x);
    put(out, i, combine, valid(validity, i) ? mix(u64(bits) + K1) : NULL_HASH);
  }
}
/** Hash of doubles. */
export function hashF64(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<f64>(a + (i << 3));
    const bits: u64 = x != x ? 0x7ff8000000000000 : x == 0 ? 0 : reinterpret<u64>(x);
    put(out, i, combine, valid(validity, i) ? mix(bits + K1) : NULL_HASH);
  }
}

/** Hash of `length` bytes. */
function hashBytes(a: usize, length: u32): u64 {
  let h: u64 = u64(length) * K1;
  while (length >= 8) {
    h = rotl<u64>(h ^ (load<u64>(a) * K2), 29) * K1;
    a += 8;
    length -= 8;
  }
  let tail: u64 = 0;
  if (length >= 4) {
    tail = load<u32>(a);
    a += 4;
    length -= 4;
  }
  while (length > 0) {
    tail = (tail << 8) | load<u8>(a);
    a++;
    length--;
  }
  return mix(h ^ (tail * K2));
}

/** Hash of strings, binaries, nested values by their bytes. */
export function hashView(a: usize, validity: usize, selection: usize, count: i32, out: usize, combine: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    let h = NULL_HASH;
    if (valid(validity, i)) {
      const view = load<u64>(a + (i << 3));
      h = hashBytes(usize(u32(view)), u32(view >> 32));
    }
    put(out, i, combine, h);
  }
}

// @ts-ignore: decorator
@inline
function mixK(k: u32): u32 {
  return rotl<u32>(k * 0xcc9e2d51, 15) * 0x1b873593;
}
// @ts-ignore: decorator
@inline
function mixH(h: u32, k: u32): u32 {
  return rotl<u32>(h ^ k, 13) * 5 + 0xe6546b64;
}
// @ts-ignore: decorator
@inline
function finish(h: u32, length: u32): u32 {
  h ^= length;
  h = (h ^ (h >> 16)) * 0x85ebca6b;
  h = (h ^ (h >> 13)) * 0xc2b2ae35;
  return h ^ (h >> 16);
}
// @ts-ignore: decorator
@inline
function murmur4(value: u32, seed: u32): u32 {
  return finish(mixH(seed, mixK(value)), 4);
}
// @ts-ignore: decorator
@inline
function murmur8(value: u64, seed: u32): u32 {
  return finish(mixH(mixH(seed, mixK(u32(value))), mixK(u32(value >> 32))), 8);
}

/** Spark's hash of booleans: as int 0 or 1. */
export function murmurBool(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    if (valid(validity, i)) store<u32>(at, murmur4(load<u8>(a + i) & 1, load<u32>(at)));
  }
}
/** Spark's hash of tinyint, smallint, int, date. */
export function murmurI32(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    if (valid(validity, i)) store<u32>(at, murmur4(load<u32>(a + (i << 2)), load<u32>(at)));
  }
}
/** Spark's hash of bigint, timestamps, decimals of precision ≤ 18 (unscaled). */
export function murmurI64(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    if (valid(validity, i)) store<u32>(at, murmur8(load<u64>(a + (i << 3)), load<u32>(at)));
  }
}
/** Spark's hash of floats: −0.0 as 0.0, NaN canonical. */
export function murmurF32(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    const x = load<f32>(a + (i << 2));
    const bits: u32 = x != x ? 0x7fc00000 : x == 0 ? 0 : reinterpret<u32>(x);
    if (valid(validity, i)) store<u32>(at, murmur4(bits, load<u32>(at)));
  }
}
/** Spark's hash of doubles: −0.0 as 0.0, NaN canonical. */
export function murmurF64(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    const x = load<f64>(a + (i << 3));
    const bits: u64 = x != x ? 0x7ff8000000000000 : x == 0 ? 0 : reinterpret<u64>(x);
    if (valid(validity, i)) store<u32>(at, murmur8(bits, load<u32>(at)));
  }
}

/** Spark's `hashUnsafeBytes`: whole words, then each tail byte, sign-extended, as a word of its own. */
function murmurBytes(a: usize, length: u32, seed: u32): u32 {
  let h = seed;
  const words = length & ~3;
  let i: u32 = 0;
  for (; i < words; i += 4) h = mixH(h, mixK(load<u32>(a + i)));
  for (; i < length; i++) h = mixH(h, mixK(u32(i32(load<i8>(a + i)))));
  return finish(h, length);
}

/** Spark's hash of strings and binaries. */
export function murmurView(a: usize, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    if (!valid(validity, i)) continue;
    const view = load<u64>(a + (i << 3));
    store<u32>(at, murmurBytes(usize(u32(view)), u32(view >> 32), load<u32>(at)));
  }
}

/** Spark's hash of decimals of precision > 18: the big-endian two's complement bytes of the unscaled value, as short as
 * possible (`BigInteger.toByteArray`). `wide` 0: the values lie as int64. */
export function murmurDecimal(a: usize, wide: i32, validity: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const at = out + (i << 2);
    if (!valid(validity, i)) continue;
    const lo = wide != 0 ? load<u64>(a + (i << 4)) : load<u64>(a + (i << 3));
    const hi = wide != 0 ? load<i64>(a + (i << 4), 8) : i64(lo) >> 63;
    const sign = hi >> 63;
    const magnitudeHi = u64(hi ^ sign);
    const magnitudeLo = lo ^ u64(sign);
    const bits: u32 = magnitudeHi != 0 ? 128 - u32(clz<u64>(magnitudeHi)) : 64 - u32(clz<u64>(magnitudeLo));
    const length = (bits >> 3) + 1;
    let h = load<u32>(at);
    let k: u32 = 0;
    for (; k + 4 <= length; k += 4) {
      let word: u32 = 0;
      for (let j: u32 = 0; j < 4; j++) word |= u32(byteAt(lo, hi, length - 1 - k - j)) << (j << 3);
      h = mixH(h, mixK(word));
    }
    for (; k < length; k++) h = mixH(h, mixK(u32(i32(i8(byteAt(lo, hi, length - 1 - k))))));
    store<u32>(at, finish(h, length));
  }
}

// @ts-ignore: decorator
@inline
function byteAt(lo: u64, hi: i64, k: u32): u8 {
  return k < 8 ? u8(lo >> (k << 3)) : k < 16 ? u8(u64(hi) >> ((k - 8) << 3)) : u8(hi >> 63);
}

/** out[row] = the non-negative remainder of the Spark hash by `partitions`: the partition a row goes to. */
export function partitionOf(hashes: usize, partitions: i32, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const r = load<i32>(hashes + (i << 2)) % partitions;
    store<i32>(out + (i << 2), r < 0 ? r + partitions : r);
  }
}
