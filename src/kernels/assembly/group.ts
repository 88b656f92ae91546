import { equalRows, hashRow, isValid, rowAt, viewWord } from './lib/rows';

// Packing keys into rows ------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function putNull(row: usize, bit: i32, at: usize): void {
  store<u64>(row, load<u64>(row) | (<u64>1 << bit));
  store<u64>(at, 0);
}

/** Zeroes the null words of n rows. */
export function packClear(rows: usize, stride: i32, n: i32): void {
  for (let s = 0; s < n; s++) store<u64>(rows + <usize>s * stride, 0);
}

/** Packs column values of the selected rows into `rows` at byte `offset`; a null sets `bit` of the row's first word. */
export function packBool(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) store<u64>(row + offset, <u64>load<u8>(data + i));
    else putNull(row, bit, row + offset);
  }
}
export function packI32(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) store<i64>(row + offset, <i64>load<i32>(data + (<usize>i << 2)));
    else putNull(row, bit, row + offset);
  }
}
export function packI64(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) store<i64>(row + offset, load<i64>(data + (<usize>i << 3)));
    else putNull(row, bit, row + offset);
  }
}
/** Doubles: −0.0 becomes 0.0 and every NaN the same NaN, as Spark groups them. */
export function packF64(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) {
      const x = load<f64>(data + (<usize>i << 3));
      store<u64>(row + offset, x != x ? 0x7ff8000000000000 : x == 0 ? 0 : reinterpret<u64>(x));
    } else putNull(row, bit, row + offset);
  }
}
export function packF32(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) {
      const x = load<f32>(data + (<usize>i << 2));
      store<u64>(row + offset, x != x ? 0x7fc00000 : x == 0 ? 0 : <u64>reinterpret<u32>(x));
    } else putNull(row, bit, row + offset);
  }
}
export function packI128(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) {
      store<u64>(row + offset, load<u64>(data + (<usize>i << 4)));
      store<u64>(row + offset + 8, load<u64>(data + (<usize>i << 4) + 8));
    } else {
      putNull(row, bit, row + offset);
      store<u64>(row + offset + 8, 0);
    }
  }
}
/** i64 values of a key that takes two words (a wide decimal whose values fit 64 bits in this morsel). */
export function packI64Wide(data: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) {
      const x = load<i64>(data + (<usize>i << 3));
      store<i64>(row + offset, x);
      store<i64>(row + offset + 8, x >> 63);
    } else {
      putNull(row, bit, row + offset);
      store<u64>(row + offset + 8, 0);
    }
  }
}
/** Strings and other views. @param codes i32 dictionary codes by row, or 0: then `data` is by row */
export function packView(data: usize, codes: usize, validity: usize, selection: usize, n: i32, rows: usize, stride: i32, offset: i32, bit: i32): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const row = rows + <usize>s * stride;
    if (isValid(validity, i)) {
      const at = codes == 0 ? i : load<i32>(codes + (<usize>i << 2));
      store<u64>(row + offset, viewWord(load<u64>(data + (<usize>at << 3))));
    } else putNull(row, bit, row + offset);
  }
}

/** Hashes n packed rows into u32. */
export function hashRows(rows: usize, stride: i32, n: i32, viewMask: u32, out: usize): void {
  const words = stride >> 3;
  for (let s = 0; s < n; s++) store<u32>(out + (<usize>s << 2), hashRow(rows + <usize>s * stride, words, viewMask));
}

// Group table: slots of 8 bytes: group + 1 in the low half (0: empty), hash in the high half. ---------------------------

/** Finds or adds the groups of rows `from`…n−1. `groupRows` has room for `limit` groups, `slots` for twice as many.
 * `state`: u32 number of groups, updated; u32 next row to do, set. @returns rows done (less than n: the table is full) */
