import { analysisError, internalError, SparkError } from '../../errors/index.js';
import { findWiderTypeForTwo } from '../../eval/coercion.js';
import { type DataType, isOrderable, quoteIdentifier, sameType } from '../../types/index.js';
import type { AnalyzerConf } from '../catalog-view.js';
import { type AggregateCall, AggregateExpression, Grouping, GroupingId } from '../expressions/aggregate.js';
import { Cast } from '../expressions/cast.js';
import type { Expression, TypeCheckFailure } from '../expressions/expression.js';
import { GeneratorCall } from '../expressions/functions.js';
import { LambdaFunction } from '../expressions/lambda.js';
import { AttributeReference, MultiAlias } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import { ParameterMarker, UnresolvedAttribute, UnresolvedStar } from '../expressions/unresolved.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  UnresolvedWindowExpression,
  WindowExpression,
  WindowFunctionCall,
} from '../expressions/window.js';
import { Command } from '../logical/commands.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  CTERelationRef,
  Deduplicate,
  Distinct,
  Expand,
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LateralJoin,
  LocalLimit,
  Offset,
  Project,
  SetOperation,
  Sort,
  Tail,
  Union,
  Window,
} from '../logical/operators.js';
import { UnresolvedRelation } from '../logical/unresolved.js';
import { quotedName } from './attribute-seq.js';
import { checkAggregate } from './check-aggregate.js';
import { checkArguments } from './check-arguments.js';
import { checkSubquery } from './check-subquery.js';
import { evaluateConstant } from './constants.js';
import { expandGroupByAll, isGroupByAll } from './rules/resolve-references-in-aggregate.js';
import { orderBySimilarity } from './suggestions.js';

/** Reports what the rules could not resolve, and what is resolved but makes no sense: from the leaves up, the first problem
 * wins. Spark: `CheckAnalysis`. @throws SparkError of kind `analysis` */
export function checkAnalysis(plan: LogicalPlan, conf: AnalyzerConf): void {
  check(plan, conf);
  plan.foreach((p) => {
    if (!p.analyzed && !p.resolved) throw internalError(`Found the unresolved operator: ${p.simpleString}`);
  });
}

function check(p: LogicalPlan, conf: AnalyzerConf): void {
  if (p.analyzed || p instanceof Command) return;
  for (const c of p.children) check(c, conf);
  if (p instanceof UnresolvedRelation)
    throw analysisError('TABLE_OR_VIEW_NOT_FOUND', { relationName: quotedName(p.nameParts) }, p.origin);
  if (p instanceof CTERelationRef) return;
  if (p instanceof Aggregate) checkGroupByAll(p);
  let staged: SparkError | undefined;
  const expressions = p instanceof Aggregate ? [...p.aggregateExpressions, ...p.groupingExpressions] : p.expressions;
  for (const e of expressions)
    foreachUp(e, (x) => {
      const late = checkExpression(x, p, conf);
      staged ??= late;
    });
  if (staged) throw staged;
  checkOperator(p, conf);
  checkInput(p);
  checkPlacement(p);
}

function foreachUp(e: Expression, f: (e: Expression) => void): void {
  for (const c of e.children) foreachUp(c, f);
  f(e);
}

function checkGroupByAll(a: Aggregate): void {
  if (!a.aggregateExpressions.every((e) => e.resolved) || !isGroupByAll(a.groupingExpressions)) return;
  if (expandGroupByAll(a.aggregateExpressions) === undefined)
    throw analysisError('UNRESOLVED_ALL_IN_GROUP_BY', {}, a.origin);
}

/** The alias of a query in FROM that has none. */
const AUTO_GENERATED_SUBQUERY = '__auto_generated_subquery_name';

const quote = (e: Expression): string => `"${e.sql(true)}"`;

