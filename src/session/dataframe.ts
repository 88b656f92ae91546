import { analysisError } from '../errors/index.js';
import {
  Alias,
  type AttributeReference,
  type Expression,
  Literal,
  SortOrder,
  UnresolvedAttribute,
  UnresolvedStar,
} from '../plan/expressions/index.js';
import {
  CROSS,
  Deduplicate,
  Filter,
  Join,
  joinTypeByName,
  type LogicalPlan,
  limitPlan,
  Offset,
  Project,
  Repartition,
  RepartitionByExpression,
  Sample,
  SetOperation,
  Sort,
  SubqueryAlias,
  Tail,
  Union,
  UnresolvedHint,
} from '../plan/logical/index.js';
import { scalaSetOrder } from '../plan/scala-set.js';
import { parseExpression } from '../plan/sql/parser.js';
import { isNumeric, type StructType } from '../types/index.js';
import { withoutAnsi } from './ansi-mode.js';
import { Column, type ColumnOrName, expr, parseParts, toColumn } from './column.js';
import { combineUnions } from './combine-unions.js';
import { DataFrameActions } from './dataframe-actions.js';
import { DataFrameNaFunctions } from './dataframe-na.js';
import { GroupedData } from './grouped-data.js';
import { QueryExecution } from './query-execution.js';
import type { ObjectRow } from './rows.js';
import { DataFrameWriter } from './writer.js';

/** A query: lazy, immutable, analyzed when it is made (so errors in names and types are thrown by the method that makes
 * them). Transformations give new DataFrames; actions run and return promises. Spark: `Dataset[Row]`.
 * @typeParam R what `collect()` gives for a row */
export class DataFrame<R extends object = ObjectRow> extends DataFrameActions<R> {
  /** For plans that are not analyzed yet. @throws SparkError of kind `analysis` */
  withPlan(plan: LogicalPlan): DataFrame {
    const { conf } = this.sparkSession;
    return DataFrame.of(this.sparkSession, conf.boolean('spark.sql.ansi.enabled') ? plan : withoutAnsi(plan));
  }
  /** `command`: the statement, as analyzed, that `plan` has the rows of. */
  static of(session: DataFrameActions['sparkSession'], plan: LogicalPlan, command?: LogicalPlan): DataFrame {
    const execution = new QueryExecution(session, plan, false, command);
    execution.commandExecuted;
    return new DataFrame(session, execution);
  }

  /** `DataFrame[id: bigint, name: string]`. PySpark: `DataFrame.__repr__`. */
  override toString(): string {
    return `DataFrame[${this.dtypes.map(([name, type]) => `${name}: ${type}`).join(', ')}]`;
  }
  /** What `console.log` prints, in place of the plan's insides. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
  get schema(): StructType {
    return this.logicalPlan.schema;
  }
  /** Column names in order. */
  get columns(): string[] {
    return this.logicalPlan.output.map((a) => a.name);
  }
  /** Whether the rows have no end, so that only `writeStream` runs the query. */
  get isStreaming(): boolean {
    return this.logicalPlan.isStreaming;
  }
  /** Names with types as text. */
  get dtypes(): [name: string, type: string][] {
    return this.logicalPlan.output.map((a) => [a.name, a.dataType.simpleString]);
  }
  /** The column of this name, tied to this DataFrame. @throws UNRESOLVED_COLUMN.WITH_SUGGESTION */
  col(name: string): Column {
    if (name === '*') return new Column(new UnresolvedStar());
    return new Column(this.resolveColumn(name));
  }
  private resolveColumn(name: string): Expression {
    const df = this.withPlan(new Project([new UnresolvedAttribute(parseParts(name))], this.logicalPlan));
    const [only] = (df.logicalPlan as Project).projectList;
    return only instanceof Alias ? only.child : (only as Expression);
  }
  /** Names of the numeric columns that are not grouping keys. */
  numericColumns(except: readonly Expression[]): string[] {
    const skip = new Set(
      except.flatMap((e) => (e instanceof UnresolvedAttribute ? [(e.nameParts.at(-1) as string).toLowerCase()] : [])),
    );
    return this.logicalPlan.output
      .filter((a) => isNumeric(a.dataType) && !skip.has(a.name.toLowerCase()))
      .map((a) => a.name);
  }

