import fc from 'fast-check';
import { type Aggregate, type Block, blockText, type Item, type Style } from './block.js';
import { Choices, choices } from './choices.js';
import {
  type Condition,
  drawComputed,
  drawCondition,
  drawTruncated,
  type Ex,
  plain,
  stronger,
  weaker,
} from './expressions.js';
import { type Kind, TABLES } from './schema.js';

/** A query that is cached. */
export interface Entry {
  readonly sql: string;
  /** Settings of the session when it is analyzed, where they differ. */
  readonly conf: Readonly<Record<string, string>>;
  /** Its rows are there before the queries come. */
  readonly loaded: boolean;
  /** Its rows are not the same each time: beyond Spark's own rule nothing may be answered from it. */
  readonly refuse: boolean;
}
/** A query that it may answer, in whole or in part. */
export interface Query {
  readonly sql: string;
  /** Rows come in one order only. */
  readonly ordered: boolean;
  /** ORDER BY or LIMIT stands above what may be answered. */
  readonly top: boolean;
}
/** One cached query, and queries derived from it. */
export interface Family {
  readonly entry: Entry;
  readonly queries: readonly Query[];
}

/** Over the tables of `schema.ts`. Every query of a group is asked of every entry of it: as many pairs. */
export const groups: fc.Arbitrary<readonly Family[]> = fc.noBias(
  fc.array(family(4), { minLength: 1, maxLength: 4, size: 'max' }),
);

function family(most: number): fc.Arbitrary<Family> {
  return fc
    .record({
      entry: choices(110),
      entryLooks: choices(30),
      queries: fc.noBias(
        fc.array(fc.record({ query: choices(160), looks: choices(40) }), {
          minLength: 1,
          maxLength: most,
          size: 'max',
        }),
      ),
    })
    .map(({ entry, entryLooks, queries }) => {
      const block = drawEntry(new Choices(entry));
      const looked = dressEntry(new Choices(entryLooks), block);
      return {
        entry: looked.entry,
        queries: queries.map((q) => {
          const c = new Choices(q.query);
          const looks = new Choices(q.looks);
          // As Spark would find it.
          if (looks.chance(0.05)) return drawTop(looks, blockText(block, { ...looked.style, prefix: 'q' }), block, 'q');
          const drawn = block.keys ? fromGroups(c, block) : fromRows(c, block);
          return dressQuery(looks, drawn, looked.outer);
        }),
      };
    });
}

/** Sets of tables that joins connect, in the order that they are written. */
const CONNECTED = [['f'], ['f', 'd'], ['f', 'e'], ['f', 'd', 'g'], ['d', 'g'], ['f', 'd', 'e'], ['d']];
const SHAPES = ['flat', 'filter above', 'filter below', 'cte', 'renamed', 'split'] as const;

function columnsOfTables(tables: readonly string[]): Ex[] {
  return TABLES.filter((t) => tables.includes(t.name)).flatMap((t) => t.columns.map(plain));
}
const isPlain = (e: Ex): boolean => e.parts.length === 1 && e.truncates === undefined;

function drawStyle(c: Choices, prefix: string): Style {
  return {
    shape: c.weighted(SHAPES.map((s, i) => [i === 0 ? 4 : 1, s] as const)),
    joins: c.chance(0.3) ? 'where' : 'on',
    flip: c.chance(0.3),
    prefix,
  };
}

// ---- the cached plan

function drawEntry(c: Choices): Block {
  const tables = c.shuffle(c.pick(CONNECTED));
  const all = columnsOfTables(tables);
  const conditions: Condition[] = [];
  for (let n = c.weighted([[4, 0] as const, [4, 1], [1, 2]]); n > 0; n--) conditions.push(drawCondition(c, all, 0.1));
  if (c.chance(0.5)) return { ...drawGroups(c, all), tables, conditions, outer: 'no' };
  const kept = c.some(all, 0.6, 1);
  const items = [...kept];
  for (let n = c.weighted([[4, 0] as const, [2, 1], [1, 2]]); n > 0; n--)
    items.push(drawComputed(c, c.chance(0.7) ? kept : all));
  // What a query filters by had better be there.
  if (c.chance(0.7)) for (const q of conditions) if ('of' in q && !items.some((i) => i === q.of)) items.push(q.of);
  return { tables, conditions, items, keys: undefined, outer: 'no' };
}

