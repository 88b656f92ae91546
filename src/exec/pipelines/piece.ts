import type { BoundExpr } from '../../eval/bound.js';
import type { DataType } from '../../types/index.js';
import { collectInputs } from '../operators/probe-step.js';
import { pieceTypes } from '../operators/steps.js';
import type { PieceSpec, SinkSpec, SliceSource, StepSpec } from './fragment.js';

/** A source's part before it is cut into slices. */
export interface SourcePart {
  readonly source: SliceSource;
  /** Estimate; decides how many slices are cut and whether workers are worth asking. */
  readonly rows: number;
}

/** A source and the steps that follow it, on the main thread. */
export interface Piece extends PieceSpec {
  /** Steps keep state per partition (a limit, a random stream), so a partition must be one slice. */
  readonly perPartition: boolean;
  /** Parts of source partition `part`, in row order. */
  readonly parts: (part: number) => Promise<readonly SourcePart[]>;
  /** Some part comes of several sources. */
  readonly manySources?: boolean | undefined;
  /** Called once with all parts of a stage before they are asked for, so that missing blocks are computed together. */
  readonly prepare?: ((parts: readonly number[]) => Promise<void>) | undefined;
  /** Asking for parts computes something (a cached block), so it is put off until the partition runs. */
  readonly lazy?: boolean | undefined;
}

/** Output partitions as lists of pieces' partitions; rows of a partition come in the order of its list. */
export interface Fragment {
  readonly partitions: readonly (readonly { readonly piece: Piece; readonly part: number }[])[];
  readonly types: readonly DataType[];
}

/** A fragment of one piece. */
export function fragmentOf(piece: Piece, partitions: number): Fragment {
  return {
    partitions: Array.from({ length: partitions }, (_, part) => [{ piece, part }]),
    types: pieceTypes(piece),
  };
}

/** The fragment with one more step at the end of every piece. */
export function withStep(fragment: Fragment, step: StepSpec, perPartition = false): Fragment {
  const made = new Map<Piece, Piece>();
  const extend = (piece: Piece): Piece => {
    let next = made.get(piece);
    if (!next) {
      next = {
        ...piece,
        steps: [...piece.steps, step],
        perPartition: piece.perPartition || perPartition || isPartitionwise(step),
      };
      made.set(piece, next);
    }
    return next;
  };
  const partitions = fragment.partitions.map((refs) => refs.map(({ piece, part }) => ({ piece: extend(piece), part })));
  const first = made.values().next().value as Piece | undefined;
  return { partitions, types: first ? pieceTypes(first) : fragment.types };
}

/** Where steps only choose columns: the ordinal of each that is left; undefined if they do more. */
export function chosenColumns(steps: readonly StepSpec[], width: number): readonly number[] | undefined {
  let columns: readonly number[] = Array.from({ length: width }, (_, i) => i);
  for (const step of steps) {
    if (step.op === 'select') columns = step.columns.map((c) => columns[c]!);
    else if (step.op === 'project' && step.exprs.every(isInput)) columns = step.exprs.map((e) => columns[e.ordinal]!);
    else return undefined;
  }
  return columns;
}

const isInput = (e: BoundExpr): e is Extract<BoundExpr, { k: 'input' }> => e.k === 'input';

/** Functions whose value depends on the row's place in its partition. */
const PLACED = new Set([
  'rand',
  'randn',
  'random',
  'uuid',
  'shuffle',
  'monotonically_increasing_id',
  'spark_partition_id',
  'randstr',
  'uniform',
]);

function isPartitionwise(step: StepSpec): boolean {
  switch (step.op) {
    case 'sample':
    case 'limit':
      return true;
    case 'filter':
      return isPlaced(step.condition);
    case 'project':
      return step.exprs.some(isPlaced);
    case 'expand':
      return step.projections.some((p) => p.some(isPlaced));
    default:
      return false;
  }
}

export function isPlaced(expr: unknown): boolean {
  if (typeof expr !== 'object' || expr === null) return false;
  if (Array.isArray(expr)) return expr.some(isPlaced);
  const e = expr as BoundExpr;
  if (e.k === 'input' || e.k === 'literal') return false;
  if (e.k === 'call' && (e.site !== undefined || PLACED.has(e.fn))) return true;
  return Object.entries(e).some(([key, value]) => key !== 'type' && isPlaced(value));
}

/** A piece for a sink: joins gather only the columns that something after them reads. */
export function prunePiece(piece: Piece, sink: SinkSpec): PieceSpec {
  const width = pieceTypes(piece).length;
  let needed = neededBySink(sink, width);
  const steps = [...piece.steps];
  const widths: number[] = [piece.types.length];
  for (let i = 0; i < steps.length; i++)
    widths.push(pieceTypes({ types: piece.types, steps: steps.slice(0, i + 1) }).length);
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (step.op === 'probe')
      steps[i] = { ...step, needed: Array.from({ length: widths[i + 1]! }, (_, c) => needed.has(c)) };
    needed = neededBefore(step, needed);
  }
  const { sourceId, types, scan, perPartition } = piece;
  return { sourceId, types, scan, steps, perPartition };
}

function neededBySink(sink: SinkSpec, width: number): Set<number> {
  const all = new Set(Array.from({ length: width }, (_, i) => i));
  if (sink.kind !== 'aggregate') return all;
  const read = new Set<number>();
  collectInputs([sink.keys, sink.aggregates], read);
  return read;
}

function neededBefore(step: StepSpec, needed: Set<number>): Set<number> {
  const before = new Set<number>();
  switch (step.op) {
    case 'filter':
      for (const c of needed) before.add(c);
      collectInputs(step.condition, before);
      return before;
    case 'project':
      collectInputs(step.exprs, before);
      return before;
    case 'expand':
      collectInputs(step.projections, before);
      return before;
    case 'generate':
      collectInputs(step.args, before);
      for (const c of step.keep) before.add(c);
      return before;
    case 'select':
      step.columns.forEach((c, i) => {
        if (needed.has(i)) before.add(c);
      });
      return before;
    case 'probe': {
      collectInputs(step.keys, before);
      const offset = step.buildSide === 'left' ? step.table.types.length : 0;
      const all = new Set(needed);
      collectInputs(step.condition, all);
      for (const c of all) if (c >= offset && c - offset < step.types.length) before.add(c - offset);
      return before;
    }
    default:
      return needed;
  }
}
