import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { difference, jsonRows, loadAnswers, queryText, TABLES } from '../../bench/tpch/answers.js';
import { ADVICE_REFUSALS, adviseSql, SparkSession, type WorkloadAdvice } from '../../src/index.js';

const DATA = 'test/tpch/sf0.01';
let spark: SparkSession;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-advisor-'));
  spark = await SparkSession.builder
    .master('local[2]')
    .config('spark.sql.shuffle.partitions', 2)
    .config('spark.sql.warehouse.dir', home)
    .create();
  for (const t of TABLES) spark.read.parquet(`${DATA}/${t}.parquet`).createOrReplaceTempView(t);
});
afterAll(async () => {
  await spark.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Runs texts as a workload. */
async function advise(
  texts: readonly string[],
  options: Parameters<typeof adviseSql>[2] = {},
): Promise<WorkloadAdvice> {
  // By bytes: the same on a busy machine.
  return adviseSql(spark, texts, { runs: 1000, cost: 'bytes', ...options });
}
const reasons = (a: WorkloadAdvice) => a.data.refused.map((r) => r.reason);
const SLOW = `SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, count(DISTINCT l_partkey) AS parts FROM lineitem JOIN orders ON l_orderkey = o_orderkey WHERE l_shipdate > DATE '1993-01-01' GROUP BY l_orderkey`;

describe('advice', () => {
  it('caches a subquery that several queries share, with a statement that hits', async () => {
    const advice = await advise([
      `SELECT max(revenue) FROM (${SLOW}) x`,
      `SELECT parts, count(*) FROM (${SLOW}) y GROUP BY parts`,
      `SELECT * FROM (${SLOW}) z ORDER BY revenue DESC LIMIT 3`,
    ]);
    const [entry] = advice.entries;
    expect(entry?.statement).toMatch(/^CACHE TABLE advised_\d+ AS SELECT l_orderkey/);
    expect(entry).toMatchObject({ queries: 3, uses: 3, hits: 3 });
    expect(entry?.savingMs).toBeGreaterThan(0);
    expect(entry?.memoryBytes).toBeGreaterThan(0);
    expect(advice.data.expectedMs).toBeLessThan(advice.data.workloadMs);
    expect(advice.text).toContain('3 of 3 verified to hit');
    // Nothing is left of the trials.
    expect(spark.sharedState.cacheManager.isEmpty).toBe(true);
    expect(spark.sharedState.engine.storages()).toEqual([]);

    await advice.apply();
    const df = spark.sql(`SELECT max(revenue) FROM (${SLOW}) x`);
    expect(df.cacheExplanation.hits).toHaveLength(1);
    spark.catalog.clearCache();
    for (const e of advice.entries) if (e.name) spark.catalog.dropTempView(e.name);
  }, 120_000);

  it('persists what a DataFrame shares', async () => {
    const base = spark.table('lineitem').filter("l_shipdate > '1993-01-01'").groupBy('l_partkey').count();
    spark.cacheAdvisor.record();
    await base.filter('count > 30').collect();
    await base.filter('count > 31').collect();
    await base.filter('count > 32').collect();
    const advice = await spark.cacheAdvisor.advise({ runs: 1000, cost: 'bytes' });
    const [entry] = advice.entries;
    expect(entry?.statement).toMatch(/^df\.persist\(StorageLevel\.MEMORY_AND_DISK\)/);
    expect(entry).toMatchObject({ queries: 3, hits: 3 });
    await advice.apply();
    expect(base.storageLevel.toString()).toBe('StorageLevel(disk, memory, deserialized, 1 replicas)');
    spark.catalog.clearCache();
  }, 120_000);

  it('finds the text of a join that two queries write alike, without its select list', async () => {
    const body =
      "FROM lineitem, orders\nWHERE l_orderkey = o_orderkey AND l_shipdate > o_orderdate AND o_orderpriority = '1-URGENT'";
    const advice = await advise([
      `SELECT l_partkey, sum(l_quantity) AS q ${body} GROUP BY l_partkey ORDER BY q LIMIT 3`,
      `SELECT sum(l_extendedprice) AS p ${body}`,
      `SELECT o_orderdate, count(*) AS n ${body}\nGROUP BY o_orderdate HAVING count(*) > 3`,
    ]);
    const entry = advice.entries.find((e) => e.plan.kind === 'Filter');
    expect(entry?.statement).toBe(`CACHE TABLE ${entry?.name} AS SELECT * ${body}`);
    expect(entry?.hits).toBe(3);
  }, 120_000);

  it('says when nothing is repeated', async () => {
    const advice = await advise(['SELECT count(*) FROM orders', 'SELECT count(*) FROM customer']);
    expect(advice.entries).toEqual([]);
    expect(advice.text).toContain(`Caching cannot pay. ${ADVICE_REFUSALS.NOTHING_REPEATED}`);
  });

  it('says when the source is cheap', async () => {
    const advice = await advise([
      `SELECT count(*) FROM nation, (${SLOW}) x WHERE n_nationkey = parts`,
      'SELECT n_name FROM nation WHERE n_regionkey = 1',
    ]);
    expect(advice.entries).toEqual([]);
    expect(reasons(advice)).toEqual([expect.stringMatching(/^SOURCE_CHEAP$/)]);
  }, 60_000);

  it('never advises what is not deterministic', async () => {
    const random = 'SELECT l_orderkey, rand(1) AS r FROM lineitem';
    const now = 'SELECT o_orderkey FROM orders WHERE o_orderdate < current_date()';
    const advice = await advise([
      `SELECT max(r) FROM (${random}) a`,
      `SELECT min(r) FROM (${random}) b`,
      `SELECT max(o_orderkey) FROM (${now}) a`,
      `SELECT min(o_orderkey) FROM (${now}) b`,
    ]);
    expect(reasons(advice).filter((r) => r === 'NONDETERMINISTIC')).toHaveLength(2);
    for (const e of advice.entries)
      expect(e.plan.existsWithSubqueries((p) => p.expressions.some((x) => !x.deterministic))).toBe(false);
  }, 60_000);

  it('does not advise what is cached, joins without condition, and rows from nothing', async () => {
    await spark.sql('CACHE TABLE region').collect();
    const cross = '(SELECT * FROM nation, region)';
    const advice = await advise([
      'SELECT count(*) FROM region',
      'SELECT max(r_name) FROM region',
      `SELECT count(*) FROM ${cross} x WHERE n_nationkey > 1`,
      `SELECT max(n_name) FROM ${cross} x WHERE n_nationkey > 2`,
      'SELECT sum(id) FROM range(10) WHERE id > 1',
      'SELECT max(id) FROM range(10) WHERE id > 2',
    ]);
    expect(new Set(reasons(advice))).toContain('ALREADY_CACHED');
    expect(reasons(advice)).toContain('LOCAL_DATA');
    // The application's entry is as it was.
    expect(spark.catalog.isCached('region')).toBe(true);
    spark.catalog.clearCache();
  }, 60_000);

  it('keeps within the budget', async () => {
    const texts = [
      `SELECT max(revenue) FROM (${SLOW}) x`,
      `SELECT parts, count(*) FROM (${SLOW}) y GROUP BY parts`,
      'SELECT sum(l_quantity) FROM lineitem WHERE l_discount > 0.05',
    ];
    const { data } = await advise(texts, { budget: '64k' });
    expect(data.budgetBytes).toBe(65536);
    expect(data.entries.reduce((n, e) => n + e.memoryBytes, 0)).toBeLessThanOrEqual(65536);
    await expect(advise(['SELECT 1'], { budget: 'much' })).rejects.toMatchObject({ kind: 'illegal-argument' });
  }, 120_000);

  it('refuses to change data unasked', async () => {
    await expect(advise(['CREATE TABLE x AS SELECT 1 AS a'])).rejects.toMatchObject({
      condition: 'UNSUPPORTED_FEATURE',
    });
    const advice = await advise(['CREATE TABLE x AS SELECT 1 AS a', 'DROP TABLE x'], { allowWrites: true });
    expect(advice.entries).toEqual([]);
  });

  it('on TPC-H: verified, and with it the answers are Spark’s', async () => {
    const answers = loadAnswers('test/tpch/answers-sf0.01.json');
    const numbers = [1, 3, 4, 5, 6, 10, 12, 14, 15];
    const texts = numbers.map((n) => queryText('test/tpch/queries', n));
    const advice = await advise(texts);
    for (const e of advice.entries) {
      expect(e.hits).toBe(e.queries);
      expect(e.statement).toMatch(/^CACHE TABLE \w+$/);
    }
    await advice.apply();
    for (const [i, text] of texts.entries()) {
      const df = spark.sql(text);
      expect(difference(df.dtypes, await jsonRows(df), answers[`q${numbers[i]}`] as never)).toBe(undefined);
    }
    spark.catalog.clearCache();
  }, 240_000);
});
