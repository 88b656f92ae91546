import type { BoundExpr } from '../../eval/bound.js';
import { pow10 } from '../../eval/decimal.js';
import { defaultRep, type Vector } from '../../storage/column/vector.js';
import type { DecimalType } from '../../types/index.js';
import type { Frame } from './frame.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;

const INT64_MAX = 9_223_372_036_854_775_807n;

/** Largest unscaled magnitude of a precision. */
export function maxUnscaled(precision: number): bigint {
  return pow10(precision) - 1n;
}
/** The bound that int64 kernels check: the precision's, or what int64 holds. */
function bound64(type: DecimalType): bigint {
  const max = maxUnscaled(type.precision);
  return max < INT64_MAX ? max : INT64_MAX;
}
/** The bound that int128 kernels check, as two words. */
function bound128(type: DecimalType): readonly [low: bigint, high: bigint] {
  const max = maxUnscaled(type.precision);
  return [BigInt.asIntN(64, max), max >> 64n];
}

/** The values as int128, whatever they lie as. @returns the address */
export function wide(f: Frame, v: Vector): number {
  if (v.rep === 'i128') return v.data;
  const out = f.rows(16);
  f.kernels.widen64(v.data, out, f.selection, f.count);
  return out;
}

/** Int128 values that keep to their type, as the type lies in memory: int64 where its precision allows. */
function laid(f: Frame, type: DecimalType, data: number, validity: number): Vector {
  if (defaultRep(type) === 'i128') return { type, rep: 'i128', data, validity };
  const out = f.rows(8);
  f.kernels.narrow128(data, out, validity, f.selection, f.count);
  return { type, rep: 'i64', data: out, validity };
}

/** Kernels of `+ - *` on decimals of any precision and scale: int64 first where both sides lie as int64, int128 if a value
 * leaves that, the scalar definition if it leaves even that. The result's rep thus varies from morsel to morsel; a
 * program's outputs are brought to one rep at its end. */
export function decimalArithmetic(call: Call, a: DecimalType, b: DecimalType): StrictKernel | undefined {
  const { type } = call;
  if (type.kind !== 'decimal') return undefined;
  if (call.fn === '*') return multiplication(type, a, b);
  if (call.fn === '/') return division(type, a, b);
  if (call.fn === '+' || call.fn === '-') return addition(type, a, b, call.fn === '-' ? -1 : 1);
  return undefined;
}

/** Does the result type hold every sum or product of operands that keep to their types? */
function sumFits(type: DecimalType, a: DecimalType, b: DecimalType): boolean {
  const scale = Math.max(a.scale, b.scale);
  return type.scale === scale && type.precision >= Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1;
}

function addition(type: DecimalType, a: DecimalType, b: DecimalType, sign: number): StrictKernel {
  const scale = Math.max(a.scale, b.scale);
  const upA = scale - a.scale;
  const upB = scale - b.scale;
  const drop = scale - type.scale;
  const small = bound64(type);
  const [low, high] = bound128(type);
  const narrow = drop === 0 && upA <= 18 && upB <= 18;
  const fa = pow10(Math.min(upA, 18));
  const fb = pow10(Math.min(upB, 18));
  // Plain int64 additions check nothing but int64 itself.
  const plain = narrow && upA === 0 && upB === 0 && (sumFits(type, a, b) || type.precision > 18);
  const at38 = bound128({ precision: 38 } as DecimalType);
  return {
    canRaise: !sumFits(type, a, b),
    apply: (f, [x, y], validity) => {
      const k = f.kernels;
      if (narrow && x!.rep === 'i64' && y!.rep === 'i64') {
        const out = f.rows(8);
        const ok = f.attempt((s, n) =>
          plain
            ? (sign < 0 ? k.subI64 : k.addI64)(x!.data, y!.data, out, validity, s, n)
            : k.decimalAdd64(x!.data, fa, y!.data, fb, sign, small, out, validity, s, n),
        );
        if (ok) return { type, rep: 'i64', data: out, validity };
      }
      const { selection: s, count: n } = f;
      const p = scaleUp(f, wide(f, x!), upA, validity, at38);
      const q = scaleUp(f, wide(f, y!), upB, validity, at38);
      if (p === 0 || q === 0) return undefined;
      const out = f.rows(16);
      const sum = drop === 0 ? ([low, high] as const) : at38;
      if (k.decimalAdd128(p, q, sign, sum[0], sum[1], out, validity, s, n) >= 0) return undefined;
      if (drop > 0 && k.decimalRescale128(out, 0, drop, 0, low, high, out, validity, s, n) >= 0) return undefined;
      return laid(f, type, out, validity);
    },
  };
}

function scaleUp(f: Frame, data: number, digits: number, validity: number, bound: readonly [bigint, bigint]): number {
  if (digits === 0) return data;
  const out = f.rows(16);
  const bad = f.kernels.decimalRescale128(data, digits, 0, 0, bound[0], bound[1], out, validity, f.selection, f.count);
  return bad >= 0 ? 0 : out;
}

