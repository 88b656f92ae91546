import { type LoweringOptions, lowerPlan, type PreparedQuery } from '../exec/planner/lower.js';
import type { PhysicalPlan } from '../exec/planner/physical-plan.js';
import { PhysicalPlanner } from '../exec/planner/planner.js';
import type { LogicalPlan } from '../plan/logical/index.js';
import type { ConfReader } from '../plan/optimizer/conf.js';

/** The physical stages of one query, each on demand. */
export class PlannedQuery {
  readonly #planner: PhysicalPlanner;
  #sparkPlan: PhysicalPlan | undefined;
  #executedPlan: PhysicalPlan | undefined;
  #prepared: PreparedQuery | undefined;
  constructor(
    readonly optimized: LogicalPlan,
    conf: ConfReader,
    private readonly lowering: LoweringOptions,
  ) {
    this.#planner = new PhysicalPlanner(conf);
  }
  get sparkPlan(): PhysicalPlan {
    this.#sparkPlan ??= this.#planner.sparkPlan(this.optimized);
    return this.#sparkPlan;
  }
  get executedPlan(): PhysicalPlan {
    this.#executedPlan ??= this.#planner.executedPlan(this.sparkPlan);
    return this.#executedPlan;
  }
  get prepared(): PreparedQuery {
    this.#prepared ??= lowerPlan(this.executedPlan, this.lowering);
    return this.#prepared;
  }
}
