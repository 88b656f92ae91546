import { SUBSUMPTION_KINDS, type SubsumptionKind } from '../../src/plan/cache/subsume/kinds.js';
import type { MatchMode } from '../../src/plan/cache/subsume/view-index.js';
import { InMemoryRelation, type LogicalPlan } from '../../src/plan/logical/index.js';
import { QueryExecution } from '../../src/session/query-execution.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';
import type { PlainTable } from '../fuzz/cells.js';
import { differenceOfRows, type Outcome } from '../fuzz/compare.js';
import { Engine } from '../fuzz/engine.js';
import type { Entry, Family, Query } from './pairs.js';

export const MODES: readonly MatchMode[] = ['spark', 'normalized', 'subsume'];

/** What is counted: the matcher's kinds, hits of Spark's own rule, and queries ordered or cut above what was answered. */
export const KINDS = ['AS_SPARK', ...SUBSUMPTION_KINDS, 'ORDER_OR_LIMIT'] as const;
export type Kind = (typeof KINDS)[number];

export interface Verdict {
  /** The pair is no two queries: it counts for nothing. */
  readonly invalid: string | undefined;
  /** Modes in which the cache answers. */
  readonly hits: readonly MatchMode[];
  readonly kinds: ReadonlySet<Kind>;
  readonly rows: number;
  readonly raised: boolean;
  readonly difference: string | undefined;
}

const NONE: Verdict = {
  invalid: undefined,
  hits: [],
  kinds: new Set(),
  rows: 0,
  raised: false,
  difference: undefined,
};

const CONF = {
  'spark.master': 'local[0]',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '2',
  'spark.default.parallelism': '2',
  'memoframe.cache.freshness': 'spark',
};
const LEVEL = StorageLevel.fromString('MEMORY_ONLY');

/** Caches one query and asks another, in each mode, with and without the cache. */
export class Judge {
  private constructor(readonly engine: Engine) {}

  static async open(): Promise<Judge> {
    return new Judge(await Engine.open(CONF));
  }
  async load(tables: readonly PlainTable[]): Promise<void> {
    await this.engine.load(tables);
  }
  async stop(): Promise<void> {
    await this.engine.stop();
  }

  /** One verdict a query; all are invalid if the entry is. */
  async judge({ entry, queries }: Family): Promise<Verdict[]> {
    const { root } = this.engine;
    const cached = this.analyze(entry.sql, entry.conf);
    if (typeof cached === 'string') return queries.map(() => ({ ...NONE, invalid: cached }));
    root.cacheQuery(cached, LEVEL, undefined);
    try {
      let loaded = false;
      const load = async () => {
        if (!loaded) await this.engine.run(this.engine.execution(cached));
        loaded = true;
      };
      const verdicts: Verdict[] = [];
      for (const q of queries) verdicts.push(await this.judgeQuery(entry, cached, q, load));
      return verdicts;
    } finally {
      this.mode('spark');
      root.uncacheQuery(cached);
    }
  }

  private async judgeQuery(entry: Entry, cached: LogicalPlan, q: Query, load: () => Promise<void>): Promise<Verdict> {
    const query = this.analyze(q.sql, {});
    if (typeof query === 'string') return { ...NONE, invalid: query };
    const widest = () => this.plan(query, 'subsume').hit;
    if (!(entry.loaded ? this.asIfLoaded(cached, widest) : widest())) return NONE;
    if (entry.loaded) await load();
    const plain = await this.engine.run(new UncachedQuery(this.engine.root, query));
    const kinds = new Set<Kind>();
    const seen = new Set<string>();
    const hits: MatchMode[] = [];
    let difference: string | undefined;
    for (const mode of MODES) {
      const way = this.plan(query, mode);
      if (!way.hit) continue;
      hits.push(mode);
      for (const k of way.kinds) kinds.add(k);
      if (way.spark) kinds.add('AS_SPARK');
      if (q.top && !way.whole) kinds.add('ORDER_OR_LIMIT');
      if (entry.refuse && !way.spark) difference ??= `${mode}: answered from rows that are not the same each time`;
      const answered = `${way.fragment} ${[...way.kinds].join()}`;
      if (seen.has(answered)) continue;
      seen.add(answered);
      const differs = compareOutcomes(plain, await this.engine.run(way.execution), q.ordered, way.spark);
      if (differs !== undefined) difference ??= `${mode} (${[...way.kinds].join(', ')}): ${differs}`;
    }
    const raised = 'error' in plain;
    return { invalid: undefined, hits, kinds, rows: raised ? 0 : plain.rows.length, raised, difference };
  }

