import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join, type JoinStrategy, Project, ResolvedHint } from '../logical/operators.js';
import { rule } from '../rule.js';

/** Moves hints on a join's sides into the join; other hints vanish. The topmost hint of a side wins.
 * Spark: `EliminateResolvedHint`. */
export const EliminateResolvedHint = rule('EliminateResolvedHint', (plan) =>
  plan
    .transformUpWithSubqueries((p) => {
      if (p instanceof Join) {
        const left = extract(p.left);
        const right = extract(p.right);
        if (left.plan === p.left && right.plan === p.right) return p;
        return new Join(left.plan, right.plan, p.joinType, p.condition, {
          left: p.hint.left ?? left.hint,
          right: p.hint.right ?? right.hint,
        });
      }
      return p;
    })
    .transformUpWithSubqueries((p) => (p instanceof ResolvedHint ? p.child : p)),
);

interface Extracted {
  readonly plan: LogicalPlan;
  readonly hint: JoinStrategy | undefined;
}

/** Looks through nodes that do not change what the hint is about. */
function extract(plan: LogicalPlan): Extracted {
  if (plan instanceof ResolvedHint) {
    const inner = extract(plan.child);
    return { plan: inner.plan, hint: plan.strategy };
  }
  if (plan instanceof Project || plan instanceof Filter || plan.kind === 'SubqueryAlias') {
    const [child] = plan.children;
    const inner = extract(child as LogicalPlan);
    return inner.plan === child
      ? { plan, hint: undefined }
      : { plan: plan.withNewChildren([inner.plan]), hint: inner.hint };
  }
  return { plan, hint: undefined };
}
