import { runtimeError } from '../../errors/index.js';
import { INT, STRING } from '../../types/index.js';
import { scalar } from '../define.js';
import type { EvalArgument, ScalarFunction } from '../function.js';
import { charLength, sliceChars } from '../utf8.js';

/** A value written to a char column: padded to its length; trailing blanks beyond it are cut.
 * @throws EXCEED_LIMIT_LENGTH @see Spark `CharVarcharCodegenUtils.charTypeWriteSideCheck` */
export function charWriteSide(text: string, limit: number): string {
  const length = charLength(text);
  return length < limit ? text + ' '.repeat(limit - length) : cut(text, length, limit);
}

/** A value written to a varchar column: trailing blanks beyond its length are cut. @throws EXCEED_LIMIT_LENGTH */
export function varcharWriteSide(text: string, limit: number): string {
  return cut(text, charLength(text), limit);
}

function cut(text: string, length: number, limit: number): string {
  if (length <= limit) return text;
  const kept = sliceChars(text, 0, limit);
  if (text.slice(kept.length).replace(/ +$/, '') !== '')
    throw runtimeError('EXCEED_LIMIT_LENGTH', { limit: String(limit) });
  return kept;
}

function pad(text: string, length: number): string {
  const missing = length - charLength(text);
  return missing > 0 ? text + ' '.repeat(missing) : text;
}

const check = (name: string, description: string, f: (text: string, length: number) => string): ScalarFunction =>
  scalar('string', `${name}(str, len)`, description, {
    cls: 'StaticInvoke',
    types: [STRING, INT],
    returns: STRING,
    run: ([s, n]: readonly EvalArgument[]) => f(s as string, n as number),
  });

/** What the analyzer puts around char and varchar columns; no SQL text can name them. */
export const charVarcharFunctions: readonly ScalarFunction[] = [
  check('charTypeWriteSideCheck', 'A value for a char column.', charWriteSide),
  check('varcharTypeWriteSideCheck', 'A value for a varchar column.', varcharWriteSide),
  check('readSidePadding', 'A value of a char column, padded.', pad),
];
