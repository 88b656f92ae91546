import { ScalarSubquery, SubqueryExpression } from '../../plan/expressions/subquery.js';
import type { LogicalPlan } from '../../plan/logical/logical-plan.js';
import { booleanConf, type ConfReader, intConf } from '../../plan/optimizer/conf.js';
import { ensureRequirements } from './ensure-requirements.js';
import { AdaptiveSparkPlanExec, BroadcastExchangeExec, ShuffleExchangeExec } from './exchange.js';
import { UNSPECIFIED } from './partitioning.js';
import type { PhysicalPlan } from './physical-plan.js';
import { PlannedSubquery } from './planned-subquery.js';
import { removeRedundantSorts } from './redundant-sorts.js';
import { removeRedundantProjects } from './remove-redundant-projects.js';
import { InMemoryTableScanExec } from './scan.js';
import { SharedScanExec } from './shared-scan.js';
import { insertTransitionsAndStages } from './stages.js';
import { Strategies } from './strategies.js';

/** Makes Spark's physical plan of an optimized plan. Spark: `SparkPlanner` and `QueryExecution.preparations`. */
export class PhysicalPlanner {
  /** Shared plans by id: all their uses are of one query. */
  readonly #shared = new Map<number, PhysicalPlan>();
  constructor(readonly conf: ConfReader) {}

  /** Before exchanges are put in. */
  sparkPlan(plan: LogicalPlan): PhysicalPlan {
    return new Strategies(this.conf).planRoot(plan);
  }

  /** Ready to run: with exchanges, sorts and subquery plans, adaptive on top where Spark would be. */
  executedPlan(sparkPlan: PhysicalPlan): PhysicalPlan {
    return this.prepare(sparkPlan, false);
  }

  private prepare(sparkPlan: PhysicalPlan, isSubquery: boolean): PhysicalPlan {
    const adaptive =
      booleanConf(this.conf, 'spark.sql.adaptive.enabled', true) && (isSubquery || wantsAdaptive(sparkPlan));
    const withSubqueries = this.planShared(this.planSubqueries(sparkPlan));
    const ensured = removeRedundantSorts(
      ensureRequirements(
        removeRedundantProjects(withSubqueries),
        intConf(this.conf, 'spark.sql.shuffle.partitions', 200),
      ),
    );
    return adaptive ? new AdaptiveSparkPlanExec(ensured) : insertTransitionsAndStages(ensured);
  }

  /** Spark: `PlanSubqueries`, `PlanAdaptiveSubqueries`. */
  private planSubqueries(plan: PhysicalPlan): PhysicalPlan {
    const planned = new Map<number, PlannedSubquery>();
    return plan.transformUp((p) =>
      p.mapExpressions((e) =>
        e.transformUp((x) => {
          if (!(x instanceof ScalarSubquery) || x instanceof PlannedSubquery) return x;
          let s = planned.get(x.exprId);
          if (!s) {
            s = new PlannedSubquery(x, this.prepare(this.sparkPlan(x.plan), true));
            planned.set(x.exprId, s);
          }
          return s;
        }),
      ),
    );
  }

  private planShared(plan: PhysicalPlan): PhysicalPlan {
    return plan.transformUp((p) => {
      if (!(p instanceof SharedScanExec) || p.prepared) return p;
      const { id, plan: logical } = p.relation;
      let prepared = this.#shared.get(id);
      if (!prepared) {
        prepared = this.prepare(this.sparkPlan(logical), true);
        this.#shared.set(id, prepared);
      }
      return new SharedScanExec(p.relation, prepared);
    });
  }
}

/** Spark: `InsertAdaptiveSparkPlan.shouldApplyAQE`. */
function wantsAdaptive(plan: PhysicalPlan): boolean {
  return plan.exists(
    (p) =>
      p instanceof ShuffleExchangeExec ||
      p instanceof BroadcastExchangeExec ||
      p instanceof SharedScanExec ||
      p.requiredChildDistribution.some((d) => d !== UNSPECIFIED) ||
      (p instanceof InMemoryTableScanExec && p.relation.cached.physicalPlanString.startsWith('AdaptiveSparkPlan')) ||
      p.expressions.some((e) => e.exists((x) => x instanceof SubqueryExpression)),
  );
}
