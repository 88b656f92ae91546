import { SparkError } from '../../src/errors/index.js';
import { AttributeReference, Literal } from '../../src/plan/expressions/index.js';
import {
  CTERelationDef,
  CTERelationRef,
  Filter,
  InMemoryRelation,
  LocalRelation,
  type LogicalPlan,
} from '../../src/plan/logical/index.js';
import { fullRuleName, isExcludable } from '../../src/plan/optimizer/excluded-rules.js';
import { Optimizer } from '../../src/plan/optimizer/optimizer.js';
import { parsePlan } from '../../src/plan/sql/parser.js';
import { DataFrame } from '../../src/session/dataframe.js';
import { QueryExecution } from '../../src/session/query-execution.js';
import { SparkSession } from '../../src/session/spark-session.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';
import { type Cell, decode, type PlainTable, schemaOf, toCell } from './cells.js';
import type { Outcome } from './compare.js';
import { PLANTS, type Plant } from './plants.js';

let identity = 1_000_000;

/** One memoframe application under test. This file is bundled twice: as it is, and with tiny morsels; values of the two never
 * mix, so all that goes in or out is plain. */
export class Engine {
  readonly #relations = new Map<string, LocalRelation>();

  private constructor(readonly root: SparkSession) {}
  static async open(conf: Readonly<Record<string, string>>): Promise<Engine> {
    const builder = SparkSession.builder;
    for (const [k, v] of Object.entries(conf)) builder.config(k, v);
    return new Engine(await builder.create());
  }

  /** Replaces all tables.
   * @param levels storage levels to cache them at, in turn; none: uncached
   * @param like an engine of this bundle whose relations are shared, so that its analyzed plans run here too */
  async load(tables: readonly PlainTable[], levels: readonly string[] = [], like?: Engine): Promise<void> {
    this.root.clearCache();
    for (const name of this.#relations.keys()) this.root.catalog.dropTempView(name);
    this.#relations.clear();
    for (const [i, t] of tables.entries()) {
      const relation = (like ? like.#relations.get(t.name) : undefined) ?? relationOf(t);
      this.#relations.set(t.name, relation);
      DataFrame.of(this.root, relation).createOrReplaceTempView(t.name);
      const level = levels[i % levels.length];
      if (level !== undefined) {
        await this.root.sql(`CACHE TABLE ${t.name} OPTIONS ('storageLevel' '${level}')`).collect();
      }
    }
  }

  set(conf: string, value: string | undefined): void {
    if (value === undefined) this.root.conf.unset(conf);
    else this.root.conf.set(conf, value);
  }

  /** Full names of all rules that the optimizer can do without, between commas. */
  excludableRules(): string {
    const names = new Set<string>();
    for (const b of new Optimizer(this.root.conf).batches)
      for (const r of b.rules) if (isExcludable(r.name)) names.add(fullRuleName(r.name));
    return [...names].join(',');
  }

  /** The analyzed plan, for this and every engine with the same relations, or the failure. */
  analyze(sql: string): LogicalPlan | Failure {
    try {
      return this.root.analyze(parsePlan(sql, { ansi: true, timeZone: 'UTC' }));
    } catch (e) {
      return failure(e);
    }
  }

  /** The way of an analyzed plan, for engines that plan it alike. */
  execution(plan: LogicalPlan): QueryExecution {
    return new AnalyzedQuery(this.root, plan);
  }
  async run(execution: QueryExecution): Promise<Outcome> {
    try {
      return await this.collect(execution);
    } catch (e) {
      return failure(e);
    }
  }
  private async collect(execution: QueryExecution): Promise<Outcome> {
    const types = execution.analyzed.output.map((a) => a.dataType);
    const values = await this.root.execute(execution);
    const rows: Cell[][] = values.map((r) => r.map((v, i) => toCell(v, types[i]!)));
    return { rows, types: types.map((t) => t.simpleString) };
  }

  /** Caches fragments of the query's own plan, runs it, and lets them go. @returns how many fragments were found again */
  async runWithCachedFragments(
    plan: LogicalPlan,
    pick: (n: number) => readonly number[],
    level: string,
  ): Promise<{ outcome: Outcome; hits: number }> {
    let hits = 0;
    const cached: LogicalPlan[] = [];
    try {
      const fragments: LogicalPlan[] = [];
      plan.foreach((p) => {
        if (p.children.length > 0 && cacheable(p)) fragments.push(p);
      });
      for (const i of pick(fragments.length)) {
        const fragment = fragments[i] as LogicalPlan;
        this.root.cacheQuery(fragment, StorageLevel.fromString(level), undefined);
        cached.push(fragment);
      }
      // A near relation of the query, which must not be taken for it.
      const twin = otherLiteral(plan);
      if (twin && cacheable(twin)) {
        this.root.cacheQuery(twin, StorageLevel.fromString(level), undefined);
        cached.push(twin);
      }
      const execution = this.execution(plan);
      execution.withCachedData.foreachWithSubqueries((p) => {
        if (p instanceof InMemoryRelation) hits++;
      });
      return { outcome: await this.collect(execution), hits };
    } catch (e) {
      return { outcome: failure(e), hits };
    } finally {
      for (const f of cached) this.root.uncacheQuery(f);
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

/** The plan with its first whole number one larger; undefined where there is none. */
function otherLiteral(plan: LogicalPlan): LogicalPlan | undefined {
  let changed = false;
  const twin = plan.transformDown((p) =>
    p instanceof Filter && !changed
      ? p.transformExpressionsDown((e) => {
          if (changed || !(e instanceof Literal) || (typeof e.value !== 'bigint' && e.dataType.kind !== 'int'))
            return e;
          changed = true;
          return new Literal(typeof e.value === 'bigint' ? e.value - 1n : Number(e.value) - 1, e.dataType);
        })
      : p,
  );
  return changed ? twin : undefined;
}

/** Puts a planted bug into this bundle. */
export function plant(k: number): { name: string; undo: () => void } {
  const found = PLANTS[k - 1] as Plant;
  return { name: found.name, undo: found.put() };
}

/** The way of a query from its analyzed plan on. */
class AnalyzedQuery extends QueryExecution {
  override get commandExecuted(): LogicalPlan {
    return this.logical;
  }
}

function relationOf(t: PlainTable): LocalRelation {
  const schema = schemaOf(t);
  const rows = t.rows.map((r) => r.map((c, j) => decode(c, schema.fields[j]!.dataType)));
  const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, true));
  return new LocalRelation(output, rows, ++identity);
}

export type Failure = Extract<Outcome, { error: string }>;

function failure(e: unknown): Failure {
  if (e instanceof SparkError)
    return { error: e.condition, message: e.message, internal: e.condition === 'INTERNAL_ERROR' };
  const text = e instanceof Error ? `${e.stack ?? e.message}` : String(e);
  return { error: 'JAVASCRIPT', message: text, internal: true };
}
