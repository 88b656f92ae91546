import { AttributeReference } from '../../expressions/named.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project } from '../../logical/operators.js';
import { UnresolvedHint } from '../../logical/unresolved.js';
import { allowAnyAccess, metadataOutput } from '../hidden-output.js';
import { resolveOperatorsDown, rule } from '../resolve-operators.js';

/** A hidden column that is read is put into the projection that hides it. Spark: `AddMetadataColumns`. */
export const AddMetadataColumns = rule('AddMetadataColumns', (plan) =>
  resolveOperatorsDown(plan, (p) => {
    if (p instanceof UnresolvedHint || p.children.length === 0 || !p.resolved) return p;
    const hidden = p.children.flatMap(metadataOutput);
    if (hidden.length === 0) return p;
    const input = p.inputSet;
    const wanted = new Set<number>();
    for (const e of p.expressions)
      e.foreach((x) => {
        if (x instanceof AttributeReference && !input.has(x) && hidden.some((h) => h.exprId === x.exprId))
          wanted.add(x.exprId);
      });
    if (wanted.size === 0) return p;
    const next = p.mapChildren((c) => addTo(c, wanted));
    const same =
      next.output.length === p.output.length && next.output.every((a, i) => a.exprId === p.output[i]?.exprId);
    return same ? next : new Project(p.output, next);
  }),
);

function addTo(plan: LogicalPlan, wanted: ReadonlySet<number>): LogicalPlan {
  if (plan instanceof Project) {
    const hidden = metadataOutput(plan);
    if (hidden.some((a) => wanted.has(a.exprId))) {
      const wider = new Project([...plan.projectList, ...hidden.map(allowAnyAccess)], addTo(plan.child, wanted));
      wider.hiddenOutput = plan.hiddenOutput;
      wider.planId = plan.planId;
      return wider.withOrigin(plan.origin);
    }
  }
  return plan.mapChildren((c) => addTo(c, wanted));
}
