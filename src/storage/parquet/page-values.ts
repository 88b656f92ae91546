import { unsupported } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import { type Dictionary, REP_BYTES } from '../column/vector.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import type { Conversion } from './conversion.js';
import { ENCODING, type SchemaNode } from './format.js';
import type { PageInfo } from './page-header.js';

/** Kernels may read and write this far past a buffer. */
export const SLACK = 64;
/** State of one hybrid stream (see the kernel). */
export const STATE_BYTES = 8192;

/** What all chunk readers of a split share. */
export interface DecodeContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
}

/** Where a chunk's decoder takes memory. */
export interface Scratch {
  readonly scratch: Region;
  /** Where bytes go that views point to. */
  readonly keep: Region;
}

/** Where the current page's values come from. */
type Values =
  | { kind: 'none' }
  /** Dictionary codes, read from the hybrid state. */
  | { kind: 'dictionary' }
  /** Physical values one after another. */
  | { kind: 'plain'; at: number; end: number }
  /** Length-prefixed byte arrays. */
  | { kind: 'byteArrays'; at: number; end: number }
  /** Finished views. */
  | { kind: 'views'; at: number; end: number }
  | { kind: 'bits'; base: number; bit: number; end: number }
  | { kind: 'hybridBits' };

/** The values of one chunk, page by page: all encodings. Errors about bytes are RangeErrors; the caller names the file. */
export class PageValues {
  dictionary: Dictionary | undefined;
  #values: Values = { kind: 'none' };
  #rawBuffer = 0;
  #rawBytes = 0;
  readonly #valueState: number;

  constructor(
    readonly context: DecodeContext,
    readonly leaf: SchemaNode,
    readonly conversion: Conversion,
    readonly memory: Scratch,
  ) {
    this.#valueState = memory.scratch.alloc(STATE_BYTES);
  }

  /** Views point into pages: then each page keeps its bytes, else all share one buffer. */
  get keepsBytes(): boolean {
    return this.conversion.rep === 'view';
  }

  /** Reads a dictionary page's `size` values, which lie in [at, end). */
  setDictionary(at: number, end: number, size: number): void {
    const { width, rep } = this.conversion;
    const least = width === 0 ? 4 : width < 0 ? 0.125 : width;
    if (size * least > end - at) throw new RangeError('dictionary holds fewer values than it says');
    const region = this.keepsBytes ? this.memory.keep : this.memory.scratch;
    const data = region.alloc(size * REP_BYTES[rep] + SLACK);
    this.#values = plainValues(width, at, end);
    this.read(size, data);
    this.finish();
    this.#values = { kind: 'none' };
    this.dictionary = { data, size, id: this.context.arena.nextId() };
  }

