import type { Expression } from '../plan/expressions/index.js';
import type { ParserOptions } from '../plan/sql/parser.js';
import { type ColumnOrValue, lit } from './column.js';

/** Values for `:name` markers by name, or for `?` markers in order. */
export type SqlArgs = Readonly<Record<string, ColumnOrValue>> | readonly ColumnOrValue[];

/** Gives what stands for a marker: `:name`, or the n-th `?`. */
export type ParameterReader = NonNullable<ParserOptions['parameterOf']>;

/** Reads the values that stand for parameter markers. Markers without a value stay, and analysis refuses them with
 * UNBOUND_SQL_PARAMETER. */
export function parameterReader(args: SqlArgs): ParameterReader {
  const value = (marker: string | number): ColumnOrValue | undefined => {
    if (typeof marker === 'number') return Array.isArray(args) ? args[marker] : undefined;
    if (Array.isArray(args) || !Object.hasOwn(args, marker)) return undefined;
    return (args as Record<string, ColumnOrValue>)[marker];
  };
  return (marker): Expression | undefined => {
    const found = value(marker);
    return found === undefined ? undefined : lit(found).expr;
  };
}
