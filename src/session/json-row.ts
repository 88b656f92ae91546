import { toSqlString } from '../types/format.js';
import type { ArrayType, DataType, Decimal, MapType, MapValue, StructType, Value } from '../types/index.js';

/** A row as JSON text, nulls left out, as Spark's `toJSON` writes it. */
export function toJsonText(row: readonly Value[], schema: StructType, timeZone: string): string {
  return structText(row, schema, timeZone);
}

function structText(row: readonly Value[], type: StructType, zone: string): string {
  const parts: string[] = [];
  type.fields.forEach((f, i) => {
    const v = row[i] as Value;
    if (v !== null && v !== undefined) parts.push(`${JSON.stringify(f.name)}:${valueText(v, f.dataType, zone)}`);
  });
  return `{${parts.join(',')}}`;
}

function valueText(v: Value, type: DataType, zone: string): string {
  if (v === null) return 'null';
  switch (type.kind) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return String(v);
    case 'float':
    case 'double':
      return Number.isFinite(v as number) ? toSqlString(v, type, zone) : JSON.stringify(toSqlString(v, type, zone));
    case 'decimal':
      return (v as Decimal).toString();
    case 'binary':
      return JSON.stringify(Buffer.from(v as Uint8Array).toString('base64'));
    case 'timestamp':
    case 'timestamp_ntz': {
      const text = toSqlString(v, type, zone).replace(' ', 'T');
      const [head, fraction = ''] = text.split('.');
      const millis = `${head}.${fraction.padEnd(3, '0')}`;
      return JSON.stringify(type.kind === 'timestamp' ? `${millis}${zone === 'UTC' ? 'Z' : ''}` : millis);
    }
    case 'array':
      return `[${(v as readonly Value[]).map((x) => valueText(x, (type as ArrayType).elementType, zone)).join(',')}]`;
    case 'map': {
      const { keys, values } = v as MapValue;
      const { keyType, valueType } = type as MapType;
      return `{${keys.map((k, i) => `${JSON.stringify(toSqlString(k, keyType, zone))}:${valueText(values[i] as Value, valueType, zone)}`).join(',')}}`;
    }
    case 'struct':
      return structText(v as readonly Value[], type, zone);
    default:
      return JSON.stringify(toSqlString(v, type, zone));
  }
}
