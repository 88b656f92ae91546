import { runtimeError } from '../../errors/index.js';
import type { DataType } from '../../types/index.js';
import { bitmapBytes } from '../column/build.js';
import { SLAB_BYTES } from '../memory/arena.js';
import { Region } from '../memory/region.js';
import type { BlockContext } from './context.js';
import { type EncodedChunk, encodeChunk, type RowRange } from './encode.js';
import { align64, BLOCK_MAGIC, C, CHUNK_WORDS, COLUMN_WORDS, H, HAS_BOUNDS, HEADER_WORDS, K, KIND } from './layout.js';
import { sparkFixedSize, unsafeSize } from './spark-size.js';
import { type BlockInput, type StagedColumn, stageColumn, stageValidity } from './stage.js';
import { stageCodes, stageViewsAsCodes, type TextDictionary } from './text-dictionary.js';

/** Rows of a batch at most. Spark: `spark.sql.inMemoryColumnarStorage.batchSize`. */
export const DEFAULT_BATCH_ROWS = 10_000;
/** A batch also ends when Spark's estimate of it reaches this. Spark: `ColumnBuilder.MAX_BATCH_SIZE_IN_BYTE`. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/** A block that a task has made: one extent of whole slabs that belong to `owner`. Plain data, for messages. */
export interface PublishedBlock {
  readonly address: number;
  /** Bytes in use from `address`. */
  readonly byteLength: number;
  readonly slabs: number;
  readonly owner: number;
  readonly rows: number;
  readonly batches: number;
  /** Spark's estimate: the sum of its columns' `sizeInBytes`. */
  readonly sparkSize: number;
  /** The same block compressed, for levels that store it so. */
  readonly image?: Uint8Array;
}

export interface PublishOptions {
  readonly batchRows?: number;
  /** Rows of each batch, where they are known: of a block that is restored. Their sum is the number of rows. */
  readonly batches?: readonly number[];
  /** False: values are stored as they are. Spark: `spark.sql.inMemoryColumnarStorage.compressed`. */
  readonly compressed?: boolean;
}

/** Copies rows into one extent as a column block: narrowed, with dictionaries, bitmaps only where nulls are, and statistics
 * per batch and column. Runs in any thread; the extent's slabs belong to `owner` until the block store adopts them.
 * @throws UNABLE_TO_ACQUIRE_MEMORY when the arena is full; nothing stays claimed */
export function publishBlock(
  context: BlockContext,
  owner: number,
  inputs: readonly BlockInput[],
  types: readonly DataType[],
  options: PublishOptions = {},
): PublishedBlock {
  using staging = new Region(context.arena, owner);
  using packed = new Region(context.arena, owner);
  const publisher = new Publisher(
    context,
    owner,
    inputs.filter((m) => m.selected > 0),
    types,
    staging,
    packed,
  );
  return publisher.publish(options);
}

interface EncodedColumn {
  readonly width: number;
  readonly chunks: readonly EncodedChunk[];
  readonly dictionary?: { readonly entries: number; readonly size: number; readonly heapBytes: number };
}

class Publisher {
  readonly #rows: number;

  constructor(
    readonly context: BlockContext,
    readonly owner: number,
    readonly inputs: readonly BlockInput[],
    readonly types: readonly DataType[],
    /** Emptied after each column. */
    readonly staging: Region,
    /** Lives until the extent is filled. */
    readonly packed: Region,
  ) {
    this.#rows = inputs.reduce((sum, m) => sum + m.selected, 0);
  }

  publish({ batchRows = DEFAULT_BATCH_ROWS, batches, compressed = true }: PublishOptions): PublishedBlock {
    const ranges = batches ? rangesOf(batches) : this.#ranges(batchRows);
    const columns = this.types.map((type, c) => this.#encode(type, c, ranges, compressed));
    return this.#fill(ranges, columns);
  }

  /** Where batches end, as in Spark. */
  #ranges(batchRows: number): RowRange[] {
    const rows = this.#rows;
    const ranges: RowRange[] = [];
    const sizes = this.#rowSizeBound() * Math.min(batchRows, rows) < MAX_BATCH_BYTES ? 0 : this.#rowSizes();
    const { kernels } = this.context;
    for (let from = 0; from < rows; ) {
      const end =
        sizes === 0
          ? Math.min(rows, from + batchRows)
          : kernels.blockBatchEnd(sizes, from, rows, batchRows, MAX_BATCH_BYTES);
      ranges.push({ from, count: end - from });
      from = end;
    }
    this.staging.reset();
    return ranges;
  }

