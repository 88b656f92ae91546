// Values of Parquet pages other than dictionary codes: plain, delta and split encodings, and the conversions from
// Parquet's physical types to column representations.

/** PLAIN byte arrays to views of the bytes where they lie. Returns the address behind the last one, or 0 if cut short. */
export function pqPlainViews(src: usize, end: usize, count: u32, out: usize): usize {
  for (let i: u32 = 0; i < count; i++) {
    if (end - src < 4) return 0;
    const length = <usize>load<u32>(src);
    src += 4;
    if (length > end - src) return 0;
    store<u64>(out, <u64>src | (<u64>length << 32));
    out += 8;
    src += length;
  }
  return src;
}

/** Fixed-length byte arrays to views. */
export function pqFixedViews(src: usize, count: u32, width: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(out, <u64>src | (<u64>width << 32));
    src += <usize>width;
    out += 8;
  }
}

/** PLAIN booleans (one bit each, from bit `bit`) to bytes. */
export function pqBits(src: usize, bit: u32, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = bit + i;
    store<u8>(out + <usize>i, (load<u8>(src + <usize>(at >> 3)) >> <u8>(at & 7)) & 1);
  }
}

/** i32 → i64, sign-extended. */
export function pqWiden(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<i64>(out + (<usize>i << 3), <i64>load<i32>(src + (<usize>i << 2)));
}
/** u32 → i64. */
export function pqWidenUnsigned(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<i64>(out + (<usize>i << 3), <i64>load<u32>(src + (<usize>i << 2)));
}
/** i64 → i128. `unsigned`: zero-extended. */
export function pqWiden128(src: usize, count: u32, unsigned: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<i64>(src + (<usize>i << 3));
    const to = out + (<usize>i << 4);
    store<i64>(to, value);
    store<i64>(to, unsigned ? 0 : value >> 63, 8);
  }
}
/** i64 × factor. Returns the first index that overflows, or -1. */
export function pqScale64(src: usize, count: u32, factor: i64, out: usize): i32 {
  const most = i64.MAX_VALUE / factor;
  const least = i64.MIN_VALUE / factor;
  for (let i: u32 = 0; i < count; i++) {
    const value = load<i64>(src + (<usize>i << 3));
    if (value > most || value < least) return <i32>i;
    store<i64>(out + (<usize>i << 3), value * factor);
  }
  return -1;
}
/** i128 × factor (positive). Returns the first index whose product does not fit, or -1. */
export function pqScale128(src: usize, count: u32, factor: i64, out: usize): i32 {
  for (let i: u32 = 0; i < count; i++) {
    const from = src + (<usize>i << 4);
    const low = load<u64>(from);
    const high = load<i64>(from, 8);
    const f = <u64>factor;
    const a = (low & 0xffffffff) * (f & 0xffffffff);
    const b = (low >> 32) * (f & 0xffffffff);
    const c = (low & 0xffffffff) * (f >> 32);
    const d = (low >> 32) * (f >> 32);
    const middle = (a >> 32) + (b & 0xffffffff) + (c & 0xffffffff);
    const carry = d + (b >> 32) + (c >> 32) + (middle >> 32);
    const to = out + (<usize>i << 4);
    const top = high * factor;
    if (high != 0 && high != -1 && top / factor != high) return <i32>i;
    store<u64>(to, (middle << 32) | (a & 0xffffffff));
    store<i64>(to, top + <i64>carry, 8);
  }
  return -1;
}
/** floor(i64 ÷ divisor): nanoseconds to microseconds. */
export function pqFloorDiv64(src: usize, count: u32, divisor: i64, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<i64>(src + (<usize>i << 3));
    let quotient = value / divisor;
    if (value % divisor < 0) quotient--;
    store<i64>(out + (<usize>i << 3), quotient);
  }
}
/** i32 → f64, i64 → f64, f32 → f64. */
export function pqIntToDouble(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<f64>(out + (<usize>i << 3), <f64>load<i32>(src + (<usize>i << 2)));
}
export function pqFloatToDouble(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<f64>(out + (<usize>i << 3), <f64>load<f32>(src + (<usize>i << 2)));
}
/** i64 → i32 where the value is known to fit (a narrow decimal). */
export function pqNarrow(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) store<i32>(out + (<usize>i << 2), <i32>load<i64>(src + (<usize>i << 3)));
}

/** INT96 (nanoseconds of day, Julian day) → microseconds since the epoch. */
export function pqInt96(src: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const nanos = load<i64>(src);
    const day = <i64>load<u32>(src, 8) - 2440588;
    store<i64>(out, day * 86400000000 + nanos / 1000);
    src += 12;
    out += 8;
  }
}

