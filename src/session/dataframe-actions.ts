import type { CacheExplanation } from '../plan/cache/explain-cache.js';
import { Alias, Literal, UnresolvedFunction } from '../plan/expressions/index.js';
import type { ExplainMode } from '../plan/logical/commands.js';
import { Aggregate, type LogicalPlan } from '../plan/logical/index.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import type { PublicOptions } from '../storage/column/public-value.js';
import type { Value } from '../types/index.js';
import { adviceFor } from './cache-advice.js';
import { describeEffects, type UnpersistEffects } from './cache-entries.js';
import type { EntryHistory } from './cache-ledger.js';
import { type MaterializeResult, materialize } from './cache-materialize.js';
import { type PersistOptions, persistOptions, type UnpersistOptions } from './cache-options.js';
import type { DataFrame } from './dataframe.js';
import type { QueryExecution } from './query-execution.js';
import { type ObjectRow, RowConverter } from './rows.js';
import { type ShowOptions, showString } from './show.js';
import type { SparkSession } from './spark-session.js';

/** Options of every action. */
export interface ActionOptions {
  /** Cancels the query: the action then rejects with OPERATION_CANCELED. */
  readonly signal?: AbortSignal | undefined;
  /** Cached relations are filled whole, whatever rows are wanted. */
  readonly allPartitions?: boolean | undefined;
  /** Is told what the query counted, by metric, when it has run. */
  readonly onCounts?: ((counts: Readonly<Record<string, number>>) => void) | undefined;
}

/** `values: 'js'` gives numbers for bigint and decimal and Dates for timestamps, and throws where that would lose something. */
export type CollectOptions = ActionOptions & Partial<Pick<PublicOptions, 'values'>>;

/** The half of a DataFrame that runs. Each action plans its query (so that it sees what is cached now) except those on the
 * DataFrame's own execution, which keeps the plan of its first run, as in Spark. */
export abstract class DataFrameActions<R extends object = ObjectRow> {
  #isCached = false;
  /** The entry that `persist` of this object made. */
  #made: EntryHistory | undefined;
  /** Settles when the statement behind this DataFrame (a command with a job) has run. */
  ready: Promise<void> | undefined;

  constructor(
    readonly sparkSession: SparkSession,
    readonly queryExecution: QueryExecution,
  ) {}

  abstract withPlan(plan: LogicalPlan): DataFrame;
  protected abstract tailPlan(n: number): DataFrame;
  abstract limit(n: number): DataFrame;
  abstract select(...columns: readonly string[]): DataFrame;

  /** The analyzed plan; of a statement: its rows. */
  get logicalPlan(): LogicalPlan {
    return this.queryExecution.commandExecuted;
  }

  private async rows(options?: ActionOptions): Promise<Value[][]> {
    await this.settled();
    return this.sparkSession.execute(this.queryExecution, options);
  }
  private converter(options?: CollectOptions): RowConverter {
    return new RowConverter(this.logicalPlan.schema, {
      values: options?.values ?? 'exact',
      timeZone: this.sparkSession.timeZone,
    });
  }

