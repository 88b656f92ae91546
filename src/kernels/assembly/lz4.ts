// LZ4 blocks: writing (reading: `pqLz4`), and a checksum of what was written.

const HASH_BITS: u32 = 14;

// @ts-ignore: decorator
@inline
function putLength(out: usize, rest: u32): usize {
  while (rest >= 255) {
    store<u8>(out++, 255);
    rest -= 255;
  }
  store<u8>(out++, u8(rest));
  return out;
}

/** Token, literals from `anchor`, and the literals' length beyond 14. `match` is the match's length − 4, at most 15 of it. */
// @ts-ignore: decorator
@inline
function putLiterals(out: usize, anchor: usize, count: u32, match: u32): usize {
  store<u8>(out++, u8((min<u32>(count, 15) << 4) | min<u32>(match, 15)));
  if (count >= 15) out = putLength(out, count - 15);
  memory.copy(out, anchor, count);
  return out + count;
}

/** Compresses `count` bytes as one LZ4 block. `out` has room for count + count / 255 + 16 bytes, `table` for 65,536.
 * @returns bytes written */
export function lz4Pack(source: usize, count: u32, out: usize, table: usize): u32 {
  const first = out;
  const end = source + count;
  let anchor = source;
  if (count > 16) {
    memory.fill(table, 0, 4 << HASH_BITS);
    // The format: no match starts in the last twelve bytes or reaches into the last five.
    const limit = end - 12;
    const last = end - 5;
    let at = source + 1;
    // Steps grow where nothing repeats.
    let misses: u32 = 1 << 6;
    while (at < limit) {
      const word = load<u32>(at);
      const slot = table + (usize((word * 0x9e3779b1) >> (32 - HASH_BITS)) << 2);
      let match = source + usize(load<u32>(slot));
      store<u32>(slot, u32(at - source));
      if (match >= at || at - match > 65_535 || load<u32>(match) != word) {
        at += misses >> 6;
        misses++;
        continue;
      }
      misses = 1 << 6;
      const offset = u32(at - match);
      let stop = at + 4;
      match += 4;
      while (true) {
        if (stop + 8 > last) {
          while (stop < last && load<u8>(stop) == load<u8>(match)) {
            stop++;
            match++;
          }
          break;
        }
        const difference = load<u64>(stop) ^ load<u64>(match);
        if (difference != 0) {
          stop += usize(ctz(difference) >> 3);
          break;
        }
        stop += 8;
        match += 8;
      }
      const length = u32(stop - at) - 4;
      out = putLiterals(out, anchor, u32(at - anchor), length);
      store<u16>(out, u16(offset));
      out += 2;
      if (length >= 15) out = putLength(out, length - 15);
      anchor = stop;
      at = stop;
    }
  }
  out = putLiterals(out, anchor, u32(end - anchor), 0);
  return u32(out - first);
}

/** A checksum of `count` bytes. */
export function checksum32(at: usize, count: u32): u32 {
  let h: u64 = u64(count) * 0x9e3779b97f4a7c15;
  const end = at + count;
  for (; at + 8 <= end; at += 8) {
    h = (h ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    h ^= h >> 32;
  }
  for (; at < end; at++) h = (h ^ load<u8>(at)) * 0xc4ceb9fe1a85ec53;
  h ^= h >> 29;
  h *= 0x9e3779b97f4a7c15;
  return u32(h >> 32);
}

/** Unpacks one LZ4 block that must become exactly dstEnd − dst bytes. Bytes from `dst` on may be written in any order.
 * @returns 1, or 0 where the block is malformed */
export function lz4Unpack(source: usize, sourceEnd: usize, dst: usize, dstEnd: usize): i32 {
  const first = dst;
  while (source < sourceEnd) {
    const token = u32(load<u8>(source++));
    let literals = usize(token >> 4);
    if (literals == 15) {
      let more: u32 = 255;
      while (more == 255) {
        if (source >= sourceEnd) return 0;
        more = u32(load<u8>(source++));
        literals += usize(more);
      }
    }
    if (dst + literals + 16 <= dstEnd && source + literals + 16 <= sourceEnd) {
      for (let k: usize = 0; k < literals; k += 16) v128.store(dst + k, v128.load(source + k));
    } else {
      if (literals > dstEnd - dst || literals > sourceEnd - source) return 0;
      memory.copy(dst, source, literals);
    }
    dst += literals;
    source += literals;
    if (source == sourceEnd) break;
    if (source + 2 > sourceEnd) return 0;
    const offset = usize(load<u16>(source));
    source += 2;
    if (offset == 0 || offset > dst - first) return 0;
    let length = usize(token & 15) + 4;
    if (length == 19) {
      let more: u32 = 255;
      while (more == 255) {
        if (source >= sourceEnd) return 0;
        more = u32(load<u8>(source++));
        length += usize(more);
      }
    }
    if (length > dstEnd - dst) return 0;
    const match = dst - offset;
    if (offset >= 16 && dst + length + 16 <= dstEnd) {
      for (let k: usize = 0; k < length; k += 16) v128.store(dst + k, v128.load(match + k));
    } else if (offset >= 8 && dst + length + 8 <= dstEnd) {
      for (let k: usize = 0; k < length; k += 8) store<u64>(dst + k, load<u64>(match + k));
    } else for (let k: usize = 0; k < length; k++) store<u8>(dst + k, load<u8>(match + k));
    dst += length;
  }
  return i32(dst == dstEnd);
}
