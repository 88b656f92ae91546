import { equalTypes } from '../../../types/index.js';
import { containsAggregate } from '../../expressions/aggregate.js';
import { AttributeSet } from '../../expressions/expression.js';
import {
  Alias,
  AttributeReference,
  Cast,
  type Expression,
  RuntimeReplaceable,
  ScalarCall,
} from '../../expressions/index.js';
import { splitConjuncts } from '../../expressions/predicates.js';
import { SubqueryExpression } from '../../expressions/subquery.js';
import {
  Aggregate,
  CTERelationRef,
  Distinct,
  Filter,
  Join,
  Project,
  ResolvedHint,
  Sort,
  SubqueryAlias,
  View,
  WithCTE,
} from '../../logical/index.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { foldConstant } from '../../optimizer/constant-folding.js';

/** A query of select, project, inner join and at most one grouping on top, taken apart. All expressions are over the columns of
 * the leaves; projections in between are dissolved. Goldstein and Larson, SIGMOD 2001: "SPJG". */
export interface Block {
  /** What is not of that form, in the order of the joins. */
  readonly leaves: readonly LogicalPlan[];
  /** Rows of the leaves' product for which all are true. */
  readonly conjuncts: readonly Expression[];
  /** Present if rows are grouped; empty for one group of all rows. */
  readonly grouping: readonly Expression[] | undefined;
  /** One per output column; with grouping they may hold aggregates. */
  readonly outputs: readonly Expression[];
}

interface Parts {
  readonly leaves: LogicalPlan[];
  readonly conjuncts: Expression[];
  readonly grouping: readonly Expression[] | undefined;
  /** What the columns stand for, by id. Columns of leaves stand for themselves. */
  readonly values: ReadonlyMap<number, Expression>;
}

/** @param entry a sort on top does not count: what is cached is read as rows without order
 * @returns undefined if the plan is a leaf as a whole, or has parts that give other results each time */
export function blockOf(plan: LogicalPlan, entry: boolean): Block | undefined {
  const parts = partsOf(entry && plan instanceof Sort ? plan.child : plan, new Map());
  if (!parts || parts.leaves[0] === plan) return undefined;
  const outputs = plan.output.map((a) => substitute(a, parts.values));
  const all = [...outputs, ...parts.conjuncts, ...(parts.grouping ?? [])];
  if (!all.every((e) => e.deterministic) || !parts.leaves.every((l) => l.deterministic)) return undefined;
  if (plan.exists((p) => CUTS.has(p.kind) || p.expressions.some(dependsOnQuery))) return undefined;
  return { leaves: parts.leaves, conjuncts: parts.conjuncts, grouping: parts.grouping, outputs };
}

/** Attributes replaced by what they stand for, aliases and names of replaced functions taken off, constant parts folded. */
export function substitute(e: Expression, values: ReadonlyMap<number, Expression>): Expression {
  return fold(
    e.transformUp((x) => {
      if (x instanceof Alias) return x.child;
      if (x instanceof RuntimeReplaceable) return x.replacement;
      return x instanceof AttributeReference ? (values.get(x.exprId) ?? x) : x;
    }),
  );
}

/** Folded from the top: `CAST('2020-01-01' AS DATE)` is one constant. Casts that change nothing, as views add them, go. */
function fold(e: Expression): Expression {
  if (e instanceof Cast && equalTypes(e.child.dataType, e.dataType)) return fold(e.child);
  if (e.foldable && e.resolved && e.kind !== 'Literal') return foldConstant(e) ?? e;
  return e.mapChildren(fold);
}

function leaf(plan: LogicalPlan): Parts {
  return { leaves: [plan], conjuncts: [], grouping: undefined, values: new Map() };
}

/** Which rows they keep depends on an order that may be none. */
const CUTS: ReadonlySet<string> = new Set(['GlobalLimit', 'LocalLimit', 'Offset', 'Tail', 'Sample']);
const OF_THE_QUERY: ReadonlySet<string> = new Set([
  'CurrentTimestamp',
  'CurrentDate',
  'LocalTimestamp',
  'Now',
  'CurrentCatalog',
  'CurrentDatabase',
  'CurrentUser',
  'CurrentTimeZone',
]);

/** Its value is another in another query: the time, the user, `'today'`. */
function dependsOnQuery(e: Expression): boolean {
  return e.exists(
    (x) =>
      (x instanceof ScalarCall && OF_THE_QUERY.has(x.def.sparkClass)) ||
      (x instanceof Cast && MOMENTS.has(x.dataType.kind) && x.foldable && foldConstant(x) === undefined),
  );
}
const MOMENTS: ReadonlySet<string> = new Set(['date', 'timestamp', 'timestamp_ntz']);

