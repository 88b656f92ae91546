import type { PlainTable } from '../fuzz/cells.js';
import type { Choices } from './choices.js';

export type Kind = 'int' | 'bigint' | 'double' | 'decimal' | 'date' | 'timestamp' | 'string' | 'boolean';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}
export interface TableShape {
  readonly name: string;
  readonly columns: readonly Column[];
  /** How it joins to a table before it. */
  readonly join?: { readonly to: string; readonly theirs: string; readonly mine: string };
}

const SQL_TYPES: Readonly<Record<Kind, string>> = {
  int: 'INT',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  decimal: 'DECIMAL(10,2)',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  string: 'STRING',
  boolean: 'BOOLEAN',
};

function columns(text: string): Column[] {
  return text.split(' ').map((c) => {
    const [name, kind] = c.split(':');
    return { name: name as string, kind: kind as Kind };
  });
}

/** A star with one chain: `f` in the middle, `g` behind `d`. Names of columns are unique. */
export const TABLES: readonly TableShape[] = [
  {
    name: 'f',
    columns: columns(
      'f_id:bigint f_k:int f_j:int f_i:bigint f_n:int f_d:double f_m:decimal f_dt:date f_ts:timestamp f_s:string f_b:boolean f_x:bigint',
    ),
  },
  {
    name: 'd',
    columns: columns('d_k:int d_v:int d_s:string d_d:double'),
    join: { to: 'f', theirs: 'f_k', mine: 'd_k' },
  },
  {
    name: 'e',
    columns: columns('e_k:int e_m:decimal e_dt:date'),
    join: { to: 'f', theirs: 'f_j', mine: 'e_k' },
  },
  { name: 'g', columns: columns('g_k:int g_v:bigint'), join: { to: 'd', theirs: 'd_v', mine: 'g_k' } },
];
export const ALL_COLUMNS: readonly Column[] = TABLES.flatMap((t) => t.columns);

const DAY = 86_400_000_000n;
const at = (day: number, seconds: number) => String(BigInt(day) * DAY + BigInt(seconds) * 1_000_000n);
/** Few values, so that groups and joins meet. */
const VALUES: Readonly<Record<Kind, readonly string[]>> = {
  int: ['0', '1', '2', '3', '-1', '5'],
  bigint: ['0', '1', '2', '3', '-1', '5', '7'],
  double: ['0', '-0', '1.5', '-2.25', 'NaN', '100.125', 'Infinity'],
  decimal: ['0.00', '1.50', '-2.25', '12.34', '99999999.99'],
  date: ['19782', '19783', '19790', '19813', '19850', '20150', '-1'],
  timestamp: [at(19782, 0), at(19782, 45_000), at(19783, 3661), at(19790, 86_399), at(19813, 7), at(20150, 50_000)],
  string: ['a', 'b', 'A', '', '1', '2', 'x y'],
  boolean: ['true', 'false'],
};
/** Two of them leave 64 bits, which an average does not mind. */
const HUGE = '6000000000000000000';

/** Rows of the tables: duplicates, nulls, NaN, both zeros; now and then none at all. */
export function drawTables(c: Choices): PlainTable[] {
  return TABLES.map((t) => {
    const fact = t.name === 'f';
    const rows = c.chance(0.04) ? 0 : fact ? 12 + c.below(28) : 4 + c.below(7);
    const huge = c.chance(0.3);
    const nulls = t.columns.map(() => c.weighted([[4, 0.15] as const, [2, 0], [1, 0.5]]));
    return {
      name: t.name,
      schema: t.columns.map((x) => `${x.name} ${SQL_TYPES[x.kind]}`).join(', '),
      rows: Array.from({ length: rows }, (_, r) =>
        t.columns.map((x, i) => {
          if (x.name === 'f_id') return String(r);
          if (x.name !== 'g_k' && c.chance(nulls[i]!)) return null;
          if (x.name === 'f_x' && huge && c.chance(0.3)) return HUGE;
          const v = c.pick(VALUES[x.kind]);
          return x.kind === 'double' && v !== '-0' && Number.isFinite(Number(v)) ? Number(v) : v;
        }),
      ),
    };
  });
}
