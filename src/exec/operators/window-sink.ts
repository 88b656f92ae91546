import type { BoundExpr } from '../../eval/bound.js';
import { writeBatchHeader } from '../../storage/column/batch.js';
import { vectorReader } from '../../storage/column/read.js';
import type { Morsel, Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { BatchCollector } from '../pipelines/batch-collector.js';
import { concatBatches, gatherVector } from '../pipelines/concat.js';
import { type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { Slice, SliceOutput } from '../pipelines/fragment.js';
import type { Sink } from '../pipelines/sinks.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { packSortKeys, sortRows } from './sort-keys.js';
import type { WindowSpec } from './spec.js';
import type { OrderColumn, WindowRows } from './window-frames.js';
import { computeWindow } from './window-functions.js';

/** Window functions over slices that hold whole window partitions: rows are sorted by partition and order keys, which is
 * also the order in which they leave. Spark: `WindowExec`. */
export class WindowSink implements Sink {
  readonly #outputs: SliceOutput[] = [];
  /** Partition keys, order keys, then each function's arguments and filter. */
  readonly #program: VectorProgram;
  readonly #types: readonly DataType[];
  #collector: BatchCollector | undefined;
  #slice: Slice | undefined;

  constructor(
    readonly spec: Omit<WindowSpec, 'child'>,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    const exprs: BoundExpr[] = [...spec.partitionKeys, ...spec.orderKeys.map((k) => k.expr)];
    for (const f of spec.functions) {
      exprs.push(...(f.aggregate?.args ?? f.args));
      if (f.aggregate?.filter) exprs.push(f.aggregate.filter);
    }
    this.#program = vectorProgram(exprs, types, ctx);
    this.#types = [...types, ...exprs.map((e) => e.type)];
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#collector = new BatchCollector(this.ctx.kernels, this.ctx.keep, this.#types);
  }

  push(morsel: Morsel): void {
    if (morsel.selected === 0) return;
    this.#collector!.append({ ...morsel, columns: [...morsel.columns, ...this.#program.run(morsel)] });
  }

  endSlice(): void {
    const { ctx, spec } = this;
    const { kernels, keep } = ctx;
    const { partition, order } = this.#slice!;
    if (this.#collector!.rows === 0) return;
    const batch = concatBatches(kernels, keep, this.#collector!.finish(), this.#types);
    const n = batch.length;
    const width = this.types.length;
    const keyCount = spec.partitionKeys.length + spec.orderKeys.length;
    const { sorted, rows } = this.#arrange(batch.columns, n, width, keyCount);
    const order0 = spec.orderKeys[0];
    const orderVector = sorted[width + spec.partitionKeys.length];
    const orderColumn: OrderColumn | undefined =
      spec.orderKeys.length === 1 && order0 && orderVector
        ? {
            type: order0.expr.type,
            read: vectorReader(ctx.arena, orderVector),
            descending: order0.descending,
            nullsFirst: order0.nullsFirst,
          }
        : undefined;
    let at = width + keyCount;
    const made = spec.functions.map((f): Vector => {
      const count = (f.aggregate?.args ?? f.args).length;
      const args = sorted.slice(at, at + count);
      at += count;
      const filter = f.aggregate?.filter ? sorted[at++] : undefined;
      return computeWindow(ctx, f, rows, n, { args, filter }, orderColumn);
    });
    const columns = [...sorted.slice(0, width), ...made];
    const address = writeBatchHeader(keep, { length: n, columns, owner: keep.owner });
    ctx.count(spec.id, 'numOutputRows', n);
    this.#outputs.push({ partition, order, batches: [address], rows: n });
  }

  /** All columns in sorted order, and where partitions and peers begin. */
  #arrange(
    columns: readonly Vector[],
    n: number,
    width: number,
    keyCount: number,
  ): { sorted: Vector[]; rows: WindowRows } {
    const { ctx, spec } = this;
    const { kernels, keep, work, arena } = ctx;
    const orders = [...spec.partitionKeys.map(() => ({ descending: false, nullsFirst: true })), ...spec.orderKeys];
    const keys = packSortKeys(kernels, work, columns.slice(width, width + keyCount), orders, n);
    const numbers = sortRows(kernels, work, work, keys, n);
    const sorted = columns.map((v) => gatherVector(kernels, keep, v, numbers, n));
    const marks = work.alloc(n);
    const starts = (keyColumns: number): Uint8Array => {
      const words = keys.words.slice(0, keyColumns).reduce((a, b) => a + b, 0);
      kernels.sortBoundaries(keys.rows, keys.stride, words, keys.viewMask, numbers, n, marks);
      return arena.u8.slice(marks, marks + n);
    };
    const [partitionStart, partitionEnd] = runs(starts(spec.partitionKeys.length));
    const [peerStart, peerEnd] = runs(starts(keyCount));
    work.release();
    return { sorted, rows: { partitionStart, partitionEnd, peerStart, peerEnd } };
  }

  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: this.#outputs };
  }
}

/** By row, the first row of its run and the row after its last. */
function runs(starts: Uint8Array): [Int32Array, Int32Array] {
  const n = starts.length;
  const first = new Int32Array(n);
  const end = new Int32Array(n);
  for (let i = 0, s = 0; i < n; i++) {
    if (starts[i]) s = i;
    first[i] = s;
  }
  for (let i = n - 1, e = n; i >= 0; i--) {
    end[i] = e;
    if (starts[i]) e = i;
  }
  return [first, end];
}
