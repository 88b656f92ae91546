const MASK = (1n << 48n) - 1n;
const MULTIPLIER = 0x5deece66dn;

/** The seeds that Spark draws for partitions. Java: `java.util.Random`. */
export class JavaRandom {
  #seed: bigint;
  constructor(seed: bigint) {
    this.#seed = (BigInt.asUintN(64, seed) ^ MULTIPLIER) & MASK;
  }
  #next(bits: bigint): bigint {
    this.#seed = (this.#seed * MULTIPLIER + 0xbn) & MASK;
    return BigInt.asIntN(32, this.#seed >> (48n - bits));
  }
  nextLong(): bigint {
    const high = this.#next(32n);
    return BigInt.asIntN(64, (high << 32n) + this.#next(32n));
  }
  longs(n: number): bigint[] {
    return Array.from({ length: n }, () => this.nextLong());
  }
}
