import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CacheEvent, SparkSession } from '../../src/index.js';

let spark: SparkSession;
let folder: string;
let warnings: string[];
const path = () => join(folder, 't');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'freshness-'));
  spark = await SparkSession.builder
    .master('local[2]')
    .config('spark.sql.warehouse.dir', join(folder, 'warehouse'))
    .create();
  await spark.range(0, 5).coalesce(1).write.parquet(path());
  await spark.range(100, 103).coalesce(1).write.parquet(join(folder, 'more'));
  warnings = [];
  spark.sharedState.bus.subscribe((e: CacheEvent) => {
    if (e.type === 'warning' && e.message.includes('older than its files')) warnings.push(e.message);
  });
  spark.read.parquet(path()).createOrReplaceTempView('t');
  await spark.sql('CACHE TABLE t').collect();
});
afterEach(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

/** Another program adds three rows. */
function addFile(): void {
  const file = readdirSync(join(folder, 'more')).find((f) => f.endsWith('.parquet')) as string;
  copyFileSync(join(folder, 'more', file), join(path(), 'part-99999-other.parquet'));
}
const count = async (): Promise<number> => {
  const [row] = await spark.sql('SELECT count(*) AS n FROM t').collect();
  return Number(row?.['n']);
};

describe('memoframe.cache.freshness', () => {
  it('warn, the default: serves what is cached and warns once for each change', async () => {
    expect(spark.conf.get('memoframe.cache.freshness')).toBe('warn');
    expect([await count(), warnings.length]).toEqual([5, 0]);
    addFile();
    await new Promise((r) => setTimeout(r, 600));
    expect([await count(), await count(), warnings.length]).toEqual([5, 5, 1]);
    expect(warnings[0]).toContain('In-memory table t: ');
    expect(warnings[0]).toContain('part-99999-other.parquet is new');
  });

  it('spark: serves what is cached, silently', async () => {
    spark.conf.set('memoframe.cache.freshness', 'spark');
    addFile();
    expect([await count(), warnings.length]).toEqual([5, 0]);
  });

  it('refresh: makes the entry anew, under its name and level', async () => {
    spark.conf.set('memoframe.cache.freshness', 'refresh');
    addFile();
    expect([await count(), await count(), warnings.length]).toEqual([8, 8, 0]);
    expect(spark.catalog.cacheEntries().map((e) => [e.name, e.loaded])).toEqual([['t', true]]);
    rmSync(join(path(), 'part-99999-other.parquet'));
    expect(await count()).toBe(5);
  });

  it('fail: names the entry and the file', async () => {
    spark.conf.set('memoframe.cache.freshness', 'fail');
    expect(await count()).toBe(5);
    addFile();
    await expect(count()).rejects.toMatchObject({ condition: 'STALE_CACHED_DATA', parameters: { entry: 't' } });
    expect(await spark.sql('SELECT 1 AS x').count()).toBe(1);
  });

  it('notices a file that was written over', async () => {
    spark.conf.set('memoframe.cache.freshness', 'refresh');
    const mine = readdirSync(path()).find((f) => f.startsWith('part-') && f.endsWith('.parquet')) as string;
    const other = readdirSync(join(folder, 'more')).find((f) => f.endsWith('.parquet')) as string;
    copyFileSync(join(folder, 'more', other), join(path(), mine));
    expect(await count()).toBe(3);
  });

  it('notices what Spark forgets: a table that is read only in a subquery', async () => {
    await spark.sql('CREATE TABLE keys USING parquet AS SELECT id FROM range(2)').collect();
    await spark.sql('CACHE TABLE picked AS SELECT id FROM t WHERE id IN (SELECT id FROM keys)').collect();
    await spark.sql('INSERT INTO keys VALUES (3)').collect();
    const picked = async () => Number((await spark.sql('SELECT count(*) AS n FROM picked').collect())[0]?.['n']);
    spark.conf.set('memoframe.cache.freshness', 'spark');
    expect(await picked()).toBe(2);
    spark.conf.set('memoframe.cache.freshness', 'refresh');
    expect(await picked()).toBe(3);
  });

  it('does not mind files that change before anything is stored, or through the session', async () => {
    spark.conf.set('memoframe.cache.freshness', 'fail');
    const df = spark.read.parquet(join(folder, 'more'));
    df.cache();
    await spark.range(7).write.mode('overwrite').parquet(join(folder, 'more'));
    expect(await spark.read.parquet(join(folder, 'more')).count()).toBe(7);
  });

  it('refuses other values', () => {
    expect(() => spark.conf.set('memoframe.cache.freshness', 'maybe')).toThrow(/INVALID_CONF_VALUE/);
  });
});
