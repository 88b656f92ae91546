import { analysisError } from '../../errors/index.js';
import { AggregateExpression } from '../expressions/aggregate.js';
import type { Expression } from '../expressions/expression.js';
import { AttributeReference } from '../expressions/named.js';
import { ScalarSubquery } from '../expressions/subquery.js';
import { WindowExpression } from '../expressions/window.js';
import type { Aggregate } from '../logical/operators.js';

/** Outside aggregate functions only what is grouped by may be read. Spark: `ExprUtils.assertValidAggregation`.
 * @throws MISSING_AGGREGATION, MISSING_GROUP_BY, GROUP_BY_AGGREGATE, NESTED_AGGREGATE_FUNCTION */
export function checkAggregate(a: Aggregate): void {
  const groups = a.groupingExpressions;
  for (const g of groups)
    if (g.exists((e) => e instanceof AggregateExpression))
      throw analysisError('GROUP_BY_AGGREGATE', { sqlExpr: g.sql(false) }, g.origin);
  const grouped = (e: Expression) => groups.some((g) => g.semanticEquals(e));
  const visit = (e: Expression): void => {
    if (e instanceof AggregateExpression) {
      for (const child of e.aggregateFunction.children) {
        const nested = child.find((x) => x instanceof AggregateExpression);
        if (nested) throw analysisError('NESTED_AGGREGATE_FUNCTION', {}, nested.origin);
        if (!child.deterministic)
          throw analysisError(
            'AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION',
            { sqlExpr: `"${e.sql(true)}"` },
            child.origin,
          );
      }
      return;
    }
    if (e instanceof AttributeReference && groups.length === 0) throw analysisError('MISSING_GROUP_BY', {}, a.origin);
    if (e instanceof AttributeReference && !grouped(e)) {
      const expression = `"${e.sql(true)}"`;
      throw analysisError('MISSING_AGGREGATION', { expression, expressionAnyValue: `"any_value(${e.sql(true)})"` });
    }
    if (e instanceof ScalarSubquery && e.children.length > 0 && !grouped(e))
      throw analysisError(
        'SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION',
        { sqlExpr: `"${e.sql()}"` },
        e.origin,
      );
    if (grouped(e)) return;
    if (e instanceof WindowExpression) {
      for (const c of e.windowFunction.children) visit(c);
      visit(e.windowSpec);
      return;
    }
    for (const c of e.children) visit(c);
  };
  for (const e of a.aggregateExpressions) visit(e);
}
