import { Alias, OuterReference } from '../../expressions/named.js';
import { SubqueryExpression } from '../../expressions/subquery.js';
import { Aggregate, Filter } from '../../logical/operators.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';
import { stripOuterReferences } from './resolve-subquery.js';

/** In HAVING, a subquery's outer aggregate is the Aggregate's output column. Spark: `UpdateOuterReferences`. */
export const UpdateOuterReferences = rule('UpdateOuterReferences', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (!(p instanceof Filter) || !(p.child instanceof Aggregate) || !p.resolved) return p;
    const aliases = p.child.aggregateExpressions.filter((e): e is Alias => e instanceof Alias);
    return p.transformExpressionsDown((e) => {
      if (!(e instanceof SubqueryExpression) || e.children.length === 0) return e;
      const plan = e.plan.transformUp((inner) =>
        inner.transformExpressionsDown((x) => {
          if (!x.exists((y) => y instanceof OuterReference)) return x;
          const bare = stripOuterReferences(x);
          const alias = aliases.find((a) => a.child.semanticEquals(bare));
          return alias ? new OuterReference(alias.toAttribute()) : x;
        }),
      );
      return plan === e.plan ? e : e.withPlan(plan);
    });
  }),
);
