import {
  type DataType,
  type Decimal,
  formatDays,
  formatFloat,
  formatLocalMicros,
  type MapValue,
  type Value,
} from '../../src/types/index.js';

/** A value in the form of the recordings: bigints and decimals as text, datetimes as text, binaries as hex. */
export function toRecorded(value: Value, type: DataType): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'long':
      return String(value);
    case 'decimal':
      return (value as Decimal).toString();
    case 'float':
      return Number.isFinite(value as number) ? Number(formatFloat(value as number)) : String(value);
    case 'double':
      return Number.isFinite(value as number) ? value : String(value);
    case 'date':
      return formatDays(value as number);
    case 'timestamp':
    case 'timestamp_ntz': {
      const text = formatLocalMicros(value as bigint);
      const [head, fraction = ''] = text.split('.');
      return `${head}.${fraction.padEnd(6, '0')}`;
    }
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'dt_interval':
      return `us:${value}`;
    case 'array':
      return (value as readonly Value[]).map((v) => toRecorded(v, type.elementType));
    case 'struct':
      return Object.fromEntries(
        type.fields.map((f, i) => [f.name, toRecorded((value as readonly Value[])[i] as Value, f.dataType)]),
      );
    case 'map': {
      const m = value as MapValue;
      return m.keys.map((k, i) => [toRecorded(k, type.keyType), toRecorded(m.values[i] as Value, type.valueType)]);
    }
    default:
      return value;
  }
}

/** Equality with a relative tolerance for doubles. */
export function sameRecorded(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameRecorded(x, b[i]));
  if (a && b && typeof a === 'object' && typeof b === 'object') {
    const ka = Object.keys(a);
    return (
      ka.length === Object.keys(b).length &&
      ka.every((k) => sameRecorded((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
    );
  }
  return a === b;
}
