import type { LogicalPlan } from '../../src/plan/logical/index.js';
import { fullRuleName, isExcludable } from '../../src/plan/optimizer/excluded-rules.js';
import { Optimizer } from '../../src/plan/optimizer/optimizer.js';
import { RuntimeConfig } from '../../src/session/conf.js';
import { parseType } from './parse-types.js';
import { expressions, type Query } from './ast.js';
import type { PlainTable } from './cells.js';
import { type Comparison, differenceOfRows, type Outcome } from './compare.js';
import { Duck } from './duckdb.js';
import { Engine } from './engine.js';
import { NotMapped } from './literal.js';
import { duckSql, sparkSql } from './print.js';
import { Rng } from './rng.js';
import { loadTinyEngine } from './tiny.js';

export type RefereeName =
  | 'tables cached'
  | 'fragments cached'
  | 'optimizer off'
  | '1 worker, tiny morsels'
  | '2 workers, tiny morsels'
  | 'evicting cache'
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
const EXCLUDED = 'spark.sql.optimizer.excludedRules';

/** Names of all rules that the optimizer can do without. */
function excludable(): string {
  const names = new Set<string>();
  for (const b of new Optimizer(new RuntimeConfig()).batches) for (const r of b.rules) if (isExcludable(r.name)) names.add(fullRuleName(r.name));
  return [...names].join(',');
}

export interface RefereeOptions {
  readonly duck?: boolean;
  /** Only these. */
  readonly only?: readonly RefereeName[] | undefined;
  readonly spark?: { run(sql: string): Promise<Outcome>; load(tables: readonly PlainTable[]): Promise<void> } | undefined;
}

/** Statistics of a run. */
export interface Counts {
  hits: number;
  duckCompared: number;
  duckRefused: number;
  erredApart: number;
  sparkCompared: number;
}

/** All engines that answer one query: the plain one, and those that must answer alike. */
export class Referees {
  readonly counts: Counts = { hits: 0, duckCompared: 0, duckRefused: 0, erredApart: 0, sparkCompared: 0 };
  /** Messages of what DuckDB refused: the mapping may need a rule. */
  readonly refused = new Map<string, number>();
  #seed = 0;
  /** Milliseconds by referee. */
  readonly times = new Map<string, number>();

  private constructor(
    readonly base: Engine,
    readonly others: ReadonlyMap<RefereeName, Engine>,
    readonly duck: Duck | undefined,
    readonly excluded: string,
    readonly options: RefereeOptions,
  ) {}

  static async open(options: RefereeOptions = {}): Promise<Referees> {
    const wanted = (name: RefereeName) => options.only === undefined || options.only.includes(name);
    const others = new Map<RefereeName, Engine>();
    const base = await Engine.open(CONF);
    if (wanted('tables cached')) others.set('tables cached', await Engine.open(CONF));
    if (wanted('evicting cache'))
      others.set(
        'evicting cache',
        // The least that there may be, 150 MiB beside what is reserved: the pool is some 24 KiB of it.
        await Engine.open({ ...CONF, 'spark.executor.memory': '450m', 'spark.memory.fraction': '0.00015' }),
      );
    if (wanted('1 worker, tiny morsels') || wanted('2 workers, tiny morsels')) {
      const tiny = await loadTinyEngine();
      if (wanted('1 worker, tiny morsels')) others.set('1 worker, tiny morsels', await tiny.Engine.open(CONF));
      if (wanted('2 workers, tiny morsels'))
        others.set('2 workers, tiny morsels', await tiny.Engine.open({ ...CONF, 'spark.master': 'local[2]' }));
    }
    const duck = options.duck !== false && wanted('DuckDB') ? await Duck.open() : undefined;
    return new Referees(base, others, duck, wanted('optimizer off') ? excludable() : '', options);
  }

  async load(tables: readonly PlainTable[], seed: number): Promise<void> {
    this.#seed = seed;
    const started = performance.now();
    const turned = LEVELS.map((_, i) => LEVELS[(i + seed) % LEVELS.length] as string);
    await this.base.load(tables);
    for (const [name, engine] of this.others)
      await engine.load(
        tables,
        name === 'tables cached' ? turned : name === 'evicting cache' ? ['MEMORY_AND_DISK', 'MEMORY_ONLY'] : [],
      );
    await this.duck?.load(tables);
    await this.options.spark?.load(tables);
    this.times.set('load', (this.times.get('load') ?? 0) + performance.now() - started);
  }

  /** Runs the query everywhere. @returns the plain answer, and the first difference of each referee */
  async judge(q: Query, how: Comparison, only?: RefereeName): Promise<{ outcome: Outcome; verdicts: Verdict[] }> {
    const sql = sparkSql(q);
    const verdicts: Verdict[] = [];
    let plan: LogicalPlan;
    try {
      plan = this.base.parse(sql);
    } catch {
      const outcome = await this.base.run(sql);
      return { outcome, verdicts };
    }
    const outcome = await this.timed('base', () => this.base.run(plan));
    if ('error' in outcome && outcome.internal)
      verdicts.push({ referee: 'memoframe', difference: `${outcome.error}: ${outcome.message}` });
    const check = (referee: RefereeName, other: Outcome, strict: boolean) => {
      const difference = this.compare(outcome, other, how, strict);
      if (difference) verdicts.push({ referee, difference });
    };
    const wanted = (name: RefereeName) => only === undefined || only === name;
    for (const [name, engine] of this.others) {
      if (!wanted(name)) continue;
      // Parsed plans may be shared by engines of one bundle only.
      check(name, await this.timed(name, () => engine.run(name.includes('tiny') ? sql : plan)), true);
    }
    if (wanted('fragments cached') && (this.options.only === undefined || this.options.only.includes('fragments cached'))) {
      const rng = new Rng(this.#seed, sql.length);
      const level = rng.pick(LEVELS);
      const pick = (n: number) => (n === 0 ? [] : [rng.below(n), ...(rng.chance(0.3) ? [rng.below(n)] : [])]);
      const { outcome: other, hits } = await this.timed('fragments', () => this.base.runWithCachedFragments(plan, pick, level));
      this.counts.hits += hits;
      check('fragments cached', other, true);
    }
    if (wanted('optimizer off') && this.excluded !== '') {
      this.base.set(EXCLUDED, this.excluded);
      try {
        check('optimizer off', await this.timed('off', () => this.base.run(plan)), false);
      } finally {
        this.base.set(EXCLUDED, undefined);
      }
    }
    if (wanted('DuckDB') && this.duck && !('error' in outcome)) await this.timed('duck', () => this.askDuck(q, outcome, how, verdicts));
    if (wanted('Spark') && this.options.spark) await this.askSpark(sql, outcome, how, verdicts);
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
    await this.base.stop();
    for (const e of this.others.values()) await e.stop();
    this.duck?.close();
  }
}

function sparkDifference(a: Outcome, b: Outcome, how: Comparison): string | undefined {
  if ('error' in a && 'error' in b)
    return a.error === b.error || a.error === 'UNSUPPORTED_FEATURE' ? undefined : `${a.error} (${a.message}) against ${b.error} (${b.message})`;
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
    ordered: q.limit !== undefined || (items.length > 0 && q.orderBy.length > 0 && items.every((i) => names.has(i.alias))),
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
