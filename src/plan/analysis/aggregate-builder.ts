import { analysisError, type Origin, SparkError } from '../../errors/index.js';
import type { AggregateFunctionDef } from '../../eval/function.js';
import { quoteIdentifier } from '../../types/index.js';
import { AggregateCall, AggregateExpression } from '../expressions/aggregate.js';
import { quoteExpr } from '../expressions/arithmetic.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { type CallClauses, checkArity } from './call-clauses.js';
import { evaluateConstant } from './constants.js';
import type { AnalyzerContext } from './context.js';
import { SHOWN_ALIASES } from './function-names.js';
import { orderedOperands, takesOrder } from './ordered-aggregates.js';

/** Pretty names by Spark class where the registry's first name is another. */
const AGGREGATE_NAMES: Readonly<Record<string, string>> = {
  BoolAnd: 'bool_and',
  BoolOr: 'bool_or',
  StddevPop: 'stddev_pop',
  StddevSamp: 'stddev_samp',
  VariancePop: 'var_pop',
  VarianceSamp: 'var_samp',
};
const IGNORES_NULLS: ReadonlySet<string> = new Set(['First', 'Last', 'AnyValue']);

/** An aggregate function with the clauses around it. Spark: `FunctionResolution.validateFunction`.
 * @throws WRONG_NUM_ARGS, INVALID_AGGREGATE_FILTER.*, INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX */
export function buildAggregate(
  context: AnalyzerContext,
  def: AggregateFunctionDef,
  name: string,
  args: readonly Expression[],
  clauses: CallClauses,
  origin: Origin,
): Expression {
  const order = clauses.withinGroup ?? [];
  // mode() and percentile_cont(p) get their input from WITHIN GROUP.
  if (def.sparkClass === 'Count' && args.length === 0) {
    if (!context.conf.functions?.parameterlessCount) throw countOfNothing(origin);
  } else if (!takesOrder(def) || args.length > def.arity[1]) checkArity(name, def.arity, args.length, origin);
  const refuse = (syntax: string) =>
    analysisError(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      { prettyName: quoteIdentifier(def.name), syntax },
      origin,
    );
  let operands = args;
  if (IGNORES_NULLS.has(def.sparkClass)) {
    if (clauses.ignoreNulls) operands = [args[0] as Expression, Literal.TRUE];
    else if (args.length === 1) operands = [args[0] as Expression, Literal.FALSE];
  } else if (clauses.ignoreNulls) throw refuse('IGNORE NULLS');
  if (def.sparkClass === 'Mode') checkMode(context, args, origin);
  operands = [...operands, ...(AGGREGATE_DEFAULTS[def.sparkClass]?.[operands.length] ?? [])];
  if (takesOrder(def)) operands = orderedOperands(def, operands, order, clauses.isDistinct ?? false, origin);
  // The legacy calculation is asked for by a fourth operand; the third is then a direction, or a frequency of one.
  if (def.sparkClass === 'PercentileDisc' && context.conf.functions?.legacyPercentileDisc)
    operands = [...operands.slice(0, 2), operands[2] ?? Literal.long(1n), Literal.TRUE];
  if (!takesOrder(def) && order.length > 0) throw refuse('WITHIN GROUP (ORDER BY ...)');
  checkFilter(clauses.filter, origin);
  // IGNORE NULLS and WITHIN GROUP make another object of Spark's, which no longer knows its alias.
  const knowsAlias = !clauses.ignoreNulls && order.length === 0;
  const pretty = SHOWN_ALIASES.has(name) && knowsAlias ? name : (AGGREGATE_NAMES[def.sparkClass] ?? def.name);
  const shown = pretty === def.name ? undefined : pretty;
  const call = new AggregateCall(def, operands, context.mode, undefined, shown).withOrigin(origin);
  return new AggregateExpression(call, clauses.isDistinct ?? false, clauses.filter);
}

const AGGREGATE_DEFAULTS: Readonly<Record<string, Readonly<Record<number, readonly Literal[]>>>> = {
  ApproximatePercentile: { 2: [Literal.int(10_000)] },
  Percentile: { 2: [Literal.long(1n)] },
};

/** `mode(expr, deterministic)`. @throws NON_FOLDABLE_ARGUMENT, UNEXPECTED_INPUT_TYPE, DATATYPE_MISMATCH.UNEXPECTED_NULL */
function checkMode(context: AnalyzerContext, args: readonly Expression[], origin: Origin): void {
  const [, flag] = args;
  if (flag === undefined) return;
  const functionName = '`mode`';
  const paramName = '`deterministic`';
  if (!flag.foldable)
    throw analysisError('NON_FOLDABLE_ARGUMENT', { funcName: functionName, paramName, paramType: '"BOOLEAN"' }, origin);
  const inputSql = quoteExpr(flag);
  if (evaluateConstant(flag, context.conf.timeZone) === null)
    throw analysisError('DATATYPE_MISMATCH.UNEXPECTED_NULL', { exprName: paramName, sqlExpr: inputSql }, origin);
  if (flag.dataType.kind !== 'boolean')
    throw analysisError(
      'UNEXPECTED_INPUT_TYPE',
      {
        functionName,
        paramIndex: 'second',
        requiredType: '"BOOLEAN"',
        inputSql,
        inputType: `"${flag.dataType.sql}"`,
      },
      origin,
    );
}

function countOfNothing(origin: Origin) {
  return new SparkError(
    'analysis',
    'WRONG_NUM_ARGS.WITH_SUGGESTION',
    {
      functionName: '`count`',
      expectedNum: ' >= 1',
      actualNum: '0',
      legacyNum: '0',
      legacyConfKey: '"spark.sql.legacy.allowParameterlessCount"',
      legacyConfValue: '"true"',
    },
    origin,
  );
}

function checkFilter(filter: Expression | undefined, origin: Origin): void {
  if (filter === undefined) return;
  const filterExpr = `"${filter.sql(true)}"`;
  if (!filter.deterministic) throw analysisError('INVALID_AGGREGATE_FILTER.NON_DETERMINISTIC', { filterExpr }, origin);
  if (filter.dataType.kind !== 'boolean')
    throw analysisError('INVALID_AGGREGATE_FILTER.NOT_BOOLEAN', { filterExpr }, origin);
  const aggregate = filter.find((e) => e instanceof AggregateExpression);
  if (aggregate)
    throw analysisError(
      'INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE',
      { filterExpr, aggExpr: `"${aggregate.sql(true)}"` },
      origin,
    );
  const window = filter.find((e) => e.kind === 'WindowExpression');
  if (window)
    throw analysisError(
      'INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION',
      { filterExpr, windowExpr: `"${window.sql(true)}"` },
      origin,
    );
}
