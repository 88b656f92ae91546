import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Project, Sort } from '../logical/operators.js';
import { type Rule, rule } from '../rule.js';

/** Optimizes the plans inside subquery expressions, each once: the whole optimizer runs on them. A sort on top of a subquery
 * says nothing and goes. Spark: `OptimizeSubqueries`. */
export const optimizeSubqueries = (optimize: (plan: LogicalPlan) => LogicalPlan): Rule =>
  rule('OptimizeSubqueries', (plan) =>
    plan.transformUp((p) =>
      p.transformExpressionsUp((e) => {
        if (!(e instanceof SubqueryExpression)) return e;
        // The join condition reads the plan's output: a projection of just it keeps all columns and their ids.
        const optimized = optimize(withoutTopSort(new Project(e.plan.output, e.plan)));
        return e.withPlan(optimized);
      }),
    ),
  );

function withoutTopSort(plan: LogicalPlan): LogicalPlan {
  if (plan instanceof Sort) return withoutTopSort(plan.child);
  if (plan instanceof Project) {
    const child = withoutTopSort(plan.child);
    return child === plan.child ? plan : new Project(plan.projectList, child);
  }
  return plan;
}
