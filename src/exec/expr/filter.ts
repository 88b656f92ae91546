import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel } from '../../storage/column/vector.js';
import { Compiler, lazyForm } from './compiler.js';
import { type ExprContext, Frame } from './frame.js';
import type { Node } from './node.js';
import { comparableTypes, comparisonOperator, filterVectors, isComparable, negatedOperator } from './numeric-kernels.js';
import { PerEntryNode } from './per-entry.js';
import type { InputColumn } from './bounds.js';

/** Narrows the selection of morsels. */
export interface MorselFilter {
  /** The morsel with the selected rows for which the condition is true; null counts as false. The same morsel if all
   * rows pass. The new selection lies in the context's scratch region. */
  run(morsel: Morsel): Morsel;
}

type Step = (frame: Frame) => Frame;

/** Compiles a condition. Conjuncts run in their order, each on the rows that those before it let through, so that none
 * raises for a row that an earlier one drops. Spark: `FilterExec`. */
export function compileFilter(condition: BoundExpr, _inputs: readonly InputColumn[], ctx: ExprContext): MorselFilter {
  const compiler = new Compiler(ctx);
  const steps = conjuncts(condition).map((e) => step(e, compiler));
  return {
    run: (morsel) => {
      let frame = Frame.of(ctx, morsel);
      for (const s of steps) {
        if (frame.count === 0) break;
        frame = s(frame);
      }
      if (frame.count === morsel.selected) return morsel;
      const { selection, count } = frame;
      return { length: morsel.length, columns: morsel.columns, selection, selected: count };
    },
  };
}

function conjuncts(e: BoundExpr): BoundExpr[] {
  if (e.k === 'and') return [...conjuncts(e.left), ...conjuncts(e.right)];
  if (e.k === 'call' && e.fn === 'and') return conjuncts(lazyForm(e) ?? e);
  return [e];
}

function step(e: BoundExpr, compiler: Compiler): Step {
  const node = compiler.node(e);
  if (e.k === 'call') {
    const direct = comparisonStep(e, compiler, false) ?? nullStep(e, compiler);
    if (direct) {
      if (!(node instanceof PerEntryNode)) return direct;
      // Over a dictionary the comparison is known per entry.
      return (frame) => (frame.columns[node.ordinal]!.dictionary ? keepTrue(frame, node) : direct(frame));
    }
  }
  return (frame) => keepTrue(frame, node);
}

function keepTrue(frame: Frame, node: Node): Frame {
  const v = node.flat(frame);
  const out = frame.selectionBuffer();
  return frame.narrow(out, frame.kernels.selectTrue(v.data, v.validity, frame.selection, frame.count, out));
}

function nullStep(e: Extract<BoundExpr, { k: 'call' }>, compiler: Compiler): Step | undefined {
  const [arg] = e.args;
  if (e.fn !== 'isnotnull' || !arg || arg.type.kind === 'null') return undefined;
  const child = compiler.node(arg);
  return (frame) => frame.narrowValid(child.vector(frame).validity);
}

function comparisonStep(e: BoundExpr, compiler: Compiler, negated: boolean): Step | undefined {
  if (e.k !== 'call') return undefined;
  if (e.fn === 'not' && e.args.length === 1) return comparisonStep(e.args[0]!, compiler, !negated);
  let op = comparisonOperator(e.fn);
  const [a, b] = e.args;
  if (op === undefined || !a || !b || a.type.kind === 'boolean' || !isComparable(a.type) || !comparableTypes(a.type, b.type))
    return undefined;
  if (negated) op = negatedOperator(op);
  const left = compiler.node(a);
  const right = compiler.node(b);
  const operator = op;
  return (frame) => {
    const x = left.flat(frame);
    const rows = right.canRaise ? frame.narrowValid(x.validity) : frame;
    const y = right.flat(rows);
    const out = rows.selectionBuffer();
    return rows.narrow(out, filterVectors(rows, operator, x, y, rows.andValidity(x.validity, y.validity), out));
  };
}
