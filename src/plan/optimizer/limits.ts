import { lookupScalar } from '../../eval/registry.js';
import { INT } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, GlobalLimit, Join, LocalLimit, Offset, Project, Union } from '../logical/operators.js';
import { LocalRelation } from '../logical/relations.js';
import { isGroupOnly } from './remove-redundant-aggregates.js';
import { downRule, upRule } from './tree-rules.js';

function intOf(e: Expression): number | undefined {
  return e instanceof Literal && typeof e.value === 'number' ? e.value : undefined;
}

/** Rows per partition, at most. Spark: `maxRowsPerPartition`. */
function perPartition(plan: LogicalPlan): bigint | undefined {
  if (plan instanceof LocalLimit) {
    const n = intOf(plan.limitExpr);
    return n === undefined ? undefined : BigInt(n);
  }
  if (plan instanceof Project) return perPartition(plan.child);
  return plan.maxRows;
}

/** Limits that cut nothing, limits of limits, offsets of nothing. Spark: `EliminateLimits`, `EliminateOffsets`. */
export const EliminateLimits = upRule('EliminateLimits', (p) => {
  if (p instanceof GlobalLimit || p instanceof LocalLimit) {
    if (intOf(p.limitExpr) === 0) return new LocalRelation(p.output, []);
    const rows = p instanceof LocalLimit ? perPartition(p.child) : p.child.maxRows;
    const n = intOf(p.limitExpr);
    if (n !== undefined && rows !== undefined && rows <= BigInt(n)) return p.child;
    if (p instanceof GlobalLimit && p.child instanceof GlobalLimit)
      return new GlobalLimit(least(p.limitExpr, p.child.limitExpr), p.child.child);
    if (p instanceof LocalLimit && p.child instanceof LocalLimit)
      return new LocalLimit(least(p.limitExpr, p.child.limitExpr), p.child.child);
    if (p instanceof GlobalLimit && p.child instanceof LocalLimit && p.child.child instanceof GlobalLimit) {
      const inner = p.child.child;
      const limit = least(p.limitExpr, inner.limitExpr);
      return new GlobalLimit(
        limit,
        new LocalLimit(limit, inner.child instanceof LocalLimit ? inner.child.child : inner.child),
      );
    }
    return p;
  }
  if (p instanceof Offset) {
    const n = intOf(p.offsetExpr);
    if (n === 0) return p.child;
    if (n !== undefined && p.child.maxRows !== undefined && p.child.maxRows <= BigInt(n))
      return new LocalRelation(p.output, []);
    if (p.child instanceof Offset && n !== undefined) {
      const m = intOf(p.child.offsetExpr);
      if (m !== undefined && n + m <= 2147483647) return new Offset(new Literal(n + m, INT), p.child.child);
    }
  }
  return p;
});

function least(a: Expression, b: Expression): Expression {
  const [x, y] = [intOf(a), intOf(b)];
  if (x !== undefined && y !== undefined) return x <= y ? a : b;
  const def = lookupScalar('least');
  return def ? new ScalarCall(def, [a, b], 'ANSI', 'UTC') : a;
}

function limited(limit: Expression, plan: LogicalPlan): LogicalPlan {
  const n = intOf(limit);
  const rows = perPartition(plan);
  return n !== undefined && rows !== undefined && rows <= BigInt(n) ? plan : new LocalLimit(limit, plan);
}

/** A limit also holds for each input of a union and for the side of an outer join whose rows all come through.
 * Spark: `LimitPushDown`. */
export const LimitPushDown = downRule('LimitPushDown', (p) => {
  if (p instanceof GlobalLimit && intOf(p.limitExpr) === 1 && p.child instanceof LocalLimit) {
    const aggregate = p.child.child;
    if (!(aggregate instanceof Aggregate) || !isGroupOnly(aggregate)) return p;
    // Any one row makes a group: that there is one is all that counts.
    const one = new LocalLimit(p.limitExpr, aggregate.child);
    return new GlobalLimit(p.limitExpr, new LocalLimit(p.limitExpr, new Project(aggregate.aggregateExpressions, one)));
  }
  if (!(p instanceof LocalLimit)) return p;
  const { child, limitExpr } = p;
  if (child instanceof Offset) {
    const [n, m] = [intOf(limitExpr), intOf(child.offsetExpr)];
    if (n === undefined || m === undefined || n + m > 2147483647) return p;
    return new Offset(child.offsetExpr, limited(new Literal(n + m, INT), child.child));
  }
  const project = child instanceof Project && child.projectList.every((e) => e.deterministic) ? child : undefined;
  const below = project ? project.child : child;
  if (below instanceof Union && !project) {
    const inputs = below.inputs.map((c) => limited(limitExpr, c));
    return inputs.every((c, i) => c === below.inputs[i])
      ? p
      : new LocalLimit(limitExpr, new Union(inputs, below.byName, below.allowMissingCol));
  }
  if (below instanceof Join) {
    const joined = throughJoin(limitExpr, below);
    if (joined === below) return p;
    return new LocalLimit(limitExpr, project ? new Project(project.projectList, joined) : joined);
  }
  return p;
});

function throughJoin(limit: Expression, join: Join): Join {
  let { left, right } = join;
  switch (join.joinType.kind) {
    case 'LeftOuter':
      left = limited(limit, left);
      break;
    case 'RightOuter':
      right = limited(limit, right);
      break;
    case 'Inner':
    case 'Cross':
      if (join.condition === undefined) {
        left = limited(limit, left);
        right = limited(limit, right);
      }
      break;
    case 'LeftSemi':
    case 'LeftAnti':
      if (join.condition === undefined) left = limited(limit, left);
      break;
    default:
  }
  return left === join.left && right === join.right
    ? join
    : new Join(left, right, join.joinType, join.condition, join.hint);
}
