import { internalError } from '../../errors/index.js';
import {
  ArrayType,
  BINARY,
  CalendarInterval,
  type DataType,
  Decimal,
  MapType,
  MapValue,
  StructField,
  StructType,
  type Value,
} from '../../types/index.js';
import { defaultRep, REP_BYTES } from './vector.js';

/** Arrays, maps and structs as bytes. Each encoding is self-contained (offsets count from its own first byte), little-endian,
 * unaligned, and canonical: equal values have equal bytes, so hashing, grouping and equality work on bytes.
 *
 * | type | layout |
 * |---|---|
 * | struct | validity bits of the fields, one slot per field, payloads |
 * | array | u32 count, validity bits, `count` slots, payloads |
 * | map | u32 count, validity bits of the values, `count` key slots, `count` value slots, payloads |
 *
 * A slot has the width of the type's default rep; for view types it holds u32 offset and u32 byte length of the payload.
 * Slots of nulls are zero. Payloads follow in slot order without gaps. NaN has one bit pattern and −0.0 is stored as 0.0. */

/** Bytes that encodings are read from: an `Arena`, or `nestedSource(bytes)`. */
export interface NestedSource {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** Wraps bytes outside the arena for reading. */
export function nestedSource(bytes: Uint8Array): NestedSource {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

/** A growing run of bytes that encodings are appended to. */
export class ByteSink {
  bytes: Buffer = Buffer.alloc(256);
  view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  length = 0;

  /** Appends `byteLength` zeros. @returns their offset */
  zeros(byteLength: number): number {
    const at = this.length;
    this.#ensure(at + byteLength);
    this.bytes.fill(0, at, at + byteLength);
    this.length = at + byteLength;
    return at;
  }

  /** Appends UTF-8. @returns the number of bytes */
  text(text: string): number {
    this.#ensure(this.length + text.length * 3);
    const written = this.bytes.write(text, this.length, 'utf8');
    this.length += written;
    return written;
  }

  append(source: Uint8Array): number {
    this.#ensure(this.length + source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
    return source.length;
  }

  clear(): void {
    this.length = 0;
  }

  /** The bytes appended so far; valid until the next change. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  #ensure(capacity: number): void {
    if (capacity <= this.bytes.length) return;
    const grown = Buffer.alloc(Math.max(capacity, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength);
  }
}

/** Bytes of one slot of this type inside an encoding. */
export function slotBytes(type: DataType): number {
  return REP_BYTES[defaultRep(type)];
}

function bitmapBytes(count: number): number {
  return (count + 7) >>> 3;
}

/** Appends the encoding of a non-null array, map or struct; texts may be given as their bytes. @returns its byte length */
export function encodeNested(value: Value, type: DataType, into: ByteSink): number {
  const start = into.length;
  switch (type.kind) {
    case 'array':
      encodeArray(value as readonly Value[], type, into);
      break;
    case 'map':
      encodeMap(value as MapValue, type, into);
      break;
    case 'struct':
      encodeStruct(value as readonly Value[], type, into);
      break;
    default:
      throw internalError(`not a nested type: ${type.simpleString}`);
  }
  return into.length - start;
}

/** The encoding of one value in an array of its own. */
export function encodeNestedBytes(value: Value, type: DataType): Uint8Array {
  const sink = new ByteSink();
  encodeNested(value, type, sink);
  return Uint8Array.from(sink.written());
}

function encodeArray(items: readonly Value[], type: ArrayType, into: ByteSink): void {
  const count = items.length;
  const width = slotBytes(type.elementType);
  const bits = 4 + into.length;
  const start = into.zeros(4 + bitmapBytes(count) + count * width);
  into.view.setUint32(start, count, true);
  encodeSlots(items, type.elementType, into, start, bits, bits + bitmapBytes(count));
}

function encodeMap(map: MapValue, type: MapType, into: ByteSink): void {
  const count = map.keys.length;
  const keyWidth = slotBytes(type.keyType);
  const bits = 4 + into.length;
  const start = into.zeros(4 + bitmapBytes(count) + count * (keyWidth + slotBytes(type.valueType)));
  into.view.setUint32(start, count, true);
  const keys = bits + bitmapBytes(count);
  encodeSlots(map.keys, type.keyType, into, start, -1, keys);
  encodeSlots(map.values, type.valueType, into, start, bits, keys + count * keyWidth);
}

function encodeStruct(values: readonly Value[], type: StructType, into: ByteSink): void {
  const { fields } = type;
  const layout = structLayout(type);
  const start = into.zeros(layout.byteLength);
  for (let i = 0; i < fields.length; i++) {
    const value = values[i] ?? null;
    if (value === null) continue;
    into.bytes[start + (i >>> 3)]! |= 1 << (i & 7);
    encodeSlot(value, fields[i]!.dataType, into, start, start + layout.offsets[i]!);
  }
}

function encodeSlots(
  values: readonly Value[],
  type: DataType,
  into: ByteSink,
  start: number,
  bits: number,
  slots: number,
): void {
  const width = slotBytes(type);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    if (value === null) {
      if (bits < 0) throw internalError('null map key');
      continue;
    }
    if (bits >= 0) into.bytes[bits + (i >>> 3)]! |= 1 << (i & 7);
    encodeSlot(value, type, into, start, slots + i * width);
  }
}

function encodeSlot(value: Value, type: DataType, into: ByteSink, start: number, slot: number): void {
  switch (type.kind) {
    case 'null':
      return;
    case 'boolean':
      into.bytes[slot] = value ? 1 : 0;
      return;
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      into.view.setInt32(slot, value as number, true);
      return;
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      into.view.setBigInt64(slot, value as bigint, true);
      return;
    case 'float': {
      const v = value as number;
      if (Number.isNaN(v)) into.view.setUint32(slot, 0x7fc0_0000, true);
      else into.view.setFloat32(slot, v === 0 ? 0 : v, true);
      return;
    }
    case 'double': {
      const v = value as number;
      if (Number.isNaN(v)) into.view.setBigUint64(slot, 0x7ff8_0000_0000_0000n, true);
      else into.view.setFloat64(slot, v === 0 ? 0 : v, true);
      return;
    }
    case 'decimal': {
      const { unscaled } = value as Decimal;
      into.view.setBigInt64(slot, unscaled, true);
      if (type.precision > 18) into.view.setBigInt64(slot + 8, unscaled >> 64n, true);
      return;
    }
    case 'interval': {
      const interval = value as CalendarInterval;
      into.view.setInt32(slot, interval.months, true);
      into.view.setInt32(slot + 4, interval.days, true);
      into.view.setBigInt64(slot + 8, interval.micros, true);
      return;
    }
    default: {
      const offset = into.length - start;
      const length =
        typeof value === 'string'
          ? into.text(value)
          : value instanceof Uint8Array
            ? into.append(value)
            : encodeNested(value, type, into);
      into.view.setUint32(slot, offset, true);
      into.view.setUint32(slot + 4, length, true);
    }
  }
}

const withBytes = new WeakMap<DataType, DataType>();

/** The type with binary in place of text: the encodings are the same, and bytes that are no UTF-8 stay as they are. */
export function textAsBytes(type: DataType): DataType {
  let mapped = withBytes.get(type);
  if (!mapped) withBytes.set(type, (mapped = mapText(type)));
  return mapped;
}

function mapText(type: DataType): DataType {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
      return BINARY;
    case 'array':
      return new ArrayType(textAsBytes(type.elementType), type.containsNull);
    case 'map':
      return new MapType(textAsBytes(type.keyType), textAsBytes(type.valueType), type.valueContainsNull);
    case 'struct':
      return new StructType(type.fields.map((f) => new StructField(f.name, textAsBytes(f.dataType), f.nullable)));
    default:
      return type;
  }
}

/** Where a struct's fields lie: offsets of their slots from the first byte. */
export interface StructLayout {
  readonly offsets: readonly number[];
  /** Bytes before the first payload. */
  readonly byteLength: number;
}

const layouts = new WeakMap<StructType, StructLayout>();

export function structLayout(type: StructType): StructLayout {
  let layout = layouts.get(type);
  if (!layout) {
    const offsets: number[] = [];
    let next = bitmapBytes(type.fields.length);
    for (const field of type.fields) {
      offsets.push(next);
      next += slotBytes(field.dataType);
    }
    layout = { offsets, byteLength: next };
    layouts.set(type, layout);
  }
  return layout;
}

/** Elements of an array or entries of a map whose encoding starts at `address`. */
export function nestedCount(source: NestedSource, address: number): number {
  return source.view.getUint32(address, true);
}

/** Address of element `index`'s slot, or −1 where the element is null or `index` is out of range. */
export function elementSlot(source: NestedSource, address: number, type: ArrayType, index: number): number {
  const count = nestedCount(source, address);
  if (index < 0 || index >= count || !bit(source, address + 4, index)) return -1;
  return address + 4 + bitmapBytes(count) + index * slotBytes(type.elementType);
}

/** Address of a field's slot, or −1 where the field is null. */
export function fieldSlot(source: NestedSource, address: number, type: StructType, ordinal: number): number {
  return bit(source, address, ordinal) ? address + structLayout(type).offsets[ordinal]! : -1;
}

/** Address of the slot of entry `index`'s key. Keys are never null. */
export function keySlot(source: NestedSource, address: number, type: MapType, index: number): number {
  return address + 4 + bitmapBytes(nestedCount(source, address)) + index * slotBytes(type.keyType);
}

/** Address of the slot of entry `index`'s value, or −1 where it is null. */
export function valueSlot(source: NestedSource, address: number, type: MapType, index: number): number {
  if (!bit(source, address + 4, index)) return -1;
  const count = nestedCount(source, address);
  return address + 4 + bitmapBytes(count) + count * slotBytes(type.keyType) + index * slotBytes(type.valueType);
}

/** Address of the payload that a slot of a view type points to; `container` is the address of the encoding it belongs to. */
export function slotPayload(source: NestedSource, container: number, slot: number): number {
  return container + source.view.getUint32(slot, true);
}

/** Byte length of the payload that a slot of a view type points to. */
export function slotPayloadBytes(source: NestedSource, slot: number): number {
  return source.view.getUint32(slot + 4, true);
}

function bit(source: NestedSource, bits: number, index: number): boolean {
  return ((source.bytes[bits + (index >>> 3)]! >>> (index & 7)) & 1) === 1;
}

/** The value in one slot of the encoding at `container`: decodes that part only. A slot of −1 is null. */
export function decodeSlot(source: NestedSource, container: number, slot: number, type: DataType): Value {
  if (slot < 0) return null;
  const { view } = source;
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean':
      return view.getUint8(slot) !== 0;
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'ym_interval':
      return view.getInt32(slot, true);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return view.getBigInt64(slot, true);
    case 'float':
      return view.getFloat32(slot, true);
    case 'double':
      return view.getFloat64(slot, true);
    case 'decimal': {
      if (type.precision <= 18) return new Decimal(view.getBigInt64(slot, true), type.scale);
      const low = view.getBigUint64(slot, true);
      return new Decimal((view.getBigInt64(slot + 8, true) << 64n) | low, type.scale);
    }
    case 'interval':
      return new CalendarInterval(
        view.getInt32(slot, true),
        view.getInt32(slot + 4, true),
        view.getBigInt64(slot + 8, true),
      );
    case 'string':
    case 'char':
    case 'varchar': {
      const at = slotPayload(source, container, slot);
      return source.bytes.toString('utf8', at, at + slotPayloadBytes(source, slot));
    }
    case 'binary': {
      const at = slotPayload(source, container, slot);
      return Uint8Array.from(source.bytes.subarray(at, at + slotPayloadBytes(source, slot)));
    }
    default:
      return decodeNested(source, slotPayload(source, container, slot), type);
  }
}

