import type { BoundExpr } from '../../eval/bound.js';
import type { KeyTest } from '../../storage/block/range-filter.js';
import { neverRaises } from '../expr/never-raises.js';
import { scanFilter, splitFilter } from './cache-filter.js';
import type { PieceSpec, StepSpec } from './fragment.js';
import type { TaskContext } from './task-context.js';

/** Which rows of a cached scan the joins above it keep for their keys' sake, where those are the scan's own columns: bitmaps of the
 * joins' tables, tested on stored values before other columns are looked at. Nothing that may raise lies between, so no error is
 * lost with a row. */
export function wantedKeys(piece: PieceSpec, ctx: TaskContext): readonly KeyTest[] {
  if (piece.scan?.op !== 'scanCache' || piece.perPartition) return [];
  const filter = scanFilter(piece);
  const rest = filter && splitFilter(filter.condition).rest;
  if (rest && !neverRaises(rest)) return [];
  const tests: KeyTest[] = [];
  // The scan's slot of each column; −1: of another source.
  let slots: readonly number[] = piece.types.map((_, i) => i);
  for (const step of filter ? piece.steps.slice(1) : piece.steps) {
    if (step.op === 'select') slots = step.columns.map((c) => slots[c]!);
    else if (step.op === 'project' && step.exprs.every(neverRaises)) slots = step.exprs.map((e) => slotOf(e, slots));
    else if (step.op === 'probe' && dropsUnmatched(step)) {
      const test = keyTest(step, slots, ctx);
      if (test) tests.push(test);
      if (step.condition) break;
      const build = step.joinType === 'semi' ? [] : step.table.types.map(() => -1);
      slots = step.buildSide === 'left' ? [...build, ...slots] : [...slots, ...build];
    } else break;
  }
  return tests;
}

type Probe = Extract<StepSpec, { op: 'probe' }>;

function dropsUnmatched({ joinType, keys }: Probe): boolean {
  return (joinType === 'inner' || joinType === 'semi') && keys.every(neverRaises);
}

function slotOf(e: BoundExpr, slots: readonly number[]): number {
  return e.k === 'input' ? slots[e.ordinal]! : -1;
}

function keyTest({ table, keys }: Probe, slots: readonly number[], { arena }: TaskContext): KeyTest | undefined {
  if (table.bits === 0) return undefined;
  const slot = slotOf(keys[table.bitsKey]!, slots);
  if (slot < 0) return undefined;
  const at = table.range >>> 3;
  return { slot, min: arena.i64[at]!, max: arena.i64[at + 1]!, bits: table.bits };
}
