import { analysisError, runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  type DataType,
  DecimalType,
  MapType,
  quoteIdentifier,
  StructField,
  StructType,
  sameType,
} from '../../types/index.js';

/** Fields of both; those that both have must agree in type. Spark: `StructType.merge`.
 * @throws CANNOT_MERGE_SCHEMAS */
export function mergeStructs(left: StructType, right: StructType, caseSensitive = false): StructType {
  const merged = merge(left, right, caseSensitive);
  if (!merged) throw runtimeError('CANNOT_MERGE_SCHEMAS', { left: `"${left.sql}"`, right: `"${right.sql}"` });
  return merged as StructType;
}

function merge(a: DataType, b: DataType, caseSensitive: boolean): DataType | undefined {
  if (a.kind === 'struct' && b.kind === 'struct') {
    const key = (name: string): string => (caseSensitive ? name : name.toLowerCase());
    const others = new Map(b.fields.map((f) => [key(f.name), f]));
    const fields: StructField[] = [];
    for (const field of a.fields) {
      const other = others.get(key(field.name));
      if (!other) {
        fields.push(field);
        continue;
      }
      const type = merge(field.dataType, other.dataType, caseSensitive);
      if (!type) return undefined;
      fields.push(new StructField(field.name, type, field.nullable || other.nullable, field.metadata));
      others.delete(key(field.name));
    }
    return new StructType([...fields, ...others.values()]);
  }
  if (a.kind === 'array' && b.kind === 'array') {
    const element = merge(a.elementType, b.elementType, caseSensitive);
    return element && new ArrayType(element, a.containsNull || b.containsNull);
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = merge(a.keyType, b.keyType, caseSensitive);
    const value = merge(a.valueType, b.valueType, caseSensitive);
    return key && value && new MapType(key, value, a.valueContainsNull || b.valueContainsNull);
  }
  if (a.kind === 'decimal' && b.kind === 'decimal' && a.scale === b.scale)
    return new DecimalType(Math.max(a.precision, b.precision), a.scale);
  return sameType(a, b) ? a : undefined;
}

/** Refuses columns of one name, fields of nested structs included. Spark: `SchemaUtils.checkSchemaColumnNameDuplication`.
 * @throws COLUMN_ALREADY_EXISTS */
export function checkColumnNames(type: DataType, caseSensitive = false): void {
  if (type.kind === 'array') checkColumnNames(type.elementType, caseSensitive);
  else if (type.kind === 'map') {
    checkColumnNames(type.keyType, caseSensitive);
    checkColumnNames(type.valueType, caseSensitive);
  } else if (type.kind === 'struct') {
    const seen = new Set<string>();
    for (const { name, dataType } of type.fields) {
      const key = caseSensitive ? name : name.toLowerCase();
      if (seen.has(key)) throw analysisError('COLUMN_ALREADY_EXISTS', { columnName: quoteIdentifier(key) });
      seen.add(key);
      checkColumnNames(dataType, caseSensitive);
    }
  }
}
