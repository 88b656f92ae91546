import type { Expression } from '../expressions/expression.js';
import { And, joinConjuncts, Or, splitConjuncts } from '../expressions/predicates.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join } from '../logical/operators.js';
import { constraintsOf } from './constraints.js';
import { downRule } from './tree-rules.js';

/** From `(a = 1 AND b = 2) OR (a = 2 AND b = 1)` over a join: what it says about one side alone, `a = 1 OR a = 2`, filters that
 * side early. The predicate itself stays. Spark: `PushExtraPredicateThroughJoin`. */
export const PushExtraPredicateThroughJoin = downRule('PushExtraPredicateThroughJoin', (p) => {
  if (!(p instanceof Join) || !p.condition) return p;
  const { kind } = p.joinType;
  const toLeft = kind === 'Inner' || kind === 'Cross' || kind === 'LeftSemi' || kind === 'RightOuter';
  const toRight =
    kind === 'Inner' || kind === 'Cross' || kind === 'LeftSemi' || kind === 'LeftOuter' || kind === 'LeftAnti';
  const parts = splitConjuncts(p.condition).filter((e) => e.deterministic && e instanceof Or);
  if (parts.length === 0) return p;
  const left = toLeft ? withExtra(p.left, parts) : p.left;
  const right = toRight ? withExtra(p.right, parts) : p.right;
  return left === p.left && right === p.right ? p : new Join(left, right, p.joinType, p.condition, p.hint);
});

function withExtra(plan: LogicalPlan, parts: readonly Expression[]): LogicalPlan {
  const known = constraintsOf(plan);
  const extra = parts
    .map((e) => convertible(e, plan))
    .filter((e): e is Expression => e !== undefined && !known.has(e) && !alreadyFiltered(plan, e));
  const condition = joinConjuncts(extra);
  return condition ? new Filter(condition, plan) : plan;
}

function alreadyFiltered(plan: LogicalPlan, e: Expression): boolean {
  return plan.exists((p) => p instanceof Filter && splitConjuncts(p.condition).some((c) => c.semanticEquals(e)));
}

/** A weaker predicate that reads this side only. */
function convertible(e: Expression, plan: LogicalPlan): Expression | undefined {
  if (e instanceof And) {
    const [l, r] = [convertible(e.left, plan), convertible(e.right, plan)];
    return l && r ? new And(l, r) : (l ?? r);
  }
  if (e instanceof Or) {
    const [l, r] = [convertible(e.left, plan), convertible(e.right, plan)];
    return l && r ? new Or(l, r) : undefined;
  }
  if (e.references.size === 0 || e.exists((x) => x instanceof SubqueryExpression)) return undefined;
  return e.references.subsetOf(plan.outputSet) ? e : undefined;
}
