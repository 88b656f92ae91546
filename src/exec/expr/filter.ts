import type { BoundExpr } from '../../eval/bound.js';
import type { Morsel } from '../../storage/column/vector.js';
import type { InputColumn } from './compile.js';
import { Compiler, lazyForm } from './compiler.js';
import { type ExprContext, Frame } from './frame.js';
import type { Node } from './node.js';
import {
  comparableTypes,
  comparisonOperator,
  filterVectors,
  isComparable,
  negatedOperator,
} from './numeric-kernels.js';
import { PerEntryNode } from './per-entry.js';
import { meetRanges, type RangeTest, rangeTest } from './range-step.js';

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
  const steps = planSteps(conjuncts(condition), compiler);
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

/** The conditions that all must be true, in their order. */
export function conjuncts(e: BoundExpr): BoundExpr[] {
  if (e.k === 'and') return [...conjuncts(e.left), ...conjuncts(e.right)];
  if (e.k === 'call' && e.fn === 'and') return conjuncts(lazyForm(e) ?? e);
  return [e];
}

/** Neighbouring comparisons of one expression with literals become one range test. */
function planSteps(conditions: readonly BoundExpr[], compiler: Compiler): Step[] {
  const steps: Step[] = [];
  for (let i = 0; i < conditions.length; ) {
    let range = rangeTest(conditions[i]!);
    if (!range) {
      steps.push(step(conditions[i++]!, compiler));
      continue;
    }
    const first = i++;
    const child = compiler.node(range.child);
    for (; i < conditions.length; i++) {
      const next = rangeTest(conditions[i]!);
      if (!next || compiler.node(next.child) !== child) break;
      range = meetRanges(range, next);
    }
    const plain = conditions.slice(first, i).map((e) => step(e, compiler));
    steps.push(rangeStep(child, range, plain));
  }
  return steps;
}

/** `plain` are the same tests one by one, for values that lie as int128. */
function rangeStep(child: Node, range: RangeTest, plain: readonly Step[]): Step {
  const { min, max } = range;
  const min32 = min < -0x8000_0000n ? -0x8000_0000 : Number(min);
  const max32 = max > 0x7fff_ffffn ? 0x7fff_ffff : Number(max);
  return (frame) => {
    const { kernels: k, selection, count } = frame;
    const v = child.flat(frame);
    if (v.rep !== 'i32' && v.rep !== 'i64') return plain.reduce((f, s) => (f.count === 0 ? f : s(f)), frame);
    if (min > max || (v.rep === 'i32' && (min > 0x7fff_ffffn || max < -0x8000_0000n)))
      return frame.narrow(frame.selectionBuffer(), 0);
    const out = frame.selectionBuffer();
    const n =
      v.rep === 'i64'
        ? k.filterRangeI64(v.data, min, max, v.validity, selection, count, out)
        : k.filterRangeI32(v.data, min32, max32, v.validity, selection, count, out);
    return frame.narrow(out, n);
  };
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
  if (
    op === undefined ||
    !a ||
    !b ||
    a.type.kind === 'boolean' ||
    !isComparable(a.type) ||
    !comparableTypes(a.type, b.type)
  )
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