/** @returns a problem that is reported only if no expression of the operator has another one */
function checkExpression(e: Expression, p: LogicalPlan, conf: AnalyzerConf): SparkError | undefined {
  if (e instanceof UnresolvedAttribute) throw unresolvedColumn(e, p);
  if (e instanceof UnresolvedStar)
    throw analysisError('INVALID_USAGE_OF_STAR_OR_REGEX', { elem: "'*'", prettyName: p.nodeName }, e.origin);
  if (e instanceof UnresolvedWindowExpression)
    throw analysisError('MISSING_WINDOW_SPECIFICATION', {
      windowName: e.windowName,
      docroot: 'https://spark.apache.org/docs/latest',
    });
  if (e instanceof LambdaFunction && !e.bound) return undefined;
  if (e.childrenResolved) {
    const failure = e.checkInputDataTypes() ?? checkArguments(e, conf.timeZone);
    if (failure) throw dataTypeMismatch(e, failure);
  }
  if (e instanceof Cast && e.child.resolved && !e.resolved) throw internalError(`Found the unresolved Cast: ${e}`);
  if (e instanceof Grouping || e instanceof GroupingId) return analysisError('UNSUPPORTED_GROUPING_EXPRESSION', {});
  if (e instanceof WindowExpression) checkWindow(e);
  else if (e.resolved) {
    const f = e.children.find((c) => c instanceof WindowFunctionCall);
    if (f) throw analysisError('WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', { funcName: quote(f) }, e.origin);
  }
  if (e instanceof SubqueryExpression) {
    check(e.plan, conf);
    checkSubquery(p, e, conf);
  }
  if (e instanceof ParameterMarker)
    throw analysisError(
      'UNBOUND_SQL_PARAMETER',
      { name: typeof e.marker === 'string' ? e.marker : `_${e.marker}` },
      e.origin,
    );
  if (e instanceof MultiAlias && e.child.resolved && !(e.child instanceof GeneratorCall))
    throw analysisError('MULTI_ALIAS_WITHOUT_GENERATOR', { expr: quote(e.child), names: e.names.join(', ') }, e.origin);
  return undefined;
}

function unresolvedColumn(u: UnresolvedAttribute, p: LogicalPlan): SparkError {
  const candidates = [...p.inputSet]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.exprId - b.exprId))
    .map((a) => (a.qualifier.join('.') === AUTO_GENERATED_SUBQUERY ? [a.name] : [...a.qualifier, a.name]));
  const objectName = quotedName(u.nameParts);
  if (candidates.length === 0) return analysisError('UNRESOLVED_COLUMN.WITHOUT_SUGGESTION', { objectName }, u.origin);
  const proposal = orderBySimilarity(u.nameParts, candidates).join(', ');
  return analysisError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName, proposal }, u.origin);
}

function dataTypeMismatch(e: Expression, failure: TypeCheckFailure): SparkError {
  const parameters = { sqlExpr: quote(e), ...failure.parameters };
  return new SparkError('analysis', `DATATYPE_MISMATCH.${failure.condition}`, parameters, e.origin, {
    sqlState: '42K09',
  });
}

/** Aggregates that a window computes over its whole partition only. */
const WHOLE_PARTITION: ReadonlySet<string> = new Set(['ListAgg', 'Median', 'PercentileCont', 'PercentileDisc']);
function needsPartition({ def, operands }: AggregateCall): boolean {
  return WHOLE_PARTITION.has(def.sparkClass) && (def.sparkClass !== 'ListAgg' || operands.length > 2);
}
function coversPartition(spec: WindowExpression['windowSpec']): boolean {
  const { frame } = spec;
  return (
    spec.orderSpec.length === 0 &&
    (!(frame instanceof SpecifiedWindowFrame) ||
      (frame.frameType === 'RowFrame' &&
        frame.lower === FrameBoundary.UNBOUNDED_PRECEDING &&
        frame.upper === FrameBoundary.UNBOUNDED_FOLLOWING))
  );
}

