/** A decoded struct: values by field id. Lists are arrays, binaries are views of the input, integers of any width are numbers
 * (exact below 2^53; the format's own are sizes, offsets and counts). */
export type ThriftStruct = readonly (ThriftValue | undefined)[];
export type ThriftValue = boolean | number | Uint8Array | ThriftStruct | ThriftList;
export interface ThriftList {
  readonly items: readonly ThriftValue[];
}

const MAX_DEPTH = 64;

/** Decodes one struct of thrift's compact protocol.
 * @throws RangeError if the bytes are malformed: no length is believed beyond the bytes that are left */
export function decodeThrift(bytes: Uint8Array): ThriftStruct {
  return new Decoder(bytes).struct(0);
}

class Decoder {
  #at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  struct(depth: number): ThriftStruct {
    if (depth > MAX_DEPTH) throw new RangeError('thrift nested too deep');
    const fields: (ThriftValue | undefined)[] = [];
    for (let id = 0; ; ) {
      const head = this.#byte();
      const type = head & 15;
      if (type === 0) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      if (id < 0 || id > 32_767) throw new RangeError(`thrift field ${id}`);
      fields[id] = type === 1 ? true : type === 2 ? false : this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return this.#byte() === 1;
      case 3:
        return (this.#byte() << 24) >> 24;
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7: {
        if (this.bytes.length - this.#at < 8) throw new RangeError('thrift cut short');
        const value = this.#view.getFloat64(this.#at, true);
        this.#at += 8;
        return value;
      }
      case 8: {
        const length = this.#varint();
        if (length > this.bytes.length - this.#at) throw new RangeError('thrift cut short');
        const value = this.bytes.subarray(this.#at, this.#at + length);
        this.#at += length;
        return value;
      }
      case 9: {
        const head = this.#byte();
        const count = head >> 4 === 15 ? this.#varint() : head >> 4;
        // Each item takes a byte at least.
        if (count > this.bytes.length - this.#at) throw new RangeError('thrift list cut short');
        const items: ThriftValue[] = [];
        for (let i = 0; i < count; i++) items.push(this.#value(head & 15, depth + 1));
        return { items };
      }
      case 12:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`unknown thrift type ${type}`);
    }
  }

  #byte(): number {
    if (this.#at >= this.bytes.length) throw new RangeError('thrift cut short');
    return this.bytes[this.#at++] as number;
  }

  #varint(): number {
    let byte = this.#byte();
    let value = byte & 127;
    for (let scale = 128; byte >= 128; scale *= 128) {
      if (scale > 2 ** 63) throw new RangeError('thrift number too long');
      byte = this.#byte();
      value += (byte & 127) * scale;
    }
    return value;
  }

  #zigzag(): number {
    const raw = this.#varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }
}

/** A field that must be a list. @throws RangeError */
export function structs(value: ThriftValue | undefined): readonly ThriftStruct[] {
  if (typeof value !== 'object' || !('items' in value)) throw new RangeError('thrift list expected');
  for (const item of value.items) if (!Array.isArray(item)) throw new RangeError('thrift struct expected');
  return value.items as readonly ThriftStruct[];
}

/** A field that may be a struct. @throws RangeError if it is something else */
export function structField(value: ThriftValue | undefined): ThriftStruct | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new RangeError('thrift struct expected');
  return value as ThriftStruct;
}

/** A field that may be a number. */
export function numberField(value: ThriftValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A field that may be bytes, copied. */
export function bytesField(value: ThriftValue | undefined): Uint8Array | undefined {
  return value instanceof Uint8Array ? Uint8Array.prototype.slice.call(value) : undefined;
}

const decoder = new TextDecoder();
/** A field of text; '' if absent. */
export function textField(value: ThriftValue | undefined): string {
  return value instanceof Uint8Array ? decoder.decode(value) : '';
}
