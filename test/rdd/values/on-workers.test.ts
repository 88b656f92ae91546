import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLookup, type SparkContext, SparkSession } from '../../../src/index.js';

let folder = '';
let spark: SparkSession | undefined;
let files = 0;
const fresh = (ending: string): string => join(folder, `${files++}.${ending}`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'memoframe-workers-test-'));
});
afterEach(async () => {
  await spark?.stop();
  spark = undefined;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function start(master: string, conf: Readonly<Record<string, string | boolean>> = {}): Promise<SparkContext> {
  let builder = SparkSession.builder.master(master);
  for (const [key, value] of Object.entries(conf)) builder = builder.config(key, value);
  spark = await builder.create();
  return spark.sparkContext;
}

/** Which worker made the value that each partition used, over several jobs. */
const makers = (sc: SparkContext, partitions: number) =>
  sc
    .range(0, partitions, 1, partitions)
    .mapPartitions(async (it, task) => {
      const value = await task.workerScoped('shared', async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { made: task.taskAttemptId(), by: task.workerId() };
      });
      for (const _ of it);
      return [[task.workerId(), value.by, value.made] as const];
    })
    .collect();

describe('worker-scoped values', () => {
  it('are made once for each worker, over all tasks and jobs', async () => {
    const sc = await start('local[2]');
    const seen = new Map<number, Set<number>>();
    for (let job = 0; job < 5; job++)
      for (const [worker, by, made] of await makers(sc, 8)) {
        expect(by).toBe(worker);
        seen.set(worker, (seen.get(worker) ?? new Set()).add(made));
      }
    expect(seen.size).toBeLessThanOrEqual(2);
    for (const made of seen.values()) expect(made.size).toBe(1);
  });

  it('on an executor of one core each: as many as executors', async () => {
    const sc = await start('local-cluster[3,1,512]');
    const made = new Set<number>();
    for (let job = 0; job < 4; job++) for (const [, , id] of await makers(sc, 12)) made.add(id);
    expect(made.size).toBeLessThanOrEqual(3);
  });

  it('are lost with each task where workers are not reused', async () => {
    const sc = await start('local[1]', { 'spark.worker.reuse': false });
    const made = (await makers(sc, 3)).map(([, , id]) => id);
    expect(new Set(made).size).toBe(3);
  });

  it.each([true, false])('are disposed of when the worker ends (reuse %s)', async (reuse) => {
    const sc = await start('local[1]', { 'spark.worker.reuse': reuse });
    const log = fresh('log');
    await sc.range(0, 2, 1, 2).foreachPartition(
      (_, task) => {
        const { appendFileSync } = require('node:fs');
        task.workerScoped('file', () => 1, { dispose: () => appendFileSync(log, 'disposed\n') });
      },
      { vars: { log } },
    );
    if (reuse) expect(existsSync(log)).toBe(false);
    await spark?.stop();
    expect(readFileSync(log, 'utf8')).toBe('disposed\n'.repeat(reuse ? 1 : 2));
  });

  it('a factory that throws fails its task with the cause; the retry makes the value', async () => {
    const sc = await start('local[1,3]');
    const tries = sc.longAccumulator('tries');
    const flag = fresh('flag');
    const result = await sc
      .parallelize([1, 2, 3], 1)
      .map(
        (x, task) => {
          const { existsSync, writeFileSync } = require('node:fs');
          const factor = task.workerScoped('factor', () => {
            if (existsSync(flag)) return 10;
            writeFileSync(flag, '');
            throw new RangeError('the model is not there yet');
          });
          tries.add(1);
          return x * factor;
        },
        { vars: { flag, tries } },
      )
      .collect();
    expect(result).toEqual([10, 20, 30]);
    await spark?.stop();
    const once = await start('local[1]');
    rmSync(flag);
    await expect(
      once
        .parallelize([1], 1)
        .map((_, task) => task.workerScoped('factor', () => Promise.reject(new RangeError('the model is gone'))))
        .collect(),
    ).rejects.toThrow(/Task 0 in stage \d+\.0 failed 1 times, most recent failure[\s\S]*the model is gone/);
  });

  it('a worker that is killed in the middle: its state is made again, counts stay right', async () => {
    const sc = await start('local-cluster[2,1,512]');
    const done = sc.longAccumulator('done');
    const killed = new Set<number>();
    const job = sc
      .range(0, 40, 1, 20)
      .mapPartitions(
        async (it, task) => {
          const state = task.workerScoped('state', () => ({ worker: task.workerId() }));
          const out: number[][] = [];
          for (const x of it) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            done.add(1);
            out.push([x, state.worker, task.workerId()]);
          }
          return out;
        },
        { vars: { done } },
      )
      .collect();
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 80));
      const busy = sc.workers.find((w) => w.busy && !killed.has(w.workerId));
      if (busy) {
        killed.add(busy.workerId);
        await sc.killWorker(busy.workerId);
      }
    }
    const rows = await job;
    expect(rows.map(([x]) => x)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    for (const [, made, used] of rows) expect(made).toBe(used);
    expect(killed.size).toBeGreaterThan(0);
    expect(new Set(rows.map((r) => r[2])).size).toBeGreaterThan(2 - killed.size);
  });
});

