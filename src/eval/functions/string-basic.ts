import { runtimeError } from '../../errors/index.js';
import {
  ArrayType,
  BINARY,
  BOOLEAN,
  type DataType,
  INT,
  isNested,
  LONG,
  mergedNullability,
  STRING,
  sameType,
  type Value,
} from '../../types/index.js';
import {
  castsTo,
  diffTypes,
  exactTypes,
  findWiderCommonType,
  implicitCast,
  inputTypes,
  nonFoldable,
  unexpectedInput,
} from '../coercion.js';
import { type ScalarSpec, scalar } from '../define.js';
import type { Coercion, ScalarFunction } from '../function.js';
import { charLength, indexOfChars, sliceChars, substringSql } from '../utf8.js';

const str = (v: unknown): string => v as string;
const int = (v: unknown): number => v as number;
const stringOrBinary = { anyOf: [STRING, BINARY] } as const;
const first = (args: readonly DataType[]): DataType => args[0] as DataType;
const ALL_LENGTH = 2_147_483_647;

function text(
  usage: string,
  cls: string,
  description: string,
  run: (s: string) => string,
  rest: Partial<ScalarSpec> = {},
): ScalarFunction {
  return scalar('string', usage, description, {
    cls,
    types: [STRING],
    returns: STRING,
    run: ([s]) => run(str(s)),
    ...rest,
  });
}

/** Strings are joined; arrays of one type are appended; binaries stay binary if all are. Spark: `ConcatCoercion`. */
const concatCoercion: Coercion = (args, context) => {
  if (args.some((t) => t.kind === 'array')) {
    const common = findWiderCommonType(args, context.mode);
    return common?.kind === 'array'
      ? castsTo(
          args,
          args.map(() => common),
        )
      : diffTypes('concat', args);
  }
  if (args.length > 0 && args.every((t) => t.kind === 'binary')) return args.map(() => undefined);
  const out: (DataType | undefined)[] = [];
  for (let i = 0; i < args.length; i++) {
    const from = args[i] as DataType;
    const type = implicitCast(from, STRING, context.mode);
    if (!type) return unexpectedInput(i, { anyOf: [STRING, BINARY, 'array'] }, from);
    out.push(sameType(type, from) ? undefined : type);
  }
  return out;
};
function concatType(args: readonly DataType[]): DataType {
  const type = args[0];
  if (type === undefined) return STRING;
  if (type.kind !== 'array') return type.kind === 'binary' ? BINARY : STRING;
  return mergedNullability(args);
}
function concat(args: readonly Value[]): Value {
  const head = args[0];
  if (head === undefined) return '';
  if (typeof head === 'string') return (args as readonly string[]).join('');
  if (head instanceof Uint8Array) return new Uint8Array(Buffer.concat(args as readonly Uint8Array[]));
  return (args as readonly (readonly Value[])[]).flat(1);
}

/** First argument a string, the others strings or arrays of strings. */
const concatWsCoercion: Coercion = (args, context) => {
  const strings = new ArrayType(STRING, true);
  const out: (DataType | undefined)[] = [];
  for (let i = 0; i < args.length; i++) {
    const from = args[i] as DataType;
    const target = i > 0 && (from.kind === 'array' || from.kind === 'null') ? strings : STRING;
    if (i === 0 && from.kind === 'array') return unexpectedInput(i, STRING, from);
    if (from.kind === 'array' && from.elementType.kind === 'string') {
      out.push(undefined);
      continue;
    }
    const type = isNested(from) && from.kind !== 'array' ? undefined : implicitCast(from, target, context.mode);
    if (!type) return unexpectedInput(i, { anyOf: [STRING, strings] }, from);
    out.push(sameType(type, from) ? undefined : type);
  }
  return out;
};

