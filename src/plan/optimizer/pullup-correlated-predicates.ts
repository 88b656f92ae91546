import { unsupported } from '../../errors/index.js';
import { lookupScalar } from '../../eval/registry.js';
import { Cast } from '../expressions/cast.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import { Comparison } from '../expressions/predicates.js';
import { ScalarSubquery, SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, LateralJoin, Project } from '../logical/operators.js';
import { rule } from '../rule.js';
import { decorrelate } from './decorrelate-inner-query.js';
import { stripOuter } from './outer-references.js';
import { aggregateCall } from './replace-operators.js';

/** Takes outer columns out of subquery plans: what ties a subquery's rows to the outer row becomes its `joinCond`.
 * Innermost subqueries first. Spark: `PullupCorrelatedPredicates`. */
export const PullupCorrelatedPredicates = rule('PullupCorrelatedPredicates', (plan) => rewrite(plan));

function rewrite(plan: LogicalPlan): LogicalPlan {
  return plan.transformUp((p) => {
    const outer = p.children.length === 1 ? (p.children[0] as LogicalPlan) : p;
    return p.transformExpressionsUp((e) => (e instanceof SubqueryExpression ? pullUp(e, outer, p) : e));
  });
}

function pullUp(e: SubqueryExpression, outer: LogicalPlan, at: LogicalPlan): Expression {
  const inner = rewrite(e.plan);
  const plain = inner === e.plan ? e : e.withPlan(inner);
  if (!plain.isCorrelated || plain.joinCond.length > 0) return plain;
  const use =
    e.kind === 'Exists' ? 'exists' : e instanceof ScalarSubquery && plain.plan.maxRows === 1n ? 'scalar' : 'rows';
  const source = at.children.length > 1 ? new Project(at.inputSet.size ? [...at.inputSet] : [], at) : outer;
  const { plan, conditions } = decorrelate(plain.plan, at instanceof LateralJoin ? at.child : source, use);
  const oneRow = !(e instanceof ScalarSubquery) || plain.plan.maxRows === 1n ? plan : atMostOneRow(plan, conditions, e);
  return plain.withPlan(oneRow).withJoinCond(conditions.map(stripOuter));
}

/** A scalar subquery that might give several rows for an outer row raises if it does. Spark: `LeftSingle` joins. */
function atMostOneRow(plan: LogicalPlan, conditions: readonly Expression[], e: ScalarSubquery): LogicalPlan {
  const [value, ...others] = plan.output as [AttributeReference, ...AttributeReference[]];
  const inner = others.filter((a) => conditions.some((c) => c.references.has(a)));
  const simple = conditions.every(
    (c) => c instanceof Comparison && (c.kind === 'EqualTo' || c.kind === 'EqualNullSafe'),
  );
  if (!simple || conditions.some((c) => c.references.has(value)))
    throw unsupported('a correlated scalar subquery that may give several rows', e.origin);
  const check = lookupScalar('raise_error');
  if (!check) throw unsupported('a correlated scalar subquery that may give several rows', e.origin);
  const several = new Comparison('GreaterThan', aggregateCall('count', [Literal.int(1)]), Literal.long(1n));
  const raise = new Cast(
    new ScalarCall(check, [Literal.string('SCALAR_SUBQUERY_TOO_MANY_ROWS')], 'ANSI', 'UTC'),
    value.dataType,
    'ANSI',
    'UTC',
  );
  const first = aggregateCall('first', [value, Literal.FALSE]);
  return new Aggregate(inner, [new Alias(new If(several, raise, first), value.name, value.exprId), ...inner], plan);
}