/** Big-endian two's complement of `length` bytes, low 64 bits. */
@inline
function bigEndianLow(at: usize, length: usize): i64 {
  let value: i64 = length > 0 ? (<i64>load<i8>(at)) : 0;
  for (let k: usize = 1; k < length; k++) value = (value << 8) | <i64>load<u8>(at + k);
  return value;
}
@inline
function storeBigEndian128(at: usize, length: usize, to: usize): void {
  if (length <= 8) {
    const value = bigEndianLow(at, length);
    store<i64>(to, value);
    store<i64>(to, value >> 63, 8);
  } else {
    const head = length - 8;
    store<i64>(to, bigEndianLow(at + head, 8));
    store<i64>(to, bigEndianLow(at, head), 8);
  }
}
/** 1 if a big-endian number of `length` > `keep` bytes fits `keep` bytes, its head being only sign. */
@inline
function fitsBytes(at: usize, length: usize, keep: usize): bool {
  if (length <= keep) return true;
  const sign: u8 = load<i8>(at + length - keep) < 0 ? 255 : 0;
  for (let k: usize = 0; k < length - keep; k++) if (load<u8>(at + k) != sign) return false;
  return true;
}
/** Decimals in fixed-length byte arrays → i64 / i128. Returns the first index that does not fit, or -1. */
export function pqFixedDecimal64(src: usize, count: u32, width: u32, out: usize): i32 {
  for (let i: u32 = 0; i < count; i++) {
    if (width > 8 && !fitsBytes(src, width, 8)) return <i32>i;
    store<i64>(out + (<usize>i << 3), bigEndianLow(src, width));
    src += <usize>width;
  }
  return -1;
}
export function pqFixedDecimal128(src: usize, count: u32, width: u32, out: usize): i32 {
  for (let i: u32 = 0; i < count; i++) {
    if (width > 16 && !fitsBytes(src, width, 16)) return <i32>i;
    const skip = width > 16 ? <usize>width - 16 : 0;
    storeBigEndian128(src + skip, <usize>width - skip, out + (<usize>i << 4));
    src += <usize>width;
  }
  return -1;
}
/** Decimals in views of byte arrays → i64 / i128. Returns the first index that does not fit, or -1. */
export function pqViewDecimal64(views: usize, count: u32, out: usize): i32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(views + (<usize>i << 3));
    const length = <usize>load<u32>(views + (<usize>i << 3), 4);
    if (length > 8 && !fitsBytes(at, length, 8)) return <i32>i;
    store<i64>(out + (<usize>i << 3), bigEndianLow(at, length));
  }
  return -1;
}
export function pqViewDecimal128(views: usize, count: u32, out: usize): i32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(views + (<usize>i << 3));
    const length = <usize>load<u32>(views + (<usize>i << 3), 4);
    if (length > 16 && !fitsBytes(at, length, 16)) return <i32>i;
    const skip: usize = length > 16 ? length - 16 : 0;
    storeBigEndian128(at + skip, length - skip, out + (<usize>i << 4));
  }
  return -1;
}

/** Copies the bytes that views point to into `to` and points the views there. Returns the address behind them. */
export function pqMoveViews(views: usize, count: u32, to: usize): usize {
  for (let i: u32 = 0; i < count; i++) {
    const at = views + (<usize>i << 3);
    const length = <usize>load<u32>(at, 4);
    memory.copy(to, <usize>load<u32>(at), length);
    store<u32>(at, <u32>to);
    to += length;
  }
  return to;
}
/** Sum of the lengths of views. */
export function pqViewBytes(views: usize, count: u32): f64 {
  let sum: u64 = 0;
  for (let i: u32 = 0; i < count; i++) sum += <u64>load<u32>(views + (<usize>i << 3), 4);
  return <f64>sum;
}

/** Reads an unsigned LEB128 number at the address held in `cursor` and moves it on; past `end` it sets the cursor to 0. */
function varint(cursor: usize, end: usize): u64 {
  let src = <usize>load<u32>(cursor);
  let value: u64 = 0;
  let shift: u64 = 0;
  for (;;) {
    if (src == 0 || src >= end || shift > 63) {
      store<u32>(cursor, 0);
      return 0;
    }
    const byte = <u64>load<u8>(src++);
    value |= (byte & 127) << shift;
    if (byte < 128) break;
    shift += 7;
  }
  store<u32>(cursor, <u32>src);
  return value;
}
@inline
function zigzag(value: u64): i64 {
  return <i64>(value >> 1) ^ -(<i64>(value & 1));
}

