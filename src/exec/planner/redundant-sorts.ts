import type { SortOrder } from '../../plan/expressions/named.js';
import { FilterExec, ProjectExec, SortExec } from './basic.js';
import { AdaptiveSparkPlanExec, ColumnarToRowExec } from './exchange.js';
import { type Distribution, orderingSatisfies, satisfies, UNSPECIFIED } from './partitioning.js';
import type { PhysicalPlan } from './physical-plan.js';
import { InMemoryTableScanExec } from './scan.js';
import { CodegenStageExec } from './stages.js';

/** Sorts of rows that come sorted go. Spark: `RemoveRedundantSorts`, which also believes the order that its sort-merge joins
 * give; here they are hash joins. */
export function removeRedundantSorts(plan: PhysicalPlan): PhysicalPlan {
  return plan.transformUp((p) =>
    p instanceof SortExec &&
    orderingSatisfies(realOrdering(p.child), p.outputOrdering) &&
    satisfies(p.child.outputPartitioning, p.requiredChildDistribution[0] ?? (UNSPECIFIED as Distribution))
      ? p.child
      : p,
  );
}

/** The order in which the rows of each partition really come: that of a sort, through what keeps it. */
export function realOrdering(p: PhysicalPlan): readonly SortOrder[] {
  if (p instanceof SortExec) return p.outputOrdering;
  if (p instanceof InMemoryTableScanExec) return p.isSorted ? p.outputOrdering : [];
  if (p instanceof AdaptiveSparkPlanExec || p instanceof ColumnarToRowExec || p instanceof CodegenStageExec)
    return realOrdering(p.child);
  if (!(p instanceof ProjectExec || p instanceof FilterExec)) return [];
  return realOrdering(p.child).length > 0 ? p.outputOrdering : [];
}
