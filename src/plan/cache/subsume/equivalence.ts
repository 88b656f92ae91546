import { type DataType, equalTypes, STRING } from '../../../types/index.js';
import { containsAggregate } from '../../expressions/aggregate.js';
import { AttributeReference, Comparison, type Expression, In, Literal, NullCheck } from '../../expressions/index.js';

/** Columns that equalities among the conjuncts make equal in every row. Of types where equal values may differ otherwise
 * (−0.0 and 0.0; strings under a collation) nothing is taken to be equal. */
export class Equivalence {
  readonly #parent = new Map<number, number>();
  readonly #attributes = new Map<number, AttributeReference>();

  constructor(conjuncts: readonly Expression[]) {
    for (const c of conjuncts) {
      const pair = columnEquality(c);
      if (pair) this.#union(pair[0], pair[1]);
    }
  }

  #find(id: number): number {
    let at = id;
    for (let up = this.#parent.get(at); up !== undefined && up !== at; up = this.#parent.get(at)) at = up;
    return at;
  }
  #union(a: AttributeReference, b: AttributeReference): void {
    this.#attributes.set(a.exprId, a);
    this.#attributes.set(b.exprId, b);
    const x = this.#find(a.exprId);
    const y = this.#find(b.exprId);
    if (x !== y) this.#parent.set(Math.max(x, y), Math.min(x, y));
  }
  same(a: AttributeReference, b: AttributeReference): boolean {
    return this.#find(a.exprId) === this.#find(b.exprId);
  }
  /** The column that stands for all that equal this one. */
  representative(a: AttributeReference): AttributeReference {
    return this.#attributes.get(this.#find(a.exprId)) ?? a;
  }
  /** Equal keys: equal values in every row that passes the conjuncts. */
  key(e: Expression): string {
    return e.transformUp((x) => (x instanceof AttributeReference ? this.representative(x) : x)).canonicalized.key;
  }
}

/** The columns of `a = b`, or undefined. A column that equals itself is only said not to be null. */
export function columnEquality(e: Expression): [AttributeReference, AttributeReference] | undefined {
  if (!(e instanceof Comparison) || e.kind !== 'EqualTo') return undefined;
  const { left, right } = e;
  if (!(left instanceof AttributeReference && right instanceof AttributeReference)) return undefined;
  if (left.exprId === right.exprId || !equalTypes(left.dataType, right.dataType)) return undefined;
  return EXACT.has(left.dataType.kind) ? [left, right] : undefined;
}

/** Values that are equal may differ otherwise: a group has one of them only. */
function hasTwins(type: DataType): boolean {
  if (type.kind === 'array') return hasTwins(type.elementType);
  if (type.kind === 'map') return hasTwins(type.keyType) || hasTwins(type.valueType);
  if (type.kind === 'struct') return type.fields.some((f) => hasTwins(f.dataType));
  if (type.kind === 'string') return !equalTypes(type, STRING);
  return !EXACT.has(type.kind);
}

/** May give other results for equal keys (`cast(-0.0 AS string)`)? Comparisons and null checks cannot. */
export function tellsEqualsApart(e: Expression): boolean {
  if (e instanceof Comparison || e instanceof In || e instanceof NullCheck) return false;
  return e.children.some((c) => !(c instanceof Literal || containsAggregate(c)) && hasTwins(c.dataType));
}

const EXACT: ReadonlySet<string> = new Set([
  'boolean',
  'byte',
  'short',
  'int',
  'long',
  'decimal',
  'date',
  'timestamp',
  'timestamp_ntz',
  'binary',
]);
