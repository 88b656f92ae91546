import { MORSEL_ROWS } from '../../storage/column/vector.js';
import type { Arena } from '../../storage/memory/arena.js';
import type { BatchRange, Slice, SliceSource } from './fragment.js';
import type { Fragment, Piece, SourcePart } from './piece.js';

const LEAST_ROWS = 16 * MORSEL_ROWS;

/** A partition's sources, before they are cut. */
interface Pending {
  readonly piece: number;
  readonly partition: number;
  readonly index: number;
  readonly part: SourcePart;
}

/** Slices of the wanted partitions in row order. Big sources are cut so that threads can share them, unless a partition must
 * stay whole. */
export async function cutSlices(
  arena: Arena,
  fragment: Fragment,
  partitions: readonly number[],
  threads: number,
): Promise<{ pieces: readonly Piece[]; slices: readonly Slice[]; rows: number }> {
  const wanted = new Map<Piece['prepare'], Set<number>>();
  for (const partition of partitions)
    for (const { piece, part } of fragment.partitions[partition] ?? [])
      if (piece.prepare) wanted.set(piece.prepare, (wanted.get(piece.prepare) ?? new Set()).add(part));
  await Promise.all([...wanted].map(([prepare, parts]) => prepare?.([...parts])));
  const pieces: Piece[] = [];
  const pending: Pending[] = [];
  for (const partition of partitions) {
    for (const { piece, part } of fragment.partitions[partition] ?? []) {
      let at = pieces.indexOf(piece);
      if (at < 0) at = pieces.push(piece) - 1;
      for (const source of await piece.parts(part)) pending.push({ piece: at, partition, index: part, part: source });
    }
  }
  const rows = pending.reduce((sum, p) => sum + p.part.rows, 0);
  const target = Math.max(LEAST_ROWS, Math.ceil(rows / (Math.max(1, threads) * 8) / MORSEL_ROWS) * MORSEL_ROWS);
  const slices: Slice[] = [];
  for (const { piece, partition, index, part } of pending) {
    const whole = pieces[piece]!.perPartition || threads <= 1;
    for (const cut of whole ? [part] : cutSource(arena, part, target))
      slices.push({ piece, partition, index, order: slices.length, rows: cut.rows, source: cut.source });
  }
  return { pieces, slices, rows };
}

function cutSource(_arena: Arena, part: SourcePart, target: number): SourcePart[] {
  const { source, rows } = part;
  if (rows <= target * 1.5) return [part];
  switch (source.kind) {
    case 'batches':
      return cutBatches(source.batches, target);
    case 'range': {
      const out: SourcePart[] = [];
      for (let done = 0; done < source.count; done += target) {
        const count = Math.min(target, source.count - done);
        out.push({ source: { ...source, start: source.start + BigInt(done) * source.step, count }, rows: count });
      }
      return out;
    }
    case 'parquet': {
      const { plan, partitionValues } = source;
      return plan.rowGroups.map((group) => ({
        source: { kind: 'parquet', plan: { ...plan, rowGroups: [group] }, partitionValues },
        rows: group.rows,
      }));
    }
    case 'block': {
      const batches = source.to - source.from;
      const perSlice = Math.max(1, Math.round((batches * target) / rows));
      const out: SourcePart[] = [];
      for (let from = source.from; from < source.to; from += perSlice) {
        const to = Math.min(source.to, from + perSlice);
        out.push({ source: { ...source, from, to }, rows: (rows * (to - from)) / batches });
      }
      return out;
    }
    case 'file':
      return source.splits.map((split) => ({
        source: { kind: 'file', splits: [split] },
        rows: rows / source.splits.length,
      }));
  }
}

/** Ranges with explicit ends, grouped to about `target` rows. */
function cutBatches(ranges: readonly BatchRange[], target: number): SourcePart[] {
  const out: SourcePart[] = [];
  let group: BatchRange[] = [];
  let rows = 0;
  const flush = () => {
    if (group.length > 0) out.push({ source: { kind: 'batches', batches: group }, rows });
    group = [];
    rows = 0;
  };
  for (const { address, from, to } of ranges) {
    for (let at = from; at < to; at += target) {
      const end = Math.min(to, at + target);
      group.push({ address, from: at, to: end });
      rows += end - at;
      if (rows >= target) flush();
    }
  }
  flush();
  return out;
}

/** All rows of batches, as ranges with explicit ends. */
export function batchRanges(arena: Arena, addresses: readonly number[]): { ranges: BatchRange[]; rows: number } {
  let rows = 0;
  const ranges = addresses.map((address) => {
    const to = arena.u32[(address >>> 2) + 1]!;
    rows += to;
    return { address, from: 0, to };
  });
  return { ranges, rows };
}

/** A source of whole batches. */
export function batchSource(arena: Arena, addresses: readonly number[]): SourcePart {
  const { ranges, rows } = batchRanges(arena, addresses);
  const source: SliceSource = { kind: 'batches', batches: ranges };
  return { source, rows };
}
