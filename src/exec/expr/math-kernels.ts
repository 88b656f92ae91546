import type { BoundExpr } from '../../eval/bound.js';
import { decimalToDecimal } from './decimal-kernels.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;

const BITS: Readonly<Record<string, number>> = {
  '&': 0,
  '|': 1,
  '^': 2,
  shiftleft: 3,
  '<<': 3,
  shiftright: 4,
  '>>': 4,
  shiftrightunsigned: 5,
  '>>>': 5,
};

/** Kernels of bit operations, rounding and square roots. */
export function mathKernel(call: Call): StrictKernel | undefined {
  const [a, b] = call.args;
  const { type } = call;
  if (!a) return undefined;
  const op = BITS[call.fn];
  if (op !== undefined) return b ? bitKernel(op, call, a, b) : undefined;
  switch (call.fn) {
    case 'sqrt':
      if (a.type.kind !== 'double' || type.kind !== 'double') return undefined;
      return {
        canRaise: false,
        apply: (f, [x], validity) => {
          const out = f.rows(8);
          f.kernels.sqrtF64(x!.data, out, f.selection, f.count);
          return { type, rep: 'f64', data: out, validity };
        },
      };
    case 'floor':
    case 'ceil':
    case 'ceiling': {
      if (a.type.kind !== 'double' || type.kind !== 'long' || call.args.length !== 1) return undefined;
      const up = call.fn === 'floor' ? 0 : 1;
      return {
        canRaise: true,
        apply: (f, [x], validity) => {
          const whole = f.rows(8);
          const out = f.rows(8);
          f.kernels.wholeF64(x!.data, up, whole, f.selection, f.count);
          const bad = f.kernels.castF64ToI64(whole, out, validity, f.selection, f.count);
          return bad >= 0 ? undefined : { type, rep: 'i64', data: out, validity };
        },
      };
    }
    case 'round': {
      // Rounding to fewer fractional digits is a change of scale.
      const digits = b === undefined ? 0 : b.k === 'literal' ? b.value : undefined;
      if (a.type.kind !== 'decimal' || type.kind !== 'decimal' || typeof digits !== 'number') return undefined;
      if (digits < 0 || type.scale !== Math.min(digits, a.type.scale)) return undefined;
      return decimalToDecimal(a.type, type);
    }
    default:
      return undefined;
  }
}

function bitKernel(op: number, call: Call, a: BoundExpr, b: BoundExpr): StrictKernel | undefined {
  const { type } = call;
  if (a.type.kind !== type.kind) return undefined;
  const wide = type.kind === 'long';
  if (!wide && type.kind !== 'int' && !(op < 3 && (type.kind === 'short' || type.kind === 'byte'))) return undefined;
  if (b.type.kind !== (op < 3 ? type.kind : 'int')) return undefined;
  return {
    canRaise: false,
    apply: (f, [x, y], validity) => {
      const out = f.rows(wide ? 8 : 4);
      const kernel = wide ? f.kernels.bitI64 : f.kernels.bitI32;
      kernel(op, x!.data, y!.data, out, f.selection, f.count);
      return { type, rep: wide ? 'i64' : 'i32', data: out, validity };
    },
  };
}
