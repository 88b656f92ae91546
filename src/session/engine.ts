import { internalError, NO_ORIGIN, runtimeError, SparkError } from '../errors/index.js';
import { CachedRelationBlocks, type ReplannedRelation } from '../exec/cached-relation.js';
import { Executor, type RunOptions } from '../exec/pipelines/executor.js';
import type { QueryResult } from '../exec/pipelines/query-result.js';
import { allCachedScans, cachedScans } from '../exec/planner/cached-scans.js';
import { explainString } from '../exec/planner/explain.js';
import { realOrdering } from '../exec/planner/redundant-sorts.js';
import type { CachedRelationFactory } from '../plan/cache/cache-manager.js';
import type { ListenerBus } from '../plan/cache/listener-bus.js';
import {
  type CachedRelation,
  type ExplainMode,
  InMemoryRelation,
  type LogicalPlan,
  LogicalRelation,
} from '../plan/logical/index.js';
import { BlockCluster } from '../storage/block/block-cluster.js';
import { blockName } from '../storage/block/block-id.js';
import { BlockManager } from '../storage/block/block-manager.js';
import { DiskStore } from '../storage/block/disk-store.js';
import type { StorageLevel } from '../storage/block/storage-level.js';
import { type MemoryLimits, type MemoryMode, memoryLimits, UnifiedMemory } from '../storage/block/unified-memory.js';
import { toArrowTable } from '../storage/column/arrow.js';
import { readBatchHeader } from '../storage/column/batch.js';
import { Arena } from '../storage/memory/arena.js';
import type { Value } from '../types/index.js';
import type { RuntimeConfig } from './conf.js';
import type { ActionOptions } from './dataframe-actions.js';
import { FreshnessGuard } from './freshness.js';
import { PersistentCache } from './persistent/persistent-cache.js';
import { SourceFiles } from './persistent/sources.js';
import { QueryExecution } from './query-execution.js';
import { addCounts, type QueryMetrics, queryMetrics } from './query-metrics.js';
import type { SparkSession } from './spark-session.js';
import { takePlan, takeRows } from './take.js';

export interface RelationStorage {
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** One executor. Spark: `SparkExecutorInfo`. */
export interface ExecutorInfo {
  readonly id: string;
  /** Worker threads. */
  readonly cores: number;
  /** Bytes for storage and execution together. */
  readonly maxMemory: number;
  /** Bytes of blocks. */
  readonly memoryUsed: number;
}

/** Executes planned queries: owns the arena, the workers and the blocks. Made when the first query needs it, so that planning,
 * checking and explaining cost neither memory nor threads. One per application. */
export class Engine {
  #nextExecutor = 0;
  #stopped = false;
  #parts: { executor: Executor; blocks: BlockCluster } | undefined;
  #nextRelation = 1;
  /** Relations that were asked to outlive the process. */
  readonly #kept = new Set<number>();
  /** Relations whose files are being removed. */
  readonly #removals = new Set<Promise<void>>();
  /** What `storages` tells of relations besides their blocks. */
  readonly #described = new Map<number, { readonly partitions: number; readonly level: string }>();
  /** Relations in the order in which their blocks were first asked for. Spark makes an entry's RDD then. */
  readonly #used = new Map<number, number>();
  #nextUse = 0;
  /** Of the last query that ended; the REPL shows it. */
  readonly freshness = new FreshnessGuard();
  lastMetrics: QueryMetrics = queryMetrics(0, 0);
  /** Made when first asked for. */
  #persistent: PersistentCache | undefined;

  constructor(
    readonly conf: RuntimeConfig,
    readonly bus: ListenerBus,
  ) {}

