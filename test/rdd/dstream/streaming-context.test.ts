import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Milliseconds, Seconds } from '../../../src/rdd/dstream/duration.js';
import type { BatchInfo } from '../../../src/rdd/dstream/job-scheduler.js';
import { StreamingContext } from '../../../src/rdd/dstream/streaming-context.js';
import { delay } from '../../../src/rdd/resilience/timeout.js';
import type { SparkContext } from '../../../src/rdd/spark-context.js';
import { ManualClock } from '../../../src/rdd/streaming/clock.js';
import { startContext } from './context.js';

let sc: SparkContext;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ sc, end } = await startContext());
});
afterAll(() => end());

const manual = (): { ssc: StreamingContext; clock: ManualClock } => {
  const clock = new ManualClock();
  return { ssc: new StreamingContext(sc, Seconds(1), { clock }), clock };
};
const keep = { stopSparkContext: false };
const finish = { ...keep, stopGracefully: true };

describe('life of a StreamingContext', () => {
  it('goes from INITIALIZED over ACTIVE to STOPPED', async () => {
    const { ssc } = manual();
    expect(ssc.getState()).toBe('INITIALIZED');
    ssc.queueStream([]).foreachRDD(() => {});
    ssc.start();
    expect(ssc.getState()).toBe('ACTIVE');
    expect(StreamingContext.getActive()).toBe(ssc);
    ssc.start();
    await ssc.stop(keep);
    await ssc.stop(keep);
    expect(ssc.getState()).toBe('STOPPED');
    expect(StreamingContext.getActive()).toBeUndefined();
    expect(() => ssc.start()).toThrow(/StreamingContext has already been stopped/);
    expect(sc.isStopped).toBe(false);
  });

  it('needs an output, and takes no streams once it runs', async () => {
    const { ssc } = manual();
    const stream = ssc.queueStream<number>([]);
    expect(() => ssc.start()).toThrow(/No output operations registered, so nothing to execute/);
    stream.foreachRDD(() => {});
    ssc.start();
    for (const add of [() => ssc.queueStream([]), () => stream.map((x) => x), () => stream.foreachRDD(() => {})])
      expect(add).toThrow(
        /Adding new inputs, transformations, and output operations after starting a context is not supported/,
      );
    await ssc.stop(keep);
    expect(() => stream.map((x) => x)).toThrow(/after stopping a context is not supported/);
    expect(() => stream.persist()).toThrow(/Cannot change storage level of an DStream after streaming context/);
  });

  it('is the only active one', async () => {
    const [a, b] = [manual().ssc, manual().ssc];
    for (const ssc of [a, b]) ssc.queueStream([]).foreachRDD(() => {});
    a.start();
    expect(() => b.start()).toThrow(/Only one StreamingContext may be started/);
    await a.stop(keep);
    b.start();
    await b.stop(keep);
  });

  it('wants windows in multiples of the interval', () => {
    const { ssc } = manual();
    const stream = ssc.queueStream<number>([]);
    expect(() => stream.window(1.5)).toThrow(
      /The window duration of WindowedDStream \(1500 ms\) must be multiple of the slide duration of parent DStream \(1000 ms\)/,
    );
    expect(() => stream.window(2, 1.5)).toThrow(/The slide duration of WindowedDStream \(1500 ms\) must be multiple/);
    expect(() => stream.countByWindow(2.5, 1)).toThrow(/The window duration of ReducedWindowedDStream/);
    expect(() => stream.union(stream.window(2, 2))).toThrow(/different slide durations/);
  });
});

