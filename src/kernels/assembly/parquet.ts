// Parquet page bodies: the RLE / bit-packed hybrid, gathers through dictionaries, and definition levels.
// All readers may load up to 32 bytes past `end`: buffers handed in must have that much slack behind them.

/** Layout of a hybrid reader's state; `CODES` is a block of unpacked codes that stays in the first-level cache. */
const SRC: usize = 0;
const END: usize = 4;
const WIDTH: usize = 8;
const LEFT: usize = 12;
const KIND: usize = 16;
const VALUE: usize = 20;
const BASE: usize = 24;
const POS: usize = 28;
const SHUFFLE_LOW: usize = 32;
const SHUFFLE_HIGH: usize = 48;
const SCALE_LOW: usize = 64;
const SCALE_HIGH: usize = 80;
const CODES: usize = 128;
const BLOCK: u32 = 1024;

/** Starts reading a hybrid stream. `state`: 8 KiB, 16-aligned. `width`: bits a value, 0 to 32. */
export function pqHybridInit(state: usize, src: usize, end: usize, width: u32): void {
  store<u32>(state + SRC, <u32>src);
  store<u32>(state + END, <u32>end);
  store<u32>(state + WIDTH, width);
  store<u32>(state + LEFT, 0);
  store<u32>(state + KIND, 0);
  store<u32>(state + VALUE, 0);
  if (width <= 25) {
    for (let k: u32 = 0; k < 8; k++) {
      const high = k >= 4;
      const shuffle = state + (high ? SHUFFLE_HIGH : SHUFFLE_LOW);
      const scale = state + (high ? SCALE_HIGH : SCALE_LOW);
      const bit = k * width - (high ? ((4 * width) & ~7) : 0);
      const lane = <usize>((k & 3) << 2);
      for (let b: u32 = 0; b < 4; b++) store<u8>(shuffle + lane + <usize>b, <u8>((bit >> 3) + b));
      store<u32>(scale + lane, <u32>1 << (7 - (bit & 7)));
    }
  }
}

/** Loads the next run. False at the end of the stream or if it is malformed. */
function nextRun(state: usize): bool {
  let src = <usize>load<u32>(state + SRC);
  const end = <usize>load<u32>(state + END);
  const width = load<u32>(state + WIDTH);
  for (;;) {
    let header: u32 = 0;
    let shift: u32 = 0;
    for (;;) {
      if (src >= end || shift > 28) return false;
      const byte = <u32>load<u8>(src++);
      header |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
    }
    const count = header >> 1;
    if (count == 0) {
      if (width == 0 && src >= end) return false;
      continue;
    }
    if (header & 1) {
      const bytes = <u64>count * <u64>width;
      // Writers may cut the padding of the last group.
      const available = <u64>(end - src);
      let values = <u64>count * 8;
      if (bytes > available) {
        values = width ? (available * 8) / <u64>width : values;
        if (values == 0) return false;
      }
      if (values > 0x7fffffff) return false;
      store<u32>(state + KIND, 1);
      store<u32>(state + LEFT, <u32>values);
      store<u32>(state + BASE, <u32>src);
      store<u32>(state + POS, 0);
      src = bytes > available ? end : src + <usize>bytes;
    } else {
      const bytes = <usize>((width + 7) >> 3);
      if (bytes > end - src) return false;
      let value: u32 = 0;
      for (let i: usize = 0; i < bytes; i++) value |= <u32>load<u8>(src + i) << (<u32>i << 3);
      src += bytes;
      store<u32>(state + KIND, 0);
      store<u32>(state + LEFT, count);
      store<u32>(state + VALUE, value);
    }
    store<u32>(state + SRC, <u32>src);
    return true;
  }
}

