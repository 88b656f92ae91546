import { BOOLEAN, INT } from '../../src/types/index.js';
import type { Expr, From, OrderItem, Query, Select, SetOp } from './ast.js';
import type { PlainTable } from './cells.js';
import { sparkSql } from './print.js';
import { sameKind } from './types.js';

/** Lists with one item left out. */
function* without<T>(items: readonly T[]): Generator<T[]> {
  for (let i = 0; i < items.length; i++) yield items.filter((_, j) => j !== i);
}
/** Lists with one item replaced. */
function* each<T>(items: readonly T[], variants: (item: T) => Iterable<T>): Generator<T[]> {
  for (let i = 0; i < items.length; i++)
    for (const v of variants(items[i] as T)) yield items.map((x, j) => (j === i ? v : x));
}

function size(e: Expr): number {
  return 1 + e.args.reduce((s, a) => s + size(a), 0) + (e.query ? 20 : 0);
}

/** Smaller expressions of the same type. */
function* smallerExpr(e: Expr): Generator<Expr> {
  for (const a of e.args) if (sameKind(a.type, e.type) && a.op !== 'lambda') yield a;
  for (const a of e.args)
    for (const b of a.args) if (sameKind(b.type, e.type) && a.op !== 'lambda' && b.op !== 'lambda') yield b;
  if (e.op !== 'lit' && e.op !== 'col' && e.op !== 'agg' && e.op !== 'win' && size(e) > 1) {
    yield { op: 'lit', type: e.type, args: [], value: null };
    if (e.type === BOOLEAN) yield { op: 'lit', type: BOOLEAN, args: [], value: true };
    if (e.type === INT) yield { op: 'lit', type: INT, args: [], value: 1 };
  }
  if (e.filter) yield { ...e, filter: undefined };
  if (e.distinct && e.op === 'agg') yield { ...e, distinct: undefined };
  if (e.over) {
    if (e.over.frame) yield { ...e, over: { ...e.over, frame: undefined } };
    for (const partition of without(e.over.partition)) yield { ...e, over: { ...e.over, partition } };
    for (const order of without(e.over.order)) yield { ...e, over: { ...e.over, order } };
  }
  if (e.op === 'in' && e.args.length > 2)
    for (const rest of without(e.args.slice(1))) yield { ...e, args: [e.args[0] as Expr, ...rest] };
  if (e.op === 'case' && e.args.length > 3) yield { ...e, args: e.args.slice(2) };
  if (e.query) for (const query of smallerQuery(e.query)) yield { ...e, query };
  if (e.filter) for (const filter of smallerExpr(e.filter)) yield { ...e, filter };
  for (const args of each(e.args, smallerExpr)) yield { ...e, args };
}

function* smallerFrom(f: From): Generator<From> {
  if (f.kind === 'sub') for (const query of smallerQuery(f.query)) yield { ...f, query };
  if (f.kind !== 'join') return;
  yield f.left;
  yield f.right;
  if (f.hint) yield { ...f, hint: undefined };
  if (f.on) {
    if (f.type !== 'INNER' && f.type !== 'CROSS') yield { ...f, type: 'INNER' };
    for (const on of smallerExpr(f.on)) yield { ...f, on };
  }
  for (const left of smallerFrom(f.left)) yield { ...f, left };
  for (const right of smallerFrom(f.right)) yield { ...f, right };
}

const smallerOrder = (o: OrderItem): OrderItem[] =>
  o.descending || !o.nullsFirst ? [{ ...o, descending: false, nullsFirst: true }] : [];

