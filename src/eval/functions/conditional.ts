import { runtimeError } from '../../errors/index.js';
import {
  BOOLEAN,
  type DataType,
  Decimal,
  DOUBLE,
  FLOAT,
  INT,
  NULL,
  STRING,
  sameType,
  type Value,
} from '../../types/index.js';
import {
  allSame,
  castsTo,
  diffTypes,
  exactTypes,
  findWiderCommonType,
  inputTypes,
  unexpectedInput,
} from '../coercion.js';
import { comparatorFor, equalValues } from '../compare.js';
import { scalar } from '../define.js';
import type { Coercion, ScalarFunction } from '../function.js';
import { comparisonCoercion } from './comparison.js';

/** Condition first, then values of one type. */
const ifCoercion: Coercion = (args, context) => {
  const [condition, a, b] = args as [DataType, DataType, DataType];
  if (condition.kind !== 'boolean' && condition.kind !== 'null') return unexpectedInput(0, BOOLEAN, condition);
  const common = findWiderCommonType([a, b], context.mode);
  if (!common) return diffTypes('if', [a, b]);
  return castsTo(args, [BOOLEAN, common, common]);
};

/** Arguments: condition, value, condition, value, …, otherwise. */
const caseCoercion: Coercion = (args, context) => {
  const isCondition = (i: number): boolean => i % 2 === 0 && i + 1 < args.length;
  for (let i = 0; i < args.length; i++) {
    const type = args[i] as DataType;
    if (isCondition(i) && type.kind !== 'boolean') return unexpectedInput(i, BOOLEAN, type);
  }
  const values = args.filter((_, i) => !isCondition(i));
  const common = findWiderCommonType(values, context.mode);
  if (!common) return diffTypes('casewhen', values);
  return castsTo(
    args,
    args.map((_, i) => (isCondition(i) ? undefined : common)),
  );
};

const inCoercion: Coercion = (args, context) => {
  const common = findWiderCommonType(args, context.mode);
  if (!common) return diffTypes('in', args);
  return castsTo(
    args,
    args.map(() => common),
  );
};

const firstNonNull = (args: readonly unknown[]): Value => {
  for (const arg of args as readonly Value[]) if (arg !== null) return arg;
  return null;
};
const all = (nullable: readonly boolean[]): boolean => nullable.every((n) => n);
const at =
  (i: number) =>
  (args: readonly DataType[]): DataType =>
    args[i] as DataType;
const zeroIfNullCoercion: Coercion = (args, context) => {
  const common = findWiderCommonType([args[0] as DataType, INT], context.mode);
  return common ? castsTo(args, [common]) : diffTypes('coalesce', [args[0] as DataType, INT]);
};
const lax = { nullIntolerant: false } as const;
const argument = (i: number) => ({ argument: i });
const coalesceReplacement = (args: readonly DataType[]) => ({ fn: 'coalesce', args: args.map((_, i) => argument(i)) });

const nvl2Coercion: Coercion = (args, context) => {
  const common = findWiderCommonType(args.slice(1), context.mode);
  if (!common) return diffTypes('if', args.slice(1));
  return castsTo(args, [undefined, common, common]);
};
const boolNumber = (t: DataType): boolean => sameType(t, DOUBLE) || sameType(t, FLOAT);
const nanvlCoercion: Coercion = (args) => {
  const [a, b] = args as [DataType, DataType];
  if (a.kind === 'float' && b.kind === 'float') return [undefined, undefined];
  if (a.kind === 'float' && b.kind === 'null') return [undefined, FLOAT];
  if (b.kind === 'float' && a.kind === 'null') return [FLOAT, undefined];
  return castsTo(args, [boolNumber(a) && a.kind === 'double' ? undefined : DOUBLE, DOUBLE]);
};

