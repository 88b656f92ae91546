import type { Choices } from './choices.js';
import type { Column, Kind } from './schema.js';

/** An expression over columns, as text with holes. */
export interface Ex {
  readonly kind: Kind;
  readonly parts: readonly (string | Column | Ex)[];
  /** Another way to write it. */
  readonly otherwise?: readonly (string | Column | Ex)[];
  /** It is a truncation of this. */
  readonly truncates?: Ex;
}

/** @param name how columns are called here
 * @param flip write what can be written otherwise so */
export function text(e: Ex, name: (c: Column) => string, flip: boolean): string {
  const parts = flip && e.otherwise ? e.otherwise : e.parts;
  return parts.map((p) => (typeof p === 'string' ? p : 'parts' in p ? text(p, name, flip) : name(p))).join('');
}
export function columnsOf(e: Ex): Column[] {
  return e.parts.flatMap((p) => (typeof p === 'string' ? [] : 'parts' in p ? columnsOf(p) : [p]));
}
export const plain = (c: Column): Ex => ({ kind: c.kind, parts: [c] });

/** In ascending order. */
const LITERALS: Readonly<Record<Exclude<Kind, 'boolean'>, readonly string[]>> = {
  int: ['-1', '0', '1', '2', '3', '5'],
  bigint: ['-1', '0', '1', '2', '3', '5', '7'],
  double: ['-2.25D', '-0.0D', '0.0D', '1.5D', '100.125D', "double('Infinity')", "double('NaN')"],
  decimal: ['-2.25', '0.00', '1.50', '12.34'],
  date: ["date'1969-12-31'", "date'2024-02-29'", "date'2024-03-01'", "date'2024-03-31'", "date'2025-03-03'"],
  timestamp: [
    "timestamp'2024-02-29 00:00:00'",
    "timestamp'2024-02-29 12:30:00'",
    "timestamp'2024-03-08 23:59:59'",
    "timestamp'2024-03-31 00:00:07'",
  ],
  string: ["''", "'1'", "'2'", "'A'", "'a'", "'b'"],
};

/** A condition whose neighbours in strength are known. */
export type Condition =
  | { readonly op: '<' | '<=' | '>' | '>=' | '='; readonly of: Ex; readonly at: number; readonly literal: Literal }
  | { readonly op: 'in'; readonly of: Ex; readonly ats: readonly number[] }
  | { readonly op: 'not null'; readonly of: Ex }
  | { readonly op: 'or'; readonly either: readonly Condition[] }
  | { readonly op: 'plain'; readonly is: Ex };
/** How a literal is written: as the type wants it, or of another type. */
type Literal = 'own' | 'long' | 'decimal' | 'computed';

const COMPARISONS = ['>', '>=', '<', '<=', '>', '>=', '<', '<=', '='] as const;
const SWAPPED = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '=': '=' } as const;

function literal(kind: Kind, at: number, how: Literal): string {
  if (kind === 'boolean') return at % 2 === 0 ? 'true' : 'false';
  const own = LITERALS[kind][at % LITERALS[kind].length] as string;
  if (kind !== 'int' && kind !== 'bigint') return own;
  if (how === 'long') return `${own}L`;
  if (how === 'decimal') return `${own}.0`;
  return how === 'computed' ? `(${own} + 1 - 1)` : own;
}
const literals = (kind: Kind): number => (kind === 'boolean' ? 2 : LITERALS[kind].length);

export function conditionText(q: Condition, name: (c: Column) => string, flip: boolean): string {
  switch (q.op) {
    case 'in': {
      const list = q.ats.map((i) => literal(q.of.kind, i, 'own'));
      return `${text(q.of, name, flip)} IN (${(flip ? list.reverse() : list).join(', ')})`;
    }
    case 'not null':
      return `${text(q.of, name, flip)} IS NOT NULL`;
    case 'or': {
      const sides = q.either.map((e) => conditionText(e, name, flip));
      return `(${(flip ? sides.reverse() : sides).join(' OR ')})`;
    }
    case 'plain':
      return text(q.is, name, flip);
    default: {
      const left = text(q.of, name, flip);
      const right = literal(q.of.kind, q.at, q.literal);
      return flip ? `${right} ${SWAPPED[q.op]} ${left}` : `${left} ${q.op} ${right}`;
    }
  }
}
export function conditionColumns(q: Condition): Column[] {
  if (q.op === 'or') return q.either.flatMap(conditionColumns);
  return columnsOf(q.op === 'plain' ? q.is : q.of);
}

