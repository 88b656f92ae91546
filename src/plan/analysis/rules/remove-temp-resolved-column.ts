import { UnresolvedAttribute } from '../../expressions/unresolved.js';
import { resolveExpressionsUp, rule } from '../resolve-operators.js';
import { TempResolvedColumn } from '../temporary-expressions.js';

/** What was only tried is unresolved again. Spark: `RemoveTempResolvedColumn`. */
export const RemoveTempResolvedColumn = rule('RemoveTempResolvedColumn', (plan) =>
  resolveExpressionsUp(plan, (e) => {
    if (!(e instanceof TempResolvedColumn)) return e;
    return e.hasTried ? new UnresolvedAttribute(e.nameParts).withOrigin(e.origin) : e.child;
  }),
);