function pad(value: Value, length: number, filler: Value, left: boolean): Value {
  if (typeof value === 'string') {
    const n = charLength(value);
    if (length <= 0) return '';
    if (length <= n) return sliceChars(value, 0, length);
    const f = filler as string;
    const unit = charLength(f);
    if (unit === 0) return value;
    const missing = length - n;
    const padding = f.repeat(Math.floor(missing / unit)) + sliceChars(f, 0, missing % unit);
    return left ? padding + value : value + padding;
  }
  const bytes = value as Uint8Array;
  if (length <= 0) return new Uint8Array(0);
  if (length <= bytes.length) return bytes.slice(0, length);
  const f = filler as Uint8Array;
  if (f.length === 0) return bytes;
  const out = new Uint8Array(length);
  const missing = length - bytes.length;
  for (let i = 0; i < missing; i++) out[(left ? 0 : bytes.length) + i] = f[i % f.length] as number;
  out.set(bytes, left ? missing : 0);
  return out;
}
function padder(name: string, cls: string, left: boolean): ScalarFunction {
  return scalar('string', `${name}(str, len[, pad])`, `Pads or cuts on the ${left ? 'left' : 'right'} to a length.`, {
    cls,
    coerce: (args, context) =>
      args[0]?.kind === 'binary' && (args.length === 2 || args[2]?.kind === 'binary')
        ? inputTypes([BINARY, INT, BINARY])(args, context)
        : inputTypes([STRING, INT, STRING])(args, context),
    returns: (args) => (args[0]?.kind === 'binary' ? BINARY : STRING),
    run: ([v, n, p]) =>
      pad(v as Value, int(n), (p ?? (typeof v === 'string' ? ' ' : new Uint8Array(1))) as Value, left),
  });
}

/** Characters of `set` taken off the ends. */
export function trimChars(s: string, set: string, left: boolean, right: boolean): string {
  const chars = new Set(set);
  const list = charLength(s) === s.length ? undefined : Array.from(s);
  if (list) {
    let a = 0;
    let b = list.length;
    while (left && a < b && chars.has(list[a] as string)) a++;
    while (right && b > a && chars.has(list[b - 1] as string)) b--;
    return list.slice(a, b).join('');
  }
  let start = 0;
  let end = s.length;
  while (left && start < end && chars.has(s[start] as string)) start++;
  while (right && end > start && chars.has(s[end - 1] as string)) end--;
  return s.slice(start, end);
}
/** Bytes of `set` taken off both ends. */
function trimBytes(bytes: Uint8Array, set: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && set.includes(bytes[start] as number)) start++;
  while (end > start && set.includes(bytes[end - 1] as number)) end--;
  return bytes.slice(start, end);
}
/** With two arguments the characters to trim come first, except for btrim. */
function trimmer(usage: string, cls: string, left: boolean, right: boolean, sourceFirst = false): ScalarFunction {
  return scalar('string', usage, 'Takes characters (by default spaces) off the ends.', {
    cls,
    coerce: (args, context) =>
      sourceFirst && args.every((t) => t.kind === 'binary')
        ? args.map(() => undefined)
        : inputTypes([STRING, STRING])(args, context),
    returns: STRING,
    run: ([a, b]) => {
      if (a instanceof Uint8Array)
        return new TextDecoder().decode(trimBytes(a, (b ?? Uint8Array.of(32)) as Uint8Array));
      if (b === undefined) return trimChars(str(a), ' ', left, right);
      return sourceFirst ? trimChars(str(a), str(b), left, right) : trimChars(str(b), str(a), left, right);
    },
  });
}

function substring(value: Value, pos: number, length: number): Value {
  if (typeof value === 'string') return substringSql(value, pos, length);
  const bytes = value as Uint8Array;
  const start = pos > 0 ? pos - 1 : pos < 0 ? bytes.length + pos : 0;
  const end = Math.min(start + length, bytes.length);
  return start >= end ? new Uint8Array(0) : bytes.slice(Math.max(start, 0), end);
}

/** Part before the n-th delimiter from the left, or after the n-th from the right. */
function substringIndex(s: string, delimiter: string, count: number): string {
  if (delimiter === '' || count === 0) return '';
  if (count > 0) {
    let at = -1;
    for (let i = 0; i < count; i++) {
      at = s.indexOf(delimiter, at + 1);
      if (at < 0) return s;
    }
    return s.slice(0, at);
  }
  let at = s.length;
  for (let i = 0; i < -count; i++) {
    const from = i === 0 ? s.length - delimiter.length : at - 1;
    at = from < 0 ? -1 : s.lastIndexOf(delimiter, from);
    if (at < 0) return s;
  }
  return s.slice(at + delimiter.length);
}

function translate(s: string, from: string, to: string): string {
  const source = Array.from(from);
  const target = Array.from(to);
  const map = new Map<string, string>();
  source.forEach((c, i) => {
    if (!map.has(c)) map.set(c, target[i] ?? '');
  });
  let out = '';
  for (const c of s) out += map.get(c) ?? c;
  return out;
}

function levenshtein(a: string, b: string, threshold?: number): number {
  const x = Array.from(a);
  const y = Array.from(b);
  let row = y.map((_, i) => i + 1);
  row.unshift(0);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      const cost = x[i - 1] === y[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + cost));
    }
    row = next;
  }
  const distance = row[y.length] as number;
  return threshold !== undefined && distance > threshold ? -1 : distance;
}

