import { analysisError } from '../../../errors/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { SortOrder } from '../../expressions/named.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import { LeafNode, type LogicalPlan } from '../../logical/logical-plan.js';
import {
  CTERelationRef,
  type JoinStrategy,
  RebalancePartitions,
  Repartition,
  RepartitionByExpression,
  ResolvedHint,
  SubqueryAlias,
  WithCTE,
} from '../../logical/operators.js';
import { View } from '../../logical/relations.js';
import { UnresolvedHint, UnresolvedRelation, UnresolvedWith } from '../../logical/unresolved.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

const STRATEGIES: Readonly<Record<string, JoinStrategy>> = {
  BROADCAST: 'broadcast',
  BROADCASTJOIN: 'broadcast',
  MAPJOIN: 'broadcast',
  SHUFFLE_MERGE: 'merge',
  MERGE: 'merge',
  MERGEJOIN: 'merge',
  SHUFFLE_HASH: 'shuffle_hash',
  SHUFFLE_REPLICATE_NL: 'shuffle_replicate_nl',
};
const LAYOUT: ReadonlySet<string> = new Set(['COALESCE', 'REPARTITION', 'REPARTITION_BY_RANGE', 'REBALANCE']);

/** Join strategy hints settle on the relations that they name, or on the whole plan. Spark: `ResolveJoinStrategyHints`. */
export const ResolveJoinStrategyHints = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveJoinStrategyHints', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof UnresolvedHint)) return p;
      const strategy = STRATEGIES[p.name.toUpperCase()];
      if (!strategy) return p;
      if (p.parameters.length === 0) return new ResolvedHint(p.child, strategy);
      const wanted = p.parameters.map(nameOf);
      const matched = new Set<readonly string[]>();
      const next = place(p.child, wanted, matched, strategy, context);
      for (const w of wanted)
        if (!matched.has(w))
          context.warnings.push(
            `Count not find relation '${w.join('.')}' specified in hint '${p.name}(${wanted.map((n) => n.join('.')).join(', ')})'.`,
          );
      return next;
    }),
  );

function nameOf(parameter: Expression | string | number): readonly string[] {
  if (typeof parameter === 'string') return parameter.split('.');
  if (parameter instanceof UnresolvedAttribute) return parameter.nameParts;
  if (parameter instanceof Literal && typeof parameter.value === 'string') return parameter.value.split('.');
  throw analysisError('_LEGACY_ERROR_TEMP_1046', {
    unsupported: String(parameter),
    class: typeof parameter === 'object' ? parameter.nodeName : typeof parameter,
  });
}

function place(
  plan: LogicalPlan,
  wanted: readonly (readonly string[])[],
  matched: Set<readonly string[]>,
  strategy: JoinStrategy,
  context: AnalyzerContext,
): LogicalPlan {
  const hits = (name: readonly string[]): boolean => {
    const found = wanted.find(
      (w) =>
        w.length <= name.length &&
        w.every((part, i) => context.sameName(part, name[name.length - w.length + i] as string)),
    );
    if (found) matched.add(found);
    return found !== undefined;
  };
  if (plan instanceof ResolvedHint) {
    const { child } = plan;
    if (
      (child instanceof UnresolvedRelation && hits(child.nameParts)) ||
      (child instanceof SubqueryAlias && hits(child.identifier))
    )
      return new ResolvedHint(child, strategy);
    return plan.mapChildren((c) => place(c, wanted, matched, strategy, context));
  }
  if (plan instanceof UnresolvedRelation && hits(plan.nameParts)) return new ResolvedHint(plan, strategy);
  if (plan instanceof SubqueryAlias && hits(plan.identifier)) return new ResolvedHint(plan, strategy);
  if (
    plan instanceof SubqueryAlias ||
    plan instanceof View ||
    plan instanceof UnresolvedWith ||
    plan instanceof WithCTE ||
    plan instanceof CTERelationRef ||
    plan instanceof LeafNode
  )
    return plan;
  return plan.mapChildren((c) => place(c, wanted, matched, strategy, context));
}

/** COALESCE, REPARTITION, REPARTITION_BY_RANGE and, where plans adapt, REBALANCE hints. Spark: `ResolveCoalesceHints`. */
export const ResolveCoalesceHints = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveCoalesceHints', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof UnresolvedHint)) return p;
      const name = p.name.toUpperCase();
      if (!LAYOUT.has(name) || (name === 'REBALANCE' && context.conf.adaptive === false)) return p;
      const [first, ...others] = p.parameters;
      const count = numberOf(first);
      const rest = count === undefined ? p.parameters : others;
      if (name === 'COALESCE') {
        if (count === undefined || rest.length > 0)
          throw analysisError('_LEGACY_ERROR_TEMP_1048', { hintName: name }, p.origin);
        return new Repartition(count, false, p.child);
      }
      const columns = rest.map((e) => columnOf(e, name, p));
      if (name === 'REPARTITION' && columns.length === 0 && count !== undefined)
        return new Repartition(count, true, p.child);
      if (name === 'REPARTITION_BY_RANGE') {
        if (columns.length === 0)
          throw analysisError(
            '_LEGACY_ERROR_TEMP_1047',
            { hintName: name, invalidParams: p.parameters.join(', ') },
            p.origin,
          );
        return new RepartitionByExpression(
          columns.map((c) => (c instanceof SortOrder ? c : new SortOrder(c))),
          p.child,
          count,
        );
      }
      const Layout = name === 'REBALANCE' ? RebalancePartitions : RepartitionByExpression;
      return new Layout(columns, p.child, count);
    }),
  );

function numberOf(e: Expression | string | number | undefined): number | undefined {
  if (typeof e === 'number') return e;
  return e instanceof Literal && typeof e.value === 'number' ? e.value : undefined;
}
function columnOf(e: Expression | string | number, name: string, p: UnresolvedHint): Expression {
  if (typeof e === 'string') return new UnresolvedAttribute(e.split('.'));
  if (typeof e === 'number' || e instanceof Literal)
    throw analysisError('_LEGACY_ERROR_TEMP_1047', { hintName: name, invalidParams: String(e) }, p.origin);
  return e;
}

/** Whatever no rule understood is dropped with a warning. Spark: `RemoveAllHints`. */
export const RemoveAllHints = (context: AnalyzerContext) =>
  contextRule(context, 'RemoveAllHints', (plan) =>
    resolveOperatorsUp(plan, (p) => {
      if (!(p instanceof UnresolvedHint)) return p;
      context.warnings.push(`Unrecognized hint: ${p.name}(${p.parameters.join(', ')})`);
      return p.child;
    }),
  );
