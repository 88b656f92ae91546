import { type DataType, formatDouble, formatFloat, toSqlString, type Value } from '../types/index.js';

/** A value as SQL literal text for error messages: `'abc'`, `3000000000L`, `1.0E20D`. Spark: `toSQLValue`. */
export function toSqlValue(value: Value, type: DataType): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return `'${(value as string).replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'byte':
      return `${value}Y`;
    case 'short':
      return `${value}S`;
    case 'long':
      return `${value}L`;
    case 'float':
      return formatFloat(value as number);
    case 'double': {
      const text = formatDouble(value as number);
      return Number.isFinite(value as number) ? `${text}D` : text;
    }
    case 'decimal':
      return `${toSqlString(value, type)}BD`;
    case 'date':
      return `DATE '${toSqlString(value, type)}'`;
    case 'timestamp':
      return `TIMESTAMP '${toSqlString(value, type)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${toSqlString(value, type)}'`;
    default:
      return toSqlString(value, type);
  }
}

/** A type as error messages quote it, e.g. `"BIGINT"`. Spark: `toSQLType`. */
export function toSqlType(type: DataType): string {
  return `"${type.sql}"`;
}