function multiplication(type: DecimalType, a: DecimalType, b: DecimalType): StrictKernel {
  const drop = a.scale + b.scale - type.scale;
  const small = bound64(type);
  const [low, high] = bound128(type);
  const fits = drop === 0 && type.precision >= a.precision + b.precision;
  const plain = drop === 0 && (fits || type.precision > 18);
  return {
    canRaise: !fits,
    apply: (f, [x, y], validity) => {
      const k = f.kernels;
      if (drop >= 0 && drop <= 18 && x!.rep === 'i64' && y!.rep === 'i64') {
        const out = f.rows(8);
        const ok = f.attempt((s, n) =>
          plain
            ? k.mulI64(x!.data, y!.data, out, validity, s, n)
            : k.decimalMul64(x!.data, y!.data, drop, small, out, validity, s, n),
        );
        if (ok) return { type, rep: 'i64', data: out, validity };
      }
      if (drop < 0) return undefined;
      const out = f.rows(16);
      const bad = k.decimalMul128(wide(f, x!), wide(f, y!), drop, low, high, out, validity, f.selection, f.count);
      return bad >= 0 ? undefined : laid(f, type, out, validity);
    },
  };
}

/** Fractional digits that Spark divides to before it rounds to the result's scale. */
const QUOTIENT_SCALE = 39;

function division(type: DecimalType, a: DecimalType, b: DecimalType): StrictKernel | undefined {
  const up = QUOTIENT_SCALE - a.scale + b.scale;
  // Beyond, 10^up has no room in the kernel.
  if (up > 56) return undefined;
  const drop = QUOTIENT_SCALE - type.scale;
  const [low, high] = bound128(type);
  return {
    canRaise: true,
    apply: (f, [x, y], validity) => {
      const out = f.rows(16);
      const { selection: s, count: n } = f;
      const bad = f.kernels.decimalDiv128(wide(f, x!), wide(f, y!), up, drop, low, high, out, validity, s, n);
      return bad >= 0 ? undefined : laid(f, type, out, validity);
    },
  };
}

/** Kernels of unary minus and abs. */
export function decimalUnary(type: DecimalType, negative: boolean): StrictKernel {
  return {
    canRaise: false,
    apply: (f, [x], validity) => {
      const k = f.kernels;
      if (x!.rep === 'i64') {
        const out = f.rows(8);
        const bad = (negative ? k.negI64 : k.absI64)(x!.data, out, validity, f.selection, f.count);
        return bad >= 0 ? undefined : { type, rep: 'i64', data: out, validity };
      }
      const out = f.rows(16);
      k.decimalNegate128(x!.data, negative ? 0 : 1, out, f.selection, f.count);
      return laid(f, type, out, validity);
    },
  };
}

/** Kernel of a cast between decimals. */
export function decimalToDecimal(from: DecimalType, to: DecimalType): StrictKernel {
  const up = Math.max(0, to.scale - from.scale);
  const down = Math.max(0, from.scale - to.scale);
  const widens = up === 0 && down === 0 && to.precision >= from.precision;
  const total = to.precision - to.scale >= from.precision - from.scale + (down > 0 ? 1 : 0);
  const small = bound64(to);
  const [low, high] = bound128(to);
  return {
    canRaise: !total,
    apply: (f, [x], validity) => {
      const k = f.kernels;
      if (widens) return { type: to, rep: x!.rep, data: x!.data, validity };
      if (x!.rep === 'i64' && up <= 18 && down <= 18) {
        const out = f.rows(8);
        const ok = f.attempt((s, n) =>
          down > 0
            ? k.decimalScaleDown64(x!.data, down, 0, small, out, validity, s, n)
            : k.decimalScaleUp64(x!.data, up, small, out, validity, s, n),
        );
        if (ok) return { type: to, rep: 'i64', data: out, validity };
      }
      const out = f.rows(16);
      const bad = k.decimalRescale128(wide(f, x!), up, down, 0, low, high, out, validity, f.selection, f.count);
      return bad >= 0 ? undefined : laid(f, to, out, validity);
    },
  };
}

/** Kernel of a cast from an integer (as int64) to a decimal. */
export function integerToDecimal(f: Frame, data: number, to: DecimalType, validity: number): Vector | undefined {
  const k = f.kernels;
  if (to.scale <= 18) {
    const out = f.rows(8);
    const ok = f.attempt((s, n) => k.decimalScaleUp64(data, to.scale, bound64(to), out, validity, s, n));
    if (ok) return { type: to, rep: 'i64', data: out, validity };
  }
  const out = f.rows(16);
  const [low, high] = bound128(to);
  k.widen64(data, out, f.selection, f.count);
  const bad = k.decimalRescale128(out, to.scale, 0, 0, low, high, out, validity, f.selection, f.count);
  return bad >= 0 ? undefined : laid(f, to, out, validity);
}
