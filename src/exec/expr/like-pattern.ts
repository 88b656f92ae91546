/** `%` and `_` among the code points of a compiled pattern. */
export const ANY = 0xffff_ffff;
export const ONE = 0xffff_fffe;

/** A LIKE pattern: a plain start, end, part or whole; parts with anything between them; or tokens for the general matcher.
 * `match`: 0 starts with, 1 ends with, 2 contains, 3 equals. `ends`: 1 the first part stands at the start, 2 the last at the end. */
export type LikePattern =
  | { readonly kind: 'part'; readonly match: number; readonly text: string }
  | { readonly kind: 'parts'; readonly ends: number; readonly texts: readonly string[] }
  | { readonly kind: 'tokens'; readonly tokens: Uint32Array };

/** @returns undefined for a pattern that SQL refuses (an escape character before an ordinary one, or at the end) */
export function compileLike(pattern: string, escapeChar: string): LikePattern | undefined {
  const tokens: number[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!;
    if (c === escapeChar) {
      const next = chars[++i];
      if (next === undefined || (next !== '%' && next !== '_' && next !== escapeChar)) return undefined;
      tokens.push(next.codePointAt(0)!);
    } else if (c === '%') {
      if (tokens.at(-1) !== ANY) tokens.push(ANY);
    } else if (c === '_') tokens.push(ONE);
    else tokens.push(c.codePointAt(0)!);
  }
  const first = tokens[0] === ANY;
  const last = tokens.length > 1 && tokens.at(-1) === ANY;
  const middle = tokens.slice(first ? 1 : 0, last ? -1 : undefined);
  if (middle.length > 0 && middle.every((t) => t !== ANY && t !== ONE && !(t >= 0xd800 && t < 0xe000))) {
    const match = first ? (last ? 2 : 1) : last ? 0 : 3;
    return { kind: 'part', match, text: String.fromCodePoint(...middle) };
  }
  if (middle.length > 0 && middle.every((t) => t !== ONE && !(t >= 0xd800 && t < 0xe000))) {
    const texts = [''];
    for (const t of middle) {
      if (t === ANY) texts.push('');
      else texts[texts.length - 1] += String.fromCodePoint(t);
    }
    return { kind: 'parts', ends: (first ? 0 : 1) | (last ? 0 : 2), texts };
  }
  return { kind: 'tokens', tokens: Uint32Array.from(tokens) };
}
