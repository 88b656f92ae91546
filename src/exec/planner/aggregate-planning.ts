import { AggregateExpression } from '../../plan/expressions/aggregate.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { Alias, AttributeReference, isNamed, type NamedExpression, toAttribute } from '../../plan/expressions/named.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';
import type { Aggregate } from '../../plan/logical/operators.js';
import { type DataType, LONG } from '../../types/index.js';
import { AggregateExec, type AggregateMode, type WholeAggregation } from './aggregates.js';
import type { PhysicalPlan } from './physical-plan.js';

/** Takes an aggregate apart: each function once, results and keys as columns that the output expressions read.
 * Spark: `PhysicalAggregation`. */
export function takeApart(
  plan: Aggregate,
): Omit<WholeAggregation, 'child'> & { readonly keys: readonly NamedExpression[] } {
  const functions = new Map<string, AggregateExpression>();
  const results = new Map<string, AttributeReference>();
  for (const e of plan.aggregateExpressions)
    e.foreach((x) => {
      if (!(x instanceof AggregateExpression)) return;
      const { key } = x.canonicalized;
      if (functions.has(key)) return;
      functions.set(key, x);
      results.set(key, new AttributeReference(String(x.aggregateFunction), x.dataType, x.nullable, x.resultId));
    });
  const keys = plan.groupingExpressions.map((e) => (isNamed(e) ? e : new Alias(e, String(e))));
  const attributes = keys.map(toAttribute);
  const resultExpressions = plan.aggregateExpressions.map((e) =>
    e.transformDown((x) => {
      if (x instanceof AggregateExpression) return results.get(x.canonicalized.key) as AttributeReference;
      const i = plan.groupingExpressions.findIndex((g) => g.semanticEquals(x));
      if (i === -1) return x;
      const attribute = attributes[i] as AttributeReference;
      return x instanceof AttributeReference ? attribute.withName(x.name) : attribute;
    }),
  );
  return {
    keys,
    groupingExpressions: plan.groupingExpressions,
    groupingAttributes: attributes,
    aggregates: [...functions.values()],
    results: [...results.values()],
    resultExpressions,
  };
}

/** The steps of an aggregation: partial, then final; four with distinct functions. Spark: `AggUtils`. */
export function planAggregate(plan: Aggregate, child: PhysicalPlan): PhysicalPlan {
  const parts = takeApart(plan);
  const { keys, groupingAttributes, aggregates, resultExpressions } = parts;
  const whole: Omit<WholeAggregation, 'child'> = {
    groupingExpressions: parts.groupingExpressions,
    groupingAttributes,
    aggregates,
    results: parts.results,
    resultExpressions,
  };
  const plain = aggregates.filter((a) => !a.isDistinct);
  const distinct = aggregates.filter((a) => a.isDistinct);
  const finalOutput = resultExpressions.map((e) => toAttribute(e as NamedExpression));
  const step = (
    grouping: readonly Expression[],
    shown: readonly [AggregateExpression, AggregateMode][],
    required: readonly Expression[] | undefined,
    output: Attributes,
    results: readonly Expression[],
    below: PhysicalPlan,
    end?: Omit<WholeAggregation, 'child'>,
    isFirst = false,
  ) =>
    new AggregateExec(
      nodeKind(shown.map(([a]) => a)),
      grouping,
      shown.map(([a, mode]) => functionText(a, mode)),
      required,
      output,
      results,
      below,
      end,
      isFirst,
      end ? end.results : shown.flatMap(([a]) => bufferAttributes(a)),
    );
  const as = (list: readonly AggregateExpression[], mode: AggregateMode) =>
    list.map((a): [AggregateExpression, AggregateMode] => [a, mode]);

  if (distinct.length === 0) {
    const buffers = [...groupingAttributes, ...plain.flatMap(bufferAttributes)];
    const partial = step(keys, as(plain, 'Partial'), undefined, buffers, buffers, child, undefined, true);
    return step(
      groupingAttributes,
      as(plain, 'Final'),
      groupingAttributes,
      finalOutput,
      resultExpressions,
      partial,
      whole,
    );
  }
  const distinctKeys = uniqueOperands(distinct);
  const distinctNamed = distinctKeys.map((e) => (isNamed(e) ? e : new Alias(e, String(e))));
  const distinctAttributes = distinctNamed.map(toAttribute);
  const buffers = plain.flatMap(bufferAttributes);
  const wide = [...groupingAttributes, ...distinctAttributes];
  const first = step(
    [...keys, ...distinctNamed],
    as(plain, 'Partial'),
    undefined,
    [...wide, ...buffers],
    [...wide, ...buffers],
    child,
    undefined,
    true,
  );
  const merged = step(wide, as(plain, 'PartialMerge'), wide, [...wide, ...buffers], [...wide, ...buffers], first);
  const renamed = distinct.map((a) => withOperands(a, distinctKeys, distinctAttributes));
  const partialBuffers = [...groupingAttributes, ...buffers, ...renamed.flatMap(bufferAttributes)];
  const partial = new AggregateExec(
    nodeKind(aggregates),
    groupingAttributes,
    [...plain.map((a) => functionText(a, 'PartialMerge')), ...renamed.map((a) => functionText(a, 'Partial'))],
    undefined,
    partialBuffers,
    partialBuffers,
    merged,
    undefined,
    false,
    [...plain, ...renamed].flatMap(bufferAttributes),
  );
  return new AggregateExec(
    nodeKind(aggregates),
    groupingAttributes,
    [...plain.map((a) => functionText(a, 'Final')), ...renamed.map((a) => functionText(a, 'Final'))],
    groupingAttributes,
    finalOutput,
    resultExpressions,
    partial,
    whole,
    false,
    parts.results,
  );
}

