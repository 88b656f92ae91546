import type { CacheAdviceCode } from '../plan/cache/advice-codes.js';
import type { CachedData, UncacheEffects } from '../plan/cache/cache-manager.js';
import {
  Filter,
  InMemoryRelation,
  LocalRelation,
  type LogicalPlan,
  LogicalRelation,
  Range,
  SubqueryAlias,
  View,
} from '../plan/logical/index.js';
import { adviceFor } from './cache-advice.js';
import type { SparkSession } from './spark-session.js';

/** One entry of the cache, as it is now. Plain data: it does not follow the entry. */
export interface CacheEntryInfo {
  /** Unique in the application; an entry that is made anew (REFRESH, INSERT) gets another. */
  readonly id: number;
  /** By CACHE TABLE, `catalog.cacheTable` or `persist({ name })`. */
  readonly name: string | undefined;
  /** As Spark's storage tab names it: `In-memory table t`, or the start of the plan that fills it. */
  readonly storageName: string;
  /** As plans show it: `StorageLevel(disk, memory, deserialized, 1 replicas)`. */
  readonly level: string;
  /** The plan that is the key, in a line: operators from the top, then what they read. */
  readonly plan: string;
  /** The same plan in full. */
  readonly planTree: string;
  /** All partitions have been stored; some may have been evicted since. */
  readonly loaded: boolean;
  /** Blocks of the whole result. */
  readonly partitions: number;
  /** Blocks that are stored now, in memory or on disk. */
  readonly cachedPartitions: number;
  /** Bytes that the stored blocks really take. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Rows of the whole result; undefined until all blocks have been stored. */
  readonly rows: number | undefined;
  /** Fragments of queries that it answered. Counted when a query is planned. */
  readonly hits: number;
  /** Look-ups since it was made which had to read all of its tables otherwise: they came near, but did not hit. */
  readonly misses: number;
  readonly createdAt: Date;
  /** Where the program asked for it: `/app/job.ts:12:3`. */
  readonly createdBy: string | undefined;
  readonly lastHitAt: Date | undefined;
  readonly ageMs: number;
  /** Time to live; undefined: no limit. */
  readonly expiresInMs: number | undefined;
  /** Blocks that memory pressure took out of memory so far, and reads of blocks from disk. */
  readonly blocksEvicted: number;
  readonly blocksReadBack: number;
  /** Times that its stored data was given up, to be made anew (REFRESH, INSERT). */
  readonly recached: number;
  /** Survives the process. */
  readonly persistent: boolean;
  /** A file behind it that has changed since; undefined: none has, or nothing is stored yet. */
  readonly stale: string | undefined;
  /** Why it cannot pay (`docs/cache.md`). */
  readonly advice: readonly CacheAdviceCode[];
}

/** What `unpersist` did or (dry run) would do. */
export interface UnpersistEffects {
  readonly removed: readonly CacheEntryInfo[];
  /** Stay, without blocks: computed from what goes and not loaded yet, they are planned anew. */
  readonly replanned: readonly CacheEntryInfo[];
}

/** All entries, newest first. */
export function cacheEntries(session: SparkSession): CacheEntryInfo[] {
  session.dropExpired();
  return session.sharedState.cacheManager.entries.map((e) => describeEntry(session, e));
}

export function describeEffects(session: SparkSession, { removed, replanned }: UncacheEffects): UnpersistEffects {
  const all = (list: readonly CachedData[]) => list.map((e) => describeEntry(session, e));
  return { removed: all(removed), replanned: all(replanned) };
}

export function describeEntry(session: SparkSession, { plan, relation }: CachedData): CacheEntryInfo {
  const { cached } = relation;
  const { engine, ledger, lifetimes } = session.sharedState;
  const storage = engine.storageOf(cached.id);
  const history = ledger.history(cached.id);
  const createdAt = history?.createdAt ?? new Date();
  const rows = cached.loadedStats?.rowCount;
  return {
    id: cached.id,
    name: cached.tableName,
    storageName:
      cached.tableName === undefined
        ? cached.physicalPlanString.slice(0, STORAGE_NAME_LENGTH)
        : `In-memory table ${cached.tableName}`,
    level: cached.storageLevelString,
    plan: shortPlan(plan),
    planTree: plan.treeString,
    loaded: cached.loaded,
    partitions: cached.numPartitions,
    cachedPartitions: storage.cachedPartitions,
    memoryBytes: storage.memoryBytes,
    diskBytes: storage.diskBytes,
    rows: rows === undefined ? undefined : Number(rows),
    hits: history?.hits ?? 0,
    misses: ledger.misses(cached.id, plan),
    createdAt,
    createdBy: history?.createdBy,
    lastHitAt: history?.lastHitAt,
    ageMs: Date.now() - createdAt.getTime(),
    expiresInMs: lifetimes.remaining(cached.id),
    blocksEvicted: history?.blocksEvicted ?? 0,
    blocksReadBack: history?.blocksReadBack ?? 0,
    recached: history?.recached ?? 0,
    persistent: cached.persistent === true,
    stale: storage.cachedPartitions > 0 ? engine.freshness.changeOf(cached) : undefined,
    advice: adviceFor(session, plan, session.storageLevelOf(plan), cached).map((a) => a.code),
  };
}

const LONGEST = 160;
/** Spark: `CachedRDDBuilder.cachedName`. */
const STORAGE_NAME_LENGTH = 1024;

/** Operators from the top, then what they read: `Aggregate ← Filter (v > 0) ← t`. */
function shortPlan(plan: LogicalPlan): string {
  const text = chain(plan);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

function chain(plan: LogicalPlan): string {
  if (plan instanceof LogicalRelation)
    return plan.catalogTable?.nameParts.at(-1) ?? `${plan.relation.format} ${plan.relation.rootPaths.join(', ')}`;
  if (plan instanceof View) return plan.identifier.nameParts.at(-1) ?? 'view';
  if (plan instanceof SubqueryAlias) return chain(plan.child);
  if (plan instanceof Range || plan instanceof InMemoryRelation) return plan.nodeName;
  if (plan instanceof LocalRelation) return `${plan.rows.length} local rows`;
  const own = plan instanceof Filter ? `Filter ${plan.condition.sql(false)}` : plan.nodeName;
  const below = plan.children.map(chain);
  if (below.length === 0) return own;
  return `${own} ← ${below.length === 1 ? below[0] : `(${below.join(', ')})`}`;
}