  /** Columns or names. */
  select(...columns: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.withPlan(
      new Project(
        (columns.flat() as ColumnOrName[]).map((c) => toColumn(c).named),
        this.logicalPlan,
      ),
    );
  }
  /** A text as the session's confs have it. */
  private parsed(text: string): Column {
    return new Column(parseExpression(text, this.sparkSession.conf.parserOptions));
  }
  /** SQL expressions, e.g. `selectExpr('a', 'b + 1 AS c')`. */
  selectExpr(...exprs: readonly (string | readonly string[])[]): DataFrame {
    return this.select(...(exprs.flat() as string[]).map((text) => this.parsed(text)));
  }
  /** Keeps the rows for which the condition is true. */
  filter(condition: Column | string): DataFrame {
    const c = typeof condition === 'string' ? this.parsed(condition) : condition;
    return this.withPlan(new Filter(c.expr, this.logicalPlan));
  }
  where(condition: Column | string): DataFrame {
    return this.filter(condition);
  }
  /** Adds a column, or replaces the one of this name in its place. */
  withColumn(name: string, column: Column): DataFrame {
    return this.withColumns({ [name]: column });
  }
  withColumns(columns: Readonly<Record<string, Column>>): DataFrame {
    const wanted = Object.entries(columns);
    const used = new Set<string>();
    const list: Expression[] = this.logicalPlan.output.map((a) => {
      const hit = wanted.find(([n]) => this.sameName(n, a.name));
      if (!hit) return a;
      used.add(hit[0]);
      return new Alias(hit[1].expr, hit[0]);
    });
    for (const [n, c] of wanted) if (!used.has(n)) list.push(new Alias(c.expr, n));
    return this.withPlan(new Project(list, this.logicalPlan));
  }
  /** No effect if there is no such column. */
  withColumnRenamed(existing: string, name: string): DataFrame {
    return this.withColumnsRenamed({ [existing]: name });
  }
  withColumnsRenamed(names: Readonly<Record<string, string>>): DataFrame {
    const pairs = Object.entries(names);
    const list = this.logicalPlan.output.map((a) => {
      const hit = pairs.find(([n]) => this.sameName(n, a.name));
      return hit ? new Alias(a, hit[1]) : a;
    });
    return this.withPlan(new Project(list, this.logicalPlan));
  }
  /** Columns that do not exist are passed over. */
  drop(...columns: readonly ColumnOrName[]): DataFrame {
    const rest = this.logicalPlan.output.filter(
      (a) =>
        !columns.some((c) =>
          typeof c === 'string'
            ? this.sameName(c, a.name)
            : c.expr.kind === 'AttributeReference'
              ? (c.expr as AttributeReference).exprId === a.exprId
              : c.expr instanceof UnresolvedAttribute && this.sameName(c.expr.nameParts.at(-1) as string, a.name),
        ),
    );
    if (rest.length === this.logicalPlan.output.length) return this as unknown as DataFrame;
    return this.withPlan(new Project(rest, this.logicalPlan));
  }
  /** New names by position. @throws NUMBER_OF_COLUMNS… when the counts differ */
  toDF(...names: readonly string[]): DataFrame {
    const { output } = this.logicalPlan;
    if (names.length !== output.length)
      throw analysisError('ASSIGNMENT_ARITY_MISMATCH', {
        numExpr: String(names.length),
        numTarget: String(output.length),
      });
    const list = output.map((a, i) => new Alias(a, names[i] as string));
    return this.withPlan(new Project(list, this.logicalPlan));
  }
  groupBy(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.grouped('groupBy', keys);
  }
  rollup(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.grouped('rollup', keys);
  }
  cube(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): GroupedData {
    return this.grouped('cube', keys);
  }
  private grouped(
    kind: 'groupBy' | 'rollup' | 'cube',
    keys: readonly (ColumnOrName | readonly ColumnOrName[])[],
  ): GroupedData {
    return new GroupedData(
      this as unknown as DataFrame,
      (keys.flat() as ColumnOrName[]).map((k) => toColumn(k).expr),
      { kind },
    );
  }
  /** Aggregates over all rows: one row. */
  agg(...aggregates: readonly (Column | Readonly<Record<string, string>>)[]): DataFrame {
    return this.groupBy().agg(...aggregates);
  }
  /** `on`: a condition, SQL text, or names of columns that both sides have (each then comes once). Nothing: every pair.
   * `how`: inner, left, right, full, semi, anti, cross and Spark's longer names. @throws UNSUPPORTED_JOIN_TYPE */
  join(other: DataFrame, on?: Column | string | readonly string[], how?: string): DataFrame {
    const joinType = joinTypeByName(how ?? 'inner');
    if (!joinType)
      throw analysisError('UNSUPPORTED_JOIN_TYPE', {
        typ: how ?? '',
        supported: "'inner', 'outer', 'left', 'right', 'semi', 'anti', 'cross'",
      });
    const left = this.logicalPlan;
    const right = other.logicalPlan;
    // As in PySpark, a join type without columns is USING none of them.
    if (on === undefined)
      return this.withPlan(
        new Join(
          left,
          right,
          how === undefined ? joinType : { kind: 'UsingJoin', type: joinType, columns: [] },
          undefined,
        ),
      );
    if (on instanceof Column) return this.withPlan(new Join(left, right, joinType, on.expr));
    const names = typeof on === 'string' ? undefined : on;
    if (typeof on === 'string') {
      // A bare name that both sides have means USING, as in PySpark; anything else is a condition.
      const shared = [left, right].every((p) => p.output.some((a) => this.sameName(a.name, on)));
      if (!shared) return this.withPlan(new Join(left, right, joinType, expr(on).expr));
    }
    return this.withPlan(
      new Join(left, right, { kind: 'UsingJoin', type: joinType, columns: names ?? [on as string] }, undefined),
    );
  }
  crossJoin(other: DataFrame): DataFrame {
    return this.withPlan(new Join(this.logicalPlan, other.logicalPlan, CROSS, undefined));
  }
  /** A total order. Strings are column names; use `F.expr` or `col.desc()` for more. */
  orderBy(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.sorted(keys, true);
  }
  sort(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.sorted(keys, true);
  }
  sortWithinPartitions(...keys: readonly (ColumnOrName | readonly ColumnOrName[])[]): DataFrame {
    return this.sorted(keys, false);
  }
  private sorted(keys: readonly (ColumnOrName | readonly ColumnOrName[])[], global: boolean): DataFrame {
    const order = (keys.flat() as ColumnOrName[]).map((k) => toColumn(k).sortOrder);
    return this.withPlan(new Sort(order, global, this.logicalPlan));
  }
  /** At most n rows. */
  limit(n: number): DataFrame {
    return this.withPlan(limitPlan(Literal.int(n), this.logicalPlan));
  }
  /** Leaves out the first n rows. */
  offset(n: number): DataFrame {
    return this.withPlan(new Offset(Literal.int(n), this.logicalPlan));
  }
  protected tailPlan(n: number): DataFrame {
    return this.withPlan(new Tail(Literal.int(n), this.logicalPlan));
  }
  /** Rows that differ in all columns. */
  distinct(): DataFrame {
    return this.dropDuplicates();
  }
  /** One row for each combination of the columns (default: all). */
  dropDuplicates(columns?: readonly string[]): DataFrame {
    const { output } = this.logicalPlan;
    const names = scalaSetOrder(columns ?? output.map((a) => a.name));
    const keys = names.flatMap((n) => {
      const hits = output.filter((a) => this.sameName(n, a.name));
      if (hits.length === 0) this.resolveColumn(n);
      return hits;
    });
    return this.withPlan(new Deduplicate([...new Set(keys)], this.logicalPlan));
  }
  /** All rows of both, columns by position. */
  union(other: DataFrame): DataFrame {
    return this.withPlan(combineUnions(new Union([this.logicalPlan, other.logicalPlan])));
  }
  unionAll(other: DataFrame): DataFrame {
    return this.union(other);
  }
  /** All rows of both, columns by name; with `allowMissingColumns` what one side lacks is null. */
  unionByName(other: DataFrame, allowMissingColumns = false): DataFrame {
    return this.withPlan(combineUnions(new Union([this.logicalPlan, other.logicalPlan], true, allowMissingColumns)));
  }
  intersect(other: DataFrame): DataFrame {
    return this.setOperation('Intersect', other, false);
  }
  intersectAll(other: DataFrame): DataFrame {
    return this.setOperation('Intersect', other, true);
  }
  /** Distinct rows of this one that the other lacks. */
  subtract(other: DataFrame): DataFrame {
    return this.setOperation('Except', other, false);
  }
  except(other: DataFrame): DataFrame {
    return this.subtract(other);
  }
  exceptAll(other: DataFrame): DataFrame {
    return this.setOperation('Except', other, true);
  }
  private setOperation(kind: 'Intersect' | 'Except', other: DataFrame, isAll: boolean): DataFrame {
    return this.withPlan(new SetOperation(kind, this.logicalPlan, other.logicalPlan, isAll));
  }
  /** Names the DataFrame, so that columns can be written as `name.column`. */
  alias(name: string): DataFrame {
    return this.withPlan(new SubqueryAlias([name], this.logicalPlan));
  }
  /** Advice for the planner: broadcast, merge, shuffle_hash, shuffle_replicate_nl, coalesce, repartition… */
  hint(name: string, ...parameters: readonly (string | number)[]): DataFrame {
    return this.withPlan(new UnresolvedHint(name, parameters, this.logicalPlan));
  }
  /** `numPartitions` by round robin, or by hash of the columns. */
  repartition(numPartitions: number | ColumnOrName, ...columns: readonly ColumnOrName[]): DataFrame {
    if (typeof numPartitions === 'number' && columns.length === 0)
      return this.withPlan(new Repartition(numPartitions, true, this.logicalPlan));
    const [n, keys] = splitPartitions(numPartitions, columns);
    return this.withPlan(
      new RepartitionByExpression(
        keys.map((k) => toColumn(k).expr),
        this.logicalPlan,
        n,
      ),
    );
  }
  /** By ranges of the columns. */
  repartitionByRange(numPartitions: number | ColumnOrName, ...columns: readonly ColumnOrName[]): DataFrame {
    const [n, keys] = splitPartitions(numPartitions, columns);
    return this.withPlan(
      new RepartitionByExpression(
        keys.map((k) => toColumn(k).sortOrder),
        this.logicalPlan,
        n,
      ),
    );
  }
  /** Merges neighbouring partitions, without moving rows, to at most n. */
  coalesce(n: number): DataFrame {
    return this.withPlan(new Repartition(n, false, this.logicalPlan));
  }
  /** A random part of the rows. Without a seed, another one each time. */
  sample(withReplacement: boolean, fraction: number, seed?: number | bigint): DataFrame {
    const s = seed === undefined ? BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)) : BigInt(seed);
    return this.withPlan(new Sample(0, fraction, withReplacement, s, this.logicalPlan));
  }
  /** Splits rows at random in proportion to the weights. */
  randomSplit(weights: readonly number[], seed?: number | bigint): DataFrame[] {
    const s = seed === undefined ? BigInt(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)) : BigInt(seed);
    const sum = weights.reduce((a, b) => a + b, 0);
    const order = this.logicalPlan.output.filter((a) => a.dataType.kind !== 'map').map((a) => new SortOrder(a));
    const sorted = new Sort(order, false, this.logicalPlan);
    let low = 0;
    return weights.map((w) => {
      const high = low + w / sum;
      const part = this.withPlan(new Sample(low, high, false, s, sorted));
      low = high;
      return part;
    });
  }
  /** Applies a function to the DataFrame, for chains. */
  transform<T extends DataFrame>(f: (df: DataFrame) => T): T {
    return f(this as unknown as DataFrame);
  }
  get na(): DataFrameNaFunctions {
    return new DataFrameNaFunctions(this as unknown as DataFrame);
  }
  fillna(value: number | string | boolean | bigint, columns?: readonly string[]): DataFrame {
    return this.na.fill(value, columns);
  }
  dropna(how: 'any' | 'all' | number = 'any', columns?: readonly string[]): DataFrame {
    return this.na.drop(how, columns);
  }
  /** @throws CALL_ON_STREAMING_DATASET_UNSUPPORTED */
  get write(): DataFrameWriter {
    if (this.isStreaming) throw analysisError('CALL_ON_STREAMING_DATASET_UNSUPPORTED', { methodName: '`write`' });
    return new DataFrameWriter(this as unknown as DataFrame);
  }

  /** @throws _LEGACY_ERROR_TEMP_1321, TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS for what is no name of a view */
  createOrReplaceTempView(name: string): void {
    this.sparkSession.views.createFromPlan(name, this.logicalPlan, { replace: true, global: false });
  }
  /** @throws TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  createTempView(name: string): void {
    this.sparkSession.views.createFromPlan(name, this.logicalPlan, { replace: false, global: false });
  }
  createOrReplaceGlobalTempView(name: string): void {
    this.sparkSession.views.createFromPlan(name, this.logicalPlan, { replace: true, global: true });
  }
  createGlobalTempView(name: string): void {
    this.sparkSession.views.createFromPlan(name, this.logicalPlan, { replace: false, global: true });
  }

  /** Both give the same rows for reasons that the cache would see. */
  sameSemantics(other: DataFrame): boolean {
    return this.logicalPlan.sameResult(other.logicalPlan);
  }

  sameName(a: string, b: string): boolean {
    return this.sparkSession.conf.boolean('spark.sql.caseSensitive') ? a === b : a.toLowerCase() === b.toLowerCase();
  }
}

function splitPartitions(
  first: number | ColumnOrName,
  rest: readonly ColumnOrName[],
): [number | undefined, readonly ColumnOrName[]] {
  return typeof first === 'number' ? [first, rest] : [undefined, [first, ...rest]];
}
