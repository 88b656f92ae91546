import { unsupported } from '../../errors/index.js';
import { Arithmetic } from '../expressions/arithmetic.js';
import { If } from '../expressions/conditional.js';
import { AttributeSet, type Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference, isNamed, newExprId, OuterReference, SortOrder } from '../expressions/named.js';
import { Comparison, joinConjuncts, NullCheck, splitConjuncts } from '../expressions/predicates.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  WindowExpression,
  WindowFunctionCall,
  WindowSpecDefinition,
} from '../expressions/window.js';
import { INNER, LEFT_OUTER } from '../logical/join-type.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import {
  Aggregate,
  Distinct,
  Filter,
  Generate,
  GlobalLimit,
  Join,
  LocalLimit,
  Offset,
  Project,
  Repartition,
  RepartitionByExpression,
  SetOperation,
  Sort,
  SubqueryAlias,
  Union,
  Window,
} from '../logical/operators.js';
import { withFreshIds } from './fresh-ids.js';
import { containsOuter, planHasOuter, stripOuter } from './outer-references.js';
import { overNoRows } from './over-no-rows.js';

/** A subquery's plan that reads no outer column any more, and the condition under which its rows belong to an outer row:
 * over the plan's output and outer columns. */
export interface Decorrelated {
  readonly plan: LogicalPlan;
  readonly conditions: readonly Expression[];
}

/** What a subquery is for. `scalar`: one value, whose caller minds groups without rows; `exists`: only whether there is a row;
 * `rows`: all its rows. */
export type SubqueryUse = 'scalar' | 'exists' | 'rows';

/** Pulls the predicates that read outer columns out of a subquery, adding the columns that they need to its output. Where that
 * cannot be (an outer column in a select list, a predicate other than equality below an aggregate), the distinct outer values
 * are joined in at the bottom instead. Spark: `DecorrelateInnerQuery`, `PullupCorrelatedPredicates`.
 * @param outer the plan that the outer columns come from
 * @throws UNSUPPORTED_FEATURE where neither way is built */
export function decorrelate(plan: LogicalPlan, outer: LogicalPlan, use: SubqueryUse): Decorrelated {
  return pullUp(plan, use) ?? joinDomain(plan, outer);
}

function pullUp(plan: LogicalPlan, use: SubqueryUse): Decorrelated | undefined {
  if (!planHasOuter(plan)) return { plan, conditions: [] };
  if (plan instanceof Filter) {
    const below = pullUp(plan.child, use);
    if (!below) return undefined;
    const stay: Expression[] = [];
    const up: Expression[] = [...below.conditions];
    for (const c of splitConjuncts(plan.condition)) {
      if (!containsOuter(c)) stay.push(c);
      else if (c.deterministic) up.push(stripOuter(c));
      else return undefined;
    }
    const condition = joinConjuncts(stay);
    return { plan: condition ? new Filter(condition, below.plan) : below.plan, conditions: up };
  }
  if (plan instanceof Project) {
    const below = pullUp(plan.child, use);
    if (!below) return undefined;
    const list = substituteOuter(plan.projectList, below);
    if (!list) return undefined;
    const have = new AttributeSet(plan.output);
    const extra = innerColumns(below).filter((a) => !have.has(a));
    return { plan: new Project([...list, ...extra], below.plan), conditions: below.conditions };
  }
  if (plan instanceof Aggregate) {
    // Over no rows a global aggregate still gives one: only the caller of a scalar subquery makes up for it.
    if (plan.groupingExpressions.length === 0 && use !== 'scalar') return undefined;
    const below = pullUp(plan.child, 'rows');
    if (!below?.conditions.every((c) => isEquality(c, below.plan))) return undefined;
    const keys = substituteOuter(plan.groupingExpressions, below);
    const results = substituteOuter(plan.aggregateExpressions, below);
    if (!keys || !results) return undefined;
    const columns = innerColumns(below);
    const have = new AttributeSet(plan.output);
    const grouping = [...keys, ...columns.filter((a) => !keys.some((k) => k.semanticEquals(a)))];
    return {
      plan: new Aggregate(grouping, [...results, ...columns.filter((a) => !have.has(a))], below.plan),
      conditions: below.conditions,
    };
  }
  if (plan instanceof Join) return pullUpJoin(plan);
  if (plan instanceof GlobalLimit) {
    if (use === 'exists' && isPositive(plan.limitExpr)) return pullUp(plan.child, use);
    return limitPerGroup(plan);
  }
  if (plan instanceof LocalLimit && use === 'exists' && isPositive(plan.limitExpr)) return pullUp(plan.child, use);
  if (plan instanceof Window) {
    const below = pullUp(plan.child, 'rows');
    if (!below?.conditions.every((c) => isEquality(c, below.plan))) return undefined;
    if (plan.expressions.some(containsOuter)) return undefined;
    const columns = innerColumns(below);
    const partition = [...plan.partitionSpec, ...columns];
    const windows = plan.windowExpressions.map((e) => partitionedBy(e, columns));
    return { plan: new Window(windows, partition, plan.orderSpec, below.plan), conditions: below.conditions };
  }
  if (plan instanceof Sort || plan instanceof Distinct || plan instanceof SubqueryAlias || isRepartition(plan)) {
    if (plan.expressions.some(containsOuter)) return undefined;
    const below = pullUp(
      plan.children[0] as LogicalPlan,
      plan instanceof Sort || plan instanceof SubqueryAlias ? use : 'rows',
    );
    return below && { plan: plan.withNewChildren([below.plan]), conditions: below.conditions };
  }
  return undefined;
}

