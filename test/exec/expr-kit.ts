import type { BoundExpr } from '../../src/eval/bound.js';
import { equalValues } from '../../src/eval/compare.js';
import { compileRow } from '../../src/eval/evaluate.js';
import type { EvalMode } from '../../src/eval/function.js';
import { compileExpressions, type ExprContext } from '../../src/exec/expr/compile.js';
import { instantiateKernels } from '../../src/kernels/index.js';
import { buildVector } from '../../src/storage/column/build.js';
import { vectorReader } from '../../src/storage/column/read.js';
import type { Morsel, Vector } from '../../src/storage/column/vector.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { Region } from '../../src/storage/memory/region.js';
import { BOOLEAN, type DataType, Decimal, MapValue, type Value } from '../../src/types/index.js';

const arena = Arena.create();
const kernels = instantiateKernels(arena.memory);

export function context(): ExprContext {
  return {
    arena,
    kernels,
    scratch: new Region(arena, 1, 4),
    keep: new Region(arena, 2),
    parameters: new Map(),
    partitionIndex: 0,
  };
}

export function releaseAll(): void {
  arena.releaseAll(1);
  arena.releaseAll(2);
  arena.releaseAll(3);
}

/** mulberry32 */
export function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(r: () => number, list: readonly T[]): T => list[Math.floor(r() * list.length)] as T;
const INTS: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
};
const WORDS = [
  '',
  'a',
  'ab',
  'abc',
  'PROMO BRUSHED',
  'special requests',
  'x special  y requests z',
  'ä',
  'aäb',
  '日本語',
  '😀x',
  'green',
  '%',
  '_',
  'a%b',
  '  pad ',
  'AbC',
  'longer than sixteen bytes of text',
  'MAIL',
  'SHIP',
];

/** A value of the type; sometimes an extreme one. `tame`: small numbers, so that arithmetic succeeds. */
export function randomValue(type: DataType, r: () => number, tame = false): Value {
  switch (type.kind) {
    case 'boolean':
      return r() < 0.5;
    case 'byte':
    case 'short':
    case 'int': {
      const [lo, hi] = INTS[type.kind]!;
      if (tame) return Math.floor(r() * 20) - 10;
      return r() < 0.2 ? pick(r, [lo, hi, 0, -1, 1]) : Math.floor(lo + r() * (hi - lo));
    }
    case 'date':
      return r() < 0.1 ? pick(r, [0, -1, -719528, 2932896, 60, 59]) : Math.floor(r() * 60000) - 30000;
    case 'ym_interval':
      return Math.floor(r() * 1000) - 500;
    case 'long':
      if (tame) return BigInt(Math.floor(r() * 2000) - 1000);
      return r() < 0.2
        ? pick(r, [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, 1n, 2n ** 31n])
        : BigInt.asIntN(64, (BigInt(Math.floor(r() * 2 ** 32)) << 32n) | BigInt(Math.floor(r() * 2 ** 32)));
    case 'timestamp':
    case 'timestamp_ntz':
    case 'dt_interval':
      return BigInt(Math.floor((r() - 0.5) * 4e15));
    case 'float':
      return Math.fround(
        r() < 0.3
          ? pick(r, [Number.NaN, -0, 0, 1, -1, Infinity, -Infinity, 3.4e38, 2147483647, 1e10])
          : (r() - 0.5) * 1000,
      );
    case 'double':
      return r() < 0.3
        ? pick(r, [Number.NaN, -0, 0, 1, -1, Infinity, -Infinity, 1e308, 2147483647.5, -2147483648.9, 9.3e18, -128.5])
        : (r() - 0.5) * 1000;
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision) - 1n;
      if (tame) return new Decimal(BigInt(Math.floor(r() * 200) - 100) % (limit + 1n), type.scale);
      if (r() < 0.15) return new Decimal(pick(r, [limit, -limit, 0n, 1n, -1n]), type.scale);
      const digits = Math.ceil(r() * type.precision);
      let v = 0n;
      for (let i = 0; i < digits; i++) v = v * 10n + BigInt(Math.floor(r() * 10));
      return new Decimal(r() < 0.5 ? v : -v, type.scale);
    }
    case 'string':
    case 'char':
    case 'varchar':
      return r() < 0.6 ? pick(r, WORDS) : pick(r, WORDS) + pick(r, WORDS);
    case 'binary':
      return Uint8Array.from(Array.from({ length: Math.floor(r() * 5) }, () => pick(r, [0, 1, 127, 128, 255])));
    case 'array':
      return Array.from({ length: 1 + Math.floor(r() * 4) }, () =>
        r() < 0.2 ? null : randomValue(type.elementType, r, tame),
      );
    case 'struct':
      return type.fields.map((f) => (r() < 0.2 ? null : randomValue(f.dataType, r, tame)));
    case 'map': {
      const keys = [...new Set(Array.from({ length: Math.floor(r() * 4) }, () => randomValue(type.keyType, r)))];
      return new MapValue(
        keys,
        keys.map(() => randomValue(type.valueType, r)),
      );
    }
    default:
      throw new Error(`no random ${type.simpleString}`);
  }
}

