/** Rows into a real database and back, from tasks: a session per worker, each statement prepared once per session, and a
 * sliding window of requests in flight; against one request after the other, and against all at once.
 * Options: --database cassandra|postgres, --contact HOST:PORT (default: a server is started for the run), --rows N,
 * --window N (in flight per task), --workers N, --sequential N (rows that are measured one after the other). */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SparkSession } from 'memoframe';
import { gate, option, table } from '../report.mjs';
import { createTable, nodeCounts, startDatabase } from './server.mjs';

const rows = option('rows', 100_000);
const window = option('window', 1000);
const workers = option('workers', 2);
const fewRows = Math.min(rows, option('sequential', 4000));
const warmRows = Math.min(rows, 10_000);
const TURNS = 5;
const sessionModule = join(dirname(fileURLToPath(import.meta.url)), 'session.mjs');

function text(name) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** Reads or writes the ids from `from` to `to` - 1 in `tasks` tasks. The function runs in workers. */
async function pass(sc, database, operation, strategy, from, to, tasks = workers) {
  const config = { database: database.name, host: database.host, port: database.port, window };
  const begin = performance.now();
  const outcomes = await sc
    .range(from, to, 1, tasks)
    .mapPartitions(
      async (ids, task) => {
        const { openSession } = await import(sessionModule);
        const session = await task.workerScoped('database', () => openSession(config), { dispose: (s) => s.close() });
        let running = 0;
        let most = 0;
        const each = async (id) => {
          most = Math.max(most, ++running);
          try {
            return (await session[operation](id)) !== false;
          } catch (error) {
            // Only where there is no bound is a refusal part of the measurement.
            if (strategy === 'unbounded') return false;
            throw error;
          } finally {
            running--;
          }
        };
        const results = strategy === 'unbounded' ? task.awaitAll(ids, { each }) : undefined;
        let done = 0;
        let failed = 0;
        for await (const good of results ?? task.awaitSliding(ids, strategy === 'sliding' ? window : 1, { each }))
          good ? done++ : failed++;
        return [{ done, failed, most }];
      },
      { vars: { sessionModule, config, operation, strategy, window } },
    )
    .collect();
  return {
    ms: performance.now() - begin,
    done: outcomes.reduce((sum, o) => sum + o.done, 0),
    failed: outcomes.reduce((sum, o) => sum + o.failed, 0),
    most: Math.max(...outcomes.map((o) => o.most)),
  };
}

/** Asks each worker's session, and opens it where there is none: enough tasks that wait a little reach all workers. */
async function sessionCounts(sc, database) {
  const config = { database: database.name, host: database.host, port: database.port, window };
  const counts = await sc
    .range(0, workers * 6, 1, workers * 6)
    .mapPartitions(
      async (_, task) => {
        const { openSession } = await import(sessionModule);
        const session = await task.workerScoped('database', () => openSession(config), { dispose: (s) => s.close() });
        await new Promise((resolve) => setTimeout(resolve, 30));
        return [[task.workerId(), { prepared: await session.prepared(), connections: session.connections() }]];
      },
      { vars: { sessionModule, config } },
    )
    .collect();
  return new Map(counts);
}

