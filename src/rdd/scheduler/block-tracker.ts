import { rmSync } from 'node:fs';
import type { BlockSource, BlockUpdate } from './protocol.js';
import type { WorkerHandle } from './worker-handle.js';

/** Where a kept partition is. */
interface Block {
  /** Heap bytes by worker. */
  readonly heaps: Map<number, number>;
  /** Bytes that the driver keeps, for the executors named. */
  bytes: { readonly data: Uint8Array; readonly executors: Set<string> } | undefined;
  file:
    | { readonly path: string; readonly checksum: number; readonly size: number; readonly executorId: string }
    | undefined;
  /** Order of use of the bytes. */
  used: number;
}

/** What is kept of an RDD. Spark: `RDDInfo`. */
export interface RddStorage {
  readonly cachedPartitions: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** What the tracker knows of the application. */
export interface BlockTrackerOptions {
  readonly executorIds: readonly string[];
  /** An executor's blocks are lost with one of its workers, as in a cluster, where they are one process. */
  readonly sharedFate: boolean;
  /** Bytes that serialized blocks may take, of all executors. */
  readonly maxBytes: number;
  /** How an RDD is kept; undefined when it no longer is. */
  readonly keepOf: (rdd: number) => { readonly disk: boolean; readonly replicas: number } | undefined;
  /** Writes evicted bytes to disk. */
  readonly writeFile: (rdd: number, partition: number, bytes: Uint8Array) => NonNullable<BlockUpdate['file']>;
}

/** Knows where the partitions of kept RDDs are, and holds those that are kept as bytes. Spark: `BlockManagerMaster`. */
export class BlockTracker {
  readonly #rdds = new Map<number, Map<number, Block>>();
  #bytesUsed = 0;
  #clock = 0;

  constructor(readonly options: BlockTrackerOptions) {}

  /** Takes in what a task reports. */
  update(worker: WorkerHandle, updates: readonly BlockUpdate[]): void {
    for (const u of updates) {
      const keep = this.options.keepOf(u.rdd);
      if (!keep) {
        // It was unpersisted while the task ran.
        if (u.file) rmSync(u.file.path, { force: true });
        if (u.heap > 0) worker.send({ kind: 'forget', rdds: [], actions: [], broadcasts: [], blocks: [u.rdd] });
        continue;
      }
      const block = this.#block(u.rdd, u.partition);
      if (u.heap > 0) block.heaps.set(worker.workerId, u.heap);
      else block.heaps.delete(worker.workerId);
      if (u.file) this.#setFile(block, { ...u.file, executorId: worker.executorId });
      if (u.bytes)
        this.#setBytes(u.rdd, u.partition, block, u.bytes, worker.executorId, u.heap > 0 || u.file !== undefined);
      this.#dropIfEmpty(u.rdd, u.partition, block);
    }
  }

  #block(rdd: number, partition: number): Block {
    let blocks = this.#rdds.get(rdd);
    if (!blocks) this.#rdds.set(rdd, (blocks = new Map()));
    let block = blocks.get(partition);
    if (!block) blocks.set(partition, (block = { heaps: new Map(), bytes: undefined, file: undefined, used: 0 }));
    return block;
  }

