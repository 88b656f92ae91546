import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { disposeWorker, workerRegistry } from '../../../src/rdd/worker/registry.js';
import { scopedCounts, workerScoped } from '../../../src/rdd/worker/scoped.js';
import { TaskContext } from '../../../src/rdd/worker/task-context.js';

afterEach(async () => {
  vi.useRealTimers();
  workerRegistry().task = undefined;
  await disposeWorker();
});

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('made once', () => {
  it('a synchronous factory gives its value itself', () => {
    let made = 0;
    const get = () => workerScoped('counter', () => ({ id: ++made }));
    expect([get().id, get().id, made]).toEqual([1, 1, 1]);
    expect(get()).toBe(get());
  });

  it('an asynchronous factory runs once for all that wait', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 5 }), async (waiters, more) => {
        await disposeWorker();
        const d = deferred<object>();
        let made = 0;
        const get = () =>
          workerScoped('model', () => {
            made++;
            return d.promise;
          });
        const first = Array.from({ length: waiters }, get);
        const value = {};
        d.resolve(value);
        const later = Array.from({ length: more }, get);
        for (const v of await Promise.all([...first, ...later])) expect(v).toBe(value);
        expect(await get()).toBe(value);
        expect(made).toBe(1);
      }),
      { numRuns: 30 },
    );
  });

  it('keys are apart', () => {
    expect(workerScoped('a', () => 1) + workerScoped('b', () => 2)).toBe(3);
  });

  it('undefined and null are values', () => {
    let made = 0;
    for (let i = 0; i < 3; i++)
      workerScoped('nothing', () => {
        made++;
        return undefined;
      });
    expect(made).toBe(1);
  });
});

describe('a factory that fails', () => {
  it('gives all waiters its error, and the next call tries again', async () => {
    const d = deferred<number>();
    let made = 0;
    const get = () => workerScoped('flaky', () => (++made === 1 ? d.promise : Promise.resolve(7)));
    const waiters = [get(), get(), get()];
    d.reject(new RangeError('down'));
    const outcomes = await Promise.allSettled(waiters);
    expect(outcomes.map((o) => (o.status === 'rejected' ? (o.reason as Error).message : o.value))).toEqual([
      'down',
      'down',
      'down',
    ]);
    expect(await get()).toBe(7);
    expect(made).toBe(2);
  });

  it('also where it is synchronous', () => {
    let made = 0;
    const get = () =>
      workerScoped('flaky', () => {
        if (++made === 1) throw new RangeError('down');
        return made;
      });
    expect(get).toThrow('down');
    expect([get(), get()]).toEqual([2, 2]);
  });

  it('a promise that nobody waits for does not end the thread', async () => {
    void workerScoped('dropped', () => Promise.reject(new RangeError('lost')));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(workerScoped('dropped', () => 1)).toBe(1);
  });
});

describe('dispose', () => {
  it('is called once for each value when the worker ends, last made first', async () => {
    const gone: string[] = [];
    for (const key of ['a', 'b', 'c'])
      await workerScoped(key, () => Promise.resolve(key), { dispose: (v) => gone.push(v) });
    await disposeWorker();
    await disposeWorker();
    expect(gone).toEqual(['c', 'b', 'a']);
  });

  it('is awaited, and one that fails does not stop the others', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const gone: string[] = [];
    workerScoped('a', () => 1, { dispose: () => Promise.resolve().then(() => gone.push('a')) });
    workerScoped('b', () => 1, { dispose: () => Promise.reject(new RangeError('stuck')) });
    expect(await disposeWorker()).toEqual([]);
    expect(gone).toEqual(['a']);
    expect(String(warned.mock.calls[0]?.[0])).toContain('stuck');
    warned.mockRestore();
  });

  it('waits for a factory that is still running', async () => {
    const d = deferred<string>();
    const gone: string[] = [];
    void workerScoped('slow', () => d.promise, { dispose: (v) => gone.push(v) });
    setTimeout(() => d.resolve('late'), 10);
    await disposeWorker();
    expect(gone).toEqual(['late']);
  });

  it('a value that can dispose of itself is asked to', async () => {
    let gone = 0;
    workerScoped('own', () => ({ [Symbol.dispose]: () => gone++ }));
    await disposeWorker();
    expect(gone).toBe(1);
  });

  it('after the end a new value is made', async () => {
    let made = 0;
    const get = () => workerScoped('again', () => ++made);
    get();
    await disposeWorker();
    expect(get()).toBe(2);
  });
});

