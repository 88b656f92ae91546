import { GroupingSetsExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { SortOrder } from '../../expressions/named.js';
import { UnresolvedOrdinal } from '../../expressions/unresolved.js';
import { Aggregate, Sort } from '../../logical/operators.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, mapSame, resolveOperatorsUp } from '../resolve-operators.js';

function ordinal(e: Expression): Expression {
  return e instanceof Literal && e.dataType.kind === 'int' && typeof e.value === 'number'
    ? new UnresolvedOrdinal(e.value).withOrigin(e.origin)
    : e;
}

/** Whole numbers in ORDER BY and GROUP BY become positions. Spark: `SubstituteUnresolvedOrdinals`. */
export const SubstituteUnresolvedOrdinals = (context: AnalyzerContext) =>
  contextRule(context, 'SubstituteUnresolvedOrdinals', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (p instanceof Sort && context.conf.orderByOrdinal) {
        const order = mapSame(p.order, (o) => {
          const child = ordinal(o.child);
          return child === o.child ? o : new SortOrder(child, o.direction, o.nullOrdering).withOrigin(o.origin);
        });
        return order === p.order ? p : new Sort(order, p.global, p.child);
      }
      if (p instanceof Aggregate && context.conf.groupByOrdinal) {
        const groups = mapSame(p.groupingExpressions, (g) =>
          g instanceof GroupingSetsExpression ? g.mapChildren(ordinal) : ordinal(g),
        );
        return groups === p.groupingExpressions ? p : new Aggregate(groups, p.aggregateExpressions, p.child);
      }
      return p;
    }),
  );
