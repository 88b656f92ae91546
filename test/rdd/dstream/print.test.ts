import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Seconds } from '../../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../../src/rdd/dstream/streaming-context.js';
import type { RDD } from '../../../src/rdd/rdd.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { ManualClock } from '../../../src/rdd/streaming/clock.js';
import { startContext } from './context.js';

let sc: SparkContext;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ sc, end } = await startContext());
});
afterAll(() => end());

const start = () => {
  const clock = new ManualClock();
  return { clock, ssc: new StreamingContext(sc, Seconds(1), { clock }) };
};

it('prints the first elements of each batch, and dots where there are more', async () => {
  const { clock, ssc } = start();
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    ssc.queueStream<unknown>([sc.parallelize<unknown>(['one', [2, 'b'], 3], 2)]).print(2);
    ssc.start();
    clock.advance(2000);
    await ssc.stop({ stopSparkContext: false, stopGracefully: true });
  } finally {
    spy.mockRestore();
  }
  const line = '-'.repeat(43);
  expect(written.join('')).toBe(
    `${line}\nTime: 1000 ms\n${line}\none\n[ 2, 'b' ]\n...\n\n${line}\nTime: 2000 ms\n${line}\n\n`,
  );
});

it('remembers RDDs for as long as asked, for slice', async () => {
  const { clock, ssc } = start();
  const stream = ssc.queueStream([1, 2, 3, 4].map((x) => sc.parallelize([x], 1)));
  const slices: number[][] = [];
  await expect(stream.slice(0, 1000)).rejects.toThrow(/has not been initialized/);
  ssc.remember(3);
  stream.foreachRDD(async (_, time) => {
    const rdds: RDD<number>[] = await stream.slice(time - 2500, time);
    slices.push((await Promise.all(rdds.map((rdd) => rdd.collect()))).flat());
  });
  ssc.start();
  clock.advance(4000);
  await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
  // Times between batches count as the batch before: 1500 is 1000.
  expect(slices).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]);
});

it('transforms several streams at once', async () => {
  const { clock, ssc } = start();
  const queue = (values: number[]) => ssc.queueStream(values.map((x) => sc.parallelize([x], 1)));
  const all: number[][] = [];
  ssc
    .transform([queue([1, 2]), queue([10, 20])], ([a, b]) => sc.union([a, b]))
    .foreachRDD(async (rdd) => all.push(await rdd.collect()));
  ssc.union(queue([7]), queue([8]), queue([9])).foreachRDD(async (rdd) => all.push(await rdd.collect()));
  ssc.start();
  clock.advance(1000);
  await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
  expect(all).toEqual([
    [1, 10],
    [7, 8, 9],
  ]);
  expect(() => ssc.union()).toThrow(/at least one DStream/);
});
