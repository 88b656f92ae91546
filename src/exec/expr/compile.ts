import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel, Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { Compiler } from './compiler.js';
import { type ExprContext, Frame } from './frame.js';

export { compileFilter, type MorselFilter } from './filter.js';
export type { ExprContext } from './frame.js';

/** What is known of an input column before it is read. */
export interface InputColumn {
  readonly type: DataType;
}

/** Compiled expressions: belongs to one thread and one query (it keeps literals and dictionaries in the query's memory). */
export interface VectorProgram {
  /** One vector per expression: values at the selected rows' own positions, the rest garbage. Plain inputs pass through
   * without a copy; results may be dictionary-encoded or constant and lie in the context's scratch region. Decimals wider
   * than 18 digits come in 64 bits from morsels whose values all fit, else in 128: look at each vector's `rep`.
   * @throws what the scalar definitions throw, for selected rows only */
  run(morsel: Morsel): Vector[];
}

/** Compiles expressions over columns of the given types. Equal subexpressions are computed once; what has no kernel runs
 * through `eval/` a row at a time. */
export function compileExpressions(
  exprs: readonly BoundExpr[],
  _inputs: readonly InputColumn[],
  ctx: ExprContext,
): VectorProgram {
  const compiler = new Compiler(ctx);
  const nodes = exprs.map((e) => ({ node: compiler.node(e), ordinal: e.k === 'input' ? e.ordinal : -1 }));
  for (const { node } of nodes) node.markOutput();
  return {
    run: (morsel) => {
      const frame = Frame.of(ctx, morsel);
      return nodes.map(({ node, ordinal }) => (ordinal >= 0 ? morsel.columns[ordinal]! : node.vector(frame)));
    },
  };
}
