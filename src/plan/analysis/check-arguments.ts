import { analysisError } from '../../errors/index.js';
import { Decimal, type Value } from '../../types/index.js';
import { AggregateCall } from '../expressions/aggregate.js';
import type { Expression, TypeCheckFailure } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { evaluateConstant } from './constants.js';

const quote = (e: Expression): string => `"${e.sql(true)}"`;
const PERCENTILES: ReadonlySet<string> = new Set([
  'ApproximatePercentile',
  'Percentile',
  'PercentileCont',
  'PercentileDisc',
]);
const SEEDED: ReadonlySet<string> = new Set(['Rand', 'Randn']);

/** What is wrong with constant arguments whose types are right: percentages and accuracies out of range. Arguments that Spark's
 * constructors or `CheckAnalysis` refuse raise at once.
 * @throws SEED_EXPRESSION_IS_UNFOLDABLE */
export function checkArguments(e: Expression, timeZone: string): TypeCheckFailure | undefined {
  if (e instanceof ScalarCall && SEEDED.has(e.def.sparkClass)) {
    const seed = e.operands[0];
    if (seed && !seed.foldable)
      throw analysisError('SEED_EXPRESSION_IS_UNFOLDABLE', { seedExpr: quote(seed), exprWithSeed: quote(e) }, e.origin);
    return undefined;
  }
  if (!(e instanceof AggregateCall)) return undefined;
  const { sparkClass } = e.def;
  const [, second, third] = e.operands;
  if (sparkClass === 'HyperLogLogPlusPlus' && second && !isDouble(second))
    throw analysisError('_LEGACY_ERROR_TEMP_1104', {}, e.origin);
  if (!PERCENTILES.has(sparkClass) || !second) return undefined;
  if (sparkClass === 'ApproximatePercentile' && third?.foldable) {
    const accuracy = Number(evaluateConstant(third, timeZone));
    if (accuracy <= 0 || accuracy > 2147483647) return outOfRange(e, 'accuracy', '(0, 2147483647]', `${accuracy}L`);
  }
  const given = evaluateConstant(second, timeZone);
  if (given === null)
    return { condition: 'UNEXPECTED_NULL', parameters: { sqlExpr: quote(e), exprName: 'percentage' } };
  const values = (Array.isArray(given) ? (given as readonly Value[]) : [given]).map(Number);
  if (values.every((p) => p >= 0 && p <= 1)) return undefined;
  const shown = values.map((p) => `${Number.isInteger(p) ? p.toFixed(1) : p}D`);
  return outOfRange(e, 'percentage', '[0.0, 1.0]', shown.join(','));
}

function isDouble(e: Expression): boolean {
  return e instanceof Literal && (e.dataType.kind === 'double' || e.value instanceof Decimal);
}

function outOfRange(e: Expression, exprName: string, valueRange: string, currentValue: string): TypeCheckFailure {
  return { condition: 'VALUE_OUT_OF_RANGE', parameters: { sqlExpr: quote(e), exprName, valueRange, currentValue } };
}
