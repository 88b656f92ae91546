import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError, SparkSession } from '../../src/index.js';
import { hiveText } from '../conformance/hive-text.js';

/** Answers of Spark 4.0.1. */
const ANSWERS: readonly (readonly [sql: string, ...values: string[]])[] = [
  [
    'SELECT hex(count_min_sketch(col, 0.5D, 0.5D, 1)) FROM VALUES (1), (2), (1) AS tab(col)',
    '0000000100000000000000030000000100000004000000005D8D6AB90000000000000000000000000000000200000000000000010000000000000000',
  ],
  ["SELECT base64(aes_encrypt('Spark', 'abcdefghijklmnop', 'ECB'))", '4Hv0UKCx6nfUeAoPZo1z+w=='],
  [
    "SELECT base64(aes_encrypt('Spark', 'abcdefghijklmnop12345678ABCDEFGH', 'GCM', 'DEFAULT', unhex('000000000000000000000000'), 'This is an AAD mixed into the input'))",
    'AAAAAAAAAAAAAAAAQiYi+sTLm7KD9UcZ2nlRdYDe/PX4',
  ],
  ["SELECT is_valid_utf8(x'80'), hex(make_valid_utf8(x'8061')), try_validate_utf8(x'80')", 'false', 'EFBFBD61', 'NULL'],
  [
    "SELECT from_json('{\"a\":\"x\"}', 'a INT, _corrupt_record STRING')._corrupt_record, from_json('{a:1}', 'a INT', map('allowUnquotedFieldNames','true')).a, from_json('{\"a\":01}', 'a INT', map('allowNumericLeadingZeros','true')).a",
    '{"a":"x"}',
    '1',
    '1',
  ],
  ['SELECT randstr(10, 0), uniform(10, 20.0F, 0), rand(NULL)', 'ceV0PXaR2I', '17.604954', '0.7604953758285915'],
  ['SELECT sum(1/x) FILTER (WHERE x > 0) FROM VALUES 0, 1, 2 t(x)', '1.5'],
  ['SELECT mode(col) FROM VALUES (-10), (0), (10) AS tab(col)', '0'],
  ['SELECT transform(array(1, 2), 0), map_zip_with(map(1Y, 1), map(1, 2), (k, a, b) -> a + b)', '[0,0]', '{1:3}'],
];

const ERRORS: readonly (readonly [sql: string, condition: string, parameters: Readonly<Record<string, string>>])[] = [
  [
    'SELECT sum(x) FROM VALUES (99999999999999999999999999999999999999BD), (1BD) t(x)',
    'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
    {
      value: '100000000000000000000000000000000000000',
      precision: '38',
      scale: '0',
      config: '"spark.sql.ansi.enabled"',
    },
  ],
  [
    'SELECT k, sum(x) FROM VALUES (1, 99999999999999999999999999999999999999BD), (1, 1BD) t(k, x) GROUP BY k',
    'ARITHMETIC_OVERFLOW',
    {
      message: 'Overflow in sum of decimals',
      alternative: " Use 'try_sum' to tolerate overflow and return NULL instead.",
      config: '"spark.sql.ansi.enabled"',
    },
  ],
  [
    "SELECT aes_encrypt('Spark', 'abc')",
    'INVALID_PARAMETER_VALUE.AES_KEY_LENGTH',
    { parameter: '`key`', functionName: '`aes_encrypt`/`aes_decrypt`', actualLength: '3' },
  ],
  ["SELECT validate_utf8(x'80')", 'INVALID_UTF8_STRING', { str: '\\x80' }],
];

describe('functions answer as Spark', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[0]').config('spark.sql.session.timeZone', 'UTC').create();
  });
  afterAll(() => spark.stop());

  it.each(ANSWERS)('%s', async (sql, ...values) => {
    const df = spark.sql(sql);
    const [row] = await df.collectValues();
    expect(
      row?.map((v, i) => hiveText(v, df.schema.fields[i]?.dataType as never, { timeZone: 'UTC' } as never)),
    ).toEqual(values);
  });

  it.each(ERRORS)('%s', async (sql, condition, parameters) => {
    const error = await spark
      .sql(sql)
      .collectValues()
      .then(() => undefined)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SparkError);
    expect((error as SparkError).condition).toBe(condition);
    expect((error as SparkError).parameters).toEqual(parameters);
  });
});
