import type { LogicalPlan } from '../logical/logical-plan.js';
import { type Rule, rule } from '../rule.js';

let rules = 0;

/** Marks subtrees that a rule leaves as they are: a bit of the node, or a set for the rules beyond the bits. */
export function settling(): { has(p: LogicalPlan): boolean; add(p: LogicalPlan): void } {
  const number = rules++;
  const bit = 1 << (number % 31);
  if (number < 31) return { has: (p) => (p.settledRules & bit) !== 0, add: (p) => void (p.settledRules |= bit) };
  if (number < 62) return { has: (p) => (p.settledRules2 & bit) !== 0, add: (p) => void (p.settledRules2 |= bit) };
  return new WeakSet<LogicalPlan>();
}

/** A rule that rewrites node by node, children first. What it leaves of a subtree depends on the subtree alone, so a subtree that
 * it once left as it was is not looked at again. Spark: `transformUpWithPruning` with a rule id. */
export function upRule(name: string, f: (p: LogicalPlan) => LogicalPlan): Rule {
  const settled = settling();
  const visit = (p: LogicalPlan): LogicalPlan => {
    if (settled.has(p)) return p;
    const mapped = p.mapChildren(visit);
    const next = f(mapped);
    if (next === p) settled.add(p);
    else if (next !== mapped) next.withOrigin(p.origin);
    return next;
  };
  return rule(name, visit);
}

/** The same from the top: a node first, then the children of what came of it. */
export function downRule(name: string, f: (p: LogicalPlan) => LogicalPlan): Rule {
  const settled = settling();
  const visit = (p: LogicalPlan): LogicalPlan => {
    if (settled.has(p)) return p;
    const next = f(p);
    if (next !== p) next.withOrigin(p.origin);
    const mapped = next.mapChildren(visit);
    if (mapped === p) settled.add(p);
    return mapped;
  };
  return rule(name, visit);
}
