import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import {
  Alias,
  AttributeReference,
  isNamed,
  type NamedExpression,
  SortOrder,
  toAttribute,
} from '../../expressions/named.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Project, Sort } from '../../logical/operators.js';
import { UnresolvedHaving } from '../../logical/unresolved.js';
import { resolveOperatorsUp, rule } from '../resolve-operators.js';
import { TempResolvedColumn } from '../temporary-expressions.js';

/** Aggregate functions and grouping expressions in HAVING and ORDER BY are computed by the Aggregate below and projected
 * away above. Spark: `ResolveAggregateFunctions`. */
export const ResolveAggregateFunctions = rule('ResolveAggregateFunctions', (plan) => resolveOperatorsUp(plan, apply));

function apply(p: LogicalPlan): LogicalPlan {
  if (p instanceof UnresolvedHaving && p.child instanceof Aggregate) {
    if (!p.child.resolved || !p.condition.resolved) return p;
    return withAggregate([p.condition], p.child, ([condition], child) => {
      const c = condition as Expression;
      return c.resolved ? new Filter(c, child) : new UnresolvedHaving(c, child);
    });
  }
  if (p instanceof Filter && p.child instanceof Aggregate) {
    if (!p.child.resolved || !p.condition.resolved) return p;
    return withAggregate([p.condition], p.child, ([condition], child) =>
      condition === p.condition && child === p.child ? p : new Filter(condition as Expression, child),
    );
  }
  if (p instanceof Sort && p.order.every((o) => o.resolved)) {
    const host = p.child;
    if (host instanceof Aggregate && host.resolved) return sortOver(p, host, (a) => a);
    if (host instanceof Filter && host.child instanceof Aggregate && host.child.resolved && host.condition.resolved)
      return sortOver(p, host.child, (a) => (a === host.child ? host : new Filter(host.condition, a)));
  }
  return p;
}

function sortOver(s: Sort, agg: Aggregate, between: (a: Aggregate) => LogicalPlan): LogicalPlan {
  return withAggregate(
    s.order.map((o) => o.child),
    agg,
    (keys, child) => {
      const order = s.order.map((o, i) =>
        keys[i] === o.child
          ? o
          : new SortOrder(keys[i] as Expression, o.direction, o.nullOrdering).withOrigin(o.origin),
      );
      const same = order.every((o, i) => o === s.order[i]) && child === agg;
      return same ? s : new Sort(order, s.global, between(child));
    },
  );
}

function withAggregate(
  exprs: readonly Expression[],
  agg: Aggregate,
  build: (exprs: readonly Expression[], child: Aggregate) => LogicalPlan,
): LogicalPlan {
  const [extra, resolved] = resolveExprsWithAggregate(exprs, agg);
  if (extra.length === 0) return build(resolved, agg);
  const wider = new Aggregate(agg.groupingExpressions, [...agg.aggregateExpressions, ...extra], agg.child);
  wider.withOrigin(agg.origin);
  return new Project(agg.output, build(resolved, wider));
}

/** @returns what the Aggregate must compute besides, and the expressions over its columns */
export function resolveExprsWithAggregate(
  exprs: readonly Expression[],
  agg: Aggregate,
): readonly [readonly NamedExpression[], readonly Expression[]] {
  const extra: NamedExpression[] = [];
  const resolved = exprs.map((e) => (e.resolved ? overAggregate(e, agg, extra) : e));
  return [extra, resolved];
}

function overAggregate(e: Expression, agg: Aggregate, extra: NamedExpression[]): Expression {
  const present = agg.aggregateExpressions.find((a) => e.semanticEquals(a instanceof Alias ? a.child : a));
  if (present && isNamed(present)) {
    const a = toAttribute(present);
    return e instanceof AttributeReference && a.exprId === e.exprId ? e : a;
  }
  if (e instanceof AggregateExpression) {
    const clean = trimTemporary(e);
    const alias = new Alias(clean, clean.toString());
    extra.push(alias);
    return alias.toAttribute();
  }
  if (agg.groupingExpressions.some((g) => e.semanticEquals(g))) {
    const clean = trimTemporary(e);
    if (isNamed(clean)) {
      extra.push(clean);
      return toAttribute(clean);
    }
    const alias = new Alias(clean, clean.toString());
    extra.push(alias);
    return alias.toAttribute();
  }
  if (e instanceof TempResolvedColumn) {
    if (e.child instanceof AttributeReference)
      return new TempResolvedColumn(e.child, e.nameParts, true).withOrigin(e.origin);
    const wrapped = e.child.transformUp((x) =>
      x instanceof AttributeReference ? new TempResolvedColumn(x, [x.name]) : x,
    );
    const next = overAggregate(wrapped, agg, extra);
    return next.exists((x) => x instanceof TempResolvedColumn)
      ? new TempResolvedColumn(e.child, e.nameParts, true).withOrigin(e.origin)
      : next;
  }
  return e.mapChildren((c) => overAggregate(c, agg, extra));
}

function trimTemporary(e: Expression): Expression {
  return e.transformUp((x) => (x instanceof TempResolvedColumn ? x.child : x));
}
