import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  DAY_TIME_INTERVAL,
  type DataType,
  Decimal,
  DOUBLE,
  INT,
  isIntegral,
  isNumeric,
  LONG,
  StructField,
  StructType,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../types/index.js';
import { cast } from '../cast.js';
import { castsTo, implicitCast, nonFoldable, type TypeSpec, unexpectedInput } from '../coercion.js';
import { comparatorFor, valueKey } from '../compare.js';
import { decimalFromDouble, toPrecision } from '../decimal.js';
import { aggregate } from '../define.js';
import type { AggregateFunctionDef, CallContext, Coercion } from '../function.js';
import { xxHash64 } from '../functions/hash.js';
import { HyperLogLog } from './hyper-log-log.js';
import { NumericHistogram } from './numeric-histogram.js';
import { QuantileSummaries } from './quantile-summaries.js';

/** Any number as a double. */
function asDouble(value: Value): number {
  return value instanceof Decimal ? value.toNumber() : Number(value as number | bigint);
}
/** A double back as a value of a type. */
function fromDouble(n: number, type: DataType): Value {
  switch (type.kind) {
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return BigInt(Math.trunc(n));
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return Math.trunc(n);
    case 'decimal': {
      const exact = decimalFromDouble(n);
      return exact ? toPrecision(exact, type, 'TRY') : null;
    }
    default:
      return n;
  }
}

const percentages: TypeSpec = { anyOf: [DOUBLE, new ArrayType(DOUBLE, false)] };
/** The percentage argument as double or array of doubles. */
function percentageType(type: DataType, mode: CallContext['mode']): DataType | undefined {
  if (type.kind === 'array') return new ArrayType(DOUBLE, false);
  return implicitCast(type, DOUBLE, mode);
}
const shaped =
  (result: (t: DataType) => DataType) =>
  (args: readonly DataType[]): DataType => {
    const type = result(args[0] as DataType);
    return args[1]?.kind === 'array' ? new ArrayType(type, false) : type;
  };

/** Values with their number of occurrences. */
interface Counted {
  readonly counts: Map<ReturnType<typeof valueKey>, { readonly value: Value; n: number }>;
  percentage: Value;
}
const counted = (): Counted => ({ counts: new Map(), percentage: null });
function count(state: Counted, value: Value, n: number, type: DataType): void {
  const key = valueKey(value, type);
  const entry = state.counts.get(key);
  if (entry) entry.n += n;
  else state.counts.set(key, { value, n });
}
function updateCounted(state: Counted, args: readonly Value[], c: CallContext, percentage: Value): Counted {
  state.percentage ??= percentage;
  const value = args[0] as Value;
  const frequency = args.length > 2 && !descending(c) ? args[2] : 1;
  if (value === null || frequency === null || frequency === undefined) return state;
  const n = Number(frequency as number | bigint);
  if (n < 0)
    throw runtimeError('NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION', {
      frequencyExpression: 'frequency',
      negativeValue: `${n}L`,
    });
  if (n > 0) count(state, value, n, c.argTypes[0] as DataType);
  return state;
}
function mergeCounted(a: Counted, b: Counted, c: CallContext): Counted {
  for (const { value, n } of b.counts.values()) count(a, value, n, c.argTypes[0] as DataType);
  a.percentage ??= b.percentage;
  return a;
}
interface Ranked {
  readonly value: number;
  /** Occurrences up to and including this value. */
  readonly upTo: number;
}
/** `WITHIN GROUP (ORDER BY … DESC)`: the third argument is true, not a frequency. */
const descending = (c: CallContext): boolean => c.argTypes[2]?.kind === 'boolean';
function ranked(state: Counted, c: CallContext): Ranked[] {
  const compare = comparatorFor(c.argTypes[0] as DataType);
  const sign = descending(c) ? -1 : 1;
  let total = 0;
  return [...state.counts.values()]
    .sort((a, b) => sign * compare(a.value, b.value))
    .map(({ value, n }) => ({ value: asDouble(value), upTo: (total += n) }));
}
/** Interpolated between the two nearest ranks. Spark: `PercentileBase.getPercentile`. */
function interpolated(values: readonly Ranked[], p: number): number {
  const total = (values[values.length - 1] as Ranked).upTo;
  const position = (total - 1) * p;
  const lower = Math.floor(position);
  const higher = Math.ceil(position);
  const at = (rank: number): number => (values.find((v) => v.upTo > rank) as Ranked).value;
  const low = at(lower);
  if (higher === lower) return low;
  const high = at(higher);
  return high === low ? low : (higher - position) * low + (position - lower) * high;
}
/** Smallest value whose cumulative share reaches p. Spark: `PercentileDisc`. */
function discrete(values: readonly Ranked[], p: number, c: CallContext): number {
  const total = (values[values.length - 1] as Ranked).upTo;
  // A fourth argument stands for the legacy calculation, which rounds positions down.
  if (c.argTypes.length > 3) return (values.find((v) => v.upTo > Math.floor((total - 1) * p)) as Ranked).value;
  const rank = p * total;
  return (values.find((v) => v.upTo >= rank) as Ranked).value;
}
function answer(p: Value, one: (p: number) => Value): Value {
  if (p === null) return null;
  return Array.isArray(p) ? (p as readonly number[]).map(one) : one(p as number);
}

