import { afterAll, describe, expect, it } from 'vitest';
import { lookupScalar } from '../../src/eval/registry.js';
import type { ExchangeSpec, PhysicalSpec } from '../../src/exec/operators/spec.js';
import { ArrayType, INT, LONG, MapType, MapValue, STRING, type Value } from '../../src/types/index.js';
import { asc, columns, executor, id, input, literal, rowsOf, values } from './support.js';

const range = (n: bigint, partitions: number): PhysicalSpec => ({
  op: 'range',
  id: id(),
  output: columns(LONG),
  partitions,
  start: 0n,
  end: n,
  step: 1n,
});

describe.each([0, 2])('operators over rows and partitions with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });
  const partitionsOf = async (spec: PhysicalSpec): Promise<Value[][]> => {
    using result = await e.run(spec);
    return result.partitions.map((_, i) => result.partitionRows(i).flat());
  };
  const exchange = (partitioning: ExchangeSpec['partitioning'], n: number, child: PhysicalSpec): PhysicalSpec => ({
    op: 'exchange',
    id: id(),
    output: child.output,
    partitions: n,
    partitioning,
    child,
  });

  it('puts rows where Spark puts them by hash', async () => {
    const got = await partitionsOf(exchange({ kind: 'hash', exprs: [input(0, LONG)] }, 7, range(50_000n, 3)));
    const hash = lookupScalar('hash')!;
    const context = { argTypes: [LONG], returnType: INT, mode: 'ANSI', timeZone: 'UTC', state: new Map() } as const;
    got.forEach((rows, p) => {
      for (const v of rows.slice(0, 200)) {
        const h = hash.evaluate([v], context) as number;
        expect(((h % 7) + 7) % 7).toBe(p);
      }
      expect(rows).toEqual([...rows].sort((a, b) => ((a as bigint) < (b as bigint) ? -1 : 1)));
    });
    expect(got.flat().length).toBe(50_000);
    // Spark: SELECT pmod(hash(0L), 7), pmod(hash(1L), 7) with hash(0L) = -1670924195, hash(1L) = -1712319331
    expect(got[((-1670924195 % 7) + 7) % 7]).toContain(0n);
    expect(got[((-1712319331 % 7) + 7) % 7]).toContain(1n);
  });

  it('moves rows to one partition, in turn, and by range', async () => {
    expect(await partitionsOf(exchange({ kind: 'single' }, 1, range(10n, 4)))).toEqual([
      Array.from({ length: 10 }, (_, i) => BigInt(i)),
    ]);
    const turn = await partitionsOf(exchange({ kind: 'roundRobin' }, 3, range(30n, 2)));
    expect(turn.map((p) => p.length)).toEqual([10, 10, 10]);
    const parts = await partitionsOf(
      exchange({ kind: 'range', keys: [{ ...asc(input(0, LONG)), descending: true }] }, 4, range(1000n, 3)),
    );
    expect(parts.length).toBe(4);
    expect(parts.flat()).toEqual(Array.from({ length: 1000 }, (_, i) => BigInt(999 - i)));
  });

  it('merges neighbours and appends', async () => {
    const coalesce: PhysicalSpec = {
      op: 'coalesce',
      id: id(),
      output: columns(LONG),
      partitions: 2,
      child: range(10n, 5),
    };
    expect((await partitionsOf(coalesce)).map((p) => p.length)).toEqual([4, 6]);
    const union: PhysicalSpec = {
      op: 'union',
      id: id(),
      output: columns(LONG),
      partitions: 3,
      children: [range(3n, 1), range(4n, 2)],
    };
    expect(await partitionsOf(union)).toEqual([
      [0n, 1n, 2n],
      [0n, 1n],
      [2n, 3n],
    ]);
    const limited: PhysicalSpec = {
      op: 'limit',
      id: id(),
      output: columns(LONG),
      partitions: 0,
      limit: 1,
      offset: 0,
      global: false,
      child: union,
    };
    expect((await rowsOf(e, limited)).flat()).toEqual([0n, 0n, 2n]);
    const rest: PhysicalSpec = {
      op: 'limit',
      id: id(),
      output: columns(LONG),
      partitions: 1,
      limit: -1,
      offset: 5,
      global: true,
      child: union,
    };
    expect((await rowsOf(e, rest)).flat()).toEqual([2n, 3n]);
  });

  it('runs only the partitions that a limit needs', async () => {
    const source = range(1_000_000n, 50);
    const spec: PhysicalSpec = {
      op: 'limit',
      id: id(),
      output: columns(LONG),
      partitions: 1,
      limit: 5,
      offset: 0,
      global: true,
      child: source,
    };
    using result = await e.run(spec);
    expect(result.numRows).toBe(5);
    expect(result.metrics.get(source.id)?.['numOutputRows']).toBeLessThanOrEqual(20_000);
  });

  it('expands', async () => {
    const spec: PhysicalSpec = {
      op: 'expand',
      id: id(),
      output: columns(LONG, INT),
      partitions: 0,
      child: range(2n, 1),
      projections: [
        [input(0, LONG), literal(0, INT)],
        [literal(null, LONG), literal(1, INT)],
      ],
    };
    expect(await rowsOf(e, spec)).toEqual([
      [0n, 0],
      [1n, 0],
      [null, 1],
      [null, 1],
    ]);
  });

  it('generates', async () => {
    const list = new ArrayType(INT);
    const map = new MapType(STRING, INT);
    const child = values(
      [INT, list, map],
      [
        [1, [10, null], new MapValue(['a'], [7])],
        [2, [], null],
        [3, null, new MapValue([], [])],
      ],
    );
    const generate = (
      fn: string,
      arg: number,
      outer: boolean,
      ...made: (typeof INT | typeof STRING)[]
    ): PhysicalSpec => ({
      op: 'generate',
      id: id(),
      output: columns(INT, ...made),
      partitions: 0,
      fn,
      args: [input(arg, arg === 1 ? list : map)],
      outer,
      keep: [0],
      child,
    });
    expect(await rowsOf(e, generate('explode', 1, false, INT))).toEqual([
      [1, 10],
      [1, null],
    ]);
    expect(await rowsOf(e, generate('explode', 1, true, INT))).toEqual([
      [1, 10],
      [1, null],
      [2, null],
      [3, null],
    ]);
    expect(await rowsOf(e, generate('posexplode', 1, false, INT, INT))).toEqual([
      [1, 0, 10],
      [1, 1, null],
    ]);
    expect(await rowsOf(e, generate('explode', 2, true, STRING, INT))).toEqual([
      [1, 'a', 7],
      [2, null, null],
      [3, null, null],
    ]);
  });

  it('samples each partition with a stream of its own, alike at each run', async () => {
    const spec: PhysicalSpec = {
      op: 'sample',
      id: id(),
      output: columns(LONG),
      partitions: 2,
      lowerBound: 0,
      upperBound: 0.1,
      withReplacement: false,
      seed: 42n,
      child: range(20_000n, 2),
    };
    const rows = await rowsOf(e, spec);
    expect(rows.length).toBeGreaterThan(1700);
    expect(rows.length).toBeLessThan(2300);
    expect(await rowsOf(e, spec)).toEqual(rows);
    // Spark: spark.range(0, 60, 1, 2).sample(0.2, 7)
    const small = await rowsOf(e, { ...spec, upperBound: 0.2, seed: 7n, child: range(60n, 2) } as PhysicalSpec);
    expect(small.flat()).toEqual([8n, 11n, 13n, 20n, 25n, 27n, 37n, 40n, 48n, 51n, 54n, 56n, 58n]);
  });
});
