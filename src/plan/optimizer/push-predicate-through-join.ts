import type { Expression } from '../expressions/expression.js';
import { AttributeReference } from '../expressions/named.js';
import { joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join } from '../logical/operators.js';
import { downRule } from './tree-rules.js';

interface Split {
  readonly left: readonly Expression[];
  readonly right: readonly Expression[];
  readonly both: readonly Expression[];
}

/** Spark: `PushPredicateThroughJoin.split`. */
function split(parts: readonly Expression[], left: LogicalPlan, right: LogicalPlan): Split {
  const out = { left: [] as Expression[], right: [] as Expression[], both: [] as Expression[] };
  for (const e of parts) {
    if (!e.deterministic) out.both.push(e);
    else if (e.references.subsetOf(left.outputSet)) out.left.push(e);
    else if (e.references.subsetOf(right.outputSet)) out.right.push(e);
    else out.both.push(e);
  }
  return out;
}

/** What a join can compute by itself: predicates that hold a query to be joined cannot. Spark: `canEvaluateWithinJoin`. */
export function canEvaluateWithinJoin(e: Expression): boolean {
  if (e.kind === 'ListQuery' || e.kind === 'Exists') return false;
  if (e instanceof SubqueryExpression) return e.children.length === 0;
  if (e instanceof AttributeReference) return true;
  if (e.kind === 'JavaScriptUdf') return false;
  return e.children.every(canEvaluateWithinJoin);
}

function filtered(parts: readonly Expression[], plan: LogicalPlan): LogicalPlan {
  const condition = joinConjuncts(parts);
  return condition ? new Filter(condition, plan) : plan;
}

/** Filter(c, Join) and Join(on c): conjuncts that read one side move into that side, where the join type allows; those over
 * both sides become the condition of an inner join. Refuses what is not deterministic. Spark: `PushPredicateThroughJoin`. */
export function pushPredicateThroughJoin(p: LogicalPlan): LogicalPlan {
  if (p instanceof Filter && p.child instanceof Join) return fromFilter(p, p.child);
  if (p instanceof Join && p.condition) return fromCondition(p, p.condition);
  return p;
}

function fromFilter(filter: Filter, join: Join): LogicalPlan {
  const { left, right, joinType, hint } = join;
  const parts = split(splitConjuncts(filter.condition), left, right);
  switch (joinType.kind) {
    case 'Inner':
    case 'Cross': {
      const inJoin: Expression[] = [];
      const above: Expression[] = [];
      for (const e of parts.both) (e.deterministic && canEvaluateWithinJoin(e) ? inJoin : above).push(e);
      if (!parts.left.length && !parts.right.length && !inJoin.length) return filter;
      const condition = joinConjuncts([...inJoin, ...(join.condition ? [join.condition] : [])]);
      return filtered(
        above,
        new Join(filtered(parts.left, left), filtered(parts.right, right), joinType, condition, hint),
      );
    }
    case 'RightOuter':
      if (!parts.right.length) return filter;
      return filtered(
        [...parts.left, ...parts.both],
        new Join(left, filtered(parts.right, right), joinType, join.condition, hint),
      );
    case 'LeftOuter':
    case 'LeftSemi':
    case 'LeftAnti':
    case 'ExistenceJoin':
      if (!parts.left.length) return filter;
      return filtered(
        [...parts.right, ...parts.both],
        new Join(filtered(parts.left, left), right, joinType, join.condition, hint),
      );
    default:
      return filter;
  }
}

function fromCondition(join: Join, on: Expression): LogicalPlan {
  const { left, right, joinType, hint } = join;
  const parts = split(splitConjuncts(on), left, right);
  switch (joinType.kind) {
    case 'Inner':
    case 'Cross':
    case 'LeftSemi':
      if (!parts.left.length && !parts.right.length) return join;
      return new Join(
        filtered(parts.left, left),
        filtered(parts.right, right),
        joinType,
        joinConjuncts(parts.both),
        hint,
      );
    case 'RightOuter':
      if (!parts.left.length) return join;
      return new Join(
        filtered(parts.left, left),
        right,
        joinType,
        joinConjuncts([...parts.right, ...parts.both]),
        hint,
      );
    case 'LeftOuter':
    case 'LeftAnti':
    case 'ExistenceJoin':
      if (!parts.right.length) return join;
      return new Join(
        left,
        filtered(parts.right, right),
        joinType,
        joinConjuncts([...parts.left, ...parts.both]),
        hint,
      );
    default:
      return join;
  }
}

export const PushPredicateThroughJoin = downRule('PushPredicateThroughJoin', pushPredicateThroughJoin);
