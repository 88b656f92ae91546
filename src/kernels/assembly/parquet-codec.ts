// Block decompressors. Destinations need 64 bytes of slack behind `dstEnd`, sources 32 behind `srcEnd`; both formats are
// checked byte by byte against those ends, so a malformed block stops with -1 and never writes past the slack.

/** Copies within the output; ranges may overlap, then the pattern repeats. */
@inline
function copyBack(dst: usize, offset: usize, length: usize): void {
  let to = dst;
  let from = dst - offset;
  const end = dst + length;
  if (offset >= 16) {
    do {
      v128.store(to, v128.load(from));
      to += 16;
      from += 16;
    } while (to < end);
  } else if (offset >= 8) {
    do {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    } while (to < end);
  } else {
    do {
      store<u8>(to++, load<u8>(from++));
    } while (to < end);
  }
}

/** Snappy raw format. Returns the bytes written, or -1 if the block is malformed or not `dstEnd - dst` bytes long. */
export function pqSnappy(src: usize, srcEnd: usize, dst: usize, dstEnd: usize): i32 {
  const start = dst;
  let declared: u64 = 0;
  let shift: u64 = 0;
  for (;;) {
    if (src >= srcEnd || shift > 28) return -1;
    const byte = <u64>load<u8>(src++);
    declared |= (byte & 127) << shift;
    if (byte < 128) break;
    shift += 7;
  }
  if (declared != <u64>(dstEnd - dst)) return -1;
  while (src < srcEnd) {
    const tag = <u32>load<u8>(src++);
    if ((tag & 3) == 0) {
      let length = <usize>(tag >> 2) + 1;
      if (length <= 16 && srcEnd - src >= length) {
        if (length > dstEnd - dst) return -1;
        v128.store(dst, v128.load(src));
        src += length;
        dst += length;
        continue;
      }
      if (length > 60) {
        const extra = length - 60;
        if (extra > srcEnd - src) return -1;
        const raw = load<u32>(src) & (extra == 4 ? 0xffffffff : (<u32>1 << (<u32>extra << 3)) - 1);
        if (raw == 0xffffffff) return -1;
        length = <usize>raw + 1;
        src += extra;
      }
      if (length > srcEnd - src || length > dstEnd - dst) return -1;
      memory.copy(dst, src, length);
      src += length;
      dst += length;
      continue;
    }
    let length: usize;
    let offset: usize;
    if ((tag & 3) == 1) {
      if (src >= srcEnd) return -1;
      length = <usize>((tag >> 2) & 7) + 4;
      offset = (<usize>(tag >> 5) << 8) | <usize>load<u8>(src);
      src += 1;
    } else if ((tag & 3) == 2) {
      if (srcEnd - src < 2) return -1;
      length = <usize>(tag >> 2) + 1;
      offset = <usize>load<u16>(src);
      src += 2;
    } else {
      if (srcEnd - src < 4) return -1;
      length = <usize>(tag >> 2) + 1;
      offset = <usize>load<u32>(src);
      src += 4;
    }
    if (offset == 0 || offset > dst - start || length > dstEnd - dst) return -1;
    copyBack(dst, offset, length);
    dst += length;
  }
  return dst == dstEnd ? <i32>(dst - start) : -1;
}

/** One LZ4 block. Returns the bytes written, or -1 if the block is malformed or too long for the destination. */
export function pqLz4(src: usize, srcEnd: usize, dst: usize, dstEnd: usize): i32 {
  const start = dst;
  while (src < srcEnd) {
    const token = <u32>load<u8>(src++);
    let literals = <usize>(token >> 4);
    if (literals == 15) {
      let byte: usize;
      do {
        if (src >= srcEnd) return -1;
        byte = <usize>load<u8>(src++);
        literals += byte;
        if (literals > dstEnd - dst) return -1;
      } while (byte == 255);
    }
    if (literals > srcEnd - src || literals > dstEnd - dst) return -1;
    memory.copy(dst, src, literals);
    src += literals;
    dst += literals;
    if (src >= srcEnd) break;
    if (srcEnd - src < 2) return -1;
    const offset = <usize>load<u16>(src);
    src += 2;
    let length = <usize>(token & 15) + 4;
    if (length == 19) {
      let byte: usize;
      do {
        if (src >= srcEnd) return -1;
        byte = <usize>load<u8>(src++);
        length += byte;
        if (length > dstEnd - dst) return -1;
      } while (byte == 255);
    }
    if (offset == 0 || offset > dst - start || length > dstEnd - dst) return -1;
    copyBack(dst, offset, length);
    dst += length;
  }
  return <i32>(dst - start);
}
