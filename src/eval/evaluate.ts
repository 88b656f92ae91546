import { internalError, NO_ORIGIN, originAt, type Place, SparkError } from '../errors/index.js';
import type { DataType, Value } from '../types/index.js';
import type { BoundExpr } from './bound.js';
import { castFunction } from './cast.js';
import { comparatorFor } from './compare.js';
import type { CallContext, EvalArgument, ScalarFunction } from './function.js';
import { lookupScalar } from './registry.js';

export type RowFunction = (row: readonly Value[]) => Value;

/** What an expression needs from the running task. */
export interface EvaluateContext {
  /** Values of `parameter` nodes by id. */
  readonly parameters?: ReadonlyMap<number, Value> | undefined;
  readonly partitionIndex?: number | undefined;
  readonly inputFile?: CallContext['inputFile'] | undefined;
}

interface Scope {
  readonly context: EvaluateContext;
  /** Current value of each lambda variable. */
  readonly variables: Map<number, { value: Value }>;
  /** Errors take the place of the call that raised them. */
  readonly watched?: boolean;
}

/** Compiles an expression to a function of a row, by closures. The function keeps state (random streams, compiled patterns)
 * and so belongs to one task.
 * @throws what the called functions throw */
export function compileRow(expr: BoundExpr, context: EvaluateContext = {}): RowFunction {
  const run = compile(expr, { context, variables: new Map() });
  if (expr.k !== 'call' && expr.k !== 'cast' && expr.k !== 'case' && expr.k !== 'and' && expr.k !== 'or') return run;
  return (row) => {
    try {
      return run(row);
    } catch (error) {
      throw located(error, expr, row, context);
    }
  };
}

/** Conditions whose errors name a place in the SQL text. Spark: errors with a `QueryContext`. */
const LOCATED =
  /^(ARITHMETIC_OVERFLOW|BINARY_ARITHMETIC_OVERFLOW|CAST_INVALID_INPUT|DIVIDE_BY_ZERO|REMAINDER_BY_ZERO|INTERVAL_|INVALID_ARRAY_INDEX|INVALID_INDEX_OF_ZERO|NUMERIC_VALUE_OUT_OF_RANGE)/;

/** The error with its place: the row is computed again, watching each call. Only failures pay for it. */
function located(error: unknown, expr: BoundExpr, row: readonly Value[], context: EvaluateContext): unknown {
  if (!(error instanceof SparkError) || error.origin !== NO_ORIGIN || !LOCATED.test(error.condition)) return error;
  try {
    compile(expr, { context, variables: new Map(), watched: true })(row);
  } catch (again) {
    if (again instanceof SparkError && again.condition === error.condition) return again;
  }
  return error;
}

function watch(run: RowFunction, at: Place): RowFunction {
  return (row) => {
    try {
      return run(row);
    } catch (error) {
      if (error instanceof SparkError && error.origin === NO_ORIGIN) error.origin = originAt(at);
      throw error;
    }
  };
}

/** Value of an expression without inputs. */
export function evaluateConstant(expr: BoundExpr, context: EvaluateContext = {}): Value {
  return compileRow(expr, context)([]);
}

function compile(expr: BoundExpr, scope: Scope): RowFunction {
  const run = compileNode(expr, scope);
  return scope.watched && (expr.k === 'call' || expr.k === 'cast') && expr.at ? watch(run, expr.at) : run;
}

function compileNode(expr: BoundExpr, scope: Scope): RowFunction {
  switch (expr.k) {
    case 'literal': {
      const { value } = expr;
      return () => value;
    }
    case 'input': {
      const { ordinal } = expr;
      return (row) => row[ordinal] as Value;
    }
    case 'parameter': {
      const values = scope.context.parameters;
      if (!values?.has(expr.id)) throw internalError(`parameter ${expr.id} has no value`);
      const value = values.get(expr.id) as Value;
      return () => value;
    }
    case 'cast': {
      const child = compile(expr.child, scope);
      const convert = castFunction(expr.child.type, expr.type, expr.mode, expr.timeZone);
      return (row) => {
        const value = child(row);
        return value === null ? null : convert(value);
      };
    }
    case 'and': {
      const left = compile(expr.left, scope);
      const right = compile(expr.right, scope);
      return (row) => {
        const a = left(row);
        if (a === false) return false;
        const b = right(row);
        return b === false ? false : a === null || b === null ? null : true;
      };
    }
    case 'or': {
      const left = compile(expr.left, scope);
      const right = compile(expr.right, scope);
      return (row) => {
        const a = left(row);
        if (a === true) return true;
        const b = right(row);
        return b === true ? true : a === null || b === null ? null : false;
      };
    }
    case 'case':
      return compileCase(
        expr.branches.map((b) => [compile(b.when, scope), compile(b.then, scope)] as const),
        expr.otherwise ? compile(expr.otherwise, scope) : () => null,
      );
    case 'coalesce':
      return compileCoalesce(expr.args.map((a) => compile(a, scope)));
    case 'in':
      return compileIn(
        compile(expr.value, scope),
        expr.list.map((e) => compile(e, scope)),
        expr.value.type,
      );
    case 'lambdaVariable': {
      const cell = scope.variables.get(expr.id);
      if (!cell) throw internalError(`lambda variable ${expr.id} is not bound`);
      return () => cell.value;
    }
    case 'lambda':
      throw internalError('a lambda stands outside a call');
    case 'call':
      return compileCall(expr, scope);
  }
}

