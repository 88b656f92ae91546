import { beforeAll, describe, expect, it } from 'vitest';
import type { DataFrame } from '../../../src/index.js';
import { aboveCache, plain, Rows } from './support.js';

const app = new Rows();
const metrics = () => app.spark.sharedState.engine.lastMetrics;

/** `[rows, partitions read, batches read]` of a query over cached data. Spark: `readPartitions`, `readBatches`. */
async function read(df: DataFrame): Promise<[number, number, number]> {
  const rows = (await df.collectArrays()).length;
  return [rows, metrics().cachedPartitionsRead, metrics().batchesRead];
}
/** The same of a frame that is cached for it. */
async function filled(df: DataFrame): Promise<[number, number, number]> {
  df.cache();
  await df.count();
  const seen = await read(df.select('*'));
  df.unpersist();
  return seen;
}
const range = (n: number, partitions = 1) => app.spark.range(0, n, 1, partitions);

describe('column batches', () => {
  it('B01 a batch ends at batchSize rows or at 4 MiB, whichever comes first', async () => {
    expect(await filled(range(25_000))).toEqual([25_000, 1, 3]);
    expect(await filled(range(100).selectExpr("repeat('x', 100000) AS s"))).toEqual([100, 1, 3]);
    expect(await filled(range(2000).selectExpr('sequence(0L, 999L) AS a'))).toEqual([2000, 1, 4]);
    await app.with({ 'spark.sql.inMemoryColumnarStorage.batchSize': 3 }, async () => {
      expect(await filled(range(10))).toEqual([10, 1, 4]);
      expect(await filled(range(10, 3))).toEqual([10, 3, 4]);
    });
  });

  it('B02 sizes by type: a null counts 4 bytes, a text 4 and its length', async () => {
    // Two rows without null, and with one.
    const sizes: Readonly<Record<string, [number, number]>> = {
      true: [2, 5],
      '1Y': [2, 5],
      '1S': [4, 6],
      '1': [8, 8],
      '1L': [16, 12],
      '1.0f': [8, 8],
      '1.0D': [16, 12],
      '1.5BD': [16, 12],
      'cast(1.5 AS DECIMAL(30,2))': [16, 12],
      "'abc'": [14, 11],
      "'äöü'": [20, 14],
      "X'0102'": [12, 10],
      "date'2020-01-01'": [8, 8],
      "timestamp'2020-01-01'": [16, 12],
      "timestamp_ntz'2020-01-01'": [16, 12],
      "interval '1' day": [16, 12],
      "interval '1' month": [8, 8],
      'make_interval(1)': [32, 20],
      'array(1, 2, 3)': [72, 40],
      "array('a')": [72, 40],
      'map(1, 2)': [120, 64],
      "named_struct('x', 1, 'y', 'abc')": [72, 40],
      NULL: [8, 8],
    };
    for (const [value, expected] of Object.entries(sizes)) {
      const seen: number[] = [];
      for (const isNull of [5, 1]) {
        const df = range(2).selectExpr(`if(id = ${isNull}, NULL, ${value}) AS v`);
        df.cache();
        await df.count();
        const m = /Statistics\(sizeInBytes=([\d.]+) B, rowCount=2\)/.exec(df.select('*').explainString('cost'));
        seen.push(Number(m?.[1]));
        df.unpersist();
      }
      expect([value, seen]).toEqual([value, expected]);
    }
  });

  it('B05 values are narrowed and texts coded unless compressed = false; rows are equal', async () => {
    const make = () =>
      range(100_000).selectExpr(
        'cast(id div 1000 AS INT) AS runs',
        'cast(id % 7 AS STRING) AS texts',
        'id AS longs',
        'id % 2 = 0 AS flags',
        "date_add(date'2020-01-01', cast(id % 9 AS INT)) AS dates",
        'cast(id % 5 AS DECIMAL(30,2)) AS decimals',
      );
    const bytes: Record<string, Record<string, number>> = {};
    const sums: unknown[] = [];
    for (const compressed of ['true', 'false'])
      await app.with({ 'spark.sql.inMemoryColumnarStorage.compressed': compressed }, async () => {
        const df = make();
        df.cache();
        await df.count();
        const of: Record<string, number> = {};
        bytes[compressed] = of;
        for (const column of df.columns) {
          await df.select(column).selectExpr(`max(${column})`).collect();
          of[column] = metrics().cachedBytesRead;
        }
        sums.push(
          await df
            .selectExpr('sum(runs)', 'max(texts)', 'sum(longs)', 'count_if(flags)', 'max(dates)', 'sum(decimals)')
            .collectArrays(),
        );
        df.unpersist();
      });
    expect(sums[0]).toEqual(sums[1]);
    // Spark 4.0.1 keeps 402,056 / 503,288 / 802,232 / 101,784 / 402,072 bytes of the first five without compression.
    expect(bytes['false']).toMatchObject({ runs: 400_000, longs: 800_000, flags: 100_000, dates: 400_000 });
    for (const [column, size] of Object.entries(bytes['true'] ?? {}))
      expect([column, size / (bytes['false']?.[column] ?? 0) < 0.6]).toEqual([column, true]);
  });

  it('B06 enableVectorizedReader changes neither plans nor rows', async () => {
    const make = () => range(10).selectExpr('id AS a', 'cast(id AS DOUBLE) AS b');
    make().cache();
    const query = () => make().filter('a > 1').selectExpr('a + 1 AS c');
    const on = await query().collectArrays();
    const plan = aboveCache(plain(query().explainString()));
    expect(app.spark.conf.get('spark.sql.inMemoryColumnarStorage.enableVectorizedReader')).toBe('true');
    await app.with({ 'spark.sql.inMemoryColumnarStorage.enableVectorizedReader': 'false' }, async () => {
      expect(await query().collectArrays()).toEqual(on);
      expect(aboveCache(plain(query().explainString()))).toBe(plan);
    });
    expect(plan.split('\n').slice(1)).toEqual([
      '*(1) Project [(a#1L + 1) AS c#2L]',
      '+- *(1) Filter (a#1L > 1)',
      '   +- InMemoryTableScan [a#1L], [(a#1L > 1)]',
    ]);
    // More than 100 columns: read as any others.
    const wide = range(4).selectExpr(...Array.from({ length: 101 }, (_, i) => `id + ${i} AS c${i}`));
    wide.cache();
    await wide.count();
    expect(await wide.selectExpr('sum(c100)').collectArrays()).toEqual([[406n]]);
  });

  it('B07 empty partitions give no batch', async () => {
    expect(await filled(range(2, 4))).toEqual([2, 2, 2]);
    expect(await filled(range(20, 4).filter('id < 5'))).toEqual([5, 1, 1]);
    const none = range(20, 4).filter('id < 0');
    none.cache();
    expect([await none.count(), app.partitions()]).toEqual([0, [[4, 4]]]);
    expect(await read(none.select('*'))).toEqual([0, 0, 0]);
  });

  it('B08 spark.sql.cache.serializer is fixed when the session starts, and has one value', async () => {
    const key = 'spark.sql.cache.serializer';
    expect(app.spark.conf.get(key)).toBe('org.apache.spark.sql.execution.columnar.DefaultCachedBatchSerializer');
    expect(() => app.spark.conf.set(key, 'x')).toThrow(/CANNOT_MODIFY_CONFIG/);
    await expect(app.create({ [key]: 'com.example.Other' })).rejects.toMatchObject({
      condition: 'UNSUPPORTED_FEATURE',
    });
  });

  it('B09 the confs of growing vectors have their defaults', () => {
    const key = 'spark.sql.inMemoryColumnarStorage.hugeVector';
    expect(app.spark.conf.get(`${key}Threshold`)).toBe('-1b');
    expect(app.spark.conf.get(`${key}ReserveRatio`)).toBe('1.2');
    app.spark.conf.set(`${key}Threshold`, '4m');
    app.spark.conf.unset(`${key}Threshold`);
  });

  it('a cached DOUBLE column with NaN answers as uncached, other than in Spark 4.0.1', async () => {
    const nan = () => app.spark.sql("SELECT * FROM VALUES (double('NaN')), (1.0D) AS t(d)").coalesce(1);
    nan().createOrReplaceTempView('nn');
    const counts = async () =>
      Promise.all(['d > 5', "d = double('NaN')", 'isnan(d)'].map((c) => app.spark.table('nn').filter(c).count()));
    expect(await counts()).toEqual([1, 1, 1]);
    await app.sql('CACHE TABLE nn');
    expect(await counts()).toEqual([1, 1, 1]);
  });
});

