import { Decimal, type Value } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { AttributeReference } from '../expressions/named.js';
import { And, Comparison, In, Not, NullCheck, Or, splitConjuncts } from '../expressions/predicates.js';
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
  Sample,
  Union,
} from '../logical/operators.js';
import { InMemoryRelation, LocalRelation, LogicalRelation, OneRowRelation, Range } from '../logical/relations.js';
import { SharedRelation } from '../logical/shared.js';

/** What we think of a column: how many values differ, and their range if numbers. */
interface ColumnEstimate {
  readonly distinct: number;
  readonly min?: number;
  readonly max?: number;
}
interface Estimate {
  readonly rows: number;
  readonly columns: ReadonlyMap<number, ColumnEstimate>;
}

const BYTES_PER_ROW_GUESS = 40;
const cache = new WeakMap<LogicalPlan, Estimate>();

/** How many rows a plan likely gives: guides join order and build sides, never results. Better than Spark's sizes, since footers
 * know rows and ranges. */
export function estimatedRows(plan: LogicalPlan): number {
  return estimate(plan).rows;
}

function estimate(plan: LogicalPlan): Estimate {
  let e = cache.get(plan);
  if (!e) {
    e = compute(plan);
    cache.set(plan, e);
  }
  return e;
}

function compute(plan: LogicalPlan): Estimate {
  if (plan instanceof LogicalRelation) return ofFiles(plan);
  if (plan instanceof LocalRelation) return leaf(plan, plan.rows.length);
  if (plan instanceof OneRowRelation) return leaf(plan, 1);
  if (plan instanceof Range) return leaf(plan, Number(plan.numElements));
  if (plan instanceof InMemoryRelation) {
    const { loadedStats, estimatedSizeInBytes, optimizedPlan } = plan.cached;
    const source = optimizedPlan && estimate(optimizedPlan);
    const rows = loadedStats
      ? Number(loadedStats.rowCount)
      : (source?.rows ?? Number(estimatedSizeInBytes) / BYTES_PER_ROW_GUESS);
    if (!optimizedPlan || !source) return leaf(plan, rows);
    const columns = new Map<number, ColumnEstimate>();
    optimizedPlan.output.forEach((a, i) => {
      const c = source.columns.get(a.exprId) ?? { distinct: rows };
      columns.set((plan.output[i] as AttributeReference).exprId, {
        ...c,
        distinct: Math.max(1, Math.min(c.distinct, rows)),
      });
    });
    return { rows, columns };
  }
  if (plan instanceof SharedRelation) {
    const source = estimate(plan.plan);
    const from = plan.plan.output;
    const columns = new Map<number, ColumnEstimate>();
    plan.output.forEach((a, i) => {
      const column = from[plan.ordinals[i] as number] as AttributeReference;
      columns.set(a.exprId, source.columns.get(column.exprId) ?? { distinct: Math.max(1, source.rows) });
    });
    return { rows: source.rows, columns };
  }
  if (plan instanceof Filter) {
    const child = estimate(plan.child);
    let fraction = 1;
    for (const c of splitConjuncts(plan.condition)) fraction *= selectivity(c, child);
    return shrink(child, Math.max(1, child.rows * fraction));
  }
  if (plan instanceof Project) {
    const child = estimate(plan.child);
    const columns = new Map<number, ColumnEstimate>();
    for (const e of plan.projectList) {
      if (e instanceof AttributeReference) setFrom(columns, e.exprId, child, e);
      else if (e.kind === 'Alias') {
        const inner = e.children[0] as Expression;
        if (inner instanceof AttributeReference)
          setFrom(columns, (e as unknown as AttributeReference).exprId, child, inner);
      }
    }
    return { rows: child.rows, columns };
  }
  if (plan instanceof Aggregate) {
    const child = estimate(plan.child);
    if (plan.groupingExpressions.length === 0) return { rows: 1, columns: new Map() };
    let groups = 1;
    for (const g of plan.groupingExpressions)
      groups *= g instanceof AttributeReference ? distinctOf(g, child) : Math.max(10, child.rows ** 0.5);
    const rows = Math.max(1, Math.min(child.rows, groups));
    const columns = new Map<number, ColumnEstimate>();
    for (const a of plan.output) setFrom(columns, a.exprId, { rows, columns: child.columns }, a);
    return { rows, columns };
  }
  if (plan instanceof Join) return ofJoin(plan);
  if (plan instanceof GlobalLimit || plan instanceof LocalLimit) {
    const child = estimate(plan.child);
    const n = plan.limitExpr instanceof Literal ? Number(plan.limitExpr.value) : child.rows;
    return shrink(child, Math.min(n, child.rows));
  }
  if (plan instanceof Union)
    return leaf(
      plan,
      plan.inputs.reduce((n, p) => n + estimate(p).rows, 0),
    );
  if (plan instanceof Sample) {
    const child = estimate(plan.child);
    return shrink(child, child.rows * (plan.upperBound - plan.lowerBound));
  }
  if (plan instanceof Expand) return leaf(plan, estimate(plan.child).rows * plan.projections.length);
  if (plan instanceof Generate) {
    const child = estimate(plan.child);
    return { rows: child.rows * 3, columns: child.columns };
  }
  const [only] = plan.children;
  if (only && plan.children.length === 1) return estimate(only);
  return leaf(
    plan,
    plan.children.reduce((n, p) => n * estimate(p).rows, 1),
  );
}

