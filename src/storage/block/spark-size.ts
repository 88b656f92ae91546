import type { DataType } from '../../types/index.js';
import {
  elementSlot,
  fieldSlot,
  keySlot,
  type NestedSource,
  nestedCount,
  slotPayload,
  slotPayloadBytes,
  valueSlot,
} from '../column/nested.js';

/** Bytes of one value in Spark's column statistics; view types add the value's own bytes. Nulls count 4.
 * Spark: `ColumnStats.gatherStats`. */
export function sparkFixedSize(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
    case 'byte':
      return 1;
    case 'short':
      return 2;
    case 'int':
    case 'date':
    case 'float':
    case 'ym_interval':
      return 4;
    case 'interval':
      return 16;
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
    case 'null':
      return 4;
    default:
      // Also decimals wider than 18 digits: Spark counts 8 for them too.
      return 8;
  }
}

export const SPARK_NULL_SIZE = 4;

function words(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** Bytes that Spark's unsafe format takes for the nested value encoded at `address`.
 * Spark: `UnsafeArrayData`, `UnsafeMapData`, `UnsafeRow`. */
export function unsafeSize(source: NestedSource, address: number, type: DataType): number {
  switch (type.kind) {
    case 'array': {
      const slots = Array.from({ length: nestedCount(source, address) }, (_, i) =>
        elementSlot(source, address, type, i),
      );
      return unsafeArraySize(source, address, slots, type.elementType);
    }
    case 'map': {
      const count = nestedCount(source, address);
      const keys = Array.from({ length: count }, (_, i) => keySlot(source, address, type, i));
      const values = Array.from({ length: count }, (_, i) => valueSlot(source, address, type, i));
      return (
        8 +
        unsafeArraySize(source, address, keys, type.keyType) +
        unsafeArraySize(source, address, values, type.valueType)
      );
    }
    case 'struct': {
      let size = words(Math.ceil(type.fields.length / 8)) + type.fields.length * 8;
      type.fields.forEach((f, i) => {
        size += payloadSize(source, address, fieldSlot(source, address, type, i), f.dataType);
      });
      return size;
    }
    default:
      return 0;
  }
}

function unsafeArraySize(source: NestedSource, container: number, slots: readonly number[], type: DataType): number {
  let size = 8 + words(Math.ceil(slots.length / 8)) + words(slots.length * elementSize(type));
  for (const slot of slots) size += payloadSize(source, container, slot, type);
  return size;
}

function elementSize(type: DataType): number {
  switch (type.kind) {
    case 'boolean':
    case 'byte':
      return 1;
    case 'short':
      return 2;
    case 'int':
    case 'date':
    case 'float':
    case 'ym_interval':
      return 4;
    default:
      return 8;
  }
}

/** Bytes outside the fixed-width part. */
function payloadSize(source: NestedSource, container: number, slot: number, type: DataType): number {
  switch (type.kind) {
    case 'decimal':
    case 'interval':
      return type.kind === 'decimal' && type.precision <= 18 ? 0 : 16;
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return slot < 0 ? 0 : words(slotPayloadBytes(source, slot));
    case 'array':
    case 'map':
    case 'struct':
      return slot < 0 ? 0 : words(unsafeSize(source, slotPayload(source, container, slot), type));
    default:
      return 0;
  }
}
