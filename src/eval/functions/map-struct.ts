import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  BOOLEAN,
  type DataType,
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
  castsTo,
  findWiderCommonType,
  findWiderTypeWithoutStringPromotion,
  implicitCast,
  inputTypes,
  unexpectedInput,
} from '../coercion.js';
import { scalar } from '../define.js';
import type { AnalysisContext, CallContext, Coercion, ScalarFunction } from '../function.js';
import { findKey, MapBuilder } from '../map-builder.js';
import { allMatches, compilePattern, type Pattern } from '../pattern.js';
import { toSqlType } from '../sql-literal.js';

type List = readonly Value[];
const asMap = (t: DataType | undefined): MapType => (t?.kind === 'map' ? t : new MapType(NULL, NULL, true));
const keyTypeOf = (c: CallContext): DataType => asMap(c.returnType).keyType;

/** Keys at even positions, values at odd ones, each side of one type. Spark: `CreateMap`. */
const mapCoercion: Coercion = (args, context) => {
  const side = (parity: number): DataType[] => args.filter((_, i) => i % 2 === parity);
  const keys = findWiderCommonType(side(0), context.mode);
  const values = findWiderCommonType(side(1), context.mode);
  const list = (types: readonly DataType[]): string => `[${types.map(toSqlType).join(', ')}]`;
  if (!keys)
    return {
      mismatch: {
        condition: 'CREATE_MAP_KEY_DIFF_TYPES',
        parameters: { functionName: '`map`', dataType: list(side(0)) },
      },
    };
  if (!values)
    return {
      mismatch: {
        condition: 'CREATE_MAP_VALUE_DIFF_TYPES',
        parameters: { functionName: '`map`', dataType: list(side(1)) },
      },
    };
  if (keys.kind === 'map')
    return { mismatch: { condition: 'INVALID_MAP_KEY_TYPE', parameters: { keyType: toSqlType(keys) } } };
  return castsTo(
    args,
    args.map((_, i) => (i % 2 === 0 ? keys : values)),
  );
};

/** Names at even positions, which must be constant strings. */
const namedStructCoercion: Coercion = (args, context) => {
  const bad = args.filter((t, i) => i % 2 === 0 && (t.kind !== 'string' || typeof context.constants[i] !== 'string'));
  if (bad.length > 0) {
    return {
      mismatch: {
        condition: 'CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING',
        parameters: { inputExprs: `[${bad.map(toSqlType).join(', ')}]` },
      },
    };
  }
  return args.map(() => undefined);
};
function namedStructType(args: readonly DataType[], context: AnalysisContext): StructType {
  const fields: StructField[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    fields.push(
      new StructField(String(context.constants[i]), args[i + 1] as DataType, context.nullable[i + 1] !== false),
    );
  }
  return new StructType(fields);
}
function structType(args: readonly DataType[], context: AnalysisContext): StructType {
  return new StructType(
    args.map((t, i) => new StructField(context.argumentNames?.[i] ?? `col${i + 1}`, t, context.nullable[i] !== false)),
  );
}

const entryType = (t: MapType): StructType =>
  new StructType([
    new StructField('key', t.keyType, false),
    new StructField('value', t.valueType, t.valueContainsNull),
  ]);

const mapConcatCoercion: Coercion = (args, context) => {
  if (args.some((t) => t.kind !== 'map' && t.kind !== 'null')) {
    return {
      mismatch: {
        condition: 'MAP_CONCAT_DIFF_TYPES',
        parameters: { functionName: '`map_concat`', dataType: `[${args.map(toSqlType).join(', ')}]` },
      },
    };
  }
  if (args.length === 0) return [];
  let common: DataType | undefined = args[0];
  for (const type of args) common = common && findWiderTypeWithoutStringPromotion(common, type, context.mode);
  if (!common)
    return {
      mismatch: {
        condition: 'DATA_DIFF_TYPES',
        parameters: { functionName: '`map_concat`', dataType: `(${args.map(toSqlType).join(' or ')})` },
      },
    };
  return castsTo(
    args,
    args.map(() => common),
  );
};

