import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RDD, type SparkContext, SparkSession } from '../../../src/index.js';
import expected from './expected.json' with { type: 'json' };

/** What Apache Spark 4.0.1 answered; `record.py` beside this file asked it. */
describe('RDDs as Spark', () => {
  let spark: SparkSession;
  let sc: SparkContext;
  let folder: string;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').config('spark.default.parallelism', 2).create();
    sc = spark.sparkContext;
    folder = mkdtempSync(join(tmpdir(), 'memoframe-rdd-test-'));
  });
  afterAll(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
  const glom = (rdd: RDD<unknown>) => rdd.glom().collect();
  /** As Python's `sorted(…, key=json.dumps)`. */
  const rows = async (rdd: RDD<unknown>) => {
    const key = (v: unknown) => JSON.stringify(v).replaceAll(',', ', ');
    return (await rdd.collect()).sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  };

  it('cuts collections and ranges into slices', async () => {
    for (const c of expected.parallelize) expect(await glom(sc.parallelize(upTo(c.n), c.slices))).toEqual(c.glom);
    for (const c of expected.range)
      expect(await glom(sc.range(...(c.args as [number, number, number, number])))).toEqual(c.glom);
  });
  it('moves elements between partitions', async () => {
    for (const c of expected.coalesce)
      expect(await glom(sc.parallelize(upTo(c.n), c.from).coalesce(c.to))).toEqual(c.glom);
    for (const c of expected.repartition) {
      const found = (await sc.parallelize(upTo(c.n), c.from).repartition(c.to).glom().collect()) as number[][];
      expect(found.map((p) => p.sort((a, b) => a - b))).toEqual(c.glom.map((p) => p.sort((a, b) => a - b)));
    }
    expect(await glom(sc.parallelize([1, 2, 3], 2).union(sc.parallelize([4, 5], 3)))).toEqual(expected.union);
    expect(await glom(sc.parallelize([1, 2, 3], 2).cartesian(sc.parallelize(['a', 'b', 'c'], 2)))).toEqual(
      expected.cartesian,
    );
  });
  it('numbers elements', async () => {
    const letters = sc.parallelize(['a', 'b', 'c', 'd', 'e'], 3);
    expect(await letters.zipWithIndex().collect()).toEqual(expected.zipWithIndex);
    expect(await letters.zipWithUniqueId().collect()).toEqual(expected.zipWithUniqueId);
  });
  it('draws the same samples', async () => {
    for (const c of expected.sample)
      expect(await sc.parallelize(upTo(c.n), c.slices).sample(false, c.fraction, c.seed).collect()).toEqual(c.values);
    const parts = sc.parallelize(upTo(40), 3).randomSplit([1, 2, 3], 11);
    expect(await Promise.all(parts.map((p) => p.collect()))).toEqual(expected.randomSplit);
  });
  it('takes', async () => {
    for (const c of expected.take) expect(await sc.parallelize(upTo(20), 8).take(c.n)).toEqual(c.values);
  });

  it('folds and aggregates', async () => {
    const found: number[] = [];
    for (const n of [1, 2, 3]) found.push(await sc.parallelize(upTo(10), n).fold(1, (a, b) => a + b));
    expect(found).toEqual(expected.fold);
    expect(
      await sc.parallelize([1, 2, 3, 4], 2).aggregate(
        [0, 0],
        ([s, n], v) => [(s as number) + v, (n as number) + 1],
        ([s, n], [t, m]) => [(s as number) + (t as number), (n as number) + (m as number)],
      ),
    ).toEqual(expected.aggregate);
    const stats = await sc.parallelize([1, 2.5, -4, 8], 2).stats();
    for (const [name, value] of Object.entries(expected.stats))
      expect(stats[name as keyof typeof stats], name).toBeCloseTo(value, 12);
  });

  describe('by key', () => {
    const pairs: [string, number][] = [
      ['a', 1],
      ['b', 2],
      ['a', 3],
      ['c', 4],
      ['b', 5],
      ['a', 6],
    ];
    let a: RDD<[string, number]>;
    let b: RDD<[string, string]>;
    beforeAll(() => {
      a = sc.parallelize(pairs, 3);
      b = sc.parallelize<[string, string]>(
        [
          ['a', 'x'],
          ['c', 'y'],
          ['c', 'z'],
          ['d', 'w'],
        ],
        2,
      );
    });

    it('merges values', async () => {
      const one = sc.parallelize(pairs, 1);
      expect(await rows(one.foldByKey(10, (x, y) => x + y))).toEqual(expected.foldByKey);
      expect(
        await rows(
          one.aggregateByKey(
            '',
            (s, v) => s + String(v),
            (x, y) => x + y,
          ),
        ),
      ).toEqual(expected.aggregateByKey);
      const lists = a.combineByKey(
        (v) => [v],
        (c, v) => [...c, v],
        (x, y) => x.concat(y),
      );
      expect(await rows(lists.mapValues((v) => v.sort()))).toEqual(expected.combineByKey);
      expect(await rows(a.reduceByKey((x, y) => x + y))).toEqual(expected.reduceByKey);
      expect(await rows(a.groupByKey().mapValues((v) => v.sort()))).toEqual(expected.groupByKey);
      expect([...(await a.countByKey())].sort()).toEqual(expected.countByKey);
    });
    it('joins', async () => {
      expect(await rows(a.join(b))).toEqual(expected.join);
      expect(await rows(a.leftOuterJoin(b))).toEqual(expected.leftOuterJoin);
      expect(await rows(a.rightOuterJoin(b))).toEqual(expected.rightOuterJoin);
      expect(await rows(a.fullOuterJoin(b))).toEqual(expected.fullOuterJoin);
      expect(await rows(a.cogroup(b).mapValues(([v, w]) => [v.sort(), w.sort()]))).toEqual(expected.cogroup);
      expect(await rows(a.subtractByKey(b))).toEqual(expected.subtractByKey);
    });
    it('compares elements', async () => {
      const left = sc.parallelize([1, 1, 2, 3, 4, 4], 2);
      expect(await rows(left.subtract(sc.parallelize([2, 4], 1)))).toEqual(expected.subtract);
      expect(await rows(left.intersection(sc.parallelize([4, 1, 1, 9], 3)))).toEqual(expected.intersection);
      expect(await rows(sc.parallelize([1, 1.0, 2, '2', 2, null, null], 3).distinct())).toEqual(expected.distinct);
      const tuples = sc.parallelize([[1, 'a'], [1, 'a'], [1, 'b'], [1]], 2);
      expect(await rows(tuples.distinct())).toEqual(expected.distinctTuples);
    });
    it('sorts', async () => {
      const keyed = sc.parallelize<[number, string]>(
        [
          [3, 'c'],
          [1, 'a'],
          [2, 'b'],
          [1, 'z'],
        ],
        2,
      );
      expect(await keyed.sortByKey().collect()).toEqual(expected.sortByKey);
      expect(
        await sc
          .parallelize([5, 3, 9, 1, 7, 3], 3)
          .sortBy((x) => x, false)
          .collect(),
      ).toEqual(expected.sortByDescending);
      expect(
        await sc
          .parallelize(['b', 'B', 'a', 'ä', 'aa', '', 'Z'], 3)
          .sortBy((x) => x)
          .collect(),
      ).toEqual(expected.sortByString);
      const tuples = sc.parallelize(
        [
          [2, 'a'],
          [1, 'b'],
          [1, 'a'],
          [2, ''],
        ],
        2,
      );
      expect(await tuples.sortBy((x) => x).collect()).toEqual(expected.sortByTuple);
      const numbers = sc.parallelize([10, 4, 2, 12, 3], 2);
      expect(await numbers.takeOrdered(3)).toEqual(expected.takeOrdered);
      expect(await numbers.takeOrdered(2, (x) => -x)).toEqual(expected.takeOrderedKey);
      expect(await numbers.top(2)).toEqual(expected.top);
    });
  });

  it('reads text files by pieces', async () => {
    for (const c of expected.textFile) {
      const path = join(folder, c.name);
      writeFileSync(path, c.text);
      expect(await glom(sc.textFile(path, c.min)), `${c.name} in ${c.min}`).toEqual(c.glom);
    }
    const many = join(folder, 'many');
    mkdirSync(many);
    for (const [name, text] of [
      ['b.txt', 'b1\nb2\n'],
      ['a.txt', 'a1\n'],
      ['_hidden', 'h\n'],
      ['.dot', 'd\n'],
      ['c.txt', ''],
    ] as const)
      writeFileSync(join(many, name), text);
    // Spark takes files as the system lists them, we by name.
    const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);
    for (const c of expected.textFolder)
      expect((await glom(sc.textFile(many, c.min))).sort(byText), String(c.min)).toEqual([...c.glom].sort(byText));
  });
  it('writes text files', async () => {
    const path = join(folder, 'saved');
    await sc.parallelize(['x', 'y', 'z'], 2).saveAsTextFile(path);
    const files = readdirSync(path).sort();
    expect(Object.fromEntries(files.map((f) => [f, readFileSync(join(path, f), 'utf8')]))).toEqual(
      expected.saveAsTextFile,
    );
  });

  it('says what is wrong in the same words', async () => {
    const numbers = (n: number, slices: number) => sc.parallelize(upTo(n), slices);
    const said = async (f: () => unknown): Promise<string> => {
      try {
        await f();
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    const { errors } = expected;
    expect(await said(() => numbers(1, 1).persist('MEMORY_ONLY').persist('DISK_ONLY'))).toContain(errors.changeLevel);
    expect(await said(() => numbers(3, 2).zip(numbers(3, 3)))).toContain(errors.zipPartitions);
    const elements = 'Can only zip RDDs with same number of elements in each partition';
    expect(errors.zipElements).toContain(elements);
    expect(await said(() => numbers(3, 2).zip(numbers(5, 2)).count())).toContain(elements);
    expect(await said(() => sc.emptyRDD().first())).toContain(errors.first);
    expect(await said(() => numbers(1, 0))).toContain(errors.noSlices);
    expect(await said(() => numbers(1, 1).coalesce(0))).toContain(errors.coalesceZero);
    expect(await said(() => numbers(1, 1).sample(false, 1.5, 1))).toContain(errors.sampleFraction);
    expect(await said(() => sc.textFile(join(folder, 'nothing')).count())).toContain(
      errors.noInput.replace('FOLDER', folder),
    );
    expect(await said(() => numbers(1, 1).saveAsTextFile(join(folder, 'saved')))).toContain(
      errors.outputExists.replace('FOLDER', folder),
    );
    const b = sc.broadcast('v');
    b.destroy();
    expect(await said(() => b.value)).toContain('after it was destroyed');
    expect(errors.destroyedBroadcast).toContain('after it was destroyed');
  });
});
