import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SparkSession, type StreamingQuery } from '../../../src/index.js';
import { csvStream, Folder, ids, SCHEMA, upTo } from './kit.js';

let spark: SparkSession;
let folder: Folder;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[0]').create();
});
afterAll(() => spark.stop());
beforeEach(() => {
  folder = new Folder();
});
afterEach(() => folder.remove());

const names = (path: string): string[] =>
  readdirSync(folder.at(path))
    .filter((n) => !n.startsWith('.'))
    .sort();
const text = (path: string): string => readFileSync(folder.at(path), 'utf8');
const lines = (path: string): Record<string, unknown>[] =>
  text(path)
    .split('\n')
    .slice(1)
    .map((l) => JSON.parse(l) as Record<string, unknown>);

async function toFiles(maxFiles?: number, format = 'parquet'): Promise<StreamingQuery> {
  const query = csvStream(spark, folder, maxFiles)
    .writeStream.format(format)
    .option('checkpointLocation', folder.at('cp'))
    .option('path', folder.at('out'))
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  return query;
}

describe('a folder streamed into a folder', () => {
  it('leaves the checkpoint and the log that Spark 4.0.1 leaves', async () => {
    folder.putRows(5, 3);
    const query = await toFiles(2);
    expect(names('cp')).toEqual(['commits', 'metadata', 'offsets', 'sources']);
    expect(JSON.parse(text('cp/metadata'))).toEqual({ id: query.id });
    expect(names('cp/offsets')).toEqual(['0', '1', '2']);
    expect(names('cp/commits')).toEqual(['0', '1', '2']);
    expect(names('cp/sources/0')).toEqual(['0', '1', '2']);
    expect(text('cp/commits/1')).toBe('v1\n{"nextBatchWatermarkMs":0}');
    const [version, metadata, ...offsets] = text('cp/offsets/1').split('\n');
    expect([version, ...offsets]).toEqual(['v1', '{"logOffset":1}']);
    expect(Object.keys(JSON.parse(metadata as string))).toEqual(['batchWatermarkMs', 'batchTimestampMs', 'conf']);
    expect(JSON.parse(metadata as string).conf['spark.sql.shuffle.partitions']).toBe('200');
    expect(text('cp/sources/0/2')).toBe(
      `v1\n{"path":"file://${folder.at('in/f004.csv')}","timestamp":1700000005000,"batchId":2}`,
    );
    const [file] = lines('out/_spark_metadata/0');
    expect(Object.keys(file as object)).toEqual([
      'path',
      'size',
      'isDir',
      'modificationTime',
      'blockReplication',
      'blockSize',
      'action',
    ]);
    expect(file).toMatchObject({ isDir: false, blockReplication: 1, blockSize: 33554432, action: 'add' });
    expect(file?.['path']).toMatch(/^file:\/\/\/.*\/out\/part-00000-[0-9a-f-]{36}-c000\.snappy\.parquet$/);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(15));
    expect(query.recentProgress.map((p) => [p.batchId, p.numInputRows])).toEqual([
      [0, 6],
      [1, 6],
      [2, 3],
    ]);
    expect(query.recentProgress[1]?.sources[0]).toMatchObject({
      description: `FileStreamSource[file:${folder.at('in')}]`,
      startOffset: { logOffset: 0 },
      endOffset: { logOffset: 1 },
    });
    expect(query.lastProgress?.sink.description).toBe(`FileSink[file:${folder.at('out')}]`);
    expect(query.status).toEqual({ message: 'Stopped', isDataAvailable: false, isTriggerActive: false });
  });

  it('goes on after a restart with what is new', async () => {
    folder.putRows(3, 2);
    const first = await toFiles();
    folder.putRows(2, 2, 3);
    const second = await toFiles();
    expect(second.id).toBe(first.id);
    expect(second.runId).not.toBe(first.runId);
    expect(second.recentProgress.map((p) => p.batchId)).toEqual([1]);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(10));
    expect((await toFiles()).recentProgress).toEqual([]);
  });

  it('runs a batch that is not committed again, over the same files', async () => {
    folder.putRows(2, 2);
    await toFiles();
    folder.putRows(1, 2, 2);
    rmSync(folder.at('cp/commits/0'));
    rmSync(folder.at('out/_spark_metadata/0'));
    const again = await toFiles();
    expect(again.recentProgress.map((p) => [p.batchId, p.numInputRows])).toEqual([
      [0, 4],
      [1, 2],
    ]);
    // The files of the first attempt are there, and do not count.
    expect(names('out').filter((n) => n.endsWith('.parquet'))).toHaveLength(3);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(6));
  });

  it('passes over a batch that the sink has, though it is not committed', async () => {
    folder.putRows(2, 2);
    await toFiles();
    rmSync(folder.at('cp/commits/0'));
    const before = names('out');
    const again = await toFiles();
    expect(again.recentProgress.map((p) => p.batchId)).toEqual([0]);
    expect(names('out')).toEqual(before);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(4));
  });

  it('takes files that were logged as read before the offsets were, as the next batch', async () => {
    folder.putRows(1, 2);
    await toFiles();
    // A process died between the two logs.
    const path = folder.put('in/g.csv', '7,x\n', 1_800_000_000);
    writeFileSync(
      folder.at('cp/sources/0/1'),
      `v1\n${JSON.stringify({ path: `file://${path}`, timestamp: 1_800_000_000_000, batchId: 1 })}`,
    );
    await toFiles();
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual([0, 1, 7]);
  });

  it('compacts its logs every ten batches and deletes no file that is young', async () => {
    folder.putRows(23, 1);
    await toFiles(1);
    expect(names('cp/sources/0')).toContain('19.compact');
    expect(names('out/_spark_metadata')).toHaveLength(23);
    expect(lines('out/_spark_metadata/19.compact')).toHaveLength(20);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(23));
    folder.putRows(8, 1, 23);
    await toFiles(1);
    expect(lines('out/_spark_metadata/29.compact')).toHaveLength(30);
    expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(upTo(31));
  });

  it('keeps partitions, names that need escapes, and other formats', async () => {
    folder.put('in/a b %é[1].csv', '1,x y\n2,"p=q/r"\n');
    const run = async (format: string) => {
      const query = csvStream(spark, folder)
        .writeStream.format(format)
        .partitionBy('name')
        .option('checkpointLocation', folder.at(`cp-${format}`))
        .option('path', folder.at(`out-${format}`))
        .trigger({ availableNow: true })
        .start();
      await query.awaitTermination();
      const df = spark.read
        .format(format)
        .schema('id INT, name STRING')
        .load(folder.at(`out-${format}`));
      return (await df.select('id', 'name').collectArrays()).sort((a, b) => Number(a[0]) - Number(b[0]));
    };
    for (const format of ['parquet', 'csv', 'json'])
      expect(await run(format)).toEqual([
        [1, 'x y'],
        [2, 'p=q/r'],
      ]);
    expect(text('cp-csv/sources/0/0')).toContain('/in/a%20b%20%25é%5B1%5D.csv"');
  });

  it('reads folders with partitions, and the log of another stream', async () => {
    folder.put('in/day=1/a.csv', '1,x\n');
    folder.put('in/day=2/b.csv', '2,y\n');
    const parts = spark.readStream.format('csv').schema('id INT, name STRING, day INT').load(folder.at('in'));
    const query = parts.writeStream.format('memory').queryName('parts').start();
    await query.processAllAvailable();
    expect(await spark.sql('SELECT id, name, day FROM parts ORDER BY id').collectArrays()).toEqual([
      [1, 'x', 1],
      [2, 'y', 2],
    ]);
    await query.stop();
    rmSync(folder.at('in'), { recursive: true });
    folder.putRows(2, 2);
    await toFiles();
    const [file] = names('out').filter((n) => n.endsWith('.parquet'));
    copyFileSync(folder.at('out', file as string), folder.at('out/part-00000-orphan.snappy.parquet'));
    const chained = spark.readStream.format('parquet').schema(SCHEMA).load(folder.at('out'));
    const second = chained.writeStream.format('memory').queryName('chained').start();
    await second.processAllAvailable();
    expect(await ids(spark.table('chained'))).toEqual(upTo(4));
    await second.stop();
  });
});

