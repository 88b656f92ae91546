import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CachedRelationBlocks } from '../../src/exec/cached-relation.js';
import { type CacheEvent, type DataFrame, SparkSession, StorageLevel } from '../../src/index.js';

let folder: string;
let cache: string;
let events: CacheEvent[];
const open: SparkSession[] = [];

/** A session as another process would have it: nothing but files is shared with others. */
async function session(confs: Readonly<Record<string, string | boolean>> = {}): Promise<SparkSession> {
  let builder = SparkSession.builder
    .master('local[0]')
    .config('spark.sql.warehouse.dir', join(folder, 'warehouse'))
    .config('memoframe.cache.persistent.dir', cache);
  for (const [k, v] of Object.entries(confs)) builder = builder.config(k, v);
  const spark = await builder.create();
  spark.sharedState.bus.subscribe((e: CacheEvent) => events.push(e));
  open.push(spark);
  return spark;
}
const table = () => join(folder, 't');
const read = (spark: SparkSession) => spark.read.parquet(table());
/** A query over the table as view `t`. */
function query(spark: SparkSession, text: string): DataFrame {
  read(spark).createOrReplaceTempView('t');
  return spark.sql(text);
}
const of = (type: CacheEvent['type']) => events.filter((e) => e.type === type);
const warnings = () => events.flatMap((e) => (e.type === 'warning' ? [e.message] : []));
const entries = () => {
  try {
    return readdirSync(cache).filter((n) => !n.startsWith('.'));
  } catch {
    return [];
  }
};
const bytesRead = (spark: SparkSession) => spark.sharedState.engine.lastMetrics.bytesRead;

