import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { functions as F, StorageLevel } from '../../src/index.js';
import { expect, test } from '../../src/testing/index.js';

/** The message of a failing expectation. */
async function failure(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the expectation held');
}

describe('matchers', () => {
  test('hits, by name and number', async ({ spark }) => {
    spark.range(100).selectExpr('id', 'id % 5 as k').createOrReplaceTempView('dim');
    const query = () => spark.sql('SELECT a.id FROM dim a JOIN dim b ON a.id = b.k');
    expect(query()).toMissCache({ reason: 'NO_ENTRIES' });
    spark.sql('CACHE LAZY TABLE dim');
    expect(query()).toHitCache();
    expect(query()).toHitCache('dim');
    expect(query()).toHitCacheTimes(2);
    expect(query()).not.toMissCache();
    expect(spark.range(3)).not.toHitCache();
    expect(await failure(() => expect(query()).toHitCache('fact'))).toContain(
      'expected a cache hit on fact, got dim, dim',
    );
    expect(await failure(() => expect(query()).toHitCacheTimes(1))).toContain('expected 1 cache hits, got 2');
  });

  test('a miss shows where the plans part', async ({ spark }) => {
    const df = spark.range(100).selectExpr('id as c1', 'id % 5 as c2', 'id * 2 as c3');
    df.select('c1', 'c2').filter('c2 > 0').cache();
    const query = df.filter('c2 > 0').select('c1', 'c2');
    expect(query).toMissCache({ reason: 'PROJECT_FILTER_ORDER' });
    const message = await failure(() => expect(query).toHitCache());
    expect(message).toContain('MISS PROJECT_FILTER_ORDER');
    expect(message).toMatch(/query +\| cached/);
    expect(await failure(() => expect(query).toMissCache({ reason: 'EXTRA_COLUMN' }))).toContain(
      'a cache miss for EXTRA_COLUMN',
    );
  });

  test('storage', async ({ spark }) => {
    const df = spark.range(0, 1000, 1, 4);
    expect(await failure(() => expect(df).toHaveStorage({}))).toContain('not cached');
    df.persist(StorageLevel.MEMORY_ONLY);
    await df.select('*').limit(1).collect();
    expect(df).toHaveStorage({ level: StorageLevel.MEMORY_ONLY });
    await df.count();
    expect(df).toHaveStorage({ cachedPartitions: 4, fraction: 1 });
    expect(await failure(() => expect(df).toHaveStorage({ cachedPartitions: 3 }))).toContain('expected 3, got 4');
    df.createOrReplaceTempView('numbers');
    expect([spark, 'numbers']).toHaveStorage({ fraction: 1 });
  });

  test('bytes and batches', async ({ spark }) => {
    const folder = mkdtempSync(join(tmpdir(), 'matchers-'));
    try {
      await spark.range(50_000).selectExpr('id').write.parquet(join(folder, 't'));
      const df = spark.read.parquet(join(folder, 't'));
      await expect(df).not.toReadBytes(0);
      await df.cache().count();
      await expect(df.select('id')).toReadBytes(0);
      await expect(df.filter('id < 5')).toPruneBatches();
      await expect(df.filter('id >= 0')).toPruneBatches(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('plans', async ({ spark }) => {
    const df = spark.range(5);
    expect(df.filter('id > 1')).toHaveSamePlanAs(df.filter('1 < id'));
    expect(df.filter('id > 1')).not.toHaveSamePlanAs(df.filter('id > 2'));
    expect(df.filter('id > 1')).toMatchPlan(
      `
      Filter (id#0L > cast(1 as bigint))
      +- Range (0, 5, step=1, splits=Some(2))`.replace(/^ {6}/gm, ''),
    );
    expect(df.filter('id > 1')).toContainNode('Filter');
    expect(df).not.toContainNode('Join');
  });

  test('rows', async ({ spark }) => {
    const df = spark.range(3).selectExpr('id', 'id / 3 as x', 'cast(id as decimal(5,2)) as d');
    await expect(df).toEqualRows([
      [2n, 2 / 3, '2'],
      [0, 0, 0],
      [1n, 0.33333333333, 1],
    ]);
    await expect(df.orderBy(F.desc('id')).select('id')).toEqualRows([{ id: 2 }, { id: 1 }, { id: 0 }], {
      ordered: true,
    });
    const two = spark.sql('SELECT 1 AS a, CAST(NULL AS INT) AS b');
    await expect(two).toEqualRows([{ b: null, a: 1 }]);
    await expect(two).toEqualRows([[1, null]]);
    // Values that are of no column, and columns without a value.
    for (const row of [{ a: 1, b: null, c: 5 }, { a: 1, c: null }, { a: 1 }, [1], [1, null, 5]])
      await expect(two).not.toEqualRows([row]);
    expect(await failure(() => expect(two).toEqualRows([{ a: 1, c: null }]))).toContain('- {"a":"1","c":null}');
    const message = await failure(() => expect(df.select('id')).toEqualRows([[0], [1], [3]]));
    expect(message).toContain('- ["3"]');
    expect(message).toContain('+ ["2"]');
    await expect(df.filter('id > 0')).toReturnSameRowsCachedAndUncached();
    expect(df.filter('id > 0')).not.toHitCache();
  });

  test('failures', async ({ spark }) => {
    await expect(spark.range(3).selectExpr('1 / (id - 1) as q')).toFailWith({ condition: 'DIVIDE_BY_ZERO' });
    await expect(() => spark.sql('SELECT nothing')).toFailWith({ condition: 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION' });
    const fine = await failure(() => expect(spark.range(1)).toFailWith({ condition: 'DIVIDE_BY_ZERO' }));
    expect(fine).toContain('nothing was thrown');
  });
});