export function groupRowsFind(rows: usize, hashes: usize, from: i32, n: i32, stride: i32, viewMask: u32, slots: usize, mask: u32, groupRows: usize, limit: i32, state: usize, gids: usize): i32 {
  const words = stride >> 3;
  let count = load<u32>(state);
  for (let s = from; s < n; s++) {
    const hash = load<u32>(hashes + (<usize>s << 2));
    const row = rows + <usize>s * stride;
    let at = hash & mask;
    for (;;) {
      const slot = load<u64>(slots + (<usize>at << 3));
      if (slot == 0) {
        if (<i32>count >= limit) {
          store<u32>(state, count);
          return s;
        }
        memory.copy(groupRows + <usize>count * stride, row, stride);
        store<u32>(gids + (<usize>s << 2), count);
        count++;
        store<u64>(slots + (<usize>at << 3), (<u64>hash << 32) | <u64>count);
        break;
      }
      if (<u32>(slot >> 32) == hash) {
        const gid = <u32>slot - 1;
        if (equalRows(groupRows + <usize>gid * stride, row, words, viewMask)) {
          store<u32>(gids + (<usize>s << 2), gid);
          break;
        }
      }
      at = (at + 1) & mask;
    }
  }
  store<u32>(state, count);
  return n;
}

/** Puts all old slots into a larger, zeroed table. */
export function groupRehash(oldSlots: usize, oldSize: u32, slots: usize, mask: u32): void {
  for (let i: u32 = 0; i < oldSize; i++) {
    const slot = load<u64>(oldSlots + (<usize>i << 3));
    if (slot == 0) continue;
    let at = <u32>(slot >> 32) & mask;
    while (load<u64>(slots + (<usize>at << 3)) != 0) at = (at + 1) & mask;
    store<u64>(slots + (<usize>at << 3), slot);
  }
}

// Single 64-bit key: slots of 16 bytes: key, group + 1 (0: empty). Null has a group of its own. --------------------------

/** Sixteen neighbouring keys share 256 neighbouring bytes, since keys often come in order; the rest is mixed. */
// @ts-ignore: decorator
@inline
function hashI64(key: i64): u32 {
  const h = <u64>(key >> 4) * 0x9e3779b97f4a7c15;
  return ((<u32>(h >> 32)) << 4) | (<u32>key & 15);
}

/** As `groupRowsFind` for one integer key (`wide`: i64, else i32) without packing. `state`: number of groups, group of
 * null + 1. Group keys are kept in `groupKeys` (i64). */
export function groupI64Find(data: usize, wide: bool, validity: usize, selection: usize, from: i32, n: i32, slots: usize, mask: u32, groupKeys: usize, limit: i32, state: usize, gids: usize): i32 {
  let count = load<u32>(state);
  let lastKey: i64 = 0;
  let lastGroup: u32 = 0;
  for (let s = from; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) {
      let nullGroup = load<u32>(state + 4);
      if (nullGroup == 0) {
        if (<i32>count >= limit) {
          store<u32>(state, count);
          return s;
        }
        store<i64>(groupKeys + (<usize>count << 3), 0);
        count++;
        nullGroup = count;
        store<u32>(state + 4, nullGroup);
      }
      store<u32>(gids + (<usize>s << 2), nullGroup - 1);
      continue;
    }
    const key = wide ? load<i64>(data + (<usize>i << 3)) : <i64>load<i32>(data + (<usize>i << 2));
    if (key == lastKey && lastGroup != 0) {
      store<u32>(gids + (<usize>s << 2), lastGroup - 1);
      continue;
    }
    lastKey = key;
    let at = hashI64(key) & mask;
    for (;;) {
      const slot = slots + (<usize>at << 4);
      const group = load<u32>(slot + 8);
      if (group == 0) {
        if (<i32>count >= limit) {
          store<u32>(state, count);
          return s;
        }
        store<i64>(groupKeys + (<usize>count << 3), key);
        store<u32>(gids + (<usize>s << 2), count);
        count++;
        store<i64>(slot, key);
        store<u32>(slot + 8, count);
        lastGroup = count;
        break;
      }
      if (load<i64>(slot) == key) {
        store<u32>(gids + (<usize>s << 2), group - 1);
        lastGroup = group;
        break;
      }
      at = (at + 1) & mask;
    }
  }
  store<u32>(state, count);
  return n;
}

/** As `groupI64Find` over a map of u32 group + 1 by key − `low`, of `size` keys. Stops at a key outside it, too.
 * @param low address of an i64 */
