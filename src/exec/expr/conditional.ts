import type { BoundExpr } from '../../eval/bound.js';
import { bitmapBytes } from '../../storage/column/build.js';
import { defaultRep, REP_BYTES, type Rep, type Vector } from '../../storage/column/vector.js';
import type { Frame } from './frame.js';
import { Node } from './node.js';

/** One alternative's values for some rows. */
interface Part {
  readonly vector: Vector;
  readonly rows: Frame;
}

/** CASE WHEN and IF: each condition and value sees only the rows that reach it. */
export class CaseNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly branches: readonly { readonly when: Node; readonly then: Node }[],
    readonly otherwise: Node | undefined,
  ) {
    super(expr);
    const parts = [...branches.flatMap((b) => [b.when, b.then]), ...(otherwise ? [otherwise] : [])];
    this.canRaise = parts.some((p) => p.canRaise);
    this.cost = parts.reduce((sum, p) => sum + p.cost, branches.length);
  }

  protected override viewed(): readonly Node[] {
    return [...this.branches.map((b) => b.then), ...(this.otherwise ? [this.otherwise] : [])];
  }

  protected compute(frame: Frame): Vector {
    const { kernels } = frame;
    const parts: Part[] = [];
    let open = frame;
    for (const { when, then } of this.branches) {
      if (open.count === 0) break;
      const condition = when.flat(open);
      const yes = open.selectionBuffer();
      const n = kernels.selectTrue(condition.data, condition.validity, open.selection, open.count, yes);
      if (n === 0) continue;
      const rows = open.narrow(yes, n);
      parts.push({ vector: then.flat(rows), rows });
      if (n === open.count) {
        open = open.narrow(yes, 0);
        break;
      }
      const no = open.selectionBuffer();
      kernels.selectionMinus(open.selection, open.count, yes, n, no);
      open = open.narrow(no, open.count - n);
    }
    if (open.count > 0 && this.otherwise) parts.push({ vector: this.otherwise.flat(open), rows: open });
    const covered = open.count === 0 || this.otherwise !== undefined;
    return merge(frame, this.expr, parts, covered);
  }
}

/** COALESCE: each argument sees only the rows where all before it are null. */
export class CoalesceNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly args: readonly Node[],
  ) {
    super(expr);
    this.canRaise = args.some((a) => a.canRaise);
    this.cost = args.reduce((sum, a) => sum + a.cost, args.length);
  }

  protected override viewed(): readonly Node[] {
    return this.args;
  }

  protected compute(frame: Frame): Vector {
    const { kernels } = frame;
    const parts: Part[] = [];
    let open = frame;
    for (const arg of this.args) {
      const vector = arg.flat(open);
      if (vector.validity === 0 && vector.type.kind !== 'null') {
        parts.push({ vector, rows: open });
        return merge(frame, this.expr, parts, true);
      }
      const nulls = open.selectionBuffer();
      const n =
        vector.validity === 0 ? open.count : kernels.selectNull(vector.validity, open.selection, open.count, nulls);
      if (vector.validity !== 0 && n < open.count) parts.push({ vector, rows: open });
      if (n === 0) return merge(frame, this.expr, parts, true);
      if (vector.validity !== 0) open = open.narrow(nulls, n);
    }
    return merge(frame, this.expr, parts, false);
  }
}

/** One vector of the parts; later parts overwrite earlier ones. Rows of no part are null. */
function merge(frame: Frame, expr: BoundExpr, parts: readonly Part[], covered: boolean): Vector {
  const [only] = parts;
  if (only && parts.length === 1 && covered && only.rows === frame) return only.vector;
  const { kernels } = frame;
  const { type } = expr;
  const rep = commonRep(expr, parts);
  const width = REP_BYTES[rep];
  const data = frame.rows(width);
  const needBits = !covered || parts.some((p) => p.vector.validity !== 0 || p.vector.type.kind === 'null');
  const validity = needBits ? frame.bitmap() : 0;
  if (needBits) frame.ctx.arena.u8.fill(0, validity, validity + bitmapBytes(frame.length));
  for (const { vector, rows } of parts) {
    if (vector.type.kind === 'null') {
      kernels.clearBits(rows.selection, rows.count, validity);
      continue;
    }
    const source = rep === 'i128' && vector.rep === 'i64' ? widen(rows, vector) : vector.data;
    kernels.copyRows(source, width, rows.selection, rows.count, data);
    if (needBits) kernels.copyBits(vector.validity, rows.selection, rows.count, validity);
  }
  return { type, rep, data, validity };
}

/** Decimals may come as int64 from one part and as int128 from another. */
function commonRep(expr: BoundExpr, parts: readonly Part[]): Rep {
  const reps = parts.filter((p) => p.vector.type.kind !== 'null').map((p) => p.vector.rep);
  const [first] = reps;
  if (first === undefined) return defaultRep(expr.type);
  return reps.every((r) => r === first) ? first : 'i128';
}

function widen(frame: Frame, vector: Vector): number {
  const out = frame.rows(16);
  frame.kernels.widen64(vector.data, out, frame.selection, frame.count);
  return out;
}
