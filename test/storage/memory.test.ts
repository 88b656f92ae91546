import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';

const small = () => Arena.create(64 * SLAB_BYTES);

describe('Arena', () => {
  it('claims neighbouring slabs, first fit, and gives them back', () => {
    const arena = small();
    expect(arena.usedBytes()).toBe(0);
    const a = arena.claim(7, 2);
    const b = arena.claim(8, 3);
    expect(b).toBe(a + 2 * SLAB_BYTES);
    expect(arena.usedBytes(7)).toBe(2 * SLAB_BYTES);
    arena.release(7, a, 2);
    expect(arena.claim(9, 3)).toBe(b + 3 * SLAB_BYTES);
    expect(arena.claim(9, 2)).toBe(a);
    arena.releaseAll(9);
    arena.releaseAll(8);
    expect(arena.usedBytes()).toBe(0);
  });

  it('answers 0 when no run is free, and leaves nothing claimed behind', () => {
    const arena = small();
    const used = arena.totalBytes / SLAB_BYTES;
    expect(arena.claim(1, used + 1)).toBe(0);
    expect(arena.usedBytes()).toBe(0);
    expect(arena.claim(1, used)).not.toBe(0);
    expect(arena.claim(2, 1)).toBe(0);
  });

  it('refuses to release what another owns', () => {
    const arena = small();
    const a = arena.claim(7, 1);
    expect(() => arena.release(8, a, 1)).toThrow(/not owned/);
    arena.transfer(7, 8, a, 1);
    arena.release(8, a, 1);
    expect(arena.usedBytes()).toBe(0);
  });

  it('draws ids that grow', () => {
    const arena = small();
    const twin = new Arena(arena.handle);
    expect([arena.nextId(), twin.nextId(), arena.nextId()]).toEqual([1, 2, 3]);
  });

  it('takes the whole address space', () => {
    const arena = Arena.create();
    expect(arena.view.byteLength).toBe(arena.buffer.byteLength);
    const top = arena.buffer.byteLength - 16;
    arena.bytes.write('äöü', top, 'utf8');
    expect(arena.bytes.toString('utf8', top, top + 6)).toBe('äöü');
  });

  it('is claimed by several threads without overlap', async () => {
    const arena = Arena.create(256 * SLAB_BYTES);
    // A worker races with this thread over the same owner table.
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads');
       const owners = new Int32Array(workerData);
       let got = 0;
       for (let i = 2; i < 256; i++) if (Atomics.compareExchange(owners, i, 0, 2) === 0) got++;
       parentPort.postMessage(got);`,
      { eval: true, workerData: arena.handle.slabOwners },
    );
    const done = new Promise<number>((resolve) => worker.once('message', resolve));
    let mine = 0;
    while (arena.claim(1, 1) !== 0) mine++;
    const theirs = await done;
    expect(mine + theirs).toBe(254);
    expect(arena.usedBytes(1)).toBe(mine * SLAB_BYTES);
    expect(arena.usedBytes(2)).toBe(theirs * SLAB_BYTES);
    await worker.terminate();
  });
});

describe('Region', () => {
  it('aligns to 64, never overlaps, and gives all back', () => {
    const arena = small();
    const region = new Region(arena, 5);
    const spans: [number, number][] = [];
    for (const size of [1, 64, 65, SLAB_BYTES - 64, 3 * SLAB_BYTES + 1, 10, 0]) {
      const at = region.alloc(size);
      expect(at % 64).toBe(0);
      expect(at).toBeGreaterThan(0);
      spans.push([at, at + size]);
    }
    spans.sort((a, b) => a[0] - b[0]);
    for (let i = 1; i < spans.length; i++) expect(spans[i]![0]).toBeGreaterThanOrEqual(spans[i - 1]![1]);
    expect(arena.usedBytes(5)).toBe(region.claimedBytes);
    region.release();
    expect(arena.usedBytes()).toBe(0);
  });

  it('keeps bumping in the emptier run after a long allocation', () => {
    const arena = small();
    const region = new Region(arena, 5);
    const a = region.alloc(64);
    region.alloc(2 * SLAB_BYTES);
    expect(region.alloc(64)).toBe(a + 64);
  });

  it('reset keeps one run', () => {
    const arena = small();
    const region = new Region(arena, 5);
    const a = region.alloc(64);
    region.alloc(2 * SLAB_BYTES);
    region.reset();
    expect(region.claimedBytes).toBe(SLAB_BYTES);
    expect(region.alloc(64)).toBe(a);
    region.release();
    region.release();
    expect(arena.usedBytes()).toBe(0);
  });

  it('fails with UNABLE_TO_ACQUIRE_MEMORY when the arena is full, and stays usable', () => {
    const arena = small();
    const region = new Region(arena, 5);
    expect(() => region.alloc(100 * SLAB_BYTES)).toThrow(
      expect.objectContaining({ condition: 'UNABLE_TO_ACQUIRE_MEMORY' }),
    );
    expect(region.alloc(64)).toBeGreaterThan(0);
    region.release();
  });

  it('zeroes on request', () => {
    const arena = small();
    const region = new Region(arena, 5);
    const a = region.alloc(128);
    arena.u8.fill(9, a, a + 128);
    region.reset();
    const b = region.allocZeroed(128);
    expect(b).toBe(a);
    expect(arena.u8.subarray(b, b + 128).every((x) => x === 0)).toBe(true);
    region.release();
  });
});

describe('MEMOFRAME_DEBUG_MEMORY=1', () => {
  it('poisons what is given back, and only that', async () => {
    vi.stubEnv('MEMOFRAME_DEBUG_MEMORY', '1');
    vi.resetModules();
    const debug = await import('../../src/storage/memory/arena.js');
    vi.unstubAllEnvs();
    vi.resetModules();
    const arena = debug.Arena.create(64 * SLAB_BYTES);
    const [a, b, c] = [arena.claim(1, 1), arena.claim(2, 1), arena.claim(1, 1)] as const;
    arena.u8.fill(7, a, c + SLAB_BYTES);
    arena.release(1, a, 1);
    const slab = (at: number) => new Set(arena.u8.subarray(at, at + SLAB_BYTES));
    expect([slab(a), slab(b), slab(c)]).toEqual([new Set([debug.POISON_BYTE]), new Set([7]), new Set([7])]);
    expect(() => arena.release(1, b, 1)).toThrow(/not owned/);
    expect(slab(b)).toEqual(new Set([7]));
    arena.releaseAll(1);
    expect(slab(c)).toEqual(new Set([debug.POISON_BYTE]));
    arena.releaseAll(2);
    expect(arena.usedBytes()).toBe(0);
    const region = new Region(arena, 3);
    const at = region.alloc(64);
    const mark = region.mark();
    const later = region.alloc(64);
    arena.u8.fill(7, at, later + 64);
    region.rewind(mark);
    expect([arena.u8[at], arena.u8[later]]).toEqual([7, debug.POISON_BYTE]);
    region.reset();
    expect(arena.u8[at]).toBe(debug.POISON_BYTE);
    region.release();
  });
});
