import { type Expression, Literal, ScalarCall } from '../../expressions/index.js';

/** Units from fine to coarse; each moment of a coarser one starts a finer one too. */
const UNITS = ['MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR', 'DAY', 'MONTH', 'QUARTER', 'YEAR'];
const ALIASES: Readonly<Record<string, string>> = { DD: 'DAY', MM: 'MONTH', MON: 'MONTH', YYYY: 'YEAR', YY: 'YEAR' };

interface Truncation {
  readonly call: ScalarCall;
  readonly unit: string;
  /** Ordinal of the operand that is truncated. */
  readonly at: number;
}

function truncation(e: Expression): Truncation | undefined {
  if (!(e instanceof ScalarCall)) return undefined;
  const { sparkClass } = e.def;
  if (sparkClass !== 'TruncTimestamp' && sparkClass !== 'TruncDate') return undefined;
  const unitAt = sparkClass === 'TruncTimestamp' ? 0 : 1;
  const unit = e.operands[unitAt];
  if (!(unit instanceof Literal) || typeof unit.value !== 'string') return undefined;
  const name = unit.value.toUpperCase();
  const long = ALIASES[name] ?? name;
  // Dates are truncated to nothing shorter than a week; what else is asked is null.
  if (sparkClass === 'TruncDate' && UNITS.indexOf(long) < UNITS.indexOf('MONTH') && long !== 'WEEK') return undefined;
  return { call: e, unit: long, at: 1 - unitAt };
}

/** A truncation to a coarser unit as the truncation of one to a finer unit, which is at hand. WEEK starts with a day, but no
 * longer unit starts with a week. @returns undefined if `finer` is no help */
export function truncateFurther(
  e: Expression,
  finer: Expression,
  column: Expression,
  key: (e: Expression) => string,
): Expression | undefined {
  const wanted = truncation(e);
  const held = truncation(finer);
  if (!wanted || !held || wanted.call.def !== held.call.def) return undefined;
  // Days of one time zone do not make up the months of another.
  if (wanted.call.timeZone !== held.call.timeZone) return undefined;
  if (key(wanted.call.operands[wanted.at]!) !== key(held.call.operands[held.at]!)) return undefined;
  const fine = UNITS.indexOf(held.unit);
  const coarse = wanted.unit === 'WEEK' ? UNITS.indexOf('DAY') : UNITS.indexOf(wanted.unit);
  if (fine < 0 || coarse < fine || wanted.unit === held.unit) return undefined;
  const { call } = wanted;
  return call.withNewChildren(call.operands.map((o, i) => (i === wanted.at ? column : o)));
}