function isPositive(limit: Expression): boolean {
  return limit instanceof Literal && typeof limit.value === 'number' && limit.value > 0;
}

function isRepartition(plan: LogicalPlan): boolean {
  return plan instanceof Repartition || plan instanceof RepartitionByExpression;
}

function pullUpJoin(plan: Join): Decorrelated | undefined {
  const { kind } = plan.joinType;
  const inner = kind === 'Inner' || kind === 'Cross';
  const leftOnly = kind === 'LeftOuter' || kind === 'LeftSemi' || kind === 'LeftAnti';
  if (!inner && (!leftOnly || planHasOuter(plan.right)) && (kind !== 'RightOuter' || planHasOuter(plan.left)))
    return undefined;
  const left = pullUp(plan.left, 'rows');
  const right = pullUp(plan.right, 'rows');
  if (!left || !right) return undefined;
  const stay: Expression[] = [];
  const up: Expression[] = [...left.conditions, ...right.conditions];
  for (const c of plan.condition ? splitConjuncts(plan.condition) : []) {
    if (!containsOuter(c)) stay.push(c);
    else if (inner) up.push(stripOuter(c));
    else return undefined;
  }
  return {
    plan: new Join(left.plan, right.plan, plan.joinType, joinConjuncts(stay), plan.hint),
    conditions: up,
  };
}

/** LIMIT n for each outer row: the first n rows for each value of the correlated columns. */
function limitPerGroup(plan: GlobalLimit): Decorrelated | undefined {
  const { child } = plan;
  const input = child instanceof LocalLimit ? child.child : child;
  const order = input instanceof Sort ? input.order : [];
  const below = pullUp(input instanceof Sort ? input.child : input, 'rows');
  if (!below?.conditions.every((c) => isEquality(c, below.plan)) || order.some(containsOuter)) return undefined;
  const columns = innerColumns(below);
  return { plan: firstRows(below.plan, columns, order, plan.limitExpr), conditions: below.conditions };
}

function firstRows(
  plan: LogicalPlan,
  columns: readonly AttributeReference[],
  order: readonly SortOrder[],
  limit: Expression | undefined,
  offset?: Expression,
): LogicalPlan {
  const keys = order.length ? order : columns.slice(0, 1).map((a) => new SortOrder(a));
  const frame = new SpecifiedWindowFrame('RowFrame', FrameBoundary.UNBOUNDED_PRECEDING, FrameBoundary.CURRENT_ROW);
  const number = new Alias(
    new WindowExpression(new WindowFunctionCall('row_number', []), new WindowSpecDefinition(columns, keys, frame)),
    'rn',
  );
  const window = new Window([number], columns, keys, plan);
  const row = number.toAttribute();
  const last = limit && offset ? new Arithmetic('Add', offset, limit, 'ANSI') : limit;
  const wanted = joinConjuncts([
    ...(offset ? [new Comparison('GreaterThan', row, offset)] : []),
    ...(last ? [new Comparison('LessThanOrEqual', row, last)] : []),
  ]);
  return new Project(plan.output, new Filter(wanted as Expression, window));
}

