import {
  BOOLEAN,
  DATE,
  type DataType,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  STRING,
  TIMESTAMP,
  type Value,
} from '../../src/types/index.js';
import { aggregates } from './aggregate-calls.js';
import type { Column, Expr } from './ast.js';
import { randomValue } from './data.js';
import { DUCK_FUNCTIONS } from './duckdb-functions.js';
import { argumentHints } from './hints.js';
import { lambdaCall, lambdaFold, lambdaTest } from './lambdas.js';
import type { Rng } from './rng.js';
import { type Signature, scalarSignatures } from './signatures.js';
import { isFloating, isInteger, isNumber, isOrderable, limitOf, sameKind } from './types.js';

/** Columns that an expression may name. */
export type Scope = readonly Column[];

export interface ExprOptions {
  /** Only what DuckDB answers alike. */
  readonly duck: boolean;
  /** May hold subqueries (filters). */
  readonly subqueries?: ((scope: Scope, kind: 'scalar' | 'predicate', type: DataType) => Expr | undefined) | undefined;
}

export const col = (c: Column): Expr => ({
  op: 'col',
  type: c.type,
  args: [],
  name: c.name,
  bound: c.bound,
  fuzzy: c.fuzzy,
});
export function lit(value: Value, type: DataType): Expr {
  const bound =
    typeof value === 'number'
      ? Math.abs(value)
      : typeof value === 'bigint'
        ? Number(value < 0n ? -value : value)
        : undefined;
  return { op: 'lit', type, args: [], value, bound: value === null || isFloating(type) ? undefined : bound };
}
export const intLit = (n: number): Expr => lit(n, INT);
export const strLit = (s: string): Expr => lit(s, STRING);
export const call = (name: string, type: DataType, args: readonly Expr[], more: Partial<Expr> = {}): Expr => ({
  op: 'fn',
  type,
  args,
  name,
  ...more,
});
export const cast = (e: Expr, type: DataType): Expr => ({ op: 'cast', type, args: [e], bound: e.bound });
export const bin = (name: string, type: DataType, a: Expr, b: Expr, bound?: number): Expr => ({
  op: 'bin',
  type,
  args: [a, b],
  name,
  bound,
});

let signatures: ReadonlyMap<string, readonly Signature[]> | undefined;
let byReturn: Map<string, Map<string, Signature[]>> | undefined;
function prepare(): {
  all: ReadonlyMap<string, readonly Signature[]>;
  returning: Map<string, Map<string, Signature[]>>;
} {
  if (!signatures || !byReturn) {
    signatures = scalarSignatures();
    byReturn = new Map();
    for (const [name, list] of signatures)
      for (const s of list) {
        const key = s.returns.simpleString;
        const names = byReturn.get(key) ?? new Map<string, Signature[]>();
        byReturn.set(key, names);
        names.set(name, [...(names.get(name) ?? []), s]);
      }
  }
  return { all: signatures, returning: byReturn };
}

/** Functions whose last digits depend on the mathematics library. */
const INEXACT = new Set(
  `sqrt cbrt exp expm1 sin cos tan cot sec csc asin acos atan sinh cosh tanh asinh acosh atanh degrees radians ln log10
  log2 log1p log power atan2 hypot months_between`.split(/\s+/),
);
/** How often calls of a function ran and failed: those that mostly fail are called less. */
export class FailureCounts {
  readonly #counts = new Map<string, [ok: number, failed: number]>();
  add(name: string, failed: boolean): void {
    const c = this.#counts.get(name) ?? [0, 0];
    c[failed ? 1 : 0]++;
    this.#counts.set(name, c);
  }
  /** Chance to use the function when drawn. */
  weight(name: string): number {
    const [ok, failed] = this.#counts.get(name) ?? [0, 0];
    return failed < 3 ? 1 : Math.max(0.03, (ok / (ok + failed)) ** 6);
  }
  worst(): [string, number, number][] {
    return [...this.#counts]
      .map(([n, [ok, failed]]): [string, number, number] => [n, ok, failed])
      .filter(([, ok, failed]) => failed > 3 && failed / (ok + failed) > 0.3)
      .sort((a, b) => b[2] - a[2]);
  }
}

/** Makes well-typed expressions. Those that can raise (overflow, division by zero, out of range) are kept rare by bounds
 * on magnitudes and by their `try_` forms. */
export class Exprs {
  constructor(
    readonly rng: Rng,
    readonly options: ExprOptions,
    readonly failures: FailureCounts,
  ) {}

