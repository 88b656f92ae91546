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

// Updating accumulators: value of selected row s goes to group gids[s]; `seen` has one byte a group (a value arrived). --

export function aggCount(gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + 1);
  }
}
export function aggCountValid(validity: usize, selection: usize, gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const valid = <i64>isValid(validity, rowAt(selection, s));
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + valid);
  }
}
/** Adds i64 partial counts of the selected groups. */
export function aggAddI64(data: usize, selection: usize, gids: usize, n: i32, acc: usize): void {
  for (let s = 0; s < n; s++) {
    const at = acc + (<usize>load<u32>(gids + (<usize>s << 2)) << 3);
    store<i64>(at, load<i64>(at) + load<i64>(data + (<usize>rowAt(selection, s) << 3)));
  }
}
/** Bits of selected rows that are set in both bitmaps. */
export function validBoth(a: usize, b: usize, selection: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    const at = out + (<usize>i >> 3);
    const one: u32 = <u32>(isValid(a, i) && isValid(b, i));
    store<u8>(at, <u8>((<u32>load<u8>(at) & ~(<u32>1 << (<u32>i & 7))) | (one << (<u32>i & 7))));
  }
}

// @ts-ignore: decorator
@inline
function add128(at: usize, low: u64, high: i64): void {
  const old = load<u64>(at);
  const sum = old + low;
  store<u64>(at, sum);
  store<i64>(at + 8, load<i64>(at + 8) + high + <i64>(sum < old));
}

/** The same for values of any size: a sum that leaves 128 bits becomes the least number and stays it, so that it is too large for
 * every decimal in the end. */
// @ts-ignore: decorator
@inline
function addWide128(at: usize, low: u64, high: i64): void {
  const oldLow = load<u64>(at);
  const oldHigh = load<i64>(at + 8);
  if (oldHigh == i64.MIN_VALUE && oldLow == 0) return;
  const sumLow = oldLow + low;
  const sumHigh = oldHigh + high + <i64>(sumLow < oldLow);
  const overflow = ((oldHigh ^ sumHigh) & (high ^ sumHigh)) < 0;
  store<u64>(at, overflow ? 0 : sumLow);
  store<i64>(at + 8, overflow ? i64.MIN_VALUE : sumHigh);
}

/** Exact sums in 128 bits of i32 values. */
export function aggSumI32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = <i64>load<i32>(data + (<usize>i << 2));
    add128(acc + (g << 4), <u64>x, x >> 63);
    store<u8>(seen + g, 1);
  }
}
export function aggSumI64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = load<i64>(data + (<usize>i << 3));
    add128(acc + (g << 4), <u64>x, x >> 63);
    store<u8>(seen + g, 1);
  }
}
export function aggSumI128(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    addWide128(acc + (g << 4), load<u64>(data + (<usize>i << 4)), load<i64>(data + (<usize>i << 4) + 8));
    store<u8>(seen + g, 1);
  }
}
export function aggSumF64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    store<f64>(acc + (g << 3), load<f64>(acc + (g << 3)) + load<f64>(data + (<usize>i << 3)));
    store<u8>(seen + g, 1);
  }
}
export function aggSumF32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    store<f64>(acc + (g << 3), load<f64>(acc + (g << 3)) + <f64>load<f32>(data + (<usize>i << 2)));
    store<u8>(seen + g, 1);
  }
}

// @ts-ignore: decorator
@inline
function minMax<T>(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const x = load<T>(data + <usize>i * sizeof<T>());
    const at = acc + g * sizeof<T>();
    if (load<u8>(seen + g) == 0) {
      store<u8>(seen + g, 1);
      store<T>(at, x);
    } else {
      const old = load<T>(at);
      let better = max ? x > old : x < old;
      // NaN is the greatest value.
      if (isFloat<T>()) better = max ? (x != x ? true : x > old) : old != old ? true : x < old;
      if (better) store<T>(at, x);
    }
  }
}
export function aggMinMaxU8(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<u8>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<i32>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<i64>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxF32(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<f32>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxF64(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  minMax<f64>(data, validity, selection, gids, n, acc, seen, max);
}
export function aggMinMaxI128(data: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const low = load<u64>(data + (<usize>i << 4));
    const high = load<i64>(data + (<usize>i << 4) + 8);
    const at = acc + (g << 4);
    const oldLow = load<u64>(at);
    const oldHigh = load<i64>(at + 8);
    const less = high != oldHigh ? high < oldHigh : low < oldLow;
    const more = high != oldHigh ? high > oldHigh : low > oldLow;
    if (load<u8>(seen + g) == 0 || (max ? more : less)) {
      store<u8>(seen + g, 1);
      store<u64>(at, low);
      store<i64>(at + 8, high);
    }
  }
}
/** Strings and binaries by unsigned bytes; keeps the view. @param codes dictionary codes by row, or 0 */
export function aggMinMaxView(data: usize, codes: usize, validity: usize, selection: usize, gids: usize, n: i32, acc: usize, seen: usize, max: bool): void {
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    if (!isValid(validity, i)) continue;
    const g = <usize>load<u32>(gids + (<usize>s << 2));
    const view = load<u64>(data + (<usize>(codes == 0 ? i : load<i32>(codes + (<usize>i << 2))) << 3));
    const at = acc + (g << 3);
    if (load<u8>(seen + g) == 0) {
      store<u8>(seen + g, 1);
      store<u64>(at, view);
    } else {
      const old = load<u64>(at);
      const order = viewCompare(view, old);
      if (max ? order > 0 : order < 0) store<u64>(at, view);
    }
  }
}

