import { toSqlString } from '../../types/format.js';
import type { DataType, Value } from '../../types/index.js';

let shownZone = 'UTC';
/** From now on texts show timestamps in this zone: that of the session that analyzed last. Spark reads the active
 * session's conf in `Literal.toString`. */
export function showTimestampsIn(zone: string): void {
  shownZone = zone;
}

/** A literal as plan strings show it: unquoted strings, plain numbers. Spark: `Literal.toString`. */
export function formatLiteral(value: Value, type: DataType): string {
  if (value === null) return 'null';
  if (type.kind === 'binary')
    return `0x${Buffer.from(value as Uint8Array)
      .toString('hex')
      .toUpperCase()}`;
  return toSqlString(value, type, shownZone);
}

/** A literal as SQL text that would parse to it. Spark: `Literal.sql`. */
export function literalSql(value: Value, type: DataType): string {
  if (value === null) return type.kind === 'null' ? 'NULL' : `CAST(NULL AS ${type.sql})`;
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
    case 'double': {
      const text = toSqlString(value, type, 'UTC');
      if (text === 'NaN' || text.endsWith('Infinity')) return `CAST('${text}' AS ${type.sql})`;
      return type.kind === 'double' ? `${text}D` : `CAST(${text} AS FLOAT)`;
    }
    case 'decimal':
      return `${value}BD`;
    case 'date':
      return `DATE '${toSqlString(value, type, 'UTC')}'`;
    case 'timestamp':
      return `TIMESTAMP '${toSqlString(value, type, shownZone)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${toSqlString(value, type, 'UTC')}'`;
    case 'binary':
      return `X'${Buffer.from(value as Uint8Array)
        .toString('hex')
        .toUpperCase()}'`;
    default:
      return toSqlString(value, type, 'UTC');
  }
}
