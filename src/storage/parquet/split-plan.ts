import { runtimeError } from '../../errors/index.js';
import type { BoundExpr } from '../../eval/bound.js';
import type { DataType } from '../../types/index.js';
import { scanPath } from '../files/file-errors.js';
import { conversionOf } from './conversion.js';
import type { ChunkMeta, ParquetFile, RowGroupMeta, SchemaNode } from './format.js';
import { inputsOf } from './page-index.js';
import { mayMatch } from './prune.js';
import { findChild, leavesOf, matchType, type ReadNode, TypeMismatch } from './read-node.js';

/** A data column that a scan wants, with the type it wants. */
export interface WantedColumn {
  readonly name: string;
  readonly type: DataType;
}

export interface ColumnPlan {
  /** null: the file lacks the column, it reads as nulls. */
  readonly node: ReadNode | null;
  /** Leaves to read, ascending. */
  readonly leaves: readonly SchemaNode[];
}

export interface RowGroupPlan {
  /** Ordinal in the file. */
  readonly index: number;
  readonly rows: number;
  /** Number of the first row in the file. */
  readonly firstRow: number;
  /** By wanted column, by leaf of its plan. */
  readonly chunks: readonly (readonly ChunkMeta[])[];
}

/** All that a worker needs to read one split of one file: plain data, structured-clone safe, a few hundred bytes a row group. */
export interface SplitPlan {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly columns: readonly ColumnPlan[];
  readonly rowGroups: readonly RowGroupPlan[];
  /** Row groups of the split that statistics ruled out. */
  readonly prunedRowGroups: number;
  /** Conjuncts that page statistics may rule out further; ordinals index the wanted columns. */
  readonly pushed: readonly BoundExpr[];
}

export interface SplitOptions {
  readonly caseSensitive?: boolean;
  /** Conjuncts whose `input` ordinals index the wanted columns; used to skip row groups. */
  readonly pushed?: readonly BoundExpr[];
}

/** Row groups that a split owns: those whose middle byte lies in [start, start + length).
 * Spark: `ParquetMetadataConverter.range` of parquet-java. */
export function rowGroupsOf(file: ParquetFile, start: number, length: number): number[] {
  const owned: number[] = [];
  file.rowGroups.forEach((group, index) => {
    const middle = middleByte(group);
    if (middle >= start && middle < start + length) owned.push(index);
  });
  return owned;
}

function middleByte(group: RowGroupMeta): number {
  const bytes = group.chunks.reduce((sum, c) => sum + c.byteLength, 0);
  return (group.chunks[0]?.offset ?? 0) + Math.floor(bytes / 2);
}

/** Works out what a split reads: its row groups less those that statistics rule out, and byte ranges of the wanted columns.
 * @throws FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH if a column cannot be read as the wanted type */
export function planSplit(
  file: ParquetFile,
  split: { readonly start: number; readonly length: number },
  columns: readonly WantedColumn[],
  options: SplitOptions = {},
): SplitPlan {
  const { caseSensitive = false, pushed = [] } = options;
  const plans = columns.map((wanted) => planColumn(file, wanted, caseSensitive));
  const leafOf = (ordinal: number): SchemaNode | null | undefined => {
    const plan = plans[ordinal];
    if (!plan) return undefined;
    if (plan.node === null) return null;
    return plan.node.kind === 'leaf' ? plan.node.node : undefined;
  };
  const owned = rowGroupsOf(file, split.start, split.length);
  const rowGroups: RowGroupPlan[] = [];
  for (const index of owned) {
    const group = file.rowGroups[index] as RowGroupMeta;
    if (group.rows === 0) continue;
    const stats = (ordinal: number) => {
      const leaf = leafOf(ordinal);
      if (leaf === undefined) return undefined;
      if (leaf === null) return { leaf: null, rows: group.rows } as const;
      return { leaf, rows: group.rows, statistics: group.chunks[leaf.leaf]?.statistics } as const;
    };
    if (!pushed.every((conjunct) => mayMatch(conjunct, stats))) continue;
    rowGroups.push({
      index,
      rows: group.rows,
      firstRow: group.firstRow,
      chunks: plans.map((p) => p.leaves.map((l) => group.chunks[l.leaf] as ChunkMeta)),
    });
  }
  return {
    path: file.path,
    size: file.size,
    mtimeMs: file.mtimeMs,
    columns: plans,
    rowGroups: rowGroups.map((g) => ({ ...g, chunks: g.chunks.map((list) => list.map(rangeOnly)) })),
    prunedRowGroups: owned.length - rowGroups.length,
    pushed: pushed.filter((conjunct) => hasPageStatistics(conjunct, plans, rowGroups)),
  };
}

/** Whether a column that the conjunct reads has a page index. */
function hasPageStatistics(
  conjunct: BoundExpr,
  plans: readonly ColumnPlan[],
  groups: readonly RowGroupPlan[],
): boolean {
  return [...inputsOf(conjunct)].some((ordinal) => {
    if (plans[ordinal]?.node?.kind !== 'leaf') return false;
    return groups.some((g) => g.chunks[ordinal]?.[0]?.columnIndex !== undefined);
  });
}

/** Statistics stay behind: the worker has no use for them. */
function rangeOnly({ statistics: _, ...rest }: ChunkMeta): ChunkMeta {
  return rest;
}

function planColumn(file: ParquetFile, wanted: WantedColumn, caseSensitive: boolean): ColumnPlan {
  const found = findChild(file.schema, wanted.name, caseSensitive);
  if (!found) return { node: null, leaves: [] };
  try {
    const node = matchType(found, wanted.type, caseSensitive);
    checkConversions(node);
    return { node, leaves: leavesOf(node).map((l) => file.leaves[l] as SchemaNode) };
  } catch (error) {
    if (!(error instanceof TypeMismatch)) throw error;
    throw runtimeError('FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH', {
      path: scanPath(file.path),
      column: `[${wanted.name}]`,
      expectedType: wanted.type.simpleString,
      actualType: error.node.physical ?? 'group',
    });
  }
}

function checkConversions(node: ReadNode): void {
  if (node.kind === 'leaf') conversionOf(node.node, node.type);
  else if (node.kind === 'list') checkConversions(node.element);
  else if (node.kind === 'map') {
    checkConversions(node.key);
    checkConversions(node.value);
  } else for (const child of node.children) if (child) checkConversions(child);
}