describe('worker caches', () => {
  const batches = [
    [1, 2, 3],
    [1, 2, 5],
    [1, 3, 5],
  ];
  const loads = async (sc: SparkContext, cached: boolean) => {
    const read = sc.collectionAccumulator<number>('read');
    for (const batch of batches)
      await sc
        .parallelize(batch, 1)
        .map(
          (id, task) => {
            const load = (key: number) => {
              read.add(key);
              return `name of ${key}`;
            };
            return cached ? task.workerCache<number, string>('names', { load }).get(id) : load(id);
          },
          { vars: { read, cached } },
        )
        .collect();
    const counter: Record<number, number> = {};
    for (const id of read.value) counter[id] = (counter[id] ?? 0) + 1;
    return counter;
  };
  it('the published counters: over three batches each id is read once', async () => {
    const sc = await start('local[1]');
    expect(await loads(sc, true)).toEqual({ 1: 1, 2: 1, 3: 1, 5: 1 });
    expect(await loads(sc, false)).toEqual({ 1: 3, 2: 2, 3: 2, 5: 2 });
  });
  it('workers that are not reused: once for each batch', async () => {
    const sc = await start('local[1]', { 'spark.worker.reuse': false });
    expect(await loads(sc, true)).toEqual({ 1: 3, 2: 2, 3: 2, 5: 2 });
  });
});

describe('look-ups', () => {
  const read = (sc: SparkContext, names: { readonly path: string }, partitions = 8) =>
    sc
      .range(0, 400, 1, partitions)
      .mapPartitions(
        (it, task) => {
          const reader = task.lookup<number, string>(names);
          return it.map((id) => [reader.version, reader.get(id)] as const);
        },
        { vars: { names: { path: names.path } } },
      )
      .collect();
  const rows = (text: string) => Array.from({ length: 400 }, (_, id) => [id, `${text} ${id}`] as [number, string]);

  it('all workers read one file, and read the new one after it was rebuilt', async () => {
    const sc = await start('local[2]');
    const names = await createLookup(rows('old'), { path: fresh('db') });
    expect(await read(sc, names)).toEqual(rows('old').map(([, v]) => [1, v]));
    await names.rebuild(rows('new'));
    expect(await read(sc, names)).toEqual(rows('new').map(([, v]) => [2, v]));
  });

  it('are mapped, once for all, where this Node has SQLite built in', async () => {
    const sc = await start('local[2]');
    const names = await createLookup(rows('old'), { path: fresh('db') });
    const mappings = () =>
      process.platform === 'linux'
        ? readFileSync('/proc/self/maps', 'utf8')
            .split('\n')
            .filter((line) => line.endsWith(names.path)).length
        : -1;
    const found = await sc
      .range(0, 2, 1, 2)
      .map(
        (id, task) => {
          const reader = task.lookup<number, string>(names);
          return [reader.mapped, reader.get(id)] as const;
        },
        { vars: { names: { path: names.path } } },
      )
      .collect();
    const builtIn = isBuiltin('node:sqlite');
    expect(found).toEqual([
      [builtIn, 'old 0'],
      [builtIn, 'old 1'],
    ]);
    if (!builtIn) expect(mappings()).toBeLessThanOrEqual(0);
    else expect([-1, 1, 2]).toContain(mappings());
  });

  it('rebuilt again and again under running jobs: each task reads one whole version', async () => {
    const sc = await start('local[2]');
    const names = await createLookup(rows('v1'), { path: fresh('db') });
    let over = false;
    const rebuilding = (async () => {
      for (let v = 2; !over; v++) await names.rebuild(rows(`v${v}`));
    })();
    for (let job = 0; job < 6; job++) {
      const found = await read(sc, names, 10);
      for (let p = 0; p < 10; p++) {
        const part = found.slice(p * 40, p * 40 + 40);
        const [version] = part[0] as readonly [number, string];
        expect(part).toEqual(part.map((_, i) => [version, `v${version} ${p * 40 + i}`]));
      }
    }
    over = true;
    await rebuilding;
  });

  it('built from a DataFrame and from an RDD', async () => {
    const sc = await start('local[1]');
    const df = (spark as SparkSession).range(5).selectExpr('id', "concat('row ', id) AS name");
    const fromFrame = await createLookup(df, { path: fresh('db'), key: 'id', value: 'name' });
    expect(fromFrame.reader().getMany([0, 4, 5] as never[])).toEqual(['row 0', 'row 4', undefined]);
    const pairs = sc.range(0, 5, 1, 2).map((x) => [x, x * x] as [number, number]);
    const fromRdd = await createLookup(pairs, { path: fresh('db') });
    expect(fromRdd.reader().getMany([0, 4, 5])).toEqual([0, 16, undefined]);
  });

  it('a worker that is killed while it reads does no harm', async () => {
    const sc = await start('local-cluster[2,1,512]');
    const names = await createLookup(rows('old'), { path: fresh('db') });
    const busy = (signal: AbortSignal) =>
      sc.range(0, 2, 1, 2).foreachPartition(
        (_, task) => {
          const reader = task.lookup<number, string>(names);
          for (let i = 0; ; i++) reader.get(i % 400);
        },
        { vars: { names: { path: names.path } }, signal },
      );
    const end = new AbortController();
    const job = busy(end.signal).catch((error) => error);
    await new Promise((resolve) => setTimeout(resolve, 300));
    end.abort();
    expect(await job).toMatchObject({ condition: 'OPERATION_CANCELED' });
    expect(await read(sc, names)).toHaveLength(400);
  }, 60_000);
});
