import { unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { compileRow } from '../../eval/evaluate.js';
import type { Vector } from '../../storage/column/vector.js';
import { EntryResults } from './entry-results.js';
import type { Frame } from './frame.js';
import { COST, Node } from './node.js';
import { type RowFunction, runRows } from './row-values.js';

/** An expression without a kernel: runs through the scalar definitions, a row at a time, over vectors of what does have one. */
export class RowNode extends Node {
  readonly cost: number;
  #run: RowFunction | undefined;
  #partition = -1;
  #entries: EntryResults | undefined;

  constructor(
    expr: BoundExpr,
    /** The expression with inputs that index `inputs`. */
    readonly body: BoundExpr,
    readonly inputs: readonly Node[],
    readonly canRaise: boolean,
    readonly deterministic: boolean,
  ) {
    super(expr);
    this.cost = COST.row + inputs.reduce((sum, n) => sum + n.cost, 0);
  }

  protected compute(frame: Frame): Vector {
    const vectors = this.inputs.map((n) => n.vector(frame));
    // State such as a random stream belongs to one partition.
    if (this.#run === undefined || this.#partition !== frame.ctx.partitionIndex) {
      this.#partition = frame.ctx.partitionIndex;
      this.#run = compileRow(this.body, { parameters: frame.ctx.parameters, partitionIndex: this.#partition });
      this.#entries = undefined;
    }
    const [only] = vectors;
    if (only?.dictionary && vectors.length === 1 && this.deterministic) {
      this.#entries ??= new EntryResults(this.expr);
      return this.#entries.run(frame, this.#run, only, only.dictionary);
    }
    return runRows(frame, this.#run, vectors, this.expr, this.outlives);
  }
}

/** Rewrites an expression so that the parts that `take` accepts become inputs of their own.
 * @returns the body over inputs 0 … n − 1, and their nodes */
export function splitForRows(
  expr: BoundExpr,
  take: (part: BoundExpr) => Node | undefined,
): { readonly body: BoundExpr; readonly inputs: readonly Node[] } {
  const inputs: Node[] = [];
  const rewrite = (e: BoundExpr, root: boolean): BoundExpr => {
    const node = root ? undefined : take(e);
    if (node) {
      let ordinal = inputs.indexOf(node);
      if (ordinal < 0) ordinal = inputs.push(node) - 1;
      return { k: 'input', ordinal, type: e.type, nullable: true };
    }
    return mapChildren(e, (child) => rewrite(child, false));
  };
  const body = rewrite(expr, expr.k !== 'input');
  return { body, inputs };
}

/** The expression with each direct child replaced. */
export function mapChildren(e: BoundExpr, f: (child: BoundExpr) => BoundExpr): BoundExpr {
  switch (e.k) {
    case 'literal':
    case 'input':
    case 'parameter':
    case 'lambdaVariable':
      return e;
    case 'call':
    case 'coalesce':
      return { ...e, args: e.args.map(f) };
    case 'cast':
      return { ...e, child: f(e.child) };
    case 'and':
    case 'or':
      return { ...e, left: f(e.left), right: f(e.right) };
    case 'case':
      return {
        ...e,
        branches: e.branches.map((b) => ({ when: f(b.when), then: f(b.then) })),
        otherwise: e.otherwise && f(e.otherwise),
      };
    case 'in':
      return { ...e, value: f(e.value), list: e.list.map(f) };
    case 'lambda':
      return { ...e, body: f(e.body) };
    default:
      throw unsupported(`expression ${(e as { k: string }).k}`);
  }
}

/** Direct children in evaluation order. */
export function childrenOf(e: BoundExpr): BoundExpr[] {
  const children: BoundExpr[] = [];
  mapChildren(e, (child) => {
    children.push(child);
    return child;
  });
  return children;
}