/** Columns of the plan that the conditions read. */
function innerColumns(d: Decorrelated): AttributeReference[] {
  const own = d.plan.outputSet;
  const set = new AttributeSet();
  for (const c of d.conditions) for (const a of c.references) if (own.has(a)) set.add(a);
  return [...set];
}

/** A column of the plan equals what outer columns give: at most one value of it belongs to an outer row. */
export function isEquality(c: Expression, plan: LogicalPlan): boolean {
  if (!(c instanceof Comparison) || (c.kind !== 'EqualTo' && c.kind !== 'EqualNullSafe')) return false;
  const inner = (e: Expression) => e.references.subsetOf(plan.outputSet);
  const outer = (e: Expression) => !e.references.intersects(plan.outputSet);
  if (inner(c.left) && outer(c.right)) return c.left instanceof AttributeReference || c.right.references.size === 0;
  if (inner(c.right) && outer(c.left)) return c.right instanceof AttributeReference || c.left.references.size === 0;
  return false;
}

/** Outer columns in expressions are replaced by the inner columns that they must equal; undefined if one has no such. */
function substituteOuter(list: readonly Expression[], below: Decorrelated): Expression[] | undefined {
  if (!list.some(containsOuter)) return [...list];
  const equal = new Map<number, AttributeReference>();
  for (const c of below.conditions) {
    if (!(c instanceof Comparison) || c.kind !== 'EqualTo') continue;
    const { left, right } = c;
    if (!(left instanceof AttributeReference) || !(right instanceof AttributeReference)) continue;
    if (below.plan.outputSet.has(left)) equal.set(right.exprId, left);
    else equal.set(left.exprId, right);
  }
  const out = list.map((e) => {
    const replaced = e.transformUp((x) => (x instanceof OuterReference ? (equal.get(x.exprId) ?? x) : x));
    if (!(e instanceof OuterReference)) return replaced;
    return isNamed(replaced) ? new Alias(replaced, e.name, e.exprId) : replaced;
  });
  return out.some(containsOuter) ? undefined : out;
}

/** Every outer column becomes a column of a relation of its distinct values, joined in below. Rows then belong to the outer row
 * that has these values. */
export function joinDomain(plan: LogicalPlan, outer: LogicalPlan): Decorrelated {
  const outerColumns = new AttributeSet();
  plan.foreach((p) => {
    for (const e of p.expressions)
      e.foreach((x) => {
        if (x instanceof OuterReference) outerColumns.add(x.child);
      });
  });
  const columns = [...outerColumns].map((a) => outer.output.find((o) => o.exprId === a.exprId) ?? a);
  const domain = (): Domain => {
    const copy = withFreshIds(outer);
    const aliases = columns.map((a) => {
      const i = outer.output.findIndex((o) => o.exprId === a.exprId);
      return new Alias(copy.output[i] as AttributeReference, a.name);
    });
    return {
      plan: new Distinct(new Project(aliases, copy)),
      columns: new Map(columns.map((a, i) => [a.exprId, (aliases[i] as Alias).toAttribute()])),
    };
  };
  const result = pushDomain(plan, domain);
  return {
    plan: result.plan,
    conditions: columns.map(
      (a) => new Comparison('EqualNullSafe', a, result.columns.get(a.exprId) as AttributeReference),
    ),
  };
}

interface Domain {
  readonly plan: LogicalPlan;
  /** By the outer column's id, the column that holds its value. */
  readonly columns: ReadonlyMap<number, AttributeReference>;
}

function fill(e: Expression, columns: Domain['columns']): Expression {
  return e.transformUp((x) => (x instanceof OuterReference ? (columns.get(x.exprId) ?? x) : x));
}

