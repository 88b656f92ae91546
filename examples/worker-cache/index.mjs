// State that outlives a batch: a cache that lives with the worker. First the published case of three batches, counted exactly;
// then enrichment of many ids from a database, against no cache, a broadcast, enrichment on the driver and a shared look-up.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLookup, Milliseconds, openSqlite, SparkSession, StreamingContext } from 'memoframe';
import { figure, gate, option, seconds, table } from '../report.mjs';

const session = (reuse, workers) =>
  SparkSession.builder
    .appName('worker-cache')
    .master(`local[${workers}]`)
    .config('spark.worker.reuse', reuse)
    .getOrCreate();

// Three batches on one worker.

const BATCHES = [
  [1, 2, 3],
  [1, 2, 5],
  [1, 3, 5],
];

/** How often each id was read from the source, over a stream of three batches on one worker. */
async function countReads(cached, reuse) {
  const spark = await session(reuse, 1);
  const sc = spark.sparkContext;
  const reads = sc.collectionAccumulator('reads');
  const ssc = new StreamingContext(sc, Milliseconds(20));
  let done = 0;
  const allDone = new Promise((resolve) => {
    ssc
      .queueStream(BATCHES.map((batch) => sc.parallelize(batch, 1)))
      .map(
        async (id, task) => {
          const read = (key) => {
            reads.add(key);
            return `name of ${key}`;
          };
          if (!cached) return read(id);
          return task.workerCache('names', { load: read }).get(id);
        },
        { vars: { reads, cached } },
      )
      .foreachRDD(async (rdd) => {
        await rdd.collect();
        if (++done === BATCHES.length) resolve();
      });
  });
  ssc.start();
  await Promise.race([allDone, ssc.awaitTermination()]);
  await ssc.stop({ stopSparkContext: false, stopGracefully: false });
  await spark.stop();
  const counter = {};
  for (const id of reads.value) counter[id] = (counter[id] ?? 0) + 1;
  return counter;
}

const text = (counter) =>
  `{${Object.entries(counter)
    .map(([id, n]) => `${id}:${n}`)
    .join(', ')}}`;
const counters = {
  cached: await countReads(true, true),
  uncached: await countReads(false, true),
  'cached, workers not reused': await countReads(true, false),
};
console.log(`Batches ${BATCHES.map((b) => `[${b}]`).join(' ')}, one worker: how often each id is read\n`);
table(
  ['variant', 'reads'],
  Object.entries(counters).map(([name, counter]) => [name, text(counter)]),
);
const exactly = (name, wanted) => gate(`${name} ${wanted}`, text(counters[name]) === wanted, text(counters[name]));
exactly('cached', '{1:1, 2:1, 3:1, 5:1}');
exactly('uncached', '{1:3, 2:2, 3:2, 5:2}');
exactly('cached, workers not reused', '{1:3, 2:2, 3:2, 5:2}');
console.log();

// At scale: ids of a stream, skewed as such ids are, and a table of names in SQLite.

const batches = option('batches', 100);
const idsPerBatch = option('ids', 10_000);
const users = option('users', 200_000);
const cacheSize = option('cache', 100_000);
const workers = 2;

