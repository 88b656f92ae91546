import { analysisError } from '../../../errors/index.js';
import { AggregateExpression, GroupingSetsExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { type AttributeReference, SortOrder } from '../../expressions/named.js';
import { UnresolvedOrdinal } from '../../expressions/unresolved.js';
import { Aggregate, Sort } from '../../logical/operators.js';
import { trimAliases } from '../alias-helper.js';
import { mapSame, resolveOperatorsUp, rule } from '../resolve-operators.js';

const hasOrdinal = (e: Expression): boolean => e.exists((x) => x instanceof UnresolvedOrdinal);

/** Positions become the select items that they count. Spark: `ResolveOrdinalInOrderByAndGroupBy`. */
export const ResolveOrdinalInOrderByAndGroupBy = rule('ResolveOrdinalInOrderByAndGroupBy', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (!p.childrenResolved) return p;
    if (p instanceof Sort && p.order.some((o) => o.child instanceof UnresolvedOrdinal)) {
      const { output } = p.child;
      const order = p.order.map((o) => {
        if (!(o.child instanceof UnresolvedOrdinal)) return o;
        const { ordinal } = o.child;
        if (ordinal < 1 || ordinal > output.length)
          throw analysisError(
            'ORDER_BY_POS_OUT_OF_RANGE',
            { index: String(ordinal), size: String(output.length) },
            o.child.origin,
          );
        return new SortOrder(output[ordinal - 1] as AttributeReference, o.direction, o.nullOrdering).withOrigin(
          o.origin,
        );
      });
      return new Sort(order, p.global, p.child);
    }
    if (
      p instanceof Aggregate &&
      p.groupingExpressions.some(hasOrdinal) &&
      p.aggregateExpressions.every((e) => e.resolved)
    )
      return new Aggregate(
        mapSame(p.groupingExpressions, (g) => position(g, p.aggregateExpressions)),
        p.aggregateExpressions,
        p.child,
      );
    return p;
  }),
);

function position(g: Expression, list: readonly Expression[]): Expression {
  if (g instanceof GroupingSetsExpression) return g.mapChildren((c) => position(c, list));
  if (!(g instanceof UnresolvedOrdinal)) return g;
  const item = list[g.ordinal - 1];
  if (item === undefined)
    throw analysisError('GROUP_BY_POS_OUT_OF_RANGE', { index: String(g.ordinal), size: String(list.length) }, g.origin);
  if (item.exists((e) => e instanceof AggregateExpression))
    throw analysisError('GROUP_BY_POS_AGGREGATE', { index: String(g.ordinal), aggExpr: item.sql(false) }, g.origin);
  const bare = trimAliases(item);
  return bare instanceof Literal && bare.dataType.kind === 'int' ? Literal.int(g.ordinal) : item;
}