function leaf(plan: LogicalPlan, rows: number): Estimate {
  return { rows, columns: new Map(plan.output.map((a) => [a.exprId, { distinct: Math.max(1, rows) }])) };
}

function setFrom(into: Map<number, ColumnEstimate>, id: number, from: Estimate, a: AttributeReference): void {
  const c = from.columns.get(a.exprId);
  if (c) into.set(id, { ...c, distinct: Math.min(c.distinct, from.rows) });
}

function shrink(e: Estimate, rows: number): Estimate {
  if (rows >= e.rows) return e;
  const columns = new Map<number, ColumnEstimate>();
  for (const [id, c] of e.columns) columns.set(id, { ...c, distinct: Math.max(1, Math.min(c.distinct, rows)) });
  return { rows, columns };
}

function ofFiles(plan: LogicalRelation): Estimate {
  const { relation } = plan;
  const known = relation.rowCount;
  const rows = known === undefined ? Math.max(1, relation.sizeInBytes / BYTES_PER_ROW_GUESS) : Number(known);
  const columns = new Map<number, ColumnEstimate>();
  for (const a of plan.output) {
    const range = relation.columnRange?.(a.name);
    const min = range && asNumber(range.min);
    const max = range && asNumber(range.max);
    if (min !== undefined && max !== undefined) {
      const whole =
        a.dataType.kind === 'int' ||
        a.dataType.kind === 'long' ||
        a.dataType.kind === 'date' ||
        a.dataType.kind === 'short';
      const scale = a.dataType.kind === 'decimal' ? 10 ** a.dataType.scale : 1;
      const span = whole || a.dataType.kind === 'decimal' ? (max - min) * scale + 1 : rows;
      columns.set(a.exprId, { distinct: Math.max(1, Math.min(rows, span)), min, max });
    } else columns.set(a.exprId, { distinct: a.dataType.kind === 'boolean' ? 2 : Math.max(1, rows) });
  }
  return { rows, columns };
}

function asNumber(v: Value): number | undefined {
  if (typeof v === 'number') return v;
  if (typeof v === 'bigint') return Number(v);
  return v instanceof Decimal ? v.toNumber() : undefined;
}

function distinctOf(e: Expression, from: Estimate): number {
  if (e instanceof AttributeReference) return from.columns.get(e.exprId)?.distinct ?? from.rows;
  const [only] = [...e.references];
  return only ? (from.columns.get(only.exprId)?.distinct ?? from.rows) : 1;
}

/** Share of rows that pass. Guesses where nothing is known. */
function selectivity(e: Expression, input: Estimate): number {
  if (e instanceof Literal) return e.value === true ? 1 : 0;
  if (e instanceof And) return selectivity(e.left, input) * selectivity(e.right, input);
  if (e instanceof Or) {
    const [a, b] = [selectivity(e.left, input), selectivity(e.right, input)];
    return Math.min(1, a + b - a * b);
  }
  if (e instanceof Not) return Math.max(0, 1 - selectivity(e.child, input));
  if (e instanceof NullCheck) return e.kind === 'IsNotNull' ? 1 : 0.05;
  if (e instanceof In) return Math.min(1, e.list.length * equality(e.value, input));
  if (e.kind === 'InSubquery' || e.kind === 'Exists') return 0.5;
  if (e instanceof Comparison) {
    const [column, literal, kind] =
      e.right instanceof Literal
        ? [e.left, e.right, e.kind]
        : e.left instanceof Literal
          ? [e.right, e.left, flip(e.kind)]
          : [];
    if (kind === 'EqualTo' || kind === 'EqualNullSafe') return equality(column as Expression, input);
    if (!column || !literal || !kind) return e.kind === 'EqualTo' ? 0.1 : 1 / 3;
    const c = column instanceof AttributeReference ? input.columns.get(column.exprId) : undefined;
    const v = asNumber(literal.value);
    if (c?.min === undefined || c.max === undefined || v === undefined || c.max === c.min) return 1 / 3;
    const below = Math.min(1, Math.max(0, (v - c.min) / (c.max - c.min)));
    return kind === 'LessThan' || kind === 'LessThanOrEqual' ? below : 1 - below;
  }
  return 0.1;
}

