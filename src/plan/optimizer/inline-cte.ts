import { internalError } from '../../errors/index.js';
import { Alias, type AttributeReference, OuterReference } from '../expressions/named.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { type CTERelationDef, CTERelationRef, Project, WithCTE } from '../logical/operators.js';
import { newSharedId, SharedRelation } from '../logical/shared.js';
import { type Rule, rule } from '../rule.js';
import { booleanConf, type ConfReader } from './conf.js';
import { withFreshIds } from './fresh-ids.js';

/** Puts each CTE's plan where it is used. A use whose ids differ from the definition's gets them by a projection, so that
 * two uses do not collide. What is used more than once and costs something, or is not deterministic, is shared instead, under
 * `memoframe.optimizer.shareCtes`, on by default. Spark: `InlineCTE`. */
export const inlineCTE = (conf: ConfReader): Rule =>
  rule('InlineCTE', (plan) => inline(plan, new Map(), booleanConf(conf, 'memoframe.optimizer.shareCtes', true)));

interface Definition {
  readonly plan: LogicalPlan;
  /** Set if its uses share one run. */
  readonly sharedId: number | undefined;
}

function inline(plan: LogicalPlan, defs: ReadonlyMap<number, Definition>, share: boolean): LogicalPlan {
  if (plan instanceof WithCTE) {
    const scope = new Map(defs);
    const shared = share ? sharedDefinitions(plan) : new Set<number>();
    for (const def of plan.cteDefs as readonly CTERelationDef[])
      scope.set(def.id, {
        plan: inline(def.child, scope, share),
        sharedId: shared.has(def.id) ? newSharedId() : undefined,
      });
    return inline(plan.plan, scope, share);
  }
  if (plan instanceof CTERelationRef) {
    const def = defs.get(plan.cteId);
    if (!def) throw internalError(`CTE ${plan.cteId} has no definition in scope`);
    const ordinals = plan.output.map((_, i) => i);
    if (def.sharedId !== undefined) return new SharedRelation(def.sharedId, plan.output, ordinals, def.plan, false);
    return renamed(def.plan, plan);
  }
  return plan
    .mapChildren((c) => inline(c, defs, share))
    .transformExpressionsUp((e) => {
      if (!(e instanceof SubqueryExpression)) return e;
      const inner = inline(e.plan, defs, share);
      return inner === e.plan ? e : e.withPlan(inner);
    });
}

function renamed(def: LogicalPlan, ref: CTERelationRef): LogicalPlan {
  if (def.output.every((a, i) => a.exprId === ref.output[i]?.exprId)) return def;
  const copy = withFreshIds(def);
  const from = copy.output;
  return new Project(
    ref.output.map((to, i) => new Alias(from[i] as AttributeReference, to.name, to.exprId)),
    copy,
  );
}

/** Definitions that would run more than once. A definition inside one that is put in at several places counts for each. */
function sharedDefinitions(plan: WithCTE): Set<number> {
  const shared = new Set<number>();
  const uses = new Map<number, number>();
  const count = (host: LogicalPlan, times: number): void =>
    host.foreachWithSubqueries((p) => {
      if (p instanceof CTERelationRef) uses.set(p.cteId, (uses.get(p.cteId) ?? 0) + times);
    });
  count(plan.plan, 1);
  for (const def of [...plan.cteDefs].reverse()) {
    const times = uses.get(def.id) ?? 0;
    if (times > 1 && isWorthSharing(def.child)) {
      shared.add(def.id);
      count(def.child, 1);
    } else if (times > 0) count(def.child, times);
  }
  return shared;
}

const COSTLY = new Set([
  'Aggregate',
  'Distinct',
  'Deduplicate',
  'Join',
  'LateralJoin',
  'Window',
  'Intersect',
  'Except',
]);

/** What reads outer columns differs from use to use. A scan with filters and projections costs less than to keep its rows. */
function isWorthSharing(def: LogicalPlan): boolean {
  if (def.exists((p) => p.expressions.some((e) => e.exists((x) => x instanceof OuterReference)))) return false;
  return !def.deterministic || def.exists((p) => COSTLY.has(p.kind));
}
