import { decompress } from 'fzstd';
import { afterAll, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import frames from './zstd-frames.json' with { type: 'json' };

/** Frames made by libzstd, decompressed by the kernel and by fzstd. */
describe('zstdDecompress', () => {
  const SLACK = 64;
  const arena = Arena.create();
  const kernels = instantiateKernels(arena.memory);
  const region = new Region(arena, 7);
  const [source, target, scratch] = [region.alloc(1 << 16), region.alloc(1 << 19), region.alloc(147_456)];
  afterAll(() => region.release());

  const run = (frame: Uint8Array, length: number, used = frame.length) => {
    arena.u8.set(frame, source);
    arena.u8.fill(0xee, target, target + length + 4096);
    const written = kernels.zstdDecompress(source, source + used, target, target + length, scratch);
    expect(arena.u8.subarray(target + length + SLACK, target + length + 4096).every((b) => b === 0xee)).toBe(true);
    return written;
  };

  it.each(frames)('$name', ({ frame, bytes }) => {
    const packed = Buffer.from(frame, 'base64');
    expect(run(packed, bytes)).toBe(bytes);
    expect(Buffer.from(arena.u8.slice(target, target + bytes)).equals(Buffer.from(decompress(packed)))).toBe(true);
  });

  it('takes frames one after another and refuses what does not fit', () => {
    const two = Buffer.concat([4, 5].map((i) => Buffer.from(frames[i]!.frame, 'base64')));
    expect(run(two, frames[4]!.bytes + frames[5]!.bytes)).toBe(frames[4]!.bytes + frames[5]!.bytes);
    expect(run(two, frames[4]!.bytes)).toBe(-1);
  });

  it('stops at damage and writes nothing past the end', () => {
    let seed = 12_345;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      return seed % below;
    };
    for (const { frame, bytes } of frames)
      for (let round = 0; round < 40; round++) {
        const damaged = Buffer.from(frame, 'base64');
        for (let i = 0; i <= round % 3; i++) damaged[next(damaged.length)] = next(256);
        const written = run(damaged, bytes, round % 4 === 0 ? next(damaged.length) : damaged.length);
        expect(written).toBeGreaterThanOrEqual(-1);
        expect(written).toBeLessThanOrEqual(bytes);
      }
  });
});
