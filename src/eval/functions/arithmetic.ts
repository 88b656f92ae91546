import { runtimeError } from '../../errors/index.js';
import {
  CALENDAR_INTERVAL,
  CalendarInterval,
  DAY_TIME_INTERVAL,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  isDatetime,
  isIntegral,
  isNumeric,
  LONG,
  sameType,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../types/index.js';
import {
  acceptsType,
  castsTo,
  findTightestCommonType,
  promoteOperands,
  type TypeSpec,
  unexpectedInput,
} from '../coercion.js';
import {
  addDecimal,
  divideDecimal,
  integralQuotient,
  multiplyDecimal,
  negateDecimal,
  remainderDecimal,
  toPrecision,
} from '../decimal.js';
import { operator, scalar } from '../define.js';
import { arithmeticOverflow, divideByZero } from '../errors.js';
import type { AnalysisContext, CallContext, Coercion, EvalMode, ScalarFunction, TypeMismatch } from '../function.js';
import { fitIntegral, fitLong, fitUnary } from '../integer.js';
import { toSqlType } from '../sql-literal.js';

const NUMERIC_AND_INTERVAL = '"(NUMERIC or INTERVAL DAY TO SECOND or INTERVAL YEAR TO MONTH or INTERVAL)"';
const isInterval = (t: DataType): boolean =>
  t.kind === 'ym_interval' || t.kind === 'dt_interval' || t.kind === 'interval';

function wrongType(inputType: string, actual: DataType): TypeMismatch {
  return {
    mismatch: { condition: 'BINARY_OP_WRONG_TYPE', parameters: { inputType, actualDataType: toSqlType(actual) } },
  };
}
function diffOperands(a: DataType, b: DataType): TypeMismatch {
  return { mismatch: { condition: 'BINARY_OP_DIFF_TYPES', parameters: { left: toSqlType(a), right: toSqlType(b) } } };
}

/** Operands of `+ - * % pmod`: decimals keep their own types, all else meets at the tightest common type. */
function arithmeticCoercion(intervals: boolean): Coercion {
  const accepted = (t: DataType): boolean => isNumeric(t) || (intervals && isInterval(t));
  const text = intervals ? NUMERIC_AND_INTERVAL : '"NUMERIC"';
  return (args, context) => {
    const [a, b] = args as [DataType, DataType];
    let [left, right] = promoteOperands(a, b, context);
    if (left.kind === 'null' && right.kind === 'null') return [DOUBLE, DOUBLE];
    // A string beside a date becomes a date; the datetime rules then take the operator over.
    if (intervals && isDatetime(left) && sameType(left, right) && !(sameType(a, left) && sameType(b, right))) {
      return castsTo(args, [left, right]);
    }
    if (!(left.kind === 'decimal' && right.kind === 'decimal') && !sameType(left, right)) {
      const common = findTightestCommonType(left, right, context.mode);
      if (!common || !accepted(common)) {
        return common && !accepted(common) ? wrongType(text, common) : diffOperands(a, b);
      }
      left = common;
      right = common;
    }
    if (!accepted(left)) return wrongType(text, left);
    return castsTo(args, [left, right]);
  };
}

const decimals = (args: readonly DataType[]): readonly [DecimalType, DecimalType] | undefined =>
  args[0]?.kind === 'decimal' && args[1]?.kind === 'decimal' ? [args[0], args[1]] : undefined;

const sized = (precision: number, scale: number, exact: boolean): DecimalType =>
  exact ? DecimalType.bounded(precision, scale) : DecimalType.adjustPrecisionScale(precision, scale);

/** Result types of decimal arithmetic; `exact`: without loss of digits before the point. Spark: `Add.resultDecimalType`
 * and its kin. */
export const decimalResult = {
  add: (a: DecimalType, b: DecimalType, exact = false): DecimalType => {
    const scale = Math.max(a.scale, b.scale);
    return sized(Math.max(a.precision - a.scale, b.precision - b.scale) + scale + 1, scale, exact);
  },
  multiply: (a: DecimalType, b: DecimalType, exact = false): DecimalType =>
    sized(a.precision + b.precision + 1, a.scale + b.scale, exact),
  divide: (a: DecimalType, b: DecimalType, exact = false): DecimalType => {
    if (exact) {
      let whole = Math.min(38, a.precision - a.scale + b.scale);
      let scale = Math.min(38, Math.max(6, a.scale + b.precision + 1));
      const excess = whole + scale - 38;
      if (excess > 0) {
        scale -= Math.trunc(excess / 2) + 1;
        whole = 38 - scale;
      }
      return DecimalType.bounded(whole + scale, scale);
    }
    const scale = Math.max(6, a.scale + b.precision + 1);
    return DecimalType.adjustPrecisionScale(a.precision - a.scale + b.scale + scale, scale);
  },
  remainder: (a: DecimalType, b: DecimalType, exact = false): DecimalType => {
    const scale = Math.max(a.scale, b.scale);
    return sized(Math.min(a.precision - a.scale, b.precision - b.scale) + scale, scale, exact);
  },
} as const;

const resultOf =
  (rule: (a: DecimalType, b: DecimalType, exact?: boolean) => DecimalType) =>
  (args: readonly DataType[], context?: AnalysisContext): DataType => {
    const pair = decimals(args);
    return pair ? rule(...pair, context?.exactDecimals) : (args[0] as DataType);
  };

const INT_MAX = 2_147_483_647;
const fitInterval = (n: number, mode: EvalMode, hint: string): number | null => {
  if (n >= -INT_MAX - 1 && n <= INT_MAX) return n;
  return intervalOverflow(mode, hint);
};
const fitIntervalMicros = (n: bigint, mode: EvalMode, hint: string): bigint | null =>
  BigInt.asIntN(64, n) === n ? n : intervalOverflow(mode, hint);
function intervalOverflow(mode: EvalMode, hint: string): null {
  if (mode === 'TRY') return null;
  throw hint === ''
    ? runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION', {})
    : runtimeError('INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION', { functionName: `\`${hint}\`` });
}

function additive(symbol: '+' | '-', mode: EvalMode, a: Value, b: Value, type: DataType): Value {
  const plus = symbol === '+';
  const hint = plus ? 'try_add' : 'try_subtract';
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int': {
      const x = a as number;
      const y = b as number;
      return fitIntegral(plus ? x + y : x - y, type.kind, mode, symbol, x, y);
    }
    case 'long':
      return fitLong(plus ? (a as bigint) + (b as bigint) : (a as bigint) - (b as bigint), mode, symbol);
    case 'float':
      return Math.fround(plus ? (a as number) + (b as number) : (a as number) - (b as number));
    case 'decimal':
      return toPrecision(addDecimal(a as Decimal, plus ? (b as Decimal) : negateDecimal(b as Decimal)), type, mode);
    case 'ym_interval':
      return fitInterval(plus ? (a as number) + (b as number) : (a as number) - (b as number), mode, hint);
    case 'dt_interval':
      return fitIntervalMicros(plus ? (a as bigint) + (b as bigint) : (a as bigint) - (b as bigint), mode, hint);
    case 'interval': {
      const x = a as CalendarInterval;
      const y = b as CalendarInterval;
      const s = plus ? 1 : -1;
      const months = fitInterval(x.months + s * y.months, mode, hint);
      const days = fitInterval(x.days + s * y.days, mode, hint);
      const micros = fitIntervalMicros(plus ? x.micros + y.micros : x.micros - y.micros, mode, hint);
      return months === null || days === null || micros === null ? null : new CalendarInterval(months, days, micros);
    }
    default:
      return plus ? (a as number) + (b as number) : (a as number) - (b as number);
  }
}