  /** All rows as objects without prototype, keyed by column name (`columns` has the order). */
  async collect(options?: CollectOptions): Promise<R[]> {
    const convert = this.converter(options);
    return (await this.rows(options)).map((r) => convert.toObject(r) as R);
  }
  /** All rows as arrays in column order: for duplicate names. */
  async collectArrays(options?: CollectOptions): Promise<unknown[][]> {
    const convert = this.converter(options);
    return (await this.rows(options)).map((r) => convert.toArray(r));
  }
  /** All rows in the engine's own value representation (`types/value.ts`). */
  collectValues(options?: ActionOptions): Promise<Value[][]> {
    return this.rows(options);
  }
  /** The number of rows. */
  async count(options?: ActionOptions): Promise<number> {
    const count = new UnresolvedFunction(['count'], [Literal.int(1)], false, undefined, false, [], true);
    const [row] = await this.withPlan(new Aggregate([], [new Alias(count, 'count')], this.logicalPlan))
      .awaiting(this)
      .collectValues(options);
    return Number(row?.[0]);
  }
  /** At most n rows; runs only as many partitions as it takes. */
  take(n: number, options?: CollectOptions): Promise<R[]> {
    return this.limit(n).awaiting(this).collect(options) as Promise<R[]>;
  }
  async head(): Promise<R | undefined>;
  async head(n: number): Promise<R[]>;
  async head(n?: number): Promise<R | R[] | undefined> {
    return n === undefined ? this.first() : this.take(n);
  }
  /** The first row, or undefined. */
  async first(options?: CollectOptions): Promise<R | undefined> {
    return (await this.take(1, options))[0];
  }
  /** The last n rows. */
  tail(n: number, options?: CollectOptions): Promise<R[]> {
    return this.tailPlan(n).awaiting(this).collect(options) as Promise<R[]>;
  }
  async isEmpty(options?: ActionOptions): Promise<boolean> {
    // Spark's limit(1) here is no `CollectLimit`: every partition runs.
    const all = { ...options, allPartitions: true };
    return (await this.select().limit(1).awaiting(this).collectValues(all)).length === 0;
  }
  /** Prints a table. @param n rows at most @param truncate cut cells to this many characters (0 or false: do not) */
  async show(
    n = 20,
    truncate: number | boolean = 20,
    options: Partial<ShowOptions> & ActionOptions = {},
  ): Promise<void> {
    process.stdout.write(`${await this.showString(n, truncate, options)}\n`);
  }
  /** What `show` prints. Spark: `Dataset.showString`. */
  async showString(
    n = 20,
    truncate: number | boolean = 20,
    options: Partial<ShowOptions> & ActionOptions = {},
  ): Promise<string> {
    const width = truncate === true ? 20 : truncate === false ? 0 : truncate;
    const rows = await this.limit(n + 1)
      .awaiting(this)
      .collectValues(options);
    return showString(this.logicalPlan.schema, rows, {
      n,
      truncate: width,
      vertical: options.vertical ?? false,
      timeZone: this.sparkSession.timeZone,
    });
  }
  /** Calls `f` for every row, in order. */
  async foreach(f: (row: R) => void | Promise<void>, options?: CollectOptions): Promise<void> {
    for (const r of await this.collect(options)) await f(r);
  }
  /** Rows one partition after another; a partition runs when its first row is asked for. */
  async *toLocalIterator(options?: CollectOptions): AsyncGenerator<R> {
    await this.settled();
    const convert = this.converter(options);
    for await (const rows of this.sparkSession.executePartitions(this.queryExecution, options))
      for (const r of rows) yield convert.toObject(r) as R;
  }
  /** All rows as an apache-arrow Table; its memory is a copy of its own. */
  async toArrow(options?: ActionOptions) {
    await this.settled();
    return this.sparkSession.executeArrow(this.queryExecution, options);
  }
  /** All rows as apache-arrow RecordBatches. */
  async *toArrowBatches(options?: ActionOptions) {
    const table = await this.toArrow(options);
    for (const batch of table.batches) yield batch;
  }
  /** One JSON text per row. */
  async toJSON(options?: ActionOptions): Promise<string[]> {
    const convert = this.converter();
    return (await this.rows(options)).map((r) => convert.toJson(r));
  }

