import { internalError } from '../../errors/index.js';
import { lookupAggregate, lookupScalar } from '../../eval/registry.js';
import { AggregateCall, AggregateExpression } from '../expressions/aggregate.js';
import { GetStructField } from '../expressions/complex.js';
import { If } from '../expressions/conditional.js';
import type { Expression } from '../expressions/expression.js';
import { ScalarCall } from '../expressions/functions.js';
import { Literal } from '../expressions/literal.js';
import { Alias, AttributeReference, SortOrder } from '../expressions/named.js';
import { Comparison } from '../expressions/predicates.js';
import { SESSION_WINDOW } from '../expressions/time-window.js';
import {
  FrameBoundary,
  SpecifiedWindowFrame,
  WindowExpression,
  type WindowFrame,
  WindowSpecDefinition,
} from '../expressions/window.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { Aggregate, Project, Window } from '../logical/operators.js';
import { rule } from '../rule.js';

/** Aggregate [k, session_window] over x → the same over x with the sessions of a group that touch made one. Where Spark merges
 * sessions in an operator of its own (`MergingSessionsExec`), here windows find where a new session begins. */
export const MergeSessionWindows = rule('MergeSessionWindows', (plan) =>
  plan.transformUpWithSubqueries((p) => {
    if (!(p instanceof Aggregate)) return p;
    const session = p.groupingExpressions.find(isSession);
    if (session === undefined) return p;
    const keys = p.groupingExpressions.filter((g) => g !== session);
    return new Aggregate(p.groupingExpressions, p.aggregateExpressions, merged(p.child, keys, session));
  }),
);

const isSession = (e: Expression): e is AttributeReference =>
  e instanceof AttributeReference && e.metadata[SESSION_WINDOW] === true && e.dataType.kind === 'struct';

function aggregate(name: string, operand: Expression): AggregateExpression {
  const def = lookupAggregate(name);
  if (!def) throw internalError(`no aggregate ${name}`);
  return new AggregateExpression(new AggregateCall(def, [operand], 'ANSI'), false);
}
const frame = (lower: Expression, upper: Expression): WindowFrame => new SpecifiedWindowFrame('RowFrame', lower, upper);

function windowColumn(
  name: string,
  f: AggregateExpression,
  keys: readonly Expression[],
  order: readonly SortOrder[],
  rows: WindowFrame,
): Alias {
  return new Alias(new WindowExpression(f, new WindowSpecDefinition(keys, order, rows)), name);
}

function merged(child: LogicalPlan, grouping: readonly Expression[], session: AttributeReference): LogicalPlan {
  const { UNBOUNDED_PRECEDING, UNBOUNDED_FOLLOWING, CURRENT_ROW } = FrameBoundary;
  const keyAliases = grouping.map((g, i) => new Alias(g, `key${i}`));
  const keys = keyAliases.map((a) => a.toAttribute());
  const startAlias = new Alias(new GetStructField(session, 0), 'start');
  const endAlias = new Alias(new GetStructField(session, 1), 'end');
  const start = startAlias.toAttribute();
  const end = endAlias.toAttribute();
  const parts = new Project([...child.output, ...keyAliases, startAlias, endAlias], child);
  const order = [new SortOrder(start)];
  // The furthest end among the sessions before: one that starts behind it is new.
  const reached = windowColumn(
    'reached',
    aggregate('max', end),
    keys,
    order,
    frame(UNBOUNDED_PRECEDING, Literal.int(-1)),
  );
  const withReached = new Window([reached], keys, order, parts);
  const begins = new Alias(
    new If(new Comparison('LessThanOrEqual', start, reached.toAttribute()), Literal.int(0), Literal.int(1)),
    'begins',
  );
  const withBegins = new Project([...withReached.output, begins], withReached);
  const number = windowColumn(
    'session',
    aggregate('sum', begins.toAttribute()),
    keys,
    order,
    frame(UNBOUNDED_PRECEDING, CURRENT_ROW),
  );
  const numbered = new Window([number], keys, order, withBegins);
  const whole = frame(UNBOUNDED_PRECEDING, UNBOUNDED_FOLLOWING);
  const inSession = [...keys, number.toAttribute()];
  const first = windowColumn('first', aggregate('min', start), inSession, [], whole);
  const last = windowColumn('last', aggregate('max', end), inSession, [], whole);
  const sessions = new Window([first, last], inSession, [], numbered);
  const struct = lookupScalar('named_struct');
  if (!struct) throw internalError('no named_struct');
  const made = new ScalarCall(
    struct,
    [Literal.string('start'), first.toAttribute(), Literal.string('end'), last.toAttribute()],
    'ANSI',
  );
  return new Project(
    child.output.map((a) =>
      a.exprId === session.exprId ? new Alias(made, a.name, a.exprId, a.qualifier, a.metadata) : a,
    ),
    sessions,
  );
}
