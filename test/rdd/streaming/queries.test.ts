import { existsSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { functions as F, ManualClock, SparkSession, type StreamingQueryProgress } from '../../../src/index.js';
import { SYSTEM_CLOCK } from '../../../src/rdd/streaming/clock.js';
import { csvStream, Folder, ids, upTo } from './kit.js';

let spark: SparkSession;
let folder: Folder;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[0]').create();
});
afterAll(() => spark.stop());
beforeEach(() => {
  folder = new Folder();
});
afterEach(async () => {
  await Promise.all(spark.streams.active.map((q) => q.stop()));
  spark.streams.resetTerminated();
  spark.streams.clock = SYSTEM_CLOCK;
  folder.remove();
});

/** Lets what is ready run on. */
async function settle(until: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !until(); i++) await new Promise((r) => setTimeout(r, 5));
  expect(until()).toBe(true);
}

describe('triggers', () => {
  it('start batches at the multiples of their interval', async () => {
    const clock = new ManualClock(500);
    spark.streams.clock = clock;
    folder.putRows(2, 1);
    const starts: number[] = [];
    const query = csvStream(spark, folder, 1)
      .writeStream.foreachBatch(async (df) => {
        starts.push(clock.now());
        await df.count();
      })
      .trigger({ processingTime: '1 second' })
      .start();
    await settle(() => clock.waiters === 1);
    expect(starts).toEqual([500]);
    clock.advance(499);
    await new Promise((r) => setTimeout(r, 20));
    expect(starts).toEqual([500]);
    clock.advance(1);
    await settle(() => starts.length === 2 && clock.waiters === 1);
    expect(starts).toEqual([500, 1000]);
    expect(query.lastProgress).toMatchObject({
      batchId: 1,
      timestamp: '1970-01-01T00:00:01.000Z',
      inputRowsPerSecond: 2,
    });
    folder.putRows(1, 1, 2);
    clock.advance(5000);
    await settle(() => starts.length === 3);
    await query.stop();
    expect(clock.waiters).toBe(0);
  });
  it('begin at once after a batch that took longer than the interval', async () => {
    // Spark: `ProcessingTimeExecutor` waits for the end of the interval in which the batch began.
    const clock = new ManualClock(0);
    spark.streams.clock = clock;
    folder.putRows(3, 1);
    const starts: number[] = [];
    const query = csvStream(spark, folder, 1)
      .writeStream.foreachBatch(() => {
        starts.push(clock.now());
        if (starts.length === 1) clock.advance(1500);
      })
      .trigger({ processingTime: 1000 })
      .start();
    await settle(() => clock.waiters === 1);
    expect(starts).toEqual([0, 1500]);
    clock.advance(500);
    await settle(() => starts.length === 3);
    expect(starts).toEqual([0, 1500, 2000]);
    await query.stop();
  });
  it('once: one batch, whatever the limits', async () => {
    folder.putRows(5, 1);
    const query = csvStream(spark, folder, 2).writeStream.format('noop').trigger({ once: true }).start();
    await query.awaitTermination();
    expect(query.recentProgress.map((p) => p.numInputRows)).toEqual([5]);
  });
  it('availableNow: what is there at the start, within the limits, then the end', async () => {
    folder.putRows(5, 1);
    const query = csvStream(spark, folder, 2)
      .writeStream.foreachBatch((_, id) => {
        if (id === 0) folder.putRows(3, 1, 5);
      })
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    expect(query.recentProgress).toHaveLength(3);
    expect(query.isActive).toBe(false);
  });
});

