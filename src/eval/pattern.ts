import { RE2JS } from 're2js';
import { runtimeError, type SparkError, unsupported } from '../errors/index.js';
import { javaError } from './errors.js';
import type { CallContext } from './function.js';

/** One match: offsets of the groups in UTF-16 units, -1 where a group took no part. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  group(index: number): string | undefined;
}

/** A compiled Java regular expression. RE2 runs it in linear time; look-around and back-references, which RE2 lacks, go to
 * the JavaScript engine. */
export interface Pattern {
  readonly groupCount: number;
  /** The first match at or after `from`, or undefined. */
  find(text: string, from: number): PatternMatch | undefined;
  groupIndex(name: string): number | undefined;
}

const NEEDS_BACKTRACKING = /\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</;

/** Compiles a pattern; `caseInsensitive` is not part of Spark's functions but of `ilike`'s kin.
 * @throws INVALID_PARAMETER_VALUE.PATTERN */
export function compilePattern(source: string, functionName: string, parameter = '`regexp`'): Pattern {
  if (/\[[^\]]*&&/.test(source)) throw unsupported('intersections (&&) in regular expression classes');
  if (NEEDS_BACKTRACKING.test(source)) return backtracking(source, functionName, parameter);
  try {
    return linear(RE2JS.compile(translate(source), 0));
  } catch {
    try {
      return backtracking(source, functionName, parameter);
    } catch {
      throw badPattern(source, functionName, parameter);
    }
  }
}

/** Functions that hand their pattern to Java as it is. */
const UNCHECKED: ReadonlySet<string> = new Set(['split', 'str_to_map']);
function badPattern(source: string, functionName: string, parameter: string): SparkError {
  if (UNCHECKED.has(functionName)) return javaError('java.util.regex.PatternSyntaxException', `bad pattern ${source}`);
  return runtimeError('INVALID_PARAMETER_VALUE.PATTERN', {
    parameter,
    functionName: `\`${functionName}\``,
    value: `'${source}'`,
  });
}

/** Escapes that Java has and RE2 spells otherwise. */
function translate(source: string): string {
  return source.replace(/\\(.)/gs, (sequence, c: string) => {
    switch (c) {
      case 'h':
        return '[ \\t\\x{A0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]';
      case 'R':
        return '(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])';
      case 'Z':
        return '(?:\\n?\\z)';
      case 'e':
        return '\\x1b';
      default:
        return sequence;
    }
  });
}

function linear(re: RE2JS): Pattern {
  const names = re.namedGroups() as Record<string, number>;
  return {
    groupCount: re.groupCount(),
    groupIndex: (name) => names[name],
    find(text, from) {
      const matcher = re.matcher(text);
      if (!matcher.find(from)) return undefined;
      return {
        start: matcher.start(),
        end: matcher.end(),
        group: (i) => matcher.group(i) ?? undefined,
      };
    },
  };
}

function backtracking(source: string, functionName: string, parameter: string): Pattern {
  let flags = 'du';
  let body = source
    .replace(/\(\?<([A-Za-z]\w*)>/g, '(?<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$(?![\\s\\S])');
  const inline = /^\(\?([imsux]+)\)/.exec(body);
  if (inline) {
    body = body.slice(inline[0].length);
    for (const f of inline[1] as string) if (f === 'i' || f === 'm' || f === 's') flags += f;
  }
  let re: RegExp;
  try {
    re = new RegExp(body, `${flags}g`);
  } catch {
    try {
      re = new RegExp(body, `${flags.replace('u', '')}g`);
    } catch {
      throw badPattern(source, functionName, parameter);
    }
  }
  const groupCount = (new RegExp(`${re.source}|`, re.flags).exec('') as RegExpExecArray).length - 1;
  const names = [...body.matchAll(/\((?!\?)|\(\?<([A-Za-z]\w*)>/g)].map((m) => m[1]);
  return {
    groupCount,
    groupIndex: (name) => (names.includes(name) ? names.indexOf(name) + 1 : undefined),
    find(text, from) {
      re.lastIndex = from;
      const match = re.exec(text);
      if (!match) return undefined;
      return { start: match.index, end: match.index + match[0].length, group: (i) => match[i] };
    },
  };
}

/** The compiled form of a call's pattern; a new text replaces the old one. */
export function patternOf(context: CallContext, source: string, functionName: string): Pattern {
  const held = context.state.get('pattern') as { source: string; pattern: Pattern } | undefined;
  if (held?.source === source) return held.pattern;
  const pattern = compilePattern(source, functionName);
  context.state.set('pattern', { source, pattern });
  return pattern;
}

/** Every match from `from` on; an empty match moves on by one character. Java: `Matcher.find()` in a loop. */
export function* allMatches(pattern: Pattern, text: string, from = 0): Generator<PatternMatch> {
  let at = from;
  while (at <= text.length) {
    const match = pattern.find(text, at);
    if (!match) return;
    yield match;
    at = match.end > match.start ? match.end : nextChar(text, match.end);
  }
}
function nextChar(text: string, at: number): number {
  const code = text.codePointAt(at);
  return at + (code !== undefined && code > 0xffff ? 2 : 1);
}

/** A replacement in Java's syntax: `$1`, `${name}`, backslash quotes the next character. */
export function expandReplacement(replacement: string, match: PatternMatch, pattern: Pattern): string {
  if (!/[\\$]/.test(replacement)) return replacement;
  let out = '';
  for (let i = 0; i < replacement.length; i++) {
    const c = replacement[i] as string;
    if (c === '\\') {
      i++;
      if (i >= replacement.length) throw new RangeError('character to be escaped is missing');
      out += replacement[i] as string;
    } else if (c === '$') {
      if (replacement[i + 1] === '{') {
        const end = replacement.indexOf('}', i);
        const index = pattern.groupIndex(replacement.slice(i + 2, end));
        if (end < 0 || index === undefined) throw new RangeError('no such group');
        out += match.group(index) ?? '';
        i = end;
        continue;
      }
      const digit = replacement[i + 1];
      if (digit === undefined || !/\d/.test(digit)) throw new RangeError('illegal group reference');
      let group = Number(digit);
      i++;
      if (group > pattern.groupCount) throw new RangeError('no such group');
      for (let next = replacement[i + 1]; next !== undefined && /\d/.test(next); next = replacement[i + 1]) {
        const longer = group * 10 + Number(next);
        if (longer > pattern.groupCount) break;
        group = longer;
        i++;
      }
      out += match.group(group) ?? '';
    } else out += c;
  }
  return out;
}
