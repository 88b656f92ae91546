import { copyFileSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CacheEvent, SparkSession } from '../../src/index.js';
import { clearFileMetadataCache, footerCacheSize, readFooter } from '../../src/storage/files/file-metadata-cache.js';
import { NO_STATUS_CACHE, SharedInMemoryCache, weightOf } from '../../src/storage/files/file-status-cache.js';
import type { DataFile } from '../../src/storage/files/listing.js';

const files = (directory: string, n: number, name = (i: number) => `f${i}`): DataFile[] =>
  Array.from({ length: n }, (_, i) => ({ path: `${directory}/${name(i + 1)}`, size: 2, mtimeMs: 0 }));

describe('weight', () => {
  // SizeEstimator of Spark 4.0.1, Java 17, for listings of so many files: key and array.
  it.each([
    ['/srv/a/b/data/s', 1, (i: number) => `f${i}`, 304 + 1064],
    ['/srv/a/b/data/s', 2, (i: number) => `f${i}`, 304 + 1680],
    ['/srv/a/b/data/s', 10, (i: number) => `f${i}`, 304 + 6640],
    ['/srv/a/b/data/a_rather_long_directory_name_of_exactly_some_length', 1, long, 408 + 1224],
    ['/srv/a/b/data/a_rather_long_directory_name_of_exactly_some_length', 2, long, 408 + 2000],
    ['/srv/a/b/data/a_rather_long_directory_name_of_exactly_some_length', 10, long, 408 + 8240],
  ])('is what Spark estimates: %s, %i files', (directory, n, name, bytes) => {
    expect(weightOf(directory, files(directory, n, name))).toBe(bytes);
  });
  function long(i: number): string {
    return `part-00000-${i}-c000.snappy.parquet`;
  }
});

