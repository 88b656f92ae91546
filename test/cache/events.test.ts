import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { type CacheEvent, type CacheEventOf, SparkSession } from '../../src/index.js';
import { ListenerBus } from '../../src/plan/cache/listener-bus.js';

describe('the bus', () => {
  const warning: CacheEvent = { type: 'warning', logger: 'X', message: 'm' };
  const miss: CacheEvent = { type: 'miss', entries: 1, query: 'q' };

  it('delivers at once, in order, to all', () => {
    const bus = new ListenerBus();
    const got: string[] = [];
    bus.subscribe((e) => void got.push(`a ${e.type}`));
    const end = bus.subscribe((e) => void got.push(`b ${e.type}`));
    bus.post(miss);
    end();
    end();
    bus.post(warning);
    expect(got).toEqual(['a miss', 'b miss', 'a warning']);
  });

  it('filters by type, with the type known', () => {
    const bus = new ListenerBus();
    const got: unknown[] = [];
    bus.on('miss', (e) => {
      expectTypeOf(e).toEqualTypeOf<CacheEventOf<'miss'>>();
      got.push(e.query);
    });
    bus.on(['hit', 'warning'], (e) => {
      expectTypeOf(e.type).toEqualTypeOf<'hit' | 'warning'>();
      got.push(e.type);
    });
    bus.post(miss);
    bus.post(warning);
    expect(got).toEqual(['q', 'warning']);
  });

  it('a listener that throws harms nobody, and is told of once for each time', () => {
    const bus = new ListenerBus();
    const got: CacheEvent[] = [];
    bus.subscribe(() => {
      throw new RangeError('broken');
    });
    bus.subscribe((e) => void got.push(e));
    bus.post(miss);
    expect(got.map((e) => e.type)).toEqual(['warning', 'miss']);
    expect(got[0]).toMatchObject({ logger: 'ListenerBus', message: expect.stringMatching(/'miss'.*broken/) });
  });

  it('nor does one whose promise rejects', async () => {
    const bus = new ListenerBus();
    const got: CacheEvent[] = [];
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    bus.on('miss', async () => {
      throw new RangeError('late');
    });
    bus.on('warning', (e) => void got.push(e));
    bus.post(miss);
    await new Promise((r) => setTimeout(r, 20));
    process.removeListener('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(got).toMatchObject([{ message: expect.stringContaining('late') }]);
  });

  it('listeners may come and go while an event is delivered', () => {
    const bus = new ListenerBus();
    const got: string[] = [];
    const end = bus.subscribe(() => {
      end();
      bus.subscribe(() => void got.push('new'));
      got.push('old');
    });
    bus.subscribe(() => void got.push('other'));
    bus.post(miss);
    expect(got).toEqual(['old', 'other']);
    bus.post(miss);
    expect(got).toEqual(['old', 'other', 'other', 'new']);
  });
});

describe('spark.events', () => {
  let spark: SparkSession;
  let folder: string;
  let got: CacheEvent[];
  const start = async (confs: Record<string, string> = {}) => {
    const builder = SparkSession.builder
      .master('local[2]')
      .config('spark.sql.warehouse.dir', join(folder, 'warehouse'));
    for (const [k, v] of Object.entries(confs)) builder.config(k, v);
    spark = await builder.create();
    got = [];
    spark.events.subscribe((e) => void got.push(e));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'events-'));
  });
  afterEach(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true });
  });
  const types = () => got.map((e) => e.type);
  const of = <T extends CacheEvent['type']>(type: T) => got.filter((e) => e.type === type) as CacheEventOf<T>[];

  it('entry added, block stored, hit, miss, removed', async () => {
    await start();
    const df = spark.range(0, 100, 1, 2).selectExpr('id + 1 AS x');
    df.persist({ name: 'xs', level: 'MEMORY_ONLY' });
    expect(got).toMatchObject([
      { type: 'cached', name: 'xs', level: 'StorageLevel(memory, deserialized, 1 replicas)' },
    ]);
    const { entry } = of('cached')[0]!;
    await df.count();
    expect(of('hit')).toMatchObject([{ entry, name: 'xs' }]);
    expect(of('materialized').map((e) => [e.entry, e.partition, e.rows])).toEqual([
      [entry, 0, 50],
      [entry, 1, 50],
    ]);
    const { memoryBytes } = spark.catalog.cacheEntries()[0]!;
    expect(of('materialized').reduce((n, e) => n + e.sizeInBytes, 0)).toBe(memoryBytes);
    await spark.range(3).collect();
    expect(of('miss')).toMatchObject([{ entries: 1 }]);
    df.unpersist();
    expect(of('unpersisted')).toEqual([{ type: 'unpersisted', entry, name: 'xs' }]);
  });

  it('is one for all sessions', async () => {
    await start();
    spark.newSession().range(0, 10, 1, 1).selectExpr('id * 2 AS y').cache();
    expect(types()).toEqual(['cached']);
    expect(spark.newSession().events).toBe(spark.events);
  });

  it('recached, stale', async () => {
    await start();
    await spark.sql('CREATE TABLE own USING parquet AS SELECT 1 AS a').collect();
    await spark.sql('CACHE TABLE own').collect();
    const { entry } = of('cached')[0]!;
    await spark.sql('REFRESH TABLE own').collect();
    expect(of('recached')).toMatchObject([{ name: 'own', replaces: entry }]);
    await spark.sql('SELECT * FROM own').collect();
    const own = join(folder, 'warehouse', 'own');
    const file = readdirSync(own).find((f) => f.endsWith('.parquet'))!;
    writeFileSync(join(own, 'part-9-copy.parquet'), readFileSync(join(own, file)));
    spark.conf.set('memoframe.cache.freshness', 'refresh');
    expect(await spark.sql('SELECT * FROM own').count()).toBe(2);
    expect(of('stale')).toMatchObject([{ name: 'own', change: expect.stringContaining('part-9-copy.parquet is new') }]);
    expect(of('recached')).toHaveLength(2);
  });

  it('evicted, spilled, read back', async () => {
    await start({ 'spark.executor.memory': '460m', 'spark.memory.fraction': '0.01' });
    // The pool: 1 % of 160 MiB. Each result takes more than half of it.
    const make = (name: string, from: number) =>
      spark
        .range(from, from + 240_000, 1, 4)
        .selectExpr('id', 'hash(id) AS h')
        .persist({ name, level: 'MEMORY_AND_DISK' });
    const first = make('first', 0);
    await first.count();
    const second = make('second', 1_000_000);
    await second.count();
    expect(of('evicted').length).toBeGreaterThan(0);
    expect(of('spilled').length).toBeGreaterThanOrEqual(of('evicted').length);
    const id = of('cached')[0]!.entry;
    expect(of('evicted').every((e) => e.block.startsWith(`rdd_${id}_`))).toBe(true);
    expect(of('dropped')).toEqual([]);
    const entryOf = (name: string) => spark.catalog.cacheEntries().find((e) => e.name === name)!;
    expect(entryOf('first')).toMatchObject({ cachedPartitions: 4, blocksEvicted: of('evicted').length });
    expect(entryOf('first').diskBytes).toBeGreaterThan(0);
    expect(await first.filter('h IS NOT NULL').count()).toBe(240_000);
    expect(of('readBack').length).toBeGreaterThan(0);
    expect(of('readBack').every((e) => e.sizeInBytes > 0)).toBe(true);
    expect(entryOf('first').blocksReadBack).toBe(of('readBack').length);
  });

  it('without a disk level, evicted is dropped', async () => {
    await start({ 'spark.executor.memory': '460m', 'spark.memory.fraction': '0.01' });
    for (const from of [0, 1_000_000])
      await spark
        .range(from, from + 240_000, 1, 4)
        .selectExpr('id', 'hash(id) AS h')
        .persist('MEMORY_ONLY')
        .count();
    expect(of('evicted').length).toBeGreaterThan(0);
    expect(of('dropped').map((e) => e.block)).toEqual(of('evicted').map((e) => e.block));
    expect(of('spilled')).toEqual([]);
  });

  it('corrupt: a damaged disk block is told of, dropped and computed again', async () => {
    await start();
    const df = spark.range(0, 1000, 1, 2).selectExpr('id', 'id * 3 AS t').persist('DISK_ONLY');
    await df.count();
    const root = readdirSync(tmpdir()).filter((d) => d.startsWith(`memoframe-blocks-${process.pid}-`));
    const files = root
      .flatMap((r) => readdirSync(join(tmpdir(), r), { recursive: true }).map((f) => join(tmpdir(), r, String(f))))
      .filter((f) => statSync(f).isFile());
    expect(files).toHaveLength(2);
    const bytes = readFileSync(files[0]!);
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(files[0]!, bytes);
    expect(await df.filter('t >= 0').count()).toBe(1000);
    expect(of('corrupt')).toHaveLength(1);
    expect(of('dropped')).toMatchObject([{ block: of('corrupt')[0]!.block }]);
    expect(of('warning')).toHaveLength(1);
    expect(spark.catalog.cacheEntries()[0]).toMatchObject({ cachedPartitions: 2 });
  });

  it('a listener that throws on every event breaks no query', async () => {
    await start();
    spark.events.subscribe(() => {
      throw new RangeError('always');
    });
    const df = spark.range(0, 10, 1, 1).selectExpr('id + 1 AS x').cache();
    expect(await df.count()).toBe(10);
    expect(await df.filter('x > 5').count()).toBe(5);
    df.unpersist();
    expect(of('warning').every((e) => e.logger === 'ListenerBus')).toBe(true);
    expect(spark.catalog.cacheEntries()).toEqual([]);
  });

  it('keeps the last events, with their time', async () => {
    await start();
    for (let i = 0; i < 2500; i++) spark.events.post({ type: 'miss', entries: i, query: '' });
    spark.range(0, 10, 1, 1).cache().unpersist();
    const last = spark.catalog.cacheEvents();
    expect(last).toHaveLength(1000);
    expect(last.at(-1)).toMatchObject({ at: expect.any(Date), event: { type: 'unpersisted' } });
  });
});
