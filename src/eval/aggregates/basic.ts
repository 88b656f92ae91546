import { runtimeError } from '../../errors/index.js';
import {
  BOOLEAN,
  DAY_TIME_INTERVAL,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  isIntegral,
  isOrderable,
  LONG,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../types/index.js';
import { unexpectedInput } from '../coercion.js';
import { comparatorFor } from '../compare.js';
import { divideDecimal, fitsPrecision, toPrecision } from '../decimal.js';
import { aggregate } from '../define.js';
import { arithmeticOverflow, decimalOutOfRange } from '../errors.js';
import type { AggregateFunctionDef, CallContext, Coercion, EvalMode } from '../function.js';
import { divideInterval } from '../interval-math.js';
import { toSqlType } from '../sql-literal.js';

const numericOrInterval = { anyOf: ['numeric', YEAR_MONTH_INTERVAL, DAY_TIME_INTERVAL] } as const;
/** Numbers and ANSI intervals stay, strings become double. */
const sumCoercion: Coercion = (args, context) => {
  const type = args[0] as DataType;
  switch (type.kind) {
    case 'timestamp':
      return context.mode === 'ANSI' ? [DOUBLE] : unexpectedInput(0, numericOrInterval, type);
    case 'string':
    case 'varchar':
    case 'char':
    case 'null':
      return [DOUBLE];
    case 'ym_interval':
    case 'dt_interval':
    case 'decimal':
    case 'float':
    case 'double':
      return [undefined];
    default:
      return isIntegral(type) ? [undefined] : unexpectedInput(0, numericOrInterval, type);
  }
};

/** Sum's result type. Spark: `Sum.resultType`. */
export function sumType(type: DataType): DataType {
  if (type.kind === 'decimal') return DecimalType.bounded(type.precision + 10, type.scale);
  if (isIntegral(type)) return LONG;
  if (type.kind === 'ym_interval' || type.kind === 'dt_interval') return type;
  return DOUBLE;
}
/** Average's result type. Spark: `Average.resultType`. */
export function averageType(type: DataType): DataType {
  if (type.kind === 'decimal') return DecimalType.bounded(type.precision + 4, type.scale + 4);
  if (type.kind === 'ym_interval') return YEAR_MONTH_INTERVAL;
  if (type.kind === 'dt_interval') return DAY_TIME_INTERVAL;
  return DOUBLE;
}

/** An exact running total: bigint for integers, decimals (unscaled) and intervals, double otherwise. */
interface Total {
  exact: bigint;
  double: number;
  count: bigint;
}
const newTotal = (): Total => ({ exact: 0n, double: 0, count: 0n });

function addToTotal(total: Total, value: Value): Total {
  if (value === null) return total;
  total.count++;
  if (typeof value === 'bigint') total.exact += value;
  else if (value instanceof Decimal) total.exact += value.unscaled;
  else total.double += value as number;
  return total;
}
function mergeTotals(a: Total, b: Total): Total {
  a.exact += b.exact;
  a.double += b.double;
  a.count += b.count;
  return a;
}

/** The total as a value of the result type. Integers of 32 bits and fewer were added as doubles, exact up to 2^53. */
function finishSum(total: Total, type: DataType, mode: EvalMode): Value {
  if (total.count === 0n) return null;
  switch (type.kind) {
    case 'decimal':
      if (fitsPrecision(total.exact, type.precision)) return new Decimal(total.exact, type.scale);
      if (mode === 'ANSI') throw decimalOutOfRange(new Decimal(total.exact, type.scale), type);
      return null;
    case 'long': {
      const sum = total.exact + BigInt(total.double);
      const wrapped = BigInt.asIntN(64, sum);
      if (wrapped === sum || mode === 'LEGACY') return wrapped;
      if (mode === 'TRY') return null;
      throw arithmeticOverflow('long overflow', 'try_add');
    }
    case 'dt_interval': {
      if (BigInt.asIntN(64, total.exact) === total.exact) return total.exact;
      if (mode === 'TRY') return null;
      throw arithmeticOverflow('long overflow');
    }
    case 'ym_interval':
      if (Math.abs(total.double) <= 2_147_483_647) return total.double;
      if (mode === 'TRY') return null;
      throw arithmeticOverflow('integer overflow');
    default:
      return total.double;
  }
}

/** Integer sums stay exact: small integers are added as bigints in chunks only when the double would lose bits. */
function updateSum(total: Total, args: readonly Value[], context: CallContext): Total {
  const value = args[0] as Value;
  if (value === null) return total;
  addToTotal(total, value);
  if (context.returnType.kind === 'long' && typeof value === 'number' && Math.abs(total.double) > 2 ** 52) {
    total.exact += BigInt(total.double);
    total.double = 0;
  }
  return total;
}

/** Whether a sum of intervals leaves its type, which only try_avg tolerates.
 * @throws INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION */
function overflows(sum: bigint, bits: 32 | 64, mode: EvalMode): boolean {
  if (BigInt.asIntN(bits, sum) === sum) return false;
  if (mode === 'TRY') return true;
  throw runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: '`try_add`' });
}

