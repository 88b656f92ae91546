import { ArrayType, BOOLEAN, type DataType, DOUBLE, INT, LONG, MapType, STRING } from '../../src/types/index.js';
import type {
  Column,
  Expr,
  From,
  JoinType,
  LateralView,
  OrderItem,
  Over,
  Query,
  Select,
  SelectItem,
  Table,
} from './ast.js';
import { bin, call, col, Exprs, type FailureCounts, intLit, lit, type Scope } from './exprs.js';
import type { Rng } from './rng.js';
import { holdsFloating, isOrderable, STRUCT, sameKind } from './types.js';

/** A relation in FROM with its columns under qualified names. */
interface Relation {
  readonly from: From;
  readonly columns: Column[];
  /** Rows that it may have, roughly. */
  readonly rows: number;
}

interface Built {
  readonly query: Query;
  readonly columns: readonly Column[];
  readonly rows: number;
}

const MOST_ROWS = 6_000;
/** Of a join on a key of few values: each referee works through all. */
const MOST_JOINED = 25_000;

/** Draws queries over a schema. */
export class QueryGenerator {
  #alias = 0;
  #ctes: { name: string; query: Query; columns: readonly Column[]; rows: number }[] = [];
  /** Without subqueries. */
  readonly exprs: Exprs;
  /** With subqueries of every kind. */
  readonly #filters: Exprs;
  /** With scalar subqueries. */
  readonly #projections: Exprs;
  readonly duck: boolean;

