import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFrame, SparkSession } from '../../src/index.js';

let spark: SparkSession;
let folder: string;
let t: DataFrame;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'entries-'));
  spark = await SparkSession.builder
    .master('local[2]')
    .config('spark.sql.warehouse.dir', join(folder, 'warehouse'))
    .create();
  await spark.range(0, 1000).selectExpr('id', 'id % 7 AS k').repartition(4).write.parquet(join(folder, 't'));
  t = spark.read.parquet(join(folder, 't'));
  t.createOrReplaceTempView('t');
});
afterEach(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

const entries = () => spark.catalog.cacheEntries();
/** The one entry. */
const entry = () => {
  const [only, ...others] = entries();
  expect(others).toEqual([]);
  return only!;
};

describe('spark.catalog.cacheEntries()', () => {
  it('is empty while nothing is cached, and tells of an entry before it is filled', async () => {
    expect(entries()).toEqual([]);
    const before = Date.now();
    t.filter('k > 2').persist({ name: 'big k' });
    expect(entry()).toMatchObject({
      name: 'big k',
      level: 'StorageLevel(disk, memory, deserialized, 1 replicas)',
      plan: `Filter (k > CAST(2 AS BIGINT)) ← parquet ${join(folder, 't')}`,
      loaded: false,
      partitions: 2,
      cachedPartitions: 0,
      memoryBytes: 0,
      diskBytes: 0,
      rows: undefined,
      hits: 0,
      misses: 0,
      lastHitAt: undefined,
      expiresInMs: undefined,
      persistent: false,
      stale: undefined,
      recached: 0,
      advice: [],
    });
    expect(entry().planTree).toMatch(/^Filter \(k#\d+L > cast\(2 as bigint\)\)\n\+- Relation/);
    expect(entry().createdAt.getTime()).toBeGreaterThanOrEqual(before);
    expect(entry().ageMs).toBeLessThan(10_000);
  });

  it('counts hits and misses as a script makes them', async () => {
    const cached = t.filter('k > 2').cache();
    expect(await cached.count()).toBe(571);
    expect([entry().hits, entry().misses]).toEqual([1, 0]);
    // The same plan, built anew.
    await spark.read.parquet(join(folder, 't')).filter('k > 2').collect();
    expect([entry().hits, entry().misses]).toEqual([2, 0]);
    expect(entry().lastHitAt).toBeInstanceOf(Date);
    // Over the same files, but another plan: these came near.
    await t.filter('k > 3').collect();
    await t.select('id').filter('id > 2').collect();
    expect([entry().hits, entry().misses]).toEqual([2, 2]);
    // Over other data: no miss of this entry.
    await spark.range(5).collect();
    expect([entry().hits, entry().misses]).toEqual([2, 2]);
    // Both sides of a join: two hits. One side only: a hit and, of the other side, a miss.
    await cached.join(cached.select('id'), 'id').collect();
    expect([entry().hits, entry().misses]).toEqual([4, 2]);
    await cached.join(t.select('id'), 'id').collect();
    expect([entry().hits, entry().misses]).toEqual([5, 3]);
    // What was missed before an entry was made is not its miss.
    t.select('k').cache();
    expect(entries().map((e) => e.misses)).toEqual([0, 3]);
  });

  it('does not take the count of CACHE TABLE for a hit', async () => {
    await spark.sql('CACHE TABLE t').collect();
    expect(entry()).toMatchObject({ name: 't', hits: 0, loaded: true, cachedPartitions: 2, rows: 1000 });
    await spark.sql('SELECT * FROM t').collect();
    expect(entry().hits).toBe(1);
  });

  it('keeps history and name when the data is made anew', async () => {
    await spark.sql('CREATE TABLE own USING parquet AS SELECT 1 AS a').collect();
    await spark.sql('CACHE TABLE own').collect();
    await spark.sql('SELECT * FROM own').collect();
    const { id } = entry();
    await spark.sql('INSERT INTO own VALUES (2)').collect();
    expect(entry()).toMatchObject({ name: 'own', hits: 1, recached: 1, loaded: false });
    expect(entry().id).not.toBe(id);
    expect(await spark.table('own').count()).toBe(2);
    expect(entry()).toMatchObject({ hits: 2, rows: 2, loaded: true });
  });

  it('tells bytes as the block store holds them, by level', async () => {
    for (const level of ['MEMORY_ONLY', 'MEMORY_ONLY_SER', 'DISK_ONLY', 'MEMORY_AND_DISK']) {
      const df = t.persist(level);
      await df.materialize();
      const e = entry();
      const storages = spark.sharedState.engine.storages().filter((s) => s.id === e.id);
      expect(storages).toHaveLength(1);
      expect([e.memoryBytes, e.diskBytes]).toEqual([storages[0]!.memoryBytes, storages[0]!.diskBytes]);
      expect(e.memoryBytes > 0).toBe(level !== 'DISK_ONLY');
      expect(e.diskBytes > 0).toBe(level === 'DISK_ONLY');
      expect(e.cachedPartitions).toBe(e.partitions);
      df.unpersist();
    }
    expect(entries()).toEqual([]);
    expect(spark.sharedState.engine.storages()).toEqual([]);
  });

  it('says which blocks are there after take', async () => {
    const df = spark.range(0, 800, 1, 8).selectExpr('id', 'id * 2 AS d').cache();
    await df.take(1);
    expect(entry()).toMatchObject({ partitions: 8, cachedPartitions: 1, loaded: false, rows: undefined });
    await df.count();
    expect(entry()).toMatchObject({ partitions: 8, cachedPartitions: 8, loaded: true, rows: 800 });
  });

  it('tells that files changed', async () => {
    await spark.sql('CACHE TABLE t').collect();
    expect(entry().stale).toBeUndefined();
    await spark.range(0, 3).selectExpr('id', 'id AS k').coalesce(1).write.parquet(join(folder, 'more'));
    const { copyFileSync, readdirSync } = await import('node:fs');
    const file = readdirSync(join(folder, 'more')).find((f) => f.endsWith('.parquet'))!;
    copyFileSync(join(folder, 'more', file), join(folder, 't', 'part-99999-other.parquet'));
    expect(entry().stale).toContain('part-99999-other.parquet is new');
    await spark.sql('REFRESH TABLE t').collect();
    expect(entry().stale).toBeUndefined();
  });

  it('is the same for all sessions of an application', () => {
    t.cache();
    expect(
      spark
        .newSession()
        .catalog.cacheEntries()
        .map((e) => e.id),
    ).toEqual([entry().id]);
  });

  it('shortens long plans', () => {
    let df = t;
    for (let i = 0; i < 30; i++) df = df.filter(`id > ${i}`);
    df.cache();
    expect(entry().plan).toHaveLength(160);
    expect(entry().plan.endsWith('…')).toBe(true);
  });
});
