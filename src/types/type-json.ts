import { internalError } from '../errors/index.js';
import { ArrayType, type DataType, MapType, type Metadata, StructField, StructType } from './data-type.js';
import { parseType } from './parse-type.js';

type JsonType = string | { readonly [key: string]: unknown };

/** Spark's JSON form of a type, as stored in Parquet's `org.apache.spark.sql.parquet.row.metadata`. Spark: `DataType.json`. */
export function typeToJson(type: DataType): JsonType {
  switch (type.kind) {
    case 'array':
      return { type: 'array', elementType: typeToJson(type.elementType), containsNull: type.containsNull };
    case 'map':
      return {
        type: 'map',
        keyType: typeToJson(type.keyType),
        valueType: typeToJson(type.valueType),
        valueContainsNull: type.valueContainsNull,
      };
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map((f) => ({
          name: f.name,
          type: typeToJson(f.dataType),
          nullable: f.nullable,
          metadata: f.metadata,
        })),
      };
    default:
      return type.typeName;
  }
}

/** Inverse of `typeToJson`. Spark: `DataType.fromJson`. */
export function typeFromJson(json: unknown): DataType {
  if (typeof json === 'string') return parseType(json);
  const node = json as { readonly [key: string]: unknown };
  switch (node['type']) {
    case 'array':
      return new ArrayType(typeFromJson(node['elementType']), node['containsNull'] !== false);
    case 'map':
      return new MapType(
        typeFromJson(node['keyType']),
        typeFromJson(node['valueType']),
        node['valueContainsNull'] !== false,
      );
    case 'struct':
      return new StructType(
        (node['fields'] as readonly Record<string, unknown>[]).map(
          (f) =>
            new StructField(
              String(f['name']),
              typeFromJson(f['type']),
              f['nullable'] !== false,
              (f['metadata'] ?? {}) as Metadata,
            ),
        ),
      );
    default:
      throw internalError(`unknown type in schema JSON: ${JSON.stringify(json)}`);
  }
}