  private get parts(): { executor: Executor; blocks: BlockCluster } {
    if (this.#stopped) throw stoppedContext();
    if (!this.#parts) {
      const arena = Arena.create();
      const { conf } = this;
      const { executors, cores, memory } = conf.master;
      const executorIds = memory === undefined ? ['driver'] : Array.from({ length: executors }, (_, i) => String(i));
      this.#nextExecutor = executorIds.length;
      const limits = this.limits(arena.totalBytes);
      const executor = Executor.create({
        workers: cores,
        arena,
        makeRoom: (bytes) => blocks.makeArenaRoom(bytes),
        ...(memory === undefined ? {} : { executorIds }),
      });
      const { kernels } = executor;
      // Spark spreads blocks over a list of folders.
      const directory = conf.getOptional('spark.local.dir')?.split(',')[0]?.trim();
      const blocks = new BlockCluster(arena, executorIds, (executorId, peers) => {
        const disk = new DiskStore(directory);
        const manager = new BlockManager({
          arena,
          kernels,
          memory: new UnifiedMemory(limits),
          executorId,
          peers,
          disk,
          unpack: (image, address, pieces) => executor.unpack(image, address, pieces),
        });
        this.forward(manager);
        return manager;
      });
      this.#parts = { executor, blocks };
    }
    return this.#parts;
  }

  /** Bytes of the arena that blocks, queries and threads hold; serialized blocks lie outside it. */
  get arenaUsedBytes(): number {
    return this.#parts?.executor.arena.usedBytes() ?? 0;
  }

  /** Of each executor. */
  private limits(arenaBytes: number): MemoryLimits {
    const { conf } = this;
    const { bytes, reserved } = conf.executorMemory;
    return memoryLimits({
      executorMemory: Math.min(bytes, arenaBytes),
      ...(reserved === undefined ? {} : { reserved }),
      memoryFraction: Number(conf.get('spark.memory.fraction')),
      storageFraction: Number(conf.get('spark.memory.storageFraction')),
      offHeapSize: conf.boolean('spark.memory.offHeap.enabled') ? conf.bytes('spark.memory.offHeap.size') : 0,
    });
  }

  /** Executors that are alive, and what blocks take of their memory. */
  get executors(): readonly ExecutorInfo[] {
    return this.parts.blocks.executors.map(({ executorId, memory }) => ({
      id: executorId,
      cores: this.conf.master.cores,
      maxMemory: memory.limits.onHeap + memory.limits.offHeap,
      memoryUsed: memory.storageUsed('onHeap') + memory.storageUsed('offHeap'),
    }));
  }

  /** Ends an executor of a cluster: its threads, which queries notice and run again elsewhere, and its blocks. The last one is
   * replaced. @returns whether there was such an executor */
  async killExecutor(id: string): Promise<boolean> {
    const { executor, blocks } = this.parts;
    const known = blocks.executors.some((m) => m.executorId === id);
    if (!known || this.conf.master.memory === undefined) return false;
    if (blocks.executors.length === 1) {
      const next = String(this.#nextExecutor++);
      executor.pool?.addExecutor(next);
      blocks.add(next);
    }
    await executor.pool?.removeExecutor(id);
    return blocks.remove(id);
  }

  /** Block events onto the one bus. */
  private forward(blocks: BlockManager): void {
    const { bus } = this;
    blocks.events.on('evicted', (e) =>
      bus.post({ type: 'evicted', block: blockName(e.id), sizeInBytes: e.status.memorySize }),
    );
    blocks.events.on('spilled', (e) => bus.post({ type: 'spilled', block: blockName(e.id), sizeInBytes: e.diskSize }));
    blocks.events.on('dropped', (e) => {
      if (e.reason === 'damaged') bus.post({ type: 'corrupt', block: blockName(e.id) });
      bus.post({ type: 'dropped', block: blockName(e.id), sizeInBytes: 0 });
    });
    blocks.events.on('readBack', (e) =>
      bus.post({ type: 'readBack', block: blockName(e.id), sizeInBytes: e.diskSize, inMemory: e.inMemory }),
    );
    blocks.events.on('put', (e) =>
      bus.post({
        type: 'materialized',
        entry: e.id.rddId,
        partition: e.id.partition,
        rows: e.status.rows,
        sizeInBytes: e.status.memorySize + e.status.diskSize,
      }),
    );
    blocks.events.on('log', (e) => {
      if (e.severity === 'WARN') bus.post({ type: 'warning', logger: e.logger, message: e.message });
    });
  }

  /** Starts memory and workers ahead of the first query. */
  async warmUp(): Promise<void> {
    await this.parts.executor.warmUp();
  }

  relationFactory(session: SparkSession, level: StorageLevel, persistent = false): CachedRelationFactory {
    return {
      create: (plan, _level, tableName) => this.createRelation(session, plan, level, tableName, persistent),
      recreate: (old, plan) =>
        this.createRelation(session, plan, this.levelOf(old), old.tableName, this.#kept.delete(old.id)),
      clear: (cached, why) => this.forget(cached, why),
      logs: session.conf.logsCache,
    };
  }
  /** Results that outlive the process. */
  get persistent(): PersistentCache {
    this.#persistent ??= new PersistentCache(this.conf, this.bus);
    return this.#persistent;
  }

  /** Plans `plan` and makes a relation for its rows. Confs that Spark switches off for cached plans are off. */
  private createRelation(
    session: SparkSession,
    plan: LogicalPlan,
    level: StorageLevel,
    tableName: string | undefined,
    persistent: boolean,
  ): InMemoryRelation {
    const execution = new QueryExecution(session, plan, true);
    const { prepared, executedPlan, optimizedPlan } = execution;
    const { executor, blocks } = this.parts;
    const id = this.#nextRelation++;
    const listed = listings(optimizedPlan);
    if (persistent) this.#kept.add(id);
    const cached = new CachedRelationBlocks({
      id,
      tableName,
      level,
      spec: prepared.spec,
      numPartitions: prepared.outputPartitions,
      physicalPlanString: executedPlan.treeString(session.conf.int('spark.sql.debug.maxToStringFields')),
      estimatedSizeInBytes: execution.estimatedSizeInBytes,
      optimizedPlan,
      parameters: (read) => this.parameters(execution, read),
      batchRows: session.conf.int('spark.sql.inMemoryColumnarStorage.batchSize'),
      compressed: session.conf.boolean('spark.sql.inMemoryColumnarStorage.compressed'),
      spread: { output: executedPlan.output, partitioning: executedPlan.outputPartitioning },
      isAdaptive: execution.isAdaptive,
      isSorted: realOrdering(executedPlan).length > 0,
      executedPlan,
      executor,
      blocks,
      onFirstUse: () => this.#used.set(id, this.#nextUse++),
      replanned: () => this.replanned(id, execution, listed),
      persistent: persistent
        ? this.persistent.blocks({
            execution,
            plan,
            conf: session.conf,
            level,
            tableName,
            spec: prepared.spec,
            numPartitions: prepared.outputPartitions,
            entryId: id,
            isCurrent: (other) => this.isCurrent(session, other),
          })
        : undefined,
    });
    this.freshness.take(cached, plan);
    this.#described.set(cached.id, { partitions: cached.numPartitions, level: cached.storageLevelString });
    return new InMemoryRelation(optimizedPlan.output, cached, executedPlan.outputOrdering);
  }

  /** The plan that fills a relation, if files were listed anew since it was made: scans list when they first run. */
  private replanned(id: number, execution: QueryExecution, listed: string): ReplannedRelation | undefined {
    if (listings(execution.optimizedPlan) === listed) return undefined;
    const { prepared, executedPlan } = execution.planAnew();
    const { outputPartitions: numPartitions, spec } = prepared;
    const described = this.#described.get(id);
    if (described) this.#described.set(id, { ...described, partitions: numPartitions });
    return { spec, numPartitions, executedPlan, parameters: (read) => this.parameters(execution, read) };
  }

  /** Bytes that storage may hold at most, all else gone; undefined before anything was cached or run. */
  storageLimit(mode: MemoryMode): number | undefined {
    return this.#parts?.blocks.maxStorage(mode);
  }
  /** Computes and stores what is missing of a relation. */
  async fill(cached: CachedRelation, options?: ActionOptions): Promise<void> {
    await this.blocksOf(cached).materialize(undefined, options?.signal);
  }
  /** Memory is free at once, files go soon after. */
  private forget(cached: CachedRelation, why: 'unpersisted' | 'recached'): void {
    const { persistent } = this.blocksOf(cached).options;
    if (why === 'unpersisted') {
      persistent?.forget();
      this.#kept.delete(cached.id);
    } else persistent?.release();
    for (const { id } of this.blocksOf(cached).clear()) {
      const removal = (this.#parts?.blocks.removeRelation(id) ?? Promise.resolve()).catch(() => undefined);
      this.#removals.add(removal);
      void removal.then(() => this.#removals.delete(removal));
    }
  }
  /** Whether what a cached relation holds is what its files hold now. */
  private isCurrent(session: SparkSession, cached: CachedRelation): boolean {
    const entry = session.sharedState.cacheManager.entries.find((e) => e.relation.cached === cached);
    if (!entry || this.freshness.changeOf(cached) !== undefined) return false;
    return typeof SourceFiles.of(entry.plan) !== 'string';
  }
  /** Settles when the files of relations that were removed are gone. */
  async removalsDone(): Promise<void> {
    await Promise.all(this.#removals);
  }

  /** What filling a cached relation counted so far, by metric. */
  fillCounts(cached: CachedRelation): Readonly<Record<string, number>> {
    return this.blocksOf(cached).fillCounts;
  }
  levelOf(cached: CachedRelation): StorageLevel {
    return this.blocksOf(cached).level;
  }
  private blocksOf(cached: CachedRelation): CachedRelationBlocks {
    if (!(cached instanceof CachedRelationBlocks)) throw internalError('a cached relation of another engine');
    return cached;
  }
  /** All relations with stored blocks, first used first, also those whose entry is gone while a reader still holds them. */
  storages(): (RelationStorage & { readonly id: number; readonly partitions: number; readonly level: string })[] {
    const used = (id: number) => this.#used.get(id) ?? -1;
    return (this.#parts?.blocks.relations() ?? [])
      .sort((a, b) => used(a.rddId) - used(b.rddId))
      .map((s) => ({
        id: s.rddId,
        ...(this.#described.get(s.rddId) ?? { partitions: s.numCachedPartitions, level: '' }),
        ...this.storageOf(s.rddId),
      }));
  }
  storageOf(relation: number): RelationStorage {
    const s = this.#parts?.blocks.relation(relation);
    return {
      cachedPartitions: s?.numCachedPartitions ?? 0,
      memoryBytes: (s?.memoryUsed ?? 0) + (s?.offHeapUsed ?? 0),
      diskBytes: s?.diskUsed ?? 0,
    };
  }

  /** Runs what the query needs first: scalar subqueries and shared plans, one after another, as later ones may use earlier ones.
   * The caller releases. */
  private async preliminaries(execution: QueryExecution, options?: ActionOptions): Promise<Preliminaries> {
    const done = new Preliminaries();
    try {
      for (const { kind, id, spec, origin } of execution.prepared.preliminaries) {
        const { parameters, shared } = done;
        const result = await this.parts.executor.run(spec, { parameters, shared, signal: options?.signal });
        addCounts(done.counts, result);
        if (kind === 'shared') shared.set(id, result);
        else
          try {
            const rows = result.rows();
            if (rows.length > 1) throw runtimeError('SCALAR_SUBQUERY_TOO_MANY_ROWS', {}, origin);
            parameters.set(id, rows[0]?.[0] ?? null);
          } finally {
            result.release();
          }
      }
      return done;
    } catch (error) {
      done.release();
      throw error;
    }
  }

  /** For a plan that fills a cache: such plans share nothing. */
  private async parameters(
    execution: QueryExecution,
    read: (bytes: number) => void,
  ): Promise<ReadonlyMap<number, Value>> {
    const { parameters, shared, counts } = await this.preliminaries(execution);
    read(counts['bytesRead'] ?? 0);
    if (shared.size > 0) throw internalError('a plan that fills a cache shares a part');
    return parameters;
  }

  private async begin(execution: QueryExecution, options?: ActionOptions): Promise<RunOptions & Preliminaries> {
    for (const cached of allCachedScans(execution.executedPlan)) this.blocksOf(cached).use();
    const filled =
      execution.isAdaptive || options?.allPartitions ? await this.materializeScans(execution, options?.signal) : {};
    const done = await this.preliminaries(execution, options);
    for (const [name, n] of Object.entries(filled)) done.counts[name] = (done.counts[name] ?? 0) + n;
    return Object.assign(done, { signal: options?.signal });
  }

  /** Adaptive execution runs cached scans as stages of their own: all partitions, before the rest. Spark: `TableCacheQueryStageExec`. */
  private async materializeScans(
    execution: QueryExecution,
    signal: AbortSignal | undefined,
  ): Promise<Readonly<Record<string, number>>> {
    const read: Record<string, number> = {};
    for (const cached of cachedScans(execution.executedPlan))
      for (const [name, n] of Object.entries(await this.blocksOf(cached).materialize(undefined, signal)))
        read[name] = (read[name] ?? 0) + n;
    return read;
  }

  /** All rows, copied out. */
  async rows(execution: QueryExecution, options?: ActionOptions): Promise<Value[][]> {
    const started = performance.now();
    const { spec, tail } = execution.prepared;
    const run = await this.begin(execution, options);
    try {
      const { executor } = this.parts;
      const take = takePlan(spec, tail, execution.executedPlan);
      const confs = execution.sparkSession.conf;
      if (take) {
        const { rows, counts } = await takeRows(executor, take, run, {
          initialNumPartitions: confs.int('spark.sql.limit.initialNumPartitions'),
          scaleUpFactor: confs.int('spark.sql.limit.scaleUpFactor'),
        });
        this.lastMetrics = queryMetrics(rows.length, performance.now() - started, counts, run.counts);
        return rows;
      }
      const result = await executor.run(spec, run);
      try {
        const all = result.rows();
        const rows = tail === undefined ? all : all.slice(Math.max(0, all.length - tail));
        const counts: Record<string, number> = {};
        addCounts(counts, result);
        this.lastMetrics = queryMetrics(rows.length, performance.now() - started, counts, run.counts);
        options?.onCounts?.(merged(counts, run.counts));
        return rows;
      } finally {
        result.release();
      }
    } finally {
      run.release();
    }
  }

  /** Rows partition by partition; a partition runs when it is asked for. */
  async *partitions(execution: QueryExecution, options?: ActionOptions): AsyncGenerator<Value[][]> {
    const { spec } = execution.prepared;
    const run = await this.begin(execution, options);
    const counts: Record<string, number> = {};
    try {
      let last: QueryResult | undefined;
      for await (const result of this.parts.executor.stream(spec, run)) {
        last = result;
        yield result.rows();
      }
      // One run's counts grow from partition to partition.
      if (last) addCounts(counts, last);
      options?.onCounts?.(merged(counts, run.counts));
    } finally {
      run.release();
    }
  }

  async arrow(execution: QueryExecution, timeZone: string, options?: ActionOptions) {
    const { spec } = execution.prepared;
    const run = await this.begin(execution, options);
    try {
      const result = await this.parts.executor.run(spec, run);
      try {
        const arena = this.parts.executor.arena;
        const morsels = result.partitions.flatMap((p) =>
          p.batches.map((address) => {
            const batch = readBatchHeader(arena, address, result.types);
            return { length: batch.length, columns: batch.columns, selection: 0, selected: batch.length };
          }),
        );
        return await toArrowTable(arena, morsels, execution.commandExecuted.schema, timeZone);
      } finally {
        result.release();
      }
    } finally {
      run.release();
    }
  }

  explain(execution: QueryExecution, mode: Exclude<ExplainMode, 'cache'>): string {
    return explainString(execution.shown, mode, execution.sparkSession.conf.int('spark.sql.debug.maxToStringFields'));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (!this.#parts) return;
    const { executor, blocks } = this.#parts;
    this.#parts = undefined;
    await executor.stop();
    await this.#persistent?.close();
    await blocks.close();
  }
}

/** Spark: `SparkContext.assertNotStopped`. */
function stoppedContext(): SparkError {
  const message = 'The SparkContext was stopped: nothing can be cached or run with it any more.';
  return new SparkError('runtime', 'java.lang.IllegalStateException', {}, NO_ORIGIN, { message });
}

/** Counts by metric, of both. */
function merged(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum = { ...a };
  for (const [name, n] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + n;
  return sum;
}

/** What ran before a query. */
class Preliminaries {
  readonly parameters = new Map<number, Value>();
  readonly shared = new Map<number, QueryResult>();
  readonly counts: Record<string, number> = {};
  release(): void {
    for (const result of this.shared.values()) result.release();
  }
}

/** How often the files of each relation in a plan were listed. */
function listings(plan: LogicalPlan): string {
  const counts: number[] = [];
  plan.foreachWithSubqueries((p) => {
    if (p instanceof LogicalRelation) counts.push(p.relation.listings ?? 0);
  });
  return counts.join();
}
