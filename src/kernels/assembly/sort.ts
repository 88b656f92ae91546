import { compareBytes, isValid, rowAt } from './lib/rows';

/** Order-preserving keys: rows of 8-byte words that compare as unsigned numbers, most significant key first. A key is an
 * optional null word (0 or 1 by the null order) and one value word (i128: two). A string has its first 8 bytes big-endian,
 * then its view, which is compared by bytes. Descending value words are inverted. */

// @ts-ignore: decorator
@inline
function nullWord(validity: usize, i: i32, row: usize, nullsFirst: bool): bool {
  if (validity == 0) return true;
  const valid = isValid(validity, i);
  store<u64>(row, valid == nullsFirst ? 1 : 0);
  if (!valid) store<u64>(row + 8, 0);
  return valid;
}

// @ts-ignore: decorator
@inline
function orderF64(x: f64): u64 {
  if (x != x) return 0xfff8000000000000;
  const bits = reinterpret<u64>(x == 0 ? 0 : x);
  return <i64>bits < 0 ? ~bits : bits | 0x8000000000000000;
}

/** @param rep 0 bool, 1 i32, 2 i64, 3 f32, 4 f64 */
export function sortKeyWord(data: usize, rep: i32, validity: usize, n: i32, rows: usize, stride: i32, offset: i32, desc: bool, nullsFirst: bool): void {
  const flip: u64 = desc ? u64.MAX_VALUE : 0;
  for (let i = 0; i < n; i++) {
    let at = rows + <usize>i * stride + offset;
    if (!nullWord(validity, i, at, nullsFirst)) continue;
    if (validity != 0) at += 8;
    let word: u64;
    if (rep == 1) word = <u64>(<i64>load<i32>(data + (<usize>i << 2))) ^ 0x8000000000000000;
    else if (rep == 2) word = load<u64>(data + (<usize>i << 3)) ^ 0x8000000000000000;
    else if (rep == 4) word = orderF64(load<f64>(data + (<usize>i << 3)));
    else if (rep == 3) word = orderF64(<f64>load<f32>(data + (<usize>i << 2)));
    else word = load<u8>(data + i);
    store<u64>(at, word ^ flip);
  }
}

export function sortKeyI128(data: usize, validity: usize, n: i32, rows: usize, stride: i32, offset: i32, desc: bool, nullsFirst: bool): void {
  const flip: u64 = desc ? u64.MAX_VALUE : 0;
  for (let i = 0; i < n; i++) {
    let at = rows + <usize>i * stride + offset;
    if (!nullWord(validity, i, at, nullsFirst)) {
      store<u64>(at + 16, 0);
      continue;
    }
    if (validity != 0) at += 8;
    store<u64>(at, (load<u64>(data + (<usize>i << 4) + 8) ^ 0x8000000000000000) ^ flip);
    store<u64>(at + 8, load<u64>(data + (<usize>i << 4)) ^ flip);
  }
}

export function sortKeyView(data: usize, validity: usize, n: i32, rows: usize, stride: i32, offset: i32, desc: bool, nullsFirst: bool): void {
  const flip: u64 = desc ? u64.MAX_VALUE : 0;
  for (let i = 0; i < n; i++) {
    let at = rows + <usize>i * stride + offset;
    if (!nullWord(validity, i, at, nullsFirst)) {
      store<u64>(at + 16, 0);
      continue;
    }
    if (validity != 0) at += 8;
    const view = load<u64>(data + (<usize>i << 3));
    const length = <i32>(view >> 32);
    const address = <usize>(<u32>view);
    let prefix: u64 = 0;
    if (length >= 8) prefix = bswap<u64>(load<u64>(address));
    else for (let j = 0; j < length; j++) prefix |= <u64>load<u8>(address + j) << ((7 - j) << 3);
    store<u64>(at, prefix ^ flip);
    store<u64>(at + 8, view);
  }
}

// Entries of 16 bytes: first word of the key, row number. ----------------------------------------------------------------

// @ts-ignore: decorator
@inline
function viewOrder(x: u64, y: u64): i32 {
  return compareBytes(<usize>(<u32>x), <i32>(x >> 32), <usize>(<u32>y), <i32>(y >> 32));
}

