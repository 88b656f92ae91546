import type { CstNode, IRecognitionException, IToken } from 'chevrotain';
import { internalError, parseError, SparkError } from '../../errors/index.js';
import type { EvalMode } from '../../eval/function.js';
import { CalendarInterval, type DataType, type StructType, UTC_ZONE, zoneOf } from '../../types/index.js';
import type { Expression } from '../expressions/expression.js';
import { Literal } from '../expressions/literal.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { TableIdentifier } from '../logical/table-identifier.js';
import { need } from './builder/cst.js';
import { buildDataType } from './builder/data-types.js';
import { originOf } from './builder/origin.js';
import { StatementBuilder } from './builder/statements.js';
import { SqlGrammar } from './grammar/statements.js';
import { scan, tokenize } from './lexer.js';
import { parseRawCommand } from './set-command.js';
import { Question } from './tokens.js';
import { rejectUnsupported, rowLevelStatement } from './unsupported-statements.js';

/** What the session tells the parser: `spark.sql.ansi.enabled` and `spark.sql.session.timeZone`. */
export interface ParserOptions {
  readonly ansi?: boolean;
  readonly timeZone?: string;
  /** TIMESTAMP means TIMESTAMP_NTZ (`spark.sql.timestampType`). */
  readonly timestampNtz?: boolean;
  /** INTERVAL literals are calendar intervals (`spark.sql.legacy.interval.enabled`). */
  readonly legacyIntervals?: boolean;
  /** Double quotes hold names (`spark.sql.ansi.doubleQuotedIdentifiers`). */
  readonly quotedNames?: boolean;
  /** Reserved keywords cannot be names (`spark.sql.ansi.enforceReservedKeywords`). */
  readonly reserved?: boolean;
  /** `spark.sql.parser.quotedRegexColumnNames`. */
  readonly regexColumns?: boolean;
  readonly caseSensitive?: boolean;
  /** Backslashes in strings stay (`spark.sql.parser.escapedStringLiterals`). */
  readonly rawStrings?: boolean;
  /** `a ! IN (…)` is NOT IN (`spark.sql.legacy.bangEqualsNot`). */
  readonly bangEqualsNot?: boolean;
  /** What follows a whole query is ignored, and keywords are aliases first (`spark.sql.legacy.parseQueryWithoutEof`). */
  readonly withoutEof?: boolean;
  /** Computes the name that IDENTIFIER(expression) spells; without it only string literals will do. */
  readonly nameOf?: (e: Expression) => string;
  /** What stands for a parameter marker: `:name`, or the n-th `?`, counted from 0; markers without stay. */
  readonly parameterOf?: (marker: string | number) => Expression | undefined;
}

class SqlBuilder extends StatementBuilder {
  protected parseNameParts(text: string): string[] {
    return parseMultipartIdentifier(text);
  }
  multipartOf(tree: CstNode): string[] {
    return this.multipart(tree);
  }
}

type EntryRule =
  | 'singleStatement'
  | 'singleExpression'
  | 'singleMultipartIdentifier'
  | 'singleDataType'
  | 'singleTableSchema';

let shared: SqlGrammar | undefined;
function sqlGrammar(): SqlGrammar {
  shared ??= new SqlGrammar();
  return shared;
}
/** The grammar numbers the token types, so it must be there before the first token. */
function tokensOf(sql: string, options: ParserOptions = {}): IToken[] {
  sqlGrammar();
  return tokenize(sql, options.quotedNames);
}

/** The tree of a text under an entry rule.
 * @throws PARSE_EMPTY_STATEMENT, PARSE_SYNTAX_ERROR */
function parseTree(sql: string, rule: EntryRule, tokens: readonly IToken[] = tokensOf(sql)): CstNode {
  const grammar = sqlGrammar();
  grammar.input = tokens as IToken[];
  const tree = guarded(sql, () => grammar[rule]() as CstNode | undefined);
  const error = grammar.errors[0];
  if (error === undefined && tree !== undefined) return tree;
  if (sql.trim() === '') throw parseError('PARSE_EMPTY_STATEMENT', {}, originOf(sql, { start: 0, stop: 0 }));
  if (error === undefined) throw internalError(`no tree and no error for ${rule}`);
  throw syntaxError(sql, error, tokens);
}