const measured = (t: DataType): boolean => isNumeric(t) || t.kind === 'ym_interval' || t.kind === 'dt_interval';
function percentileCoercion(withPercentage: boolean): Coercion {
  return (args, context) => {
    const type = args[0] as DataType;
    const value = measured(type) ? type : type.kind === 'string' || type.kind === 'null' ? DOUBLE : undefined;
    if (!value) return unexpectedInput(0, { anyOf: ['numeric', 'ansiInterval'] }, type);
    const p = withPercentage && args[1] ? percentageType(args[1], context.mode) : undefined;
    if (withPercentage && context.foldable?.[1] === false)
      return nonFoldable(1, 'percentage', `"${(p ?? DOUBLE).sql}"`);
    if (withPercentage && args[1] && !p) return unexpectedInput(1, percentages, args[1]);
    const frequency = args[2] && !isIntegral(args[2]) && args[2].kind !== 'boolean' ? LONG : undefined;
    return castsTo(args, [value, p, frequency]);
  };
}
const percentileType = (t: DataType): DataType =>
  t.kind === 'ym_interval' ? YEAR_MONTH_INTERVAL : t.kind === 'dt_interval' ? DAY_TIME_INTERVAL : DOUBLE;

function exactPercentile(
  usage: string,
  cls: string,
  fixed: number | undefined,
  pick: (v: readonly Ranked[], p: number, c: CallContext) => number,
): AggregateFunctionDef {
  return aggregate<Counted>(usage, 'Exact percentile.', {
    cls,
    coerce: percentileCoercion(fixed === undefined),
    returns: shaped(percentileType),
    nullability: 'always',
    create: counted,
    update: (s, args, c) => updateCounted(s, args, c, fixed ?? (args[1] as Value)),
    merge: mergeCounted,
    finish: (s, c) => {
      if (s.counts.size === 0) return null;
      const values = ranked(s, c);
      const type = c.returnType.kind === 'array' ? c.returnType.elementType : c.returnType;
      return answer(s.percentage, (p) => fromDouble(pick(values, p, c), type));
    },
  });
}

interface Digest {
  summaries: QuantileSummaries | undefined;
  percentage: Value;
}
const approxCoercion: Coercion = (args, context) => {
  const type = args[0] as DataType;
  const ok = measured(type) || type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
  const value = ok ? type : type.kind === 'string' || type.kind === 'null' ? DOUBLE : undefined;
  if (!value) return unexpectedInput(0, { anyOf: ['numeric', 'ansiInterval'] }, type);
  const p = percentageType(args[1] as DataType, context.mode);
  if (context.foldable?.[1] === false) return nonFoldable(1, 'percentage', `"${(p ?? DOUBLE).sql}"`);
  if (!p) return unexpectedInput(1, percentages, args[1] as DataType);
  return castsTo(args, [value, p, undefined]);
};

