import { RuntimeReplaceable } from '../expressions/functions.js';
import { SqlScalarFunction } from '../expressions/sql-function.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { PipeOperator, ResolvedHint, SubqueryAlias } from '../logical/operators.js';
import { View } from '../logical/relations.js';
import { SqlFunctionNode } from '../logical/sql-function-node.js';
import { rule } from '../rule.js';

/** Puts the replacement of each RuntimeReplaceable in its place. Spark: `ReplaceExpressions`. */
export const ReplaceExpressions = rule('ReplaceExpressions', (plan) =>
  plan.transformUpWithSubqueries((p) =>
    p.transformExpressionsUp((e) => {
      if (e instanceof SqlScalarFunction) return e.child;
      return e instanceof RuntimeReplaceable ? e.replacement : e;
    }),
  ),
);

/** SubqueryAlias(x) → x: names served resolution only. Spark: `EliminateSubqueryAliases`, `EliminatePipeOperators`. */
export const EliminateSubqueryAliases = rule('EliminateSubqueryAliases', (plan) =>
  plan.transformUpWithSubqueries((p) => {
    if (p instanceof SubqueryAlias || p instanceof PipeOperator || p instanceof SqlFunctionNode) return p.child;
    return p;
  }),
);

/** View(x) → x. Spark: `EliminateView`. */
export const EliminateView = rule('EliminateView', (plan) =>
  plan.transformUpWithSubqueries((p) => (p instanceof View ? p.child : p)),
);

/** Drops hints that stand where no join can take them. Spark: the end of `EliminateResolvedHint`. */
export function withoutHints(plan: LogicalPlan): LogicalPlan {
  return plan.transformUp((p) => (p instanceof ResolvedHint ? p.child : p));
}
