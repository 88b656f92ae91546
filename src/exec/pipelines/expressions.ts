import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel, Vector } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { compileExpressions, compileFilter } from '../expr/compile.js';
import type { TaskContext } from './task-context.js';

/** Expressions over the columns of a morsel; results stand at the rows' own positions. */
export interface VectorProgram {
  run(morsel: Morsel): readonly Vector[];
}

export interface MorselFilter {
  run(morsel: Morsel): Morsel;
}

/** Compiles expressions for one job on one thread. Inputs alone cost nothing. */
export function vectorProgram(
  exprs: readonly BoundExpr[],
  types: readonly DataType[],
  ctx: TaskContext,
): VectorProgram {
  if (exprs.every((e) => e.k === 'input')) {
    const ordinals = exprs.map((e) => (e.k === 'input' ? e.ordinal : 0));
    return { run: (morsel) => ordinals.map((o) => morsel.columns[o]!) };
  }
  return compileExpressions(
    exprs,
    types.map((type) => ({ type })),
    ctx,
  );
}

/** Rows for which a condition is true; false and null drop the row. */
export function morselFilter(condition: BoundExpr, types: readonly DataType[], ctx: TaskContext): MorselFilter {
  return compileFilter(
    condition,
    types.map((type) => ({ type })),
    ctx,
  );
}
