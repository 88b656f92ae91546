import { If } from './conditional.js';
import type { Expression } from './expression.js';
import { LambdaFunction, UnresolvedNamedLambdaVariable } from './lambda.js';
import { Literal } from './literal.js';
import { And, Comparison, NullCheck } from './predicates.js';

/** The comparator that `array_sort` has when none is written: ascending, nulls last. Plans and generated column names show it, and it
 * equals the same lambda written out. Spark: `ArraySort.defaultComparator` */
export function defaultOrder(): LambdaFunction {
  const left = new UnresolvedNamedLambdaVariable(['left']);
  const right = new UnresolvedNamedLambdaVariable(['right']);
  const isNull = (e: Expression) => new NullCheck('IsNull', e);
  const [zero, one, less] = [0, 1, -1].map(Literal.int) as [Literal, Literal, Literal];
  const ordered = new If(
    new Comparison('LessThan', left, right),
    less,
    new If(new Comparison('GreaterThan', left, right), one, zero),
  );
  const nullsLast = new If(isNull(left), one, new If(isNull(right), less, ordered));
  return new LambdaFunction(new If(new And(isNull(left), isNull(right)), zero, nullsLast), [left, right]);
}

/** Whether a bound comparator is the default one, which sorts without calling a lambda. Where elements cannot be null, the optimizer may
 * have taken the tests for null away. */
export function isDefaultOrder({ body, parameters }: LambdaFunction): boolean {
  const [left, right] = parameters;
  if (!left || !right || parameters.length !== 2) return false;
  const gives = (e: Expression, value: number) => e instanceof Literal && e.value === value;
  const tests = (e: Expression, of: Expression) =>
    e instanceof NullCheck && e.kind === 'IsNull' && e.child.semanticEquals(of);
  const compares = (e: Expression, kind: string) =>
    e instanceof Comparison && e.kind === kind && e.left.semanticEquals(left) && e.right.semanticEquals(right);
  const both = (e: Expression) => e instanceof And && tests(e.left, left) && tests(e.right, right);
  let rest = body;
  const skip = (when: (e: Expression) => boolean, value: number): boolean => {
    if (!(rest instanceof If && when(rest.predicate))) return false;
    if (!gives(rest.trueValue, value)) return false;
    rest = rest.falseValue;
    return true;
  };
  const shielded = skip(both, 0) && skip((e) => tests(e, left), 1) && skip((e) => tests(e, right), -1);
  if (!shielded && (rest !== body || left.nullable || right.nullable)) return false;
  return skip((e) => compares(e, 'LessThan'), -1) && skip((e) => compares(e, 'GreaterThan'), 1) && gives(rest, 0);
}
