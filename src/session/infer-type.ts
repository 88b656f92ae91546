import { analysisError } from '../errors/index.js';
import { Timestamp } from '../storage/column/public-value.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  LONG,
  MapType,
  NULL,
  STRING,
  StructField,
  StructType,
  sameType,
  TIMESTAMP,
} from '../types/index.js';

/** The SQL type of a JavaScript value: whole numbers are bigint, others double, Dates timestamps, objects structs. */
export function inferType(v: unknown): DataType {
  if (v === null || v === undefined) return NULL;
  switch (typeof v) {
    case 'boolean':
      return BOOLEAN;
    case 'number':
      return Number.isSafeInteger(v) && !Object.is(v, -0) ? LONG : DOUBLE;
    case 'bigint':
      return LONG;
    case 'string':
      return STRING;
    case 'object':
      if (v instanceof Date || v instanceof Timestamp) return TIMESTAMP;
      if (v instanceof Uint8Array) return BINARY;
      if (v instanceof Decimal) return new DecimalType(38, v.scale);
      if (Array.isArray(v)) return new ArrayType(v.map(inferType).reduce(mergeTypes, NULL as DataType));
      if (v instanceof Map)
        return new MapType(
          [...v.keys()].map(inferType).reduce(mergeTypes, NULL as DataType),
          [...v.values()].map(inferType).reduce(mergeTypes, NULL as DataType),
        );
      return new StructType(Object.entries(v).map(([k, x]) => new StructField(k, inferType(x))));
    default:
      throw analysisError('UNSUPPORTED_FEATURE.LITERAL_TYPE', { value: String(v), type: typeof v });
  }
}

/** One type for both. @throws CANNOT_MERGE_TYPE */
export function mergeTypes(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b;
  if (b.kind === 'null' || sameType(a, b)) return a;
  if ((a === LONG && b === DOUBLE) || (a === DOUBLE && b === LONG)) return DOUBLE;
  if (a.kind === 'array' && b.kind === 'array') return new ArrayType(mergeTypes(a.elementType, b.elementType));
  if (a.kind === 'map' && b.kind === 'map')
    return new MapType(mergeTypes(a.keyType, b.keyType), mergeTypes(a.valueType, b.valueType));
  if (a.kind === 'decimal' && b.kind === 'decimal') return new DecimalType(38, Math.max(a.scale, b.scale));
  if (a.kind === 'struct' && b.kind === 'struct') {
    const names = [...new Set([...a.fieldNames, ...b.fieldNames])];
    const typeIn = (s: StructType, n: string) => s.fields.find((f) => f.name === n)?.dataType ?? NULL;
    return new StructType(names.map((n) => new StructField(n, mergeTypes(typeIn(a, n), typeIn(b, n)))));
  }
  throw analysisError('CANNOT_MERGE_TYPE', { left: a.simpleString, right: b.simpleString });
}
