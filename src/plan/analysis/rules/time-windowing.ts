import { analysisError, internalError } from '../../../errors/index.js';
import { lookupScalar } from '../../../eval/registry.js';
import { CALENDAR_INTERVAL, type CalendarInterval, type DataType, LONG } from '../../../types/index.js';
import { Arithmetic } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import { GetStructField } from '../../expressions/complex.js';
import { CaseWhen } from '../../expressions/conditional.js';
import type { Expression } from '../../expressions/expression.js';
import { ScalarCall } from '../../expressions/functions.js';
import { Literal } from '../../expressions/literal.js';
import { Alias, AttributeReference } from '../../expressions/named.js';
import { And, Comparison, NullCheck } from '../../expressions/predicates.js';
import { SESSION_WINDOW, SessionWindow, TIME_WINDOW, TimeWindow, WindowTime } from '../../expressions/time-window.js';
import type { LogicalPlan } from '../../logical/logical-plan.js';
import { Expand, Filter, Project } from '../../logical/operators.js';
import { evaluateConstant } from '../constants.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveOperatorsUp } from '../resolve-operators.js';

/** Aggregate [window(t, d)] over x → Aggregate [window] over x with the column `window`; overlapping windows repeat the rows.
 * Spark: `TimeWindowing`, `SessionWindowing`, `ResolveWindowTime`.
 * @throws _LEGACY_ERROR_TEMP_1039 */
export const TimeWindowing = (context: AnalyzerContext) =>
  contextRule(context, 'TimeWindowing', (plan) => resolveOperatorsUp(plan, (p) => rewrite(p, context)));

type Placeholder = TimeWindow | SessionWindow | WindowTime;
const isPlaceholder = (e: Expression): e is Placeholder =>
  e instanceof TimeWindow || e instanceof SessionWindow || e instanceof WindowTime;

function rewrite(p: LogicalPlan, context: AnalyzerContext): LogicalPlan {
  const [child] = p.children;
  if (child === undefined || p.children.length !== 1 || !child.resolved) return p;
  const found = new Map<string, Placeholder>();
  for (const e of p.expressions)
    for (const x of e.collect((x) => (isPlaceholder(x) ? x : undefined))) found.set(x.key, x);
  const all = [...found.values()].filter((w) => w.childrenResolved && w.checkInputDataTypes() === undefined);
  const times = all.filter((w): w is WindowTime => w instanceof WindowTime);
  if (times.length > 0) return withWindowTimes(p, child, times, context);
  if (all.length > 1) throw analysisError('_LEGACY_ERROR_TEMP_1039', {}, p.origin);
  const [window] = all;
  if (window === undefined || window instanceof WindowTime) return p;
  if (window.timeColumn.dataType.kind === 'struct') return onWindowColumn(p, window);
  return window instanceof TimeWindow
    ? withTimeWindow(p, child, window, context)
    : withSession(p, child, window, context);
}

function replaced(p: LogicalPlan, old: Placeholder, by: Expression, child: LogicalPlan): LogicalPlan {
  return p.transformExpressionsUp((e) => (isPlaceholder(e) && e.key === old.key ? by : e)).withNewChildren([child]);
}

/** A window of windows: the last moment of each counts. */
function onWindowColumn(p: LogicalPlan, window: TimeWindow | SessionWindow): LogicalPlan {
  const time = new WindowTime(window.timeColumn);
  const next =
    window instanceof TimeWindow
      ? new TimeWindow(time, window.windowDuration, window.slideDuration, window.startTime)
      : new SessionWindow(time, window.gapDuration);
  return p.transformExpressionsUp((e) => (isPlaceholder(e) && e.key === window.key ? next : e));
}

const long = (n: bigint): Literal => new Literal(n, LONG);

class Builder {
  constructor(readonly context: AnalyzerContext) {}
  call(name: string, ...args: Expression[]): Expression {
    const def = lookupScalar(name);
    if (!def) throw internalError(`no function ${name}`);
    return new ScalarCall(def, args, this.context.mode);
  }
  math(kind: 'Add' | 'Subtract' | 'Remainder', left: Expression, right: Expression): Expression {
    return new Arithmetic(kind, left, right, this.context.mode);
  }
  toLong(e: Expression): Expression {
    return this.call('precisetimestampconversion@long', e);
  }
  fromLong(e: Expression, type: DataType): Expression {
    return this.call(`precisetimestampconversion@${type.kind === 'timestamp' ? 'ltz' : 'ntz'}`, e);
  }
  /** Fields of a window are nullable. Spark: `castNullable`. */
  nullable(e: Expression): Expression {
    return e.resolved && e.nullable ? e : this.call('knownnullable', e);
  }
  struct(start: Expression, end: Expression): Expression {
    return this.call('named_struct', Literal.string('start'), start, Literal.string('end'), end);
  }
}

