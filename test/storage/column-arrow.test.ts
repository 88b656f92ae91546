import { readFileSync } from 'node:fs';
import * as arrow from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  fromArrowIpc,
  fromArrowTable,
  schemaFromArrow,
  tableToIpc,
  toArrowTable,
} from '../../src/storage/column/arrow.js';
import { type Batch, morselsOf } from '../../src/storage/column/batch.js';
import { buildColumns, buildVector } from '../../src/storage/column/build.js';
import { Interval, publicConverter, publicRow, Timestamp } from '../../src/storage/column/public-value.js';
import { readRows } from '../../src/storage/column/read.js';
import type { Vector } from '../../src/storage/column/vector.js';
import { Arena, SLAB_BYTES } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import * as T from '../../src/types/index.js';
import { CalendarInterval, Decimal, MapValue, type Value } from '../../src/types/index.js';
import { SAMPLES } from './samples.js';

let arena: Arena;
beforeAll(() => {
  arena = Arena.create(64 * SLAB_BYTES);
});
async function withRegion(f: (region: Region) => Promise<void>): Promise<void> {
  const region = new Region(arena, arena.nextId());
  await f(region);
  region.release();
  expect(arena.usedBytes()).toBe(0);
}
const rowsOf = (batches: readonly Batch[]) =>
  batches.flatMap((b) => [...morselsOf(b)]).flatMap((m) => readRows(arena, m));

