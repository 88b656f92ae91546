import { type Batch, writeBatchHeader } from '../../storage/column/batch.js';
import type { Morsel, Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { BatchCollector } from '../pipelines/batch-collector.js';
import { concatBatches, gatherVector } from '../pipelines/concat.js';
import { type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { SinkSpec, Slice, SliceOutput } from '../pipelines/fragment.js';
import type { Sink } from '../pipelines/sinks.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { packSortKeys, sortRows } from './sort-keys.js';

type SortSinkSpec = Extract<SinkSpec, { kind: 'sort' }>;

/** Collects rows with their evaluated sort keys beside them, and sorts them when the slice ends. Stable. Memory: the rows,
 * their keys, and 32 bytes a row. */
export class SortSink implements Sink {
  readonly #outputs: SliceOutput[] = [];
  readonly #keys: VectorProgram;
  readonly #types: readonly DataType[];
  #collector: BatchCollector | undefined;
  #slice: Slice | undefined;

  constructor(
    readonly spec: SortSinkSpec,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    this.#keys = vectorProgram(
      spec.keys.map((k) => k.expr),
      types,
      ctx,
    );
    this.#types = [...types, ...spec.keys.map((k) => k.expr.type)];
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#collector = new BatchCollector(this.ctx.kernels, this.ctx.keep, this.#types);
  }

  push(morsel: Morsel): void {
    if (morsel.selected === 0) return;
    this.#collector!.append({ ...morsel, columns: [...morsel.columns, ...this.#keys.run(morsel)] });
  }

  endSlice(): void {
    const { ctx } = this;
    const { kernels, keep } = ctx;
    const { partition, order } = this.#slice!;
    const collector = this.#collector!;
    if (collector.rows === 0) return;
    const batch = concatBatches(kernels, keep, collector.finish(), this.#types);
    const sorted = sortBatch(ctx, batch, this.spec.keys, this.types.length);
    ctx.count(this.spec.id, 'numOutputRows', sorted.length);
    this.#outputs.push({ partition, order, batches: [writeBatchHeader(keep, sorted)], rows: sorted.length });
  }

  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: this.#outputs };
  }
}

/** The first `width` columns of a contiguous batch in the order of its other columns, at most `limit` rows. With `all`, the
 * key columns are kept too. */
export function sortBatch(
  ctx: TaskContext,
  batch: Batch,
  orders: readonly { readonly descending: boolean; readonly nullsFirst: boolean }[],
  width: number,
  limit = Number.POSITIVE_INFINITY,
  all = false,
): Batch {
  const { kernels, keep, work } = ctx;
  const keys = packSortKeys(kernels, work, batch.columns.slice(width), orders, batch.length);
  const rows = sortRows(kernels, work, work, keys, batch.length);
  const n = Math.min(limit, batch.length);
  const source = all ? batch.columns : batch.columns.slice(0, width);
  const columns: Vector[] = source.map((v) => gatherVector(kernels, keep, v, rows, n));
  work.release();
  return { length: n, columns, owner: keep.owner };
}
