import { analysisError, type Origin } from '../../errors/index.js';
import type { AggregateFunctionDef } from '../../eval/function.js';
import { quoteIdentifier, STRING } from '../../types/index.js';
import { quoteExpr } from '../expressions/arithmetic.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import type { SortOrder } from '../expressions/named.js';
import { checkArity } from './call-clauses.js';

/** Whether the ORDER BY expression is what the function aggregates. */
const ORDERED_INPUT: Readonly<Record<string, boolean>> = {
  PercentileCont: true,
  PercentileDisc: true,
  Mode: true,
  ListAgg: false,
};

/** Functions that may be called `WITHIN GROUP (ORDER BY …)`. Spark: `SupportsOrderingWithinGroup`. */
export const takesOrder = (def: AggregateFunctionDef): boolean => def.sparkClass in ORDERED_INPUT;

/** The operands of such a function, its order among them:
 * `percentile_cont(value, percentage[, true if descending])`, `mode(value[, whether the least wins ties])`,
 * `listagg(value, delimiter[, one of a|A|d|D per key, then the keys])`.
 * @throws INVALID_WITHIN_GROUP_EXPRESSION.* */
export function orderedOperands(
  def: AggregateFunctionDef,
  operands: readonly Expression[],
  order: readonly SortOrder[],
  isDistinct: boolean,
  origin: Origin,
): readonly Expression[] {
  const fail = (kind: string, more: Record<string, string> = {}) =>
    analysisError(
      `INVALID_WITHIN_GROUP_EXPRESSION.${kind}` as 'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS',
      { funcName: quoteIdentifier(def.name), ...more } as never,
      origin,
    );
  const wrongNumber = (expected: number) =>
    fail('WRONG_NUM_ORDERINGS', { expectedNum: String(expected), actualNum: String(order.length) });
  const inputOrdered = ORDERED_INPUT[def.sparkClass] as boolean;
  if (inputOrdered && isDistinct) throw fail('DISTINCT_UNSUPPORTED');
  if (!inputOrdered) {
    const [value, delimiter = Literal.NULL] = operands as readonly [Expression, Expression?];
    if (order.length === 0) return [value, delimiter];
    const compatible = order.length === 1 && order[0]?.child.semanticEquals(value);
    if (isDistinct && !compatible)
      throw fail('MISMATCH_WITH_DISTINCT_INPUT', {
        funcArg: quoteExpr(value),
        orderingExpr: order.map((o) => quoteExpr(o.child)).join(', '),
      });
    return [value, delimiter, new Literal(order.map(directionCode).join(''), STRING), ...order.map((o) => o.child)];
  }
  const isMode = def.sparkClass === 'Mode';
  const filled = isMode && operands.length > 0;
  if (!isMode) checkArity(def.name, [1, 1], operands.length, origin);
  if (order.length === 0) {
    if (!filled) throw fail('WITHIN_GROUP_MISSING');
    // mode(value, false) is mode(value).
    return operands[1] instanceof Literal && operands[1].value === false ? operands.slice(0, 1) : operands;
  }
  if (filled) throw wrongNumber(0);
  const [key] = order;
  if (!key || order.length > 1) throw wrongNumber(1);
  const descending = key.direction === 'DESC';
  if (isMode) return [key.child, descending ? Literal.FALSE : Literal.TRUE];
  return descending ? [key.child, ...operands, Literal.TRUE] : [key.child, ...operands];
}

/** Lower case for ascending, upper case for descending; `a` and `D` put nulls first. */
function directionCode(o: SortOrder): string {
  const nullsFirst = o.nullOrdering === 'NULLS FIRST';
  if (o.direction === 'ASC') return nullsFirst ? 'a' : 'A';
  return nullsFirst ? 'D' : 'd';
}
