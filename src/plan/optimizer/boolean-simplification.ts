import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import {
  And,
  Comparison,
  type ComparisonKind,
  Not,
  NullCheck,
  Or,
  splitConjuncts,
  splitDisjuncts,
} from '../expressions/predicates.js';
import { upRule } from './tree-rules.js';

/** Spark: `BooleanSimplification`. */
export const BooleanSimplification = upRule('BooleanSimplification', (p) => p.transformExpressionsUp(simplifyBoolean));

export function isTrue(e: Expression): boolean {
  return e instanceof Literal && e.value === true;
}
export function isFalse(e: Expression): boolean {
  return e instanceof Literal && e.value === false;
}

const NEGATED: Partial<Record<ComparisonKind, ComparisonKind>> = {
  LessThan: 'GreaterThanOrEqual',
  LessThanOrEqual: 'GreaterThan',
  GreaterThan: 'LessThanOrEqual',
  GreaterThanOrEqual: 'LessThan',
};

export function simplifyBoolean(e: Expression): Expression {
  if (e instanceof And) return simplifyAnd(e);
  if (e instanceof Or) return simplifyOr(e);
  if (e instanceof Not) return simplifyNot(e);
  if (e instanceof Comparison && e.kind === 'EqualTo' && e.left.dataType.kind === 'boolean') {
    if (isTrue(e.right)) return e.left;
    if (isTrue(e.left)) return e.right;
    if (isFalse(e.right)) return new Not(e.left);
    if (isFalse(e.left)) return new Not(e.right);
  }
  return e;
}

function simplifyAnd(e: And): Expression {
  const { left, right } = e;
  if (isTrue(left)) return right;
  if (isTrue(right)) return left;
  if (isFalse(left) || isFalse(right)) return Literal.FALSE;
  if (left.semanticEquals(right)) return left;
  if (!left.nullable && contradicts(left, right)) return Literal.FALSE;
  // a AND (NOT a OR b) → a AND b, where a is never null.
  if (!left.nullable && right instanceof Or) {
    if (contradicts(left, right.left)) return new And(left, right.right);
    if (contradicts(left, right.right)) return new And(left, right.left);
  }
  return (
    factor(
      splitConjuncts(e),
      splitDisjuncts,
      (l, r) => new Or(l, r),
      (l, r) => new And(l, r),
    ) ?? e
  );
}

function simplifyOr(e: Or): Expression {
  const { left, right } = e;
  if (isFalse(left)) return right;
  if (isFalse(right)) return left;
  if (isTrue(left) || isTrue(right)) return Literal.TRUE;
  if (left.semanticEquals(right)) return left;
  if (!left.nullable && contradicts(left, right)) return Literal.TRUE;
  return (
    factor(
      splitDisjuncts(e),
      splitConjuncts,
      (l, r) => new And(l, r),
      (l, r) => new Or(l, r),
    ) ?? e
  );
}

function contradicts(a: Expression, b: Expression): boolean {
  return (b instanceof Not && b.child.semanticEquals(a)) || (a instanceof Not && a.child.semanticEquals(b));
}

/** Takes what all parts have in common out: (a AND x) OR (a AND y) → a AND (x OR y), and the dual. */
function factor(
  parts: readonly Expression[],
  split: (e: Expression) => Expression[],
  inner: (l: Expression, r: Expression) => Expression,
  outer: (l: Expression, r: Expression) => Expression,
): Expression | undefined {
  const sets = parts.map(split);
  const [first, ...rest] = sets;
  if (!first || rest.length === 0 || !parts.every((p) => p.deterministic)) return undefined;
  const common: Expression[] = [];
  for (const c of first)
    if (!common.some((k) => k.semanticEquals(c)) && rest.every((s) => s.some((x) => x.semanticEquals(c))))
      common.push(c);
  if (common.length === 0) return undefined;
  const remainders = sets.map((s) => s.filter((x) => !common.some((c) => c.semanticEquals(x))));
  const shared = common.reduce(inner);
  if (remainders.some((r) => r.length === 0)) return shared;
  return inner(shared, remainders.map((r) => r.reduce(inner)).reduce(outer));
}

function simplifyNot(e: Not): Expression {
  const { child } = e;
  if (isTrue(child)) return Literal.FALSE;
  if (isFalse(child)) return Literal.TRUE;
  if (child instanceof Comparison) {
    const kind = NEGATED[child.kind];
    return kind ? new Comparison(kind, child.left, child.right) : e;
  }
  if (child instanceof Or) return new And(new Not(child.left), new Not(child.right));
  if (child instanceof And) return new Or(new Not(child.left), new Not(child.right));
  if (child instanceof Not) return child.child;
  if (child instanceof NullCheck) return new NullCheck(child.kind === 'IsNull' ? 'IsNotNull' : 'IsNull', child.child);
  return e;
}
