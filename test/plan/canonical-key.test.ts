import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

/** The text that look-ups use is written without making canonical plans; it must be theirs, always. */
const QUERIES = [
  'SELECT a + b + c AS x, c * 2 FROM t WHERE a > 1 AND NOT (b <= 2 OR c = a) AND a IN (3, 1, 2)',
  'SELECT d * (1 - d) * d, d + d, d - 1 FROM t WHERE d BETWEEN 0.1 AND 0.9',
  'SELECT s, count(*), sum(DISTINCT a), max(b) FILTER (WHERE c > 0) FROM t GROUP BY s HAVING count(*) > 1 ORDER BY s DESC',
  'SELECT greatest(c, b, a), least(a, c), nvl(a, b), a <=> b, a IS NULL FROM t',
  'SELECT x.a, y.b FROM t x LEFT JOIN t y ON y.b = x.a AND x.c < y.c',
  'SELECT * FROM t WHERE a > (SELECT avg(b) FROM t u WHERE u.c = t.c) AND EXISTS (SELECT 1 FROM t v WHERE v.a = t.b)',
  'SELECT a FROM t UNION ALL SELECT b FROM t INTERSECT SELECT c FROM t',
  'SELECT transform(array(a, b), x -> x + a), struct(a, b).b FROM t',
  'SELECT a, row_number() OVER (PARTITION BY b ORDER BY c) FROM t',
  "SELECT cast(ts AS date), date_trunc('day', ts), cast(a AS string) FROM t LIMIT 3",
  'WITH w AS (SELECT a AS q, a + 1 AS r FROM t) SELECT /*+ BROADCAST(w) */ q FROM w, t WHERE r = b',
  'SELECT a & b & c, a % 2, -a, ~b FROM t ORDER BY a',
];

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.create();
  await spark
    .sql(
      "CREATE OR REPLACE TEMP VIEW t AS SELECT 1 AS a, 2 AS b, 3 AS c, 0.5BD AS d, 's' AS s, timestamp'2024-01-01 00:00:00' AS ts",
    )
    .collect();
  for (const file of readdirSync('test/tpch/sf0.01'))
    if (file.endsWith('.parquet'))
      spark.read.parquet(`test/tpch/sf0.01/${file}`).createOrReplaceTempView(file.replace('.parquet', ''));
});
afterAll(() => spark.stop());

it.each([...QUERIES, ...Array.from({ length: 22 }, (_, i) => readFileSync(`test/tpch/queries/q${i + 1}.sql`, 'utf8'))])(
  'the key of %s',
  (text) => {
    let nodes = 0;
    spark.sql(text.replace(/;\s*$/, '')).queryExecution.analyzed.foreachWithSubqueries((p) => {
      nodes++;
      expect(p.canonicalKey).toBe(p.canonicalized.key);
    });
    expect(nodes).toBeGreaterThan(1);
  },
);
