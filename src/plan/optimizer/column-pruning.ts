import { AttributeSet } from '../expressions/expression.js';
import { AttributeReference } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Expand, Filter, Generate, Join, Project, Union, Window } from '../logical/operators.js';
import { rule } from '../rule.js';
import { sameOutput } from './substitute.js';
import { settling, upRule } from './tree-rules.js';

function without(list: Iterable<AttributeReference>, drop: AttributeSet): AttributeReference[] {
  return [...list].filter((a) => !drop.has(a));
}
function pruned(child: LogicalPlan, wanted: AttributeSet): LogicalPlan {
  if (child.outputSet.subsetOf(wanted)) return child;
  return new Project(
    child.output.filter((a) => wanted.has(a)),
    child,
  );
}
function kept<T extends { readonly exprId?: number }>(list: readonly T[], wanted: AttributeSet): T[] {
  return list.filter((e) => e.exprId === undefined || wanted.has(e as { exprId: number }));
}

/** Reads only columns that something above needs, by projections as low as possible. Spark: `ColumnPruning`. */
export const ColumnPruning = rule('ColumnPruning', (plan) => {
  const next = RemoveProjectBeforeFilter.apply(pruneDown(plan));
  // Projections that were put in only to go again are no change: other rules need not look once more.
  return next !== plan && next.resolved && plan.resolved && next.equals(plan) ? plan : next;
});

/** Subtrees in which there is nothing to prune: that depends on them alone. */
const settled = settling();

function pruneDown(p: LogicalPlan): LogicalPlan {
  if (settled.has(p)) return p;
  const pruned = prune(p);
  if (pruned !== p) pruned.withOrigin(p.origin);
  const next = pruneThroughFilter(p, pruned) ?? pruned.mapChildren(pruneDown);
  if (next === p) settled.add(p);
  return next;
}

/** Where a projection was put below a filter just now: what it leaves further down is kept, but not the projection itself
 * (`RemoveProjectBeforeFilter`), so that nothing is made anew where nothing changes. */
function pruneThroughFilter(before: LogicalPlan, after: LogicalPlan): LogicalPlan | undefined {
  if (!(before instanceof Project && before.child instanceof Filter)) return undefined;
  if (!(after instanceof Project && after.child instanceof Filter)) return undefined;
  const source = before.child.child;
  const inserted = after.child.child;
  if (inserted === source || !(inserted instanceof Project) || inserted.child !== source) return undefined;
  const inner = pruneDown(inserted);
  if (!isChoice(inner)) return after.withNewChildren([after.child.withNewChildren([inner])]);
  return before.withNewChildren([before.child.withNewChildren([inner.child])]);
}

/** A projection to some of the columns below. */
function isChoice(p: LogicalPlan): p is Project {
  if (!(p instanceof Project) || !p.projectList.every((e) => e instanceof AttributeReference)) return false;
  return p.outputSet.subsetOf(p.child.outputSet);
}

function prune(p: LogicalPlan): LogicalPlan {
  if (p instanceof Project) return pruneProject(p);
  if (p instanceof Aggregate) {
    const { child } = p;
    if (child instanceof Expand && !child.outputSet.subsetOf(p.references))
      return new Aggregate(p.groupingExpressions, p.aggregateExpressions, pruneExpand(child, p.references));
    const below = pruned(child, p.references);
    return below === child ? p : new Aggregate(p.groupingExpressions, p.aggregateExpressions, below);
  }
  if (p instanceof Expand) {
    const below = pruned(p.child, p.references);
    return below === p.child ? p : new Expand(p.projections, p.outputAttributes, below);
  }
  if (p instanceof Join) {
    const { kind } = p.joinType;
    if (kind === 'LeftSemi' || kind === 'LeftAnti' || kind === 'ExistenceJoin') {
      const right = pruned(p.right, p.references);
      return right === p.right ? p : new Join(p.left, right, p.joinType, p.condition, p.hint);
    }
  }
  return p;
}

