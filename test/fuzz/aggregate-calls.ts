import {
  ArrayType,
  BINARY,
  BOOLEAN,
  type DataType,
  DecimalType,
  DOUBLE,
  INT,
  LONG,
  STRING,
} from '../../src/types/index.js';
import type { Column, Expr } from './ast.js';
import { call, type Exprs, intLit, lit, type Scope } from './exprs.js';
import { isFloating, isInteger, isOrderable } from './types.js';

/** Of one infinite value DuckDB's variance is 0, Spark's is NaN. */
const isModest = (c: Column): boolean =>
  c.bound !== undefined && (isInteger(c.type) || (isFloating(c.type) && c.bound < 10));

const agg = (name: string, type: DataType, args: readonly Expr[], more: Partial<Expr> = {}): Expr => ({
  op: 'agg',
  type,
  args,
  name,
  ...more,
});

/** Most rows that a sum may add, with room: bounds are multiplied by it. */
const ROWS = 1e7;

/** A number whose sum neither overflows nor depends on the order of addition. */
function summable(g: Exprs, depth: number, scope: Scope): Expr {
  const type = g.rng.pick([INT, LONG, DOUBLE, new DecimalType(10, 2), DOUBLE]);
  const e = g.expr(type, depth, scope);
  if (!e.fuzzy && (type.kind === 'decimal' || (e.bound !== undefined && e.bound * ROWS < 2 ** 60))) return e;
  return (
    g.column(
      scope,
      (c) => (isInteger(c.type) || isFloating(c.type)) && c.bound !== undefined && c.bound * ROWS < 2 ** 60,
    ) ?? intLit(1)
  );
}
function sumOf(e: Expr): { type: DataType; bound: number | undefined } {
  if (e.type.kind === 'decimal') {
    return { type: DecimalType.bounded(e.type.precision + 10, e.type.scale), bound: undefined };
  }
  const bound = e.bound === undefined ? undefined : e.bound * ROWS;
  return { type: isInteger(e.type) ? LONG : DOUBLE, bound: isInteger(e.type) ? bound : undefined };
}
const ordered = (g: Exprs, scope: Scope, depth: number, plain: boolean): Expr => {
  const flat = (t: DataType) =>
    isOrderable(t) && (!plain || !['array', 'struct', 'ym_interval', 'dt_interval'].includes(t.kind));
  const c = g.column(scope, (x) => flat(x.type));
  return c && g.rng.chance(0.6) ? g.expr(c.type, depth, scope) : (c ?? intLit(1));
};
/** Any column, of a type that grouping takes. */
const groupable = (g: Exprs, scope: Scope, depth: number): Expr => ordered(g, scope, depth, true);

