// One session with a database, and the statements that it has prepared. A worker opens one, by
// `workerScoped('database', () => openSession(config), { dispose: (session) => session.close() })`,
// and all tasks of the worker share it.
import { createRequire } from 'node:module';

const INSERT = 'INSERT INTO example.item (id, name, score) VALUES (?, ?, ?)';
const READ = 'SELECT name, score FROM example.item WHERE id = ?';

/** @param {{ database: 'cassandra' | 'postgres', host: string, port: number, window: number }} config */
export function openSession(config) {
  return config.database === 'postgres' ? openPostgres(config) : openCassandra(config);
}

/** The driver keeps what it has prepared per session: `prepare: true` prepares a text at its first use. */
async function openCassandra({ host, port, window }) {
  const { default: cassandra } = await import('cassandra-driver');
  const client = new cassandra.Client({
    contactPoints: [`${host}:${port}`],
    localDataCenter: 'datacenter1',
    queryOptions: { prepare: true, consistency: cassandra.types.consistencies.localOne },
    // A connection carries this many requests at once; the driver refuses more.
    pooling: { maxRequestsPerConnection: Math.max(2048, window) },
    socketOptions: { readTimeout: 60_000 },
  });
  const prepared = countPrepares();
  await client.connect();
  return {
    prepared,
    insert: (id) => client.execute(INSERT, [id, `name ${id}`, id * 7]),
    async read(id) {
      const row = (await client.execute(READ, [id])).first();
      return row !== null && row.name === `name ${id}` && row.score === id * 7;
    },
    connections: () =>
      client
        .getState()
        .getConnectedHosts()
        .reduce((n, h) => n + client.getState().getOpenConnections(h), 0),
    close: () => client.shutdown(),
  };
}

/** Counts the requests to prepare that this thread sends, where the driver makes them. */
function countPrepares() {
  const { PrepareRequest } = createRequire(import.meta.url)('cassandra-driver/lib/requests.js');
  const counts = new Map();
  const { write } = PrepareRequest.prototype;
  PrepareRequest.prototype.write = function (...args) {
    counts.set(this.query, (counts.get(this.query) ?? 0) + 1);
    return write.apply(this, args);
  };
  return async () => [...counts.values()];
}

/** A pool of connections; as in Cassandra, an insert replaces. A named statement is prepared at its first use on each of them. */
async function openPostgres({ host, port, connections = 8 }) {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ host, port, user: 'postgres', database: 'postgres', max: connections });
  const clients = new Set();
  pool.on('connect', (client) => clients.add(client));
  // A pool without a listener ends the thread when an idle connection breaks.
  pool.on('error', () => {});
  await pool.query('SELECT 1');
  const upsert = ' ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, score = EXCLUDED.score';
  const numbered = (text) =>
    text.replace(
      /\?/g,
      (
        (n) => () =>
          `$${++n}`
      )(0),
    );
  const statements = { insert: numbered(INSERT) + upsert, read: numbered(READ) };
  return {
    insert: (id) => pool.query({ name: 'insert', text: statements.insert, values: [id, `name ${id}`, id * 7] }),
    async read(id) {
      const [row] = (await pool.query({ name: 'read', text: statements.read, values: [id] })).rows;
      return row !== undefined && row.name === `name ${id}` && row.score === id * 7;
    },
    // Asked of the server: each connection knows its own.
    async prepared() {
      const counts = { insert: 0, read: 0 };
      for (const client of clients)
        for (const { name } of (await client.query('SELECT name FROM pg_prepared_statements')).rows) counts[name]++;
      return Object.values(counts);
    },
    connections: () => clients.size,
    close: () => pool.end(),
  };
}