describe('SharedInMemoryCache', () => {
  const make = (maxSizeInBytes: number, ttlMs?: number) => {
    const warnings: string[] = [];
    return { cache: new SharedInMemoryCache({ maxSizeInBytes, ttlMs, warn: (m) => warnings.push(m) }), warnings };
  };

  it('keeps what clients know apart, under one bound', () => {
    const { cache, warnings } = make(262_144_000);
    const a = cache.createForNewClient();
    const b = cache.createForNewClient();
    a.putLeafFiles('/d', files('/d', 3));
    expect(a.getLeafFiles('/d')).toHaveLength(3);
    expect(b.getLeafFiles('/d')).toBeUndefined();
    b.putLeafFiles('/d', files('/d', 1));
    a.putLeafFiles('/e', files('/e', 1));
    expect(cache.entries).toBe(3);
    expect(cache.sizeInBytes).toBeGreaterThan(0);
    a.invalidateAll();
    expect([a.getLeafFiles('/d'), a.getLeafFiles('/e'), b.getLeafFiles('/d')?.length]).toEqual([
      undefined,
      undefined,
      1,
    ]);
    expect(cache.entries).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('evicts the least recently used by weight, and warns of it once', () => {
    const one = weightOf('/d/1', files('/d/1', 10));
    const { cache, warnings } = make(3 * one + 100);
    const client = cache.createForNewClient();
    for (const i of [1, 2, 3]) client.putLeafFiles(`/d/${i}`, files(`/d/${i}`, 10));
    expect(warnings).toEqual([]);
    client.getLeafFiles('/d/1');
    client.putLeafFiles('/d/4', files('/d/4', 10));
    expect([1, 2, 3, 4].filter((i) => client.getLeafFiles(`/d/${i}`))).toEqual([1, 3, 4]);
    client.putLeafFiles('/d/5', files('/d/5', 10));
    expect(cache.sizeInBytes).toBeLessThanOrEqual(3 * one + 100);
    expect(warnings).toEqual([
      `Evicting cached table partition metadata from memory due to size constraints (spark.sql.hive.filesourcePartitionFileCacheSize = ${3 * one + 100} bytes). This may impact query planning performance.`,
    ]);
  });

  it('does not keep what is larger than the bound, and warns', () => {
    for (const bound of [1, 2000]) {
      const { cache, warnings } = make(bound);
      const client = cache.createForNewClient();
      client.putLeafFiles('/d', files('/d', 100));
      expect([client.getLeafFiles('/d'), cache.entries, warnings.length]).toEqual([undefined, 0, 1]);
    }
  });

  it('forgets after the time to live, counted from the writing', () => {
    let now = 5;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    try {
      const { cache, warnings } = make(1_000_000, 1000);
      const client = cache.createForNewClient();
      client.putLeafFiles('/d', files('/d', 1));
      now += 900;
      expect(client.getLeafFiles('/d')).toHaveLength(1);
      now += 101;
      expect(client.getLeafFiles('/d')).toBeUndefined();
      expect(warnings).toEqual([]);
    } finally {
      clock.mockRestore();
    }
  });

  it('is off at 0', () => {
    NO_STATUS_CACHE.putLeafFiles('/d', files('/d', 1));
    expect(NO_STATUS_CACHE.getLeafFiles('/d')).toBeUndefined();
  });
});

describe('listings of tables', () => {
  let spark: SparkSession;
  let folder: string;
  let warnings: string[];
  const start = async (confs: Record<string, string> = {}) => {
    const builder = SparkSession.builder
      .master('local[1]')
      .config('spark.sql.warehouse.dir', join(folder, 'warehouse'));
    for (const [k, v] of Object.entries(confs)) builder.config(k, v);
    spark = await builder.create();
    warnings = [];
    spark.events.on('warning', (e: CacheEvent & { type: 'warning' }) => {
      if (e.logger === 'SharedInMemoryCache') warnings.push(e.message);
    });
    await spark.sql('CREATE TABLE p (id BIGINT, k INT) USING parquet PARTITIONED BY (k)').collect();
    await spark.sql('INSERT INTO p SELECT id, CAST(id % 2 AS INT) FROM range(10)').collect();
    await spark.sql('CREATE TABLE flat USING parquet AS SELECT id FROM range(10)').collect();
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'metadata-'));
  });
  afterEach(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true });
  });
  const count = async (table: string) =>
    Number((await spark.sql(`SELECT count(*) AS n FROM ${table}`).collect())[0]!['n']);
  /** Another program copies a file. */
  const addFile = (table: string, partition = '') => {
    const directory = join(folder, 'warehouse', table, partition);
    const file = readdirSync(directory).find((f) => f.endsWith('.parquet'))!;
    copyFileSync(join(directory, file), join(directory, 'part-77777-other.parquet'));
  };

  it('are kept until REFRESH TABLE', async () => {
    await start();
    expect([await count('p'), await count('flat')]).toEqual([10, 10]);
    addFile('p', 'k=0');
    addFile('flat');
    expect([await count('p'), await count('flat')]).toEqual([10, 10]);
    expect(spark.sharedState.fileStatus.shared?.entries).toBe(2);
    await spark.sql('REFRESH TABLE p').collect();
    expect(spark.sharedState.fileStatus.shared?.entries).toBe(0);
    expect([await count('p'), await count('flat')]).toEqual([15, 10]);
    await spark.sql('REFRESH TABLE flat').collect();
    expect(await count('flat')).toBe(20);
  });

  it('see what the session itself writes, a new partition too', async () => {
    await start();
    await spark.sql('CACHE TABLE p').collect();
    await spark.sql('INSERT INTO p VALUES (100, 0), (101, 9)').collect();
    expect(await count('p')).toBe(12);
    expect(spark.catalog.isCached('p')).toBe(true);
    expect(Number((await spark.sql('SELECT sum(id) AS s FROM p WHERE k = 9').collect())[0]!['s'])).toBe(101);
    await spark.sql('ALTER TABLE p DROP PARTITION (k = 0)').collect();
    expect(await count('p')).toBe(6);
  });

  it('are made anew for partitioned tables once they are evicted, with one warning', async () => {
    await start({ 'spark.sql.hive.filesourcePartitionFileCacheSize': '1500' });
    expect([await count('p'), await count('flat')]).toEqual([10, 10]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('spark.sql.hive.filesourcePartitionFileCacheSize = 1500 bytes');
    addFile('p', 'k=0');
    addFile('flat');
    // Tables without partitions keep their listing, as in Spark.
    expect([await count('p'), await count('flat')]).toEqual([15, 10]);
    expect(warnings).toHaveLength(1);
  });

  it('are not kept where the bound is 0 or partitions are not managed', async () => {
    for (const confs of [
      { 'spark.sql.hive.filesourcePartitionFileCacheSize': '0' },
      { 'spark.sql.hive.manageFilesourcePartitions': 'false' },
    ]) {
      await start(confs);
      expect(await count('p')).toBe(10);
      addFile('p', 'k=0');
      expect(await count('p')).toBe(15);
      expect(warnings).toEqual([]);
      expect(spark.sharedState.fileStatus.shared).toBeUndefined();
      await spark.stop();
      rmSync(join(folder, 'warehouse'), { recursive: true });
    }
  });

  it('age under spark.sql.metadataCacheTTLSeconds', async () => {
    await start({ 'spark.sql.metadataCacheTTLSeconds': '60' });
    expect([await count('p'), await count('flat')]).toEqual([10, 10]);
    addFile('p', 'k=0');
    addFile('flat');
    expect([await count('p'), await count('flat')]).toEqual([10, 10]);
    const later = performance.now() + 61_000;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => later);
    try {
      expect([await count('p'), await count('flat')]).toEqual([15, 20]);
    } finally {
      clock.mockRestore();
    }
    expect(() => spark.conf.set('spark.sql.metadataCacheTTLSeconds', '5')).toThrow(/CANNOT_MODIFY_(STATIC_)?CONFIG/);
  });
});

