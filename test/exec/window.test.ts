import { afterAll, describe, expect, it } from 'vitest';
import type { BoundWindowFunction, WindowSpec } from '../../src/exec/operators/spec.js';
import { type DataType, INT, LONG, STRING, type Value } from '../../src/types/index.js';
import { aggregate, asc, columns, desc, executor, id, input, literal, random, rowsOf, values } from './support.js';

const WHOLE: BoundWindowFunction['frame'] = {
  unit: 'rows',
  lower: { kind: 'unboundedPreceding' },
  upper: { kind: 'unboundedFollowing' },
};
const RUNNING: BoundWindowFunction['frame'] = {
  unit: 'range',
  lower: { kind: 'unboundedPreceding' },
  upper: { kind: 'currentRow' },
};
const rows = (from: number, to: number): BoundWindowFunction['frame'] => ({
  unit: 'rows',
  lower: { kind: 'offset', value: from, type: INT },
  upper: { kind: 'offset', value: to, type: INT },
});
const near = (from: number, to: number): BoundWindowFunction['frame'] => ({ ...rows(from, to), unit: 'range' });

function fn(
  name: string,
  type: DataType,
  args: BoundWindowFunction['args'] = [],
  more: Partial<BoundWindowFunction> = {},
): BoundWindowFunction {
  return { fn: name, args, ignoreNulls: false, frame: WHOLE, type, ...more };
}
const over = (name: string, frame: BoundWindowFunction['frame'], ignoreNulls = false): BoundWindowFunction =>
  fn(name, name === 'sum' ? LONG : INT, [], {
    frame,
    ignoreNulls,
    aggregate: aggregate(name, name === 'sum' ? LONG : INT, [input(2, INT)]),
  });

describe.each([0, 2])('window functions with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(() => e.stop());
  // k, o, v
  const data: Value[][] = [
    ['a', 1, 10],
    ['a', 2, null],
    ['a', 2, 30],
    ['a', 4, 40],
    ['b', 1, 5],
    ['b', null, 6],
    [null, 3, 7],
  ];
  const run = async (functions: BoundWindowFunction[], order = [asc(input(1, INT))], source = data) => {
    const spec: WindowSpec = {
      op: 'window',
      id: id(),
      output: columns(STRING, INT, INT, ...functions.map((f) => f.type)),
      partitions: 1,
      partitionKeys: [input(0, STRING)],
      orderKeys: order,
      functions,
      child: values([STRING, INT, INT], source),
    };
    return (await rowsOf(e, spec)).sort((x, y) =>
      String(x[0]) < String(y[0]) ? -1 : String(x[0]) > String(y[0]) ? 1 : 0,
    );
  };

  it('ranks', async () => {
    const got = await run([
      fn('row_number', INT),
      fn('rank', INT),
      fn('dense_rank', INT),
      fn('ntile', INT, [literal(2, INT)]),
    ]);
    expect(got.map((r) => r.slice(3))).toEqual([
      [1, 1, 1, 1],
      [2, 2, 2, 1],
      [3, 2, 2, 2],
      [4, 4, 3, 2],
      [1, 1, 1, 1],
      [2, 2, 2, 2],
      [1, 1, 1, 1],
    ]);
  });

  it('looks back and ahead', async () => {
    const v = input(2, INT);
    const got = await run([
      fn('lag', INT, [v, literal(1, INT)]),
      fn('lead', INT, [v, literal(1, INT), literal(-1, INT)]),
      fn('lag', INT, [v, literal(1, INT)], { ignoreNulls: true }),
      fn('nth_value', INT, [v, literal(2, INT)], { frame: RUNNING }),
    ]);
    expect(got.map((r) => r.slice(3))).toEqual([
      [null, null, null, null],
      [10, 30, 10, null],
      [null, 40, 10, null],
      [30, -1, 30, null],
      [null, 5, null, null],
      [6, -1, 6, 5],
      [null, -1, null, null],
    ]);
  });

  it('aggregates frames', async () => {
    const got = await run([
      over('sum', WHOLE),
      over('sum', RUNNING),
      over('sum', rows(-1, 0)),
      over('max', rows(1, 2)),
      over('first', rows(-1, 0), true),
      over('sum', near(-1, 0)),
    ]);
    expect(got.map((r) => r.slice(3))).toEqual([
      [80n, 10n, 10n, 30, 10, 10n],
      [80n, 40n, 10n, 40, 10, 40n],
      [80n, 40n, 30n, 40, 30, 40n],
      [80n, 80n, 70n, null, 30, 40n],
      [11n, 6n, 6n, 5, 6, 6n],
      [11n, 11n, 11n, null, 6, 5n],
      [7n, 7n, 7n, null, 7, 7n],
    ]);
  });

  it('agrees with a plain computation on many rows', async () => {
    const next = random(11);
    const many: Value[][] = Array.from({ length: 3000 }, (_, i) => [
      String(Math.floor(next() * 20)),
      Math.floor(next() * 40),
      next() < 0.2 ? null : i,
    ]);
    const got = await run([over('sum', near(-2, 3)), over('sum', rows(-3, 1))], [desc(input(1, INT))], many);
    const groups = new Map<Value, Value[][]>();
    for (const r of got) groups.set(r[0]!, [...(groups.get(r[0]!) ?? []), r]);
    expect(got.length).toBe(3000);
    for (const g of groups.values()) {
      g.forEach((r, i) => {
        const sum = (xs: Value[][]) => {
          const v = xs.map((x) => x[2]).filter((x) => x !== null) as number[];
          return v.length === 0 ? null : BigInt(v.reduce((a, b) => a + b, 0));
        };
        const o = r[1] as number;
        expect(r[3]).toEqual(sum(g.filter((x) => (x[1] as number) <= o + 2 && (x[1] as number) >= o - 3)));
        expect(r[4]).toEqual(sum(g.slice(Math.max(0, i - 3), i + 2)));
      });
    }
  });
});
