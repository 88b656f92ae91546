import { type Condition, columnsOf, conditionColumns, conditionText, type Ex, text } from './expressions.js';
import { type Column, TABLES } from './schema.js';

/** An aggregate of the rows of a group. */
export interface Aggregate {
  readonly fn: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'try_sum' | 'max_by' | 'stddev';
  /** None: the rows. */
  readonly of: Ex | undefined;
  readonly distinct: boolean;
  readonly filter: Condition | undefined;
}
/** What is selected: an expression, or with grouping also aggregates with text around them. */
export type Item =
  | Ex
  | { readonly around: readonly [string, string]; readonly aggregate: Aggregate; readonly over?: Aggregate };

/** Select, join, filter, perhaps group: what can be written in many ways. */
export interface Block {
  readonly tables: readonly string[];
  readonly outer: 'no' | 'left' | 'full';
  readonly conditions: readonly Condition[];
  readonly items: readonly Item[];
  /** Undefined: no grouping. */
  readonly keys: readonly Ex[] | undefined;
}
/** How a block is written. */
export interface Style {
  readonly shape: 'flat' | 'filter above' | 'filter below' | 'cte' | 'renamed' | 'split';
  readonly joins: 'on' | 'where';
  readonly flip: boolean;
  /** Of the names of the columns that come out. */
  readonly prefix: string;
}

const isItemOfRows = (i: Item): i is Ex => 'parts' in i;

function aggregateText(a: Aggregate, name: (c: Column) => string, flip: boolean): string {
  const of = a.of ? text(a.of, name, flip) : '*';
  const call = a.fn === 'max_by' ? `max_by(${of}, ${of})` : `${a.fn}(${a.distinct ? 'DISTINCT ' : ''}${of})`;
  return a.filter ? `${call} FILTER (WHERE ${conditionText(a.filter, name, flip)})` : call;
}
function itemText(i: Item, name: (c: Column) => string, flip: boolean): string {
  if (isItemOfRows(i)) return text(i, name, flip);
  const over = i.over ? ` / ${aggregateText(i.over, name, flip)}` : '';
  return `${i.around[0]}${aggregateText(i.aggregate, name, flip)}${over}${i.around[1]}`;
}
function itemColumns(i: Item): Column[] {
  if (isItemOfRows(i)) return columnsOf(i);
  return [i.aggregate, ...(i.over ? [i.over] : [])].flatMap((a) => [
    ...(a.of ? columnsOf(a.of) : []),
    ...(a.filter ? conditionColumns(a.filter) : []),
  ]);
}

/** Tables with the conditions that join them, each where both sides are there. */
function fromText(b: Block, style: Style): { from: string; where: string[] } {
  const done = new Set<string>();
  let from = '';
  const where: string[] = [];
  for (const name of b.tables) {
    done.add(name);
    const on = TABLES.flatMap((t) => {
      if (!t.join || !done.has(t.name) || !done.has(t.join.to) || (t.name !== name && t.join.to !== name)) return [];
      return style.flip ? [`${t.join.theirs} = ${t.join.mine}`] : [`${t.join.mine} = ${t.join.theirs}`];
    });
    if (from === '') from = name;
    else if (b.outer !== 'no') from += ` ${b.outer.toUpperCase()} JOIN ${name} ON ${on.join(' AND ') || 'true'}`;
    else if (style.joins === 'where') {
      from += `, ${name}`;
      where.push(...on);
    } else from += on.length > 0 ? ` JOIN ${name} ON ${on.join(' AND ')}` : ` CROSS JOIN ${name}`;
  }
  return { from, where };
}

/** The block as SQL; its columns are called `<prefix>0` and so on. */
export function blockText(b: Block, style: Style): string {
  const own = (c: Column) => c.name;
  const renamed = (c: Column) => `y_${c.name}`;
  const { flip } = style;
  const { from, where } = fromText(b, style);
  const conditions = (
    list: readonly Condition[],
    name: (c: Column) => string,
    also: readonly string[] = [],
  ): string => {
    const all = [...also, ...list.map((q) => conditionText(q, name, flip))];
    return all.length > 0 ? ` WHERE ${all.join(' AND ')}` : '';
  };
  const select = (source: string, rest: string, name: (c: Column) => string): string => {
    const items = b.items.map((i, at) => `${itemText(i, name, flip)} AS ${style.prefix}${at}`);
    const keys = b.keys && b.keys.length > 0 ? ` GROUP BY ${b.keys.map((k) => text(k, name, flip)).join(', ')}` : '';
    return `SELECT ${items.join(', ')} FROM ${source}${rest}${keys}`;
  };
  switch (style.shape) {
    case 'flat':
      return select(from, conditions(b.conditions, own, where), own);
    case 'filter above':
      return select(`(SELECT * FROM ${from}${conditions([], own, where)})`, conditions(b.conditions, own), own);
    case 'filter below':
      return select(`(SELECT * FROM ${from}${conditions(b.conditions, own, where)})`, '', own);
    case 'cte': {
      const body = `SELECT * FROM ${from}${conditions(b.conditions, own, where)}`;
      return `WITH x AS (${body}) ${select('x', '', own)}`;
    }
    case 'split': {
      const below = `SELECT * FROM ${from}${conditions(b.conditions.slice(0, 1), own, where)}`;
      return select(`(${below})`, conditions(b.conditions.slice(1), own), own);
    }
    case 'renamed': {
      const used = new Map<string, Column>();
      const all = [...b.items.flatMap(itemColumns), ...b.conditions.flatMap(conditionColumns)];
      for (const c of [...all, ...(b.keys ?? []).flatMap(columnsOf)]) used.set(c.name, c);
      const list = [...used.values()].map((c) => `${c.name} AS ${renamed(c)}`);
      const inner = `SELECT ${list.length > 0 ? list.join(', ') : '1 AS one'} FROM ${from}${conditions([], own, where)}`;
      return select(`(${inner})`, conditions(b.conditions, renamed), renamed);
    }
  }
}
