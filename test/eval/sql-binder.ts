import type { BoundExpr } from '../../src/eval/bound.js';
import { canCast, castMismatch, castNullable } from '../../src/eval/cast.js';
import { datetimeArithmetic } from '../../src/eval/datetime/arithmetic-rules.js';
import { evaluateConstant } from '../../src/eval/evaluate.js';
import type { AnalysisContext, EvalMode, Replacement } from '../../src/eval/function.js';
import { castFunctionType, lookupScalar } from '../../src/eval/registry.js';
import { type DataType, INT, NULL, sameType, type Value } from '../../src/types/index.js';
import type { Ast } from './sql-reader.js';

/** An expression with its type, whether it may be null, and the name it would have. */
export interface Bound {
  readonly expr: BoundExpr;
  readonly nullable: boolean;
  readonly name?: string | undefined;
}
/** The session time zone that expressions are read and bound in. */
export let TIME_ZONE = 'UTC';
let MODE: EvalMode = 'ANSI';
/** Whether calls are bound as the expressions they stand for, as the optimizer does. */
const replacing = process.env['REPLACE'] !== undefined;
/** Runs the reader's binder in another mode and session time zone. */
export function withSession<T>(mode: EvalMode, timeZone: string, body: () => T): T {
  const before = [MODE, TIME_ZONE] as const;
  [MODE, TIME_ZONE] = [mode, timeZone];
  try {
    return body();
  } finally {
    [MODE, TIME_ZONE] = before;
  }
}

/** What names stand for: variables of lambdas, columns. */
export type Env = ReadonlyMap<
  string,
  { readonly id: number; readonly type: DataType; readonly nullable: boolean; readonly ordinal?: number }
>;
let nextId = 1;

/** What the analyzer would refuse. */
export class Mismatch extends Error {
  constructor(
    readonly condition: string,
    readonly parameters: unknown,
  ) {
    super(`${condition} ${JSON.stringify(parameters)}`);
  }
}

/** The value of a constant; undefined where it is none, or fails. */
export function constantOf(b: Bound): Value | undefined {
  if (b.expr.k === 'literal') return b.expr.value;
  if (!foldable(b.expr)) return undefined;
  try {
    return evaluateConstant(b.expr);
  } catch {
    return undefined;
  }
}
function foldable(e: BoundExpr): boolean {
  switch (e.k) {
    case 'literal':
      return true;
    case 'cast':
      return foldable(e.child);
    case 'call':
      return e.args.every(foldable) && lookupScalar(e.fn)?.deterministic !== false;
    default:
      return false;
  }
}

/** @throws Mismatch */
export function castTo(child: Bound, type: DataType, mode: EvalMode): Bound {
  const from = child.expr.type;
  if (!canCast(from, type, mode)) {
    const { mismatch } = castMismatch(from, type, mode);
    throw new Mismatch(`DATATYPE_MISMATCH.${mismatch.condition}`, mismatch.parameters);
  }
  return {
    expr: { k: 'cast', child: child.expr, type, mode, timeZone: TIME_ZONE },
    nullable: castNullable(from, type, mode, child.nullable),
    name: child.name,
  };
}

/** @throws Mismatch */
export function bind(ast: Ast, env: Env): Bound {
  switch (ast.k) {
    case 'lit':
      return {
        expr: { k: 'literal', type: ast['type'] as DataType, value: ast['value'] as Value },
        nullable: ast['value'] === null,
      };
    case 'name': {
      const v = env.get(String(ast['name']).toLowerCase());
      if (!v) throw new Mismatch('UNRESOLVED_COLUMN', ast['name']);
      const expr: BoundExpr =
        v.ordinal === undefined
          ? { k: 'lambdaVariable', id: v.id, type: v.type }
          : { k: 'input', ordinal: v.ordinal, type: v.type, nullable: v.nullable };
      return { expr, nullable: v.nullable, name: String(ast['name']) };
    }
    case 'cast': {
      const child = bind(ast['child'] as Ast, env);
      const type = ast['type'] as DataType;
      const mode = (ast['mode'] as EvalMode | undefined) ?? MODE;
      return castTo(child, type, mode);
    }
    case 'call':
      return bindCall(String(ast['fn']), ast['args'] as Ast[], env);
    default:
      throw new Error(`cannot bind ${ast.k}`);
  }
}

