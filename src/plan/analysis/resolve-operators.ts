import type { Expression } from '../expressions/expression.js';
import { AttributeReference, OuterReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { Attributes, ExprFn, LogicalPlan } from '../logical/logical-plan.js';
import type { Rule } from '../rule.js';
import type { AnalyzerContext } from './context.js';

export type PlanFn = (plan: LogicalPlan) => LogicalPlan;

/** Subtrees on which a rule is known to have no effect: it is not tried on them again, as unchanged subtrees stay the same
 * objects. Spark: `markRuleAsIneffective`. */
export interface Ineffective {
  has(plan: LogicalPlan): boolean;
  add(plan: LogicalPlan): void;
}
let current: Ineffective | undefined;

/** A rule of one analysis, whose result for a subtree depends on that subtree and the analysis alone.
 * @param memo where it depends on more: what tells that apart */
export function contextRule(
  context: AnalyzerContext,
  name: string,
  apply: (plan: LogicalPlan) => LogicalPlan,
  memo?: () => Ineffective,
): Rule {
  const own = memo ?? always(context.memo());
  return remembering(name, apply, own);
}

let rules = 0;
/** A rule whose result for a subtree depends on that subtree alone. */
export function rule(name: string, apply: (plan: LogicalPlan) => LogicalPlan): Rule {
  return remembering(name, apply, always(lastingMemo(rules++)));
}

const always = (memo: Ineffective) => () => memo;

/** A bit of the nodes, or a set for the rules beyond the bits. */
function lastingMemo(number: number): Ineffective {
  if (number > 31) return new WeakSet<LogicalPlan>();
  const bit = 1 << number;
  return {
    has: (p) => (p.ineffectiveRules & bit) !== 0,
    add: (p) => {
      p.ineffectiveRules |= bit;
    },
  };
}

function remembering(name: string, apply: (plan: LogicalPlan) => LogicalPlan, memo: () => Ineffective): Rule {
  return {
    name,
    apply: (plan) => {
      const saved = current;
      current = memo();
      try {
        return apply(plan);
      } finally {
        current = saved;
      }
    },
  };
}

/** The running rule's memory, for rules with a traversal of their own. */
export function ineffective(): Ineffective {
  return current ?? new WeakSet();
}

/** Children first; analyzed subtrees stay untouched. Spark: `AnalysisHelper.resolveOperatorsUp`. */
export function resolveOperatorsUp(plan: LogicalPlan, f: PlanFn): LogicalPlan {
  return up(plan, f, ineffective());
}
function up(plan: LogicalPlan, f: PlanFn, memo: Ineffective): LogicalPlan {
  if (plan.analyzed || memo.has(plan)) return plan;
  const mapped = plan.mapChildren((c) => up(c, f, memo));
  const next = keepState(mapped, f(mapped));
  if (next === plan) memo.add(plan);
  return next;
}

/** This node first; analyzed subtrees stay untouched. Spark: `AnalysisHelper.resolveOperatorsDown`. */
export function resolveOperatorsDown(plan: LogicalPlan, f: PlanFn): LogicalPlan {
  return down(plan, f, ineffective());
}
function down(plan: LogicalPlan, f: PlanFn, memo: Ineffective): LogicalPlan {
  if (plan.analyzed || memo.has(plan)) return plan;
  const next = keepState(plan, f(plan)).mapChildren((c) => down(c, f, memo));
  if (next === plan) memo.add(plan);
  return next;
}

/** A new node keeps the origin and the DataFrame tag of the one it replaces. Spark: `copyTagsFrom`. */
export function keepState(from: LogicalPlan, to: LogicalPlan): LogicalPlan {
  if (to !== from) {
    to.withOrigin(from.origin);
    if (to.planId === undefined && from.planId !== undefined && !to.analyzed) to.planId = from.planId;
  }
  return to;
}

/** Expressions of all nodes not yet analyzed, parents first. Spark: `resolveExpressions`. */
export function resolveExpressionsDown(plan: LogicalPlan, f: ExprFn): LogicalPlan {
  return resolveOperatorsDown(plan, (p) => p.transformExpressionsDown(f));
}
export function resolveExpressionsUp(plan: LogicalPlan, f: ExprFn): LogicalPlan {
  return resolveOperatorsUp(plan, (p) => p.transformExpressionsUp(f));
}

export type AttributeMapping = readonly (readonly [from: AttributeReference, to: AttributeReference])[];

/** Children first, where a node may be replaced by one with other attribute ids: the parents' references follow.
 * Spark: `QueryPlan.transformUpWithNewOutput`. */
export function transformUpWithNewOutput(
  plan: LogicalPlan,
  f: (plan: LogicalPlan) => readonly [LogicalPlan, AttributeMapping],
  skip: (plan: LogicalPlan) => boolean = () => false,
): LogicalPlan {
  return rewrite(plan, f, skip)[0];
}

function rewrite(
  plan: LogicalPlan,
  f: (plan: LogicalPlan) => readonly [LogicalPlan, AttributeMapping],
  skip: (plan: LogicalPlan) => boolean,
): readonly [LogicalPlan, AttributeMapping] {
  if (skip(plan)) return [plan, []];
  const mapping: (readonly [AttributeReference, AttributeReference])[] = [];
  let next = plan.mapChildren((child) => {
    const [c, m] = rewrite(child, f, skip);
    mapping.push(...m);
    return c;
  });
  if (mapping.length) {
    const references = plan.references;
    const relevant = mapping.filter(([from]) => references.has(from));
    if (relevant.length) next = rewriteAttributes(next, attributeMap(relevant));
  }
  const [after, made] = f(next);
  keepState(plan, after);
  const valid = made.filter(([a, b]) => a.exprId !== b.exprId);
  const updated = attributeMap(valid);
  const carried = mapping.map(([a, b]) => [a, updated.get(b.exprId) ?? b] as const);
  const known = new Set(carried.map(([, b]) => b.exprId));
  let result: AttributeMapping = [...carried, ...valid.filter(([, b]) => !known.has(b.exprId))];
  if (result.length && after.resolved) result = result.filter(([, b]) => after.outputSet.has(b));
  return [after, result];
}

function attributeMap(mapping: AttributeMapping): ReadonlyMap<number, AttributeReference> {
  return new Map(mapping.map(([a, b]) => [a.exprId, b]));
}

export function zipAttributes(from: Attributes, to: Attributes): AttributeMapping {
  return from.flatMap((a, i) => {
    const b = to[i];
    return b && b.exprId !== a.exprId ? [[a, b] as const] : [];
  });
}

/** This node's references under their new ids, those inside its subqueries included. Spark: `QueryPlan.rewriteAttrs`. */
export function rewriteAttributes(plan: LogicalPlan, map: ReadonlyMap<number, AttributeReference>): LogicalPlan {
  return plan.transformExpressionsDown((e) => {
    if (e instanceof AttributeReference) return renewed(e, map);
    if (e instanceof OuterReference) return e;
    if (e instanceof SubqueryExpression) return withOuterReferences(e, map);
    return e;
  });
}

function renewed(a: AttributeReference, map: ReadonlyMap<number, AttributeReference>): AttributeReference {
  const b = map.get(a.exprId);
  return b ? a.withExprId(b.exprId).withDataType(b.dataType) : a;
}

function withOuterReferences(e: SubqueryExpression, map: ReadonlyMap<number, AttributeReference>): Expression {
  const plan = updateOuterReferences(e.plan, map);
  return plan === e.plan ? e : e.withPlan(plan);
}

function updateOuterReferences(plan: LogicalPlan, map: ReadonlyMap<number, AttributeReference>): LogicalPlan {
  return plan.transformDown((p) =>
    p.transformExpressionsDown((e) => {
      if (e instanceof OuterReference) {
        const child = renewed(e.child, map);
        return child === e.child ? e : new OuterReference(child);
      }
      return e instanceof SubqueryExpression ? withOuterReferences(e, map) : e;
    }),
  );
}

/** The same list object where no element changed. */
export function mapSame<T>(list: readonly T[], f: (item: T, index: number) => T): readonly T[] {
  let changed = false;
  const next = list.map((item, i) => {
    const n = f(item, i);
    if (n !== item) changed = true;
    return n;
  });
  return changed ? next : list;
}