export interface Data {
  readonly morsel: Morsel;
  readonly region: Region;
}

export interface Shape {
  readonly rows: number;
  readonly nulls: number;
  /** Fraction of rows selected, or 1 for no selection. */
  readonly selected: number;
  readonly dictionary?: boolean;
  readonly tame?: boolean;
}

/** A morsel with random columns. */
export function randomMorsel(types: readonly DataType[], shape: Shape, r: () => number): Morsel {
  const region = new Region(arena, 3);
  const columns = types.map((type): Vector => {
    const values = Array.from({ length: shape.rows }, () =>
      r() < shape.nulls ? null : randomValue(type, r, shape.tame),
    );
    if (!shape.dictionary || type.kind !== 'string') return buildVector(values, type, region);
    const entries = [...new Set(values.filter((v) => v !== null))];
    entries.push('unused entry');
    const flat = buildVector(entries, type, region);
    const codes = region.alloc(shape.rows * 4);
    values.forEach((v, i) => {
      arena.i32[(codes >>> 2) + i] = v === null ? 0 : entries.indexOf(v);
    });
    const validity = buildVector(
      values.map((v) => (v === null ? null : true)),
      BOOLEAN,
      region,
    ).validity;
    return {
      type,
      rep: 'view',
      data: codes,
      validity,
      dictionary: { data: flat.data, size: entries.length, id: arena.nextId() },
    };
  });
  if (shape.selected === 1) return { length: shape.rows, columns, selection: 0, selected: shape.rows };
  const rows: number[] = [];
  for (let i = 0; i < shape.rows; i++) if (r() < shape.selected) rows.push(i);
  const selection = region.alloc(rows.length * 4);
  arena.u32.set(rows, selection >>> 2);
  return { length: shape.rows, columns, selection, selected: rows.length };
}

export function selectedRows(m: Morsel): number[] {
  return Array.from({ length: m.selected }, (_, s) => (m.selection === 0 ? s : arena.u32[(m.selection >>> 2) + s]!));
}

export interface Outcome {
  readonly values?: readonly Value[];
  readonly error?: string;
}

/** The scalar definitions over the selected rows. */
export function byRows(expr: BoundExpr, m: Morsel): Outcome {
  try {
    const f = compileRow(expr);
    const readers = m.columns.map((c) => vectorReader(arena, c));
    return { values: selectedRows(m).map((i) => f(readers.map((read) => read(i)))) };
  } catch (error) {
    return { error: message(error) };
  }
}

/** The kernels over the selected rows. */
export function byKernels(expr: BoundExpr, m: Morsel, ctx: ExprContext = context()): Outcome {
  try {
    const v = compileExpressions(
      [expr],
      m.columns.map((c) => ({ type: c.type })),
      ctx,
    ).run(m)[0]!;
    const read = vectorReader(arena, v);
    return { values: selectedRows(m).map(read) };
  } catch (error) {
    return { error: message(error) };
  }
}

function message(error: unknown): string {
  const e = error as { condition?: string; message: string };
  if (e.condition === undefined) throw error;
  return e.message;
}

/** Do both give the same values, or the same error? @returns what differs */
export function difference(expr: BoundExpr, m: Morsel): string | undefined {
  const expected = byRows(expr, m);
  const actual = byKernels(expr, m);
  if (expected.error !== undefined || actual.error !== undefined)
    return expected.error === actual.error
      ? undefined
      : `expected ${expected.error ?? 'values'}, got ${actual.error ?? 'values'}`;
  const rows = selectedRows(m);
  for (let k = 0; k < rows.length; k++) {
    const e = expected.values![k]!;
    const a = actual.values![k]!;
    if (!equalValues(e, a, expr.type))
      return `row ${rows[k]}: expected ${show(e)}, got ${show(a)} for ${m.columns.map((c) => show(vectorReader(arena, c)(rows[k]!))).join(', ')}`;
  }
  return undefined;
}
const show = (v: Value): string =>
  typeof v === 'bigint' ? `${v}n` : v instanceof Decimal ? v.toString() : JSON.stringify(v);

export const input = (ordinal: number, type: DataType): BoundExpr => ({ k: 'input', ordinal, type, nullable: true });
export const literal = (value: Value, type: DataType): BoundExpr => ({ k: 'literal', value, type });
export const call = (fn: string, type: DataType, args: readonly BoundExpr[], mode: EvalMode = 'ANSI'): BoundExpr => ({
  k: 'call',
  fn,
  type,
  args,
  mode,
  timeZone: 'UTC',
});
export const cast = (child: BoundExpr, type: DataType, mode: EvalMode = 'ANSI'): BoundExpr => ({
  k: 'cast',
  child,
  type,
  mode,
  timeZone: 'UTC',
});