function finishAverage(total: Total, context: CallContext): Value {
  if (total.count === 0n) return null;
  const { returnType, argTypes, mode } = context;
  switch (returnType.kind) {
    case 'decimal': {
      const scale = (argTypes[0] as DecimalType).scale;
      const sum = sumType(argTypes[0] as DataType) as DecimalType;
      if (!fitsPrecision(total.exact, sum.precision)) {
        if (mode === 'ANSI') throw decimalOutOfRange(new Decimal(total.exact, scale), sum);
        return null;
      }
      return toPrecision(divideDecimal(new Decimal(total.exact, scale), new Decimal(total.count, 0)), returnType, mode);
    }
    case 'ym_interval':
      if (overflows(BigInt(total.double), 32, mode)) return null;
      return Number(divideInterval(BigInt(total.double), total.count));
    case 'dt_interval':
      if (overflows(total.exact, 64, mode)) return null;
      return divideInterval(total.exact, total.count);
    default:
      return (total.double + Number(total.exact)) / Number(total.count);
  }
}
/** Averages of integers add doubles, as Spark's buffer is a double. */
function updateAverage(total: Total, args: readonly Value[], context: CallContext): Total {
  const value = args[0] as Value;
  if (typeof value === 'bigint' && context.returnType.kind === 'double') {
    total.double += Number(value);
    total.count++;
    return total;
  }
  return addToTotal(total, value);
}

interface Best {
  value: Value;
}
const orderable =
  (name: string, position: number): Coercion =>
  (args) =>
    isOrderable(args[position] as DataType)
      ? args.map(() => undefined)
      : {
          mismatch: {
            condition: 'INVALID_ORDERING_TYPE',
            parameters: { functionName: `\`${name}\``, dataType: toSqlType(args[position] as DataType) },
          },
        };
function extreme(name: 'min' | 'max', cls: string, sign: 1 | -1): AggregateFunctionDef {
  const update = (state: Best, value: Value, type: DataType): Best => {
    if (value !== null && (state.value === null || comparatorFor(type)(value, state.value) * sign > 0))
      state.value = value;
    return state;
  };
  return aggregate<Best>(`${name}(expr)`, `${name === 'min' ? 'Least' : 'Greatest'} value.`, {
    cls,
    coerce: orderable(name, 0),
    returns: (args) => args[0] as DataType,
    create: () => ({ value: null }),
    update: (state, args, c) => update(state, args[0] as Value, c.returnType),
    merge: (a, b, c) => update(a, b.value, c.returnType),
    finish: (state) => state.value,
  });
}

interface Keyed {
  value: Value;
  key: Value;
}
function extremeBy(name: 'min_by' | 'max_by', cls: string, sign: 1 | -1): AggregateFunctionDef {
  const update = (state: Keyed, value: Value, key: Value, type: DataType): Keyed => {
    // Ties go to the later row, as Spark's predicate replaces the old value unless it is strictly better.
    if (key !== null && (state.key === null || comparatorFor(type)(key, state.key) * sign >= 0)) {
      state.value = value;
      state.key = key;
    }
    return state;
  };
  return aggregate<Keyed>(
    `${name}(expr, ordering)`,
    `Value of the row whose second argument is ${sign > 0 ? 'greatest' : 'least'}.`,
    {
      cls,
      coerce: orderable(name, 1),
      returns: (args) => args[0] as DataType,
      create: () => ({ value: null, key: null }),
      update: (state, args, c) => update(state, args[0] as Value, args[1] as Value, c.argTypes[1] as DataType),
      merge: (a, b, c) => update(a, b.value, b.key, c.argTypes[1] as DataType),
      finish: (state) => state.value,
    },
  );
}