/** A select list with the domain's columns for the outer ones; the output keeps its ids. */
function filled(list: readonly Expression[], columns: Domain['columns']): Expression[] {
  return list.map((e) =>
    e instanceof OuterReference
      ? new Alias(columns.get(e.exprId) as AttributeReference, e.name, e.exprId)
      : fill(e, columns),
  );
}

/** `plan` with the domain's columns beside its own. */
function pushDomain(plan: LogicalPlan, domain: () => Domain): Domain {
  if (!planHasOuter(plan)) {
    const d = domain();
    return { plan: new Join(d.plan, plan, INNER, undefined), columns: d.columns };
  }
  if (plan instanceof Project) {
    const d = pushDomain(plan.child, domain);
    const list = filled(plan.projectList, d.columns);
    return { plan: new Project([...list, ...d.columns.values()], d.plan), columns: d.columns };
  }
  if (plan instanceof Filter) {
    const d = pushDomain(plan.child, domain);
    return { plan: new Filter(fill(plan.condition, d.columns), d.plan), columns: d.columns };
  }
  if (plan instanceof Aggregate && plan.groupingExpressions.length > 0) {
    const d = pushDomain(plan.child, domain);
    return {
      plan: new Aggregate(
        [...plan.groupingExpressions.map((e) => fill(e, d.columns)), ...d.columns.values()],
        [...plan.aggregateExpressions.map((e) => fill(e, d.columns)), ...d.columns.values()],
        d.plan,
      ),
      columns: d.columns,
    };
  }
  if (plan instanceof Aggregate) return globalAggregatePerDomain(plan, domain);
  if (plan instanceof Sort || plan instanceof Distinct || plan instanceof SubqueryAlias || isRepartition(plan)) {
    const d = pushDomain(plan.children[0] as LogicalPlan, domain);
    return { plan: plan.withNewChildren([d.plan]).mapExpressions((e) => fill(e, d.columns)), columns: d.columns };
  }
  if (plan instanceof Generate) {
    const d = pushDomain(plan.child, domain);
    const generator = fill(plan.generator, d.columns) as Generate['generator'];
    return {
      plan: new Generate(generator, [], plan.outer, plan.qualifier, plan.generatorOutput, d.plan),
      columns: d.columns,
    };
  }
  if (plan instanceof GlobalLimit || plan instanceof Offset) return firstRowsPerDomain(plan, domain);
  if (plan instanceof LocalLimit) return pushDomain(plan.child, domain);
  if (plan instanceof Window) {
    const d = pushDomain(plan.child, domain);
    const columns = [...d.columns.values()];
    const windows = plan.windowExpressions.map((e) => partitionedBy(fill(e, d.columns), columns));
    const partition = [...plan.partitionSpec.map((e) => fill(e, d.columns)), ...columns];
    const order = plan.orderSpec.map((o) => fill(o, d.columns) as SortOrder);
    return { plan: new Window(windows, partition, order, d.plan), columns: d.columns };
  }
  if (plan instanceof SetOperation) {
    const left = pushDomain(plan.left, domain);
    const right = pushDomain(plan.right, domain);
    const side = (p: LogicalPlan, d: Domain) => new Project([...p.output, ...d.columns.values()], d.plan);
    const both = new SetOperation(plan.kind, side(plan.left, left), side(plan.right, right), plan.isAll);
    return { plan: both, columns: left.columns };
  }
  if (plan instanceof Union) {
    const parts = plan.inputs.map((c) => {
      const d = pushDomain(c, domain);
      return new Project([...c.output, ...d.columns.values()].slice(), d.plan);
    });
    const first = parts[0] as Project;
    const ids = [...domain().columns.keys()];
    const width = first.output.length - ids.length;
    const union = new Union(parts);
    return {
      plan: union,
      columns: new Map(ids.map((id, i) => [id, union.output[width + i] as AttributeReference])),
    };
  }
  if (plan instanceof Join) return pushDomainThroughJoin(plan, domain);
  throw unsupported(`an outer column inside ${plan.nodeName} of a subquery`, plan.origin);
}