export function groupDirectFind(data: usize, wide: bool, validity: usize, selection: usize, from: i32, n: i32, map: usize, low: usize, size: f64, groupKeys: usize, limit: i32, state: usize, gids: usize): i32 {
  let count = load<u32>(state);
  const base = load<i64>(low);
  const end = <u64>size;
  for (let s = from; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) {
      let nullGroup = load<u32>(state + 4);
      if (nullGroup == 0) {
        if (<i32>count >= limit) {
          store<u32>(state, count);
          return s;
        }
        store<i64>(groupKeys + (<usize>count << 3), 0);
        count++;
        nullGroup = count;
        store<u32>(state + 4, nullGroup);
      }
      store<u32>(gids + (<usize>s << 2), nullGroup - 1);
      continue;
    }
    const key = wide ? load<i64>(data + (<usize>i << 3)) : <i64>load<i32>(data + (<usize>i << 2));
    const k = <u64>(key - base);
    if (k >= end) {
      store<u32>(state, count);
      return s;
    }
    const at = map + (<usize>k << 2);
    let group = load<u32>(at);
    if (group == 0) {
      if (<i32>count >= limit) {
        store<u32>(state, count);
        return s;
      }
      store<i64>(groupKeys + (<usize>count << 3), key);
      count++;
      group = count;
      store<u32>(at, group);
    }
    store<u32>(gids + (<usize>s << 2), group - 1);
  }
  store<u32>(state, count);
  return n;
}

/** Fills a zeroed map from the groups' keys. */
export function groupDirectFill(keys: usize, n: i32, nullGroup: i32, low: usize, map: usize): void {
  const base = load<i64>(low);
  for (let g = 0; g < n; g++)
    if (g != nullGroup) store<u32>(map + (<usize>(load<i64>(keys + (<usize>g << 3)) - base) << 2), g + 1);
}

/** Fills zeroed slots of a hash table from the groups' keys. */
export function groupI64Fill(keys: usize, n: i32, nullGroup: i32, slots: usize, mask: u32): void {
  for (let g = 0; g < n; g++) {
    if (g == nullGroup) continue;
    const key = load<i64>(keys + (<usize>g << 3));
    let at = hashI64(key) & mask;
    while (load<u32>(slots + (<usize>at << 4) + 8) != 0) at = (at + 1) & mask;
    store<i64>(slots + (<usize>at << 4), key);
    store<u32>(slots + (<usize>at << 4) + 8, g + 1);
  }
}

/** Numbers of those of n groups (i64 keys) whose hash falls to part `part` of `parts`. @returns how many */
export function groupI64Part(keys: usize, n: i32, nullGroup: i32, part: u32, parts: u32, out: usize): i32 {
  let found = 0;
  for (let g = 0; g < n; g++) {
    const h = g == nullGroup ? 0 : <u32>((<u64>(load<i64>(keys + (<usize>g << 3)) >> 4) * 0xc2b2ae3d27d4eb4f) >> 40);
    store<u32>(out + (<usize>found << 2), g);
    found += <i32>(h % parts == part);
  }
  return found;
}

/** As `groupI64Part` for packed rows, whose hashes are given. */
export function groupRowsPart(hashes: usize, n: i32, part: u32, parts: u32, out: usize): i32 {
  let found = 0;
  for (let g = 0; g < n; g++) {
    store<u32>(out + (<usize>found << 2), g);
    found += <i32>((load<u32>(hashes + (<usize>g << 2)) >> 16) % parts == part);
  }
  return found;
}

/** Packed rows by number. */
export function gatherRows(rows: usize, numbers: usize, n: i32, stride: i32, out: usize): void {
  for (let s = 0; s < n; s++)
    memory.copy(out + <usize>s * stride, rows + <usize>load<u32>(numbers + (<usize>s << 2)) * stride, stride);
}

/** Positions in the selection whose boolean is true and valid. @returns how many were written to `out` */
export function selectPositions(data: usize, validity: usize, selection: usize, n: i32, out: usize): i32 {
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (<usize>found << 2), s);
    found += <i32>(isValid(validity, i) && load<u8>(data + i) != 0);
  }
  return found;
}

// Unpacking keys --------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function unpackValid(rows: usize, stride: i32, bit: i32, g: i32, validity: usize): bool {
  const valid = ((load<u64>(rows + <usize>g * stride) >> bit) & 1) == 0;
  if (valid) {
    const at = validity + (<usize>g >> 3);
    store<u8>(at, load<u8>(at) | <u8>(<u32>1 << (<u32>g & 7)));
  }
  return valid;
}

