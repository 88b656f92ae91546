import { resolve } from 'node:path';
import { analysisError, type Origin } from '../errors/index.js';
import { Analyzer } from '../plan/analysis/analyzer.js';
import { type CachedRelationFactory, CacheManager } from '../plan/cache/cache-manager.js';
import { type CacheExplanation, explainCache } from '../plan/cache/explain-cache.js';
import { ListenerBus } from '../plan/cache/listener-bus.js';
import { Alias, AttributeReference, type Expression, Literal, UnresolvedFunction } from '../plan/expressions/index.js';
import {
  Aggregate,
  Command,
  ExecuteImmediate,
  type ExplainMode,
  LocalRelation,
  type LogicalPlan,
  LogicalRelation,
  Range,
  TableIdentifier,
  UnresolvedRelation,
} from '../plan/logical/index.js';
import type { CachedRelation } from '../plan/logical/relations.js';
import type { ConfReader, OptimizerEnv } from '../plan/optimizer/conf.js';
import { type ParserOptions, parsePlan, parseQuery } from '../plan/sql/parser.js';
import { StorageLevel } from '../storage/block/storage-level.js';
import { localPath } from '../storage/files/listing.js';
import { LONG, type StructType, type Value } from '../types/index.js';
import { adviceFor, alreadyCached } from './cache-advice.js';
import { CacheLedger } from './cache-ledger.js';
import { CacheLifetimes } from './cache-lifetimes.js';
import { type PersistOptions, ttlMillis } from './cache-options.js';
import { cacheTableFunctions } from './cache-tables.js';
import { Catalog } from './catalog.js';
import { CatalogStore, type TableMetadata } from './catalog-store.js';
import { parseParts } from './column.js';
import { runCommand } from './command-runner.js';
import { expandImmediate } from './commands/execute-immediate.js';
import { notFound } from './commands/names.js';
import { RuntimeConfig } from './conf.js';
import { DataFrame } from './dataframe.js';
import type { ActionOptions } from './dataframe-actions.js';
import { Engine, type ExecutorInfo } from './engine.js';
import { FileTable } from './file-relation.js';
import { FileStatusCaches } from './file-status.js';
import { describeStale, failStale } from './freshness.js';
import { identifierText } from './identifier-clause.js';
import { type LocalInput, localData } from './local-data.js';
import { attachPersistent } from './persistent/attach.js';
import { QueryExecution } from './query-execution.js';
import { ExecutionListenerManager } from './query-execution-listener.js';
import { DataFrameReader } from './reader.js';
import { SessionCatalog } from './session-catalog.js';
import { type ParameterReader, parameterReader, type SqlArgs } from './sql-parameters.js';
import { substituteVariables } from './substitute-variables.js';
import { Views } from './views.js';
import { type FileWrite, writeFiles } from './write-files.js';

/** What the sessions of an application share. Spark: `SharedState`. */
export interface SharedState {
  readonly bus: ListenerBus;
  readonly cacheManager: CacheManager;
  readonly store: CatalogStore;
  readonly relationCache: Map<string, LogicalRelation>;
  readonly engine: Engine;
  /** What each entry was good for so far. */
  readonly ledger: CacheLedger;
  /** Entries that end by themselves. */
  readonly lifetimes: CacheLifetimes;
  /** Listings of partitioned tables. */
  readonly fileStatus: FileStatusCaches;
  /** Confs that the application started with; new sessions begin with them. */
  readonly initialConf: RuntimeConfig;
  /** What ends with the application, before its threads and memory do: streaming queries, for one. */
  readonly closers: Set<() => Promise<void>>;
}

/** What a session has for itself. Spark: `SessionState`. */
export interface SessionState {
  readonly conf: RuntimeConfig;
  readonly catalog: SessionCatalog;
  readonly store: CatalogStore;
}

let active: SparkSession | undefined;
const stopHooks = new WeakMap<SharedState, Set<() => Promise<void>>>();

/** The door to everything: reads files, runs SQL, holds confs and the catalog. Made by `SparkSession.builder`. */
export class SparkSession {
  readonly conf: RuntimeConfig;
  readonly sessionState: SessionState;
  readonly views = new Views(this);
  readonly catalog = new Catalog(this);
  /** Who is told of the queries that run. */
  readonly listenerManager = new ExecutionListenerManager();
  /** Jobs of statements that still run; later actions wait for them, and a failure that nobody saw is thrown by the next. */
  #jobs: Promise<void>[] = [];
  readonly #seenJobs = new WeakSet<Promise<void>>();
  #stopped = false;

