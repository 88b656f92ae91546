import { compileRow } from '../../eval/evaluate.js';
import { Binder } from '../expressions/bind.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, type AttributeReference } from '../expressions/named.js';
import { joinConjuncts, splitConjuncts } from '../expressions/predicates.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Expand,
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LocalLimit,
  Project,
  Union,
} from '../logical/operators.js';
import { LocalRelation } from '../logical/relations.js';
import { isFalse, isTrue } from './boolean-simplification.js';
import { constraintsOf } from './constraints.js';
import { downRule, upRule } from './tree-rules.js';

export function isEmpty(p: LogicalPlan): boolean {
  return p instanceof LocalRelation && p.rows.length === 0 && p.identity === undefined;
}
function empty(p: LogicalPlan): LocalRelation {
  return new LocalRelation(p.output, []);
}

/** Filters that all rows pass, or none. Spark: `PruneFilters`. */
export const PruneFilters = downRule('PruneFilters', (p) => {
  if (!(p instanceof Filter)) return p;
  if (isTrue(p.condition)) return p.child;
  if (isFalse(p.condition) || (p.condition instanceof Literal && p.condition.value === null)) return empty(p);
  const known = constraintsOf(p.child);
  const parts = splitConjuncts(p.condition);
  const needed = parts.filter((e) => !(e.deterministic && known.has(e)));
  if (needed.length === parts.length) return p;
  const condition = joinConjuncts(needed);
  return condition ? new Filter(condition, p.child) : p.child;
});

/** What an empty input makes empty. Spark: `PropagateEmptyRelation`. */
export const PropagateEmptyRelation = upRule('PropagateEmptyRelation', propagate);

function nulls(columns: LogicalPlan): Expression[] {
  return columns.output.map((a) => new Alias(Literal.nullOf(a.dataType), a.name, a.exprId));
}

function propagate(p: LogicalPlan): LogicalPlan {
  if (p instanceof Union) {
    const kept = p.inputs.filter((c) => !isEmpty(c));
    if (kept.length === p.inputs.length) return p;
    const [first] = kept;
    if (!first) return empty(p);
    const body = kept.length === 1 ? first : new Union(kept, p.byName, p.allowMissingCol);
    const output = p.output;
    if (body.output.every((a, i) => a.exprId === output[i]?.exprId)) return body;
    return new Project(
      body.output.map((a, i) => {
        const to = output[i] as AttributeReference;
        return a.exprId === to.exprId ? a : new Alias(a, to.name, to.exprId);
      }),
      body,
    );
  }
  if (p instanceof Join) return propagateJoin(p);
  if (p.children.length !== 1 || !isEmpty(p.children[0] as LogicalPlan)) return p;
  if (p instanceof Aggregate) return p.groupingExpressions.length > 0 ? empty(p) : p;
  if (
    p instanceof Project ||
    p instanceof Filter ||
    p instanceof Generate ||
    p instanceof Expand ||
    p instanceof GlobalLimit ||
    p instanceof LocalLimit ||
    p.kind === 'Sort' ||
    p.kind === 'Sample' ||
    p.kind === 'Window' ||
    p.kind === 'Repartition' ||
    p.kind === 'RepartitionByExpression' ||
    p.kind === 'RebalancePartitions' ||
    p.kind === 'Offset'
  )
    return empty(p);
  return p;
}

function propagateJoin(p: Join): LogicalPlan {
  const [noLeft, noRight] = [isEmpty(p.left), isEmpty(p.right)];
  const never = p.condition !== undefined && isFalse(p.condition);
  if (!noLeft && !noRight && !never) return p;
  switch (p.joinType.kind) {
    case 'Inner':
    case 'Cross':
    case 'LeftSemi':
      return empty(p);
    case 'LeftAnti':
      return noLeft ? empty(p) : p.left;
    case 'LeftOuter':
      if (noLeft) return empty(p);
      return new Project([...p.left.output, ...nulls(p.right)], p.left);
    case 'RightOuter':
      if (noRight) return empty(p);
      return new Project([...nulls(p.left), ...p.right.output], p.right);
    case 'FullOuter':
      if (noLeft && noRight) return empty(p);
      if (noRight) return new Project([...p.left.output, ...nulls(p.right)], p.left);
      if (noLeft) return new Project([...nulls(p.left), ...p.right.output], p.right);
      return p;
    default:
      return noLeft ? empty(p) : p;
  }
}

/** Projections, filters and limits over known rows are computed at once. Refuses what is not deterministic or raises.
 * Spark: `ConvertToLocalRelation`. */
export const ConvertToLocalRelation = upRule('ConvertToLocalRelation', (p) => {
  const [child] = p.children;
  if (!(child instanceof LocalRelation) || child.identity !== undefined) return p;
  if (p.expressions.some((e) => !computable(e))) return p;
  try {
    const binder = new Binder(child.output);
    if (p instanceof Project) {
      const columns = p.projectList.map((e) => compileRow(binder.bind(e)));
      return new LocalRelation(
        p.output,
        child.rows.map((row) => columns.map((f) => f(row))),
      );
    }
    if (p instanceof Filter) {
      const passes = compileRow(binder.bind(p.condition));
      return new LocalRelation(
        p.output,
        child.rows.filter((row) => passes(row) === true),
      );
    }
    if (p instanceof GlobalLimit || p instanceof LocalLimit) {
      const limit = p.limitExpr;
      return limit instanceof Literal ? new LocalRelation(p.output, child.rows.slice(0, Number(limit.value))) : p;
    }
  } catch {
    return p;
  }
  return p;
});

function computable(e: Expression): boolean {
  return (
    e.deterministic &&
    !e.exists(
      (x) => x.kind === 'ScalarSubquery' || x.kind === 'Exists' || x.kind === 'ListQuery' || x.kind === 'JavaScriptUdf',
    )
  );
}
