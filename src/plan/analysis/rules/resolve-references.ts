import { analysisError } from '../../../errors/index.js';
import type { Expression } from '../../expressions/expression.js';
import { Literal } from '../../expressions/literal.js';
import { Alias } from '../../expressions/named.js';
import { In } from '../../expressions/predicates.js';
import {
  UnresolvedAlias,
  UnresolvedFunction,
  UnresolvedOrdinal,
  UnresolvedRegex,
  UnresolvedStar,
} from '../../expressions/unresolved.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Aggregate, Filter, Generate, Project, RepartitionByExpression, Sort, Union } from '../../logical/operators.js';
import { Unpivot, UnresolvedHaving, UnresolvedOrderByAll } from '../../logical/unresolved.js';
import { IS_DUPLICATE } from '../attribute-seq.js';
import { ColumnResolution } from '../column-resolution.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, mapSame, resolveOperatorsUp } from '../resolve-operators.js';
import { expandStar } from '../star-expansion.js';
import { resolveAggregateReferences } from './resolve-references-in-aggregate.js';
import { resolveSortReferences } from './resolve-references-in-sort.js';

/** Names become attributes, stars their columns. Spark: `ResolveReferences`. */
export const ResolveReferences = (context: AnalyzerContext) => {
  const columns = new ColumnResolution(context);
  return contextRule(
    context,
    'ResolveReferences',
    (plan) => resolveOperatorsUp(plan, (p) => resolve(p, context, columns)),
    () => context.memoFor(columns),
  );
};

/** Two children share ids: `DeduplicateRelations` goes first. */
function hasConflictingAttributes(p: LogicalPlan): boolean {
  if (p.children.length < 2) return false;
  const seen = new Set<number>();
  for (const c of p.children) {
    const own = [...c.outputSet].map((a) => a.exprId);
    if (own.some((id) => seen.has(id))) return true;
    for (const id of own) seen.add(id);
  }
  return false;
}

function resolve(p: LogicalPlan, context: AnalyzerContext, columns: ColumnResolution): LogicalPlan {
  if (!p.childrenResolved || (p.children.length === 0 && p.resolved) || hasConflictingAttributes(p)) return p;
  if (p instanceof Project) {
    if (p.projectList.some(containsStar))
      return new Project(expandList(p.projectList, p.child, context, columns), p.child);
    const basic = mapSame(p.projectList, (e) => columns.byChildren(e, p));
    const withAliases = columns.lateralAliases(basic);
    const list = mapSame(withAliases, (e) => columns.lastResort(e));
    if (list === p.projectList) return p;
    const next = new Project(list, p.child);
    next.hiddenOutput = p.hiddenOutput;
    return next;
  }
  if (p instanceof Filter) {
    if (containsStar(p.condition)) return new Filter(expandStarIn(p.condition, p.child, context, columns), p.child);
    return resolveFilter(p, columns);
  }
  if (p instanceof Aggregate) {
    if (p.aggregateExpressions.some(containsStar)) {
      if (p.groupingExpressions.some((g) => g instanceof UnresolvedOrdinal))
        throw analysisError('STAR_GROUP_BY_POS', {}, p.origin);
      return new Aggregate(
        p.groupingExpressions,
        expandList(p.aggregateExpressions, p.child, context, columns),
        p.child,
      );
    }
    return resolveAggregateReferences(p, context, columns);
  }
  if (
    p instanceof Unpivot &&
    (p.ids?.some(containsStar) || p.values?.some((v) => v.length === 1 && v.some(containsStar)))
  )
    return new Unpivot(
      p.ids && expandList(p.ids, p.child, context, columns),
      p.values?.flatMap((v) => expandList(v, p.child, context, columns).map((e) => [e])),
      p.aliases,
      p.variableColumnName,
      p.valueColumnNames,
      p.child,
    );
  if (p instanceof Union) return renameDuplicates(p);
  if (p instanceof Generate) {
    if (p.generator.resolved) return p;
    return p.mapExpressions((e) => (e === p.generator ? columns.byOutput(e, p.child, true, true) : e));
  }
  if (p instanceof UnresolvedHaving && p.child instanceof Aggregate) {
    if (p.condition.resolved) return p;
    const { child } = p;
    return p.mapExpressions((e) => columns.byChildren(columns.withAggregate(e, child), p, true));
  }
  if (p instanceof RepartitionByExpression) {
    if (p.resolved && p.missingInput.length === 0) return p;
    const basic = mapSame(p.partitionExpressions, (e) => columns.byChildren(e, p));
    const [exprs, child] = columns.addMissing(basic, p.child);
    const final = mapSame(exprs, (e) => columns.lastResort(e));
    if (child === p.child) return final === p.partitionExpressions ? p : p.over(final, child);
    return new Project(p.child.output, p.over(final, child));
  }
  if (p instanceof Sort) return p.resolved && p.missingInput.length === 0 ? p : resolveSortReferences(p, columns);
  if (p instanceof UnresolvedOrderByAll)
    return new Sort(
      p.child.output.map((a) => p.order.withNewChildren([a]) as typeof p.order),
      p.global,
      p.child,
    );
  return otherNode(p, columns);
}