  /** Reads dictionary codes of `count` present values, if the page has them. */
  readCodes(count: number, to: number): void {
    const { kernels } = this.context;
    if (this.#values.kind !== 'dictionary' || !this.dictionary) throw new RangeError('page is not dictionary-encoded');
    if (kernels.pqHybridCodes(this.#valueState, count, to, this.dictionary.size) !== count)
      throw new RangeError('bad dictionary codes');
  }

  /** Reads `count` present values in the column representation. */
  read(count: number, to: number): void {
    if (count === 0) return;
    const { kernels } = this.context;
    const { conversion } = this;
    const values = this.#values;
    switch (values.kind) {
      case 'dictionary': {
        const { data, size } = this.dictionary as Dictionary;
        const bytes = REP_BYTES[conversion.rep];
        const state = this.#valueState;
        const got =
          bytes === 8
            ? kernels.pqGather64(state, count, data, size, to)
            : bytes === 4
              ? kernels.pqGather32(state, count, data, size, to)
              : bytes === 16
                ? kernels.pqGather128(state, count, data, size, to)
                : kernels.pqGather8(state, count, data, size, to);
        if (got !== count) throw new RangeError('bad dictionary codes');
        return;
      }
      case 'plain': {
        const bytes = count * conversion.width;
        if (bytes > values.end - values.at) throw new RangeError('page holds fewer values than it says');
        if (conversion.identity) kernels.pqCopy(to, values.at, bytes);
        else this.#convert(values.at, count, to);
        values.at += bytes;
        return;
      }
      case 'byteArrays': {
        const views = conversion.identity ? to : this.#raw(count * 8);
        const next = kernels.pqPlainViews(values.at, values.end, count, views);
        if (next === 0) throw new RangeError('page holds fewer values than it says');
        values.at = next;
        if (!conversion.identity) this.#convert(views, count, to);
        return;
      }
      case 'views': {
        if (count * 8 > values.end - values.at) throw new RangeError('page holds fewer values than it says');
        if (conversion.identity) kernels.pqCopy(to, values.at, count * 8);
        else this.#convert(values.at, count, to);
        values.at += count * 8;
        return;
      }
      case 'bits':
        if (values.bit + count > values.end) throw new RangeError('page holds fewer values than it says');
        kernels.pqBits(values.base, values.bit, count, to);
        values.bit += count;
        return;
      case 'hybridBits':
        if (kernels.pqHybridBytes(this.#valueState, count, to, 1) !== count) throw new RangeError('bad booleans');
        return;
      default:
        throw new RangeError('no page is open');
    }
  }

  /** All present values of the page were read. @throws RangeError if bytes of values are left: the levels, or the number of
   * values, belong to another page */
  finish(): void {
    const values = this.#values;
    if ((values.kind === 'plain' || values.kind === 'byteArrays' || values.kind === 'views') && values.at < values.end)
      throw new RangeError('page holds more values than it says');
  }

  #convert(from: number, count: number, to: number): void {
    if (!this.conversion.convert(this.context.kernels, from, count, to))
      throw new RangeError('a value does not fit its type');
  }

  /** A buffer for intermediate values, reused. */
  #raw(byteLength: number): number {
    if (byteLength > this.#rawBytes) {
      this.#rawBytes = Math.max(byteLength, 1 << 16);
      this.#rawBuffer = this.memory.scratch.alloc(this.#rawBytes + SLACK);
    }
    return this.#rawBuffer;
  }

  /** Starts reading the values of a page that lie in [at, end). @throws UNSUPPORTED_FEATURE for encodings not built */
  open(page: PageInfo, at: number, end: number): void {
    const { kernels, arena } = this.context;
    const { physical } = this.leaf;
    const { width } = this.conversion;
    switch (page.encoding) {
      case ENCODING.PLAIN:
        this.#values = plainValues(width, at, end);
        return;
      case ENCODING.PLAIN_DICTIONARY:
      case ENCODING.RLE_DICTIONARY: {
        if (!this.dictionary) throw new RangeError('page refers to a dictionary that is not there');
        // A page of nulls alone may have no bit width.
        const bits = at < end ? (arena.u8[at] as number) : 0;
        if (bits > 32) throw new RangeError(`bit width ${bits}`);
        kernels.pqHybridInit(this.#valueState, Math.min(at + 1, end), end, bits);
        this.#values = { kind: 'dictionary' };
        return;
      }
      case ENCODING.RLE: {
        if (physical !== 'BOOLEAN') break;
        if (end - at < 4) throw new RangeError('booleans cut short');
        const length = Math.min(arena.view.getUint32(at, true), end - at - 4);
        kernels.pqHybridInit(this.#valueState, at + 4, at + 4 + length, 1);
        this.#values = { kind: 'hybridBits' };
        return;
      }
      case ENCODING.DELTA_BINARY_PACKED: {
        if (physical !== 'INT32' && physical !== 'INT64') break;
        const count = this.#deltaCount(at, end, page.values);
        const raw = this.#raw(count * width + 16);
        const next =
          physical === 'INT32'
            ? kernels.pqDelta32(at, end, count, raw + 16, raw)
            : kernels.pqDelta64(at, end, count, raw + 16, raw);
        if (next === 0) throw new RangeError('bad delta encoding');
        this.#values = { kind: 'plain', at: raw + 16, end: raw + 16 + count * width };
        return;
      }
      case ENCODING.DELTA_LENGTH_BYTE_ARRAY:
        if (physical !== 'BINARY') break;
        this.#openDeltaLengths(page, at, end);
        return;
      case ENCODING.DELTA_BYTE_ARRAY:
        if (physical !== 'BINARY' && physical !== 'FIXED_LEN_BYTE_ARRAY') break;
        this.#openDeltaStrings(page, at, end);
        return;
      case ENCODING.BYTE_STREAM_SPLIT: {
        if (width <= 0) break;
        const count = Math.floor((end - at) / width);
        const bytes = count * width;
        // Fixed-length values may be seen through views: their bytes must stay.
        const raw = this.keepsBytes ? this.memory.keep.alloc(bytes + SLACK) : this.#raw(bytes);
        kernels.pqUnsplit(at, count, width, raw);
        this.#values = { kind: 'plain', at: raw, end: raw + bytes };
        return;
      }
    }
    throw unknownEncoding(page.encoding, physical ?? 'group');
  }

  /** Values in a delta stream; not more than the page has, nulls included. */
  #deltaCount(at: number, end: number, most: number): number {
    let position = at;
    const varint = (): number => {
      let value = 0;
      for (let scale = 1; position < end && scale < 2 ** 50; scale *= 128) {
        const byte = this.context.arena.u8[position++] as number;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
      throw new RangeError('bad delta header');
    };
    varint();
    varint();
    const count = varint();
    if (count > most) throw new RangeError('delta stream holds more values than its page');
    return count;
  }

  #lengths(at: number, end: number, count: number): { lengths: number; next: number } {
    const lengths = this.memory.scratch.alloc(count * 4 + 16 + SLACK);
    const next = this.context.kernels.pqDelta32(at, end, count, lengths + 16, lengths);
    if (next === 0) throw new RangeError('bad delta lengths');
    return { lengths: lengths + 16, next };
  }

  #openDeltaLengths(page: PageInfo, at: number, end: number): void {
    const count = this.#deltaCount(at, end, page.values);
    const { lengths, next } = this.#lengths(at, end, count);
    const views = this.memory.scratch.alloc(count * 8 + SLACK);
    if (this.context.kernels.pqLengthViews(lengths, count, next, end, views) === 0 && count > 0)
      throw new RangeError('byte arrays cut short');
    this.#values = { kind: 'views', at: views, end: views + count * 8 };
  }

  #openDeltaStrings(page: PageInfo, at: number, end: number): void {
    const { kernels } = this.context;
    const count = this.#deltaCount(at, end, page.values);
    const prefixes = this.#lengths(at, end, count);
    if (this.#deltaCount(prefixes.next, end, page.values) !== count)
      throw new RangeError('suffixes do not match prefixes');
    const suffixes = this.#lengths(prefixes.next, end, count);
    const bytes = kernels.pqDeltaStringBytes(prefixes.lengths, suffixes.lengths, count);
    if (bytes < 0 || bytes > 0x7fffffff) throw new RangeError('bad prefixes');
    const region = this.keepsBytes ? this.memory.keep : this.memory.scratch;
    const to = region.alloc(bytes + SLACK);
    const views = this.memory.scratch.alloc(count * 8 + SLACK);
    if (!kernels.pqDeltaStrings(prefixes.lengths, suffixes.lengths, count, suffixes.next, end, to, views))
      throw new RangeError('suffixes cut short');
    if (this.conversion.width > 0) {
      if (bytes !== count * this.conversion.width) throw new RangeError('fixed-length values of other lengths');
      this.#values = { kind: 'plain', at: to, end: to + bytes };
    } else this.#values = { kind: 'views', at: views, end: views + count * 8 };
  }
}

/** An encoding that the format knows and this reader does not, or a number that no writer writes. */
export function unknownEncoding(encoding: number, of: string): Error {
  const name = Object.entries(ENCODING).find(([, n]) => n === encoding)?.[0];
  if (name === undefined) return new RangeError(`unknown encoding ${encoding} of ${of}`);
  return unsupported(`Parquet encoding ${name} of ${of}`);
}

export function isDictionary(encoding: number): boolean {
  return encoding === ENCODING.RLE_DICTIONARY || encoding === ENCODING.PLAIN_DICTIONARY;
}

function plainValues(width: number, at: number, end: number): Values {
  if (width === 0) return { kind: 'byteArrays', at, end };
  return width < 0 ? { kind: 'bits', base: at, bit: 0, end: (end - at) * 8 } : { kind: 'plain', at, end };
}
