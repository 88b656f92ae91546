import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  type DataType,
  INT,
  MapType,
  MapValue,
  NULL,
  parseType,
  STRING,
  StructField,
  StructType,
  typeFromJson,
  type Value,
  zoneOf,
} from '../../types/index.js';
import { exactTypes, inputTypes } from '../coercion.js';
import { inTextFiles } from '../datetime/formatter-types.js';
import { scalar } from '../define.js';
import type { AnalysisContext, CallContext, Coercion, ScalarFunction } from '../function.js';
import { convertJson, JsonMismatch } from '../json/from-json.js';
import { canonicalJsonType, inferJsonType } from '../json/infer-schema.js';
import { jsonAtPath, type PathStep, parseJsonPath } from '../json/json-path.js';
import { type JsonNode, jsonDialect, parseJson } from '../json/json-text.js';
import { toJsonText } from '../json/to-json.js';
import { toSqlType } from '../sql-literal.js';

const text = (v: unknown): string => v as string;

/** Schema text as DDL or as Spark's JSON. */
export function schemaOf(value: Value | undefined): DataType {
  if (typeof value !== 'string') return NULL;
  const trimmed = value.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('"')) return typeFromJson(JSON.parse(trimmed));
  return parseType(value);
}
/** Every field may be null, whatever the schema says. Spark: `DataType.asNullable`. */
export function asNullable(type: DataType): DataType {
  switch (type.kind) {
    case 'array':
      return new ArrayType(asNullable(type.elementType), true);
    case 'map':
      return new MapType(asNullable(type.keyType), asNullable(type.valueType), true);
    case 'struct':
      return new StructType(type.fields.map((f) => new StructField(f.name, asNullable(f.dataType), true, f.metadata)));
    default:
      return type;
  }
}

/** Options given as a constant map, keys in lower case. */
export function optionsOf(value: Value | undefined): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  if (value instanceof MapValue)
    value.keys.forEach((k, i) => {
      out.set(String(k).toLowerCase(), String(value.values[i]));
    });
  return out;
}

function malformed(record: string): Error {
  return runtimeError('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', {
    badRecord: record,
    failFastMode: 'FAILFAST',
  });
}

/** Fields of the schema that hold the text where it is malformed. */
function corruptField(type: DataType, options: ReadonlyMap<string, string>): number {
  if (type.kind !== 'struct') return -1;
  const name = options.get('columnnameofcorruptrecord') ?? '_corrupt_record';
  return type.fields.findIndex((f) => f.name === name && f.dataType.kind === 'string');
}

/** Spark: `JsonToStructs`. Malformed text gives a struct of nulls, or null for arrays and maps. */
function fromJson(json: string, c: CallContext, options: ReadonlyMap<string, string>): Value {
  const type = c.returnType;
  const mode = options.get('mode')?.toUpperCase() ?? 'PERMISSIVE';
  if (json.trim() === '') return null;
  const corrupt = corruptField(type, options);
  const bad = (): Value => {
    if (mode === 'FAILFAST') throw malformed(json);
    return type.kind === 'struct' ? type.fields.map((_, i) => (i === corrupt ? json : null)) : null;
  };
  const node = parseJson(json, true, jsonDialect(options));
  if (node === undefined) return bad();
  if (node.k === 'null' && type.kind === 'struct') return type.fields.map(() => null);
  let partial = false;
  const read = {
    zone: zoneOf(options.get('timezone') ?? c.timeZone),
    dateFormat: options.get('dateformat'),
    timestampFormat: options.get('timestampformat'),
    timestampNtzFormat: options.get('timestampntzformat'),
    legacyTimeParser: inTextFiles(c.legacyTimeParser),
    onMismatch: () => {
      partial = true;
    },
  };
  const root: JsonNode =
    type.kind === 'array' && type.elementType.kind === 'struct' && node.k === 'object'
      ? { k: 'array', items: [node] }
      : node;
  try {
    const value = convertJson(root, type, read);
    if (!partial) return value;
    if (mode === 'FAILFAST') throw malformed(json);
    return corrupt < 0 ? value : (value as readonly Value[]).map((v, i) => (i === corrupt ? json : v));
  } catch (error) {
    if (error instanceof JsonMismatch) return bad();
    throw error;
  }
}

/** The schema argument is constant: its value is the second constant. */
const fromJsonType = (_: readonly DataType[], context: AnalysisContext): DataType =>
  asNullable(schemaOf(context.constants[1]));
