import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { And, Comparison } from '../expressions/predicates.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Filter, Join, Project } from '../logical/operators.js';
import { replaceAttributes } from './substitute.js';
import { upRule } from './tree-rules.js';

/** In `a = 5 AND b = a + 3` the a of other conjuncts is 5. Spark: `ConstantPropagation`. */
export const ConstantPropagation = upRule('ConstantPropagation', (p) => {
  if (!(p instanceof Filter)) return p;
  const condition = propagate(p.condition);
  return condition === p.condition ? p : new Filter(condition, p.child);
});

function propagate(e: Expression): Expression {
  if (!(e instanceof And)) return e;
  const constants = new Map<number, { literal: Literal; from: Expression }>();
  const collect = (x: Expression): void => {
    if (x instanceof And) {
      collect(x.left);
      collect(x.right);
    } else if (x instanceof Comparison && x.kind === 'EqualTo') {
      const [a, l] = x.left instanceof AttributeReference ? [x.left, x.right] : [x.right, x.left];
      if (a instanceof AttributeReference && l instanceof Literal && isSafe(l) && !constants.has(a.exprId))
        constants.set(a.exprId, { literal: l, from: x });
    }
  };
  collect(e);
  if (constants.size === 0) return e;
  const replace = (x: Expression): Expression => {
    if (x instanceof And) return x.mapChildren(replace);
    if ([...constants.values()].some((c) => c.from === x)) return x;
    if (!(x instanceof Comparison)) return x;
    return x.transformUp((y) => (y instanceof AttributeReference ? (constants.get(y.exprId)?.literal ?? y) : y));
  };
  return replace(e);
}

/** Zeros of both signs and strings under collations are equal without being the same. */
function isSafe(l: Literal): boolean {
  return l.value !== null && !((l.dataType.kind === 'float' || l.dataType.kind === 'double') && Number(l.value) === 0);
}

/** A column that a projection makes from a constant is that constant above it. Stops at outer joins' padded sides.
 * Spark: `FoldablePropagation`. */
export const FoldablePropagation = upRule('FoldablePropagation', (p) => {
  if (
    !(
      p instanceof Project ||
      p instanceof Filter ||
      p.kind === 'Sort' ||
      (p instanceof Aggregate && p.groupingExpressions.length > 0)
    )
  )
    return p;
  const map = foldables(p.children[0] as LogicalPlan);
  if (map.size === 0) return p;
  return p.mapExpressions((e) => {
    if (e instanceof AttributeReference) {
      const literal = map.get(e.exprId);
      return literal ? new Alias(literal, e.name, e.exprId, e.qualifier) : e;
    }
    const replaced = replaceAttributes(e, map);
    return replaced;
  });
});

function foldables(p: LogicalPlan): Map<number, Literal> {
  if (p instanceof Project) {
    const map = new Map<number, Literal>();
    for (const e of p.projectList) if (e instanceof Alias && e.child instanceof Literal) map.set(e.exprId, e.child);
    return map;
  }
  if (p instanceof Filter || p.kind === 'Sort') return foldables(p.children[0] as LogicalPlan);
  if (
    p instanceof Join &&
    (p.joinType.kind === 'Inner' || p.joinType.kind === 'LeftSemi' || p.joinType.kind === 'LeftAnti')
  )
    return foldables(p.left);
  return new Map();
}