@inline
function delta<T>(src: usize, end: usize, count: u32, out: usize, cursor: usize): usize {
  const bytes: usize = sizeof<T>();
  store<u32>(cursor, <u32>src);
  const blockSize = varint(cursor, end);
  const miniblocks = varint(cursor, end);
  const total = varint(cursor, end);
  let value = zigzag(varint(cursor, end));
  if (load<u32>(cursor) == 0 || total < <u64>count || miniblocks == 0 || miniblocks > 4096) return 0;
  if (blockSize == 0 || blockSize > 1 << 24 || blockSize % miniblocks != 0) return 0;
  const perMini = blockSize / miniblocks;
  if ((perMini & 7) != 0) return 0;
  let done: u32 = 0;
  if (count > 0) {
    store<T>(out, <T>value);
    done = 1;
  }
  let at: usize = <usize>load<u32>(cursor);
  while (<u64>done < total) {
    store<u32>(cursor, <u32>at);
    const least = zigzag(varint(cursor, end));
    at = <usize>load<u32>(cursor);
    if (at == 0 || <u64>(end - at) < miniblocks) return 0;
    const widths = at;
    at += <usize>miniblocks;
    for (let m: u64 = 0; m < miniblocks && <u64>done < total; m++) {
      const width = <u64>load<u8>(widths + <usize>m);
      if (width > 64) return 0;
      const length = (perMini * width) >> 3;
      const n = min<u64>(perMini, total - <u64>done);
      // Only the bits of real values must be there: the last miniblock's padding may be cut.
      if (((n * width + 7) >> 3) > <u64>(end - at)) return 0;
      const mask: u64 = width == 64 ? ~(<u64>0) : ((<u64>1) << width) - 1;
      for (let k: u64 = 0; k < n; k++) {
        let raw: u64 = 0;
        if (width != 0) {
          const bit = k * width;
          const low = bit & 7;
          const from = at + <usize>(bit >> 3);
          raw = load<u64>(from) >> low;
          if (low + width > 64) raw |= <u64>load<u8>(from, 8) << (64 - low);
          raw &= mask;
        }
        value += least + <i64>raw;
        if (done < count) {
          store<T>(out + <usize>done * bytes, <T>value);
          done++;
        }
      }
      if (done >= count && <u64>count < total) return 0;
      at += <usize>min<u64>(length, <u64>(end - at));
    }
  }
  return at;
}

/** DELTA_BINARY_PACKED → i32. `cursor`: 8 bytes of scratch. Returns the address behind the stream, or 0 if malformed. */
export function pqDelta32(src: usize, end: usize, count: u32, out: usize, cursor: usize): usize {
  return delta<i32>(src, end, count, out, cursor);
}
/** As `pqDelta32`, i64. */
export function pqDelta64(src: usize, end: usize, count: u32, out: usize, cursor: usize): usize {
  return delta<i64>(src, end, count, out, cursor);
}

/** Lengths and the bytes behind them → views. Returns the address behind the last, or 0 if cut short. */
export function pqLengthViews(lengths: usize, count: u32, src: usize, end: usize, out: usize): usize {
  for (let i: u32 = 0; i < count; i++) {
    const length = <usize>load<u32>(lengths + (<usize>i << 2));
    if (length > end - src) return 0;
    store<u64>(out + (<usize>i << 3), <u64>src | (<u64>length << 32));
    src += length;
  }
  return src;
}
/** Bytes that DELTA_BYTE_ARRAY strings take when written out; -1 if a prefix is longer than the string before. */
export function pqDeltaStringBytes(prefixes: usize, suffixes: usize, count: u32): f64 {
  let sum: u64 = 0;
  let before: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const prefix = <u64>load<u32>(prefixes + (<usize>i << 2));
    if (prefix > before) return -1;
    before = prefix + <u64>load<u32>(suffixes + (<usize>i << 2));
    sum += before;
  }
  return <f64>sum;
}
/** Writes DELTA_BYTE_ARRAY strings to `to` and views of them to `out`. Returns 0 if the suffixes are cut short. */
export function pqDeltaStrings(prefixes: usize, suffixes: usize, count: u32, src: usize, end: usize, to: usize, out: usize): i32 {
  let before = to;
  for (let i: u32 = 0; i < count; i++) {
    const prefix = <usize>load<u32>(prefixes + (<usize>i << 2));
    const suffix = <usize>load<u32>(suffixes + (<usize>i << 2));
    if (suffix > end - src) return 0;
    memory.copy(to, before, prefix);
    memory.copy(to + prefix, src, suffix);
    store<u64>(out + (<usize>i << 3), <u64>to | (<u64>(prefix + suffix) << 32));
    src += suffix;
    before = to;
    to += prefix + suffix;
  }
  return 1;
}

/** BYTE_STREAM_SPLIT: `width` streams of `count` bytes → plain values. */
export function pqUnsplit(src: usize, count: u32, width: u32, out: usize): void {
  for (let k: u32 = 0; k < width; k++) {
    let to = out + <usize>k;
    for (let i: u32 = 0; i < count; i++) {
      store<u8>(to, load<u8>(src++));
      to += <usize>width;
    }
  }
}
