import { afterAll, describe, expect, it } from 'vitest';
import type { AggregateSpec } from '../../src/exec/operators/spec.js';
import {
  BOOLEAN,
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  STRING,
  type Value,
} from '../../src/types/index.js';
import { aggregate, columns, executor, id, input, random, rowsOf, values } from './support.js';

const D = new DecimalType(12, 2);
const WIDE = new DecimalType(30, 4);
const TYPES: DataType[] = [STRING, INT, LONG, DOUBLE, D, WIDE, BOOLEAN, DATE];

function makeRows(n: number, keys: number, seed: number): Value[][] {
  const next = random(seed);
  const or = (v: Value): Value => (next() < 0.15 ? null : v);
  return Array.from({ length: n }, () => {
    const k = Math.floor(next() * keys);
    const x = Math.floor(next() * 2000) - 1000;
    return [
      or(k % 3 === 0 ? 'k'.repeat((k % 12) + 1) + k : `k${k}`),
      or(k),
      or(BigInt(x) * 1_000_000_007n),
      or(next() < 0.05 ? Number.NaN : next() < 0.05 ? -0 : x),
      or(new Decimal(BigInt(x), 2)),
      or(new Decimal(BigInt(x) * 10n ** 20n, 4)),
      or(x > 0),
      or(x),
    ];
  });
}

const text = (v: Value): string => (v === null ? 'null' : Object.is(v, -0) ? '0' : String(v));
const present = (rows: Value[][], c: number): Value[] => rows.map((r) => r[c] as Value).filter((v) => v !== null);
const byBytes = (a: Value, b: Value): number => Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
const big = (v: Value): bigint => (v instanceof Decimal ? v.unscaled : BigInt(v as bigint));

function halfUp(sum: bigint, count: bigint): bigint {
  const q = sum / count;
  const r = sum % count;
  return (r < 0n ? -r : r) * 2n >= count ? q + (sum < 0n ? -1n : 1n) : q;
}

/** What SQL says of the aggregates below, over one group. */
function expected(rows: Value[][]): Value[] {
  const some = (c: number, f: (v: Value[]) => Value): Value => {
    const v = present(rows, c);
    return v.length === 0 ? null : f(v);
  };
  const numbers = (v: Value[]) => (v as number[]).filter((x) => !Number.isNaN(x));
  return [
    BigInt(rows.length),
    BigInt(present(rows, 1).length),
    some(2, (v) => v.reduce<bigint>((a, x) => a + big(x), 0n)),
    some(
      4,
      (v) =>
        new Decimal(
          v.reduce<bigint>((a, x) => a + big(x), 0n),
          2,
        ),
    ),
    some(
      5,
      (v) =>
        new Decimal(
          v.reduce<bigint>((a, x) => a + big(x), 0n),
          4,
        ),
    ),
    some(4, (v) => new Decimal(halfUp(v.reduce<bigint>((a, x) => a + big(x), 0n) * 10_000n, BigInt(v.length)), 6)),
    some(0, (v) => v.sort(byBytes)[0] as Value),
    some(0, (v) => v.sort(byBytes).at(-1) as Value),
    some(3, (v) => (numbers(v).length === 0 ? Number.NaN : Math.min(...numbers(v)))),
    some(3, (v) => (v.some(Number.isNaN) ? Number.NaN : Math.max(...numbers(v)))),
    some(5, (v) => new Decimal(v.map(big).sort((a, b) => (a < b ? -1 : 1))[0] as bigint, 4)),
    some(6, (v) => v.every(Boolean)),
    some(7, (v) => Math.max(...(v as number[]))),
    BigInt(new Set(present(rows, 7)).size),
    some(1, (v) => (v as number[]).reduce((a, b) => a + b, 0) / v.length),
    BigInt(rows.filter((r) => r[6] === true && r[2] !== null).length),
  ];
}

const CALLS = [
  aggregate('count', LONG, []),
  aggregate('count', LONG, [input(1, INT)]),
  aggregate('sum', LONG, [input(2, LONG)]),
  aggregate('sum', new DecimalType(22, 2), [input(4, D)]),
  aggregate('sum', new DecimalType(38, 4), [input(5, WIDE)]),
  aggregate('avg', new DecimalType(16, 6), [input(4, D)]),
  aggregate('min', STRING, [input(0, STRING)]),
  aggregate('max', STRING, [input(0, STRING)]),
  aggregate('min', DOUBLE, [input(3, DOUBLE)]),
  aggregate('max', DOUBLE, [input(3, DOUBLE)]),
  aggregate('min', WIDE, [input(5, WIDE)]),
  aggregate('bool_and', BOOLEAN, [input(6, BOOLEAN)]),
  aggregate('max', DATE, [input(7, DATE)]),
  aggregate('count', LONG, [input(7, DATE)], { distinct: true }),
  aggregate('avg', DOUBLE, [input(1, INT)]),
  aggregate('count', LONG, [input(2, LONG)], { filter: input(6, BOOLEAN) }),
];

