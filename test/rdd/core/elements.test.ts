import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Decimal, type SparkContext, SparkSession } from '../../../src/index.js';

/** What becomes of elements that are unusual: many, late, of a class of their own, or without an equal. */
describe('unusual elements', () => {
  let spark: SparkSession;
  let sc: SparkContext;
  let folder: string;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').create();
    sc = spark.sparkContext;
    folder = mkdtempSync(join(tmpdir(), 'memoframe-elements-'));
  });
  afterAll(async () => {
    await spark.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('take gives more elements than a call may have arguments', async () => {
    const taken = await sc.range(300_000, undefined, 1, 2).take(250_000);
    expect([taken.length, taken.at(-1)]).toEqual([250_000, 249_999]);
  });

  it('places are those of the elements, whichever is there first', async () => {
    const late = sc.parallelize([60, 30, 1], 1).map(async (ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return ms;
    });
    const all = [
      [60, 0],
      [30, 1],
      [1, 2],
    ];
    const together = (rdd: ReturnType<typeof late.zipWithIndex>) =>
      rdd.mapPartitions((it, task) => task.awaitAll(it as never) as AsyncIterable<unknown>).collect();
    expect(await together(late.zipWithIndex())).toEqual(all);
    expect(await together(late.zipWithUniqueId())).toEqual(all);
  });

  describe('decimals', () => {
    const half = new Decimal(5n, 1);
    // A function that travels as text has the class by the values that it is given.
    const add = (a: Decimal, b: Decimal) => new (a.constructor as typeof Decimal)(a.unscaled + b.unscaled, a.scale);
    const zero = new Decimal(0n, 1);

    it('are decimals where an aggregate begins with one', async () => {
      const rdd = sc.parallelize([half, half, half], 2);
      const sum = await rdd.aggregate(zero, add, add);
      expect(sum).toBeInstanceOf(Decimal);
      expect(String(sum)).toBe('1.5');
      expect(String(await rdd.fold(zero, add))).toBe('1.5');
    });
    it('are decimals where the aggregate of a key begins with one', async () => {
      const pairs = sc.parallelize([half, half, half], 2).keyBy(() => 'k');
      const [[, sum] = []] = await pairs.aggregateByKey(zero, add, add).collect();
      expect(String(sum)).toBe('1.5');
      const [[, folded] = []] = await pairs.foldByKey(zero, add).collect();
      expect(String(folded)).toBe('1.5');
    });
    it('are decimals in accumulators', async () => {
      const total = sc.accumulator(zero, { zero: () => new Decimal(0n, 1), addInPlace: add } as never, {});
      await sc.parallelize([half, half, half], 2).foreach((d) => total.add(d as never), { vars: { total } });
      expect(String(total.value)).toBe('1.5');
      expect(total.isZero).toBe(false);
      total.reset();
      expect(total.isZero).toBe(true);
    });
  });

  it('subtract asks no partitioner of keys about whole pairs', async () => {
    const byKey = {
      numPartitions: 2,
      getPartition: (key: string) => key.charCodeAt(0) % 2,
    };
    const pairs = (...keys: string[]) => sc.parallelize(keys, 2).map((k): [string, number] => [k, 1]);
    const left = pairs('a', 'b', 'c').partitionBy(byKey);
    expect((await left.subtract(pairs('b'))).getNumPartitions()).toBe(2);
    expect((await left.subtract(pairs('b')).keys().collect()).sort()).toEqual(['a', 'c']);
  });

  it('a union with an RDD without partitions keeps the partitioner', async () => {
    const pairs = sc
      .range(6)
      .map((x): [number, number] => [x % 3, x])
      .reduceByKey((a, b) => a + b, 3);
    const joined = pairs.union(sc.emptyRDD()).union(pairs);
    expect(joined.getNumPartitions()).toBe(3);
    expect(joined.partitioner).toBe(pairs.partitioner);
    expect((await joined.collect()).length).toBe(6);
  });

  it('NaN is a key like any other', async () => {
    const pairs = sc.parallelize<[number, string]>(
      [
        [Number.NaN, 'a'],
        [1, 'b'],
        [Number.NaN, 'c'],
      ],
      2,
    );
    expect(await pairs.lookup(Number.NaN)).toEqual(['a', 'c']);
    expect(await pairs.partitionBy(4).lookup(Number.NaN)).toEqual(['a', 'c']);
  });

  it('keys that are equal by content are one key of a map', async () => {
    const map = await sc
      .parallelize<[number[], string]>(
        [
          [[1, 2], 'a'],
          [[3], 'b'],
          [[1, 2], 'c'],
        ],
        2,
      )
      .collectAsMap();
    expect([...map]).toEqual([
      [[1, 2], 'c'],
      [[3], 'b'],
    ]);
  });

  it('numbers of elements that are negative are refused', async () => {
    await expect(sc.range(3).takeSample(false, -1)).rejects.toThrow('Negative number of elements requested');
    expect(await sc.range(3).takeOrdered(-1)).toEqual([]);
  });

  it('large whole numbers are written as they are', async () => {
    const path = join(folder, 'bigints');
    await sc.parallelize([[2n ** 63n, 'x', { n: 9007199254740993n }]], 1).saveAsTextFile(path);
    expect(readFileSync(join(path, 'part-00000'), 'utf8')).toBe('[9223372036854775808,"x",{"n":9007199254740993}]\n');
  });

  describe('text files', () => {
    it('lose the mark of their byte order', async () => {
      const path = join(folder, 'marked.txt');
      writeFileSync(path, '\uFEFFone\n\uFEFFtwo\n');
      expect(await sc.textFile(path, 1).collect()).toEqual(['one', '\uFEFFtwo']);
    });
    it('are unpacked by their extension, or refused', async () => {
      writeFileSync(join(folder, 'a.gz'), gzipSync('one\ntwo\n'));
      writeFileSync(join(folder, 'b.deflate'), deflateSync('three\n'));
      expect(await sc.textFile(join(folder, '{a.gz,b.deflate}')).collect()).toEqual(['one', 'two', 'three']);
      writeFileSync(join(folder, 'c.bz2'), 'BZh9');
      await expect(sc.textFile(join(folder, 'c.bz2')).collect()).rejects.toThrow(/UNSUPPORTED_FEATURE/);
    });
  });
});