describe('reading what a stream wrote', () => {
  it('goes by the log, if the folder is read alone', async () => {
    folder.putRows(1, 2);
    await toFiles();
    const [file] = names('out').filter((n) => n.endsWith('.parquet'));
    copyFileSync(folder.at('out', file as string), folder.at('out/part-00000-orphan.snappy.parquet'));
    expect(await spark.read.parquet(folder.at('out')).count()).toBe(2);
    // As in Spark: of a pattern and of several paths all files count.
    expect(await spark.read.parquet(folder.at('out/*.parquet')).count()).toBe(4);
    spark.sql(`CREATE TABLE streamed USING parquet LOCATION '${folder.at('out')}'`);
    expect(await spark.table('streamed').count()).toBe(2);
    spark.sql('DROP TABLE streamed');
  });
});

describe('options of the source', () => {
  const memory = async (options: Record<string, string | number | boolean>): Promise<StreamingQuery> => {
    const query = spark.readStream
      .format('csv')
      .schema(SCHEMA)
      .options(options)
      .load(folder.at('in'))
      .writeStream.format('memory')
      .queryName('m')
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    return query;
  };
  const order = async (): Promise<unknown[]> => (await spark.table('m').collectArrays()).map(([id]) => id);

  it('latestFirst', async () => {
    folder.putRows(3, 1);
    await memory({ maxFilesPerTrigger: 1, latestFirst: true });
    expect(await order()).toEqual([2, 1, 0]);
  });
  it('maxFilesPerTrigger, oldest first by time of change', async () => {
    folder.put('in/b.csv', '1,x\n', 1000);
    folder.put('in/a.csv', '2,x\n', 2000);
    folder.put('in/c.csv', '3,x\n', 3000);
    expect((await memory({ maxFilesPerTrigger: 2 })).recentProgress.map((p) => p.numInputRows)).toEqual([2, 1]);
    expect(await order()).toEqual([1, 2, 3]);
  });
  it('maxBytesPerTrigger, one file at least', async () => {
    folder.putRows(4, 1);
    expect((await memory({ maxBytesPerTrigger: 10 })).recentProgress.map((p) => p.numInputRows)).toEqual([2, 2]);
    expect((await memory({ maxBytesPerTrigger: 1 })).recentProgress.map((p) => p.numInputRows)).toEqual([1, 1, 1, 1]);
  });
  it('fileNameOnly', async () => {
    folder.put('in/a=1/f.csv', '1,x\n');
    const query = spark.readStream
      .format('csv')
      .schema(SCHEMA)
      .option('fileNameOnly', true)
      .load(folder.at('in'))
      .writeStream.format('memory')
      .queryName('f')
      .start();
    await query.processAllAvailable();
    folder.put('in/a=2/f.csv', '2,x\n');
    folder.put('in/a=2/g.csv', '3,x\n');
    await query.processAllAvailable();
    await query.processAllAvailable();
    expect(await ids(spark.table('f'))).toEqual([1, 3]);
    await query.stop();
  });
  it('maxFileAge, counted from the newest file', async () => {
    folder.put('in/old.csv', '1,x\n', 1_700_000_000);
    folder.put('in/new.csv', '2,x\n', 1_700_000_000 + 20 * 86_400);
    await memory({});
    expect(await order()).toEqual([1, 2]);
    const query = csvStream(spark, folder).writeStream.format('memory').queryName('n').start();
    await query.processAllAvailable();
    folder.put('in/late.csv', '3,x\n', 1_700_000_000 + 5 * 86_400);
    folder.put('in/fresh.csv', '4,x\n', 1_700_000_000 + 15 * 86_400);
    await query.processAllAvailable();
    await query.processAllAvailable();
    expect(await ids(spark.table('n'))).toEqual([1, 2, 4]);
    await query.stop();
  });
  it('bad numbers end the query, as in Spark', async () => {
    folder.putRows(1, 1);
    await expect(memory({ maxFilesPerTrigger: 0 })).rejects.toMatchObject({
      condition: 'STREAM_FAILED',
      message: expect.stringContaining("Invalid value '0' for option 'maxFilesPerTrigger', must be a positive integer"),
    });
  });
  it('a file that appears by renaming is seen whole', async () => {
    folder.putRows(1, 1);
    const query = csvStream(spark, folder).writeStream.format('memory').queryName('r').start();
    await query.processAllAvailable();
    folder.put('in/.half.tmp', '5,x\n');
    await query.processAllAvailable();
    renameSync(folder.at('in/.half.tmp'), folder.at('in/whole.csv'));
    await query.processAllAvailable();
    await query.processAllAvailable();
    expect(await ids(spark.table('r'))).toEqual([0, 5]);
    await query.stop();
    expect(existsSync(join(folder.path, 'in', 'whole.csv'))).toBe(true);
  });
});
