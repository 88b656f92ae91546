import { expressions, type Query } from './ast.js';
import type { PlainTable } from './cells.js';
import { type Comparison, differenceOfRows, type Outcome } from './compare.js';
import { Duck } from './duckdb.js';
import { Engine, type Failure } from './engine.js';
import { NotMapped } from './literal.js';
import { parseType } from './parse-types.js';
import { duckSql, sparkSql } from './print.js';
import { Rng } from './rng.js';
import { loadTinyEngine } from './tiny.js';

/** `memoframe` itself runs on one thread with tiny morsels, uncached, all rules on. */
export type RefereeName =
  | 'tables cached'
  | 'evicting cache'
  | 'optimizer off'
  | '2 workers'
  | 'whole morsels'
  | 'DuckDB'
  | 'Spark';

export interface Verdict {
  readonly referee: RefereeName | 'memoframe';
  readonly difference: string;
  /** What the referee answered, where it is an engine of its own. */
  readonly expected?: Outcome | undefined;
}

const CONF: Readonly<Record<string, string>> = {
  'spark.master': 'local[0]',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '3',
  'spark.default.parallelism': '2',
  'spark.sql.inMemoryColumnarStorage.batchSize': '16',
};
const LEVELS = ['MEMORY_AND_DISK', 'MEMORY_ONLY_SER', 'DISK_ONLY', 'MEMORY_ONLY', 'MEMORY_AND_DISK_SER', 'OFF_HEAP'];
/** Rows beyond which an answer is not compared. */
const MOST_ROWS = 10_000;
const EXCLUDED = 'spark.sql.optimizer.excludedRules';

export interface RefereeOptions {
  readonly duck?: boolean;
  /** Cache every fragment of a query, one after another, not one or two at random. */
  readonly eachFragment?: boolean;
  /** Only these. */
  readonly only?: readonly RefereeName[] | undefined;
  readonly spark?:
    | { run(sql: string): Promise<Outcome | undefined>; load(tables: readonly PlainTable[]): Promise<void> }
    | undefined;
}

/** Statistics of a run. */
export interface Counts {
  hits: number;
  duckCompared: number;
  duckRefused: number;
  erredApart: number;
  sparkCompared: number;
}

interface Engines {
  readonly base: Engine;
  readonly workers?: Engine | undefined;
  readonly cached?: Engine | undefined;
  readonly evicting?: Engine | undefined;
  /** Of the bundle with morsels of full size. */
  readonly whole?: Engine | undefined;
}

/** All engines that answer one query: the plain one, and those that must answer alike. */
export class Referees {
  readonly counts: Counts = { hits: 0, duckCompared: 0, duckRefused: 0, erredApart: 0, sparkCompared: 0 };
  /** Messages of what DuckDB refused: the mapping may need a rule. */
  readonly refused = new Map<string, number>();
  /** Milliseconds by referee. */
  readonly times = new Map<string, number>();
  #seed = 0;
  #judged = 0;

  private constructor(
    readonly tiny: typeof import('./engine.js'),
    readonly engines: Engines,
    readonly duck: Duck | undefined,
    readonly excluded: string,
    readonly options: RefereeOptions,
  ) {}

  static async open(options: RefereeOptions = {}): Promise<Referees> {
    const wanted = (name: RefereeName) => options.only === undefined || options.only.includes(name);
    const tiny = await loadTinyEngine();
    const Tiny = tiny.Engine;
    const engines: Engines = {
      base: await Tiny.open(CONF),
      workers: wanted('2 workers') ? await Tiny.open({ ...CONF, 'spark.master': 'local[2]' }) : undefined,
      cached: wanted('tables cached') ? await Tiny.open(CONF) : undefined,
      // The least memory that there may be, 150 MiB beside what is reserved: the pool is some 24 KiB of it.
      evicting: wanted('evicting cache')
        ? await Tiny.open({ ...CONF, 'spark.executor.memory': '450m', 'spark.memory.fraction': '0.00015' })
        : undefined,
      whole: wanted('whole morsels') ? await Engine.open(CONF) : undefined,
    };
    const duck = options.duck !== false && wanted('DuckDB') ? await Duck.open() : undefined;
    return new Referees(tiny, engines, duck, wanted('optimizer off') ? engines.base.excludableRules() : '', options);
  }

