import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CacheEvent, type DataFrame, SparkSession, StorageLevel } from '../../src/index.js';

let spark: SparkSession;
let folder: string;
let events: CacheEvent[];

async function start(confs: Record<string, string | number | boolean> = {}, master = 'local[1]'): Promise<void> {
  const builder = SparkSession.builder.master(master).config('spark.local.dir', folder);
  for (const [key, value] of Object.entries(confs)) builder.config(key, value);
  spark = await builder.create();
  events = [];
  spark.sharedState.bus.subscribe((e) => events.push(e));
}
/** A session whose blocks may take so many bytes in memory. */
const startSmall = (bytes: number, confs: Record<string, string | number | boolean> = {}, master?: string) =>
  start(
    {
      'spark.testing.memory': bytes,
      'spark.testing.reservedMemory': 0,
      'spark.memory.fraction': 1,
      'spark.memory.storageFraction': 1,
      ...confs,
    },
    master,
  );
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'levels-'));
});
afterEach(async () => {
  await spark.stop();
  // What the session wrote is gone.
  if (existsSync(folder)) expect(files()).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});

const PARTITIONS = 2;
const ROWS = 8000;
/** Rows that neither narrowing nor compression makes smaller: a block takes a little over 8 bytes a row. */
const frame = (seed: number, rows = ROWS): DataFrame =>
  spark.range(0, rows, 1, PARTITIONS).selectExpr(`xxhash64(id, ${seed}) AS h`, `id % 10 AS g`);
const BLOCK = (ROWS / PARTITIONS) * 9.5;
const sumOf = async (df: DataFrame) => {
  const [row] = await df.selectExpr('sum(h % 1000003) AS s', 'count(*) AS n', 'sum(g) AS g').collect();
  return { ...row };
};
const drop = async (df: DataFrame) => {
  df.unpersist();
  await spark.sharedState.engine.removalsDone();
};
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .map((f) => join(f.parentPath, f.name));
const entry = (i = 0) => spark.catalog.cacheEntries()[i]!;
const count = (type: CacheEvent['type']) => events.filter((e) => e.type === type).length;
const warnings = () => events.flatMap((e) => (e.type === 'warning' ? [e.message] : []));

