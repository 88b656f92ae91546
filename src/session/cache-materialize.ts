import { analysisError } from '../errors/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import type { ActionOptions } from './dataframe-actions.js';
import type { SparkSession } from './spark-session.js';

/** What `materialize` found and did. */
export interface MaterializeResult {
  /** Number of the entry. */
  readonly entry: number;
  /** Blocks of the whole result, those that are stored now, and those of them that were computed just now. */
  readonly partitions: number;
  readonly cachedPartitions: number;
  readonly computedPartitions: number;
  /** Stored share of the blocks: below 1 where some found no room. */
  readonly fraction: number;
  /** Rows of the whole result. */
  readonly rows: number | undefined;
  /** Bytes that the stored blocks really take. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly elapsedMs: number;
}

/** Fills the entry of a plan. @throws NOT_CACHED */
export async function materialize(
  session: SparkSession,
  plan: LogicalPlan,
  options?: ActionOptions,
): Promise<MaterializeResult> {
  await session.settle();
  session.dropExpired();
  const { cacheManager, engine } = session.sharedState;
  const entry = cacheManager.lookup(plan);
  if (!entry) throw analysisError('NOT_CACHED', { plan: plan.simpleString });
  const started = performance.now();
  const { cached } = entry.relation;
  const before = engine.storageOf(cached.id).cachedPartitions;
  await engine.fill(cached, options);
  const { cachedPartitions, memoryBytes, diskBytes } = engine.storageOf(cached.id);
  const rows = cached.loadedStats?.rowCount;
  return {
    entry: cached.id,
    partitions: cached.numPartitions,
    cachedPartitions,
    computedPartitions: Math.max(0, cachedPartitions - before),
    fraction: cached.numPartitions === 0 ? 1 : cachedPartitions / cached.numPartitions,
    rows: rows === undefined ? undefined : Number(rows),
    memoryBytes,
    diskBytes,
    elapsedMs: performance.now() - started,
  };
}
