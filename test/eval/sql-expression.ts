import { evaluateConstant } from '../../src/eval/evaluate.js';
import type { DataType, Value } from '../../src/types/index.js';
import { type Bound, bind, type Env, TIME_ZONE } from './sql-binder.js';
import { type Ast, readSql } from './sql-reader.js';

/** Enough of a reader (`sql-reader.ts`) and a binder (`sql-binder.ts`) to run recorded one-row queries against the function
 * registry without the rooms below. They follow the analyzer's order: lambda types, implicit casts, result type. */

/** Binds one expression text. */
export function bindSql(text: string): Bound {
  return bind(readSql(text, TIME_ZONE), new Map());
}

/** Type and value of an expression text. */
export function runSql(text: string): { type: DataType; value: Value; nullable: boolean } {
  const bound = bindSql(text);
  return { type: bound.expr.type, value: evaluateConstant(bound.expr), nullable: bound.nullable };
}

/** A column that expressions may name. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
}
/** Binds the arguments of a call over columns; casts of `coerce` are left to the caller. */
export function bindArguments(text: string, columns: readonly Column[]): { name: string; args: Bound[] } {
  const ast = readSql(text, TIME_ZONE);
  if (ast.k !== 'call') throw new Error(`not a call: ${text}`);
  const env: Env = new Map(
    columns.map((c, i) => [c.name.toLowerCase(), { id: -1, type: c.type, nullable: true, ordinal: i }]),
  );
  return { name: String(ast['fn']), args: (ast['args'] as Ast[]).map((a) => bind(a, env)) };
}