/** The array, map or struct whose encoding starts at `address`. */
export function decodeNested(source: NestedSource, address: number, type: DataType): Value {
  switch (type.kind) {
    case 'array': {
      const count = nestedCount(source, address);
      return decodeSlots(source, address, count, type.elementType, address + 4, address + 4 + bitmapBytes(count));
    }
    case 'map': {
      const count = nestedCount(source, address);
      const keys = address + 4 + bitmapBytes(count);
      return new MapValue(
        decodeSlots(source, address, count, type.keyType, -1, keys),
        decodeSlots(source, address, count, type.valueType, address + 4, keys + count * slotBytes(type.keyType)),
      );
    }
    case 'struct':
      return type.fields.map((f, i) => decodeSlot(source, address, fieldSlot(source, address, type, i), f.dataType));
    default:
      throw internalError(`not a nested type: ${type.simpleString}`);
  }
}

function decodeSlots(
  source: NestedSource,
  container: number,
  count: number,
  type: DataType,
  bits: number,
  slots: number,
): Value[] {
  const width = slotBytes(type);
  const out: Value[] = new Array(count);
  for (let i = 0; i < count; i++)
    out[i] = bits >= 0 && !bit(source, bits, i) ? null : decodeSlot(source, container, slots + i * width, type);
  return out;
}
