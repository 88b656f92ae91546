import { Block } from '../../storage/block/block.js';
import { BlockReader } from '../../storage/block/block-reader.js';
import type { RowTests } from '../../storage/block/range-filter.js';
import type { Morsel } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { batchTest } from './batch-filter.js';
import { columnsBehindFilter, entryTests, scanFilter, splitFilter } from './cache-filter.js';
import type { PieceSpec, SinkSpec, SliceSource, SourceSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

type CacheScan = Extract<SourceSpec, { op: 'scanCache' }>;

/** Rows of some batches of a cached block; batches that the pushed conjuncts rule out are passed over. */
export function* blockMorsels(
  scan: CacheScan,
  source: Extract<SliceSource, { kind: 'block' }>,
  ctx: TaskContext,
  tests?: RowTests,
): Generator<Morsel> {
  const { arena, kernels, owner } = ctx;
  const block = Block.open(arena, source.address, scan.blockTypes);
  using region = new Region(arena, owner);
  const reader = new BlockReader({ arena, kernels }, block, scan.columns, region, { narrowDecimals: true });
  let batch = -1;
  let read = 0;
  let rowsRead = 0;
  let bytesRead = 0;
  // A partition is counted by the slice that has the first of its batches that are read.
  let earlier = false;
  let first = false;
  const wanted = source.to - source.from;
  const mayMatch = batchTest(scan.pushed, block, scan.columns, ctx.parameters);
  yield* reader.morsels((_stats, rows) => {
    batch++;
    const mine = batch >= source.from && batch < source.to;
    if (batch >= source.to || (!mine && earlier)) return false;
    if (!mayMatch(batch)) return false;
    if (!mine) {
      earlier = true;
      return false;
    }
    first ||= !earlier;
    read++;
    rowsRead += rows;
    for (const column of scan.columns) bytesRead += block.chunkBytes(column, batch);
    return true;
  }, tests);
  ctx.count(scan.id, 'numOutputRows', reader.droppedRows);
  ctx.count(scan.id, 'batchesRead', read);
  ctx.count(scan.id, 'batchesPruned', wanted - read);
  ctx.count(scan.id, 'cachedPartitionsRead', first ? 1 : 0);
  ctx.count(scan.id, 'cachedRowsRead', rowsRead);
  ctx.count(scan.id, 'cachedBytesRead', bytesRead);
}

/** What the scan of a cached relation may decide of the filter right above it.
 * @param sink where the piece's rows end */
export function cacheTests(piece: PieceSpec, sink: SinkSpec | undefined, ctx: TaskContext): RowTests | undefined {
  const filter = scanFilter(piece);
  if (!filter) return undefined;
  const split = splitFilter(filter.condition);
  return {
    ranges: split.ranges,
    notNull: split.notNull,
    entries: entryTests(split, piece, ctx),
    needed: columnsBehindFilter(piece, sink),
  };
}
