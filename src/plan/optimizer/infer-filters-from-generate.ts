import { lookupScalar } from '../../eval/registry.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { And, Comparison, NullCheck, splitConjuncts } from '../expressions/predicates.js';
import { Filter, Generate } from '../logical/operators.js';
import { constraintsOf } from './constraints.js';
import { upRule } from './tree-rules.js';

/** Rows whose array or map is null or empty give nothing: they are dropped before. Not for outer generators, which keep them.
 * Spark: `InferFiltersFromGenerate`. */
export const InferFiltersFromGenerate = upRule('InferFiltersFromGenerate', (p) => {
  if (!(p instanceof Generate) || p.outer || !EXPLODING.has(p.generator.name)) return p;
  const [input] = p.generator.operands;
  const size = lookupScalar('size');
  if (!input || !size || !p.generator.deterministic || input.foldable || isMade(input)) return p;
  const long = new ScalarCall(size, [input, Literal.FALSE].slice(0, size.arity[1]), 'ANSI', 'UTC');
  const wanted: Expression[] = [
    new Comparison('GreaterThan', long, Literal.int(0)),
    ...(input.nullable ? [new NullCheck('IsNotNull', input)] : []),
  ];
  const known = constraintsOf(p.child);
  const below = p.child instanceof Filter ? splitConjuncts(p.child.condition) : [];
  const fresh = wanted.filter((e) => !known.has(e) && !below.some((b) => b.semanticEquals(e)));
  if (fresh.length === 0) return p;
  const condition = fresh.reduce((l, r) => new And(l, r));
  return p.withNewChildren([new Filter(condition, p.child)]);
});

const EXPLODING = new Set(['explode', 'posexplode', 'inline']);

/** Arrays that are put together row by row: computing them twice would cost more than it saves. */
function isMade(e: Expression): boolean {
  return e.kind !== 'AttributeReference' && e.kind !== 'GetStructField';
}
