import { type PublishedBlock, publishBlock } from '../../storage/block/publish.js';
import { readBatchHeader } from '../../storage/column/batch.js';
import type { SliceOutput, TaskSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

/** Packs the batches of one partition of a cached relation into a block. */
export function runPublish(task: Extract<TaskSpec, { kind: 'publish' }>, ctx: TaskContext): SliceOutput {
  const inputs = task.batches.map((address) => {
    const { length, columns } = readBatchHeader(ctx.arena, address, task.types);
    return { length, columns, selection: 0, selected: length };
  });
  const block: PublishedBlock = publishBlock(
    { arena: ctx.arena, kernels: ctx.kernels },
    task.blockOwner,
    inputs,
    task.types,
    {
      ...(task.batchRows === undefined ? {} : { batchRows: task.batchRows }),
      compressed: task.compressed,
    },
  );
  return { partition: task.partition, order: 0, batches: [], rows: block.rows, block };
}
