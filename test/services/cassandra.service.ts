import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Seconds } from '../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../src/rdd/dstream/streaming-context.js';
import type { SparkContext } from '../../src/rdd/spark-context.js';
import { ManualClock } from '../../src/rdd/streaming/clock.js';
import {
  type Address,
  cassandraAddress,
  cassandraClient,
  eventually,
  type Session,
  sessionModule,
  startContext,
} from './services.js';

const address = cassandraAddress as Address;

describe.skipIf(!cassandraAddress)('Cassandra', () => {
  let own: Awaited<ReturnType<typeof cassandraClient>>;
  let sc: SparkContext;
  let end: () => Promise<void>;
  // Imports do not travel; a constant does.
  const sessionFile = sessionModule;
  const config = { database: 'cassandra', host: address?.host, port: address?.port, window: 200 };

  beforeAll(async () => {
    own = await cassandraClient(address);
  });
  afterAll(() => own?.client.shutdown());
  beforeEach(async () => {
    await own.resetTable();
    ({ sc, end } = await startContext('local[2,4]'));
  });
  afterEach(async () => {
    process.kill(address.pid, 'SIGCONT');
    await end();
  });

  /** Inserts and reads `n` rows in tasks with a sliding window. @returns rows that were read back and right */
  const roundTrip = (n: number, tasks: number): Promise<number> =>
    sc
      .range(0, n, 1, tasks)
      .mapPartitions(
        async (ids, task) => {
          const { openSession } = (await import(sessionFile)) as { openSession(c: object): Promise<Session> };
          const session = await task.workerScoped('db', () => openSession(config), { dispose: (s) => s.close() });
          const each = async (id: number): Promise<boolean> => {
            await session.insert(id);
            return session.read(id);
          };
          let right = 0;
          for await (const good of task.awaitSliding(ids, 200, { each })) if (good) right++;
          return [right];
        },
        { vars: { config, sessionFile } },
      )
      .fold(0, (a, b) => a + b);

  it('is the version that was asked for', async () => {
    const { rows } = await own.client.execute('SELECT release_version FROM system.local');
    expect(rows[0]?.['release_version']).toBe('5.0.9');
  });

  it('sees a session per worker, statements prepared once per session, and none of them after the stop', async () => {
    expect(await own.sessions()).toBe(0);
    const before = await own.preparedExecutions();
    expect(await roundTrip(4000, 8)).toBe(4000);
    expect((await own.preparedExecutions()) - before).toBe(8000);
    expect(await own.sessions()).toBe(2);
    const prepared = await sc
      .range(0, 12, 1, 12)
      .mapPartitions(async (_, task) => {
        const session = await task.workerScoped(
          'db',
          () => Promise.reject(new Error('there should be one')) as Promise<Session>,
        );
        await new Promise((resolve) => setTimeout(resolve, 30));
        return [[task.workerId(), await session.prepared()] as const];
      })
      .collect();
    expect(new Map(prepared).size).toBe(2);
    expect([...new Map(prepared).values()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    await end();
    expect(await eventually(async () => (await own.sessions()) === 0)).toBe(true);
  });

  it('gets a new session when a worker is killed, and all rows', async () => {
    const done = roundTrip(6000, 6);
    expect(await eventually(async () => (await own.sessions()) > 0)).toBe(true);
    const [victim] = sc.workers;
    expect(await sc.killWorker(victim?.workerId ?? -1)).toBe(true);
    expect(await done).toBe(6000);
    const { rows } = await own.client.execute('SELECT count(*) AS n FROM example.item');
    expect(Number(rows[0]?.['n'])).toBe(6000);
  });

  it('that hangs fails the task in time, with the cause, and serves again afterwards', async () => {
    expect(await roundTrip(100, 2)).toBe(100);
    process.kill(address.pid, 'SIGSTOP');
    const begin = Date.now();
    const slow = sc
      .range(0, 4, 1, 1)
      .mapPartitions(
        async (ids, task) => {
          const { openSession } = (await import(sessionFile)) as { openSession(c: object): Promise<Session> };
          const session = await task.workerScoped('db', () => openSession(config), { dispose: (s) => s.close() });
          const retry = { attempts: 2, delayMs: 10, timeoutMs: 200, what: 'read of item' };
          const out: boolean[] = [];
          for (const id of ids) out.push(await task.withRetry(() => session.read(id), retry));
          return out;
        },
        { vars: { config, sessionFile } },
      )
      .collect();
    const error = (await slow.catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(/Job aborted due to stage failure/);
    expect(error.message).toMatch(/read of item failed 2 times, at last with: .*longer than 200 ms/s);
    expect(error.cause).toMatchObject({ condition: 'RETRIES_EXHAUSTED', cause: { condition: 'OPERATION_TIMED_OUT' } });
    expect(Date.now() - begin).toBeLessThan(40_000);
    process.kill(address.pid, 'SIGCONT');
    expect(await roundTrip(100, 2)).toBe(100);
  });

  it('enriches a stream by id, reading each id once per worker', async () => {
    for (const id of [1, 2, 3, 5])
      await own.client.execute(
        'INSERT INTO example.item (id, name, score) VALUES (?, ?, ?)',
        [id, `name ${id}`, id * 7],
        {
          prepare: true,
        },
      );
    const reads = sc.collectionAccumulator<number>('reads');
    const clock = new ManualClock();
    const ssc = new StreamingContext(sc, Seconds(1), { clock });
    const batches = [
      [1, 2, 3],
      [1, 2, 5],
      [1, 3, 5, 404],
    ];
    const seen: [number, boolean | undefined][][] = [];
    ssc
      .queueStream(batches.map((ids) => sc.parallelize(ids, 1)))
      .mapPartitions(
        async function* (ids, task) {
          const { openSession } = (await import(sessionFile)) as { openSession(c: object): Promise<Session> };
          const session = await task.workerScoped('db', () => openSession(config), { dispose: (s) => s.close() });
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
        { vars: { config, sessionFile, reads } },
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
