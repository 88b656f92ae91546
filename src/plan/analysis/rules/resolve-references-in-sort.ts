import { SortOrder } from '../../expressions/named.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Project, Sort } from '../../logical/operators.js';
import type { ColumnResolution } from '../column-resolution.js';
import { mapSame } from '../resolve-operators.js';
import { sameOutput } from './resolve-references.js';

/** ORDER BY: the select list, then what an aggregate reads, then columns from further below, then ALL, then outer ones.
 * Spark: `ResolveReferencesInSort`. */
export function resolveSortReferences(s: Sort, columns: ColumnResolution): LogicalPlan {
  const basic = mapSame(s.order, (o) => columns.byOutput(o, s.child) as SortOrder);
  const host = s.child instanceof Filter && s.child.child instanceof Aggregate ? s.child.child : s.child;
  const withAggregate = mapSame(basic, (o) => columns.withAggregate(o, host) as SortOrder);
  const [resolved, child] = columns.addMissing(withAggregate, s.child);
  const all = orderByAll(s, resolved as readonly SortOrder[], child);
  const order = mapSame(all, (o) => columns.lastResort(o) as SortOrder);
  if (sameOutput(child, s.child)) return order === s.order ? s : new Sort(order, s.global, s.child);
  return new Project(s.child.output, new Sort(order, s.global, child).withOrigin(s.origin));
}

function orderByAll(s: Sort, order: readonly SortOrder[], child: LogicalPlan): readonly SortOrder[] {
  const [only] = order;
  if (!s.global || order.length !== 1 || !(only?.child instanceof UnresolvedAttribute)) return order;
  const { nameParts } = only.child;
  if (nameParts.length !== 1 || nameParts[0]?.toLowerCase() !== 'all') return order;
  return child.output.map((a) => new SortOrder(a, only.direction, only.nullOrdering));
}
