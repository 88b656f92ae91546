import type { AttributeReference } from '../expressions/named.js';
import { type Attributes, LeafNode, type LogicalPlan, normalizeExpression, OrdinalMap } from './logical-plan.js';
import type { MultiInstanceRelation } from './relations.js';

let lastSharedId = 0;
export function newSharedId(): number {
  return ++lastSharedId;
}

/** A use of a plan that runs once and is read several times: a CTE that is not put in where it is used. `output[i]` is the plan's
 * column `ordinals[i]`. Only the optimizer makes it. Spark: `CTERelationRef`, and the exchange that its uses share. */
export class SharedRelation extends LeafNode implements MultiInstanceRelation {
  readonly kind = 'SharedRelation';
  constructor(
    /** Uses of one plan have one id. */
    readonly id: number,
    readonly output: Attributes,
    readonly ordinals: readonly number[],
    readonly plan: LogicalPlan,
    /** `plan` went through the optimizer. */
    readonly optimized: boolean,
  ) {
    super();
  }
  args() {
    return [this.id, this.output, this.ordinals, this.plan, this.optimized];
  }
  protected override keyArgs() {
    return [this.id, this.output, this.ordinals.join(), this.optimized];
  }
  override get deterministic() {
    // Its rows are the same for all who read them.
    return true;
  }
  override get maxRows() {
    return this.plan.maxRows;
  }
  newInstance() {
    return new SharedRelation(
      this.id,
      this.output.map((a) => a.newInstance()),
      this.ordinals,
      this.plan,
      this.optimized,
    ).withOrigin(this.origin);
  }
  protected override doCanonicalize(): LogicalPlan {
    const ordinals = new OrdinalMap(this.output);
    return new SharedRelation(
      this.id,
      this.output.map((a) => normalizeExpression(a, ordinals) as AttributeReference),
      this.ordinals,
      this.plan,
      this.optimized,
    );
  }
  override get innerChildren(): readonly LogicalPlan[] {
    return [this.plan];
  }
  override get simpleString() {
    return `SharedRelation ${this.id}, [${this.output.join(', ')}]`;
  }
}
