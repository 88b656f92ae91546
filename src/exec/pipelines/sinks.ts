import type { Morsel } from '../../storage/column/vector.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType } from '../../types/index.js';
import { AggregateInputs, Aggregation } from '../operators/aggregation.js';
import { ExchangeSink } from '../operators/exchange-sink.js';
import { SortSink } from '../operators/sort-sink.js';
import { TopNSink } from '../operators/top-n-sink.js';
import { WindowSink } from '../operators/window-sink.js';
import { BatchCollector } from './batch-collector.js';
import type { AggregateTable, SinkSpec, Slice, SliceOutput } from './fragment.js';
import type { TaskContext } from './task-context.js';

/** End of a pipeline on one thread. Slices come one after another. */
export interface Sink {
  startSlice(slice: Slice): void;
  push(morsel: Morsel): void;
  endSlice(): void;
  finish(): { outputs: readonly SliceOutput[]; table?: AggregateTable | undefined };
}

/** @param types of the rows that arrive */
export function createSink(spec: SinkSpec, types: readonly DataType[], ctx: TaskContext): Sink {
  switch (spec.kind) {
    case 'collect':
      return new CollectSink(ctx, types, spec.maxRows);
    case 'exchange':
      return new ExchangeSink(spec, types, ctx);
    case 'aggregate':
      return spec.complete ? new CompleteAggregateSink(spec, types, ctx) : new PartialAggregateSink(spec, types, ctx);
    case 'topN':
      return new TopNSink(spec, types, ctx);
    case 'sort':
      return new SortSink(spec, types, ctx);
    case 'window':
      return new WindowSink(spec.spec, types, ctx);
  }
}

/** Keeps rows as they come, slice by slice. */
class CollectSink implements Sink {
  readonly #outputs: SliceOutput[] = [];
  readonly #region: Region;
  #slice: Slice | undefined;
  #collector: BatchCollector | undefined;

  constructor(
    readonly ctx: TaskContext,
    readonly types: readonly DataType[],
    readonly maxRows?: number,
  ) {
    this.#region = ctx.keep;
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#collector = new BatchCollector(this.ctx.kernels, this.#region, this.types);
  }

  push(morsel: Morsel): void {
    const collector = this.#collector!;
    collector.append(morsel);
    if (this.maxRows !== undefined && collector.rows >= this.maxRows) this.ctx.sliceDone = true;
  }

  endSlice(): void {
    const { partition, order } = this.#slice!;
    const collector = this.#collector!;
    this.#outputs.push({ partition, order, batches: collector.finish(), rows: collector.rows });
  }

  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: this.#outputs };
  }
}

type AggregateSinkSpec = Extract<SinkSpec, { kind: 'aggregate' }>;

/** One table for all slices of this thread. */
class PartialAggregateSink implements Sink {
  readonly #aggregation: Aggregation;
  /** Made for the first rows that do not come added up. */
  #inputs: AggregateInputs | undefined;
  #rows = 0;

  constructor(
    readonly spec: AggregateSinkSpec,
    readonly types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    this.#aggregation = new Aggregation(ctx, spec);
  }

  startSlice(): void {}

  push(morsel: Morsel): void {
    if (morsel.selected === 0) return;
    this.#rows += morsel.selected;
    if (morsel.totals) return this.#aggregation.addTotals(morsel.totals);
    this.#inputs ??= new AggregateInputs(this.spec, this.types, this.ctx);
    const { keys, args } = this.#inputs.run(morsel);
    this.#aggregation.add(morsel, keys, args);
  }

  endSlice(): void {}

  finish(): { outputs: readonly SliceOutput[]; table?: AggregateTable | undefined } {
    return { outputs: [], table: this.#rows > 0 ? this.#aggregation.table() : undefined };
  }
}

/** A table per slice; all rows of a group are in one slice. */
class CompleteAggregateSink implements Sink {
  readonly #outputs: SliceOutput[] = [];
  readonly #inputs: AggregateInputs;
  #aggregation: Aggregation | undefined;
  #slice: Slice | undefined;

  constructor(
    readonly spec: AggregateSinkSpec,
    types: readonly DataType[],
    readonly ctx: TaskContext,
  ) {
    this.#inputs = new AggregateInputs(spec, types, ctx);
  }

  startSlice(slice: Slice): void {
    this.#slice = slice;
    this.#aggregation = new Aggregation(this.ctx, this.spec);
  }

  push(morsel: Morsel): void {
    if (morsel.selected === 0) return;
    const { keys, args } = this.#inputs.run(morsel);
    this.#aggregation!.add(morsel, keys, args);
  }

  endSlice(): void {
    const { batch, rows } = this.#aggregation!.finish();
    const { partition, order } = this.#slice!;
    if (rows > 0) this.#outputs.push({ partition, order, batches: [batch], rows });
    this.ctx.count(this.spec.id, 'numOutputRows', rows);
  }

  finish(): { outputs: readonly SliceOutput[] } {
    return { outputs: this.#outputs };
  }
}
