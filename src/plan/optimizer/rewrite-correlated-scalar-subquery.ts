import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, type AttributeReference, toAttribute } from '../expressions/named.js';
import { joinConjuncts, NullCheck } from '../expressions/predicates.js';
import { ScalarSubquery } from '../expressions/subquery.js';
import { LEFT_OUTER } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Filter, Join, Project } from '../logical/operators.js';
import { overNoRows } from './over-no-rows.js';
import { aliasMap, replaceAlias } from './substitute.js';
import { upRule } from './tree-rules.js';

/** A scalar subquery with outer columns becomes a left join with its (grouped) plan. Where an empty input would give a value
 * that is not null (`count`), missing groups get that value. Spark: `RewriteCorrelatedScalarSubquery`. */
export const RewriteCorrelatedScalarSubquery = upRule('RewriteCorrelatedScalarSubquery', (p) =>
  rewrite(p, isCorrelatedScalar),
);

/** The same for the subqueries whose value over no rows is not null only: once their plans are optimized, an aggregation over
 * nothing can no longer be told from nothing. */
export const RewriteCountSubquery = upRule('RewriteCountSubquery', (p) =>
  rewrite(p, (e): e is ScalarSubquery => isCorrelatedScalar(e) && onNoRows(e.plan) !== undefined),
);

type Which = (e: Expression) => e is ScalarSubquery;

function rewrite(p: LogicalPlan, which: Which): LogicalPlan {
  if (p instanceof Filter) {
    const r = rewriteAll([p.condition], p.child, which);
    if (!r) return p;
    return new Project(p.output, new Filter(r.expressions[0] as Expression, r.plan));
  }
  if (p instanceof Project) {
    const r = rewriteAll(p.projectList, p.child, which);
    return r ? new Project(r.expressions, r.plan) : p;
  }
  if (p instanceof Aggregate) return rewriteAggregate(p, which);
  return p;
}

function isCorrelatedScalar(e: Expression): e is ScalarSubquery {
  return e instanceof ScalarSubquery && e.isCorrelated;
}

/** Grouping by a subquery: computed below the aggregate first, grouped by its column. */
function rewriteAggregate(p: Aggregate, which: Which): LogicalPlan {
  const all = [...p.groupingExpressions, ...p.aggregateExpressions];
  const r = rewriteAll(all, p.child, which);
  if (!r) return p;
  const n = p.groupingExpressions.length;
  return new Aggregate(r.expressions.slice(0, n), r.expressions.slice(n), r.plan);
}

interface Rewritten {
  readonly expressions: readonly Expression[];
  readonly plan: LogicalPlan;
}

function rewriteAll(list: readonly Expression[], child: LogicalPlan, which: Which): Rewritten | undefined {
  if (!list.some((e) => e.exists(which))) return undefined;
  let plan = child;
  const done = new Map<string, AttributeReference>();
  const expressions = list.map((e) =>
    e.transformUp((x) => {
      if (!which(x)) return x;
      const { key } = x.canonicalized;
      const known = done.get(key);
      if (known) return known;
      const joined = joinSubquery(plan, x);
      plan = joined.plan;
      done.set(key, joined.value);
      return joined.value;
    }),
  );
  return { expressions, plan };
}

function joinSubquery(left: LogicalPlan, e: ScalarSubquery): { plan: LogicalPlan; value: AttributeReference } {
  const output = toAttribute(e.plan.output[0] as AttributeReference);
  const condition = joinConjuncts(e.joinCond);
  const zero = onNoRows(e.plan);
  if (zero === undefined) {
    return {
      plan: new Project([...left.output, output.withNullability(true)], new Join(left, e.plan, LEFT_OUTER, condition)),
      value: output.withNullability(true),
    };
  }
  const marker = new Alias(Literal.TRUE, 'alwaysTrue');
  const right = new Project([...zero.plan.output, marker], zero.plan);
  const found = output.withNullability(true);
  const value = new Alias(
    new If(new NullCheck('IsNull', marker.toAttribute().withNullability(true)), zero.value, found),
    output.name,
  );
  return {
    plan: new Project([...left.output, value], new Join(left, right, LEFT_OUTER, condition)),
    value: value.toAttribute(),
  };
}

interface Zero {
  readonly value: Literal;
  /** The plan, a HAVING condition turned into a null value where it fails. */
  readonly plan: LogicalPlan;
}

/** The subquery's value over no rows, if that is not null. Spark: `evalSubqueryOnZeroTups`. */
function onNoRows(plan: LogicalPlan): Zero | undefined {
  const output = plan.output[0] as AttributeReference;
  let value: Expression = output;
  let current = plan;
  let having: Expression | undefined;
  const projects: Project[] = [];
  for (;;) {
    if (current instanceof Project) {
      const map = aliasMap(current.projectList);
      value = replaceAlias(value, map);
      if (having) having = replaceAlias(having, map);
      projects.push(current);
      current = current.child;
    } else if (current instanceof Filter && current.child.kind !== 'Window') {
      having = having ? joinConjuncts([current.condition, having]) : current.condition;
      current = current.child;
    } else break;
  }
  if (!(current instanceof Aggregate)) return undefined;
  const map = aliasMap(current.aggregateExpressions);
  const zero = overNoRows(replaceAlias(value, map));
  if (!zero || zero.value === null) return undefined;
  if (!having) return { value: zero, plan };
  const passes = overNoRows(replaceAlias(having, map));
  const failed = Literal.nullOf(zero.dataType);
  const result = new Alias(new If(having, value, failed), output.name, output.exprId);
  const below = [...projects].reverse().reduce<LogicalPlan>((p, q) => new Project(passThrough(q, p), p), current);
  const others = plan.output.slice(1).filter((a) => below.outputSet.has(a));
  return {
    value: passes?.value === true ? zero : failed,
    plan: new Project([result, ...others], current.outputSet.has(output) ? current : below),
  };
}

function passThrough(project: Project, child: LogicalPlan): Expression[] {
  const have = new Set(project.output.map((a) => a.exprId));
  return [...project.projectList, ...child.output.filter((a) => !have.has(a.exprId))];
}
