// node bench/worker/values.mjs KIND: a million names by id, kept in one of the ways there are, read by two workers at random.
// One way for each process, so that the memory is its own. Prints one line of JSON. Times are processor time of the process,
// whose other threads are idle: what else the machine does counts less.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLookup, SparkSession } from 'memoframe';

const ENTRIES = 1_000_000;
const WORKERS = 2;
const kind = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'memoframe-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const spark = await SparkSession.builder.master(`local[${WORKERS}]`).getOrCreate();
const sc = spark.sparkContext;
await sc
  .parallelize([0, 1], WORKERS)
  .map((x) => x)
  .collect();

/** Milliseconds of processor time that `f` takes, and what it gives. */
async function timed(f) {
  const before = process.cpuUsage();
  const result = await f();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

function* rows() {
  for (let id = 0; id < ENTRIES; id++) yield [id, `the name of number ${id}`];
}

/** How to make it, how many reads to time, and how a worker gets the function that reads. */
const KINDS = {
  broadcast: {
    reads: 2_000_000,
    make: async () => ({ names: sc.broadcast(new Map(rows())) }),
    open: ({ names }) => {
      const map = names.value;
      return (id) => map.get(id);
    },
  },
  'worker-scoped value': {
    reads: 2_000_000,
    make: async () => ({ entries: ENTRIES }),
    open: ({ entries }, task) => {
      const map = task.workerScoped('names', () => {
        const made = new Map();
        for (let id = 0; id < entries; id++) made.set(id, `the name of number ${id}`);
        return made;
      });
      return (id) => map.get(id);
    },
  },
  'worker cache': {
    reads: 2_000_000,
    make: async () => ({ entries: ENTRIES }),
    open: ({ entries }, task) => {
      const cache = task.workerCache('names', { max: entries, load: (id) => `the name of number ${id}` });
      if (cache.size < entries) for (let id = 0; id < entries; id++) cache.getSync(id);
      return (id) => cache.getSync(id);
    },
  },
  'SQLite look-up': {
    reads: 500_000,
    make: async () => ({ names: { path: (await createLookup(rows(), { path: join(folder, 'names.db') })).path } }),
    open: ({ names }, task) => {
      const reader = task.lookup(names);
      return (id) => reader.get(id);
    },
  },
};

/** The lengths of what each worker read. */
const measure = ({ open, state, reads, entries }) =>
  sc
    .range(0, WORKERS, 1, WORKERS)
    .map(
      (worker, task) => {
        const read = open(state, task);
        let x = worker + 1;
        let length = 0;
        for (let i = 0; i < reads; i++) {
          x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
          length += read(x % entries).length;
        }
        return length;
      },
      { vars: { open, state, reads, entries } },
    )
    .collect();

const resident = () => process.memoryUsage.rss() / 2 ** 20;
const base = resident();
const print = (figures) => console.log(JSON.stringify({ kind, ...figures }));
if (kind === 'SQL cache') {
  const made = await timed(() => {
    spark.range(ENTRIES).selectExpr('id', "concat('the name of number ', id) AS name").createOrReplaceTempView('names');
    return spark.sql('CACHE TABLE names').collect();
  });
  const mib = resident() - base;
  const reads = 200;
  const read = async (n) => {
    for (let i = 0; i < n; i++) await spark.sql(`SELECT name FROM names WHERE id = ${i * 4999}`).collect();
  };
  await read(50);
  const { ms } = await timed(() => read(reads));
  // What it is made for: all at once.
  spark.range(ENTRIES).selectExpr('(id * 7919) % 1000000 AS id').createOrReplaceTempView('ids');
  const join = () => spark.sql('SELECT sum(length(name)) AS n FROM ids JOIN names USING (id)').collect();
  await join();
  const joined = await timed(join);
  print({ makeMs: made.ms, ns: (ms * 1e6) / reads, mib, joinNs: (joined.ms * 1e6) / ENTRIES });
} else if (kind === 'accumulator') {
  const adds = 5_000_000;
  const add = async () => {
    const total = sc.longAccumulator('total');
    await sc.range(0, WORKERS, 1, WORKERS).foreach(
      () => {
        for (let i = 0; i < adds; i++) total.add(1);
      },
      { vars: { total, adds } },
    );
    if (Number(total.value) !== WORKERS * adds) throw new RangeError(`counted ${total.value}`);
  };
  await add();
  const { ms } = await timed(add);
  print({ makeMs: 0, ns: (ms * 1e6) / (WORKERS * adds), mib: 0 });
} else {
  const { make, open, reads } = KINDS[kind];
  const made = await timed(async () => {
    const state = await make();
    await measure({ open, state, reads: 1, entries: ENTRIES });
    return state;
  });
  const given = { open, state: made.result, entries: ENTRIES };
  await measure({ ...given, reads: reads / 5 });
  const { ms, result: lengths } = await timed(() => measure({ ...given, reads }));
  // Ids are drawn evenly: the mean length of a name is known.
  const mean = 'the name of number '.length + 5.89;
  for (const length of lengths)
    if (Math.abs(length / reads - mean) > 0.05) throw new RangeError(`names of length ${length / reads}`);
  print({ makeMs: made.ms, ns: (ms * 1e6) / (WORKERS * reads), mib: resident() - base });
}
await spark.stop();
