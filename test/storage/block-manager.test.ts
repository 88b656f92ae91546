import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Block } from '../../src/storage/block/block.js';
import { blockName, parseBlockName } from '../../src/storage/block/block-id.js';
import { BlockManager } from '../../src/storage/block/block-manager.js';
import type { BlockPin } from '../../src/storage/block/block-pin.js';
import { BlockReader } from '../../src/storage/block/block-reader.js';
import { bytesToString } from '../../src/storage/block/bytes-text.js';
import type { BlockContext } from '../../src/storage/block/context.js';
import { type BlockFiles, DiskStore, nodeFiles } from '../../src/storage/block/disk-store.js';
import { BlockEvents } from '../../src/storage/block/events.js';
import { type PublishedBlock, publishBlock } from '../../src/storage/block/publish.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';
import { memoryLimits, UnifiedMemory } from '../../src/storage/block/unified-memory.js';
import { buildColumns } from '../../src/storage/column/build.js';
import { readRows } from '../../src/storage/column/read.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import type { Value } from '../../src/types/index.js';
import * as T from '../../src/types/index.js';

const MIB = 1024 * 1024;
const TYPES = [T.LONG, T.STRING];
const SCHEMA = new T.StructType([new T.StructField('n', T.LONG), new T.StructField('text', T.STRING)]);
let context: BlockContext;
beforeAll(() => {
  const arena = Arena.create(128 * SLAB_BYTES);
  context = { arena, kernels: instantiateKernels(arena.memory) };
});

/** Rows that no narrowing shrinks: a block of `n` of them takes a little over 8 n bytes, and does not deflate. */
const rowsFor = (seed: number, n: number): Value[][] => {
  let x = BigInt(seed) + 0x9e3779b97f4a7c15n;
  return Array.from({ length: n }, (_, i) => {
    x = BigInt.asIntN(64, x * 6364136223846793005n + 1442695040888963407n);
    return [x, i % 97 === 0 ? null : `t${seed}`];
  });
};
const ROWS = 10_000;

function publish(seed: number, n = ROWS): PublishedBlock {
  const { arena } = context;
  const owner = arena.nextId();
  using region = new Region(arena, owner);
  const columns = buildColumns(rowsFor(seed, n), TYPES, region);
  return publishBlock(context, owner, [{ length: n, columns, selection: 0, selected: n }], TYPES);
}
function rowsOf(pin: BlockPin): Value[][] {
  const { arena } = context;
  using region = new Region(arena, arena.nextId());
  const reader = new BlockReader(context, Block.open(arena, pin.address, TYPES), [0, 1], region);
  const rows: Value[][] = [];
  for (const m of reader.morsels()) rows.push(...readRows(arena, m));
  return rows;
}

let directory: string;
let manager: BlockManager;
let log: string[];
let warnings: string[];
let size: number;
const managers: BlockManager[] = [];

function start(
  onHeap: number,
  options: {
    peers?: () => BlockManager[];
    arenaReserve?: number;
    offHeap?: number;
    files?: BlockFiles;
    storageFraction?: number;
  } = {},
): BlockManager {
  const events = new BlockEvents();
  log = [];
  warnings = [];
  events.on('put', (e) => log.push(`put ${blockName(e.id)} ${e.status.level}`));
  events.on('evicted', (e) => log.push(`evicted ${blockName(e.id)} ${e.spilled}`));
  events.on('dropped', (e) => log.push(`dropped ${blockName(e.id)} ${e.reason}`));
  events.on('restored', (e) => log.push(`restored ${blockName(e.id)}`));
  events.on('log', (e) => e.severity === 'WARN' && warnings.push(`${e.logger}: ${e.message}`));
  const { offHeap = 0, storageFraction = 0.5 } = options;
  manager = new BlockManager({
    ...context,
    memory: new UnifiedMemory({ onHeap, offHeap, storageFraction }),
    events,
    disk: new DiskStore(directory, options.files),
    ...(options.peers === undefined ? {} : { peers: options.peers }),
    ...(options.arenaReserve === undefined ? {} : { arenaReserve: options.arenaReserve }),
  });
  managers.push(manager);
  return manager;
}
/** Puts a block and gives the pin back at once. */
async function put(rddId: number, partition: number, level = StorageLevel.MEMORY_ONLY, n = ROWS): Promise<void> {
  const pin = await manager.put({ rddId, partition }, publish(rddId * 100 + partition, n), level, SCHEMA);
  pin.release();
}
async function read(rddId: number, partition: number): Promise<Value[][] | undefined> {
  const pin = await manager.pin({ rddId, partition });
  if (!pin) return undefined;
  const rows = rowsOf(pin);
  pin.release();
  pin.release();
  return rows;
}
const inMemory = (rddId: number) =>
  manager
    .relation(rddId)
    .partitions.filter((p) => p.status.level.useMemory)
    .map((p) => p.partition);
