import type { Value } from '../../types/index.js';
import type { DataFile, PartitionDirectory } from './listing.js';

/** A piece of a file: structurally the `FileSplit` of physical plans. */
export interface FileSplit {
  readonly path: string;
  readonly start: number;
  readonly length: number;
  readonly partitionValues: readonly Value[];
}

/** Spark's confs that shape splits, with its defaults. */
export interface SplitSettings {
  /** spark.sql.files.maxPartitionBytes */
  readonly maxPartitionBytes: number;
  /** spark.sql.files.openCostInBytes */
  readonly openCostInBytes: number;
  /** spark.sql.files.minPartitionNum, else the default parallelism. */
  readonly minPartitionNum: number;
  /** spark.sql.files.maxPartitionNum */
  readonly maxPartitionNum?: number | undefined;
}

export const DEFAULT_MAX_PARTITION_BYTES = 134_217_728;
export const DEFAULT_OPEN_COST_BYTES = 4_194_304;

/** Bytes that one split may have. Spark: `FilePartition.maxSplitBytes`. */
export function maxSplitBytes(
  defaultMaxSplitBytes: number,
  openCostInBytes: number,
  totalBytes: number,
  minPartitionNum: number,
): number {
  const bytesPerCore = Math.floor(totalBytes / minPartitionNum);
  return Math.min(defaultMaxSplitBytes, Math.max(openCostInBytes, bytesPerCore));
}

/** Cuts a file. A file that cannot be split is one piece, even if empty. Spark: `PartitionedFileUtil.splitFiles`. */
export function splitFile(
  file: DataFile,
  partitionValues: readonly Value[],
  splitable: boolean,
  maxBytes: number,
): FileSplit[] {
  if (!splitable) return [{ path: file.path, start: 0, length: file.size, partitionValues }];
  const splits: FileSplit[] = [];
  for (let start = 0; start < file.size; start += maxBytes)
    splits.push({ path: file.path, start, length: Math.min(maxBytes, file.size - start), partitionValues });
  return splits;
}

/** Packs splits into partitions in their order: a partition is closed when the next split would exceed `maxBytes`.
 * Spark: `FilePartition.getFilePartitions`. */
export function packSplits(splits: readonly FileSplit[], maxBytes: number, openCostInBytes: number): FileSplit[][] {
  const partitions: FileSplit[][] = [];
  let current: FileSplit[] = [];
  let size = 0;
  for (const split of splits) {
    if (size + split.length > maxBytes && current.length > 0) {
      partitions.push(current);
      current = [];
      size = 0;
    }
    size += split.length + openCostInBytes;
    current.push(split);
  }
  if (current.length > 0) partitions.push(current);
  return partitions;
}

/** The partitions of a file scan. Spark: `FileSourceScanExec.createReadRDD`. */
export function planFilePartitions(
  directories: readonly PartitionDirectory[],
  settings: SplitSettings,
  splitable = true,
): FileSplit[][] {
  const { openCostInBytes } = settings;
  const files = directories.flatMap((d) => d.files);
  const totalBytes = files.reduce((sum, f) => sum + f.size + openCostInBytes, 0);
  const maxBytes = maxSplitBytes(settings.maxPartitionBytes, openCostInBytes, totalBytes, settings.minPartitionNum);
  const splits = directories
    .flatMap((d) => d.files.flatMap((f) => splitFile(f, d.values, splitable, maxBytes)))
    .sort((a, b) => b.length - a.length);
  const partitions = packSplits(splits, maxBytes, openCostInBytes);
  const most = settings.maxPartitionNum;
  if (most === undefined || partitions.length <= most) return partitions;
  const total = splits.reduce((sum, s) => sum + s.length + openCostInBytes, 0);
  return packSplits(splits, Math.ceil(total / most), openCostInBytes);
}
