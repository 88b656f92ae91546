import { rowAt, valid } from './lib/bits';
import { equalBytes } from './lib/compare-bytes';

// Strings are views: u32 address, u32 byte length. UTF-8. Null rows may hold garbage addresses and are not followed.
// Results that are parts of an input (substring, trim) are views into the input's bytes.

const ANY: u32 = 0xffffffff;
const ONE: u32 = 0xfffffffe;

// @ts-ignore: decorator
@inline
function sizeAt(at: usize): u32 {
  const b = load<u8>(at);
  return b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
}

/** Code point that begins at `at`. */
// @ts-ignore: decorator
@inline
function decodeAt(at: usize): u32 {
  const b: u32 = load<u8>(at);
  if (b < 0x80) return b;
  if (b < 0xe0) return ((b & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f);
  if (b < 0xf0) return ((b & 0x0f) << 12) | (u32(load<u8>(at, 1) & 0x3f) << 6) | (load<u8>(at, 2) & 0x3f);
  return (
    ((b & 0x07) << 18) | (u32(load<u8>(at, 1) & 0x3f) << 12) | (u32(load<u8>(at, 2) & 0x3f) << 6) | (load<u8>(at, 3) & 0x3f)
  );
}

/** Code points in `n` bytes: those that are no continuation bytes. */
function codePoints(at: usize, n: u32): i32 {
  let count = 0;
  while (n >= 8) {
    const w = load<u64>(at);
    const continuation = (w >> 7) & (~w >> 6) & 0x0101010101010101;
    count += 8 - i32(popcnt(continuation));
    at += 8;
    n -= 8;
  }
  for (; n > 0; n--, at++) count += i32((load<u8>(at) & 0xc0) != 0x80);
  return count;
}

/** Number of code points. Spark: `Length` of strings. */
export function lengthChars(a: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    store<i32>(out + (i << 2), codePoints(usize(u32(v)), u32(v >> 32)));
  }
}
/** Number of bytes. Spark: `OctetLength`, `Length` of binaries. */
export function lengthBytes(a: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<i32>(out + (i << 2), i32(load<u64>(a + (i << 3)) >> 32));
  }
}

/** Part from position `pos` (1-based; 0 as 1; negative counts from the end), `len` code points. Spark: `substringSQL`. */
export function substringChars(a: usize, pos: usize, len: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    const begin = usize(u32(v));
    const bytes = u32(v >> 32);
    const p = i64(load<i32>(pos + (i << 2)));
    const l = i64(load<i32>(len + (i << 2)));
    let from = p > 0 ? p - 1 : 0;
    if (p < 0) from = i64(codePoints(begin, bytes)) + p;
    let to = from + l;
    if (from < 0) from = 0;
    if (to < from) to = from;
    const end = begin + bytes;
    let at = begin;
    let k: i64 = 0;
    while (k < from && at < end) {
      at += sizeAt(at);
      k++;
    }
    const first = min(at, end);
    while (k < to && at < end) {
      at += sizeAt(at);
      k++;
    }
    store<u64>(out + (i << 3), u64(first) | (u64(min(at, end) - first) << 32));
  }
}

/** Without spaces (0x20) at the start (`which` bit 0) and the end (bit 1). */
export function trimSpaces(a: usize, which: i32, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    let from = usize(u32(v));
    let to = from + u32(v >> 32);
    if ((which & 1) != 0) while (from < to && load<u8>(from) == 0x20) from++;
    if ((which & 2) != 0) while (to > from && load<u8>(to - 1) == 0x20) to--;
    store<u64>(out + (i << 3), u64(from) | (u64(to - from) << 32));
  }
}

/** No address: an empty text may lie at 0. */
const ABSENT: usize = 0xffffffff;

