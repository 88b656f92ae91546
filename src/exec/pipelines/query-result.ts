import { readBatchHeader, sliceBatch } from '../../storage/column/batch.js';
import { RowReader } from '../../storage/column/read.js';
import type { Arena } from '../../storage/memory/arena.js';
import type { DataType, Value } from '../../types/index.js';
import type { PartitionOutput } from './query-run.js';

/** Rows of a finished query, in the arena until released. */
export class QueryResult {
  #released = false;

  constructor(
    readonly arena: Arena,
    readonly types: readonly DataType[],
    /** Header addresses of batches by partition, in row order. */
    readonly partitions: readonly PartitionOutput[],
    /** By plan node: `numOutputRows`, `bytesRead`, `batchesRead`, `batchesPruned`, … */
    readonly metrics: ReadonlyMap<number, Readonly<Record<string, number>>>,
    readonly onRelease: () => void,
  ) {}

  get numRows(): number {
    return this.partitions.reduce((sum, p) => sum + p.rows, 0);
  }

  /** All rows, copied out, in partition order. */
  rows(): Value[][] {
    const reader = new RowReader(this.arena, this.types);
    return this.partitions.flatMap((p) => p.batches.flatMap((address) => this.#read(reader, address)));
  }

  /** Rows of one partition (by place in `partitions`), copied out. */
  partitionRows(index: number): Value[][] {
    const reader = new RowReader(this.arena, this.types);
    return (this.partitions[index]?.batches ?? []).flatMap((address) => this.#read(reader, address));
  }

  #read(reader: RowReader, address: number): Value[][] {
    const batch = readBatchHeader(this.arena, address, this.types);
    return reader.read(sliceBatch(batch, 0, batch.length));
  }

  /** Gives the memory back; the result must not be read any more. May be called again. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.onRelease();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
