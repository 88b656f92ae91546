import { newExprId } from '../expressions/named.js';
import { type Attributes, argString, LogicalPlan, UnaryNode } from './logical-plan.js';

let lastCteId = -1;
export function newCteId(): number {
  return ++lastCteId;
}

/** A CTE's definition. Spark: `CTERelationDef`. */
export class CTERelationDef extends UnaryNode {
  readonly kind = 'CTERelationDef';
  constructor(
    readonly child: LogicalPlan,
    readonly id: number = newCteId(),
  ) {
    super();
  }
  args() {
    return [this.child, this.id];
  }
  override get output() {
    return this.child.output;
  }
  protected override stringArgs() {
    return [String(this.id), 'false'];
  }
}

/** A use of a CTE. Spark: `CTERelationRef`. */
export class CTERelationRef extends LogicalPlan {
  readonly kind = 'CTERelationRef';
  constructor(
    readonly cteId: number,
    readonly output: Attributes,
    /** Whether the definition's columns are known. */
    readonly isResolved = false,
  ) {
    super();
  }
  args() {
    return [this.cteId, this.output, this.isResolved];
  }
  override get resolved() {
    return this.isResolved;
  }
  override get producedAttributes() {
    return this.outputSet;
  }
  newInstance() {
    // A column that stands twice keeps one id, so that its name stays unambiguous.
    const renewed = new Map(this.output.map((a) => [a.exprId, newExprId()]));
    return new CTERelationRef(
      this.cteId,
      this.output.map((a) => a.withExprId(renewed.get(a.exprId) as number)),
      this.isResolved,
    );
  }
  protected override stringArgs() {
    return [String(this.cteId), 'true', argString(this.output), 'false', 'false'];
  }
}

/** A plan with the CTE definitions that it refers to. Spark: `WithCTE`. */
export class WithCTE extends LogicalPlan {
  readonly kind = 'WithCTE';
  constructor(
    readonly plan: LogicalPlan,
    readonly cteDefs: readonly CTERelationDef[],
  ) {
    super();
  }
  args() {
    return [this.cteDefs, this.plan];
  }
  protected override remade(args: readonly unknown[]): this {
    const [defs, plan] = args as [readonly CTERelationDef[], LogicalPlan];
    return this.copyState(new WithCTE(plan, defs) as this);
  }
  override get output() {
    return this.plan.output;
  }
  protected override stringArgs() {
    return [];
  }
}