describe('the rate source', () => {
  const stream = (options: Record<string, number | string>) => spark.readStream.format('rate').options(options).load();
  it('gives so many rows a second, with the moments that they stand for', async () => {
    const clock = new ManualClock(10_000);
    spark.streams.clock = clock;
    const query = stream({ rowsPerSecond: 4 }).writeStream.format('memory').queryName('rate').start();
    await query.processAllAvailable();
    expect(query.recentProgress.map((p) => [p.batchId, p.numInputRows])).toEqual([[0, 0]]);
    clock.advance(1999);
    await query.processAllAvailable();
    await query.processAllAvailable();
    expect(await spark.sql('SELECT unix_millis(timestamp), value FROM rate').collectArrays()).toEqual([
      [10_000n, 0n],
      [10_250n, 1n],
      [10_500n, 2n],
      [10_750n, 3n],
    ]);
    clock.advance(1);
    await query.processAllAvailable();
    await query.processAllAvailable();
    expect(await spark.table('rate').count()).toBe(8);
    expect(query.lastProgress?.sources[0]).toMatchObject({ startOffset: 1, endOffset: 2 });
  });
  it('grows evenly at first', async () => {
    // As Spark's comment has it: 4 s of ramp to 10 rows a second end at 0 2 6 12 20 30 40.
    const clock = new ManualClock(0);
    spark.streams.clock = clock;
    const query = stream({ rowsPerSecond: 10, rampUpTime: 4 }).writeStream.format('memory').queryName('ramp').start();
    const counts: number[] = [];
    for (let s = 0; s <= 6; s++) {
      await query.processAllAvailable();
      counts.push(await spark.table('ramp').count());
      clock.advance(1000);
    }
    expect(counts).toEqual([0, 2, 6, 12, 20, 30, 40]);
  });
  it('goes on from its checkpoint', async () => {
    const clock = new ManualClock(1000);
    spark.streams.clock = clock;
    const start = () =>
      stream({ rowsPerSecond: 1 })
        .writeStream.format('json')
        .option('checkpointLocation', folder.at('cp'))
        .start(folder.at('out'));
    const first = start();
    await first.processAllAvailable();
    clock.advance(3000);
    await first.processAllAvailable();
    await first.stop();
    clock.advance(2000);
    const second = start();
    await second.processAllAvailable();
    await second.processAllAvailable();
    const values = await spark.read.schema('value LONG').json(folder.at('out')).collectArrays();
    expect(values.map(([v]) => Number(v)).sort()).toEqual([0, 1, 2, 3, 4]);
  });
  it('refuses bad options', () => {
    expect(() => stream({ rowsPerSecond: -1 })).toThrow(
      "Invalid value '-1'. The option 'rowsPerSecond' must be positive",
    );
    expect(() => spark.readStream.format('rate').schema('a INT').load()).toThrow(
      expect.objectContaining({ condition: '_LEGACY_ERROR_TEMP_2242' }),
    );
  });
});

