import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The server at `contact` (host:port), or one that is started for this run and ended with it.
 * @param {'cassandra' | 'postgres'} name @param {string | undefined} contact
 * @returns {Promise<{ name: string, host: string, port: number, stop: () => Promise<void> }>} */
export async function startDatabase(name, contact) {
  if (contact !== undefined) {
    const [host = '127.0.0.1', port = name === 'postgres' ? '5432' : '9042'] = contact.split(':');
    return { name, host, port: Number(port), stop: async () => {} };
  }
  const script = ['scripts/run.mjs', 'test/services/serve.ts', name];
  const child = spawn(process.execPath, script, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await exited;
  };
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const [word, host = '', port] = line.split(' ');
    if (word === 'ready') return { name, host, port: Number(port), stop };
  }
  const [code] = await exited;
  throw new Error(`No ${name} server (exit code ${code}). Name one that runs: --contact HOST:PORT`);
}

/** Makes the table that the example fills, anew. */
export async function createTable({ name, host, port }) {
  if (name === 'postgres') {
    const { default: pg } = await import('pg');
    const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
    await client.connect();
    await client.query('DROP SCHEMA IF EXISTS example CASCADE');
    await client.query('CREATE SCHEMA example');
    await client.query('CREATE TABLE example.item (id int PRIMARY KEY, name text, score int)');
    await client.end();
    return;
  }
  const { client } = await cassandraClient(host, port);
  const replication = "{'class': 'SimpleStrategy', 'replication_factor': 1}";
  await client.execute('DROP KEYSPACE IF EXISTS example');
  await client.execute(`CREATE KEYSPACE example WITH replication = ${replication}`);
  await client.execute('CREATE TABLE example.item (id int PRIMARY KEY, name text, score int)');
  await client.shutdown();
}

/** What a Cassandra node counts itself: statements that it ran by kind, and the sessions of others that are open.
 * @returns {Promise<{ prepared: number, regular: number, sessions: number }>} */
export async function nodeCounts({ host, port }) {
  const { client, id } = await cassandraClient(host, port);
  const metrics = await client.execute('SELECT name, value FROM system_views.cql_metrics');
  const clients = await client.execute('SELECT client_options FROM system_views.clients');
  await client.shutdown();
  const value = (name) => Number(metrics.rows.find((row) => row.name === name)?.value ?? 0);
  const ids = clients.rows.map((row) => row.client_options?.CLIENT_ID);
  return {
    prepared: value('prepared_statements_executed'),
    regular: value('regular_statements_executed'),
    sessions: new Set(ids.filter((other) => other !== undefined && other !== id)).size,
  };
}

async function cassandraClient(host, port) {
  const { default: cassandra } = await import('cassandra-driver');
  const id = cassandra.types.Uuid.random();
  const client = new cassandra.Client({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1', id });
  await client.connect();
  return { client, id: id.toString() };
}