const mapAndKey =
  (name: string): Coercion =>
  (args, context) => {
    const [map, key] = args as [DataType, DataType];
    if (map.kind !== 'map') return map.kind === 'null' ? args.map(() => undefined) : unexpectedInput(0, 'map', map);
    const common = findWiderTypeWithoutStringPromotion(map.keyType, key, context.mode);
    if (!common) {
      return {
        mismatch: {
          condition: 'MAP_FUNCTION_DIFF_TYPES',
          parameters: {
            functionName: `\`${name}\``,
            dataType: '"MAP"',
            leftType: toSqlType(map),
            rightType: toSqlType(key),
          },
        },
      };
    }
    const target = sameType(common, map.keyType)
      ? undefined
      : new MapType(common, map.valueType, map.valueContainsNull);
    return castsTo(args, [target, common]);
  };

/** The key is cast to the map's key type. */
const keyLookup: Coercion = (args, context) => {
  const [map, key] = args as [DataType, DataType];
  const target = implicitCast(key, asMap(map).keyType, context.mode);
  return target ? castsTo(args, [undefined, target]) : unexpectedInput(1, asMap(map).keyType, key);
};

function fromEntries(entries: List, keyType: DataType): MapValue | null {
  if (entries.includes(null)) return null;
  const builder = new MapBuilder(keyType);
  for (const entry of entries as readonly List[]) builder.put(entry[0] as Value, entry[1] as Value);
  return builder.build();
}

function pieces(pattern: Pattern, text: string, limit: number): string[] {
  const out: string[] = [];
  let from = 0;
  for (const match of allMatches(pattern, text)) {
    if (limit > 0 && out.length === limit - 1) break;
    if (match.end === 0) continue;
    out.push(text.slice(from, match.start));
    from = match.end;
  }
  out.push(text.slice(from));
  return out;
}
function stringToMap(text: string, pairs: string, keyValue: string): MapValue {
  const builder = new MapBuilder(STRING);
  const separator = compilePattern(keyValue, 'str_to_map');
  for (const pair of pieces(compilePattern(pairs, 'str_to_map'), text, -1)) {
    const [key, value] = pieces(separator, pair, 2);
    builder.put(key as string, value ?? null);
  }
  return builder.build();
}
const lax = { nullIntolerant: false } as const;