/** Unpacks `count` values of the current packed run, from value `pos` of it. */
function unpack(state: usize, pos: u32, count: u32, out: usize): void {
  const width = load<u32>(state + WIDTH);
  const base = <usize>load<u32>(state + BASE);
  if (width == 0) {
    memory.fill(out, 0, <usize>count << 2);
    return;
  }
  const mask: u64 = ((<u64>1) << width) - 1;
  let i: u32 = 0;
  while (i < count && ((pos + i) & 7) != 0) {
    const bit = <u64>(pos + i) * <u64>width;
    store<u32>(out + (<usize>i << 2), <u32>((load<u64>(base + <usize>(bit >> 3)) >> (bit & 7)) & mask));
    i++;
  }
  let src = base + <usize>((<u64>(pos + i) * <u64>width) >> 3);
  if (width <= 25) {
    const low = v128.load(state + SHUFFLE_LOW);
    const high = v128.load(state + SHUFFLE_HIGH);
    const scaleLow = v128.load(state + SCALE_LOW);
    const scaleHigh = v128.load(state + SCALE_HIGH);
    const lanes = i32x4.splat(<i32>mask);
    const half = <usize>((4 * width) >> 3);
    for (; i + 8 <= count; i += 8) {
      const a = v128.swizzle(v128.load(src), low);
      const b = v128.swizzle(v128.load(src + half), high);
      const to = out + (<usize>i << 2);
      v128.store(to, v128.and(v128.shr<u32>(v128.mul<i32>(a, scaleLow), 7), lanes));
      v128.store(to, v128.and(v128.shr<u32>(v128.mul<i32>(b, scaleHigh), 7), lanes), 16);
      src += width;
    }
  }
  for (; i < count; i++) {
    const bit = <u64>(pos + i) * <u64>width;
    store<u32>(out + (<usize>i << 2), <u32>((load<u64>(base + <usize>(bit >> 3)) >> (bit & 7)) & mask));
  }
}

/** The largest of `count` codes; slots up to the next multiple of 4 are overwritten with 0. */
function maxCode(codes: usize, count: u32): u32 {
  let i: u32 = 0;
  let lanes = i32x4.splat(0);
  for (; i + 4 <= count; i += 4) lanes = v128.max<u32>(lanes, v128.load(codes + (<usize>i << 2)));
  let top: u32 = max<u32>(
    max<u32>(<u32>i32x4.extract_lane(lanes, 0), <u32>i32x4.extract_lane(lanes, 1)),
    max<u32>(<u32>i32x4.extract_lane(lanes, 2), <u32>i32x4.extract_lane(lanes, 3)),
  );
  for (; i < count; i++) top = max<u32>(top, load<u32>(codes + (<usize>i << 2)));
  return top;
}

/** Reads `count` values as u32. Returns how many came, or -1 if one is `limit` or more. */
export function pqHybridCodes(state: usize, count: u32, out: usize, limit: u32): i32 {
  let done: u32 = 0;
  while (done < count) {
    let left = load<u32>(state + LEFT);
    if (left == 0) {
      if (!nextRun(state)) return <i32>done;
      left = load<u32>(state + LEFT);
    }
    const n = min<u32>(left, count - done);
    const to = out + (<usize>done << 2);
    if (load<u32>(state + KIND) == 0) {
      const value = load<u32>(state + VALUE);
      if (value >= limit) return -1;
      for (let i: u32 = 0; i < n; i++) store<u32>(to + (<usize>i << 2), value);
    } else {
      const pos = load<u32>(state + POS);
      unpack(state, pos, n, to);
      if (maxCode(to, n) >= limit) return -1;
      store<u32>(state + POS, pos + n);
    }
    store<u32>(state + LEFT, left - n);
    done += n;
  }
  return <i32>done;
}

/** Reads `count` values as single bytes (levels, booleans). Returns how many came, or -1 if one is above `most`. */
export function pqHybridBytes(state: usize, count: u32, out: usize, most: u32): i32 {
  let done: u32 = 0;
  while (done < count) {
    let left = load<u32>(state + LEFT);
    if (left == 0) {
      if (!nextRun(state)) return <i32>done;
      left = load<u32>(state + LEFT);
    }
    let n = min<u32>(left, count - done);
    if (load<u32>(state + KIND) == 0) {
      const value = load<u32>(state + VALUE);
      if (value > most) return -1;
      memory.fill(out + <usize>done, <u8>value, <usize>n);
    } else {
      n = min<u32>(n, BLOCK);
      const pos = load<u32>(state + POS);
      const codes = state + CODES;
      unpack(state, pos, n, codes);
      if (maxCode(codes, n) > most) return -1;
      for (let i: u32 = 0; i < n; i++) store<u8>(out + <usize>(done + i), load<u8>(codes + (<usize>i << 2)));
      store<u32>(state + POS, pos + n);
    }
    store<u32>(state + LEFT, left - n);
    done += n;
  }
  return <i32>done;
}

