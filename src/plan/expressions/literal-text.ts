import { toSqlString } from '../../types/format.js';
import { type DataType, Decimal, type MapValue, type Value } from '../../types/index.js';

let shownZone = 'UTC';
let depth = 0;
/** Texts show timestamps in this zone while `body` runs, and go on doing so until another session analyzes: Spark reads the
 * active session's conf in `Literal.toString`. Inside (the text of a view), the zone of the outside comes back. */
export function withTimestampsIn<T>(zone: string, body: () => T): T {
  const outside = shownZone;
  shownZone = zone;
  depth++;
  try {
    return body();
  } finally {
    if (--depth > 0) shownZone = outside;
  }
}

/** A literal as plan strings show it: unquoted strings, plain numbers. Spark: `Literal.toString`. */
export function formatLiteral(value: Value, type: DataType): string {
  if (value === null) return 'null';
  if (value instanceof Decimal) return decimalText(value);
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
      return `${decimalText(value as Decimal)}BD`;
    case 'date':
      return `DATE '${toSqlString(value, type, 'UTC')}'`;
    case 'timestamp':
      return `TIMESTAMP '${toSqlString(value, type, shownZone)}'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${toSqlString(value, type, 'UTC')}'`;
    case 'interval':
      return `INTERVAL '${toSqlString(value, type, 'UTC')}'`;
    case 'binary':
      return `X'${Buffer.from(value as Uint8Array)
        .toString('hex')
        .toUpperCase()}'`;
    case 'array':
      return `ARRAY(${(value as readonly Value[]).map((v) => literalSql(v, type.elementType)).join(', ')})`;
    case 'map': {
      const { keys, values } = value as MapValue;
      return `MAP(${keys
        .flatMap((k, i) => [literalSql(k, type.keyType), literalSql(values[i] as Value, type.valueType)])
        .join(', ')})`;
    }
    case 'struct':
      return `NAMED_STRUCT(${type.fields
        .map((f, i) => `'${f.name}', ${literalSql((value as readonly Value[])[i] as Value, f.dataType)}`)
        .join(', ')})`;
    default:
      return toSqlString(value, type, 'UTC');
  }
}

/** As Java prints a BigDecimal: with an exponent where more than five zeros would follow the point. */
function decimalText(value: Decimal): string {
  const digits = (value.unscaled < 0n ? -value.unscaled : value.unscaled).toString();
  const exponent = digits.length - 1 - value.scale;
  if (exponent >= -6) return value.toString();
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${value.unscaled < 0n ? '-' : ''}${digits[0]}${fraction}E${exponent}`;
}
