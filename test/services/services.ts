import { join } from 'node:path';
import cassandra from 'cassandra-driver';
import pg from 'pg';
import '../../src/rdd/attach.js';
import type { SparkContext } from '../../src/rdd/spark-context.js';
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

export const cassandraAddress = addressOf('cassandra');
export const postgresAddress = addressOf('postgres');

/** The module of the example that workers import: a session, its statements and their counts. */
export const sessionModule = join(projectRoot(), 'examples/cassandra/session.mjs');

/** What the module opens. */
export interface Session {
  insert(id: number): Promise<unknown>;
  read(id: number): Promise<boolean>;
  prepared(): Promise<number[]>;
  connections(): number;
  close(): Promise<void>;
}

/** A context on its own workers. */
export async function startContext(master: string): Promise<{ sc: SparkContext; end: () => Promise<void> }> {
  const spark = await SparkSession.builder.master(master).appName('services').getOrCreate();
  return { sc: spark.sparkContext, end: () => spark.stop() };
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
