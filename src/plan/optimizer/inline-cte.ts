import { internalError } from '../../errors/index.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { type CTERelationDef, CTERelationRef, Project, WithCTE } from '../logical/operators.js';
import { rule } from '../rule.js';
import { withFreshIds } from './fresh-ids.js';

/** Puts each CTE's plan where it is used. A use whose ids differ from the definition's gets them by a projection, so that
 * two uses do not collide.  Spark: `InlineCTE`. */
export const InlineCTE = rule('InlineCTE', (plan) => inline(plan, new Map()));

function inline(plan: LogicalPlan, defs: ReadonlyMap<number, LogicalPlan>): LogicalPlan {
  if (plan instanceof WithCTE) {
    const scope = new Map(defs);
    for (const def of plan.cteDefs as readonly CTERelationDef[]) scope.set(def.id, inline(def.child, scope));
    return inline(plan.plan, scope);
  }
  if (plan instanceof CTERelationRef) {
    const def = defs.get(plan.cteId);
    if (!def) throw internalError(`CTE ${plan.cteId} has no definition in scope`);
    return renamed(def, plan);
  }
  return plan
    .mapChildren((c) => inline(c, defs))
    .transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = inline(e.plan, defs);
      return inner === e.plan ? e : e.withPlan(inner);
    });
}

function renamed(def: LogicalPlan, ref: CTERelationRef): LogicalPlan {
  if (def.output.every((a, i) => a.exprId === ref.output[i]?.exprId)) return def;
  const copy = withFreshIds(def);
  const from = copy.output;
  return new Project(
    ref.output.map((to, i) => new Alias(from[i] as AttributeReference, to.name, to.exprId)),
    copy,
  );
}