  constructor(
    readonly rng: Rng,
    readonly tables: readonly Table[],
    readonly failures: FailureCounts,
  ) {
    this.duck = rng.chance(0.6);
    const { duck } = this;
    this.exprs = new Exprs(rng, { duck }, failures);
    const subqueries = this.subquery.bind(this);
    this.#filters = new Exprs(rng, { duck, subqueries }, failures);
    this.#projections = new Exprs(
      rng,
      { duck, subqueries: (s, kind, type) => (kind === 'scalar' ? subqueries(s, kind, type) : undefined) },
      failures,
    );
  }

  query(): Query {
    const { rng } = this;
    const ctes: { name: string; query: Query }[] = [];
    if (rng.chance(0.12)) {
      const built = this.select(1);
      const name = `cte${this.#alias++}`;
      ctes.push({ name, query: built.query });
      this.#ctes.push({ name, ...built });
    }
    const built = rng.chance(0.12) ? this.setOperation(2) : this.select(2);
    const limited = this.limited(built);
    return { ...limited, ctes: [...ctes, ...limited.ctes] };
  }

  private alias(): string {
    return `q${this.#alias++}`;
  }
  private name(): string {
    return `o${this.#alias++}`;
  }

  /** An order over all columns makes a limit mean the same rows everywhere. */
  private limited(built: Built): Query {
    const { rng } = this;
    const { query, columns } = built;
    if (query.limit !== undefined || query.orderBy.length > 0) return query;
    const sortable = columns.every((c) => !c.fuzzy && isOrderable(c.type) && !holdsFloating(c.type));
    if (!rng.chance(0.35)) return query;
    const items = rng.sample(
      columns.filter((c) => isOrderable(c.type) && !c.fuzzy),
      columns.length,
    );
    const orderBy = items.map((c): OrderItem => this.orderItem({ op: 'col', type: c.type, args: [], name: c.name }));
    if (!sortable || !rng.chance(0.7)) return { ...query, orderBy: orderBy.slice(0, 3) };
    const limit = rng.chance(0.03) ? 0 : rng.pick([1, 2, 5, 10, 50]);
    return { ...query, orderBy, limit, ...(rng.chance(0.2) ? { offset: rng.pick([1, 3]) } : {}) };
  }
  private orderItem(expr: Expr): OrderItem {
    return { expr, descending: this.rng.chance(0.4), nullsFirst: this.rng.chance(0.5) };
  }

  // FROM.

  private relation(depth: number): Relation {
    const { rng } = this;
    const alias = this.alias();
    const cte = this.#ctes.length > 0 && rng.chance(0.4) ? rng.pick(this.#ctes) : undefined;
    if (cte) {
      const columns = cte.columns.map((c) => ({ ...c, name: `${alias}.${c.name}`, unique: false }));
      return { from: { kind: 'table', name: cte.name, alias }, columns, rows: cte.rows };
    }
    if (depth > 0 && rng.chance(0.18)) {
      const built = rng.chance(0.2) ? this.setOperation(depth - 1) : this.select(depth - 1);
      const query = rng.chance(0.3) ? this.limited(built) : built.query;
      const columns = built.columns.map((c) => ({ ...c, name: `${alias}.${c.name}`, unique: false }));
      return { from: { kind: 'sub', query, alias }, columns, rows: built.rows };
    }
    const t = rng.pick(this.tables);
    return {
      from: { kind: 'table', name: t.name, alias },
      columns: t.columns.map((c) => ({ ...c, name: `${alias}.${c.name}` })),
      rows: t.rows.length,
    };
  }

  private joined(depth: number): Relation {
    const { rng } = this;
    let left = this.relation(depth);
    const joins = rng.weighted([
      [5, 0],
      [4, 1],
      [1.5, 2],
    ]);
    for (let i = 0; i < joins; i++) {
      const lateral = rng.chance(0.07) ? this.lateral(left) : undefined;
      left = lateral ?? this.join(left, this.relation(depth - 1));
    }
    return left;
  }

  /** Each row with aggregates over the rows of a table that match it. */
  private lateral(left: Relation): Relation | undefined {
    const { rng } = this;
    const t = rng.pick(this.tables);
    const alias = this.alias();
    const inner = t.columns.map((c) => ({ ...c, name: `${alias}.${c.name}` }));
    const correlation = this.equalColumns(inner, left.columns);
    if (!correlation) return undefined;
    const where = rng.chance(0.4) ? bin('AND', BOOLEAN, correlation, this.exprs.predicate(1, inner)) : correlation;
    const items = Array.from({ length: rng.int(1, 2) }, () => this.item(this.exprs.aggregate(inner, 1)));
    const query: Query = {
      kind: 'select',
      ctes: [],
      distinct: false,
      items,
      from: { kind: 'table', name: t.name, alias },
      views: [],
      where,
      orderBy: [],
    };
    const name = this.alias();
    const columns = items.map((i) => ({
      name: `${name}.${i.alias}`,
      type: i.expr.type,
      bound: i.expr.bound,
      fuzzy: isFuzzy(i.expr),
    }));
    const type = rng.pick(['INNER', 'LEFT'] as const);
    const right: From = { kind: 'sub', query, alias: name, lateral: true };
    return {
      from: { kind: 'join', type, left: left.from, right, on: lit(true, BOOLEAN) },
      columns: [...left.columns, ...columns],
      rows: left.rows,
    };
  }

  private join(left: Relation, right: Relation): Relation {
    const { rng } = this;
    const both = [...left.columns, ...right.columns];
    const product = Math.max(1, left.rows) * Math.max(1, right.rows);
    let type: JoinType = rng.weighted([
      [5, 'INNER'],
      [4, 'LEFT'],
      [2, 'RIGHT'],
      [2, 'FULL'],
      [0.7, 'CROSS'],
      [1.2, 'LEFT SEMI'],
      [1, 'LEFT ANTI'],
    ]);
    if (type === 'CROSS' && product > MOST_ROWS) type = 'INNER';
    const out = (on: Expr | undefined, rows: number): Relation => {
      const semi = type === 'LEFT SEMI' || type === 'LEFT ANTI';
      const hint =
        rng.chance(0.2) && right.from.kind !== 'join'
          ? `${rng.pick(['BROADCAST', 'MERGE', 'SHUFFLE_HASH', 'SHUFFLE_REPLICATE_NL'])}(${right.from.alias})`
          : undefined;
      const weaken = (cs: readonly Column[], nulls: boolean) =>
        cs.map((c) => (nulls && c.unique ? { ...c, unique: true } : c));
      return {
        from: { kind: 'join', type, left: left.from, right: right.from, on, hint },
        columns: semi
          ? left.columns
          : [
              ...weaken(left.columns, type === 'RIGHT' || type === 'FULL'),
              ...weaken(right.columns, type === 'LEFT' || type === 'FULL'),
            ],
        rows: semi ? left.rows : rows,
      };
    };
    if (type === 'CROSS') return out(undefined, product);
    const equal = this.equalColumns(left.columns, right.columns);
    const plain = this.exprs;
    if (equal === undefined || (product <= MOST_ROWS && rng.chance(0.12))) {
      if (product > MOST_ROWS) {
        type = 'LEFT SEMI';
        return out(lit(true, BOOLEAN), left.rows);
      }
      return out(plain.predicate(1, both), product);
    }
    let on = equal;
    if (rng.chance(0.12)) {
      const second = this.equalColumns(left.columns, right.columns);
      if (second) on = bin('AND', BOOLEAN, on, second);
    }
    if (rng.chance(0.25))
      on = bin('AND', BOOLEAN, on, plain.predicate(1, rng.chance(0.5) ? both : rng.pick([left, right]).columns));
    const rows = Math.max(left.rows, right.rows, product / 4);
    if (rows > MOST_JOINED) type = rng.pick(['LEFT SEMI', 'LEFT ANTI']);
    return out(on, rows);
  }

  private equalColumns(left: Scope, right: Scope): Expr | undefined {
    const { rng } = this;
    const pairs: [Column, Column][] = [];
    for (const a of left)
      for (const b of right) {
        const nested = ['array', 'struct', 'ym_interval', 'dt_interval'].includes(a.type.kind);
        if (!a.fuzzy && !b.fuzzy && sameKind(a.type, b.type) && isOrderable(a.type) && !(nested && this.duck))
          pairs.push([a, b]);
      }
    if (pairs.length === 0) return undefined;
    // Keys of few values meet often.
    const likely = pairs.filter(([x, y]) => (x.bound ?? 99) <= 5 && (y.bound ?? 99) <= 5);
    const [a, b] = rng.pick(likely.length > 0 && rng.chance(0.85) ? likely : pairs);
    return bin(rng.chance(0.08) ? '<=>' : '=', BOOLEAN, col(a), col(b));
  }

  private lateralViews(scope: Scope): { views: LateralView[]; columns: Column[] } {
    const { rng } = this;
    if (!rng.chance(this.duck ? 0.04 : 0.1)) return { views: [], columns: [] };
    const alias = this.alias();
    const outer = rng.chance(0.4);
    const array = this.exprs.column(scope, (c) => c.type.kind === 'array');
    const map = this.exprs.column(scope, (c) => c.type.kind === 'map');
    const make = (fn: string, args: readonly Expr[], columns: readonly (readonly [string, DataType])[]) => {
      const names = columns.map(() => this.name());
      return {
        views: [{ outer, fn: call(fn, INT, args), alias, names }],
        columns: columns.map(([, type], i) => ({ name: `${alias}.${names[i]}`, type })),
      };
    };
    if (array && array.type instanceof ArrayType) {
      const t = array.type.elementType;
      if (!this.duck && rng.chance(0.3))
        return make(
          'posexplode',
          [array],
          [
            ['p', INT],
            ['c', t],
          ],
        );
      if (!this.duck && sameKind(t, STRUCT))
        return make(
          'inline',
          [array],
          [
            ['f', INT],
            ['g', STRING],
          ],
        );
      return make('explode', [array], [['c', t]]);
    }
    if (map && map.type instanceof MapType && !this.duck)
      return make(
        'explode',
        [map],
        [
          ['k', map.type.keyType],
          ['v', map.type.valueType],
        ],
      );
    if (this.duck) return { views: [], columns: [] };
    return make('stack', [intLit(2), this.exprs.expr(INT, 1, scope), this.exprs.expr(INT, 0, scope)], [['c', INT]]);
  }

  // SELECT.

  select(depth: number, wanted?: readonly DataType[]): Built {
    const { rng } = this;
    const relation = this.joined(depth);
    const { views, columns } = this.lateralViews(relation.columns);
    const scope = [...relation.columns, ...columns];
    const where = rng.chance(0.24) ? this.#filters.predicate(2, scope) : undefined;
    const base = { kind: 'select' as const, ctes: [], from: relation.from, views, where, orderBy: [] };
    const form = rng.weighted<'plain' | 'aggregate' | 'window'>([
      [5, 'plain'],
      [4, 'aggregate'],
      [2, 'window'],
    ]);
    const { items, ...rest } =
      form === 'aggregate' ? this.aggregated(scope, wanted) : this.projected(scope, wanted, form === 'window');
    const query: Select = { ...base, distinct: false, ...rest, items };
    const distinct =
      form === 'plain' && rng.chance(0.12) && items.every((i) => !i.expr.fuzzy && i.expr.type.kind !== 'map');
    const out = items.map(
      (i): Column => ({ name: i.alias, type: i.expr.type, bound: i.expr.bound, fuzzy: isFuzzy(i.expr) }),
    );
    return {
      query: { ...query, distinct },
      columns: out,
      rows: form === 'aggregate' ? relation.rows / 3 : relation.rows,
    };
  }

  private item(expr: Expr): SelectItem {
    return { expr, alias: this.name() };
  }

  private projected(scope: Scope, wanted: readonly DataType[] | undefined, windows: boolean): { items: SelectItem[] } {
    const { rng } = this;
    if (wanted) return { items: wanted.map((t) => this.item(this.exprs.expr(t, 2, scope))) };
    const items: SelectItem[] = [];
    for (let n = rng.int(1, 4); n > 0; n--)
      items.push(this.item(rng.chance(0.4) ? col(rng.pick(scope)) : this.#projections.any(2, scope)));
    if (windows) for (let n = rng.int(1, 2); n > 0; n--) items.push(this.item(this.window(scope)));
    return { items };
  }

  private aggregated(
    scope: Scope,
    wanted: readonly DataType[] | undefined,
  ): Pick<Select, 'groupBy' | 'having'> & { items: SelectItem[] } {
    const { rng } = this;
    const keys: Expr[] = [];
    for (
      let n = rng.weighted([
        [1.5, 0],
        [4, 1],
        [2, 2],
        [0.7, 3],
      ]);
      n > 0;
      n--
    ) {
      const c = this.exprs.column(scope, (x) => x.type.kind !== 'map');
      if (!c) break;
      const key = rng.chance(0.7) ? c : (this.exprs.calling(c.type, 1, scope) ?? c);
      const usable = key.op === 'col' || (key.op === 'fn' && [...columnsOf(key)].length > 0);
      keys.push(usable && !hasSubquery(key) ? key : c);
    }
    const distinctKeys = keys.filter(
      (k, i) => keys.findIndex((o) => JSON.stringify(o, bigints) === JSON.stringify(k, bigints)) === i,
    );
    const kind =
      distinctKeys.length === 0
        ? 'plain'
        : rng.weighted<'plain' | 'rollup' | 'cube' | 'sets'>([
            [7, 'plain'],
            [1, 'rollup'],
            [1, 'cube'],
            [1, 'sets'],
          ]);
    const groupBy =
      distinctKeys.length === 0
        ? undefined
        : {
            kind,
            exprs: distinctKeys,
            sets: kind === 'sets' ? this.groupingSets(distinctKeys.length) : undefined,
          };
    const items: SelectItem[] = [];
    if (wanted) {
      for (const t of wanted) items.push(this.item(this.aggregateOf(t, scope, distinctKeys)));
    } else {
      for (const k of distinctKeys) if (rng.chance(0.85)) items.push(this.item(k));
      for (let n = rng.int(1, 3); n > 0; n--) items.push(this.item(this.exprs.aggregate(scope, 1)));
      if (kind !== 'plain' && rng.chance(0.4) && !this.duck)
        items.push(this.item({ op: 'grouping', type: LONG, args: [], name: 'grouping_id' }));
    }
    let having: Expr | undefined;
    if (rng.chance(0.1)) {
      const a = this.exprs.aggregate(scope, 0);
      if (
        !a.fuzzy &&
        isOrderable(a.type) &&
        !(this.duck && ['array', 'struct', 'ym_interval', 'dt_interval'].includes(a.type.kind))
      )
        having = bin(rng.pick(['>', '<', '=', '<>']), BOOLEAN, a, this.exprs.literal(a.type));
    }
    return { items, groupBy, having };
  }
  private groupingSets(n: number): number[][] {
    const { rng } = this;
    const all = Array.from({ length: n }, (_, i) => i);
    const sets = Array.from({ length: rng.int(1, 3) }, () => rng.sample(all, rng.int(0, n)).sort());
    // Every key must be in some set.
    return [...sets, all];
  }
  private aggregateOf(type: DataType, scope: Scope, keys: readonly Expr[]): Expr {
    const { rng } = this;
    const key = keys.find((k) => sameKind(k.type, type));
    if (key && rng.chance(0.6)) return key;
    if (sameKind(type, LONG)) {
      const a = this.exprs.aggregate(scope, 0);
      if (a.type.kind === 'long') return a;
    }
    if (!isOrderable(type) || (this.duck && ['array', 'struct', 'ym_interval', 'dt_interval'].includes(type.kind)))
      return lit(null, type);
    const plain = this.exprs;
    const e = plain.expr(type, 1, scope);
    return { op: 'agg', type, args: [e], name: rng.pick(['min', 'max']), bound: e.bound };
  }

  private window(scope: Scope): Expr {
    const { rng } = this;
    const flat = (c: Column) =>
      !c.fuzzy &&
      isOrderable(c.type) &&
      !(this.duck && ['array', 'struct', 'ym_interval', 'dt_interval'].includes(c.type.kind));
    const sortable = scope.filter(flat);
    const partition = rng
      .sample(
        sortable.filter((c) => !c.unique),
        rng.int(0, 2),
      )
      .map(col);
    // Only the keys of all relations tell rows apart: two windows may put equal rows in different places.
    const owners = [...new Set(scope.map((c) => c.name.split('.')[0]))];
    const keys = owners.map((o) => scope.find((c) => c.unique && c.name.split('.')[0] === o));
    const keyed = keys.every((k) => k !== undefined);
    const total = keyed && rng.chance(0.7);
    const some = rng.sample(sortable, rng.int(1, 2));
    const orderColumns = total ? [...some, ...(keys as Column[])] : some;
    const order = orderColumns.map((c) => this.orderItem(col(c)));
    const over = (frame?: string): Over => ({ partition, order, frame });
    const plain = this.exprs;
    const win = (name: string, type: DataType, args: readonly Expr[], o: Over): Expr => ({
      op: 'win',
      type,
      args,
      name,
      over: o,
    });
    const value = rng.pick(scope);
    const ranked = () => {
      const name = rng.pick(['rank', 'dense_rank', 'percent_rank', 'cume_dist']);
      return {
        ...win(name, name.endsWith('rank') && name !== 'percent_rank' ? INT : DOUBLE, [], over()),
        fuzzy: name === 'percent_rank' || name === 'cume_dist',
      };
    };
    const rows = [
      'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
      'ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING',
      'ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
      'ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING',
      'ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING',
    ];
    const ranges = [
      'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
      'RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
      'RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
    ];
    const aggregate = (frame: string | undefined, ordered: boolean): Expr => {
      let a = plain.aggregate(scope, 1, true);
      while (a.op !== 'agg' || a.distinct || a.within) a = { op: 'agg', type: LONG, args: [], name: 'count' };
      // A sliding frame may add and take away: sums stay exact, variances do not.
      return { ...a, over: { partition, order: ordered ? order : [], frame } };
    };
    const numeric =
      order.length === 1 &&
      ['int', 'long'].includes(order[0]?.expr.type.kind ?? '') &&
      order[0]?.expr.bound !== undefined;
    return rng.weighted<() => Expr>([
      [3, ranked],
      [total ? 2 : 0, () => win('row_number', INT, [], over())],
      [total ? 1 : 0, () => win('ntile', INT, [intLit(rng.int(1, 4))], over())],
      [
        total ? 3 : 0,
        () => {
          const args: Expr[] = [col(value)];
          if (rng.chance(0.6)) args.push(intLit(rng.int(0, 3)));
          if (args.length === 2 && rng.chance(0.4) && !value?.fuzzy) args.push(this.exprs.literal(value?.type ?? INT));
          return { ...win(rng.pick(['lag', 'lead']), value?.type ?? INT, args, over()), fuzzy: value?.fuzzy };
        },
      ],
      [
        total ? 2 : 0,
        () => {
          const name = rng.pick(['first_value', 'last_value', 'nth_value']);
          const args = [col(value), ...(name === 'nth_value' ? [intLit(rng.int(1, 3))] : [])];
          return { ...win(name, value?.type ?? INT, args, over(rng.pick(rows))), fuzzy: value?.fuzzy };
        },
      ],
      [2, () => aggregate(undefined, rng.chance(0.5))],
      [2, () => aggregate(rng.pick(ranges), true)],
      [total ? 3 : 0, () => aggregate(rng.pick(rows), true)],
      [
        numeric ? 3 : 0,
        () => aggregate(`RANGE BETWEEN ${rng.int(0, 3)} PRECEDING AND ${rng.int(0, 3)} FOLLOWING`, true),
      ],
    ])();
  }

  // Subqueries.

  private subquery(scope: Scope, kind: 'scalar' | 'predicate', type: DataType): Expr | undefined {
    const { rng } = this;
    const t = rng.pick(this.tables);
    if (t.rows.length * 20 > MOST_ROWS || scope.length === 0) return undefined;
    const alias = this.alias();
    const inner = t.columns.map((c) => ({ ...c, name: `${alias}.${c.name}` }));
    const plain = this.exprs;
    const outer = scope.filter((c) => c.name.includes('.'));
    const correlation = rng.chance(0.6) ? this.equalColumns(inner, outer) : undefined;
    const filter = rng.chance(0.5) ? plain.predicate(1, inner) : undefined;
    const where = correlation && filter ? bin('AND', BOOLEAN, correlation, filter) : (correlation ?? filter);
    const build = (items: readonly Expr[]): Query => ({
      kind: 'select',
      ctes: [],
      distinct: false,
      items: items.map((e) => this.item(e)),
      from: { kind: 'table', name: t.name, alias },
      views: [],
      where,
      orderBy: [],
    });
    if (kind === 'scalar') {
      const a = this.aggregateOf(type, inner, []);
      if (!sameKind(a.type, type) || a.op !== 'agg' || a.fuzzy) return undefined;
      return { op: 'scalar', type, args: [], query: build([a]), bound: a.bound };
    }
    if (rng.chance(0.5))
      return { op: 'exists', type: BOOLEAN, args: [], query: build([intLit(1)]), distinct: rng.chance(0.4) };
    const column = plain.column(
      inner,
      (c) =>
        isOrderable(c.type) && !(this.duck && ['array', 'struct', 'ym_interval', 'dt_interval'].includes(c.type.kind)),
    );
    if (!column) return undefined;
    const left = plain.expr(column.type, 0, scope);
    const second = this.duck || rng.chance(0.8) ? undefined : plain.column(inner, (c) => isOrderable(c.type));
    const columns = second ? [column, second] : [column];
    const args = second ? [left, plain.expr(second.type, 0, scope)] : [left];
    return { op: 'insub', type: BOOLEAN, args, query: build(columns), distinct: rng.chance(0.4) };
  }

  // Set operations.

  private setOperation(depth: number): Built {
    const { rng } = this;
    const left = this.select(Math.max(0, depth - 1));
    const op = rng.pick(['UNION', 'UNION', 'UNION', 'INTERSECT', 'EXCEPT'] as const);
    const all = op === 'UNION' ? rng.chance(0.6) : rng.chance(0.4);
    if (left.columns.some((c) => c.fuzzy || (c.type.kind === 'map' && !(op === 'UNION' && all)))) return left;
    const right = this.select(
      Math.max(0, depth - 1),
      left.columns.map((c) => c.type),
    );
    if (right.columns.some((c, i) => c.fuzzy || !sameKind(c.type, left.columns[i]?.type as DataType))) return left;
    const columns = left.columns.map((c, i) => {
      const other = right.columns[i]?.bound;
      return { ...c, bound: c.bound === undefined || other === undefined ? undefined : Math.max(c.bound, other) };
    });
    return {
      query: { kind: 'set', op, all, left: left.query, right: right.query, ctes: [], orderBy: [] },
      columns,
      rows: left.rows + right.rows,
    };
  }
}

const bigints = (_: string, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v);
function* columnsOf(e: Expr): Generator<string> {
  if (e.op === 'col') yield e.name as string;
  for (const a of e.args) yield* columnsOf(a);
}
/** Itself, or by a part of it. */
function isFuzzy(e: Expr): boolean {
  return e.fuzzy === true || e.args.some(isFuzzy);
}
function hasSubquery(e: Expr): boolean {
  return e.query !== undefined || e.args.some(hasSubquery);
}
