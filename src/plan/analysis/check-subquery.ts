import { analysisError } from '../../errors/index.js';
import type { AnalyzerConf } from '../catalog-view.js';
import { AggregateCall, AggregateExpression } from '../expressions/aggregate.js';
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
  CTERelationDef,
  Distinct,
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LateralJoin,
  LocalLimit,
  Offset,
  Project,
  Repartition,
  RepartitionByExpression,
  ResolvedHint,
  SetOperation,
  Sort,
  SubqueryAlias,
  Union,
  Window,
  WithCTE,
} from '../logical/operators.js';
import { SqlFunctionNode } from '../logical/sql-function-node.js';

const hasOuter = (e: Expression): boolean => e.exists((x) => x instanceof OuterReference);

/** What a subquery may look like in its place. Spark: `ValidateSubqueryExpression`.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.*, INVALID_SUBQUERY_EXPRESSION.* */
export function checkSubquery(p: LogicalPlan, e: SubqueryExpression, conf: AnalyzerConf): void {
  if (e instanceof ScalarSubquery) {
    const number = e.plan.output.length;
    if (number !== 1)
      throw analysisError(
        'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
        { number: String(number) },
        e.origin,
      );
    if (e.outerAttrs.length > 0) checkCorrelatedScalar(p, e, conf);
  } else if (e instanceof Exists || e instanceof ListQuery) {
    const ok =
      p instanceof Filter || p instanceof Join || p instanceof Project || p instanceof Aggregate || p instanceof Window;
    if (!ok)
      throw analysisError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY',
        { treeNode: p.treeString },
        e.origin,
      );
  } else if (e instanceof LateralSubquery && p instanceof LateralJoin) checkLateral(p, e);
  else return;
  checkCorrelations(e.plan);
}

/** Random values beside several outer rows: each row would see its own. */
function checkLateral(join: LateralJoin, e: LateralSubquery): void {
  const { condition, child } = join;
  if (holdsRandom(e.plan) && !(child.maxRows !== undefined && child.maxRows <= 1n))
    throw analysisError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES',
      { treeNode: join.treeString },
      e.origin,
    );
  if (condition !== undefined && !condition.deterministic)
    throw analysisError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC',
      { condition: condition.sql(false) },
      condition.origin,
    );
}

/** Aggregates that depend on the order of rows do not count, though Spark, too, calls them non-deterministic. */
function holdsRandom(plan: LogicalPlan): boolean {
  const random = (e: Expression): boolean =>
    !e.deterministic &&
    (e.children.every((c) => c.deterministic) ? !(e instanceof AggregateCall) : e.children.some(random));
  return plan.expressions.some(random) || plan.children.some(holdsRandom);
}

function checkCorrelatedScalar(p: LogicalPlan, e: ScalarSubquery, conf: AnalyzerConf): void {
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
  if (conf.scalarSubqueryUseSingleJoin === false) {
    if (!aggregate) {
      if (query.maxRows === undefined || query.maxRows > 1n) throw mustAggregate();
    } else {
      if (!aggregate.expressions.some((x) => x.exists((y) => y instanceof AggregateExpression))) throw mustAggregate();
      checkGroupBy(e, aggregate);
    }
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
  const visit = (p: LogicalPlan, mayHold: boolean): void => {
    if (!mayHold && p.expressions.some(hasOuter))
      throw analysisError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED',
        { treeNode: p.treeString },
        p.origin,
      );
    if (p instanceof Generate && p.unrequiredChildIndex.length >= p.child.output.length) return visit(p.child, false);
    if (CORRELATED.some((type) => p instanceof type)) refuseOuter(p);
    else if (!TRANSPARENT.some((type) => p instanceof type)) {
      for (const c of p.children) visit(c, false);
      return;
    }
    const kind = p instanceof Join ? p.joinType.kind : 'Inner';
    const left = kind !== 'FullOuter' && kind !== 'RightOuter';
    const right = kind === 'Inner' || kind === 'Cross' || kind === 'RightOuter';
    p.children.forEach((c, i) => {
      visit(c, mayHold && (i === 0 ? left : right));
    });
  };
  visit(sub, true);
}

/** Operators that may stand above outer columns, and read none themselves. */
const TRANSPARENT = [
  SqlFunctionNode,
  ResolvedHint,
  SubqueryAlias,
  Repartition,
  Union,
  SetOperation,
  Distinct,
  WithCTE,
  CTERelationDef,
];
/** Operators that may stand above outer columns; some may read them. */
const CORRELATED = [
  ...[Project, Sort, RepartitionByExpression, LateralJoin, Filter, Aggregate, Window, Join, Generate],
  ...[GlobalLimit, LocalLimit, Offset],
];

/** @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE, .AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES */
function refuseOuter(p: LogicalPlan): void {
  for (const x of p.expressions)
    x.foreach((y) => {
      if (y instanceof AggregateExpression && hasOuter(y) && y.references.size > 0)
        throw analysisError(
          'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
          { function: y.sql(false) },
          y.origin,
        );
    });
  if (p instanceof Filter || p instanceof Project || p instanceof Join || p instanceof LateralJoin) return;
  const own = p.expressions.filter(hasOuter).map(withoutOuter);
  if (own.length > 0)
    throw analysisError(
      'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE',
      { sqlExprs: own.map((x) => `"${x.sql(true)}"`).join(',') },
      p.origin,
    );
}

/** `outer(a)` → `a`. */
function withoutOuter(e: Expression): Expression {
  return e.transformUp((x) => (x instanceof OuterReference ? x.child : x));
}
