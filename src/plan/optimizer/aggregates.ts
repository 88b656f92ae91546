import { containsAggregate } from '../expressions/aggregate.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Join, Project, Repartition, RepartitionByExpression, Sort, Window } from '../logical/operators.js';
import { downRule, upRule } from './tree-rules.js';

/** Constants do not group; one stays if nothing else would, since grouping by nothing is another thing.
 * Spark: `RemoveLiteralFromGroupExpressions`. */
export const RemoveLiteralFromGroupExpressions = upRule('RemoveLiteralFromGroupExpressions', (p) => {
  if (!(p instanceof Aggregate) || p.groupingExpressions.length === 0) return p;
  const kept = p.groupingExpressions.filter((e) => !e.foldable);
  if (kept.length === p.groupingExpressions.length) return p;
  const keys = kept.length ? kept : [Literal.int(0)];
  if (kept.length === 0 && p.groupingExpressions.length === 1 && p.groupingExpressions[0] instanceof Literal) return p;
  return new Aggregate(keys, p.aggregateExpressions, p.child);
});

/** GROUP BY a, a → GROUP BY a. Spark: `RemoveRepetitionFromGroupExpressions`. */
export const RemoveRepetitionFromGroupExpressions = upRule('RemoveRepetitionFromGroupExpressions', (p) => {
  if (!(p instanceof Aggregate) || p.groupingExpressions.length < 2) return p;
  const kept: Expression[] = [];
  for (const e of p.groupingExpressions) if (!kept.some((k) => k.semanticEquals(e))) kept.push(e);
  return kept.length === p.groupingExpressions.length ? p : new Aggregate(kept, p.aggregateExpressions, p.child);
});

const ORDER_FREE = new Set([
  'min',
  'max',
  'count',
  'count_if',
  'bit_and',
  'bit_or',
  'bit_xor',
  'bool_and',
  'bool_or',
  'every',
  'some',
  'any',
]);

/** Sorts whose order nothing sees: below another sort, a join, or an aggregate that does not mind. Spark: `EliminateSorts`. */
export const EliminateSorts = downRule('EliminateSorts', (p) => {
  if (p instanceof Sort && (p.order.length === 0 || p.order.every((o) => o.child.foldable))) return p.child;
  if (p instanceof Sort && p.global) {
    const child = withoutSort(p.child);
    return child === p.child ? p : new Sort(p.order, true, child);
  }
  if (p instanceof Join && (p.condition === undefined || p.condition.deterministic)) {
    const [left, right] = [withoutSort(p.left), withoutSort(p.right)];
    return left === p.left && right === p.right ? p : new Join(left, right, p.joinType, p.condition, p.hint);
  }
  if (p instanceof Aggregate && orderFree(p)) {
    const child = withoutSort(p.child);
    return child === p.child ? p : new Aggregate(p.groupingExpressions, p.aggregateExpressions, child);
  }
  return p;
});

function withoutSort(p: LogicalPlan): LogicalPlan {
  if (p instanceof Sort) return withoutSort(p.child);
  const transparent =
    (p instanceof Project && p.projectList.every((e) => e.deterministic)) ||
    (p.kind === 'Filter' && p.expressions.every((e) => e.deterministic)) ||
    p instanceof RepartitionByExpression ||
    (p instanceof Repartition && p.shuffle);
  if (!transparent) return p;
  const child = p.children[0] as LogicalPlan;
  const next = withoutSort(child);
  return next === child ? p : p.withNewChildren([next]);
}

function orderFree(p: Aggregate): boolean {
  const free = (e: Expression): boolean => {
    if (e.kind === 'AggregateCall') {
      const { def, operands } = e as unknown as { def: { name: string }; operands: readonly Expression[] };
      if (ORDER_FREE.has(def.name)) return true;
      // Sums of floating-point numbers depend on the order.
      return (
        (def.name === 'sum' || def.name === 'avg') &&
        operands.every((o) => o.dataType.kind !== 'float' && o.dataType.kind !== 'double')
      );
    }
    return e.children.every(free);
  };
  return p.aggregateExpressions.every((e) => !containsAggregate(e) || free(e));
}

/** Two windows over the same rows in the same order become one. Spark: `CollapseWindow`. */
export const CollapseWindow = upRule('CollapseWindow', (p) => {
  if (!(p instanceof Window) || !(p.child instanceof Window)) return p;
  const inner = p.child;
  const same = (a: readonly Expression[], b: readonly Expression[]) =>
    a.length === b.length && a.every((e, i) => e.semanticEquals(b[i] as Expression));
  if (!same(p.partitionSpec, inner.partitionSpec) || !same(p.orderSpec, inner.orderSpec)) return p;
  if (p.references.intersects(inner.producedAttributes)) return p;
  return new Window([...inner.windowExpressions, ...p.windowExpressions], p.partitionSpec, p.orderSpec, inner.child);
});

/** Of two repartitionings the outer one counts. Spark: `CollapseRepartition`. */
export const CollapseRepartition = upRule('CollapseRepartition', (p) => {
  const inner = (c: LogicalPlan) => (c instanceof Repartition || c instanceof RepartitionByExpression ? c : undefined);
  if (p instanceof Repartition) {
    const below = inner(p.child);
    if (!below) return p;
    if (!p.shuffle && (below instanceof RepartitionByExpression || below.shuffle)) {
      const n = below.numPartitions;
      return n !== undefined && p.numPartitions >= n ? below : p;
    }
    return new Repartition(p.numPartitions, p.shuffle, below.child);
  }
  if (p instanceof RepartitionByExpression) {
    const below = inner(p.child);
    return below ? new RepartitionByExpression(p.partitionExpressions, below.child, p.numPartitions) : p;
  }
  return p;
});
