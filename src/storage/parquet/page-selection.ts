import type { Arena } from '../memory/arena.js';
import type { RowRange } from './column-decoder.js';
import type { FilePiece } from './file-pieces.js';
import type { ChunkMeta } from './format.js';
import {
  countRows,
  decodeColumnIndex,
  decodeOffsetIndex,
  type IndexedColumn,
  inputsOf,
  matchingRows,
  overlaps,
  type PageLocation,
} from './page-index.js';
import type { ReadNode } from './read-node.js';
import type { RowGroupPlan, SplitPlan } from './split-plan.js';

/** Row groups smaller than this are read whole: their index would cost as much. */
const MIN_INDEXED_ROWS = 2048;

/** The part of a row group that is read. */
export interface PageSelection {
  readonly ranges: readonly RowRange[];
  /** By chunk: its dictionary page and the pages with rows of the ranges. */
  readonly pieces: ReadonlyMap<ChunkMeta, readonly FilePiece[]>;
  /** By chunk: the row that each of those pages starts with. */
  readonly firstRows: ReadonlyMap<ChunkMeta, readonly number[]>;
}

type Load = (pieces: readonly FilePiece[]) => Promise<Map<FilePiece, number>>;

/** All bytes of the columns' chunks. */
export function wholeChunks(group: RowGroupPlan, columns: readonly number[]): Map<ChunkMeta, readonly FilePiece[]> {
  return new Map(
    columns.flatMap((c) => (group.chunks[c] as readonly ChunkMeta[]).map((chunk) => [chunk, [chunk]] as const)),
  );
}

/** Works out which pages hold rows that may match; undefined: all of them, or there is no index to tell.
 * A broken index is passed over: the pages themselves are read then. */
export async function selectPages(
  plan: SplitPlan,
  group: RowGroupPlan,
  columns: readonly number[],
  arena: Arena,
  load: Load,
): Promise<PageSelection | undefined> {
  const { pushed } = plan;
  if (pushed.length === 0 || group.rows < MIN_INDEXED_ROWS) return undefined;
  const filtered = [...new Set(pushed.flatMap((e) => [...inputsOf(e)]))].filter(
    (c) => flatChunk(plan, group, c)?.columnIndex,
  );
  const chunks = columns.map((c) => flatChunk(plan, group, c));
  // Every column must be able to leave rows out.
  if (filtered.length === 0 || !columns.every((c, i) => plan.columns[c]?.node === null || chunks[i]?.offsetIndex))
    return undefined;
  const wanted = chunks.filter((c) => c !== undefined);
  try {
    return await readIndexes(plan, group, filtered, wanted, arena, load);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The one chunk of a flat column. */
function flatChunk(plan: SplitPlan, group: RowGroupPlan, column: number): ChunkMeta | undefined {
  const node = plan.columns[column]?.node;
  return node?.kind === 'leaf' && node.node.maxRep === 0 ? group.chunks[column]?.[0] : undefined;
}

const piece = ([offset, byteLength]: readonly [number, number]): FilePiece => ({ offset, byteLength });

async function readIndexes(
  plan: SplitPlan,
  group: RowGroupPlan,
  filtered: readonly number[],
  wanted: readonly ChunkMeta[],
  arena: Arena,
  load: Load,
): Promise<PageSelection | undefined> {
  const filters = filtered.map((c) => {
    const chunk = flatChunk(plan, group, c) as ChunkMeta;
    const node = plan.columns[c]?.node as ReadNode & { kind: 'leaf' };
    if (!chunk.columnIndex || !chunk.offsetIndex) throw new RangeError('a column index without an offset index');
    return {
      column: c,
      chunk,
      leaf: node.node,
      statistics: piece(chunk.columnIndex),
      locations: piece(chunk.offsetIndex),
    };
  });
  let addresses = await load(filters.flatMap((f) => [f.statistics, f.locations]));
  const bytes = (p: FilePiece): Uint8Array => {
    const at = addresses.get(p) as number;
    return arena.u8.slice(at, at + p.byteLength);
  };
  const pages = new Map<ChunkMeta, readonly PageLocation[]>();
  const indexed = new Map<number, IndexedColumn>();
  for (const { column, chunk, leaf, statistics, locations } of filters) {
    const found = decodeOffsetIndex(bytes(locations), chunk, group.rows);
    pages.set(chunk, found);
    const ranges = rangesOf(found, group.rows);
    const counts = ranges.map((r) => r.to - r.from);
    indexed.set(column, { leaf, ranges, statistics: decodeColumnIndex(bytes(statistics), counts) });
  }
  const ranges = matchingRows(plan.pushed, indexed, group.rows);
  if (countRows(ranges) === group.rows) return undefined;
  const others = wanted
    .filter((c) => !pages.has(c))
    .map((c) => ({ chunk: c, at: piece(c.offsetIndex as [number, number]) }));
  addresses = await load(others.map((o) => o.at));
  for (const { chunk, at } of others) pages.set(chunk, decodeOffsetIndex(bytes(at), chunk, group.rows));
  const pieces = new Map<ChunkMeta, FilePiece[]>();
  const firstRows = new Map<ChunkMeta, number[]>();
  for (const chunk of wanted) {
    const all = pages.get(chunk) as readonly PageLocation[];
    const spans = rangesOf(all, group.rows);
    const kept = all.filter((_, i) => overlaps(ranges, (spans[i] as RowRange).from, (spans[i] as RowRange).to));
    const list: FilePiece[] = kept.map(({ offset, byteLength }) => ({ offset, byteLength }));
    const first = all[0]?.offset ?? chunk.offset;
    if (kept.length > 0 && first > chunk.offset)
      list.unshift({ offset: chunk.offset, byteLength: first - chunk.offset });
    pieces.set(chunk, list);
    firstRows.set(
      chunk,
      kept.map((p) => p.firstRow),
    );
  }
  return { ranges, pieces, firstRows };
}

function rangesOf(pages: readonly PageLocation[], rows: number): RowRange[] {
  return pages.map((p, i) => ({ from: p.firstRow, to: pages[i + 1]?.firstRow ?? rows }));
}
