import type { Cell } from './cells.js';

export type Row = readonly Cell[];
/** What an engine answered. */
export type Outcome =
  | { readonly rows: readonly Row[]; readonly types: readonly string[] }
  | { readonly error: string; readonly message: string; readonly internal: boolean };

/** How two answers compare. */
export interface Comparison {
  /** Row order is defined. */
  readonly ordered: boolean;
  /** Columns whose last digits are not defined. */
  readonly fuzzy: readonly boolean[];
}

const RELATIVE = 1e-9;
/** Near zero, what cancels out in a fuzzy column leaves noise. */
const NOISE = 1e-6;

function sameCell(a: Cell, b: Cell, fuzzy: boolean): boolean {
  if (a === b) return true;
  if (typeof a === 'number' && typeof b === 'number') {
    const distance = Math.abs(a - b);
    return distance <= RELATIVE * Math.max(Math.abs(a), Math.abs(b)) || (fuzzy && distance <= NOISE);
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((x, i) => sameCell(x as Cell, b[i] as Cell, fuzzy));
  return false;
}
const sameRow = (a: Row, b: Row, fuzzy: readonly boolean[]) =>
  a.length === b.length && a.every((x, i) => sameCell(x, b[i] as Cell, fuzzy[i] === true));

/** The first difference of two row sets in words, or undefined where they agree. */
export function differenceOfRows(a: readonly Row[], b: readonly Row[], how: Comparison): string | undefined {
  if (a.length !== b.length) return `${a.length} rows against ${b.length}: ${sample(a, b, how)}`;
  if (how.ordered) {
    for (let i = 0; i < a.length; i++)
      if (!sameRow(a[i] as Row, b[i] as Row, how.fuzzy))
        return `row ${i}: ${JSON.stringify(a[i])} against ${JSON.stringify(b[i])}`;
    return undefined;
  }
  const rest = unmatched(a, b, how);
  return rest === undefined
    ? undefined
    : `only left ${JSON.stringify(rest[0].slice(0, 3))}, only right ${JSON.stringify(rest[1].slice(0, 3))}`;
}
function sample(a: readonly Row[], b: readonly Row[], how: Comparison): string {
  const [left, right] = unmatched(a, b, how) ?? [[], []];
  return `only left ${JSON.stringify(left.slice(0, 3))}, only right ${JSON.stringify(right.slice(0, 3))}`;
}
/** Rows of each side without a partner. Equal rows are paired by text first, what is left by tolerance. */
function unmatched(a: readonly Row[], b: readonly Row[], how: Comparison): [Row[], Row[]] | undefined {
  const counts = new Map<string, Row[]>();
  for (const r of b) {
    const key = JSON.stringify(r);
    const list = counts.get(key);
    if (list) list.push(r);
    else counts.set(key, [r]);
  }
  const left: Row[] = [];
  for (const r of a) {
    const list = counts.get(JSON.stringify(r));
    if (list && list.length > 0) list.pop();
    else left.push(r);
  }
  const right = [...counts.values()].flat();
  const open: Row[] = [];
  for (const r of left) {
    const i = right.findIndex((x) => sameRow(r, x, how.fuzzy));
    if (i >= 0) right.splice(i, 1);
    else open.push(r);
  }
  return open.length === 0 && right.length === 0 ? undefined : [open, right];
}
