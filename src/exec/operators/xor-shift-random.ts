const MASK = 0xffff_ffff_ffff_ffffn;
/** Seed of Scala's `MurmurHash3.bytesHash` over arrays. */
const ARRAY_SEED = 0x3c074a61;

/** Spark's random stream. Spark: `XORShiftRandom`. */
export class XorShiftRandom {
  #seed: bigint;

  constructor(seed: bigint) {
    this.#seed = hashSeed(seed);
  }

  #next(bits: number): number {
    let next = this.#seed ^ ((this.#seed << 21n) & MASK);
    next ^= next >> 35n;
    next ^= (next << 4n) & MASK;
    this.#seed = next & MASK;
    return Number(this.#seed & ((1n << BigInt(bits)) - 1n));
  }

  /** In [0, bound), whole. Java: `Random.nextInt`. */
  nextInt(bound: number): number {
    let r = this.#next(31);
    if ((bound & (bound - 1)) === 0) return Math.floor((bound * r) / 2 ** 31);
    // Numbers above the last whole multiple of the bound would favour small results.
    for (let u = r; u - (r = u % bound) + bound - 1 >= 2 ** 31; u = this.#next(31));
    return r;
  }

  /** In [0, 1). Java: `Random.nextDouble`. */
  nextDouble(): number {
    return (this.#next(26) * 2 ** 27 + this.#next(27)) * 2 ** -53;
  }
}

function hashSeed(seed: bigint): bigint {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, seed));
  const low = bytesHash(bytes, ARRAY_SEED);
  const high = bytesHash(bytes, low);
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** Murmur3 of 8 bytes read as little-endian words. */
function bytesHash(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer);
  let h = seed;
  for (let i = 0; i < bytes.length; i += 4) {
    let k = Math.imul(view.getInt32(i, true), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  h ^= bytes.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