interface Held {
  value: Value;
  set: boolean;
}
function positional(usage: string, cls: string, aliases: readonly string[], last: boolean): AggregateFunctionDef {
  const take = (state: Held, value: Value): Held => {
    if (last || !state.set) {
      state.value = value;
      state.set = true;
    }
    return state;
  };
  return aggregate<Held>(usage, last ? 'Last value of the group.' : 'First value of the group.', {
    cls,
    aliases,
    aliasShows: true,
    coerce: (args) =>
      args[1] && args[1].kind !== 'boolean' ? unexpectedInput(1, BOOLEAN, args[1]) : args.map(() => undefined),
    returns: (args) => args[0] as DataType,
    deterministic: false,
    create: () => ({ value: null, set: false }),
    update: (state, args) => (args[1] === true && args[0] === null ? state : take(state, args[0] as Value)),
    merge: (a, b) => (b.set ? take(a, b.value) : a),
    finish: (state) => state.value,
  });
}

function boolean(name: string, cls: string, aliases: readonly string[], wanted: boolean): AggregateFunctionDef {
  const take = (state: Best, value: Value): Best => {
    if (value !== null && (state.value === null || value === wanted)) state.value = value;
    return state;
  };
  return aggregate<Best>(`${name}(expr)`, wanted ? 'Whether a value is true.' : 'Whether all values are true.', {
    cls,
    aliases,
    aliasShows: true,
    types: [BOOLEAN],
    returns: BOOLEAN,
    create: () => ({ value: null }),
    update: (state, args) => take(state, args[0] as Value),
    merge: (a, b) => take(a, b.value),
    finish: (state) => state.value,
  });
}

interface Counter {
  n: bigint;
}
const mergeCounters = (a: Counter, b: Counter): Counter => {
  a.n += b.n;
  return a;
};

export const basicAggregates: readonly AggregateFunctionDef[] = [
  aggregate<Counter>('count(expr[, ...])', 'Number of rows in which no argument is null.', {
    cls: 'Count',
    returns: LONG,
    nullability: 'never',
    create: () => ({ n: 0n }),
    update: (state, args) => {
      for (const arg of args) if (arg === null) return state;
      state.n++;
      return state;
    },
    merge: mergeCounters,
    finish: (state) => state.n,
  }),
  aggregate<Counter>('count_if(expr)', 'Number of rows in which the condition holds.', {
    cls: 'CountIf',
    types: [BOOLEAN],
    returns: LONG,
    nullability: 'never',
    create: () => ({ n: 0n }),
    update: (state, args) => {
      if (args[0] === true) state.n++;
      return state;
    },
    merge: mergeCounters,
    finish: (state) => state.n,
  }),
  aggregate<Total>('sum(expr)', 'Sum of the values that are not null.', {
    cls: 'Sum',
    coerce: sumCoercion,
    returns: (args) => sumType(args[0] as DataType),
    create: newTotal,
    update: updateSum,
    merge: mergeTotals,
    finish: (t, c) => finishSum(t, c.returnType, c.mode),
  }),
  aggregate<Total>('try_sum(expr)', 'Sum, null on overflow.', {
    cls: 'TrySum',
    coerce: sumCoercion,
    returns: (args) => sumType(args[0] as DataType),
    create: newTotal,
    update: updateSum,
    merge: mergeTotals,
    finish: (t, c) => finishSum(t, c.returnType, 'TRY'),
  }),
  aggregate<Total>('avg(expr)', 'Mean of the values that are not null.', {
    cls: 'Average',
    aliases: ['mean'],
    aliasShows: true,
    coerce: sumCoercion,
    returns: (args) => averageType(args[0] as DataType),
    create: newTotal,
    update: updateAverage,
    merge: mergeTotals,
    finish: finishAverage,
  }),
  aggregate<Total>('try_avg(expr)', 'Mean, null on overflow.', {
    cls: 'TryAverage',
    coerce: sumCoercion,
    returns: (args) => averageType(args[0] as DataType),
    create: newTotal,
    update: updateAverage,
    merge: mergeTotals,
    finish: (t, c) => finishAverage(t, { ...c, mode: 'TRY' }),
  }),
  extreme('min', 'Min', -1),
  extreme('max', 'Max', 1),
  extremeBy('min_by', 'MinBy', -1),
  extremeBy('max_by', 'MaxBy', 1),
  positional('first(expr[, ignoreNulls])', 'First', ['first_value'], false),
  positional('last(expr[, ignoreNulls])', 'Last', ['last_value'], true),
  { ...positional('any_value(expr[, ignoreNulls])', 'AnyValue', [], false) },
  boolean('bool_and', 'BoolAnd', ['every'], false),
  boolean('bool_or', 'BoolOr', ['any', 'some'], true),
];
