import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 2).create();
  // Four of them are beyond 2^128: their sum wraps to a number that looks like a decimal.
  spark.sql(`CREATE TEMP VIEW wide AS SELECT id % 2 AS k, CAST(90000000000000000000000000000000000000BD AS DECIMAL(38,0)) AS d
    FROM range(0, 80, 1, 4)`);
});
afterAll(() => spark.stop());

it.each([
  ['SELECT sum(d) FROM wide', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION'],
  ['SELECT k, sum(d) FROM wide GROUP BY k', 'ARITHMETIC_OVERFLOW'],
  [
    'SELECT sum(d) FROM (SELECT d FROM wide UNION ALL SELECT -d FROM wide WHERE k = 0) LIMIT 1',
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
  ],
  ['SELECT avg(d) FROM wide', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION'],
])('%s raises %s', async (sql, condition) => {
  await expect(spark.sql(sql).collect()).rejects.toMatchObject({ condition });
});

it('sums that stay within 38 digits are exact', async () => {
  const [row] = await spark
    .sql('SELECT sum(d - 89999999999999999999999999999999999999BD) AS s FROM wide')
    .collectArrays();
  expect(String(row?.[0])).toBe('80');
});
