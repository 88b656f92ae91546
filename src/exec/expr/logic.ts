import type { BoundExpr } from '../../eval/bound.js';
import type { Vector } from '../../storage/column/vector.js';
import type { Frame } from './frame.js';
import { COST, Node } from './node.js';

type Connective = Extract<BoundExpr, { k: 'and' | 'or' }>;

/** Three-valued AND and OR. The right side sees only rows that the left one leaves open, where it could raise or costs much. */
export class ConnectiveNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;
  readonly #narrow: boolean;

  constructor(
    readonly connective: Connective,
    readonly left: Node,
    readonly right: Node,
  ) {
    super(connective);
    this.canRaise = left.canRaise || right.canRaise;
    this.cost = left.cost + right.cost + COST.cheap;
    this.#narrow = right.canRaise || right.cost >= COST.text;
  }

  protected compute(frame: Frame): Vector {
    const { kernels, length } = frame;
    const a = this.left.flat(frame);
    let rows = frame;
    if (this.#narrow) {
      const open = frame.selectionBuffer();
      // AND: true or null; OR: false or null.
      const mask = this.connective.k === 'and' ? 0b110 : 0b101;
      const n = kernels.selectTernary(a.data, a.validity, frame.selection, frame.count, open, mask);
      if (n === 0) return a;
      rows = frame.narrow(open, n);
    }
    const b = this.right.flat(rows);
    const data = frame.rows(1);
    const validity = a.validity === 0 && b.validity === 0 ? 0 : frame.bitmap();
    if (this.connective.k === 'and') kernels.andBools(a.data, a.validity, b.data, b.validity, data, validity, length);
    else kernels.orBools(a.data, a.validity, b.data, b.validity, data, validity, length);
    return { type: this.type, rep: 'bool', data, validity };
  }
}

/** IS NULL and IS NOT NULL. */
export class NullTestNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly child: Node,
    readonly isNull: boolean,
  ) {
    super(expr);
    this.canRaise = child.canRaise;
    this.cost = child.cost + COST.cheap;
  }

  protected compute(frame: Frame): Vector {
    const { validity, type } = this.child.vector(frame);
    const data = frame.rows(1);
    const none = type.kind === 'null' ? 1 : 0;
    if (none) frame.ctx.arena.u8.fill(this.isNull ? 1 : 0, data, data + frame.length);
    else frame.kernels.bitsToBools(validity, data, frame.length, this.isNull ? 1 : 0);
    return { type: this.type, rep: 'bool', data, validity: 0 };
  }
}

/** `<=>`, never null. */
export class NullSafeEqualNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly left: Node,
    readonly right: Node,
    readonly equal: (frame: Frame, a: Vector, b: Vector, validity: number) => number,
  ) {
    super(expr);
    this.canRaise = left.canRaise || right.canRaise;
    this.cost = left.cost + right.cost + COST.cheap;
  }

  protected compute(frame: Frame): Vector {
    const a = this.left.flat(frame);
    const b = this.right.flat(frame);
    const equal = this.equal(frame, a, b, frame.andValidity(a.validity, b.validity));
    const data = frame.rows(1);
    frame.kernels.nullSafeEqual(equal, a.validity, b.validity, data, frame.length);
    return { type: this.type, rep: 'bool', data, validity: 0 };
  }
}

/** Whether a double or float is NaN; false for null. */
export class IsNanNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly child: Node,
  ) {
    super(expr);
    this.canRaise = child.canRaise;
    this.cost = child.cost + COST.cheap;
  }

  protected compute(frame: Frame): Vector {
    const { kernels, selection, count, length } = frame;
    const v = this.child.flat(frame);
    const data = frame.rows(1);
    if (v.rep === 'f32') kernels.isNanF32(v.data, data, selection, count);
    else kernels.isNanF64(v.data, data, selection, count);
    if (v.validity !== 0) {
      const bools = frame.rows(1);
      kernels.bitsToBools(v.validity, bools, length, 0);
      kernels.andBools(data, 0, bools, 0, data, 0, length);
    }
    return { type: this.type, rep: 'bool', data, validity: 0 };
  }
}
