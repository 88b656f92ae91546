import type { BoundExpr } from '../../eval/bound.js';
import { divideHalfUp, pow10 } from '../../eval/decimal.js';
import type { Rep } from '../../storage/column/vector.js';
import { type DataType, Decimal } from '../../types/index.js';
import { maxUnscaled } from './decimal-kernels.js';

/** What is known of an input column before it is read. */
export interface InputColumn {
  readonly type: DataType;
  /** How it lies in memory where that is known; vectors of another rep of the type are accepted all the same. */
  readonly rep?: Rep | undefined;
  /** Smallest and largest value of integers and (unscaled) decimals, from statistics. */
  readonly min?: bigint | undefined;
  readonly max?: bigint | undefined;
}

interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

const INTEGERS: Readonly<Record<string, Range>> = {
  byte: { min: -128n, max: 127n },
  short: { min: -32_768n, max: 32_767n },
  int: { min: -2_147_483_648n, max: 2_147_483_647n },
  long: { min: -9_223_372_036_854_775_808n, max: 9_223_372_036_854_775_807n },
};

function ofType(type: DataType): Range | undefined {
  if (type.kind === 'decimal') {
    const max = maxUnscaled(type.precision);
    return { min: -max, max };
  }
  return INTEGERS[type.kind];
}

function around(values: readonly bigint[]): Range {
  let min = values[0]!;
  let max = min;
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, max };
}

function union(ranges: readonly (Range | undefined)[]): Range | undefined {
  const known: Range[] = [];
  for (const r of ranges) {
    if (!r) return undefined;
    known.push(r);
  }
  return known.length === 0 ? undefined : around(known.flatMap((r) => [r.min, r.max]));
}

function meet(a: Range, b: Range): Range {
  return { min: a.min > b.min ? a.min : b.min, max: a.max < b.max ? a.max : b.max };
}

function rescale(r: Range, from: number, to: number): Range {
  if (to >= from) return { min: r.min * pow10(to - from), max: r.max * pow10(to - from) };
  return { min: divideHalfUp(r.min, pow10(from - to)), max: divideHalfUp(r.max, pow10(from - to)) };
}

const scaleOf = (t: DataType): number => (t.kind === 'decimal' ? t.scale : 0);

/** The range of an integer or decimal (unscaled) expression's valid values, or undefined for other types. */
export function rangeOf(e: BoundExpr, inputs: readonly InputColumn[]): Range | undefined {
  const whole = ofType(e.type);
  if (!whole) return undefined;
  const computed = compute(e, inputs);
  return computed ? meet(computed, whole) : whole;
}

function compute(e: BoundExpr, inputs: readonly InputColumn[]): Range | undefined {
  switch (e.k) {
    case 'literal': {
      const v = e.value;
      if (v === null) return { min: 0n, max: 0n };
      const n = v instanceof Decimal ? v.unscaled : typeof v === 'number' ? BigInt(v) : typeof v === 'bigint' ? v : undefined;
      return n === undefined ? undefined : { min: n, max: n };
    }
    case 'input': {
      const column = inputs[e.ordinal];
      if (column?.min === undefined || column.max === undefined) return undefined;
      return { min: column.min, max: column.max };
    }
    case 'cast': {
      const from = rangeOf(e.child, inputs);
      return from && rescale(from, scaleOf(e.child.type), scaleOf(e.type));
    }
    case 'case':
      return union([...e.branches.map((b) => b.then), ...(e.otherwise ? [e.otherwise] : [])].map((x) => rangeOf(x, inputs)));
    case 'coalesce':
      return union(e.args.map((x) => rangeOf(x, inputs)));
    case 'call':
      return ofCall(e, inputs);
    default:
      return undefined;
  }
}

function ofCall(e: Extract<BoundExpr, { k: 'call' }>, inputs: readonly InputColumn[]): Range | undefined {
  const [l, r] = e.args;
  const a = l && rangeOf(l, inputs);
  if (!a || !l) return undefined;
  if (e.fn === 'negative' && e.args.length === 1) return { min: -a.max, max: -a.min };
  const b = r && rangeOf(r, inputs);
  if (!b || !r || e.args.length !== 2) return undefined;
  if (e.fn === '*') {
    const all = around([a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max]);
    return rescale(all, scaleOf(l.type) + scaleOf(r.type), scaleOf(e.type));
  }
  if (e.fn !== '+' && e.fn !== '-') return undefined;
  const scale = Math.max(scaleOf(l.type), scaleOf(r.type));
  const x = rescale(a, scaleOf(l.type), scale);
  const y = rescale(b, scaleOf(r.type), scale);
  const sum = e.fn === '+' ? { min: x.min + y.min, max: x.max + y.max } : { min: x.min - y.max, max: x.max - y.min };
  return rescale(sum, scale, scaleOf(e.type));
}

/** Do all values of a decimal expression fit 64 bits, by type or by bounds? */
export function fitsInt64(e: BoundExpr, inputs: readonly InputColumn[]): boolean {
  const r = rangeOf(e, inputs);
  return r !== undefined && r.min >= INTEGERS['long']!.min && r.max <= INTEGERS['long']!.max;
}
