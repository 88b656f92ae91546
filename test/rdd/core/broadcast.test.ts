import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RDD, type SparkContext, SparkSession } from '../../../src/index.js';
import { knownBroadcasts } from '../../../src/rdd/shared/broadcast.js';

describe('broadcasts', () => {
  let spark: SparkSession;
  let sc: SparkContext;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[2]').create();
    sc = spark.sparkContext;
  });
  afterAll(() => spark.stop());

  it('go to each worker once, however many tasks read them', async () => {
    const names = sc.broadcast(
      new Map([
        [1, 'one'],
        [2, 'two'],
      ]),
    );
    const rdd = sc.range(40, undefined, 1, 20).map((x) => names.value.get(x % 3) ?? '-', { vars: { names } });
    expect((await rdd.collect()).slice(0, 3)).toEqual(['-', 'one', 'two']);
    await rdd.count();
    await sc
      .range(4, undefined, 1, 4)
      .map((x) => names.value.has(x), { vars: { names } })
      .collect();
    expect(names.counts.sent).toBeGreaterThan(0);
    expect(names.counts.sent).toBeLessThanOrEqual(2);
    expect(names.counts.read).toBe(names.counts.sent);
    expect(names.value.get(1)).toBe('one');
    // One that no task uses is not sent.
    const unused = sc.broadcast('u');
    await sc
      .range(2)
      .map((x) => x, { vars: { unused } })
      .count();
    expect(unused.counts.sent).toBe(0);
  });
  it('are sent again after unpersist, and fail after destroy', async () => {
    const list = sc.broadcast([1, 2, 3]);
    const rdd = sc.range(2, undefined, 1, 2).map((x) => list.value[x] ?? 0, { vars: { list } });
    expect(await rdd.collect()).toEqual([1, 2]);
    const { sent } = list.counts;
    list.unpersist();
    expect(await rdd.collect()).toEqual([1, 2]);
    expect(list.counts.sent).toBeGreaterThan(sent);
    list.destroy();
    const message = `Attempted to use Broadcast(${list.id}) after it was destroyed`;
    expect(() => list.value).toThrow(message);
    expect(() => list.destroy()).toThrow(message);
    expect(() => sc.range(1).map((x) => list.value[x] ?? 0, { vars: { list } })).toThrow(message);
    await expect(rdd.collect()).rejects.toThrow(message);
    expect(await sc.range(2).count()).toBe(2);
  });
  it('cannot be changed by tasks', async () => {
    const settings = sc.broadcast({ deep: { list: [1] }, map: new Map([['k', { v: 1 }]]) });
    for (const change of [
      sc.range(1).map(() => settings.value.deep.list.push(2), { vars: { settings } }),
      sc.range(1).map(
        () => {
          (settings.value as { other?: number }).other = 1;
        },
        { vars: { settings } },
      ),
    ])
      await expect(change.collect()).rejects.toThrow(/TypeError/);
    expect(settings.value.deep.list).toEqual([1]);
  });
  it('share typed arrays between workers', async () => {
    const numbers = new Float64Array(10_000).map((_, i) => i);
    const table = sc.broadcast({ numbers, bytes: new Uint8Array(2000), small: new Int32Array([7]), name: 'n' });
    const shared = await sc
      .range(2, undefined, 1, 2)
      .map(
        (i) => {
          const { numbers, bytes, small, name } = table.value;
          // Shared memory shows what another worker writes.
          Atomics.add(bytes, 0, 1);
          return [numbers.buffer instanceof SharedArrayBuffer, numbers[i + 5000], numbers.length, small[0], name];
        },
        { vars: { table } },
      )
      .collect();
    expect(shared).toEqual([
      [true, 5000, 10_000, 7, 'n'],
      [true, 5001, 10_000, 7, 'n'],
    ]);
    expect(table.counts.sharedBytes).toBe(82_000);
    const [total] = await sc
      .range(1)
      .map(() => table.value.bytes[0], { vars: { table } })
      .collect();
    expect(total).toBe(2);
    // The driver's own is not touched.
    expect(table.value.bytes[0]).toBe(0);
  });
  it('take Arrow tables', async () => {
    const table = await spark.sql('SELECT id, concat("n", id) AS name FROM range(1000)').toArrow();
    const arrow = sc.broadcast(table);
    const found = await sc
      .range(4, undefined, 1, 4)
      .map((i) => [arrow.value.numRows, arrow.value.get(i)?.toJSON().name as string], { vars: { arrow } })
      .collect();
    expect(found).toEqual([0, 1, 2, 3].map((i) => [1000, `n${i}`]));
    expect(arrow.counts.sent).toBeLessThanOrEqual(2);
  });
  it('live as long as an RDD names them, and no longer', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const make = () => {
      const list = sc.broadcast([1, 2, 3]);
      return { rdd: sc.range(2, undefined, 1, 2).map((x) => list.value[x] ?? 0, { vars: { list } }), id: list.id };
    };
    const known = () => knownBroadcasts().get(used.id)?.deref() !== undefined;
    const used: { rdd?: RDD<number>; id: number } = make();
    for (let i = 0; i < 3; i++) {
      await new Promise((r) => setTimeout(r, 10));
      gc();
    }
    expect(await used.rdd?.collect()).toEqual([1, 2]);
    delete used.rdd;
    for (let i = 0; i < 50 && known(); i++) {
      await new Promise((r) => setTimeout(r, 10));
      gc();
    }
    expect(known()).toBe(false);
  });
  it('and accumulators of two contexts do not meet', async () => {
    const other = await SparkSession.builder.master('local[1]').create();
    try {
      const contexts = [sc, other.sparkContext];
      const sums = contexts.map((c) => c.longAccumulator());
      const values = contexts.map((c, i) => c.broadcast(10 * (i + 1)));
      const jobs = contexts.map((c, i) => {
        const [sum, value] = [sums[i], values[i]];
        if (!sum || !value) throw new Error('not made');
        return c.range(5).foreach(() => sum.add(value.value), { vars: { sum, value } });
      });
      await Promise.all(jobs);
      expect(sums.map((s) => s.value)).toEqual([50, 100]);
    } finally {
      await other.stop();
    }
    expect(await sc.range(2).count()).toBe(2);
  });
});