function viewCompare(x: u64, y: u64): i32 {
  const xl = <i32>(x >> 32);
  const yl = <i32>(y >> 32);
  const a = <usize>(<u32>x);
  const b = <usize>(<u32>y);
  const n = min(xl, yl);
  for (let i = 0; i < n; i++) {
    const p = load<u8>(a + i);
    const q = load<u8>(b + i);
    if (p != q) return p < q ? -1 : 1;
  }
  return xl - yl;
}

// Results ---------------------------------------------------------------------------------------------------------------

/** Bitmap of n bytes that are not 0; `out` has n/8 bytes, rounded up to 8. @returns how many are 0 */
export function bytesToBitmap(bytes: usize, n: i32, out: usize): i32 {
  let zeros = 0;
  for (let i = 0; i < n; i += 8) {
    let bits = 0;
    for (let j = 0; j < 8 && i + j < n; j++) {
      const one = load<u8>(bytes + i + j) != 0;
      bits |= <i32>one << j;
      zeros += <i32>!one;
    }
    store<u8>(out + (<usize>i >> 3), <u8>bits);
  }
  return zeros;
}

/** Low words of n 128-bit values as i64. @returns the first value that does not fit, or −1 */
export function narrowI128(data: usize, seen: usize, n: i32, out: usize): i32 {
  for (let g = 0; g < n; g++) {
    const low = load<i64>(data + (<usize>g << 4));
    if (load<i64>(data + (<usize>g << 4) + 8) != low >> 63 && load<u8>(seen + g) != 0) return g;
    store<i64>(out + (<usize>g << 3), low);
  }
  return -1;
}

/** The first of n 128-bit values whose magnitude is 10^precision or more, or −1. */
export function exceedsI128(data: usize, n: i32, precision: i32): i32 {
  let boundLow: u64 = 1;
  let boundHigh: u64 = 0;
  for (let d = 0; d < precision; d++) {
    const lowLow = (boundLow & 0xffffffff) * 10;
    const lowHigh = (boundLow >> 32) * 10 + (lowLow >> 32);
    boundLow = (lowHigh << 32) | (lowLow & 0xffffffff);
    boundHigh = boundHigh * 10 + (lowHigh >> 32);
  }
  for (let g = 0; g < n; g++) {
    let low = load<u64>(data + (<usize>g << 4));
    let high = load<u64>(data + (<usize>g << 4) + 8);
    if (<i64>high < 0) {
      low = ~low + 1;
      high = ~high + <u64>(low == 0);
    }
    if (high > boundHigh || (high == boundHigh && low >= boundLow)) return g;
  }
  return -1;
}

/** Averages: sum × factor ÷ count, half up, where sum and product fit 64 bits.
 * @param out i128 (`wide`) or i64 values @returns the first group that does not fit, or n */
export function avgDecimal(sums: usize, counts: usize, from: i32, n: i32, factor: f64, wide: bool, out: usize): i32 {
  const f = <i64>factor;
  const limit: i64 = i64.MAX_VALUE / f;
  for (let g = from; g < n; g++) {
    const count = load<i64>(counts + (<usize>g << 3));
    let q: i64 = 0;
    if (count != 0) {
      const low = load<i64>(sums + (<usize>g << 4));
      if (load<i64>(sums + (<usize>g << 4) + 8) != low >> 63 || low > limit || low < -limit) return g;
      const x = low * f;
      q = x / count;
      const r = x - q * count;
      if ((r < 0 ? -r : r) >= count - (r < 0 ? -r : r)) q += x < 0 ? -1 : 1;
    }
    if (wide) {
      store<i64>(out + (<usize>g << 4), q);
      store<i64>(out + (<usize>g << 4) + 8, q >> 63);
    } else store<i64>(out + (<usize>g << 3), q);
  }
  return n;
}

/** sum ÷ count in doubles; a count of 0 gives garbage (the row is null). */
export function avgF64(sums: usize, counts: usize, n: i32, out: usize): void {
  for (let g = 0; g < n; g++)
    store<f64>(out + (<usize>g << 3), load<f64>(sums + (<usize>g << 3)) / <f64>load<i64>(counts + (<usize>g << 3)));
}

