import { describe, expect, it } from 'vitest';
import { type DataFrame, functions as F } from '../../../src/index.js';
import { hits, physical, plain, Rows } from './support.js';

const app = new Rows();
const range = (n: number, partitions = 4): DataFrame => app.spark.range(0, n, 1, partitions);

describe('plans over cached data', () => {
  it('C22 a cached aggregate keeps all its shuffle partitions: 200 of 200 for 3 keys', async () => {
    await app.with({ 'spark.sql.shuffle.partitions': 200 }, async () => {
      expect(app.spark.conf.get('spark.sql.optimizer.canChangeCachedPlanOutputPartitioning')).toBe('false');
      const groups = range(1000).groupBy(F.expr('id % 3').alias('k')).count();
      groups.cache();
      expect(await groups.count()).toBe(3);
      expect(app.partitions()).toEqual([[200, 200]]);
    });
  });

  it('C24 statistics: of the plan until the relation is loaded, then what was stored; they choose the join', async () => {
    const make = () => range(89).selectExpr('id', 'cast(id AS STRING) AS s');
    make().cache();
    const statistics = () => /Statistics\((.*)\)/.exec(make().explainString('cost'))?.[1];
    expect(statistics()).toBe('sizeInBytes=1602.0 B');
    await make().take(1);
    expect(statistics()).toBe('sizeInBytes=1602.0 B');
    await make().count();
    expect(statistics()).toBe('sizeInBytes=1236.0 B, rowCount=89');
    await app.with({ 'spark.sql.autoBroadcastJoinThreshold': 3000 }, async () => {
      const few = () => range(1000, 2).selectExpr('id AS k').filter('k % 100 = 0');
      const joinOf = () =>
        /\w+Join/.exec(range(5000, 2).selectExpr('id AS k2').join(few(), F.expr('k = k2')).explainString())?.[0];
      const seen = [joinOf()];
      few().cache();
      seen.push(joinOf());
      await few().count();
      seen.push(joinOf());
      expect(seen).toEqual(['SortMergeJoin', 'SortMergeJoin', 'BroadcastHashJoin']);
    });
  });

  it('C25 ANALYZE TABLE FOR COLUMNS works on temporary views that are cached', async () => {
    app.spark.table('people').filter('id < 50').createOrReplaceTempView('pv');
    const analyze = async (what: string) => {
      try {
        await app.spark.sql(`ANALYZE TABLE pv COMPUTE STATISTICS ${what}`).collect();
        return 'ok';
      } catch (e) {
        return (e as { condition?: string }).condition;
      }
    };
    expect(await analyze('FOR COLUMNS id')).toBe('UNSUPPORTED_FEATURE.ANALYZE_UNCACHED_TEMP_VIEW');
    expect(await analyze('')).toBe('EXPECT_PERMANENT_VIEW_NOT_TEMP');
    await app.sql('CACHE TABLE pv');
    expect([await analyze('FOR COLUMNS id'), await analyze(''), await analyze('FOR COLUMNS nosuch')]).toEqual([
      'ok',
      'EXPECT_PERMANENT_VIEW_NOT_TEMP',
      'COLUMN_NOT_FOUND',
    ]);
    const cost = app.spark.sql('SELECT * FROM pv WHERE id > 48').explainString('cost');
    expect(cost).toMatch(/InMemoryRelation .*, Statistics\(sizeInBytes=3\.0 KiB, rowCount=50\)/);
  });

  it('C26 the scan has the order and the partitioning of the plan that filled it', async () => {
    const orders = () => app.spark.table('orders');
    const join = (df: DataFrame) => df.join(app.spark.table('people'), F.expr('pid = id'));
    const count = (df: DataFrame) => df.groupBy('pid').count();
    /** Exchanges and sorts above the cached relation. */
    const needs = (df: DataFrame) => {
      const tree = physical(df);
      return [tree.match(/Exchange/g)?.length ?? 0, tree.match(/Sort \[/g)?.length ?? 0];
    };
    type Case = readonly [
      name: string,
      make: () => DataFrame,
      use: (df: DataFrame) => DataFrame,
      before: number[],
      after: number[],
    ];
    // Before and after the relation is filled: an adaptive plan's partitioning is not known before it runs.
    const cases: readonly Case[] = [
      ['sorted, sort within', () => orders().orderBy('pid'), (df) => df.sortWithinPartitions('pid'), [0, 0], [0, 0]],
      ['sorted, sort', () => orders().orderBy('pid'), (df) => df.orderBy('pid'), [1, 1], [0, 0]],
      [
        'sorted, sort by more',
        () => orders().orderBy('pid'),
        (df) => df.sortWithinPartitions('pid', 'oid'),
        [0, 1],
        [0, 1],
      ],
      [
        'sorted within, sort within',
        () => orders().sortWithinPartitions('pid'),
        (df) => df.sortWithinPartitions('pid'),
        [0, 0],
        [0, 0],
      ],
      ['sorted within, sort', () => orders().sortWithinPartitions('pid'), (df) => df.orderBy('pid'), [1, 1], [1, 1]],
      ['by hash, group', () => orders().repartition(4, 'pid'), count, [1, 0], [0, 0]],
      ['by hash, join', () => orders().repartition(4, 'pid'), join, [2, 2], [1, 2]],
      [
        'by hash, group by another',
        () => orders().repartition(4, 'pid'),
        (df) => df.groupBy('status').count(),
        [1, 0],
        [1, 0],
      ],
      ['grouped, group', () => count(orders()), (df) => df.groupBy('pid').sum('count'), [1, 0], [0, 0]],
      ['grouped, join', () => count(orders()), join, [2, 2], [1, 2]],
    ];
    const rows = async (df: DataFrame) => (await df.collectArrays()).map((r) => String(r)).sort();
    await app.with({ 'spark.sql.autoBroadcastJoinThreshold': -1 }, async () => {
      for (const adaptive of ['true', 'false'])
        await app.with({ 'spark.sql.adaptive.enabled': adaptive }, async () => {
          for (const [name, make, use, before, after] of cases) {
            app.spark.catalog.clearCache();
            const plainRows = await rows(use(make()));
            make().cache();
            const first = needs(use(make()));
            await make().count();
            expect([adaptive, name, first, needs(use(make()))]).toEqual([
              adaptive,
              name,
              adaptive === 'true' ? before : after,
              after,
            ]);
            expect(await rows(use(make()))).toEqual(plainRows);
          }
        });
    });
    // Sorted rows come sorted without a sort.
    app.spark.catalog.clearCache();
    orders().orderBy('pid').cache();
    await orders().orderBy('pid').count();
    const pids = (await orders().orderBy('pid').orderBy('pid').select('pid').collectArrays()).map((r) =>
      Number(r[0] ?? -1),
    );
    expect(pids).toEqual([...pids].sort((a, b) => a - b));
  });

  it('C30 at dataframeCache.logLevel WARN every decision is logged with its plans', async () => {
    expect(app.spark.conf.get('spark.sql.dataframeCache.logLevel')).toBe('TRACE');
    const log = () =>
      app.warnings.splice(0).map((w) =>
        plain(w)
          .replace(/^CacheManager: /, '')
          .trimEnd(),
      );
    const entry = [
      'CachedData(',
      'logicalPlan=Range (0, 10, step=1, splits=Some(2))',
      '',
      'InMemoryRelation=InMemoryRelation [id#1L], StorageLevel(disk, memory, deserialized, 1 replicas)',
      '   +- *(1) Range (0, 10, step=1, splits=2)',
      ')',
    ].join('\n');
    await app.with({ 'spark.sql.dataframeCache.logLevel': 'WARN' }, () => {
      const df = range(10, 2);
      df.cache();
      expect(log()).toEqual([
        'Dataframe cache miss for input plan:\nRange (0, 10, step=1, splits=Some(2))',
        'Last 20 Dataframe cache entry logical plans:\n[]',
        `Added Dataframe cache entry:\n${entry}`,
      ]);
      hits(range(10, 2).filter('id > 1'));
      const [hit, change] = log();
      expect(hit).toBe(
        `Dataframe cache hit for input plan:\nRange (0, 10, step=1, splits=Some(2))\n matched with cache entry:\n${entry}`,
      );
      expect(change?.split('\n').map((l) => l.replace(/\s+/g, ' '))).toEqual([
        'Dataframe cache hit plan change summary:',
        ' Filter (id#1L > cast(1 as bigint)) Filter (id#1L > cast(1 as bigint))',
        '!+- Range (0, 10, step=1, splits=Some(2)) +- InMemoryRelation [id#1L], StorageLevel(disk, memory, deserialized, 1 replicas)',
        '! +- *(1) Range (0, 10, step=1, splits=2)',
      ]);
      hits(range(11, 2));
      expect(log()).toEqual([
        'Dataframe cache miss for input plan:\nRange (0, 11, step=1, splits=Some(2))',
        'Last 20 Dataframe cache entry logical plans:\n[Range (0, 10, step=1, splits=Some(2))\n]',
      ]);
      df.filter('id > 3').cache();
      expect(log().map((l) => l.split('\n')[0])).toEqual([
        'Dataframe cache hit for input plan:',
        'Dataframe cache hit plan change summary:',
        'Added Dataframe cache entry:',
      ]);
      df.unpersist();
      const removed = log();
      expect(removed.map((l) => l.split('\n')[0])).toEqual([
        'Removed 1 Dataframe cache entries, with logical plans being ',
        'Dataframe cache miss for input plan:',
        'Last 20 Dataframe cache entry logical plans:',
        'Re-cached Dataframe cache entry:',
      ]);
      app.spark.catalog.clearCache();
      expect(log()).toEqual(['Cleared all Dataframe cache entries']);
    });
    range(10, 2).cache();
    hits(range(10, 2));
    expect(log()).toEqual([]);
  });
});
