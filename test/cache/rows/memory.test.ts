import { describe, expect, it } from 'vitest';
import { type CacheEvent, type DataFrame, type SparkSession, StorageLevel } from '../../../src/index.js';
import { memoryLimits } from '../../../src/storage/block/unified-memory.js';
import { SharedInMemoryCache, weightOf } from '../../../src/storage/files/file-status-cache.js';
import { Rows } from './support.js';

const app = new Rows();
const { MEMORY_ONLY, MEMORY_AND_DISK, OFF_HEAP } = StorageLevel;

/** Rows of a block, which neither narrowing nor compression makes smaller: a little over 8 bytes each. */
const ROWS = 4000;
const BLOCK = ROWS * 8 + 1200;
const frame = (spark: SparkSession, seed: number, blocks: number): DataFrame =>
  spark.range(0, ROWS * blocks, 1, blocks).selectExpr(`xxhash64(id, ${seed}) AS h`);

/** Runs with an application whose blocks may take so many bytes of memory, and what happens on its bus. */
async function small(
  bytes: number,
  body: (spark: SparkSession, events: CacheEvent[]) => Promise<void>,
  confs: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  const spark = await app.create({
    'spark.testing.memory': bytes,
    'spark.testing.reservedMemory': 0,
    'spark.memory.fraction': 1,
    'spark.memory.storageFraction': 1,
    ...confs,
  });
  try {
    const events: CacheEvent[] = [];
    spark.sharedState.bus.subscribe((e) => events.push(e));
    await body(spark, events);
  } finally {
    await spark.stop();
  }
}
/** Cached partitions by entry name. */
const cached = (spark: SparkSession) =>
  Object.fromEntries(spark.catalog.cacheEntries().map((e) => [e.name, e.cachedPartitions]));
const fill = (df: DataFrame, name: string, level = MEMORY_ONLY) => df.persist({ name, level }).count();

