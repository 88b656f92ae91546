import type { CallContext } from '../../eval/function.js';
import { AggregateExpression, containsAggregate } from '../expressions/aggregate.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { AttributeReference } from '../expressions/named.js';
import { foldConstant } from './constant-folding.js';

/** An aggregate's output expression over no rows: functions have their starting value, anything else of the input is null.
 * Undefined where it cannot be computed. Spark: `evalAggExprOnZeroTups`. */
export function overNoRows(e: Expression): Literal | undefined {
  const filled = e.transformDown((x) => {
    if (x instanceof AggregateExpression) {
      const { def, mode, timeZone } = x.aggregateFunction;
      const context: CallContext = {
        argTypes: x.aggregateFunction.operands.map((o) => o.dataType),
        returnType: x.dataType,
        mode,
        timeZone: timeZone ?? 'UTC',
        state: new Map(),
      };
      return new Literal(def.finish(def.create(context), context), x.dataType);
    }
    return x instanceof AttributeReference ? Literal.nullOf(x.dataType) : x;
  });
  if (filled instanceof Literal) return filled;
  return containsAggregate(filled) ? undefined : foldConstant(filled);
}