/** Caches persistently and gives the rows, with what the query read. */
async function kept(df: DataFrame): Promise<{ rows: unknown[][]; files: number; persistent: number }> {
  df.persist({ persistent: true });
  const rows = await df.collectArrays();
  const { bytesRead, persistentBytesRead } = df.sparkSession.sharedState.engine.lastMetrics;
  return { rows, files: bytesRead, persistent: persistentBytesRead };
}
/** The rows of a query in a session of its own, nothing cached. */
async function plain(make: (spark: SparkSession) => DataFrame, confs = {}): Promise<unknown[][]> {
  const spark = await session(confs);
  const rows = await make(spark).collectArrays();
  await spark.stop();
  return rows;
}
/** The same query in two sessions one after the other. @returns whether the second found what the first kept */
async function twice(
  make: (spark: SparkSession) => DataFrame,
  first: Readonly<Record<string, string>> = {},
  second: Readonly<Record<string, string>> = first,
): Promise<boolean> {
  const a = await session(first);
  await kept(make(a));
  await a.stop();
  events = [];
  const b = await session(second);
  const expected = await make(b).collectArrays();
  const { rows } = await kept(make(b));
  const found = of('persistentFound').length > 0;
  await b.stop();
  expect(rows).toEqual(expected);
  return found;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'persistent-'));
  cache = join(folder, 'cache');
  events = [];
  const spark = await session();
  await spark
    .sql(
      `SELECT id, id % 7 AS k, concat('row ', id) AS s, CAST(id AS DECIMAL(20, 2)) AS d, if(id % 5 = 0, null, id / 3.0D) AS x,
        timestamp_seconds(id) AS at, array(id, null) AS list, named_struct('a', id, 'b', 'x') AS st FROM range(0, 5000, 1, 3)`,
    )
    .write.parquet(table());
  await spark.stop();
  events = [];
});
afterEach(async () => {
  for (const s of open.splice(0)) await s.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('persistent cache', () => {
  it('gives the rows in another session without reading a source', async () => {
    const make = (s: SparkSession) => read(s).filter('id > 10').select('id', 's', 'd', 'x', 'at', 'list', 'st');
    const a = await session();
    const first = await kept(make(a));
    expect([first.files > 0, first.persistent, of('persistentStored').length]).toEqual([true, 0, 1]);
    await a.stop();
    expect(entries()).toHaveLength(1);
    events = [];
    const b = await session();
    const second = await kept(make(b));
    expect([second.files, second.persistent > 0, of('persistentFound').length]).toEqual([0, true, 1]);
    expect(of('persistentStored')).toEqual([]);
    expect(second.rows).toEqual(first.rows);
    // Further queries read neither.
    expect(await make(b).filter('id < 100').count()).toBe(89);
    expect(bytesRead(b)).toBe(0);
    expect(warnings()).toEqual([]);
  });

  it('serves every CACHE TABLE of the same plan, and says so in plans, lists and events', async () => {
    const sql = "CACHE TABLE t OPTIONS ('persistent' 'true', 'storageLevel' 'DISK_ONLY')";
    for (const note of ['stored', 'found']) {
      const spark = await session();
      read(spark).createOrReplaceTempView('t');
      await spark.sql(sql).collect();
      const plan = spark.sql('SELECT id FROM t');
      expect(plan.explainString()).toContain(`StorageLevel(disk, 1 replicas), persistent: ${note}`);
      expect(plan.explainString('extended')).toContain(`persistent: ${note}`);
      expect(spark.catalog.cacheEntries()).toMatchObject([{ name: 't', loaded: true, persistent: true }]);
      expect(spark.catalog.cacheEntries()[0]?.level).toBe('StorageLevel(disk, 1 replicas)');
      await spark.stop();
    }
    expect(events.filter((e) => e.type.startsWith('persistent'))).toMatchObject([
      { type: 'persistentStored', name: 't' },
      { type: 'persistentFound', name: 't' },
    ]);
  });

  it('is lazy: nothing is stored before all partitions are, and only those asked for are loaded', async () => {
    const a = await session({ 'spark.sql.files.maxPartitionBytes': '16k', 'spark.sql.files.openCostInBytes': '0' });
    const df = read(a).persist({ persistent: true });
    await df.take(1);
    expect(df.explainString()).toContain('persistent: not stored yet');
    expect(entries()).toEqual([]);
    await df.count();
    expect(entries()).toHaveLength(1);
    await a.stop();
    const b = await session({ 'spark.sql.files.maxPartitionBytes': '16k', 'spark.sql.files.openCostInBytes': '0' });
    const again = read(b).persist({ persistent: true });
    await again.take(1);
    const [entry] = b.catalog.cacheEntries();
    expect(entry?.loaded).toBe(false);
    expect(entry?.cachedPartitions).toBeGreaterThan(0);
    expect(entry?.cachedPartitions).toBeLessThan(entry?.partitions ?? 0);
  });

  it('is asked for by a conf, too, and refused by the option', async () => {
    const spark = await session({ 'memoframe.cache.persistent': true });
    await read(spark).cache().count();
    await read(spark).select('id').persist({ persistent: false }).count();
    expect(entries()).toHaveLength(1);
    await expect(
      (async () => spark.sql("CACHE TABLE u OPTIONS ('persistent' 'maybe') AS SELECT 1").collect())(),
    ).rejects.toMatchObject({ condition: 'INVALID_CACHE_OPTION', parameters: { option: 'persistent' } });
  });

  it('stays at stop, goes with unpersist, UNCACHE and CLEAR CACHE', async () => {
    const spark = await session();
    read(spark).createOrReplaceTempView('t');
    const df = read(spark).select('id').persist({ persistent: true });
    await df.count();
    df.unpersist();
    expect(entries()).toEqual([]);
    await spark.sql("CACHE TABLE t OPTIONS ('persistent' 'true')").collect();
    expect(entries()).toHaveLength(1);
    await spark.sql('UNCACHE TABLE t').collect();
    expect(entries()).toEqual([]);
    await read(spark).select('k').persist({ persistent: true }).count();
    await read(spark).select('s').persist({ persistent: true }).count();
    expect(entries()).toHaveLength(2);
    await spark.sql('CLEAR CACHE').collect();
    expect(entries()).toEqual([]);
    await read(spark).select('d').persist({ persistent: true }).count();
    await spark.stop();
    expect(entries()).toHaveLength(1);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('loads evicted blocks again instead of computing them', async () => {
    const spark = await session();
    const df = read(spark).persist({ persistent: true, level: StorageLevel.MEMORY_ONLY });
    const rows = await df.collectArrays();
    const { cached } = df.cacheExplanation.hits[0]!.entry.relation;
    // What eviction does, to all blocks.
    const { blocks } = (cached as CachedRelationBlocks).options;
    await blocks.clearRelation(cached.id);
    expect(await read(spark).collectArrays()).toEqual(rows);
    expect(bytesRead(spark)).toBe(0);
    expect(spark.sharedState.engine.lastMetrics.persistentBytesRead).toBeGreaterThan(0);
  });

  describe('sources', () => {
    const make = (s: SparkSession) => read(s).groupBy('k').count().orderBy('k');
    const files = () => readdirSync(table()).filter((f) => f.endsWith('.parquet'));

    it('a file that changed, came or went is seen; the old entry is dropped', async () => {
      const a = await session();
      await kept(make(a));
      const [old] = entries();
      await a.range(0, 100).selectExpr('id', 'id % 7 AS k').coalesce(1).write.parquet(join(folder, 'more'));
      await a.stop();
      const steps: (() => void)[] = [
        () => rmSync(join(table(), files()[0] as string)),
        () => {
          const file = join(table(), files()[0] as string);
          const stat = statSync(file);
          // Same size and same time of change, as a copying tool would set it.
          writeFileSync(file, readFileSync(file));
          utimesSync(file, stat.atime, stat.mtime);
        },
        () => utimesSync(join(table(), files()[0] as string), 1, 1),
      ];
      for (const step of steps) {
        step();
        events = [];
        const b = await session();
        const expected = await make(b).collectArrays();
        const { rows, files: bytes } = await kept(make(b));
        expect([of('persistentFound').length, of('persistentStored').length, bytes > 0]).toEqual([0, 1, true]);
        await b.stop();
        expect(rows).toEqual(expected);
        expect(entries()).toHaveLength(1);
        expect(entries()).not.toEqual([old]);
      }
      events = [];
      const c = await session();
      expect((await kept(make(c))).files).toBe(0);
    });

    it('a change between finding an entry and reading it', async () => {
      const a = await session();
      await kept(make(a));
      await a.stop();
      const b = await session();
      const df = make(b).persist({ persistent: true });
      expect(of('persistentFound')).toHaveLength(1);
      utimesSync(join(table(), files()[0] as string), 3, 3);
      expect(await df.collectArrays()).toEqual(await plain(make));
      expect(bytesRead(b)).toBeGreaterThan(0);
    });

    it('a change while it is computed keeps the result out', async () => {
      const a = await session();
      const df = read(a).persist({ persistent: true });
      utimesSync(join(table(), files()[0] as string), 5, 5);
      await df.count();
      expect(entries()).toEqual([]);
      expect(warnings().join()).toContain('changed');
      expect(df.explainString()).toContain('persistent: no (');
      // Files listed before they changed are no ground either.
      const late = read(a);
      utimesSync(join(table(), files()[0] as string), 9, 9);
      late.select('id').persist({ persistent: true });
      expect(entries()).toEqual([]);
    });

    it('a table that is inserted into', async () => {
      const a = await session();
      await a.sql('CREATE TABLE grown USING parquet AS SELECT id FROM range(10)').collect();
      await a.sql("CACHE TABLE grown OPTIONS ('persistent' 'true')").collect();
      const [old] = entries();
      await a.sql('INSERT INTO grown SELECT 99').collect();
      expect(await a.table('grown').count()).toBe(11);
      expect(entries()).toHaveLength(1);
      expect(entries()).not.toEqual([old]);
      expect(warnings()).toEqual([]);
    });

    it('a result computed from cached rows of other files is not kept', async () => {
      const a = await session({ 'memoframe.cache.freshness': 'spark' });
      const below = read(a).select('id', 'k').persist();
      await below.count();
      rmSync(join(table(), files()[0] as string));
      const over = read(a).select('id', 'k').groupBy('k').count();
      over.persist({ persistent: true });
      await over.count();
      expect(entries()).toEqual([]);
      expect(warnings().join()).toContain('whose files have changed');
    });
  });

  describe('confs', () => {
    it('ANSI mode and time zone', async () => {
      const overflow = (s: SparkSession) => read(s).selectExpr('CAST(id AS INT) + 1 AS y');
      expect(await twice(overflow)).toBe(true);
      expect(await twice(overflow, {}, { 'spark.sql.ansi.enabled': 'false' })).toBe(false);
      const hours = (s: SparkSession) => read(s).selectExpr('hour(at) AS h', 'CAST(at AS STRING) AS t');
      expect(await twice(hours)).toBe(true);
      expect(await twice(hours, {}, { 'spark.sql.session.timeZone': 'Asia/Tokyo' })).toBe(false);
    });

    it('each conf that may change an answer', async () => {
      const make = (s: SparkSession) => read(s).select('k', 's');
      const changes: Record<string, string> = {
        'spark.sql.caseSensitive': 'true',
        'spark.sql.mapKeyDedupPolicy': 'LAST_WIN',
        'spark.sql.legacy.timeParserPolicy': 'LEGACY',
        'spark.sql.legacy.someday': 'true',
        'spark.sql.decimalOperations.allowPrecisionLoss': 'false',
      };
      for (const [key, value] of Object.entries(changes))
        expect([key, await twice(make, {}, { [key]: value })]).toEqual([key, false]);
      expect(
        await twice(make, {}, { 'spark.sql.shuffle.partitions': '7', 'spark.sql.adaptive.enabled': 'false' }),
      ).toBe(true);
    });
  });

  describe('plans', () => {
    it.each<[string, (s: SparkSession) => DataFrame]>([
      ['literals', (s) => s.sql("SELECT 1 AS a, 'x' AS b, DATE'2024-02-29' AS c, 1.50BD AS d, X'00FF' AS e")],
      ['ranges', (s) => s.range(0, 50, 1, 3).selectExpr('id * 2 AS y')],
      ['lambdas', (s) => read(s).selectExpr('transform(list, (v, i) -> v + i) AS l')],
      ['CTEs', (s) => query(s, 'WITH c AS (SELECT k FROM t) SELECT count(*) FROM c JOIN c d USING (k)')],
      [
        'views',
        (s) => {
          query(s, 'CREATE OR REPLACE TEMP VIEW w AS SELECT k + 1 AS j FROM t');
          return s.table('w');
        },
      ],
      ['windows', (s) => query(s, 'SELECT id, row_number() OVER (PARTITION BY k ORDER BY id) FROM t ORDER BY id')],
      [
        'subqueries',
        (s) =>
          query(
            s,
            'SELECT id FROM t a WHERE id = (SELECT max(id) FROM t b WHERE b.k = a.k) AND k IN (SELECT k FROM t) ORDER BY id',
          ),
      ],
      [
        'local rows',
        (s) =>
          s.createDataFrame(
            [
              [1, 'a', new Uint8Array([1])],
              [2, null, null],
            ],
            'a INT, b STRING, c BINARY',
          ),
      ],
      ['order-dependent aggregates', (s) => read(s).selectExpr('sort_array(collect_list(k)) AS l')],
    ])('%s are found again', async (_, make) => {
      // Other ids are drawn in the second session, as in another process.
      let n = 0;
      const shifted = (s: SparkSession) => {
        for (let i = 0; i < 3 * n; i++) s.range(1).selectExpr('id AS a', 'id AS b').filter('a > 0').schema;
        n++;
        return make(s);
      };
      expect(await twice(shifted)).toBe(true);
    });

    it('does not serve a plan that spreads or orders its rows otherwise', async () => {
      const join = (s: SparkSession) => query(s, 'SELECT a.id, b.s FROM t a JOIN t b ON a.id = b.id');
      const merge = { 'spark.sql.autoBroadcastJoinThreshold': '-1', 'spark.sql.shuffle.partitions': '2' };
      const a = await session();
      await kept(join(a));
      await a.stop();
      const b = await session(merge);
      const df = join(b).persist({ persistent: true });
      expect(of('persistentFound')).toEqual([]);
      // Relies on where the join left each key.
      df.createOrReplaceTempView('j');
      const counts = await b.sql('SELECT id, count(*) AS n FROM j GROUP BY id HAVING n <> 1').collectArrays();
      expect([await df.count(), counts]).toEqual([5000, []]);
    });

    it('random queries give the rows that they give without', async () => {
      const column = fc.constantFrom('id', 'k', 's', 'd', 'x', 'at', 'list', 'st');
      const key = fc.constantFrom('k', 's', 'd', 'id % 3', 'x IS NULL');
      const where = fc.constantFrom('id < 100', 'k = 3', 'x > 5.5', "s LIKE '%7%'", 'at IS NOT NULL', 'd % 2 = 0');
      const plainSelect = fc
        .record({ columns: fc.uniqueArray(column, { minLength: 1 }), where })
        .map(({ columns, where }) => `SELECT ${columns.join(', ')} FROM t WHERE ${where}`);
      const grouped = fc
        .record({ key, where, f: fc.constantFrom('count(*)', 'sum(id)', 'max(s)', 'avg(d)', 'min(at)') })
        .map(({ key, where, f }) => `SELECT ${key} AS g, ${f} AS f FROM t WHERE ${where} GROUP BY 1`);
      const joined = fc
        .record({ where })
        .map(
          ({ where }) => `SELECT a.id, b.s FROM (SELECT * FROM t WHERE ${where}) a LEFT JOIN t b ON a.id = b.id + 1`,
        );
      const sorted = plainSelect.map((q) => `SELECT * FROM (${q}) ORDER BY ALL LIMIT 37`);
      const texts = [...new Set(fc.sample(fc.oneof(plainSelect, grouped, joined, sorted), { numRuns: 14, seed: 5 }))];
      const all = async (persist: boolean): Promise<string[][]> => {
        const spark = await session();
        const out: string[][] = [];
        for (const text of texts) {
          const df = query(spark, text);
          if (persist) df.persist({ persistent: true });
          out.push((await df.collectValues()).map((r) => inspect(r, { depth: 9 })).sort());
        }
        await spark.stop();
        return out;
      };
      const expected = await all(false);
      expect(await all(true)).toEqual(expected);
      const stored = of('persistentStored').length;
      events = [];
      expect(await all(true)).toEqual(expected);
      expect([of('persistentFound').length, of('persistentStored').length]).toEqual([stored, 0]);
      expect(stored).toBeGreaterThan(9);
    });

    it('tells plans apart that differ in an outer column of an inner subquery', async () => {
      const over = (column: string) => (s: SparkSession) => {
        read(s).createOrReplaceTempView('t');
        return s.sql(
          `SELECT count(*) FROM t a WHERE EXISTS (SELECT 1 FROM t b WHERE b.id = a.${column} AND EXISTS (SELECT 1 FROM t c WHERE c.k = b.k AND c.id < 3))`,
        );
      };
      const a = await session();
      await kept(over('id')(a));
      await a.stop();
      const b = await session();
      const { rows } = await kept(over('k')(b));
      expect(of('persistentFound')).toEqual([]);
      expect(rows).toEqual(await plain(over('k')));
    });

    it('does not look at the names of columns', async () => {
      const a = await session();
      await kept(read(a).selectExpr('id + 1 AS a', 'k AS b'));
      await a.stop();
      const b = await session();
      const df = read(b).selectExpr('id + 1 AS other', 'k AS name');
      expect((await kept(df)).files).toBe(0);
      expect(of('persistentFound')).toHaveLength(1);
      expect(Object.keys((await df.first()) ?? {})).toEqual(['other', 'name']);
    });

    it('knows user and database by their names', async () => {
      const make = (database: string) => (s: SparkSession) => {
        s.sql(`CREATE DATABASE IF NOT EXISTS ${database}`);
        s.catalog.setCurrentDatabase(database);
        return read(s).selectExpr('id', 'current_user() AS u', 'current_database() AS d');
      };
      const a = await session();
      await kept(make('default')(a));
      await a.stop();
      const b = await session();
      expect((await kept(make('other')(b))).rows[0]?.[2]).toBe('other');
      expect((await kept(make('default')(b))).rows[0]?.[2]).toBe('default');
      expect(of('persistentFound')).toHaveLength(1);
    });

    it('tells local rows apart by content, not by number', async () => {
      const rows = (v: number) => (s: SparkSession) => s.createDataFrame([[v]], 'a INT');
      const a = await session();
      await kept(rows(1)(a));
      await a.stop();
      const b = await session();
      expect((await kept(rows(2)(b))).rows).toEqual([[2]]);
      expect((await kept(rows(1)(b))).rows).toEqual([[1]]);
      expect(of('persistentFound')).toHaveLength(1);
    });

    it.each([
      ['rand()', 'is not deterministic'],
      ['rand(5)', 'is not deterministic'],
      ['uuid()', 'is not deterministic'],
      ['current_timestamp()', 'depends on when'],
      ['current_date()', 'depends on when'],
      ['unix_timestamp()', ''],
      ["CAST('now' AS TIMESTAMP)", 'depends on when'],
      ['monotonically_increasing_id()', 'is not deterministic'],
    ])('refuses %s with a warning, and caches it all the same', async (text, why) => {
      const spark = await session();
      const df = read(spark).selectExpr('id', `${text} AS y`).persist({ persistent: true });
      await df.count();
      expect(warnings().join()).toContain('is not kept in the persistent cache');
      expect(warnings().join()).toContain(why);
      expect(entries()).toEqual([]);
      expect(df.storageLevel.useMemory).toBe(true);
      expect(spark.catalog.cacheEntries()[0]?.persistent).toBe(false);
    });
  });
});
