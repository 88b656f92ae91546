import { bitmapBytes } from '../column/build.js';
import { type Dictionary, MORSEL_ROWS, type Morsel, REP_BYTES, type Rep, type Vector } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import type { Block, Chunk } from './block.js';
import type { BlockContext } from './context.js';
import { KIND } from './layout.js';

interface Slot {
  readonly data: number;
  readonly validity: number;
  nulls: boolean;
  dictionary: Dictionary | undefined;
}

/** Brings rows that are few and far between together: chosen rows of many batches become one dense morsel of at most 4,096
 * rows, in their order, widened on the way. */
export class Compactor {
  #slots: Slot[] = [];
  #count = 0;
  /** Columns that are gathered now; undefined: all, of rows that not all tests have seen. */
  #needed: readonly boolean[] | undefined;

  /** @param reps of the read columns
   * @param fresh give every morsel memory of its own */
  constructor(
    readonly context: BlockContext,
    readonly block: Block,
    readonly columns: readonly number[],
    readonly reps: readonly Rep[],
    readonly region: Region,
    readonly fresh: boolean,
  ) {}

  /** Whether `count` more rows go with those gathered so far; if not, `take` comes first.
   * @param needed as for `add` */
  fits(chunks: readonly Chunk[], count: number, needed?: readonly boolean[]): boolean {
    if (this.#count === 0) return true;
    return this.#count + count <= MORSEL_ROWS && needed === this.#needed && this.#alike(chunks);
  }

  /** Takes `count` ≤ 4,096 rows that fit, whose numbers in the batch lie at `selection`.
   * @param needed given where the rows passed all tests: which columns are read of them, by slot */
  add(chunks: readonly Chunk[], selection: number, count: number, needed?: readonly boolean[]): void {
    if (this.#count === 0) {
      this.#needed = needed;
      this.#start(chunks);
    }
    chunks.forEach((chunk, slot) => {
      if (needed?.[slot] !== false) this.#append(chunk, slot, selection, count);
    });
    this.#count += count;
  }

  /** The gathered rows. They are overwritten once more are added, unless `fresh`. */
  take(): Morsel | undefined {
    const length = this.#count;
    if (length === 0) return undefined;
    const columns = this.#slots.map(({ data, validity, nulls, dictionary }, i): Vector => {
      const type = this.block.types[this.columns[i]!]!;
      const vector = { type, rep: this.reps[i]!, data, validity: nulls ? validity : 0 };
      return dictionary ? { ...vector, dictionary } : vector;
    });
    this.#count = 0;
    const morsel = { length, columns, selection: 0, selected: length };
    return this.#needed ? { ...morsel, decided: true } : morsel;
  }

  /** Codes and values do not mix in one vector. */
  #alike(chunks: readonly Chunk[]): boolean {
    return chunks.every(
      (c, i) => this.#needed?.[i] === false || (c.kind === KIND.codes) === (this.#slots[i]!.dictionary !== undefined),
    );
  }

  #start(chunks: readonly Chunk[]): void {
    const bytes = bitmapBytes(MORSEL_ROWS) + 64;
    if (this.fresh || this.#slots.length === 0)
      this.#slots = chunks.map(() => ({
        data: this.region.alloc(MORSEL_ROWS * 16 + 64),
        validity: this.region.alloc(bytes),
        nulls: false,
        dictionary: undefined,
      }));
    for (const [i, slot] of this.#slots.entries()) {
      slot.nulls = false;
      slot.dictionary = chunks[i]!.kind === KIND.codes ? this.block.dictionary(this.columns[i]!) : undefined;
    }
  }

  #append(chunk: Chunk, at: number, selection: number, count: number): void {
    const { kernels, arena } = this.context;
    const slot = this.#slots[at]!;
    if (chunk.validity !== 0) {
      if (!slot.nulls) arena.u8.fill(0xff, slot.validity, slot.validity + bitmapBytes(MORSEL_ROWS));
      slot.nulls = true;
      kernels.blockAppendBits(chunk.validity, selection, 0, count, slot.validity, this.#count);
    }
    const width = slot.dictionary ? 4 : REP_BYTES[this.reps[at]!];
    const out = slot.data + this.#count * width;
    if (this.block.types[this.columns[at]!]!.kind === 'null') arena.u8.fill(0, out, out + count);
    else if (chunk.kind === KIND.bits) kernels.blockGatherBits(chunk.data, selection, count, out);
    else {
      const stored = chunk.kind === KIND.plain ? this.block.columnWidth(this.columns[at]!) : chunk.width;
      const base = chunk.kind === KIND.frame ? chunk.base : 0n;
      kernels.blockGatherRows(chunk.data, stored, base, width, selection, count, out);
    }
  }
}
