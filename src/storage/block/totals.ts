import type { RowTotal } from '../column/vector.js';
import type { Chunk } from './block.js';
import type { BlockContext } from './context.js';
import { KIND } from './layout.js';

/** Adds up columns of chosen rows as they are stored: nothing is widened, no row is listed. */
export class Totals {
  /** Chosen rows so far, nulls included. */
  rows = 0;
  readonly #slots: readonly number[];
  /** By slot in `#slots`: values that are not null, and their sum. */
  readonly #counts: number[];
  readonly #sums: bigint[];

  /** Bytes of a slot that is not narrowed, by slot in `#slots`. */
  readonly stored: readonly number[];

  /** @param wanted slot by total; undefined: rows are counted
   * @param widthOf bytes that a slot's values have where they are not narrowed */
  constructor(
    readonly context: BlockContext,
    readonly wanted: readonly (number | undefined)[],
    widthOf: (slot: number) => number,
  ) {
    this.#slots = [...new Set(wanted.filter((slot) => slot !== undefined))];
    this.stored = this.#slots.map(widthOf);
    this.#counts = this.#slots.map(() => 0);
    this.#sums = this.#slots.map(() => 0n);
  }

  /** Adds the `found` of a batch's `rows` rows whose bit is set. @param bits 0: all of them
   * @returns false if a chunk holds other slots than of at most 4 bytes; then nothing was added */
  add(chunks: readonly Chunk[], bits: number, rows: number, found: number): boolean {
    for (const [i, slot] of this.#slots.entries()) {
      const { kind, width } = chunks[slot]!;
      if (kind === KIND.frame ? width > 4 : kind !== KIND.plain || this.stored[i] !== 4) return false;
    }
    const { kernels } = this.context;
    this.#slots.forEach((slot, i) => {
      const { kind, data, width, base, validity } = chunks[slot]!;
      let n = found;
      if (validity !== 0)
        n = bits === 0 ? kernels.countValid(validity, 0, rows) : kernels.blockCountBoth(validity, bits, rows);
      this.#counts[i]! += n;
      if (kind === KIND.plain) this.#sums[i]! += kernels.blockSumI32(data, validity, bits, rows);
      else {
        const distances = width === 0 ? 0n : kernels.blockSum(data, width, validity, bits, rows);
        this.#sums[i]! += distances + base * BigInt(n);
      }
    });
    this.rows += found;
    return true;
  }

  /** What was added up, in the order of `wanted`. */
  get results(): readonly RowTotal[] {
    return this.wanted.map((slot) => {
      const i = slot === undefined ? -1 : this.#slots.indexOf(slot);
      return i < 0 ? { count: this.rows, sum: 0n } : { count: this.#counts[i]!, sum: this.#sums[i]! };
    });
  }
}
