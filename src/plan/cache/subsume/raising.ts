import type { AttributeSet } from '../../expressions/expression.js';
import { AggregateExpression, type Expression } from '../../expressions/index.js';
import { columnEquality, Equivalence } from './equivalence.js';
import { Implication } from './implication.js';

/** May computing it raise an error for some row, or some group? Sums leave their type, which `throwable` does not tell. */
export function raises(e: Expression): boolean {
  return e.throwable || e.exists((x) => x instanceof AggregateExpression && aggregateRaises(x));
}

const SILENT: ReadonlySet<string> = new Set([
  'Count',
  'Min',
  'Max',
  'First',
  'Last',
  'AnyValue',
  'CollectList',
  'CollectSet',
]);

function aggregateRaises({ aggregateFunction: f, dataType }: AggregateExpression): boolean {
  if (f.mode !== 'ANSI' || SILENT.has(f.def.sparkClass)) return false;
  const sums = f.def.sparkClass === 'Sum' || f.def.sparkClass === 'Average';
  return !(sums && (dataType.kind === 'double' || dataType.kind === 'float'));
}

/** Conditions in the order in which they are asked: a row that one refuses is not shown to the next. */
export type Conditions = readonly Expression[];

/** Every one of `wanted` is known where all of `given` are. */
export function allFollow(wanted: Conditions, given: Conditions): boolean {
  if (wanted.length === 0) return true;
  const equal = new Equivalence(given);
  const known = new Implication(given, (e) => equal.key(e));
  return wanted.every((c) => {
    const pair = columnEquality(c);
    return pair ? equal.same(pair[0], pair[1]) : known.implies(c);
  });
}

export interface ConditionOrder {
  readonly query: Conditions;
  readonly entry: Conditions;
  /** Columns of each of the query's leaves, and of the entry's among them. */
  readonly queryLeaves: readonly AttributeSet[];
  readonly entryLeaves: number;
}

/** Would every row for which a condition of the query raises still be shown to it, or have raised when the entry was computed?
 * Conditions on one table are asked before joins; those on several, where the tables meet. */
export function raisesStay(order: ConditionOrder): boolean {
  return order.query.every((c, i) => !raises(c) || (staysBefore(order, c, i) && isPlaced(order, c)));
}

function staysBefore({ query, entry, entryLeaves }: ConditionOrder, c: Expression, i: number): boolean {
  const at = entry.findIndex((x) => sameCondition(x, c));
  // The entry's join has left out rows that are shown to a condition on one table.
  if (at < 0 && entryLeaves > 1) return false;
  return allFollow(at < 0 ? entry : entry.slice(0, at), query.slice(0, i));
}

/** The entry asks its conditions only of rows of which the query asks the same. */
export function raisesAlike(order: ConditionOrder): boolean {
  const { query, entry } = order;
  return entry.every((c, at) => {
    if (!raises(c)) return true;
    const i = query.findIndex((x) => sameCondition(x, c));
    return i >= 0 && isPlaced(order, c) && allFollow(query.slice(0, i), entry.slice(0, at));
  });
}

/** With three tables, which rows meet a condition on two depends on the order of the joins. */
function isPlaced({ queryLeaves }: ConditionOrder, c: Expression): boolean {
  if (queryLeaves.length < 3) return true;
  const { references } = c;
  return queryLeaves.filter((l) => l.intersects(references)).length < 2;
}

function sameCondition(a: Expression, b: Expression): boolean {
  return a.canonicalized.key === b.canonicalized.key;
}
