import type { BoundExpr } from '../../eval/bound.js';
import { Decimal } from '../../types/index.js';
import { comparableTypes, comparisonOperator } from './numeric-kernels.js';

/** `child` lies in min … max, both inclusive; the values are integers as the vector holds them (unscaled for decimals). */
export interface RangeTest {
  readonly child: BoundExpr;
  readonly min: bigint;
  readonly max: bigint;
}

const INT64_MIN = -9_223_372_036_854_775_808n;
const INT64_MAX = 9_223_372_036_854_775_807n;
/** The operator with its sides exchanged: `<`, `<=`, `=`, `>=`, `>`. */
const MIRRORED = [4, 3, 2, 1, 0];

/** A comparison of an integer-like expression with a literal as a range, or undefined. */
export function rangeTest(e: BoundExpr): RangeTest | undefined {
  if (e.k !== 'call' || e.args.length !== 2) return undefined;
  let op = comparisonOperator(e.fn);
  const [a, b] = e.args as [BoundExpr, BoundExpr];
  if (op === undefined || op > 4 || !comparableTypes(a.type, b.type)) return undefined;
  let child = a;
  let value = literalInteger(b);
  if (value === undefined) {
    value = literalInteger(a);
    child = b;
    op = MIRRORED[op]!;
  }
  if (value === undefined || child.k === 'literal') return undefined;
  switch (op) {
    case 0:
      return { child, min: INT64_MIN, max: value - 1n };
    case 1:
      return { child, min: INT64_MIN, max: value };
    case 2:
      return { child, min: value, max: value };
    case 3:
      return { child, min: value, max: INT64_MAX };
    default:
      return { child, min: value + 1n, max: INT64_MAX };
  }
}

function literalInteger(e: BoundExpr): bigint | undefined {
  if (e.k !== 'literal' || e.value === null) return undefined;
  const v = e.value;
  const n =
    typeof v === 'bigint'
      ? v
      : v instanceof Decimal
        ? v.unscaled
        : typeof v === 'number' && isInteger(e)
          ? BigInt(v)
          : undefined;
  // One less than the ends, so that ±1 stays inside.
  return n !== undefined && n > INT64_MIN && n < INT64_MAX ? n : undefined;
}

function isInteger(e: BoundExpr): boolean {
  switch (e.type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return true;
    default:
      return false;
  }
}

/** Both tests at once. */
export function meetRanges(a: RangeTest, b: RangeTest): RangeTest {
  const larger = a.min > b.min;
  const smaller = a.max < b.max;
  return { child: a.child, min: larger ? a.min : b.min, max: smaller ? a.max : b.max };
}
