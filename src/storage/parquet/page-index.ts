import type { BoundExpr } from '../../eval/bound.js';
import type { RowRange } from './column-decoder.js';
import type { ChunkMeta, RawStatistics, SchemaNode } from './format.js';
import { type ColumnStats, mayMatch } from './prune.js';
import { bytesField, decodeThrift, numberField, structs, type ThriftList } from './thrift.js';

/** Where the data pages of a column chunk lie and which row each starts with. */
export interface PageLocation {
  readonly offset: number;
  readonly byteLength: number;
  readonly firstRow: number;
}

/** Reads an offset index.
 * @throws RangeError if it does not describe pages inside the chunk, in order */
export function decodeOffsetIndex(bytes: Uint8Array, chunk: ChunkMeta, rows: number): readonly PageLocation[] {
  const pages = structs(decodeThrift(bytes)[1]).map((p) => ({
    offset: numberField(p[1]) ?? -1,
    byteLength: numberField(p[2]) ?? -1,
    firstRow: numberField(p[3]) ?? -1,
  }));
  let end = chunk.offset;
  let row = 0;
  pages.forEach((p, i) => {
    if (p.offset < end || p.byteLength <= 0 || (i === 0 ? p.firstRow !== 0 : p.firstRow < row) || p.firstRow > rows)
      throw new RangeError('bad offset index');
    end = p.offset + p.byteLength;
    row = p.firstRow;
  });
  if (end > chunk.offset + chunk.byteLength) throw new RangeError('bad offset index');
  return pages;
}

/** Reads a column index: statistics by page. @throws RangeError */
export function decodeColumnIndex(bytes: Uint8Array, pageRows: readonly number[]): readonly RawStatistics[] {
  const index = decodeThrift(bytes);
  const list = (field: number): readonly unknown[] | undefined => (index[field] as ThriftList | undefined)?.items;
  const [empty, mins, maxs, nulls] = [list(1), list(2), list(3), list(5)];
  if (!empty || !mins || !maxs || empty.length !== pageRows.length) throw new RangeError('bad column index');
  return pageRows.map((rows, i) => {
    if (empty[i] === true) return { nullCount: rows };
    const min = bytesField(mins[i] as Uint8Array);
    const max = bytesField(maxs[i] as Uint8Array);
    const count = nulls?.[i];
    return { ...(min && { min }), ...(max && { max }), ...(typeof count === 'number' && { nullCount: count }) };
  });
}

/** A column whose pages have statistics. */
export interface IndexedColumn {
  readonly leaf: SchemaNode;
  readonly ranges: readonly RowRange[];
  readonly statistics: readonly RawStatistics[];
}

/** Rows of a row group that may satisfy all conjuncts, by page statistics. @param columns by ordinal of the wanted columns */
export function matchingRows(
  pushed: readonly BoundExpr[],
  columns: ReadonlyMap<number, IndexedColumn>,
  rows: number,
): readonly RowRange[] {
  const all: readonly RowRange[] = [{ from: 0, to: rows }];
  const visit = (expr: BoundExpr): readonly RowRange[] => {
    if (expr.k === 'and') return intersect(visit(expr.left), visit(expr.right));
    if (expr.k === 'or') return union(visit(expr.left), visit(expr.right));
    const [ordinal, ...others] = inputsOf(expr);
    const column = ordinal === undefined || others.length > 0 ? undefined : columns.get(ordinal);
    if (!column) return all;
    const kept = column.ranges.filter((range, page) => {
      const stats: ColumnStats = {
        leaf: column.leaf,
        rows: range.to - range.from,
        statistics: column.statistics[page],
      };
      return mayMatch(expr, () => stats);
    });
    return union(kept, []);
  };
  return pushed.reduce((ranges, conjunct) => intersect(ranges, visit(conjunct)), all);
}

/** Ordinals of the columns that an expression reads. */
export function inputsOf(expr: BoundExpr, found = new Set<number>()): Set<number> {
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    const e = node as BoundExpr;
    if (e.k === 'literal') return;
    if (e.k === 'input') found.add(e.ordinal);
    else for (const [key, child] of Object.entries(e)) if (key !== 'type') visit(child);
  };
  visit(expr);
  return found;
}

export function intersect(a: readonly RowRange[], b: readonly RowRange[]): RowRange[] {
  const out: RowRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = a[i] as RowRange;
    const y = b[j] as RowRange;
    const from = Math.max(x.from, y.from);
    const to = Math.min(x.to, y.to);
    if (from < to) out.push({ from, to });
    if (x.to < y.to) i++;
    else j++;
  }
  return out;
}

/** Neighbours become one range. */
export function union(a: readonly RowRange[], b: readonly RowRange[]): RowRange[] {
  const out: { from: number; to: number }[] = [];
  for (const range of [...a, ...b].sort((x, y) => x.from - y.from)) {
    const last = out[out.length - 1];
    if (last && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else if (range.from < range.to) out.push({ ...range });
  }
  return out;
}

export function countRows(ranges: readonly RowRange[]): number {
  return ranges.reduce((sum, r) => sum + r.to - r.from, 0);
}

/** Whether a page [from, to) holds rows of a range. */
export function overlaps(ranges: readonly RowRange[], from: number, to: number): boolean {
  return ranges.some((r) => r.from < to && from < r.to);
}