@inline
function gather<T>(state: usize, count: u32, dictionary: usize, size: u32, out: usize): i32 {
  const bytes: usize = sizeof<T>();
  const codes = state + CODES;
  let done: u32 = 0;
  while (done < count) {
    let left = load<u32>(state + LEFT);
    if (left == 0) {
      if (!nextRun(state)) return <i32>done;
      left = load<u32>(state + LEFT);
    }
    let n = min<u32>(left, count - done);
    let to = out + <usize>done * bytes;
    if (load<u32>(state + KIND) == 0) {
      const code = load<u32>(state + VALUE);
      if (code >= size) return -1;
      const value = load<T>(dictionary + <usize>code * bytes);
      for (let i: u32 = 0; i < n; i++) {
        store<T>(to, value);
        to += bytes;
      }
    } else {
      n = min<u32>(n, BLOCK);
      const pos = load<u32>(state + POS);
      unpack(state, pos, n, codes);
      if (maxCode(codes, n) >= size) return -1;
      let i: u32 = 0;
      let from = codes;
      for (; i + 4 <= n; i += 4) {
        store<T>(to, load<T>(dictionary + <usize>load<u32>(from) * bytes));
        store<T>(to + bytes, load<T>(dictionary + <usize>load<u32>(from, 4) * bytes));
        store<T>(to + 2 * bytes, load<T>(dictionary + <usize>load<u32>(from, 8) * bytes));
        store<T>(to + 3 * bytes, load<T>(dictionary + <usize>load<u32>(from, 12) * bytes));
        to += 4 * bytes;
        from += 16;
      }
      for (; i < n; i++) {
        store<T>(to, load<T>(dictionary + <usize>load<u32>(from) * bytes));
        to += bytes;
        from += 4;
      }
      store<u32>(state + POS, pos + n);
    }
    store<u32>(state + LEFT, left - n);
    done += n;
  }
  return <i32>done;
}

/** Reads `count` codes and stores the 4-byte values they name. Returns how many came, or -1 at a code of `size` or more. */
export function pqGather32(state: usize, count: u32, dictionary: usize, size: u32, out: usize): i32 {
  return gather<u32>(state, count, dictionary, size, out);
}

/** As `pqGather32`, 8-byte values (also views). */
export function pqGather64(state: usize, count: u32, dictionary: usize, size: u32, out: usize): i32 {
  return gather<u64>(state, count, dictionary, size, out);
}

/** As `pqGather32`, 1-byte values. */
export function pqGather8(state: usize, count: u32, dictionary: usize, size: u32, out: usize): i32 {
  return gather<u8>(state, count, dictionary, size, out);
}

/** As `pqGather32`, 16-byte values. */
export function pqGather128(state: usize, count: u32, dictionary: usize, size: u32, out: usize): i32 {
  const codes = state + CODES;
  let done: u32 = 0;
  while (done < count) {
    const n = min<u32>(BLOCK, count - done);
    const got = pqHybridCodes(state, n, codes, size);
    if (got < 0) return -1;
    for (let i: u32 = 0; i < <u32>got; i++) {
      const from = dictionary + (<usize>load<u32>(codes + (<usize>i << 2)) << 4);
      v128.store(out + (<usize>(done + i) << 4), v128.load(from));
    }
    done += <u32>got;
    if (<u32>got < n) return <i32>done;
  }
  return <i32>done;
}

