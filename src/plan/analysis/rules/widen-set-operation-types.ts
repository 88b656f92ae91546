import { findWiderCommonType } from '../../../eval/coercion.js';
import { type DataType, equalTypes } from '../../../types/index.js';
import { Cast } from '../../expressions/cast.js';
import { Alias, type AttributeReference } from '../../expressions/named.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Project, SetOperation, Union } from '../../logical/operators.js';
import { rule } from '../../rule.js';
import type { AnalyzerContext } from '../context.js';
import { transformUpWithNewOutput, zipAttributes } from '../resolve-operators.js';

/** Set operations over differing types get a projection with casts on each side that needs one.
 * Spark: `WidenSetOperationTypes`. */
export const WidenSetOperationTypes = (context: AnalyzerContext) =>
  rule('WidenSetOperationTypes', (plan) => {
    if (plan.analyzed || !holdsSetOperation(plan)) return plan;
    return transformUpWithNewOutput(
      plan,
      (p) => {
        const inputs = p instanceof Union && !p.byName ? p.inputs : p instanceof SetOperation ? p.children : undefined;
        if (!inputs || !p.childrenResolved || p.resolved) return [p, []];
        const [first] = inputs as [LogicalPlan];
        if (!inputs.every((c) => c.output.length === first.output.length)) return [p, []];
        const types = first.output.map((_, i) =>
          findWiderCommonType(
            inputs.map((c) => (c.output[i] as AttributeReference).dataType),
            context.mode,
          ),
        );
        if (types.every((t) => t === undefined)) return [p, []];
        const next = inputs.map((c) => widen(c, types, context));
        if (next.every((c, i) => c === inputs[i])) return [p, []];
        return [p.withNewChildren(next), zipAttributes(first.output, (next[0] as LogicalPlan).output)];
      },
      (p) => p.analyzed,
    );
  });

function holdsSetOperation(p: LogicalPlan): boolean {
  if (p.analyzed) return false;
  return p instanceof Union || p instanceof SetOperation || p.children.some(holdsSetOperation);
}

function widen(p: LogicalPlan, types: readonly (DataType | undefined)[], context: AnalyzerContext): LogicalPlan {
  let changed = false;
  const list = p.output.map((a, i) => {
    const type = types[i];
    if (type === undefined || equalTypes(a.dataType, type)) return a;
    changed = true;
    return new Alias(new Cast(a, type, context.mode, context.conf.timeZone), a.name);
  });
  return changed ? new Project(list, p) : p;
}
