import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Block } from '../../src/storage/block/block.js';
import { BlockReader } from '../../src/storage/block/block-reader.js';
import type { BlockContext } from '../../src/storage/block/context.js';
import { Image, packBlock, unpackBlock } from '../../src/storage/block/image.js';
import { publishBlock } from '../../src/storage/block/publish.js';
import type { ColumnRange } from '../../src/storage/block/range-filter.js';
import type { BlockInput } from '../../src/storage/block/stage.js';
import { Unpacking } from '../../src/storage/block/unpacking.js';
import { buildVector } from '../../src/storage/column/build.js';
import { readRows } from '../../src/storage/column/read.js';
import type { Dictionary, Vector } from '../../src/storage/column/vector.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import { type DataType, Decimal, DOUBLE, INT, LONG, STRING, type Value } from '../../src/types/index.js';
import { SAMPLES } from './samples.js';

let context: BlockContext;
beforeAll(() => {
  const arena = Arena.create(256 * SLAB_BYTES);
  context = { arena, kernels: instantiateKernels(arena.memory) };
});

/** Small, seeded. */
class Random {
  constructor(private state: number) {}
  below(n: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }
  pick<X>(from: readonly X[]): X {
    return from[this.below(from.length)]!;
  }
}

function valuesOf(type: DataType, samples: readonly Value[], n: number, random: Random): Value[] {
  const nulls = random.pick([0, 0, 3, 100]);
  const spread = 2 ** random.below(40);
  const base = BigInt(random.below(1000) - 500) * 10n ** BigInt(random.below(9));
  const words = Array.from({ length: 1 + random.below(40) }, (_, i) => 'wörd'.repeat(i % 9) + i);
  return Array.from({ length: n }, (): Value => {
    if (random.below(100) < nulls) return null;
    switch (type.kind) {
      case 'long':
      case 'timestamp':
        return base + BigInt(random.below(spread));
      case 'int':
      case 'date':
        return Number(BigInt.asIntN(32, base + BigInt(random.below(spread))));
      case 'decimal':
        return new Decimal(base + BigInt(random.below(spread)), type.scale);
      case 'string':
        return random.below(10) === 0 ? `${random.below(1e6)}` : random.pick(words);
      default:
        return random.pick(samples);
    }
  });
}

/** A vector of the values, in one of the forms that operators make. */
function vectorOf(type: DataType, values: readonly Value[], region: Region, random: Random): Vector {
  const { arena } = context;
  if (type === STRING && random.below(2) === 0) {
    const distinct = [...new Set(values.filter((v) => v !== null))];
    const codes = buildVector(
      values.map((v) => (v === null ? null : distinct.indexOf(v))),
      { kind: 'int' } as DataType,
      region,
      'i32',
    );
    // Codes of nulls are garbage.
    values.forEach((v, i) => {
      if (v === null) arena.i32[(codes.data >>> 2) + i] = 0x7eadbeef;
    });
    const dictionary = { data: buildVector(distinct, STRING, region).data, size: distinct.length, id: arena.nextId() };
    return { type, rep: 'view', data: codes.data, validity: codes.validity, dictionary };
  }
  const fitsWord = (v: Value) => v === null || BigInt.asIntN(64, (v as Decimal).unscaled) === (v as Decimal).unscaled;
  const fits = type.kind === 'decimal' && values.every(fitsWord);
  const vector =
    fits && random.below(2) === 0 ? buildVector(values, type, region, 'i64') : buildVector(values, type, region);
  // Slots of nulls are garbage.
  if (vector.rep === 'view' || vector.rep === 'i64')
    values.forEach((v, i) => {
      if (v === null) arena.i64[(vector.data >>> 3) + i] = -0x0123_4567_89ab_cdefn;
    });
  return vector;
}

/** As vectors hold it. */
function integerOf(v: Value): bigint {
  return v instanceof Decimal ? v.unscaled : BigInt(v as number | bigint);
}

