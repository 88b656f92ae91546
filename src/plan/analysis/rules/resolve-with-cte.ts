import { SubqueryExpression } from '../../expressions/subquery.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { type CTERelationDef, CTERelationRef, WithCTE } from '../../logical/operators.js';
import { rule } from '../../rule.js';
import { resolveOperatorsDown } from '../resolve-operators.js';

/** A reference takes its definition's columns, each reference under ids of its own where deduplication asks for it.
 * Spark: `ResolveWithCTE`. */
export const ResolveWithCTE = rule('ResolveWithCTE', (plan) => resolve(plan, new Map()));

function resolve(plan: LogicalPlan, definitions: Map<number, CTERelationDef>): LogicalPlan {
  return resolveOperatorsDown(plan, (p) => {
    if (p instanceof WithCTE) {
      for (const d of p.cteDefs) if (d.resolved) definitions.set(d.id, d);
      return p;
    }
    if (p instanceof CTERelationRef) {
      if (p.resolved) return p;
      const d = definitions.get(p.cteId);
      return d ? new CTERelationRef(d.id, d.output, true) : p;
    }
    return p.transformExpressionsDown((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = resolve(e.plan, definitions);
      return inner === e.plan ? e : e.withPlan(inner);
    });
  });
}
