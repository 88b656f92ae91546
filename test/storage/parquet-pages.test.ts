import { describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import { countRows, inputsOf, intersect, matchingRows, union } from '../../src/storage/parquet/page-index.js';
import { BOOLEAN, type DataType, Decimal, DecimalType, INT, LONG, STRING, type Value } from '../../src/types/index.js';
import { fixture, readAll } from './parquet-harness.js';

const n = 6000;
const wanted = [
  { name: 'id', type: LONG },
  { name: 's', type: STRING },
  { name: 't', type: STRING },
  { name: 'n', type: INT },
  { name: 'd', type: new DecimalType(20, 2) },
  { name: 'b', type: BOOLEAN },
  { name: 'absent', type: LONG },
];
const row = (k: number): Value[] => [
  BigInt(k),
  `k${String(Math.floor(k / 500)).padStart(2, '0')}`,
  `text ${(k * 7919) % n}`,
  k % 7 === 0 ? null : k,
  new Decimal(BigInt(k), 2),
  k % 3 === 0,
  null,
];

const call = (fn: string, ...args: BoundExpr[]): BoundExpr => ({
  k: 'call',
  fn,
  args,
  type: BOOLEAN,
  mode: 'ANSI',
  timeZone: 'UTC',
});
const input = (ordinal: number): BoundExpr => ({
  k: 'input',
  ordinal,
  type: wanted[ordinal]?.type as DataType,
  nullable: true,
});
const lit = (value: Value, type: DataType): BoundExpr => ({ k: 'literal', value, type });
const compare = (op: string, ordinal: number, value: Value): BoundExpr =>
  call(op, input(ordinal), lit(value, wanted[ordinal]?.type as DataType));
const both = (k: 'and' | 'or', left: BoundExpr, right: BoundExpr): BoundExpr => ({ k, left, right, type: BOOLEAN });

const allBytes = new Map<number, number>();

/** Rows that come, checked against the formula, and the share of bytes read. */
async function read(version: number, pushed: BoundExpr[], stretch?: number): Promise<{ ids: number[]; share: number }> {
  const path = fixture(`paged-v${version}`);
  const all = allBytes.get(version) ?? (await readAll(path, { columns: wanted })).bytesRead;
  allBytes.set(version, all);
  const some = await readAll(path, { columns: wanted, pushed, ...(stretch && { stretch }) });
  const ids = (some.columns['id'] as bigint[]).map(Number);
  expect(ids.length).toBe(some.rows);
  const rows = ids.map(row);
  wanted.forEach((w, c) => {
    expect(some.columns[w.name]).toEqual(rows.map((r) => r[c]));
  });
  return { ids, share: some.bytesRead / all };
}

describe.each([1, 2])('pages of version %i', (version) => {
  it('are all read without a filter', async () => {
    const { ids, share } = await read(version, []);
    expect(ids).toEqual(Array.from({ length: n }, (_, k) => k));
    expect(share).toBe(1);
  });

  it('are left out by their statistics', async () => {
    const { ids, share } = await read(version, [compare('=', 0, 4321n)]);
    expect(ids).toContain(4321);
    expect(ids.length).toBeLessThanOrEqual(200);
    expect(share).toBeLessThan(0.5);
  });

  it.each([1, 64, 333])('give the same rows in stretches of %i', async (stretch) => {
    const pushed = [
      both('or', compare('<', 0, 150n), both('and', compare('>=', 1, 'k05'), compare('<', 4, new Decimal(2700n, 2)))),
    ];
    const { ids } = await read(version, pushed, stretch);
    for (let k = 0; k < n; k++) if (k < 150 || (k >= 2500 && k < 2700)) expect(ids).toContain(k);
    expect(ids.length).toBeLessThan(800);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it('are found again after stretches that nobody looked at', async () => {
    const path = fixture(`paged-v${version}`);
    const pushed = [both('or', compare('<', 0, 700n), compare('>=', 0, 5000n))];
    for (const filter of [[], pushed])
      for (const stretch of [50, 333]) {
        const look = (column: number, n: number): boolean => column === 0 || (n * 31 + column) % 6 === 0;
        const { columns } = await readAll(path, { columns: wanted, pushed: filter, stretch, look });
        const ids = (columns['id'] as bigint[]).map(Number);
        for (const [c, w] of wanted.entries()) {
          const got = columns[w.name] as (Value | undefined)[];
          expect(got).toEqual(ids.map((k, i) => (got[i] === undefined ? undefined : row(k)[c])));
          expect(got.filter((v) => v !== undefined).length).toBeGreaterThan(0);
        }
      }
  });

  it('may all be left out', async () => {
    const { ids, share } = await read(version, [
      compare('=', 2, 'text 3.5'),
      compare('=', 3, 7),
      compare('>', 0, 5000n),
    ]);
    expect(ids).toEqual([]);
    expect(share).toBeLessThan(0.2);
  });

  it('keep every row that matches', async () => {
    for (let k = 0; k < n; k += 1303)
      for (const [ordinal, ops] of [
        [0, ['=', '<=', '>=']],
        [4, ['=']],
        [2, ['=']],
      ] as const)
        for (const op of ops)
          expect((await read(version, [compare(op, ordinal, row(k)[ordinal] as Value)])).ids).toContain(k);
  });
});

describe('row ranges', () => {
  const r = (...bounds: number[]) =>
    bounds.flatMap((from, i) => (i % 2 === 0 ? [{ from, to: bounds[i + 1] as number }] : []));
  it('intersect and unite', () => {
    expect(intersect(r(0, 10, 20, 30), r(5, 25))).toEqual(r(5, 10, 20, 25));
    expect(union(r(0, 10, 20, 30), r(5, 15, 15, 16, 40, 40))).toEqual(r(0, 16, 20, 30));
    expect(countRows(r(0, 10, 20, 30))).toBe(20);
  });
  it('are all rows where a conjunct reads two columns, or one without an index', () => {
    expect([...inputsOf(both('and', compare('=', 1, 'x'), call('=', input(0), input(3))))]).toEqual([1, 0, 3]);
    expect(matchingRows([call('=', input(0), input(3)), compare('=', 0, 1n)], new Map(), 50)).toEqual(r(0, 50));
  });
});
