import type { CachedRelation } from '../../plan/logical/relations.js';
import type { PhysicalPlan } from './physical-plan.js';
import { InMemoryTableScanExec } from './scan.js';
import { SharedScanExec } from './shared-scan.js';

/** Cached relations that a plan scans, from left to right, those of plans that it shares too; none twice. */
export function cachedScans(plan: PhysicalPlan): ReadonlySet<CachedRelation> {
  const found = new Set<CachedRelation>();
  const visit = (p: PhysicalPlan): void =>
    p.foreach((node) => {
      if (node instanceof InMemoryTableScanExec) found.add(node.relation.cached);
      if (node instanceof SharedScanExec && node.prepared) visit(node.prepared);
    });
  visit(plan);
  return found;
}

/** The same with those in subqueries, which run first. */
export function allCachedScans(plan: PhysicalPlan): ReadonlySet<CachedRelation> {
  const found = new Set<CachedRelation>();
  const visit = (p: PhysicalPlan): void => {
    p.foreach((node) => {
      for (const s of node.subqueries) {
        const { physical } = s as { readonly physical?: PhysicalPlan };
        if (physical) visit(physical);
      }
    });
    for (const cached of cachedScans(p)) found.add(cached);
  };
  visit(plan);
  return found;
}