/** A condition on some of these. */
export function drawCondition(c: Choices, of: readonly Ex[], odd: number): Condition {
  const e = c.pick(of);
  const how = c.weighted<number>([
    [8, 0],
    [3, 1],
    [2, 2],
    [2, 3],
    [odd * 10, 4],
  ]);
  if (how === 1) return { op: 'in', of: e, ats: distinct([c.below(9), c.below(9), c.below(9)], literals(e.kind)) };
  if (how === 2) return { op: 'not null', of: e };
  if (how === 3) {
    const inner = { of: e, literal: 'own' } as const;
    const one = { ...inner, op: c.pick(COMPARISONS), at: c.below(literals(e.kind)) } as const;
    const other = c.pick(of);
    return { op: 'or', either: [one, { op: '=', of: other, at: c.below(literals(other.kind)), literal: 'own' }] };
  }
  if (how === 4) return { op: 'plain', is: drawPredicate(c, of) };
  const op = e.kind === 'boolean' ? '=' : c.pick(COMPARISONS);
  const written = c.weighted<Literal>([
    [8, 'own'],
    [1, 'long'],
    [1, 'decimal'],
    [1, 'computed'],
  ]);
  // The middle of the range leaves rows on both sides.
  const n = literals(e.kind);
  return {
    op,
    of: e,
    at: c.chance(0.3) ? c.below(n) : Math.min(n - 1, op.startsWith('<') ? n - 2 : 1),
    literal: written,
  };
}

function distinct(list: readonly number[], n: number): number[] {
  return [...new Set(list.map((i) => i % n))];
}

/** Those that pass pass the other too. */
export function stronger(c: Choices, q: Condition): Condition {
  switch (q.op) {
    case 'in': {
      if (c.chance(0.4)) return { op: '=', of: q.of, at: q.ats[c.below(q.ats.length)]!, literal: 'own' };
      const kept = c.some(q.ats, 0.6, 1);
      return { ...q, ats: kept };
    }
    case 'not null':
      return q.of.kind === 'boolean'
        ? { op: '=', of: q.of, at: c.below(2), literal: 'own' }
        : { op: c.pick(COMPARISONS), of: q.of, at: c.below(literals(q.of.kind)), literal: 'own' };
    case 'or':
      return c.pick(q.either);
    case '<':
    case '<=': {
      const at = Math.max(0, q.at - c.below(3));
      return drawWithin(c, q, q.op === '<' ? ['<'] : ['<=', '<'], at, at < q.at || q.op === '<=');
    }
    case '>':
    case '>=': {
      const at = Math.min(literals(q.of.kind) - 1, q.at + c.below(3));
      return drawWithin(c, q, q.op === '>' ? ['>'] : ['>=', '>'], at, at > q.at || q.op === '>=');
    }
    default:
      return q;
  }
}
type Comparing = Extract<Condition, { at: number }>;
function drawWithin(c: Choices, q: Comparing, ops: readonly Comparing['op'][], at: number, inside: boolean): Condition {
  if (inside && c.chance(0.15)) return { ...q, op: '=', at };
  return { ...q, op: c.pick(ops), at };
}

/** Perhaps less is asked: such a query must not be answered. */
export function weaker(c: Choices, q: Condition): Condition {
  switch (q.op) {
    case 'in':
      return { ...q, ats: distinct([...q.ats, c.below(9)], literals(q.of.kind)) };
    case '<':
    case '<=':
      return { ...q, op: '<=', at: Math.min(literals(q.of.kind) - 1, q.at + c.below(2)) };
    case '>':
    case '>=':
      return { ...q, op: '>=', at: Math.max(0, q.at - c.below(2)) };
    case '=':
      return q.of.kind === 'boolean' ? { op: 'not null', of: q.of } : { ...q, op: c.chance(0.5) ? '>=' : '<=' };
    case 'or':
      return { ...q, either: [...q.either, { op: 'not null', of: plain(conditionColumns(q)[0]!) }] };
    default:
      return q;
  }
}

/** Conditions that are nothing but themselves: null-safe, negated, between columns; some raise. */
function drawPredicate(c: Choices, of: readonly Ex[]): Ex {
  const e = c.pick(of);
  const same = of.filter((x) => x.kind === e.kind);
  const o = c.pick(same);
  const lit = literal(e.kind, c.below(5), 'own');
  const options: (readonly (string | Ex)[])[] = [
    [e, ' <=> ', lit],
    [e, ' IS NULL'],
    ['NOT (', e, ' = ', lit, ')'],
    [e, ' = ', o],
    [e, ' <= ', o],
    ['coalesce(', e, ' = ', lit, ', true)'],
    ['NOT (', e, ' IN (', lit, ', NULL))'],
    [e, ' IN (', lit, ', NULL)'],
    ['(', e, ' = ', lit, ') IS NOT TRUE'],
  ];
  if (e.kind === 'int' || e.kind === 'bigint') options.push(['10 / ', e, ' > 1'], ['try_divide(10, ', e, ') > 1']);
  if (e.kind === 'double') options.push(['isnan(', e, ')'], ['cast(', e, " AS string) = '-0.0'"]);
  if (e.kind === 'string') options.push(['cast(', e, ' AS int) > 0'], ['length(', e, ') = 1'], [e, " LIKE '%a'"]);
  const parts = c.pick(options);
  if (parts.length === 3 && parts[1] === ' = ') return { kind: 'boolean', parts, otherwise: [o, ' = ', e] };
  return { kind: 'boolean', parts };
}

