import type { DataType } from '../../src/types/index.js';
import type { Expr, From, LateralView, OrderItem, Over, Query, Select } from './ast.js';
import { DUCK_AGGREGATES, DUCK_FUNCTIONS } from './duckdb-functions.js';
import { duckLiteral, duckType, NotMapped, sparkLiteral } from './literal.js';

/** Writes queries as SQL text. */
abstract class Printer {
  abstract literal(e: Expr): string;
  abstract call(e: Expr, args: readonly string[]): string;
  abstract aggregate(e: Expr, args: readonly string[]): string;
  abstract typeName(type: DataType): string;
  abstract tryCast(e: Expr, arg: string): string;
  abstract nullSafeEqual(a: string, b: string): string;
  abstract binary(e: Expr, a: string, b: string): string;
  abstract joinWord(type: string): string;
  abstract views(views: readonly LateralView[]): string;
  abstract checkOrder(e: Expr): void;

  expr(e: Expr): string {
    const args = e.op === 'agg' || e.op === 'win' ? [] : e.args.map((a) => this.expr(a));
    const [a = '', b = '', c = ''] = args;
    switch (e.op) {
      case 'col':
        return e.name as string;
      case 'lit':
        return this.literal(e);
      case 'fn':
        return this.call(e, args);
      case 'bin':
        return e.name === '<=>' ? this.nullSafeEqual(a, b) : this.binary(e, a, b);
      case 'not':
        return `(NOT ${a})`;
      case 'neg':
        return `(- ${a})`;
      case 'isnull':
        return `(${a} IS NULL)`;
      case 'isnotnull':
        return `(${a} IS NOT NULL)`;
      case 'cast':
        return `CAST(${a} AS ${this.typeName(e.type)})`;
      case 'trycast':
        return this.tryCast(e, a);
      case 'case': {
        let text = 'CASE';
        let i = 0;
        for (; i + 1 < args.length; i += 2) text += ` WHEN ${args[i]} THEN ${args[i + 1]}`;
        if (i < args.length) text += ` ELSE ${args[i]}`;
        return `(${text} END)`;
      }
      case 'in':
        return `(${a} IN (${args.slice(1).join(', ')}))`;
      case 'between':
        return `(${a} BETWEEN ${b} AND ${c})`;
      case 'like':
        return `(${a} LIKE ${b})`;
      case 'agg':
      case 'win':
        return this.aggregateCall(e);
      case 'grouping':
        return `${e.name}(${args.join(', ')})`;
      case 'scalar':
        return `(${this.query(e.query as Query)})`;
      case 'exists':
        return `${e.distinct ? 'NOT ' : ''}EXISTS (${this.query(e.query as Query)})`;
      case 'insub':
        return `(${args.length > 1 ? `(${args.join(', ')})` : a} ${e.distinct ? 'NOT ' : ''}IN (${this.query(e.query as Query)}))`;
      case 'lambda':
        return `${e.name?.includes(',') ? `(${e.name})` : e.name} -> ${a}`;
      case 'field':
        return this.field(a, e.name as string);
      case 'index':
        return `${a}[${b}]`;
      case 'text':
        return (e.name as string).replace(/\$(\d)/g, (_, i) => args[Number(i)] as string);
    }
  }

  private aggregateCall(e: Expr): string {
    let text = this.aggregate(
      e,
      e.args.map((x) => this.expr(x)),
    );
    if (e.filter) text += ` FILTER (WHERE ${this.expr(e.filter)})`;
    if (e.over) text += ` OVER (${this.over(e.over)})`;
    return text;
  }
  over(o: Over): string {
    const parts: string[] = [];
    if (o.partition.length > 0) parts.push(`PARTITION BY ${o.partition.map((p) => this.expr(p)).join(', ')}`);
    if (o.order.length > 0) parts.push(this.order(o.order));
    if (o.frame) parts.push(o.frame);
    return parts.join(' ');
  }
  order(items: readonly OrderItem[]): string {
    const list = items.map((o) => {
      this.checkOrder(o.expr);
      return `${this.expr(o.expr)} ${o.descending ? 'DESC' : 'ASC'} NULLS ${o.nullsFirst ? 'FIRST' : 'LAST'}`;
    });
    return `ORDER BY ${list.join(', ')}`;
  }

