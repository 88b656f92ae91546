import { rowAt, setBit, valid } from './lib/bits';

// Parts of encoded structs and arrays (see src/storage/column/nested.ts), without decoding the rest. `a` holds views of the
// encodings; `width` is that of the part's slot; `view` 1: the slot holds offset and length of bytes inside the encoding,
// and the result is a view into them. `bits` is a zeroed bitmap: the results' validity.

// @ts-ignore: decorator
@inline
function put(base: usize, slot: usize, width: i32, view: i32, out: usize, i: u32): void {
  if (view != 0) store<u64>(out + (i << 3), u64(u32(base) + load<u32>(slot)) | (u64(load<u32>(slot, 4)) << 32));
  else if (width == 4) store<u32>(out + (i << 2), load<u32>(slot));
  else if (width == 8) store<u64>(out + (i << 3), load<u64>(slot));
  else if (width == 1) store<u8>(out + i, load<u8>(slot));
  else v128.store(out + (i << 4), v128.load(slot));
}

/** Field number `field` of structs, its slot at `offset`. */
export function structField(a: usize, field: i32, offset: i32, width: i32, view: i32, validity: usize, out: usize, bits: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const base = usize(u32(load<u64>(a + (i << 3))));
    if (((load<u8>(base + (field >> 3)) >> u8(field & 7)) & 1) == 0) continue;
    setBit(bits, i, true);
    put(base, base + offset, width, view, out, i);
  }
}

/** Element `index[row]` (from 0) of arrays. @returns −1, or the first row whose index is out of range */
export function arrayItem(a: usize, index: usize, width: i32, view: i32, validity: usize, out: usize, bits: usize, selection: usize, count: i32): i32 {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const base = usize(u32(load<u64>(a + (i << 3))));
    const n = load<u32>(base);
    const k = load<u32>(index + (i << 2));
    if (k >= n) return i32(i);
    if (((load<u8>(base + 4 + (k >> 3)) >> u8(k & 7)) & 1) == 0) continue;
    setBit(bits, i, true);
    put(base, base + 4 + ((n + 7) >> 3) + usize(k) * usize(width), width, view, out, i);
  }
  return -1;
}

/** Elements of arrays or entries of maps. */
export function nestedSize(a: usize, validity: usize, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (valid(validity, i)) store<u32>(out + (i << 2), load<u32>(usize(u32(load<u64>(a + (i << 3))))));
  }
}
