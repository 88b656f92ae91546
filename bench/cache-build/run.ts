import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SparkSession } from '../../src/index.js';
import type { Gate, Report } from '../run.js';
import { DESERIALIZED, runSpark, SERIALIZED, sparkVenv } from '../spark/run-spark.js';
import { best } from '../timing.js';
import { tpchData } from '../tpch/data.js';

const THREADS = 2;
const ROWS = 6_001_215n;
const ROUNDS = Number(process.env['BUILD_ROUNDS'] ?? 3);
const QUERIES: Readonly<Record<string, string>> = {
  count: 'SELECT count(*) AS c FROM lineitem',
  'filtered-count': 'SELECT count(*) AS c FROM lineitem WHERE l_quantity >= 10 AND l_quantity < 35',
};
/** What Spark 4.0.1 takes on two cores of a machine like the one this was written on, for where it is not run along. */
const SPARK_BEFORE: Readonly<Record<string, { seconds: number; count: number; 'filtered-count': number }>> = {
  MEMORY_AND_DISK: { seconds: 17, count: 120, 'filtered-count': 210 },
  MEMORY_AND_DISK_SER: { seconds: 12, count: 120, 'filtered-count': 210 },
};
const LEVELS = [
  { level: 'MEMORY_AND_DISK', spark: DESERIALIZED, maxMegabytes: 560 },
  { level: 'MEMORY_AND_DISK_SER', spark: SERIALIZED, maxMegabytes: 285 },
] as const;

/** All 16 columns of lineitem at scale factor 1 into the cache: bytes, seconds, and counts from it. Sizes count what memory
 * really takes, beside what `cacheEntries()` tells. The ratio is our time to fill the deserialized level over Spark's: measured
 * in this run with `--spark DIR` (a virtual environment with PySpark), else as measured before. */
export async function runCacheBuild(args: readonly string[]): Promise<Report> {
  const file = `${tpchData()}/lineitem.parquet`;
  console.log(
    `lineitem, scale factor 1, 16 columns, ${THREADS} threads, ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, best of ${ROUNDS}`,
  );
  const venv = sparkVenv(args);
  const theirs = venv
    ? runSpark(
        venv,
        file,
        LEVELS.map((l) => l.spark),
        QUERIES,
      )
    : undefined;
  const gates: Gate[] = [];
  const details: Record<string, unknown> = {};
  let ratio = 0;
  for (const [i, { level, maxMegabytes }] of LEVELS.entries()) {
    const ours = await build(file, level);
    const measured = theirs?.[i];
    const before = SPARK_BEFORE[level]!;
    const seconds = measured?.seconds ?? before.seconds;
    console.log(
      `${level}: ${ours.seconds.toFixed(2)} s (Spark ${seconds.toFixed(1)} s${measured ? '' : ', measured before'}), ${megabytes(ours.memoryBytes)} MB of memory, ${megabytes(ours.reportedBytes)} MB by cacheEntries()${measured ? `, Spark ${megabytes(measured.bytes)} MB` : ''}`,
    );
    gates.push(
      { name: `${level}-megabytes`, value: Math.max(ours.memoryBytes, ours.reportedBytes) / 1e6, limit: maxMegabytes },
      { name: `${level}-build-to-spark`, value: ours.seconds / seconds, limit: 0.25 },
    );
    if (ours.memoryBytes > 0)
      gates.push({
        name: `${level}-reported-off-percent`,
        value: Math.abs(ours.reportedBytes / ours.memoryBytes - 1) * 100,
        limit: 2,
      });
    for (const name of ['count', 'filtered-count'] as const) {
      const ms = ours.queries[name]!;
      const sparkMs = measured?.queries[name]?.ms ?? before[name];
      console.log(`  ${name}: ${ms.toFixed(2)} ms (Spark ${sparkMs.toFixed(0)} ms)`);
      gates.push({ name: `${level}-${name}-to-spark`, value: ms / sparkMs, limit: 0.1 });
    }
    gates.push({ name: `${level}-wrong-answers`, value: ours.wrong, limit: 0 });
    if (i === 0) ratio = ours.seconds / seconds;
    details[level] = { ...ours, spark: measured };
  }
  return { ratio, gates, details };
}

interface Built {
  readonly seconds: number;
  /** What memory took: slabs of the arena, or buffers outside it. */
  readonly memoryBytes: number;
  readonly reportedBytes: number;
  readonly queries: Readonly<Record<string, number>>;
  readonly wrong: number;
}

async function build(file: string, level: string): Promise<Built> {
  const spark = await SparkSession.builder.master(`local[${THREADS}]`).create();
  spark.read.parquet(file).createOrReplaceTempView('lineitem');
  const answers: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(QUERIES)) answers[name] = (await spark.sql(sql).collectArrays())[0]![0];
  let wrong = answers['count'] === ROWS ? 0 : 1;
  let seconds = Number.POSITIVE_INFINITY;
  let memoryBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) await spark.sql('UNCACHE TABLE lineitem').collect();
    const before = usedBytes(spark, level);
    const start = performance.now();
    await spark.sql(`CACHE TABLE lineitem OPTIONS ('storageLevel' = '${level}')`).collect();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
    // Of the first filling: what later ones replace is given back when the collectors of all threads have run.
    if (round === 0) memoryBytes = usedBytes(spark, level) - before;
  }
  const [entry] = spark.catalog.cacheEntries();
  const queries: Record<string, number> = {};
  for (const [name, sql] of Object.entries(QUERIES)) {
    if ((await spark.sql(sql).collectArrays())[0]![0] !== answers[name]) wrong++;
    queries[name] = await best(async () => {
      await spark.sql(sql).collectArrays();
    }, 5);
  }
  await spark.stop();
  return { seconds, memoryBytes, reportedBytes: entry!.memoryBytes, queries, wrong };
}

const LARGE_BYTES = 8 << 20;
const ARENA_BYTES = 2 ** 31;

/** Bytes that hold deserialized blocks: slabs of the arena in use. Serialized ones are buffers that workers made, which Node
 * counts nowhere: Linux tells what large private memory is mapped; elsewhere 0. */
function usedBytes(spark: SparkSession, level: string): number {
  collectGarbage();
  if (level === 'MEMORY_AND_DISK') return spark.sharedState.engine.arenaUsedBytes;
  if (process.platform !== 'linux') return 0;
  let bytes = 0;
  for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0 *$/.exec(line) ?? [];
    const size = from && to ? Number.parseInt(to, 16) - Number.parseInt(from, 16) : 0;
    // Arenas are reserved whole.
    if (size >= LARGE_BYTES && size < ARENA_BYTES) bytes += size;
  }
  return bytes;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
