import type { Expression } from '../expressions/expression.js';
import { argString, type LogicalPlan, UnaryNode } from './logical-plan.js';

/** `numPartitions` by round robin (shuffle) or by merging neighbours. Spark: `Repartition`. */
export class Repartition extends UnaryNode {
  readonly kind = 'Repartition';
  constructor(
    readonly numPartitions: number,
    readonly shuffle: boolean,
    readonly child: LogicalPlan,
  ) {
    super();
  }
  args() {
    return [this.numPartitions, this.shuffle, this.child];
  }
  override get output() {
    return this.child.output;
  }
}

/** By hash of expressions, or by range where they are sort orders. Spark: `RepartitionByExpression`. */
export class RepartitionByExpression extends UnaryNode {
  readonly kind: 'RepartitionByExpression' | 'RebalancePartitions' = 'RepartitionByExpression';
  constructor(
    readonly partitionExpressions: readonly Expression[],
    readonly child: LogicalPlan,
    readonly numPartitions: number | undefined,
  ) {
    super();
  }
  args() {
    return [this.partitionExpressions, this.child, this.numPartitions];
  }
  /** The same over other expressions. */
  over(partitionExpressions: readonly Expression[], child: LogicalPlan): this {
    return this.rebuild([partitionExpressions, child, this.numPartitions]);
  }
  override get output() {
    return this.child.output;
  }
  protected override stringArgs() {
    return this.numPartitions === undefined
      ? [argString(this.partitionExpressions)]
      : [argString(this.partitionExpressions), String(this.numPartitions)];
  }
}

/** What a REBALANCE hint asks for: partitions of even size, by expressions or none. Spark: `RebalancePartitions`. */
export class RebalancePartitions extends RepartitionByExpression {
  override readonly kind = 'RebalancePartitions';
  protected override stringArgs() {
    return super.stringArgs().slice(this.partitionExpressions.length === 0 ? 1 : 0);
  }
}