/** Compares rows a and b from word 1 on; ties by row number, so the order is stable. */
function lessTail(keys: usize, stride: i32, viewMask: u64, descMask: u64, a: u32, b: u32): bool {
  const x = keys + <usize>a * stride;
  const y = keys + <usize>b * stride;
  const words = stride >> 3;
  for (let w = 1; w < words; w++) {
    const p = load<u64>(x + (<usize>w << 3));
    const q = load<u64>(y + (<usize>w << 3));
    if (p == q) continue;
    if (((viewMask >> w) & 1) != 0) {
      const order = viewOrder(p, q);
      if (order == 0) continue;
      return ((descMask >> w) & 1) != 0 ? order > 0 : order < 0;
    }
    return p < q;
  }
  return a < b;
}

// @ts-ignore: decorator
@inline
function lessEntry(keys: usize, stride: i32, viewMask: u64, descMask: u64, a: usize, b: usize): bool {
  const x = load<u64>(a);
  const y = load<u64>(b);
  if (x != y) return x < y;
  return lessTail(keys, stride, viewMask, descMask, load<u32>(a + 8), load<u32>(b + 8));
}

/** Fills n entries for rows `from`…from+n−1. */
export function sortEntries(keys: usize, stride: i32, from: i32, n: i32, entries: usize): void {
  for (let i = 0; i < n; i++) {
    store<u64>(entries + (<usize>i << 4), load<u64>(keys + <usize>(from + i) * stride));
    store<u64>(entries + (<usize>i << 4) + 8, from + i);
  }
}

