import { analysisError, type Origin } from '../../errors/index.js';
import { quoteIdentifier } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import type { SortOrder } from '../expressions/named.js';

/** What stands around the arguments of a call. */
export interface CallClauses {
  readonly isDistinct?: boolean;
  readonly filter?: Expression | undefined;
  readonly ignoreNulls?: boolean;
  readonly withinGroup?: readonly SortOrder[];
  /** From the DataFrame interface or an operator: functions that SQL does not name may be called. */
  readonly isInternal?: boolean;
}

/** The error for a call with too many or too few arguments. Spark: `wrongNumArgsError`. */
export function wrongNumArgs(name: string, expected: string, actual: number, origin: Origin) {
  return analysisError(
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    {
      functionName: quoteIdentifier(name),
      expectedNum: expected,
      actualNum: String(actual),
      docroot: 'https://spark.apache.org/docs/latest',
    },
    origin,
  );
}

/** @throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION */
export function checkArity(name: string, arity: readonly [number, number], actual: number, origin: Origin): void {
  const [min, max] = arity;
  if (actual >= min && actual <= max) return;
  if (max === Number.POSITIVE_INFINITY) throw wrongNumArgs(name, `> ${min - 1}`, actual, origin);
  const counts = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  throw wrongNumArgs(name, counts.length === 1 ? String(min) : `[${counts.join(', ')}]`, actual, origin);
}
