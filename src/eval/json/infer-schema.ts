import {
  ArrayType,
  BOOLEAN,
  type DataType,
  DecimalType,
  DOUBLE,
  LONG,
  NULL,
  STRING,
  StructField,
  StructType,
} from '../../types/index.js';
import { findTightestCommonType } from '../coercion.js';
import { compareStrings } from '../compare.js';
import { digitCount, parseDecimal } from '../decimal.js';
import { isIntegerText, type JsonNode } from './json-text.js';

export interface JsonInferOptions {
  readonly primitivesAsString?: boolean;
  readonly prefersDecimal?: boolean;
}

/** The type of one JSON value: integers bigint (or decimal when too long), fractions double, struct fields sorted by name.
 * Spark: `JsonInferSchema.inferField`. */
export function inferJsonType(node: JsonNode, options: JsonInferOptions = {}): DataType {
  switch (node.k) {
    case 'null':
      return NULL;
    case 'boolean':
      return options.primitivesAsString ? STRING : BOOLEAN;
    case 'string':
      return STRING;
    case 'number': {
      if (options.primitivesAsString) return STRING;
      if (options.prefersDecimal && !isIntegerText(node.text)) {
        const d = parseDecimal(node.text);
        if (d && digitCount(d.unscaled) <= 38 && d.scale <= 38)
          return new DecimalType(Math.max(digitCount(d.unscaled), d.scale), d.scale);
      }
      if (!isIntegerText(node.text)) return DOUBLE;
      const n = BigInt(node.text);
      if (BigInt.asIntN(64, n) === n) return LONG;
      const digits = node.text.replace('-', '').length;
      return digits <= 38 ? new DecimalType(digits, 0) : DOUBLE;
    }
    case 'array':
      return new ArrayType(node.items.map((x) => inferJsonType(x, options)).reduce(mergeJsonTypes, NULL), true);
    case 'object': {
      const fields = node.fields
        .filter(([name]) => name !== '')
        .map(([name, value]) => new StructField(name, inferJsonType(value, options), true))
        .sort((a, b) => compareStrings(a.name, b.name));
      return new StructType(fields);
    }
  }
}

/** The type that holds values of both; string if they have nothing in common. Spark: `compatibleType`. */
export function mergeJsonTypes(a: DataType, b: DataType): DataType {
  if (a.kind === 'struct' && b.kind === 'struct') {
    const merged = new Map(a.fields.map((f) => [f.name, f]));
    for (const f of b.fields) {
      const mine = merged.get(f.name);
      merged.set(f.name, mine ? new StructField(f.name, mergeJsonTypes(mine.dataType, f.dataType), true) : f);
    }
    return new StructType([...merged.values()].sort((x, y) => compareStrings(x.name, y.name)));
  }
  if (a.kind === 'array' && b.kind === 'array')
    return new ArrayType(mergeJsonTypes(a.elementType, b.elementType), true);
  if (a.kind === 'decimal' && b.kind === 'double') return DOUBLE;
  if (a.kind === 'double' && b.kind === 'decimal') return DOUBLE;
  if (a.kind === 'decimal' && b.kind === 'decimal') return new DecimalType(Math.max(a.precision, b.precision), 0);
  if (a.kind === 'string' || b.kind === 'string') return a.kind === 'null' ? b : b.kind === 'null' ? a : STRING;
  return findTightestCommonType(a, b, 'LEGACY') ?? STRING;
}

/** Nulls become string, empty structs vanish. Spark: `canonicalizeType`. */
export function canonicalJsonType(type: DataType): DataType | undefined {
  switch (type.kind) {
    case 'null':
      return STRING;
    case 'array': {
      const element = canonicalJsonType(type.elementType);
      return element && new ArrayType(element, type.containsNull);
    }
    case 'struct': {
      const fields = type.fields.flatMap((f) => {
        const t = canonicalJsonType(f.dataType);
        return t ? [new StructField(f.name, t, f.nullable)] : [];
      });
      return fields.length === 0 ? undefined : new StructType(fields);
    }
    default:
      return type;
  }
}
