import { equalRows, hashRow, isValid, rowAt } from './lib/rows';

/** Hash joins. Build rows hang in chains of row + 1 (0 ends one): `heads` by bucket, `next` by row. Rows are inserted from
 * the last to the first, so that chains list them in ascending order. Probes write pairs and can stop when the output is full:
 * `state` holds u32 next selection position, u32 next build row + 1 of its chain. */

// @ts-ignore: decorator
@inline
function keyAt(data: usize, wide: bool, i: i32): i64 {
  return wide ? load<i64>(data + (<usize>i << 3)) : <i64>load<i32>(data + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function hashKey(key: i64): u32 {
  return <u32>((<u64>key * 0x9e3779b97f4a7c15) >> 32);
}

/** Smallest and largest valid key into `out` (two i64). @returns number of valid keys */
export function joinKeyRange(data: usize, wide: bool, validity: usize, n: i32, out: usize): i32 {
  let low = i64.MAX_VALUE;
  let high = i64.MIN_VALUE;
  let valid = 0;
  for (let i = 0; i < n; i++) {
    if (!isValid(validity, i)) continue;
    const key = keyAt(data, wide, i);
    if (key < low) low = key;
    if (key > high) high = key;
    valid++;
  }
  store<i64>(out, low);
  store<i64>(out + 8, high);
  return valid;
}

/** Direct table: heads[key − min]. Stops at a key that is there already. @param range address of i64 min
 * @returns 1 if every key is there once */
export function joinBuildDense(data: usize, wide: bool, validity: usize, n: i32, range: usize, heads: usize): i32 {
  const low = load<i64>(range);
  for (let i = 0; i < n; i++) {
    if (!isValid(validity, i)) continue;
    const at = heads + (<usize>(keyAt(data, wide, i) - low) << 2);
    if (load<u32>(at) != 0) return 0;
    store<u32>(at, i + 1);
  }
  return 1;
}

/** Row order by key (stable; null keys last) for a key range that allows a table by key. `starts`: zeroed u32, span + 2; then
 * start of each key's run, and its end at the next one. @param cursor u32, span + 1 */
export function joinOrderByKey(data: usize, wide: bool, validity: usize, n: i32, range: usize, span: i32, starts: usize, cursor: usize, order: usize): void {
  const low = load<i64>(range);
  for (let i = 0; i < n; i++) {
    if (!isValid(validity, i)) continue;
    const at = starts + 4 + (<usize>(keyAt(data, wide, i) - low) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let sum: u32 = 0;
  for (let k = 0; k <= span; k++) {
    store<u32>(cursor + (<usize>k << 2), sum);
    sum += load<u32>(starts + 4 + (<usize>k << 2));
    store<u32>(starts + 4 + (<usize>k << 2), sum);
  }
  for (let i = 0; i < n; i++) {
    if (!isValid(validity, i)) {
      store<u32>(order + (<usize>sum << 2), i);
      sum++;
      continue;
    }
    const at = cursor + (<usize>(keyAt(data, wide, i) - low) << 2);
    const to = load<u32>(at);
    store<u32>(at, to + 1);
    store<u32>(order + (<usize>to << 2), i);
  }
}

/** Runs of build rows in key order: first row + 1 (0: none), and the row after the last. */
export function joinFindRuns(data: usize, wide: bool, validity: usize, selection: usize, n: i32, range: usize, starts: usize, first: usize, ends: usize): i32 {
  const low = load<i64>(range);
  const size = <u64>(load<i64>(range + 8) - low);
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    let row: u32 = 0;
    let end: u32 = 0;
    if (isValid(validity, i)) {
      const k = <u64>(keyAt(data, wide, i) - low);
      if (k <= size) {
        row = load<u32>(starts + (<usize>k << 2));
        end = load<u32>(starts + 4 + (<usize>k << 2));
        row = row == end ? 0 : row + 1;
      }
    }
    store<u32>(first + (<usize>s << 2), row);
    store<u32>(ends + (<usize>s << 2), end);
    found += <i32>(row != 0);
  }
  return found;
}

/** Pairs of runs. `state` as in `joinPairs`. */
export function joinRunPairs(first: usize, ends: usize, selection: usize, n: i32, outer: bool, limit: i32, state: usize, probeOut: usize, buildOut: usize): i32 {
  let pairs = 0;
  let s = load<u32>(state);
  let row = load<u32>(state + 4);
  for (; <i32>s < n; s++) {
    if (row == 0) row = load<u32>(first + (<usize>s << 2));
    const probe = rowAt(selection, s);
    if (row == 0) {
      if (outer) {
        if (pairs == limit) break;
        store<u32>(probeOut + (<usize>pairs << 2), probe);
        store<u32>(buildOut + (<usize>pairs << 2), 0xffffffff);
        pairs++;
      }
      continue;
    }
    const end = load<u32>(ends + (<usize>s << 2));
    for (; row <= end && pairs < limit; row++) {
      store<u32>(probeOut + (<usize>pairs << 2), probe);
      store<u32>(buildOut + (<usize>pairs << 2), row - 1);
      pairs++;
    }
    if (row <= end) break;
    row = 0;
  }
  store<u32>(state, s);
  store<u32>(state + 4, row);
  return pairs;
}

/** Keys of all rows as i64, and their chains. @returns 1 if no two rows share a key */
export function joinBuildI64(data: usize, wide: bool, validity: usize, n: i32, keys: usize, heads: usize, mask: u32, next: usize): i32 {
  let unique = 1;
  for (let i = n - 1; i >= 0; i--) {
    if (!isValid(validity, i)) continue;
    const key = keyAt(data, wide, i);
    store<i64>(keys + (<usize>i << 3), key);
    const at = heads + (<usize>(hashKey(key) & mask) << 2);
    const head = load<u32>(at);
    store<u32>(next + (<usize>i << 2), head);
    if (unique != 0) {
      for (let r = head; r != 0; r = load<u32>(next + (<usize>(r - 1) << 2)))
        if (load<i64>(keys + (<usize>(r - 1) << 3)) == key) {
          unique = 0;
          break;
        }
    }
    store<u32>(at, i + 1);
  }
  return unique;
}

/** Packed rows. Rows with a bit of `nullMask` set in their null word match nothing. @returns as `joinBuildI64` */
export function joinBuildRows(rows: usize, stride: i32, viewMask: u32, nullMask: u32, n: i32, hashes: usize, heads: usize, mask: u32, next: usize): i32 {
  let unique = 1;
  const words = stride >> 3;
  for (let i = n - 1; i >= 0; i--) {
    const row = rows + <usize>i * stride;
    if ((<u32>load<u64>(row) & nullMask) != 0) continue;
    const hash = hashRow(row, words, viewMask);
    store<u32>(hashes + (<usize>i << 2), hash);
    const at = heads + (<usize>(hash & mask) << 2);
    const head = load<u32>(at);
    store<u32>(next + (<usize>i << 2), head);
    if (unique != 0) {
      for (let r = head; r != 0; r = load<u32>(next + (<usize>(r - 1) << 2)))
        if (load<u32>(hashes + (<usize>(r - 1) << 2)) == hash && equalRows(rows + <usize>(r - 1) * stride, row, words, viewMask)) {
          unique = 0;
          break;
        }
    }
    store<u32>(at, i + 1);
  }
  return unique;
}

/** One bit per key between the smallest and the largest: is it there? `bits` must be zeroed. Much smaller than a table, for
 * probes that mostly miss. */
export function joinBits(data: usize, wide: bool, validity: usize, n: i32, range: usize, bits: usize): void {
  const low = load<i64>(range);
  for (let i = 0; i < n; i++) {
    if (!isValid(validity, i)) continue;
    const k = <u64>(keyAt(data, wide, i) - low);
    const at = bits + <usize>(k >> 3);
    store<u8>(at, <u8>(<u32>load<u8>(at) | (<u32>1 << (<u32>k & 7))));
  }
}

/** Number of ones in a bitmap of `bytes` bytes. */
export function joinCountBits(bits: usize, bytes: i32): i32 {
  let ones = 0;
  for (let i = 0; i < bytes; i++) ones += <i32>popcnt<u32>(<u32>load<u8>(bits + i));
  return ones;
}

/** Selected rows whose key is there (`want`) or not. @returns how many rows are in `out` */
export function joinSelectBits(data: usize, wide: bool, validity: usize, selection: usize, n: i32, range: usize, bits: usize, want: bool, out: usize): i32 {
  const low = load<i64>(range);
  const size = <u64>(load<i64>(range + 8) - low);
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    let hit = false;
    if (isValid(validity, i)) {
      const k = <u64>(keyAt(data, wide, i) - low);
      if (k <= size) hit = ((<u32>load<u8>(bits + <usize>(k >> 3)) >> (<u32>k & 7)) & 1) != 0;
    }
    store<u32>(out + (<usize>found << 2), i);
    found += <i32>(hit == want);
  }
  return found;
}

/** Selected rows that have a build row in a direct table (`want`), or have none.
 * @param build where first build rows go, or 0 @returns how many rows are in `out` */
export function joinSelectDense(data: usize, wide: bool, validity: usize, selection: usize, n: i32, range: usize, heads: usize, want: bool, out: usize, build: usize): i32 {
  const low = load<i64>(range);
  const size = <u64>(load<i64>(range + 8) - low);
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    let row: u32 = 0;
    if (isValid(validity, i)) {
      const k = <u64>(keyAt(data, wide, i) - low);
      if (k <= size) row = load<u32>(heads + (<usize>k << 2));
    }
    store<u32>(out + (<usize>found << 2), i);
    if (build != 0) store<u32>(build + (<usize>found << 2), row - 1);
    found += <i32>((row != 0) == want);
  }
  return found;
}

// Probing: first candidates of each selected row ----------------------------------------------------------------------

/** First build row + 1 with the key of each selected row, 0 if none. */
export function joinFindDense(data: usize, wide: bool, validity: usize, selection: usize, n: i32, range: usize, heads: usize, out: usize): i32 {
  const low = load<i64>(range);
  const size = <u64>(load<i64>(range + 8) - low);
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    let row: u32 = 0;
    if (isValid(validity, i)) {
      const k = <u64>(keyAt(data, wide, i) - low);
      if (k <= size) row = load<u32>(heads + (<usize>k << 2));
    }
    store<u32>(out + (<usize>s << 2), row);
    found += <i32>(row != 0);
  }
  return found;
}

