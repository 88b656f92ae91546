import type { Expression } from '../expressions/expression.js';
import { Alias, AttributeReference, newExprId, OuterReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Expand, Generate } from '../logical/operators.js';

/** A copy of a plan in which every column that the plan makes has a new id, so that it can stand beside the original.
 * Spark: what `DeduplicateRelations` does to the right side of a self join. */
export function withFreshIds(plan: LogicalPlan): LogicalPlan {
  const ids = new Map<number, number>();
  const add = (id: number): void => {
    if (!ids.has(id)) ids.set(id, newExprId());
  };
  plan.foreachWithSubqueries((p) => {
    if (p.children.length === 0) for (const a of p.output) add(a.exprId);
    if (p instanceof Generate) for (const a of p.generatorOutput) add(a.exprId);
    if (p instanceof Expand) for (const a of p.outputAttributes) add(a.exprId);
    for (const e of p.expressions)
      e.foreach((x) => {
        if (x instanceof Alias) add(x.exprId);
      });
  });
  return remap(plan, ids);
}

function remap(plan: LogicalPlan, ids: ReadonlyMap<number, number>): LogicalPlan {
  const change = (e: Expression): Expression => {
    if (e instanceof AttributeReference) {
      const id = ids.get(e.exprId);
      return id === undefined ? e : e.withExprId(id);
    }
    if (e instanceof Alias) {
      const id = ids.get(e.exprId);
      return id === undefined ? e : e.withExprId(id);
    }
    if (e instanceof OuterReference) {
      const id = ids.get(e.exprId);
      return id === undefined ? e : new OuterReference(e.child.withExprId(id));
    }
    if (e instanceof SubqueryExpression) {
      const inner = remap(e.plan, ids);
      return inner === e.plan ? e : e.withPlan(inner);
    }
    return e;
  };
  return plan.transformUp((p) => p.transformExpressionsUp(change));
}
