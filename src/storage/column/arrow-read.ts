import type { DataType as ArrowType, Data, Field } from 'apache-arrow';
import { runtimeError, unsupported } from '../../errors/index.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  BYTE,
  CALENDAR_INTERVAL,
  CalendarInterval,
  DATE,
  DAY_TIME_INTERVAL,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  MapType,
  MapValue,
  NULL,
  SHORT,
  STRING,
  StructField,
  StructType,
  TIMESTAMP,
  TIMESTAMP_NTZ,
  type Value,
  YEAR_MONTH_INTERVAL,
} from '../../types/index.js';
import type { Region } from '../memory/region.js';
import { bitmapBytes, buildVector } from './build.js';
import { defaultRep, REP_BYTES, type Vector } from './vector.js';

/** Arrow's type ids (`Type` of the package), so that reading needs no loaded package. */
const ID = {
  Dictionary: -1,
  Null: 1,
  Int: 2,
  Float: 3,
  Binary: 4,
  Utf8: 5,
  Bool: 6,
  Decimal: 7,
  Date: 8,
  Timestamp: 10,
  Interval: 11,
  List: 12,
  Struct: 13,
  FixedSizeBinary: 15,
  FixedSizeList: 16,
  Map: 17,
  Duration: 18,
  LargeBinary: 19,
  LargeUtf8: 20,
  LargeList: 21,
} as const;

/** The properties of Arrow types that are read here; which are present depends on the id. */
interface TypeProperties {
  readonly typeId?: number;
  readonly children?: readonly Field[] | null;
  readonly bitWidth?: number;
  readonly isSigned?: boolean;
  readonly precision?: number;
  readonly scale?: number;
  readonly unit?: number;
  readonly timezone?: string | null;
  readonly dictionary?: ArrowType;
  readonly byteWidth?: number;
  readonly listSize?: number;
}

/** The SQL type of an Arrow type; `{ children }` alone is a struct. Spark: `ArrowUtils.fromArrowType`.
 * @throws UNSUPPORTED_FEATURE */
export function fromArrowType(type: TypeProperties): DataType {
  const children = type.children ?? [];
  const child = (i: number) => fromArrowType(children[i]!.type as TypeProperties);
  switch (type.typeId ?? ID.Struct) {
    case ID.Dictionary:
      return fromArrowType(type.dictionary as TypeProperties);
    case ID.Null:
      return NULL;
    case ID.Bool:
      return BOOLEAN;
    case ID.Int:
      return integerType(type);
    case ID.Float:
      return type.precision === 2 ? DOUBLE : FLOAT;
    case ID.Utf8:
    case ID.LargeUtf8:
      return STRING;
    case ID.Binary:
    case ID.LargeBinary:
    case ID.FixedSizeBinary:
      return BINARY;
    case ID.Decimal:
      if (type.bitWidth !== undefined && type.bitWidth > 128) break;
      return new DecimalType(type.precision, type.scale);
    case ID.Date:
      return DATE;
    case ID.Timestamp:
      return type.timezone ? TIMESTAMP : TIMESTAMP_NTZ;
    case ID.Interval:
      if (type.unit === 0) return YEAR_MONTH_INTERVAL;
      if (type.unit === 2) return CALENDAR_INTERVAL;
      break;
    case ID.Duration:
      return DAY_TIME_INTERVAL;
    case ID.List:
    case ID.LargeList:
    case ID.FixedSizeList:
      return new ArrayType(child(0), children[0]!.nullable);
    case ID.Map: {
      const entries = children[0]!.type as TypeProperties;
      const [key, value] = entries.children as Field[];
      return new MapType(
        fromArrowType(key!.type as TypeProperties),
        fromArrowType(value!.type as TypeProperties),
        value!.nullable,
      );
    }
    case ID.Struct:
      return new StructType(children.map((f, i) => new StructField(f.name, child(i), f.nullable)));
  }
  throw unsupported(`Arrow type ${String(type)}`);
}

function integerType(type: TypeProperties): DataType {
  const signed = type.isSigned !== false;
  switch (type.bitWidth) {
    case 8:
      return signed ? BYTE : SHORT;
    case 16:
      return signed ? SHORT : INT;
    case 32:
      return signed ? INT : LONG;
    default:
      return signed ? LONG : new DecimalType(20, 0);
  }
}

/** Copies one column of a record batch into the region. `type` is `fromArrowType` of its type. */
export function readArrowColumn(data: Data, type: DataType, region: Region): Vector {
  const nested = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
  return copyPlain(data, type, region) ?? buildVector(arrowValues(data, nested), type, region);
}

