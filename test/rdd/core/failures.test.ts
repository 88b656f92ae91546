import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextsOfTest } from './contexts.js';

describe('failures', () => {
  const context = contextsOfTest();

  it('local[n] gives a task one attempt, local[n,F] F, a cluster spark.task.maxFailures', async () => {
    const failing = (x: number, task: { attemptNumber(): number }) => {
      if (task.attemptNumber() < 2) throw new Error(`attempt ${task.attemptNumber()}`);
      return x;
    };
    const one = await context('local[1]');
    await expect(one.range(2).map(failing).collect()).rejects.toThrow(/failed 1 times.*Lost task 0\.0/s);
    const three = await context('local[2,3]');
    expect(await three.range(4).map(failing).collect()).toEqual([0, 1, 2, 3]);
    const cluster = await context('local-cluster[2,1,512]', { 'spark.task.maxFailures': 2 });
    await expect(cluster.range(4).map(failing).collect()).rejects.toThrow(
      /failed 2 times.*Lost task \d\.1.*attempt 1/s,
    );
    // The context goes on.
    expect(await cluster.range(4).count()).toBe(4);
  });

  it('a worker that dies is replaced and its task runs again', async () => {
    const sc = await context('local[2]');
    const dying = sc.range(40, undefined, 1, 4).mapPartitions((it, task) => {
      const values = [...it];
      if (task.partitionId() === 2 && task.attemptNumber() === 0) process.exit(7);
      return values;
    });
    expect(await dying.count()).toBe(40);
    const workers = await sc
      .range(8, undefined, 1, 8)
      .map((_, task) => task.workerId())
      .collect();
    expect(Math.max(...workers)).toBeGreaterThan(1);
  });
  it('a task that always kills its worker ends the job', async () => {
    const sc = await context('local[1]', { 'spark.task.maxFailures': 2 });
    await expect(sc.range(2).foreach(() => process.exit(3))).rejects.toThrow(
      /failed 2 times.*ExecutorLostFailure \(executor driver exited caused by one of the running tasks\)/s,
    );
    expect(await sc.range(3).collect()).toEqual([0, 1, 2]);
  });
  it('survives the death of workers from outside, at any moment', async () => {
    const sc = await context('local[2]', { 'spark.task.maxFailures': 50 });
    const job = sc
      .range(2000, undefined, 1, 40)
      .map((x): [number, number] => [x % 10, x])
      .mapPartitions((it) => {
        const until = Date.now() + 5;
        while (Date.now() < until);
        return it;
      })
      .reduceByKey((a: number, b: number) => a + b)
      .collect();
    let over = false;
    const done = job.finally(() => {
      over = true;
    });
    for (let kills = 0; !over && kills < 12; ) {
      await new Promise((r) => setTimeout(r, 30));
      const [victim] = sc.workers.filter((w) => w.busy);
      if (victim && Math.random() < 0.4 && (await sc.killWorker(victim.workerId))) kills++;
    }
    const sums = new Map(await done);
    expect(sums.size).toBe(10);
    for (let k = 0; k < 10; k++) expect(sums.get(k)).toBe(200 * k + 10 * ((199 * 200) / 2));
  });
  it('a promise that nobody awaits fails its task, not its worker', async () => {
    const sc = await context('local[1]');
    const before = await sc
      .range(1)
      .map((_, task) => task.workerId())
      .collect();
    const stray = sc.range(1).map(async () => {
      void Promise.reject(new Error('nobody looked'));
      await new Promise((r) => setTimeout(r, 20));
    });
    await expect(stray.collect()).rejects.toThrow(/nobody looked/);
    expect(
      await sc
        .range(1)
        .map((_, task) => task.workerId())
        .collect(),
    ).toEqual(before);
  });

  describe('cancellation', () => {
    it('by signal ends a job: waiting, computing, and never yielding', async () => {
      const sc = await context('local[2]', { 'spark.task.reaper.killTimeout': '300ms' });
      const bodies = [
        sc
          .range(2, undefined, 1, 2)
          .map((_, task) => new Promise((_, no) => task.signal.addEventListener('abort', () => no(new Error('told'))))),
        sc.range(1e9, undefined, 1, 2).filter((x) => x < 0),
        sc.range(2, undefined, 1, 2).map(() => {
          for (;;);
        }),
        sc.range(2, undefined, 1, 2).map(() => new Promise(() => {})),
      ];
      for (const rdd of bodies) {
        const controller = new AbortController();
        const job = rdd.collect({ signal: controller.signal });
        setTimeout(() => controller.abort(), 100);
        await expect(job).rejects.toMatchObject({ condition: 'OPERATION_CANCELED', kind: 'cancelled' });
        expect(sc.workers.filter((w) => w.busy)).toEqual([]);
      }
      await expect(sc.range(3).collect({ signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'cancelled' });
      expect(await sc.range(5).count()).toBe(5);
    });
    it('of all jobs, and by stopping', async () => {
      const sc = await context('local[2]');
      const never = () =>
        sc
          .range(4, undefined, 1, 4)
          .map((_, task) => new Promise((_, no) => task.signal.addEventListener('abort', no)))
          .count();
      const jobs = [never(), never()].map((j) => expect(j).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' }));
      setTimeout(() => sc.cancelAllJobs(), 100);
      await Promise.all(jobs);
      const last = expect(never()).rejects.toThrow();
      await new Promise((r) => setTimeout(r, 50));
      await sc.stop();
      await last;
      expect(() => sc.range(1)).toThrow('Cannot call methods on a stopped SparkContext');
    });
    it('a failure ends the other tasks of the job', async () => {
      const sc = await context('local[2]');
      const rdd = sc.range(2, undefined, 1, 2).map((x, task) => {
        if (x === 1) throw new Error('first');
        return new Promise((_, no) => task.signal.addEventListener('abort', () => no(new Error('told'))));
      });
      await expect(rdd.collect()).rejects.toThrow('first');
      expect(sc.workers.every((w) => !w.busy)).toBe(true);
    });
  });

  describe('accumulators', () => {
    it('count every element of an action once, whatever fails and dies', async () => {
      const sc = await context('local[2,4]', { 'spark.task.maxFailures': 4 });
      const fate = fc.constantFrom('ok', 'throw', 'throw-late', 'die', 'die-late');
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.array(fate, { maxLength: 2 })), {
            minLength: 1,
            maxLength: 4,
          }),
          async (partitions) => {
            const data = partitions.flatMap(([n], p) => Array.from({ length: n }, (_, i) => 100 * p + i));
            const sum = sc.longAccumulator('sum');
            const seen = sc.collectionAccumulator<number>();
            const most = sc.accumulator(-1, { zero: () => -1, addInPlace: (a, b) => Math.max(a, b) });
            const fates = partitions.map(([, f]) => f);
            await sc.parallelize(data, partitions.length).foreachPartition(
              (it, task) => {
                const what = fates[task.partitionId()]?.[task.attemptNumber()] ?? 'ok';
                if (what === 'throw') throw new Error('early');
                if (what === 'die') process.exit(1);
                for (const x of it) {
                  sum.add(x);
                  seen.add(x);
                  most.add(x);
                }
                if (what === 'throw-late') throw new Error('late');
                if (what === 'die-late') process.exit(1);
              },
              { vars: { sum, seen, most, fates } },
            );
            expect(sum.value).toBe(data.reduce((a, b) => a + b, 0));
            expect(sum.count).toBe(data.length);
            expect([...seen.value].sort((a, b) => a - b)).toEqual(data);
            expect(most.value).toBe(Math.max(-1, ...data));
          },
        ),
        { numRuns: 15 },
      );
    });
    it('have Spark’s values and limits', async () => {
      const sc = await context('local[1]');
      const long = sc.longAccumulator('n');
      const double = sc.doubleAccumulator();
      await sc.parallelize([1, 2, 3.5]).foreach((x) => double.add(x), { vars: { double } });
      expect([double.value, double.count, double.avg]).toEqual([6.5, 3, 6.5 / 3]);
      long.add(2n ** 60n);
      long.add(5);
      expect(long.value).toBe(2n ** 60n + 5n);
      long.add(2n ** 63n - 1n);
      expect(long.value).toBe(-(2n ** 63n) + 2n ** 60n + 4n);
      long.reset();
      expect([long.value, long.isZero]).toEqual([0, true]);
      await expect(sc.range(1).foreach(() => long.add(1.5), { vars: { long } })).rejects.toThrow(
        /adds whole numbers, not 1\.5/,
      );
      await expect(
        sc
          .range(1)
          .map(() => long.value, { vars: { long } })
          .collect(),
      ).rejects.toThrow('Accumulator.value cannot be accessed inside tasks');
      // What transformations add counts as often as they run.
      const counted = sc.range(4).map(
        (x) => {
          long.add(1);
          return x;
        },
        { vars: { long } },
      );
      expect(long.value).toBe(0);
      await counted.count();
      await counted.count();
      expect(long.value).toBe(8);
    });
  });
});
