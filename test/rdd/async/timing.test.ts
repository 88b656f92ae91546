import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AsyncCall } from '../../../src/rdd/async/async-call.js';
import { awaitAll, awaitBatch, awaitSliding, executeAsync, slidingPrefetch } from '../../../src/rdd/async/await.js';
import { Gauge, read } from './gauge.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** When each result came, in milliseconds. */
async function times(results: AsyncIterable<number>): Promise<number[]> {
  const start = Date.now();
  const at: number[] = [];
  const done = (async () => {
    for await (const _ of results) at.push(Date.now() - start);
  })();
  for (let i = 0; i < 400; i++) await vi.advanceTimersByTimeAsync(10);
  await done;
  return at;
}

const oneToTen = Array.from({ length: 10 }, (_, i) => i + 1);
const gauge = () => {
  const g = new Gauge();
  return { g, each: (i: number, signal: AbortSignal) => g.work(i, 100, signal) };
};

describe('the published example: an asynchronous wait of 100 ms over 1..10', () => {
  it('awaitAll takes one wait', async () => {
    const { g, each } = gauge();
    expect(await times(awaitAll(oneToTen, { each }))).toEqual(oneToTen.map(() => 100));
    expect(g.most).toBe(10);
  });
  it('awaitBatch(3) takes four', async () => {
    const { g, each } = gauge();
    expect(await times(awaitBatch(oneToTen, 3, { each }))).toEqual([100, 100, 100, 200, 200, 200, 300, 300, 300, 400]);
    expect(g.most).toBe(3);
  });
  it('awaitSliding(3) has three in flight until the source ends', async () => {
    const { g, each } = gauge();
    expect(await times(awaitSliding(oneToTen, 3, { each }))).toEqual([
      100, 100, 100, 200, 200, 200, 300, 300, 300, 400,
    ]);
    expect(g.most).toBe(3);
  });
  it('slidingPrefetch(3) has up to six', async () => {
    const { g, each } = gauge();
    const at = await times(slidingPrefetch(oneToTen, 3, { each }));
    expect(at[9]).toBeLessThanOrEqual(200);
    expect(g.most).toBe(6);
  });
  it('the defaults are three', async () => {
    for (const variant of [awaitBatch, awaitSliding]) {
      const { g, each } = gauge();
      await times(variant(oneToTen.map((i) => (signal: AbortSignal) => each(i, signal))));
      expect(g.most).toBe(3);
    }
  });
});

it('the head is passed on as soon as it is done, before the ones behind it', async () => {
  const g = new Gauge();
  const each = (i: number, signal: AbortSignal) => g.work(i, [10, 300, 20][i] as number, signal);
  expect(await times(awaitSliding([0, 1, 2], 3, { each }))).toEqual([10, 300, 300]);
});

it('a slow source does not hold up a result that is there', async () => {
  async function* slow() {
    yield 0;
    await new Promise((r) => setTimeout(r, 500));
    yield 1;
  }
  for (const variant of [awaitSliding, slidingPrefetch]) {
    const at = await times(variant(slow(), 3, { each: (i: number, s: AbortSignal) => new Gauge().work(i, 50, s) }));
    expect(at).toEqual([50, 550]);
  }
});

it.each([
  {
    name: 'slidingPrefetch starts a group when a group has been passed on',
    run: slidingPrefetch,
    n: 2,
    started: [4, 4, 6, 6, 8, 8, 10, 10, 10, 10],
  },
  {
    name: 'awaitSliding starts the next call when the consumer asks for more',
    run: awaitSliding,
    n: 3,
    started: [3, 4, 5, 6, 7, 8, 9, 10, 10, 10],
  },
])('$name', async ({ run, n, started }) => {
  const g = new Gauge();
  const results = run(oneToTen, n, { each: (i: number, s: AbortSignal) => g.work(i, 0, s) });
  const counts: number[] = [];
  for (let i = 0; i < 10; i++) {
    const next = results.next();
    await vi.advanceTimersByTimeAsync(5);
    await next;
    counts.push(g.started.length);
  }
  expect(counts).toEqual(started);
});

