import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';
import { InMemoryRelation } from '../../src/plan/logical/index.js';

let spark: SparkSession;
let folder: string;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 2).create();
  const rows = spark.sql(`SELECT id, id % 7 AS k, id % 3 AS g, nullif(id % 11, 4) AS n, cast(id AS double) / 3 AS d,
    date_add(date'2024-01-01', cast(id % 400 AS int)) AS dt, cast(id AS decimal(10,2)) AS m, concat('s', id % 5) AS s,
    timestamp'2024-01-01 00:00:00' + make_dt_interval(0, cast(id % 100 AS int), 7, 0) AS ts FROM range(1000)`);
  // In a file: of a view over range() every column could be computed from the first.
  folder = mkdtempSync(join(tmpdir(), 'match-modes-'));
  await rows.write.parquet(join(folder, 't'));
  spark.read.parquet(join(folder, 't')).createOrReplaceTempView('t');
  spark.sql(`CREATE TEMP VIEW u AS SELECT id AS uk, id * 10 AS w FROM range(20)`);
});
afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  spark.sql('CLEAR CACHE');
  spark.conf.set('memoframe.cache.match', 'spark');
});

const text = (rows: readonly object[]): string[] =>
  rows
    .map((r) =>
      JSON.stringify(Object.entries(r), (_, v) =>
        typeof v === 'bigint' ? `${v}n` : typeof v === 'number' ? v.toPrecision(9) : v,
      ),
    )
    .sort();

/** Rows under a mode, and whether the cache was read. */
async function run(query: string, mode: string): Promise<{ rows: string[]; cached: boolean }> {
  spark.conf.set('memoframe.cache.match', mode);
  const df = spark.sql(query);
  const cached = df.queryExecution.withCachedData.exists((p) => p instanceof InMemoryRelation);
  return { rows: text(await df.collect()), cached };
}

/** The same rows in every mode, and a hit from `first` on. */
async function check(entry: string, query: string, first: 'spark' | 'normalized' | 'subsume' | 'none', loaded = true) {
  const plain = (await run(query, 'spark')).rows;
  const df = spark.sql(entry).cache();
  if (loaded) await df.count();
  const hits: string[] = [];
  for (const mode of ['spark', 'normalized', 'subsume']) {
    const { rows, cached } = await run(query, mode);
    expect(rows, mode).toEqual(plain);
    if (cached) hits.push(mode);
  }
  expect(plain.length).toBeGreaterThan(0);
  expect(hits[0] ?? 'none').toBe(first);
}