/** Nesting too deep for the call stack is the text's fault, not ours.
 * @throws FAILED_TO_PARSE_TOO_COMPLEX */
function guarded<T>(sql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw parseError('FAILED_TO_PARSE_TOO_COMPLEX', {}, originOf(sql, { start: 0, stop: sql.length - 1 }));
  }
}

function syntaxError(sql: string, error: IRecognitionException, tokens: readonly IToken[]) {
  const found = error.token;
  if (found.tokenType.name === 'EOF') {
    const stop = (tokens.at(-1)?.endOffset ?? sql.length - 1) + 1;
    return parseError('PARSE_SYNTAX_ERROR', { error: 'end of input', hint: '' }, originOf(sql, { start: stop, stop }));
  }
  const span = { start: found.startOffset, stop: found.endOffset ?? found.startOffset };
  // Spark says so where leaving out one token would end the statement.
  const extra = error.name === 'NotAllInputParsedException' && found === tokens.at(-1);
  const hint = extra ? `: extra input '${found.image}'` : '';
  return parseError('PARSE_SYNTAX_ERROR', { error: `'${found.image}'`, hint }, originOf(sql, span));
}

function builderOf(sql: string, options: ParserOptions): SqlBuilder {
  const mode: EvalMode = options.ansi === false ? 'LEGACY' : 'ANSI';
  return new SqlBuilder(sql, {
    mode,
    zone: options.timeZone === undefined ? UTC_ZONE : zoneOf(options.timeZone),
    timestampNtz: options.timestampNtz ?? false,
    legacyIntervals: options.legacyIntervals ?? false,
    reserved: options.reserved ?? false,
    regexColumns: options.regexColumns ?? false,
    caseSensitive: options.caseSensitive ?? false,
    rawStrings: options.rawStrings ?? false,
    bangEqualsNot: options.bangEqualsNot ?? false,
    nameOf: options.nameOf,
    parameterOf: options.parameterOf,
  });
}

/** Months or days of an interval literal as a number, else its microseconds. */
function intervalValue(text: string): number | bigint | undefined {
  let e: Expression;
  try {
    e = parseExpression(text, { legacyIntervals: true });
  } catch (error) {
    if (error instanceof SparkError && error.condition === 'PARSE_SYNTAX_ERROR') return undefined;
    throw error;
  }
  if (!(e instanceof Literal) || !(e.value instanceof CalendarInterval)) return undefined;
  return e.value.months || e.value.days || e.value.micros;
}

/** The unresolved plan of one statement. Spark: `ParserInterface.parsePlan`.
 * @throws PARSE_SYNTAX_ERROR, PARSE_EMPTY_STATEMENT, UNSUPPORTED_FEATURE and the parser's other conditions */
export function parsePlan(sql: string, options: ParserOptions = {}): LogicalPlan {
  const raw = parseRawCommand(sql, intervalValue);
  if (raw !== undefined) return raw;
  const tokens = tokensOf(sql, options);
  const rowLevel = rowLevelStatement(tokens, sql);
  if (rowLevel !== undefined) return rowLevel;
  rejectUnsupported(tokens, sql);
  const tree = parseTree(sql, 'singleStatement', tokens);
  return guarded(sql, () => builderOf(sql, withPositions(options, tokens)).statement(need(tree, 'statement')));
}

/** The plan of a query text, as views keep it. Spark: `ParserInterface.parseQuery`. */
export function parseQuery(sql: string, options: ParserOptions = {}): LogicalPlan {
  if (options.withoutEof !== true) return parsePlan(sql, options);
  const grammar = sqlGrammar();
  grammar.aliasFirst = true;
  try {
    const tokens = tokensOf(sql, options);
    grammar.input = tokens;
    const tree = guarded(sql, () => grammar.query() as CstNode | undefined);
    const error = grammar.errors.find((e) => e.name !== 'NotAllInputParsedException');
    grammar.aliasFirst = false;
    if (error !== undefined || tree === undefined) return parsePlan(sql, options);
    return guarded(sql, () => builderOf(sql, withPositions(options, tokens)).query(tree));
  } finally {
    grammar.aliasFirst = false;
  }
}

