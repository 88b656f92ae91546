import type { Expression } from '../expressions/expression.js';
import { OuterReference } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';

/** Whether an expression reads a column of the enclosing query. Spark: `SubExprUtils.containsOuter`. */
export function containsOuter(e: Expression): boolean {
  return e.exists((x) => x instanceof OuterReference);
}

export function planHasOuter(plan: LogicalPlan): boolean {
  return plan.exists((p) => p.expressions.some(containsOuter));
}

/** `outer(a)` → `a`. Spark: `SubExprUtils.stripOuterReference`. */
export function stripOuter(e: Expression): Expression {
  return e.transformUp((x) => (x instanceof OuterReference ? x.child : x));
}
