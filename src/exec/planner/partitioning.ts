import type { Expression } from '../../plan/expressions/expression.js';
import type { SortOrder } from '../../plan/expressions/named.js';
import type { Attributes } from '../../plan/logical/logical-plan.js';

/** How a physical node's rows are spread. Spark: `Partitioning`. */
export type Partitioning =
  | { readonly kind: 'unknown'; readonly numPartitions: number }
  | { readonly kind: 'single'; readonly numPartitions: 1 }
  | { readonly kind: 'hash'; readonly expressions: readonly Expression[]; readonly numPartitions: number }
  | { readonly kind: 'range'; readonly ordering: readonly SortOrder[]; readonly numPartitions: number }
  | { readonly kind: 'roundRobin'; readonly numPartitions: number }
  | { readonly kind: 'broadcast'; readonly numPartitions: 1 }
  /** Several that hold at once: after an inner join, by either side's keys. */
  | { readonly kind: 'collection'; readonly members: readonly Partitioning[]; readonly numPartitions: number };

/** What a node asks of a child's rows. Spark: `Distribution`. */
export type Distribution =
  | { readonly kind: 'unspecified' }
  | { readonly kind: 'allTuples' }
  | { readonly kind: 'clustered'; readonly expressions: readonly Expression[]; readonly requireAll?: boolean }
  | { readonly kind: 'ordered'; readonly ordering: readonly SortOrder[] }
  | { readonly kind: 'broadcast' };

export const UNSPECIFIED: Distribution = { kind: 'unspecified' };
export const ALL_TUPLES: Distribution = { kind: 'allTuples' };
export const SINGLE: Partitioning = { kind: 'single', numPartitions: 1 };

export function unknown(numPartitions: number): Partitioning {
  return { kind: 'unknown', numPartitions };
}

/** The same with other expressions. */
export function mapPartitioning(p: Partitioning, f: (e: Expression) => Expression): Partitioning {
  switch (p.kind) {
    case 'hash':
      return { ...p, expressions: p.expressions.map(f) };
    case 'range':
      return { ...p, ordering: p.ordering.map((o) => f(o) as SortOrder) };
    case 'collection':
      return { ...p, members: p.members.map((m) => mapPartitioning(m, f)) };
    default:
      return p;
  }
}

/** How the plan that fills a cached relation spreads its rows, over that plan's columns. */
export interface Spread {
  readonly output: Attributes;
  readonly partitioning: Partitioning;
}

/** Spark: `Partitioning.satisfies`. */
export function satisfies(p: Partitioning, d: Distribution): boolean {
  if (d.kind === 'unspecified') return true;
  if (d.kind === 'broadcast') return p.kind === 'broadcast';
  if (p.kind === 'collection') return p.members.some((m) => satisfies(m, d));
  if (p.kind === 'broadcast') return false;
  // Where Spark does not know how rows are spread it also does not know that there is one partition.
  if (d.kind === 'allTuples') return p.kind !== 'unknown' && p.numPartitions === 1;
  if (p.kind === 'single') return true;
  if (d.kind === 'clustered') {
    if (p.kind === 'hash') {
      const keys = p.expressions;
      if (d.requireAll)
        return (
          keys.length === d.expressions.length && keys.every((k, i) => k.semanticEquals(d.expressions[i] as Expression))
        );
      return keys.length > 0 && keys.every((k) => d.expressions.some((e) => e.semanticEquals(k)));
    }
    if (p.kind === 'range') return p.ordering.every((o) => d.expressions.some((e) => e.semanticEquals(o.child)));
    return false;
  }
  // An ordering is met by a range over a prefix of it, or that it is a prefix of.
  if (p.kind !== 'range') return false;
  const n = Math.min(p.ordering.length, d.ordering.length);
  return p.ordering.slice(0, n).every((o, i) => sameOrder(o, d.ordering[i] as SortOrder));
}

export function sameOrder(a: SortOrder, b: SortOrder): boolean {
  return a.direction === b.direction && a.nullOrdering === b.nullOrdering && a.child.semanticEquals(b.child);
}

/** Whether `required` is a prefix of `given`. Spark: `SortOrder.orderingSatisfies`. */
export function orderingSatisfies(given: readonly SortOrder[], required: readonly SortOrder[]): boolean {
  return required.length <= given.length && required.every((o, i) => sameOrder(given[i] as SortOrder, o));
}
