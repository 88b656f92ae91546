import { type Batch, writeBatchHeader } from '../../storage/column/batch.js';
import { isValid } from '../../storage/column/read.js';
import type { Morsel, Rep, Vector } from '../../storage/column/vector.js';
import { type DataType, INT } from '../../types/index.js';
import { BatchCollector } from '../pipelines/batch-collector.js';
import { concatBatches } from '../pipelines/concat.js';
import { type VectorProgram, vectorProgram } from '../pipelines/expressions.js';
import type { SinkSpec, Slice, SliceOutput } from '../pipelines/fragment.js';
import type { Sink } from '../pipelines/sinks.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { sortBatch } from './sort-sink.js';

type TopNSinkSpec = Extract<SinkSpec, { kind: 'topN' }>;

const LEAST_BUFFER = 16_384;
/** Reps whose order shows in one word, as `kernels/assembly/sort.ts` numbers them. */
const REP_CODES: Partial<Record<Rep, number>> = { bool: 0, i32: 1, i64: 2, f32: 3, f64: 4, i128: 5 };

/** The first `limit` rows in key order that this thread sees, ties by slice and row, so that any number of threads gives
 * the same rows. Memory: about four times the limit. The output keeps the keys: its consumer sorts once more. */
export class TopNSink implements Sink {
  readonly #keys: VectorProgram;
  readonly #orders: readonly { readonly descending: boolean; readonly nullsFirst: boolean }[];
  readonly #types: readonly DataType[];
  readonly #bound: number;
  #collector: BatchCollector;
  #slice: Slice | undefined;
  #row = 0;
  #boundary: { readonly rep: Rep; readonly word: bigint } | undefined;

  constructor(
    readonly spec: TopNSinkSpec,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    this.#keys = vectorProgram(
      spec.keys.map((k) => k.expr),
      types,
      ctx,
    );
    this.#orders = [...spec.keys, TIE, TIE];
    this.#types = [...types, ...spec.keys.map((k) => k.expr.type), INT, INT];
    this.#bound = Math.max(LEAST_BUFFER, spec.limit * 4);
    this.#collector = this.#open();
  }

  #open(): BatchCollector {
    return new BatchCollector(this.ctx.kernels, this.ctx.keep, this.#types);
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#row = 0;
  }

  push(morsel: Morsel): void {
    if (morsel.selected === 0 || this.spec.limit === 0) return;
    const keys = this.#keys.run(morsel);
    const base = this.#row;
    this.#row += morsel.length;
    const rest = this.#withinBound(morsel, keys[0]);
    if (rest.selected > 0) this.#keep(rest, keys, base);
  }

  /** Rows that do not come after the last one kept so far, by the first key. */
  #withinBound(morsel: Morsel, key: Vector | undefined): Morsel {
    const bound = this.#boundary;
    if (!bound || !key || key.rep !== bound.rep) return morsel;
    const { kernels, scratch } = this.ctx;
    const { descending, nullsFirst } = this.#orders[0]!;
    const out = scratch.alloc(morsel.selected * 4 + 4);
    const selected = kernels.topSelect(
      key.data,
      REP_CODES[key.rep]!,
      key.validity,
      morsel.selection,
      morsel.selected,
      bound.word,
      descending ? 1 : 0,
      nullsFirst ? 1 : 0,
      out,
    );
    return { ...morsel, selection: out, selected };
  }

  #keep(morsel: Morsel, keys: readonly Vector[], base: number): void {
    const { scratch, kernels, arena } = this.ctx;
    const slice = scratch.alloc(morsel.length * 4);
    arena.i32.fill(this.#slice!.order, slice >>> 2, (slice >>> 2) + morsel.length);
    const row = scratch.alloc(morsel.length * 4);
    kernels.moveIota(base, morsel.length, row);
    const ties: Vector[] = [
      { type: INT, rep: 'i32', data: slice, validity: 0 },
      { type: INT, rep: 'i32', data: row, validity: 0 },
    ];
    this.#collector.append({ ...morsel, columns: [...morsel.columns, ...keys, ...ties] });
    if (this.#collector.rows >= this.#bound) this.#cut();
  }

  endSlice(): void {}

  #cut(): void {
    const { ctx } = this;
    const batch = concatBatches(ctx.kernels, ctx.keep, this.#collector.finish(), this.#types);
    const cut = sortBatch(ctx, batch, this.#orders, this.types.length, this.spec.limit, true);
    this.#boundary = this.#boundaryOf(cut);
    this.#collector = this.#open();
    this.#collector.append({ length: cut.length, columns: cut.columns, selection: 0, selected: cut.length });
  }

  /** The first key of the last row kept, once there are enough rows. */
  #boundaryOf(cut: Batch): { rep: Rep; word: bigint } | undefined {
    const key = cut.columns[this.types.length];
    if (!key || cut.length < this.spec.limit || key.dictionary || REP_CODES[key.rep] === undefined) return undefined;
    const last = cut.length - 1;
    const { kernels, arena } = this.ctx;
    if (!isValid(arena, key.validity, last)) return undefined;
    const word = kernels.topWord(key.data, REP_CODES[key.rep]!, last, this.#orders[0]!.descending ? 1 : 0);
    return { rep: key.rep, word: BigInt.asUintN(64, word) };
  }

  finish(): { outputs: readonly SliceOutput[] } {
    if (this.#collector.rows === 0) return { outputs: [] };
    this.#cut();
    const rows = this.#collector.rows;
    return { outputs: [{ partition: 0, order: 0, batches: this.#collector.finish(), rows }] };
  }
}

const TIE = { descending: false, nullsFirst: true };

/** The first rows of several threads' outputs. */
export function mergeTopN(
  ctx: TaskContext,
  spec: Pick<TopNSinkSpec, 'keys' | 'types'>,
  batches: readonly number[],
  limit: number,
): { batch: number; rows: number } {
  const types = [...spec.types, ...spec.keys.map((k) => k.expr.type), INT, INT];
  const batch = concatBatches(ctx.kernels, ctx.keep, batches, types);
  const sorted = sortBatch(ctx, batch, [...spec.keys, TIE, TIE], spec.types.length, limit);
  return { batch: writeBatchHeader(ctx.keep, sorted), rows: sorted.length };
}
