import type { LogicalPlan } from '../logical/logical-plan.js';
import { type Batch, batch, fixedPoint, RuleExecutor, type RuleObserver } from '../rule-executor.js';
import { BooleanSimplification } from './boolean-simplification.js';
import { CollapseProject } from './collapse-project.js';
import { ColumnPruning, RemoveNoopOperators } from './column-pruning.js';
import { computeCurrentTime, replaceCurrentLike } from './compute-current-time.js';
import type { ConfReader, OptimizerEnv } from './conf.js';
import { ConstantFolding } from './constant-folding.js';
import { EliminateOuterJoin } from './eliminate-outer-join.js';
import { EliminateResolvedHint } from './eliminate-resolved-hint.js';
import { EliminateSubqueryAliases, EliminateView, ReplaceExpressions } from './finish-analysis.js';
import { InlineCTE } from './inline-cte.js';
import { optimizeSubqueries } from './optimize-subqueries.js';
import { PullupCorrelatedPredicates } from './pullup-correlated-predicates.js';
import { PushDownPredicates } from './push-down-predicates.js';
import { PushPredicateThroughJoin } from './push-predicate-through-join.js';
import {
  ReplaceDeduplicateWithAggregate,
  ReplaceDistinctWithAggregate,
  ReplaceExceptWithAntiJoin,
  ReplaceIntersectWithSemiJoin,
  RewriteExceptAll,
  RewriteIntersectAll,
} from './replace-operators.js';
import { RewriteCorrelatedScalarSubquery } from './rewrite-correlated-scalar-subquery.js';
import { RewriteNonCorrelatedExists, RewritePredicateSubquery } from './rewrite-predicate-subquery.js';

/** Makes an analyzed plan (cached fragments already put in) cheaper without changing its rows. Batches run in order; each
 * order that matters is noted beside it. Spark: `Optimizer.defaultBatches`. */
export class Optimizer {
  readonly #executor: RuleExecutor;
  constructor(
    readonly conf: ConfReader,
    readonly env: OptimizerEnv = defaultEnv(),
    observe?: RuleObserver,
  ) {
    this.#executor = new RuleExecutor(batches(conf, env, (plan) => this.execute(plan)), observe);
  }
  execute(plan: LogicalPlan): LogicalPlan {
    return this.#executor.execute(plan);
  }
}

function defaultEnv(): OptimizerEnv {
  return {
    currentTimeMicros: BigInt(Date.now()) * 1000n,
    currentUser: process.env['USER'] ?? 'root',
    currentCatalog: 'spark_catalog',
    currentDatabase: 'default',
  };
}

function batches(_conf: ConfReader, env: OptimizerEnv, optimize: (plan: LogicalPlan) => LogicalPlan): Batch[] {
  const operators = [
    EliminateOuterJoin,
    PushDownPredicates,
    ColumnPruning,
    CollapseProject,
    ConstantFolding,
    BooleanSimplification,
    RewriteCorrelatedScalarSubquery,
    RemoveNoopOperators,
  ];
  return [
    // Hints go before aliases do: they stand above them.
    batch(
      'Finish Analysis',
      'once',
      EliminateResolvedHint,
      EliminateSubqueryAliases,
      EliminateView,
      InlineCTE,
      EliminateSubqueryAliases,
      ReplaceExpressions,
      RewriteNonCorrelatedExists,
      computeCurrentTime(env),
      replaceCurrentLike(env),
    ),
    // Before subqueries are optimized: pushing filters would otherwise scatter outer columns over the plan.
    batch('Pullup Correlated Expressions', 'once', PullupCorrelatedPredicates),
    batch('Subquery', 'once', optimizeSubqueries(optimize)),
    batch(
      'Replace Operators',
      fixedPoint(),
      RewriteExceptAll,
      RewriteIntersectAll,
      ReplaceIntersectWithSemiJoin,
      ReplaceExceptWithAntiJoin,
      ReplaceDistinctWithAggregate,
      ReplaceDeduplicateWithAggregate,
    ),
    batch('Operator Optimization before Inferring Filters', fixedPoint(), ...operators),
    // Last: predicates that hold queries have moved as low as they may by now.
    batch(
      'RewriteSubquery',
      'once',
      RewritePredicateSubquery,
      PushPredicateThroughJoin,
      ColumnPruning,
      CollapseProject,
      RemoveNoopOperators,
    ),
  ];
}
