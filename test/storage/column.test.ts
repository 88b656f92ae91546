import { beforeAll, describe, expect, it } from 'vitest';
import { morselsOf, readBatchHeader, sliceBatch, writeBatchHeader } from '../../src/storage/column/batch.js';
import { buildColumns, buildVector, ColumnBuilder } from '../../src/storage/column/build.js';
import {
  decodeNested,
  decodeSlot,
  elementSlot,
  encodeNestedBytes,
  fieldSlot,
  keySlot,
  nestedCount,
  nestedSource,
  valueSlot,
} from '../../src/storage/column/nested.js';
import { ColumnReader, RowReader, readRows, readValue, vectorReader } from '../../src/storage/column/read.js';
import type { Vector } from '../../src/storage/column/vector.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import * as T from '../../src/types/index.js';
import { type DataType, Decimal, MapValue, type Value } from '../../src/types/index.js';
import { SAMPLES } from './samples.js';

const D38 = new T.DecimalType(38, 4);
let arena: Arena;
beforeAll(() => {
  arena = Arena.create(64 * SLAB_BYTES);
});
function withRegion(f: (region: Region) => void): void {
  const region = new Region(arena, arena.nextId());
  f(region);
  region.release();
  expect(arena.usedBytes()).toBe(0);
}

describe('nested encoding', () => {
  const roundTrip = (value: Value, type: DataType) =>
    decodeNested(nestedSource(encodeNestedBytes(value, type)), 0, type);

  it('round-trips every type as element, field, map value', () => {
    for (const [type, values] of SAMPLES) {
      const array = new T.ArrayType(type);
      expect(roundTrip(values, array)).toEqual(values);
      const struct = new T.StructType(values.map((_, i) => new T.StructField(`f${i}`, type)));
      expect(roundTrip(values, struct)).toEqual(values);
      const map = new T.MapType(T.INT, type);
      const entries = new MapValue(
        values.map((_, i) => i),
        values,
      );
      expect(roundTrip(entries, map)).toEqual(entries);
    }
  });

  it('is canonical: equal values have equal bytes', () => {
    const t = new T.ArrayType(T.DOUBLE);
    const odd = new Float64Array(new BigUint64Array([0x7ff8_0000_dead_beefn]).buffer)[0]!;
    expect(encodeNestedBytes([-0, odd], t)).toEqual(encodeNestedBytes([0, Number.NaN], t));
    const f = new T.ArrayType(T.FLOAT);
    expect(encodeNestedBytes([-0, Number.NaN], f)).toEqual(encodeNestedBytes([0, -Number.NaN], f));
    expect(encodeNestedBytes(['a', null], new T.ArrayType(T.STRING))).not.toEqual(
      encodeNestedBytes(['a', ''], new T.ArrayType(T.STRING)),
    );
  });

  it('decodes single parts at any address', () => {
    const type = new T.StructType([
      new T.StructField('a', new T.ArrayType(T.STRING)),
      new T.StructField('m', new T.MapType(T.STRING, T.LONG)),
      new T.StructField('n', T.INT),
    ]);
    const bytes = encodeNestedBytes([['x', null, 'zé'], new MapValue(['k', 'l'], [5n, null]), null], type);
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    const source = nestedSource(moved);
    expect(fieldSlot(source, 3, type, 2)).toBe(-1);
    const a = fieldSlot(source, 3, type, 0);
    const at = 3 + source.view.getUint32(a, true);
    const arrayType = type.fields[0]!.dataType as T.ArrayType;
    expect(nestedCount(source, at)).toBe(3);
    expect(decodeSlot(source, at, elementSlot(source, at, arrayType, 2), T.STRING)).toBe('zé');
    expect(elementSlot(source, at, arrayType, 1)).toBe(-1);
    expect(elementSlot(source, at, arrayType, 3)).toBe(-1);
    const m = 3 + source.view.getUint32(fieldSlot(source, 3, type, 1), true);
    const mapType = type.fields[1]!.dataType as T.MapType;
    expect(decodeSlot(source, m, keySlot(source, m, mapType, 1), T.STRING)).toBe('l');
    expect(decodeSlot(source, m, valueSlot(source, m, mapType, 0), T.LONG)).toBe(5n);
    expect(valueSlot(source, m, mapType, 1)).toBe(-1);
  });
});