  constructor(
    readonly sharedState: SharedState,
    conf: RuntimeConfig,
  ) {
    this.conf = conf;
    const catalog = new SessionCatalog(sharedState.store, conf, sharedState.relationCache);
    catalog.tableFunctions = cacheTableFunctions(this);
    catalog.fileStatusCache = () => sharedState.fileStatus.getOrCreate(conf);
    this.sessionState = { conf, catalog, store: sharedState.store };
  }

  /** What `console.log` prints. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `SparkSession(${this.conf.get('spark.app.name')}, ${this.conf.get('spark.master')})`;
  }
  static get builder(): SparkSessionBuilder {
    return new SparkSessionBuilder();
  }
  /** The session that `getOrCreate` would give, if there is one. */
  static getActiveSession(): SparkSession | undefined {
    return active;
  }

  static create(conf: RuntimeConfig): SparkSession {
    return new SparkSession(SparkSession.newSharedState(conf), conf);
  }
  /** What a new application begins with. */
  static newSharedState(conf: RuntimeConfig): SharedState {
    const bus = new ListenerBus();
    const store = new CatalogStore(resolve(conf.get('spark.sql.warehouse.dir')));
    const cacheManager = new CacheManager(bus);
    const engine = new Engine(conf, bus);
    return {
      bus,
      cacheManager,
      store,
      relationCache: new Map(),
      engine,
      ledger: new CacheLedger(bus),
      lifetimes: new CacheLifetimes(bus),
      fileStatus: new FileStatusCaches(bus),
      initialConf: conf.clone(),
      closers: new Set(),
    };
  }

  get version(): string {
    return '4.0.1';
  }
  /** What happens to cached data, for all sessions of the application: `events.on('hit', (e) => …)`. */
  get events(): ListenerBus {
    return this.sharedState.bus;
  }
  get read(): DataFrameReader {
    return new DataFrameReader(this);
  }
  get timeZone(): string {
    return this.conf.get('spark.sql.session.timeZone');
  }
  /** Confs for optimizer and planner. */
  get plannerConf(): ConfReader {
    return this.conf;
  }
  private get parserOptions(): ParserOptions {
    return this.conf.parserOptions;
  }
  /** One moment for all `current_timestamp()` of a query, and who asks. */
  get optimizerEnv(): OptimizerEnv {
    const { catalog } = this.sessionState;
    return {
      currentTimeMicros: BigInt(Date.now()) * 1000n,
      currentUser: catalog.currentUser,
      currentCatalog: catalog.currentCatalog,
      currentDatabase: catalog.currentDatabase,
    };
  }

  /** Another session: own confs, views and current database; tables and cache are shared. */
  newSession(): SparkSession {
    return new SparkSession(this.sharedState, this.sharedState.initialConf.clone());
  }

  /** The numbers start, start+step, … below end, as bigint column `id`. */
  range(start: number | bigint, end?: number | bigint, step: number | bigint = 1, numPartitions?: number): DataFrame {
    const [from, to] = end === undefined ? [0n, BigInt(start)] : [BigInt(start), BigInt(end)];
    const id = AttributeReference.create('id', LONG, false);
    return DataFrame.of(this, new Range(from, to, BigInt(step), numPartitions ?? this.conf.defaultParallelism, [id]));
  }

  /** A table or view by name. @throws TABLE_OR_VIEW_NOT_FOUND */
  table(name: string): DataFrame {
    return DataFrame.of(this, new UnresolvedRelation(parseParts(name)));
  }

  /** Runs a statement. Queries are lazy; other statements run now, and a job that they start is awaited by the actions that
   * follow. `args` fill `:name` or `?` markers. @throws SparkError of kind `parse` or `analysis` */
  sql(text: string, args?: SqlArgs): DataFrame {
    const parsed = this.parse(text, args);
    const plan = parsed instanceof ExecuteImmediate ? expandImmediate(this, parsed) : parsed;
    if (!(plan instanceof Command)) return DataFrame.of(this, plan);
    const { schema, rows, job, plan: analyzed } = runCommand(this, plan);
    const output = schema.fields.map((f) => AttributeReference.create(f.name, f.dataType, f.nullable));
    const df = DataFrame.of(this, new LocalRelation(output, rows), analyzed ?? plan);
    if (job) {
      df.ready = job;
      this.addJob(job);
    }
    return df;
  }

