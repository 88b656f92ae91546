import type { Expression } from '../../plan/expressions/expression.js';
import { ScalarSubquery } from '../../plan/expressions/subquery.js';
import type { DrawnNode } from '../../plan/tree-node.js';
import { newPlanId } from './exchange.js';
import type { DrawnInner, PhysicalPlan } from './physical-plan.js';

/** A scalar subquery with its physical plan; run first, its value is a parameter of the query.
 * Spark: `execution.ScalarSubquery` over `SubqueryExec`. */
export class PlannedSubquery extends ScalarSubquery {
  readonly planId = newPlanId();
  constructor(
    readonly logical: ScalarSubquery,
    readonly physical: PhysicalPlan,
  ) {
    super(logical.plan, [], logical.exprId, []);
  }
  override get children(): readonly Expression[] {
    return [];
  }
  override withNewChildren(): Expression {
    return this;
  }
  override get key() {
    return this.logical.key;
  }
  get title(): string {
    return `Subquery subquery#${this.exprId}, [id=#${this.planId}]`;
  }
  override toString() {
    return this.title;
  }
  get drawing(): DrawnInner {
    return {
      drawn: (maxFields: number): DrawnNode => ({
        lines: this.title,
        inner: [],
        children: [this.physical.drawn(maxFields)],
      }),
    };
  }
}
