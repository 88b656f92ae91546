interface Bin {
  x: number;
  y: number;
}

/** `java.util.Random`, of which only doubles are needed. */
class JavaRandom {
  #seed: bigint;
  constructor(seed: bigint) {
    this.#seed = (seed ^ 0x5deece66dn) & ((1n << 48n) - 1n);
  }
  #next(bits: bigint): number {
    this.#seed = (this.#seed * 0x5deece66dn + 0xbn) & ((1n << 48n) - 1n);
    return Number(this.#seed >> (48n - bits));
  }
  nextDouble(): number {
    const high = this.#next(26n);
    return (high * 2 ** 27 + this.#next(27n)) * 2 ** -53;
  }
}

/** Histogram with a bounded number of bins that merges the two nearest. Spark: `NumericHistogram` (from Hive). */
export class NumericHistogram {
  #bins: Bin[] = [];
  readonly #random = new JavaRandom(31_183n);
  constructor(readonly limit: number) {}

  get bins(): readonly Readonly<Bin>[] {
    return this.#bins;
  }

  add(value: number): void {
    let low = 0;
    let high = this.#bins.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.#bins[mid] as Bin).x < value) low = mid + 1;
      else high = mid;
    }
    const bin = this.#bins[low];
    if (bin?.x === value) {
      bin.y++;
      return;
    }
    this.#bins.splice(low, 0, { x: value, y: 1 });
    this.#trim();
  }

  merge(other: NumericHistogram): void {
    this.#bins = [...this.#bins, ...other.#bins.map((b) => ({ ...b }))].sort((a, b) => a.x - b.x);
    this.#trim();
  }

  #trim(): void {
    const bins = this.#bins;
    while (bins.length > this.limit) {
      let smallest = (bins[1] as Bin).x - (bins[0] as Bin).x;
      let at = 0;
      let ties = 1;
      for (let i = 1; i < bins.length - 1; i++) {
        const gap = (bins[i + 1] as Bin).x - (bins[i] as Bin).x;
        if (gap < smallest) {
          smallest = gap;
          at = i;
          ties = 1;
        } else if (gap === smallest && this.#random.nextDouble() <= 1 / ++ties) at = i;
      }
      const a = bins[at] as Bin;
      const b = bins[at + 1] as Bin;
      const weight = a.y + b.y;
      bins.splice(at, 2, { x: a.x * (a.y / weight) + b.x * (b.y / weight), y: weight });
    }
  }
}
