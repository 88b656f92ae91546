import { describe, expect, it } from 'vitest';
import { BOOLEAN, DOUBLE, INT, LONG, STRING, type Value } from '../../src/types/index.js';
import {
  aggregate,
  asc,
  call,
  columns,
  desc,
  executor,
  id,
  input,
  less,
  literal,
  random,
  rowsOf,
  values,
} from './support.js';

describe('executor on the main thread', () => {
  const e = executor();
  const rows: Value[][] = [
    [1, 'a', 1.5],
    [2, 'b', null],
    [null, 'a', 2.5],
    [4, null, Number.NaN],
  ];
  const source = values([INT, STRING, DOUBLE], rows);

  it('returns values', async () => {
    expect(await rowsOf(e, source)).toEqual(rows);
    expect(await rowsOf(e, values([INT, STRING, DOUBLE], rows, 3))).toEqual(rows);
    expect(await rowsOf(e, values([], [[]]))).toEqual([[]]);
  });

  it('filters and projects', async () => {
    const child = {
      op: 'filter',
      id: id(),
      output: source.output,
      partitions: 0,
      condition: less(input(0, INT), literal(3, INT)),
      child: source,
    } as const;
    const spec = {
      op: 'project',
      id: id(),
      output: columns(STRING, INT),
      partitions: 0,
      exprs: [input(1, STRING), call('+', INT, input(0, INT), literal(10, INT))],
      child,
    } as const;
    expect(await rowsOf(e, spec)).toEqual([
      ['a', 11],
      ['b', 12],
    ]);
  });

  it('makes ranges by partition', async () => {
    const spec = {
      op: 'range',
      id: id(),
      output: columns(LONG),
      partitions: 3,
      start: 0n,
      end: 10n,
      step: 1n,
    } as const;
    using result = await e.run(spec);
    expect(result.partitions.map((p) => p.rows)).toEqual([3, 3, 4]);
    expect(result.rows().flat()).toEqual(Array.from({ length: 10 }, (_, i) => BigInt(i)));
  });

  it('aggregates', async () => {
    const spec = {
      op: 'aggregate',
      id: id(),
      output: columns(STRING, LONG, LONG, DOUBLE),
      partitions: 0,
      keys: [input(1, STRING)],
      aggregates: [
        aggregate('count', LONG, []),
        aggregate('sum', LONG, [input(0, INT)]),
        aggregate('max', DOUBLE, [input(2, DOUBLE)]),
      ],
      child: source,
    } as const;
    const got = await rowsOf(e, spec);
    expect(got.sort((a, b) => String(a[0]).localeCompare(String(b[0])))).toEqual([
      ['a', 2n, 1n, 2.5],
      ['b', 1n, 2n, null],
      [null, 1n, 4n, Number.NaN],
    ]);
  });

  it('aggregates without keys over nothing', async () => {
    const spec = {
      op: 'aggregate',
      id: id(),
      output: columns(LONG, LONG),
      partitions: 0,
      keys: [],
      aggregates: [aggregate('count', LONG, []), aggregate('sum', LONG, [input(0, INT)])],
      child: values([INT], []),
    } as const;
    expect(await rowsOf(e, spec)).toEqual([[0n, null]]);
  });

  it('sorts', async () => {
    const spec = {
      op: 'sort',
      id: id(),
      output: source.output,
      partitions: 0,
      keys: [desc(input(0, INT))],
      global: true,
      child: source,
    } as const;
    expect((await rowsOf(e, spec)).map((r) => r[0])).toEqual([4, 2, 1, null]);
    const byText = { ...spec, keys: [asc(input(1, STRING)), desc(input(2, DOUBLE))] };
    expect((await rowsOf(e, byText)).map((r) => r[1])).toEqual([null, 'a', 'a', 'b']);
  });

  it('limits', async () => {
    const range = {
      op: 'range',
      id: id(),
      output: columns(LONG),
      partitions: 8,
      start: 0n,
      end: 100_000n,
      step: 1n,
    } as const;
    const spec = {
      op: 'limit',
      id: id(),
      output: columns(LONG),
      partitions: 1,
      limit: 3,
      offset: 2,
      global: true,
      child: range,
    } as const;
    expect((await rowsOf(e, spec)).flat()).toEqual([2n, 3n, 4n]);
    const top = {
      op: 'topN',
      id: id(),
      output: columns(LONG),
      partitions: 1,
      keys: [desc(input(0, LONG))],
      limit: 2,
      offset: 1,
      child: range,
    } as const;
    expect((await rowsOf(e, top)).flat()).toEqual([99_998n, 99_997n]);
  });

  it('gives all memory back', () => {
    expect(e.arena.usedBytes()).toBeLessThanOrEqual((2 + 8) << 20);
  });

  it('joins', async () => {
    const next = random(7);
    const make = (n: number, keys: number): Value[][] =>
      Array.from({ length: n }, (_, i) => [next() < 0.1 ? null : BigInt(Math.floor(next() * keys)), i]);
    const l = make(300, 100);
    const r = make(200, 100);
    const left = values([LONG, INT], l);
    const right = values([LONG, INT], r);
    const pairs = l.flatMap((a) => r.filter((b) => a[0] !== null && a[0] === b[0]).map((b) => [...a, ...b]));
    const lonely = (xs: Value[][], ys: Value[][]) => xs.filter((a) => a[0] === null || !ys.some((b) => b[0] === a[0]));
    const NONE: Value[] = [null, null];
    const expected: Record<string, Value[][]> = {
      inner: pairs,
      left: [...pairs, ...lonely(l, r).map((a) => [...a, ...NONE])],
      right: [...pairs, ...lonely(r, l).map((b) => [...NONE, ...b])],
      full: [...pairs, ...lonely(l, r).map((a) => [...a, ...NONE]), ...lonely(r, l).map((b) => [...NONE, ...b])],
      semi: l.filter((a) => !lonely(l, r).includes(a)),
      anti: lonely(l, r),
    };
    const text = (rows: Value[][]) => rows.map((x) => x.map(String).join()).sort();
    for (const [joinType, want] of Object.entries(expected))
      for (const buildSide of ['left', 'right'] as const) {
        const output = joinType === 'semi' || joinType === 'anti' ? left.output : [...left.output, ...right.output];
        const spec = {
          op: 'join',
          id: id(),
          output,
          partitions: 0,
          joinType: joinType as 'inner',
          leftKeys: [input(0, LONG)],
          rightKeys: [input(0, LONG)],
          nullSafe: [false],
          buildSide,
          nullAwareAnti: false,
          left,
          right,
        } as const;
        expect(text(await rowsOf(e, spec)), `${joinType} ${buildSide}`).toEqual(text(want));
      }
  });
  void BOOLEAN;
});
