import type { Kernels } from '../../kernels/index.js';
import type { DataType } from '../../types/index.js';
import { defaultRep, type Vector } from '../column/vector.js';
import { columnFailure } from '../files/file-errors.js';
import { type ByteSource, CountingSource } from '../files/source.js';
import type { Arena } from '../memory/arena.js';
import { Region } from '../memory/region.js';
import { assembleRows, type LeafCursor } from './assemble.js';
import { type ChunkBytes, ChunkReader } from './chunk-reader.js';
import { FlatColumnReader, type LeafColumn, nullVector, type RowRange, readLeaf } from './column-decoder.js';
import { type Conversion, conversionOf } from './conversion.js';
import { type FilePiece, loadPieces } from './file-pieces.js';
import type { ChunkMeta, SchemaNode } from './format.js';
import { LazyColumn } from './lazy-column.js';
import { countRows } from './page-index.js';
import { selectPages, wholeChunks } from './page-selection.js';
import type { ReadNode } from './read-node.js';
import type { ColumnPlan, RowGroupPlan, SplitPlan, WantedColumn } from './split-plan.js';

export { readFooter, readFooterSync } from '../files/file-metadata-cache.js';
export type { ParquetFile } from './format.js';
export { sparkSchema } from './spark-schema.js';
export {
  planSplit,
  type RowGroupPlan,
  rowGroupsOf,
  type SplitOptions,
  type SplitPlan,
  type WantedColumn,
} from './split-plan.js';

/** What a split reader works in. */
export interface ReadContext {
  readonly arena: Arena;
  readonly kernels: Kernels;
  /** Owner of the slabs that hold compressed bytes and pages while a row group is decoded. */
  readonly scratchOwner: number;
}

/** Rows decoded into a region. */
export interface DecodedRows {
  readonly rows: number;
  /** By wanted column. */
  readonly vectors: readonly Vector[];
}

/** Opens a split for reading: no I/O yet. `columns` are those the plan was made for, with real types.
 * Wherever the file lacks a column, its vector is null in every row. */
export function openSplit(
  plan: SplitPlan,
  columns: readonly WantedColumn[],
  context: ReadContext,
  source: ByteSource = new CountingSource(plan.path, plan),
): SplitReader {
  return new SplitReader(plan, columns, context, source);
}

/** Reads one split, row group by row group. One thread at a time. */
export class SplitReader {
  constructor(
    readonly plan: SplitPlan,
    readonly columns: readonly WantedColumn[],
    readonly context: ReadContext,
    readonly source: ByteSource,
  ) {}

  /** Bytes of the file read so far. */
  get bytesRead(): number {
    return this.source.bytesRead;
  }

  rowGroups(): readonly RowGroupPlan[] {
    return this.plan.rowGroups;
  }

  /** Fetches and decodes row group number `i` of `rowGroups()`.
   * @param columns ordinals of wanted columns; the vectors come in this order
   * @param region where values stay: owned by the query, since vectors hold views of what lies there */
  async readRowGroup(i: number, columns: readonly number[], region: Region): Promise<DecodedRows> {
    const fetched = await this.fetch(i, columns);
    try {
      return fetched.decode(fetched.rowsLeft, region);
    } finally {
      fetched.release();
    }
  }

