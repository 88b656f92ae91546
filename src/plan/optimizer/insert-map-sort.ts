import { internalError } from '../../errors/index.js';
import { lookupScalar } from '../../eval/registry.js';
import type { DataType } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { Aggregate, Project } from '../logical/operators.js';
import { rule } from '../rule.js';

/** Maps are grouped by their entries, not by the order of these: grouping keys with maps inside are sorted below first.
 * Spark: `InsertMapSortInGroupingExpressions`. */
export const InsertMapSortInGroupingExpressions = rule('InsertMapSortInGroupingExpressions', (plan) =>
  plan.transformUpWithSubqueries((p) => {
    if (!(p instanceof Aggregate) || !p.resolved) return p;
    const sorted = new Map<string, Alias>();
    const grouping = p.groupingExpressions.map((e) => {
      if (!holdsMap(e.dataType) || isSorted(e)) return e;
      const alias = sorted.get(e.canonicalized.key) ?? new Alias(mapSort(e), '_groupingmapsort');
      sorted.set(e.canonicalized.key, alias);
      return alias.toAttribute();
    });
    if (sorted.size === 0) return p;
    const replace = (e: Expression): Expression => {
      if (e.kind === 'AggregateExpression') return e;
      return sorted.get(e.canonicalized.key)?.toAttribute() ?? e.mapChildren(replace);
    };
    const results = p.aggregateExpressions.map((e) => {
      const next = replace(e);
      return e instanceof AttributeReference && next !== e ? new Alias(next, e.name, e.exprId, e.qualifier) : next;
    });
    return new Aggregate(grouping, results, new Project([...p.child.output, ...sorted.values()], p.child));
  }),
);

function isSorted(e: Expression): boolean {
  return e instanceof AttributeReference && e.name === '_groupingmapsort';
}

function mapSort(e: Expression): Expression {
  const def = lookupScalar('mapsort');
  if (!def) throw internalError('no mapsort');
  return new ScalarCall(def, [e], 'ANSI', 'UTC');
}

function holdsMap(t: DataType): boolean {
  switch (t.kind) {
    case 'map':
      return true;
    case 'array':
      return holdsMap(t.elementType);
    case 'struct':
      return t.fields.some((f) => holdsMap(f.dataType));
    default:
      return false;
  }
}
