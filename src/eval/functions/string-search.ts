import { runtimeError } from '../../errors/index.js';
import { ArrayType, BINARY, BOOLEAN, INT, STRING, type Value } from '../../types/index.js';
import { inputTypes, outOfRange } from '../coercion.js';
import { scalar } from '../define.js';
import type { CallContext, Coercion, ScalarFunction } from '../function.js';
import { compileLike, type LikeMatcher } from '../like.js';
import { allMatches, expandReplacement, type PatternMatch, patternOf } from '../pattern.js';
import { charLength, sliceChars } from '../utf8.js';

const str = (v: unknown): string => v as string;
const int = (v: unknown): number => v as number;

function likeMatcher(context: CallContext, pattern: string, escapeChar: string): LikeMatcher {
  const held = context.state.get('like') as { pattern: string; matcher: LikeMatcher } | undefined;
  if (held?.pattern === pattern) return held.matcher;
  const matcher = compileLike(pattern, escapeChar);
  context.state.set('like', { pattern, matcher });
  return matcher;
}

/** Matchers of a whole pattern list, for LIKE ALL and LIKE ANY; null patterns stay null. */
function likeMatchers(context: CallContext, patterns: readonly Value[]): readonly (LikeMatcher | null)[] {
  let held = context.state.get('likes') as { patterns: readonly Value[]; matchers: (LikeMatcher | null)[] } | undefined;
  if (!held || held.patterns.some((p, i) => p !== patterns[i])) {
    held = { patterns, matchers: patterns.map((p) => (p === null ? null : compileLike(p as string))) };
    context.state.set('likes', held);
  }
  return held.matchers;
}

/** Three-valued LIKE over several patterns. `all`: every one must match; `negate`: none of them counts as a match. */
function multiLike(name: string, cls: string, all: boolean, negate: boolean): ScalarFunction {
  return scalar('predicate', `${name}(str, pattern, ...)`, 'LIKE against several patterns.', {
    cls,
    types: [STRING, STRING],
    returns: BOOLEAN,
    nullIntolerant: false,
    nullability: 'always',
    run: ([s, ...patterns], c) => {
      if (s === null) return null;
      let sawNull = false;
      for (const matcher of likeMatchers(c, patterns as readonly Value[])) {
        if (matcher === null) sawNull = true;
        else if ((matcher(str(s)) !== negate) !== all) return !all;
      }
      return sawNull ? null : all;
    },
  });
}

function edge(name: string, cls: string, test: (a: string, b: string) => boolean): ScalarFunction {
  return scalar('string', `${name}(left, right)`, 'Whether the second is at this place in the first.', {
    cls,
    coerce: (args, c) =>
      inputTypes(args.every((t) => t.kind === 'binary') ? [BINARY, BINARY] : [STRING, STRING])(args, c),
    returns: BOOLEAN,
    run: ([a, b]) => {
      if (typeof a === 'string') return test(a, str(b));
      return test(Buffer.from(a as Uint8Array).toString('latin1'), Buffer.from(b as Uint8Array).toString('latin1'));
    },
  });
}

/** Java's `String.split(regex, limit)`: an empty match at the start gives no leading empty part; limit ≤ 0 keeps trailing ones. */
function split(text: string, regex: string, limit: number, context: CallContext): string[] {
  if (regex === '' && text !== '') {
    const chars = Array.from(text);
    return limit > 0 && limit < chars.length ? chars.slice(0, limit) : chars;
  }
  const parts: string[] = [];
  let from = 0;
  for (const match of allMatches(patternOf(context, regex, 'split'), text)) {
    if (limit > 0 && parts.length === limit - 1) break;
    if (match.end === 0) continue;
    if (match.start === text.length && match.end === match.start) continue;
    parts.push(text.slice(from, match.start));
    from = match.end;
  }
  parts.push(text.slice(from));
  return parts;
}

function splitPart(text: string, delimiter: string, index: number): string {
  if (index === 0) throw runtimeError('INVALID_INDEX_OF_ZERO', {});
  const parts = delimiter === '' ? [text] : text.split(delimiter);
  return parts[index > 0 ? index - 1 : parts.length + index] ?? '';
}

function checkGroup(name: string, index: number, count: number): void {
  if (index < 0 || index > count) {
    throw runtimeError('INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX', {
      parameter: '`idx`',
      functionName: `\`${name}\``,
      groupCount: String(count),
      groupIndex: String(index),
    });
  }
}

function replaceAll(context: CallContext, text: string, regex: string, replacement: string, position: number): string {
  const pattern = patternOf(context, regex, 'regexp_replace');
  if (position < 1 || position > charLength(text) + (text === '' ? 1 : 0)) return text;
  const from = position === 1 ? 0 : sliceChars(text, 0, position - 1).length;
  let out = '';
  let last = 0;
  for (const match of allMatches(pattern, text, from)) {
    let expanded: string;
    try {
      expanded = expandReplacement(replacement, match, pattern);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw runtimeError('INVALID_REGEXP_REPLACE', {
        source: text,
        pattern: regex,
        replacement,
        position: String(position),
      });
    }
    out += text.slice(last, match.start) + expanded;
    last = match.end;
  }
  return out + text.slice(last);
}

const first = (context: CallContext, name: string, text: string, regex: string): PatternMatch | undefined =>
  patternOf(context, regex, name).find(text, 0);
