import { analysisError, SparkError } from '../../../errors/index.js';
import type { DataFrame } from '../../../session/dataframe.js';
import { STREAMING_CONFS } from '../options.js';
import type { BatchOutcome, Sink } from './sink.js';

/** What a batch's function is told besides the rows. */
export interface BatchContext {
  /** Aborts once the query is stopped. */
  readonly signal: AbortSignal;
}
/** Called for each batch, in order. After a crash the last batch may come again, with the same rows and number. */
export type BatchFunction = (batch: DataFrame, batchId: number, context: BatchContext) => unknown;

/** Gives each batch to a function. The batch is kept from its first action until the function has ended, so that several actions
 * read the source once. Spark: `ForeachBatchSink`. */
export class ForeachBatchSink implements Sink {
  readonly description = 'ForeachBatchSink';
  constructor(private readonly f: BatchFunction) {}
  async addBatch(batchId: number, batch: DataFrame, signal: AbortSignal): Promise<BatchOutcome> {
    const session = batch.sparkSession;
    const call = async (df: DataFrame): Promise<void> => {
      try {
        await this.f(df, batchId, { signal });
      } catch (error) {
        throw userError(error);
      }
    };
    if (!STREAMING_CONFS.persistBatch(session.conf)) {
      await call(batch);
      return {};
    }
    const { cacheManager, engine } = session.sharedState;
    const use = async (df: DataFrame): Promise<BatchOutcome> => {
      await call(df);
      // The function may have dropped the frame itself.
      const cached = cacheManager.lookup(batch.logicalPlan)?.relation.cached;
      return cached ? { counts: engine.fillCounts(cached) } : {};
    };
    return session.withCached(batch, use, { persistent: false });
  }
}

function userError(error: unknown): SparkError {
  const reason = error instanceof Error ? error.message : String(error);
  const known = analysisError('FOREACH_BATCH_USER_FUNCTION_ERROR', { reason });
  return new SparkError('runtime', known.condition, known.parameters, undefined, { cause: error });
}
