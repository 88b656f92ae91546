import { analysisError } from '../../errors/index.js';
import { BOOLEAN, INT } from '../../types/index.js';
import { AggregateExpression } from '../expressions/aggregate.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { Comparison, joinConjuncts, Not, NullCheck, Or, splitConjuncts } from '../expressions/predicates.js';
import { Exists, InSubquery, ScalarSubquery, SubqueryExpression } from '../expressions/subquery.js';
import { type JoinType, LEFT_ANTI, LEFT_SEMI } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Filter, Join, limitPlan, Project } from '../logical/operators.js';
import { rule } from '../rule.js';
import { withFreshIds } from './fresh-ids.js';
import { attributeMapping, replaceAttributes } from './substitute.js';
import { downRule } from './tree-rules.js';

/** EXISTS and IN in a filter become semi and anti joins (NOT IN minds nulls); elsewhere a join that adds a boolean column.
 * Spark: `RewritePredicateSubquery`. */
export const RewritePredicateSubquery = downRule('RewritePredicateSubquery', (p) => {
  if (!p.expressions.some(hasPredicateSubquery)) return p;
  if (p instanceof Filter) return rewriteFilter(p);
  if (p instanceof Join) return rewriteJoin(p);
  if (p.children.length !== 1) return p;
  return p instanceof Aggregate ? rewriteAggregate(p) : rewriteOther(p);
});

function hasPredicateSubquery(e: Expression): boolean {
  return e.exists((x) => x instanceof InSubquery || x instanceof Exists);
}

function rewriteFilter(filter: Filter): LogicalPlan {
  const parts = splitConjuncts(filter.condition);
  const plain = joinConjuncts(parts.filter((e) => !hasPredicateSubquery(e)));
  let plan: LogicalPlan = plain ? new Filter(plain, filter.child) : filter.child;
  for (const e of parts.filter(hasPredicateSubquery)) {
    const negated = e instanceof Not;
    const inner = negated ? e.child : e;
    if (inner instanceof Exists) {
      plan = join(plan, inner.plan, negated ? LEFT_ANTI : LEFT_SEMI, inner.joinCond, (c) => c);
    } else if (inner instanceof InSubquery && !inner.values.some(hasPredicateSubquery)) {
      plan = joinIn(plan, inner, negated ? LEFT_ANTI : LEFT_SEMI, negated);
    } else {
      const { output } = plan;
      const flagged = existenceJoins(e, plan);
      plan = new Project(output, new Filter(flagged.expression, flagged.plan));
    }
  }
  return plan;
}

/** In a join's condition: a subquery that reads one side only is computed in that side. */
function rewriteJoin(join: Join): LogicalPlan {
  if (!join.condition) return join;
  let { left, right } = join;
  const condition = join.condition.transformUp((e) => {
    if (!(e instanceof InSubquery) && !(e instanceof Exists)) return e;
    const fromRight = e.references.subsetOf(right.outputSet) && !e.references.subsetOf(left.outputSet);
    if (!fromRight && !e.references.subsetOf(left.outputSet))
      throw analysisError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION',
        { subqueryExpression: e.sql(false) },
      );
    const plan = fromRight ? right : left;
    const side =
      e instanceof InSubquery && !e.query.isCorrelated && e.nullable ? withNulls(e, plan) : existenceJoins(e, plan);
    if (fromRight) right = side.plan;
    else left = side.plan;
    return side.expression;
  });
  return new Project(join.output, new Join(left, right, join.joinType, condition, join.hint));
}

/** Subqueries in the results of an aggregation, outside its functions, are computed above it. */
function rewriteAggregate(p: Aggregate): LogicalPlan {
  const outside = (e: Expression): boolean =>
    !(e instanceof AggregateExpression) && (e instanceof InSubquery || e instanceof Exists || e.children.some(outside));
  if (!p.aggregateExpressions.some(outside)) return rewriteOther(p);
  const inner: Expression[] = [];
  const column = (e: Expression): AttributeReference => {
    if (e instanceof AttributeReference) {
      if (!inner.some((x) => x instanceof AttributeReference && x.exprId === e.exprId)) inner.push(e);
      return e;
    }
    const alias = new Alias(e, 'col');
    inner.push(alias);
    return alias.toAttribute();
  };
  const lift = (e: Expression): Expression => {
    const key = p.groupingExpressions.find((g) => g.semanticEquals(e));
    if (key) return column(key);
    if (e instanceof AggregateExpression) return column(e);
    const lifted = e.mapChildren(lift);
    return lifted instanceof SubqueryExpression
      ? lifted.withJoinCond(lifted.joinCond.map(lift))
      : lifted instanceof InSubquery
        ? new InSubquery(lifted.values, lifted.query.withJoinCond(lifted.query.joinCond.map(lift)))
        : lifted;
  };
  const results = p.aggregateExpressions.map((e) => {
    if (outside(e)) return lift(e);
    if (e instanceof AttributeReference) return column(e);
    inner.push(e);
    return (e as Alias).toAttribute();
  });
  const below = rewriteOther(new Aggregate(p.groupingExpressions, inner, p.child));
  return rewriteOther(new Project(results, below));
}

