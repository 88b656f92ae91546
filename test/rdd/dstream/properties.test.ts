import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { runBatches } from './batches.js';
import { startContext } from './context.js';

let sc: SparkContext;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ sc, end } = await startContext('local[2,4]'));
});
afterAll(() => end());

type Pair = [string, number];
const batches = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -5, max: 5 })), { maxLength: 6 }),
  { minLength: 1, maxLength: 7 },
) as fc.Arbitrary<Pair[][]>;

const sums = (pairs: readonly Pair[]): Record<string, number> => {
  const out: Record<string, number> = {};
  for (const [k, v] of pairs) out[k] = (out[k] ?? 0) + v;
  return out;
};
const add = (a: number, b: number): number => a + b;
const subtract = (a: number, b: number): number => a - b;

/** Against a model of a few lines, whatever the batches, windows and slides. */
describe('DStreams by property', () => {
  it('a window is the last batches, every slide; reduced with an inverse function it has the same sums', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (input, window, slide, every) => {
          const ticks = input.length + 2;
          const expected: [number, Record<string, number>][] = [];
          for (let t = slide; t <= ticks; t += slide)
            expected.push([t * 1000, sums(input.slice(Math.max(0, t - window), t).flat())]);
          const byTime = (time: number): Pair[] => input[time / 1000 - 1] ?? [];
          const plain = await runBatches<Pair, Pair>(sc, [], ticks, (s) =>
            s.transform((_, time) => sc.parallelize(byTime(time), 2)).window(window, slide),
          );
          expect(plain.map(([time, pairs]) => [time, sums(pairs)])).toEqual(expected);
          const inverse = await runBatches<Pair, Pair>(sc, [], ticks, (s) =>
            s
              .transform((_, time) => sc.parallelize(byTime(time), 2))
              .reduceByKeyAndWindow(add, subtract, window, slide)
              .checkpoint(slide * every),
          );
          const known = (all: Record<string, number>, of: Record<string, number>): Record<string, number> =>
            Object.fromEntries(Object.keys(all).map((k) => [k, of[k] ?? 0]));
          // Keys that have left the window stay, at nothing.
          expect(inverse.map(([time, pairs]) => [time, sums(pairs)])).toEqual(
            expected.map(([time, s], i) => [time, known(sums(inverse[i]?.[1] ?? []), s)]),
          );
          for (const [i, [, s]] of expected.entries())
            expect(Object.keys(sums(inverse[i]?.[1] ?? []))).toEqual(expect.arrayContaining(Object.keys(s)));
        },
      ),
      // Windows that do not touch among them.
      { numRuns: 6, examples: [[[[['a', 1]]], 1, 2, 1]] },
    );
  });

  it('a state is the sum of all batches, also when workers die and lineages are cut', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 3 }), fc.nat(6), async (input, every, death) => {
        const seen = await runBatches<Pair, Pair>(sc, input, input.length, (s) => {
          const state = s
            .updateStateByKey((values: number[], before: number | undefined) =>
              values.reduce((a, b) => a + b, before ?? 0),
            )
            .checkpoint(every);
          // A worker dies in the middle of some batch, with the states that it kept.
          state.foreachRDD(async (_, time) => {
            const [worker] = sc.workers;
            if (time === death * 1000 && worker) await sc.killWorker(worker.workerId);
          });
          return state;
        });
        expect(seen.map(([time, pairs]) => [time, Object.fromEntries(pairs)])).toEqual(
          input.map((_, i) => [(i + 1) * 1000, sums(input.slice(0, i + 1).flat())]),
        );
      }),
      { numRuns: 6 },
    );
  });

  it('counters in an action count each record of a stream once, whatever task fails at first', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(5), async (input, unlucky) => {
        const records = sc.longAccumulator('records');
        await runBatches<Pair, Pair>(sc, input, input.length, (s) => {
          s.foreachRDD((rdd) =>
            rdd.foreachPartition(
              (pairs, task) => {
                let n = 0;
                for (const _ of pairs) {
                  records.add(1);
                  if (++n === fail && task.attemptNumber() < 2) throw new RangeError('not this time');
                }
              },
              { vars: { records, fail: unlucky } },
            ),
          );
          return s;
        });
        expect(Number(records.value)).toBe(input.flat().length);
      }),
      { numRuns: 6 },
    );
  });
});

declare const fail: number;
