import { ArrayType } from '../../types/index.js';
import { GeneratorCall, RuntimeReplaceable } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { SqlScalarFunction } from '../expressions/sql-function.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { PipeOperator, ResolvedHint, SubqueryAlias } from '../logical/operators.js';
import { View } from '../logical/relations.js';
import { SqlFunctionNode } from '../logical/sql-function-node.js';
import { rule } from '../rule.js';
import { RESERVED_KEYWORDS, SPARK_KEYWORDS } from '../sql/keyword-list.js';

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

/** `sql_keywords()` is a list that the text of the conf decides. Spark: `SQLKeywords`. */
export const replaceKeywords = (reserved: boolean) =>
  rule('ReplaceKeywords', (plan) =>
    plan.transformUpWithSubqueries((p) =>
      p.transformExpressionsUp((e) =>
        e instanceof GeneratorCall && e.name === 'sql_keywords' ? keywordRows(e, reserved) : e,
      ),
    ),
  );
function keywordRows(e: GeneratorCall, reserved: boolean): GeneratorCall {
  const rows = SPARK_KEYWORDS.map((k) => [k, reserved && RESERVED_KEYWORDS.has(k)]);
  const list = new Literal(rows, new ArrayType(e.elementSchema, false));
  return new GeneratorCall('inline', [list], () => e.elementSchema, e.outer);
}
