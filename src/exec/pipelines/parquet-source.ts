import { bitmapBytes, buildVector } from '../../storage/column/build.js';
import { MORSEL_ROWS, type Morsel, type Vector } from '../../storage/column/vector.js';
import { Region } from '../../storage/memory/region.js';
import { openSplit } from '../../storage/parquet/reader.js';
import type { DataType, Value } from '../../types/index.js';
import type { SliceSource, SourceSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

type ParquetScan = Extract<SourceSpec, { op: 'scanParquet' }>;

/** Rows of the row groups of one file split, decoded a morsel at a time and only where a column is looked at; the next
 * group's bytes are read meanwhile. String bytes and dictionaries stay as long as the query, since rows go on as views of them. */
export async function* parquetMorsels(
  scan: ParquetScan,
  source: Extract<SliceSource, { kind: 'parquet' }>,
  ctx: TaskContext,
): AsyncGenerator<Morsel> {
  const { arena, kernels, keep, owner } = ctx;
  const data: { name: string; type: DataType; at: number }[] = [];
  const constant: { value: Value; type: DataType; at: number }[] = [];
  scan.columns.forEach((c, at) => {
    const { type } = scan.output[at]!;
    if ('data' in c) data.push({ name: c.data, type, at });
    else constant.push({ value: source.partitionValues[c.partition] ?? null, type, at });
  });
  const reader = openSplit(source.plan, data, { arena, kernels, scratchOwner: owner });
  const wanted = data.map((_, i) => i);
  const groups = reader.rowGroups();
  const metric = ctx.counter(scan.id, 'bytesRead');
  let read = 0;
  // Only what views point to outlives a stretch of rows; the memory of its columns is used again.
  const own = new Region(arena, owner);
  let fetched = groups.length > 0 ? reader.fetch(0, wanted) : undefined;
  let opened: Awaited<typeof fetched>;
  try {
    for (let g = 0; g < groups.length; g++) {
      opened = await fetched!;
      fetched = g + 1 < groups.length ? reader.fetch(g + 1, wanted) : undefined;
      fetched?.catch(() => {});
      metric.add(reader.bytesRead - read);
      read = reader.bytesRead;
      while (opened!.rowsLeft > 0) {
        const { rows, vectors } = opened!.decodeLazily(MORSEL_ROWS, own, keep);
        const columns: Vector[] = new Array(scan.columns.length);
        data.forEach(({ at }, i) => {
          columns[at] = vectors[i]!;
        });
        for (const { value, type, at } of constant) columns[at] = constantVector(ctx, value, type, rows);
        yield { length: rows, columns, selection: 0, selected: rows };
        own.reset();
      }
      opened!.release();
      opened = undefined;
    }
  } finally {
    opened?.release();
    // Memory must not be given back while the next group is still being read into it.
    if (fetched)
      await fetched.then(
        (f) => f.release(),
        () => {},
      );
    own.release();
    await reader.close();
  }
}

/** The same value in every row. */
export function constantVector(ctx: TaskContext, value: Value, type: DataType, rows: number): Vector {
  if (value === null) {
    const data = ctx.scratch.allocZeroed(rows * 16);
    const one = buildVector([null], type, ctx.scratch);
    return { type, rep: one.rep, data, validity: ctx.scratch.allocZeroed(bitmapBytes(rows)) };
  }
  const one = buildVector([value], type, ctx.keep);
  const zeros = ctx.scratch.allocZeroed(rows * 4);
  const width = { bool: 1, i32: 4, i64: 8, f32: 4, f64: 8, i128: 16, view: 8 }[one.rep];
  const data = ctx.scratch.alloc(rows * width);
  ctx.kernels.moveGather(one.data, zeros, rows, width, data);
  return { ...one, data, constant: true };
}
