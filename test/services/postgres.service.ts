import { describe, expect, it } from 'vitest';
import type { PoisonRecord } from '../../src/rdd/resilience/poison.js';
import { freePorts } from './servers/tools.js';
import {
  type Address,
  eventually,
  fixture,
  postgresAddress,
  postgresClient,
  preparedByWorker,
  roundTrip,
  type Session,
  sessionVars,
} from './services.js';

const address = postgresAddress as Address;

describe.skipIf(!postgresAddress)('PostgreSQL', () => {
  const test = fixture(
    () => postgresClient(address),
    (own) => own.client.end(),
  );
  const config = { database: 'postgres', host: address?.host, port: address?.port, connections: 4 };
  const vars = sessionVars(config);
  const { sessionFile, sessionOf } = vars;
  const roundTripped = (n: number, tasks: number): Promise<number> =>
    roundTrip(test.sc, vars, { n, tasks, window: 100 });

  it('sees a pool per worker, each statement prepared once per connection, and none after the stop', async () => {
    expect(await roundTripped(4000, 8)).toBe(4000);
    expect(await test.own.connections()).toBe(8);
    expect(await preparedByWorker(test.sc)).toEqual([
      [4, 4],
      [4, 4],
    ]);
    await test.end();
    expect(await eventually(async () => (await test.own.connections()) === 0)).toBe(true);
  });

  it('that is down fails the task after its tries, with the refusal as cause; the factory is tried again later', async () => {
    const [port] = (await freePorts(1)) as [number];
    const connect = (to: number, workers: number) =>
      test.sc
        .range(0, workers, 1, workers)
        .mapPartitions(
          async (_, task) => {
            const { openSession } = (await import(sessionFile)) as { openSession(c: object): Promise<Session> };
            const open = (): Promise<Session> =>
              task.withRetry(() => openSession({ ...config, port: to }), { attempts: 3, delayMs: 5, what: 'connect' });
            const session = await task.workerScoped('db', open, { dispose: (s) => s.close() });
            return [session.connections()];
          },
          { vars: { ...vars, to } },
        )
        .collect();
    const error = (await connect(port, 1).catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(/Job aborted due to stage failure: Task 0 in stage \d+\.0 failed 4 times/);
    expect(error.message).toMatch(/connect failed 3 times/);
    expect(error.cause).toMatchObject({ condition: 'RETRIES_EXHAUSTED', cause: { code: 'ECONNREFUSED' } });
    // The failure was not kept as the worker's value.
    expect(await connect(address.port, 1)).toEqual([1]);
  });

  it('that is slow runs into the time-out', async () => {
    const slow = test.sc
      .range(0, 1, 1, 1)
      .mapPartitions(
        async (_, task) => {
          const { default: pg } = await import('pg');
          const client = new pg.Client({
            host: config.host,
            port: config.port,
            user: 'postgres',
            database: 'postgres',
          });
          await client.connect();
          task.addTaskCompletionListener(() => client.end());
          const wait = (): Promise<unknown> => client.query('SELECT pg_sleep(2)');
          await task.withTimeout(wait, 100, { what: 'SELECT' });
          return [1];
        },
        { vars: { config } },
      )
      .collect();
    const error = (await slow.catch((e: unknown) => e)) as Error;
    expect(error.cause).toMatchObject({ condition: 'OPERATION_TIMED_OUT', parameters: { operation: 'SELECT' } });
  });

  it('cuts a connection: the task is tried again, rows and the accumulator of the action are right', async () => {
    const written = test.sc.longAccumulator('written');
    const attempts = test.sc.collectionAccumulator<number>('attempts');
    await test.sc.range(0, 1000, 1, 2).foreachPartition(
      async (ids, task) => {
        const { default: pg } = await import('pg');
        const client = new pg.Client({ host: config.host, port: config.port, user: 'postgres', database: 'postgres' });
        client.on('error', () => {});
        await client.connect();
        task.addTaskCompletionListener(() => client.end().catch(() => {}));
        let n = 0;
        for (const id of ids) {
          if (++n === 250 && task.attemptNumber() < 2)
            await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
          const text = 'INSERT INTO example.item VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING';
          await client.query({ name: 'put', text, values: [id, `name ${id}`, id * 7] });
          written.add(1);
        }
        attempts.add(task.attemptNumber());
      },
      { vars: { config, written, attempts } },
    );
    expect(Number(written.value)).toBe(1000);
    expect(attempts.value).toEqual([2, 2]);
    const { rows } = await test.own.client.query<{ n: number }>('SELECT count(*)::int AS n FROM example.item');
    expect(rows[0]?.n).toBe(1000);
  });

  it('refuses poison records: they are skipped and reported, or fail the task', async () => {
    const bad = test.sc.collectionAccumulator<PoisonRecord>('bad');
    const records = [1, 2, 'three', 4, Number.MAX_SAFE_INTEGER, 6];
    const put = (mode: 'skip' | 'fail') =>
      test.sc.parallelize(records, 1).foreachPartition(
        async (values, task) => {
          const session = await sessionOf(task);
          const work = (id: unknown): Promise<unknown> => session.insert(id as number);
          for await (const _ of task.mapRecordsAsync(values, work, { mode, report: bad }));
        },
        { vars: { ...vars, bad, mode } },
      );
    await put('skip');
    expect(bad.value.map((b) => b.record)).toEqual(['"three"', String(Number.MAX_SAFE_INTEGER)]);
    const { rows } = await test.own.client.query<{ id: number }>('SELECT id FROM example.item ORDER BY id');
    expect(rows.map((row) => row.id)).toEqual([1, 2, 4, 6]);
    const error = (await put('fail').catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(
      /Job aborted due to stage failure.*The record "three" cannot be processed: invalid input syntax/s,
    );
    expect(error.cause).toMatchObject({ condition: 'POISON_RECORD', cause: { code: '22P02' } });
  });
});
