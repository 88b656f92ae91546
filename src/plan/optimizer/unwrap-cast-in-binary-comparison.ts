import type { DataType, Value } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { And, Comparison, type ComparisonKind, In, NullCheck, Or, SWAPPED } from '../expressions/predicates.js';
import { upRule } from './tree-rules.js';

/** cast(column) compared with a constant → column compared with a constant of its own type, so that the comparison can reach the
 * scan. Only for integral columns, whose widening casts are exact. Spark: `UnwrapCastInBinaryComparison`. */
export const UnwrapCastInBinaryComparison = upRule('UnwrapCastInBinaryComparison', (p) =>
  p.transformExpressionsUp(unwrap),
);

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  byte: [-128n, 127n],
  short: [-32768n, 32767n],
  int: [-2147483648n, 2147483647n],
  long: [-9223372036854775808n, 9223372036854775807n],
};
const WIDTH = ['byte', 'short', 'int', 'long'];

function unwrap(e: Expression): Expression {
  if (e instanceof Comparison) {
    if (e.right instanceof Cast && e.left instanceof Literal) return compare(SWAPPED[e.kind], e.right, e.left) ?? e;
    if (e.left instanceof Cast && e.right instanceof Literal) return compare(e.kind, e.left, e.right) ?? e;
    return e;
  }
  if (e instanceof In && e.value instanceof Cast && e.list.every((x) => x instanceof Literal))
    return unwrapIn(e, e.value);
  return e;
}

/** The cast column, if its cast is exact. */
function exact(c: Cast): string | undefined {
  const from = c.child.dataType.kind;
  const to = c.dataType.kind;
  const [a, b] = [WIDTH.indexOf(from), WIDTH.indexOf(to)];
  if (a === -1 || c.child.foldable) return undefined;
  if (b > a) return from;
  if (
    to === 'decimal' &&
    c.dataType.kind === 'decimal' &&
    c.dataType.precision - c.dataType.scale >= ([3, 5, 10, 20][a] as number)
  )
    return from;
  // Doubles hold integers up to 2^53 exactly.
  return to === 'double' && from !== 'long' ? from : undefined;
}

function compare(kind: ComparisonKind, cast: Cast, literal: Literal): Expression | undefined {
  const from = exact(cast);
  if (from === undefined || literal.value === null) return undefined;
  const whole = asWhole(literal.value);
  if (whole === undefined) return undefined;
  const column = cast.child;
  const [min, max] = RANGES[from] as readonly [bigint, bigint];
  const { value, remainder } = whole;
  if (value > max || (value === max && remainder > 0)) return beyond(kind, column, true);
  if (value < min || (value === min && remainder < 0)) return beyond(kind, column, false);
  if (remainder === 0) return new Comparison(kind, column, of(value, column.dataType));
  // Between two whole numbers: `value` is the lower one.
  switch (kind) {
    case 'EqualTo':
      return falseIfNotNull(column);
    case 'EqualNullSafe':
      return Literal.FALSE;
    case 'GreaterThan':
    case 'GreaterThanOrEqual':
      return new Comparison('GreaterThan', column, of(value, column.dataType));
    default:
      return new Comparison('LessThanOrEqual', column, of(value, column.dataType));
  }
}

/** A constant as its floor and whether something is left over. */
function asWhole(v: Value): { value: bigint; remainder: number } | undefined {
  if (typeof v === 'bigint') return { value: v, remainder: 0 };
  if (typeof v === 'number') {
    if (!Number.isFinite(v) || Math.abs(v) > 2 ** 53) return undefined;
    const floor = Math.floor(v);
    return { value: BigInt(floor), remainder: v > floor ? 1 : 0 };
  }
  if (typeof v === 'object' && v !== null && 'unscaled' in v && 'scale' in v) {
    const unit = 10n ** BigInt(v.scale);
    let value = v.unscaled / unit;
    if (v.unscaled < 0n && value * unit !== v.unscaled) value -= 1n;
    return { value, remainder: value * unit === v.unscaled ? 0 : 1 };
  }
  return undefined;
}

function of(value: bigint, type: DataType): Literal {
  return new Literal(type.kind === 'long' ? value : Number(value), type);
}

/** The constant lies above (or below) every value of the column. */
function beyond(kind: ComparisonKind, column: Expression, above: boolean): Expression {
  switch (kind) {
    case 'EqualNullSafe':
      return Literal.FALSE;
    case 'EqualTo':
      return falseIfNotNull(column);
    case 'LessThan':
    case 'LessThanOrEqual':
      return above ? trueIfNotNull(column) : falseIfNotNull(column);
    default:
      return above ? falseIfNotNull(column) : trueIfNotNull(column);
  }
}

function falseIfNotNull(e: Expression): Expression {
  return e.nullable ? new And(new NullCheck('IsNull', e), Literal.nullOf(Literal.TRUE.dataType)) : Literal.FALSE;
}
function trueIfNotNull(e: Expression): Expression {
  return e.nullable ? new Or(new NullCheck('IsNotNull', e), Literal.nullOf(Literal.TRUE.dataType)) : Literal.TRUE;
}

function unwrapIn(e: In, cast: Cast): Expression {
  const from = exact(cast);
  if (from === undefined) return e;
  const [min, max] = RANGES[from] as readonly [bigint, bigint];
  const kept: Literal[] = [];
  for (const x of e.list as readonly Literal[]) {
    if (x.value === null) {
      kept.push(Literal.nullOf(cast.child.dataType));
      continue;
    }
    const whole = asWhole(x.value);
    if (!whole) return e;
    if (whole.remainder === 0 && whole.value >= min && whole.value <= max)
      kept.push(of(whole.value, cast.child.dataType));
  }
  return kept.length === 0 ? falseIfNotNull(cast.child) : new In(cast.child, kept);
}
