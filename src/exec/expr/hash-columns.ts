import { unsupported } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import { defaultRep, type Vector } from '../../storage/column/vector.js';
import { type DataType, isNested } from '../../types/index.js';
import type { Frame } from './frame.js';
import { COST, Node } from './node.js';

const SEED = 42;

/** Is there a kernel for Spark's hash of the type? */
export function isHashable(type: DataType): boolean {
  return !isNested(type) && type.kind !== 'interval';
}

/** Spark's Murmur3 hash over columns without dictionaries, seed 42: what `hash(…)` gives and hash partitioning uses.
 * @returns address of one int32 per row, at the selected rows' own positions */
export function murmurColumns(frame: Frame, columns: readonly Vector[]): number {
  const { kernels: k, selection, count } = frame;
  const out = frame.rows(4);
  frame.ctx.arena.i32.fill(SEED, out >>> 2, (out >>> 2) + frame.length);
  for (const { type, rep, data, validity } of columns) {
    if (type.kind === 'null') continue;
    if (type.kind === 'decimal' && type.precision > 18) {
      k.murmurDecimal(data, rep === 'i128' ? 1 : 0, validity, selection, count, out);
      continue;
    }
    switch (rep) {
      case 'bool':
        k.murmurBool(data, validity, selection, count, out);
        break;
      case 'i32':
        k.murmurI32(data, validity, selection, count, out);
        break;
      case 'i64':
        k.murmurI64(data, validity, selection, count, out);
        break;
      case 'f32':
        k.murmurF32(data, validity, selection, count, out);
        break;
      case 'f64':
        k.murmurF64(data, validity, selection, count, out);
        break;
      case 'view':
        k.murmurView(data, validity, selection, count, out);
        break;
      default:
        throw unsupported(`hash of ${type.simpleString}`);
    }
  }
  return out;
}

/** The function `hash`, never null. */
export class HashNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;

  constructor(
    expr: BoundExpr,
    readonly args: readonly Node[],
  ) {
    super(expr);
    this.canRaise = args.some((a) => a.canRaise);
    this.cost = args.reduce<number>((sum, a) => sum + a.cost, COST.text);
  }

  protected compute(frame: Frame): Vector {
    const data = murmurColumns(
      frame,
      this.args.map((a) => a.flat(frame)),
    );
    return { type: this.type, rep: defaultRep(this.type), data, validity: 0 };
  }
}
