import {
  type DataType,
  Decimal,
  MapValue,
  parseSchema,
  type StructType,
  toSqlString,
  type Value,
} from '../../src/types/index.js';

/** A value that JSON holds and that compares by content: numbers for float and double, text for other atoms, arrays for
 * nested values; NaN and the infinities are text; maps are lists of entries in the order of their keys. */
export type Cell = null | string | number | readonly Cell[];

export function toCell(v: Value, type: DataType): Cell {
  if (v === null) return null;
  switch (type.kind) {
    case 'float':
    case 'double':
      return doubleCell(v as number);
    case 'decimal': {
      const d = v as Decimal;
      return new Decimal(d.unscaled, d.scale).toString();
    }
    case 'binary':
      return Buffer.from(v as Uint8Array).toString('hex');
    case 'ym_interval':
    case 'dt_interval':
      return String(v);
    case 'array':
      return (v as readonly Value[]).map((x) => toCell(x, type.elementType));
    case 'struct':
      return type.fields.map((f, i) => toCell((v as readonly Value[])[i] as Value, f.dataType));
    case 'map': {
      const { keys, values } = v as MapValue;
      return sortEntries(keys.map((k, i) => [toCell(k, type.keyType), toCell(values[i] as Value, type.valueType)]));
    }
    case 'boolean':
      return String(v);
    case 'interval': {
      const i = v as { months: number; days: number; micros: bigint };
      return `${i.months} ${i.days} ${i.micros}`;
    }
    default:
      return toSqlString(v, type, 'UTC');
  }
}
export function doubleCell(v: number): Cell {
  if (Number.isFinite(v)) return v === 0 ? 0 : v;
  return Number.isNaN(v) ? 'NaN' : v > 0 ? 'Infinity' : '-Infinity';
}
export function sortEntries(entries: readonly (readonly Cell[])[]): Cell {
  return [...entries].sort((a, b) => (JSON.stringify(a[0]) < JSON.stringify(b[0]) ? -1 : 1));
}

/** A table as JSON: what regression cases hold and what is handed to each engine. `-0.0` is the text `-0`. */
export interface PlainTable {
  readonly name: string;
  /** `id BIGINT, v DOUBLE`. */
  readonly schema: string;
  readonly rows: readonly (readonly Cell[])[];
}

/** As `toCell`, but keeps the sign of zero and the order of map entries, and writes moments as integers. */
export function encode(v: Value, type: DataType): Cell {
  if (v === null) return null;
  switch (type.kind) {
    case 'float':
    case 'double':
      return Object.is(v, -0) ? '-0' : doubleCell(v as number);
    case 'array':
      return (v as readonly Value[]).map((x) => encode(x, type.elementType));
    case 'struct':
      return type.fields.map((f, i) => encode((v as readonly Value[])[i] as Value, f.dataType));
    case 'map': {
      const { keys, values } = v as MapValue;
      return keys.map((k, i) => [encode(k, type.keyType), encode(values[i] as Value, type.valueType)]);
    }
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return String(v);
    default:
      return toCell(v, type);
  }
}
export function decode(c: Cell, type: DataType): Value {
  if (c === null) return null;
  switch (type.kind) {
    case 'boolean':
      return c === 'true';
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
    case 'float':
    case 'double':
      return Number(c);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return BigInt(c as string);
    case 'decimal':
      return new Decimal(BigInt((c as string).replace('.', '')), type.scale);
    case 'binary':
      return Uint8Array.from(Buffer.from(c as string, 'hex'));
    case 'array':
      return (c as readonly Cell[]).map((x) => decode(x, type.elementType));
    case 'struct':
      return type.fields.map((f, i) => decode((c as readonly Cell[])[i] as Cell, f.dataType));
    case 'map': {
      const entries = c as readonly (readonly Cell[])[];
      return new MapValue(
        entries.map((e) => decode(e[0] as Cell, type.keyType)),
        entries.map((e) => decode(e[1] as Cell, type.valueType)),
      );
    }
    default:
      return c as string;
  }
}

export function schemaOf(t: PlainTable): StructType {
  return parseSchema(t.schema);
}
