import { internalError, unsupported } from '../../errors/index.js';
import { AggregateExpression } from '../../plan/expressions/aggregate.js';
import type { Binder } from '../../plan/expressions/bind.js';
import type { Expression } from '../../plan/expressions/expression.js';
import { Alias } from '../../plan/expressions/named.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  WindowExpression,
  type WindowFrame,
  WindowFunctionCall,
} from '../../plan/expressions/window.js';
import { foldConstant } from '../../plan/optimizer/constant-folding.js';
import type { BoundWindowFunction, FrameBound } from '../operators/spec.js';

const RANKS = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist']);

/** One window column: `Alias(WindowExpression)`. */
export function lowerWindowFunction(e: Expression, binder: Binder): BoundWindowFunction {
  const window = e instanceof Alias ? e.child : e;
  if (!(window instanceof WindowExpression)) throw internalError(`not a window column: ${e}`);
  const { windowFunction: f, windowSpec } = window;
  const frame = lowerFrame(windowSpec.frame);
  const type = f.dataType;
  if (f instanceof WindowFunctionCall)
    return {
      fn: f.name,
      // Rank functions read the window's own order keys.
      args: RANKS.has(f.name) ? [] : f.operands.map((o) => binder.bind(o)),
      ignoreNulls: f.ignoreNulls,
      frame,
      type,
    };
  if (f instanceof AggregateExpression) {
    const aggregate = binder.bindAggregate(f);
    return { fn: aggregate.fn, args: aggregate.args, aggregate, ignoreNulls: false, frame, type };
  }
  throw unsupported(`${f.kind} over a window`);
}

function lowerFrame(frame: WindowFrame): BoundWindowFunction['frame'] {
  if (!(frame instanceof SpecifiedWindowFrame)) throw internalError('a window frame was not resolved');
  return {
    unit: frame.frameType === 'RowFrame' ? 'rows' : 'range',
    lower: bound(frame.lower, frame.timeZone),
    upper: bound(frame.upper, frame.timeZone),
  };
}

function bound(e: Expression, timeZone: string | undefined): FrameBound {
  if (e instanceof FrameBoundary) {
    switch (e.name) {
      case 'UnboundedPreceding':
        return { kind: 'unboundedPreceding' };
      case 'UnboundedFollowing':
        return { kind: 'unboundedFollowing' };
      default:
        return { kind: 'currentRow' };
    }
  }
  const literal = foldConstant(e);
  if (!literal) throw unsupported(`a window frame that is not constant: ${e}`);
  return {
    kind: 'offset',
    value: literal.value,
    type: literal.dataType,
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}
