import type { BoundExpr } from '../../eval/bound.js';
import { compileRow } from '../../eval/evaluate.js';
import type { Vector } from '../../storage/column/vector.js';
import type { Frame } from './frame.js';
import { COST, Node } from './node.js';
import { type RowFunction, runRows } from './row-values.js';

type StrictExpr = Extract<BoundExpr, { k: 'call' | 'cast' }>;

/** A kernel for a call whose result is null where any argument is. `apply` gets vectors without dictionaries and the and of
 * their validity bitmaps, and whether bytes it makes may leave the program; it returns undefined where the kernel gave up (an overflow, a rare case), and the rows then go
 * through the scalar definition, which raises the exact error or has the exact answer. */
export interface StrictKernel {
  /** May the scalar definition throw? */
  readonly canRaise: boolean;
  readonly cost?: number;
  apply(frame: Frame, args: readonly Vector[], validity: number, outlives: boolean): Vector | undefined;
}

export class StrictNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;
  #row: RowFunction | undefined;

  constructor(
    readonly call: StrictExpr,
    readonly args: readonly Node[],
    readonly kernel: StrictKernel,
  ) {
    super(call);
    this.canRaise = (kernel.canRaise && call.mode === 'ANSI') || args.some((a) => a.canRaise);
    this.cost = args.reduce((sum, a) => sum + a.cost, kernel.cost ?? COST.cheap);
  }

  protected override viewed(): readonly Node[] {
    return this.args;
  }

  protected compute(frame: Frame): Vector {
    const vectors: Vector[] = [];
    let rows = frame;
    let validity = 0;
    for (const arg of this.args) {
      // An argument is not evaluated where an earlier one is null: its errors would be new ones.
      if (arg.canRaise) rows = rows.narrowValid(validity);
      const vector = arg.flat(rows);
      vectors.push(vector);
      validity = frame.andValidity(validity, vector.validity);
    }
    return this.kernel.apply(rows, vectors, validity, this.outlives) ?? this.#byRows(frame, vectors, validity);
  }

  #byRows(frame: Frame, vectors: readonly Vector[], validity: number): Vector {
    this.#row ??= compileRow(withInputs(this.call), {
      parameters: frame.ctx.parameters,
      partitionIndex: frame.ctx.partitionIndex,
    });
    // Rows that are null anyway may hold garbage in some argument: with a bitmap they are not read.
    return runRows(frame, this.#row, vectors, this.call, this.outlives, validity);
  }
}

/** The call with its arguments replaced by inputs 0, 1, … */
function withInputs(call: StrictExpr): BoundExpr {
  const input = (e: BoundExpr, ordinal: number): BoundExpr => ({ k: 'input', ordinal, type: e.type, nullable: true });
  return call.k === 'cast'
    ? { ...call, child: input(call.child, 0) }
    : { ...call, args: call.args.map((a, i) => input(a, i)) };
}
