import { internalError } from '../../errors/index.js';
import { lookupScalar } from '../../eval/registry.js';
import { Cast } from '../expressions/cast.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference, newExprId, OuterReference } from '../expressions/named.js';
import { Comparison } from '../expressions/predicates.js';
import { LateralSubquery, ScalarSubquery, SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, LateralJoin, Project } from '../logical/operators.js';
import { rule } from '../rule.js';
import { booleanConf, type ConfReader } from './conf.js';
import { type Decorrelated, decorrelate, isEquality, joinDomain } from './decorrelate-inner-query.js';
import { stripOuter } from './outer-references.js';
import { aggregateCall } from './replace-operators.js';

/** Takes outer columns out of subquery plans: what ties a subquery's rows to the outer row becomes its `joinCond`.
 * Innermost subqueries first. Spark: `PullupCorrelatedPredicates`. */
export const pullupCorrelatedPredicates = (conf: ConfReader) => {
  const legacyCounts = booleanConf(conf, LEGACY_COUNTS, false);
  return rule('PullupCorrelatedPredicates', (plan) => rewrite(plan, legacyCounts));
};

/** EXISTS and IN over an aggregation without GROUP BY find no row where nothing was aggregated. */
const LEGACY_COUNTS = 'spark.sql.optimizer.decorrelateExistsSubqueryLegacyIncorrectCountHandling.enabled';

function rewrite(plan: LogicalPlan, legacyCounts: boolean): LogicalPlan {
  return plan.transformUp((p) => {
    const outer = p.children.length === 1 ? (p.children[0] as LogicalPlan) : p;
    const next = p.transformExpressionsUp((e) =>
      e instanceof SubqueryExpression ? pullUp(e, outer, p, legacyCounts) : e,
    );
    // The columns of the condition are no columns of a lateral join.
    return next.output.length === p.output.length ? next : new Project(p.output, next);
  });
}

function pullUp(e: SubqueryExpression, outer: LogicalPlan, at: LogicalPlan, legacyCounts: boolean): Expression {
  const inner = rewrite(e.plan, legacyCounts);
  const own = e instanceof LateralSubquery ? inner : ownOutput(inner);
  const plain = own === e.plan ? e : e.withPlan(own);
  if (!plain.isCorrelated || plain.joinCond.length > 0) return plain;
  const use =
    legacyCounts && (e.kind === 'Exists' || e.kind === 'ListQuery')
      ? 'scalar'
      : e.kind === 'Exists'
        ? 'exists'
        : e instanceof ScalarSubquery && plain.plan.maxRows === 1n
          ? 'scalar'
          : 'rows';
  const source = at.children.length > 1 ? new Project(at.inputSet.size ? [...at.inputSet] : [], at) : outer;
  const outerPlan = at instanceof LateralJoin ? at.child : source;
  const single = e instanceof ScalarSubquery && plain.plan.maxRows !== 1n;
  const { plan, conditions } = decorrelate(plain.plan, outerPlan, use);
  if (!single) return plain.withPlan(plan).withJoinCond(conditions.map(stripOuter));
  // Rows are counted for each outer row: each must belong to the rows of one group.
  const grouped = conditions.every((c) => isEquality(c, plan))
    ? { plan, conditions }
    : joinDomain(plain.plan, outerPlan);
  return plain.withPlan(atMostOneRow(grouped)).withJoinCond(grouped.conditions.map(stripOuter));
}

/** An outer column in a select list gives a column of its own: it must not be taken for the outer query's. */
function ownOutput(plan: LogicalPlan): LogicalPlan {
  const renamed = new Map<number, AttributeReference>();
  return plan.transformUp((p) => {
    const read =
      renamed.size === 0
        ? p
        : p.transformExpressionsUp((e) => (e instanceof AttributeReference ? (renamed.get(e.exprId) ?? e) : e));
    if (!(read instanceof Project) && !(read instanceof Aggregate)) return read;
    const list = read instanceof Project ? read.projectList : read.aggregateExpressions;
    if (!list.some((e) => e instanceof OuterReference)) return read;
    const named = list.map((e) => {
      if (!(e instanceof OuterReference)) return e;
      const alias = new Alias(e, e.name);
      renamed.set(e.exprId, alias.toAttribute());
      return alias;
    });
    return read instanceof Project
      ? new Project(named, read.child)
      : new Aggregate(read.groupingExpressions, named, read.child);
  });
}

/** A scalar subquery that might give several rows for an outer row raises if it does. Spark: `LeftSingle` joins. */
function atMostOneRow({ plan, conditions }: Decorrelated): LogicalPlan {
  const [value, ...others] = plan.output as [AttributeReference, ...AttributeReference[]];
  // The value may be a column of the condition: it is counted under another id then.
  const inner = [value, ...others].filter((a) => conditions.some((c) => c.references.has(a)));
  const raise = lookupScalar('too_many_rows');
  if (!raise) throw internalError('no too_many_rows');
  const several = new Comparison('GreaterThan', aggregateCall('count', [Literal.int(1)]), Literal.long(1n));
  const error = new Cast(new ScalarCall(raise, [], 'ANSI', 'UTC'), value.dataType, 'ANSI', 'UTC');
  const first = aggregateCall('first', [value, Literal.FALSE]);
  const checked = new Alias(new If(several, error, first), value.name, newExprId());
  if (!inner.includes(value)) {
    const named = new Alias(checked.child, value.name, value.exprId);
    return new Aggregate(inner, [named, ...inner], plan);
  }
  return new Aggregate(inner, [checked, ...inner], plan);
}
