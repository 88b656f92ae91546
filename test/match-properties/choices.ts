import fc from 'fast-check';

/** Numbers that decisions are made by, one each. What was cut off decides as 0, which is always the plainest choice: a failing
 * case shrinks by shortening and lowering them. */
export class Choices {
  #at = 0;
  constructor(private readonly numbers: readonly number[]) {}

  /** 0 to n - 1. */
  below(n: number): number {
    const value = this.numbers[this.#at++] ?? 0;
    return value % n;
  }
  chance(p: number): boolean {
    const value = this.numbers[this.#at++] ?? 0;
    return value > (1 - p) * RANGE;
  }
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
  /** Each with its weight; the first is the plainest. */
  weighted<T>(options: readonly (readonly [weight: number, value: T])[]): T {
    const total = options.reduce((sum, [w]) => sum + w, 0);
    let at = ((this.numbers[this.#at++] ?? 0) / RANGE) * total;
    for (const [w, value] of options) {
      at -= w;
      if (at < 0) return value;
    }
    return options[0]![1];
  }
  /** Some of them, in their order, at least `least`. */
  some<T>(from: readonly T[], p: number, least = 0): T[] {
    const kept = from.filter(() => this.chance(p));
    return kept.length >= least ? kept : from.slice(0, least);
  }
  shuffle<T>(from: readonly T[]): T[] {
    const out = [...from];
    for (let i = 0; i + 1 < out.length; i++) {
      const j = i + this.below(out.length - i);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }
}

const RANGE = 10_000;

export function choices(most: number): fc.Arbitrary<readonly number[]> {
  return fc.noBias(fc.array(fc.nat({ max: RANGE - 1 }), { minLength: 0, maxLength: most, size: 'max' }).map((a) => a));
}