/** Sets bits [from, from + count) of a bitmap. */
function setBits(bitmap: usize, from: u32, count: u32): void {
  let i = from;
  const end = from + count;
  while (i < end && (i & 7) != 0) {
    const at = bitmap + <usize>(i >> 3);
    store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (i & 7)));
    i++;
  }
  const bytes = (end - i) >> 3;
  if (bytes > 0) {
    memory.fill(bitmap + <usize>(i >> 3), 255, <usize>bytes);
    i += bytes << 3;
  }
  while (i < end) {
    const at = bitmap + <usize>(i >> 3);
    store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (i & 7)));
    i++;
  }
}

export function pqSetBits(bitmap: usize, from: u32, count: u32): void {
  setBits(bitmap, from, count);
}

/** Reads `count` definition levels (any width) and sets bit `from + i` of the zeroed bitmap where the level is `defined`.
 * Returns how many are, or -1 if the stream is too short. */
export function pqDefinedBits(state: usize, count: u32, bitmap: usize, from: u32, defined: u32): i32 {
  const codes = state + CODES;
  let done: u32 = 0;
  let valid: u32 = 0;
  while (done < count) {
    let left = load<u32>(state + LEFT);
    if (left == 0) {
      if (!nextRun(state)) return -1;
      left = load<u32>(state + LEFT);
    }
    let n = min<u32>(left, count - done);
    if (load<u32>(state + KIND) == 0) {
      if (load<u32>(state + VALUE) == defined) {
        setBits(bitmap, from + done, n);
        valid += n;
      }
    } else {
      n = min<u32>(n, BLOCK);
      const pos = load<u32>(state + POS);
      unpack(state, pos, n, codes);
      for (let i: u32 = 0; i < n; i++) {
        const hit: u32 = load<u32>(codes + (<usize>i << 2)) == defined ? 1 : 0;
        valid += hit;
        const bit = from + done + i;
        const at = bitmap + <usize>(bit >> 3);
        store<u8>(at, load<u8>(at) | <u8>(hit << (bit & 7)));
      }
      store<u32>(state + POS, pos + n);
    }
    store<u32>(state + LEFT, left - n);
    done += n;
  }
  return <i32>valid;
}

@inline
function spread<T>(data: usize, bitmap: usize, from: u32, rows: u32, valid: u32): void {
  const bytes: usize = sizeof<T>();
  let k = valid;
  let i = rows;
  while (i > k && i > 0) {
    i--;
    const bit = from + i;
    if ((load<u8>(bitmap + <usize>(bit >> 3)) >> <u8>(bit & 7)) & 1) {
      k--;
      store<T>(data + <usize>i * bytes, load<T>(data + <usize>k * bytes));
    }
  }
}

/** Moves `valid` packed values to the rows whose bit is set, in place, from the back. */
export function pqSpread8(data: usize, bitmap: usize, from: u32, rows: u32, valid: u32): void {
  spread<u8>(data, bitmap, from, rows, valid);
}
export function pqSpread32(data: usize, bitmap: usize, from: u32, rows: u32, valid: u32): void {
  spread<u32>(data, bitmap, from, rows, valid);
}
export function pqSpread64(data: usize, bitmap: usize, from: u32, rows: u32, valid: u32): void {
  spread<u64>(data, bitmap, from, rows, valid);
}
export function pqSpread128(data: usize, bitmap: usize, from: u32, rows: u32, valid: u32): void {
  let k = valid;
  let i = rows;
  while (i > k && i > 0) {
    i--;
    const bit = from + i;
    if ((load<u8>(bitmap + <usize>(bit >> 3)) >> <u8>(bit & 7)) & 1) {
      k--;
      v128.store(data + (<usize>i << 4), v128.load(data + (<usize>k << 4)));
    }
  }
}

/** Copies bytes; ranges may overlap. (JavaScript's own copies inside shared memory go byte by byte when unaligned.) */
export function pqCopy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** Number of bytes equal to `value`. */
export function pqCountBytes(at: usize, count: u32, value: u32): u32 {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < count; i++) sum += load<u8>(at + <usize>i) == <u8>value ? 1 : 0;
  return sum;
}
