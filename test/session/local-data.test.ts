import { afterAll, beforeAll, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.create();
});
afterAll(() => spark.stop());

it('rows are arrays or objects, or values of a bare type', async () => {
  expect(await spark.createDataFrame([1, null, 3], 'INT').collectArrays()).toEqual([[1], [null], [3]]);
  expect(await spark.createDataFrame([new Date('2024-02-29T00:00:00Z')], 'DATE').collectArrays()).toEqual([
    ['2024-02-29'],
  ]);
  expect(await spark.createDataFrame([[1], { value: 2 }], 'INT').collectArrays()).toEqual([[1], [2]]);
});

// PySpark: CANNOT_INFER_SCHEMA_FOR_TYPE, CANNOT_ACCEPT_OBJECT_IN_TYPE.
it('what is no row is refused', () => {
  for (const rows of [[1, 2], ['a'], [new Date()], [[1], 2]])
    expect(() => spark.createDataFrame(rows, ['v'])).toThrow(
      expect.objectContaining({ condition: 'CANNOT_INFER_SCHEMA_FOR_TYPE' }),
    );
  for (const row of [1, null, 'a'])
    expect(() => spark.createDataFrame([row], 'v INT')).toThrow(
      expect.objectContaining({ condition: 'CANNOT_ACCEPT_OBJECT_IN_TYPE' }),
    );
});
