import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[2]').create();
  spark.range(0, 100).selectExpr('id', 'id % 3 AS k').createOrReplaceTempView('t');
  await spark.sql("CACHE TABLE t OPTIONS('storageLevel' 'MEMORY_ONLY')").collect();
  spark.table('t').groupBy('k').count().persist({ level: 'DISK_ONLY', name: 'counts' });
  spark.table('t').filter('k = 1').cache();
  await spark.sql('SELECT * FROM t').collect();
});
afterAll(() => spark.stop());

const rows = async (sql: string) => (await spark.sql(sql).collect()).map((r) => ({ ...r }));

describe('SHOW CACHED TABLES (beyond Spark)', () => {
  it('lists the entries, newest first', async () => {
    const found = await rows('SHOW CACHED TABLES');
    expect(spark.sql('SHOW CACHED TABLES').columns).toEqual([
      'name',
      'level',
      'cached_blocks',
      'blocks',
      'memory_bytes',
      'disk_bytes',
      'hits',
      'misses',
      'age_seconds',
    ]);
    expect(found.map((r) => [r['name'], r['level'], r['cached_blocks'], r['blocks']])).toEqual([
      [null, 'MEMORY_AND_DISK', 0, 2],
      ['counts', 'DISK_ONLY', 0, 200],
      ['t', 'MEMORY_ONLY', 2, 2],
    ]);
    expect(found[2]).toMatchObject({ disk_bytes: 0n });
    expect(Number(found[2]!['hits'])).toBeGreaterThanOrEqual(1);
    expect(found[2]!['memory_bytes']).toBe(BigInt(spark.catalog.cacheEntries()[2]!.memoryBytes));
  });

  it('takes a pattern, as SHOW TABLES does', async () => {
    const names = async (sql: string) => (await rows(sql)).map((r) => r['name']);
    expect(await names("SHOW CACHED TABLES LIKE 'c*'")).toEqual(['counts']);
    expect(await names("show cached tables 'T|counts'")).toEqual(['counts', 't']);
    expect(await names("SHOW CACHED TABLES LIKE 'x*'")).toEqual([]);
  });

  it('leaves what Spark understands as it was', async () => {
    expect(await rows('SHOW TABLES')).toEqual([{ namespace: '', tableName: 't', isTemporary: true }]);
    // CACHED and what the table functions are called are no keywords: names of columns, tables, aliases.
    expect(await rows('SELECT 1 AS cached, 2 AS cached_tables')).toEqual([{ cached: 1, cached_tables: 2 }]);
    expect(await rows('SELECT cached.a FROM VALUES (1) AS cached(a)')).toEqual([{ a: 1 }]);
    for (const sql of ['SHOW CACHED VIEWS', 'SHOW NO TABLES', 'SHOW CACHED TABLES IN default', 'SHOW CACHED'])
      expect(() => spark.sql(sql)).toThrow(/PARSE_SYNTAX_ERROR/);
    expect(() => spark.sql('SHOW CACHED FUNCTIONS')).toThrow(/INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE/);
  });
});

describe('cached_tables() and cache_events() (beyond Spark)', () => {
  it('is a table: to filter, join, aggregate', async () => {
    expect(await rows("SELECT name, blocks, loaded, row_count, plan FROM cached_tables() WHERE name = 't'")).toEqual([
      { name: 't', blocks: 2, loaded: true, row_count: 100n, plan: 't' },
    ]);
    expect(
      await rows('SELECT count(*) AS n, count(name) AS named, sum(cached_blocks) AS b FROM cached_tables() c'),
    ).toEqual([{ n: 3n, named: 2n, b: 2n }]);
    expect(
      await rows(
        "SELECT created_at <= current_timestamp() AS past, expires_in_seconds, persistent, stale FROM cached_tables() WHERE name = 'counts'",
      ),
    ).toEqual([{ past: true, expires_in_seconds: null, persistent: false, stale: null }]);
  });

  it('tells the events', async () => {
    const found = await rows(
      "SELECT type, entry, name FROM cache_events() WHERE type IN ('cached', 'materialized') ORDER BY entry, type",
    );
    expect(found.filter((r) => r['type'] === 'cached').map((r) => r['name'])).toEqual(['t', 'counts', null]);
    expect(found.filter((r) => r['type'] === 'materialized')).toHaveLength(2);
    const [hit] = await rows("SELECT detail FROM cache_events() WHERE type = 'hit' AND name = 't' LIMIT 1");
    expect(JSON.parse(hit!['detail'] as string)).toHaveProperty('fragment');
  });

  it('takes no arguments, and hides nothing of the user', async () => {
    expect(() => spark.sql('SELECT * FROM cached_tables(1)')).toThrow(/WRONG_NUM_ARGS/);
    expect(() => spark.sql('SELECT cached_tables()')).toThrow(/UNRESOLVED_ROUTINE/);
    expect(() => spark.sql('SELECT * FROM default.cached_tables()')).toThrow(/INVALID_TABLE_VALUED_FUNC_NAME/);
    await spark.sql('CREATE TEMPORARY FUNCTION cached_tables() RETURNS TABLE(mine INT) RETURN SELECT 7').collect();
    expect(await rows('SELECT * FROM cached_tables()')).toEqual([{ mine: 7 }]);
    await spark.sql('DROP TEMPORARY FUNCTION cached_tables').collect();
    expect(await rows('SELECT count(*) AS n FROM cached_tables()')).toEqual([{ n: 3n }]);
  });
});
