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
  TIMESTAMP,
} from '../../types/index.js';
import type { JsonNode } from './json-parser.js';
import type { TextOptions, TextParsers } from './text-options.js';
import { parseDecimal } from './text-values.js';

/** The type that one JSON value seems to have. Spark: `JsonInferSchema.inferField`. */
export function inferNode(node: JsonNode, options: TextOptions, parsers: TextParsers): DataType {
  if (node === null) return NULL;
  const asText = options.flag('primitivesAsString', false);
  if (typeof node === 'boolean') return asText ? STRING : BOOLEAN;
  if (typeof node === 'string') {
    if (options.flag('inferTimestamp', false) && parsers.timestamp(node, true, options.get('timestampFormat')) !== null)
      return TIMESTAMP;
    return STRING;
  }
  switch (node.kind) {
    case 'number':
      return asText ? STRING : inferNumber(node.text, options);
    case 'array':
      return new ArrayType(
        node.items.reduce<DataType>((type, item) => widenJson(type, inferNode(item, options, parsers)), NULL),
        true,
      );
    default: {
      const fields = new Map<string, StructField>();
      for (const [name, value] of node.entries) {
        const type = inferNode(value, options, parsers);
        const before = fields.get(name);
        fields.set(name, new StructField(name, before ? widenJson(before.dataType, type) : type));
      }
      return new StructType(sorted(fields));
    }
  }
}

function inferNumber(text: string, options: TextOptions): DataType {
  const parsed = parseDecimal(text);
  if (!parsed) return DOUBLE;
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (BigInt.asIntN(64, value) === value) return LONG;
    return decimalOrDouble(parsed);
  }
  return options.flag('prefersDecimal', false) ? decimalOrDouble(parsed) : DOUBLE;
}

function decimalOrDouble({ unscaled, scale }: { unscaled: bigint; scale: number }): DataType {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  const whole = scale < 0 ? digits - scale : digits;
  const precision = Math.max(whole, scale);
  return precision <= 38 ? new DecimalType(precision, Math.max(scale, 0)) : DOUBLE;
}

/** By name, as UTF-16 like Java's strings. */
function sorted(fields: ReadonlyMap<string, StructField>): StructField[] {
  return [...fields.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** One type for both. Spark: `JsonInferSchema.compatibleType`. */
export function widenJson(a: DataType, b: DataType): DataType {
  if (a.kind === 'null') return b;
  if (b.kind === 'null' || a === b) return a;
  if (a.kind === 'struct' && b.kind === 'struct') {
    const fields = new Map(a.fields.map((f) => [f.name, f]));
    for (const f of b.fields) {
      const before = fields.get(f.name);
      fields.set(f.name, before ? new StructField(f.name, widenJson(before.dataType, f.dataType)) : f);
    }
    return new StructType(sorted(fields));
  }
  if (a.kind === 'array' && b.kind === 'array') return new ArrayType(widenJson(a.elementType, b.elementType), true);
  const numeric = (t: DataType): boolean => t.kind === 'long' || t.kind === 'double' || t.kind === 'decimal';
  if (!numeric(a) || !numeric(b)) return STRING;
  if (a.kind === 'double' || b.kind === 'double') return DOUBLE;
  const [x, y] = [a, b].map((t) => (t.kind === 'decimal' ? t : new DecimalType(20, 0))) as [DecimalType, DecimalType];
  const scale = Math.max(x.scale, y.scale);
  const range = Math.max(x.precision - x.scale, y.precision - y.scale);
  return range + scale > 38 ? DOUBLE : new DecimalType(range + scale, scale);
}

/** Types of nothing but nulls become strings; fields without a name and empty structs vanish. @returns undefined: vanishes
 * Spark: `JsonInferSchema.canonicalizeType`. */
export function canonical(type: DataType, dropNulls: boolean): DataType | undefined {
  switch (type.kind) {
    case 'null':
      return dropNulls ? undefined : STRING;
    case 'array': {
      const element = canonical(type.elementType, dropNulls);
      return element && new ArrayType(element, type.containsNull);
    }
    case 'struct': {
      const fields: StructField[] = [];
      for (const f of type.fields) {
        const inner = f.name === '' ? undefined : canonical(f.dataType, dropNulls);
        if (inner) fields.push(new StructField(f.name, inner, true));
      }
      return fields.length > 0 ? new StructType(fields) : undefined;
    }
    default:
      return type;
  }
}
