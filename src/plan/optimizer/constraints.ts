import { AttributeSet, type Expression } from '../expressions/expression.js';
import { Alias, AttributeReference } from '../expressions/named.js';
import { Comparison, NullCheck, splitConjuncts } from '../expressions/predicates.js';
import { SubqueryExpression } from '../expressions/subquery.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Filter, Join, Project } from '../logical/operators.js';
import { replaceAttributes } from './substitute.js';

/** Predicates that hold for every row, each once by its canonical form. Spark: `ExpressionSet`. */
export class ConstraintSet implements Iterable<Expression> {
  readonly #byKey = new Map<string, Expression>();
  constructor(items: Iterable<Expression> = []) {
    for (const e of items) this.add(e);
  }
  add(e: Expression): void {
    if (!e.deterministic) return;
    const { key } = e.canonicalized;
    if (!this.#byKey.has(key)) this.#byKey.set(key, e);
  }
  has(e: Expression): boolean {
    return this.#byKey.has(e.canonicalized.key);
  }
  get size(): number {
    return this.#byKey.size;
  }
  [Symbol.iterator](): Iterator<Expression> {
    return this.#byKey.values();
  }
}

const memo = new WeakMap<LogicalPlan, ConstraintSet>();
const MAX_CONSTRAINTS = 200;

/** What is known of a plan's rows, over its output. Spark: `QueryPlan.constraints`. */
export function constraintsOf(plan: LogicalPlan): ConstraintSet {
  let known = memo.get(plan);
  if (!known) {
    const all = withInferred(validConstraints(plan));
    const { outputSet } = plan;
    known = new ConstraintSet([...all].filter((e) => e.references.size > 0 && e.references.subsetOf(outputSet)));
    memo.set(plan, known);
  }
  return known;
}

/** What equalities and null-intolerant predicates add. */
export function withInferred(given: ConstraintSet): ConstraintSet {
  const out = new ConstraintSet(given);
  for (const e of additional(given)) if (out.size < MAX_CONSTRAINTS) out.add(e);
  for (const e of [...out]) for (const a of notNullAttributes(e)) out.add(new NullCheck('IsNotNull', a));
  return out;
}

function validConstraints(plan: LogicalPlan): ConstraintSet {
  if (plan instanceof Filter)
    return new ConstraintSet([...constraintsOf(plan.child), ...splitConjuncts(plan.condition)]);
  if (plan instanceof Project) return renamed(plan.projectList, constraintsOf(plan.child));
  if (plan instanceof Aggregate && plan.groupingExpressions.length > 0) {
    const grouped = new AttributeSet(
      plan.groupingExpressions.filter((e): e is AttributeReference => e instanceof AttributeReference),
    );
    const kept = new ConstraintSet([...constraintsOf(plan.child)].filter((e) => e.references.subsetOf(grouped)));
    return renamed(plan.aggregateExpressions, kept);
  }
  if (plan instanceof Join) {
    const on = plan.condition ? splitConjuncts(plan.condition) : [];
    switch (plan.joinType.kind) {
      case 'Inner':
      case 'Cross':
        return new ConstraintSet([...constraintsOf(plan.left), ...constraintsOf(plan.right), ...on]);
      case 'LeftSemi':
        return new ConstraintSet([...constraintsOf(plan.left), ...on]);
      case 'LeftOuter':
      case 'LeftAnti':
      case 'ExistenceJoin':
        return constraintsOf(plan.left);
      case 'RightOuter':
        return constraintsOf(plan.right);
      default:
        return new ConstraintSet();
    }
  }
  switch (plan.kind) {
    case 'Sort':
    case 'GlobalLimit':
    case 'LocalLimit':
    case 'Window':
    case 'Sample':
    case 'Repartition':
    case 'RepartitionByExpression':
    case 'RebalancePartitions':
    case 'Distinct':
    case 'Generate':
    case 'SubqueryAlias':
      return constraintsOf(plan.children[0] as LogicalPlan);
    default:
      return new ConstraintSet();
  }
}

/** Under the names that a projection gives. */
function renamed(list: readonly Expression[], below: ConstraintSet): ConstraintSet {
  const out = new ConstraintSet(below);
  for (const e of list) {
    if (!(e instanceof Alias) || !(e.child instanceof AttributeReference)) continue;
    const map = new Map([[e.child.exprId, e.toAttribute()]]);
    const from = e.child.exprId;
    for (const c of [...out])
      if (out.size < MAX_CONSTRAINTS && [...c.references].some((a) => a.exprId === from))
        out.add(replaceAttributes(c, map));
  }
  return out;
}

/** From a = b: what is known of a is known of b. Spark: `inferAdditionalConstraints`. */
function additional(given: ConstraintSet): Expression[] {
  const out: Expression[] = [];
  const candidates = [...given].filter((e) => !e.exists((x) => x instanceof SubqueryExpression));
  for (const eq of candidates) {
    if (!(eq instanceof Comparison) || eq.kind !== 'EqualTo') continue;
    const { left, right } = eq;
    if (left instanceof AttributeReference && right instanceof AttributeReference) {
      for (const c of candidates) {
        if (c === eq) continue;
        const names = c.references;
        if (names.has(right)) out.push(replaceAttributes(c, new Map([[right.exprId, left]])));
        if (names.has(left)) out.push(replaceAttributes(c, new Map([[left.exprId, right]])));
      }
    }
  }
  return out.filter(
    (e) =>
      !(
        e instanceof Comparison &&
        (e.kind === 'EqualTo' || e.kind === 'EqualNullSafe') &&
        e.left.semanticEquals(e.right)
      ),
  );
}

/** Columns that are not null where `e` is true. Spark: `inferIsNotNullConstraints`. */
export function notNullAttributes(e: Expression): AttributeReference[] {
  if (e instanceof NullCheck)
    return e.kind === 'IsNotNull' && e.child instanceof AttributeReference
      ? []
      : e.kind === 'IsNotNull'
        ? scan(e.child)
        : [];
  return scan(e);
}

function scan(e: Expression): AttributeReference[] {
  if (e instanceof AttributeReference) return e.nullable ? [e] : [];
  if (!e.nullIntolerant || e instanceof SubqueryExpression) return [];
  return e.children.flatMap(scan);
}