/** `?` markers are known by their offsets; who gives values knows their order. */
function withPositions(options: ParserOptions, tokens: readonly IToken[]): ParserOptions {
  const { parameterOf } = options;
  if (parameterOf === undefined) return options;
  const offsets = tokens.filter((t) => t.tokenType === Question).map((t) => t.startOffset);
  return { ...options, parameterOf: (m) => parameterOf(typeof m === 'number' ? offsets.indexOf(m) : m) };
}

/** One expression, perhaps with an alias: `a + 1 AS x`. Spark: `ParserInterface.parseExpression`. */
export function parseExpression(text: string, options: ParserOptions = {}): Expression {
  const tree = parseTree(text, 'singleExpression', tokensOf(text, options));
  return guarded(text, () => builderOf(text, options).namedExpression(need(tree, 'namedExpression')));
}

/** The parts of a dotted name, back-ticks off. Spark: `parseMultipartIdentifier`. */
export function parseMultipartIdentifier(text: string): string[] {
  const tree = parseTree(text, 'singleMultipartIdentifier');
  return builderOf(text, {}).multipartOf(need(tree, 'multipartIdentifier'));
}

/** A table's name of one to three parts. Spark: `parseTableIdentifier`. */
export function parseTableIdentifier(text: string): TableIdentifier {
  const parts = parseMultipartIdentifier(text);
  const table = parts.at(-1) as string;
  if (parts.length > 3) {
    throw parseError(
      'PARSE_SYNTAX_ERROR',
      { error: "'.'", hint: '' },
      originOf(text, { start: 0, stop: text.length - 1 }),
    );
  }
  return new TableIdentifier(table, parts.at(-2), parts.at(-3));
}

/** Spark: `parseDataType`. */
export function parseDataType(text: string): DataType {
  return buildDataType(need(parseTree(text, 'singleDataType'), 'dataType'), text);
}

/** The columns of `a INT, b STRING COMMENT 'x'`. Spark: `parseTableSchema`. */
export function parseTableSchema(text: string): StructType {
  return builderOf(text, {}).schema(parseTree(text, 'singleTableSchema'));
}

/** One statement of a script: its text without the semicolon, and its offsets (`stop` exclusive). */
export interface StatementText {
  readonly text: string;
  readonly start: number;
  readonly stop: number;
}

/** The statements of a script, cut at semicolons outside strings, names and comments. Stretches of nothing but blanks and
 * comments are left out. */
export function parseStatements(text: string): StatementText[] {
  const result: StatementText[] = [];
  let start = 0;
  let comments: [number, number][] = [];
  const cut = (stop: number): void => {
    let bare = '';
    let from = start;
    for (const [a, b] of comments) {
      bare += text.slice(from, a);
      from = b;
    }
    bare += text.slice(from, stop);
    if (bare.trim() !== '') {
      const lead = text.slice(start, stop).length - text.slice(start, stop).trimStart().length;
      const body = text.slice(start, stop).trim();
      result.push({ text: body, start: start + lead, stop: start + lead + body.length });
    }
    comments = [];
    start = stop + 1;
  };
  for (const part of scan(text)) {
    if (part.kind === 'comment') comments.push([part.start, part.stop]);
    else if (part.kind === 'semicolon') cut(part.start);
  }
  cut(text.length);
  return result;
}

/** Whether a text typed so far ends a statement: it ends with a semicolon outside strings and comments, or holds nothing
 * but blanks and comments. */
export function isComplete(text: string): boolean {
  let last = -1;
  const rest: [number, number][] = [];
  for (const part of scan(text)) {
    if (part.kind === 'semicolon') {
      last = part.stop;
      rest.length = 0;
    } else if (!part.closed) return false;
    else if (part.kind === 'comment') rest.push([part.start, part.stop]);
  }
  let from = Math.max(last, 0);
  let bare = '';
  for (const [a, b] of rest) {
    bare += text.slice(from, a);
    from = b;
  }
  return (bare + text.slice(from)).trim() === '';
}
