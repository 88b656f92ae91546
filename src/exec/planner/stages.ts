import type { DrawnNode } from '../../plan/tree-node.js';
import { ColumnarToRowExec } from './exchange.js';
import type { PhysicalPlan } from './physical-plan.js';
import { UnaryExec } from './physical-plan.js';

/** A node inside stage `id` of generated code: shows with a star. Spark: `WholeStageCodegenExec`. */
export class CodegenStageExec extends UnaryExec {
  readonly kind = 'WholeStageCodegen';
  constructor(
    readonly child: PhysicalPlan,
    readonly id: number,
  ) {
    super();
  }
  args() {
    return [this.child, this.id];
  }
  override get outputOrdering() {
    return this.child.outputOrdering;
  }
  override get innerChildren() {
    return this.child.innerChildren;
  }
  override drawn(maxFields: number): DrawnNode {
    return starred(this.child, this.id, maxFields);
  }
}

function starred(p: PhysicalPlan, id: number, maxFields: number): DrawnNode {
  if (p instanceof CodegenStageExec || !p.supportsCodegen) return p.drawn(maxFields);
  return {
    lines: `*(${id}) ${p.simpleString(maxFields)}`,
    inner: p.innerChildren.map((c) => c.drawn(maxFields)),
    children: p.children.map((c) => starred(c, id, maxFields)),
  };
}

/** For plans that are not adaptive: rows from column batches, stages of generated code.
 * Spark: `ApplyColumnarRulesAndInsertTransitions`, `CollapseCodegenStages`. */
export function insertTransitionsAndStages(plan: PhysicalPlan): PhysicalPlan {
  const rows = toRows(plan);
  let next = 0;
  const stages = (p: PhysicalPlan): PhysicalPlan => {
    if (!p.supportsCodegen) return p.mapChildren(stages);
    const inside = within(p);
    return new CodegenStageExec(inside, ++next);
  };
  const within = (p: PhysicalPlan): PhysicalPlan => p.mapChildren((c) => (c.supportsCodegen ? within(c) : stages(c)));
  return stages(rows);
}

function toRows(plan: PhysicalPlan): PhysicalPlan {
  return plan.supportsColumnar ? new ColumnarToRowExec(plan) : plan.mapChildren(toRows);
}