/** Writes key values of n packed rows as a column; `validity` must be zeroed. @param size bytes of a value: 1, 4, 8, 16 */
export function unpackFixed(rows: usize, stride: i32, offset: i32, bit: i32, n: i32, size: i32, out: usize, validity: usize): i32 {
  let nulls = 0;
  for (let g = 0; g < n; g++) {
    const at = rows + <usize>g * stride + offset;
    nulls += <i32>!unpackValid(rows, stride, bit, g, validity);
    if (size == 8) store<u64>(out + (<usize>g << 3), load<u64>(at));
    else if (size == 4) store<u32>(out + (<usize>g << 2), load<u32>(at));
    else if (size == 1) store<u8>(out + g, load<u8>(at));
    else {
      store<u64>(out + (<usize>g << 4), load<u64>(at));
      store<u64>(out + (<usize>g << 4) + 8, load<u64>(at + 8));
    }
  }
  return nulls;
}
/** Views; bytes of short strings are written to `bytes` (8 a row). */
export function unpackView(rows: usize, stride: i32, offset: i32, bit: i32, n: i32, out: usize, validity: usize, bytes: usize): i32 {
  let nulls = 0;
  for (let g = 0; g < n; g++) {
    const word = load<u64>(rows + <usize>g * stride + offset);
    nulls += <i32>!unpackValid(rows, stride, bit, g, validity);
    if (<i64>word < 0) store<u64>(out + (<usize>g << 3), word & 0x7fffffffffffffff);
    else {
      const at = bytes + (<usize>g << 3);
      store<u64>(at, word);
      store<u64>(out + (<usize>g << 3), ((word >> 56) << 32) | <u64>at);
    }
  }
  return nulls;
}

/** i64 keys as i32. */
export function keysToI32(keys: usize, n: i32, out: usize): void {
  for (let g = 0; g < n; g++) store<i32>(out + (<usize>g << 2), <i32>load<i64>(keys + (<usize>g << 3)));
}

/** Positions of rows that were the first of their group, where groups are numbered as they appear and `next` is the first
 * new number. @returns how many positions were written to `out` */
export function groupFirsts(gids: usize, n: i32, next: u32, out: usize): i32 {
  let found = 0;
  for (let s = 0; s < n; s++) {
    store<u32>(out + (<usize>found << 2), s);
    const first = load<u32>(gids + (<usize>s << 2)) == next;
    found += <i32>first;
    next += <u32>first;
  }
  return found;
}

/** Adds a column to composite codes: out[s] = out[s] × (size + 1) + code, null being `size`. @param fresh out starts at 0 */
export function codeKeys(codes: usize, validity: usize, selection: usize, n: i32, size: u32, fresh: bool, out: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const code = isValid(validity, i) ? load<u32>(codes + (<usize>i << 2)) : size;
    const at = out + (<usize>s << 2);
    store<u32>(at, fresh ? code : load<u32>(at) * (size + 1) + code);
  }
}

/** Groups by composite code: map[code] = group + 1, 0 unknown. @returns number of unknown positions, listed in `unknown` */
export function codeGroups(keys: usize, n: i32, map: usize, gids: usize, unknown: usize): i32 {
  let found = 0;
  for (let s = 0; s < n; s++) {
    const group = load<u32>(map + (<usize>load<u32>(keys + (<usize>s << 2)) << 2));
    store<u32>(gids + (<usize>s << 2), group - 1);
    store<u32>(unknown + (<usize>found << 2), s);
    found += <i32>(group == 0);
  }
  return found;
}

/** Remembers the groups found for unknown positions. */
export function codeLearn(keys: usize, unknown: usize, n: i32, found: usize, map: usize, gids: usize): void {
  for (let u = 0; u < n; u++) {
    const s = load<u32>(unknown + (<usize>u << 2));
    const group = load<u32>(found + (<usize>u << 2));
    store<u32>(map + (<usize>load<u32>(keys + (<usize>s << 2)) << 2), group + 1);
    store<u32>(gids + (<usize>s << 2), group);
  }
}
