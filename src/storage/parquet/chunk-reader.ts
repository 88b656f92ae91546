import { unsupported } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import { type Dictionary, REP_BYTES, type Rep } from '../column/vector.js';
import type { Arena } from '../memory/arena.js';
import type { Region } from '../memory/region.js';
import { decompress } from './codec.js';
import type { Conversion } from './conversion.js';
import { type Codec, ENCODING, PAGE, type SchemaNode } from './format.js';
import { type PageInfo, scanPages } from './page-header.js';

/** Kernels may read and write this far past a buffer. */
export const SLACK = 64;
/** Rows passed over at a time. */
const SKIP_ROWS = 4096;
/** State of one hybrid stream (see the kernel). */
const STATE_BYTES = 8192;

/** What all chunk readers of a split share. */
export interface DecodeContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
}

/** Where a chunk's bytes, or some of its pages, lie in the arena. */
export interface ChunkBytes {
  readonly pieces: readonly { readonly address: number; readonly byteLength: number }[];
  readonly numValues: number;
  readonly codec: Codec;
  /** If pages are left out: the row that each data page starts with. */
  readonly firstRows?: readonly number[];
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
  | { kind: 'views'; at: number }
  | { kind: 'bits'; base: number; bit: number; end: number }
  | { kind: 'hybridBits' };

/** Bytes at an address of a column chunk being decoded. */
export interface Scratch {
  readonly scratch: Region;
  /** Where bytes go that views point to. */
  readonly keep: Region;
}

/** Decodes one column chunk page by page, from front to back. Errors about bytes are RangeErrors; the caller names the file. */
export class ChunkReader {
  /** Every data page is dictionary-encoded. */
  readonly allDictionary: boolean;
  readonly rep: Rep;
  dictionary: Dictionary | undefined;
  /** Row of the next value, for columns without repetition. */
  row = 0;
  readonly #pages: readonly PageInfo[];
  readonly #firstRows: readonly number[] | undefined;
  #nextPage = 0;
  #dataPages = 0;
  #leftInPage = 0;
  #values: Values = { kind: 'none' };
  #pageBuffer = 0;
  #waste = 0;
  readonly #pageBytes: number;
  #rawBuffer = 0;
  #rawBytes = 0;
  readonly #defState: number;
  readonly #repState: number;
  readonly #valueState: number;