describe('ttl', () => {
  it('the first call after it makes a new value and disposes of the old one', () => {
    vi.useFakeTimers();
    const gone: number[] = [];
    let made = 0;
    const get = () => workerScoped('token', () => ++made, { ttl: '1 minute', dispose: (v) => gone.push(v) });
    get();
    vi.advanceTimersByTime(59_999);
    expect(get()).toBe(1);
    vi.advanceTimersByTime(1);
    expect([get(), gone]).toEqual([2, [1]]);
  });

  it('within a task the old value lives until the task has ended', async () => {
    vi.useFakeTimers();
    const gone: number[] = [];
    let made = 0;
    const get = () => workerScoped('token', () => ++made, { ttl: 10, dispose: (v) => gone.push(v) });
    const task = new TaskContext({ stageId: 0, partitionId: 0, attemptNumber: 0, taskAttemptId: 0 });
    workerRegistry().task = task;
    get();
    vi.advanceTimersByTime(10);
    expect([get(), gone]).toEqual([2, []]);
    await task.finish();
    expect(gone).toEqual([1]);
  });

  it('counts from when the value is there', async () => {
    vi.useFakeTimers();
    const d = deferred<number>();
    let made = 0;
    const get = () => workerScoped('slow', () => (made++ === 0 ? d.promise : Promise.resolve(2)), { ttl: 10 });
    const first = get();
    vi.advanceTimersByTime(50);
    expect(get()).toBe(first);
    d.resolve(1);
    await first;
    expect(get()).toBe(first);
    vi.advanceTimersByTime(10);
    expect(await get()).toBe(2);
  });

  it.each([0, -5, 'soon', '2 months'])('%s is refused', (ttl) => {
    expect(() => workerScoped('bad', () => 1, { ttl })).toThrow(
      expect.objectContaining({ condition: 'INVALID_CACHE_OPTION' }),
    );
  });
});

describe('maxBytes', () => {
  const model = (key: string, gone: string[], bytes = 400) =>
    workerScoped(key, () => new Uint8Array(bytes), {
      maxBytes: 1000,
      sizeOf: (v) => v.byteLength,
      dispose: () => gone.push(key),
    });

  it('the least recently used value goes first', () => {
    const gone: string[] = [];
    for (const key of ['a', 'b', 'a', 'c']) model(key, gone);
    expect(gone).toEqual(['b']);
    model('b', gone);
    expect(gone).toEqual(['b', 'a']);
  });

  it('a value that is too large alone is used and not kept', () => {
    const gone: string[] = [];
    expect(model('huge', gone, 2000)).toHaveLength(2000);
    expect(gone).toEqual(['huge']);
  });

  it('values without a limit stay', () => {
    const gone: string[] = [];
    workerScoped('free', () => new Uint8Array(1 << 20), { dispose: () => gone.push('free') });
    for (const key of ['a', 'b', 'c', 'd']) model(key, gone);
    expect(gone).toEqual(['a', 'b']);
  });
});

it('counts what happened', async () => {
  const before = scopedCounts();
  workerScoped('x', () => 1);
  workerScoped('x', () => 1);
  await workerScoped('y', () => Promise.reject(new RangeError('no'))).catch(() => {});
  await disposeWorker();
  const after = scopedCounts();
  expect(after.created - before.created).toBe(1);
  expect(after.reused - before.reused).toBe(1);
  expect(after.failed - before.failed).toBe(1);
  expect(after.disposed - before.disposed).toBe(1);
});