function withTimeWindow(p: LogicalPlan, child: LogicalPlan, w: TimeWindow, context: AnalyzerContext): LogicalPlan {
  const b = new Builder(context);
  const { timeColumn, windowDuration, slideDuration, startTime } = w;
  const type = timeColumn.dataType;
  const windowAt = (i: number): Expression => {
    const timestamp = b.toLong(timeColumn);
    const remainder = b.math('Remainder', b.math('Subtract', timestamp, long(startTime)), long(slideDuration));
    const wrapped = new CaseWhen(
      [new Comparison('LessThan', remainder, Literal.int(0))],
      [b.math('Add', remainder, long(slideDuration))],
      remainder,
    );
    const lastStart = b.math('Subtract', timestamp, wrapped);
    const start = b.math('Subtract', lastStart, long(BigInt(i) * slideDuration));
    const end = b.math('Add', start, long(windowDuration));
    return b.struct(b.nullable(b.fromLong(start, type)), b.nullable(b.fromLong(end, type)));
  };
  const metadata = { [TIME_WINDOW]: true };
  const column = AttributeReference.create('window', w.dataType, true, [], metadata);
  const present = new NullCheck('IsNotNull', timeColumn);
  if (windowDuration === slideDuration) {
    const alias = new Alias(windowAt(0), 'window', column.exprId, [], metadata);
    return replaced(p, w, column, new Project([alias, ...child.output], new Filter(present, child)));
  }
  const count = Number((windowDuration + slideDuration - 1n) / slideDuration);
  const projections = Array.from({ length: count }, (_, i) => [windowAt(i), ...child.output]);
  const inside =
    windowDuration % slideDuration === 0n
      ? present
      : new And(
          new Comparison('GreaterThanOrEqual', timeColumn, new GetStructField(column, 0)),
          new Comparison('LessThan', timeColumn, new GetStructField(column, 1)),
        );
  const expand = new Expand(projections, [column, ...child.output], child);
  return replaced(p, w, column, new Filter(inside, expand));
}

function withSession(p: LogicalPlan, child: LogicalPlan, w: SessionWindow, context: AnalyzerContext): LogicalPlan {
  const b = new Builder(context);
  const { timeColumn } = w;
  const type = timeColumn.dataType;
  const gap = new Cast(w.gapDuration, CALENDAR_INTERVAL, context.mode, context.conf.timeZone);
  const start = b.nullable(b.fromLong(b.toLong(timeColumn), type));
  const until = new Cast(b.call('timeadd', timeColumn, gap), type, context.mode, context.conf.timeZone);
  const end = b.call('knownnullable', b.fromLong(b.toLong(until), type));
  const metadata = { [SESSION_WINDOW]: true };
  const column = AttributeReference.create('session_window', w.dataType, true, [], metadata);
  const alias = new Alias(b.struct(start, end), 'session_window', column.exprId, [], metadata);
  const present = new NullCheck('IsNotNull', timeColumn);
  const filter = isLasting(gap, context)
    ? present
    : new And(present, new Comparison('GreaterThan', new GetStructField(column, 1), new GetStructField(column, 0)));
  return replaced(p, w, column, new Filter(filter, new Project([alias, ...child.output], child)));
}

/** A gap that is known to be longer than nothing. */
function isLasting(gap: Cast, context: AnalyzerContext): boolean {
  if (!gap.foldable) return false;
  const interval = evaluateConstant(gap, context.conf.timeZone) as CalendarInterval | null;
  return interval !== null && BigInt(interval.months + interval.days) + interval.micros > 0n;
}

function withWindowTimes(
  p: LogicalPlan,
  child: LogicalPlan,
  times: readonly WindowTime[],
  context: AnalyzerContext,
): LogicalPlan {
  const b = new Builder(context);
  const added: Alias[] = [];
  let next = p;
  for (const time of times) {
    const end = b.toLong(new GetStructField(time.windowColumn, 1));
    const last = b.fromLong(b.math('Subtract', end, long(1n)), time.dataType);
    const alias = new Alias(last, time.sql(true));
    added.push(alias);
    const column = alias.toAttribute();
    next = next.transformExpressionsUp((e) => (e instanceof WindowTime && e.key === time.key ? column : e));
  }
  return next.withNewChildren([new Project([...added, ...child.output], child)]);
}