/** 100 rows in 5 partitions, two batches of ten rows each, as Spark's `PartitionBatchPruningSuite` has them. */
const VIEWS: Readonly<Record<string, string[]>> = {
  data: [
    'cast(id AS INT) AS key',
    'CASE WHEN ((id - 1) div 10) % 2 = 0 THEN NULL ELSE cast(id AS STRING) END AS value',
  ],
  types: [
    "concat('str', lpad(cast(id AS STRING), 3, '0')) AS s",
    'array(id) AS a',
    'cast(cast(id AS STRING) AS BINARY) AS b',
    'cast(id AS BOOLEAN) AS bo',
    "date_add(date'2020-01-01', cast(id AS INT)) AS d",
    'timestamp_micros(id * 1000000) AS ts',
    'cast(id AS DECIMAL(10,2)) AS dc',
    'cast(id AS DECIMAL(30,2)) AS dw',
    'cast(id AS FLOAT) AS f',
    'cast(id AS DOUBLE) AS db',
    'cast(id % 120 AS TINYINT) AS y',
    'cast(id AS SMALLINT) AS sm',
    'id AS l',
    'make_dt_interval(0, 0, 0, id) AS iv',
    'make_ym_interval(0, cast(id AS INT)) AS ym',
    "named_struct('x', id) AS st",
    'cast(id AS STRING) AS str',
  ],
  text: ['concat(char(cast(65 + (id - 1) div 10 AS INT)), cast(id AS STRING)) AS s'],
};

