import type { Expression } from '../expressions/expression.js';
import { And, joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Join } from '../logical/operators.js';
import { ConstraintSet, constraintsOf, withInferred } from './constraints.js';
import { downRule } from './tree-rules.js';

/** Adds to filters and to the sides of joins what follows from what is known: columns that cannot be null, constants that reach
 * over an equality. Spark: `InferFiltersFromConstraints`. */
export const InferFiltersFromConstraints = downRule('InferFiltersFromConstraints', (p) => {
  if (p instanceof Filter) return inferFilter(p);
  return p instanceof Join ? inferJoin(p) : p;
});

function inferFilter(p: Filter): LogicalPlan {
  const known = constraintsOf(p.child);
  const own = splitConjuncts(p.condition);
  const ownSet = new ConstraintSet(own);
  const added = [...constraintsOf(p)].filter((e) => !known.has(e) && !ownSet.has(e));
  const extra = joinConjuncts(added);
  return extra ? new Filter(new And(extra, p.condition), p.child) : p;
}

function inferJoin(p: Join): LogicalPlan {
  const { kind } = p.joinType;
  const toLeft = kind === 'Inner' || kind === 'Cross' || kind === 'LeftSemi' || kind === 'RightOuter';
  const toRight =
    kind === 'Inner' || kind === 'Cross' || kind === 'LeftSemi' || kind === 'LeftOuter' || kind === 'LeftAnti';
  if (!toLeft && !toRight) return p;
  const all = withInferred(
    new ConstraintSet([
      ...constraintsOf(p.left),
      ...constraintsOf(p.right),
      ...(p.condition ? splitConjuncts(p.condition) : []),
    ]),
  );
  const left = toLeft ? inferSide(p.left, all) : p.left;
  const right = toRight ? inferSide(p.right, all) : p.right;
  if (left === p.left && right === p.right) return p;
  return new Join(left, right, p.joinType, p.condition, p.hint);
}

function inferSide(plan: LogicalPlan, all: ConstraintSet): LogicalPlan {
  const known = constraintsOf(plan);
  const { outputSet } = plan;
  const fresh: Expression[] = [...all].filter(
    (e) => e.references.size > 0 && e.references.subsetOf(outputSet) && !known.has(e),
  );
  const condition = joinConjuncts(fresh);
  return condition ? new Filter(condition, plan) : plan;
}
