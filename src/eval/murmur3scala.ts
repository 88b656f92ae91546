const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
function mixLast(h: number, k: number): number {
  return h ^ Math.imul(rotl(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
}

/** The standard Murmur3 over bytes, little-endian words, as in Scala's `MurmurHash3.bytesHash`. */
export function hashBytes32(bytes: Uint8Array, seed: number): number {
  let h = seed;
  const words = bytes.length >> 2;
  for (let w = 0; w < words; w++) {
    const i = w * 4;
    const k =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    h = (Math.imul(rotl(mixLast(h, k), 13), 5) + 0xe6546b64) | 0;
  }
  const tail = words * 4;
  let k = 0;
  const rest = bytes.length - tail;
  if (rest === 3) k ^= (bytes[tail + 2] as number) << 16;
  if (rest >= 2) k ^= (bytes[tail + 1] as number) << 8;
  if (rest >= 1) h = mixLast(h, k ^ (bytes[tail] as number));
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
