import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CachedRelationFactory } from '../plan/cache/cache-manager.js';
import { type CachedRelation, InMemoryRelation, type LogicalPlan } from '../plan/logical/index.js';
import { RuntimeConfig } from '../session/conf.js';
import { SparkSession } from '../session/spark-session.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import type { Value } from '../types/index.js';

/** An entry without blocks: what the CacheManager needs to decide, and no more. */
export class DryRelation implements CachedRelation {
  /** As if all partitions were stored: what depends on it is then left alone when this one goes. */
  loaded = false;
  readonly loadedStats = undefined;
  readonly physicalPlanString = '';
  readonly estimatedSizeInBytes = 0n;
  readonly numPartitions = 1;
  constructor(
    readonly id: number,
    readonly tableName: string | undefined,
    readonly level: StorageLevel,
  ) {}
  get storageLevelString(): string {
    return this.level.toString();
  }
}

let nextRelation = 1;

/** A session that decides all that Spark decides about names, plans and cache entries, and does nothing: no query runs, no row is
 * read or written, no file or folder changes. Of files it reads Parquet footers, where a statement takes a schema from them. */
export class DrySession extends SparkSession {
  static start(confs: readonly (readonly [string, string])[] = []): DrySession {
    const conf = new RuntimeConfig();
    for (const [k, v] of confs) conf.setStatic(k, v);
    // A folder that is not there, and is not made.
    conf.setStatic('spark.sql.warehouse.dir', join(tmpdir(), `memoframe-check-${process.pid}`, 'warehouse'));
    return new DrySession(SparkSession.newSharedState(conf), conf);
  }

  override get changesFiles(): boolean {
    return false;
  }
  override async countPlan(): Promise<number> {
    return 0;
  }
  override async writeFiles(): Promise<boolean> {
    return false;
  }
  override async execute(): Promise<Value[][]> {
    return [];
  }
  override cachedLevelOf(plan: LogicalPlan): StorageLevel | undefined {
    const cached = this.sharedState.cacheManager.lookup(plan)?.relation.cached;
    return cached instanceof DryRelation ? cached.level : undefined;
  }

  protected override factory(level: StorageLevel = StorageLevel.MEMORY_AND_DISK): CachedRelationFactory {
    const relation = (plan: LogicalPlan, name: string | undefined, at: StorageLevel) =>
      new InMemoryRelation(plan.output, new DryRelation(nextRelation++, name, at));
    return {
      create: (plan, _level, name) => relation(plan, name, level),
      recreate: (old, plan) => relation(plan, old.tableName, old instanceof DryRelation ? old.level : level),
      clear: () => undefined,
    };
  }
}