function multiply(mode: EvalMode, a: Value, b: Value, type: DataType): Value {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return fitIntegral((a as number) * (b as number), type.kind, mode, '*', a as number, b as number);
    case 'long':
      return fitLong((a as bigint) * (b as bigint), mode, '*');
    case 'float':
      return Math.fround((a as number) * (b as number));
    case 'decimal':
      return toPrecision(multiplyDecimal(a as Decimal, b as Decimal), type, mode);
    default:
      return (a as number) * (b as number);
  }
}

function isZero(value: Value): boolean {
  return value instanceof Decimal ? value.unscaled === 0n : value === 0 || value === 0n;
}
function zeroDivisor(mode: EvalMode): null {
  if (mode === 'ANSI') throw divideByZero();
  return null;
}

function divide(mode: EvalMode, a: Value, b: Value, type: DataType): Value {
  if (isZero(b)) return zeroDivisor(mode);
  if (type.kind === 'decimal') return toPrecision(divideDecimal(a as Decimal, b as Decimal), type, mode);
  return (a as number) / (b as number);
}

function integralDivide(mode: EvalMode, a: Value, b: Value): Value {
  if (typeof a === 'number') {
    if (b === 0) return zeroDivisor(mode);
    return BigInt(Math.trunc(a / (b as number)));
  }
  if (isZero(b)) return zeroDivisor(mode);
  const quotient = a instanceof Decimal ? integralQuotient(a, b as Decimal) : (a as bigint) / (b as bigint);
  const wrapped = BigInt.asIntN(64, quotient);
  if (wrapped === quotient || mode === 'LEGACY') return wrapped;
  if (mode === 'TRY') return null;
  throw arithmeticOverflow(
    a instanceof Decimal ? 'long overflow' : 'Overflow in integral divide',
    a instanceof Decimal ? '' : 'try_divide',
  );
}

