import type { Partitioning } from '../../exec/planner/partitioning.js';
import type { PhysicalPlan } from '../../exec/planner/physical-plan.js';
import { AttributeReference, type Expression } from '../../plan/expressions/index.js';
import { normalizeExpression, OrdinalMap } from '../../plan/logical/logical-plan.js';

/** How a plan spreads its rows over partitions and orders them there, as text over its columns' places. Queries over a cached
 * relation rely on it, so blocks serve only plans that promise the same. */
export function spreadText({ output, outputPartitioning, outputOrdering }: PhysicalPlan): string {
  const ordinals = new OrdinalMap(output);
  const isOwn = (e: Expression): boolean =>
    e instanceof AttributeReference ? ordinals.indexOf(e.exprId) >= 0 : e.children.every(isOwn);
  // Of what is no column of the result nobody can make use.
  const text = (e: Expression) => (isOwn(e) ? normalizeExpression(e, ordinals).key : 'free');
  const spread = (p: Partitioning): string => {
    switch (p.kind) {
      case 'hash':
        return `hash(${p.expressions.map(text).join(',')})`;
      case 'range':
        return `range(${p.ordering.map(text).join(',')})`;
      case 'collection':
        return `collection(${p.members.map(spread).join(',')})`;
      default:
        return p.kind;
    }
  };
  return `${spread(outputPartitioning)} ${outputPartitioning.numPartitions} ordered(${outputOrdering.map(text).join(',')})`;
}