/** Where `n` bytes at `needle` begin in [at, end), or ABSENT. Places are ruled out sixteen at a time by their first and last byte. */
function find(at: usize, end: usize, needle: usize, n: u32): usize {
  if (n == 0) return at;
  if (end - at < n) return ABSENT;
  const last = end - n;
  const first = load<u8>(needle);
  if (last - at >= 15) {
    const head = i8x16.splat(i8(first));
    const tail = i8x16.splat(load<i8>(needle + n - 1));
    while (at <= last) {
      // The last step looks at some places once more rather than beyond the end.
      if (at + 15 > last) at = last - 15;
      let mask = u32(
        i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), head), i8x16.eq(v128.load(at + n - 1), tail))),
      );
      for (; mask != 0; mask &= mask - 1) {
        const place = at + ctz(mask);
        if (equalBytes(u64(place) | (u64(n) << 32), u64(needle) | (u64(n) << 32))) return place;
      }
      at += 16;
    }
    return ABSENT;
  }
  for (; at <= last; at++)
    if (load<u8>(at) == first && equalBytes(u64(at) | (u64(n) << 32), u64(needle) | (u64(n) << 32))) return at;
  return ABSENT;
}

/** Kind 0: a starts with b; 1: ends with b; 2: contains b. By bytes. */
export function matchPart(kind: i32, a: usize, b: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const x = load<u64>(a + (i << 3));
    const y = load<u64>(b + (i << 3));
    const la = u32(x >> 32);
    const lb = u32(y >> 32);
    let ok: bool = false;
    if (lb <= la) {
      const at = usize(u32(x));
      if (kind == 0) ok = equalBytes(u64(at) | (u64(lb) << 32), y);
      else if (kind == 1) ok = equalBytes(u64(at + la - lb) | (u64(lb) << 32), y);
      else ok = find(at, at + la, usize(u32(y)), lb) != ABSENT;
    }
    store<u8>(out + i, u8(ok));
  }
}

/** 1-based position in code points of the first b in a, or 0. Spark: `instr`, `locate` from the start. */
export function positionOf(a: usize, b: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const x = load<u64>(a + (i << 3));
    const y = load<u64>(b + (i << 3));
    const at = usize(u32(x));
    const found = find(at, at + u32(x >> 32), usize(u32(y)), u32(y >> 32));
    store<i32>(out + (i << 2), found == ABSENT ? 0 : codePoints(at, u32(found - at)) + 1);
  }
}

function likeOne(at: usize, end: usize, tokens: usize, n: i32): bool {
  let t = 0;
  let star = -1;
  let retry: usize = 0;
  while (at < end) {
    if (t < n) {
      const token = load<u32>(tokens + (t << 2));
      if (token == ANY) {
        star = t++;
        if (t == n) return true;
        retry = at;
        const next = load<u32>(tokens + (t << 2));
        if (next < 0x80) {
          while (retry < end && load<u8>(retry) != u8(next)) retry++;
          if (retry == end) return false;
          at = retry;
        }
        continue;
      }
      const size = sizeAt(at);
      if (token == ONE || token == decodeAt(at)) {
        at += size;
        t++;
        continue;
      }
    }
    if (star < 0) return false;
    retry += sizeAt(retry);
    t = star + 1;
    const next = load<u32>(tokens + (t << 2));
    if (next < 0x80) {
      while (retry < end && load<u8>(retry) != u8(next)) retry++;
      if (retry >= end) return false;
    }
    at = retry;
  }
  while (t < n && load<u32>(tokens + (t << 2)) == ANY) t++;
  return t == n;
}

/** LIKE with a compiled pattern: u32 code points, 0xffffffff for `%` (never twice in a row), 0xfffffffe for `_`. */
export function likeTokens(a: usize, tokens: usize, tokenCount: i32, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    const at = usize(u32(v));
    store<u8>(out + i, u8(likeOne(at, at + u32(v >> 32), tokens, tokenCount)));
  }
}

