import { crc32 } from '../column/crc32.js';
import type { Dictionary, Rep } from '../column/vector.js';
import { decompress, ZSTD_SCRATCH_BYTES } from './codec.js';
import type { Conversion } from './conversion.js';
import { type Codec, ENCODING, PAGE, type SchemaNode } from './format.js';
import { type PageInfo, scanPages } from './page-header.js';
import {
  type DecodeContext,
  isDictionary,
  PageValues,
  type Scratch,
  SLACK,
  STATE_BYTES,
  unknownEncoding,
} from './page-values.js';

export { SLACK } from './page-values.js';

/** Rows passed over at a time. */
const SKIP_ROWS = 4096;
/** Where a chunk's bytes, or some of its pages, lie in the arena. */
export interface ChunkBytes {
  readonly pieces: readonly { readonly address: number; readonly byteLength: number }[];
  readonly numValues: number;
  readonly codec: Codec;
  /** What the footer says of the whole chunk: bounds what its pages may say of themselves. */
  readonly uncompressedByteLength: number;
  /** If pages are left out: the row that each data page starts with. */
  readonly firstRows?: readonly number[];
}

/** Decodes one column chunk page by page, from front to back. Errors about bytes are RangeErrors; the caller names the file. */
export class ChunkReader {
  /** Every data page is dictionary-encoded. */
  readonly allDictionary: boolean;
  readonly rep: Rep;
  /** Row of the next value, for columns without repetition. */
  row = 0;
  readonly #pages: readonly PageInfo[];
  readonly #firstRows: readonly number[] | undefined;
  #nextPage = 0;
  #dataPages = 0;
  #leftInPage = 0;
  readonly #values: PageValues;
  #pageBuffer = 0;
  #waste = 0;
  #zstdScratch = 0;
  readonly #pageBytes: number;
  readonly #defState: number;
  readonly #repState: number;

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
    if (leaf.maxRep === 0 && data.some((p) => p.rows !== undefined && p.rows !== p.values))
      throw new RangeError('a page of a flat column has other numbers of rows and values');
    const most = 4 * chunk.uncompressedByteLength + (1 << 20);
    if (this.#pages.some((p) => p.uncompressedBytes > most)) throw new RangeError('a page is larger than its chunk');
    // Pages that hold bytes for views are decompressed where they stay.
    this.#pageBytes = this.#pages.reduce((most, p) => Math.max(most, p.uncompressedBytes), 0);
    this.#defState = leaf.maxDef > 0 ? memory.scratch.alloc(STATE_BYTES) : 0;
    this.#repState = leaf.maxRep > 0 ? memory.scratch.alloc(STATE_BYTES) : 0;
    this.#values = new PageValues(context, leaf, conversion, memory);
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

  get dictionary(): Dictionary | undefined {
    return this.#values.dictionary;
  }

  /** Reads dictionary codes of `count` present values. Only if `allDictionary`. */
  readCodes(count: number, to: number): void {
    this.#values.readCodes(count, to);
  }

  /** Reads `count` present values in the column representation. The levels of these values have been read before. */
  readValues(count: number, to: number): void {
    this.#values.read(count, to);
    if (this.#leftInPage === 0) this.#values.finish();
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

  #pageTarget(byteLength: number, holdsBytes: boolean): number {
    if (holdsBytes && this.#values.keepsBytes) return this.memory.keep.alloc(byteLength + SLACK);
    this.#pageBuffer ||= this.memory.scratch.alloc(this.#pageBytes + SLACK);
    return this.#pageBuffer;
  }

  #readDictionary(page: PageInfo): void {
    if (page.encoding !== ENCODING.PLAIN && page.encoding !== ENCODING.PLAIN_DICTIONARY)
      throw unknownEncoding(page.encoding, 'dictionary');
    checkSum(this.context.arena.u8, page);
    const at = this.#pageTarget(page.uncompressedBytes, true);
    this.#decompress(this.chunk.codec, page.body, page.compressedBytes, at, page.uncompressedBytes);
    this.#values.setDictionary(at, at + page.uncompressedBytes, page.values);
  }

  #openPage(page: PageInfo): void {
    const { kernels } = this.context;
    const { leaf } = this;
    checkSum(this.context.arena.u8, page);
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
        if (length > 0) this.#decompress(codec, page.body + levels, page.compressedBytes - levels, at + levels, length);
      }
      if (leaf.maxRep > 0) kernels.pqHybridInit(this.#repState, at, at + page.repBytes, bitWidth(leaf.maxRep));
      at += page.repBytes;
      if (leaf.maxDef > 0) kernels.pqHybridInit(this.#defState, at, at + page.defBytes, bitWidth(leaf.maxDef));
      at += page.defBytes;
    } else {
      if (page.type !== PAGE.DATA) throw new RangeError(`unknown page type ${page.type}`);
      if (page.uncompressedBytes > 0)
        this.#decompress(this.chunk.codec, page.body, page.compressedBytes, at, page.uncompressedBytes);
      if (leaf.maxRep > 0) at = this.#openLevels(this.#repState, at, end, leaf.maxRep, page.repEncoding);
      if (leaf.maxDef > 0) at = this.#openLevels(this.#defState, at, end, leaf.maxDef, page.defEncoding);
    }
    this.#leftInPage = page.values;
    this.#values.open(page, at, end);
  }

  #decompress(codec: Codec, from: number, source: number, to: number, length: number): void {
    const { arena, kernels } = this.context;
    decompress(arena, kernels, codec, from, source, to, length, () => {
      this.#zstdScratch ||= this.memory.scratch.alloc(ZSTD_SCRATCH_BYTES);
      return this.#zstdScratch;
    });
  }

  #openLevels(state: number, at: number, end: number, max: number, encoding: number): number {
    if (encoding !== ENCODING.RLE) throw unknownEncoding(encoding, 'levels');
    if (end - at < 4) throw new RangeError('levels cut short');
    const length = this.context.arena.view.getUint32(at, true);
    if (length > end - at - 4) throw new RangeError('levels reach past their page');
    this.context.kernels.pqHybridInit(state, at + 4, at + 4 + length, bitWidth(max));
    return at + 4 + length;
  }
}

/** Spark leaves the sums alone unless `parquet.page.verify-checksum.enabled` is set; here a page that differs from its own is refused. */
function checkSum(bytes: Uint8Array, page: PageInfo): void {
  if (page.crc !== undefined && crc32(bytes.subarray(page.body, page.body + page.compressedBytes)) !== page.crc)
    throw new RangeError('a page differs from its checksum');
}

function bitWidth(max: number): number {
  return 32 - Math.clz32(max);
}
