import { afterAll, describe, expect, it } from 'vitest';
import type { JoinSpec, JoinType } from '../../src/exec/operators/spec.js';
import { BOOLEAN, type DataType, INT, LONG, STRING, type Value } from '../../src/types/index.js';
import { columns, executor, id, input, less, random, rowsOf, values } from './support.js';

const text = (rows: Value[][]) => rows.map((x) => x.map(String).join()).sort();
type Side = 'left' | 'right';

interface Case {
  readonly types: DataType[];
  readonly keys: number[];
  readonly nullSafe?: boolean;
  readonly condition?: boolean;
}

/** Nested loops over JavaScript values. */
function reference(joinType: JoinType, l: Value[][], r: Value[][], c: Case): Value[][] {
  const last = c.types.length - 1;
  const matches = (a: Value[], b: Value[]) =>
    c.keys.every((k) => (a[k] === null || b[k] === null ? c.nullSafe === true && a[k] === b[k] : a[k] === b[k])) &&
    (!c.condition || (a[last] as number) < (b[last] as number));
  const none = c.types.map(() => null);
  const pairs = l.flatMap((a) => r.filter((b) => matches(a, b)).map((b) => [...a, ...b]));
  const left = l.filter((a) => !r.some((b) => matches(a, b)));
  const right = r.filter((b) => !l.some((a) => matches(a, b)));
  switch (joinType) {
    case 'left':
      return [...pairs, ...left.map((a) => [...a, ...none])];
    case 'right':
      return [...pairs, ...right.map((b) => [...none, ...b])];
    case 'full':
      return [...pairs, ...left.map((a) => [...a, ...none]), ...right.map((b) => [...none, ...b])];
    case 'semi':
      return l.filter((a) => !left.includes(a));
    case 'anti':
      return left;
    case 'existence':
      return l.map((a) => [...a, !left.includes(a)]);
    default:
      return pairs;
  }
}

describe.each([0, 2])('joins with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });

  const cases: Record<string, Case & { make: (next: () => number, i: number) => Value[] }> = {
    'dense integers': { types: [LONG, INT], keys: [0], make: (n, i) => [BigInt(Math.floor(n() * 60)), i] },
    'unique integers': { types: [INT, INT], keys: [0], make: (_n, i) => [i * 3, i] },
    'sparse integers': {
      types: [LONG, INT],
      keys: [0],
      make: (n, i) => [BigInt(Math.floor(n() * 60)) * 10_000_000_019n - 7n, i],
    },
    strings: {
      types: [STRING, INT],
      keys: [0],
      make: (n, i) => ['x'.repeat(Math.floor(n() * 12)) + Math.floor(n() * 3), i],
    },
    'two keys': {
      types: [LONG, STRING, INT],
      keys: [0, 1],
      make: (n, i) => [BigInt(Math.floor(n() * 9)), `s${Math.floor(n() * 5)}`, i],
    },
    'null-safe': { types: [INT, INT], keys: [0], nullSafe: true, make: (n, i) => [Math.floor(n() * 30), i] },
    'with condition': {
      types: [LONG, INT],
      keys: [0],
      condition: true,
      make: (n, i) => [BigInt(Math.floor(n() * 40)), Math.floor(n() * 100) + i * 0],
    },
    'unique with condition': {
      types: [INT, INT],
      keys: [0],
      condition: true,
      make: (n, i) => [i * 2, Math.floor(n() * 100)],
    },
    'condition only': { types: [INT, INT], keys: [], condition: true, make: (n, i) => [i, Math.floor(n() * 100)] },
  };
  const rowsFor = (c: (typeof cases)[string], n: number, seed: number): Value[][] => {
    const next = random(seed);
    return Array.from({ length: n }, (_, i) => {
      const row = c.make(next, i);
      return next() < 0.1 ? row.map((v, k) => (c.keys.includes(k) ? null : v)) : row;
    });
  };
  const specOf = (c: Case, joinType: JoinType, buildSide: Side, l: Value[][], r: Value[][]): JoinSpec => {
    const left = values(c.types, l, 2);
    const right = values(c.types, r, 3);
    const output =
      joinType === 'semi' || joinType === 'anti'
        ? left.output
        : joinType === 'existence'
          ? [...left.output, ...columns(BOOLEAN)]
          : [...left.output, ...right.output];
    const keys = c.keys.map((k) => input(k, c.types[k]!));
    const last = c.types.length - 1;
    return {
      op: 'join',
      id: id(),
      output,
      partitions: 0,
      joinType,
      leftKeys: keys,
      rightKeys: keys,
      nullSafe: keys.map(() => c.nullSafe ?? false),
      buildSide,
      nullAwareAnti: false,
      left,
      right,
      ...(c.condition ? { condition: less(input(last, INT), input(c.types.length + last, INT)) } : {}),
    };
  };

  it.each(Object.keys(cases))('%s', async (name) => {
    const c = cases[name]!;
    for (const [n, m] of [
      [150, 90],
      [90, 0],
      [0, 40],
    ] as const) {
      const l = rowsFor(c, n, 5);
      const r = rowsFor(c, m, 9);
      for (const joinType of ['inner', 'left', 'right', 'full', 'semi', 'anti', 'existence'] as const)
        for (const buildSide of ['left', 'right'] as const) {
          const got = await rowsOf(e, specOf(c, joinType, buildSide, l, r));
          expect(text(got), `${joinType} build ${buildSide} ${n}×${m}`).toEqual(text(reference(joinType, l, r, c)));
        }
    }
  });

  it('a semi or anti join whose left side is likely much smaller', async () => {
    for (const name of Object.keys(cases)) {
      const c = cases[name]!;
      const l = rowsFor(c, 30, 3);
      const r = rowsFor(c, 400, 4);
      for (const joinType of ['semi', 'anti', 'existence'] as const)
        for (const partitions of [0, 2]) {
          const spec = { ...specOf(c, joinType, 'right', l, r), estimates: { left: 30, right: 400 }, partitions };
          expect(text(await rowsOf(e, spec)), `${joinType} ${name}`).toEqual(text(reference(joinType, l, r, c)));
        }
    }
  });

  it('NOT IN: nulls on either side', async () => {
    const run = async (l: (number | null)[], r: (number | null)[]) => {
      const spec = {
        ...specOf(
          { types: [INT], keys: [0] },
          'anti',
          'right',
          l.map((x) => [x]),
          r.map((x) => [x]),
        ),
        nullAwareAnti: true,
      };
      return (await rowsOf(e, spec)).flat();
    };
    expect(await run([1, 2, null], [2])).toEqual([1]);
    expect(await run([1, 2, null], [2, null])).toEqual([]);
    expect(await run([1, null], [])).toEqual([1, null]);
  });

  it('multiplies rows beyond a morsel', async () => {
    const same = Array.from({ length: 300 }, (_, i) => [1n, i]);
    const c: Case = { types: [LONG, INT], keys: [0] };
    expect((await rowsOf(e, specOf(c, 'inner', 'right', same, same))).length).toBe(90_000);
    expect((await rowsOf(e, specOf({ ...c, keys: [] }, 'cross', 'right', same, same))).length).toBe(90_000);
  });
});