  /** Reads the bytes of row group `i` without decoding them, so that the next group's I/O overlaps this one's decoding. Release it.
   * Pages that statistics rule out are not read: then the group has fewer rows than its plan says. */
  async fetch(i: number, columns: readonly number[]): Promise<RowGroupReader> {
    const group = this.plan.rowGroups[i] as RowGroupPlan;
    const scratch = new Region(this.context.arena, this.context.scratchOwner);
    try {
      const load = (pieces: readonly FilePiece[]): Promise<Map<FilePiece, number>> =>
        loadPieces(this.source, this.context.arena, pieces, scratch);
      const selection = await selectPages(this.plan, group, columns, this.context.arena, load);
      const pieces = selection ? selection.pieces : wholeChunks(group, columns);
      const addresses = await load([...pieces.values()].flat());
      const bytes = new Map<ChunkMeta, ChunkBytes>();
      for (const [chunk, list] of pieces) {
        const firstRows = selection?.firstRows.get(chunk);
        bytes.set(chunk, {
          pieces: list.map((p) => ({ address: addresses.get(p) as number, byteLength: p.byteLength })),
          numValues: firstRows ? Number.POSITIVE_INFINITY : chunk.numValues,
          codec: chunk.codec,
          uncompressedByteLength: chunk.uncompressedByteLength,
          ...(firstRows && { firstRows }),
        });
      }
      const ranges = selection?.ranges ?? [{ from: 0, to: group.rows }];
      return new RowGroupReader(this, group, columns, bytes, ranges, scratch);
    } catch (error) {
      scratch.release();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.source.close();
  }
}

/** A column of a row group, front to back. */
interface ColumnReader {
  read(rows: number, region: Region): Vector;
  skip(rows: number): void;
}

/** One row group whose bytes are in memory: decodes synchronously, whole or a stretch of rows at a time. */
export class RowGroupReader {
  rowsLeft: number;
  readonly #split: SplitReader;
  readonly #columns: readonly number[];
  readonly #bytes: ReadonlyMap<ChunkMeta, ChunkBytes>;
  readonly #ranges: readonly RowRange[];
  readonly #scratch: Region;
  #readers: ColumnReader[] | undefined;
  #lazy: Pick<ColumnReader, 'read'>[] | undefined;

  constructor(
    split: SplitReader,
    readonly group: RowGroupPlan,
    columns: readonly number[],
    bytes: ReadonlyMap<ChunkMeta, ChunkBytes>,
    ranges: readonly RowRange[],
    scratch: Region,
  ) {
    this.#split = split;
    this.#columns = columns;
    this.#bytes = bytes;
    this.#ranges = ranges;
    this.#scratch = scratch;
    this.rowsLeft = countRows(ranges);
  }

  /** Decodes the next `rows` rows (at most `rowsLeft`).
   * @param region holds the vectors: values, codes, validity, views. It may be another one, or reset, for each stretch
   * @param keep holds what views point to, dictionaries included; the same for all stretches, kept while views of it are
   * @throws FAILED_READ_FILE.NO_HINT if bytes do not follow the format */
  decode(rows: number, region: Region, keep: Region = region): DecodedRows {
    const n = Math.min(rows, this.rowsLeft);
    this.#readers ??= this.#columns.map((c) => this.#named(c, () => this.#open(c, keep)));
    const vectors = this.#readers.map((reader, i) =>
      this.#named(this.#columns[i] as number, () => reader.read(n, region)),
    );
    this.rowsLeft -= n;
    return { rows: n, vectors };
  }

