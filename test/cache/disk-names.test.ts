import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/session/spark-session.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';

// Arrow's writer knows columns by their names: two of one name must not be taken for one.
describe('columns that share a name, on disk', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.create();
  });
  afterAll(() => spark.stop());

  it('keep all rows, whatever their types', async () => {
    const joined = spark.sql(
      `SELECT a.id, a.v, b.id, b.v, b.v AS \`v#2\` FROM (SELECT id, id + 1 AS v FROM range(0, 50, 1, 2)) a
       JOIN (SELECT if(id % 7 = 0, null, id) AS id, cast(id AS STRING) AS v FROM range(50)) b ON a.id = b.id`,
    );
    const uncached = (await joined.collect()).length;
    joined.persist(StorageLevel.DISK_ONLY);
    await joined.materialize();
    expect(spark.catalog.cacheEntries()[0]).toMatchObject({ rows: 42 });
    const sums = await spark
      .sql('SELECT 1')
      .crossJoin(joined.toDF('a', 'b', 'c', 'd', 'e'))
      .selectExpr('count(*) AS n', 'sum(a) AS a', 'sum(c) AS c', 'max(d) AS d', 'max(e) AS e', 'sum(b) AS b')
      .collect();
    expect(uncached).toBe(42);
    expect(sums).toEqual([{ n: 42n, a: 1029n, c: 1029n, d: '9', e: '9', b: 1071n }]);
  });
});