/** The column byte by byte where both sides have the same layout; otherwise undefined. */
function copyPlain(data: Data, type: DataType, region: Region): Vector | undefined {
  const arrowType = data.type as TypeProperties;
  const { arena } = region;
  const { length } = data;
  const values = data.values as unknown as ArrayBufferView | undefined;
  if (length === 0 || data.typeId === ID.Dictionary) return undefined;
  if (type.kind === 'string' || type.kind === 'binary') {
    if (data.typeId === ID.FixedSizeBinary) return undefined;
    const bytes = data.values as unknown as Uint8Array;
    const offsets = data.valueOffsets as unknown as Int32Array | BigInt64Array;
    const first = Number(offsets[0]);
    const total = Number(offsets[length]) - first;
    if (first < 0 || total < 0 || first + total > bytes.length) throw malformed();
    const heap = region.alloc(total);
    arena.u8.set(bytes.subarray(first, first + total), heap);
    const slots = region.alloc(length * 8);
    let end = first;
    for (let i = 0; i < length; i++) {
      const start = end;
      end = Number(offsets[i + 1]);
      if (end < start || end > first + total) throw malformed();
      arena.u32[(slots >>> 2) + i * 2] = heap + start - first;
      arena.u32[(slots >>> 2) + i * 2 + 1] = end - start;
    }
    return { type, rep: 'view', data: slots, validity: copyValidity(data, region) };
  }
  const rep = defaultRep(type);
  if (data.typeId === ID.Decimal && rep === 'i64' && (arrowType.bitWidth ?? 128) === 128) {
    const words = data.values as unknown as Uint32Array;
    if (words.length < length * 4) throw malformed();
    const address = region.alloc(length * 8);
    const out = address >>> 2;
    for (let i = 0; i < length; i++) {
      arena.u32[out + i * 2] = words[i * 4]!;
      arena.u32[out + i * 2 + 1] = words[i * 4 + 1]!;
    }
    return { type, rep, data: address, validity: copyValidity(data, region) };
  }
  if (data.typeId === ID.Bool || (data.typeId === ID.Int && (type.kind === 'byte' || type.kind === 'short')))
    return copySmall(data, type, region);
  const same =
    (data.typeId === ID.Int && (type === INT || type === LONG) && arrowType.isSigned !== false) ||
    (data.typeId === ID.Float && arrowType.precision !== 0) ||
    (data.typeId === ID.Date && arrowType.unit === 0) ||
    (data.typeId === ID.Timestamp && arrowType.unit === 2) ||
    (data.typeId === ID.Duration && arrowType.unit === 2) ||
    (data.typeId === ID.Interval && arrowType.unit === 0) ||
    (data.typeId === ID.Decimal && rep === 'i128' && (arrowType.bitWidth ?? 128) === 128);
  if (!same || !values) return undefined;
  const byteLength = length * REP_BYTES[rep];
  if (values.byteLength < byteLength) throw malformed();
  const address = region.alloc(byteLength);
  arena.u8.set(new Uint8Array(values.buffer, values.byteOffset, byteLength), address);
  return { type, rep, data: address, validity: copyValidity(data, region) };
}

/** Booleans, one bit each, and integers that are narrower than their slots. */
function copySmall(data: Data, type: DataType, region: Region): Vector {
  const { length, offset } = data;
  const values = data.values as unknown as ArrayLike<number>;
  const { arena } = region;
  const validity = copyValidity(data, region);
  if (data.typeId === ID.Bool) {
    if (values.length * 8 < offset + length) throw malformed();
    const address = region.alloc(length);
    for (let i = 0, at = offset; i < length; i++, at++) arena.u8[address + i] = (values[at >>> 3]! >>> (at & 7)) & 1;
    return { type, rep: 'bool', data: address, validity };
  }
  if (values.length < length) throw malformed();
  const address = region.alloc(length * 4);
  for (let i = 0, out = address >>> 2; i < length; i++) arena.i32[out + i] = values[i]!;
  return { type, rep: 'i32', data: address, validity };
}

function copyValidity(data: Data, region: Region): number {
  if (data.nullCount === 0) return 0;
  const bitmap = region.allocZeroed(bitmapBytes(data.length));
  const { u8 } = region.arena;
  const bits = data.nullBitmap as unknown as Uint8Array;
  const { offset, length } = data;
  if (bits.length * 8 < offset + length) throw malformed();
  if (offset % 8 === 0) u8.set(bits.subarray(offset >>> 3, (offset + length + 7) >>> 3), bitmap);
  else
    for (let i = 0, at = offset; i < length; i++, at++)
      if ((bits[at >>> 3]! >>> (at & 7)) & 1) u8[bitmap + (i >>> 3)]! |= 1 << (i & 7);
  return bitmap;
}

function malformed(): Error {
  return runtimeError('MALFORMED_ARROW', { reason: 'offsets point outside the data' });
}

/** All rows of Arrow data as values of the type's SQL counterpart. `raw`: texts as their bytes. */
function arrowValues(data: Data, raw: boolean): Value[] {
  const read = valueReader(data, raw);
  const out: Value[] = new Array(data.length);
  const all = data.nullCount === 0;
  for (let i = 0; i < data.length; i++) out[i] = all || data.getValid(i) ? read(i) : null;
  return out;
}

