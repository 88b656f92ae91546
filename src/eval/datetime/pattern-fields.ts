import { runtimeError, type SparkError } from '../../errors/index.js';
import { javaError } from '../errors.js';

/** One letter run, literal or optional section of a datetime pattern. */
export interface Field {
  readonly letter: string;
  readonly count: number;
  readonly literal?: string;
  /** Parts of an optional section `[…]`. */
  readonly optional?: readonly Field[];
}

const LEGAL = new Set('GyMLdDqQEFahHkKmsSVzOXxZ'.split(''));
const WEEK_BASED = new Set(['Y', 'W', 'w', 'u', 'e', 'c']);
const UNSUPPORTED = new Set(['A', 'B', 'n', 'N', 'p']);
/** Letters that format but do not parse. */
const FORMAT_ONLY = new Set(['E', 'F', 'q', 'Q']);
/** Letters of Java's old SimpleDateFormat: a pattern made of them alone was valid before Spark 3. */
const OLD_LETTERS = /^[GyMdkHmsSEDFwWahKzZYuXL]*$/;

const lettersOf = (pattern: string): string => pattern.replace(/'[^']*'/g, '').replace(/[^A-Za-z]/g, '');

/** The error of a refused pattern: Spark points out patterns that the old formatter understood. */
function refused(pattern: string, error: SparkError): SparkError {
  if (!OLD_LETTERS.test(lettersOf(pattern)) || /X{4}|[[\]{}#]/.test(pattern)) return error;
  return runtimeError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION', {
    pattern: `'${pattern}'`,
    config: '"spark.sql.legacy.timeParserPolicy"',
    docroot: 'https://spark.apache.org/docs/latest',
  });
}
function weekBased(c: string): SparkError {
  return runtimeError('INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN', { c });
}
function illegalCharacter(c: string, pattern: string): SparkError {
  return runtimeError('INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER', { c, pattern });
}
function malformed(pattern: string): SparkError {
  return refused(pattern, javaError('java.lang.IllegalArgumentException', `Invalid pattern: ${pattern}`));
}

/** Refuses letters that only format. @throws as `readPattern` */
export function checkParsing(pattern: string): void {
  for (const c of lettersOf(pattern)) if (FORMAT_ONLY.has(c)) throw refused(pattern, illegalCharacter(c, pattern));
}

/** Fields of a pattern in order.
 * @throws INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION for patterns that only the old SimpleDateFormat
 * knew, INVALID_DATETIME_PATTERN.* and java.lang.IllegalArgumentException for others */
export function readPattern(pattern: string): Field[] {
  const stack: Field[][] = [[]];
  const top = (): Field[] => stack[stack.length - 1] as Field[];
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i] as string;
    if (/[A-Za-z]/.test(c)) {
      let end = i;
      while (pattern[end] === c) end++;
      const count = end - i;
      if (WEEK_BASED.has(c)) throw refused(pattern, weekBased(c));
      if (UNSUPPORTED.has(c)) throw refused(pattern, illegalCharacter(c, pattern));
      if (!LEGAL.has(c)) {
        throw refused(pattern, javaError('java.lang.IllegalArgumentException', `Unknown pattern letter: ${c}`));
      }
      if (!legalCount(c, count)) {
        const narrow = ('GMLEQq'.includes(c) && count >= 5) || (c === 'y' && count >= 7);
        throw refused(
          pattern,
          narrow
            ? runtimeError('INVALID_DATETIME_PATTERN.LENGTH', { pattern })
            : javaError('java.lang.IllegalArgumentException', `Too many pattern letters: ${c}`),
        );
      }
      top().push({ letter: c, count });
      i = end;
    } else if (c === "'") {
      let literal = '';
      i++;
      for (;;) {
        if (i >= pattern.length) throw malformed(pattern);
        if (pattern[i] === "'") {
          if (pattern[i + 1] !== "'") break;
          i++;
        }
        literal += pattern[i++];
      }
      i++;
      top().push({ letter: '', count: 0, literal: literal === '' ? "'" : literal });
    } else if (c === '[') {
      stack.push([]);
      i++;
    } else if (c === ']') {
      if (stack.length === 1) throw malformed(pattern);
      const optional = stack.pop() as Field[];
      top().push({ letter: '[', count: 0, optional });
      i++;
    } else if (c === '{' || c === '}' || c === '#') {
      throw malformed(pattern);
    } else {
      top().push({ letter: '', count: 0, literal: c });
      i++;
    }
  }
  while (stack.length > 1) {
    const optional = stack.pop() as Field[];
    top().push({ letter: '[', count: 0, optional });
  }
  return stack[0] as Field[];
}

function legalCount(letter: string, count: number): boolean {
  switch (letter) {
    case 'y':
      return count <= 6;
    case 'M':
    case 'L':
    case 'E':
    case 'G':
    case 'q':
    case 'Q':
      return count <= 4;
    case 'd':
    case 'h':
    case 'H':
    case 'k':
    case 'K':
    case 'm':
    case 's':
      return count <= 2;
    case 'D':
      return count <= 3;
    case 'F':
    case 'a':
      return count === 1;
    case 'S':
      return count <= 9;
    case 'V':
      return count === 2;
    case 'O':
      return count === 1 || count === 4;
    case 'z':
      return count <= 4;
    default:
      return count <= 5;
  }
}
