import type { DataType, Value } from '../../src/types/index.js';

/** A column of a table or query. */
export interface Column {
  readonly name: string;
  readonly type: DataType;
  /** Largest magnitude of its values; a float or double that has one holds multiples of 1/8, whose sums are exact. */
  readonly bound?: number | undefined;
  /** The last digits depend on the order of addition or on a mathematics library: only shown, never tested or grouped. */
  readonly fuzzy?: boolean | undefined;
  /** No two rows of its base table share the value, and none is null. */
  readonly unique?: boolean | undefined;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

export type Op =
  | 'col'
  | 'lit'
  | 'fn'
  | 'bin'
  | 'not'
  | 'neg'
  | 'isnull'
  | 'isnotnull'
  | 'cast'
  | 'trycast'
  | 'case'
  | 'in'
  | 'between'
  | 'like'
  | 'agg'
  | 'win'
  | 'scalar'
  | 'exists'
  | 'insub'
  | 'lambda'
  | 'field'
  | 'index'
  | 'text'
  | 'grouping';

export interface OrderItem {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
export interface Over {
  readonly partition: readonly Expr[];
  readonly order: readonly OrderItem[];
  /** e.g. `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`. */
  readonly frame?: string | undefined;
}

/** One expression. `args` holds all child expressions but those of `filter`, `over` and `query`. */
export interface Expr {
  readonly op: Op;
  readonly type: DataType;
  readonly args: readonly Expr[];
  /** Function, operator, column or field; for lambdas the parameters, comma-separated; for `text` the SQL. */
  readonly name?: string | undefined;
  readonly value?: Value | undefined;
  readonly query?: Query | undefined;
  readonly distinct?: boolean | undefined;
  readonly filter?: Expr | undefined;
  readonly over?: Over | undefined;
  /** `listagg(...) WITHIN GROUP (ORDER BY ...)`. */
  readonly within?: readonly OrderItem[] | undefined;
  readonly bound?: number | undefined;
  readonly fuzzy?: boolean | undefined;
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'LEFT SEMI' | 'LEFT ANTI';

export type From =
  | { readonly kind: 'table'; readonly name: string; readonly alias: string }
  | { readonly kind: 'sub'; readonly query: Query; readonly alias: string; readonly lateral?: boolean | undefined }
  | {
      readonly kind: 'join';
      readonly type: JoinType;
      readonly left: From;
      readonly right: From;
      readonly on?: Expr | undefined;
      readonly hint?: string | undefined;
    };

/** `LATERAL VIEW [OUTER] fn(arg) alias AS names`. */
export interface LateralView {
  readonly outer: boolean;
  readonly fn: Expr;
  readonly alias: string;
  readonly names: readonly string[];
}

export interface SelectItem {
  readonly expr: Expr;
  readonly alias: string;
}
export interface Grouping {
  readonly kind: 'plain' | 'rollup' | 'cube' | 'sets';
  readonly exprs: readonly Expr[];
  /** For `sets`: positions in `exprs`. */
  readonly sets?: readonly (readonly number[])[] | undefined;
}
interface Ordered {
  readonly ctes: readonly { readonly name: string; readonly query: Query }[];
  readonly orderBy: readonly OrderItem[];
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}
export interface Select extends Ordered {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from?: From | undefined;
  readonly views: readonly LateralView[];
  readonly where?: Expr | undefined;
  readonly groupBy?: Grouping | undefined;
  readonly having?: Expr | undefined;
}
export interface SetOp extends Ordered {
  readonly kind: 'set';
  readonly op: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly left: Query;
  readonly right: Query;
}
export type Query = Select | SetOp;

/** Every expression of a query, subqueries included, parents first. */
export function* expressions(q: Query): Generator<Expr> {
  for (const c of q.ctes) yield* expressions(c.query);
  if (q.kind === 'set') {
    yield* expressions(q.left);
    yield* expressions(q.right);
  } else {
    for (const i of q.items) yield* walk(i.expr);
    if (q.from) yield* fromExpressions(q.from);
    for (const v of q.views) yield* walk(v.fn);
    if (q.where) yield* walk(q.where);
    for (const e of q.groupBy?.exprs ?? []) yield* walk(e);
    if (q.having) yield* walk(q.having);
  }
  for (const o of q.orderBy) yield* walk(o.expr);
}
function* fromExpressions(f: From): Generator<Expr> {
  if (f.kind === 'sub') yield* expressions(f.query);
  if (f.kind === 'join') {
    yield* fromExpressions(f.left);
    yield* fromExpressions(f.right);
    if (f.on) yield* walk(f.on);
  }
}
function* walk(e: Expr): Generator<Expr> {
  yield e;
  for (const a of e.args) yield* walk(a);
  if (e.filter) yield* walk(e.filter);
  for (const o of e.within ?? []) yield* walk(o.expr);
  if (e.over) {
    for (const p of e.over.partition) yield* walk(p);
    for (const o of e.over.order) yield* walk(o.expr);
  }
  if (e.query) yield* expressions(e.query);
}

/** Names of what a query uses: functions, operators, clauses. For the coverage report. */
export function* features(q: Query): Generator<string> {
  for (const e of expressions(q)) {
    if (e.op === 'fn') yield `fn ${e.name}`;
    else if (e.op === 'agg') {
      yield `agg ${e.name}`;
      if (e.distinct) yield 'op aggregate distinct';
      if (e.filter) yield 'op aggregate filter';
    } else if (e.op === 'win') {
      yield `win ${e.name}`;
      if (e.over?.frame) yield 'op window frame';
    } else if (e.op === 'bin') yield `op ${e.name}`;
    else if (e.op === 'text') continue;
    else yield `op ${e.op}`;
  }
  yield* clauses(q);
}
function* clauses(q: Query): Generator<string> {
  if (q.ctes.length > 0) yield 'clause WITH';
  if (q.orderBy.length > 0) yield 'clause ORDER BY';
  if (q.limit !== undefined) yield 'clause LIMIT';
  if (q.offset !== undefined) yield 'clause OFFSET';
  for (const c of q.ctes) yield* clauses(c.query);
  if (q.kind === 'set') {
    yield `clause ${q.op}${q.all ? ' ALL' : ''}`;
    yield* clauses(q.left);
    yield* clauses(q.right);
    return;
  }
  if (q.distinct) yield 'clause DISTINCT';
  if (q.where) yield 'clause WHERE';
  if (q.having) yield 'clause HAVING';
  if (q.groupBy) yield `clause GROUP BY ${q.groupBy.kind}`;
  for (const v of q.views) yield `generator ${v.fn.name}${v.outer ? ' outer' : ''}`;
  if (q.from) yield* fromClauses(q.from);
}
function* fromClauses(f: From): Generator<string> {
  if (f.kind === 'sub') {
    yield f.lateral ? 'clause LATERAL' : 'clause FROM (subquery)';
    yield* clauses(f.query);
  }
  if (f.kind === 'join') {
    yield `join ${f.type}`;
    yield* fromClauses(f.left);
    yield* fromClauses(f.right);
  }
}