/** IN with its null: true where something equals, else null where something might. */
function withNulls(e: InSubquery, plan: LogicalPlan): { expression: Expression; plan: LogicalPlan } {
  const equal = AttributeReference.create('exists', BOOLEAN, false);
  const maybe = AttributeReference.create('exists', BOOLEAN, false);
  const first = joinIn(plan, e, { kind: 'ExistenceJoin', exists: equal }, false);
  const second = joinIn(first, withFreshOutput(e), { kind: 'ExistenceJoin', exists: maybe }, true);
  return {
    expression: new If(equal, Literal.TRUE, new If(maybe, Literal.nullOf(BOOLEAN), Literal.FALSE)),
    plan: second,
  };
}

/** The same subquery, its columns under other ids: it is joined twice. */
function withFreshOutput(e: InSubquery): InSubquery {
  return new InSubquery(e.values, e.query.withPlan(withFreshIds(e.query.plan)));
}

function rewriteOther(p: LogicalPlan): LogicalPlan {
  const output = p.output;
  let child = p.children[0] as LogicalPlan;
  const rewritten = p.mapExpressions((e) => {
    if (!hasPredicateSubquery(e)) return e;
    const flagged = existenceJoins(e, child);
    child = flagged.plan;
    return flagged.expression;
  });
  const next = rewritten.withNewChildren([child]);
  return next.output.length === output.length ? next : new Project(output, next);
}

function existenceJoins(e: Expression, plan: LogicalPlan): { expression: Expression; plan: LogicalPlan } {
  let current = plan;
  const expression = e.transformDown((x) => {
    if (x instanceof Exists) {
      const exists = AttributeReference.create('exists', BOOLEAN, false);
      current = join(current, x.plan, { kind: 'ExistenceJoin', exists }, x.joinCond, (c) => c);
      return exists;
    }
    if (x instanceof Not && x.child instanceof InSubquery) {
      const exists = AttributeReference.create('exists', BOOLEAN, false);
      current = joinIn(current, x.child, { kind: 'ExistenceJoin', exists }, true);
      return new Not(exists);
    }
    if (x instanceof InSubquery) {
      const exists = AttributeReference.create('exists', BOOLEAN, false);
      current = joinIn(current, x, { kind: 'ExistenceJoin', exists }, false);
      return exists;
    }
    return x;
  });
  return { expression, plan: current };
}

function joinIn(plan: LogicalPlan, e: InSubquery, type: JoinType, nullAware: boolean): LogicalPlan {
  const outputs = e.query.childOutputs;
  const equal = e.values.map((v, i) => {
    const c = new Comparison('EqualTo', v, outputs[i] as AttributeReference);
    return nullAware ? new Or(c, new NullCheck('IsNull', c)) : c;
  });
  return join(plan, e.query.plan, type, [...equal, ...e.query.joinCond], (c) => c);
}

/** A join whose right side gets new ids where both sides share some. */
function join(
  left: LogicalPlan,
  right: LogicalPlan,
  type: JoinType,
  conditions: readonly Expression[],
  adapt: (c: Expression) => Expression,
): LogicalPlan {
  const condition = joinConjuncts(conditions.map(adapt));
  if (!left.outputSet.intersects(right.outputSet)) return new Join(left, right, type, condition);
  const list = right.output.map((a) => (left.outputSet.has(a) ? new Alias(a, a.name) : a));
  const renamed = new Project(list, right);
  // A shared id in the condition means the right side only where the condition came from the subquery's output; the left side's
  // columns were put in by value, so an equality of one id with itself compares left with right.
  const map = attributeMapping(right.output, renamed.output);
  const fixed = condition?.transformUp((e) => {
    if (!(e instanceof Comparison)) return e;
    return new Comparison(e.kind, e.left, replaceAttributes(e.right, map));
  });
  return new Join(left, renamed, type, fixed);
}

/** EXISTS that reads no outer column → a scalar subquery over its first row. Spark: `RewriteNonCorrelatedExists`. */
export const RewriteNonCorrelatedExists = rule('RewriteNonCorrelatedExists', (plan) =>
  plan.transformUpWithSubqueries((p) =>
    p.transformExpressionsUp((e) => {
      if (!(e instanceof Exists) || e.isCorrelated) return e;
      const one = new Project([new Alias(Literal.int(1), 'col')], e.plan);
      return new NullCheck('IsNotNull', new ScalarSubquery(limitPlan(new Literal(1, INT), one), [], e.exprId));
    }),
  ),
);
