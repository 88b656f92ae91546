import type { Expression } from '../expressions/expression.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { LateralJoin, Project } from '../logical/operators.js';
import { rule } from '../rule.js';
import { decorrelate } from './decorrelate-inner-query.js';
import { stripOuter } from './outer-references.js';

/** Takes outer columns out of subquery plans: what ties a subquery's rows to the outer row becomes its `joinCond`.
 * Innermost subqueries first. Spark: `PullupCorrelatedPredicates`. */
export const PullupCorrelatedPredicates = rule('PullupCorrelatedPredicates', (plan) => rewrite(plan));

function rewrite(plan: LogicalPlan): LogicalPlan {
  return plan.transformUp((p) => {
    const outer = p.children.length === 1 ? (p.children[0] as LogicalPlan) : p;
    return p.transformExpressionsUp((e) => (e instanceof SubqueryExpression ? pullUp(e, outer, p) : e));
  });
}

function pullUp(e: SubqueryExpression, outer: LogicalPlan, at: LogicalPlan): Expression {
  const inner = rewrite(e.plan);
  const plain = inner === e.plan ? e : e.withPlan(inner);
  if (!plain.isCorrelated || plain.joinCond.length > 0) return plain;
  const existential = e.kind === 'Exists' || e.kind === 'ListQuery';
  const source = at.children.length > 1 ? new Project(at.inputSet.size ? [...at.inputSet] : [], at) : outer;
  const { plan, conditions } = decorrelate(plain.plan, at instanceof LateralJoin ? at.child : source, existential);
  return plain.withPlan(plan).withJoinCond(conditions.map(stripOuter));
}
