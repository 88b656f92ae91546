import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CacheEvent, type DataFrame, SparkSession } from '../../src/index.js';

let spark: SparkSession;
let t: DataFrame;
let events: CacheEvent[];
beforeEach(async () => {
  spark = await SparkSession.builder.master('local[2]').create();
  t = spark.range(0, 100, 1, 4).selectExpr('id', 'id % 5 AS k', 'id * 2 AS d');
  events = [];
  spark.events.subscribe((e) => void events.push(e));
});
afterEach(() => spark.stop());

const names = () => spark.catalog.cacheEntries().map((e) => e.name);

describe('names', () => {
  it('stand in lists, plans, events and explanations', async () => {
    const df = t.filter('k = 1').persist({ name: 'ones' });
    expect(names()).toEqual(['ones']);
    expect(await df.count()).toBe(20);
    const again = t.filter('k = 1');
    expect(again.explainString()).toContain('Scan In-memory table ones');
    expect(again.explainCache()).toContain('ones');
    expect(events.find((e) => e.type === 'hit')).toMatchObject({ name: 'ones' });
    t.filter('k = 2').cache({ name: 'twos' });
    expect(names()).toEqual(['twos', 'ones']);
  });

  it('the first name stays, as the first level does', () => {
    t.persist({ name: 'first', level: 'DISK_ONLY' });
    t.persist({ name: 'second', level: 'MEMORY_ONLY' });
    expect(names()).toEqual(['first']);
    expect(t.storageLevel.description).toBe('Disk Serialized 1x Replicated');
  });
});

describe('unpersist', () => {
  const family = () => {
    const parent = t.filter('k > 0').persist({ name: 'parent' });
    const child = parent.filter('k > 1').persist({ name: 'child' });
    const grandchild = child.groupBy('k').count().persist({ name: 'grandchild' });
    t.filter('k > 2').persist({ name: 'stranger' });
    return { parent, child, grandchild };
  };
  const shown = (list: readonly { name: string | undefined }[]) => list.map((e) => e.name);

  it('dry run: tells what would go and what would be planned anew, and changes nothing', async () => {
    const { parent, child } = family();
    await child.count();
    const before = spark.catalog.cacheEntries().map((e) => e.id);
    const one = parent.unpersist({ dryRun: true });
    expect(shown(one.removed)).toEqual(['parent']);
    // The child has its blocks and stays as it is; the grandchild has none.
    expect(shown(one.replanned)).toEqual(['grandchild']);
    const all = parent.unpersist({ cascade: true, dryRun: true });
    expect(shown(all.removed)).toEqual(['grandchild', 'child', 'parent']);
    expect(all.replanned).toEqual([]);
    expect(all.removed[1]!.cachedPartitions).toBe(4);
    expect(spark.catalog.cacheEntries().map((e) => e.id)).toEqual(before);
    expect(shown(t.unpersist({ cascade: true, dryRun: true }).removed)).toHaveLength(4);
    expect(shown(t.filter('k > 4').unpersist({ dryRun: true }).removed)).toEqual([]);
  });

  it('does what the dry run told', async () => {
    const { parent, child } = family();
    await child.count();
    parent.unpersist();
    expect(new Set(names())).toEqual(new Set(['stranger', 'grandchild', 'child']));
    family();
    parent.unpersist({ cascade: true });
    expect(names()).toEqual(['stranger']);
    expect(parent.isCached).toBe(false);
  });

  it('takes Spark’s `blocking` too', () => {
    t.cache();
    expect(t.unpersist(true)).toBe(t);
    expect(names()).toEqual([]);
  });
});

