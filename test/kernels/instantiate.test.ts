import { describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';

describe('kernels over an arena', () => {
  it.each([
    ['whole', undefined],
    ['64 MiB', 64 << 20],
  ])('run over a memory of %s', (_, bytes) => {
    const arena = Arena.create(bytes);
    using region = new Region(arena, 1);
    const k = instantiateKernels(arena.memory);
    const data = region.alloc(8);
    arena.u8.set([1, 0, 1, 1, 0, 0, 0, 1], data);
    const out = region.alloc(64);
    const n = k.selectTrue(data, 0, 0, 8, out);
    expect([...arena.u32.subarray(out / 4, out / 4 + n)]).toEqual([0, 2, 3, 7]);
  });
});
