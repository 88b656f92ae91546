import { runtimeError } from '../errors/index.js';

/** A LIKE pattern ready to match: `%` any characters, `_` one, the escape character takes the next literally. */
export type LikeMatcher = (text: string) => boolean;

/** Compiles a LIKE pattern to a matcher that takes at most text × pattern steps and no recursion.
 * @throws INVALID_FORMAT.ESC_AT_THE_END, INVALID_FORMAT.ESC_IN_THE_MIDDLE. Spark: `StringUtils.escapeLikeRegex` */
export function compileLike(pattern: string, escapeChar = '\\'): LikeMatcher {
  /** Literal characters, ANY for `_`, MANY for `%`. */
  const items: (string | typeof ANY | typeof MANY)[] = [];
  const chars = Array.from(pattern);
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] as string;
    if (c === escapeChar) {
      const next = chars[++i];
      if (next === undefined) throw runtimeError('INVALID_FORMAT.ESC_AT_THE_END', { format: `'${pattern}'` });
      if (next !== '_' && next !== '%' && next !== escapeChar) {
        throw runtimeError('INVALID_FORMAT.ESC_IN_THE_MIDDLE', { format: `'${pattern}'`, char: `'${next}'` });
      }
      items.push(next);
    } else if (c === '_') items.push(ANY);
    else if (c === '%') {
      if (items[items.length - 1] !== MANY) items.push(MANY);
    } else items.push(c);
  }
  const literal = (from: number, to: number): string | undefined => {
    const part = items.slice(from, to);
    return part.every((p) => typeof p === 'string') ? part.join('') : undefined;
  };
  const n = items.length;
  const whole = literal(0, n);
  if (whole !== undefined) return (text) => text === whole;
  const startsMany = items[0] === MANY;
  const endsMany = items[n - 1] === MANY;
  const inner = literal(startsMany ? 1 : 0, endsMany ? n - 1 : n);
  if (inner !== undefined) {
    if (startsMany && endsMany) return (text) => text.includes(inner);
    return startsMany ? (text) => text.endsWith(inner) : (text) => text.startsWith(inner);
  }
  return (text) => matchItems(items, Array.from(text));
}

const ANY = 1;
const MANY = 2;

/** Two pointers with one restart point: the last `%` seen. */
function matchItems(items: readonly (string | typeof ANY | typeof MANY)[], text: readonly string[]): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const item = items[p];
    if (item === MANY) {
      star = p++;
      resume = t;
    } else if (item === ANY || item === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (items[p] === MANY) p++;
  return p === items.length;
}
