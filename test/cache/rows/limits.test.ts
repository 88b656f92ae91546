import { describe, expect, it } from 'vitest';
import type { DataFrame } from '../../../src/index.js';
import { Rows } from './support.js';

const app = new Rows();

type Action = (df: DataFrame) => Promise<unknown>;
const take =
  (n: number): Action =>
  (df) =>
    df.take(n);

/** Actions on `range(6400)` in 64 partitions of 100 rows, by name. */
const ACTIONS: Readonly<Record<string, Action>> = {
  'take 1': take(1),
  'take 150': take(150),
  'take 1000': take(1000),
  'take 6400': take(6400),
  'tail 1': (df) => df.tail(1),
  'tail 250': (df) => df.tail(250),
  'take 1 of nothing': (df) => df.filter('id < 0').take(1),
  'take 1 from the 21st on': (df) => df.filter('id >= 2050').take(1),
  'take 3 of one in seven partitions': (df) => df.filter('id % 700 = 699').take(3),
  'show 20': (df) => df.showString(20),
  'show 450': (df) => df.showString(450),
  first: (df) => df.first(),
  'head 301': (df) => df.head(301),
};

/** Partitions that Spark 4.0.1 fills, by `initialNumPartitions` and `scaleUpFactor`, in the order of the actions. */
const FILLED: readonly (readonly [initial: number, factor: number, filled: readonly number[]])[] = [
  [1, 4, [1, 2, 13, 64, 1, 4, 64, 25, 25, 1, 5, 1, 5]],
  [2, 4, [2, 2, 10, 64, 2, 3, 64, 50, 40, 2, 6, 2, 4]],
  [3, 2, [3, 3, 11, 64, 3, 3, 64, 27, 27, 3, 6, 3, 4]],
  [1, 2, [1, 2, 11, 64, 1, 3, 64, 27, 27, 1, 6, 1, 4]],
  [1, 10, [1, 2, 11, 64, 1, 4, 64, 64, 44, 1, 7, 1, 5]],
  [8, 4, [8, 8, 11, 64, 8, 8, 64, 40, 32, 8, 8, 8, 8]],
  [1, 1, [1, 2, 11, 64, 1, 3, 64, 27, 27, 1, 6, 1, 4]],
];

async function filledBy(action: Action): Promise<number> {
  app.spark.catalog.clearCache();
  const df = app.spark.range(0, 6400, 1, 64);
  df.cache();
  await action(df);
  return app.partitions()[0]?.[0] ?? 0;
}

describe('how many partitions an action fills', () => {
  it.each(FILLED)('T01 initialNumPartitions %i, scaleUpFactor %i', async (initial, factor, filled) => {
    const seen: Record<string, number> = {};
    await app.with(
      { 'spark.sql.limit.initialNumPartitions': initial, 'spark.sql.limit.scaleUpFactor': factor },
      async () => {
        for (const [name, action] of Object.entries(ACTIONS)) seen[name] = await filledBy(action);
      },
    );
    expect(seen).toEqual(Object.fromEntries(Object.keys(ACTIONS).map((name, i) => [name, filled[i]])));
  });

  it('T02 isEmpty, count, foreach, aggregates, sorts and a limit below another operator fill all', async () => {
    const all: Readonly<Record<string, Action>> = {
      isEmpty: (df) => df.isEmpty(),
      count: (df) => df.count(),
      foreach: (df) => df.foreach(() => undefined),
      sum: (df) => df.selectExpr('sum(id)').collect(),
      'orderBy, take': (df) => df.orderBy('id').take(3),
      'limit, count': (df) => df.limit(10).count(),
    };
    for (const [name, action] of Object.entries(all)) expect([name, await filledBy(action)]).toEqual([name, 64]);
  });

  it('T03 a limit that is collected, an offset and an iterator fill what they need', async () => {
    expect(await filledBy((df) => df.limit(10).collect())).toBe(1);
    expect(await filledBy((df) => df.offset(150).take(1))).toBe(2);
    const pull =
      (n: number): Action =>
      async (df) => {
        for await (const _ of df.toLocalIterator()) if (--n === 0) break;
      };
    expect([await filledBy(pull(1)), await filledBy(pull(150))]).toEqual([1, 2]);
  });

  it('T04 the confs are those of the session that asks; partitions are positive', async () => {
    const other = app.spark.newSession();
    other.conf.set('spark.sql.limit.initialNumPartitions', 5);
    expect(await filledBy(() => other.range(0, 6400, 1, 64).take(1))).toBe(5);
    expect(() => app.spark.conf.set('spark.sql.limit.initialNumPartitions', 0)).toThrow(/positive/);
  });

  it('T05 what was taken before counts: the blocks are read, not filled again', async () => {
    const stored: number[] = [];
    const end = app.spark.sharedState.bus.subscribe((e) => {
      if (e.type === 'materialized') stored.push(e.partition);
    });
    await filledBy(async (df) => {
      await df.take(1);
      await df.take(150);
      await df.take(1);
    });
    end();
    expect(stored).toEqual([0, 1]);
  });
});