function remainder(mode: EvalMode, a: Value, b: Value, type: DataType): Value {
  if (isZero(b)) return zeroDivisor(mode);
  switch (type.kind) {
    case 'decimal':
      return toPrecision(remainderDecimal(a as Decimal, b as Decimal), type, mode);
    case 'long':
      return (a as bigint) % (b as bigint);
    case 'float':
    case 'double':
      return (a as number) % (b as number);
    default:
      return ((a as number) % (b as number)) + 0;
  }
}

function positiveModulo(mode: EvalMode, a: Value, b: Value, type: DataType): Value {
  if (isZero(b)) return zeroDivisor(mode);
  switch (type.kind) {
    case 'decimal': {
      const r = remainderDecimal(a as Decimal, b as Decimal);
      const shifted = r.unscaled < 0n ? remainderDecimal(addDecimal(r, b as Decimal), b as Decimal) : r;
      return toPrecision(shifted, type, mode);
    }
    case 'long': {
      const r = (a as bigint) % (b as bigint);
      return r < 0n ? (r + (b as bigint)) % (b as bigint) : r;
    }
    default: {
      const r = (a as number) % (b as number);
      const m = r < 0 ? (r + (b as number)) % (b as number) : r;
      return type.kind === 'double' || type.kind === 'float' ? m : m + 0;
    }
  }
}

const divisionCoercion: Coercion = (args, context) => {
  const [a, b] = args as [DataType, DataType];
  const [left, right] = promoteOperands(a, b, context);
  if (left.kind === 'decimal' && right.kind === 'decimal') return castsTo(args, [left, right]);
  const ok = (t: DataType): boolean => isNumeric(t) || t.kind === 'null';
  if (ok(left) && ok(right)) return castsTo(args, [DOUBLE, DOUBLE]);
  return sameType(left, right) ? wrongType('"(DOUBLE or DECIMAL)"', left) : diffOperands(a, b);
};

const integralDivisionCoercion: Coercion = (args, context) => {
  const [a, b] = args as [DataType, DataType];
  if (isInterval(a) && a.kind === b.kind && a.kind !== 'interval') {
    return castsTo(args, Array(2).fill(findTightestCommonType(a, b)) as DataType[]);
  }
  const [left, right] = promoteOperands(a, b, context);
  if (left.kind === 'decimal' && right.kind === 'decimal') return castsTo(args, [left, right]);
  const ok = (t: DataType): boolean => isIntegral(t) || t.kind === 'null';
  if (ok(left) && ok(right)) return castsTo(args, [LONG, LONG]);
  const common = findTightestCommonType(left, right, context.mode);
  return common
    ? wrongType('"(BIGINT or DECIMAL or INTERVAL DAY TO SECOND or INTERVAL YEAR TO MONTH)"', common)
    : diffOperands(a, b);
};

