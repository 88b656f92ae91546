import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Comparison, In } from '../expressions/predicates.js';
import { upRule } from './tree-rules.js';

/** IN with one value is an equality, repeated values go. (Spark's `InSet` is the executor's business here.)
 * Spark: `OptimizeIn`. */
export const OptimizeIn = upRule('OptimizeIn', (p) => p.transformExpressionsUp(optimize));

function optimize(e: Expression): Expression {
  if (!(e instanceof In)) return e;
  if (e.list.length === 0 && !e.value.nullable) return Literal.FALSE;
  if (!e.list.every((x) => x instanceof Literal)) return e;
  const seen = new Set<string>();
  const list = e.list.filter((x) => {
    const { key } = x.canonicalized;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  const [only] = list;
  if (list.length === 1 && only && e.value.kind !== 'CreateNamedStruct')
    return new Comparison('EqualTo', e.value, only);
  return list.length === e.list.length ? e : new In(e.value, list);
}

/** x = x and the like. Spark: `SimplifyBinaryComparison`. */
export const SimplifyBinaryComparison = upRule('SimplifyBinaryComparison', (p) =>
  p.transformExpressionsUp((e) => {
    if (!(e instanceof Comparison) || !e.left.semanticEquals(e.right)) return e;
    switch (e.kind) {
      case 'EqualNullSafe':
        return Literal.TRUE;
      case 'EqualTo':
      case 'LessThanOrEqual':
      case 'GreaterThanOrEqual':
        return e.left.nullable ? e : Literal.TRUE;
      default:
        return e.left.nullable ? e : Literal.FALSE;
    }
  }),
);
