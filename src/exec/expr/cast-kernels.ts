import type { BoundExpr } from '../../eval/bound.js';
import type { Vector } from '../../storage/column/vector.js';
import { type DataType, type DecimalType, sameType } from '../../types/index.js';
import { decimalToDecimal, integerToDecimal, maxUnscaled, wide } from './decimal-kernels.js';
import type { Frame } from './frame.js';
import type { StrictKernel } from './strict.js';

type Cast = Extract<BoundExpr, { k: 'cast' }>;

const RANGE: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32_768, 32_767],
  int: [-2_147_483_648, 2_147_483_647],
};
const INTEGER_ORDER = ['byte', 'short', 'int', 'long'];

/** The same bytes under another type. */
function relabel(to: DataType): StrictKernel {
  return { canRaise: false, apply: (_, [x], validity) => ({ type: to, rep: x!.rep, data: x!.data, validity }) };
}

type Convert = (a: number, out: number, selection: number, count: number) => void;

function total(to: DataType, rep: Vector['rep'], width: number, pick: (f: Frame) => Convert): StrictKernel {
  return {
    canRaise: false,
    apply: (f, [x], validity) => {
      const out = f.rows(width);
      pick(f)(x!.data, out, f.selection, f.count);
      return { type: to, rep, data: out, validity };
    },
  };
}

/** Kernel of a cast, if there is one. Casts that the kernel cannot finish (overflow, rare values) go to the scalar definition. */
export function castKernel(cast: Cast): StrictKernel | undefined {
  const from = cast.child.type;
  const to = cast.type;
  if (sameType(from, to)) return relabel(to);
  const utc = cast.timeZone === 'UTC' || cast.timeZone === 'Etc/UTC' || cast.timeZone === 'Z';
  switch (from.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return fromInt(from, to);
    case 'long':
      return fromLong(to);
    case 'float':
      if (to.kind === 'double') return total(to, 'f64', 8, (f) => f.kernels.castF32ToF64);
      return fromDouble(to, true);
    case 'double':
      if (to.kind === 'float') return total(to, 'f32', 4, (f) => f.kernels.castF64ToF32);
      return fromDouble(to, false);
    case 'boolean':
      if (to.kind === 'byte' || to.kind === 'short' || to.kind === 'int')
        return total(to, 'i32', 4, (f) => f.kernels.castBoolToI32);
      return undefined;
    case 'decimal':
      if (to.kind === 'decimal') return decimalToDecimal(from, to);
      return fromDecimal(from, to);
    case 'varchar':
    case 'char':
      return to.kind === 'string' ? relabel(to) : undefined;
    case 'string':
      return to.kind === 'binary' ? relabel(to) : undefined;
    case 'date':
      if (to.kind === 'timestamp_ntz' || (to.kind === 'timestamp' && utc))
        return total(to, 'i64', 8, (f) => f.kernels.daysToMicros);
      return undefined;
    case 'timestamp':
    case 'timestamp_ntz':
      if (to.kind === 'date' && (utc || from.kind === 'timestamp_ntz'))
        return total(to, 'i32', 4, (f) => f.kernels.microsToDays);
      if ((to.kind === 'timestamp' || to.kind === 'timestamp_ntz') && utc) return relabel(to);
      return undefined;
    default:
      return undefined;
  }
}

function fromInt(from: DataType, to: DataType): StrictKernel | undefined {
  switch (to.kind) {
    case 'byte':
    case 'short':
    case 'int': {
      if (INTEGER_ORDER.indexOf(to.kind) >= INTEGER_ORDER.indexOf(from.kind)) return relabel(to);
      const [lo, hi] = RANGE[to.kind]!;
      return {
        canRaise: true,
        apply: (f, [x], validity) =>
          f.kernels.rangeI32(x!.data, lo, hi, validity, f.selection, f.count) >= 0
            ? undefined
            : { type: to, rep: 'i32', data: x!.data, validity },
      };
    }
    case 'long':
      return total(to, 'i64', 8, (f) => f.kernels.castI32ToI64);
    case 'float':
      return total(to, 'f32', 4, (f) => f.kernels.castI32ToF32);
    case 'double':
      return total(to, 'f64', 8, (f) => f.kernels.castI32ToF64);
    case 'boolean':
      return total(to, 'bool', 1, (f) => f.kernels.castI32ToBool);
    case 'decimal':
      return {
        canRaise: to.precision - to.scale < 10,
        apply: (f, [x], validity) => {
          const long = f.rows(8);
          f.kernels.castI32ToI64(x!.data, long, f.selection, f.count);
          return integerToDecimal(f, long, to, validity);
        },
      };
    default:
      return undefined;
  }
}