describe('sources of started calls', () => {
  it('a lazy map of executeAsync starts no more than the window', async () => {
    const g = new Gauge();
    function* calls() {
      for (const i of oneToTen) yield executeAsync((signal) => g.work(i, 10, signal));
    }
    const done = read(awaitSliding<number>(calls(), 3));
    await vi.advanceTimersByTimeAsync(200);
    expect(await done).toEqual(oneToTen.map((i) => i * 10));
    expect(g.most).toBe(3);
  });
  it('an async generator of calls keeps them concurrent', async () => {
    const g = new Gauge();
    async function* calls() {
      for (const i of oneToTen) yield executeAsync((signal) => g.work(i, 10, signal));
    }
    const done = read(awaitSliding<number>(calls(), 3));
    await vi.advanceTimersByTimeAsync(200);
    expect(await done).toEqual(oneToTen.map((i) => i * 10));
    expect(g.most).toBe(3);
  });
  it('promises and plain values pass through in order', async () => {
    const source = [Promise.resolve(1), 2, () => Promise.resolve(3), executeAsync(() => 4)];
    expect(await read(awaitAll<number>(source))).toEqual([1, 2, 3, 4]);
    await expect(read(awaitBatch<number>([Promise.reject(new RangeError('late')), 1], 1))).rejects.toThrow('late');
  });
});

describe('executeAsync', () => {
  it('starts at once and gives its value', async () => {
    let started = false;
    const call = executeAsync(async () => {
      started = true;
      return 7;
    });
    expect([started, call.state]).toEqual([true, 'running']);
    expect(await call.result).toBe(7);
    expect(call.state).toBe('done');
  });
  it('is no promise: awaiting it does not wait', async () => {
    const call = executeAsync(() => new Promise(() => {}));
    expect(await call).toBeInstanceOf(AsyncCall);
    call.cancel();
  });
  it('an error that nobody looks at is no unhandled rejection', async () => {
    const call = executeAsync(() => Promise.reject(new RangeError('lost')));
    await call.ended;
    expect([call.state, call.observed]).toEqual(['failed', false]);
    await expect(call.result).rejects.toThrow('lost');
  });
  it('cancel rejects the result and aborts the signal', async () => {
    const g = new Gauge();
    const call = executeAsync((signal) => g.work(1, 1000, signal));
    call.cancel();
    await expect(call.result).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' });
    await call.ended;
    expect([g.stopped, call.state, vi.getTimerCount()]).toEqual([[1], 'cancelled', 0]);
  });
  it('a time-out that no timer holds is none', async () => {
    for (const timeoutMs of [Number.POSITIVE_INFINITY, 2 ** 31]) {
      const g = new Gauge();
      const call = executeAsync((signal) => g.work(1, 100, signal), { timeoutMs });
      await vi.advanceTimersByTimeAsync(100);
      expect(await call.result).toBe(10);
    }
  });
  it('a signal that has aborted before starts nothing', async () => {
    let started = false;
    const call = executeAsync(() => (started = true), { signal: AbortSignal.abort(new RangeError('too late')) });
    await expect(call.result).rejects.toThrow('too late');
    expect(started).toBe(false);
  });
});

it('work that ignores its signal is given up after the time of grace, with a warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const each = (i: number) => (i === 0 ? Promise.reject(new RangeError('first')) : new Promise<number>(() => {}));
  const done = read(awaitSliding([0, 1], 2, { each, graceMs: 100 })).catch((e) => e);
  await vi.advanceTimersByTimeAsync(101);
  expect(await done).toEqual(new RangeError('first'));
  expect(warned.mock.calls[0]?.[0]).toMatch(/1 asynchronous calls did not stop within 100 ms/);
  warned.mockRestore();
});

it.each([0, -1, 1.5, Number.NaN])('a window of %s is refused at once', (n) => {
  for (const variant of [awaitBatch, awaitSliding, slidingPrefetch])
    expect(() => variant([1], n)).toThrow(expect.objectContaining({ condition: 'INVALID_ASYNC_WINDOW' }));
});

it('many calls on one signal need one listener', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const end = new AbortController();
  const source = Array.from({ length: 200 }, (_, i) => i);
  const done = read(awaitAll(source, { each: (i: number) => i, signal: end.signal }));
  expect(await done).toEqual(source);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});
