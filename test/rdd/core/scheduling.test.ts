import { describe, expect, it } from 'vitest';
import type { SparkContext } from '../../../src/index.js';
import { sessionsOfTest } from './contexts.js';

/** Jobs and stages that meet: what several of them need at once, and what one leaves to the others. */
describe('jobs that share something', () => {
  const session = sessionsOfTest();
  const context = async (master = 'local[2]'): Promise<SparkContext> => (await session(master)).sparkContext;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('two shuffles of one job wait for the places of one zipWithIndex', async () => {
    const sc = await context();
    const placed = sc
      .range(40, undefined, 1, 4)
      .zipWithIndex()
      .map(([x, at]): [number, number] => [x, at]);
    const joined = placed.groupByKey(2).join(
      placed.reduceByKey((a) => a, 3),
      5,
    );
    for (const [x, [[here], there]] of await joined.collect()) expect([x, here, there]).toEqual([x, x, x]);
  });
  it('two shuffles of one job wait for the rows of one DataFrame', async () => {
    const spark = await session('local[2]');
    const pairs = spark.range(200).rdd.map((row): [number, number] => [Number(row['id']) % 5, 1]);
    const joined = pairs.groupByKey(2).join(
      pairs.reduceByKey((a, b) => a + b, 3),
      4,
    );
    const counts = (await joined.collect()).map(([key, [all, n]]) => [key, all.length, n]);
    expect(counts.sort()).toEqual([0, 1, 2, 3, 4].map((key) => [key, 40, 40]));
  });

  it('a job goes on when the one that found the places out for both is cancelled', async () => {
    const sc = await context();
    const placed = sc
      .range(4, undefined, 1, 2)
      .map(async (x, task) => {
        if (task.partitionId() === 0) await new Promise((resolve) => setTimeout(resolve, 150));
        return x;
      })
      .zipWithIndex();
    const controller = new AbortController();
    const first = placed.collect({ signal: controller.signal });
    const second = placed.collect();
    setTimeout(() => controller.abort(), 50);
    await expect(first).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await second).toEqual([0, 1, 2, 3].map((x) => [x, x]));
  });
  it('a job that waits for the shuffle of another is cancelled at once', async () => {
    const sc = await context();
    const slow = sc
      .range(2, undefined, 1, 2)
      .map(async (x): Promise<[number, number]> => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return [x, x];
      })
      .groupByKey(2);
    const first = slow.count();
    await sleep(300);
    const controller = new AbortController();
    const began = performance.now();
    const second = slow.count({ signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(second).rejects.toMatchObject({ kind: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(600);
    expect(await first).toBe(2);
  });

  it('a job whose task cannot be sent does not hold up the next one', async () => {
    const sc = await context('local[1]');
    await sc.range(1).count();
    const gone = sc.broadcast([1, 2, 3]);
    const before = sc.range(1).map(async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    const running = before.count();
    await sleep(50);
    const failing = expect(
      sc
        .range(1, undefined, 1, 1)
        .map((x) => gone.value[x], { vars: { gone } })
        .collect(),
    ).rejects.toThrow(/after it was destroyed/);
    await sleep(50);
    const next = sc.range(3, undefined, 1, 1).collect();
    await sleep(50);
    gone.destroy();
    await running;
    await failing;
    expect(await Promise.race([next, sleep(3000).then(() => 'it hangs')])).toEqual([0, 1, 2]);
  });

  it('what a task keeps of an RDD that was unpersisted meanwhile is let go', async () => {
    const sc = await context('local[1]');
    const computed = sc.longAccumulator();
    const rdd = sc.range(2, undefined, 1, 1).map(
      async (x) => {
        computed.add(1);
        await new Promise((resolve) => setTimeout(resolve, 100));
        return x;
      },
      { vars: { computed } },
    );
    rdd.cache();
    const filling = rdd.count();
    await sleep(80);
    rdd.unpersist();
    await filling;
    rdd.cache();
    expect(await rdd.count()).toBe(2);
    expect(computed.value).toBe(4);
    expect(sc.storageOf(rdd.id).cachedPartitions).toBe(1);
  });

  it('a cached partition that fails lets the generators before it finish', async () => {
    const sc = await context('local[1]');
    const broken = sc
      .range(3, undefined, 1, 1)
      .mapPartitions(function* (it) {
        try {
          yield* it;
        } finally {
          (globalThis as { finished?: boolean }).finished = true;
        }
      })
      .map((x) => {
        if (x === 1) throw new Error('no');
        return x;
      })
      .cache();
    await expect(broken.count()).rejects.toThrow('no');
    const finished = await sc
      .range(1)
      .map(() => (globalThis as { finished?: boolean }).finished === true)
      .collect();
    expect(finished).toEqual([true]);
  });

  it('a cancelled task that awaits its elements ends at the next one', async () => {
    const sc = await context('local[1]');
    await sc.range(1).count();
    const before = sc.workers.map((w) => w.workerId);
    const controller = new AbortController();
    const job = sc.range(1e6, undefined, 1, 1).foreachPartition(
      async (it) => {
        for await (const _ of it) await new Promise((resolve) => setTimeout(resolve, 10));
      },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 100);
    await expect(job).rejects.toMatchObject({ kind: 'cancelled' });
    // It ended by itself, before its thread was ended for it.
    expect(sc.workers.map((w) => w.workerId)).toEqual(before);
  });

  it('a partition that there is not is refused, as by Spark', async () => {
    const sc = await context();
    await expect(sc.range(2, undefined, 1, 2).runJob(() => 1, { partitions: [1, 2] })).rejects.toThrow(
      'Attempting to access a non-existent partition: 2. Total number of partitions: 2',
    );
  });
});