export function joinFindI64(data: usize, wide: bool, validity: usize, selection: usize, n: i32, keys: usize, heads: usize, mask: u32, next: usize, out: usize): i32 {
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    let row: u32 = 0;
    if (isValid(validity, i)) {
      const key = keyAt(data, wide, i);
      row = load<u32>(heads + (<usize>(hashKey(key) & mask) << 2));
      while (row != 0 && load<i64>(keys + (<usize>(row - 1) << 3)) != key) row = load<u32>(next + (<usize>(row - 1) << 2));
    }
    store<u32>(out + (<usize>s << 2), row);
    found += <i32>(row != 0);
  }
  return found;
}

/** Probe rows are packed, one per selected row. */
export function joinFindRows(probe: usize, n: i32, stride: i32, viewMask: u32, nullMask: u32, rows: usize, hashes: usize, heads: usize, mask: u32, next: usize, out: usize): i32 {
  const words = stride >> 3;
  let found = 0;
  for (let s = 0; s < n; s++) {
    const key = probe + <usize>s * stride;
    let row: u32 = 0;
    if ((<u32>load<u64>(key) & nullMask) == 0) {
      const hash = hashRow(key, words, viewMask);
      row = load<u32>(heads + (<usize>(hash & mask) << 2));
      while (row != 0) {
        if (load<u32>(hashes + (<usize>(row - 1) << 2)) == hash && equalRows(rows + <usize>(row - 1) * stride, key, words, viewMask)) break;
        row = load<u32>(next + (<usize>(row - 1) << 2));
      }
    }
    store<u32>(out + (<usize>s << 2), row);
    found += <i32>(row != 0);
  }
  return found;
}