describe('storage levels', () => {
  it('NONE caches nothing', async () => {
    await start();
    const df = frame(1).persist('NONE');
    expect(await sumOf(df)).toEqual(await sumOf(frame(1)));
    expect([spark.catalog.cacheEntries(), events]).toEqual([[], []]);
  });

  it.each(StorageLevel.names.slice(1))('%s keeps the rows where it says', async (name) => {
    await start();
    const level = StorageLevel.fromString(name);
    const expected = await sumOf(frame(1));
    const df = frame(1).persist(level);
    for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
    const onDisk = level.useDisk && (!level.useMemory || level.useOffHeap);
    const inMemory = level.useMemory && !level.useOffHeap;
    expect(entry()).toMatchObject({ cachedPartitions: PARTITIONS, level: String(level) });
    expect([entry().memoryBytes > 0, entry().diskBytes > 0]).toEqual([inMemory, onDisk]);
    expect(files()).toHaveLength(onDisk ? PARTITIONS : 0);
    expect(count('materialized')).toBe(PARTITIONS);
    await drop(df);
    expect(files()).toEqual([]);
  });

  it('OFF_HEAP takes off-heap memory where there is some', async () => {
    await start({ 'spark.memory.offHeap.enabled': true, 'spark.memory.offHeap.size': '1m' });
    await sumOf(frame(1).persist('OFF_HEAP'));
    expect([entry().memoryBytes > 0, entry().diskBytes, spark.executors[0]!.memoryUsed]).toEqual([
      true,
      0,
      entry().memoryBytes,
    ]);
  });

  it('serialized lineitem takes less than half of the memory', async () => {
    await start();
    const lineitem = spark.read.parquet(join(import.meta.dirname, '../tpch/sf0.01/lineitem.parquet'));
    const sizes: number[] = [];
    for (const level of ['MEMORY_ONLY', 'MEMORY_ONLY_SER']) {
      lineitem.persist(level);
      await lineitem.count();
      sizes.push(entry().memoryBytes);
      await drop(lineitem);
    }
    const ratio = sizes[0]! / sizes[1]!;
    console.log(`lineitem: ${sizes[0]} bytes deserialized, ${sizes[1]} serialized: ${ratio.toFixed(2)} times smaller`);
    expect(ratio).toBeGreaterThan(2);
    expect(ratio).toBeLessThan(4);
  });

  it('a replicated level warns once for each block where there is no peer', async () => {
    await start();
    const df = frame(1).persist('MEMORY_AND_DISK_2');
    await sumOf(df);
    await sumOf(df);
    const told = warnings().map((w) => w.replace(/rdd_\d+/, 'rdd'));
    expect(told.sort()).toEqual([
      'Block rdd_0 replicated to only 0 peer(s) instead of 1 peers',
      'Block rdd_1 replicated to only 0 peer(s) instead of 1 peers',
    ]);
  });

  it('custom levels work, and are refused, as in Spark', async () => {
    await start();
    const expected = await sumOf(frame(1));
    const diskDeserialized = frame(1).persist(new StorageLevel(true, false, false, true));
    expect(await sumOf(diskDeserialized)).toEqual(expected);
    expect(entry()).toMatchObject({ level: 'StorageLevel(disk, deserialized, 1 replicas)', memoryBytes: 0 });
    await drop(diskDeserialized);
    for (const nowhere of [
      new StorageLevel(true, true, false, false, 0),
      new StorageLevel(false, false, true, false),
    ]) {
      const df = frame(2).persist(nowhere);
      await expect(df.count()).rejects.toMatchObject({ condition: 'java.lang.IllegalArgumentException' });
      await drop(df);
    }
    expect(() => frame(3).persist('FOO')).toThrow('Invalid StorageLevel: FOO');
    frame(3).createOrReplaceTempView('v');
    expect(() => spark.sql("CACHE TABLE v OPTIONS ('storageLevel' = 'FOO')")).toThrow('Invalid StorageLevel: FOO');
    await spark.sql("CACHE TABLE v OPTIONS ('storageLevel' = 'disk_only')").collect();
    expect(entry().level).toBe('StorageLevel(disk, 1 replicas)');
  });

  it('nothing can be cached after stop', async () => {
    await start();
    const df = frame(1);
    await spark.stop();
    const stopped = { condition: 'java.lang.IllegalStateException' };
    expect(() => df.cache()).toThrow(expect.objectContaining(stopped));
    await expect(df.count()).rejects.toMatchObject(stopped);
    expect(files()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('too little memory', () => {
  it.each(['MEMORY_ONLY', 'MEMORY_ONLY_SER'])('%s: what is evicted is computed again', async (level) => {
    await startSmall(3 * BLOCK);
    const expected = await sumOf(frame(1));
    const a = frame(1).persist(level);
    expect(await sumOf(a)).toEqual(expected);
    await sumOf(frame(2).persist(level));
    expect(count('evicted')).toBeGreaterThan(0);
    expect([count('spilled'), entry(0).diskBytes, files()]).toEqual([0, 0, []]);
    const before = count('materialized');
    expect(await sumOf(a)).toEqual(expected);
    expect(count('materialized')).toBeGreaterThan(before);
  });

  it.each(['MEMORY_AND_DISK', 'MEMORY_AND_DISK_SER'])('%s: what is evicted is read back from disk', async (level) => {
    await startSmall(3 * BLOCK);
    const expected = await sumOf(frame(1));
    const a = frame(1).persist(level);
    await sumOf(a);
    await sumOf(frame(2).persist(level));
    expect(count('spilled')).toBe(count('evicted'));
    expect(count('spilled')).toBeGreaterThan(0);
    const before = count('materialized');
    expect(await sumOf(a)).toEqual(expected);
    expect(count('readBack')).toBeGreaterThan(0);
    expect(count('materialized')).toBe(before);
  });

  it('OFF_HEAP: what is evicted is read back from disk', async () => {
    await start({ 'spark.memory.offHeap.enabled': true, 'spark.memory.offHeap.size': Math.round(3 * BLOCK) });
    const expected = await sumOf(frame(1));
    const a = frame(1).persist('OFF_HEAP');
    await sumOf(a);
    await sumOf(frame(2).persist('OFF_HEAP'));
    expect(count('spilled')).toBeGreaterThan(0);
    const before = count('materialized');
    expect(await sumOf(a)).toEqual(expected);
    expect(count('materialized')).toBe(before);
  });

  it('DISK_ONLY needs no memory and is never evicted', async () => {
    await startSmall(3 * BLOCK);
    const expected = await sumOf(frame(1));
    const a = frame(1).persist('DISK_ONLY');
    await sumOf(a);
    await sumOf(frame(2).persist('MEMORY_ONLY'));
    expect([count('evicted'), spark.executors[0]!.memoryUsed > 0]).toEqual([0, true]);
    expect(await sumOf(a)).toEqual(expected);
    expect(count('materialized')).toBe(2 * PARTITIONS);
  });

  it('the least recently used frame goes first', async () => {
    await startSmall(5 * BLOCK);
    const named = (name: string, seed: number) => frame(seed).persist({ level: 'MEMORY_ONLY', name });
    const [a, b] = [named('a', 1), named('b', 2)];
    await sumOf(a);
    await sumOf(b);
    await sumOf(a);
    await sumOf(named('c', 3));
    const stored = spark.catalog.cacheEntries().map((e) => [e.name, e.cachedPartitions]);
    expect(Object.fromEntries(stored)).toEqual({ a: PARTITIONS, b: PARTITIONS - 1, c: PARTITIONS });
  });

  it('a frame never evicts its own blocks; what does not fit is said, and computed at each use', async () => {
    await startSmall(1.5 * BLOCK);
    const expected = await sumOf(frame(1));
    const df = frame(1).persist('MEMORY_ONLY');
    for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
    expect([entry().cachedPartitions, count('evicted')]).toEqual([1, 0]);
    const told = warnings();
    expect(told.filter((w) => /^Not enough space to cache rdd_\d+_1 in memory!/.test(w))).toEqual(told);
    expect(told.length).toBeGreaterThan(1);
  });

  it.each(['MEMORY_ONLY', 'MEMORY_ONLY_SER', 'MEMORY_AND_DISK', 'OFF_HEAP'])(
    '%s: less memory than one batch costs time, not rows',
    async (level) => {
      await startSmall(100);
      const expected = await sumOf(frame(1));
      const df = frame(1).persist(level);
      for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
      const disk = StorageLevel.fromString(level).useDisk;
      expect(entry()).toMatchObject({ memoryBytes: 0, cachedPartitions: disk ? PARTITIONS : 0 });
    },
  );

  it("follows Spark's fractions", async () => {
    await start({ 'spark.executor.memory': '1g', 'spark.memory.fraction': 0.6 });
    expect(spark.executors).toMatchObject([{ id: 'driver', cores: 1, maxMemory: 455_501_414 }]);
    await spark.stop();
    await start({ 'spark.executor.memory': '400m' });
    expect(() => spark.executors).toThrow(expect.objectContaining({ condition: 'INVALID_EXECUTOR_MEMORY' }));
  });
});

describe('disk blocks', () => {
  it('are Arrow files with the names of the columns', async () => {
    await start();
    await sumOf(frame(1).persist('DISK_ONLY'));
    const tables = files().map((f) => tableFromIPC(readFileSync(f)));
    expect(tables.map((t) => t.schema.fields.map((f) => `${f.name} ${f.type}`))).toEqual(
      tables.map(() => ['h Int64', 'g Int64']),
    );
    expect(tables.reduce((n, t) => n + t.numRows, 0)).toBe(ROWS);
  });

  const damage: readonly (readonly [string, (file: string) => void])[] = [
    ['a flipped byte', (f) => writeFileSync(f, readFileSync(f).fill(0x55, 5000, 5001).fill(0xaa, 5001, 5002))],
    ['a cut file', (f) => truncateSync(f, 3000)],
    ['an empty file', (f) => truncateSync(f, 0)],
    ['a deleted file', (f) => rmSync(f)],
  ];
  it.each(damage)('%s: the block is computed again, with one warning', async (_, harm) => {
    await start();
    const expected = await sumOf(frame(1));
    const df = frame(1).persist('DISK_ONLY');
    await sumOf(df);
    harm(files()[0]!);
    for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
    expect(warnings()).toEqual([expect.stringMatching(/^Block rdd_\d+_\d cannot be read: /)]);
    expect([count('materialized'), entry().cachedPartitions]).toEqual([PARTITIONS + 1, PARTITIONS]);
  });

  it.each(['DISK_ONLY', 'MEMORY_AND_DISK'])(
    '%s: a folder that cannot be written costs time, not rows',
    async (level) => {
      // A file in the folder's place: refused to root, too.
      const blocked = join(folder, 'file');
      writeFileSync(blocked, '');
      await startSmall(1.5 * BLOCK, { 'spark.local.dir': blocked });
      const expected = await sumOf(frame(1));
      const df = frame(1).persist(level);
      for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
      expect(entry()).toMatchObject({ diskBytes: 0, cachedPartitions: level === 'DISK_ONLY' ? 0 : 1 });
      expect(warnings().some((w) => /^Failed to write block rdd_\d+_\d to disk: /.test(w))).toBe(true);
      rmSync(blocked);
      mkdirSync(blocked);
      expect(await sumOf(df)).toEqual(expected);
      expect(entry().cachedPartitions).toBe(PARTITIONS);
    },
  );

  it('are gone after stop, and so is their folder', async () => {
    await start();
    await sumOf(frame(1).persist('DISK_ONLY'));
    expect(files()).toHaveLength(PARTITIONS);
    await spark.stop();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('several executors', () => {
  it('share the blocks: each keeps some within its own memory', async () => {
    await start({}, 'local-cluster[2,1,512]');
    expect(spark.executors.map((e) => [e.id, e.cores, e.maxMemory, e.memoryUsed])).toEqual([
      ['0', 1, 133_378_867, 0],
      ['1', 1, 133_378_867, 0],
    ]);
    await sumOf(frame(1).persist('MEMORY_ONLY'));
    expect(spark.executors.every((e) => e.memoryUsed > 0)).toBe(true);
    expect(warnings()).toEqual([]);
  });

  it.each(['MEMORY_ONLY_2', 'MEMORY_ONLY_SER_2', 'DISK_ONLY_2', 'MEMORY_AND_DISK_2'])(
    '%s survives the death of an executor',
    async (level) => {
      await start({}, 'local-cluster[2,1,512]');
      const expected = await sumOf(frame(1));
      const df = frame(1).persist(level);
      await sumOf(df);
      expect(entry().cachedPartitions).toBe(PARTITIONS);
      expect(await spark.killExecutor('0')).toBe(true);
      expect(spark.executors.map((e) => e.id)).toEqual(['1']);
      expect(await sumOf(df)).toEqual(expected);
      expect([count('materialized'), entry().cachedPartitions]).toEqual([PARTITIONS, PARTITIONS]);
    },
  );

  it('a level without copies loses its blocks with the executor, and they are computed again', async () => {
    await start({}, 'local-cluster[2,1,512]');
    const expected = await sumOf(frame(1));
    const df = frame(1).persist('MEMORY_ONLY');
    await sumOf(df);
    await spark.killExecutor('1');
    expect(entry().cachedPartitions).toBe(PARTITIONS - 1);
    expect(await sumOf(df)).toEqual(expected);
    expect([count('materialized'), entry().cachedPartitions]).toEqual([PARTITIONS + 1, PARTITIONS]);
  });

  it('a lost copy is made again where there is another peer', async () => {
    await start({}, 'local-cluster[3,1,512]');
    const df = frame(1).persist('MEMORY_ONLY_2');
    await sumOf(df);
    const bytes = entry().memoryBytes;
    for (const id of ['0', '1']) {
      await spark.killExecutor(id);
      if (id === '0') expect(entry().memoryBytes).toBe(bytes);
    }
    expect(entry()).toMatchObject({ cachedPartitions: PARTITIONS, memoryBytes: bytes / 2 });
    await sumOf(df);
    expect(count('materialized')).toBe(PARTITIONS);
  });

  it('DISK_ONLY_3 keeps three copies', async () => {
    await start({}, 'local-cluster[3,1,512]');
    await sumOf(frame(1).persist('DISK_ONLY_3'));
    expect(files()).toHaveLength(3 * PARTITIONS);
    expect(entry().cachedPartitions).toBe(PARTITIONS);
  });

  it('a damaged block is read from its copy', async () => {
    await start({}, 'local-cluster[2,1,512]');
    const expected = await sumOf(frame(1));
    const df = frame(1).persist('DISK_ONLY_2');
    await sumOf(df);
    truncateSync(files()[0]!, 100);
    for (let i = 0; i < 2; i++) expect(await sumOf(df)).toEqual(expected);
    expect(count('materialized')).toBe(PARTITIONS);
  });

  it('a query under way runs on when an executor dies, and the last executor is replaced', async () => {
    await start({}, 'local-cluster[2,1,512]');
    const slow = () => spark.range(0, 3_000_000, 1, 8).selectExpr('sum(xxhash64(id) % 1000) AS s').collect();
    const [expected] = await slow();
    for (const id of ['0', '1']) {
      const running = slow();
      await new Promise((resolve) => setTimeout(resolve, 10));
      await spark.killExecutor(id);
      expect(await running).toEqual([expected]);
    }
    expect(spark.executors.map((e) => e.id)).toEqual(['2']);
    expect(await slow()).toEqual([expected]);
    expect(await spark.killExecutor('7')).toBe(false);
  });

  it('refuses other masters, and executors larger than their workers', async () => {
    const session = async (master: string, confs: Record<string, string> = {}) => {
      await start(confs, master);
      try {
        return spark.executors;
      } finally {
        await spark.stop();
      }
    };
    for (const master of ['yarn', 'local-cluster[2,1]', 'local-cluster[0,1,512]', 'spark://host:7077'])
      await expect(session(master)).rejects.toMatchObject({ condition: 'UNSUPPORTED_FEATURE' });
    await expect(session('local-cluster[2,1,512]', { 'spark.executor.memory': '1g' })).rejects.toMatchObject({
      condition: 'org.apache.spark.SparkException',
    });
    await expect(session('local-cluster[2,1,300]')).rejects.toMatchObject({ condition: 'INVALID_EXECUTOR_MEMORY' });
    expect(await session('local-cluster[ 1 , 1 , 512 ]')).toHaveLength(1);
    await start();
    expect(await spark.killExecutor('driver')).toBe(false);
  });
});