interface Histogram {
  histogram: NumericHistogram | undefined;
}

export const sketchAggregates: readonly AggregateFunctionDef[] = [
  exactPercentile('percentile(col, percentage[, frequency])', 'Percentile', undefined, interpolated),
  exactPercentile('percentile_cont(col, percentage)', 'PercentileCont', undefined, interpolated),
  exactPercentile('percentile_disc(col, percentage)', 'PercentileDisc', undefined, discrete),
  exactPercentile('median(col)', 'Median', 0.5, interpolated),
  aggregate<Digest>('percentile_approx(col, percentage[, accuracy])', 'Approximate percentile.', {
    cls: 'ApproximatePercentile',
    aliases: ['approx_percentile'],
    aliasShows: true,
    coerce: approxCoercion,
    returns: shaped((t) => t),
    nullability: 'always',
    create: () => ({ summaries: undefined, percentage: null }),
    update: (s, args) => {
      s.percentage ??= args[1] as Value;
      if (args[0] === null) return s;
      s.summaries ??= new QuantileSummaries(1 / Number((args[2] as number | bigint | undefined) ?? 10_000));
      s.summaries.insert(asDouble(args[0] as Value));
      return s;
    },
    merge: (a, b) => {
      a.percentage ??= b.percentage;
      if (a.summaries && b.summaries) a.summaries.merge(b.summaries);
      else a.summaries ??= b.summaries;
      return a;
    },
    finish: (s, c) => {
      const { summaries } = s;
      if (!summaries || summaries.count === 0) return null;
      const type = c.returnType.kind === 'array' ? c.returnType.elementType : c.returnType;
      return answer(s.percentage, (p) => fromDouble(summaries.query(p) as number, type));
    },
  }),
  aggregate<{ sketch: HyperLogLog | undefined }>(
    'approx_count_distinct(expr[, relativeSD])',
    'Approximate number of distinct values.',
    {
      cls: 'HyperLogLogPlusPlus',
      returns: LONG,
      nullability: 'never',
      create: () => ({ sketch: undefined }),
      update: (s, args, c) => {
        const sd =
          args[1] === undefined
            ? 0.05
            : Number(cast(args[1] as Value, c.argTypes[1] as DataType, DOUBLE, 'ANSI', 'UTC'));
        s.sketch ??= new HyperLogLog(sd);
        if (args[0] !== null) s.sketch.add(xxHash64([args[0] as Value], [c.argTypes[0] as DataType]));
        return s;
      },
      merge: (a, b) => {
        if (a.sketch && b.sketch) a.sketch.merge(b.sketch);
        else a.sketch ??= b.sketch;
        return a;
      },
      finish: (s) => s.sketch?.estimate() ?? 0n,
    },
  ),
  aggregate<Histogram>('histogram_numeric(col, nb)', 'Histogram with at most nb bins.', {
    cls: 'HistogramNumeric',
    coerce: (args, context) => {
      const type = args[0] as DataType;
      const ok = measured(type) || type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamp_ntz';
      const nb = implicitCast(args[1] as DataType, INT, context.mode);
      if (!nb) return unexpectedInput(1, INT, args[1] as DataType);
      return castsTo(args, [ok ? undefined : DOUBLE, nb]);
    },
    returns: (args) =>
      new ArrayType(
        new StructType([new StructField('x', args[0] as DataType, true), new StructField('y', DOUBLE, true)]),
        true,
      ),
    create: () => ({ histogram: undefined }),
    update: (s, args) => {
      if (args[0] === null) return s;
      s.histogram ??= new NumericHistogram(args[1] as number);
      s.histogram.add(asDouble(args[0] as Value));
      return s;
    },
    merge: (a, b) => {
      if (a.histogram && b.histogram) a.histogram.merge(b.histogram);
      else a.histogram ??= b.histogram;
      return a;
    },
    finish: (s, c) => s.histogram?.bins.map((b) => [fromDouble(b.x, c.argTypes[0] as DataType), b.y]) ?? null,
  }),
];