// Expanding candidates into pairs (probe row, build row) --------------------------------------------------------------

/** `kind`: 0 the whole chain matches (dense), 1 chain rows with equal i64 keys, 2 with equal packed rows.
 * @param outer an unmatched probe row gives one pair with NONE @returns pairs written (at most `limit`) */
export function joinPairs(first: usize, selection: usize, n: i32, kind: i32, keys: usize, stride: i32, viewMask: u32, hashes: usize, next: usize, outer: bool, limit: i32, state: usize, probeOut: usize, buildOut: usize): i32 {
  const words = stride >> 3;
  let pairs = 0;
  let s = load<u32>(state);
  let row = load<u32>(state + 4);
  for (; <i32>s < n; s++) {
    const head = load<u32>(first + (<usize>s << 2));
    if (row == 0) row = head;
    const probe = rowAt(selection, s);
    if (row == 0) {
      if (outer) {
        if (pairs == limit) break;
        store<u32>(probeOut + (<usize>pairs << 2), probe);
        store<u32>(buildOut + (<usize>pairs << 2), 0xffffffff);
        pairs++;
      }
      continue;
    }
    let full = false;
    while (row != 0) {
      if (pairs == limit) {
        full = true;
        break;
      }
      store<u32>(probeOut + (<usize>pairs << 2), probe);
      store<u32>(buildOut + (<usize>pairs << 2), row - 1);
      pairs++;
      row = next == 0 ? 0 : load<u32>(next + (<usize>(row - 1) << 2));
      if (kind == 1) {
        const key = load<i64>(keys + (<usize>(head - 1) << 3));
        while (row != 0 && load<i64>(keys + (<usize>(row - 1) << 3)) != key) row = load<u32>(next + (<usize>(row - 1) << 2));
      } else if (kind == 2) {
        const hash = load<u32>(hashes + (<usize>(head - 1) << 2));
        const key = keys + <usize>(head - 1) * stride;
        while (row != 0 && (load<u32>(hashes + (<usize>(row - 1) << 2)) != hash || !equalRows(keys + <usize>(row - 1) * stride, key, words, viewMask)))
          row = load<u32>(next + (<usize>(row - 1) << 2));
      }
    }
    if (full) break;
  }
  store<u32>(state, s);
  store<u32>(state + 4, row);
  return pairs;
}

