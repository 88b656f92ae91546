import { AdaptiveSparkPlanExec } from '../exec/planner/exchange.js';
import { checkForBatch } from '../plan/analysis/unsupported-operation-checker.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import type { ConfReader } from '../plan/optimizer/conf.js';
import { Optimizer } from '../plan/optimizer/optimizer.js';
import { statistics } from '../plan/optimizer/statistics.js';
import { PlannedQuery } from './planning.js';
import type { SparkSession } from './spark-session.js';

/** The way of one query, each stage computed once and on demand, under Spark's names. Spark: `QueryExecution`. */
export class QueryExecution {
  #analyzed: LogicalPlan | undefined;
  #withCachedData: LogicalPlan | undefined;
  #optimizedPlan: LogicalPlan | undefined;
  #planned: PlannedQuery | undefined;

  constructor(
    readonly sparkSession: SparkSession,
    /** As parsed or built, names unresolved. */
    readonly logical: LogicalPlan,
    /** The rows fill a cached relation: every partition is as in Spark. */
    private readonly fillsCache = false,
    /** The statement that `logical` holds the rows of. */
    private readonly command: LogicalPlan | undefined = undefined,
    /** The plans are for showing: a stream has some, too. */
    private readonly shownOnly = false,
  ) {}

  /** The query as EXPLAIN shows it; a stream is planned only for that. */
  get shown(): QueryExecution {
    if (!this.commandExecuted.isStreaming) return this;
    return new QueryExecution(this.sparkSession, this.logical, false, this.command, true);
  }

  private get conf(): ConfReader {
    const conf = this.sparkSession.plannerConf;
    if (!this.fillsCache) return conf;
    // The number of a cached relation's partitions shows: Spark's joins in Spark's order, nothing beyond.
    return {
      getOptional: (key) => (key.startsWith('memoframe.optimizer.') ? 'false' : conf.getOptional(key)),
      defaultParallelism: conf.defaultParallelism,
    };
  }
  /** With ids and types; of a statement: what it is, not its rows. @throws SparkError of kind `analysis` */
  get analyzed(): LogicalPlan {
    return this.command ?? this.commandExecuted;
  }
  /** As `analyzed`, a statement replaced by its rows. */
  get commandExecuted(): LogicalPlan {
    this.#analyzed ??= this.sparkSession.analyze(this.logical);
    return this.#analyzed;
  }
  /** Fragments that are cached, replaced. Decided the first time that it is asked for, and kept.
   * @throws _LEGACY_ERROR_TEMP_3102 for a query with a streaming source */
  get withCachedData(): LogicalPlan {
    if (!this.#withCachedData && !this.shownOnly) checkForBatch(this.commandExecuted);
    this.#withCachedData ??= this.fillsCache
      ? this.sparkSession.sharedState.cacheManager.useCachedData(
          this.commandExecuted,
          'spark',
          this.sparkSession.conf.logsCache,
        )
      : this.sparkSession.useCachedData(this.commandExecuted);
    return this.#withCachedData;
  }
  get optimizedPlan(): LogicalPlan {
    this.#optimizedPlan ??= new Optimizer(this.conf, this.sparkSession.optimizerEnv).execute(this.withCachedData);
    return this.#optimizedPlan;
  }
  /** The physical plan again, over files as they are listed now. */
  planAnew(): PlannedQuery {
    this.#planned = undefined;
    return this.planned;
  }
  private get planned(): PlannedQuery {
    this.#planned ??= new PlannedQuery(this.optimizedPlan, this.conf, {
      exactPartitions: this.fillsCache,
      readAllBatches:
        this.conf.getOptional('spark.sql.inMemoryColumnarStorage.partitionPruning')?.toLowerCase() === 'false',
    });
    return this.#planned;
  }
  /** Physical, before exchanges are put in. */
  get sparkPlan() {
    return this.planned.sparkPlan;
  }
  get executedPlan() {
    return this.planned.executedPlan;
  }
  /** What the runtime executes. */
  get prepared() {
    return this.planned.prepared;
  }
  /** Spark would run it adaptively: it has an exchange or a subquery. */
  get isAdaptive(): boolean {
    return this.executedPlan instanceof AdaptiveSparkPlanExec;
  }
  /** The optimizer's estimate of the result. */
  get estimatedSizeInBytes(): bigint {
    return statistics(this.optimizedPlan).sizeInBytes;
  }
}
