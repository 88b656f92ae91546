import { afterAll, describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import { CachedRelationBlocks } from '../../src/exec/cached-relation.js';
import type { PhysicalSpec } from '../../src/exec/operators/spec.js';
import { BlockManager } from '../../src/storage/block/block-manager.js';
import { StorageLevel } from '../../src/storage/block/storage-level.js';
import { UnifiedMemory } from '../../src/storage/block/unified-memory.js';
import { LONG, STRING } from '../../src/types/index.js';
import { call, columns, executor, id, input, less, literal, rowsOf } from './support.js';

const MiB = 1 << 20;

describe.each([0, 2])('cached relation with %i workers', (workers) => {
  const e = executor(workers);
  const blocks = new BlockManager({
    arena: e.arena,
    kernels: e.kernels,
    memory: new UnifiedMemory({ onHeap: 256 * MiB, offHeap: 0, storageFraction: 0.5 }),
  });
  afterAll(async () => {
    await blocks.close();
    await e.stop();
    expect(e.arena.usedBytes()).toBe(0);
  });

  const range: PhysicalSpec = {
    op: 'range',
    id: id(),
    output: columns(LONG),
    partitions: 4,
    start: 0n,
    end: 100_000n,
    step: 1n,
  };
  const child: PhysicalSpec = {
    op: 'project',
    id: id(),
    output: columns(LONG, STRING),
    partitions: 4,
    child: range,
    exprs: [
      input(0, LONG),
      {
        k: 'cast',
        child: call('%', LONG, input(0, LONG), literal(10n, LONG)),
        type: STRING,
        mode: 'ANSI',
        timeZone: 'UTC',
      },
    ],
  };
  const relation = (rddId: number, level: StorageLevel, spec: PhysicalSpec = child) =>
    new CachedRelationBlocks({
      id: rddId,
      level,
      spec,
      numPartitions: 4,
      physicalPlanString: '',
      estimatedSizeInBytes: 0n,
      executor: e,
      blocks,
    });
  const scan = (rddId: number, pushed: readonly BoundExpr[] = []): PhysicalSpec => ({
    op: 'scanCache',
    id: id(),
    output: columns(STRING, LONG),
    partitions: 4,
    relation: rddId,
    columns: [1, 0],
    pushed,
  });

  it('computes wanted partitions once and serves them afterwards', async () => {
    const r = relation(workers * 10 + 1, StorageLevel.MEMORY_AND_DISK);
    {
      using one = await e.run(scan(r.id), { partitions: [1] });
      expect(one.numRows).toBe(25_000);
      expect(one.rows()[0]).toEqual(['0', 25_000n]);
    }
    expect(blocks.relation(r.id).numCachedPartitions).toBe(1);
    expect(r.loaded).toBe(false);
    expect((await rowsOf(e, scan(r.id))).length).toBe(100_000);
    expect(r.loaded).toBe(true);
    expect(r.materializedPartitions).toBe(4);
    expect(r.loadedStats?.rowCount).toBe(100_000n);
    await rowsOf(e, scan(r.id));
    expect(r.materializedPartitions).toBe(4);
  });

  it('passes over batches by their statistics', async () => {
    const spec = scan(workers * 10 + 1, [less(input(1, LONG), literal(10n, LONG))]);
    using result = await e.run(spec);
    expect(result.metrics.get(spec.id)).toMatchObject({ batchesRead: 1, batchesPruned: 11 });
  });

  it('stores serialized and on disk, and computes what was removed', async () => {
    for (const [n, level] of [StorageLevel.MEMORY_ONLY_SER, StorageLevel.DISK_ONLY].entries()) {
      const r = relation(workers * 10 + 2 + n, level);
      const want = await rowsOf(e, scan(r.id));
      expect(await rowsOf(e, scan(r.id))).toEqual(want);
      expect(r.materializedPartitions).toBe(4);
      await blocks.clearRelation(r.id);
      expect(await rowsOf(e, scan(r.id))).toEqual(want);
      expect(r.materializedPartitions).toBe(8);
    }
  });

  it('nests', async () => {
    const inner = relation(workers * 10 + 5, StorageLevel.MEMORY_ONLY);
    const nested: PhysicalSpec = {
      op: 'scanCache',
      id: id(),
      output: columns(LONG, STRING),
      partitions: 4,
      relation: inner.id,
      columns: [0, 1],
      pushed: [],
    };
    const outer = relation(workers * 10 + 6, StorageLevel.MEMORY_ONLY, nested);
    const [a, b] = await Promise.all([rowsOf(e, scan(outer.id)), rowsOf(e, scan(outer.id))]);
    expect(a).toEqual(b);
    expect(inner.materializedPartitions).toBe(4);
    expect(outer.materializedPartitions).toBe(4);
  });

  it('gives rows also where they cannot be stored', async () => {
    const r = relation(workers * 10 + 7, StorageLevel.NONE);
    expect((await rowsOf(e, scan(r.id))).length).toBe(100_000);
    expect(blocks.relation(r.id).numCachedPartitions).toBe(0);
  });
});