const files = () =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => f.name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'blocks-test-'));
  const probe = publish(0);
  size = probe.byteLength;
  context.arena.release(probe.owner, probe.address, probe.slabs);
});
afterEach(async () => {
  for (const m of managers.splice(0)) await m.close();
  expect(files()).toEqual([]);
  rmSync(directory, { recursive: true });
  // Nothing leaks: neither extents nor accounted bytes.
  expect(context.arena.usedBytes()).toBe(0);
  expect([manager.memory.storageUsed(), manager.memory.storageUsed('offHeap')]).toEqual([0, 0]);
});

describe('levels', () => {
  it.each([
    [StorageLevel.MEMORY_ONLY, true, false],
    [StorageLevel.MEMORY_ONLY_SER, true, false],
    [StorageLevel.MEMORY_AND_DISK, true, false],
    [StorageLevel.MEMORY_AND_DISK_SER, true, false],
    [StorageLevel.DISK_ONLY, false, true],
  ])('%s keeps rows', async (level, memory, disk) => {
    start(64 * MIB);
    await put(1, 0, level);
    await put(1, 1, level, 3);
    await put(1, 2, level, 0);
    for (let i = 0; i < 2; i++) {
      expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
      expect(await read(1, 1)).toEqual(rowsFor(101, 3));
      expect(await read(1, 2)).toEqual([]);
    }
    const { status } = manager.relation(1).partitions[0]!;
    expect([status.memorySize > 0, status.diskSize > 0, status.rows]).toEqual([memory, disk, ROWS]);
    // Spark's estimate: 8 for a bigint, 4 + 4 for "t100", 4 for a null.
    expect(status.sparkSize).toBe(ROWS * 16 - 104 * 4);
    expect(status.level.deserialized).toBe(level.deserialized && memory);
    expect(await read(1, 3)).toBeUndefined();
    expect(warnings).toEqual([]);
    await manager.removeRelation(1);
    expect(manager.relations()).toEqual([]);
    expect(files()).toEqual([]);
  });

  it('OFF_HEAP goes to disk without off-heap memory, as in Spark', async () => {
    start(64 * MIB);
    await put(1, 0, StorageLevel.OFF_HEAP);
    expect(manager.status({ rddId: 1, partition: 0 })).toMatchObject({ memorySize: 0 });
    expect(warnings.filter((w) => w.startsWith('BlockManager'))).toEqual([
      'BlockManager: Persisting block rdd_1_0 to disk instead.',
    ]);
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('OFF_HEAP uses its own pool', async () => {
    start(MIB, { offHeap: 4 * MIB });
    await put(1, 0, StorageLevel.OFF_HEAP);
    expect(manager.relation(1)).toMatchObject({ memoryUsed: 0, diskUsed: 0 });
    expect(manager.relation(1).offHeapUsed).toBe(manager.memory.storageUsed('offHeap'));
    expect(String(manager.status({ rddId: 1, partition: 0 })!.level)).toBe('StorageLevel(memory, offheap, 1 replicas)');
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('replicated levels find no peer, and say so as Spark does', async () => {
    start(64 * MIB);
    await put(1, 0, StorageLevel.MEMORY_AND_DISK_2);
    await put(2, 0, StorageLevel.DISK_ONLY_3);
    expect(warnings).toEqual([
      'BlockManager: Block rdd_1_0 replicated to only 0 peer(s) instead of 1 peers',
      'BlockManager: Block rdd_2_0 replicated to only 0 peer(s) instead of 2 peers',
    ]);
  });
});

describe('several executors', () => {
  /** Three executors over one arena. */
  function cluster(onHeap: number): BlockManager[] {
    const all: BlockManager[] = [];
    for (let i = 0; i < 3; i++) all.push(start(onHeap, { peers: () => all }));
    return all;
  }

  it('replicate to peers, which serve the block when its executor dies', async () => {
    const [a, b, c] = cluster(4 * size) as [BlockManager, BlockManager, BlockManager];
    const id = { rddId: 1, partition: 0 };
    (await a.put(id, publish(100), StorageLevel.MEMORY_AND_DISK_2, SCHEMA)).release();
    expect([a, b, c].map((m) => m.relation(1).numCachedPartitions)).toEqual([1, 1, 0]);
    await a.close();
    expect(context.arena.usedBytes()).toBe(SLAB_BYTES);
    manager = c;
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
    await b.close();
    expect(await read(1, 0)).toBeUndefined();
  });

  it('replicate to each other at once, and say where too few peers took it', async () => {
    const [a, b] = cluster(4 * size) as [BlockManager, BlockManager];
    const said: string[] = [];
    a.events.on('log', (e) => e.severity === 'WARN' && said.push(e.message));
    const pins = await Promise.all([
      a.put({ rddId: 1, partition: 0 }, publish(100), StorageLevel.DISK_ONLY_2, SCHEMA),
      b.put({ rddId: 1, partition: 1 }, publish(101), StorageLevel.DISK_ONLY_2, SCHEMA),
      a.put({ rddId: 1, partition: 2 }, publish(102), new StorageLevel(true, true, false, true, 5), SCHEMA),
    ]);
    for (const pin of pins) pin.release();
    expect(said).toEqual(['Block rdd_1_2 replicated to only 2 peer(s) instead of 4 peers']);
    manager = b;
    for (let p = 0; p < 3; p++) expect(await read(1, p)).toEqual(rowsFor(100 + p, ROWS));
  });
});

describe('eviction', () => {
  it('E01: the least recently used goes first', async () => {
    start(3.5 * size);
    for (const rdd of [1, 2, 3]) await put(rdd, 0);
    await read(1, 0);
    await put(4, 0);
    expect(manager.relations().map((r) => r.rddId)).toEqual([1, 3, 4]);
    expect(log).toContain('dropped rdd_2_0 evicted');
    expect(await read(2, 0)).toBeUndefined();
  });

  it('E02: a relation never evicts its own blocks', async () => {
    start(2.5 * size);
    for (let p = 0; p < 4; p++) await put(1, p);
    expect(inMemory(1)).toEqual([0, 1]);
    expect(warnings.every((w) => /^MemoryStore: Not enough space to cache rdd_1_[23] in memory!/.test(w))).toBe(true);
  });

  it('E03: blocks being read are skipped', async () => {
    start(2.5 * size);
    await put(1, 0);
    await put(2, 0);
    const pin = (await manager.pin({ rddId: 1, partition: 0 }))!;
    await put(3, 0);
    expect(manager.relations().map((r) => r.rddId)).toEqual([1, 3]);
    expect(rowsOf(pin)).toEqual(rowsFor(100, ROWS));
    pin.release();
  });

  it('E04: all or nothing', async () => {
    start(3.5 * size);
    await put(1, 0);
    await put(2, 0);
    const pin = (await manager.pin({ rddId: 2, partition: 0 }))!;
    await put(3, 0, StorageLevel.MEMORY_ONLY, 3 * ROWS);
    expect(manager.relations().map((r) => r.rddId)).toEqual([1, 2]);
    pin.release();
  });

  it('E05: a block larger than everything evicts nothing, and is served once', async () => {
    start(1.5 * size);
    await put(1, 0);
    const pin = await manager.put({ rddId: 2, partition: 0 }, publish(200, 2 * ROWS), StorageLevel.MEMORY_ONLY, SCHEMA);
    expect(rowsOf(pin)).toEqual(rowsFor(200, 2 * ROWS));
    pin.release();
    expect(await read(2, 0)).toBeUndefined();
    expect(manager.relations().map((r) => r.rddId)).toEqual([1]);
  });

  it('E07: two frames of equal size: memory only is lost, memory and disk is spilled', async () => {
    start(2.5 * size);
    await put(1, 0, StorageLevel.MEMORY_AND_DISK);
    await put(1, 1, StorageLevel.MEMORY_ONLY);
    await put(2, 0);
    await put(2, 1);
    expect(log.slice(2)).toEqual([
      'evicted rdd_1_0 true',
      'put rdd_2_0 StorageLevel(memory, deserialized, 1 replicas)',
      'evicted rdd_1_1 false',
      'dropped rdd_1_1 evicted',
      'put rdd_2_1 StorageLevel(memory, deserialized, 1 replicas)',
    ]);
    expect(String(manager.status({ rddId: 1, partition: 0 })!.level)).toBe('StorageLevel(disk, 1 replicas)');
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('E08: what does not fit in memory goes to disk where the level has one', async () => {
    start(1.5 * size);
    await put(1, 0, StorageLevel.MEMORY_AND_DISK);
    await put(1, 1, StorageLevel.MEMORY_AND_DISK);
    expect(warnings).toEqual([
      `MemoryStore: Not enough space to cache rdd_1_1 in memory! (computed ${bytesToString(size)} so far)`,
      'BlockManager: Persisting block rdd_1_1 to disk instead.',
    ]);
    expect(manager.relation(1)).toMatchObject({ numCachedPartitions: 2, memoryUsed: size });
    expect(await read(1, 1)).toEqual(rowsFor(101, ROWS));
  });

  it('E09: storage borrows from execution, which takes it back down to the protected part, and is never evicted', async () => {
    start(4 * size, { storageFraction: 0.25 });
    for (let p = 0; p < 4; p++) await put(p, 0);
    expect(manager.memory.storageUsed()).toBe(4 * size);
    expect(await manager.acquireExecution(2 * size)).toBe(2 * size);
    expect(manager.memory.storageUsed()).toBe(2 * size);
    // One more: the last block is protected.
    expect(await manager.acquireExecution(4 * size)).toBe(size);
    expect(manager.memory.storageUsed()).toBe(size);
    await put(9, 0, StorageLevel.MEMORY_ONLY, 2 * ROWS);
    expect(manager.relation(9).numCachedPartitions).toBe(0);
    manager.memory.releaseExecution(3 * size);
    await put(9, 0, StorageLevel.MEMORY_ONLY, 2 * ROWS);
    expect(manager.relation(9).numCachedPartitions).toBe(1);
  });

  it('E10: reading a spilled block puts it back into memory if there is room', async () => {
    start(1.5 * size);
    await put(1, 0, StorageLevel.MEMORY_AND_DISK);
    await put(2, 0, StorageLevel.MEMORY_AND_DISK_SER);
    expect(inMemory(1)).toEqual([]);
    await manager.removeRelation(2);
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
    expect(log.at(-1)).toBe('restored rdd_1_0');
    expect(inMemory(1)).toEqual([0]);
    expect(manager.tryPin({ rddId: 1, partition: 0 })!.release()).toBeUndefined();
    // Evicted again: the file is still there.
    await put(3, 0);
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('leaves a reserve of the arena free', async () => {
    start(1024 * MIB, { arenaReserve: context.arena.totalBytes - 2 * SLAB_BYTES });
    // Blocks of more than half a slab take slabs of their own.
    await put(1, 0, StorageLevel.MEMORY_AND_DISK, 8 * ROWS);
    await put(1, 1, StorageLevel.MEMORY_AND_DISK, 8 * ROWS);
    await put(1, 2, StorageLevel.MEMORY_AND_DISK, 8 * ROWS);
    expect(inMemory(1)).toEqual([0, 1]);
    await put(2, 0, StorageLevel.MEMORY_AND_DISK, 8 * ROWS);
    expect([inMemory(1), inMemory(2)]).toEqual([[1], [0]]);
  });

  it('makes room in the arena itself', async () => {
    start(1024 * MIB);
    await put(1, 0);
    await put(2, 0, StorageLevel.MEMORY_AND_DISK);
    expect(await manager.makeArenaRoom(2 * size)).toBe(true);
    expect(manager.memory.storageUsed()).toBe(0);
    expect(await manager.makeArenaRoom(1)).toBe(false);
    expect(await read(2, 0)).toEqual(rowsFor(200, ROWS));
  });
});

describe('lifetime', () => {
  it('E12: who waits for an unpersist finds no file any more', async () => {
    start(64 * MIB);
    await put(1, 0, StorageLevel.DISK_ONLY);
    expect(files()).toHaveLength(1);
    const removed = manager.removeRelation(1);
    expect(manager.relations()).toEqual([]);
    await removed;
    expect(files()).toEqual([]);
  });

  it('an unpersisted block lives until its last reader ends, and is not stored again', async () => {
    start(64 * MIB);
    await put(1, 0);
    const pins = [(await manager.pin({ rddId: 1, partition: 0 }))!, manager.tryPin({ rddId: 1, partition: 0 })!];
    await manager.removeRelation(1);
    expect(manager.memory.storageUsed()).toBe(0);
    expect(await read(1, 0)).toBeUndefined();
    pins[0]!.release();
    pins[0]!.release();
    expect(rowsOf(pins[1]!)).toEqual(rowsFor(100, ROWS));
    pins[1]!.release();
    await put(1, 0);
    expect(manager.relations()).toEqual([]);
    expect(context.arena.usedBytes()).toBe(0);
  });

  it('a cleared relation may be filled again', async () => {
    start(64 * MIB);
    await put(1, 0, StorageLevel.DISK_ONLY);
    const cleared = manager.clearRelation(1);
    await put(1, 0, StorageLevel.DISK_ONLY);
    await cleared;
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('readers that come together unpack a block once', async () => {
    start(64 * MIB);
    await put(1, 0, StorageLevel.MEMORY_ONLY_SER);
    const id = { rddId: 1, partition: 0 };
    const pins = (await Promise.all([manager.pin(id), manager.pin(id), manager.pin(id)])) as BlockPin[];
    expect(new Set(pins.map((p) => p.address)).size).toBe(1);
    pins[0]!.release();
    const late = manager.tryPin(id)!;
    expect(late.address).toBe(pins[1]!.address);
    for (const p of [...pins, late]) p.release();
    expect(manager.tryPin(id)).toBeUndefined();
    expect(context.arena.usedBytes()).toBe(0);
  });

  it('tasks that need the same block compute it once', async () => {
    start(64 * MIB);
    let computed = 0;
    const compute = async () => {
      computed++;
      await new Promise((r) => setTimeout(r, 5));
      return publish(100);
    };
    const id = { rddId: 1, partition: 0 };
    const got = await Promise.all(
      [1, 2, 3].map(() => manager.getOrCompute(id, StorageLevel.MEMORY_ONLY, SCHEMA, compute)),
    );
    expect(computed).toBe(1);
    expect(got.map((g) => g.hit).sort()).toEqual([false, true, true]);
    for (const g of got) g.pin.release();
    const failing = manager.getOrCompute({ rddId: 1, partition: 1 }, StorageLevel.MEMORY_ONLY, SCHEMA, async () => {
      throw new TypeError('no');
    });
    const after = manager.getOrCompute({ rddId: 1, partition: 1 }, StorageLevel.MEMORY_ONLY, SCHEMA, async () =>
      publish(101),
    );
    await expect(failing).rejects.toThrow('no');
    (await after).pin.release();
  });

  it('a second block of the same name serves its maker only', async () => {
    start(64 * MIB);
    await put(1, 0);
    const pin = await manager.put({ rddId: 1, partition: 0 }, publish(777), StorageLevel.MEMORY_ONLY, SCHEMA);
    expect(rowsOf(pin)).toEqual(rowsFor(777, ROWS));
    pin.release();
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('small blocks share slabs', async () => {
    start(64 * MIB);
    for (let p = 0; p < 40; p++) await put(1, p, StorageLevel.MEMORY_ONLY, 5);
    expect(context.arena.usedBytes()).toBe(SLAB_BYTES);
    for (let p = 0; p < 40; p += 7) expect(await read(1, p)).toEqual(rowsFor(100 + p, 5));
  });
});

describe('disk', () => {
  it('E11: a failed write leaves no file and no block, and the rows still arrive', async () => {
    let fail = true;
    const broken: BlockFiles = {
      ...nodeFiles,
      async write(path, pieces) {
        if (!fail) return nodeFiles.write(path, pieces);
        for await (const piece of pieces) {
          writeFileSync(path, piece.subarray(0, 100));
          break;
        }
        throw new Error('ENOSPC: no space left on device');
      },
    };
    start(64 * MIB, { files: broken });
    const pin = await manager.put({ rddId: 1, partition: 0 }, publish(100), StorageLevel.DISK_ONLY, SCHEMA);
    expect(rowsOf(pin)).toEqual(rowsFor(100, ROWS));
    pin.release();
    expect(files()).toEqual([]);
    expect(warnings[0]).toMatch(/ENOSPC/);
    expect(await read(1, 0)).toBeUndefined();
    fail = false;
    await put(1, 0, StorageLevel.DISK_ONLY);
    expect(await read(1, 0)).toEqual(rowsFor(100, ROWS));
  });

  it('a damaged file is a lost block, never a wrong answer', async () => {
    const seen: Uint8Array[] = [];
    let damage: (bytes: Uint8Array) => Uint8Array = (b) => b;
    const files: BlockFiles = {
      ...nodeFiles,
      async read(path) {
        const bytes = Uint8Array.from(await nodeFiles.read(path));
        seen.push(bytes);
        return damage(bytes);
      },
    };
    start(64 * MIB, { files });
    let partition = 0;
    const tries: ((b: Uint8Array) => Uint8Array)[] = [
      (b) => b.subarray(0, b.length - 1),
      (b) => b.subarray(0, 5),
      () => new Uint8Array(0),
      (b) => Uint8Array.of(...b, 0),
      ...[0, 4, 7, 8, 12, 20, 1000, -3].map((at) => (b: Uint8Array) => {
        b[at < 0 ? b.length + at : at]! ^= 0x40;
        return b;
      }),
    ];
    for (const t of tries) {
      damage = (b) => b;
      await put(1, ++partition, StorageLevel.DISK_ONLY, 500);
      damage = t;
      expect(await read(1, partition), String(t)).toBeUndefined();
      expect(log.at(-1)).toBe(`dropped rdd_1_${partition} damaged`);
    }
    expect(seen).toHaveLength(tries.length);
  });

  it('sweeps what a killed process left, and nothing else', async () => {
    // Above the largest pid that Linux gives.
    for (const name of [
      'memoframe-blocks-4999999-abc',
      `memoframe-blocks-${process.ppid}-abc`,
      'memoframe-blocks-x',
      'other',
    ])
      mkdirSync(join(directory, name, '00'), { recursive: true });
    start(64 * MIB);
    await put(1, 0, StorageLevel.DISK_ONLY, 5);
    const left = readdirSync(directory);
    expect(left).toHaveLength(4);
    expect(left).not.toContain('memoframe-blocks-4999999-abc');
    expect(left.some((n) => n.startsWith(`memoframe-blocks-${process.pid}-`))).toBe(true);
  });

  it('E11: files lie in hashed sub-directories under names of blocks', async () => {
    start(64 * MIB);
    for (let p = 0; p < 20; p++) await put(1, p, StorageLevel.DISK_ONLY, 5);
    expect(files().filter((f) => /^rdd_1_\d+\.\d+$/.test(f))).toHaveLength(20);
    const roots = readdirSync(directory);
    expect(roots).toHaveLength(1);
    expect(readdirSync(join(directory, roots[0]!)).length).toBeGreaterThan(1);
  });
});

describe('memory limits', () => {
  it("follow Spark's formula", () => {
    start(MIB);
    expect(memoryLimits({ executorMemory: 512 * MIB }).onHeap).toBe(133_378_867);
    expect(bytesToString(memoryLimits({ executorMemory: 1024 * MIB }).onHeap)).toBe('434.4 MiB');
    expect(() => memoryLimits({ executorMemory: 449 * MIB })).toThrow(
      expect.objectContaining({ condition: 'INVALID_EXECUTOR_MEMORY', sqlState: 'F0000' }),
    );
  });

  it('block names round-trip', () => {
    start(MIB);
    expect(parseBlockName(blockName({ rddId: 12, partition: 3 }))).toEqual({ rddId: 12, partition: 3 });
    expect(parseBlockName('broadcast_1')).toBeUndefined();
  });
});