describe.each([0, 2])('aggregation with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });

  const check = async (rows: Value[][], keys: number[], calls = CALLS, pick = CALLS.map((_, i) => i)) => {
    const spec: AggregateSpec = {
      op: 'aggregate',
      id: id(),
      partitions: 0,
      keys: keys.map((k) => input(k, TYPES[k]!)),
      aggregates: calls,
      output: columns(...keys.map((k) => TYPES[k]!), ...calls.map((c) => c.type)),
      child: values(TYPES, rows, 4),
    };
    const groups = new Map<string, Value[][]>();
    if (keys.length === 0) groups.set('', []);
    for (const r of rows) {
      const key = keys.map((k) => text(r[k]!)).join('|');
      const group = groups.get(key);
      if (group) group.push(r);
      else groups.set(key, [r]);
    }
    const got = new Map(
      (await rowsOf(e, spec)).map((r) => [r.slice(0, keys.length).map(text).join('|'), r.slice(keys.length)]),
    );
    expect(got.size).toBe(groups.size);
    for (const [key, group] of groups) {
      const all = expected(group);
      expect(got.get(key)?.map(text), key).toEqual(pick.map((i) => text(all[i]!)));
    }
  };
  const mergeable = CALLS.map((_, i) => i).filter((i) => !CALLS[i]!.distinct);
  const partial = mergeable.map((i) => CALLS[i]!);

  it.each([[[]], [[0]], [[1]], [[3]], [[4]], [[5]], [[0, 1]], [[6, 7, 0]]])('by columns %j', async (keys) => {
    await check(makeRows(3000, 40, 3 + keys.length), keys);
    await check(makeRows(3000, 40, 4 + keys.length), keys, partial, mergeable);
    await check(makeRows(3000, 40, 5 + keys.length), keys, [CALLS[13]!], [13]);
  });

  it('has no groups over no rows, but one row without keys', async () => {
    await check([], [0], partial, mergeable);
    await check([], [], partial, mergeable);
    await check([], []);
  });

  it('handles many groups', async () => {
    const rows = makeRows(60_000, 50_000, 21);
    await check(rows, [1], [CALLS[0]!, CALLS[2]!, CALLS[3]!], [0, 2, 3]);
    await check(rows, [0, 1], [CALLS[0]!, CALLS[2]!, CALLS[6]!], [0, 2, 6]);
  });

  it('raises where the exact sum is too large', async () => {
    const spec = (rows: bigint[]): AggregateSpec => ({
      op: 'aggregate',
      id: id(),
      partitions: 0,
      keys: [],
      aggregates: [aggregate('sum', LONG, [input(0, LONG)])],
      output: columns(LONG),
      child: values(
        [LONG],
        rows.map((x) => [x]),
      ),
    });
    const max = 2n ** 63n - 1n;
    await expect(e.run(spec([max, 1n]))).rejects.toMatchObject({ condition: 'ARITHMETIC_OVERFLOW' });
    expect(await rowsOf(e, spec([max, 1n, -5n]))).toEqual([[max - 4n]]);
  });

  it('runs aggregates without a kernel where the rows of a group meet', async () => {
    const rows: Value[][] = Array.from({ length: 5000 }, (_, i) => [i % 7, i]);
    const spec: AggregateSpec = {
      op: 'aggregate',
      id: id(),
      partitions: 0,
      keys: [input(0, INT)],
      aggregates: [
        aggregate('first', INT, [input(1, INT)]),
        aggregate('last', INT, [input(1, INT)]),
        aggregate('stddev_pop', DOUBLE, [
          { k: 'cast', child: input(1, INT), type: DOUBLE, mode: 'ANSI', timeZone: 'UTC' },
        ]),
      ],
      output: columns(INT, INT, INT, DOUBLE),
      child: values([INT, INT], rows, 3),
    };
    const got = (await rowsOf(e, spec)).sort((a, b) => (a[0] as number) - (b[0] as number));
    expect(got.map((r) => r.slice(0, 3))).toEqual([0, 1, 2, 3, 4, 5, 6].map((k) => [k, k, 4999 - ((4999 - k) % 7)]));
    expect(got[0]![3]).toBeCloseTo(7 * Math.sqrt((715 ** 2 - 1) / 12), 6);
  });
});
