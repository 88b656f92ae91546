import { SubqueryExpression } from '../expressions/subquery.js';
import { Command, ResolvedHint } from '../logical/index.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { type CachedRelation, InMemoryRelation, LogicalRelation, View } from '../logical/relations.js';
import { addedLog, CLEARED_LOG, changeLog, hitLog, missLog, recachedLog, removedLog } from './cache-log.js';
import { EntryIndex } from './entry-index.js';
import type { ListenerBus } from './listener-bus.js';
import { type FoundView, type MatchMode, ViewIndex } from './subsume/view-index.js';

/** One entry: the analyzed plan that is the key, and the relation that stands for it. Spark: `CachedData`. */
export interface CachedData {
  readonly plan: LogicalPlan;
  readonly relation: InMemoryRelation;
}

/** What taking an entry away does to the others. */
export interface UncacheEffects {
  readonly removed: readonly CachedData[];
  /** Stay, but without blocks: computed from what is removed and not loaded yet, they are planned anew. */
  readonly replanned: readonly CachedData[];
}

/** Makes and clears the blocks behind an entry; the session implements it with `exec`. Spark: `CachedRDDBuilder`. */
export interface CachedRelationFactory {
  /** Plans `plan` now (its own fragments may hit other entries) and gives a relation with no blocks yet. */
  create(plan: LogicalPlan, level: string, tableName: string | undefined): InMemoryRelation;
  /** The same level and name over a freshly planned `plan`. */
  recreate(old: CachedRelation, plan: LogicalPlan): InMemoryRelation;
  /** Gives the blocks back; readers that still run keep theirs until they end. `why` is `unpersisted` where nothing takes the
   * entry's place: then what outlives the process goes, too. */
  clear(cached: CachedRelation, why: 'unpersisted' | 'recached'): void;
  /** Every decision is logged. Spark: `spark.sql.dataframeCache.logLevel`. */
  readonly logs?: boolean;
}

const LOGGER = 'CacheManager';

/** Texts of plans cost as much as the look-up: made for who reads them. */
class Hit {
  readonly type = 'hit';
  readonly #plan: LogicalPlan;
  constructor(
    readonly entry: number,
    readonly name: string | undefined,
    plan: LogicalPlan,
  ) {
    this.#plan = plan;
  }
  get fragment(): string {
    return this.#plan.simpleString;
  }
  toJSON(): object {
    return { ...this, fragment: this.fragment };
  }
}
class Miss {
  readonly type = 'miss';
  readonly #plan: LogicalPlan;
  constructor(
    readonly entries: number,
    plan: LogicalPlan,
  ) {
    this.#plan = plan;
  }
  get query(): string {
    return this.#plan.simpleString;
  }
  toJSON(): object {
    return { ...this, query: this.query };
  }
}

/** Decides which fragments of a query are already cached, as Spark 4.0.1 does: analyzed plans against analyzed plans, before
 * the optimizer. One per application; sessions share it. Spark: `CacheManager`. */
export class CacheManager {
  /** Oldest first. */
  readonly #entries = new Set<CachedData>();
  /** Entries by canonical plan, so that neither look-up nor change grows with their number. */
  readonly #index = new EntryIndex<CachedData>();
  /** How many entries have a plan of this shape. */
  readonly #shapes = new Map<number, number>();
  /** Made when a session first asks for more than Spark's matching. */
  #views: ViewIndex | undefined;
  #newestFirst: readonly CachedData[] | undefined;

  constructor(readonly bus: ListenerBus) {}