export const conditionalFunctions: readonly ScalarFunction[] = [
  scalar('conditional', 'if(condition, then, else)', 'One of two values by a condition.', {
    cls: 'If',
    coerce: ifCoercion,
    returns: at(1),
    ...lax,
    nullability: (n) => n[1] === true || n[2] === true,
    run: ([c, a, b]) => (c === true ? a : b) as Value,
  }),
  scalar('conditional', 'when(condition, then[, ...])', 'The value of the first condition that holds.', {
    cls: 'CaseWhen',
    coerce: caseCoercion,
    returns: at(1),
    ...lax,
    nullability: (n) => n.length % 2 === 0 || n.some((x, i) => x && (i % 2 === 1 || i === n.length - 1)),
    run: (args) => {
      let i = 0;
      for (; i + 1 < args.length; i += 2) if (args[i] === true) return args[i + 1] as Value;
      return i < args.length ? (args[i] as Value) : null;
    },
  }),
  scalar('conditional', 'coalesce(expr, ...)', 'First value that is not null.', {
    cls: 'Coalesce',
    coerce: allSame('coalesce'),
    returns: at(0),
    ...lax,
    nullability: all,
    run: firstNonNull,
  }),
  scalar('conditional', 'nvl(expr1, expr2)', 'Second value where the first is null.', {
    cls: 'Nvl',
    aliases: ['ifnull'],
    aliasShows: true,
    coerce: allSame('coalesce'),
    returns: at(0),
    ...lax,
    nullability: all,
    run: firstNonNull,
    replacement: coalesceReplacement,
  }),
  scalar('conditional', 'nvl2(expr1, expr2, expr3)', 'Second value where the first is not null, else the third.', {
    cls: 'Nvl2',
    coerce: nvl2Coercion,
    returns: at(1),
    ...lax,
    nullability: (n) => n[1] === true || n[2] === true,
    run: ([a, b, c]) => (a !== null ? b : c) as Value,
    replacement: () => ({ fn: 'if', args: [{ fn: 'isnotnull', args: [argument(0)] }, argument(1), argument(2)] }),
  }),
  scalar('conditional', 'nullif(expr1, expr2)', 'Null where both are equal, else the first.', {
    cls: 'NullIf',
    coerce: (args, context) => {
      const casts = comparisonCoercion('=')(args, context);
      return 'mismatch' in casts ? casts : castsTo(args, [undefined, undefined]);
    },
    returns: at(0),
    ...lax,
    nullability: 'always',
    run: ([a, b], c) =>
      a !== null &&
      b !== null &&
      equalMixed(a as Value, b as Value, c.argTypes[0] as DataType, c.argTypes[1] as DataType)
        ? null
        : (a as Value),
    replacement: (args) => ({
      fn: 'if',
      args: [{ fn: '=', args: [argument(0), argument(1)] }, { constant: null, type: args[0] as DataType }, argument(0)],
    }),
  }),
  scalar('conditional', 'nullifzero(expr)', 'Null for zero.', {
    cls: 'NullIfZero',
    returns: at(0),
    ...lax,
    nullability: 'always',
    replacement: () => ({
      fn: 'if',
      args: [{ fn: '=', args: [argument(0), { constant: 0, type: INT }] }, { constant: null, type: NULL }, argument(0)],
    }),
    run: ([v]) => (isZeroValue(v as Value) ? null : (v as Value)),
  }),
  scalar('conditional', 'zeroifnull(expr)', 'Zero for null.', {
    cls: 'ZeroIfNull',
    coerce: zeroIfNullCoercion,
    returns: at(0),
    ...lax,
    nullability: 'never',
    replacement: () => ({ fn: 'coalesce', args: [argument(0), { constant: 0, type: INT }] }),
    run: ([v], c) => (v === null ? zeroOf(c.returnType) : (v as Value)),
  }),
  scalar('conditional', 'nanvl(expr1, expr2)', 'Second value where the first is NaN.', {
    cls: 'NaNvl',
    coerce: nanvlCoercion,
    returns: at(0),
    ...lax,
    run: ([a, b]) => (typeof a === 'number' && Number.isNaN(a) ? b : a) as Value,
  }),
  scalar('predicate', 'in(expr, value, ...)', 'Whether the value is in the list.', {
    cls: 'In',
    coerce: inCoercion,
    returns: BOOLEAN,
    ...lax,
    run: (args, c) => {
      const [value, ...list] = args as readonly Value[];
      if (value === null || value === undefined) return null;
      let sawNull = false;
      for (const item of list) {
        if (item === null) sawNull = true;
        else if (comparatorFor(c.argTypes[0] as DataType)(value, item) === 0) return true;
      }
      return sawNull ? null : false;
    },
  }),
  scalar('predicate', 'between(expr, lower, upper)', 'Whether the value lies between two others.', {
    cls: 'Between',
    coerce: inCoercion,
    returns: BOOLEAN,
    ...lax,
    replacement: () => ({
      fn: 'and',
      args: [
        { fn: '>=', args: [argument(0), argument(1)] },
        { fn: '<=', args: [argument(0), argument(2)] },
      ],
    }),
    run: ([v, low, high], c) => {
      const compare = comparatorFor(c.argTypes[0] as DataType);
      const above = v === null || low === null ? null : compare(v as Value, low as Value) >= 0;
      const below = v === null || high === null ? null : compare(v as Value, high as Value) <= 0;
      return above === false || below === false ? false : above === null || below === null ? null : true;
    },
  }),
  scalar('predicate', 'and(expr1, expr2)', 'Three-valued conjunction.', {
    cls: 'And',
    types: [BOOLEAN, BOOLEAN],
    returns: BOOLEAN,
    ...lax,
    run: ([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true),
  }),
  scalar('predicate', 'or(expr1, expr2)', 'Three-valued disjunction.', {
    cls: 'Or',
    types: [BOOLEAN, BOOLEAN],
    returns: BOOLEAN,
    ...lax,
    run: ([a, b]) => (a === true || b === true ? true : a === null || b === null ? null : false),
  }),
  scalar('misc', 'assert_true(condition[, message])', 'Raises an error unless the condition is true.', {
    cls: 'AssertTrue',
    coerce: (args, context) => {
      // Spark replaces the call by an IF, whose condition is not cast.
      const condition = exactTypes([BOOLEAN])(args.slice(0, 1), context);
      if ('mismatch' in condition) return condition;
      const casts = inputTypes([BOOLEAN, STRING])(args, context);
      return 'mismatch' in casts ? casts : casts.map((t, i) => (args[i]?.kind === 'null' ? undefined : t));
    },
    returns: NULL,
    ...lax,
    nullability: 'always',
    deterministic: true,
    run: ([c, message]) => {
      if (c === true) return null;
      throw runtimeError('USER_RAISED_EXCEPTION', {
        errorMessage: message === undefined ? "'condition' is not true!" : String(message),
      });
    },
  }),
  // No SQL text names it: the optimizer puts it where a correlated scalar subquery gave several rows.
  scalar('misc', 'too_many_rows()', 'Raises SCALAR_SUBQUERY_TOO_MANY_ROWS.', {
    cls: 'RaiseError',
    types: [],
    returns: NULL,
    ...lax,
    nullability: 'always',
    deterministic: true,
    run: () => {
      throw runtimeError('SCALAR_SUBQUERY_TOO_MANY_ROWS', {});
    },
  }),
  scalar('misc', 'raise_error(message)', 'Raises an error.', {
    cls: 'RaiseError',
    coerce: inputTypes([STRING]),
    returns: NULL,
    ...lax,
    nullability: 'always',
    foldable: false,
    run: ([message]) => {
      throw runtimeError('USER_RAISED_EXCEPTION', { errorMessage: message === null ? 'null' : String(message) });
    },
  }),
];

function zeroOf(type: DataType): Value {
  if (type.kind === 'long') return 0n;
  return type.kind === 'decimal' ? new Decimal(0n, type.scale) : type.kind === 'string' ? '0' : 0;
}
function isZeroValue(v: Value): boolean {
  return v === 0 || v === 0n || (typeof v === 'object' && v !== null && 'unscaled' in v && v.unscaled === 0n);
}
function equalMixed(a: Value, b: Value, ta: DataType, tb: DataType): boolean {
  if (sameType(ta, tb)) return equalValues(a, b, ta);
  const number = (v: Value): number =>
    typeof v === 'object' && v !== null && 'toNumber' in v ? v.toNumber() : Number(v);
  return number(a) === number(b);
}
