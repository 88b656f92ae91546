import { Block } from '../../storage/block/block.js';
import { BlockReader } from '../../storage/block/block-reader.js';
import type { ColumnRange } from '../../storage/block/range-filter.js';
import type { Morsel } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { conjuncts } from '../expr/filter.js';
import { neverRaises } from '../expr/never-raises.js';
import { meetRanges, type RangeTest, rangeTest } from '../expr/range-step.js';
import { batchMayMatch } from './batch-filter.js';
import type { SliceSource, SourceSpec, StepSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

type CacheScan = Extract<SourceSpec, { op: 'scanCache' }>;

/** Rows of some batches of a cached block; batches that the pushed conjuncts rule out are passed over. */
export function* blockMorsels(
  scan: CacheScan,
  steps: readonly StepSpec[],
  source: Extract<SliceSource, { kind: 'block' }>,
  ctx: TaskContext,
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
  yield* reader.morsels((stats, rows) => {
    batch++;
    const mine = batch >= source.from && batch < source.to;
    if (batch >= source.to || (!mine && earlier)) return false;
    const keep = scan.pushed.every((e) => batchMayMatch(e, (o) => stats(scan.columns[o]!), ctx.parameters));
    if (!keep) return false;
    if (!mine) {
      earlier = true;
      return false;
    }
    first ||= !earlier;
    read++;
    rowsRead += rows;
    for (const column of scan.columns) bytesRead += block.chunkBytes(column, batch);
    return true;
  }, leadingRanges(steps));
  ctx.count(scan.id, 'numOutputRows', reader.droppedRows);
  ctx.count(scan.id, 'batchesRead', read);
  ctx.count(scan.id, 'batchesPruned', wanted - read);
  ctx.count(scan.id, 'cachedPartitionsRead', first ? 1 : 0);
  ctx.count(scan.id, 'cachedRowsRead', rowsRead);
  ctx.count(scan.id, 'cachedBytesRead', bytesRead);
}

/** Ranges of columns that every row must lie in to pass the filter right above the scan. Only conjuncts before the first
 * that may raise count: a row that makes it raise must get there. */
function leadingRanges(steps: readonly StepSpec[]): ColumnRange[] {
  const first = steps[0];
  const ranges = new Map<number, RangeTest>();
  for (const conjunct of first?.op === 'filter' ? conjuncts(first.condition) : []) {
    const test = rangeTest(conjunct);
    if (test?.child.k === 'input') {
      const { ordinal } = test.child;
      const earlier = ranges.get(ordinal);
      ranges.set(ordinal, earlier ? meetRanges(earlier, test) : test);
    } else if (!neverRaises(conjunct)) break;
  }
  return [...ranges].map(([slot, { min, max }]) => ({ slot, min, max }));
}