function pruneExpand(e: Expand, wanted: AttributeSet): Expand {
  const keep = e.outputAttributes.map((a) => wanted.has(a));
  return new Expand(
    e.projections.map((row) => row.filter((_, i) => keep[i])),
    e.outputAttributes.filter((_, i) => keep[i]),
    e.child,
  );
}

function pruneProject(p: Project): LogicalPlan {
  const { child } = p;
  const wanted = p.references;
  if (child instanceof Project)
    return child.outputSet.subsetOf(wanted)
      ? p
      : new Project(p.projectList, new Project(kept(child.projectList as AttributeReference[], wanted), child.child));
  if (child instanceof Aggregate) {
    if (child.outputSet.subsetOf(wanted)) return p;
    return new Project(
      p.projectList,
      new Aggregate(
        child.groupingExpressions,
        kept(child.aggregateExpressions as AttributeReference[], wanted),
        child.child,
      ),
    );
  }
  if (child instanceof Expand)
    return child.outputSet.subsetOf(wanted) ? p : new Project(p.projectList, pruneExpand(child, wanted));
  if (child instanceof Generate) return pruneGenerate(p, child);
  if (child instanceof Union) {
    if (child.outputSet.subsetOf(wanted)) return p;
    const keep = child.output.map((a) => wanted.has(a));
    const inputs = child.inputs.map(
      (c) =>
        new Project(
          c.output.filter((_, i) => keep[i]),
          c,
        ),
    );
    return new Project(p.projectList, new Union(inputs, child.byName, child.allowMissingCol));
  }
  if (child instanceof Window) {
    if (child.producedAttributes.subsetOf(wanted)) return pruneBelow(p);
    const windowExpressions = kept(child.windowExpressions as AttributeReference[], wanted);
    return new Project(
      p.projectList,
      windowExpressions.length === 0
        ? child.child
        : new Window(windowExpressions, child.partitionSpec, child.orderSpec, child.child),
    );
  }
  return pruneBelow(p);
}

function pruneGenerate(p: Project, g: Generate): LogicalPlan {
  const wanted = new AttributeSet(without(p.references, g.producedAttributes));
  for (const a of g.generator.references) wanted.add(a);
  const below = pruned(g.child, wanted);
  const unwanted = new AttributeSet(without(g.generator.references, p.references));
  const indexes = below.output.flatMap((a, i) => (unwanted.has(a) ? [i] : []));
  if (below === g.child && indexes.join() === g.unrequiredChildIndex.join()) return p;
  return new Project(p.projectList, new Generate(g.generator, indexes, g.outer, g.qualifier, g.generatorOutput, below));
}

/** Projections below a node whose other columns nobody reads. Set operations need all of theirs. */
function pruneBelow(p: Project): LogicalPlan {
  const { child } = p;
  if (child.children.length === 0 || child.kind === 'Distinct' || child.kind === 'Intersect' || child.kind === 'Except')
    return p;
  const wanted = new AttributeSet([...child.references, ...p.references]);
  const children = child.children.map((c) => pruned(c, wanted));
  return children.every((c, i) => c === child.children[i])
    ? p
    : new Project(p.projectList, child.withNewChildren(children));
}

/** Project(Filter(Project(columns))) → Project(Filter): the inner projection would keep filters from moving on, and scans
 * see what is wanted anyway. */
const RemoveProjectBeforeFilter = upRule('RemoveProjectBeforeFilter', (p) => {
  if (!(p instanceof Project) || !(p.child instanceof Filter)) return p;
  const inner = p.child.child;
  return isChoice(inner) ? new Project(p.projectList, new Filter(p.child.condition, inner.child)) : p;
});

/** Project that changes nothing → child; Window, Aggregate and others without effect alike. Spark: `RemoveNoopOperators`. */
export const RemoveNoopOperators = upRule('RemoveNoopOperators', (p) => {
  if (
    p instanceof Project &&
    sameOutput(p.output, p.child.output) &&
    p.projectList.every((e) => e instanceof AttributeReference)
  )
    return p.child;
  if (p instanceof Window && p.windowExpressions.length === 0) return p.child;
  return p;
});