  literal(type: DataType): Expr {
    const { rng } = this;
    if (rng.chance(0.06)) return lit(null, type);
    return lit(randomValue(rng, type, rng.chance(0.7) ? 'small' : 'wide'), type);
  }

  column(scope: Scope, accept: (c: Column) => boolean): Expr | undefined {
    const all = scope.filter((c) => !c.fuzzy && accept(c));
    return all.length === 0 ? undefined : col(this.rng.pick(all));
  }

  /** An expression of exactly this type. */
  expr(type: DataType, depth: number, scope: Scope): Expr {
    const { rng } = this;
    const leaf = (): Expr => {
      const own = rng.chance(0.85) ? this.column(scope, (c) => sameKind(c.type, type)) : undefined;
      if (own) return own;
      const struct = type === INT || type === STRING ? this.column(scope, (c) => c.type.kind === 'struct') : undefined;
      if (struct && struct.type.kind === 'struct' && rng.chance(0.3)) {
        const field = struct.type.fields.find((f) => f.dataType === type);
        if (field) return { op: 'field', type, args: [struct], name: field.name };
      }
      if (isNumber(type) && rng.chance(0.6)) {
        const other = this.column(scope, (c) => isNumber(c.type));
        const made = other && this.convert(other, type);
        if (made) return made;
      }
      return this.literal(type);
    };
    if (depth <= 0 || rng.chance(0.25)) return leaf();
    const made = rng.weighted<() => Expr | undefined>([
      [3, leaf],
      [type.kind === 'boolean' ? 8 : 0, () => this.predicate(depth, scope)],
      [isNumber(type) ? 5 : 0, () => this.arithmetic(type, depth, scope)],
      [2, () => this.caseWhen(type, depth, scope)],
      [1, () => call('coalesce', type, [this.expr(type, depth - 1, scope), this.expr(type, 0, scope)], {})],
      [5, () => this.calling(type, depth, scope)],
      [1, () => this.converted(type, depth, scope)],
      [this.options.subqueries ? 0.7 : 0, () => this.options.subqueries?.(scope, 'scalar', type)],
      [type.kind === 'array' && !this.options.duck ? 3 : 0, () => lambdaCall(this, type, depth, scope)],
      [type === INT && !this.options.duck ? 0.4 : 0, () => lambdaFold(this, depth, scope)],
    ])();
    return made ?? leaf();
  }

  /** Any expression: of the types of columns in scope, or of a function drawn from the registry. */
  any(depth: number, scope: Scope): Expr {
    const { rng } = this;
    if (rng.chance(0.45)) {
      const made = this.anyCall(depth, scope);
      if (made) return made;
    }
    const c = scope.filter((x) => !x.fuzzy);
    return this.expr(c.length > 0 ? rng.pick(c).type : INT, depth, scope);
  }

  arithmetic(type: DataType, depth: number, scope: Scope): Expr | undefined {
    const { rng } = this;
    if (type.kind === 'decimal' || type.kind === 'float') {
      const e = this.expr(type, depth - 1, scope);
      // Spark negates decimals in 34 digits: longer ones lose their end.
      if (type.kind === 'decimal' && type.precision > 34) return undefined;
      return rng.chance(0.5) ? { op: 'neg', type, args: [e], bound: e.bound } : undefined;
    }
    const a = this.expr(type, depth - 1, scope);
    const b = this.expr(type, depth - 1, scope);
    const op = rng.pick(['+', '-', '*', '%', 'div', '/', '&', '|', '^']);
    const [x, y] = [a.bound ?? Number.POSITIVE_INFINITY, b.bound ?? Number.POSITIVE_INFINITY];
    const floating = isFloating(type);
    if (op === '+' || op === '-' || op === '*') {
      const bound = op === '*' ? x * y : x + y;
      if (floating) return bin(op, type, a, b, op === '*' || !(bound < 1e9) ? undefined : bound);
      if (bound < limitOf(type)) return bin(op, type, a, b, bound);
      if (this.options.duck) return undefined;
      return call(op === '+' ? 'try_add' : op === '-' ? 'try_subtract' : 'try_multiply', type, [a, b]);
    }
    const divisor = lit(rng.pick([1, 2, 3, 7, -4]), INT);
    const by = type.kind === 'long' ? cast(divisor, LONG) : divisor;
    if (op === '%' && !floating && (type.kind === 'int' || type.kind === 'long')) return bin('%', type, a, by, 7);
    if (op === 'div' && type.kind === 'long' && x < 2 ** 62) return bin('div', type, a, by, x);
    if (op === '/' && type.kind === 'double') {
      const zeroless = call('nullif', DOUBLE, [b, lit(0, DOUBLE)]);
      return bin('/', type, a, zeroless);
    }
    if ((op === '&' || op === '|' || op === '^') && isInteger(type)) return bin(op, type, a, b);
    return undefined;
  }