const holdsQuery = (e: Expression): boolean => e.exists((x) => x instanceof SubqueryExpression);
/** Windows and generators make the node that holds them a leaf. */
const isPlain = (e: Expression): boolean =>
  !holdsQuery(e) && !e.exists((x) => x.kind === 'WindowExpression' || x.kind === 'GeneratorCall');

/** @param ctes plans of the CTEs that are used once */
function partsOf(plan: LogicalPlan, ctes: ReadonlyMap<number, LogicalPlan>): Parts {
  if (!plan.expressions.every(isPlain)) return leaf(plan);
  if (plan instanceof SubqueryAlias || plan instanceof ResolvedHint) return partsOf(plan.child, ctes);
  if (plan instanceof View) return partsOf(plan.child, ctes);
  if (plan instanceof WithCTE) return partsOf(plan.plan, new Map([...ctes, ...usedOnce(plan)]));
  if (plan instanceof CTERelationRef) {
    const body = ctes.get(plan.cteId);
    if (!body) return leaf(plan);
    const parts = partsOf(body, ctes);
    const columns = plan.output.map((a, i) => [a.exprId, substitute(body.output[i]!, parts.values)] as const);
    return { ...parts, values: new Map(columns) };
  }
  if (plan instanceof Project) {
    const child = partsOf(plan.child, ctes);
    return { ...child, values: valuesOf(plan.projectList, child) };
  }
  if (plan instanceof Filter) {
    const child = partsOf(plan.child, ctes);
    if (child.grouping) return leaf(plan);
    const added = splitConjuncts(substitute(plan.condition, child.values));
    return { ...child, conjuncts: [...child.conjuncts, ...added] };
  }
  if (plan instanceof Join && (plan.joinType.kind === 'Inner' || plan.joinType.kind === 'Cross'))
    return joined(plan, ctes);
  if (plan instanceof Aggregate) {
    const child = partsOf(plan.child, ctes);
    // Groups of groups stay one thing.
    if (child.grouping || plan.groupingExpressions.some(containsAggregate)) return leaf(plan);
    const grouping = plan.groupingExpressions.map((g) => substitute(g, child.values));
    return { ...child, grouping, values: valuesOf(plan.aggregateExpressions, child) };
  }
  if (plan instanceof Distinct) {
    const child = partsOf(plan.child, ctes);
    if (child.grouping) return leaf(plan);
    return { ...child, grouping: plan.output.map((a) => substitute(a, child.values)) };
  }
  return leaf(plan);
}

/** Used twice, the columns of a CTE's leaves would have the same ids twice. */
function usedOnce(plan: WithCTE): [number, LogicalPlan][] {
  const uses = new Map<number, number>();
  plan.foreachWithSubqueries((p) => {
    if (p instanceof CTERelationRef) uses.set(p.cteId, (uses.get(p.cteId) ?? 0) + 1);
  });
  return plan.cteDefs.flatMap((d) => (uses.get(d.id) === 1 ? [[d.id, d.child] as [number, LogicalPlan]] : []));
}

function valuesOf(list: readonly Expression[], child: Parts): Map<number, Expression> {
  const values = new Map<number, Expression>();
  for (const e of list)
    if (e instanceof Alias || e instanceof AttributeReference) values.set(e.exprId, substitute(e, child.values));
  return values;
}

function joined(plan: Join, ctes: ReadonlyMap<number, LogicalPlan>): Parts {
  const left = partsOf(plan.left, ctes);
  const right = partsOf(plan.right, ctes);
  // What a column raises for rows that are then joined to nothing would not be raised behind the join.
  const computed = (p: Parts) => [...p.values.values()].some((e) => e.throwable);
  const whole = (p: Parts, from: LogicalPlan): Parts => (p.grouping || computed(p) ? leaf(from) : p);
  const l = whole(left, plan.left);
  const r = whole(right, plan.right);
  const values = new Map([...l.values, ...r.values]);
  const own = plan.condition ? splitConjuncts(substitute(plan.condition, values)) : [];
  return {
    leaves: [...l.leaves, ...r.leaves],
    conjuncts: [...l.conjuncts, ...r.conjuncts, ...own],
    grouping: undefined,
    values,
  };
}

/** Ids of the columns of some leaves. */
export function columnsOf(leaves: readonly LogicalPlan[]): AttributeSet {
  return new AttributeSet(leaves.flatMap((l) => l.output));
}