describe('footers', () => {
  let folder: string;
  let spark: SparkSession;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'footers-'));
    spark = await SparkSession.builder.master('local[1]').create();
    await spark.sql('SELECT 111L AS id').write.parquet(join(folder, 'a'));
    await spark.sql('SELECT 222L AS id').write.parquet(join(folder, 'b'));
  });
  afterEach(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true });
  });
  const fileIn = (name: string) =>
    join(folder, name, readdirSync(join(folder, name)).find((f) => f.endsWith('.parquet'))!);

  it('are parsed once for each state of a file', async () => {
    clearFileMetadataCache();
    const path = fileIn('a');
    const first = await readFooter(path);
    expect(await readFooter(path)).toBe(first);
    expect(footerCacheSize()).toEqual({ entries: 1, sizeInBytes: first.footerBytes * 6 });
    copyFileSync(fileIn('b'), path);
    expect(await readFooter(path)).not.toBe(first);
    expect(footerCacheSize().entries).toBe(1);
  });

  it('notice a file of the same size and time in the place of another', async () => {
    const path = fileIn('a');
    const other = fileIn('b');
    const { size, atime, mtime } = statSync(path);
    expect(statSync(other).size).toBe(size);
    const first = await readFooter(path);
    copyFileSync(other, path);
    utimesSync(path, atime, mtime);
    expect(statSync(path)).toMatchObject({ size, mtime });
    const second = await readFooter(path);
    expect(second).not.toBe(first);
    expect((await spark.read.parquet(join(folder, 'a')).selectExpr('min(id) AS m').collect())[0]).toEqual({ m: 222n });
  });

  it('a file that is replaced while it is read fails the query; no rows of two files are mixed', async () => {
    const path = fileIn('a');
    const footer = await readFooter(path);
    const { CountingSource } = await import('../../src/storage/files/source.js');
    writeFileSync(path, 'something else');
    await expect(new CountingSource(path, footer).read(new Uint8Array(4), 0)).rejects.toMatchObject({
      condition: 'FAILED_READ_FILE.NO_HINT',
    });
  });
});
