import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  BOOLEAN,
  type DataType,
  INT,
  isIntegral,
  isOrderable,
  LONG,
  MapType,
  type MapValue,
  mergedNullability,
  NULL,
  STRING,
  StructField,
  StructType,
  sameType,
  type Value,
} from '../../types/index.js';
import {
  allSame,
  castsTo,
  exactTypes,
  findTightestCommonType,
  findWiderTypeWithoutStringPromotion,
  implicitCast,
  inputTypes,
  unexpectedInput,
} from '../coercion.js';
import { comparatorFor, valueKey } from '../compare.js';
import { type ScalarSpec, scalar } from '../define.js';
import type {
  AnalysisContext,
  CallContext,
  Coercion,
  EvalArgument,
  ScalarFunction,
  TypeMismatch,
} from '../function.js';
import { findKey } from '../map-builder.js';
import { toSqlType } from '../sql-literal.js';

type List = readonly Value[];
const list = (v: EvalArgument | undefined): List => v as List;
const first = (args: readonly DataType[]): DataType => args[0] as DataType;
const elementOf = (t: DataType | undefined): DataType => (t?.kind === 'array' ? t.elementType : NULL);
const containsNull = (t: DataType | undefined): boolean => t?.kind === 'array' && t.containsNull;
const argElement = (c: CallContext, i = 0): DataType => elementOf(c.argTypes[i]);

/** An array and a value of its element type. Spark: `ArrayContains.inputTypes` and its kin. */
function arrayAndElement(name: string, find: ElementTypes = tightest): Coercion {
  return (args, context) => {
    const [array, value] = args as [DataType, DataType];
    if (array.kind !== 'array') {
      if (array.kind === 'null') return args.map(() => undefined);
      return unexpectedInput(0, 'array', array);
    }
    const common = find(array.elementType, value, context);
    if (!common) return diffElements(name, 'ARRAY_FUNCTION_DIFF_TYPES', array, value);
    const target = new ArrayType(common, array.containsNull);
    return castsTo(args, [sameType(array.elementType, common) ? undefined : target, common]);
  };
}
type ElementTypes = (a: DataType, b: DataType, context: AnalysisContext) => DataType | undefined;
const tightest: ElementTypes = (a, b, context) => findTightestCommonType(a, b, context.mode);
const wider: ElementTypes = (a, b, context) => findWiderTypeWithoutStringPromotion(a, b, context.mode);
function diffElements(name: string, condition: string, a: DataType, b: DataType): TypeMismatch {
  return {
    mismatch: {
      condition,
      parameters: {
        functionName: `\`${name}\``,
        ...(condition === 'BINARY_ARRAY_DIFF_TYPES' ? { arrayType: '"ARRAY"' } : { dataType: '"ARRAY"' }),
        leftType: toSqlType(a),
        rightType: toSqlType(b),
      },
    },
  };
}
/** Two arrays of one element type. Spark: `ArraySetLike`, `ArrayBinaryLike`. */
function twoArrays(name: string): Coercion {
  return (args, context) => {
    const [a, b] = args as [DataType, DataType];
    if (a.kind !== 'array' && a.kind !== 'null') return unexpectedInput(0, 'array', a);
    if (b.kind !== 'array' && b.kind !== 'null') return unexpectedInput(1, 'array', b);
    const common = tightest(elementOf(a), elementOf(b), context);
    if (!common) return diffElements(name, 'BINARY_ARRAY_DIFF_TYPES', a, b);
    const cast = (t: DataType): DataType | undefined =>
      t.kind === 'array' && sameType(t.elementType, common) ? undefined : new ArrayType(common, containsNull(t));
    return castsTo(args, [cast(a), cast(b)]);
  };
}

/** Identity of an element in set operations: unlike in comparisons, 0.0 and -0.0 differ. Spark: `SQLOpenHashSet`. */
function setKey(value: Value, type: DataType): ReturnType<typeof valueKey> {
  return Object.is(value, -0) ? '-0' : valueKey(value, type);
}

/** Distinct elements, first occurrences in order. */
function distinct(values: Iterable<Value>, type: DataType): Value[] {
  const seen = new Set<ReturnType<typeof valueKey>>();
  const out: Value[] = [];
  for (const v of values) {
    const key = setKey(v, type);
    if (seen.has(key)) continue;
    seen.add(key);
    out.push(v);
  }
  return out;
}
const keySet = (values: List, type: DataType): Set<ReturnType<typeof valueKey>> =>
  new Set(values.map((v) => setKey(v, type)));