export const mapAndStructFunctions: readonly ScalarFunction[] = [
  scalar('map', 'map(...)', 'A map of key, value, key, value, …', {
    cls: 'CreateMap',
    coerce: mapCoercion,
    ...lax,
    nullability: 'never',
    returns: (args, c) =>
      args.length === 0
        ? new MapType(NULL, NULL, false)
        : new MapType(
            mergedNullability(args.filter((_, i) => i % 2 === 0)),
            mergedNullability(args.filter((_, i) => i % 2 === 1)),
            c.nullable.some((n, i) => n && i % 2 === 1),
          ),
    run: (args, c) => {
      const builder = new MapBuilder(keyTypeOf(c));
      for (let i = 0; i + 1 < args.length; i += 2) builder.put(args[i] as Value, args[i + 1] as Value);
      return builder.build();
    },
  }),
  scalar('map', 'map_keys(map)', 'Keys as an array.', {
    cls: 'MapKeys',
    types: ['map'],
    returns: (args) => new ArrayType(asMap(args[0]).keyType, false),
    run: ([m]) => (m as MapValue).keys,
  }),
  scalar('map', 'map_values(map)', 'Values as an array.', {
    cls: 'MapValues',
    types: ['map'],
    returns: (args) => new ArrayType(asMap(args[0]).valueType, asMap(args[0]).valueContainsNull),
    run: ([m]) => (m as MapValue).values,
  }),
  scalar('map', 'map_entries(map)', 'Entries as an array of structs.', {
    cls: 'MapEntries',
    types: ['map'],
    returns: (args) => new ArrayType(entryType(asMap(args[0])), false),
    run: ([m]) => (m as MapValue).keys.map((k, i) => [k, (m as MapValue).values[i] as Value]),
  }),
  scalar('map', 'map_from_arrays(keys, values)', 'A map of two arrays.', {
    cls: 'MapFromArrays',
    types: ['array', 'array'],
    returns: (args) => {
      const [k, v] = args as [DataType, DataType];
      return new MapType(
        k.kind === 'array' ? k.elementType : NULL,
        v.kind === 'array' ? v.elementType : NULL,
        v.kind !== 'array' || v.containsNull,
      );
    },
    run: ([k, v], c) => {
      const keys = k as List;
      const values = v as List;
      if (keys.length !== values.length) throw runtimeError('_LEGACY_ERROR_TEMP_2128', {});
      const builder = new MapBuilder(keyTypeOf(c));
      keys.forEach((key, i) => {
        builder.put(key, values[i] as Value);
      });
      return builder.build();
    },
  }),
  scalar('map', 'map_from_entries(arrayOfEntries)', 'A map of an array of pairs.', {
    cls: 'MapFromEntries',
    types: [{ arrayOf: 'struct' }],
    returns: (args) => {
      const t = args[0] as DataType;
      const s = t.kind === 'array' && t.elementType.kind === 'struct' ? t.elementType.fields : [];
      return new MapType(s[0]?.dataType ?? NULL, s[1]?.dataType ?? NULL, s[1]?.nullable ?? true);
    },
    nullability: (n, t) => n[0] === true || (t[0]?.kind === 'array' && t[0].containsNull),
    run: ([e], c) => fromEntries(e as List, keyTypeOf(c)),
  }),
  scalar('map', 'map_concat(...)', 'Union of maps.', {
    cls: 'MapConcat',
    coerce: mapConcatCoercion,
    returns: (args) => (args.length === 0 ? new MapType(STRING, STRING, false) : mergedNullability(args)),
    run: (args, c) => {
      const builder = new MapBuilder(keyTypeOf(c));
      for (const m of args as readonly MapValue[])
        m.keys.forEach((k, i) => {
          builder.put(k, m.values[i] as Value);
        });
      return builder.build();
    },
  }),
  scalar('map', 'map_contains_key(map, key)', 'Whether the map has a key.', {
    cls: 'MapContainsKey',
    coerce: mapAndKey('map_contains_key'),
    returns: BOOLEAN,
    nullability: 'always',
    replacement: () => ({ fn: 'array_contains', args: [{ fn: 'map_keys', args: [{ argument: 0 }] }, { argument: 1 }] }),
    run: ([m, k], c) => findKey(m as MapValue, k as Value, asMap(c.argTypes[0]).keyType) >= 0,
  }),
  scalar('map', 'getmapvalue(map, key)', 'm[k]; null if absent.', {
    cls: 'GetMapValue',
    coerce: keyLookup,
    returns: (args) => asMap(args[0]).valueType,
    nullability: 'always',
    run: ([m, k], c) => {
      const at = findKey(m as MapValue, k as Value, asMap(c.argTypes[0]).keyType);
      return at < 0 ? null : ((m as MapValue).values[at] as Value);
    },
  }),
  scalar('map', 'str_to_map(text[, pairDelim, keyValueDelim])', 'Splits pairs into a map.', {
    cls: 'StringToMap',
    types: [STRING, STRING, STRING],
    returns: new MapType(STRING, STRING, true),
    run: ([t, p, k]) => stringToMap(t as string, (p ?? ',') as string, (k ?? ':') as string),
  }),
  scalar('struct', 'named_struct(name, value, ...)', 'A struct of named fields.', {
    cls: 'CreateNamedStruct',
    arity: [0, Number.POSITIVE_INFINITY],
    coerce: namedStructCoercion,
    returns: namedStructType,
    ...lax,
    nullability: 'never',
    run: (args) => (args as List).filter((_, i) => i % 2 === 1),
  }),
  scalar('struct', 'struct(...)', 'A struct of the arguments, fields named after them or col1, col2, …', {
    cls: 'CreateStruct',
    returns: structType,
    ...lax,
    nullability: 'never',
    run: (args) => args as List,
  }),
  scalar('struct', 'getstructfield(struct, ordinal)', 's.f by position.', {
    cls: 'GetStructField',
    coerce: inputTypes(['struct']),
    returns: (args, c) => {
      const t = args[0] as DataType;
      return t.kind === 'struct' ? (t.fields[Number(c.constants[1] ?? 0)]?.dataType ?? NULL) : NULL;
    },
    nullability: (n, t) => n[0] === true || (t[0]?.kind === 'struct' && t[0].fields.some((f) => f.nullable)),
    run: ([s, i]) => (s as List)[i as number] as Value,
  }),
  scalar('struct', 'getarraystructfields(array, ordinal)', 'a.f of every element.', {
    cls: 'GetArrayStructFields',
    coerce: inputTypes(['array']),
    returns: (args, c) => {
      const t = args[0] as DataType;
      const s = t.kind === 'array' && t.elementType.kind === 'struct' ? t.elementType : undefined;
      const field = s?.fields[Number(c.constants[1] ?? 0)];
      return new ArrayType(
        field?.dataType ?? NULL,
        (t.kind === 'array' && t.containsNull) || field?.nullable !== false,
      );
    },
    run: ([a, i]) => (a as List).map((s) => (s === null ? null : ((s as List)[i as number] as Value))),
  }),
];