function flip(kind: Comparison['kind']): Comparison['kind'] {
  switch (kind) {
    case 'LessThan':
      return 'GreaterThan';
    case 'LessThanOrEqual':
      return 'GreaterThanOrEqual';
    case 'GreaterThan':
      return 'LessThan';
    case 'GreaterThanOrEqual':
      return 'LessThanOrEqual';
    default:
      return kind;
  }
}

/** Text columns whose number of values is unknown (as many as rows, says the estimate) are taken for categories. */
function equality(column: Expression, input: Estimate): number {
  const c = column instanceof AttributeReference ? input.columns.get(column.exprId) : undefined;
  if (c?.min !== undefined) return 1 / c.distinct;
  return 0.05;
}

function ofJoin(join: Join): Estimate {
  const left = estimate(join.left);
  const right = estimate(join.right);
  const columns = new Map([...left.columns, ...right.columns]);
  const pairs = join.condition ? splitConjuncts(join.condition) : [];
  let rows = left.rows * right.rows;
  let keys = 1;
  let cap = Number.POSITIVE_INFINITY;
  for (const c of pairs) {
    if (c instanceof Comparison && (c.kind === 'EqualTo' || c.kind === 'EqualNullSafe')) {
      const l = c.left.references.subsetOf(join.left.outputSet) ? c.left : c.right;
      const r = l === c.left ? c.right : c.left;
      const [la] = [...l.references];
      const [ra] = [...r.references];
      if (la && ra && r.references.subsetOf(join.right.outputSet)) {
        // A foreign key's count of values is over-estimated by its rows: the smaller count is nearer the truth. The
        // combinations of several keys are at most the rows of the smaller table.
        keys *= Math.max(1, Math.min(distinctCount(la, join.left), distinctCount(ra, join.right)));
        cap = Math.min(cap, baseRowsOf(la, join.left), baseRowsOf(ra, join.right));
        continue;
      }
    }
    rows *= selectivity(c, { rows, columns });
  }
  rows /= Math.max(1, Math.min(keys, cap));
  rows = Math.max(1, rows);
  switch (join.joinType.kind) {
    case 'LeftSemi':
      return shrink(left, Math.max(1, Math.min(left.rows, Math.min(rows, left.rows * 0.7))));
    case 'LeftAnti':
      return shrink(left, Math.max(1, left.rows * 0.3));
    case 'ExistenceJoin':
      return left;
    case 'LeftOuter':
      rows = Math.max(rows, left.rows);
      break;
    case 'RightOuter':
      rows = Math.max(rows, right.rows);
      break;
    case 'FullOuter':
      rows = Math.max(rows, left.rows + right.rows);
      break;
    default:
  }
  const capped = new Map<number, ColumnEstimate>();
  for (const [id, c] of columns) capped.set(id, { ...c, distinct: Math.max(1, Math.min(c.distinct, rows)) });
  return { rows, columns: capped };
}

/** Distinct values of a column in its own table, before filters: what a filter removes shows in the rows already. */
export function distinctCount(a: AttributeReference, plan: LogicalPlan): number {
  const source = sourceOf(a, plan);
  return estimate(source).columns.get(a.exprId)?.distinct ?? estimate(source).rows;
}

/** Rows of the relation that a column comes from. */
export function baseRowsOf(a: AttributeReference, plan: LogicalPlan): number {
  return Math.max(1, estimate(sourceOf(a, plan)).rows);
}

function sourceOf(a: AttributeReference, plan: LogicalPlan): LogicalPlan {
  return plan.find((p) => (p.children.length === 0 || p instanceof Aggregate) && p.outputSet.has(a)) ?? plan;
}
