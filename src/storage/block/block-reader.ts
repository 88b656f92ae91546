import { defaultRep, MORSEL_ROWS, type Morsel, REP_BYTES, type Rep, type Vector } from '../column/vector.js';
import type { Region } from '../memory/region.js';
import type { Block, Chunk } from './block.js';
import { Compactor } from './compactor.js';
import type { BlockContext } from './context.js';
import { KeyFilter } from './key-filter.js';
import { KIND } from './layout.js';
import { ChunkRange, type RowTests, type StoredRange } from './range-filter.js';
import { Totals } from './totals.js';

/** Rows are gathered if at most one in so many passes: of more, widening all in whole SIMD words is as cheap. */
const SPARSE = 4;

export interface BlockReaderOptions {
  /** Hand out decimals of more than 18 digits as `i64` where all values of the block fit; otherwise they are widened. */
  readonly narrowDecimals?: boolean;
  /** Give every morsel memory of its own. By default a morsel's widened columns are overwritten by the next one. */
  readonly fresh?: boolean;
  /** Rows that `morsel` is asked for at most; 4,096 by default. */
  readonly morselRows?: number;
}

const NO_TESTS: RowTests = { ranges: [] };

/** A test of the codes of a text column: one byte per entry. */
interface StoredCodes {
  readonly chunk: Chunk;
  readonly passing: number;
  readonly size: number;
}
interface ChunkTest {
  readonly chunk: Chunk;
  readonly test: StoredRange;
}
interface StoredTests {
  readonly ranges: readonly ChunkTest[];
  readonly codes: readonly StoredCodes[];
  /** None is missing. */
  readonly all: boolean;
}

/** Which batches are read. */
export interface BatchChoice {
  /** From this batch, to this one exclusive; default: all. */
  readonly from?: number;
  readonly to?: number;
  /** Whether a batch may hold rows of interest. */
  readonly wanted?: (batch: number, rows: number) => boolean;
}

/** Reads chosen columns of a block as morsels of at most 4,096 rows. What is stored un-narrowed is referenced in place, the
 * rest is widened into the task's region. The block must stay pinned while morsels are in use. */
export class BlockReader {
  readonly #buffers: number[];
  /** Chunks of the batch that is read now. */
  readonly #chunks: Chunk[];
  #batch = -1;
  /** A bit per row of the batch, and numbers of rows, for batches of at most `#room` rows. */
  #bits = 0;
  #selection = 0;
  #room = 0;
  /** Batches left out by the filter, counted over all calls. */
  prunedBatches = 0;
  /** Rows that the ranges left out, counted over all calls. */
  droppedRows = 0;
  /** Rows that only the keys left out. */
  keylessRows = 0;

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