const numericOrInterval: TypeSpec = {
  anyOf: ['numeric', DAY_TIME_INTERVAL, YEAR_MONTH_INTERVAL, CALENDAR_INTERVAL],
};
const unaryCoercion: Coercion = (args, context) => {
  const type = args[0] as DataType;
  if (type.kind === 'string' || type.kind === 'varchar' || type.kind === 'char') return [DOUBLE];
  if (type.kind === 'null') return [context.mode === 'LEGACY' ? DOUBLE : DOUBLE];
  if (acceptsType(numericOrInterval, type) || type.kind === 'interval') return [undefined];
  return unexpectedInput(0, numericOrInterval, type);
};
const first = (args: readonly DataType[]): DataType => args[0] as DataType;

function negate(value: Value, type: DataType, mode: EvalMode): Value {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return fitUnary(-(value as number), type.kind, mode);
    case 'long':
      return fitLong(-(value as bigint), mode, '');
    case 'decimal':
      return negateDecimal(value as Decimal);
    case 'ym_interval':
      return fitInterval(0 - (value as number), mode, '');
    case 'dt_interval':
      return fitIntervalMicros(-(value as bigint), mode, '');
    case 'interval': {
      const i = value as CalendarInterval;
      return new CalendarInterval(0 - i.months, 0 - i.days, -i.micros);
    }
    default:
      return -(value as number);
  }
}

function absolute(value: Value, type: DataType, mode: EvalMode): Value {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return fitUnary(Math.abs(value as number), type.kind, mode);
    case 'long':
      return fitLong((value as bigint) < 0n ? -(value as bigint) : (value as bigint), mode, '');
    case 'decimal':
      return (value as Decimal).unscaled < 0n ? negateDecimal(value as Decimal) : value;
    case 'ym_interval':
      if (value === -2_147_483_648) throw arithmeticOverflow('integer overflow');
      return Math.abs(value as number);
    case 'dt_interval':
      if (value === -9_223_372_036_854_775_808n) throw arithmeticOverflow('long overflow');
      return (value as bigint) < 0n ? -(value as bigint) : value;
    default:
      return Math.abs(value as number);
  }
}

type Binary = (mode: EvalMode, a: Value, b: Value, type: DataType) => Value;
const run =
  (f: Binary) =>
  (args: readonly unknown[], c: CallContext): Value =>
    f(c.mode, args[0] as Value, args[1] as Value, c.returnType);
const runTry =
  (f: Binary) =>
  (args: readonly unknown[], c: CallContext): Value =>
    f('TRY', args[0] as Value, args[1] as Value, c.returnType);

const add: Binary = (m, a, b, t) => additive('+', m, a, b, t);
const subtract: Binary = (m, a, b, t) => additive('-', m, a, b, t);
const addCoercion = arithmeticCoercion(true);
const numericCoercion = arithmeticCoercion(false);
const tryReplacement = (fn: string) => () => ({ fn, args: [{ argument: 0 }, { argument: 1 }], mode: 'TRY' as const });
/** Arithmetic that may give null in LEGACY and TRY modes is nullable there; the analyzer asks per mode. */
const nullableOperands = (nullable: readonly boolean[]): boolean => nullable.some((n) => n);

