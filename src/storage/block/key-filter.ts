import type { Chunk } from './block.js';
import type { BlockContext } from './context.js';
import { KIND } from './layout.js';
import type { KeyTest } from './range-filter.js';

/** After so many rows a test that keeps more than half of them is given up. */
const TRIAL_ROWS = 40_000;

/** Tests keys on their stored values. */
export class KeyFilter {
  #seen = 0;
  #kept = 0;

  /** @param stored bytes of a slot of the key's column that is not narrowed */
  constructor(
    readonly context: BlockContext,
    readonly test: KeyTest,
    readonly stored: number,
  ) {}

  get slot(): number {
    return this.test.slot;
  }

  /** Clears the bits of rows whose key is not wanted. @param found rows whose bit is set; if it is `rows`, bits need not be there
   * @returns how many are left */
  keep(chunk: Chunk, rows: number, found: number, bits: number): number {
    if (this.#seen > TRIAL_ROWS && this.#kept * 2 > this.#seen) return found;
    const width = chunk.kind === KIND.plain ? this.stored : chunk.kind === KIND.frame ? chunk.width : 0;
    if (width === 0 || width > 8) return found;
    const signed = chunk.kind === KIND.plain || width === 8 ? 1 : 0;
    const { min, max, bits: keys } = this.test;
    const base = chunk.kind === KIND.frame ? chunk.base : 0n;
    const meet = found === rows ? 0 : 1;
    const kept = this.context.kernels.blockKeyBits(
      chunk.data,
      width,
      signed,
      base - min,
      max - min,
      chunk.validity,
      rows,
      keys,
      bits,
      meet,
    );
    this.#seen += found;
    this.#kept += kept;
    return kept;
  }
}
