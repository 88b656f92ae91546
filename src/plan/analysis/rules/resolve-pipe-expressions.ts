import { analysisError } from '../../../errors/index.js';
import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { PipeAggregateOrdinal, PipeExpression } from '../../expressions/unresolved.js';
import { WindowExpression } from '../../expressions/window.js';
import { Aggregate } from '../../logical/operators.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';

/** Items of pipe steps shed their marks once they are resolved and checked; positions after `|> AGGREGATE … GROUP BY` become
 * columns of the input. Spark: `ValidateAndStripPipeExpressions`.
 * @throws PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION, PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION,
 * GROUP_BY_POS_OUT_OF_RANGE */
export const ResolvePipeExpressions = rule('ValidateAndStripPipeExpressions', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    const columns = p instanceof Aggregate && p.childrenResolved ? p.child.output : undefined;
    return p.transformExpressionsUp((e) => {
      if (e instanceof PipeExpression && e.child.resolved) return checked(e);
      if (!(e instanceof PipeAggregateOrdinal) || columns === undefined) return e;
      const column = columns[e.ordinal - 1];
      if (column !== undefined) return column;
      throw analysisError(
        'GROUP_BY_POS_OUT_OF_RANGE',
        { index: String(e.ordinal), size: String(columns.length) },
        e.origin,
      );
    });
  }),
);

function checked({ child, isAggregate, clause }: PipeExpression): Expression {
  const found = firstAggregate(child);
  if (isAggregate && found === undefined)
    throw analysisError(
      'PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION',
      { expr: child.toString() },
      child.origin,
    );
  if (!isAggregate && found !== undefined)
    throw analysisError(
      'PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION',
      { expr: found.aggregateFunction.toString(), clause },
      found.origin,
    );
  return child;
}

function firstAggregate(e: Expression): AggregateExpression | undefined {
  if (e instanceof AggregateExpression) return e;
  if (e instanceof WindowExpression) return undefined;
  for (const c of e.children) {
    const found = firstAggregate(c);
    if (found !== undefined) return found;
  }
  return undefined;
}
