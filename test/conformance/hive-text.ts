import { toSqlString } from '../../src/types/format.js';
import type { DataType, MapValue, Value } from '../../src/types/index.js';

/** How binary values are written; without a style their bytes are read as UTF-8. Conf `spark.sql.binaryOutputStyle`. */
export interface HiveStyle {
  readonly timeZone: string;
  readonly binary: string | undefined;
}

/** A cell as Hive's command line shows it. Spark: `HiveResult.toHiveString`. */
export function hiveText(value: Value, type: DataType, style: HiveStyle, nested = false): string {
  if (value === null || type.kind === 'null') return nested ? 'null' : 'NULL';
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return nested ? `"${value as string}"` : (value as string);
    case 'binary':
      return binaryText(value as Uint8Array, style.binary);
    case 'array':
      return `[${(value as readonly Value[]).map((v) => hiveText(v, type.elementType, style, true)).join(',')}]`;
    case 'map': {
      const { keys, values } = value as MapValue;
      const entries = keys.map(
        (k, i) =>
          `${hiveText(k, type.keyType, style, true)}:${hiveText(values[i] as Value, type.valueType, style, true)}`,
      );
      return `{${entries.sort(byUnits).join(',')}}`;
    }
    case 'struct': {
      const cells = value as readonly Value[];
      return `{${type.fields.map((f, i) => `"${f.name}":${hiveText(cells[i] as Value, f.dataType, style, true)}`).join(',')}}`;
    }
    case 'ym_interval': {
      const months = Math.abs(value as number);
      return `${(value as number) < 0 ? '-' : ''}${Math.floor(months / 12)}-${months % 12}`;
    }
    case 'dt_interval': {
      const micros = value as bigint;
      const abs = micros < 0n ? -micros : micros;
      const pad = (n: bigint, width: number) => String(n).padStart(width, '0');
      const [hours, minutes, seconds] = [abs / 3_600_000_000n, abs / 60_000_000n, abs / 1_000_000n];
      const clock = `${pad(hours % 24n, 2)}:${pad(minutes % 60n, 2)}:${pad(seconds % 60n, 2)}`;
      return `${micros < 0n ? '-' : ''}${hours / 24n} ${clock}.${pad((abs % 1_000_000n) * 1000n, 9)}`;
    }
    default:
      return toSqlString(value, type, style.timeZone);
  }
}

function binaryText(bytes: Uint8Array, style: string | undefined): string {
  const hex = () => Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0'));
  switch (style?.toUpperCase()) {
    case 'BASIC':
      return `[${Array.from(bytes, (b) => (b << 24) >> 24).join(', ')}]`;
    case 'BASE64':
      return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
    case 'HEX':
      return hex().join('');
    case 'HEX_DISCRETE':
      return `[${hex().join(' ')}]`;
    default:
      return Buffer.from(bytes).toString('utf8');
  }
}

/** The order of Java's strings: by UTF-16 units. */
export function byUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
