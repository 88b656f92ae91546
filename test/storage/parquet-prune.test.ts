import { describe, expect, it } from 'vitest';
import type { BoundExpr } from '../../src/eval/bound.js';
import type { PhysicalType, RawStatistics, SchemaNode } from '../../src/storage/parquet/format.js';
import { type ColumnStats, mayMatch } from '../../src/storage/parquet/prune.js';
import { planSplit, readFooter } from '../../src/storage/parquet/reader.js';
import {
  BINARY,
  BOOLEAN,
  CharType,
  DATE,
  type DataType,
  Decimal,
  DecimalType,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  STRING,
  TIMESTAMP,
  type Value,
} from '../../src/types/index.js';
import { expectedColumns, fixture, readAll } from './parquet-harness.js';

const call = (fn: string, ...args: BoundExpr[]): BoundExpr => ({
  k: 'call',
  fn,
  args,
  type: BOOLEAN,
  mode: 'ANSI',
  timeZone: 'UTC',
});
const input = (type: DataType, ordinal = 0): BoundExpr => ({ k: 'input', ordinal, type, nullable: true });
const lit = (value: Value, type: DataType): BoundExpr => ({ k: 'literal', value, type });
const both = (k: 'and' | 'or', left: BoundExpr, right: BoundExpr): BoundExpr => ({ k, left, right, type: BOOLEAN });
const oneOf = (value: BoundExpr, ...list: BoundExpr[]): BoundExpr => ({ k: 'in', value, list, type: BOOLEAN });

const leaf = (physical: PhysicalType, annotation?: SchemaNode['annotation']): SchemaNode => ({
  name: 'a',
  repetition: 'optional',
  physical,
  typeLength: 0,
  children: [],
  leaf: 0,
  maxDef: 1,
  maxRep: 0,
  ...(annotation && { annotation }),
});
const i32 = (v: number): Uint8Array => new Uint8Array(Int32Array.of(v).buffer);
const i64 = (v: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(v).buffer);
const f32 = (v: number): Uint8Array => new Uint8Array(Float32Array.of(v).buffer);
const f64 = (v: number): Uint8Array => new Uint8Array(Float64Array.of(v).buffer);
const utf8 = (v: string): Uint8Array => new TextEncoder().encode(v);

const stats = (
  node: SchemaNode,
  min: Uint8Array | undefined,
  max: Uint8Array | undefined,
  more: Partial<RawStatistics> = {},
): ColumnStats => ({
  leaf: node,
  rows: 10,
  statistics: { ...(min && { min }), ...(max && { max }), nullCount: 2, ...more },
});
const may = (expr: BoundExpr, column: ColumnStats): boolean => mayMatch(expr, () => column);
/** Which of `= < <= > >=` may match a value. */
const operators = (column: ColumnStats, type: DataType, value: Value): string =>
  ['=', '<', '<=', '>', '>='].filter((op) => may(call(op, input(type), lit(value, type)), column)).join(' ');

