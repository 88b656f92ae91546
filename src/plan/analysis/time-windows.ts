import { analysisError, type Origin, SparkError } from '../../errors/index.js';
import { implicitCast } from '../../eval/coercion.js';
import { parseCalendarInterval } from '../../eval/datetime/parse-interval.js';
import { TIMESTAMP } from '../../types/index.js';
import { Cast } from '../expressions/cast.js';
import type { Expression } from '../expressions/expression.js';
import { SessionWindow, TimeWindow, WindowTime } from '../expressions/time-window.js';
import { checkArity } from './call-clauses.js';
import { evaluateConstant } from './constants.js';
import type { AnalyzerContext } from './context.js';

const MICROS_PER_DAY = 86_400_000_000n;

/** `window`, `session_window` and `window_time`; undefined for other functions.
 * @throws CANNOT_PARSE_INTERVAL, _LEGACY_ERROR_TEMP_3231 */
export function timeWindowCall(
  context: AnalyzerContext,
  name: string,
  args: readonly Expression[],
  origin: Origin,
): Expression | undefined {
  const [first, second] = args as [Expression, Expression];
  switch (name) {
    case 'window': {
      checkArity(name, [2, 4], args.length, origin);
      const [window, slide, start] = args.slice(1).map((e) => duration(context, e, origin));
      return new TimeWindow(momentOf(context, first), window as bigint, slide ?? (window as bigint), start ?? 0n);
    }
    case 'session_window':
      checkArity(name, [2, 2], args.length, origin);
      return new SessionWindow(momentOf(context, first), second);
    case 'window_time':
      checkArity(name, [1, 1], args.length, origin);
      return new WindowTime(first);
    default:
      return undefined;
  }
}

function momentOf(context: AnalyzerContext, e: Expression): Expression {
  const type = e.dataType;
  if (type.kind === 'timestamp' || type.kind === 'timestamp_ntz' || type.kind === 'struct') return e;
  return implicitCast(type, 'anyTimestamp', context.mode) ? new Cast(e, TIMESTAMP, context.mode) : e;
}

/** Microseconds of a constant interval text or number. Spark: `TimeWindow.parseExpression`. */
function duration(context: AnalyzerContext, e: Expression, origin: Origin): bigint {
  const value = e.foldable ? evaluateConstant(e, context.conf.timeZone) : null;
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  const text = typeof value === 'string' ? value : '';
  const interval = parseCalendarInterval(text);
  if (interval === undefined)
    throw analysisError('CANNOT_PARSE_INTERVAL', { intervalString: `'${value === null ? 'null' : text}'` }, origin);
  if (interval.months !== 0)
    throw new SparkError('illegal-argument', '_LEGACY_ERROR_TEMP_3231', { interval: text }, origin);
  return BigInt(interval.days) * MICROS_PER_DAY + interval.micros;
}
