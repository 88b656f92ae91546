import { containsAggregate } from '../expressions/aggregate.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Distinct,
  Filter,
  Generate,
  Project,
  Repartition,
  RepartitionByExpression,
  Sort,
  Union,
  Window,
} from '../logical/operators.js';
import { aliasMap, attributeMapping, replaceAlias, replaceAttributes } from './substitute.js';

/** Moves conjuncts of a filter below the node under it, where the rows that pass are the same. Refuses what is not
 * deterministic, and subqueries that read the moved columns. Spark: `PushPredicateThroughNonJoin`. */
export function pushPredicateThroughNonJoin(p: LogicalPlan): LogicalPlan {
  if (!(p instanceof Filter)) return p;
  const { child } = p;
  if (child instanceof Project) return throughProject(p, child);
  if (child instanceof Aggregate) return throughAggregate(p, child);
  if (child instanceof Window) return throughWindow(p, child);
  if (child instanceof Union) return throughUnion(p, child);
  if (canPushThrough(child) && child.expressions.every((e) => e.deterministic)) return throughUnary(p, child);
  return p;
}

function canPushThrough(p: LogicalPlan): boolean {
  return (
    p instanceof Distinct ||
    p instanceof Generate ||
    p instanceof RepartitionByExpression ||
    p instanceof Repartition ||
    p instanceof Sort
  );
}

/** A subquery's plan must not make the very columns that the condition reads. Spark: `canPushThroughCondition`. */
function canPushCondition(plan: LogicalPlan, condition: Expression): boolean {
  const { outputSet } = plan;
  return !condition.exists((e) => e instanceof SubqueryExpression && e.plan.outputSet.intersects(outputSet));
}

function throughProject(filter: Filter, project: Project): LogicalPlan {
  if (!project.projectList.every((e) => e.deterministic) || !canPushCondition(project.child, filter.condition))
    return filter;
  const condition = replaceAlias(filter.condition, aliasMap(project.projectList));
  return new Project(project.projectList, new Filter(condition, project.child));
}

/** Splits into the deterministic conjuncts before the first that is not, and the rest. */
function deterministicPrefix(condition: Expression): [Expression[], Expression[]] {
  const parts = splitConjuncts(condition);
  const cut = parts.findIndex((e) => !e.deterministic);
  return cut === -1 ? [parts, []] : [parts.slice(0, cut), parts.slice(cut)];
}

function rebuild(child: LogicalPlan, stay: readonly Expression[], below: LogicalPlan): LogicalPlan {
  const pushed = child.withNewChildren([below]);
  const rest = joinConjuncts(stay);
  return rest ? new Filter(rest, pushed) : pushed;
}

function throughAggregate(filter: Filter, aggregate: Aggregate): LogicalPlan {
  if (!aggregate.aggregateExpressions.every((e) => e.deterministic) || aggregate.groupingExpressions.length === 0)
    return filter;
  const aliases = aliasMap(aggregate.aggregateExpressions.filter((e) => !containsAggregate(e)));
  const [candidates, nondeterministic] = deterministicPrefix(filter.condition);
  const down: Expression[] = [];
  const stay: Expression[] = [];
  for (const c of candidates) {
    const replaced = replaceAlias(c, aliases);
    const ok =
      c.references.size > 0 &&
      replaced.references.subsetOf(aggregate.child.outputSet) &&
      canPushCondition(aggregate.child, c);
    (ok ? down : stay).push(ok ? replaced : c);
  }
  const condition = joinConjuncts(down);
  if (!condition) return filter;
  return rebuild(aggregate, [...stay, ...nondeterministic], new Filter(condition, aggregate.child));
}

function throughWindow(filter: Filter, window: Window): LogicalPlan {
  if (!window.partitionSpec.every((e) => e instanceof AttributeReference)) return filter;
  const keys = new AttributeSet(window.partitionSpec as readonly AttributeReference[]);
  const [candidates, rest] = deterministicPrefix(filter.condition);
  const down: Expression[] = [];
  const stay: Expression[] = [];
  for (const c of candidates) {
    const ok = c.references.size > 0 && c.references.subsetOf(keys) && canPushCondition(window.child, c);
    (ok ? down : stay).push(c);
  }
  const condition = joinConjuncts(down);
  if (!condition) return filter;
  return rebuild(window, [...stay, ...rest], new Filter(condition, window.child));
}

function throughUnion(filter: Filter, union: Union): LogicalPlan {
  const parts = splitConjuncts(filter.condition);
  const down = parts.filter((e) => e.deterministic && canPushCondition(union, e));
  const condition = joinConjuncts(down);
  if (!condition) return filter;
  const output = union.output;
  const children = union.inputs.map(
    (c) => new Filter(replaceAttributes(condition, attributeMapping(output, c.output)), c),
  );
  const pushed = new Union(children, union.byName, union.allowMissingCol);
  const rest = joinConjuncts(parts.filter((e) => !down.includes(e)));
  return rest ? new Filter(rest, pushed) : pushed;
}

function throughUnary(filter: Filter, child: LogicalPlan): LogicalPlan {
  const below = child.children[0] as LogicalPlan;
  const [candidates, rest] = deterministicPrefix(filter.condition);
  const available: AttributeSet = below.outputSet;
  const down: Expression[] = [];
  const stay: Expression[] = [];
  for (const c of candidates) {
    const ok = c.references.size > 0 && c.references.subsetOf(available) && canPushCondition(below, c);
    (ok ? down : stay).push(c);
  }
  const condition = joinConjuncts(down);
  if (!condition) return filter;
  return rebuild(child, [...stay, ...rest], new Filter(condition, below));
}

/** Whether an expression is a plain column or a renamed one. */
export function isColumn(e: Expression): boolean {
  return e instanceof AttributeReference || (e instanceof Alias && e.child instanceof AttributeReference);
}