describe('Arrow round trips', () => {
  it('keep every type, nulls included, through IPC', () =>
    withRegion(async (region) => {
      for (const [type, values] of SAMPLES) {
        const schema = new T.StructType([new T.StructField('c', type)]);
        const columns = [buildVector(values, type, region)];
        const morsel = { length: values.length, columns, selection: 0, selected: values.length };
        const table = await toArrowTable(arena, [morsel], schema, 'Europe/Berlin');
        for (const format of ['stream', 'file'] as const) {
          const back = await fromArrowIpc(await tableToIpc(table, format), region);
          expect(T.equalTypes(back.schema, schema), type.simpleString).toBe(true);
          expect(rowsOf(back.batches)).toEqual(values.map((v) => [v]));
        }
      }
    }));

  it('take selected rows only', () =>
    withRegion(async (region) => {
      for (const [type, values] of SAMPLES) {
        const schema = new T.StructType([new T.StructField('c', type)]);
        const selection = region.alloc(8);
        arena.u32[selection >>> 2] = 1;
        const morsel = { length: values.length, columns: [buildVector(values, type, region)], selection, selected: 1 };
        const table = await toArrowTable(arena, [morsel], schema, 'UTC');
        expect(rowsOf(fromArrowTable(table, region).batches)).toEqual([[values[1]]]);
      }
    }));

  it('hold what the package itself reads', () =>
    withRegion(async (region) => {
      const types = [T.INT, T.STRING, T.LONG, new T.DecimalType(10, 2), T.DATE, new T.ArrayType(T.INT), T.BOOLEAN];
      const rows: Value[][] = [
        [1, 'ä', 2n, new Decimal(-350n, 2), 1, [1, null], true],
        [null, null, null, null, null, null, null],
      ];
      const schema = new T.StructType(types.map((t, i) => new T.StructField(`c${i}`, t)));
      const columns = buildColumns(rows, types, region);
      const table = await toArrowTable(arena, [{ length: 2, columns, selection: 0, selected: 2 }], schema, 'UTC');
      const get = (c: number, r: number) => table.getChildAt(c)!.get(r) as unknown;
      expect([get(0, 0), get(1, 0), get(2, 0), get(6, 0)]).toEqual([1, 'ä', 2n, true]);
      expect(arrow.util.bigNumToString(get(3, 0) as never)).toBe('-350');
      expect(Number(get(4, 0))).toBe(86_400_000);
      expect([...(get(5, 0) as arrow.Vector)]).toEqual([1, null]);
      expect([0, 1, 2, 3, 4, 5, 6].map((c) => get(c, 1))).toEqual(Array(7).fill(null));
    }));

  it('are typed when empty', () =>
    withRegion(async (region) => {
      const schema = new T.StructType([new T.StructField('a', T.INT, false), new T.StructField('b', T.STRING)]);
      const table = await toArrowTable(arena, [], schema, 'UTC');
      const back = await fromArrowIpc(await tableToIpc(table), region);
      expect(back.schema.simpleString).toBe('struct<a:int,b:string>');
      expect(back.schema.fields[0]!.nullable).toBe(false);
      expect(back.batches).toEqual([]);
    }));

  it('resolve dictionaries and 64-bit wide decimals', () =>
    withRegion(async (region) => {
      const words = buildVector(['x', 'yy'], T.STRING, region);
      const codes = buildVector([1, null, 0], T.INT, region);
      const dictionary = { data: words.data, size: 2, id: 1 };
      const d38 = new T.DecimalType(38, 1);
      const columns: Vector[] = [
        { ...codes, type: T.STRING, rep: 'view', dictionary },
        buildVector([new Decimal(-1n, 1), null, new Decimal(5n, 1)], d38, region, 'i64'),
      ];
      const schema = new T.StructType([new T.StructField('a', T.STRING), new T.StructField('b', d38)]);
      const table = await toArrowTable(arena, [{ length: 3, columns, selection: 0, selected: 3 }], schema, 'UTC');
      expect(rowsOf(fromArrowTable(table, region).batches)).toEqual([
        ['yy', new Decimal(-1n, 1)],
        [null, null],
        ['x', new Decimal(5n, 1)],
      ]);
    }));

  it('read what others write: dictionaries, slices, other units, unsigned', () =>
    withRegion(async (region) => {
      const table = new arrow.Table({
        d: arrow.vectorFromArray(['a', 'b', null, 'a'], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8())),
        u: arrow.vectorFromArray([1, 4294967295, null, 3], new arrow.Uint32()),
        ms: arrow.vectorFromArray([1, null, -1, 5], new arrow.TimestampMillisecond()),
        b: arrow.vectorFromArray([true, false, null, true], new arrow.Bool()),
        l: arrow.vectorFromArray([[1], null, [2, 3], []], new arrow.List(new arrow.Field('i', new arrow.Int32()))),
      });
      const all = [
        ['a', 1n, 1000n, true, [1]],
        ['b', 4294967295n, null, false, null],
        [null, null, -1000n, null, [2, 3]],
        ['a', 3n, 5000n, true, []],
      ];
      expect(schemaFromArrow(table.schema).simpleString).toBe(
        'struct<d:string,u:bigint,ms:timestamp_ntz,b:boolean,l:array<int>>',
      );
      expect(rowsOf(fromArrowTable(table, region).batches)).toEqual(all);
      expect(rowsOf(fromArrowTable(table.slice(1, 3), region).batches)).toEqual(all.slice(1, 3));
    }));

  it('read what pyarrow writes', () =>
    withRegion(async (region) => {
      const bytes = readFileSync(new URL('arrow/pyarrow.arrow', import.meta.url));
      const { schema, batches } = await fromArrowIpc(bytes, region);
      expect(schema.fields.map((f) => f.dataType.simpleString).join(' ')).toBe(
        'string string binary binary smallint int bigint decimal(20,0) float date timestamp_ntz timestamp ' +
          'interval day to second decimal(18,2) decimal(38,2) array<int> array<string> map<string,bigint> ' +
          'struct<a:tinyint,b:string> boolean interval',
      );
      const d = (unscaled: bigint, scale: number) => new Decimal(unscaled, scale);
      const bin = (...b: number[]) => Uint8Array.from(b);
      const span = (months: number, days: number, micros: bigint) => new CalendarInterval(months, days, micros);
      const columns: Value[][] = [
        ['a', null, 'b', 'a'],
        ['', 'é', null, 'x'],
        [bin(), bin(0, 255), null, bin(120)],
        [bin(97, 98), null, bin(99, 100), bin(101, 102)],
        [255, null, 0, 1],
        [65535, null, 0, 1],
        [4294967295n, null, 0n, 1n],
        [d(18446744073709551615n, 0), null, d(0n, 0), d(1n, 0)],
        [1.5, null, -Infinity, 2 ** -24],
        [-1, null, 0, 1],
        [-1_000_000n, null, 0n, 1_000_000n],
        [-1n, null, 1n, -2n],
        [-1000n, null, 0n, 1000n],
        [d(-125n, 2), null, d(0n, 2), d(10n ** 18n - 1n, 2)],
        [d(-125n, 2), null, d(0n, 2), d(10n ** 38n - 1n, 2)],
        [[1, 2], null, [null, 3], [4, 5]],
        [['a'], null, [], [null]],
        [new MapValue(['k'], [1n]), null, new MapValue([], []), new MapValue(['a', 'b'], [null, 2n])],
        [[1, 'x'], null, [null, null], [2, 'y']],
        [true, null, false, true],
        [span(1, -2, 3n), null, span(0, 0, -1n), span(12, 30, 0n)],
      ];
      const rows = [0, 1, 2, 3].map((i) => columns.map((c) => c[i]!));
      expect(rowsOf(batches)).toEqual([...rows, ...rows.slice(1)]);
    }));

  it('refuse types that SQL lacks', () => {
    expect(() => schemaFromArrow(new arrow.Schema([new arrow.Field('t', new arrow.TimeSecond())]))).toThrow(
      expect.objectContaining({ condition: 'UNSUPPORTED_FEATURE' }),
    );
  });
});