describe('queries', () => {
  const memory = (name: string) => csvStream(spark, folder, 1).writeStream.format('memory').queryName(name);
  it('filter, compute, join static data and unite streams', async () => {
    folder.putRows(2, 3);
    folder.put('more/x.csv', '100,x\n');
    const dim = spark.createDataFrame(
      [
        [1, 'one'],
        [4, 'four'],
        [100, 'hundred'],
      ],
      'id INT, word STRING',
    );
    dim.cache();
    const other = spark.readStream.format('csv').schema('id INT, name STRING').load(folder.at('more'));
    let hits = 0;
    spark.events.on('hit', () => hits++);
    const joined = csvStream(spark, folder, 1).union(other).filter('id % 3 = 1').join(dim, ['id'], 'left');
    const query = joined.withColumn('twice', F.expr('id * 2')).writeStream.format('memory').queryName('joined').start();
    await query.processAllAvailable();
    expect(await spark.sql('SELECT id, name, word, twice FROM joined ORDER BY id').collectArrays()).toEqual([
      [1, 'n1', 'one', 2],
      [4, 'n4', 'four', 8],
      [100, 'x', 'hundred', 200],
    ]);
    // The static side was cached, and hit once for each batch.
    expect(query.recentProgress).toHaveLength(2);
    expect(hits).toBe(2);
    expect(query.recentProgress[0]?.sources.map((s) => s.numInputRows)).toEqual([3, 1]);
    expect(query.explainString()).toContain('InMemoryTableScan');
    dim.unpersist();
  });
  it('have one current_timestamp() for each batch, the same when it runs again', async () => {
    folder.putRows(1, 3);
    const clock = new ManualClock(1_234_567);
    spark.streams.clock = clock;
    const times: unknown[] = [];
    const start = (fails: boolean) =>
      csvStream(spark, folder)
        .withColumn('at', F.expr('unix_millis(current_timestamp())'))
        .writeStream.option('checkpointLocation', folder.at('cp'))
        .foreachBatch(async (df) => {
          for (const [at] of await df.select('at').distinct().collectArrays()) times.push(at);
          if (fails) throw new Error('broken');
        })
        .start();
    await expect(start(true).awaitTermination()).rejects.toThrow('broken');
    clock.advance(99_000);
    await start(false).processAllAvailable();
    expect(times).toEqual([1_234_567n, 1_234_567n]);
  });
  it('have names of their own, a manager and listeners', async () => {
    folder.putRows(1, 1);
    const seen: string[] = [];
    const progress: StreamingQueryProgress[] = [];
    const listener = {
      onQueryStarted: (e: { name: string | null }) => seen.push(`started ${e.name}`),
      onQueryProgress: (e: { progress: StreamingQueryProgress }) => progress.push(e.progress),
      onQueryTerminated: (e: { exception: string | undefined }) => seen.push(`terminated ${e.exception}`),
    };
    spark.streams.addListener(listener);
    const query = memory('named').start();
    expect(spark.streams.active).toEqual([query]);
    expect(spark.streams.get(query.id)).toBe(query);
    expect(() => memory('named').start()).toThrow(
      /Cannot start query with name named as a query with that name is already active/,
    );
    await query.processAllAvailable();
    expect(query.status).toEqual({
      message: 'Waiting for data to arrive',
      isDataAvailable: false,
      isTriggerActive: false,
    });
    expect(await query.awaitTermination(10)).toBe(false);
    expect(await spark.streams.awaitAnyTermination(10)).toBe(false);
    await query.stop();
    expect(await query.awaitTermination()).toBe(true);
    expect(await spark.streams.awaitAnyTermination()).toBe(true);
    spark.streams.removeListener(listener);
    expect(seen).toEqual(['started named', 'terminated undefined']);
    expect(progress).toEqual(query.recentProgress);
    expect(spark.streams.active).toEqual([]);
  });
  it('replace a run on the same checkpoint', async () => {
    folder.putRows(1, 1);
    const start = () =>
      csvStream(spark, folder).writeStream.format('noop').option('checkpointLocation', folder.at('cp')).start();
    const first = start();
    await first.processAllAvailable();
    const second = start();
    await second.processAllAvailable();
    expect([first.isActive, second.isActive, first.id === second.id]).toEqual([false, true, true]);
    expect(first.exception()).toBeUndefined();
  });
  it('leave no temporary checkpoint', async () => {
    folder.putRows(1, 1);
    const roots = (): string[] => readdirSync('/tmp').filter((n) => n.startsWith('memoframe-stream-'));
    const before = new Set(roots());
    const query = memory('gone').start();
    await query.processAllAvailable();
    await query.stop();
    expect(roots().filter((n) => !before.has(n))).toEqual([]);
  });
  it('write tables', async () => {
    folder.putRows(2, 2);
    const start = () =>
      csvStream(spark, folder)
        .writeStream.option('checkpointLocation', folder.at('cp'))
        .option('path', folder.at('table'))
        .trigger({ availableNow: true })
        .toTable('streamed_table');
    await start().awaitTermination();
    expect(await ids(spark.table('streamed_table'))).toEqual(upTo(4));
    folder.putRows(1, 2, 2);
    await start().awaitTermination();
    spark.sql('REFRESH TABLE streamed_table');
    expect(await ids(spark.table('streamed_table'))).toEqual(upTo(6));
    spark.sql('DROP TABLE streamed_table');
  });
  it('end with the session', async () => {
    const other = await SparkSession.builder.master('local[0]').create();
    folder.putRows(1, 1);
    const query = csvStream(other, folder).writeStream.format('noop').start();
    await query.processAllAvailable();
    await other.stop();
    expect([query.isActive, query.status.message, query.exception()]).toEqual([false, 'Stopped', undefined]);
  });
});