const INTEGERS = ['byte', 'short', 'int', 'date', 'ym_interval', 'long', 'timestamp', 'timestamp_ntz', 'decimal'];

/** Ranges whose ends are values of the column, or near them. */
function rangesOf(types: readonly DataType[], rows: readonly (readonly Value[])[], random: Random): ColumnRange[] {
  return types.flatMap((type, slot) => {
    const values = rows.map((r) => r[slot]!).filter((v) => v !== null);
    if (!INTEGERS.includes(type.kind) || values.length === 0 || random.below(3) === 0) return [];
    const ends = [0, 1].map(() => integerOf(random.pick(values)) + BigInt(random.below(3) - 1));
    if (random.below(8) > 0) ends.sort((a, b) => (a < b ? -1 : 1));
    if (random.below(3) === 0) ends[1] = ends[0]!;
    if (random.below(4) === 0) ends[0] = -(2n ** 63n);
    const clamp = (n: bigint) => (BigInt.asIntN(64, n) === n ? n : n < 0n ? -(2n ** 63n) : 2n ** 63n - 1n);
    return [{ slot, min: clamp(ends[0]!), max: clamp(ends[1]!) }];
  });
}

function less(a: Value, b: Value): boolean {
  if (a instanceof Decimal) return a.unscaled < (b as Decimal).unscaled;
  if (typeof a === 'number' && typeof b === 'number' && (Number.isNaN(a) || Number.isNaN(b))) return !Number.isNaN(a);
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string)) < 0;
  return (a as number) < (b as number);
}