export const arithmeticFunctions: readonly ScalarFunction[] = [
  operator('math', '+', 2, 'Sum.', {
    cls: 'Add',
    coerce: addCoercion,
    returns: resultOf(decimalResult.add),
    run: run(add),
    nullability: nullableOperands,
  }),
  operator('math', '-', 2, 'Difference.', {
    cls: 'Subtract',
    coerce: addCoercion,
    returns: resultOf(decimalResult.add),
    run: run(subtract),
    nullability: nullableOperands,
  }),
  operator('math', '*', 2, 'Product.', {
    cls: 'Multiply',
    coerce: numericCoercion,
    returns: resultOf(decimalResult.multiply),
    run: run(multiply),
    nullability: nullableOperands,
  }),
  operator('math', '/', 2, 'Quotient, always fractional.', {
    cls: 'Divide',
    coerce: divisionCoercion,
    returns: resultOf(decimalResult.divide),
    run: run(divide),
    nullability: 'always',
  }),
  operator('math', '%', 2, 'Remainder with the sign of the dividend.', {
    cls: 'Remainder',
    aliases: ['mod'],
    coerce: numericCoercion,
    returns: resultOf(decimalResult.remainder),
    run: run(remainder),
    nullability: 'always',
  }),
  operator('math', 'div', 2, 'Quotient without its fraction.', {
    cls: 'IntegralDivide',
    coerce: integralDivisionCoercion,
    returns: LONG,
    run: run((m, a, b) => integralDivide(m, a, b)),
    nullability: 'always',
  }),
  scalar('math', 'pmod(expr1, expr2)', 'Remainder that is never negative for a positive divisor.', {
    cls: 'Pmod',
    coerce: numericCoercion,
    returns: resultOf(decimalResult.remainder),
    run: run(positiveModulo),
    nullability: 'always',
    examples: [['SELECT pmod(-10, 3)', '2']],
  }),
  scalar('math', 'negative(expr)', 'The value with its sign changed.', {
    cls: 'UnaryMinus',
    coerce: unaryCoercion,
    returns: first,
    run: ([v], c) => negate(v as Value, c.returnType, c.mode),
  }),
  scalar('math', 'positive(expr)', 'The value as it is.', {
    cls: 'UnaryPositive',
    coerce: unaryCoercion,
    returns: first,
    replacement: () => ({ argument: 0 }),
    run: ([v]) => v as Value,
  }),
  scalar('math', 'abs(expr)', 'Distance from zero.', {
    cls: 'Abs',
    coerce: unaryCoercion,
    returns: first,
    run: ([v], c) => absolute(v as Value, c.returnType, c.mode),
    examples: [['SELECT abs(-1)', '1']],
  }),
  scalar('math', 'try_add(expr1, expr2)', 'Sum, null on overflow.', {
    cls: 'TryAdd',
    coerce: addCoercion,
    returns: resultOf(decimalResult.add),
    run: runTry(add),
    nullability: 'always',
    replacement: tryReplacement('+'),
  }),
  scalar('math', 'try_subtract(expr1, expr2)', 'Difference, null on overflow.', {
    cls: 'TrySubtract',
    coerce: addCoercion,
    returns: resultOf(decimalResult.add),
    run: runTry(subtract),
    nullability: 'always',
    replacement: tryReplacement('-'),
  }),
  scalar('math', 'try_multiply(expr1, expr2)', 'Product, null on overflow.', {
    cls: 'TryMultiply',
    coerce: numericCoercion,
    returns: resultOf(decimalResult.multiply),
    run: runTry(multiply),
    nullability: 'always',
    replacement: tryReplacement('*'),
  }),
  scalar('math', 'try_divide(expr1, expr2)', 'Quotient, null for a zero divisor.', {
    cls: 'TryDivide',
    coerce: divisionCoercion,
    returns: resultOf(decimalResult.divide),
    run: runTry(divide),
    nullability: 'always',
    replacement: tryReplacement('/'),
  }),
  scalar('math', 'try_mod(expr1, expr2)', 'Remainder, null for a zero divisor.', {
    cls: 'TryMod',
    coerce: numericCoercion,
    returns: resultOf(decimalResult.remainder),
    run: runTry(remainder),
    nullability: 'always',
    replacement: tryReplacement('%'),
  }),
];

/** For callers that add numbers outside expressions, such as aggregates. */
export function addValues(a: Value, b: Value, type: DataType, mode: EvalMode): Value {
  return additive('+', mode, a, b, type);
}
export function subtractValues(a: Value, b: Value, type: DataType, mode: EvalMode): Value {
  return additive('-', mode, a, b, type);
}