const fromJsonCoercion: Coercion = (args, context) => {
  const head = inputTypes([STRING])([args[0] as DataType], context);
  if ('mismatch' in head) return head;
  const schema = schemaOf(context.constants[1]);
  if (schema.kind !== 'struct' && schema.kind !== 'array' && schema.kind !== 'map') {
    return { mismatch: { condition: 'INVALID_JSON_SCHEMA', parameters: { schema: `"${schema.sql}"` } } };
  }
  return [head[0], ...args.slice(1).map(() => undefined)];
};

const toJsonCoercion: Coercion = (args) => {
  const type = args[0] as DataType;
  if (type.kind === 'struct' || type.kind === 'map' || type.kind === 'array') return args.map(() => undefined);
  return { mismatch: { condition: 'INVALID_JSON_SCHEMA', parameters: { schema: toSqlType(type) } } };
};

function pathOf(c: CallContext, path: string): readonly PathStep[] | undefined {
  const held = c.state.get('path') as { text: string; steps: readonly PathStep[] | undefined } | undefined;
  if (held?.text === path) return held.steps;
  const steps = parseJsonPath(path);
  c.state.set('path', { text: path, steps });
  return steps;
}

/** Fields of a JSON object by name, as json_tuple prints them; null for each where the text is malformed. */
export function jsonTuple(json: Value, names: readonly Value[]): Value[] {
  const node = json === null ? undefined : parseJson(json as string);
  if (node?.k !== 'object') return names.map(() => null);
  return names.map((name) => (name === null ? null : jsonAtPath(node, [{ k: 'field', name: name as string }])));
}

export const jsonFunctions: readonly ScalarFunction[] = [
  scalar('json', 'get_json_object(json, path)', 'Text at a JSON path.', {
    cls: 'GetJsonObject',
    types: [STRING, STRING],
    returns: STRING,
    nullability: 'always',
    run: ([j, p], c) => {
      const steps = pathOf(c, text(p));
      const node = steps && parseJson(text(j));
      return steps && node ? jsonAtPath(node, steps) : null;
    },
  }),
  scalar('json', 'from_json(json, schema[, options])', 'A struct, array or map of a JSON text.', {
    cls: 'JsonToStructs',
    coerce: fromJsonCoercion,
    returns: fromJsonType,
    nullability: 'always',
    run: ([j, , o], c) => fromJson(text(j), c, optionsOf(o as Value | undefined)),
  }),
  scalar('json', 'to_json(expr[, options])', 'JSON text of a struct, array or map.', {
    cls: 'StructsToJson',
    coerce: toJsonCoercion,
    returns: STRING,
    nullability: 'always',
    run: ([v, o], c) => {
      const options = optionsOf(o as Value | undefined);
      return toJsonText(v as Value, c.argTypes[0] as DataType, {
        timeZone: options.get('timezone') ?? c.timeZone,
        ignoreNullFields: options.get('ignorenullfields') !== 'false',
        dateFormat: options.get('dateformat'),
        timestampFormat: options.get('timestampformat'),
        timestampNtzFormat: options.get('timestampntzformat'),
        legacyTimeParser: inTextFiles(c.legacyTimeParser),
      });
    },
  }),
  scalar('json', 'json_array_length(json)', 'Number of elements of a JSON array.', {
    cls: 'LengthOfJsonArray',
    coerce: exactTypes([STRING]),
    returns: INT,
    nullability: 'always',
    run: ([j]) => {
      const node = parseJson(text(j), false);
      return node?.k === 'array' ? node.items.length : null;
    },
  }),
  scalar('json', 'json_object_keys(json)', 'Field names of a JSON object.', {
    cls: 'JsonObjectKeys',
    coerce: exactTypes([STRING]),
    returns: new ArrayType(STRING, true),
    nullability: 'always',
    run: ([j]) => {
      const node = parseJson(text(j), false);
      return node?.k === 'object' ? node.fields.map(([name]) => name) : null;
    },
  }),
  scalar('json', 'schema_of_json(json[, options])', 'Type of a JSON text in DDL.', {
    cls: 'SchemaOfJson',
    types: [STRING],
    returns: STRING,
    nullability: 'never',
    run: ([j, o]) => {
      const options = optionsOf(o as Value | undefined);
      const on = (key: string) => options.get(key) === 'true';
      const node = parseJson(text(j), true, jsonDialect(options));
      const type =
        node &&
        inferJsonType(node, { primitivesAsString: on('primitivesasstring'), prefersDecimal: on('prefersdecimal') });
      return ((type && canonicalJsonType(type)) ?? STRING).sql;
    },
  }),
];