  #setFile(block: Block, file: Block['file']): void {
    if (block.file) rmSync(block.file.path, { force: true });
    block.file = file;
  }

  #setBytes(rdd: number, partition: number, block: Block, data: Uint8Array, home: string, isReplica: boolean): void {
    this.#clearBytes(block);
    const { executorIds } = this.options;
    const replicas = this.options.keepOf(rdd)?.replicas ?? 1;
    const others = executorIds.filter((id) => id !== home).slice(0, replicas - 1);
    const executors = new Set(isReplica ? others : [home, ...others]);
    // One executor has no other to hold a replica.
    if (executors.size === 0 || !this.#makeRoom(rdd, data.length)) {
      if (!isReplica && this.options.keepOf(rdd)?.disk)
        this.#setFile(block, { ...this.options.writeFile(rdd, partition, data), executorId: home });
      return;
    }
    block.bytes = { data, executors };
    block.used = ++this.#clock;
    this.#bytesUsed += data.length;
  }

  #clearBytes(block: Block): void {
    this.#bytesUsed -= block.bytes?.data.length ?? 0;
    block.bytes = undefined;
  }

  /** Evicts the least recently used bytes of other RDDs. */
  #makeRoom(rdd: number, size: number): boolean {
    const { maxBytes } = this.options;
    if (size > maxBytes) return false;
    while (this.#bytesUsed + size > maxBytes) {
      let victim: { readonly rdd: number; readonly partition: number; readonly block: Block } | undefined;
      for (const [id, blocks] of this.#rdds) {
        if (id === rdd) continue;
        for (const [partition, block] of blocks)
          if (block.bytes && (!victim || block.used < victim.block.used)) victim = { rdd: id, partition, block };
      }
      if (!victim?.block.bytes) return false;
      const { data, executors } = victim.block.bytes;
      const [executorId] = executors;
      this.#clearBytes(victim.block);
      if (this.options.keepOf(victim.rdd)?.disk && executorId !== undefined && !victim.block.file)
        this.#setFile(victim.block, { ...this.options.writeFile(victim.rdd, victim.partition, data), executorId });
    }
    return true;
  }

  /** What a task can read instead of computing. */
  source(rdd: number, partition: number): BlockSource | undefined {
    const block = this.#rdds.get(rdd)?.get(partition);
    if (block?.bytes) {
      block.used = ++this.#clock;
      return { kind: 'bytes', bytes: block.bytes.data };
    }
    return block?.file && { kind: 'file', path: block.file.path, checksum: block.file.checksum };
  }
  /** Workers that have the partition in their heaps. */
  heaps(rdd: number, partition: number): readonly number[] {
    const block = this.#rdds.get(rdd)?.get(partition);
    return block ? [...block.heaps.keys()] : [];
  }
  /** Whether the partition need not be computed. */
  has(rdd: number, partition: number): boolean {
    return this.heaps(rdd, partition).length > 0 || this.source(rdd, partition) !== undefined;
  }
  /** A task found that it was gone. */
  lost(rdd: number, partition: number): void {
    const block = this.#rdds.get(rdd)?.get(partition);
    if (!block) return;
    block.heaps.clear();
    this.#drop(rdd, partition, block);
  }

  /** Forgets what was in a worker's heap; in a cluster, what its executor had. */
  workerEnded({ workerId, executorId, stopping }: WorkerHandle): void {
    for (const [rdd, blocks] of this.#rdds)
      for (const [partition, block] of blocks) {
        block.heaps.delete(workerId);
        if (this.options.sharedFate && !stopping) {
          if (block.bytes?.executors.delete(executorId) && block.bytes.executors.size === 0) this.#clearBytes(block);
          if (block.file?.executorId === executorId) this.#setFile(block, undefined);
        }
        this.#dropIfEmpty(rdd, partition, block);
      }
  }

  #dropIfEmpty(rdd: number, partition: number, block: Block): void {
    if (block.heaps.size === 0 && !block.bytes && !block.file) this.#drop(rdd, partition, block);
  }
  #drop(rdd: number, partition: number, block: Block): void {
    this.#clearBytes(block);
    this.#setFile(block, undefined);
    this.#rdds.get(rdd)?.delete(partition);
  }

  removeRdd(rdd: number): void {
    for (const [partition, block] of this.#rdds.get(rdd) ?? []) this.#drop(rdd, partition, block);
    this.#rdds.delete(rdd);
  }
  storage(rdd: number): RddStorage {
    let [cachedPartitions, memoryBytes, diskBytes] = [0, 0, 0];
    for (const block of this.#rdds.get(rdd)?.values() ?? []) {
      const heap = Math.max(0, ...block.heaps.values());
      const bytes = (block.bytes?.data.length ?? 0) * (block.bytes?.executors.size ?? 0);
      if (heap + bytes + (block.file?.size ?? 0) > 0) cachedPartitions++;
      memoryBytes += heap + bytes;
      diskBytes += block.file?.size ?? 0;
    }
    return { cachedPartitions, memoryBytes, diskBytes };
  }
  clear(): void {
    for (const rdd of [...this.#rdds.keys()]) this.removeRdd(rdd);
  }
}
