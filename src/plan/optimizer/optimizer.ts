import type { LogicalPlan } from '../logical/logical-plan.js';
import { type Batch, batch, fixedPoint, RuleExecutor, type RuleObserver } from '../rule-executor.js';
import {
  CollapseRepartition,
  CollapseWindow,
  EliminateSorts,
  RemoveLiteralFromGroupExpressions,
  RemoveRepetitionFromGroupExpressions,
} from './aggregates.js';
import { BooleanSimplification } from './boolean-simplification.js';
import { CollapseProject } from './collapse-project.js';
import { ColumnPruning, RemoveNoopOperators } from './column-pruning.js';
import { computeCurrentTime, replaceCurrentLike, specialDatetimeValues } from './compute-current-time.js';
import type { ConfReader, OptimizerEnv } from './conf.js';
import { ConstantFolding } from './constant-folding.js';
import { ConstantPropagation, FoldablePropagation } from './constant-propagation.js';
import { costBasedJoinReorder } from './cost-based-join-reorder.js';
import { EliminateAggregateFilter } from './eliminate-aggregate-filter.js';
import { EliminateOuterJoin } from './eliminate-outer-join.js';
import { EliminateResolvedHint } from './eliminate-resolved-hint.js';
import { withoutExcludedRules } from './excluded-rules.js';
import { EliminateSubqueryAliases, EliminateView, ReplaceExpressions, replaceKeywords } from './finish-analysis.js';
import { InferFiltersFromConstraints } from './infer-filters-from-constraints.js';
import { InferFiltersFromGenerate } from './infer-filters-from-generate.js';
import { inlineCTE } from './inline-cte.js';
import { InsertMapSortInGroupingExpressions } from './insert-map-sort.js';
import { LikeSimplification } from './like-simplification.js';
import { EliminateLimits, LimitPushDown } from './limits.js';
import { mergeScalarSubqueries } from './merge-scalar-subqueries.js';
import { MergeSessionWindows } from './merge-session-windows.js';
import { NullPropagation, nullInEmptyList } from './null-propagation.js';
import { OptimizeIn, SimplifyBinaryComparison } from './optimize-in.js';
import { OptimizeOneRowRelationSubquery } from './optimize-one-row-relation-subquery.js';
import { optimizeSharedPlans } from './optimize-shared-plans.js';
import { optimizeSubqueries } from './optimize-subqueries.js';
import { ConvertToLocalRelation, PropagateEmptyRelation, PruneFilters } from './propagate-empty-relation.js';
import { PullOutGroupingExpressions } from './pull-out-grouping-expressions.js';
import { pullupCorrelatedPredicates } from './pullup-correlated-predicates.js';
import { PushDownPredicates } from './push-down-predicates.js';
import { PushExtraPredicateThroughJoin } from './push-extra-predicate-through-join.js';
import { PushPredicateThroughJoin } from './push-predicate-through-join.js';
import { RemoveRedundantAggregates } from './remove-redundant-aggregates.js';
import { RemoveRedundantAliases } from './remove-redundant-aliases.js';
import { ReorderAssociativeOperator, SimplifyExtractValueOps } from './reorder-associative-operator.js';
import {
  ReplaceDeduplicateWithAggregate,
  ReplaceDistinctWithAggregate,
  ReplaceExceptWithAntiJoin,
  ReplaceIntersectWithSemiJoin,
  RewriteExceptAll,
  RewriteIntersectAll,
} from './replace-operators.js';
import { RewriteCorrelatedScalarSubquery, RewriteCountSubquery } from './rewrite-correlated-scalar-subquery.js';
import { RewriteLateralSubquery } from './rewrite-lateral-subquery.js';
import { RewriteNonCorrelatedExists, RewritePredicateSubquery } from './rewrite-predicate-subquery.js';
import { SimplifyCasts } from './simplify-casts.js';
import { ReplaceNullWithFalseInPredicate, SimplifyConditionals } from './simplify-conditionals.js';
import { CombineUnions, PushProjectionThroughUnion } from './unions.js';
import { UnwrapCastInBinaryComparison } from './unwrap-cast-in-binary-comparison.js';

/** Makes an analyzed plan (cached fragments already put in) cheaper without changing its rows. Batches run in order; each
 * order that matters is noted beside it. Spark: `Optimizer.defaultBatches`. */
