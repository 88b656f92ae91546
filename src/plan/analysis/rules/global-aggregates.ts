import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { UnresolvedWindowExpression, WindowExpression } from '../../expressions/window.js';
import { Aggregate, Project } from '../../logical/operators.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';

/** Project with aggregate functions → Aggregate without grouping. Spark: `GlobalAggregates`. */
export const GlobalAggregates = rule('GlobalAggregates', (plan) =>
  resolveOperatorsUp(plan, (p) =>
    p instanceof Project && containsPlainAggregate(p.projectList) ? new Aggregate([], p.projectList, p.child) : p,
  ),
);

function containsPlainAggregate(list: readonly Expression[]): boolean {
  const windowed = new Set<Expression>();
  for (const e of list)
    e.foreach((x) => {
      if (x instanceof WindowExpression && x.windowFunction instanceof AggregateExpression)
        windowed.add(x.windowFunction);
      if (x instanceof UnresolvedWindowExpression && x.child instanceof AggregateExpression) windowed.add(x.child);
    });
  return list.some((e) => e.exists((x) => x instanceof AggregateExpression && !windowed.has(x)));
}
