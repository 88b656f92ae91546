import { AggregateExec } from './aggregates.js';
import { ExpandExec, FilterExec, ProjectExec, SortExec, TakeOrderedAndProjectExec, WindowExec } from './basic.js';
import { JoinExec } from './joins.js';
import type { PhysicalPlan } from './physical-plan.js';

/** Drops projections that only permute or repeat the child's columns, where nothing above minds their order.
 * Spark: `RemoveRedundantProjects`. */
export function removeRedundantProjects(plan: PhysicalPlan): PhysicalPlan {
  return remove(plan, true);
}

function remove(p: PhysicalPlan, ordered: boolean): PhysicalPlan {
  if (p instanceof ProjectExec)
    return isRedundant(p, ordered) ? remove(p.child, ordered) : p.mapChildren((c) => remove(c, false));
  if (p instanceof TakeOrderedAndProjectExec || p instanceof ExpandExec) return p.mapChildren((c) => remove(c, false));
  // Steps that merge buffers know them by position.
  if (p instanceof AggregateExec) return p.mapChildren((c) => remove(c, !p.first));
  const passes = p instanceof FilterExec || p instanceof JoinExec || p instanceof WindowExec || p instanceof SortExec;
  return p.mapChildren((c) => remove(c, passes ? ordered : true));
}

function isRedundant(p: ProjectExec, ordered: boolean): boolean {
  const ids = (list: readonly { readonly exprId: number }[]) => list.map((a) => a.exprId);
  if (!p.projectList.every((e) => e.kind === 'AttributeReference')) return false;
  const [mine, below] = [ids(p.output), ids(p.child.output)];
  if (mine.length !== below.length) return false;
  if (!ordered) {
    mine.sort((a, b) => a - b);
    below.sort((a, b) => a - b);
  }
  return mine.every((id, i) => id === below[i]);
}
