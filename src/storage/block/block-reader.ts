import { defaultRep, MORSEL_ROWS, type Morsel, REP_BYTES, type Rep, type Vector } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import type { Block, Chunk, ColumnStats } from './block.js';
import type { BlockContext } from './context.js';
import { KIND } from './layout.js';

export interface BlockReaderOptions {
  /** Hand out decimals of more than 18 digits as `i64` where all values of the block fit; otherwise they are widened. */
  readonly narrowDecimals?: boolean;
  /** Give every morsel memory of its own. By default a morsel's widened columns are overwritten by the next one. */
  readonly fresh?: boolean;
}

/** Whether a batch may hold rows of interest; `stats` are by ordinal in the block. */
export type BatchFilter = (stats: (column: number) => ColumnStats, rows: number) => boolean;

/** Reads chosen columns of a block as morsels of at most 4,096 rows. What is stored un-narrowed is referenced in place, the
 * rest is widened into the task's region. The block must stay pinned while morsels are in use. */
export class BlockReader {
  readonly #buffers: number[];
  /** Chunks of the batch that is read now. */
  readonly #chunks: Chunk[];
  #batch = -1;
  /** Batches left out by the filter, counted over all calls. */
  prunedBatches = 0;

  constructor(
    readonly context: BlockContext,
    readonly block: Block,
    readonly columns: readonly number[],
    readonly region: Region,
    readonly options: BlockReaderOptions = {},
  ) {
    this.#buffers = columns.map(() => 0);
    this.#chunks = [];
  }

  *morsels(filter?: BatchFilter): Generator<Morsel> {
    const { block } = this;
    const { batches } = block;
    for (let b = 0; b < batches; b++) {
      const rows = block.batchRows(b);
      if (filter && !filter((c) => block.stats(c, b), rows)) {
        this.prunedBatches++;
        continue;
      }
      for (let start = 0; start < rows; start += MORSEL_ROWS)
        yield this.morsel(b, start, Math.min(MORSEL_ROWS, rows - start));
    }
  }

  /** `length` rows from `start` (a multiple of 4,096) of a batch. */
  morsel(batch: number, start: number, length: number): Morsel {
    if (batch !== this.#batch) {
      this.columns.forEach((c, i) => {
        this.#chunks[i] = this.block.chunk(c, batch);
      });
      this.#batch = batch;
    }
    const columns = this.columns.map((c, i) => this.#vector(c, i, start, length));
    return { length, columns, selection: 0, selected: length };
  }

  #vector(column: number, slot: number, start: number, length: number): Vector {
    const { block } = this;
    const { kernels } = this.context;
    const type = block.types[column]!;
    const chunk = this.#chunks[slot]!;
    const validity = chunk.validity === 0 ? 0 : chunk.validity + (start >>> 3);
    if (type.kind === 'null') {
      const data = this.#buffer(slot, 1);
      this.context.arena.u8.fill(0, data, data + length);
      return { type, rep: 'bool', data, validity };
    }
    const rep: Rep = this.options.narrowDecimals ? block.columnRep(column) : defaultRep(type);
    switch (chunk.kind) {
      case KIND.plain: {
        const stored = block.columnWidth(column);
        if (stored === REP_BYTES[rep]) return { type, rep, data: chunk.data + start * stored, validity };
        // A wide decimal whose values fit 64 bits, for a reader that wants 128.
        const data = this.#buffer(slot, 16);
        kernels.blockWiden(chunk.data + start * 8, 8, 0n, 16, length, data);
        return { type, rep, data, validity };
      }
      case KIND.bits: {
        const data = this.#buffer(slot, 1);
        kernels.bitsToBools(chunk.data + (start >>> 3), data, length, 0);
        return { type, rep, data, validity };
      }
      case KIND.codes: {
        const data = this.#buffer(slot, 4);
        kernels.blockWiden(chunk.data + start * chunk.width, chunk.width, 0n, 4, length, data);
        return { type, rep, data, validity, dictionary: block.dictionary(column)! };
      }
      default: {
        const width = REP_BYTES[rep];
        const data = this.#buffer(slot, width);
        if (rep === 'bool') this.context.arena.u8.fill(Number(chunk.base), data, data + length);
        else if (chunk.width === 8 && width === 8) return { type, rep, data: chunk.data + start * 8, validity };
        else kernels.blockWiden(chunk.data + start * chunk.width, chunk.width, chunk.base, width, length, data);
        const vector: Vector = { type, rep, data, validity };
        return chunk.width === 0 && validity === 0 ? { ...vector, constant: true } : vector;
      }
    }
  }

  /** Memory for one column's widened values; a little more, since kernels write whole SIMD words. */
  #buffer(slot: number, width: number): number {
    if (this.options.fresh) return this.region.alloc(MORSEL_ROWS * width + 64);
    // The widest rep has 16 bytes: one size serves every batch's kind.
    const kept = this.#buffers[slot]!;
    if (kept !== 0) return kept;
    const made = this.region.alloc(MORSEL_ROWS * 16 + 64);
    this.#buffers[slot] = made;
    return made;
  }
}
