import { analysisError } from '../errors/index.js';
import type { CachedRelation, FileRelation } from '../plan/logical/index.js';
import { InMemoryRelation, LogicalRelation } from '../plan/logical/index.js';
import type { LogicalPlan } from '../plan/logical/logical-plan.js';

/** What happens when a query hits cached data whose files have changed since (`memoframe.cache.freshness`). */
export type Freshness = 'spark' | 'warn' | 'refresh' | 'fail';

/** A file's state by path: size, time of change, inode. */
type Files = ReadonlyMap<string, string>;

interface Snapshot {
  readonly relations: readonly FileRelation[];
  /** By relation; undefined for one that cannot tell. */
  readonly files: readonly (Files | undefined)[];
  lastCheck: number;
  /** The change that was warned of. */
  warned: string | undefined;
}

/** A changed source of a cached relation. */
export interface StaleRelation {
  readonly cached: CachedRelation;
  /** E.g. `part-0.parquet changed`. */
  readonly change: string;
}

/** A warning need not come at once: files are looked at no more often than this, milliseconds. */
const WARN_INTERVAL = 500;

/** Remembers the files that cached relations were made from, those of subqueries too, and tells which have changed. Spark has
 * nothing like it: it serves the old rows. */
export class FreshnessGuard {
  readonly #snapshots = new WeakMap<CachedRelation, Snapshot>();

  /** Notes the files behind an entry that was just made. */
  take(cached: CachedRelation, plan: LogicalPlan): void {
    const relations = new Set<FileRelation>();
    plan.foreachWithSubqueries((p) => {
      if (p instanceof LogicalRelation) relations.add(p.relation);
    });
    const list = [...relations];
    const files = list.map((r) => r.fingerprints?.(false));
    this.#snapshots.set(cached, { relations: list, files, lastCheck: 0, warned: undefined });
  }

  /** The cached relations in a plan whose files differ from those that they were made from. One that has stored nothing yet is
   * never old.
   * @param hasBlocks whether anything of it is stored */
  stale(plan: LogicalPlan, mode: Freshness, hasBlocks: (cached: CachedRelation) => boolean): StaleRelation[] {
    const found = new Map<CachedRelation, StaleRelation>();
    plan.foreachWithSubqueries((p) => {
      if (!(p instanceof InMemoryRelation) || found.has(p.cached)) return;
      const snapshot = this.#snapshots.get(p.cached);
      if (!snapshot || !hasBlocks(p.cached)) return;
      const now = performance.now();
      if (mode === 'warn' && snapshot.lastCheck > 0 && now - snapshot.lastCheck < WARN_INTERVAL) return;
      snapshot.lastCheck = now;
      const change = changeOf(snapshot);
      if (change === undefined || (mode === 'warn' && snapshot.warned === change)) return;
      snapshot.warned = change;
      found.set(p.cached, { cached: p.cached, change });
    });
    return [...found.values()];
  }

  /** A file behind a relation that differs from the one it was made from; undefined: none. Looks at the files now. */
  changeOf(cached: CachedRelation): string | undefined {
    const snapshot = this.#snapshots.get(cached);
    return snapshot && changeOf(snapshot);
  }

  /** Lists the files behind a relation anew, before it is made anew. */
  refresh(cached: CachedRelation): void {
    for (const r of this.#snapshots.get(cached)?.relations ?? []) r.refresh();
  }
}

function changeOf({ relations, files }: Snapshot): string | undefined {
  for (const [i, relation] of relations.entries()) {
    const before = files[i];
    const after = before && relation.fingerprints?.(true);
    if (!before || !after) continue;
    for (const [path, state] of after) {
      const old = before.get(path);
      if (old !== state) return `${path} ${old === undefined ? 'is new' : 'changed'}`;
    }
    for (const path of before.keys()) if (!after.has(path)) return `${path} is gone`;
  }
  return undefined;
}

export function describeStale({ cached, change }: StaleRelation): string {
  return `${cached.tableName === undefined ? `entry ${cached.id}` : `In-memory table ${cached.tableName}`}: ${change}`;
}

/** @throws STALE_CACHED_DATA */
export function failStale(stale: StaleRelation): never {
  const { cached, change } = stale;
  throw analysisError('STALE_CACHED_DATA', { entry: cached.tableName ?? `entry ${cached.id}`, change });
}
