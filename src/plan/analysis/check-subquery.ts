import { analysisError } from '../../errors/index.js';
import { AggregateExpression } from '../expressions/aggregate.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import { AttributeReference, OuterReference } from '../expressions/named.js';
import { Comparison, splitConjuncts } from '../expressions/predicates.js';
import {
  Exists,
  LateralSubquery,
  ListQuery,
  ScalarSubquery,
  type SubqueryExpression,
} from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Distinct,
  Filter,
  Generate,
  Join,
  LateralJoin,
  Project,
  ResolvedHint,
  Sort,
  SubqueryAlias,
  Window,
} from '../logical/operators.js';

const hasOuter = (e: Expression): boolean => e.exists((x) => x instanceof OuterReference);
const planHasOuter = (p: LogicalPlan): boolean => p.exists((x) => x.expressions.some(hasOuter));

/** What a subquery may look like in its place. Spark: `ValidateSubqueryExpression`.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.*, INVALID_SUBQUERY_EXPRESSION.* */
export function checkSubquery(p: LogicalPlan, e: SubqueryExpression): void {
  if (e instanceof ScalarSubquery) {
    const number = e.plan.output.length;
    if (number !== 1)
      throw analysisError(
        'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
        { number: String(number) },
        e.origin,
      );
    if (e.outerAttrs.length > 0) checkCorrelatedScalar(p, e);
  } else if (e instanceof Exists || e instanceof ListQuery) {
    const ok =
      p instanceof Filter || p instanceof Join || p instanceof Project || p instanceof Aggregate || p instanceof Window;
    if (!ok)
      throw analysisError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY',
        { treeNode: p.treeString },
        e.origin,
      );
  } else if (!(e instanceof LateralSubquery)) return;
  checkCorrelations(e.plan);
}

function checkCorrelatedScalar(p: LogicalPlan, e: ScalarSubquery): void {
  const mustAggregate = () =>
    analysisError('UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.MUST_AGGREGATE_CORRELATED_SCALAR_SUBQUERY', {}, e.origin);
  let query = e.plan;
  while (query instanceof SubqueryAlias || query instanceof Project || query instanceof ResolvedHint)
    query = query.child;
  const aggregate =
    query instanceof Aggregate
      ? query
      : query instanceof Filter && query.child instanceof Aggregate
        ? query.child
        : undefined;
  if (aggregate) {
    if (!aggregate.expressions.some((x) => x.exists((y) => y instanceof AggregateExpression))) throw mustAggregate();
    checkGroupBy(e, aggregate);
  }
  if (p instanceof Filter || p instanceof Project) return;
  if (p instanceof Aggregate) {
    const within = (list: readonly Expression[]) => list.some((x) => x.exists((y) => y.semanticEquals(e)));
    if (within(p.groupingExpressions) && !within(p.aggregateExpressions)) throw mustAggregate();
    return;
  }
  throw analysisError(
    'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY',
    { treeNode: p.treeString },
    p.origin,
  );
}

/** GROUP BY must be fixed by equalities with outer columns, or the subquery could give several rows. */
function checkGroupBy(e: ScalarSubquery, a: Aggregate): void {
  const fixed = new AttributeSet();
  a.child.foreach((p) => {
    if (!(p instanceof Filter)) return;
    for (const c of splitConjuncts(p.condition)) {
      if (!(c instanceof Comparison) || (c.kind !== 'EqualTo' && c.kind !== 'EqualNullSafe')) continue;
      for (const [x, y] of [
        [c.left, c.right],
        [c.right, c.left],
      ] as const)
        if (x instanceof AttributeReference && y.references.size === 0) fixed.add(x);
    }
  });
  const free = a.groupingExpressions.filter(
    (g) => ![...g.references].every((r) => fixed.has(r)) && !(g.references.size === 0),
  );
  if (free.length)
    throw analysisError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_CORRELATED_COLUMNS_IN_GROUP_BY',
      { value: free.map((g) => (g instanceof AttributeReference ? g.name : g.toString())).join(',') },
      e.origin,
    );
}

/** Which operators of a subquery may read outer columns, and which may stand above them. */
function checkCorrelations(sub: LogicalPlan): void {
  const canHost = (p: LogicalPlan) =>
    p instanceof Filter ||
    p instanceof Project ||
    p instanceof Join ||
    p instanceof LateralJoin ||
    p instanceof Generate;
  const refuse = (p: LogicalPlan) =>
    analysisError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED',
      { treeNode: p.treeString },
      p.origin,
    );
  const visit = (p: LogicalPlan): void => {
    if (!planHasOuter(p)) return;
    const own = p.expressions.filter(hasOuter);
    const aggregates = own.filter((x) => x.exists((y) => y instanceof AggregateExpression && hasOuter(y)));
    for (const x of aggregates)
      x.foreach((y) => {
        if (y instanceof AggregateExpression && hasOuter(y) && y.references.size > 0)
          throw analysisError(
            'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
            { function: y.sql(false) },
            y.origin,
          );
      });
    if (own.length > 0 && !canHost(p) && !(p instanceof Sort) && !(p instanceof Distinct))
      throw analysisError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE',
        { sqlExprs: own.map((x) => `"${x.sql(true)}"`).join(',') },
        p.origin,
      );
    if (p instanceof Join) {
      const { kind } = p.joinType;
      if (kind === 'FullOuter' && (planHasOuter(p.left) || planHasOuter(p.right))) throw refuse(p);
      if ((kind === 'LeftOuter' || kind === 'LeftSemi' || kind === 'LeftAnti') && planHasOuter(p.right))
        throw refuse(p);
      if (kind === 'RightOuter' && planHasOuter(p.left)) throw refuse(p);
    }
    for (const c of p.children) visit(c);
  };
  visit(sub);
}