/** One aggregate call over the columns in scope; what depends on the order of rows is wrapped so that it does not. */
export function aggregates(g: Exprs, scope: Scope, depth: number, window: boolean): Expr {
  const { rng, options } = g;
  const number = () => summable(g, depth, scope);
  const key = g.column(scope, (c) => c.unique === true);
  const always: readonly (readonly [number, () => Expr | undefined])[] = [
    [3, () => agg('count', LONG, [], { bound: ROWS })],
    [3, () => agg('count', LONG, [groupable(g, scope, depth)], { bound: ROWS })],
    [
      4,
      () => {
        const e = number();
        return agg('sum', sumOf(e).type, [e], { bound: sumOf(e).bound });
      },
    ],
    [
      3,
      () => {
        const e = number();
        return e.type.kind === 'decimal'
          ? agg('avg', DecimalType.bounded(e.type.precision + 4, e.type.scale + 4), [e])
          : agg('avg', DOUBLE, [e], { fuzzy: true });
      },
    ],
    [
      5,
      () => {
        const e = ordered(g, scope, depth, options.duck);
        return agg(rng.pick(['min', 'max']), e.type, [e], { bound: e.bound });
      },
    ],
    [1, () => agg('count_if', LONG, [g.expr(BOOLEAN, depth, scope)], { bound: ROWS })],
    [1, () => agg(rng.pick(['bool_and', 'bool_or']), BOOLEAN, [g.expr(BOOLEAN, depth, scope)])],
    [
      1,
      () => {
        const type = rng.pick([INT, LONG]);
        return agg(rng.pick(['bit_and', 'bit_or', 'bit_xor']), type, [g.expr(type, depth, scope)]);
      },
    ],
    [
      2,
      () => {
        const e = g.column(scope, isModest);
        return e && agg(rng.pick(['stddev', 'stddev_pop', 'var_samp', 'var_pop']), DOUBLE, [e], { fuzzy: true });
      },
    ],
  ];
  const distinct: readonly (readonly [number, () => Expr | undefined])[] = [
    [4, () => agg('count', LONG, [groupable(g, scope, depth)], { bound: ROWS, distinct: true })],
    [
      2,
      () => {
        const e = number();
        return agg('sum', sumOf(e).type, [e], { bound: sumOf(e).bound, distinct: true });
      },
    ],
  ];
  const spark: readonly (readonly [number, () => Expr | undefined])[] = [
    [1, () => agg('count', LONG, [groupable(g, scope, 0), groupable(g, scope, 0)], { bound: ROWS, distinct: true })],
    [
      1,
      () => {
        const e = ordered(g, scope, depth, false);
        const list = agg('collect_list', new ArrayType(e.type), [e], { distinct: rng.chance(0.2) });
        return call('sort_array', list.type, [list]);
      },
    ],
    [
      1,
      () => {
        const e = ordered(g, scope, depth, false);
        const set = agg('collect_set', new ArrayType(e.type), [e]);
        return call('sort_array', set.type, [set]);
      },
    ],
    [
      1,
      () => {
        // Rows of one base row have one key.
        const owner = key?.name?.split('.')[0];
        const value = scope.filter((c) => !c.fuzzy && c.name.split('.')[0] === owner);
        if (!key || value.length === 0) return undefined;
        const c = rng.pick(value);
        return agg(rng.pick(['max_by', 'min_by']), c.type, [{ op: 'col', type: c.type, args: [], name: c.name }, key]);
      },
    ],
    [1, () => agg('approx_count_distinct', LONG, [groupable(g, scope, depth)], { bound: ROWS })],
    [
      1,
      () => {
        const e = g.column(scope, (c) => isInteger(c.type) && c.bound !== undefined);
        return e && agg('percentile', DOUBLE, [e, lit(rng.pick([0, 0.25, 0.5, 1]), DOUBLE)], { fuzzy: true });
      },
    ],
    [
      1,
      () => {
        const e = g.column(scope, (c) => isInteger(c.type));
        return e && agg('percentile_approx', e.type, [e, lit(rng.pick([0.25, 0.5]), DOUBLE)]);
      },
    ],
    [
      1,
      () => {
        const e = g.column(scope, isModest);
        return e && agg(rng.pick(['skewness', 'kurtosis', 'median']), DOUBLE, [e], { fuzzy: true });
      },
    ],
    // Whether a sum overflows depends on the order of addition.
    [
      1,
      () => {
        const e = number();
        return agg('try_sum', sumOf(e).type, [e]);
      },
    ],
    [1, () => agg('bit_xor', LONG, [g.expr(LONG, depth, scope)])],
    [
      0.5,
      () => {
        const e = g.expr(BINARY, depth, scope);
        return agg('max', BINARY, [e]);
      },
    ],
  ];
  const within: readonly (readonly [number, () => Expr | undefined])[] = [
    [
      1,
      () => {
        const e = g.expr(STRING, 0, scope);
        return agg('listagg', STRING, [e, lit(',', STRING)], {
          within: [{ expr: e, descending: rng.chance(0.5), nullsFirst: true }],
        });
      },
    ],
  ];
  const choices = [...always, ...(window ? [] : distinct), ...(options.duck ? [] : spark), ...(window ? [] : within)];
  const made = rng.weighted(choices)() ?? agg('count', LONG, [], { bound: ROWS });
  if (!window && made.op === 'agg' && rng.chance(0.15)) return { ...made, filter: g.expr(BOOLEAN, 1, scope) };
  return made;
}