  /** Marks the result to be kept when it is first computed. Nothing runs. What is already cached keeps its level, name and time
   * to live. @throws java.lang.IllegalArgumentException for an unknown level, INVALID_CACHE_OPTION */
  persist(given?: StorageLevel | string | PersistOptions): this {
    const options = persistOptions(given);
    const { level = this.sparkSession.conf.defaultCacheLevel, name, ttl, persistent } = options;
    const storageLevel = typeof level === 'string' ? StorageLevel.fromString(level) : level;
    const entry = this.sparkSession.cacheQuery(this.logicalPlan, storageLevel, name, ttl, persistent);
    if (entry !== undefined) this.#made = this.sparkSession.sharedState.ledger.history(entry);
    this.#isCached = true;
    return this;
  }
  cache(options?: Omit<PersistOptions, 'level'>): this {
    return this.persist(options);
  }
  /** Forgets the cached result of this plan, whoever cached it. Results computed from it stay, unless `cascade`.
   * @returns this, or with `dryRun` what would happen */
  unpersist(options: UnpersistOptions & { readonly dryRun: true }): UnpersistEffects;
  unpersist(options?: boolean | UnpersistOptions): this;
  unpersist(options: boolean | UnpersistOptions = false): this | UnpersistEffects {
    const { cascade = false, dryRun = false } = typeof options === 'boolean' ? {} : options;
    const { sparkSession, logicalPlan } = this;
    if (dryRun)
      return describeEffects(sparkSession, sparkSession.sharedState.cacheManager.uncacheEffects(logicalPlan, cascade));
    sparkSession.uncacheQuery(logicalPlan, cascade);
    this.#isCached = false;
    this.#made = undefined;
    return this;
  }
  /** Computes and stores what is missing of the cached result. Partitions that find no room stay out.
   * @throws NOT_CACHED where the plan has no entry */
  async materialize(options?: ActionOptions): Promise<MaterializeResult> {
    await this.settled();
    return materialize(this.sparkSession, this.logicalPlan, options);
  }
  /** Why caching this result cannot pay, or not at this level; mostly nothing. */
  cacheAdvice(level: StorageLevel | string = this.sparkSession.conf.defaultCacheLevel) {
    const storageLevel = typeof level === 'string' ? StorageLevel.fromString(level) : level;
    const { sparkSession, logicalPlan, queryExecution } = this;
    return adviceFor(sparkSession, logicalPlan, storageLevel, queryExecution);
  }
  /** The end of a scope (`using df = query.persist()`): forgets the result if this object's `persist` made the entry, and the
   * entry is still there. Of a DataFrame that made none: nothing. */
  [Symbol.dispose](): void {
    const { ledger, cacheManager } = this.sparkSession.sharedState;
    const entry = this.#made && cacheManager.lookup(this.logicalPlan)?.relation.cached.id;
    if (entry !== undefined && ledger.history(entry) === this.#made) this.unpersist();
    this.#made = undefined;
  }
  /** As `Symbol.dispose`, and waits until files of blocks are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.sparkSession.sharedState.engine.removalsDone();
  }
  /** PySpark's flag: whether `cache` or `persist` was called on this object. The truth is in `storageLevel`. */
  get isCached(): boolean {
    return this.#isCached;
  }
  /** The level at which the registry holds this plan; NONE if it does not. */
  get storageLevel(): StorageLevel {
    return this.sparkSession.storageLevelOf(this.logicalPlan);
  }

  /** Prints the plans. `mode`: simple, extended, formatted, cost, codegen, cache. */
  explain(mode: ExplainMode | boolean = 'simple'): void {
    process.stdout.write(`${this.explainString(mode === true ? 'extended' : mode === false ? 'simple' : mode)}\n`);
  }
  explainString(mode: ExplainMode = 'simple'): string {
    if (mode === 'cache') return this.explainCache();
    return this.sparkSession.explainString(this.queryExecution, mode);
  }
  /** Which fragments of the query are cached; for a miss the nearest entry and the first difference. */
  explainCache(): string {
    return this.cacheExplanation.text;
  }
  /** The same as data. */
  get cacheExplanation(): CacheExplanation {
    return this.sparkSession.explainCache(this.logicalPlan);
  }
  printSchema(): void {
    process.stdout.write(`${this.logicalPlan.schema.treeString}\n`);
  }

  /** Waits for the statement behind this DataFrame and throws its failure. */
  private async settled(): Promise<void> {
    if (!this.ready) return;
    this.sparkSession.jobSeen(this.ready);
    await this.ready;
  }

  /** Waits for what `source` waits for. */
  awaiting(source: DataFrameActions<object>): this {
    if (source.ready) this.ready = source.ready;
    return this;
  }
}