/** Doubles of 128-bit integers. */
export function i128ToF64(data: usize, n: i32, out: usize): void {
  for (let g = 0; g < n; g++) {
    const low = load<u64>(data + (<usize>g << 4));
    const high = load<i64>(data + (<usize>g << 4) + 8);
    store<f64>(out + (<usize>g << 3), high == <i64>low >> 63 ? <f64>(<i64>low) : <f64>high * 18446744073709551616.0 + <f64>low);
  }
}

// Few groups: rows are listed by group first, so that each group adds up in registers. ---------------------------------

/** Row numbers of the selected rows by group, in order within a group. `offsets`: u32, groups + 1.
 * @param cursor groups × u32 of scratch */
export function groupRuns(gids: usize, selection: usize, n: i32, groups: i32, offsets: usize, cursor: usize, rows: usize): void {
  memory.fill(offsets, 0, <usize>(groups + 1) << 2);
  for (let s = 0; s < n; s++) {
    const at = offsets + 4 + (<usize>load<u32>(gids + (<usize>s << 2)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    store<u32>(cursor + (<usize>g << 2), start);
    store<u32>(offsets + 4 + (<usize>g << 2), start + load<u32>(offsets + 4 + (<usize>g << 2)));
  }
  for (let s = 0; s < n; s++) {
    const at = cursor + (<usize>load<u32>(gids + (<usize>s << 2)) << 2);
    const to = load<u32>(at);
    store<u32>(at, to + 1);
    store<u32>(rows + (<usize>to << 2), rowAt(selection, s));
  }
}

export function runCount(offsets: usize, groups: i32, acc: usize): void {
  for (let g = 0; g < groups; g++) {
    const n = load<u32>(offsets + 4 + (<usize>g << 2)) - load<u32>(offsets + (<usize>g << 2));
    store<i64>(acc + (<usize>g << 3), load<i64>(acc + (<usize>g << 3)) + <i64>n);
  }
}

/** `rows` 0: the rows themselves, 0…n−1, in one group. */
// @ts-ignore: decorator
@inline
function runSum<T>(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    if (start == end) continue;
    // Halves add up without carry: a morsel has far fewer than 2^31 rows.
    let low: u64 = 0;
    let high: i64 = 0;
    if (validity == 0) {
      if (rows == 0) {
        for (let s = start; s < end; s++) {
          const x = <i64>load<T>(data + <usize>s * sizeof<T>());
          low += <u64>x & 0xffffffff;
          high += x >> 32;
        }
      } else {
        for (let s = start; s < end; s++) {
          const x = <i64>load<T>(data + <usize>load<u32>(rows + (<usize>s << 2)) * sizeof<T>());
          low += <u64>x & 0xffffffff;
          high += x >> 32;
        }
      }
      store<u8>(seen + g, 1);
    } else {
      for (let s = start; s < end; s++) {
        const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
        if (!isValid(validity, i)) continue;
        const x = <i64>load<T>(data + <usize>i * sizeof<T>());
        low += <u64>x & 0xffffffff;
        high += x >> 32;
        store<u8>(seen + g, 1);
      }
    }
    high += <i64>(low >> 32);
    // high × 2^32 + low's lower half, in 128 bits.
    add128(acc + (<usize>g << 4), (<u64>high << 32) | (low & 0xffffffff), high >> 32);
  }
}
export function runSumI32(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  runSum<i32>(data, validity, rows, offsets, groups, acc, seen);
}
export function runSumI64(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  runSum<i64>(data, validity, rows, offsets, groups, acc, seen);
}
export function runSumI128(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    for (let s = start; s < end; s++) {
      const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
      if (!isValid(validity, i)) continue;
      const at = data + (<usize>i << 4);
      addWide128(acc + (<usize>g << 4), load<u64>(at), load<i64>(at + 8));
      store<u8>(seen + g, 1);
    }
  }
}
export function runSumF64(data: usize, validity: usize, rows: usize, offsets: usize, groups: i32, acc: usize, seen: usize): void {
  for (let g = 0; g < groups; g++) {
    const start = load<u32>(offsets + (<usize>g << 2));
    const end = load<u32>(offsets + 4 + (<usize>g << 2));
    let sum = load<f64>(acc + (<usize>g << 3));
    for (let s = start; s < end; s++) {
      const i = <i32>(rows == 0 ? s : load<u32>(rows + (<usize>s << 2)));
      if (!isValid(validity, i)) continue;
      sum += load<f64>(data + (<usize>i << 3));
      store<u8>(seen + g, 1);
    }
    store<f64>(acc + (<usize>g << 3), sum);
  }
}

// Dictionary codes as keys ---------------------------------------------------------------------------------------------

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
