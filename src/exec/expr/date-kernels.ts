import type { BoundExpr } from '../../eval/bound.js';
import type { Kernels } from '../../kernels/index.js';
import type { StrictKernel } from './strict.js';

type Call = Extract<BoundExpr, { k: 'call' }>;
type Part = (k: Kernels) => (a: number, out: number, selection: number, count: number) => void;

const PARTS: Readonly<Record<string, Part>> = {
  year: (k) => k.yearOfDate,
  month: (k) => k.monthOfDate,
  day: (k) => k.dayOfDate,
  dayofmonth: (k) => k.dayOfDate,
  quarter: (k) => k.quarterOfDate,
  dayofyear: (k) => k.dayOfYearOfDate,
  dayofweek: (k) => (a, out, s, n) => k.weekdayOfDate(a, 4, 1, out, s, n),
  weekday: (k) => (a, out, s, n) => k.weekdayOfDate(a, 3, 0, out, s, n),
};

/** Microseconds of the unit, and how many of it make the next one. */
const TIME_PARTS: Readonly<Record<string, readonly [unit: bigint, modulus: bigint]>> = {
  hour: [3_600_000_000n, 24n],
  minute: [60_000_000n, 60n],
  second: [1_000_000n, 60n],
};

/** Kernels of parts of dates, times in UTC, and day arithmetic. */
export function dateKernel(call: Call): StrictKernel | undefined {
  const [a, b] = call.args;
  const { type } = call;
  if (!a || type.kind !== (call.fn === 'date_add' || call.fn === 'date_sub' ? 'date' : 'int')) return undefined;
  if (call.args.length === 1) {
    const part = a.type.kind === 'date' ? PARTS[call.fn] : undefined;
    if (part) {
      return {
        canRaise: false,
        apply: (f, [x], validity) => {
          const out = f.rows(4);
          part(f.kernels)(x!.data, out, f.selection, f.count);
          return { type, rep: 'i32', data: out, validity };
        },
      };
    }
    const plainTime = a.type.kind === 'timestamp_ntz' || (a.type.kind === 'timestamp' && call.timeZone === 'UTC');
    const time = plainTime ? TIME_PARTS[call.fn] : undefined;
    if (!time) return undefined;
    return {
      canRaise: false,
      apply: (f, [x], validity) => {
        const out = f.rows(4);
        f.kernels.timePart(x!.data, time[0], time[1], out, f.selection, f.count);
        return { type, rep: 'i32', data: out, validity };
      },
    };
  }
  if (!b || call.args.length !== 2) return undefined;
  const days = a.type.kind === 'date' && (b.type.kind === 'int' || b.type.kind === 'short' || b.type.kind === 'byte');
  const difference = call.fn === 'datediff' && a.type.kind === 'date' && b.type.kind === 'date';
  const add = call.fn === 'date_add' && days;
  if (!add && !(call.fn === 'date_sub' && days) && !difference) return undefined;
  return {
    canRaise: true,
    apply: (f, [x, y], validity) => {
      const out = f.rows(4);
      const kernel = add ? f.kernels.addI32 : f.kernels.subI32;
      const ok = f.attempt((s, n) => kernel(x!.data, y!.data, out, validity, s, n));
      return ok ? { type, rep: 'i32', data: out, validity } : undefined;
    },
  };
}