const regexTypes: Coercion = inputTypes([STRING, STRING, INT]);

export const stringSearchFunctions: readonly ScalarFunction[] = [
  scalar('predicate', 'like(str, pattern[, escape])', 'Whether the text matches a LIKE pattern.', {
    cls: 'Like',
    types: [STRING, STRING, STRING],
    returns: BOOLEAN,
    run: ([s, p, e], c) => likeMatcher(c, str(p), e === undefined ? '\\' : str(e))(str(s)),
  }),
  scalar('predicate', 'ilike(str, pattern[, escape])', 'LIKE without regard to case.', {
    cls: 'ILike',
    types: [STRING, STRING, STRING],
    returns: BOOLEAN,
    replacement: (args) => ({
      fn: 'like',
      args: [
        { fn: 'lower', args: [{ argument: 0 }] },
        { fn: 'lower', args: [{ argument: 1 }] },
        ...(args.length > 2 ? [{ argument: 2 }] : []),
      ],
    }),
    run: ([s, p, e], c) => likeMatcher(c, str(p).toLowerCase(), e === undefined ? '\\' : str(e))(str(s).toLowerCase()),
  }),
  multiLike('likeall', 'LikeAll', true, false),
  multiLike('notlikeall', 'NotLikeAll', true, true),
  multiLike('likeany', 'LikeAny', false, false),
  multiLike('notlikeany', 'NotLikeAny', false, true),
  scalar('predicate', 'rlike(str, regexp)', 'Whether a Java regular expression is found in the text.', {
    cls: 'RLike',
    aliases: ['regexp', 'regexp_like'],
    aliasShows: true,
    types: [STRING, STRING],
    returns: BOOLEAN,
    run: ([s, p], c) => first(c, 'rlike', str(s), str(p)) !== undefined,
  }),
  edge('startswith', 'StartsWith', (a, b) => a.startsWith(b)),
  edge('endswith', 'EndsWith', (a, b) => a.endsWith(b)),
  edge('contains', 'Contains', (a, b) => a.includes(b)),
  scalar('string', 'split(str, regex[, limit])', 'Splits around matches.', {
    cls: 'StringSplit',
    types: [STRING, STRING, INT],
    returns: new ArrayType(STRING, false),
    run: ([s, r, l], c) => split(str(s), str(r), l === undefined ? -1 : int(l), c),
  }),
  scalar('string', 'split_part(str, delimiter, partNum)', 'The n-th part, from the end for negative n.', {
    cls: 'SplitPart',
    types: [STRING, STRING, INT],
    returns: STRING,
    nullability: 'always',
    run: ([s, d, n]) => splitPart(str(s), str(d), int(n)),
  }),
  scalar('string', 'regexp_replace(str, regexp, rep[, position])', 'Replaces every match.', {
    cls: 'RegExpReplace',
    coerce: (args, context) => {
      const position = context.constants[3];
      if (typeof position === 'number' && position < 1) return outOfRange('position', position, '(0, 2147483647]');
      return inputTypes([STRING, STRING, STRING, INT])(args, context);
    },
    returns: STRING,
    run: ([s, r, t, p], c) => replaceAll(c, str(s), str(r), str(t), p === undefined ? 1 : int(p)),
  }),
  scalar('string', 'regexp_extract(str, regexp[, idx])', 'A group of the first match, empty if none.', {
    cls: 'RegExpExtract',
    coerce: regexTypes,
    returns: STRING,
    run: ([s, r, i], c) => {
      const group = i === undefined ? 1 : int(i);
      const pattern = patternOf(c, str(r), 'regexp_extract');
      const match = pattern.find(str(s), 0);
      if (!match) return '';
      checkGroup('regexp_extract', group, pattern.groupCount);
      return match.group(group) ?? '';
    },
  }),
  scalar('string', 'regexp_extract_all(str, regexp[, idx])', 'A group of every match.', {
    cls: 'RegExpExtractAll',
    coerce: regexTypes,
    returns: new ArrayType(STRING, true),
    run: ([s, r, i], c) => {
      const group = i === undefined ? 1 : int(i);
      const pattern = patternOf(c, str(r), 'regexp_extract_all');
      const out: string[] = [];
      for (const match of allMatches(pattern, str(s))) {
        checkGroup('regexp_extract_all', group, pattern.groupCount);
        out.push(match.group(group) ?? '');
      }
      return out;
    },
  }),
  scalar('string', 'regexp_count(str, regexp)', 'Number of matches.', {
    cls: 'RegExpCount',
    types: [STRING, STRING],
    returns: INT,
    run: ([s, r], c) => [...allMatches(patternOf(c, str(r), 'regexp_count'), str(s))].length,
  }),
  scalar('string', 'regexp_substr(str, regexp)', 'The first match, null if none.', {
    cls: 'RegExpSubStr',
    types: [STRING, STRING],
    returns: STRING,
    nullability: 'always',
    run: ([s, r], c) => first(c, 'regexp_substr', str(s), str(r))?.group(0) || null,
  }),
  scalar('string', 'regexp_instr(str, regexp[, idx])', 'Position of the first match, 0 if none.', {
    cls: 'RegExpInStr',
    coerce: regexTypes,
    returns: INT,
    run: ([s, r], c) => {
      const match = first(c, 'regexp_instr', str(s), str(r));
      return match ? charLength(str(s).slice(0, match.start)) + 1 : 0;
    },
  }),
];
