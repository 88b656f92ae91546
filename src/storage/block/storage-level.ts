import { NO_ORIGIN, SparkError } from '../../errors/index.js';

function illegalArgument(message: string): SparkError {
  return new SparkError('illegal-argument', 'java.lang.IllegalArgumentException', {}, NO_ORIGIN, { message });
}

/** Where and how the blocks of a cached relation are kept. Immutable. Spark: `StorageLevel` (Scala's constants). */
export class StorageLevel {
  static readonly NONE = new StorageLevel(false, false, false, false);
  static readonly DISK_ONLY = new StorageLevel(true, false, false, false);
  static readonly DISK_ONLY_2 = new StorageLevel(true, false, false, false, 2);
  static readonly DISK_ONLY_3 = new StorageLevel(true, false, false, false, 3);
  static readonly MEMORY_ONLY = new StorageLevel(false, true, false, true);
  static readonly MEMORY_ONLY_2 = new StorageLevel(false, true, false, true, 2);
  static readonly MEMORY_ONLY_SER = new StorageLevel(false, true, false, false);
  static readonly MEMORY_ONLY_SER_2 = new StorageLevel(false, true, false, false, 2);
  static readonly MEMORY_AND_DISK = new StorageLevel(true, true, false, true);
  static readonly MEMORY_AND_DISK_2 = new StorageLevel(true, true, false, true, 2);
  static readonly MEMORY_AND_DISK_SER = new StorageLevel(true, true, false, false);
  static readonly MEMORY_AND_DISK_SER_2 = new StorageLevel(true, true, false, false, 2);
  static readonly OFF_HEAP = new StorageLevel(true, true, true, false);

  /** @throws java.lang.AssertionError for 40 or more replicas, as in Spark */
  constructor(
    readonly useDisk: boolean,
    readonly useMemory: boolean,
    readonly useOffHeap: boolean,
    readonly deserialized: boolean,
    readonly replication = 1,
  ) {
    if (replication >= 40) {
      const message = 'assertion failed: Replication restricted to be less than 40 for calculating hash codes';
      throw new SparkError('illegal-argument', 'java.lang.AssertionError', {}, NO_ORIGIN, { message });
    }
  }

  /** Names in the order of Scala's source. */
  static readonly names = [
    'NONE',
    'DISK_ONLY',
    'DISK_ONLY_2',
    'DISK_ONLY_3',
    'MEMORY_ONLY',
    'MEMORY_ONLY_2',
    'MEMORY_ONLY_SER',
    'MEMORY_ONLY_SER_2',
    'MEMORY_AND_DISK',
    'MEMORY_AND_DISK_2',
    'MEMORY_AND_DISK_SER',
    'MEMORY_AND_DISK_SER_2',
    'OFF_HEAP',
  ] as const;

  /** The constant of this exact name.
   * @throws java.lang.IllegalArgumentException `Invalid StorageLevel: X` */
  static fromString(name: string): StorageLevel {
    if ((StorageLevel.names as readonly string[]).includes(name))
      return StorageLevel[name as (typeof StorageLevel.names)[number]];
    throw illegalArgument(`Invalid StorageLevel: ${name}`);
  }

  /** Worth storing at all: uses memory or disk. Spark: `isValid`. */
  get isValid(): boolean {
    return (this.useMemory || this.useDisk) && this.replication > 0;
  }

  /** Spark lets a level be made that stores nothing, and fails when the first block is put; NONE is no level at all.
   * @throws java.lang.IllegalArgumentException */
  requireUsable(): void {
    if (!this.isValid && !this.equals(StorageLevel.NONE))
      throw illegalArgument(`requirement failed: ${this} is invalid: it has no place for blocks, or no replica`);
  }

  get memoryMode(): 'onHeap' | 'offHeap' {
    return this.useOffHeap ? 'offHeap' : 'onHeap';
  }

  equals(other: StorageLevel): boolean {
    return (
      this.useDisk === other.useDisk &&
      this.useMemory === other.useMemory &&
      this.useOffHeap === other.useOffHeap &&
      this.deserialized === other.deserialized &&
      this.replication === other.replication
    );
  }

  /** `StorageLevel(disk, memory, deserialized, 1 replicas)`: what plans show. */
  toString(): string {
    const parts = [
      this.useDisk ? 'disk' : '',
      this.useMemory ? 'memory' : '',
      this.useOffHeap ? 'offheap' : '',
      this.deserialized ? 'deserialized' : '',
      `${this.replication} replicas`,
    ];
    return `StorageLevel(${parts.filter((p) => p !== '').join(', ')})`;
  }

  /** `Disk Memory Deserialized 1x Replicated`: what storage pages show. */
  get description(): string {
    const disk = this.useDisk ? 'Disk ' : '';
    const memory = this.useMemory ? (this.useOffHeap ? 'Memory (off heap) ' : 'Memory ') : '';
    return `${disk}${memory}${this.deserialized ? 'Deserialized' : 'Serialized'} ${this.replication}x Replicated`;
  }
}
