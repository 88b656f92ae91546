/** Orders two views (u32 address, u32 length, as one u64) by unsigned bytes, shorter first. @returns <0, 0, >0 */
export function compareBytes(x: u64, y: u64): i32 {
  const la = u32(x >> 32);
  const lb = u32(y >> 32);
  let a = usize(u32(x));
  let b = usize(u32(y));
  let n = min(la, lb);
  while (n >= 8) {
    const p = load<u64>(a);
    const q = load<u64>(b);
    if (p != q) return bswap<u64>(p) < bswap<u64>(q) ? -1 : 1;
    a += 8;
    b += 8;
    n -= 8;
  }
  while (n > 0) {
    const p = load<u8>(a);
    const q = load<u8>(b);
    if (p != q) return p < q ? -1 : 1;
    a++;
    b++;
    n--;
  }
  return la == lb ? 0 : la < lb ? -1 : 1;
}

/** Are the bytes of two views equal? */
export function equalBytes(x: u64, y: u64): bool {
  if (x >> 32 != y >> 32) return false;
  let n = u32(x >> 32);
  let a = usize(u32(x));
  let b = usize(u32(y));
  if (a == b) return true;
  while (n >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false;
    a += 8;
    b += 8;
    n -= 8;
  }
  while (n > 0) {
    if (load<u8>(a) != load<u8>(b)) return false;
    a++;
    b++;
    n--;
  }
  return true;
}
