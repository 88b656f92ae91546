import type { Expression } from '../expressions/expression.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import { ScalarSubquery } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Project } from '../logical/operators.js';
import { newSharedId, SharedRelation } from '../logical/shared.js';
import { type Rule, rule } from '../rule.js';
import { booleanConf, type ConfReader } from './conf.js';
import { attributeMapping, replaceAttributes } from './substitute.js';

/** Scalar subqueries that aggregate the same rows become one aggregation that runs once; each reads its column of it. Refuses
 * what is correlated or not deterministic. Under `memoframe.optimizer.shareCtes`, on by default. Spark: `MergeScalarSubqueries`. */
export const mergeScalarSubqueries = (conf: ConfReader): Rule =>
  rule('MergeScalarSubqueries', (plan) => {
    if (!booleanConf(conf, 'memoframe.optimizer.shareCtes', true)) return plan;
    const groups = groupsOf(plan).filter((g) => g.size > 1);
    if (groups.length === 0) return plan;
    const merged = new Map<number, LogicalPlan>();
    for (const group of groups) merge(group, merged);
    return plan.transformUpWithSubqueries((p) =>
      p.transformExpressionsUp((e) => {
        const next = e instanceof ScalarSubquery ? merged.get(e.exprId) : undefined;
        return next ? (e as ScalarSubquery).withPlan(next) : e;
      }),
    );
  });

/** Aggregations without keys over equal plans, by the subquery's id. */
type Group = Map<number, Aggregate>;

function groupsOf(plan: LogicalPlan): Group[] {
  const groups = new Map<string, Group>();
  plan.foreachWithSubqueries((p) => {
    for (const e of p.expressions)
      e.foreach((x) => {
        if (!(x instanceof ScalarSubquery) || x.isCorrelated || !(x.plan instanceof Aggregate)) return;
        const { plan: aggregate } = x;
        if (aggregate.groupingExpressions.length > 0 || !aggregate.deterministic) return;
        const { key } = aggregate.child.canonicalized;
        const group: Group = groups.get(key) ?? new Map();
        groups.set(key, group.set(x.exprId, aggregate));
      });
  });
  return [...groups.values()];
}

function merge(group: Group, into: Map<number, LogicalPlan>): void {
  const { child } = [...group.values()][0] as Aggregate;
  const columns = new Map<string, { readonly at: number; readonly alias: Alias }>();
  const places = new Map<number, number>();
  for (const [id, aggregate] of group) {
    const own = aggregate.aggregateExpressions[0] as Expression;
    const value = replaceAttributes(
      own instanceof Alias ? own.child : own,
      attributeMapping(aggregate.child.output, child.output),
    );
    const { key } = value.canonicalized;
    const column = columns.get(key) ?? { at: columns.size, alias: new Alias(value, `value${columns.size}`) };
    columns.set(key, column);
    places.set(id, column.at);
  }
  const whole = new Aggregate(
    [],
    [...columns.values()].map((c) => c.alias),
    child,
  );
  const sharedId = newSharedId();
  for (const [id, aggregate] of group) {
    const leaf = new SharedRelation(
      sharedId,
      whole.output.map((a) => a.newInstance()),
      whole.output.map((_, i) => i),
      whole,
      false,
    );
    const to = aggregate.output[0] as AttributeReference;
    const from = leaf.output[places.get(id) as number] as AttributeReference;
    into.set(id, new Project([new Alias(from, to.name, to.exprId)], leaf));
  }
}
