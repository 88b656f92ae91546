import { cpus } from 'node:os';
import { type DataFrame, SparkSession } from '../../src/index.js';
import type { Gate, Report } from '../run.js';
import { best, geometricMean } from '../timing.js';
import { difference, jsonRows, loadAnswers, queryText, TABLES } from './answers.js';
import { tpchData } from './data.js';
import { Duck, duckText } from './duckdb.js';

const THREADS = 2;
const ROUNDS = Number(process.env['TPCH_ROUNDS'] ?? 3);
const QUERIES = Array.from({ length: 22 }, (_, i) => i + 1);

interface Timing {
  readonly query: number;
  readonly oursMs: number;
  readonly duckMs: number;
}

/** TPC-H at scale factor 1, from Parquet and from cache, beside DuckDB with as many threads. All answers are compared with
 * Spark's recorded ones first; from cache no byte may come from a file and every plan must read the cache. */
export async function runTpch(args: readonly string[]): Promise<Report> {
  const only = args.includes('--queries')
    ? (args[args.indexOf('--queries') + 1] as string).split(',').map(Number)
    : QUERIES;
  const dir = tpchData();
  const answers = loadAnswers('test/tpch/answers-sf1.json');
  console.log(
    `TPC-H scale factor 1, ${THREADS} threads, ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, best of ${ROUNDS} rounds or more`,
  );
  const gates: Gate[] = [];
  const details: Record<string, unknown> = {};
  const ratios: number[] = [];
  for (const mode of ['parquet', 'cache'] as const) {
    const spark = await SparkSession.builder
      .master(`local[${THREADS}]`)
      .config('spark.sql.shuffle.partitions', 4)
      .create();
    for (const t of TABLES) spark.read.parquet(`${dir}/${t}.parquet`).createOrReplaceTempView(t);
    if (mode === 'cache') for (const t of TABLES) await spark.sql(`CACHE TABLE ${t}`).collect();
    const duck = await Duck.open(dir, THREADS, mode === 'cache');
    const timings: Timing[] = [];
    let right = 0;
    for (const n of only) {
      const text = queryText('test/tpch/queries', n);
      const problem = await check(spark, text, answers[`q${n}`] as never, mode);
      if (problem === undefined) right++;
      else console.log(`q${n} ${mode}: WRONG ${problem}`);
      const oursMs = await best(async () => {
        await spark.sql(text).collectValues();
      }, ROUNDS);
      const duckMs = await best(async () => {
        await duck.run(duckText(text));
      }, ROUNDS);
      timings.push({ query: n, oursMs, duckMs });
      console.log(
        `${mode.padEnd(8)} q${String(n).padEnd(3)} ${oursMs.toFixed(1).padStart(9)} ms   DuckDB ${duckMs.toFixed(1).padStart(9)} ms   ${(oursMs / duckMs).toFixed(2)}`,
      );
    }
    duck.close();
    await spark.stop();
    const ratio = geometricMean(timings.map((t) => t.oursMs / t.duckMs));
    ratios.push(ratio);
    console.log(
      `${mode}: ${right} of ${only.length} answers equal Spark's, geometric mean ours / DuckDB ${ratio.toFixed(2)}`,
    );
    gates.push({ name: `${mode}-wrong-answers`, value: only.length - right, limit: 0 });
    gates.push({ name: `${mode}-geomean`, value: ratio, limit: mode === 'cache' ? 2 : 3 });
    if (mode === 'cache')
      for (const n of [1, 6]) {
        const t = timings.find((x) => x.query === n);
        if (t) gates.push({ name: `cache-q${n}`, value: t.oursMs / t.duckMs, limit: 1 });
      }
    details[mode] = timings;
  }
  return { ratio: geometricMean(ratios), gates, details };
}

async function check(
  spark: SparkSession,
  text: string,
  answer: Parameters<typeof difference>[2],
  mode: string,
): Promise<string | undefined> {
  const df: DataFrame = spark.sql(text);
  const problem = difference(df.dtypes, await jsonRows(df), answer);
  if (problem !== undefined || mode === 'parquet') return problem;
  if (!df.queryExecution.executedPlan.treeString(1000).includes('In-memory table'))
    return 'the plan does not read the cache';
  const { bytesRead } = spark.sharedState.engine.lastMetrics;
  return bytesRead === 0 ? undefined : `${bytesRead} bytes read from files`;
}
