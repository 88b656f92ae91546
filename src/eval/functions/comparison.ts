import {
  BOOLEAN,
  type DataType,
  DOUBLE,
  FLOAT,
  isNumeric,
  isOrderable,
  mergedNullability,
  sameType,
  type Value,
} from '../../types/index.js';
import {
  allSameUnpromoted,
  castsTo,
  findTightestCommonType,
  inputTypes,
  promoteOperands,
  widerDecimalType,
} from '../coercion.js';
import { comparatorFor, equalValues } from '../compare.js';
import { operator, scalar } from '../define.js';
import type { CallContext, Coercion, ScalarFunction } from '../function.js';
import { toSqlType } from '../sql-literal.js';

/** Both sides of a comparison at one type. */
export function comparisonCoercion(symbol: string): Coercion {
  return (args, context) => {
    const [a, b] = args as [DataType, DataType];
    let left: DataType;
    let right: DataType;
    if (context.mode === 'LEGACY' && isText(a) !== isText(b)) {
      const other = isText(a) ? b : a;
      const common = other.kind === 'decimal' ? undefined : other.kind === 'null' ? a : other;
      [left, right] = common ? [common, common] : promoteOperands(a, b, context);
    } else if (context.mode === 'LEGACY' && isText(a)) [left, right] = [a, b];
    else [left, right] = promoteOperands(a, b, context);
    if (context.mode === 'LEGACY' && (symbol === '=' || symbol === '<=>')) {
      // true equals 1. Spark: `BooleanEquality`
      if (left.kind === 'boolean' && isNumeric(right)) left = right;
      else if (right.kind === 'boolean' && isNumeric(left)) right = left;
    }
    if (!sameType(left, right)) {
      const common =
        left.kind === 'decimal' && right.kind === 'decimal'
          ? widerDecimalType(left, right)
          : findTightestCommonType(left, right, context.mode);
      if (!common) {
        return {
          mismatch: { condition: 'BINARY_OP_DIFF_TYPES', parameters: { left: toSqlType(a), right: toSqlType(b) } },
        };
      }
      left = common;
      right = common;
    }
    if (!isOrderable(left)) {
      return {
        mismatch: {
          condition: 'INVALID_ORDERING_TYPE',
          parameters: { functionName: `\`${symbol}\``, dataType: toSqlType(left) },
        },
      };
    }
    return castsTo(args, [left, right]);
  };
}
const isText = (t: DataType): boolean => t.kind === 'string' || t.kind === 'char' || t.kind === 'varchar';

function comparison(
  symbol: string,
  cls: string,
  description: string,
  test: (order: number) => boolean,
): ScalarFunction {
  return operator('predicate', symbol, 2, description, {
    cls,
    coerce: comparisonCoercion(symbol),
    returns: BOOLEAN,
    run: ([a, b], c) => test(comparatorFor(c.argTypes[0] as DataType)(a as Value, b as Value)),
  });
}

/** One type for all, strings not promoted, that can be ordered. */
const orderedSame =
  (name: string): Coercion =>
  (args, context) => {
    const casts = allSameUnpromoted(name)(args, context);
    if ('mismatch' in casts) return casts;
    const type = casts[0] ?? (args[0] as DataType);
    if (isOrderable(type)) return casts;
    return {
      mismatch: {
        condition: 'INVALID_ORDERING_TYPE',
        parameters: { functionName: `\`${name}\``, dataType: toSqlType(type) },
      },
    };
  };
const extreme =
  (sign: 1 | -1) =>
  (args: readonly unknown[], c: CallContext): Value => {
    const compare = comparatorFor(c.returnType);
    let best: Value = null;
    for (const arg of args as readonly Value[]) {
      if (arg !== null && (best === null || compare(arg, best) * sign > 0)) best = arg;
    }
    return best;
  };
const allNull = (nullable: readonly boolean[]): boolean => nullable.every((n) => n);

export const comparisonFunctions: readonly ScalarFunction[] = [
  { ...comparison('=', 'EqualTo', 'Equality; null if a side is null.', (o) => o === 0), aliases: ['=='] },
  {
    ...operator('predicate', '<=>', 2, 'Equality where null equals null.', {
      cls: 'EqualNullSafe',
      coerce: comparisonCoercion('<=>'),
      returns: BOOLEAN,
      nullIntolerant: false,
      nullability: 'never',
      run: ([a, b], c) => equalValues(a as Value, b as Value, c.argTypes[0] as DataType),
    }),
  },
  scalar('predicate', 'equal_null(expr1, expr2)', 'Equality where null equals null.', {
    cls: 'EqualNull',
    coerce: comparisonCoercion('<=>'),
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'never',
    replacement: () => ({ fn: '<=>', args: [{ argument: 0 }, { argument: 1 }] }),
    run: ([a, b], c) => equalValues(a as Value, b as Value, c.argTypes[0] as DataType),
  }),
  comparison('<', 'LessThan', 'Less than.', (o) => o < 0),
  comparison('<=', 'LessThanOrEqual', 'Less than or equal.', (o) => o <= 0),
  comparison('>', 'GreaterThan', 'Greater than.', (o) => o > 0),
  comparison('>=', 'GreaterThanOrEqual', 'Greater than or equal.', (o) => o >= 0),
  {
    ...scalar('predicate', 'not(expr)', 'Logical negation.', {
      cls: 'Not',
      types: [BOOLEAN],
      returns: BOOLEAN,
      run: ([v]) => !v,
    }),
    aliases: ['!'],
  },
  scalar('predicate', 'isnull(expr)', 'Whether the value is null.', {
    cls: 'IsNull',
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'never',
    run: ([v]) => v === null,
  }),
  scalar('predicate', 'isnotnull(expr)', 'Whether the value is not null.', {
    cls: 'IsNotNull',
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'never',
    run: ([v]) => v !== null,
  }),
  scalar('predicate', 'isnan(expr)', 'Whether the value is NaN; false for null.', {
    cls: 'IsNaN',
    coerce: inputTypes([{ anyOf: [DOUBLE, FLOAT] }]),
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'never',
    run: ([v]) => typeof v === 'number' && Number.isNaN(v),
  }),
  scalar('math', 'greatest(expr, expr2, ...)', 'Greatest value, nulls skipped.', {
    cls: 'Greatest',
    coerce: orderedSame('greatest'),
    returns: mergedNullability,
    nullIntolerant: false,
    nullability: allNull,
    run: extreme(1),
    examples: [['SELECT greatest(1, 3, 2)', '3']],
  }),
  scalar('math', 'least(expr, expr2, ...)', 'Least value, nulls skipped.', {
    cls: 'Least',
    coerce: orderedSame('least'),
    returns: mergedNullability,
    nullIntolerant: false,
    nullability: allNull,
    run: extreme(-1),
  }),
];