const SOUNDEX = '01230127022455012623017202';
function soundex(s: string): string {
  const bytes = s;
  if (bytes === '') return '';
  const head = (bytes[0] as string).toUpperCase();
  if (head < 'A' || head > 'Z') return s;
  let out = head;
  let last = SOUNDEX[head.charCodeAt(0) - 65] as string;
  for (let i = 1; i < bytes.length && out.length < 4; i++) {
    const c = (bytes[i] as string).toUpperCase();
    if (c < 'A' || c > 'Z') {
      last = '0';
      continue;
    }
    const code = SOUNDEX[c.charCodeAt(0) - 65] as string;
    if (code === '7') continue;
    if (code !== '0' && code !== last) out += code;
    last = code;
  }
  return out.padEnd(4, '0');
}

/** A capital with the rest of its expansion small: `ß` gives `Ss`. */
function titleCase(c: string): string {
  const [head = '', ...rest] = c.toUpperCase();
  return head + rest.join('').toLowerCase();
}
function initcap(s: string): string {
  return s.toLowerCase().replace(/(?<=^| )[^ ]/gu, titleCase);
}

const MASK_PARAMETERS = ['input', 'upperChar', 'lowerChar', 'digitChar', 'otherChar'] as const;
/** Replacements are constants of one character, or null. */
const maskCoercion: Coercion = (args, context) => {
  const checked = exactTypes([STRING, STRING, STRING, STRING, STRING])(args, context);
  if ('mismatch' in checked) return checked;
  for (let i = 1; i < args.length; i++) {
    const name = MASK_PARAMETERS[i] as string;
    if (context.foldable?.[i] === false) return nonFoldable(i, name, '"STRING"');
    const value = context.constants[i];
    if (typeof value === 'string' && charLength(value) !== 1)
      return { mismatch: { condition: 'INPUT_SIZE_NOT_ONE', parameters: { exprName: name } } };
  }
  return checked;
};
function mask(args: readonly Value[]): Value {
  const [s, upper, lower, digit, other] = args;
  if (s === null || s === undefined) return null;
  const [u, l, d, o] = [
    upper === undefined ? 'X' : upper,
    lower === undefined ? 'x' : lower,
    digit === undefined ? 'n' : digit,
    other === undefined ? null : other,
  ];
  let out = '';
  for (const c of s as string) {
    const replacement = /^\p{Lu}$/u.test(c) ? u : /^\p{Ll}$/u.test(c) ? l : /^\p{Nd}$/u.test(c) ? d : o;
    out += replacement === null ? c : (replacement as string);
  }
  return out;
}

function overlay(value: Value, replacement: Value, pos: number, length: number): Value {
  if (typeof value === 'string') {
    const n = length >= 0 ? length : charLength(replacement as string);
    return substringSql(value, 1, pos - 1) + (replacement as string) + substringSql(value, pos + n, ALL_LENGTH);
  }
  const n = length >= 0 ? length : (replacement as Uint8Array).length;
  return new Uint8Array(
    Buffer.concat([
      substring(value, 1, pos - 1) as Uint8Array,
      replacement as Uint8Array,
      substring(value, pos + n, ALL_LENGTH) as Uint8Array,
    ]),
  );
}

function luhn(s: string): boolean {
  if (!/^\d+$/.test(s)) return false;
  let sum = 0;
  for (let i = 0; i < s.length; i++) {
    const d = s.charCodeAt(s.length - 1 - i) - 48;
    sum += i % 2 === 1 ? (d * 2 > 9 ? d * 2 - 9 : d * 2) : d;
  }
  return sum % 10 === 0;
}

