// Over 400 lines: put, pin, load, evict and remove are one state machine over one table and one queue.
import { runtimeError, type SparkError } from '../../errors/index.js';
import type { Kernels } from '../../kernels/index.js';
import type { StructType } from '../../types/index.js';
import type { Arena } from '../memory/arena.js';
import type { Blocks } from './block-cluster.js';
import { blockName, type RddBlockId } from './block-id.js';
import type { BlockPin } from './block-pin.js';
import type { BlockStatus, RddStorage } from './block-status.js';
import { bytesToString } from './bytes-text.js';
import { DiskStore } from './disk-store.js';
import { BlockEntry, type BlockMemory, extentSize, type LoadedBlock } from './entry.js';
import { BlockEvents } from './events.js';
import { type Extent, ExtentStore } from './extent-store.js';
import { Image, packBlock, unpackBlock } from './image.js';
import { decodeIpcBlock, ipcBlockChunks } from './ipc-block.js';
import { MemoryStore } from './memory-store.js';
import type { PublishedBlock } from './publish.js';
import { StorageLevel } from './storage-level.js';
import type { MemoryMode, UnifiedMemory } from './unified-memory.js';
import { Unpacking, type UnpackPieces } from './unpacking.js';

export interface BlockManagerOptions {
  readonly arena: Arena;
  /** Bound to the arena, for this thread. */
  readonly kernels: Kernels;
  readonly memory: UnifiedMemory;
  readonly events?: BlockEvents;
  readonly disk?: DiskStore;
  /** Spark's name of the executor whose blocks these are. */
  readonly executorId?: string;
  /** The other executors' managers, over the same arena: replicas go there, and blocks that are not here are read there. */
  readonly peers?: () => readonly BlockManager[];
  /** Bytes of the arena that blocks leave free for queries, whatever the limits allow. Default: an eighth of it. */
  readonly arenaReserve?: number;
  /** Unpacks pieces of compressed blocks; by default this thread does. */
  readonly unpack?: UnpackPieces;
}

/** The blocks of one executor: stores what tasks publish at the level asked for, gives pinned access, evicts by Spark's
 * rules. Main thread only; operations that wait for files or memory run one after another. Spark: `BlockManager`. */
export class BlockManager implements Blocks {
  readonly arena: Arena;
  readonly kernels: Kernels;
  readonly memory: UnifiedMemory;
  readonly events: BlockEvents;
  readonly disk: DiskStore;
  readonly executorId: string;
  readonly extents: ExtentStore;
  readonly arenaReserve: number;
  readonly #peers: () => readonly BlockManager[];
  readonly #store: MemoryStore;
  readonly #relations = new Map<number, Map<number, BlockEntry>>();
  readonly #removedRelations = new Set<number>();
  #closed = false;
  readonly #computing = new Map<string, Promise<BlockPin>>();
  #last: Promise<unknown> = Promise.resolve();
  #sequence = 0;
  readonly #unpackPieces: UnpackPieces;

