import { afterAll, describe, expect, it } from 'vitest';
import type { AggregateSpec, JoinSpec, PhysicalSpec } from '../../src/exec/operators/spec.js';
import { INT, LONG, type Value } from '../../src/types/index.js';
import { aggregate, call, columns, executor, id, input, less, literal, random, rowsOf, values } from './support.js';

describe.each([0, 2])('runtime filters with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });
  const next = random(3);
  const facts: Value[][] = Array.from({ length: 30_000 }, () => [
    BigInt(Math.floor(next() * 2000)),
    Math.floor(next() * 9),
  ]);
  const keys: Value[][] = Array.from({ length: 2000 }, (_, i) => [BigInt(i), i]);

  const few = (): PhysicalSpec => {
    const child = values([LONG, INT], keys);
    return {
      op: 'filter',
      id: id(),
      output: child.output,
      partitions: 0,
      condition: less(input(1, INT), literal(10, INT)),
      child,
    };
  };
  const counts = (child: PhysicalSpec): AggregateSpec => ({
    op: 'aggregate',
    id: id(),
    output: columns(LONG, LONG),
    partitions: 0,
    keys: [input(0, LONG)],
    aggregates: [aggregate('count', LONG, [])],
    child,
  });
  const join = (left: PhysicalSpec, joinType: JoinSpec['joinType']): JoinSpec => ({
    op: 'join',
    id: id(),
    output: [...left.output, ...columns(LONG, INT)],
    partitions: 0,
    joinType,
    leftKeys: [input(0, LONG)],
    rightKeys: [input(0, LONG)],
    nullSafe: [false],
    buildSide: 'right',
    nullAwareAnti: false,
    left,
    right: few(),
  });
  const expected = (k: number): bigint => BigInt(facts.filter((f) => f[0] === BigInt(k)).length);

  it('keeps groups that a join drops from being made', async () => {
    const groups = counts(values([LONG, INT], facts, 3));
    using result = await e.run(join(groups, 'inner'));
    const got = new Map(result.rows().map((r) => [Number(r[0]), r[1]]));
    expect(got).toEqual(new Map(Array.from({ length: 10 }, (_, k) => [k, expected(k)])));
    expect(result.metrics.get(groups.id)?.['numOutputRows']).toBe(10);
  });

  it('lets an outer join have all its rows', async () => {
    const groups = counts(values([LONG, INT], facts, 3));
    expect((await rowsOf(e, join(groups, 'left'))).length).toBe(new Set(facts.map((f) => f[0])).size);
  });

  it('does not change what numbers rows by their place', async () => {
    const child = values([LONG, INT], facts);
    const numbered: PhysicalSpec = {
      op: 'project',
      id: id(),
      output: columns(LONG, LONG),
      partitions: 0,
      child: { op: 'sort', id: id(), output: child.output, partitions: 0, keys: [], global: false, child },
      exprs: [input(0, LONG), call('monotonically_increasing_id', LONG)],
    };
    const got = await rowsOf(e, join(numbered, 'inner'));
    const want = facts.flatMap((f, i) => ((f[0] as bigint) < 10n ? [[f[0], BigInt(i)]] : []));
    expect(got.map((r) => r.slice(0, 2)).sort((a, b) => ((a[1] as bigint) < (b[1] as bigint) ? -1 : 1))).toEqual(want);
  });
});
