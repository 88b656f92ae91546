import { Alias, type AttributeReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Project, Sort } from '../logical/operators.js';
import type { Rule } from '../rule.js';
import { sameOutput } from './substitute.js';
import { upRule } from './tree-rules.js';

/** Optimizes the plans inside subquery expressions, each once: the whole optimizer runs on them. A sort on top of a subquery
 * says nothing and goes. Spark: `OptimizeSubqueries`. */
export const optimizeSubqueries = (optimize: (plan: LogicalPlan) => LogicalPlan): Rule =>
  upRule('OptimizeSubqueries', (p) =>
    p.transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      return e.withPlan(withOutputOf(e.plan, optimize(withoutTopSort(e.plan))));
    }),
  );

function withoutTopSort(plan: LogicalPlan): LogicalPlan {
  if (plan instanceof Sort) return withoutTopSort(plan.child);
  if (plan instanceof Project) {
    const child = withoutTopSort(plan.child);
    return child === plan.child ? plan : new Project(plan.projectList, child);
  }
  return plan;
}

/** The join condition and the value are known by the ids of the plan's columns: they must stay. */
function withOutputOf(before: LogicalPlan, after: LogicalPlan): LogicalPlan {
  const from = after.output;
  if (sameOutput(before.output, from)) return after;
  const list = before.output.map((a, i) => {
    const b = from[i] as AttributeReference;
    return a.exprId === b.exprId ? b : new Alias(b, a.name, a.exprId);
  });
  return new Project(list, after);
}
