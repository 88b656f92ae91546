import { SparkError } from '../../src/errors/index.js';
import { AttributeReference } from '../../src/plan/expressions/index.js';
import { CTERelationDef, CTERelationRef, InMemoryRelation, LocalRelation, type LogicalPlan } from '../../src/plan/logical/index.js';
import { parsePlan } from '../../src/plan/sql/parser.js';
import { DataFrame } from '../../src/session/dataframe.js';
import { SparkSession } from '../../src/session/spark-session.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';
import { type Cell, decode, type PlainTable, schemaOf, toCell } from './cells.js';
import type { Outcome } from './compare.js';

let identity = 1_000_000;

/** One memoframe application under test. This file is bundled twice: as it is, and with tiny morsels; values of the two never
 * mix, so all that goes in or out is plain. */
export class Engine {
  #session: SparkSession;
  #tables: readonly string[] = [];

  private constructor(readonly root: SparkSession) {
    this.#session = root;
  }
  static async open(conf: Readonly<Record<string, string>>): Promise<Engine> {
    const builder = SparkSession.builder;
    for (const [k, v] of Object.entries(conf)) builder.config(k, v);
    return new Engine(await builder.create());
  }

  /** Replaces all tables. @param levels storage levels to cache them at, in turn; none: uncached */
  async load(tables: readonly PlainTable[], levels: readonly string[] = []): Promise<void> {
    this.#session.clearCache();
    for (const name of this.#tables) this.#session.catalog.dropTempView(name);
    this.#tables = tables.map((t) => t.name);
    for (const [i, t] of tables.entries()) {
      const schema = schemaOf(t);
      const rows = t.rows.map((r) => r.map((c, j) => decode(c, schema.fields[j]!.dataType)));
      const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, true));
      DataFrame.of(this.#session, new LocalRelation(output, rows, ++identity)).createOrReplaceTempView(t.name);
      const level = levels[i % levels.length];
      if (level === undefined) continue;
      try {
        await this.#session.sql(`CACHE TABLE ${t.name} OPTIONS ('storageLevel' '${level}')`).collect();
      } catch (e) {
        throw new Error(`caching ${t.name} at ${level}`, { cause: e });
      }
    }
  }

  set(conf: string, value: string | undefined): void {
    if (value === undefined) this.#session.conf.unset(conf);
    else this.#session.conf.set(conf, value);
  }
  parse(sql: string): LogicalPlan {
    return parsePlan(sql, { ansi: true, timeZone: 'UTC' });
  }

  async run(query: string | LogicalPlan): Promise<Outcome> {
    try {
      const plan = typeof query === 'string' ? this.parse(query) : query;
      const df = DataFrame.of(this.#session, plan);
      return await this.collect(df);
    } catch (e) {
      return failure(e);
    }
  }
  private async collect(df: DataFrame): Promise<Outcome> {
    const types = df.schema.fields.map((f) => f.dataType);
    const values = await df.collectValues();
    const rows: Cell[][] = values.map((r) => r.map((v, i) => toCell(v, types[i]!)));
    return { rows, types: types.map((t) => t.simpleString) };
  }

  /** Caches fragments of the query's own plan, runs it, and lets them go. @returns how many fragments were found again */
  async runWithCachedFragments(
    query: LogicalPlan,
    pick: (n: number) => readonly number[],
    level: string,
  ): Promise<{ outcome: Outcome; hits: number }> {
    let hits = 0;
    try {
      const { analyzed } = DataFrame.of(this.#session, query).queryExecution;
      const fragments: LogicalPlan[] = [];
      analyzed.foreach((p) => {
        if (p.children.length > 0 && cacheable(p)) fragments.push(p);
      });
      for (const i of pick(fragments.length))
        this.#session.cacheQuery(fragments[i] as LogicalPlan, StorageLevel.fromString(level), undefined);
      const df = DataFrame.of(this.#session, query);
      df.queryExecution.withCachedData.foreachWithSubqueries((p) => {
        if (p instanceof InMemoryRelation) hits++;
      });
      return { outcome: await this.collect(df), hits };
    } catch (e) {
      return { outcome: failure(e), hits };
    } finally {
      this.#session.clearCache();
    }
  }

  async stop(): Promise<void> {
    await this.root.stop();
  }
}

/** Stands by itself: names no common table expression of a query around it. */
function cacheable(p: LogicalPlan): boolean {
  let free = p.resolved;
  p.foreachWithSubqueries((c) => {
    if (c instanceof CTERelationRef || c instanceof CTERelationDef) free = false;
  });
  return free;
}

function failure(e: unknown): Outcome {
  if (e instanceof SparkError)
    return { error: e.condition, message: e.message, internal: e.condition === 'INTERNAL_ERROR' };
  const text = e instanceof Error ? `${e.stack ?? e.message}` : String(e);
  return { error: 'JAVASCRIPT', message: text, internal: true };
}
