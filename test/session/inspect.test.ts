import { inspect } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { functions as F, SparkSession } from '../../src/index.js';

const spark = await SparkSession.builder.master('local[1]').appName('inspected').getOrCreate();
afterAll(() => spark.stop());

it('console.log shows what PySpark shows, not the insides', () => {
  const df = spark.range(3).selectExpr('id', "named_struct('a', 1) AS s");
  expect(inspect(df)).toBe('DataFrame[id: bigint, s: struct<a:int>]');
  expect(`${df}`).toBe(inspect(df));
  expect(inspect(F.col('id'))).toBe("Column<'id'>");
  expect(inspect(spark)).toBe('SparkSession(inspected, local[1])');
});
