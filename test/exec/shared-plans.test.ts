import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';
import { SharedRelation } from '../../src/plan/logical/index.js';

/** CTEs that are used more than once run once; the rows are those of the CTE put in at each use. */
describe('shared CTEs', () => {
  let spark: SparkSession;
  let apart: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 4).create();
    apart = spark.newSession();
    apart.conf.set('memoframe.optimizer.shareCtes', 'false');
    for (const s of [spark, apart])
      s.sql(
        'SELECT id, id % 7 AS k, CAST(id % 11 AS INT) AS v, CAST(id AS STRING) AS s FROM range(0, 1000, 1, 3)',
      ).createOrReplaceTempView('t');
  });
  afterAll(() => spark.stop());

  const sharedIds = (sql: string): number[] => {
    const ids: number[] = [];
    const plan = spark.sql(sql).queryExecution.optimizedPlan;
    plan.foreachWithSubqueries((p) => {
      if (p instanceof SharedRelation) ids.push(p.id);
    });
    return ids.map((id) => id - Math.min(...ids));
  };
  const rows = async (session: SparkSession, sql: string) =>
    (await session.sql(sql).collectValues()).map((r) => r.map(String).join()).sort();

  const G = 'WITH g AS (SELECT k, sum(v) AS total, max(s) AS last, count(*) AS n FROM t GROUP BY k)';
  it.each([
    ['a self join', `${G} SELECT a.k, b.total FROM g a JOIN g b ON a.k = b.k + 1 WHERE a.k > 1 AND b.k < 5`, [0, 0]],
    ['a union of different columns', `${G} SELECT k, total FROM g UNION ALL SELECT n, k FROM g`, [0, 0]],
    ['a scalar subquery', `${G} SELECT k FROM g WHERE total > (SELECT avg(total) FROM g)`, [0, 0]],
    [
      'a predicate subquery',
      `${G} SELECT s FROM t WHERE k IN (SELECT k FROM g WHERE n > 142) AND v > (SELECT min(k) FROM g)`,
      [0, 0],
    ],
    [
      'a CTE of a CTE',
      `${G}, h AS (SELECT a.k, a.n FROM g a JOIN g b ON a.k = b.k) SELECT * FROM h x JOIN h y ON x.n = y.n`,
      [0, 0],
    ],
    ['only rows', `${G} SELECT count(*) FROM g UNION ALL SELECT count(*) FROM g WHERE k = 3`, [0, 0]],
    ['one use', `${G} SELECT k FROM g`, []],
    ['one use that is left', `${G} SELECT k FROM g UNION ALL SELECT k FROM g WHERE false`, []],
    ['a plain scan', 'WITH p AS (SELECT k, v FROM t WHERE v > 3) SELECT * FROM p UNION ALL SELECT v, k FROM p', []],
    [
      'an outer column',
      `SELECT (WITH g AS (SELECT max(v) m FROM range(3) JOIN (SELECT t.v v)) SELECT sum(a.m) FROM g a, g b) FROM t WHERE id < 5`,
      [],
    ],
    [
      'scalar subqueries over the same rows',
      'SELECT (SELECT max(v) FROM t WHERE k = 2), (SELECT min(v) + 1 FROM t WHERE k = 2), (SELECT max(v) FROM t WHERE k = 2)',
      [0, 0, 0],
    ],
    [
      'scalar subqueries in places',
      'SELECT id FROM t WHERE v > (SELECT avg(v) FROM t) AND k IN (SELECT k FROM t WHERE v = (SELECT max(v) FROM t))',
      [0, 0],
    ],
    [
      'scalar subqueries over other rows',
      'SELECT (SELECT max(v) FROM t WHERE k = 2), (SELECT min(v) FROM t WHERE k = 3)',
      [],
    ],
  ] as const)('%s', async (_, sql, shared) => {
    let expected: string[];
    try {
      expected = await rows(apart, sql);
    } catch (error) {
      // What Spark does not support is refused alike.
      await expect(rows(spark, sql)).rejects.toThrow((error as Error).message);
      return;
    }
    expect(sharedIds(sql)).toEqual(shared);
    expect(await rows(spark, sql)).toEqual(expected);
  });

  it('asks a shared plan for the rows and columns that some use wants', () => {
    const sql = `${G} SELECT total FROM g WHERE k > 4 UNION ALL SELECT total FROM g WHERE k = 1`;
    const leaf = spark.sql(sql).queryExecution.optimizedPlan.find((p) => p instanceof SharedRelation) as SharedRelation;
    expect(leaf.plan.output.map((a) => a.name)).toEqual(['k', 'total']);
    const filter = leaf.plan.find((p) => p.kind === 'Filter');
    expect(String(filter?.expressions[0])).toMatch(/> 4.* OR .*= 1/);
  });

  it('gives all uses the same random rows', async () => {
    const sql =
      'WITH r AS (SELECT id, rand() AS x FROM t) SELECT count(*) FROM r a JOIN r b ON a.id = b.id AND a.x = b.x';
    expect(await rows(spark, sql)).toEqual(['1000']);
  });

  it('puts CTEs in at each use in plans that fill caches', async () => {
    await spark.sql(`CACHE TABLE c AS ${G} SELECT a.k FROM g a JOIN g b ON a.k = b.total`).collect();
    expect(await rows(spark, 'SELECT * FROM c')).toEqual(
      await rows(apart, `${G} SELECT a.k FROM g a JOIN g b ON a.k = b.total`),
    );
  });
});
