import { internalError } from '../errors/index.js';
import type { LogicalPlan } from './logical/logical-plan.js';
import type { Rule } from './rule.js';

/** How often a batch runs: once, or until nothing changes, at most so many times. Spark: `RuleExecutor.Strategy`. */
export type Strategy = 'once' | { readonly maxIterations: number; readonly failAtLimit: boolean };

/** Until nothing changes. With `failAtLimit`, reaching the limit is a bug; otherwise the last plan stands. */
export function fixedPoint(maxIterations = 100, failAtLimit = false): Strategy {
  return { maxIterations, failAtLimit };
}

export interface Batch {
  readonly name: string;
  readonly strategy: Strategy;
  readonly rules: readonly Rule[];
}

export function batch(name: string, strategy: Strategy, ...rules: readonly Rule[]): Batch {
  return { name, strategy, rules };
}

/** Called after each rule that changed the plan. */
export type RuleObserver = (rule: Rule, before: LogicalPlan, after: LogicalPlan, batch: Batch) => void;

/** The plan that a rule left as it was when it last ran: it will do so again. */
type Idle = Map<Rule, LogicalPlan>;

/** Runs batches of rules in order. Spark: `RuleExecutor`. */
export class RuleExecutor {
  constructor(
    readonly batches: readonly Batch[],
    readonly observe: RuleObserver | undefined = undefined,
  ) {}

  execute(plan: LogicalPlan): LogicalPlan {
    const idle: Idle = new Map();
    return this.batches.reduce((p, b) => this.runBatch(b, p, idle), plan);
  }

  private runBatch(b: Batch, start: LogicalPlan, idle: Idle): LogicalPlan {
    const limit = b.strategy === 'once' ? 1 : b.strategy.maxIterations;
    let plan = start;
    for (let i = 0; i < limit; i++) {
      const before = plan;
      for (const r of b.rules) {
        if (idle.get(r) === plan) continue;
        const next = r.apply(plan);
        if (next === plan) idle.set(r, plan);
        else this.observe?.(r, plan, next, b);
        plan = next;
      }
      if (plan === before || (plan.resolved && before.resolved && plan.equals(before))) return plan;
    }
    if (b.strategy !== 'once' && b.strategy.failAtLimit)
      throw internalError(`batch ${b.name} did not settle in ${limit} iterations`);
    return plan;
  }
}
