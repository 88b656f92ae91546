import type { BoundExpr } from '../../eval/bound.js';
import { bitmapBytes, slotWriter } from '../../storage/column/build.js';
import { vectorReader } from '../../storage/column/read.js';
import { defaultRep, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import { ViewHeap } from '../../storage/column/view-heap.js';
import type { Value } from '../../types/index.js';
import type { ExprContext, Frame } from './frame.js';

export type RowFunction = (row: readonly Value[]) => Value;

const heaps = new WeakMap<ExprContext, ViewHeap>();
const scratchHeaps = new WeakMap<ExprContext, { readonly run: number; readonly heap: ViewHeap }>();

/** The packer of variable-length bytes into the region that lives as long as the query. */
export function keptBytes(ctx: ExprContext): ViewHeap {
  let heap = heaps.get(ctx);
  if (!heap) {
    heap = new ViewHeap(ctx.keep);
    heaps.set(ctx, heap);
  }
  return heap;
}

/** Where the bytes of a node's strings go: with the query if they may be part of a result, else with the morsel. */
export function bytesHeap(frame: Frame, outlives: boolean): ViewHeap {
  const { ctx, run } = frame;
  if (outlives || frame.remembered) return keptBytes(ctx);
  let scratch = scratchHeaps.get(ctx);
  if (scratch?.run !== run) {
    scratch = { run, heap: new ViewHeap(ctx.scratch) };
    scratchHeaps.set(ctx, scratch);
  }
  return scratch.heap;
}

/** Evaluates a row at a time: reads the inputs' values, writes results to the rows' own positions. `validity`: rows whose
 * bit is clear are null without being evaluated. */
export function runRows(
  frame: Frame,
  evaluate: RowFunction,
  inputs: readonly Vector[],
  expr: BoundExpr,
  outlives: boolean,
  validity = 0,
): Vector {
  const { ctx } = frame;
  const { arena } = ctx;
  const { type } = expr;
  const rep = defaultRep(type);
  const width = REP_BYTES[rep];
  const out = frame.rows(width);
  const bits = frame.bitmap();
  arena.u8.fill(0, bits, bits + bitmapBytes(frame.length));
  const rows = frame.narrowValid(validity);
  if (rows.count === 0) return { type, rep, data: out, validity: bits };
  const readers = inputs.map((v) => vectorReader(arena, v));
  const row: Value[] = new Array(readers.length).fill(null);
  const write = slotWriter(arena, type, rep, bytesHeap(frame, outlives));
  const { u8, u32 } = arena;
  const selection = rows.selection >>> 2;
  let nulls = frame.count - rows.count;
  for (let s = 0; s < rows.count; s++) {
    const i = selection === 0 ? s : u32[selection + s]!;
    for (let c = 0; c < readers.length; c++) row[c] = readers[c]!(i);
    const value = evaluate(row);
    if (value === null) nulls++;
    else {
      write(out + i * width, value);
      u8[bits + (i >>> 3)]! |= 1 << (i & 7);
    }
  }
  return { type, rep, data: out, validity: nulls === 0 ? 0 : bits };
}