  /** The plan of a statement, before analysis. */
  parse(written: string, args?: SqlArgs | ParameterReader, isQuery = false): LogicalPlan {
    const text = substituteVariables(written, this.conf);
    const parameterOf = args === undefined || typeof args === 'function' ? args : parameterReader(args);
    const nameOf = (e: Expression): string => identifierText(this, e);
    const options = { ...this.parserOptions, nameOf, ...(parameterOf && { parameterOf }) };
    return isQuery ? parseQuery(text, options) : parsePlan(text, options);
  }

  /** Later actions of the session wait for the job. A failure is thrown by the job's own DataFrame, or else by the next action. */
  private addJob(job: Promise<void>): void {
    job.catch(() => undefined);
    this.#jobs.push(job);
  }
  /** Somebody waits for this job and sees its failure: no later action throws it again. */
  jobSeen(job: Promise<void>): void {
    this.#seenJobs.add(job);
  }
  /** Waits for the jobs of earlier statements; throws what failed and nobody saw. */
  async settle(): Promise<void> {
    const jobs = [...this.#jobs];
    const outcomes = await Promise.allSettled(jobs);
    this.#jobs = this.#jobs.filter((j) => !jobs.includes(j));
    for (const [i, outcome] of outcomes.entries()) {
      const job = jobs[i] as Promise<void>;
      if (outcome.status === 'fulfilled' || this.#seenJobs.has(job)) continue;
      this.#seenJobs.add(job);
      throw outcome.reason;
    }
  }
  /** Settles when the jobs of earlier statements have ended, without throwing their errors. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#jobs);
  }

  /** A DataFrame of JavaScript rows: arrays in column order, or objects by column name. Without a schema the types are inferred.
   * Two DataFrames of equal rows are different results, as in Spark. @param schema a type, DDL text, or column names */
  createDataFrame(rows: LocalInput, schema?: StructType | string | readonly string[]): DataFrame {
    return DataFrame.of(this, localData(rows, schema, this.timeZone));
  }

  /** Keeps a result for as long as `use` runs: its entry goes when that ends, however it ends. A result that is cached already
   * stays cached. */
  async withCached<D extends DataFrame, T>(
    df: D,
    use: (df: D) => T | Promise<T>,
    options?: PersistOptions,
  ): Promise<T> {
    if (this.cachedLevelOf(df.logicalPlan)) return use(df);
    df.persist(options);
    try {
      return await use(df);
    } finally {
      await df[Symbol.asyncDispose]();
    }
  }

  /** Executors that are alive: one in local mode. Spark: `SparkStatusTracker.getExecutorInfos`. */
  get executors(): readonly ExecutorInfo[] {
    return this.sharedState.engine.executors;
  }
  /** Ends an executor of a `local-cluster[n,c,m]` with its threads and blocks; queries under way run on with the others. The last
   * one is replaced. @returns whether there was such an executor. Spark: `SparkContext.killExecutor` */
  killExecutor(id: string): Promise<boolean> {
    return this.sharedState.engine.killExecutor(id);
  }

  /** For those who stand above the session: runs when the application stops, before memory and workers go. */
  onStop(hook: () => Promise<void>): void {
    const hooks = stopHooks.get(this.sharedState) ?? new Set();
    stopHooks.set(this.sharedState, hooks.add(hook));
  }

  /** Frees all that the application holds: workers, memory, disk blocks. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    if (active === this) active = undefined;
    await Promise.allSettled([...this.sharedState.closers].map((close) => close()));
    for (const hook of stopHooks.get(this.sharedState) ?? []) await hook();
    await this.idle();
    await this.sharedState.engine.stop();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  // What the session's own parts use.

  analyze(plan: LogicalPlan): LogicalPlan {
    return new Analyzer(this.sessionState.catalog, this.conf.analyzerConf, (message) =>
      this.warn('HintErrorLogger', message),
    ).execute(plan);
  }
  /** Which fragments of an analyzed plan the cache answers; if none, why. */
  explainCache(plan: LogicalPlan): CacheExplanation {
    this.dropExpired();
    this.attachPersistent(plan);
    return explainCache(plan, this.sharedState.cacheManager, this.conf.cacheMatch, {
      parse: (sql) => parseQuery(sql, this.conf.parserOptions),
      analyze: (p) => this.analyze(p),
    });
  }
  /** @throws TABLE_OR_VIEW_NOT_FOUND */
  analyzedTable(nameParts: readonly string[]): LogicalPlan {
    return this.analyze(new UnresolvedRelation(nameParts));
  }
  /** A table that is not a view. @throws TABLE_OR_VIEW_NOT_FOUND, EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE */
  requireTable(nameParts: readonly string[], operation: string, origin?: Origin): TableMetadata {
    const found = this.sessionState.catalog.find(nameParts);
    if (!found) throw notFound(nameParts, origin);
    if (found.kind === 'table' && !found.meta.view) return found.meta;
    const viewName = found.kind === 'table' ? found.meta.identifier.quoted : new TableIdentifier(found.name).quoted;
    throw analysisError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', { viewName, operation }, origin);
  }
  warn(logger: string, message: string): void {
    this.sharedState.bus.post({ type: 'warning', logger, message });
  }

  /** Puts cached relations in the place of fragments, and looks after their age. @throws STALE_CACHED_DATA */
  useCachedData(plan: LogicalPlan): LogicalPlan {
    const { cacheManager, engine } = this.sharedState;
    const { cacheMatch, freshness } = this.conf;
    this.dropExpired();
    this.attachPersistent(plan);
    const result = cacheManager.useCachedData(plan, cacheMatch, this.conf.logsCache);
    this.sharedState.ledger.planned(result);
    if (freshness === 'spark' || result === plan) return result;
    const hasBlocks = (cached: CachedRelation) => engine.storageOf(cached.id).cachedPartitions > 0;
    const stale = engine.freshness.stale(result, freshness, hasBlocks);
    const [first] = stale;
    if (!first) return result;
    for (const { cached, change } of stale)
      this.sharedState.bus.post({ type: 'stale', entry: cached.id, name: cached.tableName, change });
    if (freshness === 'fail') failStale(first);
    if (freshness === 'warn') {
      for (const s of stale)
        this.warn(
          'Freshness',
          `Cached data is older than its files, and is served as Spark serves it. ${describeStale(s)}. REFRESH makes it anew.`,
        );
      return result;
    }
    for (const { cached } of stale) {
      engine.freshness.refresh(cached);
      cacheManager.recacheRelation(cached, this.factory());
    }
    // One hit, not two.
    return this.sharedState.ledger.filling(() => cacheManager.useCachedData(plan, cacheMatch));
  }
  /** Registers what the persistent cache holds of a query, where the conf says so. */
  private attachPersistent(plan: LogicalPlan): void {
    if (this.conf.boolean('memoframe.cache.persistent.attach')) attachPersistent(this, plan);
  }
  /** Registers a result to be kept.
   * @returns the number of the new entry; undefined if there is none, since it exists already or cannot be */
  cacheQuery(
    plan: LogicalPlan,
    level: StorageLevel,
    tableName: string | undefined,
    ttl?: number | string,
    persistent = this.conf.boolean('memoframe.cache.persistent'),
  ): number | undefined {
    const ttlMs = ttl === undefined ? undefined : ttlMillis(ttl);
    if (level.equals(StorageLevel.NONE)) return undefined;
    this.dropExpired();
    const { cacheManager, lifetimes, bus } = this.sharedState;
    const entry = cacheManager.cacheQuery(plan, level.toString(), tableName, this.factory(level, persistent));
    if (!entry) {
      const kept = cacheManager.lookup(plan)?.relation.cached;
      if (kept) bus.post(alreadyCached(kept, this.sharedState.ledger.history(kept.id)?.createdBy));
      return undefined;
    }
    const { cached } = entry.relation;
    if (ttlMs !== undefined) lifetimes.set(cached.id, ttlMs);
    for (const { code, message } of adviceFor(this, plan, level, cached))
      bus.post({ type: 'advice', entry: cached.id, name: tableName, code, message });
    return cached.id;
  }
  /** Removes the entries whose time to live is over, as `unpersist` would. */
  dropExpired(): void {
    const { lifetimes, cacheManager, bus } = this.sharedState;
    for (const id of lifetimes.expired()) {
      const entry = cacheManager.entries.find((e) => e.relation.cached.id === id);
      if (!entry) continue;
      bus.post({ type: 'expired', entry: id, name: entry.relation.cached.tableName });
      this.uncacheQuery(entry.plan);
    }
  }
  uncacheQuery(plan: LogicalPlan, cascade = false): void {
    this.sharedState.cacheManager.uncacheQuery(plan, cascade, this.factory());
  }
  uncacheByName(nameParts: readonly string[], cascade: boolean): void {
    this.sharedState.cacheManager.uncacheTableOrView(
      nameParts,
      cascade,
      this.factory(),
      this.conf.boolean('spark.sql.caseSensitive'),
    );
  }
  clearCache(): void {
    this.sharedState.cacheManager.clearCache(this.factory());
  }
  recacheByPlan(plan: LogicalPlan): void {
    this.sharedState.cacheManager.recacheByPlan(plan, this.factory());
  }
  refreshByPath(path: string): void {
    this.sharedState.cacheManager.recacheByPath(localPath(path), this.factory());
  }
  /** Lists the files of all relations in a plan anew. */
  refreshFiles(plan: LogicalPlan): void {
    plan.foreachWithSubqueries((p) => {
      if (p instanceof LogicalRelation && p.relation instanceof FileTable) p.relation.refresh();
    });
  }
  cachedLevelOf(plan: LogicalPlan): StorageLevel | undefined {
    this.dropExpired();
    const hit = this.sharedState.cacheManager.lookup(plan);
    return hit && this.sharedState.engine.levelOf(hit.relation.cached);
  }
  storageLevelOf(plan: LogicalPlan): StorageLevel {
    return this.cachedLevelOf(plan) ?? StorageLevel.NONE;
  }
  protected factory(level: StorageLevel = StorageLevel.MEMORY_AND_DISK, persistent = false): CachedRelationFactory {
    return this.sharedState.engine.relationFactory(this, level, persistent);
  }
  /** Whether statements make, move and remove files. A session that only checks statements leaves them alone. */
  get changesFiles(): boolean {
    return true;
  }

  /** Runs `count()` over a plan: materializes it if it is cached. */
  async countPlan(plan: LogicalPlan): Promise<number> {
    const count = new UnresolvedFunction(['count'], [Literal.int(1)], false, undefined, false, [], true);
    const execution = new QueryExecution(this, new Aggregate([], [new Alias(count, 'count')], plan));
    // That the filling query reads what it fills is no hit.
    this.sharedState.ledger.filling(() => execution.withCachedData);
    const [row] = await this.sharedState.engine.rows(execution);
    return Number(row?.[0]);
  }
  /** Writes a query's rows once the jobs of earlier statements have ended. */
  writeFiles(query: LogicalPlan, write: FileWrite): Promise<boolean> {
    return this.idle().then(() => writeFiles(this, query, write));
  }

  async execute(execution: QueryExecution, options?: ActionOptions): Promise<Value[][]> {
    await this.settle();
    const { engine } = this.sharedState;
    return this.listenerManager.observe(
      'collect',
      execution,
      () => engine.lastMetrics,
      () => engine.rows(execution, options),
    );
  }
  async *executePartitions(execution: QueryExecution, options?: ActionOptions): AsyncGenerator<Value[][]> {
    await this.settle();
    yield* this.sharedState.engine.partitions(execution, options);
  }
  async executeArrow(execution: QueryExecution, options?: ActionOptions) {
    await this.settle();
    const { engine } = this.sharedState;
    return this.listenerManager.observe(
      'toArrow',
      execution,
      () => engine.lastMetrics,
      () => engine.arrow(execution, this.timeZone, options),
    );
  }
  explainString(execution: QueryExecution, mode: Exclude<ExplainMode, 'cache'>): string {
    return this.sharedState.engine.explain(execution, mode);
  }
}

/** Collects confs and makes the session, or gives the running one. Spark: `SparkSession.Builder`. */
export class SparkSessionBuilder {
  readonly #values: [string, string][] = [];
  appName(name: string): this {
    return this.config('spark.app.name', name);
  }
  /** `local[n]` or `local[*]`. */
  master(url: string): this {
    return this.config('spark.master', url);
  }
  config(key: string, value: string | number | boolean): this {
    this.#values.push([key, String(value)]);
    return this;
  }
  /** The running session with these confs set on it, or a new one. */
  async getOrCreate(): Promise<SparkSession> {
    if (active) {
      for (const [k, v] of this.#values) if (active.conf.isModifiable(k)) active.conf.set(k, v);
      return active;
    }
    active = await this.create();
    return active;
  }
  /** A new application with memory and workers of its own. */
  async create(): Promise<SparkSession> {
    const conf = new RuntimeConfig();
    for (const [k, v] of this.#values) conf.setStatic(k, v);
    return SparkSession.create(conf);
  }
}
