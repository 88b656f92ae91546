// Zstandard frames (RFC 8878) without dictionaries; checksums are passed over, since Parquet pages have their own. Buffers need
// slack as in parquet-codec.ts. Every length in the input is checked against the ends, so malformed input gives -1 and
// nothing is written past the slack.

/** Layout of the scratch memory. A decoding table's entry: base u16, bits u8, symbol u8; of literals: symbol u8, bits u8. */
const HUFFMAN: usize = 0;
const LENGTHS: usize = 4096;
const OFFSETS: usize = 6144;
const MATCHES: usize = 7168;
const WEIGHT_TABLE: usize = 9216;
const COUNTS: usize = 9472;
const NEXT: usize = 9984;
const WEIGHTS: usize = 10496;
const HUFFMAN_LOG: usize = 10752;
const LENGTHS_LOG: usize = 10756;
const OFFSETS_LOG: usize = 10760;
const MATCHES_LOG: usize = 10764;
const REPEATED: usize = 10768;
const LITERALS_AT: usize = 10784;
const LITERALS_SIZE: usize = 10788;
const LITERALS: usize = 10880;
const MOST_BLOCK: u32 = 131072;
const NONE: i32 = -1;

/** Bits of code `c` above its least value, and that value, for literal and match lengths. */
const LENGTH_BITS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const LENGTH_BASE: usize = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024,
  2048, 4096, 8192, 16384, 32768, 65536,
]);
const MATCH_BITS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3,
  3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_BASE: usize = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
  34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
]);
/** Predefined distributions; -1 is "less than one". */
const LENGTH_DEFAULT: usize = memory.data<i8>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
]);
const MATCH_DEFAULT: usize = memory.data<i8>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const OFFSET_DEFAULT: usize = memory.data<i8>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);

@inline
function highBit(v: u32): u32 {
  return 31 - clz<u32>(v);
}

/** `n` ≤ 57 bits from bit `at` of the bytes at `src`. */
@inline
function bitsAt(src: usize, at: usize, n: u32): u64 {
  return (load<u64>(src + (at >> 3)) >> (at & 7)) & ((<u64>1 << n) - 1);
}

/** Where a backward stream begins: the bit below the highest set bit of its last byte. -1 if there is none. */
@inline
function streamStart(src: usize, end: usize): isize {
  if (end <= src) return -1;
  const last = <u32>load<u8>(end - 1);
  if (last == 0) return -1;
  return <isize>((end - 1 - src) * 8 + highBit(last));
}

/** Reads a distribution to COUNTS. Returns bytes | log << 16 | symbols << 24, or -1. */
function readCounts(src: usize, end: usize, limit: u32, maxLog: u32, scratch: usize): i64 {
  if (end <= src) return -1;
  const counts = scratch + COUNTS;
  const total = (end - src) * 8;
  const log = <u32>bitsAt(src, 0, 4) + 5;
  if (log > maxLog) return -1;
  let at: usize = 4;
  let remaining: i32 = (1 << log) + 1;
  let threshold: i32 = 1 << log;
  let width: u32 = log + 1;
  let symbol: u32 = 0;
  let zero = false;
  while (remaining > 1) {
    if (zero) {
      for (;;) {
        const run = <u32>bitsAt(src, at, 2);
        at += 2;
        if (symbol + run > limit || at > total) return -1;
        for (let k: u32 = 0; k < run; k++) store<i16>(counts + (symbol++ << 1), 0);
        if (run != 3) break;
      }
    }
    if (symbol >= limit) return -1;
    const most = 2 * threshold - 1 - remaining;
    const v = <i32>bitsAt(src, at, width);
    let count = v & (threshold - 1);
    if (count < most) at += width - 1;
    else {
      count = v & (2 * threshold - 1);
      if (count >= threshold) count -= most;
      at += width;
    }
    count--;
    remaining -= count < 0 ? -count : count;
    if (remaining < 1 || at > total) return -1;
    store<i16>(counts + (symbol++ << 1), <i16>count);
    zero = count == 0;
    while (remaining < threshold) {
      width--;
      threshold >>= 1;
    }
  }
  return <i64>((at + 7) >> 3) | (<i64>log << 16) | (<i64>symbol << 24);
}

