import { internalError } from '../../errors/index.js';
import { lookupAggregate } from '../../eval/registry.js';
import { BOOLEAN, LONG, StructField, StructType } from '../../types/index.js';
import { AggregateCall, AggregateExpression } from '../expressions/aggregate.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { GeneratorCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { Alias, type AttributeReference, newExprId } from '../expressions/named.js';
import { And, Comparison, joinConjuncts } from '../expressions/predicates.js';
import { LEFT_ANTI, LEFT_SEMI } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Deduplicate,
  Distinct,
  Filter,
  Generate,
  Join,
  Project,
  SetOperation,
  Union,
} from '../logical/operators.js';
import { upRule } from './tree-rules.js';

export function aggregateCall(name: string, operands: readonly Expression[], distinct = false): AggregateExpression {
  const def = lookupAggregate(name);
  if (!def) throw internalError(`no aggregate ${name}`);
  return new AggregateExpression(new AggregateCall(def, operands, 'ANSI', 'UTC'), distinct);
}

/** DISTINCT → GROUP BY all columns. Spark: `ReplaceDistinctWithAggregate`. */
export const ReplaceDistinctWithAggregate = upRule('ReplaceDistinctWithAggregate', (p) =>
  p instanceof Distinct ? new Aggregate(p.output, p.output, p.child) : p,
);

/** One row per key: the first value of each other column. Without keys one row is grouped by nothing over any rows, none over
 * none. Spark: `ReplaceDeduplicateWithAggregate`. */
export const ReplaceDeduplicateWithAggregate = upRule('ReplaceDeduplicateWithAggregate', (p) => {
  if (!(p instanceof Deduplicate)) return p;
  const keys = new Set(p.keys.map((k) => (k as AttributeReference).exprId));
  const list = p.child.output.map((a) =>
    keys.has(a.exprId)
      ? a
      : new Alias(aggregateCall('first', [a, Literal.FALSE]), a.name, newExprId(), a.qualifier, a.metadata),
  );
  // Grouping by a constant keeps an empty input empty.
  const grouping = p.keys.length ? p.keys : [Literal.int(1)];
  const aggregate = new Aggregate(grouping, list, p.child);
  return new Project(
    list.map((e, i) => {
      const a = p.child.output[i] as AttributeReference;
      return e instanceof Alias ? new Alias(e.toAttribute(), a.name, a.exprId, a.qualifier, a.metadata) : a;
    }),
    aggregate,
  );
});

function nullSafeMatch(left: LogicalPlan, right: LogicalPlan): Expression | undefined {
  return joinConjuncts(
    left.output.map((a, i) => new Comparison('EqualNullSafe', a, right.output[i] as AttributeReference)),
  );
}

/** INTERSECT → distinct left rows with a match. Spark: `ReplaceIntersectWithSemiJoin`. */
export const ReplaceIntersectWithSemiJoin = upRule('ReplaceIntersectWithSemiJoin', (p) =>
  p instanceof SetOperation && p.kind === 'Intersect' && !p.isAll
    ? new Distinct(new Join(p.left, p.right, LEFT_SEMI, nullSafeMatch(p.left, p.right)))
    : p,
);

/** EXCEPT → distinct left rows without a match. Spark: `ReplaceExceptWithAntiJoin`. */
export const ReplaceExceptWithAntiJoin = upRule('ReplaceExceptWithAntiJoin', (p) =>
  p instanceof SetOperation && p.kind === 'Except' && !p.isAll
    ? new Distinct(new Join(p.left, p.right, LEFT_ANTI, nullSafeMatch(p.left, p.right)))
    : p,
);

/** Repeats each row: the generator behind EXCEPT ALL and INTERSECT ALL. Spark: `ReplicateRows`. */
function replicate(count: AttributeReference, columns: readonly AttributeReference[], child: LogicalPlan): LogicalPlan {
  const schema = new StructType(columns.map((a) => new StructField(a.name, a.dataType, a.nullable)));
  const generator = new GeneratorCall('replicaterows', [count, ...columns], () => schema);
  const output = columns.map((a) => a);
  const index = child.output.findIndex((a) => a.exprId === count.exprId);
  const unwanted = child.output.flatMap((_, i) =>
    i === index || columns.some((c) => c.exprId === child.output[i]?.exprId) ? [i] : [],
  );
  return new Project(output, new Generate(generator, unwanted, false, undefined, output, child));
}

/** EXCEPT ALL: each row as often as left has it more than right. Spark: `RewriteExceptAll`. */
export const RewriteExceptAll = upRule('RewriteExceptAll', (p) => {
  if (!(p instanceof SetOperation) || p.kind !== 'Except' || !p.isAll) return p;
  const left = new Project([new Alias(Literal.long(1n), 'vcol'), ...p.left.output], p.left);
  const right = new Project([new Alias(Literal.long(-1n), 'vcol'), ...p.right.output], p.right);
  const union = new Union([left, right]);
  const [vcol, ...columns] = union.output as readonly [AttributeReference, ...AttributeReference[]];
  const sum = new Alias(aggregateCall('sum', [vcol]), 'sum');
  const aggregate = new Aggregate(columns, [...columns, sum], union);
  const filtered = new Filter(new Comparison('GreaterThan', sum.toAttribute(), Literal.long(0n)), aggregate);
  return replicate(sum.toAttribute(), columns, filtered);
});

/** INTERSECT ALL: each row as often as the side that has it less often. Spark: `RewriteIntersectAll`. */
export const RewriteIntersectAll = upRule('RewriteIntersectAll', (p) => {
  if (!(p instanceof SetOperation) || p.kind !== 'Intersect' || !p.isAll) return p;
  const nothing = Literal.nullOf(BOOLEAN);
  const left = new Project([new Alias(Literal.TRUE, 'vcol1'), new Alias(nothing, 'vcol2'), ...p.left.output], p.left);
  const right = new Project(
    [new Alias(nothing, 'vcol1'), new Alias(Literal.TRUE, 'vcol2'), ...p.right.output],
    p.right,
  );
  const union = new Union([left, right]);
  const [v1, v2, ...columns] = union.output as readonly [
    AttributeReference,
    AttributeReference,
    ...AttributeReference[],
  ];
  const c1 = new Alias(aggregateCall('count', [v1]), 'vcol1_count');
  const c2 = new Alias(aggregateCall('count', [v2]), 'vcol2_count');
  const aggregate = new Aggregate(columns, [c1, c2, ...columns], union);
  const [a1, a2] = [c1.toAttribute(), c2.toAttribute()];
  const one = new Literal(1n, LONG);
  const filtered = new Filter(
    new And(new Comparison('GreaterThanOrEqual', a1, one), new Comparison('GreaterThanOrEqual', a2, one)),
    aggregate,
  );
  const least = new Alias(new If(new Comparison('GreaterThan', a1, a2), a2, a1), 'min_count');
  return replicate(least.toAttribute(), columns, new Project([...columns, least], filtered));
});
