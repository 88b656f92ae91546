import { unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { rescale } from '../../eval/decimal.js';
import { defaultRep } from '../../storage/column/vector.js';
import { BOOLEAN, Decimal, DecimalType } from '../../types/index.js';
import { castKernel } from './cast-kernels.js';
import { CaseNode, CoalesceNode } from './conditional.js';
import { dateKernel } from './date-kernels.js';
import { RowNode, splitForRows } from './fallback.js';
import type { ExprContext } from './frame.js';
import { HashNode, isHashable } from './hash-columns.js';
import { ExpressionIds, inputsOf, isDeterministic, readsLambda } from './identity.js';
import { InListNode, isListLookup } from './in-list.js';
import { ConstantNode, InputNode } from './leaf.js';
import { ConnectiveNode, IsNanNode, NullSafeEqualNode, NullTestNode } from './logic.js';
import { mathKernel } from './math-kernels.js';
import { nestedKernel } from './nested-kernels.js';
import { neverRaises } from './never-raises.js';
import type { Node } from './node.js';
import { notKernel } from './not-kernel.js';
import {
  arithmeticKernel,
  comparableTypes,
  compareVectors,
  comparisonKernel,
  comparisonOperator,
  isComparable,
  unaryKernel,
} from './numeric-kernels.js';
import { PerEntryNode } from './per-entry.js';
import { type StrictKernel, StrictNode } from './strict.js';
import { stringKernel } from './string-kernels.js';

type Call = Extract<BoundExpr, { k: 'call' }>;

/** Turns bound expressions into nodes, one for each distinct expression. */
export class Compiler {
  readonly #ids = new ExpressionIds();
  readonly #nodes = new Map<number, Node>();

  constructor(readonly ctx: ExprContext) {}

  node(expr: BoundExpr): Node {
    const id = this.#ids.idOf(expr);
    let node = this.#nodes.get(id);
    if (!node) {
      node = this.#perEntry(this.#build(expr), expr);
      this.#nodes.set(id, node);
    }
    return node;
  }

  /** Functions of one text column run once per dictionary entry. */
  #perEntry(node: Node, expr: BoundExpr): Node {
    if (node instanceof InputNode || node instanceof ConstantNode || node instanceof RowNode || node.canRaise)
      return node;
    const inputs = inputsOf(expr);
    if (inputs.size !== 1 || !isDeterministic(expr)) return node;
    const input = findInput(expr);
    if (!input || defaultRep(input.type) !== 'view') return node;
    // Where the work is a null test, codes would only be in the way.
    if (node instanceof NullTestNode && node.child instanceof InputNode) return node;
    return new PerEntryNode(node, input.ordinal);
  }

  #build(expr: BoundExpr): Node {
    switch (expr.k) {
      case 'literal':
      case 'parameter':
        return new ConstantNode(expr, this.ctx);
      case 'input':
        return new InputNode(expr);
      case 'and':
      case 'or':
        return new ConnectiveNode(expr, this.node(expr.left), this.node(expr.right));
      case 'case':
        return new CaseNode(
          expr,
          expr.branches.map((b) => ({ when: this.node(b.when), then: this.node(b.then) })),
          expr.otherwise && this.node(expr.otherwise),
        );
      case 'coalesce':
        return new CoalesceNode(
          expr,
          expr.args.map((a) => this.node(a)),
        );
      case 'in':
        return isListLookup(expr) ? new InListNode(expr, this.node(expr.value)) : this.#rows(expr);
      case 'cast': {
        const kernel = castKernel(expr);
        return kernel ? this.#strict(expr, [expr.child], kernel) : this.#rows(expr);
      }
      case 'call':
        return this.#call(expr);
      default:
        throw unsupported(`${expr.k} outside a function call`);
    }
  }

  #call(call: Call): Node {
    const lazy = lazyForm(call);
    if (lazy) return this.node(lazy);
    const [a, b] = call.args;
    if (a && call.args.length === 1) {
      if (call.fn === 'isnull' || call.fn === 'isnotnull')
        return new NullTestNode(call, this.node(a), call.fn === 'isnull');
      if (call.fn === 'isnan' && (a.type.kind === 'double' || a.type.kind === 'float'))
        return new IsNanNode(call, this.node(a));
    }
    if (a && b && call.fn === '<=>' && isComparable(a.type) && comparableTypes(a.type, b.type))
      return new NullSafeEqualNode(call, this.node(a), this.node(b), (f, x, y, validity) =>
        compareVectors(f, 2, x, y, validity),
      );
    if (call.fn === 'hash' && call.args.every((x) => isHashable(x.type)))
      return new HashNode(
        call,
        call.args.map((x) => this.node(x)),
      );
    const leveled = levelLiterals(call);
    const kernel = kernelOf(leveled);
    return kernel ? this.#strict(leveled, leveled.args, kernel) : this.#rows(call);
  }

  #strict(expr: Extract<BoundExpr, { k: 'call' | 'cast' }>, args: readonly BoundExpr[], kernel: StrictKernel): Node {
    return new StrictNode(
      expr,
      args.map((a) => this.node(a)),
      kernel,
    );
  }

  /** What has no kernel runs by rows, over what has one and cannot raise (that may be computed for all rows). */
  #rows(expr: BoundExpr): Node {
    const { body, inputs } = splitForRows(expr, (part) => {
      if (part.k === 'input') return this.node(part);
      if (part.k === 'literal' || part.k === 'parameter' || readsLambda(part)) return undefined;
      const node = this.node(part);
      return node instanceof RowNode || node.canRaise ? undefined : node;
    });
    return new RowNode(expr, body, inputs, !neverRaises(expr), isDeterministic(expr));
  }
}

