import type { Attributes } from '../../plan/logical/logical-plan.js';
import type { SharedRelation } from '../../plan/logical/shared.js';
import { type Partitioning, SINGLE } from './partitioning.js';
import { type DrawnInner, PhysicalPlan } from './physical-plan.js';

/** Reads the rows of a plan that runs once for all its uses. Spark: an exchange, `ReusedExchangeExec` where it is read again. */
export class SharedScanExec extends PhysicalPlan {
  readonly kind = 'SharedScan';
  constructor(
    readonly relation: SharedRelation,
    /** The shared plan, ready to run; undefined until the preparations. */
    readonly prepared: PhysicalPlan | undefined,
  ) {
    super();
  }
  args() {
    return [this.relation, this.prepared];
  }
  override get children(): readonly PhysicalPlan[] {
    return [];
  }
  override withNewChildren(): PhysicalPlan {
    return this;
  }
  override get expressions() {
    return [];
  }
  override mapExpressions(): this {
    return this;
  }
  override get key() {
    return `SharedScan(${this.relation.id},${this.relation.ordinals})`;
  }
  override get output(): Attributes {
    return this.relation.output;
  }
  override get outputPartitioning(): Partitioning {
    return SINGLE;
  }
  protected override stringArgs() {
    return [`[${this.output.join(', ')}]`, `[shared_id=${this.relation.id}]`];
  }
  override get innerChildren(): readonly DrawnInner[] {
    return this.prepared ? [this.prepared] : [];
  }
}
