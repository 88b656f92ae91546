import type { Kernels } from '../../kernels/index.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { REP_BYTES, type Rep, type Vector } from '../../storage/column/vector.js';
import type { Arena } from '../../storage/memory/arena.js';
import type { Region } from '../../storage/memory/region.js';
import type { DataType, Value } from '../../types/index.js';

/** What expressions need of the task that runs them. */
export interface ExprContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
  /** Results and intermediates of one morsel; the pipeline resets it between morsels. */
  readonly scratch: Region;
  /** Literals, remembered dictionaries, and the bytes of strings and nested values that expressions make: lives as long as
   * the query. */
  readonly keep: Region;
  /** Values of `parameter` expressions. */
  readonly parameters: ReadonlyMap<number, Value>;
  readonly partitionIndex: number;
}

let lastRun = 0;

/** The rows that an expression is evaluated for: one morsel, and a selection that short-circuit forms narrow. */
export class Frame {
  private constructor(
    readonly ctx: ExprContext,
    readonly length: number,
    readonly columns: readonly Vector[],
    /** Address of `count` row numbers, or 0 for all rows. */
    readonly selection: number,
    readonly count: number,
    /** Differs for each morsel: results are remembered within one run. */
    readonly run: number,
    readonly parent: Frame | undefined,
    /** Results are remembered beyond the morsel, and so must be the bytes that they view. */
    readonly remembered: boolean,
  ) {}

  static of(
    ctx: ExprContext,
    rows: {
      readonly length: number;
      readonly columns: readonly Vector[];
      readonly selection: number;
      readonly selected: number;
    },
    remembered = false,
  ): Frame {
    return new Frame(ctx, rows.length, rows.columns, rows.selection, rows.selected, ++lastRun, undefined, remembered);
  }

  get kernels(): Kernels {
    return this.ctx.kernels;
  }

  /** Memory for one element of `width` bytes per row. */
  rows(width: number): number {
    return this.ctx.scratch.alloc(this.length * width);
  }

  bitmap(): number {
    return this.ctx.scratch.alloc(bitmapBytes(this.length));
  }

  /** Memory for a selection of at most this frame's rows. */
  selectionBuffer(): number {
    return this.ctx.scratch.alloc(this.count * 4);
  }

  /** The same rows or fewer. */
  narrow(selection: number, count: number): Frame {
    if (count === this.count) return this;
    return new Frame(this.ctx, this.length, this.columns, selection, count, this.run, this, this.remembered);
  }

  /** Rows of this frame whose bit is set; `validity` 0: all. */
  narrowValid(validity: number): Frame {
    if (validity === 0 || this.count === 0) return this;
    const out = this.selectionBuffer();
    return this.narrow(out, this.kernels.selectValid(validity, this.selection, this.count, out));
  }

  /** Are this frame's rows among those of `other` by construction? */
  within(other: Frame): boolean {
    for (let f: Frame | undefined = this; f; f = f.parent) if (f === other) return true;
    return false;
  }

  /** For operations that may touch rows not selected: 0 where that is cheaper than following the selection. */
  get looseSelection(): number {
    return this.count * 3 > this.length ? 0 : this.selection;
  }
  get looseCount(): number {
    return this.count * 3 > this.length ? this.length : this.count;
  }

  /** Runs a kernel that returns the first failing row or −1, on all rows first if most are selected. */
  attempt(kernel: (selection: number, count: number) => number): boolean {
    if (this.selection !== 0 && this.count * 3 > this.length && kernel(0, this.length) < 0) return true;
    return kernel(this.selection, this.count) < 0;
  }

  /** The and of the vectors' validity bitmaps; 0 if none has one. */
  validityOf(vectors: readonly Vector[]): number {
    let validity = 0;
    for (const v of vectors) validity = this.andValidity(validity, v.validity);
    return validity;
  }

  andValidity(a: number, b: number): number {
    if (a === 0 || a === b) return b;
    if (b === 0) return a;
    const out = this.bitmap();
    this.kernels.andBits(a, b, out, this.length);
    return out;
  }

  /** A vector of no meaning, for when no row is selected. */
  blank(type: DataType, rep: Rep): Vector {
    return { type, rep, data: this.rows(REP_BYTES[rep]), validity: 0 };
  }
}
