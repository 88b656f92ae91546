import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StorageLevel } from '../../../src/index.js';
import { contextsOfTest } from './contexts.js';

describe('kept RDDs', () => {
  const context = contextsOfTest();

  it.each([
    ['MEMORY_ONLY', 'memory'],
    ['MEMORY_ONLY_SER', 'memory'],
    ['MEMORY_AND_DISK', 'memory'],
    ['MEMORY_AND_DISK_SER', 'memory'],
    ['DISK_ONLY', 'disk'],
    ['OFF_HEAP', 'memory'],
  ])('%s: computed once, forgotten by unpersist', async (level, place) => {
    const folder = mkdtempSync(join(tmpdir(), 'memoframe-levels-'));
    const sc = await context('local[2]', { 'spark.local.dir': folder });
    const computed = sc.longAccumulator();
    const rdd = sc.range(100, undefined, 1, 4).map(
      (x): [number, number] => {
        computed.add(1);
        return [x % 3, x];
      },
      {
        vars: { computed },
      },
    );
    rdd.persist(level);
    expect(computed.value).toBe(0);
    const all = await rdd.collect();
    expect(computed.value).toBe(100);
    expect(await rdd.collect()).toEqual(all);
    expect(await rdd.reduceByKey((a, b) => a + b).count()).toBe(3);
    expect(computed.value).toBe(100);
    const storage = sc.storageOf(rdd.id);
    expect(storage.cachedPartitions).toBe(4);
    expect(place === 'disk' ? storage.diskBytes : storage.memoryBytes).toBeGreaterThan(0);
    expect(place === 'disk' ? storage.memoryBytes : storage.diskBytes).toBe(0);
    expect(rdd.getStorageLevel()).toEqual(StorageLevel.fromString(level));
    rdd.unpersist();
    expect(rdd.getStorageLevel()).toEqual(StorageLevel.NONE);
    expect(sc.storageOf(rdd.id).cachedPartitions).toBe(0);
    expect(await rdd.collect()).toEqual(all);
    expect(computed.value).toBe(200);
    // A level may be given anew after unpersist.
    rdd.persist('DISK_ONLY');
    await rdd.count();
    expect(readdirSync(folder, { recursive: true }).length).toBeGreaterThan(1);
    await sc.stop();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('fills only the partitions that are asked for', async () => {
    const sc = await context('local[1]');
    const rdd = sc
      .range(100, undefined, 1, 10)
      .map((x) => x)
      .cache();
    await rdd.take(3);
    expect(sc.storageOf(rdd.id).cachedPartitions).toBe(1);
    await rdd.coalesce(2).count();
    expect(sc.storageOf(rdd.id).cachedPartitions).toBe(10);
    expect([...sc.getPersistentRDDs().keys()]).toEqual([rdd.id]);
  });
  it('tasks go to the worker that has the partition', async () => {
    const sc = await context('local[2]');
    const made = sc
      .range(8, undefined, 1, 8)
      .mapPartitions((it, task) => [...it].map((x) => [x, task.workerId()]))
      .cache();
    const first = await made.collect();
    for (let i = 0; i < 3; i++) {
      const read = await made.map(([x, made], task) => [x, made, task.workerId()]).collect();
      expect(read).toEqual(first.map(([x, w]) => [x, w, w]));
    }
  });

  it('are computed again by lineage when the worker that had them dies', async () => {
    const sc = await context('local[2]');
    const computed = sc.longAccumulator();
    const source = sc.range(60, undefined, 1, 6).map(
      (x): [number, number] => {
        computed.add(1);
        return [x % 5, 1];
      },
      {
        vars: { computed },
      },
    );
    const counts = source.reduceByKey((a, b) => a + b, 4).cache();
    const expected = new Map([0, 1, 2, 3, 4].map((k) => [k, 12]));
    expect(new Map(await counts.collect())).toEqual(expected);
    expect(computed.value).toBe(60);
    const [victim] = sc.workers;
    await sc.killWorker(victim?.workerId ?? -1);
    expect(sc.storageOf(counts.id).cachedPartitions).toBeLessThan(4);
    expect(new Map(await counts.collect())).toEqual(expected);
    // The shuffle's output is still there: only the reduce side runs again.
    expect(computed.value).toBe(60);
    expect(sc.storageOf(counts.id).cachedPartitions).toBe(4);
  });
  it('bytes survive a worker in local mode, in a cluster only with a replica', async () => {
    for (const [master, level, survives] of [
      ['local[1]', 'MEMORY_ONLY_SER', true],
      ['local[1]', 'DISK_ONLY', true],
      ['local-cluster[2,1,512]', 'MEMORY_ONLY_SER', false],
      ['local-cluster[2,1,512]', 'DISK_ONLY', false],
      ['local-cluster[2,1,512]', 'MEMORY_ONLY_2', true],
      ['local-cluster[2,1,512]', 'MEMORY_ONLY_SER_2', true],
      ['local-cluster[2,1,512]', 'DISK_ONLY_2', true],
      ['local-cluster[2,1,512]', 'MEMORY_AND_DISK_2', true],
    ] as const) {
      const sc = await context(master);
      const computed = sc.longAccumulator();
      const rdd = sc
        .range(10, undefined, 1, 2)
        .map(
          (x) => {
            computed.add(1);
            return x;
          },
          { vars: { computed } },
        )
        .persist(level);
      await rdd.count();
      expect(sc.storageOf(rdd.id).cachedPartitions, `${master} ${level}`).toBe(2);
      for (const w of sc.workers.slice(0, 1)) await sc.killWorker(w.workerId);
      expect(await rdd.sum()).toBe(45);
      expect(Number(computed.value) === 10, `${master} ${level}`).toBe(survives);
    }
  });
  it('a file that is damaged or gone is computed again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memoframe-damage-'));
    const sc = await context('local[1]', { 'spark.local.dir': folder });
    const rdd = sc
      .range(100, undefined, 1, 2)
      .map((x) => x)
      .persist('DISK_ONLY');
    expect(await rdd.count()).toBe(100);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.includes('/rdd_'));
    expect(files.length).toBe(2);
    truncateSync(join(folder, files[0] as string), 20);
    rmSync(join(folder, files[1] as string));
    expect(await rdd.sum()).toBe(4950);
    expect(sc.storageOf(rdd.id).cachedPartitions).toBe(2);
    rmSync(folder, { recursive: true, force: true });
  });

  it('memory is bounded: the least recently used RDD goes, or is spilled', async () => {
    const sc = await context('local[1]', { 'spark.testing.memory': '2m', 'spark.testing.reservedMemory': '0' });
    const texts = (n: number) => sc.range(n, undefined, 1, 2).map((x) => `text number ${x} `.repeat(10));
    const [first, spilled] = [texts(1000).cache(), texts(1000).persist('MEMORY_AND_DISK')];
    await first.count();
    await spilled.count();
    expect(sc.storageOf(first.id).cachedPartitions).toBe(2);
    const third = texts(2000).cache();
    await third.count();
    expect(sc.storageOf(third.id).cachedPartitions).toBe(2);
    expect(sc.storageOf(first.id).cachedPartitions).toBe(1);
    expect(sc.storageOf(spilled.id).diskBytes).toBe(0);
    const fourth = texts(3400).cache();
    await fourth.count();
    expect(sc.storageOf(first.id).cachedPartitions).toBe(0);
    expect(sc.storageOf(third.id).cachedPartitions).toBe(0);
    expect(sc.storageOf(spilled.id)).toMatchObject({ cachedPartitions: 2, memoryBytes: 0 });
    expect(await spilled.count()).toBe(1000);
    // What fits nowhere is not kept, and comes out all the same.
    const large = texts(20_000).cache();
    expect(await large.count()).toBe(20_000);
    expect(sc.storageOf(large.id).cachedPartitions).toBe(0);
    expect(sc.storageOf(fourth.id).cachedPartitions).toBe(2);
    // An RDD never drives out its own partitions.
    const own = sc
      .range(8000, undefined, 1, 8)
      .map((x) => `text number ${x} `.repeat(10))
      .persist('MEMORY_AND_DISK');
    expect(await own.count()).toBe(8000);
    expect(sc.storageOf(own.id).cachedPartitions).toBe(8);
    expect(sc.storageOf(own.id).diskBytes).toBeGreaterThan(0);
  });

  it('without reuse a worker runs one task; kept partitions live on', async () => {
    const sc = await context('local[1]', { 'spark.worker.reuse': false });
    const computed = sc.longAccumulator();
    const rdd = sc
      .range(6, undefined, 1, 3)
      .map(
        (x, task) => {
          computed.add(1);
          return [x, task.workerId()];
        },
        { vars: { computed } },
      )
      .cache();
    const ids = (await rdd.collect()).map(([, w]) => w);
    expect(new Set(ids).size).toBe(3);
    await rdd.count();
    expect(computed.value).toBe(6);
    const state = () =>
      sc
        .range(2, undefined, 1, 2)
        .map(() => ((globalThis as { n?: number }).n = ((globalThis as { n?: number }).n ?? 0) + 1))
        .collect();
    expect(await state()).toEqual([1, 1]);
    const kept = await context('local[1]');
    const counts = kept
      .range(2, undefined, 1, 2)
      .map(() => ((globalThis as { n?: number }).n = ((globalThis as { n?: number }).n ?? 0) + 1));
    expect(await counts.collect()).toEqual([1, 2]);
  });
  it('leaves no files and no threads', async () => {
    const sc = await context('local[1]');
    await sc.range(3).persist('DISK_ONLY').count();
    await sc.stop();
    expect(sc.workers).toEqual([]);
    expect(existsSync(tmpdir())).toBe(true);
  });
});