/** Resident memory of this process: driver and workers, not the database. */
class MemoryGauge {
  #peak = process.memoryUsage.rss();
  #timer = setInterval(() => this.#look(), 20);
  #look() {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }
  /** @returns the peak, in bytes */
  stop() {
    clearInterval(this.#timer);
    this.#look();
    return this.#peak;
  }
}

const emptyTotal = () => {
  const nothing = () => ({ ms: 0, done: 0, failed: 0, most: 0 });
  return { insert: nothing(), read: nothing(), grown: 0 };
};

/** Inserts and reads, added to `total`. */
async function both(sc, database, strategy, from, to, tasks, base, total) {
  const memory = new MemoryGauge();
  for (const operation of ['insert', 'read']) {
    const { ms, done, failed, most } = await pass(sc, database, operation, strategy, from, to, tasks);
    const sum = total[operation];
    Object.assign(sum, {
      ms: sum.ms + ms,
      done: sum.done + done,
      failed: sum.failed + failed,
      most: Math.max(sum.most, most),
    });
  }
  total.grown = Math.max(total.grown, memory.stop() - base);
  return total;
}

const perSecond = (m) => (m.done / m.ms) * 1000;
const pace = ({ insert, read }) => ((insert.done + read.done) / (insert.ms + read.ms)) * 1000;
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;

async function measure(sc, database) {
  await sessionCounts(sc, database);
  for (const operation of ['insert', 'read']) await pass(sc, database, operation, 'sliding', 0, warmRows);
  const before = database.name === 'cassandra' ? await nodeCounts(database) : undefined;
  const base = process.memoryUsage.rss();
  // In turns: whatever else this machine does weighs on all alike.
  const strategies = {
    alone: { strategy: 'sequential', tasks: 1, n: Math.ceil(fewRows / 2) },
    sequential: { strategy: 'sequential', tasks: workers, n: fewRows },
    sliding: { strategy: 'sliding', tasks: workers, n: rows },
  };
  const totals = Object.fromEntries(Object.keys(strategies).map((name) => [name, emptyTotal()]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const [name, { strategy, tasks, n }] of Object.entries(strategies)) {
      const from = Math.floor((turn * n) / TURNS);
      const to = Math.floor(((turn + 1) * n) / TURNS);
      await both(sc, database, strategy, from, to, tasks, base, totals[name]);
    }
  const { alone, sequential, sliding } = totals;
  const after = database.name === 'cassandra' ? await nodeCounts(database) : undefined;
  const sessions = [...(await sessionCounts(sc, database)).values()];
  const unbounded = await both(sc, database, 'unbounded', 0, rows, workers, base, emptyTotal());

  const line = (title, b) => [
    title,
    b.insert.done + b.insert.failed,
    b.insert.most,
    Math.round(perSecond(b.insert)),
    Math.round(perSecond(b.read)),
    `${(pace(b) / pace(alone)).toFixed(1)} x`,
    b.insert.failed + b.read.failed,
    `+ ${megabytes(Math.max(0, b.grown))}`,
  ];
  table(
    ['strategy', 'rows', 'in flight per task', 'inserts/s', 'reads/s', 'pace', 'refused', 'memory'],
    [
      line('one after the other', alone),
      line(`one after the other in ${workers} tasks`, sequential),
      line(`sliding window of ${window} in ${workers} tasks`, sliding),
      line(`all at once in ${workers} tasks`, unbounded),
    ],
  );
  const took = (sliding.insert.ms + sliding.read.ms) / 1000;
  console.log(
    `One after the other was measured on ${alone.insert.done} rows: ${rows} inserts and reads at its pace would take ` +
      `${((2 * rows) / pace(alone)).toFixed(0)} s (extrapolated), in ${workers} tasks ` +
      `${((2 * rows) / pace(sequential)).toFixed(0)} s. The sliding window took ${took.toFixed(1)} s.`,
  );
  const refused = unbounded.insert.failed + unbounded.read.failed;
  if (refused > 0) console.log(`All at once: the driver refused ${refused} requests, its connections were full.`);
  console.log();

  const right = [alone, sequential, sliding].every((b) => b.insert.failed + b.read.failed === 0);
  const complete = sliding.insert.done === rows && sliding.read.done === rows;
  gate('rows', right && complete, `${sliding.insert.done} written, ${sliding.read.done} read back and right`);
  gate('sessions', sessions.length === workers, `${sessions.length} sessions, ${workers} workers`);
  // PostgreSQL prepares on each connection of a session's pool, Cassandra's driver once for the session.
  const connections = sessions.reduce((sum, s) => sum + s.connections, 0);
  const places = database.name === 'postgres' ? connections : workers;
  const where = database.name === 'postgres' ? 'connections' : 'sessions';
  for (const [i, name] of ['insert', 'read'].entries()) {
    const prepared = sessions.reduce((sum, s) => sum + (s.prepared[i] ?? 0), 0);
    gate(`prepared ${name}`, prepared === places, `${prepared} times, ${places} ${where}`);
  }
  if (before && after) {
    const executed = after.prepared - before.prepared;
    const expected = 2 * (rows + fewRows + Math.ceil(fewRows / 2));
    gate('counted by the server', executed === expected, `${executed} prepared executions of ${expected}`);
    gate('sessions at the server', after.sessions === workers, `${after.sessions} sessions, ${workers} workers`);
  }
  const most = Math.max(sliding.insert.most, sliding.read.most);
  gate('in flight', most <= window, `${most} of at most ${window} per task`);
  const ratio = pace(sliding) / pace(alone);
  const found =
    `${ratio.toFixed(1)} x one after the other, ` +
    `${(pace(sliding) / pace(sequential)).toFixed(1)} x one after the other in ${workers} tasks`;
  // A pool of a few connections carries as many requests as it has connections, whatever the window.
  if (database.name === 'cassandra') gate('throughput', ratio >= 5, `${found} (at least 5 x one after the other)`);
  else console.log(`throughput: ${found}`);
  const grown = Math.max(alone.grown, sequential.grown, sliding.grown);
  gate('memory', grown <= 200e6, `base ${megabytes(base)} + ${megabytes(grown)} (at most 200 MB)`);
}

const name = text('database') ?? 'cassandra';
if (name !== 'cassandra' && name !== 'postgres') throw new RangeError('--database is cassandra or postgres');
const database = await startDatabase(name, text('contact')).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
try {
  await createTable(database);
  const spark = await SparkSession.builder.appName('cassandra').master(`local[${workers}]`).getOrCreate();
  try {
    await measure(spark.sparkContext, database);
  } finally {
    await spark.stop();
  }
} finally {
  await database.stop();
}
