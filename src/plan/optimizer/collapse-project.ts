import type { Expression } from '../expressions/expression.js';
import { Alias, AttributeReference, OuterReference } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, GlobalLimit, LocalLimit, Project, Repartition, Sample } from '../logical/operators.js';
import { type AliasMap, aliasMap, isRenaming, replaceAliasButKeepName } from './substitute.js';
import { upRule } from './tree-rules.js';

/** Two projections become one, a projection over an aggregate moves into it. Refuses to compute a costly expression twice or
 * a non-deterministic one elsewhere. Spark: `CollapseProject`. */
export const CollapseProject = upRule('CollapseProject', (p) => {
  if (!(p instanceof Project)) return p;
  const { child } = p;
  if (child instanceof Project && canCollapse(p.projectList, aliasMap(child.projectList)))
    return new Project(merge(p.projectList, child.projectList), child.child);
  if (child instanceof Aggregate && canCollapse(p.projectList, aliasMap(child.aggregateExpressions)) && !hasSubquery(p))
    return new Aggregate(child.groupingExpressions, merge(p.projectList, child.aggregateExpressions), child.child);
  return throughLimit(p);
});

function throughLimit(p: Project): LogicalPlan {
  const { child } = p;
  if (child instanceof GlobalLimit && child.child instanceof LocalLimit && child.child.child instanceof Project) {
    const inner = child.child.child;
    if (!isRenaming(inner.projectList) || !canCollapse(p.projectList, aliasMap(inner.projectList))) return p;
    if (!isRenaming(p.projectList)) return p;
    return child.withNewChildren([
      child.child.withNewChildren([new Project(merge(p.projectList, inner.projectList), inner.child)]),
    ]);
  }
  if (
    (child instanceof Repartition || child instanceof Sample || child instanceof LocalLimit) &&
    child.child instanceof Project
  ) {
    const inner = child.child;
    if (!isRenaming(p.projectList) || !isRenaming(inner.projectList)) return p;
    return child.withNewChildren([new Project(merge(p.projectList, inner.projectList), inner.child)]);
  }
  return p;
}

function merge(upper: readonly Expression[], lower: readonly Expression[]): Expression[] {
  const map = aliasMap(lower);
  return upper.map((e) => replaceAliasButKeepName(e, map));
}

function hasSubquery(p: Project): boolean {
  return p.projectList.some((e) => e.exists((x) => x.kind === 'ScalarSubquery'));
}

/** Whether each producer may move into its consumers. Spark: `CollapseProject.canCollapseExpressions`. */
export function canCollapse(consumers: readonly Expression[], producers: AliasMap): boolean {
  if (producers.size === 0) return true;
  const uses = new Map<number, number>();
  for (const c of consumers)
    c.foreach((e) => {
      if (e instanceof AttributeReference && producers.has(e.exprId)) uses.set(e.exprId, (uses.get(e.exprId) ?? 0) + 1);
    });
  for (const c of consumers)
    if (c.exists((e) => e.kind === 'ScalarSubquery'))
      for (const a of c.references) if (producers.has(a.exprId) && !uses.has(a.exprId)) uses.set(a.exprId, 1);
  for (const [id, count] of uses) {
    const producer = producers.get(id) as Alias;
    if (!producer.deterministic) return false;
    if (count > 1 && !isCheap(producer.child)) return false;
  }
  return true;
}

/** As cheap to compute again as to read. Spark: `CollapseProject.isCheap`. */
export function isCheap(e: Expression): boolean {
  if (e instanceof AttributeReference || e instanceof OuterReference || e.foldable) return true;
  if (e instanceof Alias) return isCheap(e.child);
  return (
    (e.kind === 'GetStructField' || e.kind === 'GetArrayItem' || e.kind === 'GetMapValue') && e.children.every(isCheap)
  );
}
