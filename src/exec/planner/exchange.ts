import type { Attributes } from '../../plan/logical/logical-plan.js';
import type { Partitioning } from './partitioning.js';
import { bracketed, PhysicalPlan, UnaryExec } from './physical-plan.js';

export type ShuffleOrigin =
  | 'ENSURE_REQUIREMENTS'
  | 'REPARTITION_BY_NUM'
  | 'REPARTITION_BY_COL'
  | 'REBALANCE_PARTITIONS_BY_NONE'
  | 'REBALANCE_PARTITIONS_BY_COL';

let lastPlanId = 0;
export function newPlanId(): number {
  return ++lastPlanId;
}

/** Moves rows between partitions. Spark: `ShuffleExchangeExec`. */
export class ShuffleExchangeExec extends UnaryExec {
  readonly kind = 'Exchange';
  constructor(
    readonly partitioning: Partitioning,
    readonly child: PhysicalPlan,
    readonly shuffleOrigin: ShuffleOrigin = 'ENSURE_REQUIREMENTS',
    readonly id: number = newPlanId(),
  ) {
    super();
  }
  args() {
    return [this.partitioning, this.child, this.shuffleOrigin, this.id];
  }
  override get outputPartitioning() {
    return this.partitioning;
  }
  protected override stringArgs(maxFields: number) {
    return [partitioningString(this.partitioning, maxFields), this.shuffleOrigin, `[plan_id=${this.id}]`];
  }
}

function partitioningString(p: Partitioning, maxFields: number): string {
  switch (p.kind) {
    case 'single':
      return 'SinglePartition';
    case 'hash':
      return `hashpartitioning(${[...p.expressions, p.numPartitions].join(', ')})`;
    case 'range':
      return `rangepartitioning(${[...p.ordering, p.numPartitions].join(', ')})`;
    case 'roundRobin':
      return `RoundRobinPartitioning(${p.numPartitions})`;
    default:
      return bracketed([p.kind], maxFields);
  }
}

/** Gives a small side to all tasks. Spark: `BroadcastExchangeExec`. */
export class BroadcastExchangeExec extends UnaryExec {
  readonly kind = 'BroadcastExchange';
  constructor(
    /** `HashedRelationBroadcastMode(List(…),false)` or `IdentityBroadcastMode`. */
    readonly mode: string,
    readonly child: PhysicalPlan,
    readonly id: number = newPlanId(),
  ) {
    super();
  }
  args() {
    return [this.mode, this.child, this.id];
  }
  override get outputPartitioning(): Partitioning {
    return { kind: 'broadcast', numPartitions: 1 };
  }
  protected override stringArgs() {
    return [this.mode, `[plan_id=${this.id}]`];
  }
}

/** An exchange that stands elsewhere in the plan with the same rows. Spark: `ReusedExchangeExec`. */
export class ReusedExchangeExec extends PhysicalPlan {
  readonly kind = 'ReusedExchange';
  constructor(
    readonly output: Attributes,
    readonly exchange: ShuffleExchangeExec | BroadcastExchangeExec,
  ) {
    super();
  }
  args() {
    return [this.output, this.exchange];
  }
  override get children(): readonly PhysicalPlan[] {
    return [];
  }
  override withNewChildren(): PhysicalPlan {
    return this;
  }
  override get outputPartitioning() {
    return this.exchange.outputPartitioning;
  }
  protected override stringArgs(maxFields: number) {
    return [bracketed(this.output, maxFields), this.exchange.simpleString(maxFields)];
  }
}

/** Stands on top of a plan that Spark would re-plan while it runs. Spark: `AdaptiveSparkPlanExec`. */
export class AdaptiveSparkPlanExec extends UnaryExec {
  readonly kind = 'AdaptiveSparkPlan';
  constructor(
    readonly child: PhysicalPlan,
    readonly isFinalPlan = false,
  ) {
    super();
  }
  args() {
    return [this.child, this.isFinalPlan];
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  protected override stringArgs() {
    return [`isFinalPlan=${this.isFinalPlan}`];
  }
}

/** Spark: `ColumnarToRowExec`; only in plans without adaptive execution. */
export class ColumnarToRowExec extends UnaryExec {
  readonly kind = 'ColumnarToRow';
  constructor(readonly child: PhysicalPlan) {
    super();
  }
  args() {
    return [this.child];
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  override get supportsCodegen() {
    return true;
  }
}