function otherNode(p: LogicalPlan, columns: ColumnResolution): LogicalPlan {
  return p.mapExpressions((e) => columns.byChildren(e, p, true));
}

function resolveFilter(f: Filter, columns: ColumnResolution): LogicalPlan {
  if (f.condition.resolved && f.missingInput.length === 0) return f;
  const basic = columns.byChildren(f.condition, f);
  const withAggregate = columns.withAggregate(basic, f.child);
  const [exprs, child] = columns.addMissing([withAggregate], f.child);
  const condition = columns.lastResort(exprs[0] as Expression);
  if (sameOutput(child, f.child)) return condition === f.condition ? f : new Filter(condition, f.child);
  return new Project(f.child.output, new Filter(condition, child));
}

export function sameOutput(a: LogicalPlan, b: LogicalPlan): boolean {
  return a === b || (a.output.length === b.output.length && a.output.every((x, i) => x.exprId === b.output[i]?.exprId));
}

const isStar = (e: Expression): e is UnresolvedStar | UnresolvedRegex =>
  e instanceof UnresolvedStar || e instanceof UnresolvedRegex;

export function containsStar(e: Expression): boolean {
  return e.exists(isStar);
}

function expandList(
  list: readonly Expression[],
  child: LogicalPlan,
  context: AnalyzerContext,
  columns: ColumnResolution,
): readonly Expression[] {
  return list.flatMap((e) => {
    if (isStar(e)) return expandStar(e, child, context, columns);
    if (e instanceof UnresolvedAlias && isStar(e.child)) return expandStar(e.child, child, context, columns);
    return containsStar(e) ? [expandStarIn(e, child, context, columns)] : [e];
  });
}

/** Stars among the arguments of calls; `count(*)` is `count(1)`. @throws INVALID_USAGE_OF_STAR_OR_REGEX */
function expandStarIn(
  e: Expression,
  child: LogicalPlan,
  context: AnalyzerContext,
  columns: ColumnResolution,
): Expression {
  const expandArgs = (args: readonly Expression[]) =>
    args.flatMap((a) => (isStar(a) ? expandStar(a, child, context, columns) : [a]));
  return e.transformUp((x) => {
    if (!x.children.some(isStar)) return x;
    if (x instanceof UnresolvedFunction) {
      const [first] = x.operands;
      const isCount = x.nameParts.length === 1 && x.name.toLowerCase() === 'count';
      if (isCount && x.operands.length === 1 && first instanceof UnresolvedStar) {
        if (first.target === undefined && !x.isDistinct && first.except.length === 0)
          return new UnresolvedFunction(
            ['count'],
            [Literal.int(1)],
            false,
            x.filter,
            x.ignoreNulls,
            x.withinGroup,
            x.isInternal,
          );
        const { target } = first;
        if (
          target !== undefined &&
          !context.conf.functions?.countTableStar &&
          child.output.some(
            (a) =>
              a.qualifier.length >= target.length &&
              target.every((t, i) =>
                context.sameName(t, a.qualifier[a.qualifier.length - target.length + i] as string),
              ),
          )
        )
          throw analysisError('_LEGACY_ERROR_TEMP_1021', { targetString: target.join('.') });
      }
      return new UnresolvedFunction(
        x.nameParts,
        expandArgs(x.operands),
        x.isDistinct,
        x.filter,
        x.ignoreNulls,
        x.withinGroup,
        x.isInternal,
      );
    }
    if (x instanceof In) return new In(x.value, expandArgs(x.list));
    throw analysisError(
      'INVALID_USAGE_OF_STAR_OR_REGEX',
      { elem: "'*'", prettyName: `expression \`${x.nodeName.toLowerCase()}\`` },
      x.origin,
    );
  });
}

/** A child whose columns share ids gets a projection that renames the later ones. */
function renameDuplicates(u: Union): LogicalPlan {
  return u.mapChildren((c) => {
    const { output } = c;
    if (new Set(output.map((a) => a.exprId)).size === output.length) return c;
    const seen = new Set<number>();
    return new Project(
      output.map((a) => {
        if (seen.has(a.exprId)) return new Alias(a, a.name, undefined, [], { ...a.metadata, [IS_DUPLICATE]: null });
        seen.add(a.exprId);
        return a;
      }),
      c,
    );
  });
}
