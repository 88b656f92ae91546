import { formatDays, formatLocalMicros } from './calendar.js';
import type { DataType } from './data-type.js';
import { formatCalendarInterval, formatDayTimeInterval, formatYearMonthInterval } from './interval-text.js';
import { formatDouble, formatFloat } from './number-text.js';
import { toLocalMicros, zoneOf } from './time-zone.js';
import type { CalendarInterval, Decimal, MapValue, Value } from './value.js';

interface TextStyle {
  readonly nullText: string;
  readonly hexBinary: boolean;
}
const CAST_STYLE: TextStyle = { nullText: 'null', hexBinary: false };
const SHOW_STYLE: TextStyle = { nullText: 'NULL', hexBinary: true };

/** The text that `CAST(value AS STRING)` gives; null at the top gives `null`. Spark: `ToStringBase`, plain decimals.
 * @param timeZone session zone, used by timestamps only */
export function toSqlString(value: Value, type: DataType, timeZone = 'UTC'): string {
  return render(value, type, timeZone, CAST_STYLE);
}

/** The text of a cell of `show()`: nulls are `NULL` at any depth, binaries `[61 62]`. Spark: `ToPrettyString`. */
export function toDisplayString(value: Value, type: DataType, timeZone = 'UTC'): string {
  return render(value, type, timeZone, SHOW_STYLE);
}

function render(value: Value, type: DataType, timeZone: string, style: TextStyle): string {
  if (value === null) return style.nullText;
  switch (type.kind) {
    case 'null':
      return style.nullText;
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return String(value);
    case 'float':
      return formatFloat(value as number);
    case 'double':
      return formatDouble(value as number);
    case 'decimal':
      return (value as Decimal).toString();
    case 'string':
    case 'char':
    case 'varchar':
      return value as string;
    case 'binary':
      return style.hexBinary ? hexBytes(value as Uint8Array) : new TextDecoder().decode(value as Uint8Array);
    case 'date':
      return formatDays(value as number);
    case 'timestamp':
      return formatLocalMicros(toLocalMicros(value as bigint, zoneOf(timeZone)));
    case 'timestamp_ntz':
      return formatLocalMicros(value as bigint);
    case 'ym_interval':
      return formatYearMonthInterval(value as number, type);
    case 'dt_interval':
      return formatDayTimeInterval(value as bigint, type);
    case 'interval':
      return formatCalendarInterval(value as CalendarInterval);
    case 'array':
      return `[${(value as readonly Value[]).map((v) => render(v, type.elementType, timeZone, style)).join(', ')}]`;
    case 'struct': {
      const cells = value as readonly Value[];
      return `{${type.fields.map((f, i) => render(cells[i] as Value, f.dataType, timeZone, style)).join(', ')}}`;
    }
    case 'map': {
      const map = value as MapValue;
      const entries = map.keys.map(
        (k, i) =>
          `${render(k, type.keyType, timeZone, style)} -> ${render(map.values[i] as Value, type.valueType, timeZone, style)}`,
      );
      return `{${entries.join(', ')}}`;
    }
  }
}

function hexBytes(bytes: Uint8Array): string {
  return `[${Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;
}
