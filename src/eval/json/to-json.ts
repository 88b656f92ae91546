import {
  type DataType,
  type Decimal,
  formatDays,
  formatDouble,
  formatFloat,
  type MapValue,
  toSqlString,
  UTC_ZONE,
  type Value,
  type Zone,
  zoneOf,
} from '../../types/index.js';
import { datetimeFormatter, type OldPatterns } from '../datetime/formatter.js';
import { internalText } from '../printf.js';
import { quoteJson } from './json-text.js';

export interface JsonWriteOptions {
  readonly timeZone: string;
  readonly ignoreNullFields?: boolean;
  readonly dateFormat?: string | undefined;
  readonly timestampFormat?: string | undefined;
  readonly timestampNtzFormat?: string | undefined;
  readonly legacyTimeParser?: OldPatterns | undefined;
}

/** JSON text of a value; null fields of structs are left out unless asked for. Spark: `JacksonGenerator`. */
export function toJsonText(value: Value, type: DataType, options: JsonWriteOptions): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return String(value);
    case 'float':
      return Number.isFinite(value as number) ? formatFloat(value as number) : `"${value}"`;
    case 'double':
      return Number.isFinite(value as number) ? formatDouble(value as number) : `"${value}"`;
    case 'decimal':
      return (value as Decimal).toString();
    case 'binary':
      return quoteJson(Buffer.from(value as Uint8Array).toString('base64'));
    case 'date':
      return quoteJson(
        options.dateFormat === undefined
          ? formatDays(value as number)
          : moment(BigInt(value as number) * 86_400_000_000n, options.dateFormat, UTC_ZONE, options.legacyTimeParser),
      );
    case 'timestamp':
      return quoteJson(
        moment(
          value as bigint,
          options.timestampFormat ?? "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
          zoneOf(options.timeZone),
          options.legacyTimeParser,
        ),
      );
    case 'timestamp_ntz':
      return quoteJson(moment(value as bigint, options.timestampNtzFormat ?? "yyyy-MM-dd'T'HH:mm:ss.SSS", UTC_ZONE));
    case 'array':
      return `[${(value as readonly Value[]).map((v) => toJsonText(v, type.elementType, options)).join(',')}]`;
    case 'map': {
      const map = value as MapValue;
      const entries = map.keys.map(
        (k, i) =>
          `${quoteJson(internalText(k, type.keyType, options.timeZone))}:${toJsonText(map.values[i] as Value, type.valueType, options)}`,
      );
      return `{${entries.join(',')}}`;
    }
    case 'struct': {
      const cells = value as readonly Value[];
      const parts: string[] = [];
      type.fields.forEach((f, i) => {
        const cell = cells[i] as Value;
        if (cell !== null || options.ignoreNullFields === false)
          parts.push(`${quoteJson(f.name)}:${toJsonText(cell, f.dataType, options)}`);
      });
      return `{${parts.join(',')}}`;
    }
    default:
      return quoteJson(toSqlString(value, type, options.timeZone));
  }
}

function moment(micros: bigint, pattern: string, zone: Zone, legacy: OldPatterns = false): string {
  return datetimeFormatter(pattern, legacy).format(micros, zone);
}
