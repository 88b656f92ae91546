/** Is row `i` valid? A validity address of 0 means that all rows are. */
// @ts-ignore: decorator
@inline
export function valid(validity: usize, i: u32): bool {
  return validity == 0 || ((load<u8>(validity + (i >> 3)) >> u8(i & 7)) & 1) != 0;
}

/** The s-th selected row; selection 0 selects every row. */
// @ts-ignore: decorator
@inline
export function rowAt(selection: usize, s: i32): u32 {
  return selection == 0 ? u32(s) : load<u32>(selection + (usize(s) << 2));
}

// @ts-ignore: decorator
@inline
export function setBit(bits: usize, i: u32, on: bool): void {
  const at = bits + (i >> 3);
  const mask: u8 = u8(1) << u8(i & 7);
  const old = load<u8>(at);
  store<u8>(at, on ? old | mask : old & ~mask);
}

/** Eight bytes of 0 or 1 to eight bits, the first byte to the lowest. */
// @ts-ignore: decorator
@inline
export function pack8(bytes: u64): u32 {
  return u32(((bytes & 0x0101010101010101) * 0x0102040810204080) >> 56);
}

/** Eight bits to eight bytes of 0 or 1. */
// @ts-ignore: decorator
@inline
export function unpack8(bits: u32): u64 {
  const spread = (u64(bits) * 0x0101010101010101) & 0x8040201008040201;
  return ((spread + 0x7f7f7f7f7f7f7f7f) >> 7) & 0x0101010101010101;
}
