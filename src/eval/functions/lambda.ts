import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  BOOLEAN,
  type DataType,
  INT,
  MapType,
  type MapValue,
  NULL,
  type StructField,
  sameType,
  type Value,
} from '../../types/index.js';
import { castsTo, findWiderTypeWithoutStringPromotion, unexpectedInput } from '../coercion.js';
import { comparatorFor } from '../compare.js';
import { type ScalarSpec, scalar } from '../define.js';
import type { CallContext, Coercion, EvalArgument, ScalarFunction } from '../function.js';
import { findKey, MapBuilder } from '../map-builder.js';
import { toSqlType } from '../sql-literal.js';

type List = readonly Value[];
type Lambda = (...values: Value[]) => Value;
const list = (v: EvalArgument | undefined): List => v as List;
const lambda = (v: EvalArgument | undefined): Lambda => v as Lambda;
const element = (t: DataType | undefined): DataType => (t?.kind === 'array' ? t.elementType : NULL);
const hasNull = (t: DataType | undefined): boolean => t?.kind === 'array' && t.containsNull;
const asMap = (t: DataType | undefined): MapType => (t?.kind === 'map' ? t : new MapType(NULL, NULL, true));
const variable = (type: DataType, nullable: boolean): { type: DataType; nullable: boolean } => ({ type, nullable });
const itemOf = (t: DataType | undefined): { type: DataType; nullable: boolean } => variable(element(t), hasNull(t));
const index = variable(INT, false);
const keyAndValue = (t: DataType | undefined): { type: DataType; nullable: boolean }[] => [
  variable(asMap(t).keyType, false),
  variable(asMap(t).valueType, asMap(t).valueContainsNull),
];
/** A lambda argument's type in `args` is the type of its body. */
const first = (args: readonly DataType[]): DataType => args[0] as DataType;
const container =
  (kind: 'array' | 'map', more: Coercion = (args) => args.map(() => undefined)): Coercion =>
  (args, context) => {
    const type = args[0] as DataType;
    return type.kind === kind || type.kind === 'null' ? more(args, context) : unexpectedInput(0, kind, type);
  };
const predicate =
  (position: number): Coercion =>
  (args) => {
    const type = args[position] as DataType;
    return type.kind === 'boolean'
      ? args.map(() => undefined)
      : type.kind === 'null'
        ? args.map((_, i) => (i === position ? BOOLEAN : undefined))
        : unexpectedInput(position, BOOLEAN, type);
  };

function lambdaFn(usage: string, cls: string, description: string, spec: Omit<ScalarSpec, 'cls'>): ScalarFunction {
  return scalar('lambda', usage, description, { cls, nullability: (n) => n[0] === true, ...spec });
}
/** Three-valued EXISTS over an array. */
function exists(values: List, test: Lambda): boolean | null {
  let sawNull = false;
  for (const v of values) {
    const r = test(v);
    if (r === true) return true;
    if (r === null) sawNull = true;
  }
  return sawNull ? null : false;
}
function forAll(values: List, test: Lambda): boolean | null {
  let sawNull = false;
  for (const v of values) {
    const r = test(v);
    if (r === false) return false;
    if (r === null) sawNull = true;
  }
  return sawNull ? null : true;
}

/** The default order of array_sort: ascending, nulls last. */
function sortDefault(values: List, type: DataType): Value[] {
  const compare = comparatorFor(type);
  return [...values.filter((v) => v !== null).sort(compare), ...values.filter((v) => v === null)];
}

/** @throws COMPARATOR_RETURNS_NULL */
function compared(order: Lambda, a: Value, b: Value): number {
  const found = order(a, b);
  if (found === null) throw runtimeError('COMPARATOR_RETURNS_NULL', { firstValue: String(a), secondValue: String(a) });
  return Number(found);
}

/** All keys of both maps in order of appearance, with both values or null. */
function zipMaps(a: MapValue, b: MapValue, combine: Lambda, c: CallContext): MapValue {
  const keyType = asMap(c.argTypes[0]).keyType;
  const builder = new MapBuilder(keyType);
  a.keys.forEach((k, i) => {
    const j = findKey(b, k, keyType);
    builder.put(k, combine(k, a.values[i] as Value, j < 0 ? null : (b.values[j] as Value)));
  });
  b.keys.forEach((k, j) => {
    if (findKey(a, k, keyType) < 0) builder.put(k, combine(k, null, b.values[j] as Value));
  });
  return builder.build();
}

