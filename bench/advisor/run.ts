import { cpus } from 'node:os';
import { SparkSession } from '../../src/index.js';
import type { Report } from '../run.js';
import { difference, jsonRows, loadAnswers, queryText, TABLES } from '../tpch/answers.js';
import { tpchData } from '../tpch/data.js';

const QUERIES = Array.from({ length: 22 }, (_, i) => i + 1);
const ROUNDS = Number(process.env['ADVISOR_ROUNDS'] ?? 3);

/** The 22 queries of TPC-H at scale factor 1 from Parquet as a recorded workload; what the advisor says is done, and the workload runs
 * again. All answers are compared with Spark's recorded ones, without the advice and with it. `--budget SIZE` limits the memory. The
 * ratio is the time of one run of the workload with the caches filled over its time without, each the sum of the queries' fastest
 * of some rounds; what filling costs is printed beside it. */
export async function runAdvisor(args: readonly string[]): Promise<Report> {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
  const budget = option('--budget');
  const runs = Number(option('--runs') ?? 10);
  const dir = tpchData();
  const answers = loadAnswers('test/tpch/answers-sf1.json');
  const texts = QUERIES.map((n) => queryText('test/tpch/queries', n));
  console.log(
    `TPC-H scale factor 1, 22 queries, ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}, best of ${ROUNDS} rounds, budget ${budget ?? 'all of storage'}, ${runs} runs expected`,
  );
  const spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 4).create();
  for (const t of TABLES) spark.read.parquet(`${dir}/${t}.parquet`).createOrReplaceTempView(t);

  const wrong = async (): Promise<number> => {
    let bad = 0;
    for (const n of QUERIES) {
      const df = spark.sql(texts[n - 1] as string);
      const problem = difference(df.dtypes, await jsonRows(df), answers[`q${n}`] as never);
      if (problem === undefined) continue;
      bad++;
      console.log(`q${n}: WRONG ${problem}`);
    }
    return bad;
  };
  const times = async (): Promise<number[]> => {
    const best = texts.map(() => Number.POSITIVE_INFINITY);
    for (let round = 0; round < ROUNDS; round++)
      for (const [i, text] of texts.entries()) {
        const started = performance.now();
        await spark.sql(text).collectValues();
        best[i] = Math.min(best[i] as number, performance.now() - started);
      }
    return best;
  };
  const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);

  // Each query once: recorded more often, its whole result would be what is repeated.
  spark.cacheAdvisor.record();
  const wrongBefore = await wrong();
  spark.cacheAdvisor.stop();
  const before = await times();
  const advice = await spark.cacheAdvisor.advise({ ...(budget === undefined ? {} : { budget }), runs });
  console.log(advice.text);
  const started = performance.now();
  await advice.apply();
  const buildMs = performance.now() - started;
  const wrongAfter = await wrong();
  const after = await times();
  await spark.stop();

  for (const [i, n] of QUERIES.entries())
    console.log(
      `q${String(n).padEnd(3)} ${(before[i] as number).toFixed(1).padStart(9)} ms   with advice ${(after[i] as number).toFixed(1).padStart(9)} ms   ${((after[i] as number) / (before[i] as number)).toFixed(2)}`,
    );
  const without = sum(before);
  const withAdvice = sum(after);
  const expected = sum(advice.entries.map((e) => e.savingMs));
  console.log(
    `workload ${without.toFixed(0)} ms, with advice ${withAdvice.toFixed(0)} ms: saved ${(without - withAdvice).toFixed(0)} ms a run, expected ${expected.toFixed(0)} ms; filling the caches took ${buildMs.toFixed(0)} ms`,
  );
  console.log(
    `with the filling, over ${runs} runs: ${((withAdvice * runs + buildMs) / (without * runs)).toFixed(3)}; over one: ${((withAdvice + buildMs) / without).toFixed(3)}`,
  );
  return {
    ratio: withAdvice / without,
    gates: [
      { name: 'wrong-answers', value: wrongBefore + wrongAfter, limit: 0 },
      { name: 'unverified', value: advice.entries.filter((e) => e.hits < e.queries).length, limit: 0 },
      { name: 'workload-with-advice', value: withAdvice / without, limit: 1 },
    ],
    details: { advice: advice.toJSON(), before, after, buildMs, runs },
  };
}
