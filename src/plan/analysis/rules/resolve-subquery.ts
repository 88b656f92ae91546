import { analysisError } from '../../../errors/index.js';
import { AggregateExpression } from '../../expressions/aggregate.js';
import type { Expression } from '../../expressions/expression.js';
import { OuterReference } from '../../expressions/named.js';
import { InSubquery, ListQuery, SubqueryExpression } from '../../expressions/subquery.js';
import { type LogicalPlan, UnaryNode } from '../../logical/logical-plan.js';
import { Join, LateralJoin, Project } from '../../logical/operators.js';
import { UnresolvedTableValuedFunction } from '../../logical/unresolved.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** Runs the whole analyzer on the plan of each subquery, with this operator as the outer one, and records what it reads of
 * the outer query. Spark: `ResolveSubquery`. */
export const ResolveSubquery = (context: AnalyzerContext) => {
  const owner = {};
  const apply = (plan: LogicalPlan) =>
    resolveOperatorsUp(plan, (p) => {
      if (p instanceof LateralJoin) return p.child.resolved ? inside(p, new Project([], p.child), context) : p;
      if (p instanceof UnaryNode) return p.childrenResolved ? inside(p, p, context) : p;
      if (p instanceof Join) return p.childrenResolved && p.duplicateResolved ? inside(p, p, context) : p;
      if (p instanceof UnresolvedTableValuedFunction) return inside(p, p, context);
      return p;
    });
  return contextRule(context, 'ResolveSubquery', apply, () => context.memoFor(owner));
};

export function resolveSubqueriesIn(p: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  return inside(p, p, context);
}

function inside(p: LogicalPlan, outer: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  return p.transformExpressionsDown((e) => {
    if (e instanceof InSubquery) {
      if (!e.values.every((v) => v.resolved) || e.query.resolved) return e;
      const query = resolveOne(e.query, outer, context);
      if (query === e.query) return e;
      return new InSubquery(e.values, query as ListQuery);
    }
    if (e instanceof ListQuery || !(e instanceof SubqueryExpression) || e.plan.resolved) return e;
    return resolveOne(e, outer, context);
  });
}

function resolveOne(e: SubqueryExpression, outer: LogicalPlan, context: AnalyzerContext): SubqueryExpression {
  const plan = e.plan.resolved ? e.plan : context.withOuterPlan(outer, () => context.executeSameContext(e.plan));
  if (!plan.resolved) return plan === e.plan ? e : e.withPlan(plan);
  const done = e.withPlan(plan).withOuterAttrs(outerReferences(plan));
  return done instanceof ListQuery ? done.withNumCols(plan.output.length) : done;
}

/** The outer columns (and aggregates over them) that a plan reads. Spark: `SubExprUtils.getOuterReferences`.
 * @throws AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES as MIXED_REFS */
export function outerReferences(plan: LogicalPlan): readonly Expression[] {
  const found: Expression[] = [];
  const visit = (e: Expression): void => {
    if (e instanceof AggregateExpression && e.exists((x) => x instanceof OuterReference)) {
      if (e.references.size > 0)
        throw analysisError(
          'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
          { function: e.sql(false) },
          e.origin,
        );
      found.push(stripOuterReferences(e));
      return;
    }
    if (e instanceof OuterReference) found.push(e.child);
    else for (const c of e.children) visit(c);
  };
  plan.foreach((p) => {
    for (const e of p.expressions) visit(e);
  });
  return found;
}

export function stripOuterReferences(e: Expression): Expression {
  return e.transformUp((x) => (x instanceof OuterReference ? x.child : x));
}
