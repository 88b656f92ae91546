import { analysisError } from '../../../errors/index.js';
import { lookupScalar } from '../../../eval/registry.js';
import { BYTE, INT, LONG } from '../../../types/index.js';
import { AggregateExpression, Grouping, GroupingId, GroupingSetsExpression } from '../../expressions/aggregate.js';
import { Arithmetic } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { ScalarCall } from '../../expressions/functions.js';
import { Literal } from '../../expressions/literal.js';
import {
  Alias,
  AttributeReference,
  GROUPING_ID_NAME,
  isNamed,
  type SortOrder,
  toAttribute,
} from '../../expressions/named.js';
import { SubqueryExpression } from '../../expressions/subquery.js';
import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Expand, Filter, Project, Sort } from '../../logical/operators.js';
import { UnresolvedHaving } from '../../logical/unresolved.js';
import { ColumnResolution } from '../column-resolution.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsDown } from '../resolve-operators.js';
import { resolveExprsWithAggregate } from './resolve-aggregate-functions.js';
import { resolveSubqueriesIn } from './resolve-subquery.js';

interface Analytics {
  readonly sets: readonly (readonly Expression[])[];
  readonly groups: readonly Expression[];
}

/** Aggregate with ROLLUP, CUBE or GROUPING SETS → Aggregate by the keys and spark_grouping_id over an Expand with one
 * projection per set. Spark: `ResolveGroupingAnalytics`. */
export const ResolveGroupingAnalytics = (context: AnalyzerContext) => {
  const owner = {};
  return contextRule(
    context,
    'ResolveGroupingAnalytics',
    (plan) => resolveOperatorsDown(plan, (p) => apply(p, context)),
    () => context.memoFor(owner),
  );
};

const hasGroupingFunction = (e: Expression): boolean =>
  e.exists((x) => x instanceof Grouping || x instanceof GroupingId);

function apply(p: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  if (p instanceof UnresolvedHaving && p.child instanceof Aggregate) {
    const analytics = groupingAnalytics(p.child);
    if (analytics && p.child.childrenResolved && p.child.aggregateExpressions.every((e) => e.resolved))
      return having(p, p.child, analytics, context);
  }
  if (!p.childrenResolved) return p;
  if (p instanceof Aggregate) {
    const analytics = groupingAnalytics(p);
    if (!analytics || !p.aggregateExpressions.every((e) => e.resolved)) return p;
    return construct(analytics, p.aggregateExpressions, p.child, context);
  }
  if (p instanceof Filter && hasGroupingFunction(p.condition) && p.condition.resolved) {
    const gid = new UnresolvedAttribute([GROUPING_ID_NAME]);
    return new Filter(replaceGrouping(p.condition, findGroups(p.child), gid, context), p.child);
  }
  if (p instanceof Sort && p.order.some(hasGroupingFunction) && p.order.every((o) => o.resolved)) {
    const gid = new UnresolvedAttribute([GROUPING_ID_NAME]);
    const groups = findGroups(p.child);
    return new Sort(
      p.order.map((o) => replaceGrouping(o, groups, gid, context) as SortOrder),
      p.global,
      p.child,
    );
  }
  return p;
}

/** The grouping sets of an Aggregate whose grouping expressions are all resolved; several constructs multiply.
 * Spark: `GroupingAnalytics`. */
function groupingAnalytics(a: Aggregate): Analytics | undefined {
  if (!a.groupingExpressions.some((g) => g instanceof GroupingSetsExpression)) return undefined;
  if (!a.groupingExpressions.every((g) => (g instanceof GroupingSetsExpression ? g.childrenResolved : g.resolved)))
    return undefined;
  const groups: Expression[] = [];
  const add = (e: Expression) => {
    if (!groups.some((g) => g.semanticEquals(e))) groups.push(e);
  };
  const setsOf: (readonly (readonly Expression[])[])[] = [];
  for (const g of a.groupingExpressions) {
    if (!(g instanceof GroupingSetsExpression)) {
      add(g);
      setsOf.push([[g]]);
      continue;
    }
    for (const e of [...g.userGiven, ...g.groups.flat()]) add(e);
    setsOf.push(expandSets(g));
  }
  const sets = setsOf.reduce<readonly (readonly Expression[])[]>(
    (acc, more) => acc.flatMap((x) => more.map((y) => [...x, ...y])),
    [[]],
  );
  return { sets: sets.map(distinct), groups };
}