describe('scope', () => {
  it('`using`: the entry goes at the end of the block', async () => {
    {
      using df = t.filter('k = 1').persist({ name: 'scoped' });
      expect(await df.count()).toBe(20);
      expect(names()).toEqual(['scoped']);
    }
    expect(names()).toEqual([]);
    expect(spark.sharedState.engine.storages()).toEqual([]);
  });

  it('`await using` waits until the files are gone', async () => {
    {
      await using df = t.persist('DISK_ONLY');
      await df.count();
      expect(spark.catalog.cacheEntries()[0]!.diskBytes).toBeGreaterThan(0);
    }
    expect(names()).toEqual([]);
  });

  it('goes when the block throws, and however the entry was made anew', async () => {
    await expect(
      (async () => {
        using _df = t.persist();
        throw new RangeError('on purpose');
      })(),
    ).rejects.toThrow('on purpose');
    expect(names()).toEqual([]);
    await spark.sql('CREATE TEMPORARY VIEW v AS SELECT id FROM range(3)').collect();
    {
      using df = spark.table('v').persist({ name: 'v' });
      await df.count();
      await spark.sql('REFRESH TABLE v').collect();
      expect(names()).toEqual(['v']);
    }
    expect(names()).toEqual([]);
  });

  it('leaves entries alone that another object made', async () => {
    const kept = t.filter('k = 1').persist({ name: 'kept' });
    {
      using df = t.filter('k = 1').persist();
      await df.count();
      using _plain = t.filter('k = 2');
    }
    expect(names()).toEqual(['kept']);
    // Taken away and made again by somebody else meanwhile.
    {
      using df = t.filter('k = 3').persist({ name: 'mine' });
      t.filter('k = 3').unpersist();
      t.filter('k = 3').persist({ name: 'theirs' });
      expect(df.isCached).toBe(true);
    }
    expect(names()).toEqual(['theirs', 'kept']);
    kept.unpersist();
  });

  it('spark.withCached: for as long as a function runs', async () => {
    const result = await spark.withCached(
      t.filter('k = 1'),
      async (df) => {
        expect(names()).toEqual(['inner']);
        return (await df.count()) + (await df.count());
      },
      { name: 'inner' },
    );
    expect([result, names()]).toEqual([40, []]);
    await expect(spark.withCached(t, () => Promise.reject(new RangeError('no')))).rejects.toThrow('no');
    expect(names()).toEqual([]);
    t.persist({ name: 'outer' });
    await spark.withCached(t, (df) => df.count());
    expect(names()).toEqual(['outer']);
  });
});

describe('time to live', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());
  const pass = (ms: number) => vi.advanceTimersByTime(ms);

  it('the entry goes at the first look-up after it', async () => {
    const df = t.filter('k = 1').persist({ ttl: 80, name: 'short' });
    expect(await df.count()).toBe(20);
    pass(79);
    expect(spark.catalog.cacheEntries()[0]!.expiresInMs).toBe(1);
    pass(1);
    expect(await t.filter('k = 1').count()).toBe(20);
    expect(names()).toEqual([]);
    expect(events.filter((e) => e.type === 'expired' || e.type === 'unpersisted').map((e) => e.type)).toEqual([
      'expired',
      'unpersisted',
    ]);
    expect(events.filter((e) => e.type === 'hit')).toHaveLength(1);
    expect(spark.sharedState.engine.storages()).toEqual([]);
  });

  it('whoever looks sees it gone: lists, isCached, storageLevel, explain, a second cache()', async () => {
    const looks: (() => unknown)[] = [
      () => spark.catalog.cacheEntries().length,
      () => spark.catalog.isCached('v'),
      () => spark.table('v').storageLevel.isValid,
      () => spark.table('v').explainCache().includes('hit'),
      () => spark.sql('SELECT * FROM cached_tables()').queryExecution.analyzed.maxRows === 1n,
    ];
    t.createOrReplaceTempView('v');
    for (const look of looks) {
      spark.table('v').persist({ ttl: 1 });
      pass(5);
      expect(Boolean(look())).toBe(false);
    }
    spark.table('v').persist({ ttl: 1 });
    pass(5);
    spark.table('v').persist({ name: 'anew' });
    expect(names()).toEqual(['anew']);
  });

  it('OPTIONS of CACHE TABLE, in words', async () => {
    t.createOrReplaceTempView('v');
    await spark.sql("CACHE TABLE v OPTIONS('TTL' '10 minutes', 'storageLevel' 'DISK_ONLY')").collect();
    const [e] = spark.catalog.cacheEntries();
    expect(e!.expiresInMs).toBe(10 * 60_000);
    expect(events.filter((x) => x.type === 'warning')).toEqual([]);
    await spark.sql("CACHE LAZY TABLE w OPTIONS('ttl' = '1 day 2 hours') AS SELECT 1 AS one").collect();
    expect(spark.catalog.cacheEntries()[0]!.expiresInMs).toBe(26 * 3_600_000);
  });

  it('starts anew when the data is made anew', async () => {
    await spark.sql('CREATE TEMPORARY VIEW v AS SELECT id FROM range(3)').collect();
    spark.table('v').persist({ ttl: 400 });
    pass(250);
    await spark.sql('REFRESH TABLE v').collect();
    expect(spark.catalog.cacheEntries()[0]!.expiresInMs).toBe(400);
  });

  it('refuses what is no length of time, and then registers nothing', async () => {
    for (const ttl of [0, -5, Number.NaN, 'soon', '', '1 month', '-1 minute'])
      expect(() => t.persist({ ttl })).toThrow(expect.objectContaining({ condition: 'INVALID_CACHE_OPTION' }));
    t.createOrReplaceTempView('v');
    expect(() => spark.sql("CACHE TABLE v OPTIONS('ttl' 'soon')")).toThrow(/INVALID_CACHE_OPTION/);
    expect(() => spark.sql("CACHE TABLE x OPTIONS('ttl' 'soon') AS SELECT 1")).toThrow(/INVALID_CACHE_OPTION/);
    expect(spark.catalog.tableExists('x')).toBe(false);
    expect(names()).toEqual([]);
  });

  it('no timer keeps the process alive', () => {
    const timers = () => process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length;
    const before = timers();
    spark.range(5).persist({ ttl: '1 day' });
    expect(names()).toHaveLength(1);
    expect(timers()).toBe(before);
  });
});

