import { afterAll, describe, expect, it } from 'vitest';
import type { PhysicalSpec } from '../../src/exec/operators/spec.js';
import { Executor } from '../../src/exec/pipelines/executor.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import { BOOLEAN, INT, LONG } from '../../src/types/index.js';
import { aggregate, call, columns, desc, executor, id, input, literal, rowsOf, values } from './support.js';

const range = (n: bigint, partitions = 4): PhysicalSpec => ({
  op: 'range',
  id: id(),
  output: columns(LONG),
  partitions,
  start: 0n,
  end: n,
  step: 1n,
});

function project(child: PhysicalSpec, ...exprs: ReturnType<typeof call>[]): PhysicalSpec {
  return { op: 'project', id: id(), output: columns(...exprs.map((e) => e.type)), partitions: 0, exprs, child };
}

function count(child: PhysicalSpec): PhysicalSpec {
  return {
    op: 'aggregate',
    id: id(),
    output: columns(LONG),
    partitions: 0,
    keys: [],
    aggregates: [aggregate('count', LONG, [])],
    child,
  };
}

/** Rows times themselves: long enough to be interrupted. */
function slow(): PhysicalSpec {
  const left = range(400_000n);
  const right = range(100_000n);
  return count({
    op: 'join',
    id: id(),
    output: columns(LONG, LONG),
    partitions: 0,
    joinType: 'inner',
    leftKeys: [],
    rightKeys: [],
    nullSafe: [],
    condition: call('<', BOOLEAN, call('+', LONG, input(0, LONG), input(1, LONG)), literal(-1n, LONG)),
    buildSide: 'right',
    nullAwareAnti: false,
    left,
    right,
  });
}

describe.each([0, 2])('failures with %i workers', (workers) => {
  const e = executor(workers);
  afterAll(async () => {
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });
  const idle = () => e.arena.usedBytes();

  it('throws the error of a row with its parameters, and gives memory back', async () => {
    await rowsOf(e, count(range(500_000n)));
    const before = idle();
    const bad = project(
      range(500_000n),
      call('div', LONG, literal(1n, LONG), call('-', LONG, input(0, LONG), literal(499_999n, LONG))),
    );
    await expect(e.run(bad)).rejects.toMatchObject({
      condition: 'DIVIDE_BY_ZERO',
      sqlState: '22012',
      kind: 'runtime',
      parameters: { config: '"spark.sql.ansi.enabled"' },
    });
    expect(idle()).toBeLessThanOrEqual(before + (16 << 20));
    expect(await rowsOf(e, count(range(10n)))).toEqual([[10n]]);
  });

  if (workers > 0) {
    it('stops at an abort', async () => {
      const abort = new AbortController();
      const started = Date.now();
      setTimeout(() => abort.abort(), 300);
      await expect(e.run(slow(), { signal: abort.signal })).rejects.toMatchObject({ condition: 'OPERATION_CANCELED' });
      expect(Date.now() - started).toBeLessThan(8000);
    });

    it('survives the death of a worker', async () => {
      const running = e.run(slow());
      await new Promise((done) => setTimeout(done, 400));
      await e.pool?.kill(0);
      await expect(running).rejects.toMatchObject({ condition: 'INTERNAL_ERROR' });
      expect(await rowsOf(e, count(range(300_000n)))).toEqual([[300_000n]]);
    });

    it('leaves the event loop turning while a long stage runs', async () => {
      const slowly = project(range(8_000_000n), call('xxhash64', LONG, input(0, LONG)));
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      await rowsOf(e, count(slowly));
      clearInterval(timer);
      expect(turns).toBeGreaterThan(10);
    });

    it('runs queries side by side', async () => {
      const all = await Promise.all(Array.from({ length: 6 }, (_, i) => rowsOf(e, count(range(BigInt(100_000 + i))))));
      expect(all.flat(2)).toEqual(Array.from({ length: 6 }, (_, i) => BigInt(100_000 + i)));
    });
  }

  it('refuses a query whose signal is up', async () => {
    await expect(e.run(range(5n), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      condition: 'OPERATION_CANCELED',
    });
  });

  it('streams partitions and stops when the caller does', async () => {
    const sizes: number[] = [];
    for await (const r of e.stream(range(100n))) {
      sizes.push(r.numRows);
      if (sizes.length === 2) break;
    }
    expect(sizes).toEqual([25, 25]);
  });

  it('says when the arena is full', async () => {
    const spec: PhysicalSpec = {
      op: 'sort',
      id: id(),
      output: columns(LONG),
      partitions: 0,
      keys: [{ expr: input(0, LONG), descending: true, nullsFirst: false }],
      global: true,
      child: range(60_000_000n, 2),
    };
    await expect(e.run(spec)).rejects.toMatchObject({ condition: 'UNABLE_TO_ACQUIRE_MEMORY' });
    expect(await rowsOf(e, values([INT], [[1]]))).toEqual([[1]]);
  });
});

describe('an arena that is full', () => {
  const sorted: PhysicalSpec = {
    op: 'sort',
    id: 1,
    output: columns(LONG),
    partitions: 1,
    keys: [desc(input(0, LONG))],
    global: true,
    child: { op: 'range', id: 2, output: columns(LONG), partitions: 1, start: 0n, end: 100_000n, step: 1n },
  };
  const full = (makeRoom?: (held: Region) => boolean) => {
    const arena = Arena.create(32 << 20);
    const held = new Region(arena, 5);
    held.alloc(28 << 20);
    const asked: number[] = [];
    const e = Executor.create({
      workers: 0,
      arena,
      makeRoom: (bytes) => {
        asked.push(bytes);
        return Promise.resolve(makeRoom?.(held) ?? false);
      },
    });
    return { e, asked };
  };

  it('is given room once, then the query runs again', async () => {
    const { e, asked } = full((held) => {
      held.release();
      return true;
    });
    const rows = await rowsOf(e, sorted);
    expect(rows).toHaveLength(100_000);
    expect(rows[0]).toEqual([99_999n]);
    expect(asked).toHaveLength(1);
  });
  it('fails the query where there is none to give', async () => {
    const { e, asked } = full();
    await expect(rowsOf(e, sorted)).rejects.toMatchObject({ condition: 'UNABLE_TO_ACQUIRE_MEMORY' });
    expect(asked[0]).toBeGreaterThan(asked.at(-1)!);
  });
});
