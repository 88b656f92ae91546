import type { BoundExpr } from '../../eval/bound.js';
import type { Kernels } from '../../kernels/index.js';
import type { Vector } from '../../storage/column/vector.js';
import { REP_BYTES, type Rep } from '../../storage/column/vector.js';
import type { DataType } from '../../types/index.js';
import { decimalArithmetic, decimalUnary } from './decimal-kernels.js';
import type { Frame } from './frame.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;
type Checked = (a: number, b: number, out: number, validity: number, selection: number, count: number) => number;
type Total = (a: number, b: number, out: number, selection: number, count: number) => void;

/** Results of byte and short arithmetic must also fit the narrower type. */
const SMALL: Readonly<Record<string, readonly [number, number]>> = { byte: [-128, 127], short: [-32_768, 32_767] };

const CHECKED: Readonly<Record<string, (k: Kernels) => Checked>> = {
  '+ i32': (k) => k.addI32,
  '- i32': (k) => k.subI32,
  '* i32': (k) => k.mulI32,
  '+ i64': (k) => k.addI64,
  '- i64': (k) => k.subI64,
  '* i64': (k) => k.mulI64,
  '% i32': (k) => k.remI32,
  '% i64': (k) => k.remI64,
  '/ f64': (k) => k.divF64,
  'div i64': (k) => k.divI64,
};
const TOTAL: Readonly<Record<string, (k: Kernels) => Total>> = {
  '+ f32': (k) => k.addF32,
  '- f32': (k) => k.subF32,
  '* f32': (k) => k.mulF32,
  '+ f64': (k) => k.addF64,
  '- f64': (k) => k.subF64,
  '* f64': (k) => k.mulF64,
};

function repOf(type: DataType): Rep | undefined {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return 'i32';
    case 'long':
      return 'i64';
    case 'float':
      return 'f32';
    case 'double':
      return 'f64';
    default:
      return undefined;
  }
}

/** Kernels of `+ - * / % div` where both operands have the result's type (or decimals of any). */
export function arithmeticKernel(call: Call): StrictKernel | undefined {
  const [a, b] = call.args;
  if (!a || !b || call.args.length !== 2) return undefined;
  if (a.type.kind === 'decimal' && b.type.kind === 'decimal') return decimalArithmetic(call, a.type, b.type);
  const { type } = call;
  if (a.type.kind !== b.type.kind) return undefined;
  // Intervals of months and of microseconds add and subtract as integers of their width.
  const interval = (type.kind === 'ym_interval' || type.kind === 'dt_interval') && a.type.kind === type.kind;
  const rep = interval ? (type.kind === 'ym_interval' ? 'i32' : 'i64') : repOf(type);
  if (rep === undefined || (interval && call.fn !== '+' && call.fn !== '-')) return undefined;
  if (!interval && a.type.kind !== type.kind) return undefined;
  const key = `${call.fn} ${rep}`;
  const width = REP_BYTES[rep];
  const total = TOTAL[key];
  if (total) {
    return {
      canRaise: false,
      apply: (f, [x, y], validity) => {
        const out = f.rows(width);
        total(f.kernels)(x!.data, y!.data, out, f.looseSelection, f.looseCount);
        return { type, rep, data: out, validity };
      },
    };
  }
  const checked = CHECKED[key];
  if (!checked) return undefined;
  const range = SMALL[type.kind];
  return {
    canRaise: true,
    apply: (f, [x, y], validity) => {
      const out = f.rows(width);
      const kernel = checked(f.kernels);
      if (!f.attempt((s, n) => kernel(x!.data, y!.data, out, validity, s, n))) return undefined;
      if (range && f.kernels.rangeI32(out, range[0], range[1], validity, f.selection, f.count) >= 0) return undefined;
      return { type, rep, data: out, validity };
    },
  };
}

/** Kernels of unary minus and abs. */
export function unaryKernel(call: Call): StrictKernel | undefined {
  const [arg] = call.args;
  if (!arg || call.args.length !== 1 || arg.type.kind !== call.type.kind) return undefined;
  const { type } = call;
  const negative = call.fn === 'negative';
  if (type.kind === 'decimal') return decimalUnary(type, negative);
  const rep = repOf(type);
  if (rep === undefined) return undefined;
  const range = SMALL[type.kind];
  const width = REP_BYTES[rep];
  return {
    canRaise: rep === 'i32' || rep === 'i64',
    apply: (f, [x], validity) => {
      const out = f.rows(width);
      const k = f.kernels;
      if (rep === 'f32') (negative ? k.negF32 : k.absF32)(x!.data, out, f.selection, f.count);
      else if (rep === 'f64') (negative ? k.negF64 : k.absF64)(x!.data, out, f.selection, f.count);
      else {
        const kernel = rep === 'i32' ? (negative ? k.negI32 : k.absI32) : negative ? k.negI64 : k.absI64;
        if (kernel(x!.data, out, validity, f.selection, f.count) >= 0) return undefined;
        if (range && k.rangeI32(out, range[0], range[1], validity, f.selection, f.count) >= 0) return undefined;
      }
      return { type, rep, data: out, validity };
    },
  };
}