/** Condition, rows, partitions and batches that Spark 4.0.1 reads. */
type Pin = readonly [view: string, condition: string, rows: number, partitions: number, batches: number];

const PINS: Readonly<Record<string, readonly Pin[]>> = {
  'R01 = and <=>: lower ≤ l ≤ upper': [
    ['data', 'key = 1', 1, 1, 1],
    ['data', '1 = key', 1, 1, 1],
    ['data', 'key <=> 1', 1, 1, 1],
    ['data', '1 <=> key', 1, 1, 1],
    ['data', 'key = 1L', 1, 1, 1],
    ['data', "value = '11'", 1, 2, 2],
    ['data', 'key = 500', 0, 0, 0],
    ['data', 'key = (SELECT 5)', 1, 1, 1],
    ['data', 'coalesce(key, 1) = 1', 1, 1, 1],
    ['types', "s = 'str011'", 1, 1, 1],
    ['types', "d = date'2020-01-02'", 1, 1, 1],
    ['types', 'dc = 5.00BD', 1, 1, 1],
    ['types', 'dw = 5.00BD', 1, 1, 1],
    ['types', 'f = 5.0f', 1, 1, 1],
    ['types', 'y = 5Y', 1, 1, 1],
    ['types', 'sm = 5S', 1, 1, 1],
    ['types', 'l = 5', 1, 1, 1],
    ['types', "iv = interval '5' second", 1, 1, 1],
    ['text', "s = 'E41'", 1, 1, 1],
  ],
  'R02 < and <=: by the lower bound': [
    ['data', 'key < 12', 11, 1, 2],
    ['data', 'key <= 11', 11, 1, 2],
    ['data', '12 > key', 11, 1, 2],
    ['data', '11 >= key', 11, 1, 2],
    ['data', 'key BETWEEN 5 AND 7', 3, 1, 1],
    ['types', "d < date'2020-01-05'", 3, 1, 1],
    ['types', 'ts <= timestamp_micros(5000000)', 5, 1, 1],
    ['types', 'dc < 5', 4, 1, 1],
    ['types', 'dw < 5.00BD', 4, 1, 1],
    ['types', 'f < 3.0f', 2, 1, 1],
    ['types', 'y < 3', 2, 1, 1],
    ['types', "ym < interval '3' month", 2, 1, 1],
  ],
  'R03 > and >=: by the upper bound': [
    ['data', 'key > 88', 12, 1, 2],
    ['data', 'key >= 89', 12, 1, 2],
    ['data', '88 < key', 12, 1, 2],
    ['data', '89 <= key', 12, 1, 2],
    ['data', 'NOT (key < 88)', 13, 1, 2],
    ['types', "s > 'str095'", 5, 1, 1],
    ['types', 'db > 98.5D', 2, 1, 1],
    ['types', 'db > 98.5', 2, 1, 1],
    ['types', "str >= '99'", 1, 1, 1],
  ],
  'R04 IS NULL and IS NOT NULL: by the count of nulls': [
    ['data', 'value IS NULL', 50, 5, 5],
    ['data', 'value IS NOT NULL', 50, 5, 5],
    ['data', 'length(value) = 2', 49, 5, 5],
    ['types', 'iv IS NULL', 0, 0, 0],
  ],
  'R05 IN: any literal within the bounds': [
    ['data', 'key IN (1, 11)', 2, 1, 2],
    ['data', 'key IN (1, 11, 2)', 3, 1, 2],
    ['data', 'key IN (NULL, 1)', 1, 1, 1],
    ['data', 'key IN (1, 2 + 1)', 2, 1, 1],
    ['data', 'key IN (500)', 0, 0, 0],
  ],
  "R06 startswith and LIKE 'l%': the prefix between the bounds' prefixes": [
    ['types', "s LIKE 'str01%'", 10, 1, 2],
    ['types', "startswith(s, 'str01')", 10, 1, 2],
    ['text', "s LIKE 'B%'", 10, 1, 1],
    ['text', "s LIKE 'C1%'", 0, 0, 0],
    ['text', "startswith(s, 'D')", 10, 1, 1],
    ['text', "s LIKE 'Z%'", 0, 0, 0],
    ['text', "s LIKE ''", 0, 0, 0],
    ['text', "s LIKE 'B12'", 1, 1, 1],
    ['text', "s LIKE 'B1%2'", 1, 1, 1],
    ['text', "s LIKE '%'", 100, 5, 10],
  ],
  'R07 AND: each side that says something': [
    ['data', 'key > 8 AND key <= 21', 13, 2, 3],
    ['data', 'key < 12 AND key IS NOT NULL', 11, 1, 2],
    ['data', "key < 12 AND value LIKE '%1%'", 1, 1, 1],
    ['data', 'key % 2 = 0 AND key > 95', 3, 1, 1],
    ['data', 'key > 8 AND (key < 20 OR value IS NULL)', 51, 5, 6],
  ],
  'R08 OR: only if both sides say something': [
    ['data', 'key < 2 OR key > 99', 2, 2, 2],
    ['data', "key < 2 OR value LIKE '%1'", 6, 5, 10],
    ['data', "key = 1 OR key = 99 AND value = '99'", 2, 2, 2],
  ],
  'R09 what statistics say nothing about reads every batch': [
    ['data', 'NOT (key IN (1, 11))', 98, 5, 10],
    ['data', 'key + 1 = 2', 1, 5, 10],
    ['data', "cast(key AS STRING) = '1'", 1, 5, 10],
    ['data', 'key != 5', 99, 5, 10],
    ['data', 'key IN (SELECT 1)', 1, 5, 10],
    ['data', 'NOT (key IS NULL)', 100, 5, 10],
    ['types', "s LIKE '%18'", 1, 5, 10],
    ['types', "s LIKE 'str0_1'", 10, 5, 10],
    ['types', "'18%' LIKE s", 0, 5, 10],
    ['types', 'a = array(1L)', 1, 5, 10],
    ['types', "b = X'31'", 1, 5, 10],
    ['types', "st = named_struct('x', 5L)", 1, 5, 10],
    ['types', 'st.x = 5', 1, 5, 10],
    ['types', 'bo', 100, 5, 10],
    ['types', 'NOT bo', 0, 5, 10],
    ['types', 'a IS NOT NULL', 100, 5, 10],
  ],
};