describe('building and reading columns', () => {
  it('round-trips every type', () =>
    withRegion((region) => {
      for (const [type, values] of SAMPLES) {
        const v = buildVector(values, type, region);
        expect(values.map((_, i) => readValue(arena, v, i))).toEqual(values);
        const read = vectorReader(arena, v);
        expect(values.map((_, i) => read(i))).toEqual(values);
        expect(v.validity === 0).toBe(!values.includes(null));
      }
    }));

  it('grows, with nulls that come late', () =>
    withRegion((region) => {
      const builder = new ColumnBuilder(T.INT, 'i32', region, 3);
      const values = Array.from({ length: 1000 }, (_, i) => (i > 700 && i % 3 === 0 ? null : i));
      for (const v of values) builder.append(v);
      const vector = builder.finish();
      expect(values.map((_, i) => readValue(arena, vector, i))).toEqual(values);
    }));

  it('reads wide decimals that are stored in 64 bits', () =>
    withRegion((region) => {
      const v = buildVector([new Decimal(-7n, 4), null], D38, region, 'i64');
      expect(vectorReader(arena, v)(0)).toEqual(new Decimal(-7n, 4));
      expect(vectorReader(arena, v)(1)).toBeNull();
    }));

  it('reads dictionary vectors, selections, and remembers a dictionary', () =>
    withRegion((region) => {
      const words = buildVector(['ab', 'cd'], T.STRING, region);
      const codes = buildVector([1, 0, null, 1], T.INT, region);
      const vector: Vector = {
        type: T.STRING,
        rep: 'view',
        data: codes.data,
        validity: codes.validity,
        dictionary: { data: words.data, size: 2, id: arena.nextId() },
      };
      expect([0, 1, 2, 3].map((i) => readValue(arena, vector, i))).toEqual(['cd', 'ab', null, 'cd']);
      const selection = region.alloc(8);
      arena.u32.set([1, 3], selection >>> 2);
      expect(readRows(arena, { length: 4, columns: [vector], selection, selected: 2 })).toEqual([['ab'], ['cd']]);
      const reader = new ColumnReader(arena, T.STRING);
      expect(reader.bind(vector)(0)).toBe('cd');
      arena.u8.fill(0x21, arena.u32[words.data >>> 2]!, arena.u32[words.data >>> 2]! + 4);
      expect(reader.bind(vector)(0)).toBe('cd');
    }));

  it('reads zero rows', () =>
    withRegion((region) => {
      const columns = buildColumns([], [T.INT, T.STRING], region);
      expect(readRows(arena, { length: 0, columns, selection: 0, selected: 0 })).toEqual([]);
    }));
});

describe('batches', () => {
  it('pass between threads as one number', () =>
    withRegion((region) => {
      const types = [T.INT, T.STRING, D38];
      const rows: Value[][] = [
        [1, 'a', new Decimal(1n, 4)],
        [null, null, null],
      ];
      const columns = buildColumns(rows, types, region);
      const dictionary = { data: columns[1]!.data, size: 2, id: 77 };
      const codes = buildVector([1, 0], T.INT, region);
      const batch = {
        length: 2,
        columns: [...columns, { ...codes, type: T.STRING, rep: 'view' as const, dictionary, constant: true }],
        owner: region.owner,
      };
      const address = writeBatchHeader(region, batch);
      const twin = new Arena(arena.handle);
      expect(readBatchHeader(twin, address, [...types, T.STRING])).toEqual(batch);
      expect(() => readBatchHeader(twin, address, types)).toThrow(/columns/);
      expect(() => readBatchHeader(twin, address + 64, types)).toThrow(/no batch header/);
    }));

  it('are cut into morsels whose validity starts at whole words', () =>
    withRegion((region) => {
      const n = 10_000;
      const rows = Array.from({ length: n }, (_, i): Value[] => [
        i % 5 === 0 ? null : i,
        `s${i}`,
        i % 7 === 0 ? null : BigInt(i),
      ]);
      const types = [T.INT, T.STRING, T.LONG];
      const batch = { length: n, columns: buildColumns(rows, types, region), owner: region.owner };
      const reader = new RowReader(arena, types);
      const morsels = [...morselsOf(batch)];
      expect(morsels.map((m) => m.length)).toEqual([4096, 4096, 1808]);
      expect(morsels.flatMap((m) => reader.read(m))).toEqual(rows);
      expect(() => sliceBatch(batch, 100, 10)).toThrow(/multiple of 64/);
    }));
});
