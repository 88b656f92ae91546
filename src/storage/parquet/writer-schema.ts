import type { SchemaElement } from 'hyparquet';
import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  type DataType,
  type Decimal,
  MapType,
  type MapValue,
  STRING,
  StructType as Struct,
  StructField,
  type StructType,
  type Value,
} from '../../types/index.js';

/** A schema as Parquet elements, depth first, the root first. Everything is optional but map keys; decimals take the smallest
 * type, timestamps are microseconds. Spark: `SparkToParquetSchemaConverter` with `TIMESTAMP_MICROS`.
 * @throws UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE */
export function parquetElements(schema: StructType): SchemaElement[] {
  const out: SchemaElement[] = [{ name: 'spark_schema', num_children: schema.fields.length }];
  for (const field of schema.fields) addElement(out, field.name, field.dataType, 'OPTIONAL', field);
  return out;
}

type Repetition = 'REQUIRED' | 'OPTIONAL';

function addElement(
  out: SchemaElement[],
  name: string,
  type: DataType,
  repetition: Repetition,
  top: StructField,
): void {
  const base = { name, repetition_type: repetition } as const;
  switch (type.kind) {
    case 'boolean':
      out.push({ ...base, type: 'BOOLEAN' });
      return;
    case 'byte':
    case 'short':
      // The library writes INTEGER's bit width with a type that parquet-java refuses: the converted type says the same.
      out.push({ ...base, type: 'INT32', converted_type: type.kind === 'byte' ? 'INT_8' : 'INT_16' });
      return;
    case 'int':
    case 'ym_interval':
      out.push({ ...base, type: 'INT32' });
      return;
    case 'long':
    case 'dt_interval':
      out.push({ ...base, type: 'INT64' });
      return;
    case 'float':
      out.push({ ...base, type: 'FLOAT' });
      return;
    case 'double':
      out.push({ ...base, type: 'DOUBLE' });
      return;
    case 'date':
      out.push({ ...base, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } });
      return;
    case 'timestamp':
    case 'timestamp_ntz': {
      const utc = type.kind === 'timestamp';
      out.push({
        ...base,
        type: 'INT64',
        ...(utc && { converted_type: 'TIMESTAMP_MICROS' as const }),
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: utc, unit: 'MICROS' },
      });
      return;
    }
    case 'string':
    case 'char':
    case 'varchar':
      out.push({ ...base, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } });
      return;
    case 'binary':
      out.push({ ...base, type: 'BYTE_ARRAY' });
      return;
    case 'decimal': {
      const { precision, scale } = type;
      const fixed = precision > 18;
      out.push({
        ...base,
        type: precision <= 9 ? 'INT32' : fixed ? 'FIXED_LEN_BYTE_ARRAY' : 'INT64',
        ...(fixed && { type_length: bytesForPrecision(precision) }),
        converted_type: 'DECIMAL',
        logical_type: { type: 'DECIMAL', precision, scale },
        precision,
        scale,
      });
      return;
    }
    case 'array':
      out.push({ ...base, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } });
      out.push({ name: 'list', repetition_type: 'REPEATED', num_children: 1 });
      addElement(out, 'element', type.elementType, 'OPTIONAL', top);
      return;
    case 'map':
      out.push({ ...base, num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } });
      out.push({ name: 'key_value', repetition_type: 'REPEATED', num_children: 2 });
      addElement(out, 'key', type.keyType, 'REQUIRED', top);
      addElement(out, 'value', type.valueType, 'OPTIONAL', top);
      return;
    case 'struct':
      out.push({ ...base, num_children: type.fields.length });
      for (const field of type.fields) addElement(out, field.name, field.dataType, 'OPTIONAL', top);
      return;
    default:
      throw runtimeError('UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE', {
        format: 'Parquet',
        columnName: `\`${top.name}\``,
        columnType: `"${top.dataType.sql}"`,
      });
  }
}

/** Bytes of two's complement that hold so many digits. Spark: `Decimal.minBytesForPrecision`. */
function bytesForPrecision(precision: number): number {
  let bytes = 1;
  while (2n ** BigInt(8 * bytes - 1) <= 10n ** BigInt(precision)) bytes++;
  return bytes;
}

/** What the writer takes for a value of a type. */
export function writable(type: DataType): (value: Value) => unknown {
  switch (type.kind) {
    case 'decimal':
      return (v) => v && (v as Decimal).unscaled;
    case 'array': {
      const element = writable(type.elementType);
      return (v) => v && (v as readonly Value[]).map((item) => element(item));
    }
    case 'map': {
      const key = writable(type.keyType);
      const value = writable(type.valueType);
      return (v) =>
        v && (v as MapValue).keys.map((k, i) => ({ key: key(k), value: value((v as MapValue).values[i] ?? null) }));
    }
    case 'struct': {
      const fields = type.fields.map((f) => ({ name: f.name, convert: writable(f.dataType) }));
      return (v) => {
        if (!v) return v;
        // A field may be called `__proto__`.
        const out = Object.create(null) as Record<string, unknown>;
        for (let i = 0; i < fields.length; i++) {
          const field = fields[i] as (typeof fields)[number];
          out[field.name] = field.convert((v as readonly Value[])[i] ?? null);
        }
        return out;
      };
    }
    default:
      return (v) => v;
  }
}

/** char and varchar are stored as strings. Spark: `CharVarcharUtils.replaceCharVarcharWithString`. */
export function withoutCharVarchar(type: DataType): DataType {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return STRING;
    case 'array':
      return new ArrayType(withoutCharVarchar(type.elementType), type.containsNull);
    case 'map':
      return new MapType(withoutCharVarchar(type.keyType), withoutCharVarchar(type.valueType), type.valueContainsNull);
    case 'struct':
      return new Struct(
        type.fields.map((f) => new StructField(f.name, withoutCharVarchar(f.dataType), f.nullable, f.metadata)),
      );
    default:
      return type;
  }
}
