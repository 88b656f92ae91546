import { describe, expect, it } from 'vitest';
import { type CacheEvent, type DataFrame, functions as F, StorageLevel } from '../../../src/index.js';
import { aboveCache, hits, physical, plain, Rows } from './support.js';

const app = new Rows();
const range = (n: number, partitions = 4): DataFrame => app.spark.range(0, n, 1, partitions);

/** Jobs that stored blocks since it was called. */
function stored(): { readonly blocks: number; end(): void } {
  const seen = { blocks: 0, end: () => {} };
  seen.end = app.spark.sharedState.bus.subscribe((e: CacheEvent) => {
    if (e.type === 'materialized') seen.blocks++;
  });
  return seen;
}

describe('the life of an entry', () => {
  it('C01 the registry belongs to the application: another session hits', async () => {
    range(7).cache();
    await range(7).count();
    const other = app.spark.newSession();
    expect(hits(other.range(0, 7, 1, 4).filter('id > 1'))).toBe(1);
    expect(other.range(0, 7, 1, 4).filter('id > 1').explainString()).toContain('InMemoryTableScan [id#');
    other.range(0, 7, 1, 4).unpersist();
    expect(app.entries()).toEqual([]);
  });

  it('C02 new entries come first, and no two have one key', () => {
    range(3).persist({ name: 'a' });
    range(4).persist({ name: 'b' });
    range(5).persist({ name: 'c' });
    range(4).persist({ name: 'again' });
    expect(app.entries().map((e) => e.name)).toEqual(['c', 'b', 'a']);
    expect(app.warnings).toEqual(['CacheManager: Asked to cache already cached data.']);
  });

  it('C03 fragments are replaced before the optimizer: a filter stays above the relation, in every phase after it', () => {
    range(9).selectExpr('id', 'id * 2 AS b').cache();
    const { queryExecution: q } = range(9).selectExpr('id', 'id * 2 AS b').filter('b > 4').select('id');
    expect(q.analyzed.exists((p) => p.kind === 'InMemoryRelation')).toBe(false);
    const after = ['Project [id#1L]', '+- Filter (b#2L > 4)'].join('\n');
    expect(aboveCache(plain(q.withCachedData.treeString))).toBe(after.replace('4)', 'cast(4 as bigint))'));
    expect(aboveCache(plain(q.optimizedPlan.treeString))).toBe(after);
    expect(plain(q.optimizedPlan.treeString)).toContain('*(1) Project [id#3L, (id#3L * 2) AS b#4L]');
    expect(q.sparkPlan.treeString()).toContain('InMemoryTableScan');
    expect(q.executedPlan.treeString()).toContain('InMemoryTableScan');
  });

  it('C04 the largest fragment wins, and nothing below it is looked up', () => {
    const people = app.spark.table('people');
    people.cache();
    people.filter('age > 10').cache();
    const q = app.spark.table('people').filter('age > 10').select('id');
    expect(hits(q)).toBe(1);
    const tree = plain(q.queryExecution.withCachedData.treeString);
    expect(tree.split('\n')[1]).toMatch(/^\+- InMemoryRelation \[id#1, name#2, age#3,/);
    // The bigger entry was planned over the smaller one.
    expect(tree.match(/InMemoryRelation/g)).toHaveLength(2);
  });

  it('C06 what a statement answers may be cached, the statement itself is run anew', async () => {
    // Spark caches the `CommandResult`; only plans of commands themselves are refused.
    for (const text of ['SHOW TABLES', 'SET spark.sql.ansi.enabled', 'DESCRIBE TABLE people']) {
      app.spark.sql(text).cache();
      expect([text, app.entries().length, app.warnings]).toEqual([text, 1, []]);
      app.spark.catalog.clearCache();
    }
    range(3).cache();
    await app.spark.sql('CLEAR CACHE').collect();
    expect(app.entries()).toEqual([]);
  });

  it('C07 hints on a replaced fragment stay above the relation, in their order', async () => {
    await app.with({ 'spark.sql.autoBroadcastJoinThreshold': -1 }, () => {
      const people = app.spark.table('people');
      people.cache();
      const join = (right: DataFrame) => app.spark.table('orders').join(right, F.expr('pid = id'));
      const joinOf = (df: DataFrame) => /\w+Join/.exec(df.explainString())?.[0];
      expect(joinOf(join(people))).toBe('SortMergeJoin');
      const hinted = join(people.hint('broadcast'));
      expect([hits(hinted), joinOf(hinted)]).toEqual([1, 'BroadcastHashJoin']);
      expect(hinted.queryExecution.optimizedPlan.simpleString).toMatch(/rightHint=\(strategy=broadcast\)$/);
      const nested = join(people.hint('merge').hint('broadcast'));
      expect(aboveCache(plain(nested.queryExecution.withCachedData.treeString)).split('\n').slice(-2)).toEqual([
        '+- ResolvedHint (strategy=broadcast)',
        '   +- ResolvedHint (strategy=merge)',
      ]);
      expect(joinOf(join(people.hint('broadcast').hint('merge')))).toBe('SortMergeJoin');
      app.spark.catalog.clearCache();
      // Also one that lies under a projection of the fragment.
      const inside = () => people.hint('broadcast').select('id', 'name');
      inside().cache();
      const below = join(inside());
      expect(aboveCache(plain(below.queryExecution.withCachedData.treeString)).split('\n').at(-1)).toBe(
        '+- ResolvedHint (strategy=broadcast)',
      );
    });
  });

  it("C08 names and ids are the query's, whatever the entry's are", async () => {
    app.spark.sql('SELECT age AS x FROM people').cache();
    const q = app.spark.sql('SELECT age AS y FROM people');
    expect([hits(q), q.columns]).toEqual([1, ['y']]);
    expect(plain(q.queryExecution.withCachedData.treeString)).toMatch(/^InMemoryRelation \[y#1\], /);
    expect(q.queryExecution.withCachedData.output[0]?.exprId).toBe(q.queryExecution.analyzed.output[0]?.exprId);
    expect(Object.keys((await q.take(1))[0] ?? {})).toEqual(['y']);
  });

  it('C09 caching runs no job and stores nothing until an action', async () => {
    const job = stored();
    const df = range(40).selectExpr('id', '1 / (id - 39) AS x');
    df.cache();
    df.explainString();
    df.schema;
    expect([job.blocks, app.partitions(), app.spark.sharedState.engine.storages()]).toEqual([0, [[0, 4]], []]);
    await expect(df.select('x').orderBy('x').collect()).rejects.toMatchObject({ condition: 'DIVIDE_BY_ZERO' });
    job.end();
  });

  it('C10 only partitions that were touched are stored: 1 of 8 after take(1)', async () => {
    const df = range(800, 8).selectExpr('id', 'id + 1 AS b');
    df.cache();
    await df.take(1);
    const [entry] = app.spark.catalog.cacheEntries();
    expect((entry?.cachedPartitions ?? 0) / (entry?.partitions ?? 1)).toBe(0.125);
    expect(entry?.loaded).toBe(false);
    await df.count();
    expect(app.partitions()).toEqual([[8, 8]]);
  });

  it('C11 StorageLevel.NONE makes no entry; the flag of the object says it does', () => {
    const df = range(6);
    df.persist(StorageLevel.NONE);
    expect([app.entries(), df.isCached, df.storageLevel.isValid, app.warnings]).toEqual([[], true, false, []]);
  });

  it('C12 a plan that is cached twice keeps its first level, with a warning', () => {
    const df = range(10);
    df.cache();
    expect(app.warnings).toEqual([]);
    df.persist(StorageLevel.DISK_ONLY);
    range(10).cache();
    expect(app.warnings).toEqual([
      'CacheManager: Asked to cache already cached data.',
      'CacheManager: Asked to cache already cached data.',
    ]);
    expect(app.entries()).toEqual([
      { name: undefined, level: 'StorageLevel(disk, memory, deserialized, 1 replicas)', loaded: false },
    ]);
  });

  it('C13 any DataFrame of the same plan can unpersist', () => {
    const mine = range(7);
    mine.cache();
    range(7).unpersist();
    expect([app.entries(), mine.storageLevel.isValid]).toEqual([[], false]);
  });

  it('C14 what is not cached can be unpersisted', async () => {
    range(7).unpersist();
    range(7).unpersist(true);
    await app.sql('UNCACHE TABLE people');
    expect([app.entries(), app.warnings]).toEqual([[], []]);
  });

  it('C15 unpersist keeps dependants that are loaded', async () => {
    const base = range(100).selectExpr('id', 'id * 2 AS b');
    base.cache();
    const derived = base.filter('b > 10');
    derived.cache();
    await derived.count();
    base.unpersist();
    expect(app.entries().map((e) => e.loaded)).toEqual([true]);
    expect(app.partitions()).toEqual([[4, 4]]);
    expect(hits(range(100).selectExpr('id', 'id * 2 AS b').filter('b > 10'))).toBe(1);
  });

  it('C16 unpersist plans dependants anew that are not loaded', () => {
    const base = range(100).selectExpr('id', 'id * 2 AS b');
    base.persist(StorageLevel.DISK_ONLY);
    const derived = base.filter('b > 10');
    derived.persist(StorageLevel.MEMORY_ONLY);
    const filledBy = () => plain(app.spark.catalog.cacheEntries()[0]?.storageName ?? '');
    const before = filledBy();
    base.unpersist();
    const after = filledBy();
    expect(before).toContain('InMemoryTableScan');
    expect(after.trimEnd()).toBe(
      [
        '*(1) Project [id#1L, (id#1L * 2) AS b#2L]',
        '+- *(1) Filter ((id#1L * 2) > 10)',
        '   +- *(1) Range (0, 100, step=1, splits=4)',
      ].join('\n'),
    );
    expect(app.entries()).toEqual([
      { name: undefined, level: 'StorageLevel(memory, deserialized, 1 replicas)', loaded: false },
    ]);
  });

  it('C17 loaded means that the tasks of all partitions ended well', async () => {
    // The last of four partitions divides by zero; what was stored before stays (in Spark the other three).
    const make = () => range(80).selectExpr('id', '1 / (id - 79) AS x');
    make().cache();
    await expect(make().select('x').orderBy('x').collect()).rejects.toMatchObject({ condition: 'DIVIDE_BY_ZERO' });
    expect([app.entries()[0]?.loaded, (await make().take(5)).length, hits(make())]).toEqual([false, 5, 1]);
    expect(app.entries()[0]?.loaded).toBe(false);
    app.spark.catalog.clearCache();
    // A task that is cancelled does not count either.
    const slow = () => app.spark.range(0, 400_000, 1, 4).selectExpr('sha2(cast(id AS STRING), 512) AS h');
    slow().cache();
    const stop = new AbortController();
    const run = slow().count({ signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(run).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' });
    expect(app.entries()[0]?.loaded).toBe(false);
  });

  it('C18 an object that was collected keeps its plan: collecting it again neither fills nor uses the cache', async () => {
    const df = range(40).selectExpr('id', 'id * 2 AS b');
    await df.collect();
    df.cache();
    await df.collect();
    expect(app.partitions()).toEqual([[0, 4]]);
    expect(physical(df)).toBe('*(1) Project [id#1L, (id#1L * 2) AS b#2L]\n+- *(1) Range (0, 40, step=1, splits=4)');
    await df.count();
    expect(app.partitions()).toEqual([[4, 4]]);
  });

  it('C19 after unpersist the stale plan computes its rows again and stores nothing', async () => {
    const df = range(40).selectExpr('id', 'id * 2 AS b');
    df.cache();
    await df.collect();
    expect(app.partitions()).toEqual([[4, 4]]);
    df.unpersist();
    expect((await df.collect()).length).toBe(40);
    expect([app.entries(), app.spark.sharedState.engine.storages()]).toEqual([[], []]);
    expect(df.explainString()).toContain('InMemoryTableScan');
  });

  it('C20 rand() is stable once cached; frames that draw their own seeds never match', async () => {
    const make = () => range(10, 2).selectExpr('id', 'rand() AS r');
    const df = make();
    df.cache();
    const r = async () => (await df.select('r').collectArrays()).flat();
    expect(await r()).toEqual(await r());
    expect([hits(df.select('*')), hits(make())]).toEqual([1, 0]);
  });

  it('C21 two sessions that cache one plan at once get one entry', async () => {
    const [a, b] = [app.spark.newSession(), app.spark.newSession()];
    const make = (s: typeof a) => s.range(0, 1000, 1, 4).selectExpr('id', 'id % 7 AS k');
    const job = stored();
    const counts = await Promise.all([a, b].map(async (s) => make(s).cache().count()));
    job.end();
    expect([counts, app.entries().length, job.blocks]).toEqual([[1000, 1000], 1, 4]);
    expect(app.warnings).toEqual(['CacheManager: Asked to cache already cached data.']);
  });
});
