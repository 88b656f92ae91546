import { join } from 'node:path';
import cassandra from 'cassandra-driver';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import '../../src/rdd/attach.js';
import type { SparkContext } from '../../src/rdd/spark-context.js';
import type { TaskContext } from '../../src/rdd/worker/task-context.js';
import { SparkSession } from '../../src/session/spark-session.js';
import { projectRoot } from './servers/tools.js';

/** Where a server of this run is; undefined where the run is without it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
}

function addressOf(name: string): Address | undefined {
  const text = process.env[`MEMOFRAME_${name.toUpperCase()}`];
  if (text === undefined) return undefined;
  const [host = '', port, pid] = text.split(':');
  return { host, port: Number(port), pid: Number(pid) };
}

/** Set by `run.ts`. */
export const cassandraAddress = addressOf('cassandra');
/** Set by `run.ts`. */
export const postgresAddress = addressOf('postgres');

/** The module of the example that workers import: a session, its statements and their counts. */
const sessionModule = join(projectRoot(), 'examples/cassandra/session.mjs');

/** What the module opens. */
export interface Session {
  insert(id: number): Promise<unknown>;
  read(id: number): Promise<boolean>;
  prepared(): Promise<number[]>;
  connections(): number;
  close(): Promise<void>;
}

/** What each test has: the tests' own client, and a context on two workers that retries tasks three times. */
export interface Fixture<C> {
  readonly own: C;
  readonly sc: SparkContext;
  /** Stops the context before the test ends. */
  end(): Promise<void>;
}

/** Connects before all tests of a block; before each one empties the table and starts a context, which ends after it. */
export function fixture<C extends { resetTable(): Promise<void> }>(
  connect: () => Promise<C>,
  close: (own: C) => Promise<unknown>,
): Fixture<C> {
  let own: C;
  let spark: SparkSession;
  beforeAll(async () => {
    own = await connect();
  });
  afterAll(() => own && close(own));
  beforeEach(async () => {
    await own.resetTable();
    spark = await SparkSession.builder.master('local[2,4]').appName('services').getOrCreate();
  });
  afterEach(() => spark.stop());
  return {
    get own() {
      return own;
    },
    get sc() {
      return spark.sparkContext;
    },
    end: () => spark.stop(),
  };
}

// What `sessionVars` brings to workers.
declare const config: object;
declare const sessionFile: string;

/** Runs on workers, as text: the session of the worker, made by the first task that asks. */
async function sessionOf(task: TaskContext): Promise<Session> {
  const { openSession } = (await import(sessionFile)) as { openSession(c: object): Promise<Session> };
  return task.workerScoped('db', () => openSession(config), { dispose: (s) => s.close() });
}

/** Variables for functions that ask for `sessionOf(task)`: imports do not travel, constants and functions do. */
export function sessionVars<C extends object>(config: C) {
  return { config, sessionFile: sessionModule, sessionOf };
}

/** Inserts and reads `n` rows in tasks with a sliding window. @returns how many were read back as they were written */
export function roundTrip(
  sc: SparkContext,
  vars: ReturnType<typeof sessionVars>,
  { n, tasks, window }: { readonly n: number; readonly tasks: number; readonly window: number },
): Promise<number> {
  return sc
    .range(0, n, 1, tasks)
    .mapPartitions(
      async (ids, task) => {
        const session = await sessionOf(task);
        const each = async (id: number): Promise<boolean> => {
          await session.insert(id);
          return session.read(id);
        };
        let right = 0;
        for await (const good of task.awaitSliding(ids, window, { each })) if (good) right++;
        return [right];
      },
      { vars: { ...vars, window } },
    )
    .fold(0, (a, b) => a + b);
}

/** How often each statement was prepared, connection by connection, for each worker: all have a session already. */
export async function preparedByWorker(sc: SparkContext): Promise<number[][]> {
  const counts = await sc
    .range(0, 12, 1, 12)
    .mapPartitions(async (_, task) => {
      const session = await task.workerScoped(
        'db',
        () => Promise.reject(new Error('there should be one')) as Promise<Session>,
      );
      // Longer than a task takes, so that both workers have some.
      await new Promise((resolve) => setTimeout(resolve, 30));
      return [[task.workerId(), await session.prepared()] as const];
    })
    .collect();
  return [...new Map(counts).values()];
}

/** A client of the tests' own, apart from those of workers. */
export async function cassandraClient({ host, port }: Address) {
  const id = cassandra.types.Uuid.random();
  const client = new cassandra.Client({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1', id });
  await client.connect();
  const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
  return {
    client,
    async resetTable(): Promise<void> {
      await client.execute('DROP KEYSPACE IF EXISTS example');
      await client.execute(`CREATE KEYSPACE example WITH replication = ${replication}`);
      await client.execute('CREATE TABLE example.item (id int PRIMARY KEY, name text, score int)');
    },
    /** Sessions of others that the node knows of. */
    async sessions(): Promise<number> {
      const { rows } = await client.execute('SELECT client_options FROM system_views.clients');
      const ids = rows.map((row) => (row['client_options'] as Record<string, string> | null)?.['CLIENT_ID']);
      return new Set(ids.filter((other) => other !== undefined && other !== id.toString())).size;
    },
    async preparedExecutions(): Promise<number> {
      const { rows } = await client.execute('SELECT name, value FROM system_views.cql_metrics');
      return Number(rows.find((row) => row['name'] === 'prepared_statements_executed')?.['value']);
    },
  };
}

/** The same for PostgreSQL. */
export async function postgresClient({ host, port }: Address) {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  return {
    client,
    async resetTable(): Promise<void> {
      await client.query('DROP SCHEMA IF EXISTS example CASCADE');
      await client.query('CREATE SCHEMA example');
      await client.query('CREATE TABLE example.item (id int PRIMARY KEY, name text, score int)');
    },
    /** Connections of others. */
    async connections(): Promise<number> {
      const others =
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
      return (await client.query<{ n: number }>(others)).rows[0]?.n ?? -1;
    },
  };
}

/** Waits until it is so, at most five seconds. */
export async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