const MAX_LENGTH = 2_147_483_632;
function outOfBounds(index: number, size: number): Error {
  return runtimeError('INVALID_ARRAY_INDEX', { indexValue: String(index), arraySize: String(size) });
}

function elementAt(container: Value, key: Value, context: CallContext, mode: CallContext['mode']): Value {
  const type = context.argTypes[0] as DataType;
  if (type.kind === 'map') {
    const map = container as MapValue;
    const at = findKey(map, key, type.keyType);
    return at < 0 ? null : (map.values[at] as Value);
  }
  const values = container as List;
  const index = key as number;
  if (Math.abs(index) > values.length) {
    if (mode !== 'ANSI') return null;
    throw runtimeError('INVALID_ARRAY_INDEX_IN_ELEMENT_AT', {
      indexValue: String(index),
      arraySize: String(values.length),
    });
  }
  if (index === 0) throw runtimeError('INVALID_INDEX_OF_ZERO', {});
  return values[index > 0 ? index - 1 : values.length + index] as Value;
}
const elementAtCoercion: Coercion = (args, context) => {
  const [container, key] = args as [DataType, DataType];
  if (container.kind === 'array') {
    if (!isIntegral(key) || key.kind === 'long') {
      const cast = key.kind === 'long' ? undefined : implicitCast(key, INT, context.mode);
      return cast && isIntegral(cast) && key.kind !== 'string'
        ? castsTo(args, [undefined, cast])
        : unexpectedInput(1, INT, key);
    }
    return castsTo(args, [undefined, INT]);
  }
  if (container.kind === 'map') {
    const common = findTightestCommonType(container.keyType, key, context.mode);
    if (!common) return diffElements('element_at', 'MAP_FUNCTION_DIFF_TYPES', container, key);
    const target = sameType(common, container.keyType)
      ? undefined
      : new MapType(common, container.valueType, container.valueContainsNull);
    return castsTo(args, [target, common]);
  }
  return container.kind === 'null'
    ? args.map(() => undefined)
    : unexpectedInput(0, { anyOf: ['array', 'map'] }, container);
};
const elementType = (args: readonly DataType[]): DataType => {
  const t = args[0] as DataType;
  return t.kind === 'map' ? t.valueType : elementOf(t);
};

/** Sorts by the element's order, nulls at `nullsFirst`'s side. */
function sorted(values: List, type: DataType, ascending: boolean): Value[] {
  const compare = comparatorFor(type);
  const nulls = values.filter((v) => v === null);
  const rest = values.filter((v) => v !== null).sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
  return ascending ? [...nulls, ...rest] : [...rest, ...nulls];
}

function slice(values: List, start: number, length: number): Value[] {
  if (start === 0)
    throw runtimeError('INVALID_PARAMETER_VALUE.START', { parameter: '`start`', functionName: '`slice`' });
  if (length < 0) {
    throw runtimeError('INVALID_PARAMETER_VALUE.LENGTH', {
      parameter: '`length`',
      functionName: '`slice`',
      length: String(length),
    });
  }
  const from = start > 0 ? start - 1 : values.length + start;
  return from < 0 || from >= values.length ? [] : values.slice(from, from + length);
}

function insert(values: List, position: number, item: Value): Value[] {
  if (position === 0) throw runtimeError('INVALID_INDEX_OF_ZERO', {});
  if (Math.abs(position) > MAX_LENGTH) throw tooLong('array_insert', Math.abs(position));
  const out = values.slice();
  if (position > 0) {
    const at = position - 1;
    if (at <= out.length) out.splice(at, 0, item);
    else {
      while (out.length < at) out.push(null);
      out.push(item);
    }
    return out;
  }
  // -1 appends: the new element ends up at that position counted from the end.
  const at = out.length + position + 1;
  if (at >= 0) out.splice(at, 0, item);
  else out.unshift(item, ...Array.from({ length: -at }, () => null));
  return out;
}
function tooLong(name: string, n: number): Error {
  return runtimeError('COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION', {
    numberOfElements: String(n),
    maxRoundedArrayLength: String(MAX_LENGTH),
    functionName: `\`${name}\``,
  });
}