/** Equal types but for the names and nullability of nested fields. Spark: `DataType.equalsStructurally`. */
function sameStructure(a: DataType, b: DataType): boolean {
  if (a.kind === 'array' && b.kind === 'array') return sameStructure(a.elementType, b.elementType);
  if (a.kind === 'map' && b.kind === 'map')
    return sameStructure(a.keyType, b.keyType) && sameStructure(a.valueType, b.valueType);
  if (a.kind === 'struct' && b.kind === 'struct')
    return (
      a.fields.length === b.fields.length &&
      a.fields.every((f, i) => sameStructure(f.dataType, (b.fields[i] as StructField).dataType))
    );
  return sameType(a, b);
}

/** Keys of both maps at their common type. Spark: `TypeCoercion.MapZipWithCoercion`. */
const zipCoercion: Coercion = (args, context) => {
  const [a, b] = args as [DataType, DataType];
  for (const [i, t] of [a, b].entries()) if (t.kind !== 'map' && t.kind !== 'null') return unexpectedInput(i, 'map', t);
  if (a.kind !== 'map' || b.kind !== 'map') return args.map(() => undefined);
  if (sameType(a.keyType, b.keyType)) return args.map(() => undefined);
  const key = findWiderTypeWithoutStringPromotion(a.keyType, b.keyType, context.mode);
  if (!key)
    return {
      mismatch: {
        condition: 'MAP_ZIP_WITH_DIFF_TYPES',
        parameters: {
          functionName: '`map_zip_with`',
          leftType: toSqlType(a.keyType),
          rightType: toSqlType(b.keyType),
        },
      },
    };
  return castsTo(
    args,
    [a, b].map((m) => new MapType(key, m.valueType, m.valueContainsNull)),
  );
};

const aggregateSpec: Omit<ScalarSpec, 'cls'> = {
  coerce: (args) => {
    const type = args[0] as DataType;
    if (type.kind !== 'array' && type.kind !== 'null') return unexpectedInput(0, 'array', type);
    const start = args[1] as DataType;
    const merged = args[2] as DataType;
    return sameStructure(start, merged) ? args.map(() => undefined) : unexpectedInput(2, start, merged);
  },
  returns: (args) => (args[3] ?? args[2]) as DataType,
  lambdaArguments: { 2: [2], 3: [1] },
  lambdaParameterTypes: (argument, args) => {
    const buffer = variable(args[1] ?? NULL, true);
    return argument === 2 ? [buffer, itemOf(args[0])] : [buffer];
  },
  nullIntolerant: false,
  nullability: 'always',
  run: ([a, zero, merge, finish]) => {
    if (a === null) return null;
    let state = zero as Value;
    for (const v of list(a)) state = lambda(merge)(state, v);
    return finish === undefined ? state : lambda(finish)(state);
  },
};

