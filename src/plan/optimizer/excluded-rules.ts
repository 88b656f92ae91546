import type { Batch } from '../rule-executor.js';
import type { ConfReader } from './conf.js';

const PACKAGE = 'org.apache.spark.sql.catalyst.optimizer.';

/** Without these rules a plan cannot run, or gives other rows; they run whatever the conf says.
 * Spark: `Optimizer.nonExcludableRules`, with the parts of its `FinishAnalysis`, and `InlineCTE`: nothing here runs a CTE. */
const NON_EXCLUDABLE = new Set([
  'EliminateResolvedHint',
  'EliminateSubqueryAliases',
  'EliminateView',
  'InlineCTE',
  'ReplaceExpressions',
  'RewriteNonCorrelatedExists',
  'PullOutGroupingExpressions',
  'InsertMapSortInGroupingExpressions',
  'NullInEmptyList',
  'RewriteCountSubquery',
  'ComputeCurrentTime',
  'ReplaceCurrentLike',
  'ReplaceDeduplicateWithAggregate',
  'ReplaceIntersectWithSemiJoin',
  'ReplaceExceptWithAntiJoin',
  'RewriteExceptAll',
  'RewriteIntersectAll',
  'ReplaceDistinctWithAggregate',
  'PullupCorrelatedPredicates',
  'RewriteCorrelatedScalarSubquery',
  'RewritePredicateSubquery',
  'RewriteLateralSubquery',
  'OptimizeSubqueries',
  'OptimizeSharedPlans',
]);

/** The batches without the rules that `spark.sql.optimizer.excludedRules` names (full names, between commas); names of
 * unknown or needed rules are passed over, batches left empty go. Spark: `Optimizer.batches`. */
export function withoutExcludedRules(batches: readonly Batch[], conf: ConfReader): readonly Batch[] {
  const text = conf.getOptional('spark.sql.optimizer.excludedRules');
  if (text === undefined || text.trim() === '') return batches;
  const names = text.split(',').map((name) => name.trim());
  const excluded = new Set(names.flatMap((name) => (name.startsWith(PACKAGE) ? [name.slice(PACKAGE.length)] : [])));
  return batches
    .map((b) => ({ ...b, rules: b.rules.filter((r) => NON_EXCLUDABLE.has(r.name) || !excluded.has(r.name)) }))
    .filter((b) => b.rules.length > 0);
}

/** Spark's full name of an optimizer rule, as `spark.sql.optimizer.excludedRules` takes it. */
export const fullRuleName = (name: string): string => PACKAGE + name;

/** Whether `spark.sql.optimizer.excludedRules` has a say about the rule. */
export const isExcludable = (name: string): boolean => !NON_EXCLUDABLE.has(name);
