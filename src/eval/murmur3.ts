/** Murmur3 x86 32 as Spark has it: the tail's bytes are mixed one by one as signed ints. Spark: `Murmur3_x86_32`. */
const C1 = 0xcc9e2d51 | 0;
const C2 = 0x1b873593 | 0;
const rotl = (x: number, n: number): number => (x << n) | (x >>> (32 - n));
const mixK1 = (k: number): number => Math.imul(rotl(Math.imul(k, C1), 15), C2);
const mixH1 = (h: number, k: number): number => (Math.imul(rotl(h ^ k, 13), 5) + 0xe6546b64) | 0;
function fmix(h: number, length: number): number {
  let x = h ^ length;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b | 0);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35 | 0);
  return x ^ (x >>> 16);
}

export function hashInt32(value: number, seed: number): number {
  return fmix(mixH1(seed, mixK1(value | 0)), 4);
}
export function hashLong32(value: bigint, seed: number): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return fmix(mixH1(mixH1(seed, mixK1(low)), mixK1(high)), 8);
}
export function hashBytes32(bytes: Uint8Array, seed: number): number {
  const aligned = bytes.length & ~3;
  let h = seed;
  for (let i = 0; i < aligned; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    h = mixH1(h, mixK1(word));
  }
  for (let i = aligned; i < bytes.length; i++) h = mixH1(h, mixK1(((bytes[i] as number) << 24) >> 24));
  return fmix(h, bytes.length);
}
