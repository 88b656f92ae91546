import { writeFileSync } from 'node:fs';
import { SparkSession } from '../../src/index.js';
import { jsonValue } from '../oracle/values.js';
import { type Answer, difference, loadAnswers } from './answers.js';
import { TABLES, tpcdsData } from './data.js';
import { Duck, duckText } from './duckdb.js';
import { queryTexts } from './jar.js';

/** `run.ts [--jar FILE] [--only q1,v2.7.0/q5] [--json FILE] [--no-duckdb]`: the TPC-DS queries of Spark's tests jar at scale 0.01,
 * from Parquet and from cached tables, against Spark's recorded answers, and timed beside DuckDB. */
const args = process.argv.slice(2);
const option = (name: string) => (args.includes(`--${name}`) ? args[args.indexOf(`--${name}`) + 1] : undefined);
const only = option('only')?.split(',');
const THREADS = 2;
/** Slow is what takes longer than this and longer than `FACTOR` times DuckDB's time. */
const LIMIT_MS = 1000;
const FACTOR = 3;
/** Rounds end after this many, or once they took this long; what is slow gets more, as something else may run beside it. */
const ROUNDS = { count: 3, ms: 600, ifSlow: 8 };

interface Outcome {
  readonly id: string;
  uncached?: string | undefined;
  cached?: string | undefined;
  uncachedMs: number;
  cachedMs: number;
  duckMs: number;
}

const texts = queryTexts(option('jar'));
const answers = loadAnswers();
const ids = [...answers.keys()].filter(
  (id) => !only || only.some((o) => id === o || id === `tpcds/${o}` || id === `tpcds-${o}`),
);
const dir = await tpcdsData();
const outcomes = new Map<string, Outcome>(
  ids.map((id) => [id, { id, uncachedMs: Number.NaN, cachedMs: Number.NaN, duckMs: Number.NaN }]),
);

const textOf = (id: string): string => {
  const text = texts.get(id);
  if (text === undefined) throw new TypeError(`the jar has no ${id}`);
  return text;
};

/** Milliseconds of the best round; the first only warms up where it was quick. */
async function best(f: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  const started = performance.now();
  const more = (i: number) =>
    least > LIMIT_MS ? i < ROUNDS.ifSlow : i < ROUNDS.count && performance.now() - started < ROUNDS.ms;
  for (let i = 0; more(i); i++) {
    const start = performance.now();
    await f();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

async function judge(spark: SparkSession, answer: Answer): Promise<string | undefined> {
  try {
    const df = spark.sql(textOf(answer.id));
    const types = df.schema.fields.map((f) => f.dataType);
    const rows = (await df.collectValues()).map((r) => r.map((v, i) => jsonValue(v, types[i] as never)));
    if (answer.error !== undefined) return `no error, Spark ${answer.error}`;
    return difference(answer, df.dtypes, rows, df.queryExecution.analyzed);
  } catch (e) {
    const condition = (e as { condition?: string }).condition;
    return condition !== undefined && condition === answer.error
      ? undefined
      : `error ${e instanceof Error ? e.stack : e}`.slice(0, 700);
  }
}

for (const mode of ['uncached', 'cached'] as const) {
  const spark = await SparkSession.builder
    .master(`local[${THREADS}]`)
    .config('spark.sql.session.timeZone', 'UTC')
    .config('spark.sql.shuffle.partitions', 4)
    .create();
  for (const t of TABLES) spark.read.parquet(`${dir}/${t}.parquet`).createOrReplaceTempView(t);
  if (mode === 'cached') for (const t of TABLES) await spark.sql(`CACHE TABLE ${t}`).collect();
  for (const outcome of outcomes.values()) {
    const answer = answers.get(outcome.id) as Answer;
    const wrong = await judge(spark, answer);
    outcome[mode] = wrong;
    if (wrong !== undefined) console.log(`${outcome.id} ${mode}: WRONG ${wrong}`);
    const text = textOf(outcome.id);
    outcome[`${mode}Ms`] = await best(() =>
      spark
        .sql(text)
        .collectValues()
        .catch(() => undefined),
    );
  }
  await spark.stop();
}

if (!args.includes('--no-duckdb')) {
  const duck = await Duck.open(dir, THREADS);
  for (const outcome of outcomes.values()) {
    try {
      const text = duckText(textOf(outcome.id));
      outcome.duckMs = await best(() => duck.run(text));
    } catch (e) {
      console.log(`${outcome.id} DuckDB: ${e}`.split('\n')[0]);
    }
  }
  duck.close();
}

const slow: Outcome[] = [];
for (const o of outcomes.values()) {
  const limit = Math.max(LIMIT_MS, Number.isNaN(o.duckMs) ? 0 : FACTOR * o.duckMs);
  const over = Math.max(o.uncachedMs, o.cachedMs) > limit;
  if (over) slow.push(o);
  const ms = (x: number) => x.toFixed(1).padStart(8);
  console.log(
    `${o.id.padEnd(20)} ${ms(o.uncachedMs)} ms from files ${ms(o.cachedMs)} ms from cache   DuckDB ${ms(o.duckMs)} ms   ${(o.cachedMs / o.duckMs).toFixed(2)}${over ? '   OVER THE LIMIT' : ''}`,
  );
}
const right = (mode: 'uncached' | 'cached') => [...outcomes.values()].filter((o) => o[mode] === undefined).length;
const json = option('json');
if (json !== undefined) writeFileSync(json, `${JSON.stringify([...outcomes.values()], null, 1)}\n`);
for (const o of slow)
  console.log(
    `slow ${o.id}: ${o.uncachedMs.toFixed(0)} / ${o.cachedMs.toFixed(0)} ms, DuckDB ${o.duckMs.toFixed(0)} ms`,
  );
console.log(`answers uncached ${right('uncached')}/${outcomes.size} cached ${right('cached')}/${outcomes.size}`);
console.log(`slow ${slow.length}`);
if (slow.length > 0 || right('uncached') < outcomes.size || right('cached') < outcomes.size) process.exitCode = 1;
