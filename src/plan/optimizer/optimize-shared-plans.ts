import type { Expression } from '../expressions/expression.js';
import { AttributeSet } from '../expressions/expression.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import { joinConjuncts, Or, splitConjuncts } from '../expressions/predicates.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Filter, Project } from '../logical/operators.js';
import { SharedRelation } from '../logical/shared.js';
import { type Rule, rule } from '../rule.js';
import { replaceAttributes } from './substitute.js';

/** What one use of a shared plan wants of it. */
interface Use {
  readonly leaf: SharedRelation;
  readonly wanted: AttributeSet;
  /** Conjuncts over the shared plan's columns. */
  readonly conjuncts: readonly Expression[];
}

/** Optimizes each shared plan once, with the rows and columns that some use wants: uses keep their own filters. A plan whose uses
 * but one vanished is put in. Runs on the whole query, when the filters of its uses stand where they stay.
 * Spark: `PushdownPredicatesAndPruneColumnsForCTEDef`. */
export const optimizeSharedPlans = (optimize: (plan: LogicalPlan) => LogicalPlan): Rule =>
  rule('OptimizeSharedPlans', (plan) => {
    const order = sharedIds(plan);
    if (order.length === 0) return plan;
    const done = new Map<number, Optimized>();
    // Users first: what they want of the plans that they use depends on what is wanted of them.
    for (const id of [...order].reverse()) {
      const uses: Use[] = [];
      for (const host of [plan, ...[...done.values()].map((d) => d.plan)]) collectUses(host, id, uses);
      // A user may have lost its use.
      if (uses.length > 0) done.set(id, optimizeFor(uses, optimize));
    }
    const put = (host: LogicalPlan): LogicalPlan =>
      host.transformUpWithSubqueries((p) => {
        if (!(p instanceof SharedRelation) || p.optimized) return p;
        return (done.get(p.id) as Optimized).put(p);
      });
    // Used ones first: users hold their final plans.
    for (const id of order) {
      const d = done.get(id);
      if (d) d.plan = put(d.plan);
    }
    return put(plan);
  });

/** Ids of the shared plans in a query, used ones before their users. */
function sharedIds(plan: LogicalPlan): number[] {
  const seen = new Set<number>();
  const visit = (host: LogicalPlan): void =>
    host.foreachWithSubqueries((p) => {
      if (!(p instanceof SharedRelation) || p.optimized || seen.has(p.id)) return;
      visit(p.plan);
      seen.add(p.id);
    });
  visit(plan);
  return [...seen];
}

class Optimized {
  constructor(
    public plan: LogicalPlan,
    /** Columns of the shared plan that are left, in order. */
    readonly kept: readonly number[],
    readonly uses: number,
  ) {}

  put(leaf: SharedRelation): LogicalPlan {
    const columns = leaf.ordinals.flatMap((ordinal, i) => {
      const at = this.kept.indexOf(ordinal);
      return at === -1 ? [] : [{ attribute: leaf.output[i] as AttributeReference, at }];
    });
    if (this.uses > 1)
      return new SharedRelation(
        leaf.id,
        columns.map((c) => c.attribute),
        columns.map((c) => c.at),
        this.plan,
        true,
      );
    const from = this.plan.output;
    return new Project(
      columns.map(({ attribute, at }) => {
        const a = from[at] as AttributeReference;
        return a.exprId === attribute.exprId ? a : new Alias(a, attribute.name, attribute.exprId);
      }),
      this.plan,
    );
  }
}

function collectUses(host: LogicalPlan, id: number, into: Use[]): void {
  const use = useOf(host);
  if (use) {
    if (use.leaf.id === id && !use.leaf.optimized) into.push(use);
    // The projection and the filter above it may hold subqueries.
    for (let p: LogicalPlan | undefined = host; p && p !== use.leaf; p = p.children[0])
      for (const s of p.subqueries) collectUses(s, id, into);
    return;
  }
  for (const s of host.subqueries) collectUses(s, id, into);
  for (const c of host.children) collectUses(c, id, into);
}

function useOf(host: LogicalPlan): Use | undefined {
  const wanted = new AttributeSet();
  let plan = host;
  const project = plan instanceof Project ? plan : undefined;
  if (project) {
    for (const e of project.projectList) e.collectReferences(wanted);
    plan = project.child;
  }
  const filter = plan instanceof Filter ? plan : undefined;
  if (filter) {
    filter.condition.collectReferences(wanted);
    plan = filter.child;
  }
  if (!(plan instanceof SharedRelation)) return undefined;
  if (!project) for (const a of plan.output) wanted.add(a);
  return { leaf: plan, wanted, conjuncts: filter ? pushable(filter.condition, plan) : [] };
}

/** Conjuncts that the shared plan itself could check, over its own columns. */
function pushable(condition: Expression, leaf: SharedRelation): Expression[] {
  const own = leaf.plan.output;
  const map = new Map(leaf.output.map((a, i) => [a.exprId, own[leaf.ordinals[i] as number] as AttributeReference]));
  return splitConjuncts(condition)
    .filter(
      (e) =>
        e.deterministic && e.references.subsetOf(leaf.outputSet) && !e.exists((x) => x instanceof SubqueryExpression),
    )
    .map((e) => replaceAttributes(e, map));
}

function optimizeFor(uses: readonly Use[], optimize: (plan: LogicalPlan) => LogicalPlan): Optimized {
  const { plan } = (uses[0] as Use).leaf;
  const ordinals = new Set<number>();
  for (const { leaf, wanted } of uses)
    leaf.output.forEach((a, i) => {
      if (wanted.has(a)) ordinals.add(leaf.ordinals[i] as number);
    });
  // Rows count even where no column does.
  if (ordinals.size === 0) ordinals.add(0);
  const kept = [...ordinals].sort((a, b) => a - b);
  const condition = joinConjuncts(plan.deterministic ? common(uses) : []);
  const filtered = condition ? new Filter(condition, plan) : plan;
  const pruned =
    kept.length === plan.output.length
      ? filtered
      : new Project(
          kept.map((i) => plan.output[i] as AttributeReference),
          filtered,
        );
  return new Optimized(optimize(pruned), kept, uses.length);
}

/** What every row that some use wants satisfies: one of the uses' conditions; and, column by column, so that it may move on alone,
 * one of what they say of that column. */
function common(uses: readonly Use[]): Expression[] {
  const byUse = uses.map((u) => u.conjuncts);
  if (byUse.some((c) => c.length === 0)) return [];
  const out: Expression[] = [];
  const add = (alternatives: readonly (Expression | undefined)[]): void => {
    if (alternatives.some((a) => a === undefined)) return;
    const distinct = new Map((alternatives as Expression[]).map((a) => [a.canonicalized.key, a]));
    out.push([...distinct.values()].reduce((a, b) => new Or(a, b)));
  };
  add(byUse.map((c) => joinConjuncts(c)));
  const columns = new AttributeSet();
  for (const c of byUse[0] as readonly Expression[]) c.collectReferences(columns);
  if (columns.size > 1)
    for (const a of columns)
      add(byUse.map((c) => joinConjuncts(c.filter((e) => e.references.size === 1 && e.references.has(a)))));
  return out;
}