describe('eviction', () => {
  it('E01 the least recently used block goes first', async () => {
    await small(BLOCK * 3.5, async (spark) => {
      const [a, b, c, d] = [1, 2, 3, 4].map((seed) => frame(spark, seed, 1)) as [
        DataFrame,
        DataFrame,
        DataFrame,
        DataFrame,
      ];
      await fill(a, 'a');
      await fill(b, 'b');
      await fill(c, 'c');
      await a.selectExpr('max(h)').collect();
      await fill(d, 'd');
      expect(cached(spark)).toEqual({ a: 1, b: 0, c: 1, d: 1 });
    });
  });

  it('E02 a frame never evicts its own blocks: the first stay, the later ones are not stored', async () => {
    await small(BLOCK * 2.5, async (spark, events) => {
      const df = frame(spark, 1, 4);
      expect(await fill(df, 'a')).toBe(ROWS * 4);
      expect(await df.selectExpr('max(h)').count()).toBe(1);
      expect(cached(spark)).toEqual({ a: 2 });
      expect(events.filter((e) => e.type === 'evicted')).toEqual([]);
    });
  });

  it('E03 blocks that are being read are passed over', async () => {
    await small(BLOCK * 1.5, async (spark) => {
      const a = frame(spark, 1, 1);
      await fill(a, 'a');
      const rows = a.select('h').toLocalIterator();
      await rows.next();
      const b = frame(spark, 2, 1);
      expect(await fill(b, 'b')).toBe(ROWS);
      expect(cached(spark)).toEqual({ a: 1, b: 0 });
      await rows.return?.(undefined);
      await b.count();
      expect(cached(spark)).toEqual({ a: 0, b: 1 });
    });
  });

  it('E04 where victims do not suffice nothing is dropped', async () => {
    await small(BLOCK * 3.5, async (spark) => {
      const a = frame(spark, 1, 1);
      await fill(a, 'a');
      await fill(frame(spark, 2, 1), 'b');
      const rows = a.select('h').toLocalIterator();
      await rows.next();
      // Three blocks in one: b alone does not make the room.
      const big = frame(spark, 3, 3).coalesce(1);
      expect(await fill(big, 'big')).toBe(ROWS * 3);
      expect(cached(spark)).toEqual({ a: 1, b: 1, big: 0 });
      await rows.return?.(undefined);
    });
  });

  it('E05 a block larger than all memory evicts nothing, and its rows still arrive', async () => {
    await small(BLOCK * 2.5, async (spark, events) => {
      await fill(frame(spark, 1, 1), 'a');
      const big = frame(spark, 2, 4).coalesce(1);
      expect([await fill(big, 'big'), cached(spark)]).toEqual([ROWS * 4, { a: 1, big: 0 }]);
      expect(events.some((e) => e.type === 'evicted')).toBe(false);
    });
  });

  it('E06 memory on the heap and off it do not take from each other', async () => {
    const confs = { 'spark.memory.offHeap.enabled': 'true', 'spark.memory.offHeap.size': Math.round(BLOCK * 2.5) };
    await small(
      BLOCK * 2.5,
      async (spark) => {
        await fill(frame(spark, 1, 2), 'off', OFF_HEAP);
        await fill(frame(spark, 2, 2), 'on');
        await fill(frame(spark, 3, 2), 'on2');
        const held = Object.fromEntries(
          spark.catalog.cacheEntries().map((e) => [e.name, [e.cachedPartitions, e.diskBytes]]),
        );
        expect(held).toEqual({ off: [2, 0], on: [0, 0], on2: [2, 0] });
      },
      confs,
    );
  });

  it('E07 a second frame of equal size takes the first one’s place: memory only is lost, with disk it is spilled', async () => {
    await small(BLOCK * 9.5, async (spark) => {
      const first = frame(spark, 1, 8);
      const sum = () => first.selectExpr('sum(h % 1000003)').collectArrays();
      await fill(first, 'first');
      const before = await sum();
      await fill(frame(spark, 2, 8), 'second');
      expect(cached(spark)).toEqual({ first: 1, second: 8 });
      expect(await sum()).toEqual(before);
    });
    await small(BLOCK * 9.5, async (spark) => {
      await fill(frame(spark, 1, 8), 'first', MEMORY_AND_DISK);
      await fill(frame(spark, 2, 8), 'second', MEMORY_AND_DISK);
      const [, first] = spark.catalog.cacheEntries();
      expect([cached(spark), (first?.diskBytes ?? 0) > BLOCK * 6]).toEqual([{ first: 8, second: 8 }, true]);
    });
  });

  it('E08 what does not fit is said, and computed or read from disk: the result is right', async () => {
    await small(BLOCK / 2, async (spark, events) => {
      const df = frame(spark, 1, 2);
      expect([await fill(df, 'a'), cached(spark)]).toEqual([ROWS * 2, { a: 0 }]);
      const warned = events.filter((e) => e.type === 'warning').map((e) => (e as { message: string }).message);
      expect(
        warned.some((m) => /^Not enough space to cache rdd_\d+_0 in memory! \(computed .* so far\)$/.test(m)),
      ).toBe(true);
      const disk = frame(spark, 2, 2);
      await fill(disk, 'b', MEMORY_AND_DISK);
      expect([cached(spark)['b'], await disk.count()]).toEqual([2, ROWS * 2]);
    });
  });

  it('E10 a block of a memory level that is read from disk goes back to memory', async () => {
    await small(BLOCK * 2.5, async (spark, events) => {
      const [a, b] = [frame(spark, 1, 2), frame(spark, 2, 2)];
      await fill(a, 'a', MEMORY_AND_DISK);
      await fill(b, 'b', MEMORY_AND_DISK);
      b.unpersist();
      const reads = async () => {
        events.length = 0;
        await a.selectExpr('max(h)').collect();
        return events.filter((e) => e.type === 'readBack' && e.inMemory).length;
      };
      expect([(await reads()) > 0, await reads()]).toEqual([true, 0]);
    });
  });

  it('E13 listings of files are kept under a bound by weight, for each client; the first eviction is said once', () => {
    const files = (directory: string) =>
      Array.from({ length: 10 }, (_, i) => ({ path: `${directory}/f${i}`, size: 2, mtimeMs: 0 }));
    const one = weightOf('/d/1', files('/d/1'));
    const warnings: string[] = [];
    const cache = new SharedInMemoryCache({
      maxSizeInBytes: 2 * one + 10,
      ttlMs: undefined,
      warn: (m) => warnings.push(m),
    });
    const [a, b] = [cache.createForNewClient(), cache.createForNewClient()];
    for (const d of ['/d/1', '/d/2', '/d/3', '/d/4']) a.putLeafFiles(d, files(d));
    expect([a.getLeafFiles('/d/1'), a.getLeafFiles('/d/4')?.length]).toEqual([undefined, 10]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/spark\.sql\.hive\.filesourcePartitionFileCacheSize/);
    expect(warnings[0]).toMatch(/may impact query planning performance/);
    b.putLeafFiles('/d/4', files('/d/4'));
    a.invalidateAll();
    expect([a.getLeafFiles('/d/4'), b.getLeafFiles('/d/4')?.length]).toEqual([undefined, 10]);
    expect(app.spark.conf.get('spark.sql.hive.filesourcePartitionFileCacheSize')).toMatch(/^262144000b?$/);
  });
});