describe('random blocks', () => {
  const left = { out: 0, found: 0 };
  afterAll(() => {
    expect(left.out).toBeGreaterThan(10_000);
    expect(left.found).toBeGreaterThan(10_000);
  });

  it.each(Array.from({ length: 25 }, (_, i) => i))('seed %i: rows, statistics and images agree', async (seed) => {
    const { arena } = context;
    const random = new Random(seed * 7919 + 1);
    const owner = arena.nextId();
    const input = new Region(arena, owner);
    const columns = Array.from({ length: 1 + random.below(5) }, () => random.pick(SAMPLES));
    const types = columns.map((c) => c[0]);
    const inputs: BlockInput[] = [];
    const expected: Value[][] = [];
    for (let m = random.below(6); m >= 0; m--) {
      const length = random.pick([1, 7, 64, 500, 4096]);
      const values = columns.map(([type, samples]) =>
        valuesOf(
          type,
          samples.map((v) => (typeof v === 'string' ? v.slice(0, 200) : v)),
          length,
          random,
        ),
      );
      const vectors = types.map((type, c) => vectorOf(type, values[c]!, input, random));
      let rows = Array.from({ length }, (_, i) => i);
      let selection = 0;
      if (random.below(2) === 0) {
        rows = rows.filter(() => random.below(3) > 0);
        selection = input.alloc(rows.length * 4);
        arena.u32.set(rows, selection >>> 2);
      }
      inputs.push({ length, columns: vectors, selection, selected: rows.length });
      for (const i of rows) expected.push(values.map((v) => v[i]!));
    }
    const batchRows = random.pick([10, 100, 4096, 10_000]);
    const published = publishBlock(context, arena.nextId(), inputs, types, { batchRows });
    input.release();
    const read = (address: number, narrowDecimals: boolean, order = types.map((_, i) => i)) => {
      using region = new Region(arena, owner);
      const block = Block.open(arena, address, types);
      const reader = new BlockReader(context, block, order, region, { narrowDecimals });
      const rows: Value[][] = [];
      for (const morsel of reader.morsels()) rows.push(...readRows(arena, morsel));
      return rows;
    };
    expect(read(published.address, false)).toEqual(expected);
    for (let n = 0; n < 6; n++) {
      const ranges = rangesOf(types, expected, random);
      // Some text columns are tested by their entries: texts of even length pass.
      const texts = types.flatMap((t, slot) => (t.kind === 'string' && random.below(2) === 0 ? [slot] : []));
      const isEven = (v: Value) => typeof v === 'string' && v.length % 2 === 0;
      const passes = (row: readonly Value[]) =>
        ranges.every(({ slot, min, max }) => {
          const v = row[slot]!;
          return v !== null && integerOf(v) >= min && integerOf(v) <= max;
        }) && texts.every((slot) => isEven(row[slot]!));
      using region = new Region(arena, owner);
      const all = Block.open(arena, published.address, types);
      const order = types.map((_, i) => i);
      const reader = new BlockReader(context, all, order, region, { narrowDecimals: n % 2 === 0, fresh: n % 3 === 0 });
      const rows: Value[][] = [];
      const entries = texts.map((slot) => ({
        slot,
        entriesOf: ({ data, size }: Dictionary) => {
          const views: Vector = { type: types[slot]!, rep: 'view', data, validity: 0 };
          const values = readRows(arena, { length: size, columns: [views], selection: 0, selected: size });
          const out = region.allocZeroed(size + 32);
          for (const [i, [v]] of values.entries()) arena.u8[out + i] = isEven(v!) ? 1 : 0;
          return random.below(8) === 0 ? 0 : out;
        },
      }));
      const needed = n < 2 ? undefined : types.map(() => random.below(2) === 0);
      const blank = (row: readonly Value[]) => row.map((v, c) => (needed?.[c] === false ? null : v));
      for (const morsel of reader.morsels(undefined, { ranges, entries, needed })) {
        if (!morsel.decided) {
          rows.push(...readRows(arena, morsel).filter(passes).map(blank));
          reader.droppedRows += morsel.selected - readRows(arena, morsel).filter(passes).length;
          continue;
        }
        // What nothing reads is empty; what is there has passed.
        const kept = types.flatMap((_, c) => (needed?.[c] === false ? [] : [c]));
        const dense = { ...morsel, columns: kept.map((c) => morsel.columns[c]!) };
        const read = kept.length === 0 ? Array.from({ length: morsel.selected }, () => []) : readRows(arena, dense);
        rows.push(...read.map((values) => types.map((_, c) => values[kept.indexOf(c)] ?? null)));
      }
      const wanted = expected.filter(passes).map(blank);
      // Rows without columns come last, whatever batch they are of.
      if (needed?.includes(true) !== false || needed === undefined) expect(rows).toEqual(wanted);
      else expect(rows.length).toBe(wanted.length);
      expect(rows.length + reader.droppedRows).toBe(expected.length);
      left.found += rows.length;
      left.out += reader.droppedRows;
    }
    const block = Block.open(arena, published.address, types);
    let at = 0;
    for (let b = 0; b < block.batches; b++) {
      const rows = expected.slice(at, (at += block.batchRows(b)));
      types.forEach((_, c) => {
        const stats = block.stats(c, b);
        const valid = rows.map((r) => r[c]!).filter((v) => v !== null);
        expect([stats.count, stats.nullCount]).toEqual([rows.length, rows.length - valid.length]);
        if (!stats.hasBounds) return;
        expect(valid.some((v) => !less(v, stats.lower) && !less(stats.lower, v))).toBe(true);
        expect(valid.some((v) => !less(v, stats.upper) && !less(stats.upper, v))).toBe(true);
        expect(valid.every((v) => !less(v, stats.lower) && !less(stats.upper, v))).toBe(true);
      });
    }
    const image = packBlock(context, published.address, published.byteLength, seed % 3 === 0 ? undefined : 0);
    // The same bytes must come out anywhere; the old place is gone.
    const id = block.id;
    arena.u8.fill(0xfe, published.address, published.address + published.byteLength);
    arena.releaseAll(published.owner);
    arena.claim(owner, 1);
    const there = arena.claim(owner, published.slabs);
    expect(Image.open(image, 'x').length).toBe(published.byteLength);
    unpackBlock(context, there, Image.open(image, 'x'));
    expect(read(there, true)).toEqual(expected);
    expect(Block.open(arena, there, types).id).not.toBe(id);

    // Column by column, as readers ask: what they did not ask for is never looked at.
    const apart = arena.claim(owner, published.slabs);
    arena.u8.fill(0xfe, apart, apart + published.byteLength);
    const opened = Image.open(image, 'x');
    const unpacked: number[] = [];
    const unpacking = await new Unpacking(context, opened, apart, async (i, address, pieces) => {
      unpacked.push(...pieces);
      i.unpack(context, address, pieces);
    }).begin();
    for (const c of types.keys()) {
      await unpacking.need([c]);
      expect(unpacking.has([c])).toBe(true);
      expect(read(apart, true, [c])).toEqual(expected.map((row) => [row[c]]));
    }
    await unpacking.need();
    expect(read(apart, true)).toEqual(expected);
    // No piece twice.
    expect(unpacked.toSorted((a, b) => a - b)).toEqual([...opened.pieces.keys()]);
    arena.releaseAll(owner);
    expect(arena.usedBytes()).toBe(0);
  });
});

