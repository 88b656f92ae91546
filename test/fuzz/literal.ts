import { type DataType, type MapValue, toSqlString, type Value } from '../../src/types/index.js';

const hex = (v: Value) => Buffer.from(v as Uint8Array).toString('hex');

/** A value as SQL that Spark and memoframe read back as the same value of the type. */
export function sparkLiteral(v: Value, type: DataType): string {
  if (v === null) return `CAST(NULL AS ${type.sql})`;
  switch (type.kind) {
    case 'boolean':
      return String(v);
    case 'int':
      return (v as number) === -2147483648 ? "CAST('-2147483648' AS INT)" : String(v);
    case 'byte':
    case 'short':
    case 'long':
    case 'float':
    case 'double':
    case 'decimal':
      return `CAST('${toSqlString(v, type)}' AS ${type.sql})`;
    case 'string':
      return `'${(v as string).replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
    case 'binary':
      return `X'${hex(v)}'`;
    case 'date':
      return `DATE'${toSqlString(v, type)}'`;
    case 'timestamp':
      return `TIMESTAMP'${toSqlString(v, type)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ'${toSqlString(v, type)}'`;
    case 'ym_interval':
    case 'dt_interval':
      return toSqlString(v, type);
    case 'array': {
      const items = v as readonly Value[];
      if (items.length === 0) return `CAST(array() AS ${type.sql})`;
      return `array(${items.map((x) => sparkLiteral(x, type.elementType)).join(', ')})`;
    }
    case 'map': {
      const { keys, values } = v as MapValue;
      if (keys.length === 0) return `CAST(map() AS ${type.sql})`;
      const entries = keys.map(
        (k, i) => `${sparkLiteral(k, type.keyType)}, ${sparkLiteral(values[i] as Value, type.valueType)}`,
      );
      return `map(${entries.join(', ')})`;
    }
    case 'struct': {
      const cells = v as readonly Value[];
      return `named_struct(${type.fields.map((f, i) => `'${f.name}', ${sparkLiteral(cells[i] as Value, f.dataType)}`).join(', ')})`;
    }
    default:
      throw new NotMapped(`a literal of ${type.simpleString}`);
  }
}

/** What DuckDB has no equal for, by the rules of duckdb.md. */
export class NotMapped extends Error {}

export function duckType(type: DataType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'byte':
      return 'TINYINT';
    case 'short':
      return 'SMALLINT';
    case 'int':
      return 'INTEGER';
    case 'long':
      return 'BIGINT';
    case 'float':
      return 'FLOAT';
    case 'double':
      return 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'string':
      return 'VARCHAR';
    case 'binary':
      return 'BLOB';
    case 'date':
      return 'DATE';
    case 'timestamp':
    case 'timestamp_ntz':
      return 'TIMESTAMP';
    case 'ym_interval':
    case 'dt_interval':
      return 'INTERVAL';
    case 'array':
      return `${duckType(type.elementType)}[]`;
    case 'map':
      return `MAP(${duckType(type.keyType)}, ${duckType(type.valueType)})`;
    case 'struct':
      return `STRUCT(${type.fields.map((f) => `${f.name} ${duckType(f.dataType)}`).join(', ')})`;
    default:
      throw new NotMapped(type.simpleString);
  }
}

/** A value as DuckDB's SQL. */
export function duckLiteral(v: Value, type: DataType): string {
  if (v === null) return `CAST(NULL AS ${duckType(type)})`;
  switch (type.kind) {
    case 'boolean':
      return String(v);
    case 'string':
      return `'${(v as string).replaceAll("'", "''")}'`;
    case 'binary':
      return `from_hex('${hex(v)}')`;
    case 'ym_interval':
      return `to_months(${v})`;
    case 'dt_interval':
      return `to_microseconds(${v})`;
    case 'array':
      return `CAST([${(v as readonly Value[]).map((x) => duckLiteral(x, type.elementType)).join(', ')}] AS ${duckType(type)})`;
    case 'map': {
      const { keys, values } = v as MapValue;
      const list = (items: readonly Value[], t: DataType) => items.map((x) => duckLiteral(x, t)).join(', ');
      return `CAST(MAP([${list(keys, type.keyType)}], [${list(values, type.valueType)}]) AS ${duckType(type)})`;
    }
    case 'struct': {
      const cells = v as readonly Value[];
      return `{${type.fields.map((f, i) => `'${f.name}': ${duckLiteral(cells[i] as Value, f.dataType)}`).join(', ')}}`;
    }
    default:
      return `CAST('${toSqlString(v, type)}' AS ${duckType(type)})`;
  }
}