/** LIMIT and OFFSET for each domain value. An order below a projection still counts. */
function firstRowsPerDomain(plan: GlobalLimit | Offset, domain: () => Domain): Domain {
  const limit = plan instanceof GlobalLimit ? plan.limitExpr : undefined;
  let inner = plan.child;
  if (plan instanceof GlobalLimit && inner instanceof LocalLimit) inner = inner.child;
  const skipped = plan instanceof Offset ? plan : inner instanceof Offset ? inner : undefined;
  if (skipped) inner = skipped.child;
  const project = inner instanceof Project && inner.child instanceof Sort ? inner : undefined;
  if (project) inner = project.child;
  const sorted = inner instanceof Sort ? inner : undefined;
  const d = pushDomain(sorted ? sorted.child : inner, domain);
  const columns = [...d.columns.values()];
  const order = (sorted?.order ?? []).map((o) => fill(o, d.columns) as SortOrder);
  const first = firstRows(d.plan, columns, order, limit, skipped?.offsetExpr);
  if (!project) return { plan: first, columns: d.columns };
  return { plan: new Project([...filled(project.projectList, d.columns), ...columns], first), columns: d.columns };
}

/** The windows of an expression, for each value of some columns. */
function partitionedBy(e: Expression, columns: readonly AttributeReference[]): Expression {
  return e.transformUp((x) =>
    x instanceof WindowSpecDefinition
      ? new WindowSpecDefinition([...x.partitionSpec, ...columns], x.orderSpec, x.frame)
      : x,
  );
}

/** One row for each domain value, also where there are no rows: what the aggregate gives over nothing then. */
function globalAggregatePerDomain(plan: Aggregate, domain: () => Domain): Domain {
  const d = pushDomain(plan.child, domain);
  const marker = new Alias(Literal.TRUE, 'alwaysTrue');
  const values = plan.aggregateExpressions.map((e) => fill(e, d.columns));
  const grouped = new Aggregate([...d.columns.values()], [...values, ...d.columns.values(), marker], d.plan);
  const all = domain();
  const same = [...all.columns].map(
    ([id, a]) => new Comparison('EqualNullSafe', a, d.columns.get(id) as AttributeReference),
  );
  const joined = new Join(all.plan, grouped, LEFT_OUTER, joinConjuncts(same));
  const missing = new NullCheck('IsNull', marker.toAttribute().withNullability(true));
  const list = plan.output.map((a, i) => {
    const e = plan.aggregateExpressions[i] as Expression;
    const zero = overNoRows(e instanceof Alias ? e.child : e) ?? Literal.nullOf(a.dataType);
    const found = a.withNullability(true);
    return new Alias(zero.value === null ? found : new If(missing, zero, found), a.name, newExprId());
  });
  // The subquery's own ids go on: they are what the rest of the plan reads.
  const renamed = new Project([...list, ...all.columns.values()], joined);
  const outward = new Project(
    [
      ...list.map((e, i) => new Alias(e.toAttribute(), e.name, (plan.output[i] as AttributeReference).exprId)),
      ...all.columns.values(),
    ],
    renamed,
  );
  return { plan: outward, columns: all.columns };
}

function pushDomainThroughJoin(plan: Join, domain: () => Domain): Domain {
  const { kind } = plan.joinType;
  const leftHas = planHasOuter(plan.left);
  const rightHas = planHasOuter(plan.right);
  const toLeft = leftHas || !rightHas || kind !== 'Inner';
  const toRight = rightHas;
  if (kind === 'FullOuter' || kind === 'RightOuter' || kind === 'ExistenceJoin')
    throw unsupported(`an outer column inside a ${kind} join of a subquery`, plan.origin);
  const left = toLeft ? pushDomain(plan.left, domain) : undefined;
  const right = toRight ? pushDomain(plan.right, domain) : undefined;
  const columns = (left ?? right)?.columns as Domain['columns'];
  const parts = plan.condition ? [fill(plan.condition, columns)] : [];
  if (left && right)
    for (const [id, a] of left.columns)
      parts.push(new Comparison('EqualNullSafe', a, right.columns.get(id) as AttributeReference));
  const joined = new Join(
    left?.plan ?? plan.left,
    right?.plan ?? plan.right,
    plan.joinType,
    joinConjuncts(parts) ?? (kind === 'LeftOuter' ? Literal.TRUE : undefined),
    plan.hint,
  );
  return { plan: joined, columns };
}