const SUMMABLE: ReadonlySet<Kind> = new Set(['int', 'bigint', 'double', 'decimal']);

function drawAggregate(c: Choices, of: readonly Ex[], odd: number): Aggregate {
  const numbers = of.filter((x) => SUMMABLE.has(x.kind));
  const e = c.pick(numbers.length > 0 && c.chance(0.6) ? numbers : of);
  const fn = c.pick<Aggregate['fn']>(
    SUMMABLE.has(e.kind) ? ['sum', 'count', 'sum', 'min', 'sum', 'max', 'avg'] : ['count', 'min', 'max'],
  );
  const distinct = c.chance(odd);
  const filter = c.chance(odd) ? drawCondition(c, of, 0) : undefined;
  if (c.chance(odd / 2)) return { fn: SUMMABLE.has(e.kind) ? 'try_sum' : 'max_by', of: e, distinct: false, filter };
  if (fn === 'count' && !distinct && c.chance(0.6)) return { fn, of: undefined, distinct, filter };
  return { fn, of: e, distinct, filter };
}

/** Keys in any of three forms; sums come with counts, as averages need them, of their values or of all rows. */
function drawGroups(c: Choices, all: readonly Ex[]): { items: Item[]; keys: Ex[] } {
  const keys: Ex[] = [];
  for (let n = c.weighted([[4, 2] as const, [3, 1], [3, 3], [1, 0]]); n > 0; n--) keys.push(drawKey(c, all));
  const items: Item[] = c.chance(0.9) ? [...keys] : c.some(keys, 0.5);
  for (let n = 1 + c.below(4); n > 0; n--) {
    const aggregate = drawAggregate(c, all, 0.05);
    items.push({ around: ['', ''], aggregate });
    if (aggregate.fn === 'sum' && c.chance(0.5))
      items.push({ around: ['', ''], aggregate: { ...aggregate, fn: 'count' } });
  }
  if (c.chance(0.7))
    items.push({ around: ['', ''], aggregate: { fn: 'count', of: undefined, distinct: false, filter: undefined } });
  return { items, keys };
}
function drawKey(c: Choices, all: readonly Ex[]): Ex {
  const how = c.weighted<number>([
    [5, 0],
    [4, 1],
    [1, 2],
  ]);
  const moments = all.filter((e) => (e.kind === 'date' || e.kind === 'timestamp') && isPlain(e));
  if (how === 1 && moments.length > 0) return drawTruncated(c, c.pick(moments), c.chance(0.8) ? 'fine' : 'coarse');
  if (how === 2) return drawComputed(c, all);
  // Keys of few values make groups.
  return c.pick(all.filter((e) => e.kind !== 'bigint' || c.chance(0.3)).concat(all.slice(-1)));
}

// ---- queries of it

/** The same tables in another order, perhaps further ones. */
function drawTables(c: Choices, tables: readonly string[], further: number): string[] {
  let out = c.chance(0.5) ? c.shuffle(tables) : [...tables];
  for (const t of TABLES) {
    if (!t.join || out.includes(t.name)) continue;
    if (out.includes(t.join.to) && c.chance(further)) out.splice(c.below(out.length + 1), 0, t.name);
  }
  if (out.length > 1 && c.chance(0.03)) out = out.slice(1);
  return out;
}

function drawConditions(c: Choices, entry: Block, pool: readonly Ex[], tables: readonly string[]): Condition[] {
  const known = new Set(tables);
  const out = entry.conditions.flatMap((q) => {
    const how = c.weighted<number>([
      [14, 0],
      [6, 1],
      [0.7, 2],
      [0.4, 3],
    ]);
    return how === 0 ? [q] : how === 1 ? [stronger(c, q)] : how === 2 ? [weaker(c, q)] : [];
  });
  if (pool.length > 0)
    for (let n = c.weighted([[6, 0] as const, [4, 1], [0.6, 2]]); n > 0; n--) out.push(drawCondition(c, pool, 0.15));
  if (c.chance(0.04)) out.push(drawCondition(c, columnsOfTables([...known]), 0.1));
  return c.chance(0.3) ? c.shuffle(out) : out;
}

