import type { StructType } from '../../types/index.js';
import type { RddBlockId } from './block-id.js';
import type { BlockStatus } from './block-status.js';
import { type Extent, extentFootprint } from './extent-store.js';
import { StorageLevel } from './storage-level.js';
import type { MemoryMode } from './unified-memory.js';
import type { Unpacking } from './unpacking.js';

/** What of a block is in memory: its extent (deserialized levels), or compressed bytes outside the arena. */
export type BlockMemory =
  | { readonly kind: 'extent'; readonly extent: Extent; readonly size: number; readonly mode: MemoryMode }
  | { readonly kind: 'image'; readonly image: Uint8Array; readonly size: number; readonly mode: MemoryMode };

/** A block in the arena for its readers; without `unpacking` it is there whole. */
export interface LoadedBlock {
  readonly extent: Extent;
  readonly unpacking?: Unpacking | undefined;
}

/** The store's record of one block. Mutable, main thread only. */
export class BlockEntry {
  memory: BlockMemory | undefined;
  /** Bytes of the file, 0: none. */
  diskSize = 0;
  /** Readers at work. A pinned block is no victim. */
  pins = 0;
  removed = false;
  /** An extent unpacked for readers only; shared by those who come while it is pinned. */
  decoded: (LoadedBlock & { pins: number }) | undefined;
  loading: Promise<LoadedBlock | undefined> | undefined;
  waiters = 0;
  /** Name of the file: never used twice, so that a late removal cannot hit a later block of the same name. */
  readonly file: string;

  constructor(
    readonly id: RddBlockId,
    readonly name: string,
    /** As asked for. */
    readonly level: StorageLevel,
    /** Names and types of the block's columns. */
    readonly schema: StructType,
    readonly rows: number,
    readonly sparkSize: number,
    sequence: number,
  ) {
    this.file = `${name}.${sequence}`;
  }

  get status(): BlockStatus {
    const { memory, diskSize, level, rows, sparkSize } = this;
    const deserialized = memory ? memory.kind === 'extent' : false;
    return {
      level: new StorageLevel(
        diskSize > 0,
        memory !== undefined,
        memory?.mode === 'offHeap',
        deserialized,
        level.replication,
      ),
      memorySize: memory?.size ?? 0,
      diskSize,
      rows,
      sparkSize,
    };
  }
}

/** Arena memory that the block's extent gives back. */
export function extentSize(entry: BlockEntry): number {
  return entry.memory?.kind === 'extent' ? extentFootprint(entry.memory.extent) : 0;
}
