import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awaitAll, awaitBatch, awaitSliding, type EachOptions, slidingPrefetch } from '../../../src/rdd/async/await.js';
import type { Source } from '../../../src/rdd/async/feed.js';
import { Gauge, read } from './gauge.js';

type Variant = (source: Source<number>, n: number, options: EachOptions<number, number>) => AsyncGenerator<number>;

const VARIANTS: Readonly<Record<string, { readonly run: Variant; readonly most: (n: number) => number }>> = {
  awaitAll: { run: (s, _, o) => awaitAll(s, o), most: () => Number.POSITIVE_INFINITY },
  awaitBatch: { run: (s, n, o) => awaitBatch(s, n, o), most: (n) => n },
  awaitSliding: { run: (s, n, o) => awaitSliding(s, n, o), most: (n) => n },
  slidingPrefetch: { run: (s, n, o) => slidingPrefetch(s, n, o), most: (n) => 2 * n },
};

class Src {
  given = 0;
  closed = 0;
  constructor(
    readonly size: number,
    readonly kind: 'sync' | 'async' | 'slow',
  ) {}
  source(): Source<number> {
    return this.kind === 'sync' ? this.#sync() : this.#async();
  }
  *#sync(): Generator<number> {
    try {
      for (let i = 0; i < this.size; i++) yield this.given++;
    } finally {
      this.closed++;
    }
  }
  async *#async(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < this.size; i++) {
        if (this.kind === 'slow') await new Promise((r) => setTimeout(r, 7));
        yield this.given++;
      }
    } finally {
      this.closed++;
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the clock run until the promise is settled. */
async function outcome<T>(promise: Promise<T>): Promise<{ value?: T; error?: unknown }> {
  let over: { value?: T; error?: unknown } | undefined;
  promise.then(
    (value) => (over = { value }),
    (error) => (over = { error }),
  );
  for (let i = 0; i < 5000 && !over; i++) await vi.advanceTimersByTimeAsync(1);
  if (!over) throw new RangeError('it never ended');
  return over;
}

const runs = fc.record({
  latencies: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 14 }),
  n: fc.integer({ min: 1, max: 6 }),
  kind: fc.constantFrom('sync' as const, 'async' as const, 'slow' as const),
});

describe.each(Object.entries(VARIANTS))('%s', (_, { run, most }) => {
  it('passes all results on in order, within its bound, and leaves nothing running', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ latencies, n, kind }) => {
        const gauge = new Gauge();
        const src = new Src(latencies.length, kind);
        const each = (i: number, signal: AbortSignal) => gauge.work(i, latencies[i] as number, signal);
        const { value } = await outcome(read(run(src.source(), n, { each })));
        expect(value).toEqual(latencies.map((_, i) => i * 10));
        expect(gauge.most).toBeLessThanOrEqual(most(n));
        expect(gauge.started).toEqual(latencies.map((_, i) => i));
        expect([gauge.running, gauge.stopped.length, src.closed]).toEqual([0, 0, 1]);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('a consumer that stops early starts nothing more, and what runs is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 0, max: 8 }), async ({ latencies, n, kind }, limit) => {
        const gauge = new Gauge();
        const src = new Src(latencies.length, kind);
        const each = (i: number, signal: AbortSignal) => gauge.work(i, latencies[i] as number, signal);
        const { value } = await outcome(read(run(src.source(), n, { each }), limit));
        const taken = Math.min(limit, latencies.length);
        expect(value).toEqual(latencies.slice(0, taken).map((_, i) => i * 10));
        const started = gauge.started.length;
        expect(gauge.running).toBe(0);
        if (taken === 0) expect(started).toBe(0);
        else expect(started).toBeLessThanOrEqual(taken - 1 + most(n));
        await vi.advanceTimersByTimeAsync(200);
        expect(gauge.started.length).toBe(started);
        if (started > 0) expect(src.closed).toBe(1);
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('a failure comes at its place, and nothing is left running', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.nat(), async ({ latencies, n, kind }, where) => {
        fc.pre(latencies.length > 0);
        const bad = where % latencies.length;
        const gauge = new Gauge();
        const src = new Src(latencies.length, kind);
        const each = (i: number, signal: AbortSignal) => gauge.work(i, latencies[i] as number, signal, i === bad);
        const seen: number[] = [];
        const { error } = await outcome(
          (async () => {
            for await (const v of run(src.source(), n, { each })) seen.push(v);
          })(),
        );
        expect(error).toEqual(new RangeError(`no ${bad}`));
        expect(seen).toEqual(latencies.slice(0, seen.length).map((_, i) => i * 10));
        expect(seen.length).toBeLessThanOrEqual(bad);
        expect([gauge.running, src.closed]).toEqual([0, 1]);
        const started = gauge.started.length;
        await vi.advanceTimersByTimeAsync(100);
        expect([gauge.started.length, vi.getTimerCount()]).toEqual([started, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('a source that fails fails the whole; what was started is stopped', async () => {
    const gauge = new Gauge();
    function* source() {
      yield 0;
      yield 1;
      throw new RangeError('the source broke');
    }
    const each = (i: number, signal: AbortSignal) => gauge.work(i, 30, signal);
    const { error } = await outcome(read(run(source(), 3, { each })));
    expect(error).toEqual(new RangeError('the source broke'));
    expect([gauge.running, gauge.stopped]).toEqual([0, [0, 1]]);
  });

  it('work that throws at once is a failure like any other', async () => {
    const { error } = await outcome(
      read(
        run([1], 2, {
          each: () => {
            throw new RangeError('at once');
          },
        }),
      ),
    );
    expect(error).toEqual(new RangeError('at once'));
  });

  it('a call that takes too long fails with ASYNC_CALL_TIMEOUT, and its signal aborts', async () => {
    const gauge = new Gauge();
    const each = (i: number, signal: AbortSignal) => gauge.work(i, i === 1 ? 500 : 5, signal);
    const { error } = await outcome(read(run([0, 1, 2, 3], 2, { each, timeoutMs: 50 })));
    expect(error).toMatchObject({ condition: 'ASYNC_CALL_TIMEOUT', parameters: { timeoutMs: '50' } });
    expect(gauge.stopped).toContain(1);
    expect([gauge.running, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('an abort from outside ends it at any moment', async () => {
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 0, max: 60 }), async ({ latencies, n, kind }, after) => {
        const gauge = new Gauge();
        const src = new Src(latencies.length, kind);
        const end = new AbortController();
        const timer = setTimeout(() => end.abort(), after);
        const each = (i: number, signal: AbortSignal) => gauge.work(i, latencies[i] as number, signal);
        const { value, error } = await outcome(read(run(src.source(), n, { each, signal: end.signal })));
        clearTimeout(timer);
        if (error) expect(error).toMatchObject({ condition: 'OPERATION_CANCELED' });
        else expect(value).toHaveLength(latencies.length);
        const started = gauge.started.length;
        await vi.advanceTimersByTimeAsync(100);
        expect([gauge.running, gauge.started.length, vi.getTimerCount()]).toEqual([0, started, 0]);
      }),
      { numRuns: 60 },
    );
  });

  it('an empty source gives nothing', async () => {
    for (const kind of ['sync', 'async', 'slow'] as const) {
      const src = new Src(0, kind);
      const { value } = await outcome(read(run(src.source(), 3, { each: (i) => i })));
      expect(value).toEqual([]);
    }
  });
});
