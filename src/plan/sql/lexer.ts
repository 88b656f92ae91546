import { type CustomPatternMatcherReturn, type IToken, Lexer, type TokenType } from 'chevrotain';
import { parseError } from '../../errors/index.js';
import * as T from './tokens.js';

const WHITE_SPACE =
  /[ \t\n\f\r\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u202f\u205f\u3000]+/;
/** Runs of letters, digits and underscores of any script; what is not `[A-Za-z0-9_]` is refused later, as in Spark, with
 * INVALID_IDENTIFIER. The second form is a URL, which gets the same error. */
const NAME =
  /[A-Za-z]+:\/\/[\w/\-.?=&#%]+|[A-Za-z0-9_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0370-\u167f\u1681-\u1fff\u2c00-\u2fff\u3001-\udfff\uf900-\uffdc]+/;
/** A number that is not the beginning of a name such as `1a`. */
const NUMBER = /(?:\d+[lLsSyY]|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[bB][dD]|[fFdD])?)(?![A-Za-z0-9_])/;

/** Symbols, the longer before their beginnings. */
const SYMBOL = /\*\/|<=>|<>|<=|<<|!=|!>|!<|>=|==|=>|->|::|\|>|\|\||[=<>!+\-*/%~&^?:|()[\],.;]/;

/** Nested block comments; an unclosed one runs to the end and is reported by `tokenize`. */
function blockComment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (text.charCodeAt(offset) !== 47 || text.charCodeAt(offset + 1) !== 42 || text.charCodeAt(offset + 2) === 43)
    return null;
  const end = blockCommentEnd(text, offset);
  return [text.slice(offset, end === -1 ? text.length : end)] as unknown as CustomPatternMatcherReturn;
}