  query(q: Query): string {
    const parts: string[] = [];
    if (q.ctes.length > 0) parts.push(`WITH ${q.ctes.map((c) => `${c.name} AS (${this.query(c.query)})`).join(', ')}`);
    if (q.kind === 'set') {
      parts.push(`(${this.query(q.left)}) ${q.op}${q.all ? ' ALL' : ''} (${this.query(q.right)})`);
    } else parts.push(this.select(q));
    if (q.orderBy.length > 0) parts.push(this.order(q.orderBy));
    if (q.limit !== undefined) parts.push(`LIMIT ${q.limit}`);
    if (q.offset !== undefined) parts.push(`OFFSET ${q.offset}`);
    return parts.join(' ');
  }
  private select(q: Select): string {
    const hint = q.from && firstHint(q.from);
    const items = q.items.map((i) => `${this.expr(i.expr)} AS ${i.alias}`);
    const parts = [`SELECT ${hint ? this.hint(hint) : ''}${q.distinct ? 'DISTINCT ' : ''}${items.join(', ')}`];
    if (q.from) parts.push(`FROM ${this.from(q.from)}`);
    if (q.views.length > 0) parts.push(this.views(q.views));
    if (q.where) parts.push(`WHERE ${this.expr(q.where)}`);
    if (q.groupBy) {
      const exprs = q.groupBy.exprs.map((e) => this.expr(e));
      const { kind, sets } = q.groupBy;
      if (kind === 'plain') parts.push(exprs.length > 0 ? `GROUP BY ${exprs.join(', ')}` : '');
      else if (kind === 'sets')
        parts.push(
          `GROUP BY GROUPING SETS (${(sets ?? []).map((s) => `(${s.map((i) => exprs[i]).join(', ')})`).join(', ')})`,
        );
      else parts.push(`GROUP BY ${kind.toUpperCase()} (${exprs.join(', ')})`);
    }
    const having = [...(q.having ? [this.expr(q.having)] : []), ...this.groupsExist(q)];
    if (having.length > 0) parts.push(`HAVING ${having.join(' AND ')}`);
    return parts.filter((p) => p !== '').join(' ');
  }
  hint(_text: string): string {
    return '';
  }
  field(struct: string, name: string): string {
    return `${struct}.${name}`;
  }
  groupsExist(_q: Select): readonly string[] {
    return [];
  }
  private from(f: From): string {
    switch (f.kind) {
      case 'table':
        return `${f.name} AS ${f.alias}`;
      case 'sub':
        return `${f.lateral ? 'LATERAL ' : ''}(${this.query(f.query)}) AS ${f.alias}`;
      case 'join': {
        const on = f.on ? ` ON ${this.expr(f.on)}` : '';
        return `${this.from(f.left)} ${this.joinWord(f.type)} JOIN ${this.from(f.right)}${on}`;
      }
    }
  }
}

function firstHint(f: From): string | undefined {
  return f.kind === 'join' ? (f.hint ?? firstHint(f.left) ?? firstHint(f.right)) : undefined;
}

class SparkPrinter extends Printer {
  literal(e: Expr): string {
    return sparkLiteral(e.value ?? null, e.type);
  }
  call(e: Expr, args: readonly string[]): string {
    return `${e.name}(${args.join(', ')})`;
  }
  aggregate(e: Expr, args: readonly string[]): string {
    const inner = e.op === 'agg' && e.name === 'count' && args.length === 0 ? '*' : args.join(', ');
    const within = e.within ? ` WITHIN GROUP (${this.order(e.within)})` : '';
    return `${e.name}(${e.distinct ? 'DISTINCT ' : ''}${inner})${within}`;
  }
  typeName(type: DataType): string {
    return type.sql;
  }
  tryCast(e: Expr, arg: string): string {
    return `TRY_CAST(${arg} AS ${this.typeName(e.type)})`;
  }
  nullSafeEqual(a: string, b: string): string {
    return `(${a} <=> ${b})`;
  }
  binary(e: Expr, a: string, b: string): string {
    return `(${a} ${e.name} ${b})`;
  }
  joinWord(type: string): string {
    return type;
  }
  views(views: readonly LateralView[]): string {
    return views
      .map((v) => `LATERAL VIEW ${v.outer ? 'OUTER ' : ''}${this.expr(v.fn)} ${v.alias} AS ${v.names.join(', ')}`)
      .join(' ');
  }
  override hint(text: string): string {
    return `/*+ ${text} */ `;
  }
  checkOrder(): void {}
}

const nested = (t: DataType) => ['array', 'map', 'struct'].includes(t.kind);
/** DuckDB orders and compares these otherwise, or not at all. */
const special = (t: DataType) => nested(t) || t.kind === 'ym_interval' || t.kind === 'dt_interval';

/** Spark takes the null of `x IN (SELECT …)` for false, unless a filter asks for nothing else. */
function losesNull({ op, name, args }: Expr): boolean {
  const among = args.filter((x) => x.op === 'insub' || (x.op === 'not' && x.args[0]?.op === 'insub'));
  if (among.length === 0 || op === 'not' || (op === 'bin' && name === 'AND')) return false;
  return !(op === 'bin' && name === 'OR' && among.every((x) => x.op === 'insub' && !x.distinct));
}

