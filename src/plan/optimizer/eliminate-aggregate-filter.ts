import { AggregateExpression } from '../expressions/aggregate.js';
import { Literal } from '../expressions/literal.js';
import { Aggregate } from '../logical/operators.js';
import { overNoRows } from './over-no-rows.js';
import { upRule } from './tree-rules.js';

/** `FILTER (WHERE true)` goes; behind `FILTER (WHERE false)` an aggregate has its value over no rows.
 * Spark: `EliminateAggregateFilter`. */
export const EliminateAggregateFilter = upRule('EliminateAggregateFilter', (p) =>
  p instanceof Aggregate
    ? p.transformExpressionsUp((e) => {
        if (!(e instanceof AggregateExpression) || !(e.filter instanceof Literal)) return e;
        const { aggregateFunction, isDistinct, filter, resultId } = e;
        if (filter.value === true) return new AggregateExpression(aggregateFunction, isDistinct, undefined, resultId);
        return filter.value === false ? (overNoRows(e) ?? e) : e;
      })
    : p,
);