  #named<T>(column: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw columnFailure(this.#split.plan.path, (this.#split.columns[column] as WantedColumn).name, error);
    }
  }

  /** As `decode`, but each vector is decoded when it is first looked at, which must be before the next call: stretches of rows
   * that a filter on other columns empties cost little, and pages without a row of interest are not decompressed. Not to be
   * mixed with `decode`. */
  decodeLazily(rows: number, region: Region, keep: Region = region): DecodedRows {
    const n = Math.min(rows, this.rowsLeft);
    this.#lazy ??= this.#columns.map((c) => {
      const { name, type } = this.#split.columns[c] as WantedColumn;
      const { node } = this.#split.plan.columns[c] as ColumnPlan;
      const open = (): ColumnReader => this.#open(c, keep);
      if (node === null) return open();
      const rep = node.kind === 'leaf' ? conversionOf(node.node, node.type).rep : 'view';
      return new LazyColumn(type, rep, open, this.#split.plan.path, name);
    });
    const vectors = this.#lazy.map((reader) => reader.read(n, region));
    this.rowsLeft -= n;
    return { rows: n, vectors };
  }

  /** Gives back the compressed bytes and page buffers. */
  release(): void {
    this.#scratch.release();
  }

  #open(column: number, region: Region): ColumnReader {
    const { type } = this.#split.columns[column] as WantedColumn;
    const plan = this.#split.plan.columns[column] as ColumnPlan;
    const chunks = this.group.chunks[column] as readonly ChunkMeta[];
    const { node } = plan;
    if (node === null) return { read: (rows, into) => nullVector(type, defaultRep(type), rows, into), skip: () => {} };
    if (node.kind === 'leaf') {
      if (node.node.maxRep > 0) throw new RangeError('repeated leaf in a flat column');
      const reader = this.#chunk(node.node, conversionOf(node.node, node.type), chunks[0] as ChunkMeta, region);
      return new FlatColumnReader(reader, type, this.#ranges);
    }
    return this.#nested(node, type, plan.leaves, chunks, region);
  }

  /** Nested columns are assembled for all rows at once and then handed out in stretches. */
  #nested(
    node: ReadNode,
    type: DataType,
    leaves: readonly SchemaNode[],
    chunks: readonly ChunkMeta[],
    region: Region,
  ): ColumnReader {
    const { arena } = this.#split.context;
    const types = leafTypes(node);
    const cursors = new Map<number, LeafCursor>();
    leaves.forEach((leaf, i) => {
      const chunk = chunks[i] as ChunkMeta;
      const wanted = types.get(leaf.leaf);
      const conversion = wanted ? conversionOf(leaf, wanted) : levelsOnly(leaf);
      const reader = this.#chunk(leaf, conversion, chunk, this.#scratch);
      const column: LeafColumn = readLeaf(reader, chunk.numValues, this.#scratch);
      cursors.set(leaf.leaf, { column, rep: conversion.rep, maxDef: leaf.maxDef, slot: 0, value: 0 });
    });
    const all = assembleRows(arena, node, cursors, this.group.rows, region);
    let done = 0;
    const read = (rows: number, into: Region): Vector => {
      const data = all.data + done * 8;
      let { validity } = all;
      if (validity !== 0) {
        if ((done & 7) === 0) validity += done >> 3;
        else {
          validity = into.allocZeroed((rows >> 3) + 16);
          for (let i = 0; i < rows; i++)
            if (((arena.u8[all.validity + ((done + i) >> 3)] as number) >> ((done + i) & 7)) & 1)
              arena.u8[validity + (i >> 3)]! |= 1 << (i & 7);
        }
      }
      done += rows;
      return { type, rep: 'view', data, validity };
    };
    const skip = (rows: number): void => {
      done += rows;
    };
    return { read, skip };
  }

  #chunk(leaf: SchemaNode, conversion: Conversion, meta: ChunkMeta, keep: Region): ChunkReader {
    const bytes = this.#bytes.get(meta) as ChunkBytes;
    return new ChunkReader(this.#split.context, leaf, conversion, bytes, { scratch: this.#scratch, keep });
  }
}

/** Types that leaves are wanted as. */
function leafTypes(node: ReadNode): Map<number, DataType> {
  const types = new Map<number, DataType>();
  const visit = (n: ReadNode): void => {
    if (n.kind === 'leaf') types.set(n.leaf, n.type);
    else if (n.kind === 'list') visit(n.element);
    else if (n.kind === 'map') {
      visit(n.key);
      visit(n.value);
    } else for (const c of n.children) if (c) visit(c);
  };
  visit(node);
  return types;
}

/** A leaf read for its levels: any conversion that always works. */
function levelsOnly(leaf: SchemaNode): Conversion {
  switch (leaf.physical) {
    case 'BOOLEAN':
      return { rep: 'bool', width: -1, identity: true, convert: () => true };
    case 'BINARY':
      return { rep: 'view', width: 0, identity: true, convert: () => true };
    case 'INT32':
    case 'FLOAT':
      return { rep: 'i32', width: 4, identity: true, convert: () => true };
    case 'INT64':
    case 'DOUBLE':
      return { rep: 'i64', width: 8, identity: true, convert: () => true };
    default: {
      const width = leaf.physical === 'INT96' ? 12 : leaf.typeLength;
      return {
        rep: 'view',
        width,
        identity: false,
        convert: (k, from, n, to) => {
          k.pqFixedViews(from, n, width, to);
          return true;
        },
      };
    }
  }
}
