import type { BoundExpr } from '../../eval/bound.js';
import { defaultRep, type Morsel, type Rep, type Vector } from '../../storage/column/vector.js';
import { fitsInt64, type InputColumn } from './bounds.js';
import { Compiler } from './compiler.js';
import { type ExprContext, Frame } from './frame.js';
import { InputNode } from './leaf.js';

export type { InputColumn } from './bounds.js';
export type { ExprContext } from './frame.js';
export { compileFilter, type MorselFilter } from './filter.js';

/** Compiled expressions: belongs to one thread and one query (it keeps literals and dictionaries in the query's memory). */
export interface VectorProgram {
  /** Rep of each result; undefined for a plain input, which passes through as it lies. */
  readonly reps: readonly (Rep | undefined)[];
  /** One vector per expression: values at the selected rows' own positions, the rest garbage. Inputs pass through without
   * a copy. Results lie in the context's scratch region.
   * @throws what the scalar definitions throw, for selected rows only */
  run(morsel: Morsel): Vector[];
}

/** Compiles expressions over columns of the given types. Equal subexpressions are computed once; what has no kernel runs
 * through `eval/` a row at a time.
 * @param inputs types of the input columns, with bounds where statistics are at hand: decimals wider than 18 digits whose
 * bounds prove that they fit are computed and returned in 64 bits */
export function compileExpressions(
  exprs: readonly BoundExpr[],
  inputs: readonly InputColumn[],
  ctx: ExprContext,
): VectorProgram {
  const compiler = new Compiler(ctx);
  const nodes = exprs.map((e) => compiler.node(e));
  const reps = nodes.map((node, i) => (node instanceof InputNode ? undefined : outputRep(exprs[i]!, inputs)));
  return {
    reps,
    run: (morsel) => {
      const frame = Frame.of(ctx, morsel);
      return nodes.map((node, i) => inRep(frame, node.vector(frame), reps[i]));
    },
  };
}

function outputRep(expr: BoundExpr, inputs: readonly InputColumn[]): Rep {
  if (expr.type.kind === 'decimal' && expr.type.precision > 18 && fitsInt64(expr, inputs)) return 'i64';
  return defaultRep(expr.type);
}

/** Brings a decimal to the rep that the program promises. */
function inRep(frame: Frame, vector: Vector, rep: Rep | undefined): Vector {
  if (rep === undefined || vector.rep === rep) return vector;
  const { kernels, selection, count } = frame;
  if (rep === 'i128' && vector.rep === 'i64') {
    const data = frame.rows(16);
    kernels.widen64(vector.data, data, selection, count);
    return { ...vector, rep, data };
  }
  if (rep === 'i64' && vector.rep === 'i128') {
    const data = frame.rows(8);
    kernels.narrow128(vector.data, data, vector.validity, selection, count);
    return { ...vector, rep, data };
  }
  return vector;
}
