import { afterEach, describe, expect, it } from 'vitest';
import { Seconds } from '../../../src/rdd/dstream/duration.js';
import { StreamingContext } from '../../../src/rdd/dstream/streaming-context.js';
import { ManualClock } from '../../../src/rdd/streaming/clock.js';
import { startContext } from './context.js';

const batches = [
  [1, 2, 3],
  [1, 2, 5],
  [1, 3, 5],
];
let end: (() => Promise<void>) | undefined;
afterEach(async () => {
  await end?.();
  end = undefined;
});

/** How often each id is looked up, with and without a cache that lives with the worker, over three micro-batches. */
async function countLookUps(conf: Record<string, string> = {}) {
  const context = await startContext('local[1]', conf);
  end = context.end;
  const { sc } = context;
  const cached = sc.collectionAccumulator<number>('cached');
  const uncached = sc.collectionAccumulator<number>('uncached');
  const clock = new ManualClock();
  const ssc = new StreamingContext(sc, Seconds(1), { clock });
  const enriched: string[][] = [];
  ssc
    .queueStream(batches.map((ids) => sc.parallelize(ids, 1)))
    .mapPartitions(
      (ids, task) => {
        const cache = task.workerScoped('users', () => new Map<number, string>());
        const fetch = (id: number): string => `user ${id}`;
        return [...ids].map((id) => {
          uncached.add(id);
          let user = cache.get(id);
          if (user === undefined) {
            cached.add(id);
            user = fetch(id);
            cache.set(id, user);
          }
          return user;
        });
      },
      { vars: { cached, uncached } },
    )
    .foreachRDD(async (rdd) => enriched.push(await rdd.collect()));
  ssc.start();
  clock.advance(3000);
  await Promise.race([ssc.stop({ stopSparkContext: false, stopGracefully: true }), ssc.awaitTermination()]);
  const counts = (ids: readonly number[]): Record<number, number> => {
    const found: Record<number, number> = {};
    for (const id of ids) found[id] = (found[id] ?? 0) + 1;
    return found;
  };
  return { cached: counts(cached.value), uncached: counts(uncached.value), enriched };
}

/** The published experiment: three batches on one worker. */
describe('a cache that lives with the worker, across micro-batches', () => {
  const perBatch = { 1: 3, 2: 2, 3: 2, 5: 2 };

  it('looks each id up once', async () => {
    const { cached, uncached, enriched } = await countLookUps();
    expect(cached).toEqual({ 1: 1, 2: 1, 3: 1, 5: 1 });
    expect(uncached).toEqual(perBatch);
    expect(enriched).toEqual(batches.map((ids) => ids.map((id) => `user ${id}`)));
  });

  it('is lost with each task where workers are not reused', async () => {
    const { cached, uncached, enriched } = await countLookUps({ 'spark.worker.reuse': 'false' });
    expect(cached).toEqual(perBatch);
    expect(uncached).toEqual(perBatch);
    expect(enriched).toEqual(batches.map((ids) => ids.map((id) => `user ${id}`)));
  });
});
