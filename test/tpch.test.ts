import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference, jsonRows, loadAnswers, queryText, TABLES } from '../bench/tpch/answers.js';
import { SparkSession } from '../src/index.js';

/** The 22 TPC-H queries at scale factor 0.01 against what Spark 4.0.1 answered. */
const QUERIES = Array.from({ length: 22 }, (_, i) => i + 1);
const answers = loadAnswers('test/tpch/answers-sf0.01.json');

describe.each(['parquet', 'cache'] as const)('TPC-H from %s', (mode) => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').config('spark.sql.shuffle.partitions', 4).create();
    for (const t of TABLES) spark.read.parquet(`test/tpch/sf0.01/${t}.parquet`).createOrReplaceTempView(t);
    if (mode === 'cache') for (const t of TABLES) await spark.sql(`CACHE TABLE ${t}`).collect();
  }, 60_000);
  afterAll(() => spark.stop());

  it.each(QUERIES)('q%i', async (n) => {
    const df = spark.sql(queryText('test/tpch/queries', n));
    const rows = await jsonRows(df);
    const { bytesRead } = spark.sharedState.engine.lastMetrics;
    expect(difference(df.dtypes, rows, answers[`q${n}`] as never)).toBeUndefined();
    const plan = df.queryExecution.executedPlan.treeString(1000);
    if (mode === 'parquet') {
      expect(bytesRead).toBeGreaterThan(0);
      expect(plan).not.toContain('In-memory table');
    } else {
      expect(bytesRead).toBe(0);
      expect(plan).toContain('In-memory table');
      // Files are named only as what an entry was made of.
      expect(plan.match(/FileScan/g)).toHaveLength(plan.match(/InMemoryRelation/g)?.length ?? 0);
    }
  });
});