  /** A conversion that cannot raise, or a `try_cast`. */
  convert(e: Expr, type: DataType): Expr | undefined {
    if (sameKind(e.type, type)) return e;
    if (isNumber(e.type) && isNumber(type)) {
      const bound = e.bound ?? Number.POSITIVE_INFINITY;
      if (isFloating(type)) {
        // A decimal's digits are no multiples of 1/8.
        const kept = isInteger(e.type) && bound < (type.kind === 'float' ? 2 ** 24 : 1e9);
        if (e.type.kind === 'double' && type.kind === 'float') return undefined;
        if (type.kind === 'float' && e.type.kind === 'decimal' && this.options.duck) return undefined;
        return { op: 'cast', type, args: [e], bound: kept ? bound : undefined };
      }
      if (!isFloating(e.type) && bound < limitOf(type) && (e.type.kind !== 'decimal' || type.kind === 'decimal'))
        return { op: 'cast', type, args: [e], bound };
    }
    return undefined;
  }

  converted(type: DataType, depth: number, scope: Scope): Expr | undefined {
    const { rng } = this;
    const from = rng.pick([INT, LONG, DOUBLE, new DecimalType(10, 2), STRING, BOOLEAN, DATE, TIMESTAMP]);
    const e = this.expr(from, depth - 1, scope);
    if (e.fuzzy) return undefined;
    const safe = this.convert(e, type);
    if (safe) return safe;
    const [f, t] = [from.kind, type.kind];
    if (t === 'string' && ['int', 'long', 'boolean', 'date', 'decimal'].includes(f)) return cast(e, type);
    if (t === 'timestamp' && f === 'date') return cast(e, type);
    if (t === 'date' && f === 'timestamp') return cast(e, type);
    if ((t === 'int' || t === 'long') && f === 'boolean') return { ...cast(e, type), bound: 1 };
    if (this.options.duck) return undefined;
    if (t === 'string' && f !== 'decimal') return cast(e, type);
    const castable =
      (f === 'string' && !['array', 'map', 'struct', 'binary'].includes(t)) ||
      (isNumber(from) && (isNumber(type) || t === 'boolean')) ||
      (f === 'boolean' && isNumber(type)) ||
      (t === 'timestamp_ntz' && (f === 'date' || f === 'timestamp'));
    return castable ? { op: 'trycast', type, args: [e] } : undefined;
  }

  caseWhen(type: DataType, depth: number, scope: Scope): Expr {
    const { rng } = this;
    const args: Expr[] = [];
    for (let n = rng.int(1, 2); n > 0; n--)
      args.push(this.expr(BOOLEAN, depth - 1, scope), this.expr(type, depth - 1, scope));
    if (rng.chance(0.7)) args.push(this.expr(type, depth - 1, scope));
    const values = args.filter((_, i) => i % 2 === 1 || (i === args.length - 1 && args.length % 2 === 1));
    const bounds = values.map((v) => v.bound);
    return {
      op: 'case',
      type,
      args,
      bound: bounds.every((b) => b !== undefined) ? Math.max(...(bounds as number[])) : undefined,
    };
  }

  predicate(depth: number, scope: Scope): Expr {
    const { rng } = this;
    const sub = () => this.options.subqueries?.(scope, 'predicate', BOOLEAN);
    const made = rng.weighted<() => Expr | undefined>([
      [7, () => this.comparison(depth, scope)],
      [
        3,
        () => bin(rng.pick(['AND', 'OR']), BOOLEAN, this.predicate(depth - 1, scope), this.predicate(depth - 1, scope)),
      ],
      [1, () => ({ op: 'not', type: BOOLEAN, args: [this.predicate(depth - 1, scope)] })],
      [2, () => this.nullTest(depth, scope)],
      [2, () => this.inList(depth, scope)],
      [1, () => this.between(depth, scope)],
      [1.5, () => this.like(depth, scope)],
      [1, () => this.column(scope, (c) => c.type.kind === 'boolean')],
      [this.options.duck ? 0 : 0.5, () => lambdaTest(this, depth, scope)],
      [this.options.subqueries ? 2.5 : 0, sub],
    ]);
    return (depth > -2 ? made() : undefined) ?? this.comparison(0, scope);
  }