function uniqueOperands(list: readonly AggregateExpression[]): Expression[] {
  const seen = new Map<string, Expression>();
  for (const a of list) for (const o of a.aggregateFunction.operands) if (!o.foldable) seen.set(o.canonicalized.key, o);
  return [...seen.values()];
}

function withOperands(a: AggregateExpression, from: readonly Expression[], to: Attributes): AggregateExpression {
  return a.transformDown((x) => {
    const i = from.findIndex((f) => f.semanticEquals(x));
    return i === -1 ? x : (to[i] as AttributeReference);
  }) as AggregateExpression;
}

function functionText(a: AggregateExpression, mode: AggregateMode): string {
  const prefix = mode === 'Partial' ? 'partial_' : mode === 'PartialMerge' ? 'merge_' : '';
  const filter = a.filter && mode !== 'Partial' && mode !== 'Complete' ? undefined : a.filter;
  const plain =
    filter === a.filter ? a : new AggregateExpression(a.aggregateFunction, a.isDistinct, filter, a.resultId);
  return prefix + String(plain);
}

const TYPED = new Set([
  'collect_list',
  'collect_set',
  'array_agg',
  'percentile',
  'percentile_approx',
  'approx_percentile',
  'median',
  'percentile_cont',
  'percentile_disc',
  'mode',
  'listagg',
  'string_agg',
  'histogram_numeric',
  'count_min_sketch',
  'bitmap_construct_agg',
  'bitmap_or_agg',
]);
const BY_VALUE = new Set(['min', 'max', 'first', 'last', 'any_value', 'first_value', 'last_value', 'max_by', 'min_by']);

/** Spark hashes where buffers have a fixed width, keeps objects for typed functions, and sorts otherwise.
 * Spark: `AggUtils.createAggregate`. */
function nodeKind(list: readonly AggregateExpression[]): AggregateExec['kind'] {
  if (list.some((a) => TYPED.has(a.aggregateFunction.def.name))) return 'ObjectHashAggregate';
  const fixed = list.every(
    (a) =>
      !BY_VALUE.has(a.aggregateFunction.def.name) ||
      a.aggregateFunction.operands.every((o) => isFixedWidth(o.dataType)),
  );
  return fixed ? 'HashAggregate' : 'SortAggregate';
}

function isFixedWidth(t: DataType): boolean {
  switch (t.kind) {
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return false;
    default:
      return true;
  }
}

/** Columns between the steps, named as in Spark. */
function bufferAttributes(a: AggregateExpression): AttributeReference[] {
  const { name } = a.aggregateFunction.def;
  const t = a.dataType;
  const make = (n: string, type: DataType) => AttributeReference.create(n, type, true);
  switch (name) {
    case 'avg':
      return [make('sum', t), make('count', LONG)];
    case 'sum':
      return t.kind === 'decimal' ? [make('sum', t), make('isEmpty', t)] : [make('sum', t)];
    case 'first':
    case 'last':
      return [make(name, t), make('valueSet', t)];
    case 'collect_list':
    case 'collect_set':
      return [make('buf', t)];
    default:
      return [make(name, t)];
  }
}