describe('statistics rule out', () => {
  const ints = stats(leaf('INT32'), i32(-5), i32(10));

  it('integers outside the bounds, both ways round', () => {
    expect(operators(ints, INT, -6)).toBe('> >=');
    expect(operators(ints, INT, -5)).toBe('= <= > >=');
    expect(operators(ints, INT, 0)).toBe('= < <= > >=');
    expect(operators(ints, INT, 10)).toBe('= < <= >=');
    expect(operators(ints, INT, 11)).toBe('< <=');
    expect(may(call('<', lit(10, INT), input(INT)), ints)).toBe(false);
    expect(may(call('>', lit(10, INT), input(INT)), ints)).toBe(true);
    const widened: BoundExpr = { k: 'cast', child: input(INT), type: LONG, mode: 'ANSI', timeZone: 'UTC' };
    expect(may(call('=', widened, lit(11n, LONG)), ints)).toBe(false);
    const narrowed: BoundExpr = { k: 'cast', child: input(LONG), type: INT, mode: 'ANSI', timeZone: 'UTC' };
    expect(may(call('=', narrowed, lit(11, INT)), ints)).toBe(true);
  });

  it('nulls', () => {
    const full = stats(leaf('INT32'), i32(1), i32(2), { nullCount: 0 });
    const empty = stats(leaf('INT32'), undefined, undefined, { nullCount: 10 });
    const absent: ColumnStats = { leaf: null, rows: 10 };
    const unknown: ColumnStats = { leaf: leaf('INT32'), rows: 10 };
    const isNull = call('isnull', input(INT));
    const isNotNull = call('isnotnull', input(INT));
    expect([full, empty, absent, unknown].map((c) => may(isNull, c))).toEqual([false, true, true, true]);
    expect([full, empty, absent, unknown].map((c) => may(isNotNull, c))).toEqual([true, false, false, true]);
    expect([full, empty, absent, unknown].map((c) => may(call('not', isNull), c))).toEqual([true, false, false, true]);
    expect([full, empty, absent, unknown].map((c) => may(call('=', input(INT), lit(1, INT)), c))).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect([full, empty].map((c) => may(call('<=>', input(INT), lit(null, INT)), c))).toEqual([false, true]);
    expect(may(call('=', input(INT), lit(null, INT)), full)).toBe(false);
  });

  it('with and, or, in', () => {
    const low = call('<', input(INT), lit(-5, INT));
    const fine = call('<', input(INT), lit(5, INT));
    expect(may(both('and', low, fine), ints)).toBe(false);
    expect(may(both('or', low, fine), ints)).toBe(true);
    expect(may(both('or', low, low), ints)).toBe(false);
    expect(may(oneOf(input(INT), lit(-9, INT), lit(null, INT), lit(11, INT)), ints)).toBe(false);
    expect(may(oneOf(input(INT), lit(-9, INT), lit(3, INT)), ints)).toBe(true);
    expect(may(call('not', fine), ints)).toBe(true);
    expect(may(lit(false, BOOLEAN), ints)).toBe(false);
    expect(may(call('rand'), ints)).toBe(true);
  });

  it('decimals exactly', () => {
    const type = new DecimalType(15, 2);
    const column = stats(leaf('INT64', { kind: 'decimal', precision: 15, scale: 2 }), i64(35n), i64(35n));
    expect(operators(column, type, new Decimal(35n, 2))).toBe('= <= >=');
    expect(operators(column, type, new Decimal(34n, 2))).toBe('> >=');
    expect(operators(column, type, new Decimal(36n, 2))).toBe('< <=');
    const fixed = leaf('FIXED_LEN_BYTE_ARRAY', { kind: 'decimal', precision: 38, scale: 0 });
    const big = new DecimalType(38, 0);
    const negative = stats(fixed, Uint8Array.of(0xff, 0x00), Uint8Array.of(0x00, 0x80));
    expect(operators(negative, big, new Decimal(-256n, 0))).toBe('= <= > >=');
    expect(operators(negative, big, new Decimal(-257n, 0))).toBe('> >=');
    expect(operators(negative, big, new Decimal(129n, 0))).toBe('< <=');
  });

  it('unsigned integers, dates, timestamps', () => {
    const unsigned = stats(leaf('INT32', { kind: 'int', bits: 32, signed: false }), i32(1), i32(-1));
    expect(operators(unsigned, LONG, 4294967295n)).toBe('= < <= >=');
    expect(operators(unsigned, LONG, 4294967296n)).toBe('< <=');
    const old = stats(leaf('INT32', { kind: 'int', bits: 32, signed: false }), i32(-1), i32(1), { deprecated: true });
    expect(operators(old, LONG, 100n)).toBe('= < <= > >=');
    const days = stats(leaf('INT32', { kind: 'date' }), i32(0), i32(10));
    expect(operators(days, DATE, 11)).toBe('< <=');
    const millis = stats(leaf('INT64', { kind: 'timestamp', unit: 'MILLIS', utc: true }), i64(5n), i64(7n));
    expect(operators(millis, TIMESTAMP, 7000n)).toBe('= < <= >=');
    expect(operators(millis, TIMESTAMP, 7001n)).toBe('< <=');
    expect(operators(stats(leaf('INT96'), i64(0n), i64(0n)), TIMESTAMP, 7n)).toBe('= < <= > >=');
  });

  it('doubles, but not where NaN may hide', () => {
    const column = stats(leaf('DOUBLE'), f64(0), f64(2));
    expect(operators(column, DOUBLE, 3)).toBe('< <= > >=');
    expect(operators(column, DOUBLE, -1)).toBe('> >=');
    expect(operators(column, DOUBLE, -0)).toBe('= <= > >=');
    expect(operators(column, DOUBLE, Number.NaN)).toBe('= < <= > >=');
    expect(operators(stats(leaf('DOUBLE'), f64(Number.NaN), f64(1)), DOUBLE, 5)).toBe('= < <= > >=');
    expect(operators(stats(leaf('FLOAT'), f32(0.1), f32(0.1)), FLOAT, Math.fround(0.1))).toBe('= <= > >=');
  });

  it('text as unsigned bytes, also truncated', () => {
    const column = stats(leaf('BINARY', { kind: 'string' }), utf8('b'), utf8('é'));
    expect(operators(column, STRING, 'a')).toBe('> >=');
    expect(operators(column, STRING, 'z')).toBe('= < <= > >=');
    expect(operators(column, STRING, '😀')).toBe('< <=');
    const old = stats(leaf('BINARY', { kind: 'string' }), utf8('b'), utf8('c'), { deprecated: true });
    expect(operators(old, STRING, 'z')).toBe('= < <= > >=');
    const prefix = (fn: string, p: string): boolean =>
      may(call(fn, input(STRING), lit(p, STRING)), stats(leaf('BINARY', { kind: 'string' }), utf8('bcd'), utf8('bd')));
    expect(['b', 'bc', 'bcz', 'bda', 'c', 'a', ''].map((p) => prefix('startswith', p))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(['b%', 'c%', '%c', 'c_', '\\%', 'be%'].map((p) => prefix('like', p))).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(operators(stats(leaf('BINARY'), Uint8Array.of(1), Uint8Array.of(200)), BINARY, Uint8Array.of(201))).toBe(
      '< <=',
    );
  });

  it('char columns never, since literals are padded', () => {
    const type = new CharType(5);
    expect(operators(stats(leaf('BINARY', { kind: 'string' }), utf8('ab'), utf8('ab')), type, 'ab   ')).toBe(
      '= < <= > >=',
    );
  });

  it('partition columns and nested ones never', () => {
    expect(mayMatch(call('=', input(INT), lit(1, INT)), () => undefined)).toBe(true);
  });
});

describe('row groups of a file', () => {
  const wanted = [
    { name: 'id', type: LONG },
    { name: 's', type: STRING },
    { name: 'd', type: new DecimalType(9, 2) },
    { name: 'n', type: LONG },
  ];
  const columns = wanted.map((w) => w.type);
  const kept = async (expr: BoundExpr): Promise<number[]> => {
    const file = await readFooter(fixture('groups'));
    return planSplit(file, { start: 0, length: file.size }, wanted, { pushed: [expr] }).rowGroups.map((g) => g.index);
  };

  it('are skipped, and their bytes are not read', async () => {
    expect(await kept(call('<', input(LONG), lit(150n, LONG)))).toEqual([0, 1]);
    expect(await kept(call('=', input(STRING, 1), lit('k3', STRING)))).toEqual([3]);
    expect(
      await kept(call('>=', input(columns[2] as DataType, 2), lit(new Decimal(800n, 2), new DecimalType(9, 2)))),
    ).toEqual([8, 9]);
    expect(await kept(call('isnull', input(LONG, 3)))).toEqual([0]);
    const all = await readAll(fixture('groups'), { columns: wanted });
    const few = await readAll(fixture('groups'), {
      columns: wanted,
      pushed: [call('<', input(LONG), lit(150n, LONG))],
    });
    expect(few.rows).toBe(200);
    expect(few.pruned).toBe(8);
    expect(few.bytesRead).toBeLessThan(all.bytesRead / 4);
  });

  it('with a matching row are never skipped', async () => {
    const ids = (expectedColumns['groups'] as Record<string, string[]>)['id'] as string[];
    for (let k = 0; k < 1000; k += 37) {
      const value = BigInt(ids[k] as string);
      for (const op of ['=', '<=', '>=', '<=>'])
        expect(await kept(call(op, input(LONG), lit(value, LONG)))).toContain(Math.floor(k / 100));
    }
  });
});
