import { AttributeSet, type Expression } from '../../expressions/expression.js';
import { Alias, type AttributeReference, newExprId, OuterReference } from '../../expressions/named.js';
import { SubqueryExpression } from '../../expressions/subquery.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import {
  Aggregate,
  Expand,
  Generate,
  Join,
  LateralJoin,
  Project,
  SetOperation,
  Union,
  Window,
} from '../../logical/operators.js';
import { isMultiInstance } from '../../logical/relations.js';
import {
  keepState,
  mapSame,
  resolveOperatorsUp,
  rewriteAttributes,
  rule,
  transformUpWithNewOutput,
  zipAttributes,
} from '../resolve-operators.js';

/** The second instance of a relation in one plan gets ids of its own, and so does whatever the right side of a join or set
 * operation still shares with the left one. Spark: `DeduplicateRelations`. */
export const DeduplicateRelations = rule('DeduplicateRelations', (plan) => {
  const [renewed] = renew(new Map(), plan);
  return resolveOperatorsUp(renewed, (p) => {
    if (!p.childrenResolved) return p;
    if (p instanceof Join && !p.duplicateResolved && noMissingInput(p.right))
      return new Join(p.left, dedupRight(p.left, p.right), p.joinType, p.condition, p.hint);
    if (p instanceof LateralJoin) {
      const inner = p.right.plan;
      if (!p.right.resolved || p.duplicateResolved || !noMissingInput(inner)) return p;
      return new LateralJoin(p.child, p.right.withPlan(dedupRight(p.child, inner)), p.joinType, p.condition);
    }
    if (p instanceof SetOperation && !p.duplicateResolved && noMissingInput(p.right))
      return new SetOperation(p.kind, p.left, dedupRight(p.left, p.right), p.isAll);
    if (p instanceof Union && !p.byName) return dedupUnion(p);
    return p;
  });
});

function noMissingInput(p: LogicalPlan): boolean {
  return !p.exists((x) => x.missingInput.length > 0);
}

/** Later children that share ids with an earlier one are renamed by a projection. */
function dedupUnion(u: Union): LogicalPlan {
  let inputs: LogicalPlan[] = [];
  let changed = false;
  for (const head of [...u.inputs].reverse()) {
    inputs = [
      head,
      ...inputs.map((child) => {
        if (!head.outputSet.intersects(child.outputSet)) return child;
        changed = true;
        return new Project(
          child.output.map((a) => new Alias(a, a.name)),
          child,
        );
      }),
    ];
  }
  return changed ? new Union(inputs, u.byName, u.allowMissingCol) : u;
}

type Known = Map<string, Set<number>>;
type Renewed = readonly [plan: LogicalPlan, changed: boolean];

function renew(known: Known, plan: LogicalPlan): Renewed {
  if (isMultiInstance(plan))
    return renewNode(
      known,
      plan,
      (p) => p.output.map((a) => a.exprId),
      (p) => (p as LogicalPlan & { newInstance(): LogicalPlan }).newInstance(),
    );
  if (plan instanceof Project)
    return renewNode(
      known,
      plan,
      (p) => aliasIds((p as Project).projectList),
      (p) => new Project(newAliases((p as Project).projectList), (p as Project).child),
    );
  if (plan instanceof Aggregate)
    return renewNode(
      known,
      plan,
      (p) => aliasIds((p as Aggregate).aggregateExpressions),
      (p) => {
        const a = p as Aggregate;
        return new Aggregate(a.groupingExpressions, newAliases(a.aggregateExpressions), a.child);
      },
    );
  if (plan instanceof Generate)
    return renewNode(
      known,
      plan,
      (p) => (p as Generate).generatorOutput.map((a) => a.exprId),
      (p) => withGeneratorOutput(p as Generate),
    );
  if (plan instanceof Expand)
    return renewNode(
      known,
      plan,
      (p) => [...p.producedAttributes].map((a) => a.exprId),
      (p) => {
        const e = p as Expand;
        return new Expand(
          e.projections,
          e.outputAttributes.map((a) => a.newInstance()),
          e.child,
        );
      },
    );
  if (plan instanceof Window)
    return renewNode(
      known,
      plan,
      (p) => aliasIds((p as Window).windowExpressions),
      (p) => withWindowExpressions(p as Window),
    );
  return renewBelow(known, plan);
}

function withGeneratorOutput(g: Generate): Generate {
  return new Generate(
    g.generator,
    g.unrequiredChildIndex,
    g.outer,
    g.qualifier,
    g.generatorOutput.map((a) => a.newInstance()),
    g.child,
  );
}
function withWindowExpressions(w: Window): Window {
  return new Window(newAliases(w.windowExpressions), w.partitionSpec, w.orderSpec, w.child);
}

