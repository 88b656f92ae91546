import { Command, InMemoryRelation, type LogicalPlan } from '../../plan/logical/index.js';
import { StorageLevel } from '../../storage/block/storage-level.js';
import { QueryExecution } from '../query-execution.js';
import type { SparkSession } from '../spark-session.js';

/** Registers the largest fragments of a query that the persistent cache holds and nobody has cached yet, at the level and under
 * the name that they were kept with (`memoframe.cache.persistent.attach`). */
export function attachPersistent(session: SparkSession, query: LogicalPlan): void {
  const { cacheManager, engine } = session.sharedState;
  const keys = engine.persistent.folder.planKeys();
  if (keys.size === 0) return;
  const visit = (plan: LogicalPlan): void => {
    if (plan instanceof InMemoryRelation || cacheManager.lookup(plan)) return;
    if (!(plan instanceof Command) && attach(session, plan, keys)) return;
    for (const child of plan.children) visit(child);
    for (const inner of plan.subqueries) visit(inner);
  };
  visit(query);
}

/** @returns whether the fragment is cached now */
function attach(session: SparkSession, plan: LogicalPlan, keys: ReadonlySet<string>): boolean {
  const manifest = session.sharedState.engine.persistent.kept(plan, session.conf, keys);
  if (!manifest) return false;
  // Cut otherwise, its blocks are no partitions of this plan.
  if (!session.sharedState.engine.persistent.fits(manifest, new QueryExecution(session, plan, true))) return false;
  const [disk, memory, offHeap, deserialized, replicas] = manifest.level;
  const level = new StorageLevel(disk, memory, offHeap, deserialized, replicas);
  return session.cacheQuery(plan, level, manifest.tableName, undefined, true) !== undefined;
}
