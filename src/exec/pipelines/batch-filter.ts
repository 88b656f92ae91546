import type { BoundExpr } from '../../eval/bound.js';
import { compareValues } from '../../eval/compare.js';
import type { Block, ColumnStats } from '../../storage/block/block.js';
import type { Value } from '../../types/index.js';
import { rangeTest } from '../expr/range-step.js';

/** Statistics of an input ordinal. */
export type StatsOf = (ordinal: number) => ColumnStats;

/** Whether a batch of a block may have rows for all conjuncts, as `batchMayMatch` decides; ranges of integers are compared as they
 * are stored.
 * @param columns the block's ordinals, by input ordinal */
export function batchTest(
  pushed: readonly BoundExpr[],
  block: Block,
  columns: readonly number[],
  parameters: ReadonlyMap<number, Value>,
): (batch: number) => boolean {
  const tests = pushed.map((e): ((batch: number) => boolean) => {
    const only = e.k === 'call' && e.fn === 'isnotnull' ? e.args[0] : undefined;
    if (only?.k === 'input') {
      const column = columns[only.ordinal]!;
      return (b) => block.nullCount(column, b) < block.batchRows(b);
    }
    const range = rangeTest(e);
    if (range?.child.k === 'input' && block.columnRep(columns[range.child.ordinal]!) !== 'i128') {
      const column = columns[range.child.ordinal]!;
      return block.rangeOfBatches(column, range.min, range.max);
    }
    return textTest(e, block, columns) ?? ((b) => batchMayMatch(e, (o) => block.stats(columns[o]!, b), parameters));
  });
  return (batch) => {
    for (const test of tests) if (!test(batch)) return false;
    return true;
  };
}

const FLIPPED: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  '<=>': '<=>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** A comparison of a text column with a literal, made on the bytes of the bounds. */
function textTest(e: BoundExpr, block: Block, columns: readonly number[]): ((batch: number) => boolean) | undefined {
  if (e.k !== 'call' || FLIPPED[e.fn] === undefined) return undefined;
  const [a, b] = e.args;
  const [input, literal, op] = a?.k === 'input' ? [a, b, e.fn] : [b, a, FLIPPED[e.fn]!];
  if (input?.k !== 'input' || input.type.kind !== 'string' || literal?.k !== 'literal') return undefined;
  if (typeof literal.value !== 'string') return undefined;
  const text = Buffer.from(literal.value);
  const column = columns[input.ordinal]!;
  return (batch) => {
    if (block.nullCount(column, batch) === block.batchRows(batch)) return false;
    const place = block.placeOfText(column, batch, text);
    return !place || mayCompare(op, place.lower, place.upper);
  };
}

/** False only if no row of the batch can make the conjunct true. Forms that it does not know say true.
 * Spark: `SimpleMetricsCachedBatchSerializer.buildFilter` */
export function batchMayMatch(expr: BoundExpr, stats: StatsOf, parameters: ReadonlyMap<number, Value>): boolean {
  switch (expr.k) {
    case 'literal':
      return expr.value === true || expr.type.kind !== 'boolean';
    case 'and':
      return batchMayMatch(expr.left, stats, parameters) && batchMayMatch(expr.right, stats, parameters);
    case 'or':
      return batchMayMatch(expr.left, stats, parameters) || batchMayMatch(expr.right, stats, parameters);
    case 'in': {
      if (expr.value.k !== 'input') return true;
      const column = stats(expr.value.ordinal);
      return expr.list.some((item) => {
        const value = constant(item, parameters);
        return value === undefined || compares('=', column, value, item);
      });
    }
    case 'call':
      return callMayMatch(expr, stats, parameters);
    default:
      return true;
  }
}

function callMayMatch(
  expr: Extract<BoundExpr, { k: 'call' }>,
  stats: StatsOf,
  parameters: ReadonlyMap<number, Value>,
): boolean {
  const [a, b] = expr.args;
  if (expr.fn === 'isnull' && a?.k === 'input') return stats(a.ordinal).nullCount > 0;
  if (expr.fn === 'isnotnull' && a?.k === 'input') {
    const column = stats(a.ordinal);
    return column.count > column.nullCount;
  }
  if (expr.fn === 'startswith' && a?.k === 'input' && b) return mayStartWith(stats(a.ordinal), constant(b, parameters));
  const flipped = FLIPPED[expr.fn];
  if (flipped === undefined || !a || !b) return true;
  if (a.k === 'input') {
    const value = constant(b, parameters);
    return value === undefined || compares(expr.fn, stats(a.ordinal), value, a);
  }
  if (b.k === 'input') {
    const value = constant(a, parameters);
    return value === undefined || compares(flipped, stats(b.ordinal), value, b);
  }
  return true;
}

/** Bounds cut to the prefix's length, in bytes, hold the prefix between them. */
function mayStartWith(column: ColumnStats, prefix: Value | undefined): boolean {
  if (prefix === undefined) return true;
  if (prefix === null || column.count === column.nullCount) return false;
  const { lower, upper } = column;
  if (!column.hasBounds || typeof prefix !== 'string' || typeof lower !== 'string' || typeof upper !== 'string')
    return true;
  const wanted = Buffer.from(prefix);
  const cut = (bound: string) => Buffer.from(bound).subarray(0, wanted.length);
  return cut(lower).compare(wanted) <= 0 && wanted.compare(cut(upper)) <= 0;
}

function constant(expr: BoundExpr, parameters: ReadonlyMap<number, Value>): Value | undefined {
  if (expr.k === 'literal') return expr.value;
  return expr.k === 'parameter' ? parameters.get(expr.id) : undefined;
}

function compares(op: string, column: ColumnStats, value: Value, typed: BoundExpr): boolean {
  if (value === null) return op === '<=>' ? column.nullCount > 0 : false;
  if (column.count === column.nullCount) return false;
  if (!column.hasBounds) return true;
  return mayCompare(op, compareValues(value, column.lower, typed.type), compareValues(value, column.upper, typed.type));
}

/** Whether a value between bounds may compare so with another, which lies `toLower` and `toUpper` from them. */
function mayCompare(op: string, toLower: number, toUpper: number): boolean {
  switch (op) {
    case '<':
      return toLower > 0;
    case '<=':
      return toLower >= 0;
    case '>':
      return toUpper < 0;
    case '>=':
      return toUpper <= 0;
    default:
      return toLower >= 0 && toUpper <= 0;
  }
}