describe('memory confs', () => {
  const MIB = 1 << 20;
  it('M01 300 MiB are reserved: less than 450 MiB is refused', async () => {
    const tiny = await app.create({ 'spark.executor.memory': '400m' });
    const count = async () => tiny.range(3).cache().count();
    await expect(count()).rejects.toMatchObject({
      condition: expect.stringMatching(/^INVALID_(DRIVER|EXECUTOR)_MEMORY$/),
    });
    await tiny.stop();
    expect(() => memoryLimits({ executorMemory: 449 * MIB })).toThrow(/INVALID_EXECUTOR_MEMORY/);
  });

  it('M02 spark.memory.fraction: (heap − 300 MiB) × 0.6', () => {
    expect(memoryLimits({ executorMemory: 512 * MIB }).onHeap).toBe(133_378_867);
    expect((memoryLimits({ executorMemory: 1024 * MIB }).onHeap / MIB).toFixed(1)).toBe('434.4');
    expect(app.spark.conf.get('spark.memory.fraction')).toBe('0.6');
    expect(() => app.spark.conf.set('spark.memory.fraction', 0.5)).toThrow(/CANNOT_MODIFY_CONFIG/);
  });

  it('M03 spark.memory.storageFraction: half of it is safe from execution', () => {
    expect(memoryLimits({ executorMemory: 512 * MIB }).storageFraction).toBe(0.5);
    expect(app.spark.conf.get('spark.memory.storageFraction')).toBe('0.5');
  });

  it('M04 OFF_HEAP has memory only with spark.memory.offHeap.enabled and .size', async () => {
    expect(app.spark.conf.get('spark.memory.offHeap.enabled')).toBe('false');
    expect(app.spark.conf.get('spark.memory.offHeap.size')).toBe('0');
    await fill(frame(app.spark, 1, 1), 'off', OFF_HEAP);
    const [entry] = app.spark.catalog.cacheEntries();
    expect([entry?.memoryBytes, (entry?.diskBytes ?? 0) > 0]).toEqual([0, true]);
  });

  it('M05 the other keys are accepted when the session starts', async () => {
    const confs = {
      'spark.storage.unrollMemoryThreshold': '1048576',
      'spark.storage.memoryMapThreshold': '2m',
      'spark.diskStore.subDirectories': '64',
      'spark.rdd.compress': 'false',
      'spark.io.compression.codec': 'lz4',
      'spark.storage.replication.proactive': 'true',
      'spark.storage.maxReplicationFailures': '1',
      'spark.cleaner.periodicGC.interval': '30min',
      'spark.storage.exceptionOnPinLeak': 'false',
    };
    const spark = await app.create(confs);
    for (const [key, value] of Object.entries(confs)) expect([key, spark.conf.get(key)]).toEqual([key, value]);
    await spark.stop();
  });

  it('M06 the SQL keys have their defaults', () => {
    const defaults = [
      ['spark.sql.hive.filesourcePartitionFileCacheSize', /^262144000b?$/],
      ['spark.sql.metadataCacheTTLSeconds', /^-1/],
      ['spark.sql.files.maxPartitionBytes', /^(134217728b|128MB)$/],
      ['spark.sql.files.openCostInBytes', /^(4194304b|4MB)$/],
    ] as const;
    for (const [key, value] of defaults) expect(app.spark.conf.get(key)).toMatch(value);
    expect(app.spark.newSession().conf.get('spark.sql.autoBroadcastJoinThreshold')).toBe('10485760b');
  });

  it('M07 files are cut by maxPartitionBytes, and a cached scan has as many partitions', async () => {
    const count = () => {
      const df = app.spark.read.parquet(`${app.folder}/cut`);
      df.cache();
      const [[, all] = [0, 0]] = app.partitions();
      df.unpersist();
      return all;
    };
    await frame(app.spark, 1, 1).coalesce(1).write.mode('overwrite').parquet(`${app.folder}/cut`);
    const whole = await app.with({ 'spark.sql.files.minPartitionNum': 1 }, count);
    const cut = await app.with(
      { 'spark.sql.files.minPartitionNum': 1, 'spark.sql.files.maxPartitionBytes': '10k' },
      count,
    );
    expect([whole, cut > 1]).toEqual([1, true]);
  });

  it('M08 what nobody knows the size of counts as spark.sql.defaultSizeInBytes, 8 EiB', () => {
    const df = app.spark.createDataFrame([[1], [2]], 'a INT');
    expect(df.explainString('cost')).toMatch(/Statistics\(sizeInBytes=8\.0 EiB\)/);
  });
});

