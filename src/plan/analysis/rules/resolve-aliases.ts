import { Cast } from '../../expressions/cast.js';
import { GetArrayItem, GetArrayStructFields, GetMapValue, GetStructField } from '../../expressions/complex.js';
import type { Expression } from '../../expressions/expression.js';
import { GeneratorCall } from '../../expressions/functions.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference, isNamed, MultiAlias } from '../../expressions/named.js';
import { UnresolvedAlias } from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Project } from '../../logical/operators.js';
import { Pivot, Unpivot } from '../../logical/unresolved.js';
import { AUTO_GENERATED_ALIAS } from '../alias-helper.js';
import { mapSame, resolveOperatorsUp, rule } from '../resolve-operators.js';

/** Select items without a name get one: `toPrettySQL` of the expression. Spark: `ResolveAliases`. */
export const ResolveAliases = rule('ResolveAliases', (plan) => resolveOperatorsUp(plan, assign));

function assign(p: LogicalPlan): LogicalPlan {
  if (!p.childrenResolved) return p;
  if (p instanceof Project) {
    const list = assignAliases(p.projectList);
    if (list === p.projectList) return p;
    const next = new Project(list, p.child);
    next.hiddenOutput = p.hiddenOutput;
    return next;
  }
  if (p instanceof Aggregate) {
    const list = assignAliases(p.aggregateExpressions);
    return list === p.aggregateExpressions ? p : new Aggregate(p.groupingExpressions, list, p.child);
  }
  if (p instanceof Pivot && p.groupByExprs) {
    const groups = assignAliases(p.groupByExprs);
    return groups === p.groupByExprs ? p : new Pivot(groups, p.pivotColumn, p.pivotValues, p.aggregates, p.child);
  }
  if (p instanceof Unpivot) {
    const ids = p.ids && assignAliases(p.ids);
    const values = p.values && mapSame(p.values, assignAliases);
    return ids === p.ids && values === p.values
      ? p
      : new Unpivot(ids, values, p.aliases, p.variableColumnName, p.valueColumnNames, p.child);
  }
  return p;
}

function assignAliases(list: readonly Expression[]): readonly Expression[] {
  return mapSame(list, (e) => e.transformUp((x) => (x instanceof UnresolvedAlias ? resolveAlias(x) : x)));
}

/** Spark: `AliasResolution.resolve`. */
export function resolveAlias(u: UnresolvedAlias): Expression {
  const { child } = u;
  if (isNamed(child)) return child;
  if (!child.resolved) return u;
  if (child instanceof GeneratorCall) return new MultiAlias(child, []);
  if (child instanceof Cast && isNamed(child.child)) return new Alias(child, child.child.name);
  if (isExtract(child) && extractOnly(child)) return new Alias(child, child.sql(true));
  if (child instanceof Literal) return new Alias(child, child.sql(true));
  return new Alias(child, child.sql(true), undefined, [], { [AUTO_GENERATED_ALIAS]: 'true' });
}

function isExtract(e: Expression): boolean {
  return (
    e instanceof GetStructField ||
    e instanceof GetArrayStructFields ||
    e instanceof GetArrayItem ||
    e instanceof GetMapValue
  );
}
function extractOnly(e: Expression): boolean {
  if (isExtract(e)) return e.children.every(extractOnly);
  return e instanceof Literal || e instanceof AttributeReference;
}