/** Something computed from one or two of these. */
export function drawComputed(c: Choices, of: readonly Ex[]): Ex {
  const e = c.pick(of);
  const o = c.pick(of.filter((x) => x.kind === e.kind));
  const make = (kind: Kind, ...parts: (string | Ex)[]): Ex => ({ kind, parts });
  const commuted = (kind: Kind, op: string): Ex => ({
    kind,
    parts: ['(', e, op, o, ')'],
    otherwise: ['(', o, op, e, ')'],
  });
  switch (e.kind) {
    case 'int':
    case 'bigint':
      return c.pick<() => Ex>([
        () => make(e.kind, '(', e, ' % 3)'),
        () => make('bigint', '(cast(', e, ' AS bigint) * 2)'),
        () => commuted(e.kind, ' + '),
        () => make(e.kind, 'coalesce(', e, ', 0)'),
        () => make(e.kind, 'CASE WHEN ', e, ' > 1 THEN ', e, ' ELSE ', o, ' END'),
        () => make('double', '(100 / ', e, ')'),
        () => make('double', 'if(', e, ' <> 0, 100 / ', e, ', NULL)'),
        () => make('double', 'try_divide(100, ', e, ')'),
        () => make('boolean', '(', e, ' <=> ', o, ')'),
        () => make('string', 'cast(', e, ' AS string)'),
        () => make(e.kind, 'nullif(', e, ', ', o, ')'),
      ])();
    case 'double':
      return c.pick<() => Ex>([
        () => make('double', '(', e, ' * 2)'),
        () => commuted('double', ' + '),
        () => make('string', 'cast(', e, ' AS string)'),
        () => make('boolean', 'isnan(', e, ')'),
        () => make('double', 'nanvl(', e, ', 7D)'),
        () => make('double', 'atan2(', e, ', -1D)'),
        () => make('boolean', '(', e, ' > 0)'),
      ])();
    case 'decimal':
      return c.pick<() => Ex>([
        () => make('decimal', 'cast(', e, ' * 2 AS decimal(10,2))'),
        () => make('double', 'cast(', e, ' AS double)'),
        () => make('string', 'cast(', e, ' AS string)'),
        () => make('bigint', 'cast(', e, ' AS bigint)'),
      ])();
    case 'date':
      return c.pick<() => Ex>([
        () => make('int', 'year(', e, ')'),
        () => drawTruncated(c, e, c.pick(['fine', 'coarse'] as const)),
        () => make('date', 'date_add(', e, ', 1)'),
        () => make('string', 'cast(', e, ' AS string)'),
      ])();
    case 'timestamp':
      return c.pick<() => Ex>([
        () => make('int', 'hour(', e, ')'),
        () => drawTruncated(c, e, c.pick(['fine', 'coarse'] as const)),
        () => make('date', 'cast(', e, ' AS date)'),
      ])();
    case 'string':
      return c.pick<() => Ex>([
        () => make('string', 'upper(', e, ')'),
        () => make('int', 'length(', e, ')'),
        () => make('string', 'concat(', e, ', ', o, ')'),
        () => make('int', 'try_cast(', e, ' AS int)'),
        () => make('int', 'cast(', e, ' AS int)'),
      ])();
    default:
      return make('boolean', '(NOT ', e, ')');
  }
}

const MOMENT_UNITS = { fine: ['DAY', 'HOUR', 'MINUTE', 'MONTH'], coarse: ['MONTH', 'YEAR', 'QUARTER', 'WEEK', 'DAY'] };
/** DAY is none that a date can be truncated to: null. */
const DATE_UNITS = { fine: ['MONTH', 'MON', 'WEEK', 'DAY'], coarse: ['YEAR', 'QUARTER', 'YY', 'MONTH', 'WEEK'] };
export function drawTruncated(c: Choices, of: Ex, units: 'fine' | 'coarse'): Ex {
  if (of.kind === 'date')
    return { kind: 'date', parts: ['trunc(', of, `, '${c.pick(DATE_UNITS[units])}')`], truncates: of };
  return { kind: 'timestamp', parts: [`date_trunc('${c.pick(MOMENT_UNITS[units])}', `, of, ')'], truncates: of };
}
