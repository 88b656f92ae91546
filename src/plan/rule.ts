import type { LogicalPlan } from './logical/logical-plan.js';

/** One rewrite of a plan. Returns the very same plan where it changes nothing. Spark: `Rule`. */
export interface Rule {
  readonly name: string;
  apply(plan: LogicalPlan): LogicalPlan;
}

export function rule(name: string, apply: (plan: LogicalPlan) => LogicalPlan): Rule {
  return { name, apply };
}
