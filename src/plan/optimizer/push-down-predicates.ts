import type { LogicalPlan } from '../logical/logical-plan.js';
import { combineFilters } from './combine-filters.js';
import { pushPredicateThroughJoin } from './push-predicate-through-join.js';
import { pushPredicateThroughNonJoin } from './push-predicate-through-non-join.js';
import { downRule } from './tree-rules.js';

/** Combines filters and moves them down, in one pass from the top. Spark: `PushDownPredicates`. */
export const PushDownPredicates = downRule('PushDownPredicates', step);

function step(p: LogicalPlan): LogicalPlan {
  const combined = combineFilters(p);
  if (combined !== p) return combined;
  const moved = pushPredicateThroughNonJoin(p);
  return moved !== p ? moved : pushPredicateThroughJoin(p);
}
