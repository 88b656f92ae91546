import { afterEach, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';

const arena = Arena.create(256 << 20);
const k = instantiateKernels(arena.memory);
const region = new Region(arena, 1);
afterEach(() => region.reset());

function u32s(...values: number[]): number {
  const at = region.alloc(values.length * 4);
  arena.u32.set(values, at >>> 2);
  return at;
}
function bytes(...values: number[]): number {
  const at = region.alloc(Math.max(64, values.length));
  arena.u8.set(values, at);
  return at;
}
const read = (at: number, n: number) => [...arena.u32.subarray(at >>> 2, (at >>> 2) + n)];

describe('gathers', () => {
  it('by row numbers, each width', () => {
    const rows = u32s(3, 0, 2);
    for (const [width, gather] of [
      [1, k.gather1],
      [2, k.gather2],
      [4, k.gather4],
      [8, k.gather8],
      [16, k.gather16],
    ] as const) {
      const data = region.alloc(64);
      for (let i = 0; i < 4 * width; i++) arena.u8[data + i] = i;
      const out = region.alloc(64);
      gather(data, rows, 3, out);
      const expected = [3, 0, 2].flatMap((r) => Array.from({ length: width }, (_, b) => r * width + b));
      expect([...arena.u8.subarray(out, out + 3 * width)]).toEqual(expected);
    }
  });
  it('of bits', () => {
    const bits = bytes(0b1010_0101, 0b1);
    const out = region.alloc(64);
    k.gatherBits(bits, u32s(0, 1, 2, 7, 8), 5, out);
    expect(arena.u32[out >>> 2]).toBe(0b11101);
    k.gatherBits(0, u32s(0, 1, 2), 3, out);
    expect(arena.u32[out >>> 2]).toBe(0b111);
  });
});

describe('selections', () => {
  it('of booleans, with and without a selection', () => {
    const n = 21;
    const data = bytes(...Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0)));
    const validity = bytes(0xff, 0xf7, 0xff);
    const out = region.alloc(128);
    expect(read(out, k.selectTrue(data, 0, 0, n, out))).toEqual([0, 3, 6, 9, 12, 15, 18]);
    expect(read(out, k.selectTrue(data, validity, 0, n, out))).toEqual(
      [0, 3, 6, 9, 12, 15, 18].filter((i) => i !== 11),
    );
    expect(read(out, k.selectFalse(data, validity, u32s(0, 1, 11, 13), 4, out))).toEqual([1, 13]);
    expect(read(out, k.selectNull(validity, 0, n, out))).toEqual([11]);
    expect(read(out, k.selectTernary(data, validity, u32s(0, 1, 11), 3, out, 0b110))).toEqual([0, 11]);
    expect(read(out, k.selectionMinus(0, 5, u32s(1, 3), 2, out))).toEqual([0, 2, 4]);
  });
});

describe('hashes', () => {
  it('are Spark’s Murmur3', () => {
    // SELECT hash(1), hash(1L), hash('abc'), hash(true) in Spark 4.0.1
    const out = u32s(42);
    k.murmurI32(u32s(1), 0, 0, 1, out);
    expect(arena.i32[out >>> 2]).toBe(-559580957);
    const long = region.allocZeroed(8);
    arena.i64[long >>> 3] = 1n;
    arena.i32[out >>> 2] = 42;
    k.murmurI64(long, 0, 0, 1, out);
    expect(arena.i32[out >>> 2]).toBe(-1712319331);
    const text = bytes(...Buffer.from('abc'));
    arena.i32[out >>> 2] = 42;
    k.murmurView(u32s(text, 3), 0, 0, 1, out);
    expect(arena.i32[out >>> 2]).toBe(1322437556);
  });
  it('agree between widths of one number', () => {
    const hashes = region.alloc(64);
    const at = region.allocZeroed(64);
    arena.i32[at >>> 2] = -7;
    k.hashI32(at, 0, 0, 1, hashes, 0);
    const narrow = arena.i64[hashes >>> 3];
    arena.i64[at >>> 3] = -7n;
    arena.i64[(at >>> 3) + 1] = -1n;
    k.hashI64(at, 0, 0, 1, hashes, 0);
    expect(arena.i64[hashes >>> 3]).toBe(narrow);
    k.hashI128(at, 0, 0, 1, hashes, 0);
    expect(arena.i64[hashes >>> 3]).toBe(narrow);
  });
});

describe('dates', () => {
  it('parts agree with the calendar over four centuries and far ends', () => {
    const days: number[] = [];
    for (let d = -200_000; d < 200_000; d += 37) days.push(d);
    const at = region.alloc(days.length * 4);
    arena.i32.set(days, at >>> 2);
    const out = region.alloc(days.length * 4);
    const parts = [
      [k.yearOfDate, (t: Date) => t.getUTCFullYear()],
      [k.monthOfDate, (t: Date) => t.getUTCMonth() + 1],
      [k.dayOfDate, (t: Date) => t.getUTCDate()],
      [k.quarterOfDate, (t: Date) => Math.floor(t.getUTCMonth() / 3) + 1],
      [
        k.dayOfYearOfDate,
        (t: Date) =>
          Math.round(
            (Date.UTC(t.getUTCFullYear(), t.getUTCMonth(), t.getUTCDate()) -
              new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(t.getUTCFullYear())) /
              864e5,
          ) + 1,
      ],
    ] as const;
    for (const [kernel, expected] of parts) {
      kernel(at, out, 0, days.length);
      days.forEach((d, i) => {
        expect(arena.i32[(out >>> 2) + i], `day ${d}`).toBe(expected(new Date(d * 864e5)));
      });
    }
    arena.i32[at >>> 2] = -2147483648;
    arena.i32[(at >>> 2) + 1] = 2147483647;
    k.yearOfDate(at, out, 0, 2);
    expect([arena.i32[out >>> 2], arena.i32[(out >>> 2) + 1]]).toEqual([-5877641, 5881580]);
  });
});