export class Optimizer {
  readonly #executor: RuleExecutor;
  /** For parts of a query that are optimized by themselves. */
  readonly #parts: RuleExecutor;
  constructor(
    readonly conf: ConfReader,
    readonly env: OptimizerEnv = defaultEnv(),
    observe?: RuleObserver,
  ) {
    const executor = (part: boolean) =>
      new RuleExecutor(
        withoutExcludedRules(
          batches(conf, env, (plan) => this.#parts.execute(plan), part),
          conf,
        ),
        observe,
      );
    this.#executor = executor(false);
    this.#parts = executor(true);
  }
  execute(plan: LogicalPlan): LogicalPlan {
    return this.#executor.execute(plan);
  }
  /** What runs, in order. */
  get batches(): readonly Batch[] {
    return this.#executor.batches;
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

/** `part`: for a part of a query, which does not see all uses of a shared plan. */
function batches(
  conf: ConfReader,
  env: OptimizerEnv,
  optimize: (plan: LogicalPlan) => LogicalPlan,
  part: boolean,
): Batch[] {
  const operators = [
    PushProjectionThroughUnion,
    EliminateOuterJoin,
    PushDownPredicates,
    LimitPushDown,
    ColumnPruning,
    CollapseRepartition,
    CollapseProject,
    CollapseWindow,
    EliminateLimits,
    CombineUnions,
    NullPropagation,
    ConstantPropagation,
    FoldablePropagation,
    OptimizeIn,
    ConstantFolding,
    EliminateAggregateFilter,
    LikeSimplification,
    BooleanSimplification,
    SimplifyConditionals,
    SimplifyBinaryComparison,
    ReplaceNullWithFalseInPredicate,
    PruneFilters,
    SimplifyCasts,
    RewriteCorrelatedScalarSubquery,
    RewriteLateralSubquery,
    UnwrapCastInBinaryComparison,
    ReorderAssociativeOperator,
    SimplifyExtractValueOps,
    RemoveRedundantAliases,
    RemoveRedundantAggregates,
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
      inlineCTE(conf),
      EliminateSubqueryAliases,
      ReplaceExpressions,
      replaceKeywords(
        conf.getOptional('spark.sql.ansi.enforceReservedKeywords') === 'true' &&
          conf.getOptional('spark.sql.ansi.enabled') !== 'false',
      ),
      nullInEmptyList(conf),
      RewriteNonCorrelatedExists,
      PullOutGroupingExpressions,
      InsertMapSortInGroupingExpressions,
      computeCurrentTime(env),
      replaceCurrentLike(env),
      specialDatetimeValues(env),
      MergeSessionWindows,
    ),
    batch('Union', fixedPoint(), RemoveNoopOperators, CombineUnions),
    batch('LocalRelation early', fixedPoint(), ConvertToLocalRelation, PropagateEmptyRelation),
    // Before filters and projections make what is equal differ.
    ...(part ? [] : [batch('Merge Scalar Subqueries', 'once', mergeScalarSubqueries(conf))]),
    // Before subqueries are optimized: pushing filters would otherwise scatter outer columns over the plan.
    // Counts over no rows are minded before a subquery's plan can be found empty.
    batch(
      'Pullup Correlated Expressions',
      'once',
      OptimizeOneRowRelationSubquery,
      pullupCorrelatedPredicates(conf),
      RewriteCountSubquery,
    ),
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
    batch('Aggregate', fixedPoint(), RemoveLiteralFromGroupExpressions, RemoveRepetitionFromGroupExpressions),
    batch('Operator Optimization before Inferring Filters', fixedPoint(), ...operators),
    // Once: what is inferred is pushed on by the next batch, and would be inferred again.
    batch('Infer Filters', 'once', InferFiltersFromGenerate, InferFiltersFromConstraints),
    batch('Operator Optimization after Inferring Filters', fixedPoint(), ...operators),
    ...(part ? [] : [batch('Shared Plans', 'once', optimizeSharedPlans(optimize))]),
    batch('Push extra predicate through join', fixedPoint(), PushExtraPredicateThroughJoin, PushDownPredicates),
    // After filters stand where they stay: the estimates depend on them.
    batch('Join Reorder', 'once', costBasedJoinReorder(conf), ColumnPruning, CollapseProject, RemoveNoopOperators),
    batch('Eliminate Sorts', 'once', EliminateSorts),
    batch('LocalRelation', fixedPoint(), ConvertToLocalRelation, PropagateEmptyRelation),
    // Last: predicates that hold queries have moved as low as they may by now.
    batch(
      'RewriteSubquery',
      'once',
      RewritePredicateSubquery,
      PushPredicateThroughJoin,
      LimitPushDown,
      ColumnPruning,
      CollapseProject,
      RemoveRedundantAliases,
      RemoveNoopOperators,
    ),
  ];
}
