import { randomBytes } from 'node:crypto';
import { LONG } from '../../../types/index.js';
import { ScalarCall } from '../../expressions/functions.js';
import { Literal } from '../../expressions/literal.js';
import { resolveExpressionsUp, rule } from '../resolve-operators.js';

/** A seed that nobody wrote: no column name shows it. */
class DrawnSeed extends Literal {
  override sql(): string {
    return '';
  }
}

/** Functions with a seed by the number of their other arguments. */
const SEEDED: Readonly<Record<string, number>> = { rand: 0, randn: 0, uuid: 0, shuffle: 1, randstr: 1, uniform: 2 };

/** A call without a seed draws one, so that no two analyses of one text are alike. Spark: `ResolveRandomSeed`. */
export const ResolveRandomSeed = rule('ResolveRandomSeed', (plan) =>
  resolveExpressionsUp(plan, (e) => {
    if (!(e instanceof ScalarCall) || !Object.hasOwn(SEEDED, e.def.name)) return e;
    if (e.operands.length !== SEEDED[e.def.name]) return e;
    const seed = new DrawnSeed(randomBytes(8).readBigInt64LE(), LONG);
    return new ScalarCall(e.def, [...e.operands, seed], e.mode, e.timeZone, e.shownName, e.site);
  }),
);
