import { Arithmetic, Cast, type Expression } from '../plan/expressions/index.js';
import type { LogicalPlan } from '../plan/logical/index.js';

function legacy(e: Expression): Expression {
  if (e instanceof Cast && e.mode === 'ANSI')
    return new Cast(e.child, e.dataType, 'LEGACY', e.timeZone, e.userSpecified);
  if (e instanceof Arithmetic && e.mode === 'ANSI')
    return new Arithmetic(e.kind, e.left, e.right, 'LEGACY', e.exactDecimals, e.shownName);
  return e;
}

/** Columns are made without a session, as ANSI has them: where a session has ANSI off, the parts of a plan that are new to the
 * analyzer take its mode. Spark: `ColumnNodeToExpressionConverter`, which reads the confs of the session that uses a column. */
export function withoutAnsi(plan: LogicalPlan): LogicalPlan {
  if (plan.analyzed) return plan;
  return plan.mapChildren(withoutAnsi).transformExpressionsUp(legacy);
}
