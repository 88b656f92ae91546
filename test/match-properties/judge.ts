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

/** A query, analyzed; run without cache when first asked. */
interface AskedPlan {
  readonly query: Query;
  readonly invalid: undefined;
  readonly plan: LogicalPlan;
  readonly plain: () => Promise<Outcome>;
}
type Asked = AskedPlan | { readonly query: Query; readonly invalid: string };

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

  /** One verdict for each entry with each query. */
  async judge(group: readonly Family[]): Promise<Verdict[]> {
    const queries = group.flatMap((f) => f.queries).map((query) => this.ask(query));
    const verdicts: Verdict[] = [];
    for (const { entry } of group) verdicts.push(...(await this.judgeEntry(entry, queries)));
    return verdicts;
  }

  private ask(query: Query): Asked {
    const plan = this.analyze(query.sql, {});
    if (typeof plan === 'string') return { query, invalid: plan };
    let outcome: Promise<Outcome> | undefined;
    const plain = () => (outcome ??= this.engine.run(new UncachedQuery(this.engine.root, plan)));
    return { query, invalid: undefined, plan, plain };
  }

  private async judgeEntry(entry: Entry, queries: readonly Asked[]): Promise<Verdict[]> {
    const { root } = this.engine;
    const plan = this.analyze(entry.sql, entry.conf);
    if (typeof plan === 'string') return queries.map(() => ({ ...NONE, invalid: plan }));
    root.cacheQuery(plan, LEVEL, undefined);
    try {
      let loaded = !entry.loaded;
      const load = async () => {
        if (!loaded) await this.engine.run(this.engine.execution(plan));
        loaded = true;
      };
      const verdicts: Verdict[] = [];
      for (const [i, q] of queries.entries()) {
        if (q.invalid !== undefined) verdicts.push({ ...NONE, invalid: q.invalid });
        else verdicts.push(await this.judgeQuery(entry, plan, q, load, i % 4 === 0));
      }
      return verdicts;
    } finally {
      this.mode('spark');
      root.uncacheQuery(plan);
    }
  }

  /** @param all look also for what a mode would find below what the widest mode finds */
  private async judgeQuery(
    entry: Entry,
    cached: LogicalPlan,
    { query: q, plan: query, plain: run }: AskedPlan,
    load: () => Promise<void>,
    all: boolean,
  ): Promise<Verdict> {
    const ask = () => this.plan(query, 'subsume');
    const widest = entry.loaded ? this.asIfLoaded(cached, ask) : ask();
    if (!widest.hit) return NONE;
    await load();
    const plain = await run();
    const kinds = new Set<Kind>();
    const seen = new Set<string>();
    const hits: MatchMode[] = [];
    let difference: string | undefined;
    for (const mode of MODES) {
      if (!all && mode !== 'subsume' && !widest.spark && !widest.kinds.has('SAME_ROWS')) continue;
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
      if (differs !== undefined)
        difference ??= `${mode} (${[...way.kinds].join(', ')}): ${differs}\n  cached: ${entry.sql}\n  query: ${q.sql}`;
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
