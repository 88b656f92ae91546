import type { DataFrame } from '../../../session/dataframe.js';
import type { BatchOutcome, Sink } from './sink.js';

/** Runs each batch and drops its rows: for measuring. Spark: `NoopTable`. */
export class NoopSink implements Sink {
  readonly description = 'NoopTable';
  async addBatch(_batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome> {
    let rows = 0;
    let counts: BatchOutcome['counts'];
    const onCounts = (c: BatchOutcome['counts']): void => {
      counts = c;
    };
    const { engine } = batch.sparkSession.sharedState;
    for await (const part of engine.partitions(batch.queryExecution, { signal, onCounts })) rows += part.length;
    return { rows, counts };
  }
}
