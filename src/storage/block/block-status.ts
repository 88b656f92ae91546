import type { StorageLevel } from './storage-level.js';

/** Where a block is now. Sizes are real bytes. Spark: `BlockStatus`. */
export interface BlockStatus {
  /** What is true now: a spilled block of MEMORY_AND_DISK is `StorageLevel(disk, 1 replicas)`. */
  readonly level: StorageLevel;
  readonly memorySize: number;
  readonly diskSize: number;
  readonly rows: number;
  /** Spark's estimate of the block's columns. */
  readonly sparkSize: number;
}

/** One relation's blocks. Spark: `RDDInfo`. */
export interface RddStorage {
  readonly rddId: number;
  readonly numCachedPartitions: number;
  readonly memoryUsed: number;
  readonly offHeapUsed: number;
  readonly diskUsed: number;
  readonly partitions: readonly { readonly name: string; readonly partition: number; readonly status: BlockStatus }[];
}
