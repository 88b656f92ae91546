import { Block } from '../../storage/block/block.js';
import { BlockReader } from '../../storage/block/block-reader.js';
import type { RowTests } from '../../storage/block/range-filter.js';
import type { Morsel } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { batchTest } from './batch-filter.js';
import { columnsBehindFilter, entryTests, scanFilter, splitFilter } from './cache-filter.js';
import { wantedKeys } from './cache-keys.js';
import { wantedTotals } from './cache-totals.js';
import type { PieceSpec, SinkSpec, SliceSource, SourceSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

type CacheScan = Extract<SourceSpec, { op: 'scanCache' }>;

/** Reads slices of cached blocks for one piece of one job, one slice after another. */
export class BlockSource implements Disposable {
  readonly #tests: RowTests | undefined;
  readonly #filter: { readonly id: number } | undefined;
  readonly #region: Region;
  #block: Block | undefined;
  #mayMatch: (batch: number) => boolean = () => true;

  /** @param sink where the piece's rows end */
  constructor(
    readonly scan: CacheScan,
    piece: PieceSpec,
    sink: SinkSpec | undefined,
    readonly ctx: TaskContext,
  ) {
    this.#tests = rowTests(piece, sink, ctx);
    this.#filter = scanFilter(piece);
    this.#region = new Region(ctx.arena, ctx.owner);
  }

  /** Rows of some batches of a block; batches that the pushed conjuncts rule out are passed over. */
  *morsels({ address, from, to }: Extract<SliceSource, { kind: 'block' }>): Generator<Morsel> {
    const { scan, ctx } = this;
    const { arena, kernels } = ctx;
    const block = this.#open(address);
    const mayMatch = this.#mayMatch;
    this.#region.reset();
    const reader = new BlockReader({ arena, kernels }, block, scan.columns, this.#region, { narrowDecimals: true });
    let read = 0;
    let rowsRead = 0;
    let bytesRead = 0;
    const wanted = (batch: number, rows: number): boolean => {
      if (!mayMatch(batch)) return false;
      read++;
      rowsRead += rows;
      for (const column of scan.columns) bytesRead += block.chunkBytes(column, batch);
      return true;
    };
    yield* reader.morsels({ from, to, wanted }, this.#tests);
    // A partition is counted by the slice that has the first of its batches that are read.
    let first = read > 0;
    for (let b = 0; first && b < from; b++) first = !mayMatch(b);
    ctx.count(scan.id, 'numOutputRows', reader.droppedRows + reader.keylessRows);
    // The filter would have let them pass.
    if (this.#filter) ctx.count(this.#filter.id, 'numOutputRows', reader.keylessRows);
    ctx.count(scan.id, 'batchesRead', read);
    ctx.count(scan.id, 'batchesPruned', to - from - read);
    ctx.count(scan.id, 'cachedPartitionsRead', first ? 1 : 0);
    ctx.count(scan.id, 'cachedRowsRead', rowsRead);
    ctx.count(scan.id, 'cachedBytesRead', bytesRead);
  }

  /** Slices of a block mostly follow each other. */
  #open(address: number): Block {
    if (this.#block?.address === address) return this.#block;
    const { scan, ctx } = this;
    const block = Block.open(ctx.arena, address, scan.blockTypes);
    this.#mayMatch = batchTest(scan.pushed, block, scan.columns, ctx.parameters);
    this.#block = block;
    return block;
  }

  [Symbol.dispose](): void {
    this.#region.release();
  }
}

/** What the scan of a cached relation may decide of the filter right above it. */
function rowTests(piece: PieceSpec, sink: SinkSpec | undefined, ctx: TaskContext): RowTests | undefined {
  const filter = scanFilter(piece);
  const totals = wantedTotals(piece, sink);
  const keys = wantedKeys(piece, ctx);
  if (!filter) return totals || keys.length > 0 ? { ranges: [], keys, totals } : undefined;
  const split = splitFilter(filter.condition);
  return {
    ranges: split.ranges,
    notNull: split.notNull,
    entries: entryTests(split, piece, ctx),
    keys,
    needed: columnsBehindFilter(piece, sink),
    totals,
  };
}
