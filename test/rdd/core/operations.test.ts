import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RDD, type SparkContext, SparkSession } from '../../../src/index.js';

describe('operations', () => {
  let spark: SparkSession;
  let sc: SparkContext;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').create();
    sc = spark.sparkContext;
  });
  afterAll(() => spark.stop());
  const pairs = (n: number, slices: number, keys: number) =>
    sc.range(n, undefined, 1, slices).map((x): [number, number] => [x % keys, x], { vars: { keys } });

  describe('functions of partitions', () => {
    it('give arrays, generators, iterators, promises of them, or nothing', async () => {
      const rdd = sc.parallelize([1, 2, 3, 4, 5], 2);
      const expected = [2, 4, 6, 8, 10];
      const variants: RDD<number>[] = [
        rdd.mapPartitions((it) => [...it].map((x) => x * 2)),
        rdd.mapPartitions(function* (it) {
          for (const x of it) yield x * 2;
        }),
        rdd.mapPartitions(async function* (it) {
          for await (const x of it) yield x * 2;
        }),
        rdd.mapPartitions(async (it) => [...it].map((x) => x * 2)),
        rdd.mapPartitions((it) => it.map((x) => x * 2)),
        rdd.mapPartitions((it) => it.map(async (x) => x * 2)),
        rdd.mapPartitions((it) => new Set(it)).map((x) => x * 2),
        rdd.mapPartitionsWithIndex((i, it) => it.map((x) => x * 2 + 0 * i)),
        rdd.mapPartitions((it) => it.flatMap((x) => [x]).filter(() => true)).map((x) => x * 2),
      ];
      for (const v of variants) expect(await v.collect()).toEqual(expected);
      expect(await rdd.mapPartitions(() => undefined).collect()).toEqual([]);
      await expect(rdd.mapPartitions((() => 5) as never).collect()).rejects.toThrow(/gave a number where an iterable/);
    });
    it('must iterate with for await what comes asynchronously', async () => {
      const slow = sc.parallelize([1, 2, 3], 1).map(async (x) => x * 2);
      expect(
        await slow
          .mapPartitions(async function* (it) {
            for await (const x of it) yield x + 1;
          })
          .collect(),
      ).toEqual([3, 5, 7]);
      const wrong = slow.mapPartitions((it) => [...it]);
      await expect(wrong.collect()).rejects.toThrow(/before this function is asynchronous: iterate with `for await`/);
    });
    it('run their finally when the consumer stops early', async () => {
      const ends = sc.collectionAccumulator<string>();
      const rdd = sc.parallelize([1, 2, 3, 4], 1).mapPartitions(
        function* (it) {
          try {
            for (const x of it) {
              ends.add(`made ${x}`);
              yield x;
            }
          } finally {
            ends.add('closed');
          }
        },
        { vars: { ends } },
      );
      expect(await rdd.take(2)).toEqual([1, 2]);
      expect(ends.value).toEqual(['made 1', 'made 2', 'closed']);
    });
    it('call completion listeners, last first, also when they fail', async () => {
      const calls = sc.collectionAccumulator<string>();
      const run = (fail: boolean) =>
        sc.parallelize([1], 1).foreachPartition(
          (_, task) => {
            task.addTaskCompletionListener(() => calls.add('first'));
            task.addTaskCompletionListener(async () => calls.add('second'));
            if (fail) throw new Error('failed');
          },
          { vars: { calls, fail } },
        );
      await run(false);
      expect(calls.value).toEqual(['second', 'first']);
      await expect(run(true)).rejects.toThrow('failed');
    });
  });

  it('asynchronous elements come in order, one at a time', async () => {
    const active = sc.accumulator(0, { zero: () => 0, addInPlace: (a, b) => Math.max(a, b) });
    const rdd = sc
      .range(6, undefined, 1, 2)
      .map(
        async (x) => {
          const g = globalThis as { running?: number };
          g.running = (g.running ?? 0) + 1;
          active.add(g.running);
          await new Promise((r) => setTimeout(r, 6 - x));
          g.running--;
          return x;
        },
        { vars: { active } },
      )
      .filter(async (x) => x !== 1)
      .flatMap(async (x) => [x, -x])
      .keyBy(async (x) => x > 0)
      .mapValues(async (x) => x + 100);
    expect((await rdd.collect()).map(([, v]) => v)).toEqual([100, 100, 102, 98, 103, 97, 104, 96, 105, 95]);
    expect(active.value).toBe(1);
    expect(await rdd.values().cache().count()).toBe(10);
    const seen = sc.collectionAccumulator<number>();
    await rdd.values().foreach(async (x) => seen.add(x), { vars: { seen } });
    expect(seen.value.length).toBe(10);
  });

  it('are lazy, and run only the partitions that take needs', async () => {
    const ran = sc.longAccumulator();
    const rdd = sc.range(100, undefined, 1, 20).mapPartitions(
      (it) => {
        ran.add(1);
        return it;
      },
      { vars: { ran } },
    );
    expect(ran.value).toBe(0);
    expect(await rdd.take(5)).toEqual([0, 1, 2, 3, 4]);
    expect(ran.value).toBe(1);
    expect(await rdd.take(12)).toHaveLength(12);
    // One, then one and a half times what is missing, at most four times as many.
    expect(ran.value).toBe(1 + 1 + 3);
    expect(await rdd.first()).toBe(0);
    expect(await rdd.isEmpty()).toBe(false);
    expect(await rdd.filter(() => false).isEmpty()).toBe(true);
    const iterator = rdd.toLocalIterator();
    const before = Number(ran.value);
    await iterator.next();
    expect(Number(ran.value)).toBe(before + 1);
    await iterator.return(undefined);
  });

  describe('keys', () => {
    it('are equal by value', async () => {
      const day = new Date(0);
      const keyed = sc.parallelize<[unknown, number]>(
        [
          [1, 1],
          [1n, 1],
          [-0, 1],
          [0, 1],
          [Number.NaN, 1],
          [Number.NaN, 1],
          [[1, 'a'], 1],
          [[1, 'a'], 1],
          [{ b: 1, a: 2 }, 1],
          [{ a: 2, b: 1 }, 1],
          [day, 1],
          [new Date(0), 1],
          [null, 1],
          [null, 1],
          ['1', 1],
          ['\u0001[1,"a"]', 1],
          [2n ** 70n, 1],
          [2n ** 70n, 1],
          [true, 1],
        ],
        4,
      );
      const counts = await keyed.reduceByKey((a, b) => a + b, 3).collect();
      const text = (k: unknown) => (typeof k === 'bigint' ? `${k}n` : typeof k === 'string' ? k : JSON.stringify(k));
      expect(counts.map(([k, n]) => `${text(k)}:${n}`).sort()).toEqual(
        [
          '"1970-01-01T00:00:00.000Z":2',
          '0:2',
          '1180591620717411303424n:2',
          '1:1',
          '1:2',
          '[1,"a"]:2',
          'null:2',
          'null:2',
          'true:1',
          '{"b":1,"a":2}:2',
          '\u0001[1,"a"]:1',
        ].sort(),
      );
    });
    it('go where a partitioner says, which joins then use', async () => {
      const byParity = { numPartitions: 2, getPartition: (key: number) => key % 2 };
      const parted = pairs(20, 3, 6).partitionBy(byParity);
      expect(parted.getNumPartitions()).toBe(2);
      const keys = (await parted.keys().glom().collect()).map((p) => [...new Set(p)].sort());
      expect(keys).toEqual([
        [0, 2, 4],
        [1, 3, 5],
      ]);
      // Known to be there: no second shuffle.
      expect(parted.partitionBy(byParity)).toBe(parted);
      const sums = parted.reduceByKey((a, b) => a + b, byParity);
      expect(sums.toDebugString()).not.toMatch(/\+-.*\+-/s);
      expect(sums.partitioner).toBe(parted.partitioner);
      expect(new Map(await sums.collect())).toEqual(
        new Map(
          await pairs(20, 3, 6)
            .reduceByKey((a, b) => a + b)
            .collect(),
        ),
      );
      const joined = parted.join(sums);
      expect(joined.partitioner?.numPartitions).toBe(2);
      expect(await joined.count()).toBe(20);
      expect(parted.map((x) => x).partitioner).toBeUndefined();
      expect(parted.filter(() => true).mapValues((v) => v).partitioner).toBe(parted.partitioner);
      const both = parted.union(sums);
      expect(both.getNumPartitions()).toBe(2);
      expect((await both.keys().glom().collect()).map((p) => p.every((k) => k % 2 === p[0]! % 2))).toEqual([
        true,
        true,
      ]);
      const wrong = pairs(4, 1, 4).partitionBy({ numPartitions: 2, getPartition: () => 2 });
      await expect(wrong.count()).rejects.toThrow(/partitioner gave 2 for a key, where a whole number from 0 to 1/);
    });
    it('are found by lookup in one partition', async () => {
      const parted = pairs(20, 2, 10).partitionBy(5);
      expect((await parted.lookup(3)).sort((a, b) => a - b)).toEqual([13, 3].sort((a, b) => a - b));
      expect(await parted.lookup(99)).toEqual([]);
      const composite = sc.parallelize<[number[], string]>(
        [
          [[1, 2], 'x'],
          [[3], 'y'],
        ],
        2,
      );
      expect(await composite.lookup([1, 2])).toEqual(['x']);
      expect(await composite.collectAsMap()).toEqual(
        new Map([
          [[1, 2], 'x'],
          [[3], 'y'],
        ]),
      );
    });
    it('must be there', async () => {
      const none = sc.parallelize([1, 2], 1) as unknown as RDD<[number, number]>;
      await expect(none.reduceByKey((a, b) => a + b).collect()).rejects.toThrow(
        /needs \[key, value\] elements, but met 1/,
      );
    });
    it('are sorted across partitions', async () => {
      const shuffled = sc.range(1000, undefined, 1, 7).map((x): [number, number] => [(x * 7919) % 1000, x]);
      const sorted = shuffled.sortByKey(true, 4);
      expect(await sorted.keys().collect()).toEqual(Array.from({ length: 1000 }, (_, i) => i));
      const sizes = (await sorted.glom().collect()).map((p) => p.length);
      expect(sizes.length).toBe(4);
      expect(Math.min(...sizes)).toBeGreaterThan(100);
      expect((await shuffled.sortByKey(false).keys().collect()).slice(0, 3)).toEqual([999, 998, 997]);
      const within = shuffled.repartitionAndSortWithinPartitions(3);
      for (const p of await within.keys().glom().collect()) expect(p).toEqual([...p].sort((a, b) => a - b));
    });
    it('group in order of arrival', async () => {
      const groups = await pairs(9, 3, 3).groupByKey(2).collect();
      expect(new Map(groups)).toEqual(
        new Map([
          [0, [0, 3, 6]],
          [1, [1, 4, 7]],
          [2, [2, 5, 8]],
        ]),
      );
      const byFunction = await sc
        .range(6)
        .groupBy((x) => (x % 2 === 0 ? 'even' : 'odd'))
        .collect();
      expect(new Map(byFunction)).toEqual(
        new Map([
          ['even', [0, 2, 4]],
          ['odd', [1, 3, 5]],
        ]),
      );
    });
  });

  it('a shuffle is made once, and its output used again', async () => {
    const mapped = sc.longAccumulator();
    const sums = sc
      .range(10, undefined, 1, 2)
      .map(
        (x): [number, number] => {
          mapped.add(1);
          return [x % 2, x];
        },
        { vars: { mapped } },
      )
      .reduceByKey((a, b) => a + b);
    const [first, second] = await Promise.all([sums.collect(), sums.count()]);
    expect([first.length, second, mapped.value]).toEqual([2, 2, 10]);
    await sums.mapValues((v) => v + 1).collect();
    expect(mapped.value).toBe(10);
  });

  it('carry Decimals, timestamps and other values of rows', async () => {
    const df = spark.sql(
      "SELECT id, CAST(id AS DECIMAL(10,2)) AS d, TIMESTAMP'2020-01-01 00:00:00' AS t, array(id) AS a, INTERVAL '1-2' YEAR TO MONTH AS i FROM range(5)",
    );
    const rows = await df.rdd.map((r) => [String(r['d']), String(r['t']), r['a'], String(r['i'])]).collect();
    expect(rows[1]).toEqual(['1.00', '2020-01-01 00:00:00', [1n], "INTERVAL '1-2' YEAR TO MONTH"]);
    const back = await df.rdd.filter((r) => (r['id'] as bigint) > 2n).toDF(df.schema);
    expect(await back.collect()).toEqual((await df.collect()).slice(3));
    expect(await df.rdd.count()).toBe(5);
    const named = await sc
      .parallelize(
        [
          [1, 'a'],
          [2, 'b'],
        ],
        2,
      )
      .toDF(['id', 'name']);
    expect(named.dtypes).toEqual([
      ['id', 'bigint'],
      ['name', 'string'],
    ]);
    expect(await named.count()).toBe(2);
    const typed = await sc.parallelize([{ id: 1 }], 1).toDF('id int');
    expect(typed.dtypes).toEqual([['id', 'int']]);
  });
  it('a DataFrame is computed anew for each job', async () => {
    const df = spark.range(10);
    const { rdd } = df;
    expect(df.rdd).toBe(rdd);
    expect(await rdd.map((r) => Number(r['id'])).reduce((a, b) => a + b)).toBe(45);
    const [a, b] = await Promise.all([rdd.count(), rdd.map((r) => r['id']).collect()]);
    expect([a, b.length]).toEqual([10, 10]);
    await expect(spark.sql('SELECT 1 / (id - id) FROM range(2)').rdd.count()).rejects.toThrow('DIVIDE_BY_ZERO');
  });

  it('tell their lineage', () => {
    const rdd = pairs(4, 2, 2)
      .reduceByKey((a, b) => a + b, 3)
      .setName('sums')
      .cache();
    expect(rdd.toDebugString().replace(/\[\d+\]/g, '[#]')).toBe(
      [
        '(3) sums ShuffledRDD[#] [Memory Deserialized 1x Replicated]',
        ' +-(2) MapPartitionsRDD[#]',
        '     |  MapPartitionsRDD[#]',
      ].join('\n'),
    );
    expect(rdd.name).toBe('sums');
    rdd.unpersist();
  });
  it('empty RDDs have results where that makes sense', async () => {
    const none = sc.emptyRDD<number>();
    expect(await none.collect()).toEqual([]);
    expect(await none.fold(7, (a, b) => a + b)).toBe(7);
    expect([await none.count(), await none.sum(), await none.isEmpty()]).toEqual([0, 0, true]);
    expect(await none.union(sc.range(2)).collect()).toEqual([0, 1]);
    expect(
      await none
        .map((x): [number, number] => [x, x])
        .reduceByKey((a, b) => a + b)
        .collect(),
    ).toEqual([]);
    expect(await none.sortBy((x) => x).collect()).toEqual([]);
    expect(await none.zipWithIndex().collect()).toEqual([]);
    await expect(none.reduce((a, b) => a + b)).rejects.toThrow('empty collection');
    await expect(none.max()).rejects.toThrow('empty collection');
  });
});
