import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  CALENDAR_INTERVAL,
  type CalendarInterval,
  type DataType,
  isIntegral,
  splitMicros,
  toInstantMicros,
  toLocalMicros,
  UTC_ZONE,
  type Value,
  type Zone,
  zoneOf,
} from '../../types/index.js';
import { castsTo, findTightestCommonType } from '../coercion.js';
import { addInterval } from '../datetime/fields.js';
import { scalar } from '../define.js';
import { javaError } from '../errors.js';
import type { CallContext, Coercion, ScalarFunction } from '../function.js';

const isMoment = (t: DataType): boolean => t.kind === 'date' || t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
const isStep = (t: DataType): boolean => t.kind === 'interval' || t.kind === 'ym_interval' || t.kind === 'dt_interval';

/** Start and stop of one type; the step of the same integer type, or an interval for dates and timestamps. */
const sequenceCoercion: Coercion = (args, context) => {
  const [a, b, step] = args as [DataType, DataType, DataType | undefined];
  const common = findTightestCommonType(a, b, context.mode);
  if (common && isIntegral(common) && (step === undefined || isIntegral(step) || step.kind === 'null')) {
    const wide =
      step === undefined || step.kind === 'null'
        ? common
        : (findTightestCommonType(common, step, context.mode) as DataType);
    return castsTo(args, [wide, wide, step === undefined ? undefined : wide]);
  }
  if (common && isMoment(common) && (step === undefined || isStep(step) || step.kind === 'null')) {
    return castsTo(args, [common, common, step?.kind === 'null' ? CALENDAR_INTERVAL : undefined]);
  }
  return {
    mismatch: {
      condition: 'SEQUENCE_WRONG_INPUT_TYPES',
      parameters: {
        functionName: '`sequence`',
        startType: '("TIMESTAMP" or "TIMESTAMP_NTZ" or "DATE")',
        stepType: '("INTERVAL" or "INTERVAL YEAR TO MONTH" or "INTERVAL DAY TO SECOND")',
        otherStartType: '"INTEGRAL"',
      },
    },
  };
};

const MAX = 2_147_483_632;
function tooLong(n: bigint): Error {
  return runtimeError('COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER', {
    numberOfElements: String(n),
    maxRoundedArrayLength: String(MAX),
    functionName: '`sequence`',
    parameter: '`count`',
  });
}
function illegal(start: Value, stop: Value, step: Value): Error {
  return javaError(
    'java.lang.IllegalArgumentException',
    `requirement failed: Illegal sequence boundaries: ${start} to ${stop} by ${step}`,
  );
}

function integers(start: bigint, stop: bigint, step: bigint): bigint[] {
  const ok = (step > 0n && start <= stop) || (step < 0n && start >= stop) || (step === 0n && start === stop);
  if (!ok) throw illegal(start, stop, step);
  if (start === stop) return [start];
  const count = (stop - start) / step + 1n;
  if (count > BigInt(MAX)) throw tooLong(count);
  return Array.from({ length: Number(count) }, (_, i) => start + step * BigInt(i));
}

/** Steps of months, days and microseconds are multiplied and added to the start, so month ends do not drift. */
function moments(start: bigint, stop: bigint, months: number, days: number, micros: bigint, zone: Zone): bigint[] {
  if (months === 0 && days === 0) return integers(start, stop, micros);
  const rough = BigInt(months) * 28n * 86_400_000_000n + BigInt(days) * 86_400_000_000n + micros;
  const forward = rough > 0n;
  if ((forward && start > stop) || (!forward && start < stop)) throw illegal(start, stop, rough);
  const out: bigint[] = [];
  for (let i = 0; ; i++) {
    const t = i === 0 ? start : addInterval(start, months * i, days * i, micros * BigInt(i), zone);
    if (forward ? t > stop : t < stop) return out;
    out.push(t);
    if (out.length > 10_000_000) throw tooLong(BigInt(out.length));
  }
}

function sequence(args: readonly unknown[], c: CallContext): Value {
  const type = c.argTypes[0] as DataType;
  const [start, stop, step] = args as readonly Value[];
  if (isIntegral(type)) {
    const a = BigInt(start as number | bigint);
    const b = BigInt(stop as number | bigint);
    const s = step === undefined ? (a <= b ? 1n : -1n) : BigInt(step as number | bigint);
    const out = integers(a, b, s);
    return type.kind === 'long' ? out : out.map(Number);
  }
  const zone = type.kind === 'timestamp_ntz' ? UTC_ZONE : zoneOf(c.timeZone);
  const date = type.kind === 'date';
  const micros = (v: Value): bigint =>
    date ? toInstantMicros(BigInt(v as number) * 86_400_000_000n, zone) : (v as bigint);
  const a = micros(start as Value);
  const b = micros(stop as Value);
  let [months, days, rest] = [0, a <= b ? 1 : -1, 0n];
  const stepType = c.argTypes[2];
  if (step !== undefined && stepType !== undefined) {
    if (stepType.kind === 'ym_interval') [months, days] = [step as number, 0];
    else if (stepType.kind === 'dt_interval') {
      [days, rest] = [Number((step as bigint) / 86_400_000_000n), (step as bigint) % 86_400_000_000n];
    } else {
      const i = step as CalendarInterval;
      [months, days, rest] = [i.months, i.days, i.micros];
    }
  }
  if (date && months === 0 && days === 0) {
    throw runtimeError('_LEGACY_ERROR_TEMP_3242', { intervalType: stepType?.typeName ?? 'interval' });
  }
  const out = moments(a, b, months, days, rest, zone);
  return date ? out.map((t) => splitMicros(toLocalMicros(t, zone)).days) : out;
}

export const sequenceFunctions: readonly ScalarFunction[] = [
  scalar('array', 'sequence(start, stop[, step])', 'Values from start to stop by a step.', {
    cls: 'Sequence',
    coerce: sequenceCoercion,
    returns: (args) => new ArrayType(args[0] as DataType, false),
    run: sequence,
  }),
];
