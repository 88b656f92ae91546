import { afterEach, describe, expect, it } from 'vitest';
import { type SparkContext, SparkSession } from '../../../src/index.js';

let spark: SparkSession | undefined;
afterEach(async () => {
  await spark?.stop();
  spark = undefined;
});
async function start(master = 'local[1]'): Promise<SparkContext> {
  spark = await SparkSession.builder.master(master).create();
  return spark.sparkContext;
}

/** What still runs on the worker, counted there. */
interface Pulse {
  running: number;
  started: number;
}
/** Waits, and counts that on the worker; the wait ends with its signal. Travels as text. */
const slow = (pulse: Pulse, ms: number, signal: AbortSignal): Promise<void> => {
  pulse.running++;
  pulse.started++;
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      pulse.running--;
      resolve();
    }, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      pulse.running--;
      reject(signal.reason);
    });
  });
};
const pulseOf = async (sc: SparkContext): Promise<Pulse> =>
  (
    await sc
      .range(0, 1, 1, 1)
      .map((_, task) => ({ ...task.workerScoped<Pulse>('pulse', () => ({ running: 0, started: 0 })) }))
      .collect()
  )[0] as Pulse;

const VARIANTS = ['awaitAll', 'awaitBatch', 'awaitSliding', 'slidingPrefetch'] as const;

describe.each(VARIANTS)('%s in a task', (variant) => {
  const over = (sc: SparkContext, ms: number, options: { bad?: number; timeoutMs?: number } = {}) =>
    sc.range(0, 12, 1, 1).mapPartitions(
      (it, task) => {
        const pulse = task.workerScoped<Pulse>('pulse', () => ({ running: 0, started: 0 }));
        const each = async (x: number, signal: AbortSignal): Promise<number> => {
          await slow(pulse, ms, signal);
          if (x === options.bad) throw new RangeError(`no ${x}`);
          return x * 2;
        };
        const given = { each, timeoutMs: options.timeoutMs };
        return variant === 'awaitAll' ? task.awaitAll(it, given) : task[variant](it, 3, given);
      },
      { vars: { slow, variant, ms, options } },
    );

  it('gives all results in order', async () => {
    const sc = await start();
    expect(await over(sc, 5).collect()).toEqual(Array.from({ length: 12 }, (_, i) => i * 2));
    expect(await pulseOf(sc)).toEqual({ running: 0, started: 12 });
  });

  it('a failure fails the task and leaves nothing running', async () => {
    const sc = await start();
    await expect(over(sc, 20, { bad: 1 }).collect()).rejects.toThrow(/failed 1 times[\s\S]*no 1/);
    expect((await pulseOf(sc)).running).toBe(0);
  });

  it('a time-out fails the task and leaves nothing running', async () => {
    const sc = await start();
    await expect(over(sc, 5000, { timeoutMs: 30 }).collect()).rejects.toThrow(/ASYNC_CALL_TIMEOUT/);
    expect((await pulseOf(sc)).running).toBe(0);
  });

  it('a job that is cancelled leaves nothing running', async () => {
    const sc = await start();
    const end = new AbortController();
    setTimeout(() => end.abort(), 60);
    await expect(over(sc, 5000).collect({ signal: end.signal })).rejects.toMatchObject({
      condition: 'OPERATION_CANCELED',
    });
    expect((await pulseOf(sc)).running).toBe(0);
  });

  it('take starts no more than its bound', async () => {
    const sc = await start();
    expect(await over(sc, 5).take(2)).toEqual([0, 2]);
    const { running, started } = await pulseOf(sc);
    expect(running).toBe(0);
    expect(started).toBeLessThanOrEqual({ awaitAll: 12, awaitBatch: 3, awaitSliding: 4, slidingPrefetch: 7 }[variant]);
  });
});

describe('executeAsync in a task', () => {
  it('what nobody waits for is stopped with the task', async () => {
    const sc = await start();
    const begun = performance.now();
    const found = await sc
      .range(0, 4, 1, 1)
      .mapPartitions(
        (it, task) => {
          const pulse = task.workerScoped<Pulse>('pulse', () => ({ running: 0, started: 0 }));
          return it.map((x) => task.executeAsync((signal) => slow(pulse, 60_000, signal)).state + x);
        },
        { vars: { slow } },
      )
      .collect();
    expect(found).toEqual([0, 1, 2, 3].map((x) => `running${x}`));
    expect(await pulseOf(sc)).toEqual({ running: 0, started: 4 });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('a failure that nobody looked at fails the task', async () => {
    const sc = await start();
    const lost = sc.range(0, 1, 1, 1).mapPartitions(async function* (it, task) {
      task.executeAsync(() => Promise.reject(new RangeError('written nowhere')));
      await new Promise((resolve) => setTimeout(resolve, 10));
      yield* it;
    });
    await expect(lost.collect()).rejects.toThrow(/written nowhere/);
  });

  it('a failure that was handled does not', async () => {
    const sc = await start();
    const handled = sc.range(0, 1, 1, 1).map(async (_, task) => {
      const call = task.executeAsync(() => Promise.reject(new RangeError('expected')));
      return call.result.then(
        () => 'no',
        (error: Error) => error.message,
      );
    });
    expect(await handled.collect()).toEqual(['expected']);
  });

  it('a failed attempt is tried again', async () => {
    const sc = await start('local[1,3]');
    const attempts = sc.range(0, 3, 1, 1).mapPartitions((it, task) =>
      task.awaitSliding(it, 2, {
        each: async (x: number) => {
          if (x === 1 && task.attemptNumber() < 2) throw new RangeError('not yet');
          return [x, task.attemptNumber()];
        },
      }),
    );
    expect(await attempts.collect()).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
  });
});

it('elements that a map before made promises of are started within the window', async () => {
  const sc = await start();
  const [found] = await sc
    .range(0, 10, 1, 1)
    .mapPartitions(async (it, task) => {
      let running = 0;
      let most = 0;
      const calls = it.map(async (x) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return x * 3;
      });
      const results: number[] = [];
      for await (const r of task.awaitSliding<number>(calls as never, 3)) results.push(r);
      return [{ results, most }];
    })
    .collect();
  expect(found).toEqual({ results: Array.from({ length: 10 }, (_, i) => i * 3), most: 3 });
});

it('an asynchronous filter before it still gives all in order', async () => {
  const sc = await start();
  const found = sc
    .range(0, 20, 1, 2)
    .filter(async (x) => x % 2 === 0)
    .map(async (x) => x + 1)
    .mapPartitions((it, task) => task.slidingPrefetch(it, 2, { each: async (x: number) => x * 10 }));
  expect(await found.collect()).toEqual(Array.from({ length: 10 }, (_, i) => (2 * i + 1) * 10));
});
