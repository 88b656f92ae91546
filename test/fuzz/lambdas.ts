import { ArrayType, BOOLEAN, type DataType, INT, MapType, STRING } from '../../src/types/index.js';
import type { Expr } from './ast.js';
import { call, type Exprs, lit, type Scope } from './exprs.js';

const lambda = (parameters: readonly string[], body: Expr): Expr => ({
  op: 'lambda',
  type: body.type,
  args: [body],
  name: parameters.join(', '),
});
let next = 0;

/** A higher-order call that gives an array of this type. */
export function lambdaCall(g: Exprs, type: DataType, depth: number, scope: Scope): Expr | undefined {
  if (type.kind !== 'array') return undefined;
  const { rng } = g;
  const from = rng.pick([INT, STRING]);
  const x = { name: `x${next++ % 9}`, type: from };
  // Names of lambda parameters hide columns; few columns keep the lambda's body small.
  const inner: Scope = [x, x, ...scope.slice(0, 3)];
  const plain = { ...g.options };
  const body = (t: DataType) => withoutSubqueries(g, plain, () => g.expr(t, Math.min(depth - 1, 1), inner));
  const source = g.expr(new ArrayType(from), depth - 1, scope);
  switch (rng.below(4)) {
    case 0:
      return call('transform', type, [source, lambda([x.name], body(type.elementType))]);
    case 1: {
      const own = { name: x.name, type: type.elementType };
      const test = withoutSubqueries(g, plain, () => g.predicate(0, [own, own]));
      return call('filter', type, [g.expr(type, depth - 1, scope), lambda([x.name], test)]);
    }
    case 2:
      return call('zip_with', type, [
        source,
        g.expr(new ArrayType(INT), depth - 1, scope),
        lambda(
          [x.name, 'y0'],
          withoutSubqueries(g, plain, () => g.expr(type.elementType, 1, [x, { name: 'y0', type: INT }])),
        ),
      ]);
    default: {
      const map = g.expr(new MapType(STRING, INT), depth - 1, scope);
      const p = [
        { name: 'k0', type: STRING },
        { name: 'v0', type: INT },
      ];
      const filtered = call('map_filter', map.type, [
        map,
        lambda(
          ['k0', 'v0'],
          withoutSubqueries(g, plain, () => g.predicate(0, p)),
        ),
      ]);
      return type.elementType === STRING ? call('map_keys', type, [filtered]) : undefined;
    }
  }
}

/** A boolean of a higher-order function. */
export function lambdaTest(g: Exprs, depth: number, scope: Scope): Expr {
  const x = { name: 'e0', type: INT };
  const test = withoutSubqueries(g, g.options, () => g.predicate(0, [x, x]));
  return call(g.rng.pick(['exists', 'forall']), BOOLEAN, [
    g.expr(new ArrayType(INT), depth - 1, scope),
    lambda(['e0'], test),
  ]);
}

/** The sum of an array by `aggregate`. */
export function lambdaFold(g: Exprs, depth: number, scope: Scope): Expr {
  const merge: Expr = call('try_add', INT, [
    { op: 'col', type: INT, args: [], name: 'acc' },
    { op: 'col', type: INT, args: [], name: 'e1' },
  ]);
  return call('aggregate', INT, [
    g.expr(new ArrayType(INT), depth - 1, scope),
    lit(0, INT),
    lambda(['acc', 'e1'], merge),
  ]);
}

function withoutSubqueries<T>(g: Exprs, options: Exprs['options'], run: () => T): T {
  const self = g as { options: Exprs['options'] };
  self.options = { ...options, subqueries: undefined };
  try {
    return run();
  } finally {
    self.options = options;
  }
}
