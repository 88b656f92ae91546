import { lookupAggregate } from '../../../eval/registry.js';
import { type DataType, DecimalType, equalTypes, INT, LONG } from '../../../types/index.js';
import {
  AggregateCall,
  AggregateExpression,
  Arithmetic,
  Cast,
  Coalesce,
  type Expression,
  Literal,
} from '../../expressions/index.js';
import type { SubsumptionKind } from './kinds.js';

export interface RolledUp {
  readonly value: Expression;
  readonly kind: SubsumptionKind;
}

/** What is known of a cached grouping: the column that holds an aggregate of it, if there is one. */
export type HeldAggregate = (e: AggregateExpression) => Expression | undefined;

/** An aggregate over coarser groups out of aggregates over the finer ones that are cached: sums of sums and counts, extremes of
 * extremes, an average from sum and count.
 * @param global one group, also of no rows
 * @returns undefined where the result could differ */
export function rollUp(e: AggregateExpression, held: HeldAggregate, global: boolean): RolledUp | undefined {
  const { aggregateFunction: f } = e;
  // Where overflow gives null, a sum of partial sums would pass over it.
  const overflowsToNull = f.mode === 'TRY' || (f.mode !== 'ANSI' && e.dataType.kind === 'decimal');
  if (e.isDistinct || overflowsToNull) return undefined;
  switch (f.def.sparkClass) {
    case 'Sum':
    case 'Min':
    case 'Max': {
      const column = held(e);
      return column && { value: inType(call(f.def.name, column, f), e.dataType, f), kind: KINDS[f.def.sparkClass] };
    }
    case 'Count': {
      const column = held(e);
      if (!column) return undefined;
      const sum = call('sum', column, f);
      return { value: global ? new Coalesce([sum, new Literal(0n, LONG)]) : sum, kind: 'SUM_OF_COUNTS' };
    }
    case 'Average': {
      const value = average(e, held);
      return value && { value, kind: 'AVERAGE_OF_SUMS_AND_COUNTS' };
    }
    default:
      return undefined;
  }
}

const KINDS = { Sum: 'SUM_OF_SUMS', Min: 'MIN_OF_MINS', Max: 'MAX_OF_MAXES' } as const;

/** Digits behind the result's own that the quotient keeps, so that rounding twice is rounding once for fewer than as many rows. */
const GUARD_DIGITS = 12;

function average(e: AggregateExpression, held: HeldAggregate): Expression | undefined {
  const { aggregateFunction: f } = e;
  const [operand] = f.operands;
  if (!operand || f.operands.length !== 1) return undefined;
  const other = (name: string) =>
    held(new AggregateExpression(call(name, operand, f).aggregateFunction, false, e.filter));
  const sum = other('sum');
  const count = other('count') ?? (operand.nullable ? undefined : rowCount(e, held));
  if (!sum || !count) return undefined;
  // Sums that wrap around are of no use to an average, which does not.
  if (f.mode !== 'ANSI' && operand.dataType.kind === 'long') return undefined;
  const rows = call('sum', count, f);
  if (e.dataType.kind === 'double') {
    const double = (x: Expression) => inType(x, e.dataType, f);
    // Averages of whole numbers have no overflow: neither has the sum of their sums.
    const total = call('sum', double(sum), f);
    // No row: the sum is null, and so is the result; the division never sees a zero that counts.
    return new Arithmetic('Divide', total, double(rows), 'TRY');
  }
  if (e.dataType.kind !== 'decimal') return undefined;
  // As wide as Spark's own sum: what overflows there overflows here.
  const total = inType(call('sum', sum, f), call('sum', operand, f).dataType, f);
  const quotient = new Arithmetic('Divide', total, inType(rows, new DecimalType(20, 0), f), 'TRY');
  const { dataType } = quotient;
  if (dataType.kind !== 'decimal' || dataType.scale < e.dataType.scale + GUARD_DIGITS) return undefined;
  return inType(quotient, e.dataType, f);
}

function rowCount(e: AggregateExpression, held: HeldAggregate): Expression | undefined {
  const one = call('count', new Literal(1, INT), e.aggregateFunction);
  return held(new AggregateExpression(one.aggregateFunction, false, e.filter));
}

function call(name: string, operand: Expression, like: AggregateCall): AggregateExpression {
  const def = lookupAggregate(name)!;
  return new AggregateExpression(new AggregateCall(def, [operand], like.mode, like.timeZone), false);
}

function inType(e: Expression, type: DataType, like: AggregateCall): Expression {
  return equalTypes(e.dataType, type) ? e : new Cast(e, type, like.mode, like.timeZone);
}