  /** Newest first. */
  get entries(): readonly CachedData[] {
    this.#newestFirst ??= [...this.#entries].reverse();
    return this.#newestFirst;
  }
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  #add(entry: CachedData): void {
    const { shape } = entry.plan;
    this.#shapes.set(shape, (this.#shapes.get(shape) ?? 0) + 1);
    this.#index.add(entry.plan.canonicalKey, entry);
    this.#entries.add(entry);
    this.#views?.add(entry);
    this.#newestFirst = undefined;
  }
  #remove(entry: CachedData): void {
    const { shape } = entry.plan;
    const others = (this.#shapes.get(shape) ?? 1) - 1;
    if (others > 0) this.#shapes.set(shape, others);
    else this.#shapes.delete(shape);
    this.#index.delete(entry.plan.canonicalKey, entry);
    this.#entries.delete(entry);
    this.#views?.remove(entry);
    this.#newestFirst = undefined;
  }
  private warn(message: string): void {
    this.bus.post({ type: 'warning', logger: LOGGER, message });
  }

  /** Registers `plan`; nothing is computed. A plan that is already cached keeps its first level, with a warning.
   * @returns the entry, if it is new */
  cacheQuery(
    plan: LogicalPlan,
    level: string,
    tableName: string | undefined,
    factory: CachedRelationFactory,
  ): CachedData | undefined {
    if (plan instanceof Command) {
      this.warn(`Asked to cache the plans that are inapplicable for caching: ${plan.simpleString}`);
      return undefined;
    }
    if (this.lookup(plan)) {
      this.warn('Asked to cache already cached data.');
      return undefined;
    }
    const relation = factory.create(plan, level, tableName);
    const entry = { plan, relation };
    this.#add(entry);
    this.bus.post({ type: 'cached', entry: relation.cached.id, name: tableName, level });
    if (factory.logs) this.warn(addedLog(entry));
    return entry;
  }

  /** The entry whose plan has the same result, if any. */
  lookup(plan: LogicalPlan): CachedData | undefined {
    if (!this.#shapes.has(plan.shape)) return undefined;
    return this.#index.find(plan.canonicalKey);
  }

  /** An entry that is not the fragment but answers it, under the other modes. */
  findView(fragment: LogicalPlan, mode: MatchMode): FoundView | undefined {
    if (mode === 'spark' || this.isEmpty) return undefined;
    if (!this.#views) {
      this.#views = new ViewIndex();
      for (const e of this.#entries) this.#views.add(e);
    }
    return this.#views.find(fragment, mode);
  }

  /** Puts relations in place of cached fragments: the largest first, inside subquery expressions too. Hints on a replaced
   * fragment stay, and it keeps the query's own attribute ids. */
  useCachedData(plan: LogicalPlan, mode: MatchMode = 'spark', logs = false): LogicalPlan {
    const result = this.isEmpty ? plan : this.substitute(plan, mode, logs);
    if (logs)
      for (const line of result === plan ? missLog(plan, this.entries) : [changeLog(plan, result)]) this.warn(line);
    if (result === plan && !this.isEmpty) {
      const entries = this.#entries.size;
      this.bus.post(new Miss(entries, plan));
    }
    return result;
  }

  private substitute(plan: LogicalPlan, mode: MatchMode, logs: boolean): LogicalPlan {
    const replaced = plan.transformDown((fragment) => {
      if (fragment instanceof Command || fragment instanceof InMemoryRelation) return fragment;
      const hit = this.lookup(fragment);
      const view = hit ? undefined : this.findView(fragment, mode);
      const entry = hit ?? view?.entry;
      if (!entry) return fragment;
      const { cached } = entry.relation;
      if (logs) this.warn(hitLog(fragment, entry));
      this.bus.post(new Hit(cached.id, cached.tableName, fragment));
      let node: LogicalPlan = view
        ? view.match.build(entry.relation.newInstance())
        : entry.relation.withOutput(fragment.output);
      for (const hint of hintsOf(fragment).reverse()) node = new ResolvedHint(node, hint.strategy);
      return node;
    });
    if (!plan.hasSubqueries) return replaced;
    return replaced.transformUp((p) =>
      p.transformExpressionsUp((e) => {
        if (!(e instanceof SubqueryExpression)) return e;
        const inner = this.substitute(e.plan, mode, logs);
        return inner === e.plan ? e : e.withPlan(inner);
      }),
    );
  }

  /** Removes the entries with the same plan; with `cascade`, all that contain it. Without, entries that depend on it and are
   * not loaded yet are planned anew. */
  uncacheQuery(plan: LogicalPlan, cascade: boolean, factory: CachedRelationFactory): void {
    const key = plan.canonicalKey;
    this.uncacheWhere((p) => p.canonicalKey === key, cascade, factory);
  }

  /** Removes the entries of a table or permanent view, by name. Spark: `uncacheTableOrView`. */
  uncacheTableOrView(
    nameParts: readonly string[],
    cascade: boolean,
    factory: CachedRelationFactory,
    caseSensitive: boolean,
  ): void {
    const fold = (s: string) => (caseSensitive ? s : s.toLowerCase());
    const wanted = nameParts.map(fold);
    const isNamed = (parts: readonly string[]) =>
      parts.length === wanted.length && parts.every((p, i) => fold(p) === wanted[i]);
    this.uncacheWhere(
      (p) =>
        (p instanceof LogicalRelation && p.catalogTable !== undefined && isNamed(p.catalogTable.nameParts)) ||
        (p instanceof View && isNamed(p.identifier.nameParts)),
      cascade,
      factory,
    );
  }

  /** What `uncacheQuery` would do, newest first. Changes nothing. */
  uncacheEffects(plan: LogicalPlan, cascade: boolean): UncacheEffects {
    const key = plan.canonicalKey;
    return this.effects((p) => p.canonicalKey === key, cascade);
  }
  private effects(matches: (p: LogicalPlan) => boolean, cascade: boolean): UncacheEffects {
    const removed = this.entries.filter((e) => (cascade ? e.plan.exists(matches) : matches(e.plan)));
    if (cascade) return { removed, replanned: [] };
    const replanned = this.entries.filter(
      (e) => !removed.includes(e) && e.plan.exists(matches) && !e.relation.cached.loaded,
    );
    return { removed, replanned };
  }

  private uncacheWhere(matches: (p: LogicalPlan) => boolean, cascade: boolean, factory: CachedRelationFactory): void {
    const { removed } = this.effects(matches, cascade);
    for (const e of removed) this.#remove(e);
    for (const e of removed) this.dropped(e, factory);
    if (factory.logs && removed.length > 0) this.warn(removedLog(removed));
    if (!cascade) this.recacheWhere((e) => e.plan.exists(matches) && !e.relation.cached.loaded, factory);
  }

  private dropped(e: CachedData, factory: CachedRelationFactory): void {
    const { cached } = e.relation;
    factory.clear(cached, 'unpersisted');
    this.bus.post({ type: 'unpersisted', entry: cached.id, name: cached.tableName });
  }

  clearCache(factory: CachedRelationFactory): void {
    const gone = this.entries;
    for (const e of gone) this.#remove(e);
    for (const e of gone) this.dropped(e, factory);
    if (factory.logs) this.warn(CLEARED_LOG);
  }

  /** Plans the entries anew that contain `plan`, after the data behind it changed, its files listed anew. Subquery
   * expressions are not looked into, as in Spark. */
  recacheByPlan(plan: LogicalPlan, factory: CachedRelationFactory): void {
    const key = plan.canonicalKey;
    this.recacheWhere((e) => {
      const found = e.plan.find((p) => p.canonicalKey === key);
      found?.foreach((p) => {
        if (p instanceof LogicalRelation) p.relation.refresh();
      });
      return found !== undefined;
    }, factory);
  }

  /** Plans one entry anew. */
  recacheRelation(cached: CachedRelation, factory: CachedRelationFactory): void {
    this.recacheWhere((e) => e.relation.cached === cached, factory);
  }

  /** Plans the entries anew that read files under `path`, whose listings are refreshed first. */
  recacheByPath(path: string, factory: CachedRelationFactory): void {
    this.recacheWhere(
      (e) =>
        e.plan.exists((p) => {
          if (!(p instanceof LogicalRelation) || !p.relation.rootPaths.some((root) => isAtOrUnder(root, path)))
            return false;
          p.relation.refresh();
          return true;
        }),
      factory,
    );
  }

  private recacheWhere(condition: (e: CachedData) => boolean, factory: CachedRelationFactory): void {
    const stale = this.entries.filter(condition);
    for (const e of stale) this.#remove(e);
    for (const e of stale) {
      const old = e.relation.cached;
      factory.clear(old, 'recached');
      const relation = factory.recreate(old, e.plan);
      if (this.lookup(e.plan)) {
        this.warn('While recaching, data was already added to cache.');
        continue;
      }
      const entry = { plan: e.plan, relation };
      this.#add(entry);
      this.bus.post({ type: 'recached', entry: relation.cached.id, name: old.tableName, replaces: old.id });
      if (factory.logs) this.warn(recachedLog(entry));
    }
  }
}

/** Hints at the top of a fragment, through the nodes that do not hide them, in top-down order. Spark:
 * `EliminateResolvedHint.extractHintsFromPlan`. */
function hintsOf(plan: LogicalPlan): ResolvedHint[] {
  const hints: ResolvedHint[] = [];
  for (let p: LogicalPlan | undefined = plan; p && !HIDES_HINTS.has(p.kind); ) {
    if (p instanceof ResolvedHint) hints.push(p);
    const { children }: LogicalPlan = p;
    p = children.length === 1 ? children[0] : undefined;
  }
  return hints;
}
/** Joins, aggregates and other nodes with several inputs or new rows: hints below them are not about the whole. */
const HIDES_HINTS: ReadonlySet<string> = new Set(
  'Join Aggregate Union Intersect Except LateralJoin WithCTE'.split(' '),
);

/** Whether `path` is `root` itself or one of its parents. Both are absolute without trailing slash. */
function isAtOrUnder(root: string, path: string): boolean {
  return root === path || root.startsWith(path.endsWith('/') ? path : `${path}/`);
}
