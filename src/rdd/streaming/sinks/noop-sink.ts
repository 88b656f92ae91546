import type { DataFrame } from '../../../session/dataframe.js';
import type { Sink } from './sink.js';

/** Runs each batch and drops its rows: for measuring. Spark: `NoopTable`. */
export class NoopSink implements Sink {
  readonly description = 'NoopTable';
  async addBatch(_batchId: number, batch: DataFrame, signal: AbortSignal): Promise<number> {
    let rows = 0;
    const { engine } = batch.sparkSession.sharedState;
    for await (const part of engine.partitions(batch.queryExecution, { signal })) rows += part.length;
    return rows;
  }
}