  /** @param tests rows that fail one of them may be left out, before their other columns are looked at; what is left of
   * batches where few rows pass comes gathered in dense morsels. Where all tests could be made, morsels are `decided`. What is
   * added up as `tests.totals` asks comes last, as a morsel without columns. */
  *morsels(choice: BatchChoice = {}, tests: RowTests = NO_TESTS): Generator<Morsel> {
    const { block } = this;
    const { from: first = 0, to: end = block.batches, wanted } = choice;
    const testing = tests.ranges.length + (tests.entries?.length ?? 0) + (tests.notNull?.length ?? 0) > 0;
    const keys = (tests.keys ?? []).map(
      (test) => new KeyFilter(this.context, test, block.columnWidth(this.columns[test.slot]!)),
    );
    const compactor = testing || keys.length > 0 ? this.#compactor() : undefined;
    const lean = tests.needed ?? this.columns.map(() => true);
    const countOnly = testing && !lean.includes(true);
    const totals =
      tests.totals && new Totals(this.context, tests.totals, (slot) => block.columnWidth(this.columns[slot]!));
    const ranges = tests.ranges.map((range) => new ChunkRange(range, block.columnWidth(this.columns[range.slot]!)));
    // Rows of which nothing but their number is read.
    let counted = 0;
    for (let b = first; b < end; b++) {
      const rows = block.batchRows(b);
      if (wanted && !wanted(b, rows)) {
        this.prunedBatches++;
        continue;
      }
      this.#enter(b);
      const stored = this.#tests(ranges, tests);
      const decided = testing && stored?.all === true;
      let found = stored === undefined ? 0 : this.#find(stored, rows);
      this.droppedRows += rows - found;
      if (keys.length > 0 && found > 0 && (decided || !testing)) {
        const kept = this.#keep(keys, rows, found);
        this.keylessRows += found - kept;
        found = kept;
      }
      if (found === 0) continue;
      if (totals && (decided || !testing) && totals.add(this.#chunks, found === rows ? 0 : this.#bits, rows, found))
        continue;
      if (decided && countOnly) {
        for (counted += found; counted >= MORSEL_ROWS; counted -= MORSEL_ROWS) yield this.#numbered(MORSEL_ROWS);
        continue;
      }
      const needed = decided ? lean : undefined;
      if (compactor && found * SPARSE <= rows) {
        this.#select(rows);
        for (let from = 0; from < found; from += MORSEL_ROWS) {
          const n = Math.min(MORSEL_ROWS, found - from);
          // Before more is added: the morsel's memory is used again.
          const full = compactor.fits(this.#chunks, n, needed) ? undefined : compactor.take();
          if (full) yield full;
          compactor.add(this.#chunks, this.#selection + from * 4, n, needed);
        }
        continue;
      }
      const earlier = compactor?.take();
      if (earlier) yield earlier;
      for (let start = 0; start < rows; start += MORSEL_ROWS) {
        const length = Math.min(MORSEL_ROWS, rows - start);
        if (found === rows) yield this.#dense(start, length, 0, length, needed);
        else yield* this.#passing(start, length, needed);
      }
    }
    const rest = compactor?.take();
    if (rest) yield rest;
    if (counted > 0) yield this.#numbered(counted);
    if (totals && totals.rows > 0) yield { ...this.#numbered(totals.rows), totals: totals.results };
  }

  /** `length` rows from `start` (a multiple of 4,096) of a batch. */
  morsel(batch: number, start: number, length: number): Morsel {
    this.#enter(batch);
    return this.#dense(start, length, 0, length, undefined);
  }

  #compactor(): Compactor {
    const reps = this.columns.map((c) => this.#rep(c));
    return new Compactor(this.context, this.block, this.columns, reps, this.region, this.options.fresh === true);
  }

  #enter(batch: number): void {
    if (batch === this.#batch) return;
    this.columns.forEach((c, i) => {
      this.#chunks[i] = this.block.chunk(c, batch);
    });
    this.#batch = batch;
  }

  /** The tests in terms of the batch's chunks, without those that all rows pass; undefined if no row can pass. */
  #tests(ranges: readonly ChunkRange[], { entries = [], notNull = [] }: RowTests): StoredTests | undefined {
    const tests: ChunkTest[] = [];
    const codes: StoredCodes[] = [];
    let all = notNull.every((slot) => this.#chunks[slot]!.validity === 0);
    for (const range of ranges) {
      const chunk = this.#chunks[range.slot]!;
      const test = range.of(chunk);
      if (test === 'none') return undefined;
      if (typeof test === 'object') tests.push({ chunk, test });
      else if (test === 'unknown') all = false;
    }
    for (const { slot, entriesOf } of entries) {
      const chunk = this.#chunks[slot]!;
      const dictionary =
        chunk.kind === KIND.codes && chunk.validity === 0 ? this.block.dictionary(this.columns[slot]!) : undefined;
      const passing = dictionary ? entriesOf(dictionary) : 0;
      if (dictionary && passing !== 0) codes.push({ chunk, passing, size: dictionary.size });
      else all = false;
    }
    return { ranges: tests, codes, all };
  }

  /** Tests the batch's rows on their stored values: bits to `#bits`. @returns how many pass */
  #find({ ranges, codes }: StoredTests, rows: number): number {
    if (ranges.length === 0 && codes.length === 0) return rows;
    const { kernels } = this.context;
    this.#makeRoom(rows);
    let meet = 0;
    let found = rows;
    for (const { chunk, test } of ranges) {
      const { data, validity } = chunk;
      const { width, lo, span, min, max } = test;
      found =
        width === 8
          ? kernels.blockRangeBits64(data, min, max, validity, rows, this.#bits, meet)
          : kernels.blockRangeBits(data, width, lo, span, validity, rows, this.#bits, meet);
      if (found === 0) return 0;
      meet = 1;
    }
    for (const { chunk, passing, size } of codes) {
      found = kernels.blockEntryBits(chunk.data, chunk.width, passing, size, rows, this.#bits, meet);
      if (found === 0) return 0;
      meet = 1;
    }
    return found;
  }

  /** Tests keys of the `found` rows whose bit is set (all rows: no bit counts). @returns how many are left */
  #keep(keys: readonly KeyFilter[], rows: number, found: number): number {
    this.#makeRoom(rows);
    let kept = found;
    for (const key of keys) {
      if (kept === 0) break;
      kept = key.keep(this.#chunks[key.slot]!, rows, kept, this.#bits);
    }
    return kept;
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#room) return;
    this.#bits = this.region.alloc(Math.ceil(rows / 8) + 64);
    this.#selection = this.region.alloc(rows * 4 + 64);
    this.#room = rows;
  }

  /** Numbers of the rows whose bit is set, to `#selection`. */
  #select(rows: number): void {
    this.context.kernels.blockSelectBits(this.#bits, rows, this.#selection);
  }

  *#passing(start: number, length: number, needed: readonly boolean[] | undefined): Generator<Morsel> {
    const selection = this.options.fresh ? this.region.alloc(length * 4 + 64) : this.#selection;
    const n = this.context.kernels.blockSelectBits(this.#bits + (start >>> 3), length, selection);
    if (n > 0) yield this.#dense(start, length, n === length ? 0 : selection, n, needed);
  }

  /** @param needed where all tests are made: the columns that are read now */
  #dense(
    start: number,
    length: number,
    selection: number,
    selected: number,
    needed: readonly boolean[] | undefined,
  ): Morsel {
    if (!needed) {
      const columns = this.columns.map((c, i) => this.#vector(c, i, start, length));
      return { length, columns, selection, selected };
    }
    const columns = this.columns.map((c, i) => (needed[i] ? this.#vector(c, i, start, length) : this.#empty(c)));
    return { length, columns, selection, selected, decided: true };
  }

  #empty(column: number): Vector {
    return { type: this.block.types[column]!, rep: this.#rep(column), data: 0, validity: 0 };
  }

  /** Rows without columns. */
  #numbered(length: number): Morsel {
    const columns = this.columns.map((c) => this.#empty(c));
    return { length, columns, selection: 0, selected: length, decided: true };
  }

  #rep(column: number): Rep {
    return this.options.narrowDecimals ? this.block.columnRep(column) : defaultRep(this.block.types[column]!);
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
    const rep = this.#rep(column);
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
    const rows = this.options.morselRows ?? MORSEL_ROWS;
    if (this.options.fresh) return this.region.alloc(rows * width + 64);
    // The widest rep has 16 bytes: one size serves every batch's kind.
    const kept = this.#buffers[slot]!;
    if (kept !== 0) return kept;
    const made = this.region.alloc(rows * 16 + 64);
    this.#buffers[slot] = made;
    return made;
  }
}
