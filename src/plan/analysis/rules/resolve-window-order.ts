import { analysisError } from '../../../errors/index.js';
import { WindowExpression, WindowFunctionCall } from '../../expressions/window.js';
import { resolveExpressionsUp, rule } from '../resolve-operators.js';

/** Functions that take the keys of ORDER BY as arguments. */
export const RANK_LIKE: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'percent_rank']);

/** Window functions need ORDER BY; rank functions take its keys as arguments. Spark: `ResolveWindowOrder`. */
export const ResolveWindowOrder = rule('ResolveWindowOrder', (plan) =>
  resolveExpressionsUp(plan, (e) => {
    if (!(e instanceof WindowExpression) || !(e.windowFunction instanceof WindowFunctionCall)) return e;
    const f = e.windowFunction;
    const { orderSpec } = e.windowSpec;
    if (orderSpec.length === 0) throw analysisError('_LEGACY_ERROR_TEMP_1037', { wf: f.toString() });
    if (!RANK_LIKE.has(f.name) || !e.windowSpec.resolved) return e;
    const keys = orderSpec.map((o) => o.child);
    if (keys.length === f.operands.length && keys.every((k, i) => k === f.operands[i])) return e;
    return new WindowExpression(new WindowFunctionCall(f.name, keys, f.ignoreNulls), e.windowSpec);
  }),
);
