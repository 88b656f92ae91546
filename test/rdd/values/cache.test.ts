import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WorkerCache, type WorkerCacheOptions, workerCache } from '../../../src/rdd/worker/cache.js';
import { disposeWorker } from '../../../src/rdd/worker/registry.js';

afterEach(async () => {
  vi.useRealTimers();
  await disposeWorker();
});

/** A database that counts its queries. Keys below 0 are not there. */
function database(delayMs?: number) {
  const queries: number[] = [];
  const read = (id: number) => (id < 0 ? undefined : `row ${id}`);
  return {
    queries,
    load: async (id: number) => {
      queries.push(id);
      if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
      return read(id);
    },
    loadSync: (id: number) => {
      queries.push(id);
      return read(id);
    },
  };
}
const cacheOf = (options: WorkerCacheOptions<number, string>) => new WorkerCache<number, string>(options);

it('one query for each key, whatever the order and the overlap of calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ id: fc.integer({ min: -3, max: 8 }), pause: fc.boolean() }), { maxLength: 60 }),
      async (calls) => {
        const db = database();
        const cache = cacheOf({ load: db.load });
        const results: Promise<unknown>[] = [];
        for (const { id, pause } of calls) {
          results.push(cache.get(id));
          if (pause) await Promise.resolve();
        }
        expect(await Promise.all(results)).toEqual(calls.map(({ id }) => (id < 0 ? undefined : `row ${id}`)));
        const distinct = [...new Set(calls.map((c) => c.id))];
        expect([...db.queries].sort()).toEqual(distinct.sort());
        const { hits, joined, misses } = cache.counts;
        expect([hits + joined + misses, misses]).toEqual([calls.length, distinct.length]);
      },
    ),
    { numRuns: 100 },
  );
});

it('behaves as an unbounded map whatever is evicted, set and deleted', async () => {
  const step = fc.record({
    op: fc.constantFrom('get', 'getSync', 'set', 'delete', 'many'),
    id: fc.integer({ min: -2, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 6 }), async (steps, max) => {
      const table = new Map<number, string>();
      for (let i = 0; i < 10; i++) table.set(i, `row ${i}`);
      const cache = cacheOf({ load: (id) => table.get(id), max });
      for (const [i, { op, id }] of steps.entries()) {
        if (op === 'set') {
          table.set(id, `new ${i}`);
          cache.set(id, `new ${i}`);
        } else if (op === 'delete') {
          table.delete(id);
          cache.delete(id);
        } else if (op === 'get') expect(await cache.get(id)).toBe(table.get(id));
        else if (op === 'getSync') expect(cache.getSync(id)).toBe(table.get(id));
        else expect(await cache.getMany([id, 1, id])).toEqual([table.get(id), table.get(1), table.get(id)]);
        expect(cache.size).toBeLessThanOrEqual(max);
      }
    }),
    { numRuns: 100 },
  );
});

describe('a load that fails', () => {
  it('rejects all who wait, is not kept, and the next call tries again', async () => {
    let up = false;
    let loads = 0;
    const cache = cacheOf({
      load: async (id) => {
        loads++;
        await Promise.resolve();
        if (!up) throw new RangeError('down');
        return `row ${id}`;
      },
    });
    const outcomes = await Promise.allSettled([cache.get(1), cache.get(1), cache.get(1)]);
    expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect([loads, cache.size, cache.counts.failures]).toEqual([1, 0, 1]);
    up = true;
    expect(await cache.get(1)).toBe('row 1');
    expect(loads).toBe(2);
  });

  it('that throws at once rejects, too', async () => {
    const cache = cacheOf({
      load: () => {
        throw new RangeError('at once');
      },
    });
    await expect(cache.get(1)).rejects.toThrow('at once');
    expect(() => cache.getSync(1)).toThrow('at once');
  });
});

describe('negative entries', () => {
  it('are kept, and can be switched off', async () => {
    for (const [negative, loads] of [
      [true, 1],
      [false, 3],
    ] as const) {
      const db = database();
      const cache = cacheOf({ load: db.load, negative });
      for (let i = 0; i < 3; i++) expect(await cache.get(-1)).toBeUndefined();
      expect(db.queries).toHaveLength(loads);
      expect(cache.has(-1)).toBe(negative);
    }
  });
  it('may live shorter than the others', async () => {
    vi.useFakeTimers();
    const db = database();
    const cache = cacheOf({ load: db.load, ttl: '1 minute', negativeTtl: 1000 });
    await cache.getMany([1, -1]);
    vi.advanceTimersByTime(1001);
    await cache.getMany([1, -1]);
    expect(db.queries).toEqual([1, -1, -1]);
    vi.advanceTimersByTime(60_000);
    await cache.get(1);
    expect(db.queries).toEqual([1, -1, -1, 1]);
  });
  it('only they may end', async () => {
    vi.useFakeTimers();
    const db = database();
    const cache = cacheOf({ load: db.load, negativeTtl: 1000 });
    await cache.getMany([1, -1]);
    vi.advanceTimersByTime(1_000_000);
    await cache.getMany([1, -1]);
    expect(db.queries).toEqual([1, -1, -1]);
  });
});

