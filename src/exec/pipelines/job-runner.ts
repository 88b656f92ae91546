import { Image } from '../../storage/block/image.js';
import { readBatchHeader, writeBatchHeader } from '../../storage/column/batch.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { defaultRep, type Vector } from '../../storage/column/vector.js';
import { Aggregation } from '../operators/aggregation.js';
import { runJoinBuild } from '../operators/join-build.js';
import { buildSteps, type Push, pieceTypes } from '../operators/steps.js';
import { mergeTopN } from '../operators/top-n-sink.js';
import { BlockSource } from './block-source.js';
import { gatherVector } from './concat.js';
import type { JobResult, JobSpec, SliceOutput, TaskSpec } from './fragment.js';
import { runPublish } from './publish-task.js';
import { createSink } from './sinks.js';
import { openSlice } from './sources.js';
import { TaskContext, type ThreadEnv } from './task-context.js';

/** How a thread takes part that has other things to do. */
export interface Pace {
  /** Whether its time is up: it takes no more slices. */
  late(): boolean;
  /** Called between morsels once it is late: the thread's other work goes first. */
  breathe(): Promise<void>;
}

/** Runs a job on this thread: takes slices (or tasks) off the shared counter until none is left. The same code runs in
 * workers and, for small work or beside them, on the main thread.
 * @throws the first failure; the cancel flag shows as OPERATION_CANCELED */
export async function runJob(env: ThreadEnv, job: JobSpec, pace?: Pace): Promise<JobResult> {
  const control = new Int32Array(job.control);
  const ctx = new TaskContext(env, job.owner, control, job.parameters);
  try {
    if (job.sink) return await runSlices(job, ctx, control, pace);
    const outputs: SliceOutput[] = [];
    for (;;) {
      const next = Atomics.add(control, job.counter, 1);
      const task = job.tasks[next];
      if (!task) break;
      ctx.checkCancelled();
      outputs.push({ ...runTask(task, ctx), order: next });
    }
    return { outputs, metrics: ctx.metrics };
  } finally {
    ctx.close();
  }
}

async function runSlices(job: JobSpec, ctx: TaskContext, control: Int32Array, pace?: Pace): Promise<JobResult> {
  const blocks = job.pieces.map((piece) =>
    piece.scan?.op === 'scanCache' ? new BlockSource(piece.scan, piece, job.sink, ctx) : undefined,
  );
  try {
    return await takeSlices(job, blocks, ctx, control, pace);
  } finally {
    for (const source of blocks) source?.[Symbol.dispose]();
  }
}

/** @param blocks by piece: where it reads a cached relation */
async function takeSlices(
  job: JobSpec,
  blocks: readonly (BlockSource | undefined)[],
  ctx: TaskContext,
  control: Int32Array,
  pace: Pace | undefined,
): Promise<JobResult> {
  const types = pieceTypes(job.pieces[0]!);
  const sink = createSink(job.sink!, types, ctx);
  const chains: (Push | undefined)[] = job.pieces.map(() => undefined);
  const last: Push = (morsel) => sink.push(morsel);
  while (Atomics.load(control, job.counter) < job.slices.length && !pace?.late()) {
    const slice = job.slices[Atomics.add(control, job.counter, 1)];
    if (!slice) break;
    ctx.checkCancelled();
    const piece = job.pieces[slice.piece]!;
    // Steps may look at the partition when they are made.
    ctx.partitionIndex = slice.index;
    const chain = piece.perPartition
      ? buildSteps(piece, ctx, last)
      : (chains[slice.piece] ??= buildSteps(piece, ctx, last));
    const rows = ctx.counter(piece.sourceId, 'numOutputRows');
    ctx.startSlice(slice.index);
    sink.startSlice(slice);
    const source = openSlice(piece, slice, ctx, blocks[slice.piece]);
    if (Symbol.iterator in source) {
      for (const morsel of source) {
        rows.add(morsel.selected);
        chain(morsel);
        ctx.scratch.reset();
        if (ctx.sliceDone) break;
        if (pace?.late()) await pace.breathe();
        ctx.checkCancelled();
      }
    } else {
      for await (const morsel of source) {
        rows.add(morsel.selected);
        chain(morsel);
        ctx.scratch.reset();
        if (ctx.sliceDone) break;
        ctx.checkCancelled();
      }
    }
    sink.endSlice();
    ctx.scratch.reset();
  }
  return { ...sink.finish(), metrics: ctx.metrics };
}

function runTask(task: TaskSpec, ctx: TaskContext): SliceOutput {
  switch (task.kind) {
    case 'joinBuild':
      return runJoinBuild(task, ctx);
    case 'mergeAggregate': {
      const expected = task.tables.reduce((sum, t) => sum + t.groups, 0) / task.parts;
      const aggregation = new Aggregation(ctx, task, expected);
      for (const table of task.tables) {
        ctx.checkCancelled();
        aggregation.merge(table, task.part, task.parts);
      }
      const { batch, rows } = aggregation.finish();
      ctx.count(task.id, 'numOutputRows', rows);
      return { partition: task.part, order: task.part, batches: rows > 0 ? [batch] : [], rows };
    }
    case 'mergeTopN': {
      const { batch, rows } = mergeTopN(ctx, task, task.batches, task.limit);
      ctx.count(task.id, 'numOutputRows', rows);
      return { partition: 0, order: 0, batches: [batch], rows };
    }
    case 'publish':
      return runPublish(task, ctx);
    case 'unpack':
      Image.open(task.bytes, task.path).unpack(ctx, task.address, task.pieces);
      return { partition: 0, order: 0, batches: [], rows: 0 };
    case 'marked':
      return markedRows(task, ctx);
  }
}

function markedRows(task: Extract<TaskSpec, { kind: 'marked' }>, ctx: TaskContext): SliceOutput {
  const { kernels, keep, arena } = ctx;
  const { table, want, others, buildFirst } = task;
  const rows = keep.alloc(Math.max(1, table.rows) * 4 + 4);
  const n = kernels.joinMarked(table.matched, 0, table.rows, want ? 1 : 0, rows);
  ctx.count(task.id, 'numOutputRows', n);
  if (n === 0) return { partition: 0, order: 0, batches: [], rows: 0 };
  const build = readBatchHeader(arena, table.batch, table.types).columns.map((v) =>
    gatherVector(kernels, keep, v, rows, n),
  );
  const nulls = others.map((type): Vector => {
    const rep = defaultRep(type);
    return { type, rep, data: keep.allocZeroed(n * 16), validity: keep.allocZeroed(bitmapBytes(n)) };
  });
  const columns = buildFirst ? [...build, ...nulls] : [...nulls, ...build];
  const batch = writeBatchHeader(keep, { length: n, columns, owner: keep.owner });
  return { partition: 0, order: 0, batches: [batch], rows: n };
}
