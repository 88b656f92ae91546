import { AttributeSet, type Expression } from '../expressions/expression.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Join, Project, Window } from '../logical/operators.js';
import { rule } from '../rule.js';
import { replaceAttributes } from './substitute.js';

/** `a AS a` → `a`, and what reads the alias reads the column. Refuses where the other side of a join has that very column.
 * Spark: `RemoveRedundantAliases`. */
export const RemoveRedundantAliases = rule('RemoveRedundantAliases', (plan) => remove(plan, new AttributeSet()));

type Renames = Map<number, AttributeReference>;

function remove(plan: LogicalPlan, excluded: AttributeSet): LogicalPlan {
  if (plan.children.length === 0 && plan.subqueries.length === 0) return plan;
  const renames: Renames = new Map();
  const next =
    plan instanceof Join
      ? removeInJoin(plan, excluded, renames)
      : removeBelow(plan, excludedHere(plan, excluded), renames);
  const own = excludedHere(plan, excluded);
  const clean = (e: Expression, taken: Set<number>): Expression => {
    const renamed = replaceAttributes(e, renames);
    if (!(plan instanceof Project || plan instanceof Aggregate || plan instanceof Window)) return renamed;
    return redundant(renamed, own, taken);
  };
  const taken = new Set<number>();
  for (const e of next.expressions) if (e instanceof AttributeReference) taken.add((renames.get(e.exprId) ?? e).exprId);
  if (renames.size === 0 && !(next instanceof Project || next instanceof Aggregate || next instanceof Window))
    return next;
  return next.mapExpressions((e) => clean(e, taken));
}

/** Columns that subqueries in this node make must not meet those of the node. */
function excludedHere(plan: LogicalPlan, excluded: AttributeSet): AttributeSet {
  const { subqueries } = plan;
  if (subqueries.length === 0) return excluded;
  return new AttributeSet([...excluded, ...subqueries.flatMap((s) => s.output)]);
}

function removeBelow(plan: LogicalPlan, excluded: AttributeSet, renames: Renames): LogicalPlan {
  return plan.mapChildren((c) => {
    const next = remove(c, excluded);
    note(c, next, renames);
    return next;
  });
}

function removeInJoin(join: Join, excluded: AttributeSet, renames: Renames): LogicalPlan {
  const left = remove(join.left, new AttributeSet([...excluded, ...join.right.output]));
  const right = remove(join.right, new AttributeSet([...excluded, ...left.output]));
  note(join.left, left, renames);
  note(join.right, right, renames);
  if (left === join.left && right === join.right) return join;
  return new Join(left, right, join.joinType, join.condition, join.hint);
}

function note(before: LogicalPlan, after: LogicalPlan, renames: Renames): void {
  if (before === after) return;
  const output = after.output;
  before.output.forEach((a, i) => {
    const b = output[i];
    if (b && b.exprId !== a.exprId) renames.set(a.exprId, b.withQualifier(a.qualifier));
  });
}

function redundant(e: Expression, excluded: AttributeSet, taken: Set<number>): Expression {
  if (!(e instanceof Alias) || !(e.child instanceof AttributeReference)) return e;
  const { child } = e;
  if (e.name !== child.name || excluded.has(child) || excluded.has(e) || taken.has(child.exprId)) return e;
  if (JSON.stringify(e.metadata) !== JSON.stringify(child.metadata)) return e;
  taken.add(child.exprId);
  return child;
}
