import { And, joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter } from '../logical/operators.js';
import { downRule } from './tree-rules.js';

/** Filter(outer, Filter(inner, x)) → Filter(inner AND outer, x). Refuses a non-deterministic inner condition unless the outer
 * one is non-deterministic too late to matter: both must be deterministic. Spark: `CombineFilters`. */
export function combineFilters(p: LogicalPlan): LogicalPlan {
  if (!(p instanceof Filter) || !(p.child instanceof Filter)) return p;
  const inner = p.child;
  if (!p.condition.deterministic || !inner.condition.deterministic) return p;
  const known = splitConjuncts(inner.condition);
  const added = joinConjuncts(splitConjuncts(p.condition).filter((c) => !known.some((k) => k.semanticEquals(c))));
  return new Filter(added ? new And(inner.condition, added) : inner.condition, inner.child);
}

export const CombineFilters = downRule('CombineFilters', combineFilters);
