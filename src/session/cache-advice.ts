import { CACHE_ADVICE, type CacheAdviceCode } from '../plan/cache/advice-codes.js';
import type { CacheEventOf } from '../plan/cache/listener-bus.js';
import { Alias, AttributeReference, type Expression } from '../plan/expressions/index.js';
import {
  type CachedRelation,
  CTERelationRef,
  Filter,
  LocalRelation,
  type LogicalPlan,
  OneRowRelation,
  Project,
  Range,
  SubqueryAlias,
  View,
} from '../plan/logical/index.js';
import type { StorageLevel } from '../storage/block/storage-level.js';
import type { SparkSession } from './spark-session.js';

/** A reason why caching cannot pay. */
export interface CacheAdvice {
  readonly code: CacheAdviceCode;
  readonly message: string;
}

/** Spark's size of what nobody knows the size of. */
const UNKNOWN_SIZE = 1n << 62n;

/** Why keeping `plan` at `level` cannot pay, or not as asked; mostly nothing.
 * @param cached its relation, where there is one already */
export function adviceFor(
  session: SparkSession,
  plan: LogicalPlan,
  level: StorageLevel,
  cached: Pick<CachedRelation, 'estimatedSizeInBytes'> | undefined,
): CacheAdvice[] {
  const codes: CacheAdviceCode[] = [];
  if (isFreeToMake(plan)) codes.push('LOCAL_DATA');
  else if (isSelectionOfCached(session, plan)) codes.push('CACHED_BELOW');
  if (plan.exists((p) => p instanceof CTERelationRef)) codes.push('CTE_IDENTITY');
  else if (!plan.deterministic) codes.push('NONDETERMINISTIC');
  const { engine } = session.sharedState;
  const size = cached?.estimatedSizeInBytes;
  const room = level.useMemory && !level.useDisk ? engine.storageLimit(level.memoryMode) : undefined;
  if (size !== undefined && room !== undefined && size < UNKNOWN_SIZE && size > BigInt(room))
    codes.push('LARGER_THAN_MEMORY');
  if (level.replication > session.conf.master.executors) codes.push('REPLICAS_WITHOUT_PEERS');
  if (level.useOffHeap && !session.conf.boolean('spark.memory.offHeap.enabled')) codes.push('NO_OFF_HEAP_MEMORY');
  return codes.map((code) => ({ code, message: CACHE_ADVICE[code] }));
}

/** Beside Spark's warning, which names nothing. */
export function alreadyCached(kept: CachedRelation, createdBy: string | undefined): CacheEventOf<'advice'> {
  const name = kept.tableName;
  const by = createdBy === undefined ? '' : `, cached at ${createdBy}`;
  const entry = `${name === undefined ? `entry ${kept.id}` : `'${name}'`} (${kept.storageLevelString}${by})`;
  const message = `${CACHE_ADVICE.ALREADY_CACHED}. It is ${entry}.`;
  return { type: 'advice', entry: kept.id, name, code: 'ALREADY_CACHED', message };
}

/** Rows in memory or out of nothing, of which columns are picked and rows left out. */
function isFreeToMake(plan: LogicalPlan): boolean {
  if (plan instanceof LocalRelation || plan instanceof Range || plan instanceof OneRowRelation) return true;
  if (plan instanceof SubqueryAlias || plan instanceof View || plan instanceof Filter)
    return isFreeToMake(plan.children[0] as LogicalPlan);
  return plan instanceof Project && plan.projectList.every(isColumn) && isFreeToMake(plan.child);
}

/** Only columns of what another entry holds, which a cached scan touches column by column anyway. */
function isSelectionOfCached(session: SparkSession, plan: LogicalPlan): boolean {
  const below =
    plan instanceof SubqueryAlias || plan instanceof View
      ? (plan.children[0] as LogicalPlan)
      : plan instanceof Project && plan.projectList.every(isColumn)
        ? plan.child
        : undefined;
  if (below === undefined) return false;
  const found = session.sharedState.cacheManager.lookup(below);
  const own = session.sharedState.cacheManager.lookup(plan);
  return (found !== undefined && found !== own) || isSelectionOfCached(session, below);
}

function isColumn(e: Expression): boolean {
  return e instanceof AttributeReference || (e instanceof Alias && e.child instanceof AttributeReference);
}