function bindCall(fn: string, asts: readonly Ast[], env: Env): Bound {
  if (fn === '.') {
    const struct = bind(asts[0] as Ast, env);
    const name = String((asts[1] as Ast)['value']).toLowerCase();
    const t = struct.expr.type;
    const s = t.kind === 'array' ? t.elementType : t;
    if (s.kind !== 'struct') throw new Mismatch('INVALID_EXTRACT', t.sql);
    const ordinal = s.fields.findIndex((f) => f.name.toLowerCase() === name);
    const b = finish(
      t.kind === 'array' ? 'getarraystructfields' : 'getstructfield',
      [struct, { expr: { k: 'literal', type: INT, value: ordinal }, nullable: false }],
      MODE,
    );
    return { ...b, name };
  }
  if (fn === '[]') {
    const container = bind(asts[0] as Ast, env);
    const key = bind(asts[1] as Ast, env);
    return finish(container.expr.type.kind === 'map' ? 'getmapvalue' : 'getarrayitem', [container, key], MODE);
  }
  const castType = castFunctionType(fn);
  if (castType && asts.length === 1) return castTo(bind(asts[0] as Ast, env), castType, MODE);
  const def = lookupScalar(fn);
  if (!def) throw new Mismatch('UNRESOLVED_ROUTINE', fn);
  const bound: (Bound | undefined)[] = asts.map((a) => (a.k === 'lambda' ? undefined : bind(a, env)));
  asts.forEach((a, i) => {
    if (a.k !== 'lambda') return;
    const names = a['names'] as string[];
    const types =
      def.lambdaParameterTypes?.(
        i,
        bound.map((b) => b?.expr.type),
        names.length,
      ) ?? [];
    const inner = new Map(env);
    const parameters = names.map((n, j) => {
      const id = nextId++;
      inner.set(n.toLowerCase(), { id, type: types[j]?.type ?? NULL, nullable: types[j]?.nullable ?? true });
      return id;
    });
    const body = bind(a['body'] as Ast, inner);
    bound[i] = { expr: { k: 'lambda', parameters, body: body.expr, type: body.expr.type }, nullable: body.nullable };
  });
  return finish(fn, bound as Bound[], MODE);
}

function finish(fn: string, args: readonly Bound[], mode: EvalMode): Bound {
  if (args.length === 2 && '+-*/'.includes(fn)) {
    const r = datetimeArithmetic(fn, (args[0] as Bound).expr.type, (args[1] as Bound).expr.type);
    if (r && !('fn' in r && r.fn === fn)) return fromReplacement(r, args, mode);
  }
  const def = lookupScalar(fn);
  if (!def) throw new Mismatch('UNRESOLVED_ROUTINE', fn);
  if (args.length < def.arity[0] || args.length > def.arity[1])
    throw new Mismatch('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', [fn, args.length]);
  const context: AnalysisContext = {
    mode,
    timeZone: TIME_ZONE,
    nullable: args.map((a) => a.nullable),
    constants: args.map(constantOf),
    literals: args.map((a) => a.expr.k === 'literal'),
    argumentNames: args.map((a) => a.name),
  };
  const casts = def.coerce(
    args.map((a) => a.expr.type),
    context,
  );
  if ('mismatch' in casts)
    throw new Mismatch(`DATATYPE_MISMATCH.${casts.mismatch.condition}`, casts.mismatch.parameters);
  const cast = args.map((a, i): Bound => {
    const type = casts[i];
    if (!type || sameType(type, a.expr.type)) return a;
    if (a.expr.k === 'lambda')
      return {
        ...a,
        expr: { ...a.expr, body: { k: 'cast', child: a.expr.body, type, mode, timeZone: TIME_ZONE }, type },
      };
    return castTo(a, type, mode);
  });
  const types = cast.map((a) => a.expr.type);
  if (cast.length === 2 && '+-'.includes(fn) && casts.some((c) => c !== undefined)) {
    const r = datetimeArithmetic(fn, types[0] as DataType, types[1] as DataType);
    if (r && !('fn' in r && r.fn === fn)) return fromReplacement(r, cast, mode);
  }
  const after: AnalysisContext = { ...context, constants: cast.map(constantOf), nullable: cast.map((a) => a.nullable) };
  if (replacing && def.replacement) {
    const r = def.replacement(types, after);
    if (!('fn' in r && lookupScalar(r.fn) === def)) return fromReplacement(r, cast, mode);
  }
  const type = def.returnType(types, after);
  const n = def.nullability;
  const nullable =
    n === 'always'
      ? true
      : n === 'never'
        ? false
        : typeof n === 'function'
          ? n(after.nullable as boolean[], types, after)
          : cast.some((a) => a.nullable);
  return {
    expr: { k: 'call', fn: def.name, args: cast.map((a) => a.expr), type, mode, timeZone: TIME_ZONE },
    nullable,
  };
}

function fromReplacement(r: Replacement, args: readonly Bound[], mode: EvalMode): Bound {
  if ('argument' in r) return args[r.argument] as Bound;
  if ('constant' in r)
    return { expr: { k: 'literal', type: r.type, value: r.constant }, nullable: r.constant === null };
  if ('cast' in r) {
    const child = fromReplacement(r.cast, args, mode);
    if (sameType(child.expr.type, r.type)) return child;
    return castTo(child, r.type, r.mode ?? mode);
  }
  return finish(
    r.fn,
    r.args.map((a) => fromReplacement(a, args, mode)),
    r.mode ?? mode,
  );
}
