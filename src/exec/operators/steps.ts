import { unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { scanFilter, splitFilter } from '../pipelines/cache-filter.js';
import { type MorselFilter, morselFilter, vectorProgram } from '../pipelines/expressions.js';
import type { PieceSpec, StepSpec } from '../pipelines/fragment.js';
import type { TaskContext } from '../pipelines/task-context.js';
import { generateStep } from './generate-step.js';
import { ProbeStep } from './probe-step.js';
import { sampleStep } from './sample-step.js';

export type Push = (morsel: Morsel) => void;

/** The steps of a piece as one function that ends in `last`. Calls nest: a step that multiplies rows calls its successor
 * several times before it returns. */
export function buildSteps(piece: PieceSpec, ctx: TaskContext, last: Push): Push {
  const types: (readonly DataType[])[] = [piece.types];
  for (const step of piece.steps) types.push(stepTypes(step, types.at(-1)!));
  let next = last;
  const decidable = scanFilter(piece);
  for (let i = piece.steps.length - 1; i >= 0; i--) {
    const step = piece.steps[i]!;
    next = step === decidable ? decidedFilter(decidable, types[i]!, ctx, next) : createStep(step, types[i]!, ctx, next);
  }
  return next;
}

/** Types of the columns after a piece's steps. */
export function pieceTypes(piece: Pick<PieceSpec, 'types' | 'steps'>): readonly DataType[] {
  return piece.steps.reduce<readonly DataType[]>((types, step) => stepTypes(step, types), piece.types);
}

/** Types of the columns that leave a step. */
export function stepTypes(step: StepSpec, types: readonly DataType[]): readonly DataType[] {
  switch (step.op) {
    case 'filter':
    case 'sample':
    case 'limit':
      return types;
    case 'project':
      return step.exprs.map((e) => e.type);
    case 'expand':
    case 'generate':
      return step.types;
    case 'select':
      return step.columns.map((c) => types[c]!);
    case 'probe':
      return step.output;
  }
}

/** A filter that the scan below may have decided: then only what the scan cannot decide is left. */
function decidedFilter(
  step: Extract<StepSpec, { op: 'filter' }>,
  types: readonly DataType[],
  ctx: TaskContext,
  next: Push,
): Push {
  const { rest } = splitFilter(step.condition);
  // Mostly all rows come decided.
  let whole: MorselFilter | undefined;
  const partial = rest && morselFilter(rest, types, ctx);
  const rows = ctx.counter(step.id, 'numOutputRows');
  return (morsel) => {
    const kept = morsel.decided
      ? (partial?.run(morsel) ?? morsel)
      : (whole ??= morselFilter(step.condition, types, ctx)).run(morsel);
    if (kept.selected === 0) return;
    rows.add(kept.selected);
    next(kept);
  };
}

function createStep(step: StepSpec, types: readonly DataType[], ctx: TaskContext, next: Push): Push {
  switch (step.op) {
    case 'filter': {
      const filter = morselFilter(step.condition, types, ctx);
      const rows = ctx.counter(step.id, 'numOutputRows');
      return (morsel) => {
        const kept = filter.run(morsel);
        if (kept.selected === 0) return;
        rows.add(kept.selected);
        next(kept);
      };
    }
    case 'project': {
      const program = vectorProgram(step.exprs, types, ctx);
      return (morsel) => next(morsel.totals ? morsel : { ...morsel, columns: program.run(morsel) });
    }
    case 'select':
      return (morsel) =>
        next(morsel.totals ? morsel : { ...morsel, columns: step.columns.map((c) => morsel.columns[c]!) });
    case 'expand':
      return expandStep(step.id, step.projections, types, ctx, next);
    case 'generate':
      return generateStep(step, types, ctx, next);
    case 'sample':
      if (step.withReplacement) throw unsupported('TABLESAMPLE with replacement');
      return sampleStep(step, ctx, next);
    case 'limit':
      return limitStep(step.limit, step.offset, ctx, next);
    case 'probe': {
      const probe = new ProbeStep(step, ctx, next);
      return (morsel) => probe.push(morsel);
    }
  }
}

function expandStep(
  id: number,
  projections: readonly (readonly BoundExpr[])[],
  types: readonly DataType[],
  ctx: TaskContext,
  next: Push,
): Push {
  const programs = projections.map((p) => vectorProgram(p, types, ctx));
  const rows = ctx.counter(id, 'numOutputRows');
  return (morsel) => {
    for (const program of programs) {
      const mark = ctx.scratch.mark();
      rows.add(morsel.selected);
      next({ ...morsel, columns: program.run(morsel) });
      ctx.scratch.rewind(mark);
    }
  };
}

function limitStep(limit: number, offset: number, ctx: TaskContext, next: Push): Push {
  let skipped = 0;
  let passed = 0;
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  return (morsel) => {
    const skip = Math.min(offset - skipped, morsel.selected);
    skipped += skip;
    const take = Math.min(most - passed, morsel.selected - skip);
    passed += take;
    if (passed >= most) ctx.sliceDone = true;
    if (take > 0) next(cut(morsel, skip, take, ctx));
  };
}

/** Selected rows `from` … `from + n − 1` of a morsel. */
export function cut(morsel: Morsel, from: number, n: number, ctx: TaskContext): Morsel {
  if (from === 0 && n === morsel.selected) return morsel;
  if (morsel.selection !== 0) return { ...morsel, selection: morsel.selection + from * 4, selected: n };
  const selection = ctx.scratch.alloc(n * 4);
  ctx.kernels.moveIota(from, n, selection);
  return { ...morsel, selection, selected: n };
}