export const lambdaFunctions: readonly ScalarFunction[] = [
  lambdaFn('transform(array, function)', 'ArrayTransform', 'Applies a function to every element.', {
    coerce: container('array'),
    returns: (args, c) => new ArrayType(args[1] as DataType, c.nullable[1] !== false),
    lambdaArguments: { 1: [1, 2] },
    lambdaParameterTypes: (_, args) => [itemOf(args[0]), index],
    run: ([a, f]) => list(a).map((v, i) => lambda(f)(v, i)),
  }),
  lambdaFn('filter(array, function)', 'ArrayFilter', 'Keeps the elements for which the function is true.', {
    coerce: container('array', predicate(1)),
    returns: first,
    lambdaArguments: { 1: [1, 2] },
    lambdaParameterTypes: (_, args) => [itemOf(args[0]), index],
    run: ([a, f]) => list(a).filter((v, i) => lambda(f)(v, i) === true),
  }),
  lambdaFn('exists(array, predicate)', 'ArrayExists', 'Whether the predicate holds for an element.', {
    coerce: container('array', predicate(1)),
    returns: BOOLEAN,
    lambdaArguments: { 1: [1] },
    nullability: (n) => n.some((x) => x),
    lambdaParameterTypes: (_, args) => [itemOf(args[0])],
    run: ([a, f]) => exists(list(a), lambda(f)),
  }),
  lambdaFn('forall(array, predicate)', 'ArrayForAll', 'Whether the predicate holds for all elements.', {
    coerce: container('array', predicate(1)),
    returns: BOOLEAN,
    lambdaArguments: { 1: [1] },
    nullability: (n) => n.some((x) => x),
    lambdaParameterTypes: (_, args) => [itemOf(args[0])],
    run: ([a, f]) => forAll(list(a), lambda(f)),
  }),
  lambdaFn('aggregate(array, start, merge[, finish])', 'ArrayAggregate', 'Folds an array.', {
    ...aggregateSpec,
    aliases: ['reduce'],
    aliasShows: true,
  }),
  lambdaFn(
    'zip_with(left, right, function)',
    'ZipWith',
    'Merges two arrays element by element, the shorter filled with nulls.',
    {
      coerce: container('array'),
      returns: (args, c) => new ArrayType(args[2] as DataType, c.nullable[2] !== false),
      lambdaArguments: { 2: [2] },
      nullability: (n) => n[0] === true || n[1] === true,
      lambdaParameterTypes: (_, args) => [variable(element(args[0]), true), variable(element(args[1]), true)],
      run: ([a, b, f]) =>
        Array.from({ length: Math.max(list(a).length, list(b).length) }, (_, i) =>
          lambda(f)(list(a)[i] ?? null, list(b)[i] ?? null),
        ),
    },
  ),
  lambdaFn('array_sort(array[, comparator])', 'ArraySort', 'Sorts an array, nulls last, or by a comparator.', {
    coerce: container('array', (args) => {
      const [, order] = args;
      if (order === undefined || order.kind === 'int') return args.map(() => undefined);
      return {
        mismatch: {
          condition: 'UNEXPECTED_RETURN_TYPE',
          parameters: {
            functionName: '`lambdafunction`',
            expectedType: toSqlType(INT),
            actualType: toSqlType(order),
          },
        },
      };
    }),
    returns: first,
    lambdaArguments: { 1: [2] },
    lambdaParameterTypes: (_, args) => [itemOf(args[0]), itemOf(args[0])],
    run: ([a, f], c) =>
      f === undefined
        ? sortDefault(list(a), element(c.argTypes[0]))
        : list(a)
            .slice()
            .sort((x, y) => compared(lambda(f), x, y)),
  }),
  lambdaFn('map_filter(map, function)', 'MapFilter', 'Keeps the entries for which the function is true.', {
    coerce: container('map', predicate(1)),
    returns: first,
    lambdaArguments: { 1: [2] },
    lambdaParameterTypes: (_, args) => keyAndValue(args[0]),
    run: ([m, f], c) => {
      const map = m as MapValue;
      const builder = new MapBuilder(asMap(c.returnType).keyType);
      map.keys.forEach((k, i) => {
        if (lambda(f)(k, map.values[i] as Value) === true) builder.put(k, map.values[i] as Value);
      });
      return builder.build();
    },
  }),
  lambdaFn('transform_keys(map, function)', 'TransformKeys', 'Applies a function to every key.', {
    coerce: container('map'),
    returns: (args) => new MapType(args[1] as DataType, asMap(args[0]).valueType, asMap(args[0]).valueContainsNull),
    lambdaArguments: { 1: [2] },
    lambdaParameterTypes: (_, args) => keyAndValue(args[0]),
    run: ([m, f], c) => {
      const map = m as MapValue;
      const builder = new MapBuilder(asMap(c.returnType).keyType);
      map.keys.forEach((k, i) => {
        builder.put(lambda(f)(k, map.values[i] as Value), map.values[i] as Value);
      });
      return builder.build();
    },
  }),
  lambdaFn('transform_values(map, function)', 'TransformValues', 'Applies a function to every value.', {
    coerce: container('map'),
    returns: (args, c) => new MapType(asMap(args[0]).keyType, args[1] as DataType, c.nullable[1] !== false),
    lambdaArguments: { 1: [2] },
    lambdaParameterTypes: (_, args) => keyAndValue(args[0]),
    run: ([m, f], c) => {
      const map = m as MapValue;
      const builder = new MapBuilder(asMap(c.returnType).keyType);
      map.keys.forEach((k, i) => {
        builder.put(k, lambda(f)(k, map.values[i] as Value));
      });
      return builder.build();
    },
  }),
  lambdaFn('map_zip_with(map1, map2, function)', 'MapZipWith', 'Merges two maps key by key.', {
    coerce: zipCoercion,
    returns: (args, c) => new MapType(asMap(args[0]).keyType, args[2] as DataType, c.nullable[2] !== false),
    lambdaArguments: { 2: [3] },
    nullability: (n) => n[0] === true || n[1] === true,
    lambdaParameterTypes: (_, args) => [
      variable(asMap(args[0]).keyType, false),
      variable(asMap(args[0]).valueType, true),
      variable(asMap(args[1]).valueType, true),
    ],
    run: ([a, b, f], c) => zipMaps(a as MapValue, b as MapValue, lambda(f), c),
  }),
];
