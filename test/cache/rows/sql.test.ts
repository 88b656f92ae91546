import { describe, expect, it } from 'vitest';
import { StorageLevel } from '../../../src/index.js';
import { hits, plain, Rows } from './support.js';

const app = new Rows();
const run = (text: string) => app.spark.sql(text).collect();
/** What a statement fails with. */
async function failure(text: string): Promise<[string, string | undefined, string]> {
  try {
    await run(text);
  } catch (e) {
    const { condition = '', sqlState, message } = e as { condition?: string; sqlState?: string; message: string };
    return [condition, sqlState, message];
  }
  return ['none', undefined, ''];
}
const DESERIALIZED = 'StorageLevel(disk, memory, deserialized, 1 replicas)';

describe('SQL and catalog', () => {
  it('Q01 CACHE TABLE is eager, CACHE LAZY TABLE is not; AS makes a view; OPTIONS names the level', async () => {
    app.spark.range(0, 10, 1, 2).createOrReplaceTempView('tv');
    await run('CACHE TABLE tv');
    expect([app.entries(), app.partitions()]).toEqual([[{ name: 'tv', level: DESERIALIZED, loaded: true }], [[2, 2]]]);
    await run('UNCACHE TABLE tv');
    await run('CACHE LAZY TABLE tv');
    expect([app.entries(), app.partitions()]).toEqual([[{ name: 'tv', level: DESERIALIZED, loaded: false }], [[0, 2]]]);
    await run("CACHE LAZY TABLE ct1 OPTIONS ('storageLevel' 'DISK_ONLY') AS SELECT 1 AS x");
    await run("CACHE TABLE ct2 OPTIONS ('storageLevel' = 'MEMORY_ONLY') SELECT 2 AS x");
    expect(app.entries().slice(0, 2)).toEqual([
      { name: 'ct2', level: 'StorageLevel(memory, deserialized, 1 replicas)', loaded: true },
      { name: 'ct1', level: 'StorageLevel(disk, 1 replicas)', loaded: false },
    ]);
    expect(await app.cell('SELECT x FROM ct2')).toBe(2);
    await app.sql('DROP VIEW ct1', 'DROP VIEW ct2');
  });

  it('Q02 the key of the option is case-insensitive, unknown keys warn, an unknown level fails', async () => {
    app.spark.range(0, 10, 1, 2).createOrReplaceTempView('tv');
    await run("CACHE LAZY TABLE tv OPTIONS ('StorageLevel' 'disk_only', 'zzz' '1')");
    expect(app.entries()).toEqual([{ name: 'tv', level: 'StorageLevel(disk, 1 replicas)', loaded: false }]);
    expect(app.warnings).toEqual(['CacheTableExec: Invalid options: zzz -> 1']);
    await run('UNCACHE TABLE tv');
    expect((await failure("CACHE TABLE tv OPTIONS ('storageLevel' 'bogus')"))[2]).toContain(
      'Invalid StorageLevel: BOGUS',
    );
    expect(app.entries()).toEqual([]);
  });

  it('Q03 CACHE TABLE AS makes a temporary view, once; a query that fails leaves nothing', async () => {
    await run('CACHE LAZY TABLE ct AS SELECT 1 AS x');
    expect(app.spark.catalog.getTable('ct')).toMatchObject({ tableType: 'TEMPORARY', isTemporary: true });
    const again = await failure('CACHE TABLE ct AS SELECT 2 AS x');
    expect(again.slice(0, 2)).toEqual(['TEMP_TABLE_OR_VIEW_ALREADY_EXISTS', '42P07']);
    expect(await app.cell('SELECT x FROM ct')).toBe(1);
    for (const [text, condition] of [
      ['CACHE TABLE bad AS SELECT nosuch', 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'],
      ["CACHE TABLE bad AS SELECT raise_error('no') AS x", 'USER_RAISED_EXCEPTION'],
    ] as const) {
      expect((await failure(text))[0]).toBe(condition);
      expect((await failure('SELECT * FROM bad')).slice(0, 2)).toEqual(['TABLE_OR_VIEW_NOT_FOUND', '42P01']);
      expect(app.entries().map((e) => e.name)).toEqual(['ct']);
    }
    await run('DROP VIEW ct');
  });

  it('Q04 unknown names fail unless IF EXISTS; a table that is not cached can be uncached', async () => {
    for (const text of ['CACHE TABLE missing', 'UNCACHE TABLE missing'])
      expect((await failure(text)).slice(0, 2)).toEqual(['TABLE_OR_VIEW_NOT_FOUND', '42P01']);
    await run('UNCACHE TABLE IF EXISTS missing');
    await run('UNCACHE TABLE people');
    expect(app.entries()).toEqual([]);
  });

  it('Q05 the other statements and the catalog', async () => {
    const { catalog } = app.spark;
    await run('CACHE TABLE people');
    await run('CACHE TABLE kv');
    await run('REFRESH TABLE people');
    expect(app.entries().map((e) => [e.name, e.loaded])).toEqual([
      ['people', false],
      ['kv', true],
    ]);
    expect((await failure('REFRESH TABLE missing')).slice(0, 2)).toEqual(['TABLE_OR_VIEW_NOT_FOUND', '42P01']);
    await run("REFRESH '/nosuch/path'");
    await run('REFRESH "/nosuch/path"');
    await run('REFRESH /nosuch/path');
    expect((await failure('REFRESH FUNCTION abs'))[0]).toBe('_LEGACY_ERROR_TEMP_1017');
    expect((await failure('REFRESH FUNCTION nosuch')).slice(0, 2)).toEqual(['UNRESOLVED_ROUTINE', '42883']);
    await run('CLEAR CACHE');
    expect(app.entries()).toEqual([]);
    catalog.cacheTable('people');
    catalog.cacheTable('kv', StorageLevel.MEMORY_ONLY);
    expect(app.entries()).toEqual([
      { name: 'kv', level: 'StorageLevel(memory, deserialized, 1 replicas)', loaded: false },
      { name: 'people', level: DESERIALIZED, loaded: false },
    ]);
    expect([catalog.isCached('kv'), catalog.isCached('orders')]).toEqual([true, false]);
    catalog.refreshTable('kv');
    catalog.refreshByPath('/nosuch');
    catalog.uncacheTable('people');
    expect(app.entries().map((e) => e.name)).toEqual(['kv']);
    catalog.clearCache();
    expect(app.entries()).toEqual([]);
  });

  it('Q06 entries have the name that they were cached by, frames the text of their plan', async () => {
    app.spark.range(0, 10, 1, 2).createOrReplaceTempView('tv');
    await run('CACHE LAZY TABLE default.kv');
    app.spark.catalog.cacheTable('tv');
    app.spark.range(0, 5, 1, 2).cache();
    const names = app.spark.catalog.cacheEntries().map((e) => plain(e.storageName).trimEnd());
    expect(names).toEqual(['*(1) Range (0, 5, step=1, splits=2)', 'In-memory table tv', 'In-memory table default.kv']);
    const wide = app.spark.range(1).selectExpr(...Array.from({ length: 200 }, (_, i) => `id + ${i} AS c${i}`));
    wide.cache();
    expect(app.spark.catalog.cacheEntries()[0]?.storageName).toHaveLength(1024);
    expect(app.spark.table('tv').explainString()).toContain('Scan In-memory table tv [id#');
  });

  it('Q07 a view is cached if its plan is, whoever cached it', () => {
    app.spark.range(0, 10, 1, 2).createOrReplaceTempView('tv1');
    app.spark.range(0, 10, 1, 2).createOrReplaceTempView('tv2');
    app.spark.catalog.cacheTable('tv1');
    expect(app.spark.catalog.isCached('tv2')).toBe(true);
    app.spark.catalog.clearCache();
    app.spark.table('people').filter('age > 10').cache();
    app.spark.sql('CREATE OR REPLACE TEMP VIEW adults AS SELECT * FROM people WHERE age > 10');
    app.spark.table('people').filter('age > 10').createOrReplaceTempView('adults2');
    expect([app.spark.catalog.isCached('adults2'), app.spark.catalog.isCached('people')]).toEqual([true, false]);
    expect(() => app.spark.catalog.isCached('nosuch')).toThrow(/TABLE_OR_VIEW_NOT_FOUND/);
  });

  it('Q08 spark.sql.defaultCacheStorageLevel is the level of cache(), cacheTable and CACHE TABLE', async () => {
    expect(app.spark.conf.get('spark.sql.defaultCacheStorageLevel')).toBe('MEMORY_AND_DISK');
    await app.with({ 'spark.sql.defaultCacheStorageLevel': 'DISK_ONLY' }, async () => {
      app.spark.range(3).cache();
      app.spark.catalog.cacheTable('people');
      await run('CACHE LAZY TABLE kv');
    });
    expect(new Set(app.entries().map((e) => e.level))).toEqual(new Set(['StorageLevel(disk, 1 replicas)']));
    expect(() => app.spark.conf.set('spark.sql.defaultCacheStorageLevel', 'BOGUS')).toThrow();
  });

  it('Q09 isCached of an object is what was asked for, storageLevel is the truth', () => {
    const [a, b] = [app.spark.range(98), app.spark.range(98)];
    expect(a.storageLevel.description).toBe('Serialized 1x Replicated');
    a.cache();
    expect([a.isCached, b.isCached, b.storageLevel.description, hits(b)]).toEqual([
      true,
      false,
      'Disk Memory Deserialized 1x Replicated',
      1,
    ]);
    b.unpersist();
    expect([a.isCached, a.storageLevel.description]).toEqual([true, 'Serialized 1x Replicated']);
  });
});