function distinct(list: readonly Expression[]): readonly Expression[] {
  const out: Expression[] = [];
  for (const e of list) if (!out.some((x) => x.equals(e))) out.push(e);
  return out;
}

function expandSets(g: GroupingSetsExpression): readonly (readonly Expression[])[] {
  switch (g.form) {
    case 'rollup':
      return Array.from({ length: g.groups.length + 1 }, (_, i) => g.groups.slice(0, g.groups.length - i).flat());
    case 'cube':
      return cube(g.groups).map((s) => s.flat());
    default:
      return g.groups;
  }
}
/** All subsets, those with the first element before those without. */
function cube(groups: readonly (readonly Expression[])[]): (readonly Expression[])[][] {
  const [head, ...rest] = groups;
  if (head === undefined) return [[]];
  const inner = cube(rest);
  return [...inner.map((s) => [head, ...s]), ...inner];
}

function construct(
  { sets, groups }: Analytics,
  list: readonly Expression[],
  child: LogicalPlan,
  context: AnalyzerContext,
): Aggregate {
  if (groups.length > 64) throw analysisError('GROUPING_SIZE_LIMIT_EXCEEDED', { maxSize: '64' }, child.origin);
  const aliases = groups.map((g) =>
    isNamed(g) ? new Alias(g, g.name, undefined, g.qualifier) : new Alias(g, g.toString()),
  );
  const gid = AttributeReference.create(GROUPING_ID_NAME, LONG, false);
  const expanded = aliases.map((a) => {
    const attribute = a.toAttribute();
    return sets.some((s) => !s.some((e) => e.equals(a.child))) ? attribute.withNullability(true) : attribute;
  });
  const setAttributes = sets.map((s) =>
    s.map((e) => {
      const at = aliases.findIndex((a) => a.child.semanticEquals(e));
      return expanded[at] as AttributeReference;
    }),
  );
  const expand = makeExpand(setAttributes, aliases, expanded, gid, child);
  const groupingAttributes = expand.output.slice(child.output.length);
  const replace = (e: Expression): Expression => {
    if (e instanceof AggregateExpression) return e;
    const at = aliases.findIndex((a) => a.child.semanticEquals(e));
    return at === -1 ? e.mapChildren(replace) : (groupingAttributes[at] as AttributeReference);
  };
  const aggregations = list.map((e) => replace(replaceGrouping(e, groups, gid, context)));
  return new Aggregate(groupingAttributes, aggregations, expand);
}

/** One projection per grouping set: the child's columns, each key or null, the set's id (and a position where sets repeat).
 * Spark: `Expand.apply`. */
function makeExpand(
  sets: readonly (readonly AttributeReference[])[],
  aliases: readonly Alias[],
  attributes: readonly AttributeReference[],
  gid: AttributeReference,
  child: LogicalPlan,
): Expand {
  const position = (a: AttributeReference) => attributes.findIndex((x) => x.exprId === a.exprId);
  const repeated =
    new Set(sets.map((s) => JSON.stringify([...new Set(s.map(position))].sort((a, b) => a - b)))).size !== sets.length;
  const seenIds = sets.map((s) => groupingId(s.map(position), attributes.length));
  const projections = sets.map((s, i) => [
    ...child.output,
    ...attributes.map((a) => (s.some((x) => x.exprId === a.exprId) ? a : Literal.nullOf(a.dataType))),
    Literal.long(seenIds[i] as bigint),
    ...(repeated ? [Literal.int(i)] : []),
  ]);
  const output = [
    ...child.output,
    ...attributes.map((a) => a.newInstance()),
    gid,
    ...(repeated ? [AttributeReference.create('_gen_grouping_pos', INT, false)] : []),
  ];
  const inner = new Project([...child.output, ...aliases], child);
  return new Expand(projections, output, inner);
}

