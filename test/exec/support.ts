import type { BoundAggregate, BoundExpr, BoundSortKey } from '../../src/eval/bound.js';
import type { ColumnSpec, PhysicalSpec, ValuesSpec } from '../../src/exec/operators/spec.js';
import { Executor } from '../../src/exec/pipelines/executor.js';
import { Arena } from '../../src/storage/memory/arena.js';
import { BOOLEAN, type DataType, type Value } from '../../src/types/index.js';

let nextId = 1;
export const id = (): number => nextId++;

export function columns(...types: DataType[]): ColumnSpec[] {
  return types.map((type, i) => ({ name: `c${i}`, type, nullable: true }));
}

export function values(types: DataType[], rows: Value[][], partitions = 1): ValuesSpec {
  return { op: 'values', id: id(), output: columns(...types), partitions, rows };
}

export function input(ordinal: number, type: DataType): BoundExpr {
  return { k: 'input', ordinal, type, nullable: true };
}

export function literal(value: Value, type: DataType): BoundExpr {
  return { k: 'literal', value, type };
}

export function call(fn: string, type: DataType, ...args: BoundExpr[]): BoundExpr {
  return { k: 'call', fn, args, type, mode: 'ANSI', timeZone: 'UTC' };
}

export const less = (a: BoundExpr, b: BoundExpr): BoundExpr => call('<', BOOLEAN, a, b);

export function aggregate(
  fn: string,
  type: DataType,
  args: BoundExpr[],
  more: Partial<BoundAggregate> = {},
): BoundAggregate {
  return { fn, args, type, distinct: false, mode: 'ANSI', timeZone: 'UTC', ...more };
}

export function asc(expr: BoundExpr, nullsFirst = true): BoundSortKey {
  return { expr, descending: false, nullsFirst };
}

export function desc(expr: BoundExpr, nullsFirst = false): BoundSortKey {
  return { expr, descending: true, nullsFirst };
}

/** An executor over a small arena. */
export function executor(workers = 0): Executor {
  return Executor.create({ workers, arena: Arena.create(1 << 30) });
}

/** Rows of a plan, memory given back. */
export async function rowsOf(e: Executor, spec: PhysicalSpec): Promise<Value[][]> {
  using result = await e.run(spec);
  return result.rows();
}

/** A repeatable stream of numbers in [0, 1). */
export function random(seed: number): () => number {
  let x = seed >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x / 2 ** 32;
  };
}