function checkWindow(w: WindowExpression): void {
  const f = w.windowFunction;
  if (f instanceof AggregateExpression) {
    if (f.isDistinct) throw analysisError('DISTINCT_WINDOW_FUNCTION_UNSUPPORTED', { windowExpr: quote(w) }, w.origin);
    if (needsPartition(f.aggregateFunction) && !coversPartition(w.windowSpec))
      throw analysisError(
        'INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC',
        { aggFunc: `"${f.aggregateFunction.plainSql}"` },
        w.origin,
      );
    return;
  }
  if (!(f instanceof WindowFunctionCall))
    throw analysisError('UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr: quote(f) }, f.origin);
  const offset = f.name === 'lag' || f.name === 'lead';
  if (offset && w.windowSpec.orderSpec.length === 0)
    throw analysisError('WINDOW_FUNCTION_AND_FRAME_MISMATCH', { funcName: quote(f), windowExpr: quote(w) }, w.origin);
}

function checkOperator(p: LogicalPlan, conf: AnalyzerConf): void {
  if (p instanceof Filter && p.condition.dataType.kind !== 'boolean')
    throw analysisError(
      'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN',
      { sqlExpr: quote(p.condition), filter: quote(p.condition), type: `"${p.condition.dataType.sql}"` },
      p.origin,
    );
  if (p instanceof Join && p.condition && p.condition.dataType.kind !== 'boolean')
    throw analysisError(
      'JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE',
      { joinCondition: quote(p.condition), conditionType: `"${p.condition.dataType.sql}"` },
      p.origin,
    );
  if (p instanceof Aggregate) checkAggregate(p);
  if (p instanceof Sort) for (const o of p.order) checkOrderable(o.child);
  if (p instanceof Window) for (const e of p.partitionSpec) checkOrderable(e);
  if (p instanceof GlobalLimit) checkLimit('limit', p.limitExpr, conf);
  if (p instanceof LocalLimit) {
    const limit = checkLimit('limit', p.limitExpr, conf);
    if (p.child instanceof Offset) {
      const offset = checkLimit('offset', p.child.offsetExpr, conf);
      if (2147483647 - limit < offset)
        throw analysisError(
          'SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT',
          { limit: String(limit), offset: String(offset) },
          p.child.origin,
        );
    }
  }
  if (p instanceof Offset) checkLimit('offset', p.offsetExpr, conf);
  if (p instanceof Tail) checkLimit('tail', p.limitExpr, conf);
  if (p instanceof Union || p instanceof SetOperation) checkSetOperation(p, conf);
}

function checkOrderable(e: Expression): void {
  if (!isOrderable(e.dataType))
    throw analysisError(
      'EXPRESSION_TYPE_IS_NOT_ORDERABLE',
      { expr: quote(e), exprType: `"${e.dataType.sql}"` },
      e.origin,
    );
}

function checkLimit(name: string, e: Expression, conf: AnalyzerConf): number {
  const expr = quote(e);
  if (!e.foldable) throw analysisError('INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE', { name, expr }, e.origin);
  if (e.dataType.kind !== 'int')
    throw analysisError(
      'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE',
      { name, expr, dataType: `"${e.dataType.sql}"` },
      e.origin,
    );
  const value = evaluateConstant(e, conf.timeZone);
  if (value === null) throw analysisError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL', { name, expr }, e.origin);
  if ((value as number) < 0)
    throw analysisError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE', { name, expr, v: String(value) }, e.origin);
  return value as number;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const ordinal = (i: number): string => ORDINALS[i] ?? `${i + 1}th`;

function checkSetOperation(p: Union | SetOperation, conf: AnalyzerConf): void {
  const [first, ...rest] = p.children as [LogicalPlan, ...LogicalPlan[]];
  const operator = p.nodeName.toUpperCase();
  const compatible = (a: DataType, b: DataType): boolean =>
    p instanceof Union ? sameType(a, b) : findWiderTypeForTwo(a, b, 'LEGACY') !== undefined;
  rest.forEach((child, i) => {
    if (child.output.length !== first.output.length)
      throw analysisError(
        'NUM_COLUMNS_MISMATCH',
        {
          operator,
          firstNumColumns: String(first.output.length),
          invalidOrdinalNum: ordinal(i + 1),
          invalidNumColumns: String(child.output.length),
        },
        p.origin,
      );
    child.output.forEach((a, column) => {
      const b = first.output[column] as AttributeReference;
      if (compatible(a.dataType, b.dataType)) return;
      const fixable = conf.ansiEnabled && findWiderTypeForTwo(a.dataType, b.dataType, 'LEGACY') !== undefined;
      throw analysisError(
        'INCOMPATIBLE_COLUMN_TYPE',
        {
          operator,
          columnOrdinalNumber: ordinal(column),
          tableOrdinalNumber: ordinal(i + 1),
          dataType1: `"${a.dataType.sql}"`,
          dataType2: `"${b.dataType.sql}"`,
          hint: fixable
            ? '\nTo fix the error, you might need to add explicit type casts. If necessary set spark.sql.ansi.enabled to false to bypass this error.'
            : '',
        },
        p.origin,
      );
    });
  });
}

/** Every attribute that is read comes from a child. */
function checkInput(p: LogicalPlan): void {
  if (p.children.length === 0) return;
  const missing = p.missingInput;
  if (missing.length === 0) return;
  const input = [...p.inputSet];
  const list = (as: readonly AttributeReference[]) => as.map(quote).join(', ');
  const same = missing.filter((m) => input.some((a) => a.name.toLowerCase() === m.name.toLowerCase()));
  const parameters = { missingAttributes: list(missing), input: list(input), operator: `!${p.simpleString}` };
  if (same.length)
    throw analysisError(
      'MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION',
      { ...parameters, operation: list(same) },
      p.origin,
    );
  throw analysisError('MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT', parameters, p.origin);
}

/** Maps in set operations, random values and aggregates where they cannot be. */
function checkPlacement(p: LogicalPlan): void {
  const set = p instanceof SetOperation || p instanceof Distinct ? p.output : p instanceof Deduplicate ? p.keys : [];
  for (const e of set) {
    if (!hasMap(e.dataType)) continue;
    const colName = quoteIdentifier(e instanceof AttributeReference ? e.name : e.sql(true));
    throw analysisError(
      'UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE',
      { colName, dataType: `"${e.dataType.sql}"` },
      p.origin,
    );
  }
  const mayBeRandom =
    p instanceof Project ||
    p instanceof Filter ||
    p instanceof Aggregate ||
    p instanceof Window ||
    p instanceof Expand ||
    p instanceof Generate ||
    p instanceof LateralJoin;
  if (!mayBeRandom && p.children.length > 0 && p.expressions.some((e) => !e.deterministic))
    throw analysisError(
      'INVALID_NON_DETERMINISTIC_EXPRESSIONS',
      { sqlExprs: p.expressions.map(quote).join(', ') },
      p.origin,
    );
  const misplaced = p.expressions.flatMap((e) => misplacedIn(e, p));
  if (misplaced.length === 0) return;
  if (p instanceof Filter)
    throw analysisError(
      'INVALID_WHERE_CONDITION',
      { condition: quote(p.condition), expressionList: misplaced.map((e) => e.sql(false)).join(', ') },
      p.origin,
    );
  throw analysisError('UNSUPPORTED_EXPR_FOR_OPERATOR', { invalidExprSqls: misplaced.map(quote).join(', ') }, p.origin);
}

/** Spark: `PlanHelper.specialExpressionsInUnsupportedOperator`. */
function misplacedIn(e: Expression, p: LogicalPlan): Expression[] {
  return e.collect((x) => {
    if (x instanceof WindowExpression) return p instanceof Window ? undefined : x;
    if (x instanceof AggregateExpression) return p instanceof Aggregate || p instanceof Window ? undefined : x;
    if (x instanceof GeneratorCall) return p instanceof Generate ? undefined : x;
    return undefined;
  });
}

function hasMap(t: DataType): boolean {
  switch (t.kind) {
    case 'map':
      return true;
    case 'array':
      return hasMap(t.elementType);
    case 'struct':
      return t.fields.some((f) => hasMap(f.dataType));
    default:
      return false;
  }
}
