import { afterAll, describe, expect, it } from 'vitest';
import { compareValues } from '../../src/eval/compare.js';
import type { SortSpec, TopNSpec } from '../../src/exec/operators/spec.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  STRING,
  type Value,
} from '../../src/types/index.js';
import { asc, columns, desc, executor, id, input, random, rowsOf, values } from './support.js';

const TYPES: DataType[] = [
  INT,
  LONG,
  DOUBLE,
  FLOAT,
  STRING,
  new DecimalType(10, 2),
  new DecimalType(30, 2),
  BOOLEAN,
  DATE,
  BINARY,
  new ArrayType(INT),
];

function makeRows(n: number, seed: number): Value[][] {
  const next = random(seed);
  const or = (v: Value): Value => (next() < 0.1 ? null : v);
  return Array.from({ length: n }, (_, i) => {
    const x = Math.floor(next() * 40) - 20;
    const s = ['', 'a', 'ab', 'abcdefgh', 'abcdefghi', 'é', '\u{1F600}', '\uFFFD', 'b'];
    return [
      or(x),
      or(BigInt(x) * 2n ** 40n),
      or(x === 3 ? Number.NaN : x === 4 ? Number.NEGATIVE_INFINITY : x === 0 ? -0 : x / 7),
      or(Math.fround(x / 3)),
      or(s[(x + 20) % s.length] as string),
      or(new Decimal(BigInt(x), 2)),
      or(new Decimal(BigInt(x) * 10n ** 25n, 2)),
      or(x > 0),
      or(x),
      or(Uint8Array.of(x & 255, 1)),
      or([x, i % 3]),
      i,
    ];
  });
}

describe.each([0, 2])('sort with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });
  const all = [...TYPES, INT];
  const reference = (rows: Value[][], keys: SortSpec['keys']): Value[][] =>
    [...rows].sort((a, b) => {
      for (const { expr, descending, nullsFirst } of keys) {
        if (expr.k !== 'input') throw new Error('input expected');
        const x = a[expr.ordinal]!;
        const y = b[expr.ordinal]!;
        if (x === null || y === null) {
          if (x === y) continue;
          return (x === null) === nullsFirst ? -1 : 1;
        }
        const c = compareValues(x, y, expr.type);
        if (c !== 0) return descending ? -c : c;
      }
      return (a.at(-1) as number) - (b.at(-1) as number);
    });
  const order = (rows: Value[][]) => rows.map((r) => r.at(-1));

  it.each(TYPES.map((t, i) => [t.simpleString, i] as const))('by %s', async (_name, c) => {
    const rows = makeRows(2000, c + 1);
    const key = input(c, TYPES[c]!);
    for (const keys of [
      [asc(key)],
      [desc(key)],
      [asc(key, false)],
      [desc(key, true), asc(input(0, INT))],
      [desc(input(0, INT)), desc(key)],
    ]) {
      const spec: SortSpec = {
        op: 'sort',
        id: id(),
        output: columns(...all),
        partitions: 0,
        keys,
        global: true,
        child: values(all, rows, 3),
      };
      const want = order(reference(rows, keys));
      expect(order(await rowsOf(e, spec))).toEqual(want);
      const top: TopNSpec = {
        op: 'topN',
        id: id(),
        output: columns(...all),
        partitions: 0,
        keys,
        limit: 20,
        offset: 5,
        child: values(all, rows, 3),
      };
      expect(order(await rowsOf(e, top))).toEqual(want.slice(5, 25));
    }
  });

  it('keeps the first of many rows', async () => {
    const next = random(5);
    const rows: Value[][] = Array.from({ length: 120_000 }, (_, i) => [Math.floor(next() * 1e6), i]);
    const keys = [desc(input(0, INT))];
    const spec: TopNSpec = {
      op: 'topN',
      id: id(),
      output: columns(INT, INT),
      partitions: 0,
      keys,
      limit: 100,
      offset: 0,
      child: values([INT, INT], rows, 4),
    };
    expect(order(await rowsOf(e, spec))).toEqual(order(reference(rows, keys)).slice(0, 100));
    const sort: SortSpec = {
      op: 'sort',
      id: id(),
      output: columns(INT, INT),
      partitions: 0,
      keys,
      global: true,
      child: values([INT, INT], rows, 4),
    };
    expect(order(await rowsOf(e, sort))).toEqual(order(reference(rows, keys)));
  });
});
