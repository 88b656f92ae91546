import { AttributeReference } from '../../../plan/expressions/index.js';
import { LocalRelation } from '../../../plan/logical/index.js';
import { DataFrame } from '../../../session/dataframe.js';
import type { SparkSession } from '../../../session/spark-session.js';
import type { StructType, Value } from '../../../types/index.js';
import type { BatchOutcome, Sink } from './sink.js';

let lastIdentity = -1;

/** All rows, kept in memory under a view of the query's name: for trying and testing. Spark: `MemorySink`. */
export class MemorySink implements Sink {
  readonly description = 'MemorySink';
  readonly #rows: Value[][] = [];
  #latest = -1;

  /** A DataFrame that sees the rows of all batches so far whenever it is planned. */
  frame(session: SparkSession, schema: StructType): DataFrame {
    const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable, [], f.metadata));
    return DataFrame.of(session, new LocalRelation(output, this.#rows, lastIdentity--));
  }
  async addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome> {
    if (batchId <= this.#latest) return { rows: 0 };
    let counts: BatchOutcome['counts'];
    const onCounts = (c: BatchOutcome['counts']): void => {
      counts = c;
    };
    const rows = await batch.collectValues({ signal, onCounts });
    for (const row of rows) this.#rows.push(row);
    this.#latest = batchId;
    return { rows: rows.length, counts };
  }
}