  constructor(options: BlockManagerOptions) {
    this.arena = options.arena;
    this.kernels = options.kernels;
    this.memory = options.memory;
    this.events = options.events ?? new BlockEvents();
    this.disk = options.disk ?? new DiskStore();
    this.executorId = options.executorId ?? 'driver';
    this.extents = new ExtentStore(this.arena);
    this.#peers = options.peers ?? (() => []);
    this.#unpackPieces = options.unpack ?? (async (image, address, pieces) => image.unpack(this, address, pieces));
    this.arenaReserve = options.arenaReserve ?? this.arena.totalBytes / 8;
    this.#store = new MemoryStore(this.memory, this.extents);
    this.memory.setEvict((bytes, mode, rddId) => this.#evict(bytes, mode, rddId));
  }

  /** The block if it is stored, else what `compute` makes, stored if it can be. Callers that ask for the same block at the
   * same time compute it once.
   * @param columns as of `pin`
   * Spark: `getOrElseUpdateRDDBlock`. */
  async getOrCompute(
    id: RddBlockId,
    level: StorageLevel,
    schema: StructType,
    compute: () => Promise<PublishedBlock>,
    columns?: readonly number[],
  ): Promise<{ pin: BlockPin; hit: boolean }> {
    level.requireUsable();
    const name = blockName(id);
    for (;;) {
      const found = await this.pin(id, columns);
      if (found) return { pin: found, hit: true };
      const running = this.#computing.get(name);
      if (!running) break;
      // Whether it failed or was not stored: then this caller computes.
      await running.then(
        () => undefined,
        () => undefined,
      );
      if (this.#entry(id) === undefined && !this.#computing.has(name)) break;
    }
    const run = compute().then((published) => this.put(id, published, level, schema));
    this.#computing.set(name, run);
    try {
      return { pin: await run, hit: false };
    } finally {
      if (this.#computing.get(name) === run) this.#computing.delete(name);
    }
  }

  /** Stores a published block, whose extent changes hands also where it cannot be stored (then it lives until the returned
   * pin is released). A block that is there already stays, and the new one serves this caller only. */
  put(id: RddBlockId, published: PublishedBlock, level: StorageLevel, schema: StructType): Promise<BlockPin> {
    const extent = this.extents.adopt(published);
    const { rows, sparkSize } = published;
    const entry = new BlockEntry(id, blockName(id), level, schema, rows, sparkSize, ++this.#sequence);
    const pin = this.#pinExtent(entry, extent);
    this.extents.release(extent);
    const refused = this.#isRemoved(id.rddId) || !level.isValid || this.#entry(id) !== undefined;
    if (refused) return Promise.resolve(pin);
    return this.#serially(() => this.#storeNew(entry, extent, published.image))
      .then((stored) => {
        if (stored) this.events.emit('put', { id, status: entry.status });
        return stored;
      })
      .then((stored) => (stored && level.replication > 1 ? this.#replicate(entry, extent) : undefined))
      .then(
        () => pin,
        (error) => {
          pin.release();
          throw error;
        },
      );
  }

  /** Not in turn with this manager's work: two executors that replicate to each other must not wait for each other.
   * Spark: `BlockManager.replicate`. */
  async #replicate(entry: BlockEntry, extent: Extent): Promise<void> {
    const { id, level, name } = entry;
    const wanted = level.replication - 1;
    let made = 0;
    for (const peer of this.#peers()) {
      if (made === wanted) break;
      if (peer !== this && (await peer.receive(id, extent, entry))) made++;
    }
    if (made < wanted)
      this.#log('WARN', 'BlockManager', `Block ${name} replicated to only ${made} peer(s) instead of ${wanted} peers`);
  }

  /** One more copy of a block that lost one with another executor. */
  async replicateAgain(id: RddBlockId): Promise<void> {
    const entry = this.#entry(id);
    const pin = entry && (await this.#pinHere(id));
    if (!pin) return;
    try {
      for (const peer of this.#peers()) if (await peer.receive(id, pin, entry)) return;
    } finally {
      pin.release();
    }
  }

  /** Stores a copy of a peer's block, which the peer keeps pinned meanwhile. @returns whether it is stored */
  async receive(id: RddBlockId, source: Extent, { level, schema, rows, sparkSize }: BlockEntry): Promise<boolean> {
    const { useDisk, useMemory, useOffHeap, deserialized } = level;
    const single = new StorageLevel(useDisk, useMemory, useOffHeap, deserialized);
    const entry = new BlockEntry(id, blockName(id), single, schema, rows, sparkSize, ++this.#sequence);
    const extent = this.extents.copy(source);
    if (!extent) return false;
    try {
      const stored = await this.#serially(() => this.#storeNew(entry, extent));
      if (stored) this.events.emit('replicated', { id, status: entry.status });
      return stored;
    } finally {
      this.extents.release(extent);
    }
  }

  /** @returns whether it is stored */
  async #storeNew(entry: BlockEntry, extent: Extent, packed?: Uint8Array): Promise<boolean> {
    const { id, level, name } = entry;
    if (this.#entry(id) !== undefined || this.#isRemoved(id.rddId)) return false;
    let image: Uint8Array | undefined;
    if (level.useMemory) {
      if (!level.deserialized) image = packed ?? packBlock(this, extent.address, extent.byteLength);
      const size = image?.length ?? extent.byteLength;
      if (await this.#acquire(entry, size)) this.#keepInMemory(entry, image ?? extent, size);
      else {
        this.#log(
          'WARN',
          'MemoryStore',
          `Not enough space to cache ${name} in memory! (computed ${bytesToString(size)} so far)`,
        );
        if (level.useDisk) this.#log('WARN', 'BlockManager', `Persisting block ${name} to disk instead.`);
      }
    }
    if (!entry.memory && level.useDisk) await this.#writeToDisk(entry, extent);
    if (!entry.memory && entry.diskSize === 0) return false;
    if (this.#isRemoved(id.rddId)) {
      await this.#discard(entry);
      return false;
    }
    let relation = this.#relations.get(id.rddId);
    if (!relation) this.#relations.set(id.rddId, (relation = new Map()));
    relation.set(id.partition, entry);
    return true;
  }

  /** A stored block for reading, or undefined where it is not stored (any more).
   * @param columns ordinals of those that will be read (default: all); of others only statistics are there
   * @throws UNABLE_TO_ACQUIRE_MEMORY where the arena has no room to unpack it */
  async pin(id: RddBlockId, columns?: readonly number[]): Promise<BlockPin | undefined> {
    const quick = this.tryPin(id, columns);
    if (quick) return quick;
    const here = await this.#pinHere(id, columns);
    if (here) return here;
    for (const peer of this.#peers()) {
      const there = peer === this ? undefined : await peer.#pinHere(id, columns);
      if (there) return there;
    }
    return undefined;
  }

  async #pinHere(id: RddBlockId, columns?: readonly number[]): Promise<BlockPin | undefined> {
    const quick = this.#tryPinHere(id, columns);
    if (quick) return quick;
    const entry = this.#entry(id);
    if (!entry) return undefined;
    const { decoded } = entry;
    // Unpacked in part for another reader.
    if (decoded) return this.#withColumns(entry, this.#pinExtent(entry, decoded.extent), decoded.unpacking, columns);
    entry.waiters++;
    let loaded: LoadedBlock | undefined;
    try {
      loaded = await (entry.loading ??= this.#load(entry));
      return (
        loaded &&
        (await this.#withColumns(
          entry,
          this.#pinExtent(entry, loaded.extent, loaded.unpacking),
          loaded.unpacking,
          columns,
        ))
      );
    } finally {
      if (--entry.waiters === 0) {
        entry.loading = undefined;
        // The loader's own reference.
        if (loaded) this.extents.release(loaded.extent);
      }
    }
  }

  /** The pin once its columns are there; undefined where they are damaged: then the block is gone. */
  async #withColumns(
    entry: BlockEntry,
    pin: BlockPin,
    unpacking: Unpacking | undefined,
    columns: readonly number[] | undefined,
  ): Promise<BlockPin | undefined> {
    try {
      await unpacking?.need(columns);
      return pin;
    } catch (error) {
      pin.release();
      return this.#unreadable(entry, error);
    }
  }

  /** As `pin`, for blocks whose columns are in the arena now. */
  tryPin(id: RddBlockId, columns?: readonly number[]): BlockPin | undefined {
    const here = this.#tryPinHere(id, columns);
    if (here) return here;
    for (const peer of this.#peers()) {
      const there = peer === this ? undefined : peer.#tryPinHere(id, columns);
      if (there) return there;
    }
    return undefined;
  }

  #tryPinHere(id: RddBlockId, columns?: readonly number[]): BlockPin | undefined {
    const entry = this.#entry(id);
    if (!entry) return undefined;
    this.#store.touch(entry);
    if (entry.memory?.kind === 'extent') return this.#pinExtent(entry, entry.memory.extent);
    const { decoded } = entry;
    return decoded && decoded.unpacking?.has(columns) !== false ? this.#pinExtent(entry, decoded.extent) : undefined;
  }

  status(id: RddBlockId): BlockStatus | undefined {
    return this.#entry(id)?.status;
  }

  /** Blocks by relation, ascending; relations without blocks do not appear. Spark: `getRDDStorageInfo`. */
  relations(): RddStorage[] {
    return [...this.#relations.keys()]
      .sort((a, b) => a - b)
      .map((rddId) => this.relation(rddId))
      .filter((r) => r.numCachedPartitions > 0);
  }

  relation(rddId: number): RddStorage {
    const entries = [...(this.#relations.get(rddId)?.values() ?? [])].sort((a, b) => a.id.partition - b.id.partition);
    const sum = (of: (e: BlockEntry) => number) => entries.reduce((total, e) => total + of(e), 0);
    return {
      rddId,
      numCachedPartitions: entries.length,
      memoryUsed: sum((e) => (e.memory?.mode === 'onHeap' ? e.memory.size : 0)),
      offHeapUsed: sum((e) => (e.memory?.mode === 'offHeap' ? e.memory.size : 0)),
      diskUsed: sum((e) => e.diskSize),
      partitions: entries.map((e) => ({ name: e.name, partition: e.id.partition, status: e.status })),
    };
  }

  /** Unpersists a relation: until it is revived, a block that a running query computes later is not stored.
   * Memory is free at once, apart from pinned extents. The promise ends when files are gone, too. */
  async removeRelation(rddId: number): Promise<void> {
    this.#removedRelations.add(rddId);
    await this.clearRelation(rddId);
  }

  /** Undoes `removeRelation` for blocks that are computed from now on. */
  reviveRelation(rddId: number): void {
    this.#removedRelations.delete(rddId);
  }

  /** Drops a relation's blocks; it may be filled again. */
  async clearRelation(rddId: number): Promise<void> {
    await Promise.all([...(this.#relations.get(rddId)?.values() ?? [])].map((e) => this.#remove(e, 'removed')));
  }

  async remove(id: RddBlockId): Promise<void> {
    const entry = this.#entry(id);
    if (entry) await this.#remove(entry, 'removed');
  }

  /** Memory for a query's own use; takes back what storage borrowed. @returns bytes granted, at most `bytes` */
  acquireExecution(bytes: number, mode: MemoryMode = 'onHeap'): Promise<number> {
    return this.#serially(() => this.memory.acquireExecution(bytes, mode));
  }

  /** Evicts until the arena itself has `bytes` more room, however much the limits allow. @returns whether that succeeded */
  makeArenaRoom(bytes: number): Promise<boolean> {
    return this.#serially(() => this.#freeArena(bytes));
  }

  /** Drops all blocks and the directory: the end of the session, or the executor's death. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const rddId of [...this.#relations.keys()]) await this.removeRelation(rddId);
    await this.#last.catch(() => undefined);
    this.disk.close();
  }

  #isRemoved(rddId: number): boolean {
    return this.#closed || this.#removedRelations.has(rddId);
  }

  #entry(id: RddBlockId): BlockEntry | undefined {
    return this.#relations.get(id.rddId)?.get(id.partition);
  }

  #log(severity: 'INFO' | 'WARN', logger: 'BlockManager' | 'MemoryStore' | 'DiskStore', message: string): void {
    this.events.emit('log', { severity, logger, message });
  }

  /** Runs one after another what first asks for memory and then takes it. */
  #serially<R>(work: () => Promise<R>): Promise<R> {
    const run = this.#last.then(work, work);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #acquire(entry: BlockEntry, bytes: number): Promise<boolean> {
    const { name, id, level } = entry;
    const limit = this.memory.maxStorage(level.memoryMode);
    if (bytes > limit) {
      const message = `Will not store ${name} as the required space (${bytes} bytes) exceeds our memory limit (${limit} bytes)`;
      this.#log('INFO', 'MemoryStore', message);
      return false;
    }
    const fits = !level.deserialized || (await this.#keepReserve(id.rddId));
    const got = fits && (await this.memory.acquireStorage(bytes, level.memoryMode, id.rddId));
    if (!got) this.#log('INFO', 'MemoryStore', `Will not store ${name}`);
    return got;
  }

  /** Evicts other relations' extents until the arena's reserve is free again. The new block already lies in the arena. */
  async #keepReserve(rddId: number): Promise<boolean> {
    const missing = this.arenaReserve - (this.arena.totalBytes - this.arena.usedBytes());
    return missing <= 0 || this.#freeArena(missing, rddId);
  }

  async #freeArena(bytes: number, rddId?: number): Promise<boolean> {
    const victims = this.#store.victims(bytes, 'onHeap', rddId, extentSize);
    for (const victim of victims) await this.#dropFromMemory(victim);
    return victims.length > 0;
  }

  #keepInMemory(entry: BlockEntry, what: Uint8Array | Extent, size: number): void {
    const mode = entry.level.memoryMode;
    let memory: BlockMemory;
    if (what instanceof Uint8Array) memory = { kind: 'image', image: what, size, mode };
    else {
      this.extents.retain(what);
      memory = { kind: 'extent', extent: what, size, mode };
    }
    this.#store.add(entry, memory);
  }

  /** Damage on the way to disk costs the copy, not the query. */
  async #writeToDisk(entry: BlockEntry, extent: Extent): Promise<void> {
    const { arena, kernels } = this;
    const { schema, name } = entry;
    this.extents.retain(extent);
    try {
      const metadata = new Map([['memoframe.block', name]]);
      const source = { context: { arena, kernels }, address: extent.address, schema, metadata };
      entry.diskSize = await this.disk.put(entry.file, ipcBlockChunks(source));
      this.events.emit('spilled', { id: entry.id, diskSize: entry.diskSize });
    } catch (error) {
      this.#log('WARN', 'DiskStore', `Failed to write block ${entry.name} to disk: ${(error as Error).message}`);
    } finally {
      this.extents.release(extent);
    }
  }

  /** Blocks that are compressed in memory go to disk by way of the arena. */
  async #spill(entry: BlockEntry, memory: BlockMemory): Promise<void> {
    if (memory.kind === 'extent') return this.#writeToDisk(entry, memory.extent);
    const image = Image.open(memory.image, entry.name);
    const { length } = image;
    let extent = this.extents.alloc(length);
    if (!extent && (await this.#freeArena(length))) extent = this.extents.alloc(length);
    if (!extent) {
      this.#log('WARN', 'BlockManager', `No memory to write block ${entry.name} to disk`);
      return;
    }
    try {
      unpackBlock(this, extent.address, image);
      await this.#writeToDisk(entry, extent);
    } finally {
      this.extents.release(extent);
    }
  }

  async #evict(bytes: number, mode: MemoryMode, rddId: number | undefined): Promise<number> {
    const victims = this.#store.victims(bytes, mode, rddId, (e) => e.memory?.size ?? 0);
    let freed = 0;
    for (const victim of victims) {
      freed += victim.memory?.size ?? 0;
      await this.#dropFromMemory(victim);
    }
    return freed;
  }

  /** Spark: `BlockManager.dropFromMemory`. */
  async #dropFromMemory(entry: BlockEntry): Promise<void> {
    const { memory, name, id } = entry;
    if (!memory) return;
    this.#log('INFO', 'BlockManager', `Dropping block ${name} from memory`);
    if (entry.level.useDisk && entry.diskSize === 0) await this.#spill(entry, memory);
    // Unpersisted while its file was written.
    if (entry.removed) {
      if (entry.diskSize > 0) await this.disk.remove(entry.file);
      return;
    }
    this.#store.remove(entry);
    this.events.emit('evicted', { id, status: entry.status, spilled: entry.diskSize > 0 });
    if (entry.diskSize === 0) {
      entry.removed = true;
      this.#forget(entry);
      this.events.emit('dropped', { id, reason: 'evicted' });
    }
  }

  /** Makes a block that is compressed in memory or on disk readable; what has a memory level goes back to memory if it fits.
   * @returns an extent with one reference, or undefined where the bytes are damaged: then the block is gone */
  async #load(entry: BlockEntry): Promise<LoadedBlock | undefined> {
    const { name, memory } = entry;
    try {
      if (memory?.kind === 'image') return await this.#unpack(Image.open(memory.image, name));
      const extent = await this.#readFromDisk(entry);
      try {
        await this.#restore(entry, extent);
        this.events.emit('readBack', { id: entry.id, diskSize: entry.diskSize, inMemory: entry.memory !== undefined });
        return { extent };
      } catch (error) {
        this.extents.release(extent);
        throw error;
      }
    } catch (error) {
      return this.#unreadable(entry, error);
    }
  }

  /** Drops a damaged block. @throws UNABLE_TO_ACQUIRE_MEMORY if it is no damage */
  async #unreadable(entry: BlockEntry, error: unknown): Promise<undefined> {
    if (isFull(error)) throw error;
    if (!entry.removed) {
      this.#log('WARN', 'BlockManager', `Block ${entry.name} cannot be read: ${(error as Error).message}`);
      await this.#remove(entry, 'damaged');
    }
    return undefined;
  }

  /** The head of a compressed block; its columns follow when they are asked for. */
  async #unpack(image: Image): Promise<LoadedBlock> {
    const { length } = image;
    const extent =
      this.extents.alloc(length) ?? ((await this.makeArenaRoom(length)) ? this.extents.alloc(length) : undefined);
    if (!extent) throw runtimeError('UNABLE_TO_ACQUIRE_MEMORY', { requestedBytes: String(length), receivedBytes: '0' });
    try {
      return { extent, unpacking: await new Unpacking(this, image, extent.address, this.#unpackPieces).begin() };
    } catch (error) {
      this.extents.release(extent);
      throw error;
    }
  }

  async #readFromDisk({ file, name, schema }: BlockEntry): Promise<Extent> {
    const { arena, kernels } = this;
    const bytes = await this.disk.get(file);
    const types = schema.fields.map((f) => f.dataType);
    const decode = () => decodeIpcBlock(bytes, name, { context: { arena, kernels }, owner: arena.nextId(), types });
    try {
      return this.extents.adopt(await decode());
    } catch (error) {
      // Columns as they are in the file, and the block made of them.
      if (!isFull(error) || !(await this.makeArenaRoom(bytes.length * 2))) throw error;
      return this.extents.adopt(await decode());
    }
  }

  /** Spark: `maybeCacheDiskValuesInMemory`, `maybeCacheDiskBytesInMemory`. */
  #restore(entry: BlockEntry, extent: Extent): Promise<void> {
    const { level } = entry;
    if (!level.useMemory) return Promise.resolve();
    return this.#serially(async () => {
      if (entry.removed || entry.memory) return;
      const what = level.deserialized ? extent : packBlock(this, extent.address, extent.byteLength);
      const size = what instanceof Uint8Array ? what.length : what.byteLength;
      if (!(await this.#acquire(entry, size))) return;
      if (entry.removed) {
        this.memory.releaseStorage(size, level.memoryMode);
        return;
      }
      this.#keepInMemory(entry, what, size);
      this.events.emit('restored', { id: entry.id, status: entry.status });
    });
  }

  /** Holds an extent for a reader. */
  #pinExtent(entry: BlockEntry, extent: Extent, unpacking?: Unpacking): BlockPin {
    this.extents.retain(extent);
    entry.pins++;
    const inMemory = entry.memory?.kind === 'extent' && entry.memory.extent === extent;
    if (!inMemory) {
      if (entry.decoded?.extent === extent) entry.decoded.pins++;
      else entry.decoded = { extent, pins: 1, unpacking };
    }
    let held = true;
    return {
      id: entry.id,
      address: extent.address,
      byteLength: extent.byteLength,
      rows: entry.rows,
      sparkSize: entry.sparkSize,
      release: () => {
        if (!held) return;
        held = false;
        entry.pins--;
        if (!inMemory && entry.decoded?.extent === extent && --entry.decoded.pins === 0) entry.decoded = undefined;
        this.extents.release(extent);
      },
    };
  }

  #forget(entry: BlockEntry): void {
    const relation = this.#relations.get(entry.id.rddId);
    if (relation?.get(entry.id.partition) !== entry) return;
    relation.delete(entry.id.partition);
    if (relation.size === 0) this.#relations.delete(entry.id.rddId);
  }

  async #remove(entry: BlockEntry, reason: 'removed' | 'damaged'): Promise<void> {
    if (entry.removed) return;
    this.#forget(entry);
    await this.#discard(entry);
    this.events.emit('dropped', { id: entry.id, reason });
  }

  async #discard(entry: BlockEntry): Promise<void> {
    entry.removed = true;
    this.#store.remove(entry);
    if (entry.diskSize > 0) await this.disk.remove(entry.file);
  }
}

function isFull(error: unknown): boolean {
  return (error as SparkError).condition === 'UNABLE_TO_ACQUIRE_MEMORY';
}