describe('batch pruning', () => {
  const key = 'spark.sql.inMemoryColumnarStorage';
  const cache = async () => {
    for (const [name, columns] of Object.entries(VIEWS))
      app.spark
        .range(1, 101, 1, 5)
        .selectExpr(...columns)
        .createOrReplaceTempView(`pruning_${name}`);
    await app.with({ [`${key}.batchSize`]: 10 }, () =>
      app.sql(...Object.keys(VIEWS).map((n) => `CACHE TABLE pruning_${n}`)),
    );
  };
  beforeAll(cache);

  it.each(Object.entries(PINS))('B03 %s', async (_, pins) => {
    await cache();
    const seen: Pin[] = [];
    for (const [view, condition] of pins) {
      const column = view === 'data' ? 'key' : 's';
      const [rows, partitions, batches] = await read(
        app.spark.sql(`SELECT ${column} FROM pruning_${view} WHERE ${condition}`),
      );
      seen.push([view, condition, rows, partitions, batches]);
    }
    expect(seen).toEqual(pins);
  });

  it('R10 with partitionPruning = false every batch is read', async () => {
    await cache();
    const query = () => app.spark.sql('SELECT key FROM pruning_data WHERE key = 1');
    expect(await read(query())).toEqual([1, 1, 1]);
    await app.with({ [`${key}.partitionPruning`]: 'false' }, async () => {
      expect(await read(query())).toEqual([1, 5, 10]);
      expect(query().explainString()).toMatch(/\[key#\d+\], \[\(key#\d+ = 1\)\]/);
    });
    expect(await read(app.spark.table('pruning_data').select('key'))).toEqual([100, 5, 10]);
    expect((await read(app.spark.sql('SELECT count(*) FROM pruning_data WHERE key < 12'))).slice(1)).toEqual([1, 2]);
  });

  it('C29 partitions and batches that are read are counted, with or without inMemoryTableScanStatistics.enable', async () => {
    await cache();
    const query = () => app.spark.sql('SELECT key FROM pruning_data WHERE key > 8 AND key <= 21');
    for (const enabled of ['false', 'true'])
      await app.with({ 'spark.sql.inMemoryTableScanStatistics.enable': enabled }, async () =>
        expect([enabled, await read(query()), metrics().batchesPruned]).toEqual([enabled, [13, 2, 3], 7]),
      );
  });

  it('C28 the scan counts the rows of the batches that it reads', async () => {
    const df = () => range(100_000);
    df().cache();
    await df().count();
    expect((await df().filter('id < 5').collect()).length).toBe(5);
    expect(metrics().cachedRowsRead).toBe(10_000);
  });

  it('C27 only the columns that a query needs are listed and read', async () => {
    const people = app.spark.table('people');
    people.cache();
    await people.count();
    const scanOf = (text: string) => /InMemoryTableScan.*/.exec(plain(app.spark.sql(text).explainString()))?.[0];
    expect(scanOf('SELECT name FROM people WHERE age > 10')).toBe(
      'InMemoryTableScan [age#2, name#1], [isnotnull(age#2), (age#2 > 10)]',
    );
    expect(scanOf('SELECT count(*) FROM people')).toBe('InMemoryTableScan');
    const bytes = async (text: string) => {
      await app.spark.sql(text).collect();
      return metrics().cachedBytesRead;
    };
    const [none, one, two] = [
      await bytes('SELECT count(*) FROM people'),
      await bytes('SELECT max(id) FROM people'),
      await bytes('SELECT max(id), max(age) FROM people'),
    ];
    expect([none, one > 0, two > one]).toEqual([0, true, true]);
    expect(two).toBe(one + (await bytes('SELECT max(age) FROM people')));
  });
});