function overlap(a: List, b: List, type: DataType): boolean | null {
  const keys = keySet(b, type);
  for (const v of a) if (v !== null && keys.has(setKey(v, type))) return true;
  return a.length > 0 && b.length > 0 && (a.includes(null) || b.includes(null)) ? null : false;
}

function array(
  name: string,
  usage: string,
  cls: string,
  description: string,
  spec: Omit<ScalarSpec, 'cls'>,
): ScalarFunction {
  return scalar('array', `${name}(${usage})`, description, { cls, ...spec });
}

const lax = { nullIntolerant: false } as const;
const commonArray: Coercion = (args, context) => (args.length === 0 ? [] : allSame('array')(args, context));
const ordered =
  (name: string): Coercion =>
  (args) =>
    args[0]?.kind !== 'array' && args[0]?.kind !== 'null'
      ? unexpectedInput(0, 'array', args[0] as DataType)
      : args[1] && args[1].kind !== 'boolean' && args[1].kind !== 'null'
        ? unexpectedInput(1, BOOLEAN, args[1])
        : isOrderable(elementOf(args[0]))
          ? args.map(() => undefined)
          : {
              mismatch: {
                condition: 'INVALID_ORDERING_TYPE',
                parameters: { functionName: `\`${name}\``, dataType: toSqlType(first(args)) },
              },
            };

function extreme(values: List, type: DataType, sign: 1 | -1): Value {
  const compare = comparatorFor(type);
  let best: Value = null;
  for (const v of values) if (v !== null && (best === null || compare(v, best) * sign > 0)) best = v;
  return best;
}

function zipFields(args: readonly DataType[], names: readonly (string | undefined)[] | undefined): StructType {
  return new StructType(args.map((t, i) => new StructField(names?.[i] ?? String(i), elementOf(t), true)));
}