describe('public values', () => {
  const exact = { timeZone: 'Europe/Berlin' } as const;
  const js = { timeZone: 'UTC', values: 'js' } as const;

  it('are exact', () => {
    expect(publicConverter(T.DATE, exact)(19_000)).toBe('2022-01-08');
    const t = publicConverter(T.TIMESTAMP, exact)(1_700_000_000_500_000n) as Timestamp;
    expect(String(t)).toBe('2023-11-14 23:13:20.5');
    expect(t.toDate()).toEqual(new Date(1_700_000_000_500));
    expect(String(publicConverter(T.TIMESTAMP_NTZ, exact)(-1n))).toBe('1969-12-31 23:59:59.999999');
    expect(new Timestamp(-1n).toDate()).toEqual(new Date(-1));
    expect(String(publicConverter(T.YEAR_MONTH_INTERVAL, exact)(14) as Interval)).toBe("INTERVAL '1-2' YEAR TO MONTH");
    expect(String(publicConverter(T.DAY_TIME_INTERVAL, exact)(93_784_000_000n))).toBe(
      "INTERVAL '1 02:03:04' DAY TO SECOND",
    );
    expect(publicConverter(T.CALENDAR_INTERVAL, exact)(new CalendarInterval(1, 2, 3n))).toBeInstanceOf(Interval);
    expect(publicConverter(T.LONG, exact)(5n)).toBe(5n);
    expect(publicConverter(T.LONG, exact)(null)).toBeNull();
  });

  it('make structs without prototype, maps, arrays', () => {
    const type = new T.StructType([
      new T.StructField('__proto__', T.INT),
      new T.StructField('d', new T.ArrayType(T.DATE)),
    ]);
    const row = publicConverter(type, exact)([1, [0, null]]) as Record<string, unknown>;
    expect(Object.getPrototypeOf(row)).toBeNull();
    expect(Object.keys(row)).toEqual(['__proto__', 'd']);
    expect(row['d']).toEqual(['1970-01-01', null]);
    expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe(1);
    const odd = publicRow(
      ['toString', 'constructor', '1', 'a', 'a'],
      [1, 2, 3, 4, 5],
      Array(5).fill((v: Value) => v),
    );
    expect([Object.getPrototypeOf(odd), { ...odd }]).toEqual([null, { toString: 1, constructor: 2, 1: 3, a: 5 }]);
    const map = publicConverter(new T.MapType(T.STRING, T.DATE), exact)(new MapValue(['a'], [0]));
    expect(map).toEqual(new Map([['a', '1970-01-01']]));
    expect(Object.keys(publicRow(['b', 'a'], [1, 2], [(v) => v as number, (v) => v as number]))).toEqual(['b', 'a']);
  });

  it("with values: 'js' are numbers and Dates, or throw", () => {
    const inexact = expect.objectContaining({ condition: 'INEXACT_VALUE' });
    expect(publicConverter(T.LONG, js)(2n ** 53n - 1n)).toBe(2 ** 53 - 1);
    expect(() => publicConverter(T.LONG, js)(2n ** 53n)).toThrow(inexact);
    const d = (v: bigint, s: number) => publicConverter(new T.DecimalType(38, s), js)(new Decimal(v, s));
    expect(d(-35n, 2)).toBe(-0.35);
    expect(d(12345678901234500000n, 3)).toBe(12345678901234500);
    expect(() => d(12345678901234567890n, 3)).toThrow(inexact);
    expect(publicConverter(T.DATE, js)(1)).toEqual(new Date(86_400_000));
    expect(publicConverter(T.TIMESTAMP, js)(1000n)).toEqual(new Date(1));
    expect(() => publicConverter(T.TIMESTAMP, js)(1n)).toThrow(inexact);
  });
});
