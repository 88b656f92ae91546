import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/session/spark-session.js';

// Decimals of up to 18 digits lie as int64 whatever they were computed from; wide ones as int128.
describe('a cast from a wide decimal to a small one', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.create();
    const rows = Array.from({ length: 5000 }, (_, i) => [`${i}.123456`, i % 3]);
    spark.createDataFrame(rows, 'text STRING, g INT').createOrReplaceTempView('texts');
    await spark.sql('CREATE TEMP VIEW wide AS SELECT cast(text AS DECIMAL(30, 6)) AS d, g FROM texts').collect();
    await spark.sql('CREATE TEMP VIEW small AS SELECT cast(d AS DECIMAL(10, 2)) AS x, g FROM wide').collect();
  });
  afterAll(() => spark.stop());
  const rows = async (sql: string) => (await spark.sql(sql).collect()).map((r) => Object.values(r).map(String));

  it('gives the same extremes and groups as text says', async () => {
    expect(await rows('SELECT g, min(x), max(x), sum(x) FROM small GROUP BY g ORDER BY g')).toEqual([
      ['0', '0.12', '4998.12', '4166033.04'],
      ['1', '1.12', '4999.12', '4167700.04'],
      ['2', '2.12', '4997.12', '4164366.92'],
    ]);
    expect(await rows('SELECT x FROM small WHERE g = 1 ORDER BY x DESC LIMIT 2')).toEqual([['4999.12'], ['4996.12']]);
    expect(await rows('SELECT count(DISTINCT x), count(DISTINCT -x), count(DISTINCT abs(x)) FROM small')).toEqual([
      ['5000', '5000', '5000'],
    ]);
  });

  it('gives the same rows from the cache', async () => {
    const uncached = await rows('SELECT x, g FROM small ORDER BY x');
    await spark.sql('CACHE TABLE small').collect();
    expect(await rows('SELECT x, g FROM small ORDER BY x')).toEqual(uncached);
    expect(uncached.slice(0, 3)).toEqual([
      ['0.12', '0'],
      ['1.12', '1'],
      ['2.12', '2'],
    ]);
  });
});