/** Queries with one thing less, biggest cuts first. */
export function* smallerQuery(q: Query): Generator<Query> {
  if (q.kind === 'set') {
    yield { ...q.left, ctes: [...q.ctes, ...q.left.ctes] };
    yield { ...q.right, ctes: [...q.ctes, ...q.right.ctes] };
  }
  for (const ctes of without(q.ctes)) yield { ...q, ctes };
  if (q.offset !== undefined) yield { ...q, offset: undefined };
  if (q.limit !== undefined) yield { ...q, limit: undefined, offset: undefined };
  if (q.limit === undefined && q.orderBy.length > 0) yield { ...q, orderBy: [] };
  if (q.kind === 'select') yield* smallerSelect(q);
  else yield* smallerSet(q);
  for (const orderBy of each(q.orderBy, smallerOrder)) yield { ...q, orderBy };
  for (const ctes of each(q.ctes, function* (c) {
    for (const query of smallerQuery(c.query)) yield { ...c, query };
  }))
    yield { ...q, ctes };
}
function* smallerSet(q: SetOp): Generator<Query> {
  if (!q.all && q.op === 'UNION') yield { ...q, all: true };
  for (const left of smallerQuery(q.left)) yield { ...q, left };
  for (const right of smallerQuery(q.right)) yield { ...q, right };
}
function* smallerSelect(q: Select): Generator<Query> {
  if (q.from?.kind === 'sub') yield { ...q.from.query, ctes: [...q.ctes, ...q.from.query.ctes] };
  if (q.where) yield { ...q, where: undefined };
  if (q.having) yield { ...q, having: undefined };
  if (q.distinct) yield { ...q, distinct: false };
  if (q.items.length > 1)
    for (const items of without(q.items)) {
      const orderBy = q.orderBy.filter((o) => items.some((i) => i.alias === o.expr.name));
      yield { ...q, items, orderBy };
    }
  for (const views of without(q.views)) yield { ...q, views };
  if (q.groupBy) {
    yield { ...q, groupBy: undefined };
    if (q.groupBy.kind !== 'plain') yield { ...q, groupBy: { kind: 'plain', exprs: q.groupBy.exprs } };
    if (q.groupBy.exprs.length > 1 && q.groupBy.kind !== 'sets')
      for (const exprs of without(q.groupBy.exprs)) yield { ...q, groupBy: { ...q.groupBy, exprs } };
    if (q.groupBy.sets) for (const sets of without(q.groupBy.sets)) yield { ...q, groupBy: { ...q.groupBy, sets } };
  }
  if (q.from) for (const from of smallerFrom(q.from)) yield { ...q, from };
  if (q.where) for (const where of smallerExpr(q.where)) yield { ...q, where };
  if (q.having) for (const having of smallerExpr(q.having)) yield { ...q, having };
  for (const items of each(q.items, function* (i) {
    for (const expr of smallerExpr(i.expr)) yield { ...i, expr };
  }))
    yield { ...q, items };
  for (const views of each(q.views, function* (v) {
    if (v.outer) yield { ...v, outer: false };
    for (const fn of smallerExpr(v.fn)) if (fn.name === v.fn.name) yield { ...v, fn };
  }))
    yield { ...q, views };
}

export interface Case {
  readonly query: Query;
  readonly tables: readonly PlainTable[];
}

/** Cuts a failing case down while it still fails.
 * @param fails whether the case shows the failure
 * @param seconds when to stop */
export async function shrink(start: Case, fails: (c: Case) => Promise<boolean>, seconds: number): Promise<Case> {
  const deadline = performance.now() + seconds * 1000;
  const late = () => performance.now() > deadline;
  let best = start;
  const attempt = async (c: Case): Promise<boolean> => {
    if (!(await fails(c))) return false;
    best = c;
    return true;
  };
  for (let again = true; again && !late(); ) {
    again = false;
    const length = sparkSql(best.query).length;
    for (const query of smallerQuery(best.query)) {
      if (late()) break;
      if (sparkSql(query).length > length + 10) continue;
      if (await attempt({ ...best, query })) {
        again = true;
        break;
      }
    }
  }
  await attempt({
    ...best,
    tables: best.tables.filter((t) => new RegExp(`\\b${t.name}\\b`).test(sparkSql(best.query))),
  });
  for (let i = 0; i < best.tables.length; i++) {
    for (
      let chunk = Math.ceil((best.tables[i]?.rows.length ?? 0) / 2);
      chunk >= 1 && !late();
      chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)
    ) {
      for (let at = 0; at < (best.tables[i]?.rows.length ?? 0) && !late(); ) {
        const tables = best.tables.map((t, j) =>
          j === i ? { ...t, rows: [...t.rows.slice(0, at), ...t.rows.slice(at + chunk)] } : t,
        );
        if (!(await attempt({ ...best, tables }))) at += chunk;
      }
    }
    const t = best.tables[i];
    if (t)
      await attempt({ ...best, tables: best.tables.map((x, j) => (j === i ? narrowed(t, sparkSql(best.query)) : x)) });
  }
  return best;
}

/** The table with only the columns that the text names. */
function narrowed(t: PlainTable, sql: string): PlainTable {
  const columns = splitColumns(t.schema);
  const kept = columns.map((c) => new RegExp(`\\b${c.split(' ')[0]}\\b`).test(sql));
  if (!kept.includes(true)) kept[0] = true;
  return {
    name: t.name,
    schema: columns.filter((_, i) => kept[i]).join(', '),
    rows: t.rows.map((r) => r.filter((_, i) => kept[i])),
  };
}
function splitColumns(schema: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let text = '';
  for (const ch of schema) {
    if (ch === '<' || ch === '(') depth++;
    if (ch === '>' || ch === ')') depth--;
    if (ch === ',' && depth === 0) {
      out.push(text.trim());
      text = '';
    } else text += ch;
  }
  return [...out, text.trim()];
}
