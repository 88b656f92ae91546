import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError, SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.config('spark.master', 'local[1]').getOrCreate();
  spark.sql("CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 'a'), (2, '3') t(a, b)");
});
afterAll(() => spark.stop());

async function failure(sql: string): Promise<[string, string | undefined, number | undefined]> {
  try {
    await spark.sql(sql).collect();
  } catch (e) {
    if (e instanceof SparkError) return [e.condition, e.fragment, e.origin.startIndex];
    throw e;
  }
  throw new Error('no error');
}

describe('errors of running queries name their place', () => {
  it.each([
    ['SELECT 1 / 0', 'DIVIDE_BY_ZERO', '1 / 0', 7],
    ['SELECT a + CAST(b AS INT) FROM t', 'CAST_INVALID_INPUT', 'CAST(b AS INT)', 11],
    ['SELECT a + b FROM t', 'CAST_INVALID_INPUT', 'a + b', 7],
    ['SELECT 2147483647 + a FROM t', 'ARITHMETIC_OVERFLOW', '2147483647 + a', 7],
    ['SELECT * FROM t WHERE a / (a - 1) > 1', 'DIVIDE_BY_ZERO', 'a / (a - 1)', 22],
    ['SELECT (SELECT a FROM t) + 1', 'SCALAR_SUBQUERY_TOO_MANY_ROWS', '(SELECT a FROM t)', 7],
  ])('%s', async (sql, condition, fragment, start) => {
    expect(await failure(sql)).toEqual([condition, fragment, start]);
  });
});

describe('subqueries', () => {
  const rows = async (sql: string) => (await spark.sql(sql).collectArrays()).map((r) => r.map(String).join(' '));
  it('a count over nothing is 0, also where the plan is known to be empty', async () => {
    const sql = 'SELECT (SELECT count(n.a) FROM (SELECT a FROM t WHERE 1 = 0) n WHERE n.a = t.a) FROM t';
    expect(await rows(sql)).toEqual(['0', '0']);
  });
  it('a filter on outer columns only', async () => {
    expect(await rows('SELECT a, (SELECT a WHERE a = 2) FROM t ORDER BY a')).toEqual(['1 null', '2 2']);
  });
  it('several rows for one outer row fail', async () => {
    const sql = 'SELECT (SELECT u.b FROM t u WHERE u.a >= t.a) FROM t';
    expect((await failure(sql))[0]).toBe('SCALAR_SUBQUERY_TOO_MANY_ROWS');
  });
  it('IN with nulls in a join condition', async () => {
    const sql = 'SELECT t.a, u.a FROM t LEFT JOIN t u ON (t.a IN (SELECT CAST(NULL AS INT))) IS NULL AND u.a = 1';
    expect((await rows(sql)).sort()).toEqual(['1 1', '2 1']);
  });
  it('set operations and windows per outer row', async () => {
    expect(
      await rows(
        'SELECT a FROM t WHERE EXISTS (SELECT a FROM t u WHERE u.a = t.a EXCEPT SELECT 1 FROM t u WHERE u.a >= t.a)',
      ),
    ).toEqual(['2']);
    expect(
      await rows(
        'SELECT a, (SELECT max(r) FROM (SELECT rank() OVER (ORDER BY a) r FROM t u WHERE u.a >= t.a)) FROM t ORDER BY a',
      ),
    ).toEqual(['1 2', '2 1']);
  });
  it('maps are grouped by their entries', async () => {
    expect(await rows('SELECT count(*) FROM VALUES (map(1, 2, 2, 3)), (map(2, 3, 1, 2)) v(m) GROUP BY m')).toEqual([
      '2',
    ]);
  });
});
