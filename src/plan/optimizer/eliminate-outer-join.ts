import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { AttributeReference } from '../expressions/named.js';
import { splitConjuncts } from '../expressions/predicates.js';
import { INNER, type JoinType, LEFT_OUTER, RIGHT_OUTER } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join } from '../logical/operators.js';
import { foldConstant } from './constant-folding.js';
import { downRule } from './tree-rules.js';

/** An outer join whose null-padded rows a filter above drops needs no padding. Spark: `EliminateOuterJoin`. */
export const EliminateOuterJoin = downRule('EliminateOuterJoin', (p) => {
  if (!(p instanceof Filter) || !(p.child instanceof Join)) return p;
  const join = p.child;
  const type = narrowed(p, join);
  return type === join.joinType
    ? p
    : new Filter(p.condition, new Join(join.left, join.right, type, join.condition, join.hint));
});

function narrowed(filter: Filter, join: Join): JoinType {
  const { kind } = join.joinType;
  if (kind !== 'LeftOuter' && kind !== 'RightOuter' && kind !== 'FullOuter') return join.joinType;
  const conditions = splitConjuncts(filter.condition);
  const rejects = (side: LogicalPlan) =>
    conditions.some((e) => e.references.size > 0 && e.references.subsetOf(side.outputSet) && rejectsNulls(e)) ||
    conditions.some((e) => nullIntolerantOver(e, side));
  switch (kind) {
    case 'LeftOuter':
      return rejects(join.right) ? INNER : join.joinType;
    case 'RightOuter':
      return rejects(join.left) ? INNER : join.joinType;
    default: {
      const left = rejects(join.left);
      const right = rejects(join.right);
      return left && right ? INNER : left ? LEFT_OUTER : right ? RIGHT_OUTER : join.joinType;
    }
  }
}

/** False or null when all its columns are null. Spark: `canFilterOutNull`. */
function rejectsNulls(e: Expression): boolean {
  if (!e.deterministic || e.exists((x) => x.kind === 'ScalarSubquery' || x.kind === 'Exists' || x.kind === 'ListQuery'))
    return false;
  const literal = foldConstant(
    e.transformUp((x) => (x instanceof AttributeReference ? Literal.nullOf(x.dataType) : x)),
  );
  return literal !== undefined && (literal.value === null || literal.value === false);
}

/** A comparison that is null as soon as one column of that side is. */
function nullIntolerantOver(e: Expression, side: LogicalPlan): boolean {
  const reaches = (x: Expression): boolean =>
    x instanceof AttributeReference ? side.outputSet.has(x) : x.nullIntolerant && x.children.some(reaches);
  return e.kind !== 'AttributeReference' && e.nullIntolerant && e.children.some(reaches) && e.deterministic;
}
