import { beforeAll, describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../src/kernels/index.js';
import { Block, type ColumnStats } from '../../src/storage/block/block.js';
import { BlockReader, type BlockReaderOptions } from '../../src/storage/block/block-reader.js';
import type { BlockContext } from '../../src/storage/block/context.js';
import { publishBlock } from '../../src/storage/block/publish.js';
import type { BlockInput } from '../../src/storage/block/stage.js';
import { buildColumns, buildVector } from '../../src/storage/column/build.js';
import { readRows } from '../../src/storage/column/read.js';
import type { Vector } from '../../src/storage/column/vector.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import * as T from '../../src/types/index.js';
import { CalendarInterval, type DataType, Decimal, MapValue, type Value } from '../../src/types/index.js';
import { SAMPLES } from './samples.js';

let context: BlockContext;
beforeAll(() => {
  const arena = Arena.create(128 * SLAB_BYTES);
  context = { arena, kernels: instantiateKernels(arena.memory) };
});

/** Runs `f` with a region for inputs and an owner for blocks; everything must be given back by `release`. */
function withOwner(f: (region: Region, owner: number) => void): void {
  const { arena } = context;
  const region = new Region(arena, arena.nextId());
  const owner = arena.nextId();
  try {
    f(region, owner);
  } finally {
    region.release();
    arena.releaseAll(owner);
  }
  expect(arena.usedBytes()).toBe(0);
}

const inputOf = (columns: readonly Vector[], length: number): BlockInput => ({
  length,
  columns,
  selection: 0,
  selected: length,
});

function publish(owner: number, inputs: readonly BlockInput[], types: readonly DataType[], batchRows?: number): Block {
  const done = publishBlock(context, owner, inputs, types, batchRows === undefined ? {} : { batchRows });
  const block = Block.open(context.arena, done.address, types);
  expect(context.arena.usedBytes(owner)).toBeGreaterThanOrEqual(done.byteLength);
  expect([block.rows, block.batches, block.byteLength, block.sparkSize]).toEqual([
    done.rows,
    done.batches,
    done.byteLength,
    done.sparkSize,
  ]);
  return block;
}

function rowsOf(
  block: Block,
  region: Region,
  columns = block.types.map((_, i) => i),
  options?: BlockReaderOptions,
): Value[][] {
  const reader = new BlockReader(context, block, columns, region, options);
  const rows: Value[][] = [];
  for (const morsel of reader.morsels()) {
    expect(morsel.length).toBeLessThanOrEqual(4096);
    rows.push(...readRows(context.arena, morsel));
  }
  return rows;
}

describe('publishing and reading a block', () => {
  it('keeps every type, and copies the bytes of views', () =>
    withOwner((region, owner) => {
      for (const [type, values] of SAMPLES) {
        for (const repeat of [1, 40]) {
          const all = Array.from({ length: repeat }, () => values).flat();
          const input = new Region(context.arena, context.arena.nextId());
          const block = publish(owner, [inputOf([buildVector(all, type, input)], all.length)], [type]);
          for (let i = 0; i < 2; i++) {
            // What the input held must not matter any more.
            if (i === 1) {
              context.arena.u8.fill(
                0xfe,
                input.alloc(1) & ~(SLAB_BYTES - 1),
                (input.alloc(1) & ~(SLAB_BYTES - 1)) + SLAB_BYTES,
              );
              input.release();
            }
            expect(rowsOf(block, region), type.simpleString).toEqual(all.map((v) => [v]));
          }
          context.arena.releaseAll(owner);
        }
      }
    }));

  it('narrows integers batch by batch, whatever the base', () =>
    withOwner((region, owner) => {
      const edges: bigint[][] = [
        [5n, 5n, 5n],
        [0n, 255n],
        [-128n, 127n],
        [-1n, 255n],
        [0n, 65_535n],
        [1_000_000_000_000n, 1_000_000_065_536n],
        [-(2n ** 31n), 2n ** 31n - 1n],
        [0n, 2n ** 32n - 1n],
        [0n, 2n ** 32n],
        [-(2n ** 63n), 2n ** 63n - 1n],
        [2n ** 63n - 3n, 2n ** 63n - 1n],
        [-(2n ** 63n), -(2n ** 63n) + 200n],
      ];
      for (const edge of edges) {
        for (const withNulls of [false, true]) {
          const longs = Array.from(
            { length: 77 },
            (_, i): Value => (withNulls && i % 3 === 0 ? null : edge[i % edge.length]!),
          );
          const columns: [DataType, Value[]][] = [
            [T.LONG, longs],
            [T.TIMESTAMP, longs],
            [new T.DecimalType(38, 2), longs.map((v) => (v === null ? null : new Decimal(v as bigint, 2)))],
          ];
          if (edge.every((v) => BigInt.asIntN(32, v) === v))
            columns.push([T.INT, longs.map((v) => (v === null ? null : Number(v)))]);
          const types = columns.map((c) => c[0]);
          const rows = longs.map((_, i) => columns.map((c) => c[1][i]!));
          const block = publish(owner, [inputOf(buildColumns(rows, types, region), 77)], types, 50);
          expect(rowsOf(block, region)).toEqual(rows);
          const stats = block.stats(0, 0);
          const valid = longs.slice(0, 50).filter((v) => v !== null) as bigint[];
          expect([stats.lower, stats.upper]).toEqual([
            valid.toSorted((a, b) => Number(a - b))[0],
            valid.toSorted((a, b) => Number(b - a))[0],
          ]);
        }
      }
    }));

  it('uses less memory than the columns it was given', () =>
    withOwner((region, owner) => {
      const n = 50_000;
      const rows = Array.from({ length: n }, (_, i): Value[] => [
        BigInt(i % 200),
        ['AIR', 'RAIL', 'SHIP'][i % 3]!,
        new Decimal(BigInt(i % 5000), 2),
        i % 2 === 0,
      ]);
      const types = [T.LONG, T.STRING, new T.DecimalType(38, 2), T.BOOLEAN];
      const block = publish(owner, [inputOf(buildColumns(rows, types, region), n)], types);
      // 1 byte, 1 byte, 2 bytes, 1 bit.
      expect(block.byteLength / n).toBeLessThan(4.5);
      expect(block.dictionary(1)!.size).toBe(3);
      expect(rowsOf(block, region)).toEqual(rows);
    }));

  it('hands out plain int columns in place and narrowed decimals as i64 on request', () =>
    withOwner((region, owner) => {
      const n = 5000;
      const d38 = new T.DecimalType(38, 2);
      const rows = Array.from({ length: n }, (_, i): Value[] => [i * 99_991, new Decimal(BigInt(i) * 10n ** 14n, 2)]);
      const columns = buildColumns(rows, [T.INT, d38], region);
      const narrow = buildVector(
        rows.map((r) => r[1]!),
        d38,
        region,
        'i64',
      );
      for (const input of [columns[1]!, narrow]) {
        const block = publish(owner, [inputOf([columns[0]!, input], n)], [T.INT, d38]);
        const reader = new BlockReader(context, block, [0], region);
        const first = reader.morsel(0, 0, 4096).columns[0]!;
        expect(first.data).toBeGreaterThan(block.address);
        expect(first.data).toBeLessThan(block.address + block.byteLength);
        expect(rowsOf(block, region)).toEqual(rows);
        expect(rowsOf(block, region, [1, 0], { narrowDecimals: true, fresh: true })).toEqual(
          rows.map(([a, b]) => [b, a]),
        );
      }
      for (const input of [columns[1]!, narrow])
        expect(publish(owner, [inputOf([columns[0]!, input], n)], [T.INT, d38]).columnRep(1)).toBe('i64');
      const one = buildVector([new Decimal(10n ** 30n, 2)], d38, region);
      const wide = publish(owner, [inputOf([columns[0]!, narrow], n), inputOf([columns[0]!, one], 1)], [T.INT, d38]);
      expect(wide.columnRep(1)).toBe('i128');
      expect(rowsOf(wide, region, [1], { narrowDecimals: true })).toEqual([
        ...rows.map(([, b]) => [b]),
        [new Decimal(10n ** 30n, 2)],
      ]);
    }));

  it('takes selections, dictionaries, and mixes of them', () =>
    withOwner((region, owner) => {
      const words = ['aa', 'b', '', 'dddddddddddd', 'unused'];
      const dictionary = { data: buildVector(words, T.STRING, region).data, size: 5, id: context.arena.nextId() };
      const values = Array.from({ length: 500 }, (_, i) => (i % 11 === 0 ? null : i % 4));
      const codes = buildVector(values, T.INT, region);
      const coded: Vector = { ...codes, type: T.STRING, rep: 'view', dictionary };
      const text = values.map((v) => (v === null ? null : words[v]!));
      const plain = buildVector(text, T.STRING, region);
      const picked = Array.from({ length: 100 }, (_, i) => i * 5);
      const selection = region.alloc(400);
      context.arena.u32.set(picked, selection >>> 2);
      const some = (column: Vector): BlockInput => ({ length: 500, columns: [column], selection, selected: 100 });
      const expected = [...text, ...picked.map((i) => text[i]!)].map((v) => [v]);
      for (const pair of [
        [coded, coded],
        [coded, plain],
        [plain, plain],
      ] as const) {
        const block = publish(
          owner,
          [inputOf([pair[0]], 500), some(pair[1]), { ...some(pair[1]), selected: 0 }],
          [T.STRING],
        );
        expect(rowsOf(block, region)).toEqual(expected);
        expect(block.dictionary(0)!.size).toBe(4);
        expect(block.stats(0, 0)).toMatchObject({ lower: '', upper: 'dddddddddddd', nullCount: 46 + 10, count: 600 });
      }
    }));

  it('gives up a dictionary of too many values', () =>
    withOwner((region, owner) => {
      const values = Array.from({ length: 20_000 }, (_, i) => `value ${i} ${'x'.repeat(i % 30)}`);
      const block = publish(owner, [inputOf([buildVector(values, T.STRING, region)], 20_000)], [T.STRING]);
      expect(block.dictionary(0)).toBeUndefined();
      expect(rowsOf(block, region)).toEqual(values.map((v) => [v]));
    }));

  it('takes no rows and no columns', () =>
    withOwner((region, owner) => {
      const empty = publish(owner, [], [T.INT, T.STRING]);
      expect([empty.rows, empty.batches, empty.sparkSize]).toEqual([0, 0, 0]);
      expect(rowsOf(empty, region)).toEqual([]);
      const bare = publish(owner, [inputOf([], 10_500)], []);
      expect([bare.rows, bare.batches]).toEqual([10_500, 2]);
      expect(rowsOf(bare, region)).toHaveLength(10_500);
    }));

  it('says so when the arena is full, and leaves nothing behind', () =>
    withOwner((region, owner) => {
      const { arena } = context;
      const hog = arena.nextId();
      const v = buildVector(
        Array.from({ length: 100 }, (_, i) => `${i}`),
        T.STRING,
        region,
      );
      while (arena.claim(hog, 1) !== 0) {}
      expect(() => publishBlock(context, owner, [inputOf([v], 100)], [T.STRING])).toThrow(
        expect.objectContaining({ condition: 'UNABLE_TO_ACQUIRE_MEMORY' }),
      );
      expect(arena.usedBytes(owner)).toBe(0);
      arena.releaseAll(hog);
    }));
});

describe('batches and statistics', () => {
  const statsOf = (region: Region, owner: number, type: DataType, values: readonly Value[]): ColumnStats =>
    publish(owner, [inputOf([buildVector(values, type, region)], values.length)], [type]).stats(0, 0);

  it('cuts at 10,000 rows, across inputs', () =>
    withOwner((region, owner) => {
      const v = buildVector(
        Array.from({ length: 7000 }, (_, i) => (i % 2 ? null : i)),
        T.INT,
        region,
      );
      const block = publish(owner, [inputOf([v], 7000), inputOf([v], 7000), inputOf([v], 7000)], [T.INT]);
      expect([0, 1, 2].map((b) => block.batchRows(b))).toEqual([10_000, 10_000, 1000]);
      expect(rowsOf(block, region).map((r) => r[0])).toEqual(
        Array.from({ length: 21_000 }, (_, i) => ((i % 7000) % 2 ? null : i % 7000)),
      );
    }));

  it('cuts when the estimate reaches 4 MiB, as Spark does', () =>
    withOwner((region, owner) => {
      // 4 + 1020 bytes a row for the text, 4 for the int (also where it is null): 1028 × 4081 ≥ 4 MiB.
      const rows = Array.from({ length: 9000 }, (_, i): Value[] => ['x'.repeat(1020), i % 3 === 0 ? null : i]);
      const types = [T.STRING, T.INT];
      const block = publish(owner, [inputOf(buildColumns(rows, types, region), 9000)], types);
      expect([0, 1, 2].map((b) => block.batchRows(b))).toEqual([4081, 4081, 838]);
      expect(block.sparkSize).toBe(9000 * 1028);
      expect(rowsOf(block, region)).toEqual(rows);
    }));

  it("counts sizes as Spark's column statistics do", () =>
    withOwner((region, owner) => {
      const cases: [DataType, Value[], number][] = [
        [T.BOOLEAN, [true, null], 1 + 4],
        [T.BYTE, [1, null], 1 + 4],
        [T.SHORT, [1, null], 2 + 4],
        [T.INT, [1, null], 8],
        [T.DATE, [1, null], 8],
        [T.FLOAT, [1, null], 8],
        [T.LONG, [1n, null], 12],
        [T.DOUBLE, [1, null], 12],
        [T.TIMESTAMP, [1n, null], 12],
        [new T.DecimalType(38, 0), [new Decimal(1n, 0), null], 12],
        [T.STRING, ['abc', null, 'é'], 7 + 4 + 6],
        [T.BINARY, [Uint8Array.of(1, 2), null], 6 + 4],
        [T.NULL, [null, null], 8],
        [T.CALENDAR_INTERVAL, [new CalendarInterval(1, 1, 1n), null], 20],
        // UnsafeArrayData: 8 count + 8 bits + 2 ints in 8; the column adds 4.
        [new T.ArrayType(T.INT), [[1, null], null], 4 + 24 + 4],
        // UnsafeRow: 8 bits + 2 × 8, "abc" in 8; the column adds 4.
        [
          new T.StructType([new T.StructField('a', T.INT), new T.StructField('b', T.STRING)]),
          [[1, 'abc'], null],
          4 + 24 + 8 + 4,
        ],
        // UnsafeMapData: 8, keys 8 + 8 + 8 (+ 8 for the text), values 8 + 8 + 8; the column adds 4.
        [new T.MapType(T.STRING, T.LONG), [new MapValue(['k'], [1n])], 4 + 8 + 32 + 24],
      ];
      for (const [type, values, size] of cases)
        expect(statsOf(region, owner, type, values).sizeInBytes, type.simpleString).toBe(size);
    }));

  it('has bounds for ordered types, none for nulls, binary, nested', () =>
    withOwner((region, owner) => {
      const bounds = (type: DataType, values: Value[]) => {
        const s = statsOf(region, owner, type, values);
        return [s.lower, s.upper, s.hasBounds, s.nullCount];
      };
      expect(bounds(T.INT, [3, null, -4])).toEqual([-4, 3, true, 1]);
      expect(bounds(T.BOOLEAN, [true, true])).toEqual([true, true, true, 0]);
      expect(bounds(T.BOOLEAN, [true, null, false])).toEqual([false, true, true, 1]);
      expect(bounds(T.DATE, [10, 20])).toEqual([10, 20, true, 0]);
      expect(bounds(T.INT, [null, null])).toEqual([null, null, false, 2]);
      expect(bounds(T.STRING, [null, null])).toEqual([null, null, false, 2]);
      expect(bounds(T.STRING, ['b', '\u{1F600}', '\uFF5E', null])).toEqual(['b', '\u{1F600}', true, 1]);
      expect(bounds(T.DOUBLE, [1, Number.NaN, -2])).toEqual([-2, Number.NaN, true, 0]);
      expect(bounds(T.DOUBLE, [Number.NaN, null])).toEqual([Number.NaN, Number.NaN, true, 1]);
      expect(bounds(T.FLOAT, [1.5, -Infinity])).toEqual([-Infinity, 1.5, true, 0]);
      const d = (v: bigint) => new Decimal(v, 1);
      const wide = new T.DecimalType(38, 1);
      expect(bounds(wide, [d(-(10n ** 37n)), d(10n ** 37n), d(0n)])).toEqual([
        d(-(10n ** 37n)),
        d(10n ** 37n),
        true,
        0,
      ]);
      expect(bounds(T.BINARY, [Uint8Array.of(1)])).toEqual([null, null, false, 0]);
      expect(bounds(new T.ArrayType(T.INT), [[1]])).toEqual([null, null, false, 0]);
    }));

  it('lets a filter skip batches', () =>
    withOwner((region, owner) => {
      const v = buildVector(
        Array.from({ length: 35_000 }, (_, i) => i),
        T.INT,
        region,
      );
      const block = publish(owner, [inputOf([v], 35_000)], [T.INT]);
      const reader = new BlockReader(context, block, [0], region);
      let rows = 0;
      for (const m of reader.morsels({ wanted: (b) => (block.stats(0, b).upper as number) >= 25_000 }))
        rows += m.length;
      expect([rows, reader.prunedBatches]).toEqual([15_000, 2]);
    }));
});