  /** Whether rows are there decides what may raise: most entries answer nothing, and need none. */
  private asIfLoaded<T>(entry: LogicalPlan, ask: () => T): T {
    const { cacheManager } = this.engine.root.sharedState;
    const cached = cacheManager.entries.find((e) => e.plan === entry)?.relation.cached;
    if (!cached) return ask();
    Object.defineProperty(cached, 'loaded', { value: true, configurable: true });
    try {
      return ask();
    } finally {
      delete (cached as { loaded?: boolean }).loaded;
    }
  }

  /** The query as a mode plans it. */
  private plan(query: LogicalPlan, mode: MatchMode) {
    const { root } = this.engine;
    const { cacheManager, bus } = root.sharedState;
    this.mode(mode);
    const kinds = new Set<SubsumptionKind>();
    let fragment = '';
    let views = 0;
    const find = cacheManager.findView;
    cacheManager.findView = (plan, m) => {
      const view = find.call(cacheManager, plan, m);
      for (const k of view?.match.kinds ?? []) kinds.add(k);
      if (view) views++;
      return view;
    };
    let hits = 0;
    const stop = bus.subscribe((e) => {
      if (e.type !== 'hit') return;
      hits++;
      fragment += e.fragment;
    });
    const execution = this.engine.execution(query);
    try {
      const plan = execution.withCachedData;
      return {
        execution,
        kinds,
        fragment,
        hit: hits > 0,
        spark: hits > views,
        whole: plan instanceof InMemoryRelation,
      };
    } finally {
      stop();
      cacheManager.findView = find;
    }
  }

  private analyze(sql: string, conf: Readonly<Record<string, string>>): LogicalPlan | string {
    for (const [k, v] of Object.entries(conf)) this.engine.set(k, v);
    const plan = this.engine.analyze(sql);
    for (const k of Object.keys(conf)) this.engine.set(k, (CONF as Record<string, string>)[k]);
    return 'error' in plan ? `${plan.message}` : plan;
  }
  private mode(mode: MatchMode): void {
    this.engine.set('memoframe.cache.match', mode);
  }
}

/** A query that looks into no cache. */
class UncachedQuery extends QueryExecution {
  override get commandExecuted(): LogicalPlan {
    return this.logical;
  }
  override get withCachedData(): LogicalPlan {
    return this.logical;
  }
}

/** An error is an answer: raised on both sides or on none.
 * @param asSpark Spark's own rule, which exchanges the operands of AND, found the entry: it may raise elsewhere, as in Spark */
function compareOutcomes(plain: Outcome, cached: Outcome, ordered: boolean, asSpark: boolean): string | undefined {
  if ('error' in cached && cached.internal) return `internal error from cache: ${cached.message.slice(0, 300)}`;
  if ('error' in plain || 'error' in cached) {
    if (asSpark || ('error' in plain && 'error' in cached)) return undefined;
    const [who, e] =
      'error' in plain ? ['only uncached raises', plain] : ['only cached raises', cached as typeof plain];
    return `${who}: ${'error' in e ? e.message.slice(0, 300) : ''}`;
  }
  if (plain.types.join() !== cached.types.join()) return `types ${plain.types} against ${cached.types}`;
  const difference = differenceOfRows(plain.rows, cached.rows, { ordered, fuzzy: [] });
  return difference && `uncached against cached: ${difference}`;
}