function valueReader(data: Data, raw: boolean): (i: number) => Value {
  const type = data.type as TypeProperties;
  const values = data.values as unknown as ArrayLike<number>;
  const words = data.values as unknown as BigInt64Array;
  switch (data.typeId as number) {
    case ID.Dictionary: {
      const dictionary = data.dictionary!.data.flatMap((d) => arrowValues(d, raw));
      return (i) => dictionary[Number(values[i])] ?? null;
    }
    case ID.Null:
      return () => null;
    case ID.Bool:
      return (i) => ((values[(data.offset + i) >>> 3]! >>> ((data.offset + i) & 7)) & 1) === 1;
    case ID.Int: {
      if (type.bitWidth === 64) return type.isSigned === false ? (i) => new Decimal(words[i]!, 0) : (i) => words[i]!;
      return type.bitWidth === 32 && type.isSigned === false ? (i) => BigInt(values[i]!) : (i) => values[i]!;
    }
    case ID.Float:
      return type.precision === 0 ? (i) => halfToNumber(values[i]!) : (i) => values[i]!;
    case ID.Decimal:
      return decimalReader(data, type);
    case ID.Date:
      return type.unit === 0
        ? (i) => values[i]!
        : (i) => Number(words[i]! / 86_400_000n) - (words[i]! % 86_400_000n < 0n ? 1 : 0);
    case ID.Timestamp:
    case ID.Duration:
      return microsReader(words, type.unit ?? 2);
    case ID.Interval:
      if (type.unit === 0) return (i) => values[i]!;
      return (i) => {
        const nanos = (BigInt(values[i * 4 + 3]!) << 32n) | BigInt(values[i * 4 + 2]! >>> 0);
        return new CalendarInterval(values[i * 4]!, values[i * 4 + 1]!, nanos / 1000n);
      };
    case ID.Utf8:
    case ID.LargeUtf8: {
      const bytes = bytesReader(data);
      if (raw) return bytes;
      return (i) => Buffer.from(bytes(i)).toString('utf8');
    }
    case ID.Binary:
    case ID.LargeBinary:
      return bytesReader(data);
    case ID.FixedSizeBinary: {
      const width = type.byteWidth!;
      const bytes = data.values as unknown as Uint8Array;
      return (i) => bytes.slice(i * width, (i + 1) * width);
    }
    case ID.List:
    case ID.LargeList: {
      const items = arrowValues(data.children[0]!, raw);
      const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
      return (i) => items.slice(Number(offsets[i]), Number(offsets[i + 1]));
    }
    case ID.FixedSizeList: {
      const items = arrowValues(data.children[0]!, raw);
      const size = type.listSize!;
      return (i) => items.slice(i * size, (i + 1) * size);
    }
    case ID.Map: {
      const [keys, items] = data.children[0]!.children.map((c) => arrowValues(c, raw));
      const offsets = data.valueOffsets as unknown as ArrayLike<number>;
      return (i) => new MapValue(keys!.slice(offsets[i], offsets[i + 1]), items!.slice(offsets[i], offsets[i + 1]));
    }
    case ID.Struct: {
      const columns = data.children.map((c) => arrowValues(c, raw));
      return (i) => columns.map((c) => c[i] ?? null);
    }
    default:
      throw unsupported(`Arrow type ${String(type)}`);
  }
}

function bytesReader(data: Data): (i: number) => Uint8Array {
  const bytes = data.values as unknown as Uint8Array;
  const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
  return (i) => bytes.slice(Number(offsets[i]), Number(offsets[i + 1]));
}

function decimalReader(data: Data, type: TypeProperties): (i: number) => Value {
  const words = data.values as unknown as Uint32Array;
  const stride = (type.bitWidth ?? 128) / 32;
  const scale = type.scale ?? 0;
  return (i) => {
    let unscaled = BigInt(words[i * stride + stride - 1]! | 0);
    for (let k = stride - 2; k >= 0; k--) unscaled = (unscaled << 32n) | BigInt(words[i * stride + k]! >>> 0);
    return new Decimal(unscaled, scale);
  };
}

/** Units: 0 seconds, 1 milliseconds, 2 microseconds, 3 nanoseconds (cut towards the past). */
function microsReader(words: BigInt64Array, unit: number): (i: number) => bigint {
  if (unit === 3) return (i) => words[i]! / 1000n - (words[i]! % 1000n < 0n ? 1n : 0n);
  const factor = unit === 0 ? 1_000_000n : unit === 1 ? 1000n : 1n;
  return (i) => {
    const micros = words[i]! * factor;
    if (BigInt.asIntN(64, micros) !== micros)
      throw runtimeError('INEXACT_VALUE', {
        value: String(words[i]),
        sourceType: 'Arrow timestamp',
        target: 'microsecond',
      });
    return micros;
  };
}

function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
