import type { Expression } from '../expressions/expression.js';
import { Alias } from '../expressions/named.js';
import { Aggregate, Project } from '../logical/operators.js';
import { rule } from '../rule.js';

/** GROUP BY f(a) → GROUP BY a column that a projection below makes: other rules may then change the outputs without losing sight
 * of the key. Spark: `PullOutGroupingExpressions`. */
export const PullOutGroupingExpressions = rule('PullOutGroupingExpressions', (plan) =>
  plan.transformUpWithSubqueries((p) => {
    if (!(p instanceof Aggregate) || !p.resolved) return p;
    const pulled = new Map<string, Alias>();
    const grouping = p.groupingExpressions.map((e) => {
      if (e.foldable || e.children.length === 0) return e;
      const { key } = e.canonicalized;
      const alias = pulled.get(key) ?? new Alias(e, '_groupingexpression');
      pulled.set(key, alias);
      return alias.toAttribute();
    });
    if (pulled.size === 0) return p;
    const replace = (e: Expression): Expression => {
      if (e.kind === 'AggregateExpression' || e.foldable) return e;
      const alias = pulled.get(e.canonicalized.key);
      return alias ? alias.toAttribute() : e.mapChildren(replace);
    };
    return new Aggregate(
      grouping,
      p.aggregateExpressions.map(replace),
      new Project([...p.child.output, ...pulled.values()], p.child),
    );
  }),
);