/** Selected rows that found a build row (`want`) or did not: their rows, and (found) build rows. @returns how many */
export function joinSplit(first: usize, selection: usize, n: i32, want: bool, rows: usize, build: usize): i32 {
  let out = 0;
  for (let s = 0; s < n; s++) {
    const row = load<u32>(first + (<usize>s << 2));
    store<u32>(rows + (<usize>out << 2), rowAt(selection, s));
    if (build != 0) store<u32>(build + (<usize>out << 2), row - 1);
    out += <i32>((row != 0) == want);
  }
  return out;
}

/** One byte per row: marks those listed; NONE is passed over. */
export function joinMark(rows: usize, n: i32, marks: usize): void {
  for (let s = 0; s < n; s++) {
    const row = load<u32>(rows + (<usize>s << 2));
    if (row != 0xffffffff) store<u8>(marks + row, 1);
  }
}

/** Rows among the selected (0: 0…n−1) whose mark equals `want`. */
export function joinMarked(marks: usize, selection: usize, n: i32, want: bool, out: usize): i32 {
  let found = 0;
  for (let s = 0; s < n; s++) {
    const i = rowAt(selection, s);
    store<u32>(out + (<usize>found << 2), i);
    found += <i32>((load<u8>(marks + i) != 0) == want);
  }
  return found;
}

/** All pairs of probe rows and build rows from…; for joins without keys. `state` as in `joinPairs`. */
export function joinCross(selection: usize, n: i32, buildRows: u32, limit: i32, state: usize, probeOut: usize, buildOut: usize): i32 {
  let pairs = 0;
  let s = load<u32>(state);
  let row = load<u32>(state + 4);
  while (<i32>s < n && pairs < limit) {
    if (row >= buildRows) {
      row = 0;
      s++;
      continue;
    }
    store<u32>(probeOut + (<usize>pairs << 2), rowAt(selection, s));
    store<u32>(buildOut + (<usize>pairs << 2), row);
    pairs++;
    row++;
  }
  store<u32>(state, s);
  store<u32>(state + 4, row);
  return pairs;
}
