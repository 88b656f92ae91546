import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lookup } from '../../../src/rdd/worker/lookup.js';
import { createLookup } from '../../../src/rdd/worker/lookup-build.js';
import type { LookupKey } from '../../../src/rdd/worker/lookup-file.js';
import { disposeWorker, workerRegistry } from '../../../src/rdd/worker/registry.js';
import { TaskContext } from '../../../src/rdd/worker/task-context.js';
import { Decimal } from '../../../src/types/index.js';

let folder = '';
let files = 0;
const fresh = (): string => join(folder, `${files++}.db`);
const task = (id: number) => new TaskContext({ stageId: 0, partitionId: id, attemptNumber: 0, taskAttemptId: id });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'memoframe-lookup-test-'));
});
afterEach(async () => {
  workerRegistry().task = undefined;
  await disposeWorker();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('any keys and values', () => {
  it('come back as they were', async () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a\0b', 'a', '\ud800', '1', ''),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.uint8Array({ maxLength: 5 }),
    );
    const value = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      fc.constantFrom(null, undefined, true, -0, Number.NaN, Number.POSITIVE_INFINITY, 'x\0y', '\udfff', 2n ** 70n),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 12 }), async (rows) => {
        const shared = await createLookup(rows, { path: fresh() });
        const reader = shared.reader();
        // Of rows with one key the last one stays; a number and a bigint of one value are one key.
        const last = new Map(rows.map(([k, v]) => [nameOf(k), v]));
        for (const [k] of rows) {
          const got = reader.get(k as LookupKey);
          expect(got).toEqual(structuredClone(last.get(nameOf(k))));
          expect(reader.has(k as LookupKey)).toBe(true);
        }
        expect(reader.size).toBe(last.size);
      }),
      { numRuns: 60 },
    );
  });

  const nameOf = (k: unknown): string => {
    if (typeof k === 'number') return Number.isInteger(k) ? `n${BigInt(k)}` : `n${k}`;
    if (typeof k === 'bigint') return `n${k}`;
    return typeof k === 'string' ? `s${k}` : `b${k}`;
  };

  it('keys that are not there', async () => {
    const reader = (await createLookup([[1, 'one']], { path: fresh() })).reader();
    for (const k of ['1', 2, 1.5, 1n + 2n ** 60n, new Uint8Array([1])]) expect(reader.get(k)).toBeUndefined();
    expect([reader.get(1), reader.get(1n), reader.has(2)]).toEqual(['one', 'one', false]);
    expect(reader.getMany([1, 2, 1])).toEqual(['one', undefined, 'one']);
  });

  it('a Decimal stays a Decimal', async () => {
    const reader = (await createLookup([['price', { at: new Decimal(1234n, 2) }]], { path: fresh() })).reader();
    expect(String((reader.get('price') as { at: Decimal }).at)).toBe('12.34');
  });

  it.each([null, undefined, Number.NaN, {}, 2n ** 63n, true])('%s is no key', async (k) => {
    const path = fresh();
    await expect(createLookup([[k, 1]], { path })).rejects.toMatchObject({ condition: 'LOOKUP_KEY' });
    expect(readdirSync(folder).filter((f) => path.endsWith(f.split('.db')[0] as string) && f.includes('.tmp'))).toEqual(
      [],
    );
  });
});

describe('sources', () => {
  const rows = [
    { id: 1, name: 'ann', age: 30 },
    { id: 2, name: 'bob', age: 40 },
  ];
  it('rows by a field, with a field or the row as value', async () => {
    const byId = (await createLookup(rows, { path: fresh(), key: 'id' })).reader();
    expect(byId.get(2)).toEqual(rows[1]);
    const names = (await createLookup(rows, { path: fresh(), key: (r) => r.name, value: 'age' })).reader();
    expect(names.get('ann')).toBe(30);
  });
  it('asynchronous ones, and those that collect or iterate', async () => {
    async function* later() {
      yield* rows;
    }
    for (const source of [
      later(),
      { collect: async () => rows },
      { toLocalIterator: later },
      { toLocalIterator: async () => rows },
    ]) {
      const reader = (await createLookup(source, { path: fresh(), key: 'id', value: 'name' })).reader();
      expect(reader.getMany([1, 2, 3])).toEqual(['ann', 'bob', undefined]);
    }
  });
});