describe('batches', () => {
  it('go on whatever listeners throw', async () => {
    const { ssc, clock } = manual();
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const broken = (): never => {
      throw new RangeError('a listener');
    };
    ssc.addStreamingListener({ onBatchSubmitted: broken, onBatchStarted: broken, onBatchCompleted: broken });
    const seen: number[][] = [];
    ssc
      .queueStream([1, 2].map((x) => sc.parallelize([x], 1)))
      .foreachRDD(async (rdd) => void seen.push(await rdd.collect()));
    ssc.start();
    clock.advance(2000);
    await ssc.stop(finish);
    expect(seen).toEqual([[1], [2]]);
    expect(warn.mock.calls.map(([text]) => text)).toEqual(Array(6).fill('A StreamingListener failed: a listener'));
    warn.mockRestore();
    await ssc.awaitTermination();
  });
  it('run in order, one after the other, however far the clock jumps', async () => {
    const { ssc, clock } = manual();
    const log: string[] = [];
    const infos: BatchInfo[] = [];
    ssc.addStreamingListener({ onBatchCompleted: (b) => infos.push(b) });
    const stream = ssc.queueStream([1, 2, 3].map((x) => sc.parallelize([x], 1)));
    for (const output of ['a', 'b'])
      stream.foreachRDD(async (rdd, time) => {
        log.push(`${output}${time} starts`);
        const [x] = await rdd.collect();
        await delay(time === 1000 ? 30 : 1);
        log.push(`${output}${time} ends with ${x}`);
      });
    ssc.start();
    clock.advance(3500);
    await ssc.stop(finish);
    expect(log).toEqual(
      [1, 2, 3].flatMap((n) => ['a', 'b'].flatMap((o) => [`${o}${n}000 starts`, `${o}${n}000 ends with ${n}`])),
    );
    expect(infos.map((b) => [b.batchTime, b.numOutputOperations, b.failures.size])).toEqual([
      [1000, 2, 0],
      [2000, 2, 0],
      [3000, 2, 0],
    ]);
  });

  it('take what the program puts in the queue later', async () => {
    const { ssc, clock } = manual();
    const queue = [sc.parallelize([1], 1)];
    const sums: number[] = [];
    ssc.queueStream(queue).foreachRDD(async (rdd) => sums.push(await rdd.fold(0, (a, b) => a + b)));
    ssc.start();
    clock.advance(1000);
    for (let i = 0; sums.length < 1 && i < 500; i++) await delay(5);
    queue.push(sc.parallelize([40, 2], 2));
    clock.advance(1000);
    await ssc.stop(finish);
    expect(sums).toEqual([1, 42]);
  });

  it('go by the machine’s clock', async () => {
    const ssc = new StreamingContext(sc, Milliseconds(50));
    const times: number[] = [];
    ssc.queueStream<number>([]).foreachRDD((_, time) => times.push(time));
    const begin = Date.now();
    ssc.start();
    for (let i = 0; times.length < 3 && i < 1000; i++) await delay(5);
    await ssc.stop(finish);
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times.every((time, i) => time % 50 === 0 && (i === 0 || time === (times[i - 1] as number) + 50))).toBe(true);
    expect(times[0]).toBeGreaterThan(begin - 50);
  });

  it('read files that are moved into a folder, once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'memoframe-dstream-'));
    const put = (name: string, text: string): void => {
      writeFileSync(join(folder, `.${name}`), text);
      renameSync(join(folder, `.${name}`), join(folder, name));
    };
    try {
      put('old', 'not this\n');
      const { ssc, clock } = manual();
      const seen: string[][] = [];
      ssc.textFileStream(folder).foreachRDD(async (rdd) => seen.push((await rdd.collect()).sort()));
      ssc.start();
      clock.advance(1000);
      for (let i = 0; seen.length < 1 && i < 500; i++) await delay(5);
      put('a', 'one\ntwo\n');
      put('b', 'three\n');
      writeFileSync(join(folder, '_ignored'), 'no\n');
      clock.advance(1000);
      for (let i = 0; seen.length < 2 && i < 500; i++) await delay(5);
      clock.advance(1000);
      await ssc.stop(finish);
      expect(seen).toEqual([[], ['one', 'three', 'two'], []]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('failures', () => {
  const failing = (fail: (ssc: StreamingContext) => void) => {
    const { ssc, clock } = manual();
    fail(ssc);
    ssc.start();
    return { ssc, clock };
  };

  it('of a task reach awaitTermination with their cause; later batches run', async () => {
    const seen: number[] = [];
    const { ssc, clock } = failing((ssc) => {
      const queue = [1, 2, 3].map((x) => sc.parallelize([x], 1));
      ssc
        .queueStream(queue)
        .map((x) => {
          if (x === 2) throw new RangeError('two is too much');
          return x;
        })
        .foreachRDD(async (rdd) => seen.push(...(await rdd.collect())));
    });
    const waiting = ssc.awaitTermination();
    waiting.catch(() => {});
    clock.advance(3000);
    await expect(waiting).rejects.toThrow(/Job aborted due to stage failure.*two is too much/s);
    await ssc.stop(finish);
    expect(seen).toEqual([1, 3]);
    await expect(ssc.awaitTermination()).rejects.toThrow(/two is too much/);
  });

  it('of foreachRDD and transform too', async () => {
    const inOutput = failing((ssc) =>
      ssc.queueStream<number>([]).foreachRDD(() => {
        throw new TypeError('no such table');
      }),
    );
    const waiting = inOutput.ssc.awaitTermination();
    inOutput.clock.advance(1000);
    await expect(waiting).rejects.toThrow(TypeError);
    await inOutput.ssc.stop(finish);
    const inTransform = failing((ssc) =>
      ssc
        .queueStream<number>([])
        .transform(() => null as never)
        .foreachRDD(() => {}),
    );
    const second = inTransform.ssc.awaitTermination();
    inTransform.clock.advance(1000);
    await expect(second).rejects.toThrow(/Transform function must not return null/);
    await inTransform.ssc.stop(finish);
  });

  it('are told once the context is asked, and warn where nobody waits', async () => {
    const warnings: Error[] = [];
    const onWarning = (w: Error): number => warnings.push(w);
    process.on('warning', onWarning);
    const { ssc, clock } = failing((ssc) =>
      ssc.queueStream<number>([]).foreachRDD(() => Promise.reject(new Error('lost'))),
    );
    clock.advance(1000);
    await ssc.stop(finish);
    await expect(ssc.awaitTerminationOrTimeout(1)).rejects.toThrow('lost');
    await delay(1);
    process.off('warning', onWarning);
    expect(warnings.map((w) => w.message)).toEqual([
      expect.stringMatching(/Error running job streaming job 1000 ms.0: lost/),
    ]);
  });
});

describe('awaitTermination and stop', () => {
  it('awaitTermination resolves at the stop, awaitTerminationOrTimeout earlier', async () => {
    const { ssc } = manual();
    ssc.queueStream([]).foreachRDD(() => {});
    ssc.start();
    expect(await ssc.awaitTerminationOrTimeout(Milliseconds(20))).toBe(false);
    const waiting = ssc.awaitTermination();
    await ssc.stop(keep);
    await waiting;
    expect(await ssc.awaitTerminationOrTimeout(1)).toBe(true);
  });

  it('a graceful stop processes the batches that are due; the other drops what has not begun in two seconds', async () => {
    const run = async (gracefully: boolean): Promise<number[]> => {
      const { ssc, clock } = manual();
      const done: number[] = [];
      ssc.queueStream<number>([]).foreachRDD(async (_, time) => {
        await delay(600);
        done.push(time);
      });
      ssc.start();
      clock.advance(4000);
      await delay(20);
      await ssc.stop(false, gracefully);
      return done;
    };
    expect(await run(true)).toEqual([1000, 2000, 3000, 4000]);
    expect((await run(false)).length).toBeLessThan(4);
  });

  it('a stop ends jobs that run on and on', async () => {
    const { ssc, clock } = manual();
    let error: unknown;
    ssc.queueStream([sc.parallelize([1], 1)]).foreachRDD(async (rdd) => {
      const endless = rdd.map(async (x) => {
        await new Promise((resolve) => setTimeout(resolve, 3_600_000));
        return x;
      });
      await endless.collect().catch((e: unknown) => (error = e));
    });
    ssc.start();
    clock.advance(1000);
    await delay(50);
    // A job of somebody else waits for the worker.
    const unconcerned = sc.parallelize([1, 2], 1).count();
    const begin = Date.now();
    await ssc.stop(keep);
    expect(Date.now() - begin).toBeLessThan(8000);
    for (let i = 0; error === undefined && i < 500; i++) await delay(10);
    expect(error).toMatchObject({ condition: 'OPERATION_CANCELED' });
    expect(await unconcerned).toBe(2);
  });

  it('within a batch it does not wait for that batch', async () => {
    const { ssc, clock } = manual();
    const seen: number[] = [];
    ssc.queueStream<number>([]).foreachRDD(async (_, time) => {
      seen.push(time);
      await ssc.stop(finish);
    });
    ssc.start();
    clock.advance(1000);
    await ssc.awaitTermination();
    expect(seen).toEqual([1000]);
    expect(ssc.getState()).toBe('STOPPED');
  });
});

describe('the SparkContext', () => {
  it('is stopped too, unless told otherwise', async () => {
    const { ssc, clock } = manual();
    ssc.queueStream<number>([]).foreachRDD(() => {});
    ssc.start();
    clock.advance(1000);
    await ssc.stop();
    expect(sc.isStopped).toBe(true);
  });

  it('takes its streaming context with it when it ends first', async () => {
    const own = await startContext();
    const clock = new ManualClock();
    const ssc = new StreamingContext(own.sc, 1, { clock });
    ssc.queueStream<number>([]).foreachRDD(() => {});
    ssc.start();
    await own.sc.stop();
    const waiting = ssc.awaitTermination();
    clock.advance(1000);
    await expect(waiting).rejects.toThrow(/stopped SparkContext/);
    for (let i = 0; ssc.getState() !== 'STOPPED' && i < 500; i++) await delay(5);
    expect(StreamingContext.getActive()).toBeUndefined();
    await own.end();
  });
});
