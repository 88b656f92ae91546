/** Moving rows between columns: by row number, densely, or to given positions. `NONE` as a row number makes a null. */
const NONE: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function copyValue(data: usize, from: usize, out: usize, to: usize, size: i32): void {
  if (size == 8) store<u64>(out + (to << 3), load<u64>(data + (from << 3)));
  else if (size == 4) store<u32>(out + (to << 2), load<u32>(data + (from << 2)));
  else if (size == 1) store<u8>(out + to, load<u8>(data + from));
  else v128.store(out + (to << 4), v128.load(data + (from << 4)));
}

/** out[s] = data[rows[s]] for n rows; @param size bytes of a value: 1, 4, 8, 16 */
export function moveGather(data: usize, rows: usize, n: i32, size: i32, out: usize): void {
  if (size == 8) {
    for (let s = 0; s < n; s++) store<u64>(out + (<usize>s << 3), load<u64>(data + (<usize>load<u32>(rows + (<usize>s << 2)) << 3)));
  } else if (size == 4) {
    for (let s = 0; s < n; s++) store<u32>(out + (<usize>s << 2), load<u32>(data + (<usize>load<u32>(rows + (<usize>s << 2)) << 2)));
  } else if (size == 1) {
    for (let s = 0; s < n; s++) store<u8>(out + s, load<u8>(data + <usize>load<u32>(rows + (<usize>s << 2))));
  } else {
    for (let s = 0; s < n; s++) v128.store(out + (<usize>s << 4), v128.load(data + (<usize>load<u32>(rows + (<usize>s << 2)) << 4)));
  }
}

/** As `moveGather`, where a row number may be NONE: its slot is zeroed. */
export function moveGatherOuter(data: usize, rows: usize, n: i32, size: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    const row = load<u32>(rows + (<usize>s << 2));
    if (row == NONE) memory.fill(out + <usize>s * size, 0, size);
    else copyValue(data, row, out, s, size);
  }
}

/** Views of dictionary-encoded rows. */
export function moveGatherCodes(dictionary: usize, codes: usize, rows: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    const row = rows == 0 ? <u32>s : load<u32>(rows + (<usize>s << 2));
    if (row == NONE) store<u64>(out + (<usize>s << 3), 0);
    else store<u64>(out + (<usize>s << 3), load<u64>(dictionary + (<usize>load<u32>(codes + (<usize>row << 2)) << 3)));
  }
}

// @ts-ignore: decorator
@inline
function bit(bitmap: usize, i: u32): u32 {
  return (<u32>load<u8>(bitmap + (<usize>i >> 3)) >> (i & 7)) & 1;
}

// @ts-ignore: decorator
@inline
function putBit(bitmap: usize, i: u32, one: u32): void {
  const at = bitmap + (<usize>i >> 3);
  const b = <u32>load<u8>(at);
  store<u8>(at, (b & ~(<u32>1 << (i & 7))) | (one << (i & 7)));
}

/** Validity of gathered rows, written from bit `offset` of `out` on. `validity` 0: all valid but NONE. @returns nulls */
export function moveGatherBits(validity: usize, rows: usize, n: i32, out: usize, offset: i32): i32 {
  let nulls = 0;
  for (let s = 0; s < n; s++) {
    const row = load<u32>(rows + (<usize>s << 2));
    const one: u32 = row == NONE ? 0 : validity == 0 ? 1 : bit(validity, row);
    putBit(out, offset + s, one);
    nulls += 1 - <i32>one;
  }
  return nulls;
}

/** Copies n bits from bit 0 of `bitmap` (0: ones) to bit `offset` of `out`. @returns zeros among them */
export function moveBits(bitmap: usize, n: i32, out: usize, offset: i32): i32 {
  let nulls = 0;
  if ((offset & 7) == 0) {
    let i = 0;
    for (; i + 8 <= n; i += 8) {
      const b = bitmap == 0 ? <u32>255 : <u32>load<u8>(bitmap + (<usize>i >> 3));
      store<u8>(out + (<usize>(offset + i) >> 3), b);
      nulls += 8 - <i32>popcnt<u32>(b);
    }
    for (; i < n; i++) {
      const one: u32 = bitmap == 0 ? 1 : bit(bitmap, i);
      putBit(out, offset + i, one);
      nulls += 1 - <i32>one;
    }
    return nulls;
  }
  for (let i = 0; i < n; i++) {
    const one: u32 = bitmap == 0 ? 1 : bit(bitmap, i);
    putBit(out, offset + i, one);
    nulls += 1 - <i32>one;
  }
  return nulls;
}

/** out[to[s]] = data[from[s]] for n pairs: build columns laid beside probe rows where they stand. */
export function moveScatter(data: usize, from: usize, to: usize, n: i32, size: i32, out: usize): void {
  if (size == 8) {
    for (let s = 0; s < n; s++)
      store<u64>(out + (<usize>load<u32>(to + (<usize>s << 2)) << 3), load<u64>(data + (<usize>load<u32>(from + (<usize>s << 2)) << 3)));
  } else if (size == 4) {
    for (let s = 0; s < n; s++)
      store<u32>(out + (<usize>load<u32>(to + (<usize>s << 2)) << 2), load<u32>(data + (<usize>load<u32>(from + (<usize>s << 2)) << 2)));
  } else {
    for (let s = 0; s < n; s++)
      copyValue(data, load<u32>(from + (<usize>s << 2)), out, load<u32>(to + (<usize>s << 2)), size);
  }
}

/** Validity of scattered rows; slots that are not written keep what they hold. */
export function moveScatterBits(validity: usize, from: usize, to: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++)
    putBit(out, load<u32>(to + (<usize>s << 2)), validity == 0 ? 1 : bit(validity, load<u32>(from + (<usize>s << 2))));
}

/** Row numbers from, from+1, … into u32. */
export function moveIota(from: i32, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) store<u32>(out + (<usize>s << 2), from + s);
}

/** out[s] = a[b[s]]: composes two row lists; NONE stays NONE. */
export function moveCompose(a: usize, b: usize, n: i32, out: usize): void {
  for (let s = 0; s < n; s++) {
    const row = load<u32>(b + (<usize>s << 2));
    store<u32>(out + (<usize>s << 2), row == NONE ? NONE : load<u32>(a + (<usize>row << 2)));
  }
}

/** Sign-extends n integers of 4 or 8 bytes to 8 or 16, or cuts 16 and 8 to 8 and 4. */
export function moveWiden(data: usize, size: i32, n: i32, out: usize, outSize: i32): void {
  for (let i = 0; i < n; i++) {
    const x = size == 4 ? <i64>load<i32>(data + (<usize>i << 2)) : load<i64>(data + <usize>i * size);
    if (outSize == 16) {
      store<i64>(out + (<usize>i << 4), x);
      store<i64>(out + (<usize>i << 4) + 8, x >> 63);
    } else if (outSize == 8) store<i64>(out + (<usize>i << 3), x);
    else store<i32>(out + (<usize>i << 2), <i32>x);
  }
}

export function moveCopy(from: usize, to: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

export function moveFill(at: usize, byte: i32, bytes: usize): void {
  memory.fill(at, <u8>byte, bytes);
}