  /** A type that columns in scope have and that has an order. */
  comparable(scope: Scope): DataType {
    const simple = (t: DataType) =>
      !this.options.duck || !['array', 'struct', 'ym_interval', 'dt_interval'].includes(t.kind);
    const types = scope.filter((c) => !c.fuzzy && isOrderable(c.type) && simple(c.type)).map((c) => c.type);
    return types.length === 0 ? INT : this.rng.pick(types);
  }

  comparison(depth: number, scope: Scope): Expr {
    const { rng } = this;
    const type = this.comparable(scope);
    const a = this.expr(type, depth - 1, scope);
    const b = rng.chance(0.5) ? this.literal(type) : this.expr(type, depth - 1, scope);
    const op = rng.pick(['=', '<>', '<', '<=', '>', '>=', '<=>']);
    return bin(op, BOOLEAN, a, b);
  }
  nullTest(depth: number, scope: Scope): Expr {
    const { rng } = this;
    const c = scope.length === 0 ? intLit(1) : col(rng.pick(scope));
    const e = c.fuzzy || rng.chance(0.6) ? c : this.expr(c.type, depth - 1, scope);
    return { op: rng.chance(0.5) ? 'isnull' : 'isnotnull', type: BOOLEAN, args: [e] };
  }
  inList(depth: number, scope: Scope): Expr {
    const { rng } = this;
    const type = this.comparable(scope);
    const n = rng.chance(0.1) ? 12 : rng.int(1, 4);
    const args = [this.expr(type, depth - 1, scope), ...Array.from({ length: n }, () => this.literal(type))];
    return { op: 'in', type: BOOLEAN, args };
  }
  between(depth: number, scope: Scope): Expr {
    const type = this.comparable(scope);
    return {
      op: 'between',
      type: BOOLEAN,
      args: [0, 1, 2].map((i) => this.expr(type, i === 0 ? depth - 1 : 0, scope)),
    };
  }
  like(depth: number, scope: Scope): Expr {
    const patterns = ['a%', '%a', '%b%', 'ab', '_b%', '%', 'S%k', '_', '%a%b%', 'x%x', '', '%😀%'];
    return { op: 'like', type: BOOLEAN, args: [this.expr(STRING, depth - 1, scope), strLit(this.rng.pick(patterns))] };
  }

  /** A call that returns the type. */
  calling(type: DataType, depth: number, scope: Scope): Expr | undefined {
    const { rng, options } = this;
    const { returning } = prepare();
    let names = [...(returning.get(type.simpleString)?.keys() ?? [])];
    if (type.kind === 'decimal' && names.length === 0) return undefined;
    if (options.duck) names = names.filter((n) => DUCK_FUNCTIONS.has(n));
    if (names.length === 0) return undefined;
    const name = rng.pick(names);
    const hinted = argumentHints[name];
    if (hinted) {
      const made = hinted(this, depth, scope);
      return made && sameKind(made.type, type) && !made.fuzzy ? made : undefined;
    }
    return this.apply(rng.pick(returning.get(type.simpleString)?.get(name) ?? []), depth, scope, false);
  }

  /** A call of any function. */
  anyCall(depth: number, scope: Scope): Expr | undefined {
    const { rng, options } = this;
    const { all } = prepare();
    const names = [...new Set([...all.keys(), ...Object.keys(argumentHints)])].filter(
      (n) => !options.duck || DUCK_FUNCTIONS.has(n),
    );
    const name = rng.pick(names);
    if (!rng.chance(this.failures.weight(name))) return undefined;
    const hinted = argumentHints[name];
    if (hinted) return hinted(this, depth, scope);
    const list = all.get(name);
    return list && this.apply(rng.pick(list), depth, scope, true);
  }

  private apply(s: Signature, depth: number, scope: Scope, fuzzyAllowed: boolean): Expr | undefined {
    const fuzzy = INEXACT.has(s.name);
    if (fuzzy && !fuzzyAllowed) return undefined;
    if (!this.rng.chance(this.failures.weight(s.name))) return undefined;
    const args = s.args.map((t) => this.expr(t, depth - 1, scope));
    return call(s.name, s.returns, args, fuzzy ? { fuzzy: true } : {});
  }

  aggregate(scope: Scope, depth: number, window = false): Expr {
    return aggregates(this, scope, depth, window);
  }
}
