import { decimalForType, decimalFromLiteral, widerDecimalType } from '../../../eval/coercion.js';
import type { EvalMode } from '../../../eval/function.js';
import {
  type DataType,
  Decimal,
  type DecimalType,
  DOUBLE,
  equalTypes,
  isIntegral,
  LONG,
} from '../../../types/index.js';
import type { Arithmetic } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { type And, Comparison, type ComparisonKind, type Or, SWAPPED } from '../../expressions/predicates.js';

type Binary = Arithmetic | Comparison | And | Or;

/** Operators with a decimal side. Spark: `DecimalPrecision`. */
export function decimalPrecision(e: Binary, mode: EvalMode): Expression {
  const { left, right } = e;
  const l = left.dataType;
  const r = right.dataType;
  if (e instanceof Comparison) {
    if (l.kind === 'decimal' && r.kind === 'decimal') {
      if (l.precision === r.precision && l.scale === r.scale) return e;
      const type = widerDecimalType(l, r);
      const to = (x: Expression) => (equalTypes(x.dataType, type) ? x : new Cast(x, type, mode));
      return new Comparison(e.kind, to(left), to(right));
    }
    const folded = integralBesideLiteral(e);
    if (folded) return folded;
  }
  if (l.kind !== 'decimal' && r.kind !== 'decimal') return e;
  const sides = (a: Expression, b: Expression) => e.withNewChildren([a, b]);
  if (left instanceof Literal && isIntegral(l) && r.kind === 'decimal')
    return sides(new Cast(left, literalType(left), mode), right);
  if (right instanceof Literal && isIntegral(r) && l.kind === 'decimal')
    return sides(left, new Cast(right, literalType(right), mode));
  if (isIntegral(l) && r.kind === 'decimal') return sides(new Cast(left, decimalForType(l), mode), right);
  if (l.kind === 'decimal' && isIntegral(r)) return sides(left, new Cast(right, decimalForType(r), mode));
  if (isFloat(l) && r.kind === 'decimal') return sides(left, new Cast(right, DOUBLE, mode));
  if (l.kind === 'decimal' && isFloat(r)) return sides(new Cast(left, DOUBLE, mode), right);
  return e;
}

const isFloat = (t: DataType): boolean => t.kind === 'float' || t.kind === 'double';

function literalType(e: Literal): DecimalType {
  return e.value === null ? decimalForType(e.dataType) : decimalFromLiteral(e.value, e.dataType);
}

/** `int_col > 1.5` is `int_col > 1L`, and so on; beyond bigint the answer is constant. */
function integralBesideLiteral(e: Comparison): Expression | undefined {
  if (e.kind === 'EqualTo' || e.kind === 'EqualNullSafe') return undefined;
  const right = decimalValue(e.right);
  if (right && isIntegral(e.left.dataType)) return besideLiteral(e.kind, e.left, right, false);
  const left = decimalValue(e.left);
  if (left && isIntegral(e.right.dataType)) return besideLiteral(SWAPPED[e.kind], e.right, left, true);
  return undefined;
}
function decimalValue(e: Expression): Decimal | undefined {
  return e instanceof Literal && e.value instanceof Decimal ? e.value : undefined;
}

function besideLiteral(kind: ComparisonKind, column: Expression, value: Decimal, swapped: boolean): Expression {
  const greater = kind === 'GreaterThan' || kind === 'GreaterThanOrEqual';
  const floor = floorOf(value);
  const ceil = value.unscaled === floor * 10n ** BigInt(value.scale) ? floor : floor + 1n;
  if (beyond(value, -(2n ** 63n), 'below')) return greater ? Literal.TRUE : Literal.FALSE;
  if (beyond(value, 2n ** 63n - 1n, 'above')) return greater ? Literal.FALSE : Literal.TRUE;
  const bound = new Literal(kind === 'GreaterThan' || kind === 'LessThanOrEqual' ? floor : ceil, LONG);
  return swapped ? new Comparison(SWAPPED[kind], bound, column) : new Comparison(kind, column, bound);
}
function floorOf(d: Decimal): bigint {
  const unit = 10n ** BigInt(d.scale);
  const q = d.unscaled / unit;
  return d.unscaled < 0n && q * unit !== d.unscaled ? q - 1n : q;
}
function beyond(d: Decimal, limit: bigint, side: 'below' | 'above'): boolean {
  const scaled = limit * 10n ** BigInt(d.scale);
  return side === 'below' ? d.unscaled < scaled : d.unscaled > scaled;
}
