import type { Kernels } from '../../kernels/index.js';
import type { DataType } from '../../types/index.js';
import { defaultRep, type Vector } from '../column/vector.js';
import { readFailure } from '../files/file-errors.js';
import { type ByteSource, CountingSource } from '../files/source.js';
import type { Arena } from '../memory/arena.js';
import { Region } from '../memory/region.js';
import { assembleRows, type LeafCursor } from './assemble.js';
import { ChunkReader, SLACK } from './chunk-reader.js';
import { type LeafColumn, nullVector, readFlat, readLeaf } from './column-decoder.js';
import { type Conversion, conversionOf } from './conversion.js';
import type { ChunkMeta, SchemaNode } from './format.js';
import type { ReadNode } from './read-node.js';
import type { ColumnPlan, RowGroupPlan, SplitPlan, WantedColumn } from './split-plan.js';

export { planSplit, type RowGroupPlan, rowGroupsOf, type SplitOptions, type SplitPlan, type WantedColumn } from './split-plan.js';
export { readFooter, readFooterSync } from '../files/file-metadata-cache.js';
export { sparkSchema } from './spark-schema.js';
export type { ParquetFile } from './format.js';

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

  /** Reads the bytes of row group `i` without decoding them, so that the next group's I/O overlaps this one's decoding. Release it. */
  async fetch(i: number, columns: readonly number[]): Promise<RowGroupReader> {
    const group = this.plan.rowGroups[i] as RowGroupPlan;
    const scratch = new Region(this.context.arena, this.context.scratchOwner);
    try {
      const addresses = await this.#load(group, columns, scratch);
      return new RowGroupReader(this, group, columns, addresses, scratch);
    } catch (error) {
      scratch.release();
      throw error;
    }
  }

  /** Addresses of the chunks in the arena. Chunks that lie next to each other are read at once. */
  async #load(group: RowGroupPlan, columns: readonly number[], scratch: Region): Promise<Map<ChunkMeta, number>> {
    const chunks = [...new Set(columns.flatMap((c) => group.chunks[c] as readonly ChunkMeta[]))];
    chunks.sort((a, b) => a.offset - b.offset);
    const addresses = new Map<ChunkMeta, number>();
    const reads: Promise<void>[] = [];
    const { u8 } = this.context.arena;
    for (let first = 0; first < chunks.length; ) {
      const start = (chunks[first] as ChunkMeta).offset;
      let end = start + (chunks[first] as ChunkMeta).byteLength;
      let next = first + 1;
      for (; next < chunks.length; next++) {
        const chunk = chunks[next] as ChunkMeta;
        if (chunk.offset > end + MERGE_GAP_BYTES) break;
        end = Math.max(end, chunk.offset + chunk.byteLength);
      }
      const at = scratch.alloc(end - start + SLACK);
      for (let k = first; k < next; k++) {
        const chunk = chunks[k] as ChunkMeta;
        addresses.set(chunk, at + chunk.offset - start);
      }
      reads.push(this.source.read(u8.subarray(at, at + end - start), start));
      first = next;
    }
    // All must settle before the caller may release what they write to.
    const results = await Promise.allSettled(reads);
    for (const r of results) if (r.status === 'rejected') throw r.reason;
    return addresses;
  }

  async close(): Promise<void> {
    await this.source.close();
  }
}

/** Chunks closer than this are read together. */
const MERGE_GAP_BYTES = 4096;

type ColumnReader = (rows: number, region: Region) => Vector;

/** One row group whose bytes are in memory: decodes synchronously, whole or a stretch of rows at a time. */
export class RowGroupReader {
  rowsLeft: number;
  readonly #split: SplitReader;
  readonly #columns: readonly number[];
  readonly #addresses: ReadonlyMap<ChunkMeta, number>;
  readonly #scratch: Region;
  #readers: ColumnReader[] | undefined;

  constructor(
    split: SplitReader,
    readonly group: RowGroupPlan,
    columns: readonly number[],
    addresses: ReadonlyMap<ChunkMeta, number>,
    scratch: Region,
  ) {
    this.#split = split;
    this.#columns = columns;
    this.#addresses = addresses;
    this.#scratch = scratch;
    this.rowsLeft = group.rows;
  }

  /** Decodes the next `rows` rows (at most `rowsLeft`).
   * @param region holds the vectors: values, codes, validity, views. It may be another one, or reset, for each stretch
   * @param keep holds what views point to, dictionaries included; the same for all stretches, kept while views of it are
   * @throws FAILED_READ_FILE.NO_HINT if bytes do not follow the format */
  decode(rows: number, region: Region, keep: Region = region): DecodedRows {
    const n = Math.min(rows, this.rowsLeft);
    try {
      this.#readers ??= this.#columns.map((c) => this.#open(c, keep));
      const vectors = this.#readers.map((read) => read(n, region));
      this.rowsLeft -= n;
      return { rows: n, vectors };
    } catch (error) {
      throw readFailure(this.#split.plan.path, error);
    }
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
    if (node === null) return (rows, into) => nullVector(type, defaultRep(type), rows, into);
    if (node.kind === 'leaf') {
      if (node.node.maxRep > 0) throw new RangeError('repeated leaf in a flat column');
      const reader = this.#chunk(node.node, conversionOf(node.node, node.type), chunks[0] as ChunkMeta, region);
      return (rows, into) => readFlat(reader, type, rows, into);
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
    return (rows, into) => {
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
  }

  #chunk(leaf: SchemaNode, conversion: Conversion, meta: ChunkMeta, keep: Region): ChunkReader {
    const address = this.#addresses.get(meta) as number;
    const chunk = { address, byteLength: meta.byteLength, numValues: meta.numValues, codec: meta.codec };
    return new ChunkReader(this.#split.context, leaf, conversion, chunk, { scratch: this.#scratch, keep });
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
      return { rep: 'view', width, identity: false, convert: (k, from, n, to) => (k.pqFixedViews(from, n, width, to), true) };
    }
  }
}