describe('loadMany', () => {
  const many = (batchSize?: number, shape: 'map' | 'array' = 'map') => {
    const batches: number[][] = [];
    const cache = cacheOf({
      batchSize,
      loadMany: async (ids) => {
        batches.push([...ids]);
        await Promise.resolve();
        const row = (id: number) => (id < 0 ? undefined : `row ${id}`);
        return shape === 'array' ? ids.map(row) : new Map(ids.filter((id) => id >= 0).map((id) => [id, `row ${id}`]));
      },
    });
    return { batches, cache };
  };

  it.each(['map', 'array'] as const)('gathers the calls of one moment into one query (%s)', async (shape) => {
    const { batches, cache } = many(500, shape);
    const values = await Promise.all([3, 1, -4, 3, 2].map((id) => cache.get(id)));
    expect(values).toEqual(['row 3', 'row 1', undefined, 'row 3', 'row 2']);
    expect(batches).toEqual([[3, 1, -4, 2]]);
    await cache.getMany([1, 2, 5, -4]);
    expect(batches[1]).toEqual([5]);
  });

  it('splits what is too much for one', async () => {
    const { batches, cache } = many(4);
    await cache.getMany(Array.from({ length: 10 }, (_, i) => i));
    expect(batches.map((b) => b.length)).toEqual([4, 4, 2]);
  });

  it('that fails rejects exactly its keys', async () => {
    const cache = cacheOf({
      batchSize: 2,
      loadMany: (ids) => {
        if (ids.includes(1)) throw new RangeError('bad batch');
        return ids.map((id) => `row ${id}`);
      },
    });
    const outcomes = await Promise.allSettled([0, 1, 2, 3].map((id) => cache.get(id)));
    expect(outcomes.map((o) => o.status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await cache.get(0)).toBe('row 0');
  });
});

it('what was set or deleted during a load is not overwritten by it', async () => {
  const db = database(5);
  const cache = cacheOf({ load: db.load });
  const [one, two] = [cache.get(1), cache.get(2)];
  cache.set(1, 'newer');
  cache.delete(2);
  expect(await Promise.all([one, two])).toEqual(['row 1', 'row 2']);
  expect([cache.peek(1), cache.peek(2)]).toEqual(['newer', undefined]);
});

it('maxBytes bounds what all entries take', async () => {
  const evicted: number[] = [];
  const cache = new WorkerCache<number, Uint8Array>({
    maxBytes: 1000,
    sizeOf: (v) => v.byteLength,
    load: async (n) => new Uint8Array(n),
    dispose: (_, key) => evicted.push(key),
  });
  await cache.getMany([300, 301, 302]);
  await cache.get(303);
  expect([cache.bytes <= 1000, evicted, cache.counts.evictions]).toEqual([true, [300], 1]);
  await cache.get(5000);
  expect(cache.peek(5000)).toBeUndefined();
});

it('getSync reads through a synchronous loader only', () => {
  const db = database();
  const cache = cacheOf({ load: db.loadSync });
  expect([cache.getSync(4), cache.getSync(4), cache.getSync(-1), cache.getSync(-1)]).toEqual([
    'row 4',
    'row 4',
    undefined,
    undefined,
  ]);
  expect(db.queries).toEqual([4, -1]);
  expect(() => cacheOf({ load: db.load }).getSync(1)).toThrow(
    expect.objectContaining({ condition: 'WORKER_CACHE_NOT_SYNCHRONOUS' }),
  );
});

it('keys that are objects are told apart by keyOf; undefined, null and NaN are keys', async () => {
  const queries: unknown[] = [];
  const cache = new WorkerCache<{ a: number; b: number }, string>({
    keyOf: ({ a, b }) => `${a},${b}`,
    loadMany: (keys) => {
      queries.push(...keys);
      return new Map(keys.map((k) => [k, `${k.a + k.b}`]));
    },
  });
  expect(
    await cache.getMany([
      { a: 1, b: 2 },
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ]),
  ).toEqual(['3', '3', '3']);
  expect(queries).toHaveLength(2);
  const odd = new WorkerCache<unknown, string>({ load: (key) => String(key) });
  expect(await odd.getMany([undefined, Number.NaN, Number.NaN])).toEqual(['undefined', 'NaN', 'NaN']);
  expect(odd.counts.loads).toBe(2);
});

it('a cache of one name is one cache, cleared at the end of the worker', async () => {
  const db = database();
  const gone: string[] = [];
  const cache = workerCache<number, string>('users', { load: db.load, dispose: (v) => gone.push(v) });
  await cache.get(1);
  expect(workerCache('users', {})).toBe(cache);
  await disposeWorker();
  expect([gone, cache.size]).toEqual([['row 1'], 0]);
  expect(workerCache('users', {})).not.toBe(cache);
});

it.each([{ max: 0 }, { maxBytes: -1 }, { ttl: 0 }, { batchSize: 1.5 }, { concurrency: 0 }])(
  '%j is refused',
  (options) => {
    expect(() => cacheOf(options)).toThrow(expect.objectContaining({ condition: 'INVALID_CACHE_OPTION' }));
  },
);