/** Offset after the block comment that begins at `offset`, -1 if it is not closed. */
export function blockCommentEnd(text: string, offset: number): number {
  let depth = 0;
  for (let i = offset; i < text.length - 1; i++) {
    const c = text.charCodeAt(i);
    if (c === 47 && text.charCodeAt(i + 1) === 42 && (depth === 0 || text.charCodeAt(i + 2) !== 43)) {
      depth++;
      i++;
    } else if (c === 42 && text.charCodeAt(i + 1) === 47) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

function skipped(name: string, pattern: unknown, hint?: string[]): TokenType {
  const type = { name, PATTERN: pattern, GROUP: Lexer.SKIPPED, CATEGORIES: [], LINE_BREAKS: true };
  return (hint === undefined ? type : { ...type, START_CHARS_HINT: hint }) as unknown as TokenType;
}
function lexed(name: string, pattern: RegExp): TokenType {
  return { name, PATTERN: pattern, CATEGORIES: [] } as unknown as TokenType;
}
const NumberRun = lexed('NumberRun', NUMBER);
const NameRun = lexed('NameRun', NAME);
const SymbolRun = lexed('SymbolRun', SYMBOL);

let lexer: Lexer | undefined;
function sqlLexer(): Lexer {
  lexer ??= new Lexer(
    [
      skipped('WhiteSpaces', WHITE_SPACE),
      skipped('LineComment', /--(?:\\\n|[^\r\n])*/),
      T.HintStart,
      skipped('BlockComment', { exec: blockComment }, ['/']),
      T.SingleQuoted,
      T.RawString,
      T.DoubleQuoted,
      T.BackQuoted,
      NumberRun,
      NameRun,
      SymbolRun,
    ],
    { positionTracking: 'onlyOffset', skipValidations: true, safeMode: true },
  );
  return lexer;
}

/** Tokens as the lexer finds them; each character that it does not know becomes a token of its own, so that the grammar
 * reports it. */
function lex(sql: string): IToken[] {
  const { tokens, errors } = sqlLexer().tokenize(sql);
  if (errors.length === 0) return tokens;
  const unknown = errors.map(({ offset }): IToken => {
    const type = T.Unrecognized;
    return {
      image: sql[offset] ?? '',
      startOffset: offset,
      tokenType: type,
      tokenTypeIdx: type.tokenTypeIdx as number,
    };
  });
  return [...tokens, ...unknown].sort((a, b) => a.startOffset - b.startOffset);
}

/** Cuts SQL text into tokens: keywords retagged from names, numbers by their form; each opening parenthesis that is
 * closed carries a `Parenthesis` as `payload`.
 * @param quotedNames double quotes hold names, not strings
 * @throws UNCLOSED_BRACKETED_COMMENT */
export function tokenize(sql: string, quotedNames = false): IToken[] {
  const lexed = lex(sql);
  const tokens = quotedNames ? withQuotedNames(lexed) : lexed;
  const result: IToken[] = [];
  const open: number[] = [];
  let typeDepth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as IToken;
    const type = token.tokenType;
    token.endOffset = token.startOffset + token.image.length - 1;
    if (type === NameRun) retag(token, keywordOf(token.image));
    else if (type === NumberRun) retag(token, numberType(token.image));
    else if (type === SymbolRun) {
      const symbol = T.symbolTypes.get(token.image) as TokenType;
      retag(token, symbol);
      if (symbol === T.LParen) open.push(result.length);
      else if (symbol === T.RParen) {
        const start = open.pop();
        if (start !== undefined) closeParenthesis(result, start);
      } else if (symbol === T.Lt) {
        if (typeDepth > 0 || opensType(result[result.length - 1])) typeDepth++;
      } else if (symbol === T.Gt) {
        if (typeDepth > 0) typeDepth--;
        else i += joinShift(tokens, i);
      } else if (symbol === T.Semicolon) typeDepth = 0;
    }
    result.push(token);
  }
  checkComments(sql);
  return result;
}

/** `"a"` is a name; doubled quotes inside are one. */
function withQuotedNames(tokens: readonly IToken[]): IToken[] {
  const result: IToken[] = [];
  for (const token of tokens) {
    const last = result.at(-1);
    if (token.tokenType !== T.DoubleQuoted) result.push(token);
    else if (last?.image.endsWith('"') && last.startOffset + last.image.length === token.startOffset)
      last.image += token.image;
    else {
      retag(token, T.BackQuoted);
      result.push(token);
    }
  }
  return result;
}

/** What an opening parenthesis carries in `payload`. */
export interface Parenthesis {
  /** How many tokens further its partner stands. */
  readonly close: number;
  /** How many opening parentheses follow directly. */
  readonly run: number;
}
function closeParenthesis(tokens: readonly IToken[], start: number): void {
  const inner = tokens[start + 1]?.payload as Parenthesis | undefined;
  const payload: Parenthesis = { close: tokens.length - start, run: inner === undefined ? 0 : inner.run + 1 };
  (tokens[start] as IToken).payload = payload;
}

function opensType(token: IToken | undefined): boolean {
  return token !== undefined && /^(?:array|map|struct)$/i.test(token.image);
}

/** Makes `>>` or `>>>` of neighbouring `>` from `index` on; returns how many tokens it swallowed. */
function joinShift(tokens: readonly IToken[], index: number): number {
  const first = tokens[index] as IToken;
  let count = 0;
  while (count < 2) {
    const next = tokens[index + count + 1];
    if (next?.image !== '>' || next.startOffset !== first.startOffset + count + 1) break;
    count++;
  }
  if (count > 0) {
    retag(first, count === 1 ? T.ShiftRight : T.ShiftRightUnsigned);
    first.image = '>'.repeat(count + 1);
    first.endOffset = first.startOffset + count;
  }
  return count;
}

function retag(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}
function keywordOf(image: string): TokenType {
  return (image.length <= 15 && T.keywordTypes.get(image.toUpperCase())) || T.Identifier;
}
function numberType(image: string): TokenType {
  if (/^\d+$/.test(image)) return T.IntegerValue;
  if (/^[\d.]+$/.test(image)) return T.DecimalValue;
  return /[a-zA-Z]$/.test(image) ? T.SuffixedNumber : T.ExponentValue;
}

/** An unclosed comment swallows the rest of the text; only the scanner knows. */
function checkComments(sql: string): void {
  if (!sql.includes('/*')) return;
  for (const part of scan(sql)) {
    if (part.kind === 'comment' && !part.closed) {
      throw parseError(
        'UNCLOSED_BRACKETED_COMMENT',
        {},
        { sqlText: sql, startIndex: part.start, stopIndex: sql.length - 1 },
      );
    }
  }
}

/** A stretch of SQL text as the statement splitter sees it. `stop` is exclusive. */
export interface Stretch {
  readonly kind: 'comment' | 'quoted' | 'semicolon';
  readonly start: number;
  readonly stop: number;
  readonly closed: boolean;
}

/** Comments, quoted stretches and semicolons of a text, in order; everything else is left out. */
export function* scan(sql: string): Generator<Stretch> {
  const finder =
    /--(?:\\\n|[^\r\n])*|\/\*(?!\+)|[rR]'[^']*'?|[rR]"[^"]*"?|'(?:[^'\\]|\\[\s\S])*'?|"(?:[^"\\]|\\[\s\S])*"?|`(?:[^`]|``)*`?|[A-Za-z0-9_]+|;/g;
  for (let m = finder.exec(sql); m !== null; m = finder.exec(sql)) {
    const text = m[0];
    const start = m.index;
    const first = text[0] as string;
    if (text === ';') yield { kind: 'semicolon', start, stop: start + 1, closed: true };
    else if (text === '/*') {
      const end = blockCommentEnd(sql, start);
      const stop = end === -1 ? sql.length : end;
      yield { kind: 'comment', start, stop, closed: end !== -1 };
      finder.lastIndex = stop;
    } else if (text.startsWith('--')) yield { kind: 'comment', start, stop: start + text.length, closed: true };
    else if (first === "'" || first === '"' || first === '`') {
      const closed = text.length > 1 && text.endsWith(first) && isClosed(text, first);
      yield { kind: 'quoted', start, stop: start + text.length, closed };
    } else if (/^[rR]['"]/.test(text)) {
      yield {
        kind: 'quoted',
        start,
        stop: start + text.length,
        closed: text.length > 2 && text.endsWith(text[1] as string),
      };
    }
  }
}
function isClosed(text: string, quote: string): boolean {
  if (quote === '`') return /^`(?:[^`]|``)*`$/.test(text);
  const closed = quote === "'" ? /^'(?:[^'\\]|\\[\s\S])*'$/ : /^"(?:[^"\\]|\\[\s\S])*"$/;
  return closed.test(text);
}