describe('foreachBatch', () => {
  it('reads the source once, however many actions there are, and keeps nothing afterwards', async () => {
    folder.putRows(3, 4);
    const bytes: number[][] = [];
    const read = () => spark.sharedState.engine.lastMetrics.bytesRead;
    const query = csvStream(spark, folder, 1)
      .filter('id >= 0')
      .writeStream.foreachBatch(async (df, batchId) => {
        const now: number[] = [];
        expect(df.isStreaming).toBe(false);
        for (const action of [() => df.count(), () => df.collect(), () => df.select('name').distinct().count()]) {
          await action();
          now.push(read());
        }
        bytes[batchId] = now;
      })
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    expect(bytes.map(([first, ...more]) => [Number(first) > 0, ...more])).toEqual([
      [true, 0, 0],
      [true, 0, 0],
      [true, 0, 0],
    ]);
    expect(spark.catalog.cacheEntries()).toEqual([]);
    expect(query.recentProgress.map((p) => p.numInputRows)).toEqual([4, 4, 4]);
  });
  it('gives the batch that failed again, with the same rows and number', async () => {
    folder.putRows(4, 1);
    const seen: [number, number[]][] = [];
    const start = (failAt: number) =>
      csvStream(spark, folder, 2)
        .writeStream.option('checkpointLocation', folder.at('cp'))
        .foreachBatch(async (df, batchId) => {
          seen.push([batchId, await ids(df)]);
          if (batchId === failAt) throw new RangeError('no such table');
        })
        .trigger({ availableNow: true })
        .start();
    const failed = start(1);
    await expect(failed.awaitTermination()).rejects.toMatchObject({
      condition: 'STREAM_FAILED',
      sqlState: 'XXKST',
      parameters: { id: failed.id, runId: failed.runId },
      cause: {
        condition: 'FOREACH_BATCH_USER_FUNCTION_ERROR',
        sqlState: '39000',
        cause: new RangeError('no such table'),
      },
    });
    expect(failed.status.message).toMatch(/^Terminated with exception: .*no such table/);
    await expect(spark.streams.awaitAnyTermination()).rejects.toBe(failed.exception());
    folder.putRows(1, 1, 4);
    await start(-1).awaitTermination();
    expect(seen).toEqual([
      [0, [0, 1]],
      [1, [2, 3]],
      [1, [2, 3]],
      [2, [4]],
    ]);
    expect(spark.catalog.cacheEntries()).toEqual([]);
  });
  it('can stop its own query, and is told when others do', async () => {
    folder.putRows(3, 1);
    let calls = 0;
    const own = csvStream(spark, folder, 1)
      .writeStream.foreachBatch(async () => {
        calls++;
        await own.stop();
      })
      .start();
    await own.awaitTermination();
    expect(calls).toBe(1);
    let aborted = false;
    const told = csvStream(spark, folder, 1)
      .writeStream.foreachBatch(
        (_df, _id, { signal }) =>
          new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              aborted = true;
              resolve();
            });
          }),
      )
      .start();
    await settle(() => told.status.message === 'Processing new data');
    await told.stop();
    expect([aborted, told.exception(), told.recentProgress]).toEqual([true, undefined, []]);
  });
  it('a bad row fails the batch, and the query with it', async () => {
    folder.put('in/a.csv', 'x,y\n');
    const query = spark.readStream
      .format('csv')
      .schema('id INT, name STRING')
      .option('mode', 'FAILFAST')
      .load(folder.at('in'))
      .writeStream.format('parquet')
      .option('checkpointLocation', folder.at('cp'))
      .start(folder.at('out'));
    await expect(query.processAllAvailable()).rejects.toMatchObject({ condition: 'STREAM_FAILED' });
    expect(readdirSync(folder.at('out')).filter((n) => n.endsWith('.parquet'))).toEqual([]);
    expect(existsSync(folder.at('out/_spark_metadata/0'))).toBe(false);
  });
});