/** Makes a decoding table of the distribution in COUNTS. */
function buildTable(table: usize, symbols: u32, log: u32, scratch: usize): bool {
  const counts = scratch + COUNTS;
  const next = scratch + NEXT;
  const size: u32 = 1 << log;
  let high: u32 = size - 1;
  for (let s: u32 = 0; s < symbols; s++) {
    const n = <i32>load<i16>(counts + (s << 1));
    if (n == -1) {
      store<u8>(table + (high << 2), <u8>s, 3);
      high--;
      store<u16>(next + (s << 1), 1);
    } else store<u16>(next + (s << 1), <u16>n);
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let at: u32 = 0;
  for (let s: u32 = 0; s < symbols; s++) {
    const n = <i32>load<i16>(counts + (s << 1));
    for (let i: i32 = 0; i < n; i++) {
      store<u8>(table + (at << 2), <u8>s, 3);
      do at = (at + step) & (size - 1);
      while (at > high);
    }
  }
  if (at != 0) return false;
  for (let u: u32 = 0; u < size; u++) {
    const entry = table + (u << 2);
    const s = <u32>load<u8>(entry, 3);
    const n = <u32>load<u16>(next + (s << 1));
    store<u16>(next + (s << 1), <u16>(n + 1));
    const bits = log - highBit(n);
    store<u16>(entry, <u16>((n << bits) - size));
    store<u8>(entry, <u8>bits, 2);
  }
  return true;
}

/** Reads a Huffman tree and makes its table. Returns the bytes it took, or -1. */
function readHuffman(src: usize, end: usize, scratch: usize): i32 {
  if (src >= end) return -1;
  const weights = scratch + WEIGHTS;
  const head = <u32>load<u8>(src);
  let symbols: u32 = 0;
  let used: u32 = 0;
  if (head >= 128) {
    symbols = head - 127;
    used = 1 + ((symbols + 1) >> 1);
    if (end - src < used) return -1;
    for (let i: u32 = 0; i < symbols; i++) {
      const b = load<u8>(src + 1 + (i >> 1));
      store<u8>(weights + i, i & 1 ? b & 15 : b >> 4);
    }
  } else {
    used = 1 + head;
    if (head == 0 || end - src < used) return -1;
    const read = readCounts(src + 1, src + used, 13, 6, scratch);
    if (read < 0) return -1;
    const log = <u32>(read >> 16) & 255;
    const table = scratch + WEIGHT_TABLE;
    if (!buildTable(table, <u32>(read >> 24), log, scratch)) return -1;
    const from = src + 1 + <usize>(read & 0xffff);
    let at = streamStart(from, src + used);
    at -= log << 1;
    if (at < 0) return -1;
    let first = <u32>bitsAt(from, at + log, log);
    let second = <u32>bitsAt(from, at, log);
    for (;;) {
      if (symbols > 253) return -1;
      const entry = table + (first << 2);
      store<u8>(weights + symbols++, load<u8>(entry, 3));
      const bits = <u32>load<u8>(entry, 2);
      at -= bits;
      if (at < 0) {
        store<u8>(weights + symbols++, load<u8>(table + (second << 2), 3));
        break;
      }
      first = <u32>load<u16>(entry) + <u32>bitsAt(from, at, bits);
      // The other one's turn.
      const other = first;
      first = second;
      second = other;
    }
  }
  let sum: u32 = 0;
  const starts = scratch + NEXT;
  memory.fill(starts, 0, 64);
  for (let s: u32 = 0; s < symbols; s++) {
    const w = <u32>load<u8>(weights + s);
    if (w > 11) return -1;
    if (w > 0) sum += 1 << (w - 1);
  }
  if (sum == 0) return -1;
  const log = highBit(sum) + 1;
  const left = (<u32>1 << log) - sum;
  if (log > 11 || (left & (left - 1)) != 0) return -1;
  store<u8>(weights + symbols++, <u8>(highBit(left) + 1));
  for (let s: u32 = 0; s < symbols; s++) {
    const w = <usize>load<u8>(weights + s);
    if (w > 0) store<u32>(starts + (w << 2), load<u32>(starts + (w << 2)) + (1 << (w - 1)));
  }
  let before: u32 = 0;
  for (let w: usize = 1; w <= log; w++) {
    const n = load<u32>(starts + (w << 2));
    store<u32>(starts + (w << 2), before);
    before += n;
  }
  const table = scratch + HUFFMAN;
  for (let s: u32 = 0; s < symbols; s++) {
    const w = <u32>load<u8>(weights + s);
    if (w == 0) continue;
    const entry = <u16>(s | ((log + 1 - w) << 8));
    const length: u32 = 1 << (w - 1);
    const at = load<u32>(starts + (w << 2));
    store<u32>(starts + (w << 2), at + length);
    for (let i: u32 = 0; i < length; i++) store<u16>(table + ((at + i) << 1), entry);
  }
  store<u32>(scratch + HUFFMAN_LOG, log);
  return <i32>used;
}

/** The rest of one stream of literals, from bit `at` downwards. All its bits must be used up. */
function endLiterals(table: usize, log: u32, src: usize, at: isize, to: usize, end: usize): bool {
  while (to < end) {
    const below = at - <isize>log;
    // Behind the first bit come zeros.
    const code = below >= 0 ? bitsAt(src, below, log) : bitsAt(src, 0, <u32>at) << <u64>-below;
    const entry = <u32>load<u16>(table + (<usize>code << 1));
    at -= entry >> 8;
    if (at < 0) return false;
    store<u8>(to++, <u8>entry);
  }
  return at == 0;
}

/** Four streams of literals side by side, so that one's loads do not wait for another's. */
function fourStreams(scratch: usize, src: usize, end: usize, to: usize, size: u32): bool {
  if (end - src < 10 || size < 6) return false;
  const table = scratch + HUFFMAN;
  const log = load<u32>(scratch + HUFFMAN_LOG);
  const s1 = src + 6;
  const s2 = s1 + <usize>load<u16>(src);
  const s3 = s2 + <usize>load<u16>(src, 2);
  const s4 = s3 + <usize>load<u16>(src, 4);
  if (s4 >= end) return false;
  let a1 = streamStart(s1, s2);
  let a2 = streamStart(s2, s3);
  let a3 = streamStart(s3, s4);
  let a4 = streamStart(s4, end);
  if ((a1 | a2 | a3 | a4) < 0) return false;
  const part = <usize>((size + 3) >> 2);
  if (part * 3 > <usize>size) return false;
  const e1 = to + part;
  const e2 = e1 + part;
  const e3 = e2 + part;
  const e4 = to + size;
  let t1 = to;
  let t2 = e1;
  let t3 = e2;
  let t4 = e3;
  const shift = <u64>(64 - log);
  // A word holds at least 57 bits: five symbols. The fourth part is the shortest.
  while (t4 + 5 <= e4 && a1 >= 64 && a2 >= 64 && a3 >= 64 && a4 >= 64) {
    let b = (a1 + 7) >> 3;
    let v1 = load<u64>(s1 + b - 8) << <u64>((b << 3) - a1);
    b = (a2 + 7) >> 3;
    let v2 = load<u64>(s2 + b - 8) << <u64>((b << 3) - a2);
    b = (a3 + 7) >> 3;
    let v3 = load<u64>(s3 + b - 8) << <u64>((b << 3) - a3);
    b = (a4 + 7) >> 3;
    let v4 = load<u64>(s4 + b - 8) << <u64>((b << 3) - a4);
    for (let k: usize = 0; k < 5; k++) {
      const c1 = <u32>load<u16>(table + (<usize>(v1 >> shift) << 1));
      const c2 = <u32>load<u16>(table + (<usize>(v2 >> shift) << 1));
      const c3 = <u32>load<u16>(table + (<usize>(v3 >> shift) << 1));
      const c4 = <u32>load<u16>(table + (<usize>(v4 >> shift) << 1));
      store<u8>(t1 + k, <u8>c1);
      store<u8>(t2 + k, <u8>c2);
      store<u8>(t3 + k, <u8>c3);
      store<u8>(t4 + k, <u8>c4);
      v1 <<= <u64>(c1 >> 8);
      v2 <<= <u64>(c2 >> 8);
      v3 <<= <u64>(c3 >> 8);
      v4 <<= <u64>(c4 >> 8);
      a1 -= c1 >> 8;
      a2 -= c2 >> 8;
      a3 -= c3 >> 8;
      a4 -= c4 >> 8;
    }
    t1 += 5;
    t2 += 5;
    t3 += 5;
    t4 += 5;
  }
  return (
    endLiterals(table, log, s1, a1, t1, e1) &&
    endLiterals(table, log, s2, a2, t2, e2) &&
    endLiterals(table, log, s3, a3, t3, e3) &&
    endLiterals(table, log, s4, a4, t4, e4)
  );
}

/** Reads the literals of a block; LITERALS_AT and LITERALS_SIZE then say where they lie. Returns the bytes read, or -1. */
function readLiterals(src: usize, end: usize, scratch: usize): i32 {
  if (end - src < 1) return -1;
  const head = load<u64>(src);
  const kind = <u32>head & 3;
  const format = (<u32>head >> 2) & 3;
  if (kind < 2) {
    const bytes: u32 = format == 1 ? 2 : format == 3 ? 3 : 1;
    const size = <u32>(format == 1 ? (head >> 4) & 0xfff : format == 3 ? (head >> 4) & 0xfffff : (head >> 3) & 31);
    const stored = kind == 0 ? size : 1;
    if (size > MOST_BLOCK || end - src < bytes + stored) return -1;
    store<u32>(scratch + LITERALS_SIZE, size);
    if (kind == 0) store<u32>(scratch + LITERALS_AT, <u32>(src + bytes));
    else {
      memory.fill(scratch + LITERALS, load<u8>(src + bytes), size);
      store<u32>(scratch + LITERALS_AT, <u32>(scratch + LITERALS));
    }
    return <i32>(bytes + stored);
  }
  const bytes: u32 = format < 2 ? 3 : format + 2;
  const width: u32 = format < 2 ? 10 : format == 2 ? 14 : 18;
  const size = <u32>(head >> 4) & ((1 << width) - 1);
  const packed = <u32>(head >> (4 + width)) & ((1 << width) - 1);
  if (size > MOST_BLOCK || end - src < bytes + packed) return -1;
  let from = src + bytes;
  const stop = from + packed;
  if (kind == 2) {
    const tree = readHuffman(from, stop, scratch);
    if (tree < 0) return -1;
    from += tree;
  } else if (load<i32>(scratch + HUFFMAN_LOG) == NONE) return -1;
  const to = scratch + LITERALS;
  store<u32>(scratch + LITERALS_AT, <u32>to);
  store<u32>(scratch + LITERALS_SIZE, size);
  if (format == 0) {
    const at = streamStart(from, stop);
    if (at < 0) return -1;
    if (!endLiterals(scratch + HUFFMAN, load<u32>(scratch + HUFFMAN_LOG), from, at, to, to + size)) return -1;
  } else if (!fourStreams(scratch, from, stop, to, size)) return -1;
  return <i32>(bytes + packed);
}

/** One of the three tables of sequences, by its mode. Returns the bytes read, or -1. */
function readTable(
  mode: u32,
  src: usize,
  end: usize,
  scratch: usize,
  table: usize,
  logAt: usize,
  defaults: usize,
  symbols: u32,
  log: u32,
  limit: u32,
  maxLog: u32,
): i32 {
  switch (mode) {
    case 0: {
      for (let s: u32 = 0; s < symbols; s++)
        store<i16>(scratch + COUNTS + (s << 1), <i16>load<i8>(defaults + s));
      store<u32>(scratch + logAt, log);
      return buildTable(scratch + table, symbols, log, scratch) ? 0 : -1;
    }
    case 1: {
      if (src >= end || <u32>load<u8>(src) >= limit) return -1;
      store<u32>(scratch + table, <u32>load<u8>(src) << 24);
      store<u32>(scratch + logAt, 0);
      return 1;
    }
    case 2: {
      const read = readCounts(src, end, limit, maxLog, scratch);
      if (read < 0) return -1;
      const own = <u32>(read >> 16) & 255;
      store<u32>(scratch + logAt, own);
      return buildTable(scratch + table, <u32>(read >> 24), own, scratch) ? <i32>(read & 0xffff) : -1;
    }
    default:
      return load<i32>(scratch + logAt) == NONE ? -1 : 0;
  }
}

/** At least `length` bytes, in whole words. */
@inline
function copyAhead(to: usize, from: usize, length: usize): void {
  const end = to + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < end);
}

