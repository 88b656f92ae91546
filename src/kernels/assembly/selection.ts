/** Rows of a boolean vector that are true and valid, among the selected ones.
 * @returns number of rows written to `out` (u32, ascending) */
export function selectTrue(data: usize, validity: usize, selection: usize, count: i32, out: usize): i32 {
  let n = 0;
  if (selection == 0) {
    for (let i = 0; i < count; i++) {
      let keep = i32(load<u8>(data + i));
      if (validity != 0) keep &= (i32(load<u8>(validity + (i >> 3))) >> (i & 7)) & 1;
      store<u32>(out + (n << 2), i);
      n += keep;
    }
  } else {
    for (let s = 0; s < count; s++) {
      const i = load<u32>(selection + (s << 2));
      let keep = i32(load<u8>(data + i));
      if (validity != 0) keep &= (i32(load<u8>(validity + (i >> 3))) >> (i & 7)) & 1;
      store<u32>(out + (n << 2), i);
      n += keep;
    }
  }
  return n;
}
