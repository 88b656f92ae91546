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
  const wanted = source.to - source.from;
  yield* reader.morsels((stats) => {
    batch++;
    if (batch < source.from || batch >= source.to) return false;
    const keep = scan.pushed.every((e) => batchMayMatch(e, (o) => stats(scan.columns[o]!), ctx.parameters));
    read += keep ? 1 : 0;
    return keep;
  }, leadingRanges(steps));
  ctx.count(scan.id, 'numOutputRows', reader.droppedRows);
  ctx.count(scan.id, 'batchesRead', read);
  ctx.count(scan.id, 'batchesPruned', wanted - read);
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
