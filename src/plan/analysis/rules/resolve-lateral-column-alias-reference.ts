import { analysisError } from '../../../errors/index.js';
import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { Alias, AttributeReference, isNamed, type NamedExpression, toAttribute } from '../../expressions/named.js';
import { ScalarSubquery } from '../../expressions/subquery.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import { WindowExpression, type WindowSpecDefinition } from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Project } from '../../logical/operators.js';
import { UnresolvedHaving } from '../../logical/unresolved.js';
import { quotedName } from '../attribute-seq.js';
import { rule } from '../resolve-operators.js';
import { hasLateralAlias, LateralColumnAliasReference, TempResolvedColumn } from '../temporary-expressions.js';

/** Project [a + 1 AS x, lca(x) + 1] → Project [x, x + 1] over Project [child's columns, a + 1 AS x]; an Aggregate first
 * gets a Project above. Spark: `ResolveLateralColumnAliasReference`. */
export const ResolveLateralColumnAliasReference = rule('ResolveLateralColumnAliasReference', (plan) => {
  if (!holds(plan, (e) => e instanceof LateralColumnAliasReference)) return plan;
  if (holds(plan, (e) => e instanceof TempResolvedColumn)) return plan;
  return apply(plan);
});

function holds(plan: LogicalPlan, f: (e: Expression) => boolean): boolean {
  if (plan.analyzed) return false;
  return plan.expressions.some((e) => e.exists(f)) || plan.children.some((c) => holds(c, f));
}

function apply(plan: LogicalPlan): LogicalPlan {
  if (plan.analyzed) return plan;
  if (plan instanceof UnresolvedHaving && plan.child instanceof Aggregate) {
    const child = plan.child.mapChildren(apply);
    return child === plan.child ? plan : new UnresolvedHaving(plan.condition, child);
  }
  const next = plan.mapChildren(apply);
  if (next instanceof Project && next.projectList.some(hasLateralAlias) && applicable(next, next.projectList))
    return project(next);
  if (
    next instanceof Aggregate &&
    next.aggregateExpressions.some(hasLateralAlias) &&
    applicable(next, next.aggregateExpressions)
  )
    return aggregate(next);
  return next;
}

function applicable(p: LogicalPlan, list: readonly Expression[]): boolean {
  if (p.resolved) return true;
  const hasWindow = list.some((e) => e.exists((x) => x instanceof WindowExpression));
  return hasWindow && p.childrenResolved && p.expressions.every((e) => e.resolved);
}

function project(p: Project): LogicalPlan {
  const aliases = new Map<number, { alias: Alias; index: number }>();
  const referenced = new Map<number, { alias: Alias; index: number }>();
  const unwrap = (e: Expression) =>
    e.transformDown((x) => {
      if (!(x instanceof LateralColumnAliasReference)) return x;
      const entry = aliases.get(x.aliasId);
      if (!entry) return new UnresolvedAttribute(x.nameParts).withOrigin(x.origin);
      if (hasLateralAlias(entry.alias)) return x;
      referenced.set(x.aliasId, entry);
      return x.ne;
    });
  const list = p.projectList.map((e, index) => {
    const next = unwrap(e);
    if (e instanceof Alias) aliases.set(e.exprId, { alias: e, index });
    return next;
  });
  if (referenced.size === 0) return p;
  const inner: Expression[] = [...p.child.output];
  for (const { alias, index } of referenced.values()) {
    list[index] = alias.toAttribute();
    inner.push(alias);
  }
  return new Project(list, new Project(inner, p.child));
}

function aggregate(a: Aggregate): LogicalPlan {
  const groups = a.groupingExpressions;
  const isGroup = (e: Expression) => groups.some((g) => g.semanticEquals(e));
  const eligible = (e: Expression): boolean => {
    if (e instanceof AggregateExpression || isGroup(e)) return true;
    if (e instanceof AttributeReference) return false;
    if (e instanceof ScalarSubquery && e.children.length > 0) return false;
    if (e instanceof WindowExpression) return e.windowFunction.children.every(windowPart) && eligible(e.windowSpec);
    return e.children.every(eligible);
  };
  const windowPart = (e: Expression): boolean => eligible(e);
  if (!a.aggregateExpressions.every((e) => eligibleTop(e, eligible))) return a;
  const kept = new Map<string, NamedExpression>();
  const keep = (e: Expression): Expression => {
    const { key } = e.canonicalized;
    let named = kept.get(key);
    if (!named) {
      named = isNamed(e) ? e : new Alias(e, e.sql(true));
      kept.set(key, named);
    }
    return toAttribute(named);
  };
  const extract = (e: Expression): Expression => {
    if (e instanceof WindowExpression) {
      const f = e.windowFunction;
      const inner =
        f instanceof AggregateExpression ? f.mapChildren((c) => c.mapChildren(extract)) : f.mapChildren(extract);
      return new WindowExpression(inner, extract(e.windowSpec) as WindowSpecDefinition);
    }
    if (e instanceof AggregateExpression) {
      const ref = e.find((x) => x instanceof LateralColumnAliasReference);
      if (ref instanceof LateralColumnAliasReference)
        throw analysisError(
          'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC',
          { lca: quotedName(ref.nameParts), aggFunc: `"${e.sql(true)}"` },
          e.origin,
        );
      return keep(e);
    }
    if (isGroup(e)) return keep(e);
    return e.mapChildren(extract);
  };
  const list = a.aggregateExpressions.map(extract);
  return new Project(list, new Aggregate(groups, [...kept.values()], a.child));
}

/** Select items are named: the check looks below the name. */
function eligibleTop(e: Expression, eligible: (e: Expression) => boolean): boolean {
  return e instanceof Alias ? eligible(e.child) : eligible(e);
}
