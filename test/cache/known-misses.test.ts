import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataFrame, MISS_REASONS, type MissReason, SparkSession } from '../../src/index.js';

let spark: SparkSession;
let folder: string;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 2).create();
  folder = mkdtempSync(join(tmpdir(), 'known-misses-'));
  const columns = ['id', 'id % 7 as k', 'id % 3 as g', 'cast(id % 5 as int) as i', "concat('s', id % 5) as s"];
  for (const name of ['t', 'u']) {
    await spark
      .range(200)
      .selectExpr(...columns)
      .write.parquet(join(folder, name));
    spark.read.parquet(join(folder, name)).createOrReplaceTempView(name);
  }
  spark.read.option('mergeSchema', 'true').parquet(join(folder, 't')).createOrReplaceTempView('t_options');
  spark.read.schema('id bigint, k bigint').parquet(join(folder, 't')).createOrReplaceTempView('t_schema');
});
afterAll(async () => {
  await spark.stop();
  rmSync(folder, { recursive: true });
});

/** What is cached, what misses it, why, and whether there is a query in SQL that hits. */
type Case = readonly [cached: string, query: string, reason: MissReason, rewrite: boolean];

const CASES: readonly Case[] = [
  [
    'SELECT * FROM (SELECT id, k FROM t) WHERE k > 2',
    'SELECT id, k FROM (SELECT * FROM t WHERE k > 2)',
    'PROJECT_FILTER_ORDER',
    true,
  ],
  [
    'SELECT id, s FROM t WHERE id < 50',
    'SELECT * FROM (SELECT id, s FROM t) WHERE id < 50',
    'PROJECT_FILTER_ORDER',
    true,
  ],
  [
    'SELECT * FROM (SELECT g, i FROM t) WHERE i = 1 AND g = 2',
    'SELECT g, i FROM t WHERE i = 1 AND g = 2',
    'PROJECT_FILTER_ORDER',
    true,
  ],
  [
    'SELECT * FROM (SELECT id AS x, k FROM t) WHERE x > 9',
    'SELECT id AS x, k FROM t WHERE id > 9',
    'ALIAS_BELOW_FILTER',
    true,
  ],
  [
    'SELECT id AS x FROM t WHERE id IN (1, 2)',
    'SELECT * FROM (SELECT id AS x FROM t) WHERE x IN (1, 2)',
    'ALIAS_BELOW_FILTER',
    true,
  ],
  [
    "SELECT s AS name, k FROM t WHERE s = 's1'",
    "SELECT * FROM (SELECT s AS name, k FROM t) WHERE name = 's1'",
    'ALIAS_BELOW_FILTER',
    true,
  ],
  [
    'SELECT * FROM (SELECT * FROM t WHERE k > 2) WHERE g = 1',
    'SELECT * FROM t WHERE k > 2 AND g = 1',
    'FILTER_SPLIT',
    true,
  ],
  [
    'SELECT id FROM t WHERE k > 2 AND g = 1',
    'SELECT id FROM (SELECT * FROM t WHERE k > 2) WHERE g = 1',
    'FILTER_SPLIT',
    true,
  ],
  [
    "SELECT * FROM t WHERE i = 1 AND s <> 's2'",
    "SELECT * FROM (SELECT * FROM t WHERE i = 1) WHERE s <> 's2'",
    'FILTER_SPLIT',
    true,
  ],
  ['SELECT id, k, g FROM t WHERE id > 10', 'SELECT id, k, g FROM t WHERE id > 10 AND k = 3', 'EXTRA_FILTER', true],
  ['SELECT * FROM t WHERE g = 1', "SELECT * FROM t WHERE g = 1 AND s = 's1'", 'EXTRA_FILTER', true],
  ['SELECT id, s FROM t WHERE id < 100', "SELECT id, s FROM t WHERE s > 's0' AND id < 100", 'EXTRA_FILTER', true],
  ['SELECT k, g, s FROM t WHERE k > 1', 'SELECT k, g, s FROM t WHERE k > 1 AND g IS NOT NULL', 'EXTRA_FILTER', true],
  ['SELECT id, k FROM t WHERE k = 1 AND g = 2', 'SELECT id, k FROM t WHERE k = 1', 'MISSING_FILTER', false],
  ['SELECT * FROM t WHERE k = 1 AND i = 2', 'SELECT * FROM t WHERE i = 2', 'MISSING_FILTER', false],
  ['SELECT id, s FROM t WHERE id < 100 AND k = 1', 'SELECT id, s FROM t WHERE id < 100', 'MISSING_FILTER', false],
  ['SELECT id, k FROM t', 'SELECT id, k, s FROM t', 'EXTRA_COLUMN', false],
  ['SELECT id FROM t WHERE k > 1', 'SELECT id, g FROM t WHERE k > 1', 'EXTRA_COLUMN', false],
  ['SELECT id, k FROM t', 'SELECT id, k, id + k AS x FROM t', 'EXTRA_COLUMN', true],
  ['SELECT id, k, s FROM t', 'SELECT id, k FROM t', 'MISSING_COLUMN', true],
  ['SELECT id, k, s FROM t WHERE g = 1', 'SELECT s FROM t WHERE g = 1', 'MISSING_COLUMN', true],
  ['SELECT id, k, upper(s) AS u FROM t', 'SELECT id, upper(s) AS u FROM t', 'MISSING_COLUMN', true],
  ['SELECT id, k FROM t', 'SELECT k, id FROM t', 'COLUMN_ORDER', true],
  ['SELECT s, g, id FROM t WHERE k = 1', 'SELECT id, g, s FROM t WHERE k = 1', 'COLUMN_ORDER', true],
  ['SELECT id + 1 AS a, k * 2 AS b FROM t', 'SELECT k * 2 AS b, id + 1 AS a FROM t', 'COLUMN_ORDER', true],
  ['SELECT id AS id2, k FROM t', 'SELECT id, k FROM t', 'ALIAS_ADDED', true],
  ['SELECT id, s FROM t WHERE k = 1', 'SELECT id, s AS name FROM t WHERE k = 1', 'ALIAS_ADDED', true],
  ['SELECT g, i, k FROM t', 'SELECT g AS g, i, k FROM t', 'ALIAS_ADDED', true],
  ['SELECT id, k FROM t', 'SELECT id, s FROM t', 'DIFFERENT_COLUMNS', false],
  ['SELECT id + k AS x FROM t', 'SELECT id - k AS x FROM t', 'DIFFERENT_COLUMNS', false],
  ['SELECT id, k FROM t', 'SELECT id, k + id AS y FROM t', 'DIFFERENT_COLUMNS', true],
  ['SELECT id FROM t WHERE id > 10', 'SELECT id FROM t WHERE id > 10L', 'LITERAL_TYPE', true],
  ['SELECT id, k FROM t WHERE k = 3', "SELECT id, k FROM t WHERE k = '3'", 'LITERAL_TYPE', true],
  ['SELECT * FROM t WHERE i < 2', 'SELECT * FROM t WHERE i < 2L', 'LITERAL_TYPE', false],
  ['SELECT id FROM t WHERE id > 10', 'SELECT id FROM t WHERE id > 11', 'LITERAL_VALUE', true],
  ["SELECT id, s FROM t WHERE s = 's1'", "SELECT id, s FROM t WHERE s = 's2'", 'LITERAL_VALUE', false],
  ['SELECT id + 1 AS x, id FROM t', 'SELECT id + 2 AS x, id FROM t', 'LITERAL_VALUE', true],
  ['SELECT id FROM t WHERE id > 10 OR k = 1', 'SELECT id FROM t WHERE id > 10 OR g = 1', 'DIFFERENT_CONDITION', false],
  ['SELECT id, k FROM t WHERE id <= 100', 'SELECT id, k FROM t WHERE id < 100', 'DIFFERENT_CONDITION', true],
  ['SELECT * FROM t WHERE k IN (1, 2, 3)', 'SELECT * FROM t WHERE k = 2', 'DIFFERENT_CONDITION', true],
  [
    'SELECT t.id, u.k FROM t JOIN u ON t.id = u.id',
    'SELECT t.id, u.k FROM u JOIN t ON t.id = u.id',
    'JOIN_SIDES',
    true,
  ],
  [
    'SELECT * FROM t CROSS JOIN (SELECT k AS kk FROM u) v',
    'SELECT * FROM (SELECT k AS kk FROM u) v CROSS JOIN t',
    'JOIN_SIDES',
    true,
  ],
  [
    'SELECT t.id FROM t LEFT JOIN u ON t.id = u.id',
    'SELECT t.id FROM u LEFT JOIN t ON t.id = u.id',
    'JOIN_SIDES',
    false,
  ],
  [
    'SELECT t.id, u.k FROM t JOIN u ON t.id = u.id',
    'SELECT t.id, u.k FROM t LEFT JOIN u ON t.id = u.id',
    'DIFFERENT_JOIN',
    false,
  ],
  [
    'SELECT t.id, u.k FROM t JOIN u ON t.id = u.id',
    'SELECT t.id, u.k FROM t JOIN u ON t.k = u.k',
    'DIFFERENT_JOIN',
    false,
  ],
  [
    'SELECT t.id, u.g FROM t JOIN u ON t.id = u.id',
    'SELECT t.id, u.g FROM t JOIN u ON t.id = u.id AND t.id > 5',
    'DIFFERENT_JOIN',
    true,
  ],
  [
    'SELECT k, g, count(*) AS c FROM t GROUP BY k, g',
    'SELECT k, count(*) AS c FROM t GROUP BY k',
    'DIFFERENT_GROUPING',
    true,
  ],
  [
    'SELECT count(*) AS c FROM t GROUP BY k, g',
    'SELECT count(*) AS c FROM t GROUP BY g, k',
    'DIFFERENT_GROUPING',
    true,
  ],
  ['SELECT sum(id) AS x FROM t GROUP BY k', 'SELECT sum(id) AS x FROM t GROUP BY g', 'DIFFERENT_GROUPING', false],
  [
    'SELECT k, sum(id) AS a, max(s) AS b FROM t GROUP BY k',
    'SELECT k, max(s) AS b, sum(id) AS a FROM t GROUP BY k',
    'DIFFERENT_AGGREGATES',
    true,
  ],
  [
    'SELECT k, count(*) AS c FROM t GROUP BY k',
    'SELECT k, max(id) AS c FROM t GROUP BY k',
    'DIFFERENT_AGGREGATES',
    false,
  ],
  [
    'SELECT k, sum(i) AS x, count(i) AS n FROM t GROUP BY k',
    'SELECT k, sum(i) AS x FROM t GROUP BY k',
    'DIFFERENT_AGGREGATES',
    true,
  ],
  ['SELECT id, k FROM t ORDER BY id', 'SELECT id, k FROM t ORDER BY id DESC', 'DIFFERENT_SORT', false],
  ['SELECT id, k FROM t ORDER BY k, id', 'SELECT id, k FROM t ORDER BY id, k', 'DIFFERENT_SORT', false],
  ['SELECT s FROM t ORDER BY s', 'SELECT s FROM t ORDER BY s NULLS LAST', 'DIFFERENT_SORT', false],
  ['SELECT id FROM t LIMIT 5', 'SELECT id FROM t LIMIT 6', 'DIFFERENT_LIMIT', false],
  ['SELECT id FROM t ORDER BY id LIMIT 5', 'SELECT id FROM t ORDER BY id LIMIT 3', 'DIFFERENT_LIMIT', false],
  ['SELECT k, s FROM t LIMIT 10', 'SELECT k, s FROM t LIMIT 11', 'DIFFERENT_LIMIT', false],
  ['SELECT * FROM t', 'SELECT * FROM u', 'DIFFERENT_FILES', false],
  ['SELECT id, k FROM t', 'SELECT id, k FROM u', 'DIFFERENT_FILES', false],
  ['SELECT k, count(*) AS c FROM t GROUP BY k', 'SELECT k, count(*) AS c FROM u GROUP BY k', 'DIFFERENT_FILES', false],
  ['SELECT * FROM t', 'SELECT * FROM t_options', 'DIFFERENT_OPTIONS', false],
  ['SELECT k FROM t', 'SELECT k FROM t_schema', 'DIFFERENT_OPTIONS', false],
  ['SELECT id FROM t WHERE k = 1', 'SELECT id FROM t_options WHERE k = 1', 'DIFFERENT_OPTIONS', false],
  [
    'WITH x AS (SELECT id, k FROM t) SELECT * FROM x',
    'WITH x AS (SELECT id, k FROM t) SELECT * FROM x',
    'CTE_IDENTITY',
    true,
  ],
  [
    'WITH x AS (SELECT k FROM t) SELECT k, count(*) AS c FROM x GROUP BY k',
    'WITH x AS (SELECT k FROM t) SELECT k, count(*) AS c FROM x GROUP BY k',
    'CTE_IDENTITY',
    true,
  ],
  [
    'WITH x AS (SELECT * FROM t WHERE id > 5) SELECT id FROM x',
    'WITH x AS (SELECT * FROM t WHERE id > 5) SELECT id FROM x',
    'CTE_IDENTITY',
    true,
  ],
  ['SELECT id, rand() AS r FROM t', 'SELECT id, rand() AS r FROM t', 'NONDETERMINISTIC', false],
  ['SELECT id, uuid() AS r FROM t', 'SELECT id, uuid() AS r FROM t', 'NONDETERMINISTIC', false],
  ['SELECT * FROM t WHERE rand() < 0.5', 'SELECT * FROM t WHERE rand() < 0.5', 'NONDETERMINISTIC', false],
];

