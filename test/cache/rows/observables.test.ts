import { describe, expect, it } from 'vitest';
import { plain, Rows, TABLES } from './support.js';

const app = new Rows();

describe('what can be seen of the cache', () => {
  it('O01 the facts of the storage tab: name, level, partitions, fraction, sizes', async () => {
    await app.sql('CACHE TABLE kv');
    const df = app.spark.range(0, 800, 1, 8).selectExpr('id', 'cast(id AS STRING) AS s');
    df.persist('DISK_ONLY');
    await df.take(1);
    const [frame, table] = app.spark.catalog.cacheEntries();
    expect(table).toMatchObject({
      storageName: 'In-memory table kv',
      partitions: 1,
      cachedPartitions: 1,
      diskBytes: 0,
      rows: 50,
    });
    expect(table?.memoryBytes).toBeGreaterThan(0);
    expect(frame).toMatchObject({ name: undefined, partitions: 8, cachedPartitions: 1, memoryBytes: 0 });
    expect(frame?.diskBytes).toBeGreaterThan(0);
    expect(frame?.level).toBe('StorageLevel(disk, 1 replicas)');
    expect(plain(frame?.storageName ?? '')).toMatch(/^\*\(1\) Project \[id#1L, cast\(id#1L as string\) AS s#2\]/);
  });

  it('O02 the facts of /storage/rdd: relations with stored blocks, first used first, and the names of blocks', async () => {
    const blocks: string[] = [];
    const end = app.spark.sharedState.bus.subscribe((e) => {
      if (e.type === 'materialized') blocks.push(`rdd_${e.entry}_${e.partition}`);
    });
    const [a, b] = [app.spark.range(0, 10, 1, 2), app.spark.range(0, 20, 1, 4)];
    a.cache();
    b.cache();
    await b.count();
    await a.take(1);
    end();
    const storages = app.spark.sharedState.engine.storages();
    expect(storages.map((s) => [s.partitions, s.cachedPartitions, s.memoryBytes > 0, s.diskBytes])).toEqual([
      [4, 4, true, 0],
      [2, 1, true, 0],
    ]);
    const [second, first] = storages.map((s) => s.id);
    expect(blocks.sort()).toEqual([`rdd_${first}_0`, ...[0, 1, 2, 3].map((p) => `rdd_${second}_${p}`)].sort());
  });

  it('O03 explain shows scan, relation and the plan that fills it, in every mode', async () => {
    await app.sql('CACHE LAZY TABLE people');
    const text = (mode: 'simple' | 'extended' | 'formatted' | 'cost') =>
      plain(app.spark.sql('SELECT id FROM people WHERE age > 10').explainString(mode))
        .replaceAll(`{tables}`, TABLES)
        .trimEnd();
    const columns = 'name#3, age#2, city#4, salary#5, height#6, active#7, birth#8, created#9, big#10L';
    const scan = `FileScan parquet spark_catalog.default.people[id#1,${columns.replaceAll(', ', ',')}] Batched: true, DataFilters: [], Format: Parquet, `;
    const physical = [
      '*(1) Project [id#1]',
      '+- *(1) Filter (isnotnull(age#2) AND (age#2 > 10))',
      '   +- Scan In-memory table people [age#2, id#1], [isnotnull(age#2), (age#2 > 10)]',
      `         +- InMemoryRelation [id#1, ${columns}], StorageLevel(disk, memory, deserialized, 1 replicas)`,
      '               +- *(1) ColumnarToRow',
      `                  +- ${scan}`,
    ];
    const begins = (lines: readonly string[], wanted: readonly string[]) => {
      expect(lines.length).toBe(wanted.length);
      wanted.forEach((w, i) => {
        expect(lines[i]?.slice(0, w.length)).toBe(w);
      });
    };
    begins(text('simple').split('\n').slice(1), physical);
    const extended = text('extended').split('\n');
    const at = extended.indexOf('== Optimized Logical Plan ==');
    begins(extended.slice(at + 1, at + 6), [
      'Project [id#1]',
      '+- Filter (isnotnull(age#2) AND (age#2 > 10))',
      `   +- InMemoryRelation [id#1, ${columns}], StorageLevel(disk, memory, deserialized, 1 replicas)`,
      '         +- *(1) ColumnarToRow',
      `            +- ${scan}`,
    ]);
    const cost = text('cost').split('\n');
    expect(cost[3]).toMatch(/^ {3}\+- InMemoryRelation .*, Statistics\(sizeInBytes=7\.9 KiB\)$/);
    expect(cost[4]).toBe('         +- *(1) ColumnarToRow');
    expect(text('formatted').split('\n').slice(0, 7)).toEqual([
      '== Physical Plan ==',
      '* Project (6)',
      '+- * Filter (5)',
      '   +- Scan In-memory table people (1)',
      '         +- InMemoryRelation (2)',
      '               +- * ColumnarToRow (4)',
      '                  +- Scan parquet spark_catalog.default.people (3)',
    ]);
  });

  it('O04 what Spark lacks: counters, who is cached, names of frames, the reason of a miss', async () => {
    const df = app.spark.range(0, 10, 1, 2).selectExpr('id', 'id + 1 AS b');
    df.persist({ name: 'numbers' });
    await df.count();
    await df.filter('id > 1').count();
    const [entry] = app.spark.catalog.cacheEntries();
    expect(entry).toMatchObject({ name: 'numbers', hits: 2 });
    expect(entry?.lastHitAt).toBeInstanceOf(Date);
    expect((await app.spark.sql('SHOW CACHED TABLES').collect()).length).toBe(1);
    expect(app.spark.range(0, 10, 1, 2).selectExpr('id + 1 AS b', 'id').explainCache()).toMatch(
      /^== Cache ==\nMISS [A-Z_]+: /,
    );
  });
});
