import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkSql, SparkSession } from '../../src/index.js';

let spark: SparkSession;
let home: string;
const DATA =
  "SELECT CAST(id % 7 AS INT) AS c1, CAST(id % 13 - 4 AS INT) AS c2, CASE WHEN id % 5 = 0 THEN NULL ELSE concat('s', id % 3) END AS c3 FROM range(200)";
const CACHES = [
  'CACHE TABLE late AS SELECT c1, c2 FROM t WHERE c2 > 0',
  'CACHE TABLE g AS SELECT c1, c2, count(*) AS n, sum(c2) AS s FROM t GROUP BY c1, c2',
];
/** Each misses, and has a fix. */
const QUERIES = [
  'SELECT c1 FROM t WHERE c2 > 3',
  'SELECT c2, c1 FROM (SELECT c1, c2, c3 FROM t) WHERE c2 > 0',
  'SELECT c1, count(*) AS n FROM t GROUP BY c1 ORDER BY c1 LIMIT 3',
  'SELECT c1, sum(c2) AS s FROM t WHERE c2 = 3 GROUP BY c1',
  'SELECT x.c1, y.n FROM (SELECT c1 FROM t WHERE c2 > 7) x JOIN (SELECT c1, count(*) AS n FROM t GROUP BY c1) y ON x.c1 = y.c1',
  'SELECT count(*) FROM t WHERE c1 IN (SELECT c1 FROM t WHERE c2 > 5)',
  'WITH q AS (SELECT c1 FROM t WHERE c2 > 6) SELECT max(c1) FROM q',
  'SELECT c1 FROM t WHERE c2 > 3 UNION ALL SELECT c2 FROM t WHERE c2 > 4',
];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-fixes-'));
  spark = await SparkSession.builder.master('local[2]').config('spark.sql.warehouse.dir', home).create();
  await spark.sql(`CREATE TABLE t AS ${DATA}`).collect();
  for (const c of CACHES) await spark.sql(c).collect();
});
afterAll(async () => {
  await spark.stop();
  rmSync(home, { recursive: true, force: true });
});

it.each(QUERIES)('the fix of %s gives the same rows from the cache', async (query) => {
  const job = ['CREATE TABLE t (c1 INT, c2 INT, c3 STRING) USING parquet', ...CACHES, query].join(';\n');
  const { findings } = await checkSql(job);
  const fix = findings.find((f) => f.statement === 4 && f.fix)?.fix;
  expect(fix).toBeDefined();
  if (!fix) return;
  const fixed = (job.slice(0, fix.place.start) + fix.text + job.slice(fix.place.stop)).split(';\n').at(-1) as string;
  const rows = async (sql: string) =>
    (await spark.sql(sql).collectValues())
      .map((r) => JSON.stringify(r, (_, v) => (typeof v === 'bigint' ? `${v}n` : v)))
      .sort();
  expect(await rows(fixed)).toEqual(await rows(query));
  expect(spark.sql(fixed).cacheExplanation.hits.length).toBeGreaterThan(0);
});
