import { internalError } from '../../errors/index.js';
import type { StructType } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { RddBlockId } from './block-id.js';
import type { BlockManager } from './block-manager.js';
import type { BlockPin } from './block-pin.js';
import type { RddStorage } from './block-status.js';
import type { PublishedBlock } from './publish.js';
import type { StorageLevel } from './storage-level.js';
import type { MemoryMode } from './unified-memory.js';

/** Blocks of cached relations, wherever they are: one executor's, or those of several. */
export interface Blocks {
  readonly arena: Arena;
  /** As `BlockManager.tryPin`. */
  tryPin(id: RddBlockId, columns?: readonly number[]): BlockPin | undefined;
  /** As `BlockManager.getOrCompute`. */
  getOrCompute(
    id: RddBlockId,
    level: StorageLevel,
    schema: StructType,
    compute: () => Promise<PublishedBlock>,
    columns?: readonly number[],
  ): Promise<{ pin: BlockPin; hit: boolean }>;
  clearRelation(rddId: number): Promise<void>;
  /** Undoes `removeRelation`: blocks computed from now on are stored again. */
  reviveRelation(rddId: number): void;
}

/** The executors' block managers as one store. The block of partition p belongs to the executor that p falls to in turn; it is
 * found wherever a copy is. Spark: `BlockManagerMaster`. */
export class BlockCluster implements Blocks {
  readonly #alive = new Map<string, BlockManager>();

  /** @param make an executor's manager, given its name and its peers: the executors after it, in a ring */
  constructor(
    readonly arena: Arena,
    executorIds: readonly string[],
    readonly make: (executorId: string, peers: () => readonly BlockManager[]) => BlockManager,
  ) {
    for (const id of executorIds) this.add(id);
  }

  /** Executors that are alive. */
  get executors(): readonly BlockManager[] {
    return [...this.#alive.values()];
  }

  add(executorId: string): void {
    const peers = () => {
      const all = this.executors;
      const at = all.findIndex((m) => m.executorId === executorId);
      return [...all.slice(at + 1), ...all.slice(0, Math.max(0, at))];
    };
    this.#alive.set(executorId, this.make(executorId, peers));
  }

  /** The executor is gone: its blocks are lost. Of those that have copies elsewhere another copy is made, if there is a peer for
   * it. @returns false where no such executor is alive. Spark: `spark.storage.replication.proactive` */
  async remove(executorId: string): Promise<boolean> {
    const dead = this.#alive.get(executorId);
    if (!dead) return false;
    this.#alive.delete(executorId);
    const lost = dead
      .relations()
      .flatMap(({ rddId, partitions }) => partitions.map(({ partition }) => ({ rddId, partition })));
    await dead.close();
    for (const id of lost) {
      const holders = this.executors.filter((m) => m.status(id) !== undefined);
      await holders[0]?.replicateAgain(id);
    }
    return true;
  }

  #home(id: RddBlockId): BlockManager {
    const all = this.executors;
    const home = all[id.partition % all.length];
    if (!home) throw internalError('no executor is alive');
    return home;
  }

  tryPin(id: RddBlockId, columns?: readonly number[]): BlockPin | undefined {
    return this.#home(id).tryPin(id, columns);
  }

  pin(id: RddBlockId): Promise<BlockPin | undefined> {
    return this.#home(id).pin(id);
  }

  getOrCompute(
    id: RddBlockId,
    level: StorageLevel,
    schema: StructType,
    compute: () => Promise<PublishedBlock>,
    columns?: readonly number[],
  ): Promise<{ pin: BlockPin; hit: boolean }> {
    return this.#home(id).getOrCompute(id, level, schema, compute, columns);
  }

  /** Blocks by relation, ascending. Spark: `getRDDStorageInfo`. */
  relations(): RddStorage[] {
    const ids = new Set(this.executors.flatMap((m) => m.relations().map((r) => r.rddId)));
    return [...ids].sort((a, b) => a - b).map((id) => this.relation(id));
  }

  /** Sizes are sums over all copies; a partition counts once. */
  relation(rddId: number): RddStorage {
    const parts = this.executors.map((m) => m.relation(rddId));
    const sum = (of: (r: RddStorage) => number) => parts.reduce((total, r) => total + of(r), 0);
    const partitions = parts.flatMap((r) => r.partitions).sort((a, b) => a.partition - b.partition);
    return {
      rddId,
      numCachedPartitions: new Set(partitions.map((p) => p.partition)).size,
      memoryUsed: sum((r) => r.memoryUsed),
      offHeapUsed: sum((r) => r.offHeapUsed),
      diskUsed: sum((r) => r.diskUsed),
      partitions,
    };
  }

  async removeRelation(rddId: number): Promise<void> {
    await Promise.all(this.executors.map((m) => m.removeRelation(rddId)));
  }

  reviveRelation(rddId: number): void {
    for (const m of this.executors) m.reviveRelation(rddId);
  }

  async clearRelation(rddId: number): Promise<void> {
    await Promise.all(this.executors.map((m) => m.clearRelation(rddId)));
  }

  /** Bytes that blocks may take at most, of all executors. */
  maxStorage(mode: MemoryMode = 'onHeap'): number {
    return this.executors.reduce((sum, m) => sum + m.memory.maxStorage(mode), 0);
  }

  /** As `BlockManager.makeArenaRoom`: one executor after another. */
  async makeArenaRoom(bytes: number): Promise<boolean> {
    for (const m of this.executors) if (await m.makeArenaRoom(bytes)) return true;
    return false;
  }

  async close(): Promise<void> {
    await Promise.all(this.executors.map((m) => m.close()));
    this.#alive.clear();
  }
}