const folder = mkdtempSync(join(tmpdir(), 'memoframe-example-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const database = join(folder, 'users.db');
const nameOf = (id) => `user ${id} of ${users}`;
{
  const db = openSqlite(database, { readOnly: false });
  db.exec('PRAGMA journal_mode = OFF; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); BEGIN');
  const insert = db.prepare('INSERT INTO users VALUES (?, ?)');
  for (let id = 0; id < users; id++) insert.run([id, nameOf(id)]);
  insert.finalize();
  db.exec('COMMIT');
  db.close();
}
let state = 42;
const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
const stream = Array.from({ length: batches }, () =>
  Array.from({ length: idsPerBatch }, () => Math.floor(users * random() ** 6)),
);
const ids = batches * idsPerBatch;
const distinct = new Set(stream.flat()).size;

/** A connection and a statement for each worker, and a count of what it was asked. Travels to the workers as text. */
const queryUser = (task, id, queries, path) => {
  const select = task.workerScoped(
    'select',
    () => {
      const db = task.openSqlite(path, { cacheBytes: 1 << 24 });
      return { db, statement: db.prepare('SELECT name FROM users WHERE id = ?') };
    },
    {
      dispose: ({ db, statement }) => {
        statement.finalize();
        db.close();
      },
    },
  ).statement;
  queries.add(1);
  return select.get(id)?.name;
};

/** Lengths of all names, added up, and how it was done. */
async function enrich(variant) {
  const spark = await session(true, workers);
  const sc = spark.sparkContext;
  const queries = sc.longAccumulator('queries');
  await sc
    .parallelize([0, 1], workers)
    .map((x) => x)
    .collect();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const batch = await variant(sc, queries);
  let length = 0;
  for (const batchIds of stream) {
    // The part of the pattern that is the same for all: a batch of the stream comes, its ids are enriched and written.
    const lengths = await batch(batchIds);
    for (const n of lengths) length += n;
  }
  const ms = performance.now() - start;
  const used = process.cpuUsage(cpu);
  const asked = Number(queries.value);
  await spark.stop();
  return { length, ms, cpuMs: (used.user + used.system) / 1000, queries: asked };
}

const variants = {
  'no cache': async (sc, queries) => (batchIds) =>
    sc
      .parallelize(batchIds, workers)
      .mapPartitions(
        (it, task) => {
          let length = 0;
          for (const id of it) length += queryUser(task, id, queries, database).length;
          return [length];
        },
        { vars: { queryUser, queries, database } },
      )
      .collect(),

  'worker cache': async (sc, queries) => (batchIds) =>
    sc
      .parallelize(batchIds, workers)
      .mapPartitions(
        (it, task) => {
          const cache = task.workerCache('users', {
            max: cacheSize,
            load: (id) => queryUser(task, id, queries, database),
          });
          let length = 0;
          for (const id of it) length += cache.getSync(id).length;
          return [length];
        },
        { vars: { queryUser, queries, database, cacheSize } },
      )
      .collect(),

  broadcast: async (sc, queries) => {
    const db = openSqlite(database);
    queries.add(1);
    const names = sc.broadcast(new Map(db.all('SELECT id, name FROM users').map(({ id, name }) => [id, name])));
    db.close();
    return (batchIds) =>
      sc
        .parallelize(batchIds, workers)
        .mapPartitions(
          (it) => {
            const map = names.value;
            let length = 0;
            for (const id of it) length += map.get(id).length;
            return [length];
          },
          { vars: { names } },
        )
        .collect();
  },

  'driver-side': async (sc, queries) => {
    const db = openSqlite(database, { cacheBytes: 1 << 24 });
    return async (batchIds) => {
      const wanted = [...new Set(batchIds)];
      const names = new Map();
      for (let i = 0; i < wanted.length; i += 500) {
        const part = wanted.slice(i, i + 500);
        queries.add(1);
        for (const { id, name } of db.all(`SELECT id, name FROM users WHERE id IN (${part})`)) names.set(id, name);
      }
      return sc
        .parallelize(
          batchIds.map((id) => [id, names.get(id)]),
          workers,
        )
        .mapPartitions((it) => {
          let length = 0;
          for (const [, name] of it) length += name.length;
          return [length];
        })
        .collect();
    };
  },

  'SQLite look-up': async (sc, queries) => {
    const db = openSqlite(database);
    queries.add(1);
    const names = await createLookup(db.all('SELECT id, name FROM users'), {
      path: join(folder, 'names.db'),
      key: 'id',
      value: 'name',
    });
    db.close();
    return (batchIds) =>
      sc
        .parallelize(batchIds, workers)
        .mapPartitions(
          (it, task) => {
            const reader = task.lookup(names);
            let length = 0;
            for (const id of it) length += reader.get(id).length;
            return [length];
          },
          { vars: { names } },
        )
        .collect();
  },
};

const found = {};
for (const [name, variant] of Object.entries(variants)) found[name] = await enrich(variant);

console.log(
  `${ids.toLocaleString('en-US')} ids in ${batches} batches (${distinct.toLocaleString('en-US')} distinct of ` +
    `${users.toLocaleString('en-US')} users, skewed), ${workers} workers, cache of ${cacheSize.toLocaleString('en-US')} a worker\n`,
);
table(
  ['variant', 'queries', 'hit rate', 'time', 'processor', 'ids a second', 'at 1 ms a query'],
  Object.entries(found).map(([name, { queries, ms, cpuMs }]) => [
    name,
    queries,
    name === 'worker cache' ? `${(100 * (1 - queries / ids)).toFixed(1)} %` : '',
    seconds(ms),
    seconds(cpuMs),
    Math.round((ids * 1000) / ms),
    // Computed: what a database on a network would add, asked one by one on each worker, or by the driver alone.
    seconds(ms + queries / (name.includes('cache') ? workers : 1)),
  ]),
);
figure('ids', ids);
figure('variants', found);
const expected = stream.flat().reduce((sum, id) => sum + nameOf(id).length, 0);
gate(
  'all variants give the same answer',
  Object.values(found).every((f) => f.length === expected),
  String(expected),
);
gate('no cache: one query for each id', found['no cache'].queries === ids, String(found['no cache'].queries));
const { queries } = found['worker cache'];
if (cacheSize >= users)
  gate('worker cache: at most one query for each id and worker', queries <= workers * distinct, String(queries));
// Few batches bring few ids again.
gate(
  'worker cache: fewer queries than ids',
  queries < (batches >= 50 ? ids / 2 : ids),
  `${((100 * queries) / ids).toFixed(1)} % of the ids`,
);
