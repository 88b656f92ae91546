import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/session/spark-session.js';

// Spark 4.0.1 computes constants while it plans: what raises there raises without rows, too, except in a branch.
describe('a constant that raises', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.create();
  });
  afterAll(() => spark.stop());
  const outcome = async (sql: string) => {
    try {
      return (await spark.sql(sql).collect()).length;
    } catch (e) {
      return (e as { condition?: string }).condition;
    }
  };

  it.each([
    ['SELECT 1/0 FROM range(3) WHERE id > 10', 'DIVIDE_BY_ZERO'],
    ['SELECT id + 1/0 FROM range(3) WHERE false', 'DIVIDE_BY_ZERO'],
    ['SELECT sum(1/0) FROM range(3) WHERE id > 10', 'DIVIDE_BY_ZERO'],
    ["SELECT nullif(5L, 'a') FROM range(3) WHERE id > 10", 'CAST_INVALID_INPUT'],
    ['SELECT array(1)[5] FROM range(3) WHERE id > 10', 'INVALID_ARRAY_INDEX'],
    ['SELECT * FROM range(3) WHERE id > 10 AND (id = 3 OR 1/0 > 3)', 'DIVIDE_BY_ZERO'],
    ['SELECT CASE WHEN id > 1 THEN 1/0 ELSE 3 END FROM range(3) WHERE id > 10', 0],
    ['SELECT coalesce(id, 1/0) FROM range(3)', 3],
    ['SELECT 1/0 = NULL FROM range(3)', 3],
    ["SELECT min(id) FROM range(3) GROUP BY nullif(id, 'a') HAVING count(id) FILTER (WHERE false) = 9", 0],
    ['SELECT count(DISTINCT id) FILTER (WHERE false) FROM range(3)', 1],
    ["SELECT raise_error('x') FROM range(3) WHERE id > 10", 0],
    ['SELECT 1/0 FROM VALUES (1) t(a) WHERE a > 3', 0],
    ['SELECT 1/0 FROM range(3) LIMIT 0', 0],
    ['SELECT * FROM range(3) WHERE EXISTS (SELECT 1/0 FROM range(2) WHERE id > 10)', 0],
  ])('%s: %s', async (sql, expected) => expect(await outcome(sql)).toBe(expected));

  it('EXPLAIN tells of it', async () => {
    const rows = await spark.sql('EXPLAIN SELECT 1/0 FROM range(3)').collect();
    expect(rows.map((r) => r['plan']).join('\n')).toMatch(
      /^Error occurred during query planning: \n\[DIVIDE_BY_ZERO\]/,
    );
  });
});

describe('answers that were not Spark’s', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.create();
  });
  afterAll(() => spark.stop());

  it('collect_set keeps every NaN, one zero, and one of each other value', async () => {
    const [row] = await spark
      .sql(
        "SELECT size(collect_set(d)) AS n FROM VALUES (double('NaN')), (double('NaN')), (1.0D), (1.0D), (0.0D), (-0.0D) AS t(d)",
      )
      .collect();
    expect(row?.['n']).toBe(4);
  });

  it('format_number keeps the sign of a negative zero, initcap sees words behind spaces', async () => {
    const [row] = await spark
      .sql(
        "SELECT format_number(double('-0.0'), 2) AS a, format_number(double('-0.0'), '#,##0.0') AS b, initcap(' pad  x-y') AS c",
      )
      .collect();
    expect(row).toMatchObject({ a: '-0.00', b: '-0.0', c: ' Pad  X-y' });
    const [large] = await spark
      .sql('SELECT format_number(1.2345E22D, 1) AS a, format_number(-0.005D, 2) AS b, format_number(0.15D, 1) AS c')
      .collect();
    expect(large).toMatchObject({ a: '12,345,000,000,000,000,000,000.0', b: '-0.01', c: '0.1' });
  });

  it('concat_ws takes no array for its separator', async () => {
    expect(() => spark.sql("SELECT concat_ws(array('a'), 'b')")).toThrow('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE');
  });

  it.each(['collect_list', 'collect_set', 'first', 'mode'])('%s may stand in a lateral subquery', async (f) => {
    const rows = await spark
      .sql(`WITH t AS (SELECT * FROM VALUES (1, 2), (3, 4) AS t(a, b))
        SELECT x.a, l FROM t x, LATERAL (SELECT ${f}(b) AS l FROM t y WHERE y.a = x.a) ORDER BY 1`)
      .collect();
    expect(rows.map((r) => String(r['l']))).toEqual(['2', '4']);
  });

  it('rand may not', () =>
    expect(() => spark.sql('SELECT * FROM range(2) t, LATERAL (SELECT rand() AS l)')).toThrow(
      'NON_DETERMINISTIC_LATERAL_SUBQUERIES',
    ));

  it.each([
    ['if(id > 0, array(1), array(CAST(NULL AS INT)))'],
    ['CASE WHEN id > 0 THEN array(1) WHEN id = 0 THEN array(CAST(NULL AS INT)) END'],
    ['coalesce(if(id > 5, array(1), null), array(CAST(NULL AS INT)))'],
    ['least(array(0, 4), array(CAST(NULL AS INT)))'],
    ['concat(array(1), array(CAST(NULL AS INT)))'],
    ['array(array(1), array(CAST(NULL AS INT)))[1]'],
    ['map(1, array(1), 2, array(CAST(NULL AS INT)))[2]'],
    ['array_union(array(array(1)), array(array(CAST(NULL AS INT))))[1]'],
    ['array_append(array(array(1)), array(CAST(NULL AS INT)))[1]'],
  ])('a null inside is seen, whichever side may hold it: %s', async (e) => {
    const [row] = await spark.sql(`SELECT exists(${e}, x -> x IS NULL) AS found FROM range(1)`).collect();
    expect(row).toEqual({ found: true });
  });

  it('a null inside is seen behind a UNION', async () => {
    const rows = await spark
      .sql(
        'SELECT exists(x, e -> e IS NULL) AS found FROM (SELECT array(1) AS x UNION ALL SELECT array(CAST(NULL AS INT))) ORDER BY 1',
      )
      .collect();
    expect(rows).toEqual([{ found: false }, { found: true }]);
  });
});
