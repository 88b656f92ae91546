import { analysisError } from '../../../errors/index.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  UnspecifiedFrame,
  WindowExpression,
  type WindowFrame,
  WindowFunctionCall,
  WindowSpecDefinition,
} from '../../expressions/window.js';
import { resolveExpressionsUp, rule } from '../resolve-operators.js';

/** A window without a frame gets the one its function dictates, else the default one. Spark: `ResolveWindowFrame`. */
export const ResolveWindowFrame = rule('ResolveWindowFrame', (plan) =>
  resolveExpressionsUp(plan, (e) => {
    if (!(e instanceof WindowExpression)) return e;
    const { windowFunction: f, windowSpec: spec } = e;
    const required = f instanceof WindowFunctionCall && f.childrenResolved ? f.requiredFrame : undefined;
    if (spec.frame instanceof SpecifiedWindowFrame) {
      if (required === undefined || sameFrame(required, spec.frame)) return e;
      if (f instanceof WindowFunctionCall && (f.name === 'lag' || f.name === 'lead'))
        throw analysisError('_LEGACY_ERROR_TEMP_1035', { prettyName: f.name });
      throw analysisError('_LEGACY_ERROR_TEMP_1036', { wf: spec.frame.toString(), required: required.toString() });
    }
    if (!(spec.frame instanceof UnspecifiedFrame)) return e;
    if (f instanceof WindowFunctionCall && !f.childrenResolved) return e;
    if (required) return withFrame(e, required);
    if (!f.resolved) return e;
    return withFrame(
      e,
      spec.orderSpec.length
        ? new SpecifiedWindowFrame('RangeFrame', FrameBoundary.UNBOUNDED_PRECEDING, FrameBoundary.CURRENT_ROW)
        : new SpecifiedWindowFrame('RowFrame', FrameBoundary.UNBOUNDED_PRECEDING, FrameBoundary.UNBOUNDED_FOLLOWING),
    );
  }),
);

function sameFrame(a: SpecifiedWindowFrame, b: SpecifiedWindowFrame): boolean {
  return a.frameType === b.frameType && a.lower.equals(b.lower) && a.upper.equals(b.upper);
}
function withFrame(e: WindowExpression, frame: WindowFrame): WindowExpression {
  const { partitionSpec, orderSpec } = e.windowSpec;
  return new WindowExpression(e.windowFunction, new WindowSpecDefinition(partitionSpec, orderSpec, frame));
}
