import type { BoundExpr } from '../../eval/bound.js';
import type { DataType } from '../../types/index.js';
import type { JoinSpec, PhysicalSpec } from '../operators/spec.js';
import type { JoinTable } from './fragment.js';
import { type Fragment, isPlaced, withStep } from './piece.js';

/** Rows of a node whose columns `ordinals` are in no row of a finished join table may go early: the join above drops them
 * anyway. It pays where something costly (an aggregation, another join) lies between. */
export interface RuntimeFilter {
  readonly ordinals: readonly number[];
  readonly types: readonly DataType[];
  readonly nullSafe: readonly boolean[];
  readonly table: JoinTable;
  /** Likely part of the rows that stays. */
  readonly keeps: number;
}

/** Filters for each child, and those that go no further down than this node's own output. */
export interface RoutedFilters {
  readonly children: readonly (readonly RuntimeFilter[])[];
  readonly here: readonly RuntimeFilter[];
}

export const NO_FILTERS: RoutedFilters = { children: [[], []], here: [] };

/** Sends filters through nodes that neither make nor change the columns they look at. */
export function routeFilters(spec: PhysicalSpec, filters: readonly RuntimeFilter[]): RoutedFilters {
  if (filters.length === 0) return NO_FILTERS;
  const here: RuntimeFilter[] = [];
  const first: RuntimeFilter[] = [];
  const second: RuntimeFilter[] = [];
  const through = (f: RuntimeFilter, exprs: readonly (BoundExpr | undefined)[], into: RuntimeFilter[]): boolean => {
    const ordinals = f.ordinals.map((o) => inputOf(exprs[o]));
    if (ordinals.includes(-1)) return false;
    into.push({ ...f, ordinals });
    return true;
  };
  for (const f of filters) {
    switch (spec.op) {
      case 'filter':
        // The plain filter is cheaper, so it goes first where nothing else is below.
        if (isCheap(spec.child) || isPlaced(spec.condition)) here.push(f);
        else first.push(f);
        break;
      case 'exchange':
      case 'sort':
        first.push(f);
        break;
      case 'project':
        // Numbering must see all rows.
        if (spec.exprs.some(isPlaced) || !through(f, spec.exprs, first)) here.push(f);
        break;
      case 'aggregate':
        if (!through(f, spec.keys, first)) here.push(f);
        break;
      case 'window': {
        const keyed = new Set(spec.partitionKeys.map((k) => inputOf(k)));
        if (f.ordinals.every((o) => keyed.has(o))) first.push(f);
        else here.push(f);
        break;
      }
      case 'join':
        if (!routeJoin(spec, f, first, second)) here.push(f);
        break;
      default:
        here.push(f);
    }
  }
  return { children: [first, second], here };
}

function inputOf(expr: BoundExpr | undefined): number {
  return expr?.k === 'input' ? expr.ordinal : -1;
}

/** To the side that gives the columns, unless the join fills that side with nulls; over equal keys to both sides. */
function routeJoin(spec: JoinSpec, f: RuntimeFilter, left: RuntimeFilter[], right: RuntimeFilter[]): boolean {
  const split = spec.left.output.length;
  const { joinType } = spec;
  const leftOk = joinType !== 'right' && joinType !== 'full';
  const rightOk = joinType === 'inner' || joinType === 'right' || joinType === 'cross';
  const leftKeys = spec.leftKeys.map(inputOf);
  const rightKeys = spec.rightKeys.map(inputOf);
  const onLeft = f.ordinals.map((o) =>
    o < split ? o : joinType === 'inner' ? (leftKeys[rightKeys.indexOf(o - split)] ?? -1) : -1,
  );
  const onRight = f.ordinals.map((o) =>
    o >= split ? o - split : joinType === 'inner' || joinType === 'semi' ? (rightKeys[leftKeys.indexOf(o)] ?? -1) : -1,
  );
  let sent = false;
  if (leftOk && !onLeft.includes(-1)) {
    left.push({ ...f, ordinals: onLeft });
    sent = true;
  }
  if ((rightOk || joinType === 'semi') && !onRight.includes(-1)) {
    right.push({ ...f, ordinals: onRight });
    // Of a semi join only the left rows count; its right side merely gets smaller.
    sent ||= joinType !== 'semi';
  }
  return sent;
}

/** A source with at most filters and projections over it. */
function isCheap(spec: PhysicalSpec): boolean {
  switch (spec.op) {
    case 'filter':
    case 'project':
      return isCheap(spec.child);
    case 'scanCache':
    case 'scanParquet':
    case 'scanFile':
    case 'values':
    case 'shared':
    case 'range':
      return true;
    default:
      return false;
  }
}

/** Whether a filter on a join's probe side saves more than the probe itself would. */
export function isWorthFiltering(probe: PhysicalSpec): boolean {
  return !isCheap(probe);
}

/** The fragment without the rows that the filter rules out. */
export function applyFilter(fragment: Fragment, f: RuntimeFilter, id: number): Fragment {
  const keys = f.ordinals.map((ordinal, i): BoundExpr => ({ k: 'input', ordinal, type: f.types[i]!, nullable: true }));
  return withStep(fragment, {
    op: 'probe',
    id,
    joinType: 'semi',
    keys,
    nullSafe: f.nullSafe,
    condition: undefined,
    buildSide: 'right',
    nullAwareAnti: false,
    marksOnly: false,
    table: f.table,
    types: fragment.types,
    needed: [],
    output: fragment.types,
  });
}
