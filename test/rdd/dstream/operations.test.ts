import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DStream } from '../../../src/rdd/dstream/dstream.js';
import { Seconds } from '../../../src/rdd/dstream/duration.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { StorageLevel } from '../../../src/storage/block/storage-level.js';
import { type BatchesOptions, runBatches } from './batches.js';
import { startContext } from './context.js';

type Pair = [string, number];

let sc: SparkContext;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ sc, end } = await startContext());
});
afterAll(() => end());

const run = <T, U>(
  input: readonly (readonly T[])[],
  ticks: number,
  build: (s: DStream<T>) => DStream<U>,
  options?: BatchesOptions<T>,
) => runBatches(sc, input, ticks, build, options);

const numbers = [
  [1, 2, 3],
  [1, 2, 5],
  [1, 3, 5],
];
const pairs: Pair[][] = [
  [
    ['a', 1],
    ['b', 2],
  ],
  [['a', 3]],
  [],
  [
    ['c', 4],
    ['a', 1],
  ],
];

/** Recorded from Spark 4.0.1 (PySpark, ManualClock, batches of one second, two slices). */
describe('as Spark 4.0.1 recorded', () => {
  it('queueStream', async () => {
    expect(await run(numbers, 5, (s) => s)).toEqual([
      [1000, [1, 2, 3]],
      [2000, [1, 2, 5]],
      [3000, [1, 3, 5]],
      [4000, []],
      [5000, []],
    ]);
    expect(await run(numbers, 3, (s) => s, { oneAtATime: false })).toEqual([
      [1000, [1, 1, 1, 2, 2, 3, 3, 5, 5]],
      [2000, []],
      [3000, []],
    ]);
    expect(await run(numbers.slice(0, 1), 3, (s) => s, { defaults: [9] })).toEqual([
      [1000, [1, 2, 3]],
      [2000, [9]],
      [3000, [9]],
    ]);
  });

  it('window', async () => {
    expect(await run(numbers, 5, (s) => s.window(2))).toEqual([
      [1000, [1, 2, 3]],
      [2000, [1, 1, 2, 2, 3, 5]],
      [3000, [1, 1, 2, 3, 5, 5]],
      [4000, [1, 3, 5]],
      [5000, []],
    ]);
    expect(await run(numbers, 6, (s) => s.window(3, 2))).toEqual([
      [2000, [1, 1, 2, 2, 3, 5]],
      [4000, [1, 1, 2, 3, 5, 5]],
      [6000, []],
    ]);
  });

  it('count and reduce', async () => {
    expect(await run(numbers, 5, (s) => s.count())).toEqual([
      [1000, [3]],
      [2000, [3]],
      [3000, [3]],
      [4000, [0]],
      [5000, [0]],
    ]);
    expect(await run(numbers, 5, (s) => s.reduce((a, b) => a + b))).toEqual([
      [1000, [6]],
      [2000, [8]],
      [3000, [9]],
      [4000, []],
      [5000, []],
    ]);
    expect(await run(numbers, 6, (s) => s.reduceByWindow((a, b) => a + b, null, 2, 1))).toEqual([
      [1000, [6]],
      [2000, [14]],
      [3000, [17]],
      [4000, [9]],
      [5000, []],
      [6000, []],
    ]);
  });

  it('countByValueAndWindow', async () => {
    expect(await run(numbers, 6, (s) => s.countByValueAndWindow(2, 1))).toEqual([
      [
        1000,
        [
          [1, 1],
          [2, 1],
          [3, 1],
        ],
      ],
      [
        2000,
        [
          [1, 2],
          [2, 2],
          [3, 1],
          [5, 1],
        ],
      ],
      [
        3000,
        [
          [1, 2],
          [2, 1],
          [3, 1],
          [5, 2],
        ],
      ],
      [
        4000,
        [
          [1, 1],
          [3, 1],
          [5, 1],
        ],
      ],
      [5000, []],
      [6000, []],
    ]);
  });

  it('reduceByKeyAndWindow', async () => {
    const expected = [
      [
        1000,
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
      [
        2000,
        [
          ['a', 4],
          ['b', 2],
        ],
      ],
      [3000, [['a', 3]]],
      [
        4000,
        [
          ['a', 1],
          ['c', 4],
        ],
      ],
      [
        5000,
        [
          ['a', 1],
          ['c', 4],
        ],
      ],
      [6000, []],
    ];
    expect(await run(pairs, 6, (s) => s.reduceByKeyAndWindow((a, b) => a + b, null, 2, 1))).toEqual(expected);
    // Scala's order of arguments, with a number of partitions.
    expect(await run(pairs, 6, (s) => s.reduceByKeyAndWindow((a, b) => a + b, Seconds(2), Seconds(1), 3))).toEqual(
      expected,
    );
    const filter = (entry: Pair): boolean => entry[1] !== 0;
    const inverse = (s: DStream<Pair>) =>
      s.reduceByKeyAndWindow(
        (a, b) => a + b,
        (a, b) => a - b,
        2,
        1,
        { filter },
      );
    expect(await run(pairs, 6, inverse)).toEqual(expected);
  });

  it('updateStateByKey', async () => {
    const sum = (values: number[], state: number | undefined): number => values.reduce((a, b) => a + b, state ?? 0);
    expect(await run(pairs, 6, (s) => s.updateStateByKey(sum))).toEqual([
      [
        1000,
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
      [
        2000,
        [
          ['a', 4],
          ['b', 2],
        ],
      ],
      [
        3000,
        [
          ['a', 4],
          ['b', 2],
        ],
      ],
      [
        4000,
        [
          ['a', 5],
          ['b', 2],
          ['c', 4],
        ],
      ],
      [
        5000,
        [
          ['a', 5],
          ['b', 2],
          ['c', 4],
        ],
      ],
      [
        6000,
        [
          ['a', 5],
          ['b', 2],
          ['c', 4],
        ],
      ],
    ]);
    const gone = (values: number[], state: number | undefined): number | null =>
      values.length === 0 ? null : values.reduce((a, b) => a + b, state ?? 0);
    expect(await run(pairs, 6, (s) => s.updateStateByKey(gone))).toEqual([
      [
        1000,
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
      [2000, [['a', 4]]],
      [3000, []],
      [
        4000,
        [
          ['a', 1],
          ['c', 4],
        ],
      ],
      [5000, []],
      [6000, []],
    ]);
  });

  it('union', async () => {
    expect(await run(numbers, 2, (s) => s.union(s.map((x) => -x)))).toEqual([
      [1000, [-1, -2, -3, 1, 2, 3]],
      [2000, [-1, -2, -5, 1, 2, 5]],
    ]);
  });
});

/** Inputs and outputs of Spark's WindowOperationsSuite. */
describe('as Spark’s WindowOperationsSuite expects', () => {
  const single = [[0], [1], [2], [3], [4], [5]];
  const windows: [name: string, output: number[][], window: number, slide: number][] = [
    ['basic', [[0], [0, 1], [1, 2], [2, 3], [3, 4], [4, 5]], 2, 1],
    [
      'tumbling',
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      2,
      2,
    ],
    [
      'larger',
      [
        [0, 1],
        [0, 1, 2, 3],
        [2, 3, 4, 5],
        [4, 5],
      ],
      4,
      2,
    ],
    [
      'non-overlapping',
      [
        [1, 2],
        [4, 5],
      ],
      2,
      3,
    ],
  ];
  it.each(windows)('window: %s', async (_, output, window, slide) => {
    // Spark's test input goes by time, where a queue gives its RDDs as they are asked for.
    const byTime = (s: DStream<number>) => s.transform((_, time) => sc.parallelize(single[time / 1000 - 1] ?? [], 2));
    const seen = await run(single, output.length * slide, (s) => byTime(s).window(Seconds(window), Seconds(slide)));
    expect(seen.map((batch) => batch[1])).toEqual(output);
  });

  const pair = (counts: Record<string, number>): Pair[] => Object.entries(counts);
  const twice = (batches: Record<string, number>[]): Pair[][] => [...batches, ...batches].map(pair);
  const bigInput = twice([{ a: 1 }, { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }, { a: 1, b: 1 }, { a: 1 }, {}]);
  const bigOutput = twice([
    { a: 1 },
    { a: 2, b: 1 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 1 },
    { a: 1 },
  ]);
  const bigInverseOutput = [
    { a: 1 },
    { a: 2, b: 1 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 1, c: 0 },
    { a: 1, b: 0, c: 0 },
    { a: 1, b: 0, c: 0 },
    { a: 2, b: 1, c: 0 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 2, c: 1 },
    { a: 2, b: 1, c: 0 },
    { a: 1, b: 0, c: 0 },
  ].map(pair);
  const largerSlide = [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }, { a: 5 }, { a: 6 }, {}, {}].map(pair);
  const largerSlideOutput = [{ a: 3 }, { a: 10 }, { a: 18 }, { a: 11 }].map(pair);
  const add = (a: number, b: number): number => a + b;
  const subtract = (a: number, b: number): number => a - b;
  const outputs = (seen: readonly [number, Pair[]][]) => seen.map((batch) => batch[1]);

  it('reduceByKeyAndWindow', async () => {
    expect(outputs(await run(bigInput, 12, (s) => s.reduceByKeyAndWindow(add, null, 2, 1)))).toEqual(bigOutput);
    expect(outputs(await run(largerSlide, 8, (s) => s.reduceByKeyAndWindow(add, null, 4, 2)))).toEqual(
      largerSlideOutput,
    );
  });

  it('reduceByKeyAndWindow with an inverse function, with and without filter', async () => {
    const inverse = (s: DStream<Pair>) => s.reduceByKeyAndWindow(add, subtract, 2, 1);
    expect(outputs(await run(bigInput, 12, inverse))).toEqual(bigInverseOutput);
    const filtered = (s: DStream<Pair>) =>
      s.reduceByKeyAndWindow(add, subtract, 2, 1, { filter: (entry) => entry[1] !== 0 });
    expect(outputs(await run(bigInput, 12, filtered))).toEqual(bigOutput);
    const larger = (s: DStream<Pair>) => s.reduceByKeyAndWindow(add, subtract, 4, 2);
    expect(outputs(await run(largerSlide, 8, larger))).toEqual(largerSlideOutput);
  });

  it('is the same when lineages are cut at each batch', async () => {
    const cut = (s: DStream<Pair>) => s.reduceByKeyAndWindow(add, subtract, 2, 1).checkpoint(1);
    expect(outputs(await run(bigInput, 12, cut))).toEqual(bigInverseOutput);
    const sum = (values: number[], state: number | undefined): number => values.reduce((a, b) => a + b, state ?? 0);
    const state = (s: DStream<Pair>) => s.updateStateByKey(sum);
    const short = (s: DStream<Pair>) => state(s).checkpoint(2);
    expect(await run(bigInput, 12, short)).toEqual(await run(bigInput, 12, state));
  });

  it('groupByKeyAndWindow', async () => {
    const seen = await run(bigInput, 4, (s) => s.groupByKeyAndWindow(2, 1));
    expect(seen.map((batch) => batch[1])).toEqual([
      [['a', [1]]],
      [
        ['a', [1, 1]],
        ['b', [1]],
      ],
      [
        ['a', [1, 1]],
        ['b', [1, 1]],
        ['c', [1]],
      ],
      [
        ['a', [1, 1]],
        ['b', [1, 1]],
        ['c', [1]],
      ],
    ]);
  });

  it('countByWindow', async () => {
    const seen = await run([[1], [1], [1, 2], [0], [], []], 6, (s) => s.countByWindow(2, 1));
    expect(seen.map((batch) => batch[1])).toEqual([[1], [2], [3], [3], [1], [0]]);
  });
});

describe('elements and RDDs', () => {
  it('map, flatMap, filter, mapPartitions, with vars', async () => {
    const build = (s: DStream<number>) =>
      s
        .map((x) => x * factor, { vars: { factor: 10 } })
        .flatMap((x) => [x, x + 1])
        .filter((x) => x % 2 === 0)
        .mapPartitions((it) => [[...it].length]);
    expect(await run(numbers, 1, build, { slices: 1 })).toEqual([[1000, [3]]]);
  });

  it('functions that capture are refused where they are given', async () => {
    const captured = 3;
    const build = (s: DStream<number>) => s.map((x) => x * captured);
    await expect(run(numbers, 1, build)).rejects.toThrow(/Task not serializable.*`captured`/);
  });

  it('transform, with time, and asynchronous', async () => {
    const build = (s: DStream<number>) =>
      s.transform(async (rdd, time) => {
        const n = await rdd.count();
        return rdd.map((x) => [t, n, x], { vars: { t: time, n } });
      });
    expect(await run([[7], [8, 9]], 2, build)).toEqual([
      [1000, [[1000, 1, 7]]],
      [
        2000,
        [
          [2000, 2, 8],
          [2000, 2, 9],
        ],
      ],
    ]);
  });

  it('joins batches of two streams', async () => {
    const build = (s: DStream<Pair>) => s.join(s.mapValues((v) => v * 100)).map(([k, [a, b]]) => [k, a + b] as Pair);
    expect(await run(pairs.slice(0, 1), 1, build)).toEqual([
      [
        1000,
        [
          ['a', 101],
          ['b', 202],
        ],
      ],
    ]);
  });

  it('updateStateByKey starts from given states', async () => {
    const initialRDD = sc.parallelize<Pair>(
      [
        ['a', 100],
        ['z', 1],
      ],
      2,
    );
    const sum = (values: number[], state: number | undefined): number => values.reduce((a, b) => a + b, state ?? 0);
    expect(await run(pairs, 2, (s) => s.updateStateByKey(sum, { initialRDD, numPartitions: 3 }))).toEqual([
      [
        1000,
        [
          ['a', 101],
          ['b', 2],
          ['z', 1],
        ],
      ],
      [
        2000,
        [
          ['a', 104],
          ['b', 2],
          ['z', 1],
        ],
      ],
    ]);
  });

  it('persists the RDDs of batches and lets them go', async () => {
    const levels: [StorageLevel, string][] = [];
    const kept: number[] = [];
    const build = (s: DStream<number>) => {
      const mapped = s.map((x) => x + 1).persist(StorageLevel.MEMORY_ONLY);
      mapped.foreachRDD((rdd) => {
        levels.push([rdd.getStorageLevel(), rdd.toString()]);
        kept.push(sc.getPersistentRDDs().size);
      });
      return mapped;
    };
    await run(numbers, 5, build);
    expect(levels.every(([level]) => level.equals(StorageLevel.MEMORY_ONLY))).toBe(true);
    expect(levels).toHaveLength(5);
    // A batch is remembered until the next one has ended.
    expect(Math.max(...kept)).toBeLessThanOrEqual(5);
    expect(sc.getPersistentRDDs().size).toBe(0);
  });
});

declare const factor: number;
declare const t: number;
