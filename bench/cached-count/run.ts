import { cpus } from 'node:os';
import { SparkSession } from '../../src/index.js';
import type { Gate, Report } from '../run.js';
import { DESERIALIZED, runSpark, sparkVenv } from '../spark/run-spark.js';
import { best, geometricMean, memoryBandwidth } from '../timing.js';
import { tpchData } from '../tpch/data.js';
import { Duck } from '../tpch/duckdb.js';
import { COUNT_QUERIES } from './queries.js';

const THREADS = 2;
/** Executions of which the best counts. */
const SCANS = 400;
const text = (values: readonly unknown[]) => values.map(String).join(' | ');

/** Filtered counts and sums over lineitem at scale factor 1, from cache and from the same Parquet file. Answers must equal
 * DuckDB's (and Spark's) first; from cache no byte may come from the file and all batches must be read. The ratio is cached
 * over uncached time, geometric mean. With `--spark DIR` (a virtual environment with PySpark) Spark's cache runs the same. */
export async function runCachedCount(args: readonly string[]): Promise<Report> {
  const dir = tpchData();
  const file = `${dir}/lineitem.parquet`;
  console.log(
    `lineitem, scale factor 1, ${THREADS} threads, ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`,
  );
  const answers = new Map<string, string>();
  const duck = await Duck.open(dir, THREADS, false);
  for (const q of COUNT_QUERIES) answers.set(q.name, text((await duck.run(q.sql)).rows[0]!));
  duck.close();
  const spark = await SparkSession.builder.master(`local[${THREADS}]`).create();
  spark.read.parquet(file).createOrReplaceTempView('lineitem');
  let wrong = 0;
  const check = async (name: string, sql: string, where: string): Promise<void> => {
    const [row] = await spark.sql(sql).collectArrays();
    if (text(row!) === answers.get(name)) return;
    wrong++;
    console.log(`${name} ${where}: WRONG ${text(row!)}, DuckDB ${answers.get(name)}`);
  };
  const run = (sql: string) => async (): Promise<void> => {
    await spark.sql(sql).collectArrays();
  };
  const uncached: number[] = [];
  for (const { name, sql } of COUNT_QUERIES) {
    await check(name, sql, 'from Parquet');
    uncached.push(await best(run(sql)));
  }
  await spark.sql('CACHE TABLE lineitem').collect();
  const batches = await allBatches(spark);
  const cached: number[] = [];
  const speeds: number[] = [];
  const execSpeeds: number[] = [];
  const scanSpeeds: number[] = [];
  const details = [];
  // On shared hardware memory is not always as fast: it is measured before and after each query, and the faster counts.
  let before = await memoryBandwidth(THREADS);
  for (const [i, { name, sql }] of COUNT_QUERIES.entries()) {
    await check(name, sql, 'from cache');
    const metrics = spark.sharedState.engine.lastMetrics;
    if (metrics.bytesRead !== 0 || metrics.batchesRead !== batches) {
      wrong++;
      console.log(`${name}: ${metrics.bytesRead} bytes of files, ${metrics.batchesRead} of ${batches} batches read`);
    }
    const ms = await best(run(sql), 20);
    // Planning is half of a fast query's time: execution is told apart.
    let execMs = Number.POSITIVE_INFINITY;
    let scanMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < SCANS; i++) {
      const df = spark.sql(sql);
      void df.queryExecution.executedPlan;
      const start = performance.now();
      await df.collectArrays();
      execMs = Math.min(execMs, performance.now() - start);
      scanMs = Math.min(scanMs, spark.sharedState.engine.lastMetrics.scanMs);
    }
    const after = await memoryBandwidth(THREADS);
    const bandwidth = Math.max(before, after);
    before = after;
    cached.push(ms);
    const speed = (metrics.cachedBytesRead * 1000) / ms;
    const execSpeed = (metrics.cachedBytesRead * 1000) / execMs;
    const scanSpeed = (metrics.cachedBytesRead * 1000) / scanMs;
    speeds.push(speed / bandwidth);
    execSpeeds.push(execSpeed / bandwidth);
    scanSpeeds.push(scanSpeed / bandwidth);
    details.push({
      name,
      parquetMs: uncached[i],
      cachedMs: ms,
      scanMs,
      storedBytes: metrics.cachedBytesRead,
      bandwidth,
    });
    console.log(
      `${name.padEnd(16)} Parquet ${uncached[i]!.toFixed(1).padStart(7)} ms   cache ${ms.toFixed(2).padStart(6)} ms   ${(ms / uncached[i]!).toFixed(3)}   ${(metrics.cachedBytesRead / 1e6).toFixed(1).padStart(5)} MB stored, run in ${execMs.toFixed(2)} ms, scanned in ${scanMs.toFixed(2)}: ${gigabytes(scanSpeed)} GB/s, ${((scanSpeed / bandwidth) * 100).toFixed(0)} % of memory (${gigabytes(bandwidth)} GB/s)`,
    );
  }
  await spark.stop();
  const ratio = geometricMean(cached.map((ms, i) => ms / uncached[i]!));
  const gates: Gate[] = [
    { name: 'wrong-answers', value: wrong, limit: 0 },
    { name: 'cached-to-parquet', value: ratio, limit: 0.1 },
  ];
  const percent = (xs: readonly number[]) => (geometricMean(xs) * 100).toFixed(0);
  console.log(
    `of memory bandwidth: ${percent(scanSpeeds)} % by the stage that scans (goal 30 %), ${percent(execSpeeds)} % from the plan to its rows, ${percent(speeds)} % parsing and planning included`,
  );
  const venv = sparkVenv(args);
  if (venv) {
    const queries = Object.fromEntries(COUNT_QUERIES.map((q) => [q.name, q.sql]));
    const [theirs] = runSpark(venv, file, [DESERIALIZED], queries);
    const ratios = COUNT_QUERIES.map(({ name }, i) => {
      const { ms, answer } = theirs!.queries[name]!;
      if (text(answer) !== answers.get(name)) gates[0] = { ...gates[0]!, value: ++wrong };
      console.log(
        `${name.padEnd(16)} Spark cached ${ms.toFixed(1).padStart(7)} ms   cache ${cached[i]!.toFixed(2).padStart(6)} ms   ${(cached[i]! / ms).toFixed(3)}`,
      );
      return cached[i]! / ms;
    });
    gates.push({ name: 'cached-to-spark-cached', value: geometricMean(ratios), limit: 0.05 });
  }
  return { ratio, gates, details: { queries: details } };
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);

/** How many batches the cached table has. */
async function allBatches(spark: SparkSession): Promise<number> {
  await spark.sql('SELECT sum(l_orderkey) FROM lineitem').collectArrays();
  return spark.sharedState.engine.lastMetrics.batchesRead;
}
