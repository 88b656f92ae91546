import { analysisError, type Origin } from '../../errors/index.js';
import { quoteIdentifier } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import { WindowFunctionCall, type WindowFunctionName } from '../expressions/window.js';

const ARITY: Readonly<Record<WindowFunctionName, readonly [number, number]>> = {
  row_number: [0, 0],
  rank: [0, 0],
  dense_rank: [0, 0],
  percent_rank: [0, 0],
  cume_dist: [0, 0],
  ntile: [0, 1],
  lag: [1, 3],
  lead: [1, 3],
  nth_value: [2, 2],
};

/** The window-only functions, defaults filled in; undefined for other names. Rank functions get their keys later. */
export function buildWindowFunction(
  name: string,
  args: readonly Expression[],
  ignoreNulls: boolean,
  origin: Origin,
): WindowFunctionCall | undefined {
  if (!Object.hasOwn(ARITY, name)) return undefined;
  const fn = name as WindowFunctionName;
  const [min, max] = ARITY[fn];
  if ((args.length < min || args.length > max) && !(fn === 'rank' || fn === 'dense_rank' || fn === 'percent_rank'))
    throw analysisError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      {
        functionName: quoteIdentifier(name),
        expectedNum:
          min === max ? String(min) : `[${Array.from({ length: max - min + 1 }, (_, i) => min + i).join(', ')}]`,
        actualNum: String(args.length),
        docroot: 'https://spark.apache.org/docs/latest',
      },
      origin,
    );
  if (ignoreNulls && fn !== 'lag' && fn !== 'lead' && fn !== 'nth_value')
    throw analysisError(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      { prettyName: quoteIdentifier(name), syntax: '"IGNORE NULLS"' },
      origin,
    );
  switch (fn) {
    case 'ntile':
      return new WindowFunctionCall(fn, args.length ? args : [Literal.int(1)]);
    case 'lag':
    case 'lead': {
      const [input, offset = Literal.int(1), otherwise = Literal.NULL] = args as [Expression, Expression?, Expression?];
      return new WindowFunctionCall(fn, [input, offset, otherwise], ignoreNulls);
    }
    default:
      return new WindowFunctionCall(fn, args, ignoreNulls);
  }
}
