import { analysisError } from '../errors/index.js';
import { cast } from '../eval/cast.js';
import { Interval, Timestamp } from '../storage/column/public-value.js';
import { CalendarInterval, type DataType, Decimal, MapValue, STRING, type Value } from '../types/index.js';

/** A JavaScript value as the engine's value of a type. Strings are cast where the type is not a string.
 * @throws FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME when the value does not fit */
export function fromPublic(v: unknown, type: DataType, timeZone: string, where: () => string): Value {
  if (v === null || v === undefined) return null;
  const refuse = (): never => {
    throw analysisError('FIELD_DATA_TYPE_UNACCEPTABLE_WITH_NAME', {
      field_name: where(),
      data_type: type.simpleString,
      obj: String(v),
      obj_type: typeof v,
    });
  };
  if (
    typeof v === 'string' &&
    type.kind !== 'string' &&
    type.kind !== 'char' &&
    type.kind !== 'varchar' &&
    type.kind !== 'binary'
  )
    return cast(v, STRING, type, 'ANSI', timeZone);
  switch (type.kind) {
    case 'boolean':
      return typeof v === 'boolean' ? v : refuse();
    case 'byte':
      return whole(v, 128) ?? refuse();
    case 'short':
      return whole(v, 32768) ?? refuse();
    case 'int':
      return whole(v, 2147483648) ?? refuse();
    case 'date':
      return v instanceof Date ? Math.floor(v.getTime() / 86_400_000) : (whole(v, 2147483648) ?? refuse());
    case 'long': {
      if (typeof v === 'bigint') return BigInt.asIntN(64, v) === v ? v : refuse();
      return typeof v === 'number' && Number.isInteger(v) ? BigInt(v) : refuse();
    }
    case 'float':
      return typeof v === 'number' ? Math.fround(v) : refuse();
    case 'double':
      return typeof v === 'number' ? v : typeof v === 'bigint' ? Number(v) : refuse();
    case 'decimal':
      if (v instanceof Decimal || typeof v === 'bigint' || typeof v === 'number')
        return cast(String(v), STRING, type, 'ANSI', timeZone);
      return refuse();
    case 'string':
    case 'char':
    case 'varchar':
      return typeof v === 'string' ? v : refuse();
    case 'binary':
      return v instanceof Uint8Array ? v : typeof v === 'string' ? new TextEncoder().encode(v) : refuse();
    case 'timestamp':
    case 'timestamp_ntz':
      if (v instanceof Date) return BigInt(v.getTime()) * 1000n;
      if (v instanceof Timestamp) return v.micros;
      return typeof v === 'bigint' ? v : refuse();
    case 'ym_interval':
      return v instanceof Interval ? v.months : (whole(v, 2147483648) ?? refuse());
    case 'dt_interval':
      return v instanceof Interval ? v.micros : typeof v === 'bigint' ? v : refuse();
    case 'interval':
      return v instanceof Interval ? new CalendarInterval(v.months, v.days, v.micros) : refuse();
    case 'array':
      return Array.isArray(v) ? v.map((x) => fromPublic(x, type.elementType, timeZone, where)) : refuse();
    case 'map': {
      const entries = v instanceof Map ? [...v] : typeof v === 'object' ? Object.entries(v) : refuse();
      return new MapValue(
        entries.map(([k]) => fromPublic(k, type.keyType, timeZone, where)),
        entries.map(([, x]) => fromPublic(x, type.valueType, timeZone, where)),
      );
    }
    case 'struct': {
      if (Array.isArray(v)) return type.fields.map((f, i) => fromPublic(v[i], f.dataType, timeZone, where));
      if (typeof v !== 'object') return refuse();
      return type.fields.map((f) =>
        fromPublic(
          Object.hasOwn(v, f.name) ? (v as Record<string, unknown>)[f.name] : undefined,
          f.dataType,
          timeZone,
          where,
        ),
      );
    }
    case 'null':
      return refuse();
  }
}

function whole(v: unknown, bound: number): number | undefined {
  const n = typeof v === 'bigint' ? Number(v) : v;
  return typeof n === 'number' && Number.isInteger(n) && n >= -bound && n < bound ? n : undefined;
}
