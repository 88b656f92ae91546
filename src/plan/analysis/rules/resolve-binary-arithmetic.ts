import { unsupported } from '../../../errors/index.js';
import { lookupScalar } from '../../../eval/registry.js';
import { type DataType, isAnsiInterval, TIMESTAMP } from '../../../types/index.js';
import { Arithmetic } from '../../expressions/arithmetic.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { RuntimeReplaceable, ScalarCall } from '../../expressions/functions.js';
import type { AnalyzerContext } from '../context.js';
import { variantOf } from '../function-variants.js';
import { contextRule, resolveExpressionsUp } from '../resolve-operators.js';

/** `+ - * /` with dates, timestamps and intervals become the functions that compute them.
 * Spark: `ResolveBinaryArithmetic`, `BinaryArithmeticWithDatetimeResolver`. */
export const ResolveBinaryArithmetic = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveBinaryArithmetic', (plan) =>
    resolveExpressionsUp(plan, (e) => (e instanceof Arithmetic && e.childrenResolved ? resolve(e, context) : e)),
  );

const isTimestamp = (t: DataType): boolean => t.kind === 'timestamp' || t.kind === 'timestamp_ntz';
const isDayOnly = (t: DataType): boolean => t.kind === 'dt_interval' && t.startField === 0 && t.endField === 0;

function resolve(e: Arithmetic, context: AnalyzerContext): Expression {
  switch (e.kind) {
    case 'Add':
      return add(e, context);
    case 'Subtract':
      return subtract(e, context);
    case 'Multiply':
      return multiply(e, context);
    case 'Divide':
      return divide(e, context);
    default:
      return e;
  }
}

function add(e: Arithmetic, context: AnalyzerContext): Expression {
  const { left: l, right: r, mode } = e;
  const a = l.dataType;
  const b = r.dataType;
  const call = (name: string, ...args: Expression[]) => datetimeCall(name, args, context);
  if (a.kind === 'date' && isDayOnly(b)) return call('date_add', l, call('extractansiintervaldays', r));
  if (a.kind === 'date' && b.kind === 'dt_interval') return call('timeadd', new Cast(l, TIMESTAMP, mode), r);
  if (isDayOnly(a) && b.kind === 'date') return call('date_add', r, call('extractansiintervaldays', l));
  if (a.kind === 'dt_interval' && b.kind === 'date') return call('timeadd', new Cast(r, TIMESTAMP, mode), l);
  if (a.kind === 'date' && b.kind === 'ym_interval') return call('dateaddyminterval', l, r);
  if (a.kind === 'ym_interval' && b.kind === 'date') return call('dateaddyminterval', r, l);
  if (isTimestamp(a) && b.kind === 'ym_interval') return call('timestampaddyminterval', l, r);
  if (a.kind === 'ym_interval' && isTimestamp(b)) return call('timestampaddyminterval', r, l);
  if ((a.kind === 'interval' && b.kind === 'interval') || (a.kind === 'dt_interval' && b.kind === 'dt_interval'))
    return e;
  if (a.kind === 'null' && isAnsiInterval(b)) return new Arithmetic('Add', new Cast(l, b, mode), r, mode);
  if (isAnsiInterval(a) && b.kind === 'null') return new Arithmetic('Add', l, new Cast(r, a, mode), mode);
  if (a.kind === 'date' && b.kind === 'interval') return call('dateaddinterval', l, r);
  if (b.kind === 'interval' || b.kind === 'dt_interval') return new Cast(call('timeadd', l, r), a, mode);
  if (a.kind === 'interval' && b.kind === 'date') return call('dateaddinterval', r, l);
  if (a.kind === 'interval' || a.kind === 'dt_interval') return new Cast(call('timeadd', r, l), b, mode);
  if (a.kind === 'date' && b.kind !== 'string') return call('date_add', l, r);
  if (b.kind === 'date' && a.kind !== 'string') return call('date_add', r, l);
  return e;
}

function subtract(e: Arithmetic, context: AnalyzerContext): Expression {
  const { left: l, right: r, mode } = e;
  const a = l.dataType;
  const b = r.dataType;
  const call = (name: string, ...args: Expression[]) => datetimeCall(name, args, context);
  const negated = (x: Expression) => call('negative', x);
  /** Shows as `l - r`. Spark: `DatetimeSub`. */
  const shownAsDifference = (replacement: Expression) => new RuntimeReplaceable('-', [l, r], replacement);
  if (a.kind === 'date' && isDayOnly(b)) return call('date_add', l, negated(call('extractansiintervaldays', r)));
  if (a.kind === 'date' && b.kind === 'dt_interval')
    return shownAsDifference(call('timeadd', new Cast(l, TIMESTAMP, mode), negated(r)));
  if (a.kind === 'date' && b.kind === 'ym_interval') return shownAsDifference(call('dateaddyminterval', l, negated(r)));
  if (isTimestamp(a) && b.kind === 'ym_interval')
    return shownAsDifference(call('timestampaddyminterval', l, negated(r)));
  if ((a.kind === 'interval' && b.kind === 'interval') || (a.kind === 'dt_interval' && b.kind === 'dt_interval'))
    return e;
  if (a.kind === 'null' && isAnsiInterval(b)) return new Arithmetic('Subtract', new Cast(l, b, mode), r, mode);
  if (isAnsiInterval(a) && b.kind === 'null') return new Arithmetic('Subtract', l, new Cast(r, a, mode), mode);
  if (a.kind === 'date' && b.kind === 'interval') return shownAsDifference(call('dateaddinterval', l, negated(r)));
  if (b.kind === 'interval' || b.kind === 'dt_interval')
    return new Cast(shownAsDifference(call('timeadd', l, negated(r))), a, mode);
  if (isTimestamp(a) || isTimestamp(b)) return call('subtracttimestamps', l, r);
  if (b.kind === 'date') return call('subtractdates', l, r);
  if (a.kind === 'date' && b.kind !== 'string') return call('date_sub', l, r);
  return e;
}

function multiply(e: Arithmetic, context: AnalyzerContext): Expression {
  const { left: l, right: r } = e;
  const name = { interval: 'multiply_interval', ym_interval: 'multiplyyminterval', dt_interval: 'multiplydtinterval' };
  for (const [x, y] of [
    [l, r],
    [r, l],
  ] as const) {
    const { kind } = x.dataType;
    if (kind === 'interval' || kind === 'ym_interval' || kind === 'dt_interval')
      return datetimeCall(name[kind], [x, y], context);
  }
  return e;
}

function divide(e: Arithmetic, context: AnalyzerContext): Expression {
  switch (e.left.dataType.kind) {
    case 'interval':
      return datetimeCall('divide_interval', [e.left, e.right], context);
    case 'ym_interval':
      return datetimeCall('divideyminterval', [e.left, e.right], context);
    case 'dt_interval':
      return datetimeCall('dividedtinterval', [e.left, e.right], context);
    default:
      return e;
  }
}

function datetimeCall(name: string, args: readonly Expression[], context: AnalyzerContext): Expression {
  const def = lookupScalar(variantOf(name, context.conf));
  if (!def) throw unsupported(`arithmetic by ${name}`);
  return new ScalarCall(def, args, context.mode, undefined, name === 'negative' ? '-' : undefined);
}