function renewNode(
  known: Known,
  plan: LogicalPlan,
  idsOf: (p: LogicalPlan) => number[],
  copy: (p: LogicalPlan) => LogicalPlan,
): Renewed {
  const [next, changed] = renewBelow(known, plan);
  if (!next.resolved) return [next, changed];
  const ids = idsOf(next);
  if (ids.length === 0) return [next, changed];
  let seen = known.get(next.kind);
  if (seen && ids.some((id) => seen?.has(id))) {
    const fresh = copy(next);
    fresh.hiddenOutput = plan.hiddenOutput;
    return [keepState(plan, fresh), true];
  }
  if (!seen) {
    seen = new Set();
    known.set(next.kind, seen);
  }
  for (const id of ids) seen.add(id);
  return [next, changed];
}

function renewBelow(known: Known, plan: LogicalPlan): Renewed {
  if (plan.children.length === 0) return [plan, false];
  let changed = false;
  const children = plan.children.map((c) => {
    const [next, childChanged] = renew(known, c);
    if (childChanged) changed = true;
    return next;
  });
  const withSubqueries =
    plan.subqueries.length === 0
      ? plan
      : plan.transformExpressionsDown((e) => {
          if (!(e instanceof SubqueryExpression)) return e;
          const [inner, innerChanged] = renew(known, e.plan);
          if (!innerChanged) return e;
          changed = true;
          return e.withPlan(inner);
        });
  if (!changed) return [plan, false];
  const next = withSubqueries.withNewChildren(children);
  if (!plan.childrenResolved) return [next, true];
  const mapping = plan.children.flatMap((c, i) => zipAttributes(c.output, (children[i] as LogicalPlan).output));
  if (mapping.length === 0) return [next, true];
  return [rewriteAttributes(next, new Map(mapping.map(([a, b]) => [a.exprId, b]))), true];
}

function aliasIds(list: readonly Expression[]): number[] {
  return [...new Set(list.flatMap((e) => (e instanceof Alias ? [e.exprId] : [])))];
}

/** Fresh ids for all aliases; one that stands twice stays one. */
function newAliases(list: readonly Expression[]): readonly Expression[] {
  const ids = new Map<number, number>();
  return mapSame(list, (e) => {
    if (!(e instanceof Alias)) return e;
    let id = ids.get(e.exprId);
    if (id === undefined) {
      id = newExprId();
      ids.set(e.exprId, id);
    }
    return e.withExprId(id);
  });
}

function dedupRight(left: LogicalPlan, right: LogicalPlan): LogicalPlan {
  const conflicts = new AttributeSet([...left.outputSet].filter((a) => right.outputSet.has(a)));
  const versions = new Map<LogicalPlan, LogicalPlan>();
  collect(right, conflicts, versions);
  if (versions.size === 0) return right;
  return transformUpWithNewOutput(right, (p) => {
    const next = versions.get(p);
    return next ? [next, zipAttributes(p.output, next.output)] : [p, []];
  });
}

/** Finds the topmost nodes that make conflicting ids, each with a copy that makes others. */
function collect(plan: LogicalPlan, conflicts: AttributeSet, into: Map<LogicalPlan, LogicalPlan>): void {
  const found = newVersion(plan, conflicts);
  if (found === 'stop') return;
  if (found) {
    found.hiddenOutput ??= plan.hiddenOutput;
    into.set(plan, keepState(plan, found));
    return;
  }
  for (const c of plan.children) collect(c, conflicts, into);
}

function newVersion(plan: LogicalPlan, conflicts: AttributeSet): LogicalPlan | 'stop' | undefined {
  const conflicting = (ids: readonly { exprId: number }[]) => ids.some((a) => conflicts.has(a));
  if (isMultiInstance(plan)) return conflicting(plan.output) ? plan.newInstance() : undefined;
  if (plan instanceof Project) {
    const aliases = plan.projectList.filter((e): e is Alias => e instanceof Alias);
    if (conflicting(aliases)) return new Project(newAliases(plan.projectList), plan.child);
    const outer = plan.projectList.filter((e): e is OuterReference => e instanceof OuterReference);
    if (conflicting(outer))
      return new Project(
        plan.projectList.map((e) => (e instanceof OuterReference && conflicts.has(e) ? new Alias(e, e.name) : e)),
        plan.child,
      );
    return aliases.length === plan.projectList.length ? 'stop' : undefined;
  }
  if (plan instanceof Aggregate) {
    const aliases = plan.aggregateExpressions.filter((e): e is Alias => e instanceof Alias);
    if (conflicting(aliases))
      return new Aggregate(plan.groupingExpressions, newAliases(plan.aggregateExpressions), plan.child);
    return aliases.length === plan.aggregateExpressions.length ? 'stop' : undefined;
  }
  if (plan instanceof Generate) return conflicting(plan.generatorOutput) ? withGeneratorOutput(plan) : undefined;
  if (plan instanceof Expand) {
    const produced = plan.producedAttributes;
    if (!conflicting([...produced])) return undefined;
    const output = plan.output.map((a: AttributeReference) => (produced.has(a) ? a.newInstance() : a));
    return new Expand(plan.projections, output, plan.child);
  }
  if (plan instanceof Window) {
    const aliases = plan.windowExpressions.filter((e): e is Alias => e instanceof Alias);
    return conflicting(aliases) ? withWindowExpressions(plan) : undefined;
  }
  return undefined;
}