export const arrayFunctions: readonly ScalarFunction[] = [
  array('array', '...', 'CreateArray', 'An array of the arguments.', {
    coerce: commonArray,
    returns: (args, c) => new ArrayType(mergedNullability(args), args.length > 0 && c.nullable.some((n) => n)),
    ...lax,
    nullability: 'never',
    run: (args) => args as List as Value,
  }),
  array('size', 'expr', 'Size', 'Number of elements of an array or a map.', {
    aliases: ['cardinality'],
    aliasShows: true,
    types: [{ anyOf: ['array', 'map'] }],
    returns: INT,
    ...lax,
    nullability: (n, _, c) => c?.mode !== 'LEGACY' && n[0] === true,
    run: ([v], c) =>
      v === null ? (c.mode === 'LEGACY' ? -1 : null) : Array.isArray(v) ? v.length : (v as MapValue).keys.length,
  }),
  array('array_size', 'array', 'ArraySize', 'Number of elements.', {
    types: ['array'],
    returns: INT,
    replacement: () => ({ fn: 'size', args: [{ argument: 0 }], mode: 'ANSI' }),
    run: ([v]) => list(v).length,
  }),
  array('array_contains', 'array, value', 'ArrayContains', 'Whether the array holds the value; null if it may.', {
    coerce: arrayAndElement('array_contains', wider),
    returns: BOOLEAN,
    nullability: (n, t) => n.some((x) => x) || containsNull(t[0]),
    run: ([a, v], c) => {
      const type = argElement(c);
      const compare = comparatorFor(type);
      let sawNull = false;
      for (const item of list(a)) {
        if (item === null) sawNull = true;
        else if (compare(item, v as Value) === 0) return true;
      }
      return sawNull ? null : false;
    },
  }),
  array('array_position', 'array, element', 'ArrayPosition', 'Position of the first equal element, 0 if none.', {
    coerce: arrayAndElement('array_position'),
    returns: LONG,
    run: ([a, v], c) => {
      const compare = comparatorFor(argElement(c));
      return BigInt(list(a).findIndex((item) => item !== null && compare(item, v as Value) === 0) + 1);
    },
  }),
  array('array_remove', 'array, element', 'ArrayRemove', 'The array without the elements equal to a value.', {
    coerce: arrayAndElement('array_remove'),
    returns: first,
    run: ([a, v], c) => {
      const compare = comparatorFor(argElement(c));
      return list(a).filter((item) => item === null || compare(item, v as Value) !== 0);
    },
  }),
  array('array_append', 'array, element', 'ArrayAppend', 'The array with a value at its end.', {
    coerce: arrayAndElement('array_append'),
    returns: (args, c) =>
      new ArrayType(
        mergedNullability([elementOf(args[0]), args[1] ?? NULL]),
        containsNull(args[0]) || c.nullable[1] === true,
      ),
    ...lax,
    nullability: (n) => n[0] === true,
    run: ([a, v]) => (a === null ? null : [...list(a), v as Value]),
  }),
  array('array_prepend', 'array, element', 'ArrayPrepend', 'The array with a value at its start.', {
    coerce: arrayAndElement('array_prepend'),
    returns: (args, c) =>
      new ArrayType(
        mergedNullability([elementOf(args[0]), args[1] ?? NULL]),
        containsNull(args[0]) || c.nullable[1] === true,
      ),
    ...lax,
    nullability: (n) => n[0] === true,
    run: ([a, v]) => (a === null ? null : [v as Value, ...list(a)]),
  }),
  array(
    'array_insert',
    'array, pos, element[, legacyNegativeIndex]',
    'ArrayInsert',
    'The array with a value put at a position.',
    {
      coerce: (args, context) => {
        const [a, p, v] = args as [DataType, DataType, DataType];
        const casts = arrayAndElement('array_insert')([a, v], context);
        return 'mismatch' in casts ? casts : [casts[0], isIntegral(p) && p.kind !== 'int' ? INT : undefined, casts[1]];
      },
      returns: (args) => new ArrayType(mergedNullability([elementOf(args[0]), args[2] ?? NULL]), true),
      ...lax,
      nullability: (n) => n[0] === true || n[1] === true,
      run: ([a, p, v, legacy]) => {
        if (a === null || p === null) return null;
        // In the legacy form -1 stands before the last element, not behind it.
        const position = p as number;
        return insert(list(a), legacy === true && position < 0 ? position - 1 : position, v as Value);
      },
    },
  ),
  array('array_compact', 'array', 'ArrayCompact', 'The array without nulls.', {
    types: ['array'],
    returns: (args) => new ArrayType(elementOf(args[0]), false),
    run: ([a]) => list(a).filter((v) => v !== null),
  }),
  array('array_distinct', 'array', 'ArrayDistinct', 'The array without duplicates.', {
    types: ['array'],
    returns: first,
    run: ([a], c) => distinct(list(a), argElement(c)),
  }),
  array('array_union', 'array1, array2', 'ArrayUnion', 'Distinct elements of both arrays.', {
    coerce: twoArrays('array_union'),
    returns: (args) => mergedNullability(args),
    run: ([a, b], c) => distinct([...list(a), ...list(b)], argElement(c)),
  }),
  array('array_intersect', 'array1, array2', 'ArrayIntersect', 'Distinct elements in both arrays.', {
    coerce: twoArrays('array_intersect'),
    returns: (args) =>
      new ArrayType(mergedNullability(args.map(elementOf)), containsNull(args[0]) && containsNull(args[1])),
    run: ([a, b], c) => {
      const type = argElement(c);
      const keys = keySet(list(b), type);
      return distinct(
        list(a).filter((v) => keys.has(setKey(v, type))),
        type,
      );
    },
  }),
  array('array_except', 'array1, array2', 'ArrayExcept', 'Distinct elements of the first that are not in the second.', {
    coerce: twoArrays('array_except'),
    returns: first,
    run: ([a, b], c) => {
      const type = argElement(c);
      const keys = keySet(list(b), type);
      return distinct(
        list(a).filter((v) => !keys.has(setKey(v, type))),
        type,
      );
    },
  }),
  array('arrays_overlap', 'a1, a2', 'ArraysOverlap', 'Whether the arrays share a value; null if they may.', {
    coerce: twoArrays('arrays_overlap'),
    returns: BOOLEAN,
    nullability: (n, t) => n.some((x) => x) || t.some(containsNull),
    run: ([a, b], c) => overlap(list(a), list(b), argElement(c)),
  }),
  array('array_join', 'array, delimiter[, nullReplacement]', 'ArrayJoin', 'Elements joined with a delimiter.', {
    types: [new ArrayType(STRING), STRING, STRING],
    returns: STRING,
    run: ([a, d, n]) =>
      (n === undefined ? list(a).filter((v) => v !== null) : list(a).map((v) => v ?? (n as string))).join(d as string),
  }),
  array('array_max', 'array', 'ArrayMax', 'Greatest element.', {
    coerce: ordered('array_max'),
    returns: (args) => elementOf(args[0]),
    nullability: 'always',
    run: ([a], c) => extreme(list(a), c.returnType, 1),
  }),
  array('array_min', 'array', 'ArrayMin', 'Least element.', {
    coerce: ordered('array_min'),
    returns: (args) => elementOf(args[0]),
    nullability: 'always',
    run: ([a], c) => extreme(list(a), c.returnType, -1),
  }),
  array('array_repeat', 'element, count', 'ArrayRepeat', 'An array of a value count times.', {
    coerce: exactTypes(['any', INT]),
    returns: (args, c) => new ArrayType(args[0] as DataType, c.nullable[0] === true),
    ...lax,
    nullability: (n) => n[1] === true,
    run: ([v, n]) => {
      if (n === null) return null;
      if ((n as number) > MAX_LENGTH) throw tooLong('array_repeat', n as number);
      return new Array<Value>(Math.max(n as number, 0)).fill(v as Value);
    },
  }),
  array('arrays_zip', '...', 'ArraysZip', 'Arrays side by side as one array of structs.', {
    coerce: exactTypes(['array'], true),
    returns: (args, c) => new ArrayType(zipFields(args, c.argumentNames), false),
    run: (args) => {
      const n = Math.max(0, ...args.map((a) => list(a).length));
      return Array.from({ length: n }, (_, i) => args.map((a) => list(a)[i] ?? null));
    },
  }),
  array(
    'element_at',
    'container, key',
    'ElementAt',
    'Element at a position from 1 (negative: from the end), or value of a map key.',
    {
      coerce: elementAtCoercion,
      returns: elementType,
      nullability: 'always',
      run: ([v, k], c) => elementAt(v as Value, k as Value, c, c.mode),
    },
  ),
  array('try_element_at', 'container, key', 'TryElementAt', 'element_at with null outside the array.', {
    coerce: elementAtCoercion,
    returns: elementType,
    nullability: 'always',
    replacement: () => ({ fn: 'element_at', args: [{ argument: 0 }, { argument: 1 }], mode: 'TRY' }),
    run: ([v, k], c) => elementAt(v as Value, k as Value, c, 'TRY'),
  }),
  array('get', 'array, index', 'Get', 'Element at a position from 0, null outside.', {
    types: ['array', INT],
    returns: (args) => elementOf(args[0]),
    nullability: 'always',
    replacement: () => ({ fn: 'getarrayitem', args: [{ argument: 0 }, { argument: 1 }], mode: 'LEGACY' }),
    run: ([a, i]) => list(a)[i as number] ?? null,
  }),
  array('getarrayitem', 'array, index', 'GetArrayItem', 'a[i], from 0.', {
    types: ['array', 'integral'],
    returns: (args) => elementOf(args[0]),
    nullability: 'always',
    run: ([a, i], c) => {
      const index = Number(i as number | bigint);
      const values = list(a);
      if (index >= 0 && index < values.length) return values[index] as Value;
      if (c.mode === 'ANSI') throw outOfBounds(index, values.length);
      return null;
    },
  }),
  array('flatten', 'arrayOfArrays', 'Flatten', 'Elements of the inner arrays; null if one is null.', {
    types: [{ arrayOf: 'array' }],
    returns: (args) => elementOf(args[0]),
    nullability: (n, t) => n[0] === true || containsNull(t[0]),
    run: ([a]) => (list(a).includes(null) ? null : (list(a) as readonly List[]).flat(1)),
  }),
  array('reverse', 'expr', 'Reverse', 'A string or an array in reverse order.', {
    types: [{ anyOf: [STRING, 'array'] }],
    coerce: (args, c) => (args[0]?.kind === 'array' ? [undefined] : inputTypes([STRING])(args, c)),
    returns: first,
    run: ([v]) => (typeof v === 'string' ? Array.from(v).reverse().join('') : list(v).slice().reverse()),
  }),
  array('slice', 'array, start, length', 'Slice', 'Part of an array from a position.', {
    types: ['array', INT, INT],
    returns: first,
    run: ([a, s, n]) => slice(list(a), s as number, n as number),
  }),
  array(
    'sort_array',
    'array[, ascendingOrder]',
    'SortArray',
    'Sorts, nulls first when ascending, last when descending.',
    {
      coerce: ordered('sort_array'),
      returns: first,
      run: ([a, asc], c) => sorted(list(a), argElement(c), asc !== false),
    },
  ),
];
