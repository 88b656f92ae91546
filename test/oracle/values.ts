import { toSqlString } from '../../src/types/format.js';
import type { DataType, Decimal, MapValue, StructType, Value } from '../../src/types/index.js';

/** An engine value in the recordings' JSON form (README.md, `results/`). */
export function jsonValue(v: Value, type: DataType): unknown {
  if (v === null) return null;
  switch (type.kind) {
    case 'long':
      return String(v);
    case 'float':
      // The shortest text that reads back as the same float.
      if (Number.isFinite(v)) return Number(toSqlString(v, type, 'UTC'));
      return Number.isNaN(v) ? 'NaN' : (v as number) > 0 ? 'Infinity' : '-Infinity';
    case 'double':
      return Number.isFinite(v) ? v : Number.isNaN(v) ? 'NaN' : (v as number) > 0 ? 'Infinity' : '-Infinity';
    case 'decimal':
      return (v as Decimal).toString();
    case 'date':
      return toSqlString(v, type, 'UTC');
    case 'timestamp':
    case 'timestamp_ntz': {
      const [head, fraction = ''] = toSqlString(v, type, 'UTC').split('.');
      return `${head}.${fraction.padEnd(6, '0')}`;
    }
    case 'binary':
      return Buffer.from(v as Uint8Array).toString('hex');
    case 'dt_interval':
      return `us:${v}`;
    case 'array':
      return (v as readonly Value[]).map((x) => jsonValue(x, type.elementType));
    case 'struct':
      return Object.fromEntries(
        (type as StructType).fields.map((f, i) => [f.name, jsonValue((v as readonly Value[])[i] as Value, f.dataType)]),
      );
    case 'map': {
      const { keys, values } = v as MapValue;
      return sortMapEntries(
        keys.map((k, i) => [jsonValue(k, type.keyType), jsonValue(values[i] as Value, type.valueType)]),
      );
    }
    default:
      return v;
  }
}

/** A recorded value with its maps' entries in the order of `jsonValue`. */
export function orderMaps(v: unknown, type: DataType): unknown {
  if (v === null) return v;
  switch (type.kind) {
    case 'array':
      return (v as unknown[]).map((x) => orderMaps(x, type.elementType));
    case 'struct':
      return Object.fromEntries(
        (type as StructType).fields.map((f) => [f.name, orderMaps((v as Record<string, unknown>)[f.name], f.dataType)]),
      );
    case 'map':
      return sortMapEntries(
        (v as [unknown, unknown][]).map(([k, x]) => [orderMaps(k, type.keyType), orderMaps(x, type.valueType)]),
      );
    default:
      return v;
  }
}

/** Equal, doubles at relative 1e-9. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => sameValue(x, b[i]));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((k) => sameValue((a as never)[k], (b as never)[k]));
  }
  return a === b;
}

/** Maps have no order: their entries are put in one. */
export function sortMapEntries(entries: [unknown, unknown][]): [unknown, unknown][] {
  return [...entries].sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1));
}

/** Rows in order, or as bags. */
export function sameRows(a: readonly unknown[], b: readonly unknown[], ordered: boolean): boolean {
  if (a.length !== b.length) return false;
  if (ordered) return a.every((r, i) => sameValue(r, b[i]));
  const rest = [...b];
  return a.every((r) => {
    const i = rest.findIndex((x) => sameValue(r, x));
    if (i >= 0) rest.splice(i, 1);
    return i >= 0;
  });
}