  async load(tables: readonly PlainTable[], seed: number): Promise<void> {
    this.#seed = seed;
    const { base, workers, cached, evicting, whole } = this.engines;
    await this.timed('load', async () => {
      await base.load(tables);
      await workers?.load(tables, [], base);
      await cached?.load(
        tables,
        LEVELS.map((_, i) => LEVELS[(i + seed) % LEVELS.length] as string),
        base,
      );
      await evicting?.load(tables, ['MEMORY_AND_DISK', 'MEMORY_ONLY'], base);
      await whole?.load(tables);
      await this.duck?.load(tables);
      await this.options.spark?.load(tables);
    });
  }

  /** Runs the query everywhere. @returns the plain answer, and the first difference of each referee; none where it is too large
   * to be worth the time of all */
  async judge(q: Query, how: Comparison): Promise<{ outcome: Outcome; verdicts: Verdict[]; tooLarge?: boolean }> {
    const sql = sparkSql(q);
    const { base, workers, cached, evicting, whole } = this.engines;
    const plan = await this.timed('analysis', async () => base.analyze(sql));
    if ('error' in plan) {
      const verdicts = plan.internal ? [internalVerdict(plan)] : [];
      if (!plan.internal) await this.askSpark(sql, plan, how, verdicts);
      return { outcome: plan, verdicts };
    }
    const execution = base.execution(plan);
    const outcome = await this.timed('base', () => base.run(execution));
    if ('error' in outcome && outcome.internal) return { outcome, verdicts: [internalVerdict(outcome)] };
    if ('rows' in outcome && outcome.rows.length > MOST_ROWS) return { outcome, verdicts: [], tooLarge: true };
    const verdicts: Verdict[] = [];
    const check = async (referee: RefereeName, run: () => Promise<Outcome>, strict: boolean) => {
      const difference = this.compare(outcome, await this.timed(referee, run), how, strict);
      if (difference) verdicts.push({ referee, difference });
    };
    if (workers) await check('2 workers', () => workers.run(execution), true);
    // The evicting cache holds the tables, too; one with room for all is asked now and then.
    const turn = this.options.only ? 0 : this.#judged++;
    if (cached && turn % 2 === 0) await check('tables cached', () => cached.run(cached.execution(plan)), true);
    if (evicting) {
      const rng = new Rng(this.#seed, 0);
      const level = rng.pick(LEVELS);
      const some = (n: number) => (n === 0 ? [] : [rng.below(n), ...(rng.chance(0.3) ? [rng.below(n)] : [])]);
      const before = verdicts.length;
      // Which fragments matter is not known while a failure is cut down: each is tried.
      for (let i = 0; i < (this.options.eachFragment ? 30 : 1) && verdicts.length === before; i++) {
        let last = false;
        const one = (n: number) => {
          last = i >= n - 1;
          return i < n ? [i] : [];
        };
        const run = async () => {
          const answer = await evicting.runWithCachedFragments(plan, this.options.eachFragment ? one : some, level);
          this.counts.hits += answer.hits;
          return answer.outcome;
        };
        // A cached fragment is computed whole, also where the query would not need all of it: it may raise.
        await check('evicting cache', run, false);
        if (last) break;
      }
    }
    if (this.excluded !== '') {
      // Without BooleanSimplification Spark, too, takes the null of a NOT IN below another NOT for false.
      const needed = sql.includes(' IN (SELECT') ? /[^,]*\.BooleanSimplification,?/ : /$^/;
      base.set(EXCLUDED, this.excluded.replace(needed, ''));
      try {
        await check('optimizer off', () => base.run(base.execution(plan)), false);
      } finally {
        base.set(EXCLUDED, undefined);
      }
    }
    if (whole && turn % 8 === 0) {
      const own = whole.analyze(sql);
      if (!('error' in own)) await check('whole morsels', () => whole.run(whole.execution(own)), true);
    }
    if (this.duck && !('error' in outcome)) await this.timed('DuckDB', () => this.askDuck(q, outcome, how, verdicts));
    await this.timed('Spark', () => this.askSpark(sql, outcome, how, verdicts));
    return { outcome, verdicts };
  }

  private async timed<T>(name: string, run: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await run();
    } finally {
      this.times.set(name, (this.times.get(name) ?? 0) + performance.now() - started);
    }
  }