describe('memoframe.cache.match', () => {
  it('refuses other values', () => {
    expect(() => spark.conf.set('memoframe.cache.match', 'fuzzy')).toThrow(/INVALID_CONF_VALUE|fuzzy/);
  });

  describe('normalized: the same rows and columns, written otherwise', () => {
    it.each([
      [
        'the famous case',
        'SELECT * FROM (SELECT id, k FROM t) WHERE k > 2',
        'SELECT id, k FROM (SELECT * FROM t WHERE k > 2)',
      ],
      [
        'two filters or one',
        'SELECT * FROM (SELECT * FROM t WHERE k > 2) WHERE g = 1',
        'SELECT * FROM t WHERE k > 2 AND g = 1',
      ],
      ['columns in another order', 'SELECT id, k, g FROM t', 'SELECT g, id, k FROM t'],
      ['literals that say the same', 'SELECT id FROM t WHERE k > 1 + 1', 'SELECT id FROM t WHERE k > 2'],
      ['sides of an inner join', 'SELECT id, w FROM t JOIN u ON k = uk', 'SELECT id, w FROM u JOIN t ON uk = k'],
      ['cross join and condition', 'SELECT id, w FROM t JOIN u ON k = uk', 'SELECT id, w FROM t, u WHERE k = uk'],
      [
        'order of grouping',
        'SELECT k, g, count(*) AS c FROM t GROUP BY k, g',
        'SELECT g, k, count(*) AS c FROM t GROUP BY g, k',
      ],
      ['distinct or group', 'SELECT DISTINCT k, g FROM t', 'SELECT g, k FROM t GROUP BY k, g'],
      ['a CTE', 'SELECT k, id FROM t WHERE id < 50', 'WITH x AS (SELECT * FROM t WHERE id < 50) SELECT id, k FROM x'],
    ])('%s', async (_, entry, query) => check(entry, query, 'normalized'));
  });

  describe('subsume: a cached superset answers', () => {
    it.each([
      ['a stronger filter', 'SELECT id, k FROM t WHERE id > 10', 'SELECT id, k FROM t WHERE id > 20 AND k = 3'],
      [
        'a range within a range',
        'SELECT id FROM t WHERE id BETWEEN 10 AND 900',
        'SELECT id FROM t WHERE id >= 11 AND id < 20',
      ],
      ['equality within a range', 'SELECT id, s FROM t WHERE id <= 10', 'SELECT s FROM t WHERE id = 10'],
      ['a shorter list', 'SELECT id, k FROM t WHERE k IN (1, 2, 3)', 'SELECT id FROM t WHERE k IN (3, 1)'],
      ['one of a list', 'SELECT id, k FROM t WHERE k IN (1, 2, 3)', 'SELECT id FROM t WHERE k = 2'],
      ['not null is implied', 'SELECT id, n FROM t WHERE n IS NOT NULL', 'SELECT id FROM t WHERE n > 5'],
      ['one side of an OR', 'SELECT id, k, g FROM t WHERE k = 1 OR g = 2', 'SELECT id FROM t WHERE k = 1'],
      ['fewer columns', 'SELECT id, k, g FROM t', 'SELECT k FROM t'],
      ['computed columns', 'SELECT id, k FROM t', 'SELECT id + k * 2 AS x, upper(cast(k AS string)) AS y FROM t'],
      ['the same expression', 'SELECT id + k AS x, k FROM t', 'SELECT (id + k) % 5 AS z FROM t WHERE k = 1'],
      [
        'equal columns stand for each other',
        'SELECT id, k, g FROM t WHERE k = g',
        'SELECT g + 1 AS x FROM t WHERE g = k AND id > 3',
      ],
      [
        'groups of rows',
        'SELECT id, k FROM t WHERE id > 10',
        'SELECT k, sum(id) AS s, avg(id) AS a FROM t WHERE id > 100 GROUP BY k',
      ],
      [
        'a further table',
        'SELECT id, k FROM t WHERE id > 10',
        'SELECT t.id, u.w FROM t JOIN u ON t.k = u.uk WHERE t.id > 10',
      ],
      [
        'a further table, its column wanted',
        'SELECT id, k FROM t',
        'SELECT uk, count(*) AS c FROM t, u WHERE k = uk GROUP BY uk',
      ],
      ['a condition between cached columns', 'SELECT id, k, g FROM t', 'SELECT id FROM t WHERE k = g'],
      [
        'a join of two of three',
        'SELECT id, k, w FROM t JOIN u ON k = uk',
        'SELECT t.id, v.x FROM u JOIN t ON k = uk JOIN (SELECT id AS x FROM range(5)) v ON v.x = t.g WHERE w > 10 AND g < 9',
      ],
      ['order and limit', 'SELECT id, k FROM t WHERE id > 10', 'SELECT id FROM t WHERE id > 10 ORDER BY id LIMIT 5'],
    ])('%s', async (name, entry, query) => {
      // The entry without `g` cannot answer the third join.
      await check(entry, query, name === 'a join of two of three' ? 'none' : 'subsume');
    });
  });

  describe('subsume: coarser groups', () => {
    const finer = `SELECT k, g, dt, sum(id) AS si, count(*) AS c, count(n) AS cn, sum(n) AS sn, min(d) AS mn, max(s) AS mx,
      sum(m) AS sm, count(m) AS cm FROM t GROUP BY k, g, dt`;
    it.each([
      ['sum and count', 'SELECT k, sum(id) AS a, count(*) AS b FROM t GROUP BY k'],
      ['counts of what is not null', 'SELECT g, count(n) AS a FROM t GROUP BY g'],
      ['extremes', 'SELECT g, min(d) AS a, max(s) AS b FROM t GROUP BY g'],
      ['average of numbers', 'SELECT g, avg(n) AS a FROM t GROUP BY g'],
      ['average of decimals', 'SELECT g, avg(m) AS a FROM t GROUP BY g'],
      ['one group', 'SELECT count(*) AS a, sum(id) AS b, avg(n) AS c FROM t'],
      ['one group of no rows', 'SELECT count(*) AS a, sum(id) AS b, max(s) AS c FROM t WHERE k = 99'],
      ['a filter on keys', 'SELECT k, sum(id) AS a FROM t WHERE g = 1 GROUP BY k'],
      ['a filter on keys, the same groups', 'SELECT k, g, dt, count(*) AS a FROM t WHERE g = 1 GROUP BY k, g, dt'],
      ['expressions of keys', 'SELECT k * 2 AS x, sum(id) AS a FROM t GROUP BY k * 2'],
      ['expressions of aggregates', 'SELECT k, sum(id) / count(*) AS a FROM t GROUP BY k'],
      ['years of days', "SELECT trunc(dt, 'YEAR') AS y, count(*) AS a FROM t GROUP BY trunc(dt, 'YEAR')"],
      ['having above', 'SELECT k, count(*) AS a FROM t GROUP BY k HAVING count(*) > 142'],
      ['distinct keys', 'SELECT DISTINCT g FROM t'],
    ])('%s', async (_, query) => check(finer, query, 'subsume'));

    it.each([
      ['months of hours', 'HOUR', 'MONTH', 'subsume'],
      ['weeks of days', 'DAY', 'WEEK', 'subsume'],
      ['months of weeks', 'WEEK', 'MONTH', 'none'],
      ['hours of days', 'DAY', 'HOUR', 'none'],
    ] as const)('%s', async (_, fine, coarse, first) => {
      const by = (unit: string) =>
        `SELECT date_trunc('${unit}', ts) AS x, count(*) AS c FROM t GROUP BY date_trunc('${unit}', ts)`;
      await check(by(fine), by(coarse), first);
    });
  });

  describe('refuses where an answer could change', () => {
    it.each([
      ['a weaker filter', 'SELECT id FROM t WHERE id > 10', 'SELECT id FROM t WHERE id > 9'],
      ['a filter on a column that is not there', 'SELECT id FROM t', 'SELECT id FROM t WHERE k = 1'],
      ['a column that is not there', 'SELECT id FROM t', 'SELECT id, k FROM t'],
      ['finer groups', 'SELECT k, count(*) AS c FROM t GROUP BY k', 'SELECT k, g, count(*) AS c FROM t GROUP BY k, g'],
      ['rows of groups', 'SELECT k, count(*) AS c FROM t GROUP BY k', 'SELECT k FROM t'],
      [
        'distinct aggregates',
        'SELECT k, g, count(DISTINCT n) AS c FROM t GROUP BY k, g',
        'SELECT k, count(DISTINCT n) AS c FROM t GROUP BY k',
      ],
      [
        'a filter on what is grouped away',
        'SELECT k, count(*) AS c FROM t GROUP BY k',
        'SELECT k, count(*) AS c FROM t WHERE g = 1 GROUP BY k',
      ],
      [
        'average from counts of other rows',
        'SELECT g, k, sum(n) AS a, count(*) AS c FROM t GROUP BY g, k',
        'SELECT g, avg(n) AS x FROM t GROUP BY g',
      ],
      ['an outer join', 'SELECT id, w FROM t LEFT JOIN u ON k = uk', 'SELECT id, w FROM t JOIN u ON k = uk'],
      ['a table that joins rows away', 'SELECT id, k FROM t JOIN u ON k = uk', 'SELECT id, k FROM t'],
      ['a limit', 'SELECT id FROM t LIMIT 500', 'SELECT id FROM t WHERE id = 0'],
      [
        'try_sum of try_sums',
        'SELECT g, k, try_sum(id) AS x FROM t GROUP BY g, k',
        'SELECT g, try_sum(id) AS x FROM t GROUP BY g',
      ],
      ['seeds', 'SELECT id, rand(1) AS r FROM t', 'SELECT id FROM t WHERE id > 5'],
    ])('%s', async (_, entry, query) => check(entry, query, 'none'));

    it('an entry that would raise for rows that the query does not want', async () => {
      const entry = 'SELECT id, 100 / (id - 5) AS q FROM t';
      spark.sql(entry).cache();
      const { rows, cached } = await run('SELECT id, 100 / (id - 5) AS q FROM t WHERE id > 5', 'subsume');
      expect([rows.length, cached]).toEqual([994, false]);
    });
  });

  it("keeps the query's names, types and nullability", async () => {
    spark.sql('SELECT id, k FROM t').cache();
    spark.conf.set('memoframe.cache.match', 'subsume');
    const df = spark.sql('SELECT k AS `a b`, cast(id AS string) AS id FROM t WHERE k > 1');
    expect(df.schema.simpleString).toBe('struct<a b:bigint,id:string>');
    expect((await df.limit(1).collect()).length).toBe(1);
  });
});
