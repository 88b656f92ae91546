import { evaluateConstant as evaluateBound } from '../../eval/evaluate.js';
import type { Value } from '../../types/index.js';
import { Binder } from '../expressions/bind.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';

/** The value of an expression that reads no row. */
export function evaluateConstant(e: Expression, timeZone: string): Value {
  if (e instanceof Literal) return e.value;
  const zoned = e.transformUp((x) => (x instanceof Cast && x.timeZone === undefined ? x.withTimeZone(timeZone) : x));
  return evaluateBound(new Binder([]).bind(zoned));
}