/** Merge sort of n entries. @returns 0 if the result is in `entries`, 1 if in `other` */
export function sortMerge(keys: usize, stride: i32, viewMask: u64, descMask: u64, entries: usize, n: i32, other: usize): i32 {
  const RUN = 16;
  for (let start = 0; start < n; start += RUN) {
    const end = min(start + RUN, n);
    for (let i = start + 1; i < end; i++) {
      const at = entries + (<usize>i << 4);
      const x = load<u64>(at);
      const row = load<u64>(at + 8);
      let j = i;
      while (j > start) {
        const before = entries + (<usize>(j - 1) << 4);
        const y = load<u64>(before);
        const less = x != y ? x < y : lessTail(keys, stride, viewMask, descMask, <u32>row, load<u32>(before + 8));
        if (!less) break;
        v128.store(before + 16, v128.load(before));
        j--;
      }
      store<u64>(entries + (<usize>j << 4), x);
      store<u64>(entries + (<usize>j << 4) + 8, row);
    }
  }
  let from = entries;
  let to = other;
  for (let width = RUN; width < n; width <<= 1) {
    for (let start = 0; start < n; start += width << 1) {
      const middle = min(start + width, n);
      const end = min(start + (width << 1), n);
      mergeRuns(keys, stride, viewMask, descMask, from, start, middle, end, to);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  return <i32>(from != entries);
}

/** Sorts n entries by their words, byte by byte from the lowest that varies (stable), then runs of equal words by the rest of
 * their keys. @param counts 8 × 256 u32 of scratch @returns 0 if the result is in `entries`, 1 if in `other` */
export function sortRadix(keys: usize, stride: i32, viewMask: u64, descMask: u64, entries: usize, n: i32, other: usize, counts: usize): i32 {
  memory.fill(counts, 0, 8192);
  for (let i = 0; i < n; i++) {
    const word = load<u64>(entries + (<usize>i << 4));
    for (let b = 0; b < 8; b++) {
      const at = counts + (<usize>b << 10) + (<usize>((word >> (b << 3)) & 255) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
  let from = entries;
  let to = other;
  for (let b = 0; b < 8; b++) {
    const table = counts + (<usize>b << 10);
    const shift = b << 3;
    // A byte that is the same in all rows needs no pass.
    if (load<u32>(table + (<usize>((load<u64>(entries) >> shift) & 255) << 2)) == <u32>n) continue;
    let sum: u32 = 0;
    for (let v = 0; v < 256; v++) {
      const at = table + (<usize>v << 2);
      const count = load<u32>(at);
      store<u32>(at, sum);
      sum += count;
    }
    for (let i = 0; i < n; i++) {
      const entry = from + (<usize>i << 4);
      const at = table + (<usize>((load<u64>(entry) >> shift) & 255) << 2);
      const place = load<u32>(at);
      store<u32>(at, place + 1);
      v128.store(to + (<usize>place << 4), v128.load(entry));
    }
    const swap = from;
    from = to;
    to = swap;
  }
  if (stride > 8) {
    for (let start = 0; start < n; ) {
      const word = load<u64>(from + (<usize>start << 4));
      let end = start + 1;
      while (end < n && load<u64>(from + (<usize>end << 4)) == word) end++;
      if (end - start > 1) {
        const run = from + (<usize>start << 4);
        const spare = to + (<usize>start << 4);
        if (sortMerge(keys, stride, viewMask, descMask, run, end - start, spare) != 0)
          memory.copy(run, spare, <usize>(end - start) << 4);
      }
      start = end;
    }
  }
  return <i32>(from != entries);
}

/** Merges entries start…middle−1 and middle…end−1 of `from` into `to`. */
export function mergeRuns(keys: usize, stride: i32, viewMask: u64, descMask: u64, from: usize, start: i32, middle: i32, end: i32, to: usize): void {
  let a = from + (<usize>start << 4);
  const aEnd = from + (<usize>middle << 4);
  let b = aEnd;
  const bEnd = from + (<usize>end << 4);
  let out = to + (<usize>start << 4);
  if (a == aEnd || b == bEnd || !lessEntry(keys, stride, viewMask, descMask, b, aEnd - 16)) {
    memory.copy(out, a, bEnd - a);
    return;
  }
  while (a < aEnd && b < bEnd) {
    const left = lessEntry(keys, stride, viewMask, descMask, a, b);
    v128.store(out, v128.load(left ? a : b));
    if (left) a += 16;
    else b += 16;
    out += 16;
  }
  if (a < aEnd) memory.copy(out, a, aEnd - a);
  if (b < bEnd) memory.copy(out, b, bEnd - b);
}

/** Row numbers of n entries. */
export function sortedRows(entries: usize, n: i32, out: usize): void {
  for (let i = 0; i < n; i++) store<u32>(out + (<usize>i << 2), load<u32>(entries + (<usize>i << 4) + 8));
}

/** Marks rows whose key words differ from the row before, in the given order of rows: starts of groups. Only words below
 * `words` count. @param out one byte a position */
export function sortBoundaries(keys: usize, stride: i32, words: i32, viewMask: u64, rows: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    let differs = s == 0;
    if (!differs) {
      const x = keys + <usize>rowAt(rows, s) * stride;
      const y = keys + <usize>rowAt(rows, s - 1) * stride;
      for (let w = 0; w < words && !differs; w++) {
        const p = load<u64>(x + (<usize>w << 3));
        const q = load<u64>(y + (<usize>w << 3));
        if (p != q) differs = ((viewMask >> w) & 1) != 0 ? viewOrder(p, q) != 0 : true;
      }
    }
    store<u8>(out + s, <u8>differs);
  }
}

// @ts-ignore: decorator
@inline
function keyWord(data: usize, rep: i32, i: i32): u64 {
  if (rep == 2) return load<u64>(data + (<usize>i << 3)) ^ 0x8000000000000000;
  if (rep == 1) return <u64>(<i64>load<i32>(data + (<usize>i << 2))) ^ 0x8000000000000000;
  if (rep == 4) return orderF64(load<f64>(data + (<usize>i << 3)));
  if (rep == 3) return orderF64(<f64>load<f32>(data + (<usize>i << 2)));
  // Of 128 bits the upper half.
  if (rep == 5) return load<u64>(data + (<usize>i << 4) + 8) ^ 0x8000000000000000;
  return load<u8>(data + i);
}

/** Word of one valid row's key. */
export function topWord(data: usize, rep: i32, row: i32, desc: bool): u64 {
  return keyWord(data, rep, row) ^ (desc ? u64.MAX_VALUE : 0);
}

/** Selected rows whose key does not come after `bound`; nulls by their place. @returns how many are in `out` */
export function topSelect(data: usize, rep: i32, validity: usize, selection: usize, n: i32, bound: u64, desc: bool, nullsFirst: bool, out: usize): i32 {
  const flip: u64 = desc ? u64.MAX_VALUE : 0;
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (<usize>found << 2), i);
    const keep = isValid(validity, i) ? (keyWord(data, rep, i) ^ flip) <= bound : nullsFirst;
    found += <i32>keep;
  }
  return found;
}
