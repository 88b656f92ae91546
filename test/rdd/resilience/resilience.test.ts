import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  mapRecords,
  mapRecordsAsync,
  type PoisonRecord,
  poisonGuard,
  SKIPPED,
} from '../../../src/rdd/resilience/poison.js';
import { backOffMs, withRetry } from '../../../src/rdd/resilience/retry.js';
import { delay, withTimeout } from '../../../src/rdd/resilience/timeout.js';

const never = (): Promise<never> => new Promise(() => {});

describe('withTimeout', () => {
  it('passes results and errors on', async () => {
    expect(await withTimeout(Promise.resolve(7), 1000)).toBe(7);
    expect(await withTimeout(() => 8, 1000)).toBe(8);
    await expect(withTimeout(() => Promise.reject(new RangeError('no')), 1000)).rejects.toThrow(RangeError);
    await expect(
      withTimeout(() => {
        throw new RangeError('at once');
      }, 1000),
    ).rejects.toThrow('at once');
  });

  it('gives up in time and tells the work to stop', async () => {
    let told: unknown;
    const slow = (signal: AbortSignal): Promise<never> => {
      signal.addEventListener('abort', () => (told = signal.reason));
      return never();
    };
    const error = await withTimeout(slow, 20, { what: 'read of users' }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      condition: 'OPERATION_TIMED_OUT',
      parameters: { operation: 'read of users', timeoutMs: '20' },
    });
    expect(told).toBe(error);
  });

  it('is no bound where no timer holds it', async () => {
    expect(await withTimeout(() => delay(20).then(() => 'done'), 2 ** 31)).toBe('done');
  });

  it('ends with its signal, also one that has fired', async () => {
    const stop = new AbortController();
    const waiting = withTimeout(never, 60_000, { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' });
    await expect(withTimeout(() => 1, 10, { signal: stop.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('drops what comes too late, errors too', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    await expect(withTimeout(() => delay(30).then(() => Promise.reject(new Error('late'))), 5)).rejects.toMatchObject({
      condition: 'OPERATION_TIMED_OUT',
    });
    await delay(50);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('withRetry', () => {
  it('tries until it goes well', async () => {
    const seen: number[] = [];
    const result = await withRetry(
      (_, attempt) => {
        seen.push(attempt);
        if (attempt < 3) throw new Error(`down ${attempt}`);
        return 'up';
      },
      { attempts: 5, delayMs: 1 },
    );
    expect(result).toBe('up');
    expect(seen).toEqual([1, 2, 3]);
  });

  it('says how often it tried, with the last error as cause', async () => {
    const error = await withRetry((_, n) => Promise.reject(new Error(`refused ${n}`)), {
      attempts: 3,
      delayMs: 1,
      what: 'insert',
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      condition: 'RETRIES_EXHAUSTED',
      parameters: { operation: 'insert', attempts: '3', message: 'refused 3' },
      cause: { message: 'refused 3' },
    });
  });

  it('does not try again what retryIf refuses, nor with one attempt', async () => {
    const work = vi.fn(() => Promise.reject(new TypeError('bad')));
    await expect(withRetry(work, { retryIf: (e) => !(e instanceof TypeError) })).rejects.toThrow(TypeError);
    await expect(withRetry(work, { attempts: 1 })).rejects.toThrow(TypeError);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('bounds each try', async () => {
    const error = await withRetry(never, { attempts: 2, delayMs: 1, timeoutMs: 5, what: 'read' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ condition: 'RETRIES_EXHAUSTED', cause: { condition: 'OPERATION_TIMED_OUT' } });
  });

  it('stops waiting when it is cancelled', async () => {
    const stop = new AbortController();
    const work = vi.fn(() => Promise.reject(new Error('down')));
    const waiting = withRetry(work, { attempts: 9, delayMs: 60_000, jitter: 0, signal: stop.signal });
    await delay(10);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('waits longer each time, within its bounds', () => {
    expect([1, 2, 3, 4].map((n) => backOffMs(n, { delayMs: 10, jitter: 0, maxDelayMs: 50 }))).toEqual([10, 20, 40, 50]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, jitter) => {
        const full = backOffMs(attempt, { jitter: 0 });
        const wait = backOffMs(attempt, { jitter });
        expect(wait).toBeLessThanOrEqual(full);
        expect(wait).toBeGreaterThanOrEqual(full * (1 - jitter));
        expect(full).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});

describe('poison records', () => {
  const parse = (text: string): number => (JSON.parse(text) as { n: number }).n;
  const records = ['{"n":1}', 'oops', '{"n":2}', '{"n"', '{"n":3}'];

  it('skips and reports them', () => {
    const bad: PoisonRecord[] = [];
    const report = { add: (r: PoisonRecord) => bad.push(r) };
    expect([...mapRecords(records, parse, { mode: 'skip', report })]).toEqual([1, 2, 3]);
    expect(bad.map((r) => r.record)).toEqual(['"oops"', '"{\\"n\\""']);
    expect(bad.every((r) => r.message.length > 0)).toBe(true);
  });

  it('fails by default, naming the record, with the cause', () => {
    const run = (): number[] => [...mapRecords(records, parse)];
    expect(run).toThrow(
      expect.objectContaining({ condition: 'POISON_RECORD', cause: expect.any(SyntaxError) }) as Error,
    );
    expect(run).toThrow(/"oops"/);
  });

  it('has enough of them at some point', () => {
    expect(() => [...mapRecords(records, parse, { mode: 'skip', maxSkipped: 1 })]).toThrow(/POISON_RECORD/);
    expect([...mapRecords(records, parse, { mode: 'skip', maxSkipped: 2 })]).toEqual([1, 2, 3]);
  });

  it('does not take a database that is down for a poison record', async () => {
    const down = (): Promise<number> =>
      withRetry(() => Promise.reject(new Error('refused')), { attempts: 2, delayMs: 1 });
    const all = async (): Promise<number[]> => {
      const out: number[] = [];
      for await (const n of mapRecordsAsync([1, 2], down, { mode: 'skip' })) out.push(n);
      return out;
    };
    await expect(all()).rejects.toMatchObject({ condition: 'RETRIES_EXHAUSTED' });
  });

  it('keeps order and everything else, synchronous or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), async (numbers) => {
        const odd = (n: number): number => {
          if (n % 2 === 0) throw new Error('even');
          return n * 2;
        };
        const expected = numbers.filter((n) => n % 2 !== 0).map((n) => n * 2);
        expect([...mapRecords(numbers, odd, { mode: 'skip' })]).toEqual(expected);
        const out: number[] = [];
        for await (const n of mapRecordsAsync(numbers, async (n) => odd(n), { mode: 'skip' })) out.push(n);
        expect(out).toEqual(expected);
      }),
    );
  });

  it('keeps synchronous work synchronous', () => {
    const guard = poisonGuard(
      (n: number) => {
        if (n < 0) throw new Error('negative');
        return n;
      },
      { mode: 'skip' },
    );
    expect([guard(1), guard(-1)]).toEqual([1, SKIPPED]);
  });
});
