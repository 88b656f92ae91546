import { internalError } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { bitmapBytes, slotWriter } from '../../storage/column/build.js';
import { defaultRep, MORSEL_ROWS, REP_BYTES, type Vector } from '../../storage/column/vector.js';
import { ViewHeap } from '../../storage/column/view-heap.js';
import type { Value } from '../../types/index.js';
import type { ExprContext, Frame } from './frame.js';
import { COST, Node } from './node.js';

/** A column of the morsel. */
export class InputNode extends Node {
  readonly canRaise = false;
  readonly cost = 0;

  constructor(readonly source: Extract<BoundExpr, { k: 'input' }>) {
    super(source);
  }

  protected compute(frame: Frame): Vector {
    const vector = frame.columns[this.source.ordinal];
    if (!vector) throw internalError(`no input column ${this.source.ordinal}`);
    // Storage may hold 64-bit values in 32 bits; kernels are written for the type's own width.
    if (vector.rep !== 'i32' || defaultRep(vector.type) === 'i32') return vector;
    const data = frame.rows(8);
    frame.kernels.castI32ToI64(vector.data, data, frame.selection, frame.count);
    return { ...vector, rep: 'i64', data };
  }
}

/** A literal or parameter: filled once and kept as long as the query. */
export class ConstantNode extends Node {
  readonly canRaise = false;
  readonly cost = COST.cheap;
  #rows = 0;
  #vector: Vector | undefined;
  #filled: Value | undefined;

  constructor(
    readonly source: Extract<BoundExpr, { k: 'literal' | 'parameter' }>,
    readonly ctx: ExprContext,
  ) {
    super(source);
  }

  value(ctx: ExprContext): Value {
    const { source } = this;
    if (source.k === 'literal') return source.value;
    const value = ctx.parameters.get(source.id);
    if (value === undefined) throw internalError(`parameter ${source.id} has no value`);
    return value;
  }

  protected compute(frame: Frame): Vector {
    const value = this.value(frame.ctx);
    if (this.#vector && frame.length <= this.#rows && value === this.#filled) return this.#vector;
    this.#rows = Math.max(frame.length, MORSEL_ROWS);
    this.#filled = value;
    this.#vector = fillConstant(frame.ctx, this.source, value, this.#rows);
    return this.#vector;
  }
}

function fillConstant(ctx: ExprContext, expr: BoundExpr, value: Value, rows: number): Vector {
  const { arena, keep, kernels } = ctx;
  const { type } = expr;
  const rep = defaultRep(type);
  const width = REP_BYTES[rep];
  if (value === null) {
    return {
      type,
      rep,
      data: keep.allocZeroed(rows * width),
      validity: keep.allocZeroed(bitmapBytes(rows)),
      constant: true,
    };
  }
  const slot = keep.alloc(width);
  slotWriter(arena, type, rep, new ViewHeap(keep, 256))(slot, value);
  const data = keep.alloc(rows * width);
  kernels.fillRows(slot, width, rows, data);
  return { type, rep, data, validity: 0, constant: true };
}
