import { analysisError } from '../../../errors/index.js';
import { AggregateExpression, containsAggregate } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { AttributeReference, isNamed } from '../../expressions/named.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import { Aggregate } from '../../logical/operators.js';
import { trimAliases } from '../alias-helper.js';
import type { ColumnResolution } from '../column-resolution.js';
import type { AnalyzerContext } from '../context.js';
import { mapSame } from '../resolve-operators.js';
import { hasLateralAlias } from '../temporary-expressions.js';

/** GROUP BY may name select aliases or ALL, once the select list is resolved. Spark: `ResolveReferencesInAggregate`. */
export function resolveAggregateReferences(
  a: Aggregate,
  context: AnalyzerContext,
  columns: ColumnResolution,
): Aggregate {
  const basicGroups = mapSame(a.groupingExpressions, (e) => columns.byChildren(e, a));
  const basic = mapSame(a.aggregateExpressions, (e) => columns.byChildren(e, a));
  const list = mapSame(columns.lateralAliases(basic), (e) => columns.lastResort(e));
  let groups = basicGroups;
  if (list.every((e) => e.resolved)) {
    groups = mapSame(groupByAll(list, groupByAlias(list, basicGroups, context)), (e) => columns.lastResort(e));
    if (groups.some(hasLateralAlias))
      throw analysisError('UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY', {}, a.origin);
  }
  groups = mapSame(groups, (e) => (e.resolved ? trimAliases(e) : e));
  return groups === a.groupingExpressions && list === a.aggregateExpressions ? a : new Aggregate(groups, list, a.child);
}

function groupByAlias(
  list: readonly Expression[],
  groups: readonly Expression[],
  context: AnalyzerContext,
): readonly Expression[] {
  if (!context.conf.groupByAliases) return groups;
  return mapSame(groups, (g) =>
    g.transformDown((e) => {
      if (!(e instanceof UnresolvedAttribute)) return e;
      return list.find((item) => isNamed(item) && context.sameName(item.name, e.name)) ?? e;
    }),
  );
}

function groupByAll(list: readonly Expression[], groups: readonly Expression[]): readonly Expression[] {
  if (!isGroupByAll(groups)) return groups;
  const expanded = expandGroupByAll(list);
  if (expanded === undefined) return groups;
  return expanded.map((e, i) => {
    const bare = trimAliases(e);
    return bare instanceof Literal && bare.dataType.kind === 'int' ? Literal.int(i + 1) : e;
  });
}

/** The select items without aggregates; undefined where they cannot be told. */
export function expandGroupByAll(list: readonly Expression[]): readonly Expression[] | undefined {
  const grouping = list.filter((e) => !containsAggregate(e));
  return grouping.length === 0 && list.some(readsAttribute) ? undefined : grouping;
}
function readsAttribute(e: Expression): boolean {
  if (e instanceof AggregateExpression) return false;
  return e instanceof AttributeReference || e.children.some(readsAttribute);
}

export function isGroupByAll(groups: readonly Expression[]): boolean {
  const [only] = groups;
  return (
    groups.length === 1 &&
    only instanceof UnresolvedAttribute &&
    only.nameParts.length === 1 &&
    only.nameParts[0]?.toLowerCase() === 'all'
  );
}
