import { internalError } from '../../errors/index.js';
import { readBatchHeader, sliceBatch } from '../../storage/column/batch.js';
import { MORSEL_ROWS, type Morsel } from '../../storage/column/vector.js';
import { LONG } from '../../types/index.js';
import type { BlockSource } from './block-source.js';
import { fileMorsels } from './file-source.js';
import type { PieceSpec, Slice } from './fragment.js';
import { parquetMorsels } from './parquet-source.js';
import type { TaskContext } from './task-context.js';

/** Rows of a slice, a morsel at a time; scans wait for files. Each morsel is used up before the next is asked for. */
export type MorselSource = Iterable<Morsel> | AsyncIterable<Morsel>;

/** @param blocks where the piece reads a cached relation */
export function openSlice(piece: PieceSpec, slice: Slice, ctx: TaskContext, blocks?: BlockSource): MorselSource {
  const { source } = slice;
  switch (source.kind) {
    case 'batches':
      return batchMorsels(piece, source.batches, ctx);
    case 'range':
      return rangeMorsels(source.start, source.step, source.count, ctx);
    case 'parquet':
      if (piece.scan?.op !== 'scanParquet') throw internalError('a Parquet slice needs its scan');
      return parquetMorsels(piece.scan, source, ctx);
    case 'block':
      if (!blocks) throw internalError('a block slice needs its scan');
      return blocks.morsels(source);
    case 'file':
      if (piece.scan?.op !== 'scanFile') throw internalError('a file slice needs its scan');
      return fileMorsels(piece.scan, source.splits, ctx);
  }
}

function* batchMorsels(
  piece: PieceSpec,
  ranges: readonly { address: number; from: number; to: number }[],
  ctx: TaskContext,
): Generator<Morsel> {
  for (const { address, from, to } of ranges) {
    const batch = readBatchHeader(ctx.arena, address, piece.types);
    const end = to === 0 ? batch.length : to;
    for (let start = from; start < end; start += MORSEL_ROWS)
      yield sliceBatch(batch, start, Math.min(MORSEL_ROWS, end - start));
  }
}

function* rangeMorsels(start: bigint, step: bigint, count: number, ctx: TaskContext): Generator<Morsel> {
  const { i64 } = ctx.arena;
  for (let done = 0; done < count; done += MORSEL_ROWS) {
    const n = Math.min(MORSEL_ROWS, count - done);
    const data = ctx.scratch.alloc(n * 8);
    let value = start + BigInt(done) * step;
    for (let i = 0, at = data >>> 3; i < n; i++, at++) {
      i64[at] = value;
      value += step;
    }
    yield { length: n, columns: [{ type: LONG, rep: 'i64', data, validity: 0 }], selection: 0, selected: n };
  }
}