  constructor(
    readonly context: DecodeContext,
    readonly leaf: SchemaNode,
    readonly conversion: Conversion,
    readonly chunk: ChunkBytes,
    readonly memory: Scratch,
  ) {
    const { pieces, numValues, firstRows } = chunk;
    this.rep = conversion.rep;
    this.#pages = pieces.flatMap((p) => scanPages(context.arena.u8, p.address, p.address + p.byteLength, numValues));
    const data = this.#pages.filter((p) => p.type !== PAGE.DICTIONARY);
    this.allDictionary = data.length > 0 && data.every((p) => isDictionary(p.encoding));
    if (firstRows && firstRows.length !== data.length) throw new RangeError('pages do not match the offset index');
    this.#firstRows = firstRows;
    // Pages that hold bytes for views are decompressed where they stay.
    this.#pageBytes = this.#pages.reduce((most, p) => Math.max(most, p.uncompressedBytes), 0);
    this.#defState = leaf.maxDef > 0 ? memory.scratch.alloc(STATE_BYTES) : 0;
    this.#repState = leaf.maxRep > 0 ? memory.scratch.alloc(STATE_BYTES) : 0;
    this.#valueState = memory.scratch.alloc(STATE_BYTES);
    if (this.#pages[0]?.type === PAGE.DICTIONARY) this.#readDictionary(this.#pages[this.#nextPage++] as PageInfo);
  }

  /** Values (with nulls; slots of repeated fields) not yet read from the current page, loading the next page if there are none.
   * 0 at the end of the chunk. */
  available(): number {
    while (this.#leftInPage === 0) {
      const page = this.#pages[this.#nextPage];
      if (!page) return 0;
      this.#nextPage++;
      this.row = this.#firstRows?.[this.#dataPages] ?? this.row;
      this.#dataPages++;
      this.#openPage(page);
    }
    return this.#leftInPage;
  }

  /** Reads definition levels of the next `count` ≤ `available()` values as bits of `bitmap` from bit `from`. @returns number of set bits */
  readDefined(count: number, bitmap: number, from: number): number {
    this.#leftInPage -= count;
    this.row += count;
    if (this.leaf.maxDef === 0) return count;
    const valid = this.context.kernels.pqDefinedBits(this.#defState, count, bitmap, from, this.leaf.maxDef);
    if (valid < 0) throw new RangeError('definition levels cut short');
    return valid;
  }

  /** Passes over the next page without opening it, if none is open and it has at most `most` rows. @returns its rows, or 0 */
  dropPage(most: number): number {
    const page = this.#pages[this.#nextPage];
    if (this.#leftInPage > 0 || !page || page.values > most) return 0;
    this.#nextPage++;
    this.row = (this.#firstRows?.[this.#dataPages] ?? this.row) + page.values;
    this.#dataPages++;
    return page.values;
  }

  /** Passes over `count` ≤ `available()` rows of a column without repetition. */
  skip(count: number): void {
    if (count === this.#leftInPage) {
      this.row += count;
      this.#leftInPage = 0;
      return;
    }
    this.#waste ||= this.memory.scratch.alloc(SKIP_ROWS * 16 + SLACK);
    for (let left = count; left > 0; ) {
      const n = Math.min(left, SKIP_ROWS);
      this.readValues(this.readDefined(n, this.#waste, 0), this.#waste);
      left -= n;
    }
  }

  /** Reads levels of the next `count` ≤ `available()` values, one byte each. `rep` or `def` is left alone where the maximum is 0. */
  readLevels(count: number, rep: number, def: number): void {
    this.#leftInPage -= count;
    const { kernels } = this.context;
    if (this.leaf.maxRep > 0 && kernels.pqHybridBytes(this.#repState, count, rep, this.leaf.maxRep) !== count)
      throw new RangeError('bad repetition levels');
    if (this.leaf.maxDef > 0 && kernels.pqHybridBytes(this.#defState, count, def, this.leaf.maxDef) !== count)
      throw new RangeError('bad definition levels');
  }

  /** Reads dictionary codes of `count` present values. Only if `allDictionary`. */
  readCodes(count: number, to: number): void {
    const { kernels } = this.context;
    if (this.#values.kind !== 'dictionary' || !this.dictionary) throw new RangeError('page is not dictionary-encoded');
    if (kernels.pqHybridCodes(this.#valueState, count, to, this.dictionary.size) !== count)
      throw new RangeError('bad dictionary codes');
  }

  /** Reads `count` present values in the column representation. */
  readValues(count: number, to: number): void {
    if (count === 0) return;
    const { kernels } = this.context;
    const { conversion } = this;
    const values = this.#values;
    switch (values.kind) {
      case 'dictionary': {
        const { data, size } = this.dictionary as Dictionary;
        const bytes = REP_BYTES[this.rep];
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

  #convert(from: number, count: number, to: number): void {
    if (!this.conversion.convert(this.context.kernels, from, count, to))
      throw new RangeError(`column ${this.leaf.name}: a value does not fit its type`);
  }

  /** A buffer for intermediate values, reused. */
  #raw(byteLength: number): number {
    if (byteLength > this.#rawBytes) {
      this.#rawBytes = Math.max(byteLength, 1 << 16);
      this.#rawBuffer = this.memory.scratch.alloc(this.#rawBytes + SLACK);
    }
    return this.#rawBuffer;
  }

  /** Views point into pages: then each page keeps its bytes, else all share one buffer. */
  #keepsBytes(): boolean {
    return this.conversion.rep === 'view';
  }

  #pageTarget(byteLength: number, holdsBytes: boolean): number {
    if (holdsBytes && this.#keepsBytes()) return this.memory.keep.alloc(byteLength + SLACK);
    this.#pageBuffer ||= this.memory.scratch.alloc(this.#pageBytes + SLACK);
    return this.#pageBuffer;
  }

  #readDictionary(page: PageInfo): void {
    const { arena, kernels } = this.context;
    const { conversion } = this;
    if (page.encoding !== ENCODING.PLAIN && page.encoding !== ENCODING.PLAIN_DICTIONARY)
      throw unsupported(`Parquet dictionary encoding ${page.encoding}`);
    const at = this.#pageTarget(page.uncompressedBytes, true);
    decompress(arena, kernels, this.chunk.codec, page.body, page.compressedBytes, at, page.uncompressedBytes);
    const end = at + page.uncompressedBytes;
    const size = page.values;
    const width = conversion.width === 0 ? 4 : conversion.width < 0 ? 0.125 : conversion.width;
    if (size * width > page.uncompressedBytes) throw new RangeError('dictionary holds fewer values than it says');
    const region = this.#keepsBytes() ? this.memory.keep : this.memory.scratch;
    const data = region.alloc(size * REP_BYTES[conversion.rep] + SLACK);
    this.#values =
      conversion.width === 0
        ? { kind: 'byteArrays', at, end }
        : conversion.width < 0
          ? { kind: 'bits', base: at, bit: 0, end: page.uncompressedBytes * 8 }
          : { kind: 'plain', at, end };
    this.readValues(size, data);
    this.#values = { kind: 'none' };
    this.dictionary = { data, size, id: arena.nextId() };
  }

  #openPage(page: PageInfo): void {
    const { arena, kernels } = this.context;
    const { leaf } = this;
    const dictionary = isDictionary(page.encoding);
    const target = this.#pageTarget(page.uncompressedBytes, !dictionary);
    let at = target;
    const end = target + page.uncompressedBytes;
    if (page.type === PAGE.DATA_V2) {
      const levels = page.repBytes + page.defBytes;
      kernels.pqCopy(at, page.body, levels);
      const codec = page.compressed ? this.chunk.codec : 'UNCOMPRESSED';
      const length = page.uncompressedBytes - levels;
      // A page of nulls alone has no body; some writers leave out even the empty block.
      if (length > 0 || page.compressedBytes > levels) {
        if (length > 0)
          decompress(arena, kernels, codec, page.body + levels, page.compressedBytes - levels, at + levels, length);
      }
      if (leaf.maxRep > 0) kernels.pqHybridInit(this.#repState, at, at + page.repBytes, bitWidth(leaf.maxRep));
      at += page.repBytes;
      if (leaf.maxDef > 0) kernels.pqHybridInit(this.#defState, at, at + page.defBytes, bitWidth(leaf.maxDef));
      at += page.defBytes;
    } else {
      if (page.type !== PAGE.DATA) throw new RangeError(`unknown page type ${page.type}`);
      if (page.uncompressedBytes > 0)
        decompress(arena, kernels, this.chunk.codec, page.body, page.compressedBytes, at, page.uncompressedBytes);
      if (leaf.maxRep > 0) at = this.#openLevels(this.#repState, at, end, leaf.maxRep, page.repEncoding);
      if (leaf.maxDef > 0) at = this.#openLevels(this.#defState, at, end, leaf.maxDef, page.defEncoding);
    }
    this.#leftInPage = page.values;
    this.#openValues(page, at, end);
  }

  #openLevels(state: number, at: number, end: number, max: number, encoding: number): number {
    if (encoding !== ENCODING.RLE) throw unsupported('Parquet levels in BIT_PACKED encoding');
    if (end - at < 4) throw new RangeError('levels cut short');
    const length = this.context.arena.view.getUint32(at, true);
    if (length > end - at - 4) throw new RangeError('levels reach past their page');
    this.context.kernels.pqHybridInit(state, at + 4, at + 4 + length, bitWidth(max));
    return at + 4 + length;
  }

  #openValues(page: PageInfo, at: number, end: number): void {
    const { kernels, arena } = this.context;
    const { physical } = this.leaf;
    const { width } = this.conversion;
    switch (page.encoding) {
      case ENCODING.PLAIN:
        this.#values =
          width === 0
            ? { kind: 'byteArrays', at, end }
            : width < 0
              ? { kind: 'bits', base: at, bit: 0, end: (end - at) * 8 }
              : { kind: 'plain', at, end };
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
        const raw = this.#keepsBytes() ? this.memory.keep.alloc(bytes + SLACK) : this.#raw(bytes);
        kernels.pqUnsplit(at, count, width, raw);
        this.#values = { kind: 'plain', at: raw, end: raw + bytes };
        return;
      }
    }
    throw unsupported(`Parquet encoding ${page.encoding} of ${physical}`);
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
    this.#values = { kind: 'views', at: views };
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
    const region = this.#keepsBytes() ? this.memory.keep : this.memory.scratch;
    const to = region.alloc(bytes + SLACK);
    const views = this.memory.scratch.alloc(count * 8 + SLACK);
    if (!kernels.pqDeltaStrings(prefixes.lengths, suffixes.lengths, count, suffixes.next, end, to, views))
      throw new RangeError('suffixes cut short');
    if (this.conversion.width > 0) {
      if (bytes !== count * this.conversion.width) throw new RangeError('fixed-length values of other lengths');
      this.#values = { kind: 'plain', at: to, end: to + bytes };
    } else this.#values = { kind: 'views', at: views };
  }
}

function isDictionary(encoding: number): boolean {
  return encoding === ENCODING.RLE_DICTIONARY || encoding === ENCODING.PLAIN_DICTIONARY;
}

function bitWidth(max: number): number {
  return 32 - Math.clz32(max);
}