describe('storage levels', () => {
  it.each([
    ['L01', 'NONE', false, false, false, false, 1, 'Serialized 1x Replicated'],
    ['L02', 'DISK_ONLY', true, false, false, false, 1, 'Disk Serialized 1x Replicated'],
    ['L02', 'DISK_ONLY_2', true, false, false, false, 2, 'Disk Serialized 2x Replicated'],
    ['L02', 'DISK_ONLY_3', true, false, false, false, 3, 'Disk Serialized 3x Replicated'],
    ['L03', 'MEMORY_ONLY', false, true, false, true, 1, 'Memory Deserialized 1x Replicated'],
    ['L03', 'MEMORY_ONLY_2', false, true, false, true, 2, 'Memory Deserialized 2x Replicated'],
    ['L04', 'MEMORY_ONLY_SER', false, true, false, false, 1, 'Memory Serialized 1x Replicated'],
    ['L04', 'MEMORY_ONLY_SER_2', false, true, false, false, 2, 'Memory Serialized 2x Replicated'],
    ['L05', 'MEMORY_AND_DISK', true, true, false, true, 1, 'Disk Memory Deserialized 1x Replicated'],
    ['L05', 'MEMORY_AND_DISK_2', true, true, false, true, 2, 'Disk Memory Deserialized 2x Replicated'],
    ['L06', 'MEMORY_AND_DISK_SER', true, true, false, false, 1, 'Disk Memory Serialized 1x Replicated'],
    ['L06', 'MEMORY_AND_DISK_SER_2', true, true, false, false, 2, 'Disk Memory Serialized 2x Replicated'],
    ['L07', 'OFF_HEAP', true, true, true, false, 1, 'Disk Memory (off heap) Serialized 1x Replicated'],
  ] as const)('%s %s', (_, name, disk, memory, offHeap, deserialized, replication, description) => {
    const level = StorageLevel.fromString(name);
    const { useDisk, useMemory, useOffHeap } = level;
    expect([useDisk, useMemory, useOffHeap, level.deserialized, level.replication]).toEqual([
      disk,
      memory,
      offHeap,
      deserialized,
      replication,
    ]);
    if (name !== 'OFF_HEAP') expect(level.description).toBe(description);
    else expect(level.description).toMatch(/^Disk Memory .*[Oo]ff.?[Hh]eap.* Serialized 1x Replicated$/);
    if (name === 'NONE') return;
    const df = app.spark.range(5);
    df.persist(level);
    expect([df.storageLevel.description, app.entries()[0]?.level]).toEqual([level.description, level.toString()]);
  });
});
