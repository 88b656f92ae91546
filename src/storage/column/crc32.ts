import * as zlib from 'node:zlib';

// Node has it from 20.15 on; it runs at memory speed there.
const native = (zlib as { crc32?: (bytes: Uint8Array, value: number) => number }).crc32;
let table: Uint32Array | undefined;

/** CRC-32 as in zlib, of bytes that follow others: `value` is the sum of those, 0 at first. */
export function crc32(bytes: Uint8Array, value = 0): number {
  return native ? native(bytes, value) : crc32Portable(bytes, value);
}

/** As `crc32`, without help of Node. */
export function crc32Portable(bytes: Uint8Array, value = 0): number {
  table ??= new Uint32Array(256).map((_, n) => {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb8_8320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  let c = ~value;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