/** Bit i (from the left) is 1 where key i is not in the set. */
function groupingId(inSet: readonly number[], size: number): bigint {
  let id = 0n;
  for (let i = 0; i < size; i++) id = (id << 1n) | (inSet.includes(i) ? 0n : 1n);
  return BigInt.asIntN(64, id);
}

function replaceGrouping(
  e: Expression,
  groups: readonly Expression[],
  gid: Expression,
  context: AnalyzerContext,
): Expression {
  return e.transformDown((x) => {
    if (x instanceof GroupingId) {
      const matches =
        x.groupByExprs.length === 0 ||
        (x.groupByExprs.length === groups.length &&
          x.groupByExprs.every((g, i) => g.canonicalized.key === groups[i]?.canonicalized.key));
      if (matches) return new Alias(gid, x.sql(true));
      throw analysisError(
        'GROUPING_ID_COLUMN_MISMATCH',
        { groupingIdColumn: x.groupByExprs.join(','), groupByColumns: groups.join(',') },
        x.origin,
      );
    }
    if (x instanceof Grouping) {
      const at = groups.findIndex((g) => g.semanticEquals(x.child));
      if (at < 0)
        throw analysisError(
          'GROUPING_COLUMN_MISMATCH',
          { grouping: String(x.child), groupingColumns: groups.join(',') },
          x.origin,
        );
      const def = lookupScalar('shiftright');
      if (!def) return x;
      const shifted = new ScalarCall(def, [gid, Literal.int(groups.length - 1 - at)], context.mode);
      const bit = new Arithmetic('BitwiseAnd', shifted, Literal.long(1n), context.mode);
      return new Alias(new Cast(bit, BYTE, context.mode), x.sql(true));
    }
    return x;
  });
}

function findGroups(plan: LogicalPlan): readonly Expression[] {
  const a = plan.find((p) => p instanceof Aggregate) as Aggregate | undefined;
  const last = a?.groupingExpressions.at(-1);
  if (!(last instanceof AttributeReference) || last.name !== GROUPING_ID_NAME)
    throw analysisError('UNSUPPORTED_GROUPING_EXPRESSION', {});
  return (a as Aggregate).groupingExpressions.slice(0, -1);
}

function having(h: UnresolvedHaving, agg: Aggregate, analytics: Analytics, context: AnalyzerContext): LogicalPlan {
  const columns = new ColumnResolution(context);
  const plain = new Aggregate(analytics.groups, agg.aggregateExpressions, agg.child);
  let condition = columns.byOutput(columns.withAggregate(h.condition, plain), plain, false, true);
  if (condition.exists((e) => e instanceof SubqueryExpression)) {
    const fake = resolveSubqueriesIn(new Project([new Alias(condition, 'fake')], agg.child), context) as Project;
    condition = (fake.projectList[0] as Alias).child;
  }
  if (!condition.resolved) return condition === h.condition ? h : new UnresolvedHaving(condition, h.child);
  const [extra, [resolved]] = resolveExprsWithAggregate([condition], plain);
  const child = construct(analytics, [...agg.aggregateExpressions, ...extra], agg.child, context);
  const before = [...plain.output, ...extra.map(toAttribute)];
  const map = new Map(before.map((a, i) => [a.exprId, child.output[i] as AttributeReference]));
  const filter = new Filter(
    (resolved as Expression).transformUp((e) => (e instanceof AttributeReference ? (map.get(e.exprId) ?? e) : e)),
    child,
  );
  return extra.length ? new Project(child.output.slice(0, -extra.length), filter) : filter;
}
