import type { LogicalPlan } from '../plan/logical/index.js';
import { Analyzer } from '../plan/analysis/analyzer.js';
import { Optimizer } from '../plan/optimizer/optimizer.js';
import type { SparkSession } from './spark-session.js';
import { Planner } from './planning.js';
import type { PlannedQuery } from './planning.js';

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
  ) {}

  /** With ids and types. @throws SparkError of kind `analysis` */
  get analyzed(): LogicalPlan {
    if (this.#analyzed === undefined) {
      const { catalog, conf } = this.sparkSession.sessionState;
      this.#analyzed = new Analyzer(catalog, conf.analyzerConf).execute(this.logical);
    }
    return this.#analyzed;
  }
  /** Fragments that are cached, replaced. Decided the first time that it is asked for, and kept. */
  get withCachedData(): LogicalPlan {
    if (this.#withCachedData === undefined)
      this.#withCachedData = this.sparkSession.sharedState.cacheManager.useCachedData(this.analyzed);
    return this.#withCachedData;
  }
  get optimizedPlan(): LogicalPlan {
    if (this.#optimizedPlan === undefined)
      this.#optimizedPlan = new Optimizer(this.sparkSession.plannerConf).execute(this.withCachedData);
    return this.#optimizedPlan;
  }
  private get planned(): PlannedQuery {
    if (this.#planned === undefined) this.#planned = new Planner(this.sparkSession.plannerConf).plan(this.optimizedPlan);
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
}
