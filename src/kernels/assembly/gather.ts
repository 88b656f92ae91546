import { rowAt, valid } from './lib/bits';

/** out[k] = data[rows[k]], elements of one byte. `rows` 0: a copy. */
export function gather1(data: usize, rows: usize, count: i32, out: usize): void {
  if (rows == 0) memory.copy(out, data, usize(count));
  else for (let k = 0; k < count; k++) store<u8>(out + k, load<u8>(data + load<u32>(rows + (k << 2))));
}
/** out[k] = data[rows[k]], elements of two bytes. */
export function gather2(data: usize, rows: usize, count: i32, out: usize): void {
  if (rows == 0) memory.copy(out, data, usize(count) << 1);
  else for (let k = 0; k < count; k++) store<u16>(out + (k << 1), load<u16>(data + (load<u32>(rows + (k << 2)) << 1)));
}
/** out[k] = data[rows[k]], elements of four bytes. */
export function gather4(data: usize, rows: usize, count: i32, out: usize): void {
  if (rows == 0) memory.copy(out, data, usize(count) << 2);
  else for (let k = 0; k < count; k++) store<u32>(out + (k << 2), load<u32>(data + (load<u32>(rows + (k << 2)) << 2)));
}
/** out[k] = data[rows[k]], elements of eight bytes. */
export function gather8(data: usize, rows: usize, count: i32, out: usize): void {
  if (rows == 0) memory.copy(out, data, usize(count) << 3);
  else for (let k = 0; k < count; k++) store<u64>(out + (k << 3), load<u64>(data + (load<u32>(rows + (k << 2)) << 3)));
}
/** out[k] = data[rows[k]], elements of sixteen bytes. */
export function gather16(data: usize, rows: usize, count: i32, out: usize): void {
  if (rows == 0) memory.copy(out, data, usize(count) << 4);
  else for (let k = 0; k < count; k++) v128.store(out + (k << 4), v128.load(data + (load<u32>(rows + (k << 2)) << 4)));
}

/** out[i] = entries[codes[i]] at the selected rows i, entries of one byte. Codes of null rows may be garbage below 2^31:
 * those out of range read entry 0. */
export function decode1(entries: usize, size: u32, codes: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const code: u32 = load<u32>(codes + (i << 2));
    store<u8>(out + i, load<u8>(entries + usize(code < size ? code : 0)));
  }
}
/** As `decode1`, entries of four bytes. */
export function decode4(entries: usize, size: u32, codes: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const code: u32 = load<u32>(codes + (i << 2));
    store<u32>(out + (i << 2), load<u32>(entries + (usize(code < size ? code : 0) << 2)));
  }
}
/** As `decode1`, entries of eight bytes. */
export function decode8(entries: usize, size: u32, codes: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const code: u32 = load<u32>(codes + (i << 2));
    store<u64>(out + (i << 3), load<u64>(entries + (usize(code < size ? code : 0) << 3)));
  }
}
/** As `decode1`, entries of sixteen bytes. */
export function decode16(entries: usize, size: u32, codes: usize, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const code: u32 = load<u32>(codes + (i << 2));
    v128.store(out + (i << 4), v128.load(entries + (usize(code < size ? code : 0) << 4)));
  }
}

/** Copies the selected rows' elements of `width` bytes (1, 4, 8, 16) to the same rows of `out`. */
export function copyRows(data: usize, width: i32, selection: usize, count: i32, out: usize): void {
  if (selection == 0) {
    memory.copy(out, data, usize(count) * usize(width));
  } else if (width == 1) {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (s << 2));
      store<u8>(out + i, load<u8>(data + i));
    }
  } else if (width == 4) {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (s << 2)) << 2;
      store<u32>(out + i, load<u32>(data + i));
    }
  } else if (width == 8) {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (s << 2)) << 3;
      store<u64>(out + i, load<u64>(data + i));
    }
  } else {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (s << 2)) << 4;
      v128.store(out + i, v128.load(data + i));
    }
  }
}

/** Fills `count` elements of 1, 4, 8 or 16 bytes with the element at `value`. */
export function fillRows(value: usize, width: i32, count: i32, out: usize): void {
  if (width == 1) memory.fill(out, load<u8>(value), usize(count));
  else if (width == 4) {
    const v = load<u32>(value);
    for (let i = 0; i < count; i++) store<u32>(out + (i << 2), v);
  } else if (width == 8) {
    const v = load<u64>(value);
    for (let i = 0; i < count; i++) store<u64>(out + (i << 3), v);
  } else {
    const v = v128.load(value);
    for (let i = 0; i < count; i++) v128.store(out + (i << 4), v);
  }
}

/** Codes where null rows get the code `nullCode`. */
export function codesWithNull(codes: usize, validity: usize, nullCode: u32, selection: usize, count: i32, out: usize): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (i << 2), valid(validity, i) ? load<u32>(codes + (i << 2)) : nullCode);
  }
}
