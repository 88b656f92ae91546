import { rowAt, valid } from './lib/bits';
import { equalBytes } from './lib/compare-bytes';

// Membership in a list without nulls; booleans out. Null rows give garbage.

// @ts-ignore: decorator
@inline
function inSorted<T>(a: usize, list: usize, n: i32, out: usize, selection: usize, count: i32): void {
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    const x = load<T>(a + i * sizeof<T>());
    let found: bool = false;
    if (n <= 8) {
      for (let k = 0; k < n; k++) found = found || load<T>(list + usize(k) * sizeof<T>()) == x;
    } else {
      let lo = 0;
      let hi = n;
      while (lo < hi) {
        const mid = (lo + hi) >> 1;
        if (load<T>(list + usize(mid) * sizeof<T>()) < x) lo = mid + 1;
        else hi = mid;
      }
      found = lo < n && load<T>(list + usize(lo) * sizeof<T>()) == x;
    }
    store<u8>(out + i, u8(found));
  }
}
/** Is the int32 in the ascending list? */
export function inI32(a: usize, list: usize, n: i32, out: usize, selection: usize, count: i32): void {
  inSorted<i32>(a, list, n, out, selection, count);
}
/** Is the int64 in the ascending list? */
export function inI64(a: usize, list: usize, n: i32, out: usize, selection: usize, count: i32): void {
  inSorted<i64>(a, list, n, out, selection, count);
}

// @ts-ignore: decorator
@inline
function shortHash(v: u64): u32 {
  const n = u32(v >> 32);
  const at = usize(u32(v));
  let h: u64 = u64(n) * 0x9e3779b97f4a7c15;
  if (n >= 8) h ^= load<u64>(at) ^ rotl<u64>(load<u64>(at + n - 8), 31);
  else for (let k: u32 = 0; k < n; k++) h = (h ^ load<u8>(at + k)) * 0xd6e8feb86659fd93;
  h *= 0xd6e8feb86659fd93;
  return u32(h >> 32);
}

/** Fills an open-addressing table of `slots` views (a power of two, zeroed, over twice `n`; a used slot holds index + 1
 * as u32) with `n` views. */
export function buildViewSet(list: usize, n: i32, table: usize, slots: i32): void {
  const mask = u32(slots - 1);
  for (let k = 0; k < n; k++) {
    let slot = shortHash(load<u64>(list + (k << 3))) & mask;
    while (load<u32>(table + (slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(table + (slot << 2), k + 1);
  }
}
/** Is the string in the set? */
export function inViewSet(a: usize, list: usize, table: usize, slots: i32, validity: usize, out: usize, selection: usize, count: i32): void {
  const mask = u32(slots - 1);
  for (let s = 0; s < count; s++) {
    const i = rowAt(selection, s);
    if (!valid(validity, i)) continue;
    const v = load<u64>(a + (i << 3));
    let slot = shortHash(v) & mask;
    let found: bool = false;
    for (let k = load<u32>(table + (slot << 2)); k != 0; k = load<u32>(table + (slot << 2))) {
      if (equalBytes(load<u64>(list + ((k - 1) << 3)), v)) {
        found = true;
        break;
      }
      slot = (slot + 1) & mask;
    }
    store<u8>(out + i, u8(found));
  }
}
