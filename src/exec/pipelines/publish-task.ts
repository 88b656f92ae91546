import { packBlock } from '../../storage/block/image.js';
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
  const context = { arena: ctx.arena, kernels: ctx.kernels };
  const block: PublishedBlock = publishBlock(context, task.blockOwner, inputs, task.types, {
    ...(task.batchRows === undefined ? {} : { batchRows: task.batchRows }),
    compressed: task.compressed,
  });
  const published = task.serialized ? { ...block, image: packBlock(context, block.address, block.byteLength) } : block;
  return { partition: task.partition, order: 0, batches: [], rows: block.rows, block: published };
}
