import { Block } from '../../storage/block/block.js';
import { BlockReader } from '../../storage/block/block-reader.js';
import type { Morsel } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { batchMayMatch } from './batch-filter.js';
import type { SliceSource, SourceSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

type CacheScan = Extract<SourceSpec, { op: 'scanCache' }>;

/** Rows of some batches of a cached block; batches that the pushed conjuncts rule out are passed over. */
export function* blockMorsels(
  scan: CacheScan,
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
  });
  ctx.count(scan.id, 'batchesRead', read);
  ctx.count(scan.id, 'batchesPruned', wanted - read);
}
