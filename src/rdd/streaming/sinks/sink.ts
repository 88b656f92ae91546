import type { DataFrame } from '../../../session/dataframe.js';

/** What a sink knows of a batch that it took. */
export interface BatchOutcome {
  /** Rows given out, where the sink counts them. */
  readonly rows?: number | undefined;
  /** What was counted, by metric, of what ran; undefined where that is not known. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
}

/** Takes a batch's rows. Batches come in order; after a crash the last may come again under its number. Spark: `Sink`. */
export interface Sink {
  /** As progress reports name it. */
  readonly description: string;
  /** @param batch static: it runs as any query */
  addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome>;
}
