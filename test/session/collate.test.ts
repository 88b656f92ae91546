import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').create();
});
afterAll(() => spark.stop());

it.each([
  ["'a' COLLATE UTF8_LCASE = 'A'", true],
  ["'a' COLLATE UTF8_BINARY = 'A'", false],
  ["'a' COLLATE UTF8_LCASE < 'B' COLLATE UTF8_LCASE", true],
  ["'ΑΣ' COLLATE UTF8_LCASE = 'ας'", true],
  ["'ΑΣ' COLLATE UTF8_LCASE = 'ασ'", true],
  ["NULL COLLATE UTF8_LCASE = 'a'", null],
] as const)('%s is %s', async (sql, expected) => {
  expect(await spark.sql(`SELECT ${sql}`).collectArrays()).toEqual([[expected]]);
});

it.each([
  ["'a' COLLATE UTF8_LCASE", 'UNSUPPORTED_FEATURE'],
  ["'a' COLLATE UTF8_LCASE IN ('A')", 'UNSUPPORTED_FEATURE'],
  ["CASE 'a' COLLATE UTF8_LCASE WHEN 'A' THEN 1 END", 'UNSUPPORTED_FEATURE'],
  ["'a' COLLATE UTF8_LCASE IS DISTINCT FROM 'A'", 'UNSUPPORTED_FEATURE'],
  ["'a' COLLATE UNICODE = 'A'", 'UNSUPPORTED_FEATURE'],
  ["'a' COLLATE UTF8_LCASE = 'b' COLLATE UTF8_BINARY", 'COLLATION_MISMATCH.EXPLICIT'],
])('%s fails with %s', async (sql, condition) => {
  const run = async () => spark.sql(`SELECT ${sql}`).collect();
  await expect(run()).rejects.toMatchObject({ condition });
});
