import { hashBytes32 } from './murmur3scala.js';

/** Spark's random stream: xorshift over a hashed seed, behind the interface of `java.util.Random`.
 * Spark: `XORShiftRandom`; rand uses seed + partition index. */
export class XorShiftRandom {
  #seed: bigint;
  #spare: number | undefined;
  constructor(seed: bigint) {
    this.#seed = hashSeed(seed);
  }
  #next(bits: number): number {
    let s = this.#seed;
    s ^= BigInt.asIntN(64, s << 21n);
    s ^= BigInt.asUintN(64, s) >> 35n;
    s = BigInt.asIntN(64, s);
    s ^= BigInt.asIntN(64, s << 4n);
    this.#seed = s;
    return Number(BigInt.asIntN(32, s & ((1n << BigInt(bits)) - 1n)));
  }
  /** Uniform in [0, 1). */
  nextDouble(): number {
    const high = this.#next(26);
    const low = this.#next(27);
    return (high * 2 ** 27 + low) * 2 ** -53;
  }
  nextInt(): number {
    return this.#next(32);
  }
  nextLong(): bigint {
    const high = BigInt(this.#next(32));
    return BigInt.asIntN(64, (high << 32n) + BigInt(this.#next(32)));
  }
  /** Standard normal, by the polar method with a spare. Java: `Random.nextGaussian`. */
  nextGaussian(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    for (;;) {
      const v1 = 2 * this.nextDouble() - 1;
      const v2 = 2 * this.nextDouble() - 1;
      const s = v1 * v1 + v2 * v2;
      if (s >= 1 || s === 0) continue;
      const multiplier = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = v2 * multiplier;
      return v1 * multiplier;
    }
  }
}

/** Spark: `XORShiftRandom.hashSeed`, two rounds of Scala's MurmurHash3 over the seed's bytes. */
function hashSeed(seed: bigint): bigint {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, seed);
  const low = hashBytes32(bytes, 0x3c074a61);
  const high = hashBytes32(bytes, low);
  return BigInt.asIntN(64, (BigInt(high) << 32n) | (BigInt(low) & 0xffffffffn));
}
