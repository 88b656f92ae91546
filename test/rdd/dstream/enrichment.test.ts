import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Seconds } from '../../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../../src/rdd/dstream/streaming-context.js';
import type { PoisonRecord } from '../../../src/rdd/resilience/poison.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { ManualClock } from '../../../src/rdd/streaming/clock.js';
import { startContext } from './context.js';

interface Order {
  readonly id: number;
  readonly user: number;
}
interface User {
  readonly id: number;
  readonly name: string;
}
/** What this test needs of `node-sqlite3-wasm`. */
interface Sqlite {
  readonly Database: new (
    path: string,
    options?: { readOnly?: boolean },
  ) => { exec(sql: string): void; all(sql: string, values?: unknown): unknown[]; close(): void };
}

let folder: string;
let file: string;
let sc: SparkContext;
let end: () => Promise<void>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memoframe-enrich-'));
  file = join(folder, 'users.db');
  const { default: sqlite } = (await import('node-sqlite3-wasm')) as unknown as { default: Sqlite };
  const db = new sqlite.Database(file);
  db.exec('CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT)');
  db.exec("INSERT INTO user VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cy'), (5, 'Eve')");
  db.close();
  ({ sc, end } = await startContext());
});
afterAll(async () => {
  await end();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (ssc: StreamingContext, clock: ManualClock, batches: number): Promise<void> => {
  ssc.start();
  clock.advance(1000 * batches);
  await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
};

/** The pattern of docs/streaming.md: a connection per worker, a cache that reads through, a bounded number of look-ups. */
describe('enrichment of a stream by id, from a database', () => {
  const orders = [
    [1, 2, 3],
    [1, 2, 5],
    [1, 3, 5, 404],
    [404, 404, 1],
  ].map((users, batch) => users.map((user, i): Order => ({ id: batch * 10 + i, user })));

  it('reads each id once, one query per batch of new ids, and keeps the order', async () => {
    const queries = sc.collectionAccumulator<number[]>('queries');
    const opened = sc.longAccumulator('opened');
    const clock = new ManualClock();
    const ssc = new StreamingContext(sc, Seconds(1), { clock });
    const seen: [order: number, name: string | undefined][][] = [];
    ssc
      .queueStream(orders.map((batch) => sc.parallelize(batch, 1)))
      .mapPartitions(
        async function* (batch, task) {
          const open = async () => {
            const { default: sqlite } = (await import('node-sqlite3-wasm')) as unknown as { default: Sqlite };
            opened.add(1);
            return new sqlite.Database(path, { readOnly: true });
          };
          const db = await task.workerScoped('users.db', open, { dispose: (d) => d.close() });
          const users = task.workerCache<number, User>('users', {
            loadMany: (ids) =>
              task.withRetry(
                () => {
                  queries.add([...ids]);
                  const marks = ids.map(() => '?').join();
                  const rows = db.all(`SELECT id, name FROM user WHERE id IN (${marks})`, [...ids]) as User[];
                  return new Map(rows.map((user) => [user.id, user]));
                },
                { attempts: 3, timeoutMs: 2000, what: 'read of users' },
              ),
            max: 100_000,
            ttl: '10 minutes',
          });
          yield* task.awaitSliding(batch, 64, {
            each: async (order): Promise<[number, string | undefined]> => [
              order.id,
              (await users.get(order.user))?.name,
            ],
          });
        },
        { vars: { path: file, queries, opened } },
      )
      .foreachRDD(async (rdd) => seen.push(await rdd.collect()));
    await run(ssc, clock, 4);
    const names: Record<number, string> = { 1: 'Ada', 2: 'Bo', 3: 'Cy', 5: 'Eve' };
    expect(seen).toEqual(orders.map((batch) => batch.map((o) => [o.id, names[o.user]])));
    // 404 is not there, and that is remembered too.
    expect(queries.value).toEqual([[1, 2, 3], [5], [404]]);
    expect(Number(opened.value)).toBe(1);
  });

  it('goes on after records that cannot be enriched, and reports them', async () => {
    const bad = sc.collectionAccumulator<PoisonRecord>('bad');
    const clock = new ManualClock();
    const ssc = new StreamingContext(sc, Seconds(1), { clock });
    const seen: number[][] = [];
    ssc
      .queueStream([sc.parallelize(['{"user":1}', 'no json', '{"user":2}'], 1), sc.parallelize(['{"user":3}'], 1)])
      .mapPartitions(
        (lines, task) => {
          const parse = (line: string): number => (JSON.parse(line) as Order).user;
          return task.mapRecords(lines, parse, { mode: 'skip', report: bad, maxSkipped: 100 });
        },
        { vars: { bad } },
      )
      .foreachRDD(async (rdd) => seen.push(await rdd.collect()));
    await run(ssc, clock, 2);
    expect(seen).toEqual([[1, 2], [3]]);
    expect(bad.value).toEqual([{ record: '"no json"', message: expect.stringContaining('JSON') }]);
  });

  it('fails the batch with the cause when the database is gone', async () => {
    const clock = new ManualClock();
    const ssc = new StreamingContext(sc, Seconds(1), { clock });
    ssc
      .queueStream([sc.parallelize([1], 1)])
      .mapPartitions(async (ids, task) => {
        const open = async (): Promise<never> => {
          throw new Error('connection refused');
        };
        await task.withRetry(open, { attempts: 2, delayMs: 1, what: 'open users' });
        return ids;
      })
      .foreachRDD((rdd) => rdd.collect());
    const error = (await run(ssc, clock, 1).catch((e: unknown) => e)) as Error;
    expect(error.message).toMatch(/Job aborted due to stage failure: Task 0 in stage \d+\.0 failed 1 times/);
    expect(error.cause).toMatchObject({ condition: 'RETRIES_EXHAUSTED', cause: { message: 'connection refused' } });
    await ssc.stop({ stopSparkContext: false });
  });
});

declare const path: string;
