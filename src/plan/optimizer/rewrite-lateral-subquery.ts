import { And, joinConjuncts } from '../expressions/predicates.js';
import { Join, LateralJoin } from '../logical/operators.js';
import { upRule } from './tree-rules.js';

/** A lateral join whose right side reads no outer column any more is a plain join under the subquery's condition.
 * Spark: `RewriteLateralSubquery`. */
export const RewriteLateralSubquery = upRule('RewriteLateralSubquery', (p) => {
  if (!(p instanceof LateralJoin)) return p;
  const tie = joinConjuncts(p.right.joinCond);
  const condition = tie && p.condition ? new And(tie, p.condition) : (tie ?? p.condition);
  return new Join(p.child, p.right.plan, p.joinType, condition);
});
