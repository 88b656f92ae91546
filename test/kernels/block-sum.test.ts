import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';

const arena = Arena.create(64 << 20);
const kernels = instantiateKernels(arena.memory);
const region = new Region(arena, 1);
afterEach(() => region.reset());

/** Slots of the width, at an odd place in memory, as stored chunks may lie. */
function slots(values: readonly number[], width: number): number {
  const at = region.alloc(values.length * width + 64) + width;
  const view = new DataView(arena.memory.buffer);
  values.forEach((v, i) => {
    if (width === 1) view.setUint8(at + i, v);
    else if (width === 2) view.setUint16(at + i * 2, v, true);
    else view.setUint32(at + i * 4, v, true);
  });
  return at;
}
/** A bitmap that is padded with ones: what lies behind the last row must not count. */
function bitmap(rows: readonly boolean[]): number {
  const at = region.alloc(Math.ceil(rows.length / 8) + 64);
  arena.u8.fill(0xff, at, at + Math.ceil(rows.length / 8) + 16);
  rows.forEach((on, i) => {
    if (!on) arena.u8[at + (i >>> 3)]! &= ~(1 << (i & 7));
  });
  return at;
}
const bit = (at: number, i: number): boolean => ((arena.u8[at + (i >>> 3)]! >>> (i & 7)) & 1) === 1;

/** Rows of a batch: values of up to `width` bytes, which of them are valid, which were chosen before. */
const batches = fc.constantFrom(1, 2, 4).chain((width) => {
  const top = 2 ** (8 * width) - 1;
  const value = fc.oneof(fc.integer({ min: 0, max: top }), fc.constantFrom(0, top));
  const row = fc.record({ value, valid: fc.boolean(), chosen: fc.boolean() });
  return fc.record({ width: fc.constant(width), rows: fc.array(row, { maxLength: 300 }) });
});

describe('stored slots', () => {
  it('add up where a row is chosen and valid', () => {
    fc.assert(
      fc.property(batches, fc.boolean(), fc.boolean(), ({ width, rows }, nulls, all) => {
        region.reset();
        const data = slots(
          rows.map((r) => r.value),
          width,
        );
        const validity = nulls ? bitmap(rows.map((r) => r.valid)) : 0;
        const bits = all ? 0 : bitmap(rows.map((r) => r.chosen));
        const counted = rows.filter((r) => (r.valid || !nulls) && (r.chosen || all));
        const expected = counted.reduce((sum, r) => sum + BigInt(r.value), 0n);
        expect(kernels.blockSum(data, width, validity, bits, rows.length)).toBe(expected);
        if (width === 4)
          expect(kernels.blockSumI32(data, validity, bits, rows.length)).toBe(
            counted.reduce((sum, r) => sum + BigInt(r.value | 0), 0n),
          );
        if (nulls && !all) expect(kernels.blockCountBoth(validity, bits, rows.length)).toBe(counted.length);
      }),
      { numRuns: 400 },
    );
  });
  it.each([1, 2, 4])('of %i bytes do not overflow on the way', (width) => {
    const n = 300_001;
    const top = 2 ** (8 * width) - 1;
    const data = region.alloc(n * width + 64);
    arena.u8.fill(0xff, data, data + n * width);
    expect(kernels.blockSum(data, width, 0, 0, n)).toBe(BigInt(n) * BigInt(top));
  });
  it('are found by range, and counted', () => {
    fc.assert(
      fc.property(batches, fc.nat(), fc.nat(), fc.boolean(), fc.boolean(), ({ width, rows }, a, b, nulls, meet) => {
        region.reset();
        const top = 2 ** (8 * width) - 1;
        const lo = Math.min(a % (top + 1), b % (top + 1));
        const hi = Math.max(a % (top + 1), b % (top + 1));
        const data = slots(
          rows.map((r) => r.value),
          width,
        );
        const validity = nulls ? bitmap(rows.map((r) => r.valid)) : 0;
        const bits = bitmap(rows.map((r) => r.chosen));
        const n = kernels.blockRangeBits(data, width, lo, hi - lo, validity, rows.length, bits, meet ? 1 : 0);
        const expected = rows.map((r) => r.value >= lo && r.value <= hi && (r.valid || !nulls) && (r.chosen || !meet));
        expect(rows.map((_, i) => bit(bits, i))).toEqual(expected);
        expect(n).toBe(expected.filter(Boolean).length);
      }),
      { numRuns: 400 },
    );
  });
  it('are found by the entry that their code names, and counted', () => {
    const entries = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        entries,
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 300 }),
        fc.boolean(),
        (passing, rows, meet) => {
          region.reset();
          const codes = rows.map(([code]) => code % passing.length);
          const data = slots(codes, 1);
          const table = region.allocZeroed(passing.length + 64);
          arena.u8.set(passing.map(Number), table);
          const bits = bitmap(rows.map(([, chosen]) => chosen));
          const n = kernels.blockEntryBits(data, 1, table, passing.length, rows.length, bits, meet ? 1 : 0);
          const expected = rows.map(([, chosen], i) => passing[codes[i]!]! && (chosen || !meet));
          expect(rows.map((_, i) => bit(bits, i))).toEqual(expected);
          expect(n).toBe(expected.filter(Boolean).length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
