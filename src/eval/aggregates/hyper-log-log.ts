import { BIASES, RAW_ESTIMATES, THRESHOLDS } from './hyper-log-log-data.js';

const NEIGHBOURS = 6;

/** Registers of HyperLogLog++ over 64-bit hashes. Spark: `HyperLogLogPlusPlusHelper`. */
export class HyperLogLog {
  readonly registers: Uint8Array;
  readonly #p: number;
  constructor(relativeSD = 0.05) {
    this.#p = Math.ceil((2 * Math.log(1.106 / relativeSD)) / Math.log(2));
    this.registers = new Uint8Array(1 << this.#p);
  }

  /** @param hash signed 64-bit */
  add(hash: bigint): void {
    const x = BigInt.asUintN(64, hash);
    const index = Number(x >> BigInt(64 - this.#p));
    const rest = BigInt.asUintN(64, x << BigInt(this.#p)) | (1n << BigInt(this.#p - 1));
    const zeros = 64 - rest.toString(2).length + 1;
    if (zeros > (this.registers[index] as number)) this.registers[index] = zeros;
  }

  merge(other: HyperLogLog): void {
    for (let i = 0; i < this.registers.length; i++) {
      if ((other.registers[i] as number) > (this.registers[i] as number))
        this.registers[i] = other.registers[i] as number;
    }
  }

  estimate(): bigint {
    const m = this.registers.length;
    let inverse = 0;
    let empty = 0;
    for (const r of this.registers) {
      inverse += 2 ** -r;
      if (r === 0) empty++;
    }
    const raw = alphaM2(this.#p, m) / inverse;
    const corrected = (): number => (this.#p < 19 && raw < 5 * m ? raw - bias(this.#p, raw) : raw);
    let result: number;
    if (empty > 0) {
      const linear = m * Math.log(m / empty);
      const small = (this.#p < 19 && linear <= (THRESHOLDS[this.#p - 4] as number)) || raw <= 2.5 * m;
      result = small ? linear : corrected();
    } else result = corrected();
    return BigInt(Math.floor(result + 0.5));
  }
}

function alphaM2(p: number, m: number): number {
  if (p === 4) return 0.673 * m * m;
  if (p === 5) return 0.697 * m * m;
  if (p === 6) return 0.709 * m * m;
  return (0.7213 / (1 + 1.079 / m)) * m * m;
}

/** Mean bias of the six raw estimates nearest to `e`. */
function bias(p: number, e: number): number {
  const estimates = RAW_ESTIMATES[p - 4] as readonly number[];
  const n = estimates.length;
  const distance = (i: number): number => (e - (estimates[i] as number)) ** 2;
  let nearest = 0;
  while (nearest < n && (estimates[nearest] as number) < e) nearest++;
  let low = Math.max(nearest - NEIGHBOURS + 1, 0);
  let high = Math.min(low + NEIGHBOURS, n);
  while (high < n && distance(high) < distance(low)) {
    low++;
    high++;
  }
  let sum = 0;
  for (let i = low; i < high; i++) sum += (BIASES[p - 4] as readonly number[])[i] as number;
  return sum / (high - low);
}