/** Sentences as arrays of words. Java: `BreakIterator` of the root locale, close to this for plain prose. */
function sentences(s: string): Value {
  return s
    .split(/(?<=[!?])\s+|(?<=\.)\s+(?!\p{Ll})/u)
    .map((sentence) => sentence.match(/[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*/gu) ?? [])
    .filter((words) => words.length > 0);
}

const byteLength = (v: Value): number =>
  typeof v === 'string' ? Buffer.byteLength(v, 'utf8') : (v as Uint8Array).length;
const lengthOf = (v: Value): number => (typeof v === 'string' ? charLength(v) : (v as Uint8Array).length);

export const stringFunctions: readonly ScalarFunction[] = [
  scalar('string', 'concat(...)', 'Joins strings, binaries or arrays.', {
    cls: 'Concat',
    aliases: ['||'],
    coerce: concatCoercion,
    returns: concatType,
    run: (args) => concat(args as readonly Value[]),
    examples: [["SELECT concat('a', 'b')", 'ab']],
  }),
  scalar('string', 'concat_ws(sep, ...)', 'Joins strings and arrays of strings with a separator, nulls left out.', {
    cls: 'ConcatWs',
    coerce: concatWsCoercion,
    returns: STRING,
    nullIntolerant: false,
    nullability: (n) => n[0] === true,
    run: ([sep, ...rest]) =>
      sep === null
        ? null
        : (rest as readonly Value[])
            .flat(1)
            .filter((v) => v !== null)
            .join(str(sep)),
  }),
  text('upper(str)', 'Upper', 'Upper case.', (s) => s.toUpperCase(), { aliases: ['ucase'] }),
  text('lower(str)', 'Lower', 'Lower case.', (s) => s.toLowerCase(), { aliases: ['lcase'] }),
  text('initcap(str)', 'InitCap', 'Upper case for the first letter of each word, lower case for the rest.', initcap),
  text('soundex(str)', 'SoundEx', 'Soundex code.', soundex),
  scalar('string', 'length(expr)', 'Number of characters, or of bytes of a binary.', {
    cls: 'Length',
    aliases: ['char_length', 'character_length', 'len'],
    aliasShows: true,
    types: [stringOrBinary],
    returns: INT,
    run: ([v]) => lengthOf(v as Value),
  }),
  scalar('string', 'octet_length(expr)', 'Number of bytes.', {
    cls: 'OctetLength',
    types: [stringOrBinary],
    returns: INT,
    run: ([v]) => byteLength(v as Value),
  }),
  scalar('string', 'bit_length(expr)', 'Number of bits.', {
    cls: 'BitLength',
    types: [stringOrBinary],
    returns: INT,
    run: ([v]) => byteLength(v as Value) * 8,
  }),
  scalar('string', 'substring(str, pos[, len])', 'Part from a position; negative positions count from the end.', {
    cls: 'Substring',
    aliases: ['substr'],
    aliasShows: true,
    types: [stringOrBinary, INT, INT],
    returns: first,
    run: ([v, p, n]) => substring(v as Value, int(p), n === undefined ? ALL_LENGTH : int(n)),
  }),
  scalar('string', 'left(str, len)', 'First characters.', {
    cls: 'Left',
    types: [stringOrBinary, INT],
    returns: first,
    replacement: () => ({ fn: 'substring', args: [{ argument: 0 }, { constant: 1, type: INT }, { argument: 1 }] }),
    run: ([v, n]) => substring(v as Value, 1, int(n)),
  }),
  scalar('string', 'right(str, len)', 'Last characters.', {
    cls: 'Right',
    types: [STRING, INT],
    returns: STRING,
    nullability: 'always',
    run: ([v, n]) => (int(n) <= 0 ? '' : substringSql(str(v), -int(n), ALL_LENGTH)),
  }),
  scalar('string', 'substring_index(str, delim, count)', 'Part before the count-th delimiter.', {
    cls: 'SubstringIndex',
    types: [STRING, STRING, INT],
    returns: STRING,
    run: ([s, d, n]) => substringIndex(str(s), str(d), int(n)),
  }),
  trimmer('trim(trimStr[, str])', 'StringTrim', true, true),
  trimmer('ltrim(trimStr[, str])', 'StringTrimLeft', true, false),
  trimmer('rtrim(trimStr[, str])', 'StringTrimRight', false, true),
  trimmer('btrim(str[, trimStr])', 'StringTrimBoth', true, true, true),
  padder('lpad', 'StringLPad', true),
  padder('rpad', 'StringRPad', false),
  scalar('string', 'repeat(str, n)', 'The string n times.', {
    cls: 'StringRepeat',
    types: [STRING, INT],
    returns: STRING,
    run: ([s, n]) => str(s).repeat(Math.max(int(n), 0)),
  }),
  scalar('string', 'space(n)', 'n spaces.', {
    cls: 'StringSpace',
    types: [INT],
    returns: STRING,
    run: ([n]) => ' '.repeat(Math.max(int(n), 0)),
  }),
  scalar('string', 'replace(str, search[, replace])', 'Replaces every occurrence.', {
    cls: 'StringReplace',
    types: [STRING, STRING, STRING],
    returns: STRING,
    run: ([s, f, t]) => (str(f) === '' ? str(s) : str(s).replaceAll(str(f), () => str(t ?? ''))),
  }),
  scalar('string', 'translate(str, from, to)', 'Replaces characters one for one.', {
    cls: 'StringTranslate',
    types: [STRING, STRING, STRING],
    returns: STRING,
    run: ([s, f, t]) => translate(str(s), str(f), str(t)),
  }),
  scalar('string', 'overlay(input, replace, pos[, len])', 'Replaces the part at a position.', {
    cls: 'Overlay',
    coerce: (args, c) =>
      inputTypes(args[0]?.kind === 'binary' ? [BINARY, BINARY, INT, INT] : [STRING, STRING, INT, INT])(args, c),
    returns: first,
    run: ([v, r, p, n]) => overlay(v as Value, r as Value, int(p), n === undefined ? -1 : int(n)),
  }),
  scalar('string', 'levenshtein(str1, str2[, threshold])', 'Edit distance.', {
    cls: 'Levenshtein',
    types: [STRING, STRING, INT],
    returns: INT,
    run: ([a, b, t]) => levenshtein(str(a), str(b), t === undefined ? undefined : int(t)),
  }),
  scalar('string', 'instr(str, substr)', 'Position of the first occurrence, 0 if none.', {
    cls: 'StringInstr',
    types: [STRING, STRING],
    returns: INT,
    run: ([s, p]) => indexOfChars(str(s), str(p)) + 1,
  }),
  scalar('string', 'locate(substr, str[, pos])', 'Position of the first occurrence at or after pos, 0 if none.', {
    cls: 'StringLocate',
    aliases: ['position'],
    aliasShows: true,
    types: [STRING, STRING, INT],
    returns: INT,
    nullIntolerant: false,
    run: ([p, s, pos]) => {
      if (pos === null) return 0;
      if (p === null || s === null) return null;
      const from = pos === undefined ? 1 : int(pos);
      return from < 1 ? 0 : indexOfChars(str(s), str(p), from - 1) + 1;
    },
  }),
  scalar('string', 'ascii(str)', 'Code point of the first character, 0 for none.', {
    cls: 'Ascii',
    types: [STRING],
    returns: INT,
    run: ([s]) => str(s).codePointAt(0) ?? 0,
  }),
  scalar('string', 'chr(expr)', 'Character of a code, modulo 256.', {
    cls: 'Chr',
    aliases: ['char'],
    aliasShows: true,
    types: [LONG],
    returns: STRING,
    run: ([n]) => ((n as bigint) < 0n ? '' : String.fromCharCode(Number((n as bigint) & 255n))),
  }),
  scalar('string', 'find_in_set(str, strArray)', 'Position in a comma-separated list, 0 if absent.', {
    cls: 'FindInSet',
    types: [STRING, STRING],
    returns: INT,
    run: ([s, l]) => (str(s).includes(',') ? 0 : str(l).split(',').indexOf(str(s)) + 1),
  }),
  scalar('string', 'elt(n, input, ...)', 'The n-th of the other arguments.', {
    cls: 'Elt',
    coerce: (args, c) => {
      const binary = args.length > 1 && args.slice(1).every((t) => t.kind === 'binary');
      return inputTypes([INT, binary ? BINARY : STRING], true)(args, c);
    },
    returns: (args) => args[1] as DataType,
    nullIntolerant: false,
    nullability: 'always',
    run: ([n, ...list], c) => {
      if (n === null) return null;
      if (int(n) >= 1 && int(n) <= list.length) return list[int(n) - 1] as Value;
      if (c.mode !== 'ANSI') return null;
      throw runtimeError('INVALID_ARRAY_INDEX', { indexValue: String(n), arraySize: String(list.length) });
    },
  }),
  scalar('string', 'mask(input[, upperChar, lowerChar, digitChar, otherChar])', 'Replaces letters and digits.', {
    cls: 'Mask',
    coerce: maskCoercion,
    returns: STRING,
    nullIntolerant: false,
    nullability: 'always',
    run: (args) => mask(args as readonly Value[]),
  }),
  scalar('string', 'luhn_check(str)', 'Whether the digits pass the Luhn test.', {
    cls: 'Luhncheck',
    types: [STRING],
    returns: BOOLEAN,
    nullability: 'always',
    run: ([s]) => luhn(str(s)),
  }),
  scalar('string', 'sentences(str[, lang, country])', 'Words by sentence.', {
    cls: 'Sentences',
    types: [STRING, STRING, STRING],
    returns: new ArrayType(new ArrayType(STRING, false), false),
    nullability: 'always',
    run: ([s]) => sentences(str(s)),
  }),
];
