import type { BoundExpr } from '../../eval/bound.js';
import { slotWriter } from '../../storage/column/build.js';
import { REP_BYTES, type Vector } from '../../storage/column/vector.js';
import { ViewHeap } from '../../storage/column/view-heap.js';
import type { DataType, Decimal, Value } from '../../types/index.js';
import type { Frame } from './frame.js';
import { COST, Node } from './node.js';

type In = Extract<BoundExpr, { k: 'in' }>;
type ListRep = 'i32' | 'i64' | 'view';

function listRep(type: DataType): ListRep | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return 'i32';
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return 'i64';
    case 'decimal':
      return type.precision <= 18 ? 'i64' : undefined;
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return 'view';
    default:
      return undefined;
  }
}

/** Can this IN run as a look-up in a fixed list? */
export function isListLookup(expr: In): boolean {
  return listRep(expr.value.type) !== undefined && expr.list.length > 0 && expr.list.every((e) => e.k === 'literal');
}

/** `value IN (literals)`: null where the value is null, or where it is not found and the list has a null. */
export class InListNode extends Node {
  readonly canRaise: boolean;
  readonly cost: number;
  readonly #rep: ListRep;
  readonly #values: readonly Value[];
  readonly #hasNull: boolean;
  #list = 0;
  #table = 0;
  #slots = 0;

  constructor(
    expr: In,
    readonly value: Node,
  ) {
    super(expr);
    this.canRaise = value.canRaise;
    this.#rep = listRep(expr.value.type)!;
    this.cost = value.cost + (this.#rep === 'view' ? COST.text : COST.cheap * 2);
    const values = expr.list.map((e) => (e.k === 'literal' ? e.value : null));
    this.#hasNull = values.includes(null);
    this.#values = values.filter((v) => v !== null).sort(ascending);
  }

  protected compute(frame: Frame): Vector {
    const { kernels: k, selection, count, length } = frame;
    let v = this.value.flat(frame);
    if (v.rep === 'i128') {
      const narrow = frame.rows(8);
      k.narrow128(v.data, narrow, v.validity, selection, count);
      v = { ...v, rep: 'i64', data: narrow };
    }
    if (this.#list === 0) this.#place(frame);
    const data = frame.rows(1);
    const n = this.#values.length;
    if (this.#rep === 'i32') k.inI32(v.data, this.#list, n, data, selection, count);
    else if (this.#rep === 'i64') k.inI64(v.data, this.#list, n, data, selection, count);
    else k.inViewSet(v.data, this.#list, this.#table, this.#slots, v.validity, data, selection, count);
    let { validity } = v;
    if (this.#hasNull) {
      const bits = frame.bitmap();
      k.boolsToBits(data, bits, length);
      validity = frame.andValidity(validity, bits);
    }
    return { type: this.type, rep: 'bool', data, validity };
  }

  #place(frame: Frame): void {
    const { arena, keep } = frame.ctx;
    const n = this.#values.length;
    const width = REP_BYTES[this.#rep];
    this.#list = keep.alloc(Math.max(1, n) * width);
    const write = slotWriter(arena, this.value.type, this.#rep, new ViewHeap(keep));
    this.#values.forEach((v, i) => {
      write(this.#list + i * width, v);
    });
    if (this.#rep !== 'view') return;
    this.#slots = 2 ** Math.ceil(Math.log2(n * 2 + 2));
    this.#table = keep.allocZeroed(this.#slots * 4);
    frame.kernels.buildViewSet(this.#list, n, this.#table, this.#slots);
  }
}

function ascending(a: Value, b: Value): number {
  const x = key(a);
  const y = key(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
function key(v: Value): number | bigint | string {
  if (typeof v === 'object') return 'unscaled' in (v as object) ? (v as Decimal).unscaled : 0;
  return v as number | bigint | string;
}