function findInput(e: BoundExpr): Extract<BoundExpr, { k: 'input' }> | undefined {
  let found: Extract<BoundExpr, { k: 'input' }> | undefined;
  splitForRows({ k: 'coalesce', args: [e], type: e.type }, (part) => {
    if (part.k === 'input') found = part;
    return undefined;
  });
  return found;
}

function kernelOf(call: Call): StrictKernel | undefined {
  const op = comparisonOperator(call.fn);
  if (op !== undefined) return comparisonKernel(call, op);
  switch (call.fn) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case 'mod':
    case 'div':
      return call.args.length === 1 ? undefined : arithmeticKernel(call.fn === 'mod' ? { ...call, fn: '%' } : call);
    case 'negative':
    case 'abs':
      return unaryKernel(call);
    case 'not':
      return notKernel(call);
    default:
      return dateKernel(call) ?? stringKernel(call) ?? nestedKernel(call) ?? mathKernel(call);
  }
}

/** Gives a decimal literal in a sum the scale of the other side: the kernel then adds without rescaling. */
function levelLiterals(call: Call): Call {
  const [a, b] = call.args;
  if ((call.fn !== '+' && call.fn !== '-') || !a || !b || a.type.kind !== 'decimal' || b.type.kind !== 'decimal')
    return call;
  return { ...call, args: [atScale(a, b.type.scale), atScale(b, a.type.scale)] };
}
function atScale(e: BoundExpr, scale: number): BoundExpr {
  if (e.k !== 'literal' || e.type.kind !== 'decimal' || !(e.value instanceof Decimal)) return e;
  const up = scale - e.type.scale;
  if (up <= 0 || e.type.precision + up > 18) return e;
  return { ...e, value: rescale(e.value, scale), type: new DecimalType(e.type.precision + up, scale) };
}

/** Calls that evaluate their arguments lazily, in the form that says so. */
export function lazyForm(call: Call): BoundExpr | undefined {
  const { args, type } = call;
  switch (call.fn) {
    case 'and':
    case 'or':
      return args.length === 2 ? { k: call.fn, left: args[0]!, right: args[1]!, type } : undefined;
    case 'if':
      return args.length === 3
        ? { k: 'case', branches: [{ when: args[0]!, then: args[1]! }], otherwise: args[2], type }
        : undefined;
    case 'when': {
      const branches: { when: BoundExpr; then: BoundExpr }[] = [];
      let i = 0;
      for (; i + 1 < args.length; i += 2) branches.push({ when: args[i]!, then: args[i + 1]! });
      return { k: 'case', branches, otherwise: args[i], type };
    }
    case 'coalesce':
    case 'nvl':
    case 'ifnull':
      return { k: 'coalesce', args, type };
    case 'nvl2': {
      const [test, then, otherwise] = args;
      if (!test || !then || !otherwise) return undefined;
      const when: BoundExpr = { ...call, fn: 'isnotnull', args: [test], type: BOOLEAN };
      return { k: 'case', branches: [{ when, then }], otherwise, type };
    }
    case 'nanvl': {
      const [value, otherwise] = args;
      if (!value || !otherwise) return undefined;
      const when: BoundExpr = { ...call, fn: 'isnan', args: [value], type: BOOLEAN };
      return { k: 'case', branches: [{ when, then: otherwise }], otherwise: value, type };
    }
    case 'in': {
      const [value, ...list] = args;
      return value ? { k: 'in', value, list, type } : undefined;
    }
    default:
      return undefined;
  }
}
