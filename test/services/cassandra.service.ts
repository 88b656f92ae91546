import { afterEach, describe, expect, it } from 'vitest';
import { Seconds } from '../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../src/rdd/dstream/streaming-context.js';
import { ManualClock } from '../../src/rdd/streaming/clock.js';
import {
  type Address,
  cassandraAddress,
  cassandraClient,
  eventually,
  fixture,
  preparedByWorker,
  roundTrip,
  sessionVars,
} from './services.js';

const address = cassandraAddress as Address;

describe.skipIf(!cassandraAddress)('Cassandra', () => {
  const test = fixture(
    () => cassandraClient(address),
    (own) => own.client.shutdown(),
  );
  afterEach(() => {
    process.kill(address.pid, 'SIGCONT');
  });
  const config = { database: 'cassandra', host: address?.host, port: address?.port, window: 200 };
  const vars = sessionVars(config);
  const { sessionOf } = vars;
  const roundTripped = (n: number, tasks: number): Promise<number> =>
    roundTrip(test.sc, vars, { n, tasks, window: 200 });

  it('is the version that was asked for', async () => {
    const { rows } = await test.own.client.execute('SELECT release_version FROM system.local');
    expect(rows[0]?.['release_version']).toBe('5.0.9');
  });

  it('sees a session per worker, statements prepared once per session, and none of them after the stop', async () => {
    expect(await test.own.sessions()).toBe(0);
    const before = await test.own.preparedExecutions();
    expect(await roundTripped(4000, 8)).toBe(4000);
    expect((await test.own.preparedExecutions()) - before).toBe(8000);
    expect(await test.own.sessions()).toBe(2);
    expect(await preparedByWorker(test.sc)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    await test.end();
    expect(await eventually(async () => (await test.own.sessions()) === 0)).toBe(true);
  });

  it('gets a new session when a worker is killed, and all rows', async () => {
    const done = roundTripped(6000, 6);
    expect(await eventually(async () => (await test.own.sessions()) > 0)).toBe(true);
    const [victim] = test.sc.workers;
    expect(await test.sc.killWorker(victim?.workerId ?? -1)).toBe(true);
    expect(await done).toBe(6000);
    const { rows } = await test.own.client.execute('SELECT count(*) AS n FROM example.item');
    expect(Number(rows[0]?.['n'])).toBe(6000);
  });

  it('that hangs fails the task in time, with the cause, and serves again afterwards', async () => {
    expect(await roundTripped(100, 2)).toBe(100);
    process.kill(address.pid, 'SIGSTOP');
    const begin = Date.now();
    const slow = test.sc
      .range(0, 4, 1, 1)
      .mapPartitions(
        async (ids, task) => {
          const session = await sessionOf(task);
          const retry = { attempts: 2, delayMs: 10, timeoutMs: 200, what: 'read of item' };
          const out: boolean[] = [];
          for (const id of ids) out.push(await task.withRetry(() => session.read(id), retry));
          return out;
        },
        { vars },
      )
      .collect();
    const error = (await slow.catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(/Job aborted due to stage failure/);
    expect(error.message).toMatch(/read of item failed 2 times, at last with: .*longer than 200 ms/s);
    expect(error.cause).toMatchObject({ condition: 'RETRIES_EXHAUSTED', cause: { condition: 'OPERATION_TIMED_OUT' } });
    expect(Date.now() - begin).toBeLessThan(40_000);
    process.kill(address.pid, 'SIGCONT');
    expect(await roundTripped(100, 2)).toBe(100);
  });

  it('enriches a stream by id, reading each id once per worker', async () => {
    for (const id of [1, 2, 3, 5])
      await test.own.client.execute(
        'INSERT INTO example.item (id, name, score) VALUES (?, ?, ?)',
        [id, `name ${id}`, id * 7],
        {
          prepare: true,
        },
      );
    const reads = test.sc.collectionAccumulator<number>('reads');
    const clock = new ManualClock();
    const ssc = new StreamingContext(test.sc, Seconds(1), { clock });
    const batches = [
      [1, 2, 3],
      [1, 2, 5],
      [1, 3, 5, 404],
    ];
    const seen: [number, boolean | undefined][][] = [];
    ssc
      .queueStream(batches.map((ids) => test.sc.parallelize(ids, 1)))
      .mapPartitions(
        async function* (ids, task) {
          const session = await sessionOf(task);
          const items = task.workerCache<number, boolean>('items', {
            load: (id) => {
              reads.add(id);
              return task.withRetry(() => session.read(id), { timeoutMs: 5000, what: 'read of item' });
            },
          });
          yield* task.awaitSliding(ids, 64, {
            each: async (id): Promise<[number, boolean | undefined]> => [id, await items.get(id)],
          });
        },
        { vars: { ...vars, reads } },
      )
      .foreachRDD(async (rdd) => seen.push(await rdd.collect()));
    ssc.start();
    clock.advance(3000);
    await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
    expect(seen).toEqual(batches.map((ids) => ids.map((id) => [id, id !== 404])));
    const { length } = reads.value;
    // One worker may have run them all, or each of both some.
    expect(length).toBeGreaterThanOrEqual(5);
    expect(length).toBeLessThanOrEqual(10);
  });
});
