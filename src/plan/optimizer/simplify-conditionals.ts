import { CaseWhen, If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { And, Or } from '../expressions/predicates.js';
import { Filter, Join } from '../logical/operators.js';
import { isFalse, isTrue } from './boolean-simplification.js';
import { upRule } from './tree-rules.js';

/** Branches that are never or always taken. Spark: `SimplifyConditionals`. */
export const SimplifyConditionals = upRule('SimplifyConditionals', (p) => p.transformExpressionsUp(simplify));

function never(e: Expression): boolean {
  return isFalse(e) || (e instanceof Literal && e.value === null);
}

function simplify(e: Expression): Expression {
  if (e instanceof If) {
    if (isTrue(e.predicate)) return e.trueValue;
    if (never(e.predicate)) return e.falseValue;
    if (e.predicate.deterministic && e.trueValue.semanticEquals(e.falseValue) && !e.predicate.throwable)
      return e.trueValue;
    return e;
  }
  if (!(e instanceof CaseWhen)) return e;
  const first = e.whens.findIndex((w) => !never(w));
  if (first === -1) return e.elseValue ?? Literal.nullOf(e.dataType);
  const keep = e.whens.map((w) => !never(w));
  const always = e.whens.findIndex((w, i) => keep[i] && isTrue(w));
  if (always === first) return e.thens[first] as Expression;
  const end = always === -1 ? e.whens.length : always;
  const otherwise = always === -1 ? e.elseValue : e.thens[always];
  const whens = e.whens.slice(0, end).filter((_, i) => keep[i]);
  const thens = e.thens.slice(0, end).filter((_, i) => keep[i]);
  if (whens.length === e.whens.length && otherwise === e.elseValue) return e;
  return new CaseWhen(whens, thens, otherwise);
}

/** Where null counts as false, it is written as false. Spark: `ReplaceNullWithFalseInPredicate`. */
export const ReplaceNullWithFalseInPredicate = upRule('ReplaceNullWithFalseInPredicate', (p) => {
  if (p instanceof Filter) {
    const condition = replace(p.condition);
    return condition === p.condition ? p : new Filter(condition, p.child);
  }
  if (p instanceof Join && p.condition) {
    const condition = replace(p.condition);
    return condition === p.condition ? p : new Join(p.left, p.right, p.joinType, condition, p.hint);
  }
  return p.transformExpressionsUp((e) => {
    if (e instanceof If) return e.mapChildren((c) => (c === e.predicate ? replace(c) : c));
    if (e instanceof CaseWhen) return e.mapChildren((c) => (e.whens.includes(c) ? replace(c) : c));
    return e;
  });
});

function replace(e: Expression): Expression {
  if (e instanceof Literal && e.value === null && (e.dataType.kind === 'boolean' || e.dataType.kind === 'null'))
    return Literal.FALSE;
  if (e instanceof And || e instanceof Or) return e.mapChildren(replace);
  if (e instanceof If && e.dataType.kind === 'boolean') return e.mapChildren((c) => replace(c));
  if (e instanceof CaseWhen && e.dataType.kind === 'boolean') return e.mapChildren(replace);
  return e;
}
