import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DataFrame, functions as F, SparkError, SparkSession } from '../../../src/index.js';
import { csvStream, Folder, SCHEMA } from './kit.js';

// Conditions and messages as PySpark 4.0.1 gave them.
let spark: SparkSession;
let folder: Folder;
let df: DataFrame;
let fixed: DataFrame;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[0]').create();
  folder = new Folder();
  folder.putRows(1, 3);
  df = csvStream(spark, folder);
  fixed = spark.createDataFrame([[1, 'a']], 'id INT, name STRING');
});
afterAll(async () => {
  await spark.stop();
  folder.remove();
});

async function failure(f: () => unknown): Promise<SparkError> {
  try {
    await f();
  } catch (error) {
    if (error instanceof SparkError) return error;
    throw error;
  }
  throw new Error('no error');
}
const started = (frame: DataFrame, mode = 'append') =>
  failure(() => frame.writeStream.format('noop').outputMode(mode).start());

describe('a streaming DataFrame', () => {
  it('is one, and so is what is made of it', () => {
    expect([
      df.isStreaming,
      df.filter('id > 1').isStreaming,
      fixed.join(df, ['id']).isStreaming,
      fixed.isStreaming,
    ]).toEqual([true, true, true, false]);
    df.createOrReplaceTempView('streaming_view');
    expect(spark.sql('SELECT id FROM streaming_view').isStreaming).toBe(true);
    expect(df.filter('id > 1').queryExecution.analyzed.treeString).toMatch(
      /^~Filter \(id#\d+ > 1\)\n\+- ~StreamingRelation FileSource\[/,
    );
  });
  it('explains itself', () => {
    const text = df.filter('id > 1').explainString('extended').replaceAll(/#\d+/g, '#x');
    expect(text).toContain(
      `== Optimized Logical Plan ==\n~Filter (isnotnull(id#x) AND (id#x > 1))\n+- ~StreamingRelation FileSource[${folder.at('in')}], [id#x, name#x]\n`,
    );
    expect(text).toContain(
      `== Physical Plan ==\n*(1) Filter (isnotnull(id#x) AND (id#x > 1))\n+- StreamingRelation FileSource[${folder.at('in')}], [id#x, name#x]\n`,
    );
    expect(df.join(fixed, ['id']).explainString()).toContain('StreamingRelation');
  });
  it('has no actions and is not cached', async () => {
    const actions: (() => unknown)[] = [
      () => df.count(),
      () => df.collect(),
      () => df.show(),
      () => df.take(1),
      () => df.isEmpty(),
      () => df.toArrow(),
      () => df.cache(),
      async () => {
        for await (const _ of df.toLocalIterator()) return;
      },
      () => fixed.filter('id IN (SELECT id FROM streaming_view)').count(),
    ];
    for (const action of actions) {
      const error = await failure(action);
      expect(error.condition).toBe('_LEGACY_ERROR_TEMP_3102');
      expect(error.message).toContain(
        `Queries with streaming sources must be executed with writeStream.start();\nFileSource[${folder.at('in')}]`,
      );
    }
    expect(spark.catalog.cacheEntries()).toEqual([]);
    expect((await failure(() => df.write)).condition).toBe('CALL_ON_STREAMING_DATASET_UNSUPPORTED');
    expect((await failure(() => fixed.writeStream)).condition).toBe('WRITE_STREAM_NOT_ALLOWED');
  });
});

describe('Spark refuses', () => {
  it('options that are neither true nor false', async () => {
    const stream = spark.readStream.format('csv').schema(SCHEMA).option('latestFirst', 'yes').load(folder.at('in'));
    const query = stream.writeStream.format('noop').start();
    await expect(query.awaitTermination()).rejects.toThrow(
      "Invalid value 'yes' for option 'latestFirst', must be 'true' or 'false'",
    );
  });
  it('output modes that do not go with the query or the sink', async () => {
    const agg = df.groupBy('id').count();
    expect(await started(agg)).toMatchObject({
      condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
      parameters: { outputMode: 'append', operation: 'streaming aggregations without watermark' },
      sqlState: '42KDE',
    });
    expect(await started(df, 'complete')).toMatchObject({
      condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
      parameters: { outputMode: 'complete', operation: 'no streaming aggregations' },
    });
    const file = () =>
      agg.writeStream
        .format('parquet')
        .outputMode('update')
        .option('checkpointLocation', folder.at('c'))
        .start(folder.at('o'));
    expect(await failure(file)).toMatchObject({ condition: 'STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE' });
    expect(await failure(() => df.writeStream.outputMode('zzz'))).toMatchObject({
      kind: 'illegal-argument',
      condition: 'STREAMING_OUTPUT_MODE.INVALID',
    });
    // In foreachBatch too.
    expect((await failure(() => agg.writeStream.foreachBatch(() => undefined).start())).condition).toBe(
      'STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION',
    );
  });
  it('operators, naming the part of the plan', async () => {
    const cases: [DataFrame, string, string?][] = [
      [
        df.orderBy('id'),
        'Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode;\n~Sort [id#',
      ],
      [
        df.limit(2),
        'Limits are not supported on streaming DataFrames/Datasets in Update output mode;\n~LocalLimit 2',
        'update',
      ],
      [df.offset(2), 'Offset is not supported on streaming DataFrames/Datasets;\n~Offset 2'],
      [
        fixed.join(df, ['id'], 'left'),
        'LeftOuter join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported;\n',
      ],
      [
        fixed.join(df, ['id'], 'full'),
        'FullOuter joins with streaming DataFrames/Datasets on the right and a static DataFrame/Dataset on the left is not supported;\n',
      ],
      [df.union(fixed), 'Union between streaming and batch DataFrames/Datasets is not supported;\n~Union false, false'],
      [df.intersect(fixed), 'Intersect of streaming DataFrames/Datasets is not supported;\n'],
      [fixed.subtract(df), 'Except on a streaming DataFrame/Dataset on the right is not supported;\n'],
      [df.sample(false, 0.5), 'Sampling is not supported on streaming DataFrames/Datasets;\n'],
      [
        df.alias('a').join(csvStream(spark, folder).alias('b'), F.expr('a.id = b.id')),
        'Join between two streaming DataFrames/Datasets is not supported in Update output mode, only in Append output mode;\n',
        'update',
      ],
    ];
    for (const [frame, message, mode] of cases) {
      const error = await started(frame, mode);
      expect([error.condition, error.message]).toEqual(['_LEGACY_ERROR_TEMP_3102', expect.stringContaining(message)]);
    }
    const ranked = df.withColumn('r', F.expr('row_number() OVER (PARTITION BY name ORDER BY id)'));
    expect((await started(ranked)).condition).toBe('NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING');
  });
  it('what start() lacks', async () => {
    const conditions = async (f: () => unknown) => (await failure(f)).condition;
    const parquet = () => df.writeStream.format('parquet');
    expect(await conditions(() => parquet().start(folder.at('o')))).toBe('_LEGACY_ERROR_TEMP_1298');
    expect(await conditions(() => parquet().option('checkpointLocation', folder.at('c')).start())).toBe(
      '_LEGACY_ERROR_TEMP_2047',
    );
    expect(await conditions(() => parquet().option('path', 'a').start('b'))).toBe('_LEGACY_ERROR_TEMP_1188');
    expect(await conditions(() => df.writeStream.format('memory').start())).toBe('_LEGACY_ERROR_TEMP_1194');
    expect(await conditions(() => df.writeStream.format('zzz').start())).toBe('DATA_SOURCE_NOT_FOUND');
    expect(
      await conditions(() =>
        df.writeStream
          .partitionBy('id')
          .foreachBatch(() => undefined)
          .start(),
      ),
    ).toBe('_LEGACY_ERROR_TEMP_1197');
    expect(
      await conditions(() =>
        parquet().partitionBy('zz').option('checkpointLocation', folder.at('c')).start(folder.at('o')),
      ),
    ).toBe('_LEGACY_ERROR_TEMP_1196');
    expect(await conditions(() => df.writeStream.trigger({ processingTime: 'abc' }))).toBe(
      'java.lang.IllegalArgumentException',
    );
  });
  it('sources without a schema or a path', async () => {
    const conditions = async (f: () => unknown) => (await failure(f)).condition;
    const read = () => spark.readStream.format('csv');
    expect(await conditions(() => read().load(folder.at('in')))).toBe('_LEGACY_ERROR_TEMP_2048');
    expect(await failure(() => read().schema('id INT').load(folder.at('none')))).toMatchObject({
      condition: 'PATH_NOT_FOUND',
      parameters: { path: folder.at('none') },
    });
    expect(await conditions(() => read().schema('id INT').load())).toBe('_LEGACY_ERROR_TEMP_2047');
    expect(await conditions(() => read().schema('id INT').option('path', 'a').load('b'))).toBe(
      '_LEGACY_ERROR_TEMP_1188',
    );
    expect(await conditions(() => spark.readStream.format('zzz').load('x'))).toBe('DATA_SOURCE_NOT_FOUND');
    expect(spark.readStream.text(folder.at('in')).columns).toEqual(['value']);
    spark.conf.set('spark.sql.streaming.schemaInference', true);
    expect(read().load(folder.at('in')).columns).toEqual(['_c0', '_c1']);
    spark.conf.unset('spark.sql.streaming.schemaInference');
  });
});

describe('what needs state is not built, and says so', () => {
  it.each([
    ['aggregation', () => df.groupBy('id').count(), 'update'],
    ['aggregation', () => df.groupBy('id').count(), 'complete'],
    ['deduplication', () => df.dropDuplicates(['id']), 'append'],
    ['LIMIT', () => df.limit(1), 'append'],
    [
      'join of two streaming',
      () => df.alias('a').join(csvStream(spark, folder).alias('b'), F.expr('a.id = b.id')),
      'append',
    ],
    ['within a subquery', () => df.filter('id IN (SELECT id FROM streaming_view)'), 'append'],
    ['EXCEPT', () => df.exceptAll(fixed), 'append'],
  ])('%s (%#)', async (what, frame, mode) => {
    const error = await started(frame(), mode);
    expect([error.condition, error.message]).toEqual(['UNSUPPORTED_FEATURE', expect.stringContaining(what)]);
  });
});