function fromRows(c: Choices, entry: Block): Block {
  const tables = drawTables(c, entry.tables, 0.2);
  const added = tables.filter((t) => !entry.tables.includes(t));
  const held = entry.items as readonly Ex[];
  const pool = [...held, ...columnsOfTables(added)];
  const any = columnsOfTables(tables);
  const conditions = drawConditions(c, entry, pool, tables);
  const item = (): Ex => {
    if (c.chance(0.03)) return c.pick(any);
    const how = c.weighted<number>([
      [5, 0],
      [3, 1],
      [0.5, 2],
    ]);
    if (how === 0) return c.pick(pool);
    return how === 1 ? drawComputed(c, pool) : drawComputed(c, [drawComputed(c, pool), ...pool]);
  };
  const base = { tables, conditions, outer: 'no' } as const;
  const how = c.weighted<number>([
    [5, 0],
    [2, 1],
    [4, 2],
  ]);
  if (how === 0) {
    const n = 1 + c.below(4);
    return { ...base, items: Array.from({ length: n }, item), keys: undefined };
  }
  // All of it, in another order.
  if (how === 1) return { ...base, items: c.shuffle(held), keys: undefined };
  const keys = Array.from({ length: c.below(3) }, item);
  const items: Item[] = [...keys];
  for (let n = 1 + c.below(3); n > 0; n--)
    items.push(wrapped(c, drawAggregate(c, c.chance(0.97) ? pool : any, 0.08), undefined));
  return { ...base, items: c.shuffle(items), keys };
}

/** Now and then something is computed from an aggregate. */
function wrapped(c: Choices, aggregate: Aggregate, over: Aggregate | undefined): Item {
  const numeric = aggregate.fn === 'count' || aggregate.fn === 'sum';
  if (over && c.chance(0.4)) return { around: ['(', ')'], aggregate, over };
  if (numeric && c.chance(0.25))
    return {
      around: c.pick([
        ['(1 + ', ')'],
        ['(', ' * 2)'],
        ['(', ') IS NULL'],
      ]),
      aggregate,
    };
  return { around: ['', ''], aggregate };
}

function fromGroups(c: Choices, entry: Block): Block {
  const tables = drawTables(c, entry.tables, 0.03);
  const theirs = entry.keys!;
  const any = columnsOfTables(tables);
  const key = (k: Ex): Ex => {
    if (k.truncates && c.chance(0.7)) return drawTruncated(c, k.truncates, c.chance(0.9) ? 'coarse' : 'fine');
    if (c.chance(0.12)) return drawComputed(c, theirs);
    return k;
  };
  const held = entry.items.flatMap((i) => ('parts' in i ? [] : [i.aggregate]));
  const moments = theirs.flatMap((k) => (k.truncates ? [k.truncates] : []));
  if (moments.length > 0 && c.chance(0.2)) {
    const coarser = moments.map((m) => drawTruncated(c, m, c.chance(0.8) ? 'coarse' : 'fine'));
    const sums = c.some(held, 0.6, 1).map((aggregate): Item => ({ around: ['', ''], aggregate }));
    return { ...entry, items: [...coarser, ...sums], keys: coarser };
  }
  const same = c.chance(0.25);
  const kept = same ? c.shuffle(theirs) : c.some(theirs, 0.55).map(key);
  const keys = c.chance(0.03) ? [...kept, c.pick(any)] : kept;
  const conditions = drawConditions(c, entry, theirs, tables);
  const items: Item[] = c.chance(0.9) ? [...keys] : c.some(keys, 0.5);
  for (let n = (keys.length > 0 ? 0 : 1) + c.below(4); n > 0; n--) items.push(drawItem(c, held, theirs, any));
  if (items.length === 0) items.push({ around: ['', ''], aggregate: held[0]! });
  return { tables, conditions, items: c.shuffle(items), keys, outer: 'no' };
}

function drawItem(c: Choices, held: readonly Aggregate[], theirs: readonly Ex[], any: readonly Ex[]): Item {
  const how = c.weighted<number>([
    [10, 0],
    [0.5, 1],
    [0.5, 2],
    [0.5, 3],
  ]);
  if (how === 1) return wrapped(c, { fn: 'count', of: undefined, distinct: false, filter: undefined }, undefined);
  if (how === 2 && theirs.length > 0) return wrapped(c, drawAggregate(c, theirs, 0.1), undefined);
  if (how === 3) return wrapped(c, drawAggregate(c, any, 0.1), undefined);
  const a = c.pick(held);
  if (a.fn === 'sum' && c.chance(0.6)) return { around: ['', ''], aggregate: { ...a, fn: 'avg' } };
  if (c.chance(0.02))
    return { around: ['', ''], aggregate: { ...a, distinct: a.of !== undefined && a.fn !== 'max_by' } };
  return wrapped(c, a, c.pick(held.filter((x) => x.fn === 'count' || x.fn === 'sum').concat(a)));
}

