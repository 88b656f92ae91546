import { compareValues } from '../../../eval/compare.js';
import type { DataType, Value } from '../../../types/index.js';
import {
  Comparison,
  type ComparisonKind,
  type Expression,
  In,
  Literal,
  NullCheck,
  SWAPPED,
  splitDisjuncts,
} from '../../expressions/index.js';

/** `key` compared with a constant. */
interface Test {
  readonly key: string;
  readonly op: ComparisonKind;
  readonly value: Value;
  readonly type: DataType;
}

/** What follows from a set of conjuncts, all of them true. Errs on the side of "nothing". */
export class Implication {
  readonly #keys: ReadonlySet<string>;
  readonly #tests: readonly Test[];
  readonly #lists: readonly In[];

  /** @param key equal for expressions of equal values */
  constructor(
    readonly conjuncts: readonly Expression[],
    readonly key: (e: Expression) => string,
  ) {
    this.#keys = new Set(conjuncts.map(key));
    this.#tests = conjuncts.flatMap((c) => this.#test(c) ?? []);
    this.#lists = conjuncts.filter((c): c is In => c instanceof In && c.list.every((x) => x instanceof Literal));
  }

  implies(e: Expression): boolean {
    if (this.#keys.has(this.key(e)) || (e instanceof Literal && e.value === true)) return true;
    const disjuncts = splitDisjuncts(e);
    if (disjuncts.length > 1) return disjuncts.some((d) => this.implies(d));
    if (e instanceof NullCheck && e.kind === 'IsNotNull') return this.#notNull(e.child);
    const test = this.#test(e);
    if (test) return this.#inside(test.key, (has) => holdsFor(test, has), test);
    if (e instanceof In && e.list.every((x) => x instanceof Literal)) {
      const values = e.list as readonly Literal[];
      return this.#inside(this.key(e.value), (has) => {
        return has.op === 'EqualTo' && values.some((v) => v.value !== null && equal(v.value, has.value, has.type));
      });
    }
    return false;
  }

  /** Does every value that `key` may have pass? Values are known by equality or list; else by one comparison. */
  #inside(key: string, passes: (known: Test) => boolean, range?: Test): boolean {
    if (this.#tests.some((t) => t.key === key && passes(t))) return true;
    return this.#lists.some((l) => {
      if (this.key(l.value) !== key) return false;
      // A null in the list makes no row pass.
      return l.list.every((x) => {
        const { value } = x as Literal;
        const known: Test = { key, op: 'EqualTo', value, type: range?.type ?? l.value.dataType };
        return value === null || passes(known);
      });
    });
  }

  #notNull(e: Expression): boolean {
    if (!e.nullable) return true;
    const key = this.key(e);
    const reaches = (x: Expression): boolean =>
      this.key(x) === key || (x.nullIntolerant && x.children.some((c) => reaches(c)));
    return this.conjuncts.some((c) => {
      if (c instanceof In) return reaches(c.value);
      if (c instanceof NullCheck) return c.kind === 'IsNotNull' && reaches(c.child);
      return c.nullIntolerant && reaches(c);
    });
  }

  #test(e: Expression): Test | undefined {
    if (!(e instanceof Comparison) || e.kind === 'EqualNullSafe') return undefined;
    const { left, right } = e;
    if (right instanceof Literal && right.value !== null)
      return { key: this.key(left), op: e.kind, value: right.value, type: right.dataType };
    if (left instanceof Literal && left.value !== null)
      return { key: this.key(right), op: SWAPPED[e.kind], value: left.value, type: left.dataType };
    return undefined;
  }
}

function equal(a: Value, b: Value, type: DataType): boolean {
  return compareValues(a, b, type) === 0;
}

/** Does `x known.op known.value` make `x wanted.op wanted.value` true for every x? */
function holdsFor(wanted: Test, known: Test): boolean {
  const order = compareValues(known.value, wanted.value, wanted.type);
  const upper = known.op === 'LessThan' || known.op === 'LessThanOrEqual';
  const lower = known.op === 'GreaterThan' || known.op === 'GreaterThanOrEqual';
  const exact = known.op === 'EqualTo';
  switch (wanted.op) {
    case 'EqualTo':
      return exact && order === 0;
    case 'LessThan':
      return (exact && order < 0) || (upper && (order < 0 || (order === 0 && known.op === 'LessThan')));
    case 'LessThanOrEqual':
      return (exact || upper) && order <= 0;
    case 'GreaterThan':
      return (exact && order > 0) || (lower && (order > 0 || (order === 0 && known.op === 'GreaterThan')));
    case 'GreaterThanOrEqual':
      return (exact || lower) && order >= 0;
    default:
      return false;
  }
}