/** Copies within the output; ranges may overlap, then the pattern repeats. */
@inline
function copyMatch(to: usize, offset: usize, length: usize): void {
  let from = to - offset;
  if (offset >= 16) {
    copyAhead(to, from, length);
    return;
  }
  const end = to + length;
  if (offset >= 8) {
    do {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    } while (to < end);
    return;
  }
  do store<u8>(to++, load<u8>(from++));
  while (to < end);
}

/** A compressed block to `to`; matches reach back to `start`. Returns the bytes written, or -1. */
function readBlock(src: usize, end: usize, start: usize, to: usize, limit: usize, scratch: usize): i32 {
  const first = readLiterals(src, end, scratch);
  if (first < 0) return -1;
  src += first;
  let literals = <usize>load<u32>(scratch + LITERALS_AT);
  const literalsEnd = literals + <usize>load<u32>(scratch + LITERALS_SIZE);
  const from = to;
  if (src >= end) return -1;
  let sequences = <u32>load<u8>(src++);
  if (sequences == 255) {
    if (end - src < 2) return -1;
    sequences = <u32>load<u16>(src) + 0x7f00;
    src += 2;
  } else if (sequences >= 128) {
    if (end - src < 1) return -1;
    sequences = ((sequences - 128) << 8) + <u32>load<u8>(src++);
  }
  if (sequences > 0) {
    if (src >= end) return -1;
    const modes = <u32>load<u8>(src++);
    let read = readTable(modes >> 6, src, end, scratch, LENGTHS, LENGTHS_LOG, LENGTH_DEFAULT, 36, 6, 36, 9);
    if (read < 0) return -1;
    src += read;
    read = readTable((modes >> 4) & 3, src, end, scratch, OFFSETS, OFFSETS_LOG, OFFSET_DEFAULT, 29, 5, 32, 8);
    if (read < 0) return -1;
    src += read;
    read = readTable((modes >> 2) & 3, src, end, scratch, MATCHES, MATCHES_LOG, MATCH_DEFAULT, 53, 6, 53, 9);
    if (read < 0) return -1;
    src += read;
    let at = streamStart(src, end);
    if (at < 0) return -1;
    const lengthLog = load<u32>(scratch + LENGTHS_LOG);
    const offsetLog = load<u32>(scratch + OFFSETS_LOG);
    const matchLog = load<u32>(scratch + MATCHES_LOG);
    at -= lengthLog + offsetLog + matchLog;
    if (at < 0) return -1;
    let lengthState = scratch + LENGTHS + (<usize>bitsAt(src, at + matchLog + offsetLog, lengthLog) << 2);
    let offsetState = scratch + OFFSETS + (<usize>bitsAt(src, at + matchLog, offsetLog) << 2);
    let matchState = scratch + MATCHES + (<usize>bitsAt(src, at, matchLog) << 2);
    let r1 = load<u32>(scratch + REPEATED);
    let r2 = load<u32>(scratch + REPEATED, 4);
    let r3 = load<u32>(scratch + REPEATED, 8);
    for (;;) {
      const offsetBits = <u32>load<u8>(offsetState, 3);
      const matchCode = <usize>load<u8>(matchState, 3);
      const lengthCode = <usize>load<u8>(lengthState, 3);
      const matchBits = <u32>load<u8>(MATCH_BITS + matchCode);
      const lengthBits = <u32>load<u8>(LENGTH_BITS + lengthCode);
      at -= offsetBits + matchBits + lengthBits;
      if (at < 0) return -1;
      const length = <usize>load<u32>(LENGTH_BASE + (lengthCode << 2)) + <usize>bitsAt(src, at, lengthBits);
      const match = <usize>load<u32>(MATCH_BASE + (matchCode << 2)) + <usize>bitsAt(src, at + lengthBits, matchBits);
      const raw = (<u64>1 << offsetBits) + bitsAt(src, at + lengthBits + matchBits, offsetBits);
      let offset: u32 = 0;
      if (raw > 3) {
        offset = <u32>(raw - 3);
        r3 = r2;
        r2 = r1;
        r1 = offset;
      } else {
        const which = <u32>raw - 1 + (length == 0 ? 1 : 0);
        if (which == 0) offset = r1;
        else {
          offset = which == 1 ? r2 : which == 2 ? r3 : r1 - 1;
          if (which > 1) r3 = r2;
          r2 = r1;
          r1 = offset;
        }
      }
      if (length > literalsEnd - literals || length + match > limit - to) return -1;
      if (length > 0) copyAhead(to, literals, length);
      to += length;
      literals += length;
      if (offset == 0 || <usize>offset > to - start) return -1;
      copyMatch(to, offset, match);
      to += match;
      if (--sequences == 0) break;
      const lengthNext = <u32>load<u8>(lengthState, 2);
      const matchNext = <u32>load<u8>(matchState, 2);
      const offsetNext = <u32>load<u8>(offsetState, 2);
      at -= lengthNext + matchNext + offsetNext;
      if (at < 0) return -1;
      const word = bitsAt(src, at, 26);
      offsetState = scratch + OFFSETS + ((<usize>load<u16>(offsetState) + <usize>(word & ((1 << offsetNext) - 1))) << 2);
      matchState = scratch + MATCHES + ((<usize>load<u16>(matchState) + <usize>((word >> offsetNext) & ((1 << matchNext) - 1))) << 2);
      lengthState =
        scratch +
        LENGTHS +
        ((<usize>load<u16>(lengthState) + <usize>((word >> (offsetNext + matchNext)) & ((1 << lengthNext) - 1))) << 2);
    }
    if (at != 0) return -1;
    store<u32>(scratch + REPEATED, r1);
    store<u32>(scratch + REPEATED, r2, 4);
    store<u32>(scratch + REPEATED, r3, 8);
  } else if (src != end) return -1;
  const rest = literalsEnd - literals;
  if (rest > limit - to) return -1;
  if (rest > 0) copyAhead(to, literals, rest);
  return <i32>(to + rest - from);
}