describe('rebuilt', () => {
  it('a task keeps its version, the next one reads the new one', async () => {
    const shared = await createLookup([['k', 'old']], { path: fresh() });
    workerRegistry().task = task(1);
    const first = lookup<string, string>(shared);
    expect([first.get('k'), first.version]).toEqual(['old', 1]);
    await shared.rebuild([['k', 'new']]);
    expect(lookup<string, string>(shared).get('k')).toBe('old');
    workerRegistry().task = task(2);
    const second = lookup<string, string>(shared.path);
    expect([second.get('k'), second.version]).toEqual(['new', 2]);
  });

  it('without a task the newest version is seen after a moment', async () => {
    const shared = await createLookup([['k', 1]], { path: fresh() });
    expect(shared.reader().get('k')).toBe(1);
    await shared.rebuild([['k', 2]]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(shared.reader().get('k')).toBe(2);
  });

  it('a reader outside of tasks keeps its version, and stays readable', async () => {
    const shared = await createLookup([['k', 1]], { path: fresh() });
    const old = shared.reader();
    await shared.rebuild([['k', 2]]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([shared.reader().get('k'), old.get('k')]).toEqual([2, 1]);
  });

  it('that fails leaves the old version and no file behind', async () => {
    const shared = await createLookup([['k', 1]], { path: fresh() });
    function* broken(): Generator<[string, number]> {
      yield ['k', 2];
      throw new RangeError('the source broke');
    }
    await expect(shared.rebuild(broken() as never)).rejects.toThrow('the source broke');
    expect(shared.reader().get('k')).toBe(1);
    expect(readdirSync(folder).filter((f) => f.includes('.tmp'))).toEqual([]);
  });

  it('files of a process that ended while it wrote are removed', async () => {
    const path = fresh();
    const abandoned = `${path}.4194305-00000000-0000-4000-8000-000000000000.tmp`;
    writeFileSync(abandoned, 'half');
    await createLookup([['k', 1]], { path });
    expect(existsSync(abandoned)).toBe(false);
  });

  it('several at once: one of them stays, whole', async () => {
    const shared = await createLookup(
      [
        ['a', 0],
        ['b', 0],
      ],
      { path: fresh() },
    );
    await Promise.all(
      [1, 2, 3].map((n) =>
        shared.rebuild([
          ['a', n],
          ['b', n],
        ] as never),
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 60));
    const [a, b] = shared.reader().getMany(['a', 'b']);
    expect(a).toBe(b);
    expect([1, 2, 3]).toContain(a);
  });
});

it('a file that is no look-up is told, and can be replaced by one', async () => {
  const path = fresh();
  writeFileSync(path, 'not a database, but long enough to be looked at as one '.repeat(100));
  expect(() => lookup(path)).toThrow(expect.objectContaining({ condition: 'LOOKUP_NOT_FOUND' }));
  const shared = await createLookup([['k', 1]], { path });
  expect(shared.reader().get('k')).toBe(1);
});

it('an absent file is an error that says how to make one', () => {
  expect(() => lookup('/nowhere/x.db')).toThrow(expect.objectContaining({ condition: 'LOOKUP_NOT_FOUND' }));
});

it('an abort ends the build', async () => {
  const end = new AbortController();
  const path = fresh();
  function* rows() {
    for (let i = 0; i < 50_000; i++) {
      if (i === 5000) end.abort();
      yield [i, i] as [number, number];
    }
  }
  await expect(createLookup(rows(), { path, signal: end.signal })).rejects.toThrow();
  expect(existsSync(path)).toBe(false);
});

it('reading leaves nothing in the folder of temporary files', async () => {
  const mine = () => readdirSync(tmpdir()).filter((f) => /^memoframe-sqlite-/.test(f));
  const before = mine();
  const shared = await createLookup([['k', 1]], { path: fresh() });
  shared.reader().get('k');
  expect(mine().filter((f) => !before.includes(f))).toEqual([]);
});
