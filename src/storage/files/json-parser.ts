import type { TextOptions } from './text-options.js';

/** A JSON value that keeps what JavaScript would lose: digits of numbers, the text of objects, repeated names. */
export type JsonNode =
  | null
  | boolean
  | string
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[]; readonly text: string }
  | {
      readonly kind: 'object';
      readonly entries: readonly (readonly [name: string, value: JsonNode])[];
      readonly text: string;
    };

/** Which of Jackson's liberties are taken; the defaults are Spark's. */
export interface JsonSyntax {
  readonly singleQuotes: boolean;
  readonly unquotedNames: boolean;
  readonly comments: boolean;
  readonly leadingZeros: boolean;
  readonly nonNumericNumbers: boolean;
  readonly anyEscape: boolean;
  readonly controlCharacters: boolean;
}

/** Spark: `JSONOptions`. */
export function jsonSyntax(options: TextOptions): JsonSyntax {
  return {
    singleQuotes: options.flag('allowSingleQuotes', true),
    unquotedNames: options.flag('allowUnquotedFieldNames', false),
    comments: options.flag('allowComments', false),
    leadingZeros: options.flag('allowNumericLeadingZeros', false),
    nonNumericNumbers: options.flag('allowNonNumericNumbers', true),
    anyEscape: options.flag('allowBackslashEscapingAnyCharacter', false),
    controlCharacters: options.flag('allowUnquotedControlChars', false),
  };
}

/** Deeper values are refused. Jackson: `StreamReadConstraints.maxNestingDepth`. */
const MAX_DEPTH = 1000;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_WITH_ZEROS = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NON_NUMBER = /NaN|[+-]?(?:Infinity|INF)/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

/** Reads one value from the start of a text; what follows it is left alone, as Jackson leaves it.
 * @returns undefined if the text is blank
 * @throws RangeError if it is not JSON */
export function parseJson(text: string, syntax: JsonSyntax): JsonNode | undefined {
  const parser = new Parser(text, syntax);
  return parser.root();
}

class Parser {
  #at = 0;
  constructor(
    readonly text: string,
    readonly syntax: JsonSyntax,
  ) {}

  root(): JsonNode | undefined {
    this.#space();
    return this.#at >= this.text.length ? undefined : this.#value(0);
  }

  #fail(): RangeError {
    return new RangeError(`malformed JSON at ${this.#at}`);
  }

  #space(): void {
    const { text } = this;
    for (;;) {
      const c = text.charCodeAt(this.#at);
      if (c === 32 || c === 10 || c === 13 || c === 9) this.#at++;
      else if (c === 47 && this.syntax.comments) this.#comment();
      else return;
    }
  }

  #comment(): void {
    const block = this.text[this.#at + 1] === '*';
    if (!block && this.text[this.#at + 1] !== '/') throw this.#fail();
    const end = this.text.indexOf(block ? '*/' : '\n', this.#at + 2);
    if (end < 0 && block) throw this.#fail();
    this.#at = end < 0 ? this.text.length : end + (block ? 2 : 1);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #value(depth: number): JsonNode {
    if (depth > MAX_DEPTH) throw this.#fail();
    const { text } = this;
    const c = text[this.#at];
    if (c === '{') return this.#object(depth);
    if (c === '[') return this.#array(depth);
    if (c === '"' || (c === "'" && this.syntax.singleQuotes)) return this.#string();
    const start = this.#at;
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const)
      if (text.startsWith(word, start)) {
        this.#at += word.length;
        this.#wordEnd();
        return value;
      }
    if (this.syntax.nonNumericNumbers) {
      const found = this.#match(NON_NUMBER);
      if (found !== undefined) {
        this.#wordEnd();
        return { kind: 'number', text: found };
      }
    }
    const number = this.#match(this.syntax.leadingZeros ? NUMBER_WITH_ZEROS : NUMBER);
    if (number === undefined) throw this.#fail();
    this.#wordEnd();
    return { kind: 'number', text: number };
  }

  #wordEnd(): void {
    if (/[\w$.+-]/.test(this.text[this.#at] ?? ' ')) throw this.#fail();
  }

  #object(depth: number): JsonNode {
    const start = this.#at++;
    const entries: [string, JsonNode][] = [];
    this.#space();
    if (this.text[this.#at] === '}') this.#at++;
    else
      for (;;) {
        this.#space();
        const name = this.#name();
        this.#space();
        if (this.text[this.#at++] !== ':') throw this.#fail();
        this.#space();
        entries.push([name, this.#value(depth + 1)]);
        this.#space();
        const c = this.text[this.#at++];
        if (c === '}') break;
        if (c !== ',') throw this.#fail();
      }
    return { kind: 'object', entries, text: this.text.slice(start, this.#at) };
  }

  #name(): string {
    const c = this.text[this.#at];
    if (c === '"' || (c === "'" && this.syntax.singleQuotes)) return this.#string();
    const word = this.syntax.unquotedNames ? this.#match(WORD) : undefined;
    if (word === undefined) throw this.#fail();
    return word;
  }

  #array(depth: number): JsonNode {
    const start = this.#at++;
    const items: JsonNode[] = [];
    this.#space();
    if (this.text[this.#at] === ']') this.#at++;
    else
      for (;;) {
        this.#space();
        items.push(this.#value(depth + 1));
        this.#space();
        const c = this.text[this.#at++];
        if (c === ']') break;
        if (c !== ',') throw this.#fail();
      }
    return { kind: 'array', items, text: this.text.slice(start, this.#at) };
  }

  #string(): string {
    const { text } = this;
    const quote = text.charCodeAt(this.#at++);
    let out = '';
    let from = this.#at;
    for (;;) {
      const c = text.charCodeAt(this.#at);
      if (Number.isNaN(c)) throw this.#fail();
      if (c === quote) break;
      if (c < 32 && !this.syntax.controlCharacters) throw this.#fail();
      if (c !== 92) {
        this.#at++;
        continue;
      }
      out += text.slice(from, this.#at) + this.#escape();
      from = this.#at;
    }
    out += text.slice(from, this.#at++);
    return out;
  }

  #escape(): string {
    const c = this.text[this.#at + 1];
    this.#at += 2;
    if (c === undefined) throw this.#fail();
    if (c === 'u') {
      const hex = this.text.slice(this.#at, this.#at + 4);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#fail();
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    if (Object.hasOwn(ESCAPES, c)) return ESCAPES[c] as string;
    if (this.syntax.anyEscape || (c === "'" && this.syntax.singleQuotes)) return c;
    throw this.#fail();
  }
}