const OPERATORS: Readonly<Record<string, number>> = { '<': 0, '<=': 1, '=': 2, '>=': 3, '>': 4, '<>': 5 };
const NEGATED = [3, 4, 5, 0, 1, 2] as const;

/** Number of a comparison operator for the kernels, or undefined. */
export function comparisonOperator(fn: string): number | undefined {
  return OPERATORS[fn];
}
/** The operator that holds where this one does not, nulls aside. */
export function negatedOperator(op: number): number {
  return NEGATED[op]!;
}

/** Is there a comparison kernel for values of the type? */
export function isComparable(type: DataType): boolean {
  switch (type.kind) {
    case 'array':
    case 'map':
    case 'struct':
    case 'interval':
    case 'null':
      return false;
    default:
      return true;
  }
}

/** Both sides in one rep: decimals may lie as int64 on one side and as int128 on the other. */
export function sameRep(frame: Frame, a: Vector, b: Vector): readonly [Vector, Vector] {
  if (a.rep === b.rep) return [a, b];
  return [widened(frame, a), widened(frame, b)];
}
function widened(frame: Frame, v: Vector): Vector {
  if (v.rep !== 'i64') return v;
  const data = frame.rows(16);
  frame.kernels.widen64(v.data, data, frame.selection, frame.count);
  return { ...v, rep: 'i128', data };
}

/** One boolean per row; rows that are null hold garbage. @returns the address */
export function compareVectors(frame: Frame, op: number, left: Vector, right: Vector, validity: number): number {
  const [a, b] = sameRep(frame, left, right);
  const { kernels: k, selection, count, looseSelection, looseCount } = frame;
  const out = frame.rows(1);
  switch (a.rep) {
    case 'i32':
      k.compareI32(op, a.data, b.data, out, looseSelection, looseCount);
      break;
    case 'i64':
      k.compareI64(op, a.data, b.data, out, looseSelection, looseCount);
      break;
    case 'f32':
      k.compareF32(op, a.data, b.data, out, looseSelection, looseCount);
      break;
    case 'f64':
      k.compareF64(op, a.data, b.data, out, looseSelection, looseCount);
      break;
    case 'bool':
      k.compareBool(op, a.data, b.data, out, selection, count);
      break;
    case 'i128':
      k.compareI128(op, a.data, b.data, out, selection, count);
      break;
    case 'view':
      k.compareView(op, a.data, b.data, validity, out, selection, count);
  }
  return out;
}

/** The rows for which the comparison holds. @returns their number, or −1 where there is no kernel that filters */
export function filterVectors(
  frame: Frame,
  op: number,
  left: Vector,
  right: Vector,
  validity: number,
  out: number,
): number {
  const [a, b] = sameRep(frame, left, right);
  const { kernels: k, selection, count } = frame;
  switch (a.rep) {
    case 'i32':
      return k.filterI32(op, a.data, b.data, validity, selection, count, out);
    case 'i64':
      return k.filterI64(op, a.data, b.data, validity, selection, count, out);
    case 'f32':
      return k.filterF32(op, a.data, b.data, validity, selection, count, out);
    case 'f64':
      return k.filterF64(op, a.data, b.data, validity, selection, count, out);
    case 'i128':
      return k.filterI128(op, a.data, b.data, validity, selection, count, out);
    case 'view':
      return k.filterView(op, a.data, b.data, validity, selection, count, out);
    default:
      return -1;
  }
}

/** Kernel of a comparison as a boolean vector. */
export function comparisonKernel(call: Call, op: number): StrictKernel | undefined {
  const [a, b] = call.args;
  if (!a || !b || !isComparable(a.type) || !comparableTypes(a.type, b.type)) return undefined;
  const { type } = call;
  return {
    canRaise: false,
    apply: (f, [x, y], validity) => ({
      type,
      rep: 'bool',
      data: compareVectors(f, op, x!, y!, validity),
      validity,
    }),
  };
}

/** Same representation and meaning: decimals need one scale. */
export function comparableTypes(a: DataType, b: DataType): boolean {
  if (a.kind === 'decimal' && b.kind === 'decimal') return a.scale === b.scale;
  const text = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';
  return a.kind === b.kind || (text(a) && text(b));
}
