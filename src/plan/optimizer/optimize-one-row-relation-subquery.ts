import type { Expression } from '../expressions/expression.js';
import type { GeneratorCall } from '../expressions/functions.js';
import { Alias } from '../expressions/named.js';
import { ScalarSubquery, SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Generate, LateralJoin, Project } from '../logical/operators.js';
import { OneRowRelation } from '../logical/relations.js';
import { rule } from '../rule.js';
import { stripOuter } from './outer-references.js';

/** A subquery without FROM is its expression; a lateral one a projection, or a generator, over the left side.
 * Spark: `OptimizeOneRowRelationSubquery`. */
export const OptimizeOneRowRelationSubquery = rule('OptimizeOneRowRelationSubquery', (plan) =>
  plan.transformUpWithSubqueries((p) => {
    const rewritten = p.transformExpressionsUp((e) => {
      if (!(e instanceof ScalarSubquery) || e.joinCond.length > 0) return e;
      const { plan: inner } = e;
      if (!(inner instanceof Project) || !(inner.child instanceof OneRowRelation) || inner.projectList.length !== 1)
        return e;
      const [item] = inner.projectList as [Expression];
      if (holdsSubquery(item)) return e;
      return stripOuter(item instanceof Alias ? item.child : item);
    });
    return rewritten instanceof LateralJoin ? lateral(rewritten) : rewritten;
  }),
);

function holdsSubquery(e: Expression): boolean {
  return e.exists((x) => x instanceof SubqueryExpression);
}

function lateral(join: LateralJoin): LogicalPlan {
  const { plan } = join.right;
  const { kind } = join.joinType;
  if (join.right.joinCond.length > 0 || join.condition !== undefined) return join;
  const list = plan instanceof Project ? plan.projectList : undefined;
  const source = plan instanceof Project ? plan.child : plan;
  if (list?.some(holdsSubquery)) return join;
  const left = join.child.output;
  // One row for each left row, so also for a left join.
  if (list && source instanceof OneRowRelation) return new Project([...left, ...list.map(stripOuter)], join.child);
  if (kind !== 'Inner' && kind !== 'Cross') return join;
  if (!(source instanceof Generate) || !(source.child instanceof OneRowRelation)) return join;
  const generator = stripOuter(source.generator) as GeneratorCall;
  const generate = new Generate(generator, [], source.outer, source.qualifier, source.generatorOutput, join.child);
  return new Project([...left, ...(list?.map(stripOuter) ?? source.generatorOutput)], generate);
}
