import { analysisError } from '../../errors/index.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
} from '../../types/index.js';
import type { Annotation, ParquetFile, SchemaNode } from './format.js';
import { isElement } from './read-node.js';
import { schemaFromJson } from './schema-json.js';

/** Footer key under which Spark keeps the schema it wrote. */
export const SPARK_METADATA_KEY = 'org.apache.spark.sql.parquet.row.metadata';

/** Options of Spark's conversion; the defaults are Spark's. */
export interface SchemaOptions {
  /** spark.sql.parquet.binaryAsString */
  readonly binaryAsString?: boolean;
  /** spark.sql.parquet.inferTimestampNTZ.enabled */
  readonly inferTimestampNtz?: boolean;
  /** spark.sql.legacy.parquet.nanosAsLong */
  readonly nanosAsLong?: boolean;
}

/** The schema that Spark infers for a file: what Spark itself stored in the footer, else by the types of the columns. All nullable.
 * @throws PARQUET_TYPE_ILLEGAL, PARQUET_TYPE_NOT_SUPPORTED, PARQUET_TYPE_NOT_RECOGNIZED
 * Spark: `ParquetFileFormat.readSchemaFromFooter`, `ParquetToSparkSchemaConverter`. */
export function sparkSchema(file: ParquetFile, options: SchemaOptions = {}): StructType {
  const stored = file.keyValue[SPARK_METADATA_KEY];
  const schema = (stored !== undefined && schemaFromJson(stored)) || convertGroup(file.schema, options);
  return asNullable(schema) as StructType;
}

/** Every field, element and map value nullable. Spark: `DataType.asNullable`. */
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

function convertGroup(group: SchemaNode, options: SchemaOptions): StructType {
  return new StructType(
    group.children.map((child) => {
      const type = convert(child, options);
      return child.repetition === 'repeated'
        ? new StructField(child.name, new ArrayType(type, false), false)
        : new StructField(child.name, type, child.repetition === 'optional');
    }),
  );
}

/** The type of a node's value, its own repetition aside. */
function convert(node: SchemaNode, options: SchemaOptions): DataType {
  if (node.physical) return convertPrimitive(node, options);
  switch (node.annotation?.kind) {
    case undefined:
      return convertGroup(node, options);
    case 'list': {
      const [repeated] = node.children;
      if (node.children.length !== 1 || repeated?.repetition !== 'repeated') throw illegal(groupText(node));
      if (isElement(repeated, node.name)) return new ArrayType(convert(repeated, options), false);
      const element = repeated.children[0] as SchemaNode;
      if (element.repetition === 'repeated')
        return new ArrayType(new ArrayType(convert(element, options), false), false);
      return new ArrayType(convert(element, options), element.repetition === 'optional');
    }
    case 'map':
    case 'mapKeyValue': {
      const [entry] = node.children;
      const [key, value] = entry?.children ?? [];
      if (node.children.length !== 1 || entry?.repetition !== 'repeated' || entry.children.length !== 2)
        throw illegal(groupText(node));
      return new MapType(
        convert(key as SchemaNode, options),
        convert(value as SchemaNode, options),
        (value as SchemaNode).repetition === 'optional',
      );
    }
    default:
      throw analysisError('PARQUET_TYPE_NOT_RECOGNIZED', { field: groupText(node) });
  }
}

const SIGNED: Readonly<Record<number, DataType>> = { 8: BYTE, 16: SHORT, 32: INT };
const UNSIGNED: Readonly<Record<number, DataType>> = { 8: SHORT, 16: INT, 32: LONG };

function convertPrimitive(node: SchemaNode, options: SchemaOptions): DataType {
  const a = node.annotation;
  switch (node.physical) {
    case 'BOOLEAN':
      return BOOLEAN;
    case 'FLOAT':
      return FLOAT;
    case 'DOUBLE':
      return DOUBLE;
    case 'INT96':
      return TIMESTAMP;
    case 'INT32': {
      if (!a) return INT;
      if (a.kind === 'date') return DATE;
      if (a.kind === 'decimal') return decimal(a, 9, node);
      const type = a.kind === 'int' ? (a.signed ? SIGNED : UNSIGNED)[a.bits] : undefined;
      if (type) return type;
      throw a.kind === 'timestamp' && a.unit === 'MILLIS' ? notSupported(node) : illegal(typeText(node));
    }
    case 'INT64':
      if (!a) return LONG;
      if (a.kind === 'decimal') return decimal(a, 18, node);
      if (a.kind === 'int' && a.bits === 64) return a.signed ? LONG : new DecimalType(20, 0);
      if (a.kind === 'timestamp' && a.unit !== 'NANOS')
        return a.utc || options.inferTimestampNtz === false ? TIMESTAMP : TIMESTAMP_NTZ;
      if (a.kind === 'timestamp' && options.nanosAsLong) return LONG;
      throw illegal(typeText(node));
    case 'BINARY':
      if (!a) return options.binaryAsString ? STRING : BINARY;
      if (a.kind === 'string' || a.kind === 'enum' || a.kind === 'json') return STRING;
      if (a.kind === 'bson') return BINARY;
      if (a.kind === 'decimal') return decimal(a, 38, node);
      throw illegal(typeText(node));
    default:
      if (!a) return BINARY;
      if (a.kind === 'decimal') return decimal(a, maxPrecision(node.typeLength), node);
      throw a.kind === 'interval' ? notSupported(node) : illegal(typeText(node));
  }
}

/** Digits that fit in so many bytes of two's complement. Spark: `Decimal.maxPrecisionForBytes`. */
function maxPrecision(bytes: number): number {
  return Math.floor(Math.log10(2 ** (8 * Math.min(bytes, 120) - 1) - 1));
}

function decimal(a: Annotation & { kind: 'decimal' }, most: number, node: SchemaNode): DataType {
  if (a.precision < 1 || a.precision > Math.min(most, 38) || a.scale < 0 || a.scale > a.precision)
    throw illegal(typeText(node));
  return new DecimalType(a.precision, a.scale);
}

function illegal(parquetType: string): Error {
  return analysisError('PARQUET_TYPE_ILLEGAL', { parquetType });
}
function notSupported(node: SchemaNode): Error {
  return analysisError('PARQUET_TYPE_NOT_SUPPORTED', { parquetType: typeText(node) });
}

/** A primitive type as parquet-java prints it, e.g. `INT64 (TIMESTAMP(NANOS,true))`. */
export function typeText(node: SchemaNode): string {
  const physical = node.physical ?? 'group';
  return node.annotation ? `${physical} (${annotationText(node.annotation)})` : physical;
}

function annotationText(a: Annotation): string {
  switch (a.kind) {
    case 'decimal':
      return `DECIMAL(${a.precision},${a.scale})`;
    case 'timestamp':
    case 'time':
      return `${a.kind.toUpperCase()}(${a.unit},${a.utc})`;
    case 'int':
      return `INTEGER(${a.bits},${a.signed})`;
    case 'other':
      return a.name;
    default:
      return a.kind.toUpperCase();
  }
}

function groupText(node: SchemaNode): string {
  return `${node.repetition} group ${node.name}${node.annotation ? ` (${annotationText(node.annotation)})` : ''}`;
}