class DuckPrinter extends Printer {
  literal(e: Expr): string {
    return duckLiteral(e.value ?? null, e.type);
  }
  call(e: Expr, args: readonly string[]): string {
    const print = DUCK_FUNCTIONS.get(e.name as string);
    if (!print) throw new NotMapped(e.name);
    const text = print(args, e);
    // DuckDB's own result types are often wider.
    return special(e.type) ? text : `CAST(${text} AS ${duckType(e.type)})`;
  }
  aggregate(e: Expr, args: readonly string[]): string {
    if (e.op === 'win') return `${e.name}(${args.join(', ')})`;
    const name = DUCK_AGGREGATES.get(e.name as string);
    if (!name || (e.name === 'count' && args.length > 1)) throw new NotMapped(e.name);
    const [first] = e.args;
    if (first && special(first.type) && e.name !== 'count')
      throw new NotMapped(`${e.name} of ${first.type.simpleString}`);
    // Spark rounds such averages to their scale; DuckDB gives doubles.
    if (e.name === 'avg' && first?.type.kind === 'decimal') throw new NotMapped('avg of decimals');
    const within = e.within ? ` ${this.order(e.within)}` : '';
    return `${name}(${e.distinct ? 'DISTINCT ' : ''}${args.length === 0 ? '*' : args.join(', ')}${within})`;
  }
  override expr(e: Expr): string {
    if (losesNull(e)) throw new NotMapped('IN (SELECT …) within an expression');
    const text = super.expr(e);
    // Over nulls only, DuckDB's is null.
    if (e.op === 'agg' && e.name === 'count_if') return `coalesce(${text}, 0)`;
    // Sums are HUGEINT there, decimals wider.
    if (e.op === 'agg' && (e.name === 'sum' || e.name === 'avg') && !e.over)
      return `CAST(${text} AS ${duckType(e.type)})`;
    if (e.op === 'win' && ['rank', 'dense_rank', 'row_number', 'ntile'].includes(e.name ?? ''))
      return `CAST(${text} AS INTEGER)`;
    if (e.op === 'agg' && e.name === 'sum' && e.over) return `CAST(${text} AS ${duckType(e.type)})`;
    return text;
  }
  typeName(type: DataType): string {
    return duckType(type);
  }
  tryCast(): string {
    throw new NotMapped('try_cast');
  }
  nullSafeEqual(a: string, b: string): string {
    return `(${a} IS NOT DISTINCT FROM ${b})`;
  }
  binary(e: Expr, a: string, b: string): string {
    const [x] = e.args;
    const compares = ['=', '<>', '<', '<=', '>', '>='].includes(e.name as string);
    if (compares && x && special(x.type)) throw new NotMapped(`comparison of ${x.type.simpleString}`);
    switch (e.name) {
      case 'div':
        return `(${a} // ${b})`;
      case '^':
        return `xor(${a}, ${b})`;
      case '+':
      case '-':
      case '*':
      case '%':
        return `CAST((${a} ${e.name} ${b}) AS ${duckType(e.type)})`;
      default:
        return `(${a} ${e.name} ${b})`;
    }
  }
  joinWord(type: string): string {
    return type.replace('LEFT SEMI', 'SEMI').replace('LEFT ANTI', 'ANTI');
  }
  views(views: readonly LateralView[]): string {
    return views
      .map((v) => {
        if (v.fn.name !== 'explode' || v.fn.args[0]?.type.kind !== 'array') throw new NotMapped(v.fn.name);
        const source = `LATERAL (SELECT unnest(${this.expr(v.fn.args[0])}) AS ${v.names[0]}) AS ${v.alias}`;
        return v.outer ? ` LEFT JOIN ${source} ON true` : ` CROSS JOIN ${source}`;
      })
      .join('');
  }
  override field(struct: string, name: string): string {
    return `struct_extract(${struct}, '${name}')`;
  }
  /** Over no rows, grouping sets give no row in Spark, one for each empty set in DuckDB. */
  override groupsExist(q: Select): readonly string[] {
    return q.groupBy && q.groupBy.kind !== 'plain' ? ['count(*) > 0'] : [];
  }
  checkOrder(e: Expr): void {
    if (special(e.type)) throw new NotMapped(`order of ${e.type.simpleString}`);
  }
}

const spark = new SparkPrinter();
const duck = new DuckPrinter();

/** The query in Spark's SQL. */
export function sparkSql(q: Query): string {
  return spark.query(q);
}
/** The query in DuckDB's SQL. @throws NotMapped by the rules of duckdb.md */
export function duckSql(q: Query): string {
  return duck.query(q);
}