const rows = async (df: DataFrame): Promise<string[]> =>
  (await df.collectArrays()).map((r) => JSON.stringify(r, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))).sort();

/** The miss is explained as expected; a rewrite, where there is one, hits and gives the query's rows. */
async function check(cached: string, query: string, reason: MissReason, rewrite: boolean): Promise<void> {
  const df = spark.sql(cached);
  await df.cache().count();
  try {
    const q = spark.sql(query);
    const { hits, miss } = q.cacheExplanation;
    expect(hits).toEqual([]);
    expect(miss?.reason).toBe(reason);
    const whole = miss?.rewrite?.fragment === q.queryExecution.analyzed;
    expect(whole, miss?.rewrite?.sql ?? 'no rewrite').toBe(rewrite);
    if (!miss?.rewrite || !whole) return;
    df.createOrReplaceTempView('cached');
    const other = spark.sql(miss.rewrite.sql);
    expect(other.cacheExplanation.hits.length).toBe(1);
    expect(other.dtypes).toEqual(q.dtypes);
    expect(await rows(other)).toEqual(await rows(q));
  } finally {
    spark.sql('CLEAR CACHE');
  }
}

describe('known misses', () => {
  it.each(CASES)('%s  |  %s  |  %s', check);

  it.each([
    ['ANSI mode', 'spark.sql.ansi.enabled', 'false', 'SELECT id + 1 AS x FROM t'],
    ['ANSI mode, in a filter', 'spark.sql.ansi.enabled', 'false', 'SELECT * FROM t WHERE id * 2 > 10'],
    [
      'time zone',
      'spark.sql.session.timeZone',
      'Asia/Tokyo',
      'SELECT cast(timestamp_seconds(id) AS string) AS x FROM t',
    ],
  ])('SESSION_CONF: %s', async (_, key, value, query) => {
    spark.sql(query).cache();
    const before = spark.conf.get(key);
    spark.conf.set(key, value);
    try {
      expect(spark.sql(query).cacheExplanation.miss?.reason).toBe('SESSION_CONF');
    } finally {
      spark.conf.set(key, before);
      spark.sql('CLEAR CACHE');
    }
  });

  it('has each reason in the docs', () => {
    const documented = [...readFileSync('docs/explain-cache.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
      (m) => m[1],
    );
    expect(documented).toEqual(Object.keys(MISS_REASONS));
  });

  it('has each reason at least three times, and 40 rewrites', () => {
    const count = new Map<string, number>();
    for (const [, , reason] of CASES) count.set(reason, (count.get(reason) ?? 0) + 1);
    const apart = ['NO_ENTRIES', 'SESSION_CONF', 'DIFFERENT_OPERATOR', 'DIFFERENT_ARGUMENTS'];
    const few = Object.keys(MISS_REASONS).filter((r) => !apart.includes(r) && (count.get(r) ?? 0) < 3);
    expect(few).toEqual([]);
    expect(CASES.filter(([, , , rewrite]) => rewrite).length).toBeGreaterThanOrEqual(40);
    expect(CASES.length).toBeGreaterThanOrEqual(60);
  });
});