  /** @param strict an error on one side only is a difference: nothing was moved before or behind what raises */
  private compare(a: Outcome, b: Outcome, how: Comparison, strict: boolean): string | undefined {
    if ('error' in b && b.internal) return `${b.error}: ${b.message}`;
    if ('error' in a || 'error' in b) {
      if ('error' in a && 'error' in b) return undefined;
      this.counts.erredApart++;
      return strict && 'error' in b ? `rows against ${b.error}: ${b.message}` : undefined;
    }
    if (a.types.join() !== b.types.join()) return `types ${a.types.join()} against ${b.types.join()}`;
    return differenceOfRows(a.rows, b.rows, how);
  }

  private async askDuck(q: Query, outcome: Outcome, how: Comparison, verdicts: Verdict[]): Promise<void> {
    if (!this.duck || 'error' in outcome) return;
    let sql: string;
    try {
      sql = duckSql(q);
    } catch (e) {
      if (e instanceof NotMapped) return;
      throw e;
    }
    const other = await this.duck.run(sql, outcome.types.map(parseType));
    if ('error' in other) {
      this.counts.duckRefused++;
      const key = other.message.split('\n')[0]?.slice(0, 110) ?? '';
      this.refused.set(key, (this.refused.get(key) ?? 0) + 1);
      return;
    }
    this.counts.duckCompared++;
    const difference = differenceOfRows(outcome.rows, other.rows, how);
    if (difference) verdicts.push({ referee: 'DuckDB', difference: `${difference}\n  ${sql}`, expected: other });
  }

  private async askSpark(sql: string, outcome: Outcome, how: Comparison, verdicts: Verdict[]): Promise<void> {
    const other = await this.options.spark?.run(sql);
    if (!other) return;
    this.counts.sparkCompared++;
    const difference = sparkDifference(outcome, other, how);
    if (difference) verdicts.push({ referee: 'Spark', difference, expected: other });
  }

  async stop(): Promise<void> {
    for (const e of Object.values(this.engines) as (Engine | undefined)[]) await e?.stop();
    this.duck?.close();
  }
}

const internalVerdict = (o: Failure): Verdict => ({ referee: 'memoframe', difference: `${o.error}: ${o.message}` });

function sparkDifference(a: Outcome, b: Outcome, how: Comparison): string | undefined {
  if ('error' in a && 'error' in b)
    return a.error === b.error || a.error === 'UNSUPPORTED_FEATURE'
      ? undefined
      : `${a.error} (${a.message}) against ${b.error} (${b.message})`;
  if ('error' in a) return a.error === 'UNSUPPORTED_FEATURE' ? undefined : `${a.error} (${a.message}) against rows`;
  if ('error' in b) return `rows against ${b.error}: ${b.message}`;
  if (a.types.join() !== b.types.join()) return `types ${a.types.join()} against ${b.types.join()}`;
  return differenceOfRows(a.rows, b.rows, how);
}

/** Whether rows come in a defined order, and which columns are inexact. */
export function comparisonOf(q: Query): Comparison {
  const items = firstItems(q);
  const names = new Set(q.orderBy.map((o) => o.expr.name));
  return {
    ordered:
      q.limit !== undefined || (items.length > 0 && q.orderBy.length > 0 && items.every((i) => names.has(i.alias))),
    fuzzy: items.map((i) => [...expressionsOf(i.expr)].some((e) => e.fuzzy === true)),
  };
}
function firstItems(q: Query): readonly { readonly expr: import('./ast.js').Expr; readonly alias: string }[] {
  return q.kind === 'select' ? q.items : firstItems(q.left);
}
function expressionsOf(e: import('./ast.js').Expr): Iterable<import('./ast.js').Expr> {
  return expressions({
    kind: 'select',
    ctes: [],
    distinct: false,
    items: [{ expr: e, alias: 'x' }],
    views: [],
    orderBy: [],
  });
}
