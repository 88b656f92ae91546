const SIZE = 624;
const SHIFT = 397;

/** MT19937 as commons-math3 seeds and draws it: what Spark's `shuffle` and `uuid` use. Java: `MersenneTwister(long)` */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  constructor(seed: bigint) {
    const key = [Number(BigInt.asUintN(32, seed >> 32n)), Number(BigInt.asUintN(32, seed))];
    const mt = this.#state;
    const previous = (i: number): number => (mt[i - 1] as number) ^ ((mt[i - 1] as number) >>> 30);
    mt[0] = 19650218;
    for (let i = 1; i < SIZE; i++) mt[i] = Math.imul(1812433253, previous(i)) + i;
    let i = 1;
    const step = () => {
      if (++i < SIZE) return;
      mt[0] = mt[SIZE - 1] as number;
      i = 1;
    };
    for (let k = 0; k < SIZE; k++) {
      const j = k % key.length;
      mt[i] = ((mt[i] as number) ^ Math.imul(previous(i), 1664525)) + (key[j] as number) + j;
      step();
    }
    for (let k = 1; k < SIZE; k++) {
      mt[i] = ((mt[i] as number) ^ Math.imul(previous(i), 1566083941)) - i;
      step();
    }
    mt[0] = 0x80000000;
  }

  /** The next 32 bits, signed. */
  next32(): number {
    if (this.#next >= SIZE) this.#twist();
    let y = this.#state[this.#next++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  nextLong(): bigint {
    const high = BigInt(this.next32());
    return BigInt.asIntN(64, (high << 32n) | BigInt.asUintN(32, BigInt(this.next32())));
  }

  /** 0 up to `bound` exclusive, which is at least 1. */
  nextInt(bound: number): number {
    if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(this.next32() >>> 1)) >> 31n);
    for (;;) {
      const bits = this.next32() >>> 1;
      const value = bits % bound;
      if (bits - value + (bound - 1) < 2 ** 31) return value;
    }
  }

  #twist(): void {
    const mt = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = ((mt[i] as number) & 0x80000000) | ((mt[(i + 1) % SIZE] as number) & 0x7fffffff);
      mt[i] = (mt[(i + SHIFT) % SIZE] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#next = 0;
  }
}
