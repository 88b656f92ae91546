/** XXH64 as Spark has it. Spark: `XXH64`. Values are bigints of 64 bits, signed at the borders. */
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;
const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotl = (x: bigint, n: bigint): bigint => u64((x << n) | (x >> (64n - n)));

function fmix(h: bigint): bigint {
  let x = h ^ (h >> 33n);
  x = u64(x * P2);
  x ^= x >> 29n;
  x = u64(x * P3);
  x ^= x >> 32n;
  return BigInt.asIntN(64, x);
}

export function hashInt64(value: number, seed: bigint): bigint {
  let h = u64(u64(seed) + P5 + 4n);
  h ^= u64(BigInt(value >>> 0) * P1);
  h = u64(rotl(h, 23n) * P2 + P3);
  return fmix(h);
}
export function hashLong64(value: bigint, seed: bigint): bigint {
  let h = u64(u64(seed) + P5 + 8n);
  h ^= u64(rotl(u64(u64(value) * P2), 31n) * P1);
  h = u64(rotl(h, 27n) * P1 + P4);
  return fmix(h);
}
export function hashBytes64(bytes: Uint8Array, signedSeed: bigint): bigint {
  const seed = u64(signedSeed);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const n = bytes.length;
  let at = 0;
  let h: bigint;
  if (n >= 32) {
    let v1 = u64(seed + P1 + P2);
    let v2 = u64(seed + P2);
    let v3 = seed;
    let v4 = u64(seed - P1);
    const round = (v: bigint, offset: number): bigint =>
      u64(rotl(u64(v + view.getBigUint64(offset, true) * P2), 31n) * P1);
    for (; at <= n - 32; at += 32) {
      v1 = round(v1, at);
      v2 = round(v2, at + 8);
      v3 = round(v3, at + 16);
      v4 = round(v4, at + 24);
    }
    h = u64(rotl(v1, 1n) + rotl(v2, 7n) + rotl(v3, 12n) + rotl(v4, 18n));
    for (const v of [v1, v2, v3, v4]) h = u64((h ^ u64(rotl(u64(v * P2), 31n) * P1)) * P1 + P4);
  } else h = u64(seed + P5);
  h = u64(h + BigInt(n));
  for (; at <= n - 8; at += 8) {
    h ^= u64(rotl(u64(view.getBigUint64(at, true) * P2), 31n) * P1);
    h = u64(rotl(h, 27n) * P1 + P4);
  }
  if (at <= n - 4) {
    h ^= u64(BigInt(view.getUint32(at, true)) * P1);
    h = u64(rotl(h, 23n) * P2 + P3);
    at += 4;
  }
  for (; at < n; at++) {
    h ^= u64(BigInt(bytes[at] as number) * P5);
    h = u64(rotl(h, 11n) * P1);
  }
  return fmix(h);
}
