import { formatDouble } from '../../types/index.js';

/** JSON as written: numbers keep their text, objects their fields in order (duplicates too). */
export type JsonNode =
  | { readonly k: 'null' }
  | { readonly k: 'boolean'; readonly value: boolean }
  | { readonly k: 'number'; readonly text: string }
  | { readonly k: 'string'; readonly value: string }
  | { readonly k: 'array'; readonly items: readonly JsonNode[] }
  | { readonly k: 'object'; readonly fields: readonly (readonly [name: string, value: JsonNode])[] };

/** What a text may have beyond standard JSON. Spark: the `allow…` options of `JSONOptions`. */
export interface JsonDialect {
  /** `01`. */
  readonly leadingZeros?: boolean;
  /** `{a: 1}`. */
  readonly unquotedNames?: boolean;
  /** A backslash before any character. */
  readonly anyEscape?: boolean;
  /** Line breaks and other control characters in strings. */
  readonly controlChars?: boolean;
  readonly comments?: boolean;
  /** Off: `'a'` is malformed. */
  readonly singleQuotes?: boolean;
  /** Off: `NaN` and `Infinity` are malformed. */
  readonly nonNumeric?: boolean;
}

/** The dialect that options ask for; keys in lower case. */
export function jsonDialect(options: ReadonlyMap<string, string>): JsonDialect {
  const on = (key: string): boolean => options.get(key)?.toLowerCase() === 'true';
  const off = (key: string): boolean => options.get(key)?.toLowerCase() === 'false';
  return {
    leadingZeros: on('allownumericleadingzeros'),
    unquotedNames: on('allowunquotedfieldnames'),
    anyEscape: on('allowbackslashescapinganycharacter'),
    controlChars: on('allowunquotedcontrolchars'),
    comments: on('allowcomments'),
    singleQuotes: !off('allowsinglequotes'),
    nonNumeric: !off('allownonnumericnumbers'),
  };
}

const MAX_DEPTH = 1000;

/** Reads one JSON value as Jackson does with single quotes allowed; undefined if the text is malformed.
 * @param trailing whether text behind the value is ignored, as Spark's parsers do */
export function parseJson(text: string, trailing = true, dialect: JsonDialect = {}): JsonNode | undefined {
  let at = 0;
  const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
  const blank = (): void => {
    for (;;) {
      while (at < text.length && (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r'))
        at++;
      if (!dialect.comments || text[at] !== '/') return;
      comment.lastIndex = at;
      const match = comment.exec(text);
      if (!match) return;
      at += match[0].length;
    }
  };
  const isQuote = (c: string | undefined): boolean => c === '"' || (c === "'" && dialect.singleQuotes !== false);
  const bareName = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
  const name = (): string => {
    if (isQuote(text[at])) return quoted();
    bareName.lastIndex = at;
    const match = dialect.unquotedNames ? bareName.exec(text) : null;
    if (!match) return fail();
    at += match[0].length;
    return match[0];
  };
  const fail = (): never => {
    throw new SyntaxError('malformed JSON');
  };
  function quoted(): string {
    const quote = text[at++];
    let out = '';
    for (;;) {
      if (at >= text.length) fail();
      const c = text[at++] as string;
      if (c === quote) return out;
      if (c < ' ' && !dialect.controlChars) fail();
      if (c !== '\\') {
        out += c;
        continue;
      }
      const e = text[at++];
      switch (e) {
        case 'n':
          out += '\n';
          break;
        case 't':
          out += '\t';
          break;
        case 'r':
          out += '\r';
          break;
        case 'b':
          out += '\b';
          break;
        case 'f':
          out += '\f';
          break;
        case 'u': {
          const hex = text.slice(at, at + 4);
          if (!/^[0-9a-fA-F]{4}$/.test(hex)) fail();
          out += String.fromCharCode(Number.parseInt(hex, 16));
          at += 4;
          break;
        }
        case '"':
        case '\\':
        case '/':
        case "'":
          out += e;
          break;
        default:
          if (!dialect.anyEscape || e === undefined) fail();
          out += e;
      }
    }
  }
  const number = dialect.leadingZeros
    ? /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    : /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const special = /-?(?:NaN|Infinity|INF)|\+(?:Infinity|INF)/y;
  function value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) fail();
    blank();
    const c = text[at];
    if (c === '{') {
      at++;
      const fields: (readonly [string, JsonNode])[] = [];
      blank();
      if (text[at] === '}') {
        at++;
        return { k: 'object', fields };
      }
      for (;;) {
        blank();
        const key = name();
        blank();
        if (text[at++] !== ':') fail();
        fields.push([key, value(depth + 1)]);
        blank();
        const next = text[at++];
        if (next === '}') return { k: 'object', fields };
        if (next !== ',') fail();
      }
    }
    if (c === '[') {
      at++;
      const items: JsonNode[] = [];
      blank();
      if (text[at] === ']') {
        at++;
        return { k: 'array', items };
      }
      for (;;) {
        items.push(value(depth + 1));
        blank();
        const next = text[at++];
        if (next === ']') return { k: 'array', items };
        if (next !== ',') fail();
      }
    }
    if (isQuote(c)) return { k: 'string', value: quoted() };
    for (const [word, node] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return node;
      }
    }
    for (const re of dialect.nonNumeric === false ? [number] : [special, number]) {
      re.lastIndex = at;
      const match = re.exec(text);
      if (match) {
        at += match[0].length;
        return { k: 'number', text: match[0] };
      }
    }
    return fail();
  }
  try {
    const node = value(0);
    blank();
    return trailing || at === text.length ? node : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
const WORDS: readonly (readonly [string, JsonNode])[] = [
  ['null', { k: 'null' }],
  ['true', { k: 'boolean', value: true }],
  ['false', { k: 'boolean', value: false }],
];

/** A JSON string literal with Jackson's escapes. */
export function quoteJson(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    const code = text.charCodeAt(i);
    if (c === '"' || c === '\\') out += `\\${c}`;
    else if (code >= 0x20) out += c;
    else if (c === '\n') out += '\\n';
    else if (c === '\t') out += '\\t';
    else if (c === '\r') out += '\\r';
    else if (c === '\b') out += '\\b';
    else if (c === '\f') out += '\\f';
    else out += `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  }
  return `${out}"`;
}

export const isIntegerText = (text: string): boolean => /^-?\d+$/.test(text);

/** Compact text of a node; fractions are written as doubles, as Jackson copies them. */
export function writeJson(node: JsonNode): string {
  switch (node.k) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'number':
      return isIntegerText(node.text) ? node.text : formatDouble(Number(node.text.replace('INF', 'Infinity')));
    case 'string':
      return quoteJson(node.value);
    case 'array':
      return `[${node.items.map(writeJson).join(',')}]`;
    case 'object':
      return `{${node.fields.map(([n, v]) => `${quoteJson(n)}:${writeJson(v)}`).join(',')}}`;
  }
}
