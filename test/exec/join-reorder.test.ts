import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').create();
  spark.sql('CREATE TEMP VIEW ta AS SELECT * FROM VALUES (3L, -5L), (-5L, null), (7L, 7L) AS t(a0, a1)');
  spark.sql('CREATE TEMP VIEW tc AS SELECT * FROM VALUES (-5L), (7L) AS t(c0)');
});
afterAll(() => spark.stop());

// Two columns of one relation that equal the same column of another equal each other: found by the fuzzer, lost once.
it.each([
  [
    'two columns of one relation',
    'SELECT y.a0 FROM ta x JOIN ta y ON x.a0 = y.a1 AND x.a0 = y.a0 JOIN tc ON x.a0 = c0',
    [[7n]],
  ],
  [
    'an outer join that becomes inner',
    'SELECT y.a0 FROM ta x RIGHT JOIN ta y ON x.a0 = y.a1 AND x.a0 = y.a0 JOIN tc ON x.a0 = c0',
    [[7n]],
  ],
  [
    'through a third relation',
    'SELECT x.a0 FROM ta x JOIN tc ON x.a0 = c0 JOIN ta z ON z.a0 = c0 AND x.a1 = z.a0',
    [[7n]],
  ],
] as const)('keeps every equality: %s', async (_, sql, rows) => {
  expect(await spark.sql(sql).collectArrays()).toEqual(rows);
});