function compileCase(branches: readonly (readonly [RowFunction, RowFunction])[], otherwise: RowFunction): RowFunction {
  return (row) => {
    for (const [when, then] of branches) if (when(row) === true) return then(row);
    return otherwise(row);
  };
}

function compileCoalesce(args: readonly RowFunction[]): RowFunction {
  return (row) => {
    for (const arg of args) {
      const value = arg(row);
      if (value !== null) return value;
    }
    return null;
  };
}

function compileIn(value: RowFunction, list: readonly RowFunction[], type: DataType): RowFunction {
  const compare = comparatorFor(type);
  return (row) => {
    const v = value(row);
    if (v === null) return null;
    let sawNull = false;
    for (const item of list) {
      const w = item(row);
      if (w === null) sawNull = true;
      else if (compare(v, w) === 0) return true;
    }
    return sawNull ? null : false;
  };
}

type Call = Extract<BoundExpr, { k: 'call' }>;

function compileCall(expr: Call, scope: Scope): RowFunction {
  const lazy = compileLazy(expr, scope);
  if (lazy) return lazy;
  const fn = lookupScalar(expr.fn);
  if (!fn) throw internalError(`no function ${expr.fn} in the registry`);
  const context: CallContext = {
    argTypes: expr.args.map((a) => a.type),
    returnType: expr.type,
    mode: expr.mode,
    timeZone: expr.timeZone,
    state: new Map(),
    ...(scope.context.inputFile === undefined ? {} : { inputFile: scope.context.inputFile }),
    ...(scope.context.partitionIndex === undefined ? {} : { partitionIndex: scope.context.partitionIndex }),
  };
  if (expr.args.some((a) => a.k === 'lambda')) return compileHigherOrder(fn, expr, context, scope);
  const args = expr.args.map((a) => compile(a, scope));
  const { evaluate } = fn;
  const strict = fn.nullIntolerant !== false;
  const [f0, f1, f2] = args;
  if (f0 === undefined) return () => evaluate([], context);
  if (f1 === undefined) {
    if (!strict) return (row) => evaluate([f0(row)], context);
    return (row) => {
      const a = f0(row);
      return a === null ? null : evaluate([a], context);
    };
  }
  if (f2 === undefined) {
    if (!strict) return (row) => evaluate([f0(row), f1(row)], context);
    return (row) => {
      const a = f0(row);
      if (a === null) return null;
      const b = f1(row);
      return b === null ? null : evaluate([a, b], context);
    };
  }
  return (row) => {
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(row);
      if (strict && value === null) return null;
      values.push(value);
    }
    return evaluate(values, context);
  };
}

/** Calls that must not evaluate all their arguments. */
function compileLazy(expr: Call, scope: Scope): RowFunction | undefined {
  const args = (): RowFunction[] => expr.args.map((a) => compile(a, scope));
  switch (expr.fn) {
    case 'if': {
      const [condition, then, otherwise] = args() as [RowFunction, RowFunction, RowFunction];
      return (row) => (condition(row) === true ? then(row) : otherwise(row));
    }
    case 'when': {
      const parts = args();
      const branches: (readonly [RowFunction, RowFunction])[] = [];
      let i = 0;
      for (; i + 1 < parts.length; i += 2) branches.push([parts[i] as RowFunction, parts[i + 1] as RowFunction]);
      return compileCase(branches, i < parts.length ? (parts[i] as RowFunction) : () => null);
    }
    case 'coalesce':
    case 'nvl':
    case 'ifnull':
      return compileCoalesce(args());
    case 'nvl2': {
      const [test, then, otherwise] = args() as [RowFunction, RowFunction, RowFunction];
      return (row) => (test(row) !== null ? then(row) : otherwise(row));
    }
    case 'nanvl': {
      const [value, otherwise] = args() as [RowFunction, RowFunction];
      return (row) => {
        const v = value(row);
        return Number.isNaN(v) ? otherwise(row) : v;
      };
    }
    case 'in': {
      const [value, ...list] = args();
      return compileIn(value as RowFunction, list, (expr.args[0] as BoundExpr).type);
    }
    case 'and':
    case 'or': {
      const [left, right] = expr.args as [BoundExpr, BoundExpr];
      return compile({ k: expr.fn, left, right, type: expr.type }, scope);
    }
    default:
      return undefined;
  }
}

/** A lambda reads the row of the call and its own variables' cells; cells are saved around a call, as lambdas may nest. */
function compileHigherOrder(fn: ScalarFunction, expr: Call, context: CallContext, scope: Scope): RowFunction {
  let current: readonly Value[] = [];
  const args: (RowFunction | { readonly lambda: EvalArgument })[] = expr.args.map((arg) => {
    if (arg.k !== 'lambda') return compile(arg, scope);
    const cells = arg.parameters.map((id) => {
      const cell: { value: Value } = { value: null };
      scope.variables.set(id, cell);
      return cell;
    });
    const body = compile(arg.body, scope);
    const lambda = (...values: Value[]): Value => {
      for (let i = 0; i < cells.length; i++) (cells[i] as { value: Value }).value = values[i] ?? null;
      return body(current);
    };
    return { lambda };
  });
  const strict = fn.nullIntolerant !== false;
  return (row) => {
    const values: EvalArgument[] = [];
    for (const arg of args) {
      if (typeof arg !== 'function') {
        values.push(arg.lambda);
        continue;
      }
      const value = arg(row);
      if (strict && value === null) return null;
      values.push(value);
    }
    const outer = current;
    current = row;
    try {
      return fn.evaluate(values, context);
    } finally {
      current = outer;
    }
  };
}