  /** No row's size is above this: mostly small enough that row counts alone cut batches. */
  #rowSizeBound(): number {
    const { kernels } = this.context;
    return this.types.reduce((sum, type, c) => {
      const fixed = Math.max(4, sparkFixedSize(type));
      let longest = 0;
      for (const { columns, length } of this.inputs) {
        const { rep, data, validity, dictionary } = columns[c]!;
        if (rep !== 'view') break;
        longest = Math.max(
          longest,
          dictionary
            ? kernels.blockLongestView(dictionary.data, 0, dictionary.size)
            : kernels.blockLongestView(data, validity, length),
        );
      }
      // Spark's format of nested values takes up to eight times the bytes of ours.
      const nested = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
      return sum + fixed + (nested ? longest * 8 + 64 : longest);
    }, 0);
  }

  /** Spark's size of every row, u32 each. */
  #rowSizes(): number {
    const { kernels, arena } = this.context;
    const rows = this.#rows;
    const sizes = this.packed.allocZeroed(rows * 4);
    this.types.forEach((type, c) => {
      if (type.kind === 'null') kernels.blockAddSizes(0, 0, 0, 4, rows, sizes);
      else {
        const { data, validity } = stageColumn(this.context, this.inputs, c, type, rows, this.staging);
        const nested = type.kind === 'array' || type.kind === 'map' || type.kind === 'struct';
        const text =
          type.kind === 'string' || type.kind === 'char' || type.kind === 'varchar' || type.kind === 'binary';
        kernels.blockAddSizes(text ? data : 0, 0, validity, sparkFixedSize(type), rows, sizes);
        if (nested)
          for (let i = 0; i < rows; i++)
            if (validity === 0 || ((arena.u8[validity + (i >>> 3)]! >>> (i & 7)) & 1) === 1)
              arena.u32[(sizes >>> 2) + i]! += unsafeSize(arena, arena.u32[(data >>> 2) + i * 2]!, type);
      }
      this.staging.reset();
    });
    return sizes;
  }

  #encode(type: DataType, column: number, ranges: readonly RowRange[], compressed: boolean): EncodedColumn {
    const { context, inputs, staging, packed } = this;
    const rows = this.#rows;
    const text = type.kind === 'string' || type.kind === 'char' || type.kind === 'varchar';
    let coded: { staged: Omit<StagedColumn, 'type'>; dictionary: TextDictionary } | undefined;
    let staged: StagedColumn | undefined;
    if (text && compressed && rows > 0) {
      if (inputs.every((m) => m.columns[column]!.dictionary)) {
        const validity = stageValidity(context, inputs, column, rows, staging);
        coded = stageCodes(context, inputs, column, rows, validity, staging);
      } else {
        staged = stageColumn(context, inputs, column, type, rows, staging);
        coded = stageViewsAsCodes(context, staged, rows, staging);
      }
    }
    if (coded) {
      const { dictionary } = coded;
      const codes: StagedColumn = { ...coded.staged, type };
      const chunks = ranges.map((r) => encodeChunk(context, codes, r, packed, dictionary));
      const { size } = dictionary;
      const entries = packed.alloc(size * 8);
      context.kernels.gather8(dictionary.entries, 0, size, entries);
      const heapBytes = context.kernels.blockViewBytes(entries, 0, size);
      staging.reset();
      return { width: 8, chunks, dictionary: { entries, size, heapBytes } };
    }
    staged ??= stageColumn(context, inputs, column, type, rows, staging);
    const chunks = ranges.map((r) => this.#keep(encodeChunk(context, staged, r, packed, undefined, compressed)));
    staging.reset();
    // Decimals that came in 16 bytes but fit 8 everywhere.
    const fits = type.kind === 'decimal' && chunks.every((k) => k.kind === KIND.frame);
    return { width: fits ? 8 : staged.width, chunks };
  }

  /** Values that are stored as they are still lie in the staging region: keep them until the extent is filled. */
  #keep(chunk: EncodedChunk): EncodedChunk {
    if (chunk.kind !== KIND.plain || chunk.dataBytes === 0) return chunk;
    const data = this.packed.alloc(chunk.dataBytes);
    this.context.kernels.gather1(chunk.data, 0, chunk.dataBytes, data);
    return { ...chunk, data };
  }

  #fill(ranges: readonly RowRange[], columns: readonly EncodedColumn[]): PublishedBlock {
    const { arena, kernels } = this.context;
    const batches = ranges.length;
    let next = HEADER_WORDS * 4;
    const reserve = (bytes: number): number => {
      const at = next;
      next = align64(next + bytes);
      return at;
    };
    const batchRows = reserve(batches * 4);
    const columnTable = reserve(columns.length * COLUMN_WORDS * 4);
    const chunkTable = reserve(columns.length * batches * CHUNK_WORDS * 4);
    const runCount = columns.reduce(
      (n, c) => n + (c.dictionary ? 1 : c.chunks.filter((k) => k.heapBytes > 0).length),
      0,
    );
    const viewRuns = reserve(runCount * 8);
    const places = columns.map((column) => ({
      dictionary: column.dictionary ? reserve(column.dictionary.size * 8) : 0,
      dictionaryHeap: column.dictionary ? reserve(column.dictionary.heapBytes) : 0,
      chunks: column.chunks.map((k, b) => ({
        validity: k.validity === 0 ? 0 : reserve(bitmapBytes(ranges[b]!.count)),
        // Widening reads whole SIMD words beyond the last value.
        data: k.dataBytes === 0 ? 0 : reserve(k.dataBytes + 16),
        heap: k.heapBytes === 0 ? 0 : reserve(k.heapBytes),
      })),
    }));
    const byteLength = next;
    const slabs = Math.max(1, Math.ceil(byteLength / SLAB_BYTES));
    const base = arena.claim(this.owner, slabs);
    if (base === 0)
      throw runtimeError('UNABLE_TO_ACQUIRE_MEMORY', { requestedBytes: String(byteLength), receivedBytes: '0' });
    const { u32, i64, f64 } = arena;
    const copy = (from: number, bytes: number, to: number) => kernels.gather1(from, 0, bytes, base + to);
    const head = base >>> 2;
    u32.fill(0, head, head + HEADER_WORDS);
    ranges.forEach((r, b) => {
      u32[((base + batchRows) >>> 2) + b] = r.count;
    });
    let sparkSize = 0;
    let run = (base + viewRuns) >>> 2;
    columns.forEach((column, c) => {
      const place = places[c]!;
      const entry = ((base + columnTable) >>> 2) + c * COLUMN_WORDS;
      u32[entry + C.dictionary] = place.dictionary;
      u32[entry + C.dictionarySize] = column.dictionary?.size ?? 0;
      u32[entry + C.dictionaryId] = column.dictionary ? arena.nextId() : 0;
      u32[entry + C.width] = column.width;
      if (column.dictionary) {
        const { entries, size } = column.dictionary;
        kernels.blockCopyViews(entries, 0, size, base + place.dictionary, base + place.dictionaryHeap);
        u32[run++] = place.dictionary;
        u32[run++] = size;
      }
      column.chunks.forEach((k, b) => {
        const at = place.chunks[b]!;
        const { count } = ranges[b]!;
        const chunk = ((base + chunkTable) >>> 2) + (c * batches + b) * CHUNK_WORDS;
        if (at.validity !== 0) copy(k.validity, bitmapBytes(count), at.validity);
        const isViews = k.kind === KIND.plain && column.width === 8 && isViewType(this.types[c]!);
        if (isViews && k.dataBytes > 0) {
          kernels.blockCopyViews(k.data, k.validity, count, base + at.data, base + at.heap);
          if (k.heapBytes > 0) {
            u32[run++] = at.data;
            u32[run++] = count;
          }
        } else if (k.dataBytes > 0) copy(k.data, k.dataBytes, at.data);
        u32[chunk + K.kind] = k.kind;
        u32[chunk + K.width] = k.width;
        u32[chunk + K.data] = at.data;
        u32[chunk + K.validity] = at.validity;
        u32[chunk + K.nullCount] = k.nullCount;
        u32[chunk + K.flags] = k.bounds ? HAS_BOUNDS : 0;
        f64[(chunk + K.sizeInBytes) >>> 1] = k.sizeInBytes;
        i64[(chunk + K.base) >>> 1] = k.base;
        sparkSize += k.sizeInBytes;
        this.#writeBounds(
          k,
          chunk,
          base,
          isViews ? base + at.data : place.dictionary === 0 ? 0 : base + place.dictionary,
        );
      });
    });
    u32[head + H.magic] = BLOCK_MAGIC;
    u32[head + H.id] = arena.nextId();
    u32[head + H.byteLength] = byteLength;
    u32[head + H.rows] = this.#rows;
    u32[head + H.columns] = columns.length;
    u32[head + H.batches] = batches;
    u32[head + H.batchRows] = batchRows;
    u32[head + H.columnTable] = columnTable;
    u32[head + H.chunkTable] = chunkTable;
    u32[head + H.viewRuns] = viewRuns;
    u32[head + H.viewRunCount] = runCount;
    f64[(head + H.sparkSize) >>> 1] = sparkSize;
    return { address: base, byteLength, slabs, owner: this.owner, rows: this.#rows, batches, sparkSize };
  }

  /** Bounds of text are found by row or code: written as (offset, length) of the bytes in the extent. */
  #writeBounds(k: EncodedChunk, chunk: number, base: number, views: number): void {
    if (!k.bounds) return;
    const { i64, u32 } = this.context.arena;
    const { lower, upper } = k.bounds;
    if (views !== 0) {
      [lower, upper].forEach(([row], i) => {
        const view = (views >>> 2) + Number(row) * 2;
        const at = chunk + (i === 0 ? K.lower : K.upper);
        const length = u32[view + 1]!;
        u32[at] = length === 0 ? 0 : u32[view]! - base;
        u32[at + 1] = length;
      });
      return;
    }
    i64[(chunk + K.lower) >>> 1] = lower[0];
    i64[((chunk + K.lower) >>> 1) + 1] = lower[1];
    i64[(chunk + K.upper) >>> 1] = upper[0];
    i64[((chunk + K.upper) >>> 1) + 1] = upper[1];
  }
}

function rangesOf(batches: readonly number[]): RowRange[] {
  let from = 0;
  return batches.map((count) => {
    from += count;
    return { from: from - count, count };
  });
}

function isViewType(type: DataType): boolean {
  switch (type.kind) {
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
    case 'array':
    case 'map':
    case 'struct':
      return true;
    default:
      return false;
  }
}
