import { PAGE } from './format.js';

/** One page as its header describes it; addresses are relative to the buffer that was scanned. */
export interface PageInfo {
  readonly type: number;
  /** Address of the page's body. */
  readonly body: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  readonly values: number;
  readonly encoding: number;
  /** Version 1: encodings of the levels. */
  readonly defEncoding: number;
  readonly repEncoding: number;
  /** Version 2: bytes of the uncompressed levels before the values. */
  readonly defBytes: number;
  readonly repBytes: number;
  readonly compressed: boolean;
  /** CRC-32 of the body as it stands in the file, unsigned; undefined if the writer left none. */
  readonly crc: number | undefined;
  /** Version 2: rows of the page. */
  readonly rows: number | undefined;
}

/** A page may not claim to be larger than this when decompressed. */
const MAX_PAGE_BYTES = 1 << 30;

/** Reads thrift's compact protocol from bytes without making objects of what is skipped. */
class HeaderReader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  byte(): number {
    if (this.at >= this.end) throw new RangeError('page header cut short');
    return this.bytes[this.at++]!;
  }

  varint(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      if (shift > 2 ** 56) throw new RangeError('page header number too long');
    }
  }

  zigzag(): number {
    const raw = this.varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** A non-negative i32. */
  size(): number {
    const value = this.zigzag();
    if (value < 0 || value > 0x7fffffff) throw new RangeError(`bad size in page header: ${value}`);
    return value;
  }

  /** Calls `field` for each field until the struct's stop byte; what it does not take is skipped. */
  struct(field: (id: number, type: number) => boolean, depth = 0): void {
    if (depth > 16) throw new RangeError('page header nested too deep');
    for (let id = 0; ; ) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return;
      id = head >> 4 === 0 ? this.zigzag() : id + (head >> 4);
      if (!field(id, type)) this.skip(type, depth);
    }
  }

  skip(type: number, depth: number): void {
    switch (type) {
      case 1:
      case 2:
        return;
      case 3:
        this.at++;
        return;
      case 4:
      case 5:
      case 6:
        this.varint();
        return;
      case 7:
        this.at += 8;
        return;
      case 8: {
        const length = this.varint();
        this.at += length;
        return;
      }
      case 9: {
        const head = this.byte();
        const count = head >> 4 === 15 ? this.varint() : head >> 4;
        const element = head & 15;
        for (let i = 0; i < count; i++) {
          if (this.at >= this.end) throw new RangeError('page header cut short');
          if (element <= 2) this.at++;
          else this.skip(element, depth + 1);
        }
        return;
      }
      case 12:
        this.struct(() => false, depth + 1);
        return;
      default:
        throw new RangeError(`unknown thrift type ${type} in page header`);
    }
  }
}

/** Finds the pages in a column chunk's bytes [start, end), up to `numValues` values. Index pages are left out.
 * @throws RangeError if a header is malformed or a page reaches past the end */
export function scanPages(bytes: Uint8Array, start: number, end: number, numValues: number): PageInfo[] {
  const pages: PageInfo[] = [];
  const reader = new HeaderReader(bytes, start, end);
  for (let seen = 0; seen < numValues && reader.at < end; ) {
    const page = readHeader(reader);
    if (page.compressedBytes > end - reader.at) throw new RangeError('page reaches past its column chunk');
    reader.at += page.compressedBytes;
    if (page.type === PAGE.INDEX) continue;
    pages.push(page);
    if (page.type !== PAGE.DICTIONARY) seen += page.values;
    else if (pages.length > 1) throw new RangeError('dictionary page behind data pages');
    if (seen > numValues) throw new RangeError('pages hold more values than their column chunk');
  }
  return pages;
}

function readHeader(reader: HeaderReader): PageInfo {
  let type = -1;
  let compressedBytes = -1;
  let uncompressedBytes = -1;
  let values = 0;
  let encoding = -1;
  let defEncoding = 3;
  let repEncoding = 3;
  let defBytes = 0;
  let repBytes = 0;
  let compressed = true;
  let crc: number | undefined;
  let rows: number | undefined;
  reader.struct((id, fieldType) => {
    switch (id) {
      case 1:
        type = reader.size();
        return true;
      case 2:
        uncompressedBytes = reader.size();
        return true;
      case 3:
        compressedBytes = reader.size();
        return true;
      case 4:
        if (fieldType !== 5) return false;
        crc = reader.zigzag() >>> 0;
        return true;
      case 5:
      case 7:
        reader.struct((inner, innerType) => {
          if (innerType !== 5) return false;
          if (inner === 1) values = reader.size();
          else if (inner === 2) encoding = reader.size();
          else if (inner === 3) defEncoding = reader.size();
          else if (inner === 4) repEncoding = reader.size();
          else return false;
          return true;
        }, 1);
        return true;
      case 8:
        reader.struct((inner, innerType) => {
          if (inner === 7) {
            compressed = innerType === 1;
            return true;
          }
          if (innerType !== 5) return false;
          if (inner === 1) values = reader.size();
          else if (inner === 3) rows = reader.size();
          else if (inner === 4) encoding = reader.size();
          else if (inner === 5) defBytes = reader.size();
          else if (inner === 6) repBytes = reader.size();
          else return false;
          return true;
        }, 1);
        return true;
      default:
        return false;
    }
  });
  if (type < 0 || compressedBytes < 0 || uncompressedBytes < 0) throw new RangeError('page header lacks sizes');
  if (uncompressedBytes > MAX_PAGE_BYTES) throw new RangeError(`page of ${uncompressedBytes} bytes is too large`);
  if (type === PAGE.DATA_V2 && defBytes + repBytes > Math.min(compressedBytes, uncompressedBytes))
    throw new RangeError('levels reach past their page');
  return {
    type,
    body: reader.at,
    compressedBytes,
    uncompressedBytes,
    values,
    encoding,
    defEncoding,
    repEncoding,
    defBytes,
    repBytes,
    compressed,
    crc,
    rows,
  };
}
