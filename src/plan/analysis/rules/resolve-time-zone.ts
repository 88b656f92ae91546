import { AggregateCall } from '../../expressions/aggregate.js';
import { Cast } from '../../expressions/cast.js';
import type { Expression } from '../../expressions/expression.js';
import { ScalarCall } from '../../expressions/functions.js';
import type { AnalyzerContext } from '../context.js';
import { contextRule, resolveExpressionsUp } from '../resolve-operators.js';

/** Casts and calls take the session time zone of this analysis. Spark: `ResolveTimeZone`. */
export const ResolveTimeZone = (context: AnalyzerContext) =>
  contextRule(context, 'ResolveTimeZone', (plan) =>
    resolveExpressionsUp(plan, (e) => withTimeZone(e, context.conf.timeZone)),
  );

export function withTimeZone(e: Expression, zone: string): Expression {
  if (e instanceof Cast) return e.timeZone === undefined ? e.withTimeZone(zone) : e;
  if (e instanceof ScalarCall && e.timeZone === undefined)
    return new ScalarCall(e.def, e.operands, e.mode, zone, e.shownName, e.site);
  if (e instanceof AggregateCall && e.timeZone === undefined)
    return new AggregateCall(e.def, e.operands, e.mode, zone, e.shownName);
  return e;
}