it('hands out gathered rows before it gathers more in their place', () => {
  const { arena } = context;
  const owner = arena.nextId();
  const input = new Region(arena, owner);
  const types = [INT, INT];
  const inputs: BlockInput[] = Array.from({ length: 20 }, (_, m) => {
    const numbers = Array.from({ length: 4096 }, (_, i) => m * 4096 + i);
    const columns = [numbers.map((n) => n % 10), numbers].map((values) => buildVector(values, INT, input));
    return { length: 4096, columns, selection: 0, selected: 4096 };
  });
  const published = publishBlock(context, arena.nextId(), inputs, types, { batchRows: 1000 });
  input.release();
  const region = new Region(arena, owner);
  const reader = new BlockReader(context, Block.open(arena, published.address, types), [0, 1], region);
  const seen: Value[] = [];
  // A tenth of the rows: more than a morsel holds.
  for (const morsel of reader.morsels(undefined, { ranges: [{ slot: 0, min: 3n, max: 3n }] }))
    seen.push(...readRows(arena, morsel).map((r) => r[1]!));
  expect(seen).toEqual(Array.from({ length: 8192 }, (_, i) => i * 10 + 3));
  region.release();
  arena.releaseAll(published.owner);
});

it('unpacks of a large block what is asked for', async () => {
  const { arena } = context;
  const owner = arena.nextId();
  const input = new Region(arena, owner);
  const types = [LONG, STRING, DOUBLE];
  const rows = 200_000;
  const values = [
    Array.from({ length: rows }, (_, i) => BigInt(i) * 1_000_003n),
    Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : `text ${(i * 7919) % rows}`)),
    Array.from({ length: rows }, (_, i) => i / 3),
  ];
  const columns = values.map((v, c) => buildVector(v, types[c]!, input));
  const inputs: BlockInput[] = [{ length: rows, columns, selection: 0, selected: rows }];
  const published = publishBlock(context, owner, inputs, types);
  const image = Image.open(packBlock(context, published.address, published.byteLength), 'x');
  const { slabs, address } = published;
  arena.u8.fill(0xfe, address, address + published.byteLength);
  const there = arena.claim(owner, slabs);
  let pieces = 0;
  const unpacking = await new Unpacking(context, image, there, async (i, to, wanted) => {
    pieces += wanted.length;
    i.unpack(context, to, wanted);
  }).begin();
  expect(pieces).toBeLessThan(image.pieces.length / 2);
  const region = new Region(arena, owner);
  for (const c of [2, 1, 0]) {
    await unpacking.need([c]);
    if (c === 2) expect(pieces).toBeLessThan(image.pieces.length);
    const reader = new BlockReader(context, Block.open(arena, there, types), [c], region);
    let at = 0;
    for (const morsel of reader.morsels())
      for (const [v] of readRows(arena, morsel)) if (v !== values[c]![at++]) expect(v).toBe(values[c]![at - 1]);
    expect(at).toBe(rows);
  }
  expect(pieces).toBe(image.pieces.length);
  arena.releaseAll(owner);
});