function fromLong(to: DataType): StrictKernel | undefined {
  switch (to.kind) {
    case 'byte':
    case 'short':
    case 'int': {
      const [lo, hi] = RANGE[to.kind]!;
      return {
        canRaise: true,
        apply: (f, [x], validity) => {
          const out = f.rows(4);
          const bad = f.kernels.castI64ToI32(x!.data, lo, hi, out, validity, f.selection, f.count);
          return bad >= 0 ? undefined : { type: to, rep: 'i32', data: out, validity };
        },
      };
    }
    case 'float':
      return total(to, 'f32', 4, (f) => f.kernels.castI64ToF32);
    case 'double':
      return total(to, 'f64', 8, (f) => f.kernels.castI64ToF64);
    case 'boolean':
      return total(to, 'bool', 1, (f) => f.kernels.castI64ToBool);
    case 'decimal':
      return {
        canRaise: to.precision - to.scale < 19,
        apply: (f, [x], validity) => integerToDecimal(f, x!.data, to, validity),
      };
    default:
      return undefined;
  }
}

function fromDouble(to: DataType, single: boolean): StrictKernel | undefined {
  if (to.kind !== 'byte' && to.kind !== 'short' && to.kind !== 'int' && to.kind !== 'long') return undefined;
  const range = RANGE[to.kind];
  return {
    canRaise: true,
    apply: (f, [x], validity) => {
      const k = f.kernels;
      let { data } = x!;
      if (single) {
        data = f.rows(8);
        k.castF32ToF64(x!.data, data, f.selection, f.count);
      }
      const out = f.rows(range ? 4 : 8);
      const bad = range
        ? k.castF64ToI32(data, range[0], range[1], out, validity, f.selection, f.count)
        : k.castF64ToI64(data, out, validity, f.selection, f.count);
      return bad >= 0 ? undefined : { type: to, rep: range ? 'i32' : 'i64', data: out, validity };
    },
  };
}

function fromDecimal(from: DecimalType, to: DataType): StrictKernel | undefined {
  switch (to.kind) {
    case 'double':
      if (from.scale > 22) return undefined;
      return {
        canRaise: false,
        apply: (f, [x], validity) => {
          if (x!.rep !== 'i64') return undefined;
          const out = f.rows(8);
          const bad = f.kernels.decimal64ToF64(x!.data, from.scale, out, validity, f.selection, f.count);
          return bad >= 0 ? undefined : { type: to, rep: 'f64', data: out, validity };
        },
      };
    case 'byte':
    case 'short':
    case 'int':
    case 'long': {
      const range = RANGE[to.kind];
      const digits = from.precision - from.scale;
      const max = range ? BigInt(range[1]) : 9_223_372_036_854_775_807n;
      return {
        canRaise: maxUnscaled(digits) > max,
        apply: (f, [x], validity) => {
          const k = f.kernels;
          let long: number;
          if (x!.rep === 'i64' && from.scale <= 18) {
            long = f.rows(8);
            k.decimalScaleDown64(
              x!.data,
              from.scale,
              1,
              9_223_372_036_854_775_807n,
              long,
              validity,
              f.selection,
              f.count,
            );
          } else {
            const out = f.rows(16);
            const bad = k.decimalRescale128(
              wide(f, x!),
              0,
              from.scale,
              1,
              max,
              0n,
              out,
              validity,
              f.selection,
              f.count,
            );
            if (bad >= 0) return undefined;
            long = f.rows(8);
            k.narrow128(out, long, validity, f.selection, f.count);
          }
          if (!range) return { type: to, rep: 'i64', data: long, validity };
          const out = f.rows(4);
          const bad = k.castI64ToI32(long, range[0], range[1], out, validity, f.selection, f.count);
          return bad >= 0 ? undefined : { type: to, rep: 'i32', data: out, validity };
        },
      };
    }
    default:
      return undefined;
  }
}
