import type { Expression } from '../../expressions/expression.js';
import { JavaScriptUdf, ScalarCall } from '../../expressions/functions.js';
import { Alias } from '../../expressions/named.js';
import { UnaryNode } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Project } from '../../logical/operators.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';
import { sameOutput } from './resolve-references.js';

/** Sort by rand() → Project away, Sort by a column that a Project below computes. Not for Project and Filter, which may hold
 * such expressions. Spark: `PullOutNondeterministic`. */
export const PullOutNondeterministic = rule('PullOutNondeterministic', (plan) =>
  resolveOperatorsUp(plan, (p) => {
    if (!p.resolved || p instanceof Project || p instanceof Filter) return p;
    if (p instanceof Aggregate) {
      if (p.groupingExpressions.every((g) => g.deterministic)) return p;
      const columns = named(p.groupingExpressions);
      const child = new Project([...p.child.output, ...columns.values()], p.child);
      const replaced = p.transformExpressionsDown((e) => columns.get(e.key)?.toAttribute() ?? e) as Aggregate;
      return new Aggregate(replaced.groupingExpressions, replaced.aggregateExpressions, child);
    }
    if (!(p instanceof UnaryNode) || !sameOutput(p, p.child) || p.expressions.every((e) => e.deterministic)) return p;
    const columns = named(p.expressions);
    if (columns.size === 0) return p;
    const child = new Project([...p.child.output, ...columns.values()], p.child);
    const replaced = p.transformExpressionsDown((e) => columns.get(e.key)?.toAttribute() ?? e);
    return new Project(p.output, replaced.withNewChildren([child]));
  }),
);

function named(exprs: readonly Expression[]): ReadonlyMap<string, Alias> {
  const out = new Map<string, Alias>();
  for (const e of exprs)
    e.foreach((x) => {
      const leaf =
        (x instanceof ScalarCall && x.def.deterministic === false) ||
        (x instanceof JavaScriptUdf && !x.udfDeterministic);
      if (leaf && !out.has(x.key)) out.set(x.key, new Alias(x, '_nondeterministic'));
    });
  return out;
}