// ---- what does not fit in, and what stands on top

interface Dressed {
  readonly entry: Entry;
  readonly outer: Block['outer'];
  readonly style: Style;
}
const OUTER = ['left', 'full'] as const;

function dressEntry(c: Choices, block: Block): Dressed {
  const style = drawStyle(c, 'c');
  const conf: Record<string, string> = {};
  if (c.chance(0.02)) conf['spark.sql.session.timeZone'] = 'America/New_York';
  if (c.chance(0.02)) conf['spark.sql.ansi.enabled'] = 'false';
  const loaded = !c.chance(0.35);
  const make = (b: Block, before = '', after = '', refuse = false): Dressed => ({
    entry: { sql: before + blockText(b, style) + after, conf, loaded, refuse },
    outer: b.outer,
    style,
  });
  if (!c.chance(0.12)) return make(block);
  const uuid: Block = { ...block, items: [...block.items, { kind: 'string', parts: ['uuid()'] }] };
  const moment: Condition = { op: 'plain', is: { kind: 'boolean', parts: ["now() > timestamp'2020-01-01'"] } };
  return c.pick<() => Dressed>([
    () => make({ ...block, outer: c.pick(OUTER) }),
    () => make({ ...block, outer: c.pick(OUTER) }),
    () => make(block, 'SELECT * FROM (', ') LIMIT 3', true),
    () => (block.keys ? make(block) : make(uuid, '', '', true)),
    () => make(block, 'SELECT *, rand() AS z FROM (', ')', true),
    () => make({ ...block, conditions: [...block.conditions, moment] }),
    () => make(block, 'SELECT DISTINCT * FROM (', ')'),
    () => make(block, 'SELECT *, row_number() OVER (ORDER BY c0) AS z FROM (', ')', true),
    () => make(block, 'SELECT * FROM (', ') ORDER BY 1'),
  ])();
}

function dressQuery(c: Choices, drawn: Block, theirs: Block['outer']): Query {
  const style = drawStyle(c, c.chance(0.5) ? 'c' : 'q');
  const never: Condition = {
    op: 'plain',
    is: { kind: 'boolean', parts: [c.pick(['1 = 0', 'cast(NULL AS boolean)', '1 + 1 = 2'])] },
  };
  let block = theirs !== 'no' && c.chance(0.5) ? { ...drawn, outer: theirs } : drawn;
  if (c.chance(0.02)) block = { ...block, conditions: [...block.conditions, never] };
  if (c.chance(0.02)) block = { ...block, outer: c.pick(OUTER) };
  return drawTop(c, blockText(block, style), block, style.prefix);
}

function drawTop(c: Choices, sql: string, block: Block, prefix: string): Query {
  const none: Query = { sql, ordered: false, top: false };
  const all = block.items.map((_, i) => i + 1).join(', ');
  const how = c.weighted<number>([
    [12, 0],
    [3, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [1, 5],
    [0.7, 6],
  ]);
  if (how === 1) {
    const direction = c.chance(0.3) ? ` DESC` : '';
    const order = block.items.map((_, i) => `${i + 1}${direction}`).join(', ');
    return { sql: `SELECT * FROM (${sql}) ORDER BY ${order} LIMIT ${1 + c.below(6)}`, ordered: true, top: true };
  }
  if (how === 2) return { sql: `SELECT * FROM (${sql}) ORDER BY ${all}`, ordered: true, top: true };
  if (how === 3) return { ...none, sql: `SELECT DISTINCT * FROM (${sql})` };
  if (how === 4) return { ...none, sql: `SELECT * FROM (${sql}) WHERE ${prefix}0 IS NOT NULL` };
  if (how === 5)
    return {
      ...none,
      sql: `SELECT * FROM (${sql}) a LEFT JOIN (SELECT DISTINCT d_s FROM d) b ON d_s = cast(${prefix}0 AS string)`,
    };
  if (how === 6) return { ...none, sql: `SELECT count(*), count(${prefix}0) FROM (${sql})` };
  return none;
}
