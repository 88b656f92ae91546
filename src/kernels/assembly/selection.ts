import { emit8 } from './lib/compress';
import { pack8, rowAt, valid } from './lib/bits';

/** Rows of a boolean vector that are valid and equal to `wanted` (0 or 1), among the selected ones.
 * @returns number of rows written to `out` (u32, ascending; room for `count` rows) */
function select(data: usize, validity: usize, selection: usize, count: i32, out: usize, flip: u32): i32 {
  let n = 0;
  let s = 0;
  if (selection == 0) {
    for (; s + 8 <= count; s += 8) {
      let mask = pack8(load<u64>(data + s)) ^ flip;
      if (validity != 0) mask &= load<u8>(validity + (s >> 3));
      // n ≤ s, so that eight entries always fit.
      if (mask != 0) n += emit8(mask, s, out + (n << 2));
    }
  }
  for (; s < count; s++) {
    const i = rowAt(selection, s);
    const keep = i32((load<u8>(data + i) & 1) ^ u8(flip & 1)) & i32(valid(validity, i));
    store<u32>(out + (n << 2), i);
    n += keep;
  }
  return n;
}

/** Selected rows whose boolean is true (not null). @returns number of rows written to `out` */
export function selectTrue(data: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return select(data, validity, selection, count, out, 0);
}

/** Selected rows whose boolean is false (not null). @returns number of rows written to `out` */
export function selectFalse(data: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  return select(data, validity, selection, count, out, 0xff);
}

/** Selected rows that are valid. `validity` must not be 0. @returns number of rows written to `out` */
export function selectValid(validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (n << 2), i);
    n += i32(valid(validity, i));
  }
  return n;
}

/** Selected rows that are null. `validity` must not be 0. @returns number of rows written to `out` */
export function selectNull(validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (n << 2), i);
    n += i32(!valid(validity, i));
  }
  return n;
}

/** Selected rows whose boolean is true, false or null as `mask` says (bit 0: false, bit 1: true, bit 2: null).
 * @returns number of rows written to `out` */
export function selectTernary(data: usize, validity: usize, selection: usize, count: i32, out: usize, mask: i32): i32 {
  let n = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const state = valid(validity, i) ? i32(load<u8>(data + i) & 1) : 2;
    store<u32>(out + (n << 2), i);
    n += (mask >> state) & 1;
  }
  return n;
}

/** The rows of `a` (ascending) that are not in its sub-selection `b`. `a` 0: rows 0 to count − 1.
 * @returns number of rows written to `out` */
export function selectionMinus(a: usize, count: i32, b: usize, countB: i32, out: usize): i32 {
  let n = 0;
  let k = 0;
  for (let s = 0; s < count; s++) {
    const i = rowAt(a, s);
    if (k < countB && load<u32>(b + (usize(k) << 2)) == i) k++;
    else {
      store<u32>(out + (n << 2), i);
      n++;
    }
  }
  return n;
}

/** Writes first, first + 1, … */
export function fillIota(out: usize, first: i32, count: i32): void {
  for (let i = 0; i < count; i++) store<u32>(out + (usize(i) << 2), first + i);
}