describe('materialize', () => {
  it('fills all blocks and tells what it did', async () => {
    const df = t.persist();
    await df.take(1);
    const done = await df.materialize();
    expect(done).toMatchObject({
      partitions: 4,
      cachedPartitions: 4,
      computedPartitions: 3,
      fraction: 1,
      rows: 100,
      diskBytes: 0,
    });
    expect(done.memoryBytes).toBe(spark.catalog.cacheEntries()[0]!.memoryBytes);
    expect(done.elapsedMs).toBeGreaterThan(0);
    expect(await df.materialize()).toMatchObject({ computedPartitions: 0, cachedPartitions: 4 });
    // That is no hit: nothing asked for the rows.
    expect(spark.catalog.cacheEntries()[0]!.hits).toBe(1);
  });

  it('chains', async () => {
    expect((await t.cache().materialize()).fraction).toBe(1);
  });

  it('needs an entry', async () => {
    await expect(t.materialize()).rejects.toMatchObject({ condition: 'NOT_CACHED' });
  });

  it('throws what the computation throws', async () => {
    const bad = spark.range(0, 10, 1, 2).selectExpr('1 / (id - 7) AS x').cache();
    await expect(bad.materialize()).rejects.toMatchObject({ condition: 'DIVIDE_BY_ZERO' });
    expect(spark.catalog.cacheEntries()[0]).toMatchObject({ loaded: false });
  });

  it('can be cancelled', async () => {
    const df = t.cache();
    await expect(df.materialize({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      condition: 'OPERATION_CANCELED',
    });
    expect((await df.materialize()).fraction).toBe(1);
  });
});

describe('advice', () => {
  const codes = (df: DataFrame, level?: string) => df.cacheAdvice(level).map((a) => a.code);

  it('says when caching cannot pay', () => {
    expect(codes(spark.range(10))).toEqual(['LOCAL_DATA']);
    expect(codes(spark.createDataFrame([[1, 'a']], ['a', 'b']).select('a'))).toEqual(['LOCAL_DATA']);
    expect(codes(t)).toEqual([]);
    t.cache();
    expect(codes(t.select('k'))).toEqual(['CACHED_BELOW']);
    expect(codes(t)).toEqual([]);
    expect(codes(t.groupBy('k').count())).toEqual([]);
    expect(codes(t.selectExpr('rand() AS r'))).toEqual(['NONDETERMINISTIC']);
    expect(codes(spark.sql('WITH c AS (SELECT id * 3 AS x FROM range(5)) SELECT * FROM c'))).toContain('CTE_IDENTITY');
    expect(codes(t, 'MEMORY_ONLY_2')).toEqual(['REPLICAS_WITHOUT_PEERS']);
    expect(codes(t, 'OFF_HEAP')).toEqual(['NO_OFF_HEAP_MEMORY']);
    expect(codes(t.crossJoin(t.toDF('a', 'b', 'c')), 'MEMORY_ONLY')).toEqual([]);
  });

  it('comes with the entry, as an event', () => {
    spark.range(10).persist({ name: 'r' });
    expect(events.filter((e) => e.type === 'advice')).toMatchObject([{ name: 'r', code: 'LOCAL_DATA' }]);
    expect(spark.catalog.cacheEntries()[0]!.advice).toEqual(['LOCAL_DATA']);
    expect(t.cacheAdvice()).toEqual([]);
  });

  it('knows what is larger than memory', async () => {
    const small = await SparkSession.builder.master('local[1]').config('spark.executor.memory', '460m').create();
    try {
      const big = small.range(0, 100_000_000).selectExpr('id', 'id * 2 AS d');
      const disk = big.persist('MEMORY_AND_DISK');
      expect(small.catalog.cacheEntries()[0]!.advice).toEqual([]);
      disk.unpersist();
      big.persist('MEMORY_ONLY');
      expect(small.catalog.cacheEntries()[0]!.advice).toEqual(['LARGER_THAN_MEMORY']);
    } finally {
      await small.stop();
    }
  });
});