/** Frames one after another. `scratch`: 144 KiB, 16-aligned. Returns the bytes written, or -1 if a frame is malformed, needs a
 * dictionary, or does not fit. */
export function zstdDecompress(src: usize, srcEnd: usize, dst: usize, dstEnd: usize, scratch: usize): i32 {
  const begin = dst;
  while (src < srcEnd) {
    if (srcEnd - src < 6) return -1;
    const magic = load<u32>(src);
    if ((magic & 0xfffffff0) == 0x184d2a50) {
      const size = <usize>load<u32>(src, 4);
      if (srcEnd - src < 8 || srcEnd - src - 8 < size) return -1;
      src += 8 + size;
      continue;
    }
    if (magic != 0xfd2fb528) return -1;
    const flags = <u32>load<u8>(src, 4);
    const single = (flags >> 5) & 1;
    if ((flags & 3) != 0) return -1;
    const sizeBytes: u32 = flags >> 6 == 0 ? single : 1 << (flags >> 6);
    src += 5 + (1 - single) + sizeBytes;
    store<i32>(scratch + HUFFMAN_LOG, NONE);
    store<i32>(scratch + LENGTHS_LOG, NONE);
    store<i32>(scratch + OFFSETS_LOG, NONE);
    store<i32>(scratch + MATCHES_LOG, NONE);
    store<u32>(scratch + REPEATED, 1);
    store<u32>(scratch + REPEATED, 4, 4);
    store<u32>(scratch + REPEATED, 8, 8);
    const start = dst;
    for (;;) {
      if (src > srcEnd || srcEnd - src < 3) return -1;
      const head = load<u32>(src) & 0xffffff;
      src += 3;
      const kind = (head >> 1) & 3;
      const size = <usize>(head >> 3);
      if (kind == 1) {
        if (srcEnd - src < 1 || size > dstEnd - dst) return -1;
        memory.fill(dst, load<u8>(src), size);
        src++;
        dst += size;
      } else {
        if (size > srcEnd - src || kind == 3) return -1;
        if (kind == 0) {
          if (size > dstEnd - dst) return -1;
          memory.copy(dst, src, size);
          dst += size;
        } else {
          const written = readBlock(src, src + size, start, dst, dstEnd, scratch);
          if (written < 0) return -1;
          dst += written;
        }
        src += size;
      }
      if ((head & 1) != 0) break;
    }
    if ((flags & 4) != 0) {
      if (srcEnd - src < 4) return -1;
      src += 4;
    }
  }
  return <i32>(dst - begin);
}
