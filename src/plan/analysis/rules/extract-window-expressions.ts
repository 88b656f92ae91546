import { analysisError } from '../../../errors/index.js';
import { type AggregateCall, AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import {
  Alias,
  AttributeReference,
  isNamed,
  type NamedExpression,
  SortOrder,
  toAttribute,
} from '../../expressions/named.js';
import { WindowExpression, WindowFunctionCall, WindowSpecDefinition } from '../../expressions/window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Project, SubqueryAlias, Window } from '../../logical/operators.js';
import { LogicalRelation } from '../../logical/relations.js';
import { UnresolvedHaving } from '../../logical/unresolved.js';
import { resolveOperatorsDown, rule } from '../resolve-operators.js';
import { hasLateralAlias } from '../temporary-expressions.js';
import { RANK_LIKE } from './resolve-window-order.js';

const hasWindow = (e: Expression): boolean => e.exists((x) => x instanceof WindowExpression);

/** Project with window functions → Project over one Window per specification over a Project of what they read.
 * Spark: `ExtractWindowExpressions`. */
export const ExtractWindowExpressions = rule('ExtractWindowExpressions', (plan) => resolveOperatorsDown(plan, apply));

function apply(p: LogicalPlan): LogicalPlan {
  if (p instanceof Filter && hasWindow(p.condition)) throw notAllowed('WHERE');
  if (p instanceof UnresolvedHaving) {
    if (hasWindow(p.condition)) throw notAllowed('HAVING');
    const a = p.child;
    if (!(a instanceof Aggregate) || !a.child.resolved || !a.aggregateExpressions.some(hasWindow)) return p;
    if (!a.expressions.every((e) => e.resolved) || a.aggregateExpressions.some(hasLateralAlias)) return p;
    const [windows, regular] = extract(a.aggregateExpressions);
    const filtered = new Filter(p.condition, new Aggregate(a.groupingExpressions, regular, a.child));
    return new Project(outputs(a.aggregateExpressions), addWindow(windows, filtered));
  }
  if (!p.childrenResolved) return p;
  const list = p instanceof Project ? p.projectList : p instanceof Aggregate ? p.aggregateExpressions : undefined;
  if (!list?.some(hasWindow) || !p.expressions.every((e) => e.resolved) || list.some(hasLateralAlias)) return p;
  if (list.some(lacksKeys) && isReadByName(p)) return p;
  const [windows, regular] = extract(list);
  const below =
    p instanceof Aggregate
      ? new Aggregate(p.groupingExpressions, regular, p.child)
      : new Project(regular, (p as Project).child);
  return new Project(outputs(list), addWindow(windows, below));
}

/** A rank that has not been given its keys yet. */
function lacksKeys(e: Expression): boolean {
  return e.exists((x) => x instanceof WindowFunctionCall && RANK_LIKE.has(x.name) && x.operands.length === 0);
}

/** Spark looks tables and files up at the end of the first iteration, so that ranks over them have their keys before they are
 * extracted; over DataFrames they get them after. The order of the columns below tells. Spark: `FindDataSourceTable`. */
function isReadByName(p: LogicalPlan): boolean {
  // Catalogs hand out the same relation again and again, under a name of its own each time.
  return p.exists((x) => !x.analyzed && (x instanceof SubqueryAlias ? x.child : x) instanceof LogicalRelation);
}

function notAllowed(clauseName: string) {
  return analysisError('_LEGACY_ERROR_TEMP_1034', { clauseName });
}
function outputs(list: readonly Expression[]): readonly Expression[] {
  return list.filter(isNamed).map(toAttribute);
}

/** @returns the items with window functions, their inputs replaced by attributes, and all that must be computed below */
function extract(list: readonly Expression[]): readonly [readonly Expression[], readonly Expression[]] {
  const withWindows = list.filter(hasWindow);
  const regular = list.filter((e) => !hasWindow(e));
  const regularIds = new Set(regular.filter(isNamed).map((e) => e.exprId));
  const extracted = new Map<string, NamedExpression>();
  const extractedIds = new Set<number>();
  const put = (key: string, e: NamedExpression) => {
    extracted.set(key, e);
    extractedIds.add(e.exprId);
  };
  const asAttribute = (e: Expression): AttributeReference => {
    const { key } = e.canonicalized;
    let named = extracted.get(key);
    if (!named) {
      named = new Alias(e, `_w${extracted.size}`);
      put(key, named);
    }
    return toAttribute(named);
  };
  const extractExpr = (e: Expression): Expression => {
    if (isNamed(e)) {
      const ids = e instanceof AttributeReference ? [e.exprId] : [e.exprId];
      if (ids.some((id) => !regularIds.has(id) && !extractedIds.has(id))) put(e.canonicalized.key, e);
      return e;
    }
    if (e.foldable) return e;
    if (e instanceof SortOrder) return new SortOrder(extractExpr(e.child), e.direction, e.nullOrdering);
    return asAttribute(e);
  };
  // Parents first, as in Spark: what a parent has extracted is not looked at again.
  const seen = new Set<Expression>();
  const visit = (e: Expression): Expression => {
    if (seen.has(e)) return e;
    let next = e;
    if (e instanceof WindowFunctionCall) next = e.mapChildren(extractExpr);
    else if (e instanceof WindowSpecDefinition)
      next = new WindowSpecDefinition(
        e.partitionSpec.map(extractExpr),
        e.orderSpec.map((o) => new SortOrder(extractExpr(o.child), o.direction, o.nullOrdering)),
        e.frame,
      );
    else if (e instanceof WindowExpression && e.windowFunction instanceof AggregateExpression) {
      const agg = e.windowFunction;
      if (agg.filter) throw analysisError('_LEGACY_ERROR_TEMP_1030', {});
      const call = agg.aggregateFunction.mapChildren(extractExpr) as AggregateCall;
      const done = new AggregateExpression(call, agg.isDistinct, agg.filter, agg.resultId);
      seen.add(done);
      next = new WindowExpression(done, e.windowSpec);
    } else if (e instanceof AggregateExpression) {
      if (e.aggregateFunction.children.some(hasWindow)) throw analysisError('_LEGACY_ERROR_TEMP_1031', {});
      return asAttribute(e);
    } else if (e instanceof AttributeReference) return extractExpr(e);
    if (next instanceof WindowExpression && seen.has(next.windowFunction))
      return new WindowExpression(next.windowFunction, visit(next.windowSpec) as WindowSpecDefinition);
    if (next instanceof WindowFunctionCall || next instanceof WindowSpecDefinition) return next;
    return next.mapChildren(visit);
  };
  const rewritten = withWindows.map(visit);
  return [rewritten, [...regular, ...extracted.values()]];
}

/** One Window per partitioning and ordering, in the order of their first use; a Project puts the items together. */
function addWindow(items: readonly Expression[], child: LogicalPlan): LogicalPlan {
  const found: NamedExpression[] = [];
  const replace = (e: Expression): Expression => {
    if (e instanceof Alias && e.child instanceof WindowExpression) {
      found.push(e);
      return e.toAttribute();
    }
    if (e instanceof WindowExpression) {
      const alias = new Alias(e, `_we${found.length}`);
      found.push(alias);
      return alias.toAttribute();
    }
    return e.mapChildren(replace);
  };
  const rewritten = items.map(replace);
  const groups = new Map<string, { spec: WindowSpecDefinition; list: NamedExpression[] }>();
  for (const e of found) {
    const w = e.find((x) => x instanceof WindowExpression) as WindowExpression;
    const spec = w.windowSpec;
    const key = [...spec.partitionSpec, '|', ...spec.orderSpec]
      .map((x) => (typeof x === 'string' ? x : x.key))
      .join(',');
    const group = groups.get(key);
    if (group) group.list.push(e);
    else groups.set(key, { spec, list: [e] });
  }
  let last = child;
  for (const { spec, list } of groups.values()) last = new Window(list, spec.partitionSpec, spec.orderSpec, last);
  return new Project([...last.output, ...rewritten], last);
}