function partsOne(at: usize, end: usize, parts: usize, n: i32, atStart: bool, atEnd: bool): bool {
  let k = 0;
  if (atStart) {
    const part = load<u64>(parts);
    const size = u32(part >> 32);
    if (end - at < size || !equalBytes(u64(at) | (u64(size) << 32), part)) return false;
    at += size;
    k = 1;
  }
  for (const stop = n - i32(atEnd); k < stop; k++) {
    const part = load<u64>(parts + (k << 3));
    const found = find(at, end, usize(u32(part)), u32(part >> 32));
    if (found == ABSENT) return false;
    at = found + u32(part >> 32);
  }
  if (!atEnd) return true;
  const part = load<u64>(parts + (k << 3));
  const size = u32(part >> 32);
  return end - at >= size && equalBytes(u64(end - size) | (u64(size) << 32), part);
}

/** LIKE with texts between `%`, at least two: views at `parts`, in order. `ends`: 1 the first stands at the start, 2 the last
 * at the end. By bytes. */
export function likeParts(a: usize, parts: usize, partCount: i32, ends: i32, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    const at = usize(u32(v));
    store<u8>(out + i, u8(partsOne(at, at + u32(v >> 32), parts, partCount, (ends & 1) != 0, (ends & 2) != 0)));
  }
}

/** Sum of byte lengths of the selected, valid rows, at most 2^53. */
export function totalBytes(a: usize, validity: usize, selection: usize, count: i32): f64 {
  let sum: u64 = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (valid(validity, i)) sum += load<u64>(a + (i << 3)) >> 32;
  }
  return f64(sum);
}

/** ASCII letters to upper (1) or lower (0) case; bytes are written one after another at `bytes` (room: `totalBytes`).
 * @returns −1 or the first row with a byte above 0x7f */
export function convertCaseAscii(a: usize, upper: i32, bytes: usize, out: usize, validity: usize, selection: usize, count: i32): i32 {
  const from: u8 = upper != 0 ? 0x61 : 0x41;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    const at = usize(u32(v));
    const n = u32(v >> 32);
    for (let k: u32 = 0; k < n; k++) {
      const c = load<u8>(at + k);
      if (c >= 0x80) return i32(i);
      store<u8>(bytes + k, u8(c - from) < 26 ? c ^ 0x20 : c);
    }
    store<u64>(out + (i << 3), u64(bytes) | (u64(n) << 32));
    bytes += n;
  }
  return -1;
}

/** a ++ b; bytes are written one after another at `bytes` (room: both `totalBytes`). @returns the end of what was written */
export function concatViews(a: usize, b: usize, bytes: usize, out: usize, validity: usize, selection: usize, count: i32): usize {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const x = load<u64>(a + (i << 3));
    const y = load<u64>(b + (i << 3));
    const la = u32(x >> 32);
    const lb = u32(y >> 32);
    memory.copy(bytes, usize(u32(x)), la);
    memory.copy(bytes + la, usize(u32(y)), lb);
    store<u64>(out + (i << 3), u64(bytes) | (u64(la + lb) << 32));
    bytes += la + lb;
  }
  return bytes;
}

/** As `matchPart` with one needle for all rows, a view at `b`; kind 3: equals. */
export function matchOne(kind: i32, a: usize, b: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  const y = load<u64>(b);
  const needle = usize(u32(y));
  const lb = u32(y >> 32);
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const x = load<u64>(a + (i << 3));
    const la = u32(x >> 32);
    const at = usize(u32(x));
    let ok: bool = false;
    if (lb <= la) {
      if (kind == 0) ok = equalBytes(u64(at) | (u64(lb) << 32), y);
      else if (kind == 1) ok = equalBytes(u64(at + la - lb) | (u64(lb) << 32), y);
      else if (kind == 2) ok = find(at, at + la, needle, lb) != ABSENT;
      else ok = equalBytes(x, y);
    }
    store<u8>(out + i, u8(ok));
  }
}
