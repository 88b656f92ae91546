import type { DataFrame } from '../../../session/dataframe.js';

/** Takes a batch's rows. Batches come in order; after a crash the last may come again under its number. Spark: `Sink`. */
export interface Sink {
  /** As progress reports name it. */
  readonly description: string;
  /** @param batch static: it runs as any query @returns rows given out, where the sink counts them */
  addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<number | undefined>;
}
