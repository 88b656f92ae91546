import {
  type CstNode,
  CstParser,
  EarlyExitException,
  NoViableAltException,
  type ParserMethod,
  type TokenType,
} from 'chevrotain';
import { internalError } from '../../../errors/index.js';
import type { Parenthesis } from '../lexer.js';
import { type LookaheadFunction, lookaheadFunction, NO_STRATEGY } from '../lookahead.js';
import { LOOKAHEAD_TABLES } from '../lookahead-tables.js';
import * as T from '../tokens.js';
import { kw } from '../tokens.js';

/** A grammar rule without arguments. */
export type Rule = ParserMethod<[], CstNode>;

/** How the keyword of a clause is told from a name in its place: by what must follow it. */
const CLAUSES = new Map<TokenType, 'by' | 'view' | 'window' | 'paren' | 'any'>([
  ...['GROUP', 'ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE'].map((w) => [kw(w), 'by'] as const),
  ...[
    'FROM',
    'WHERE',
    'HAVING',
    'LIMIT',
    'OFFSET',
    'UNION',
    'EXCEPT',
    'MINUS',
    'INTERSECT',
    'SELECT',
    'INSERT',
    'SET',
  ].map((w) => [kw(w), 'any'] as const),
  ...['FOR', 'WITH', 'AS', 'USING', 'ON'].map((w) => [kw(w), 'any'] as const),
  [kw('LATERAL'), 'view'],
  [kw('WINDOW'), 'window'],
  ...['PIVOT', 'UNPIVOT', 'TABLESAMPLE'].map((w) => [kw(w), 'paren'] as const),
]);

const QUERY_STARTS = new Set(['SELECT', 'FROM', 'WITH', 'VALUES', 'TABLE'].map(kw));
const AFTER_QUERY = new Set(
  ['UNION', 'EXCEPT', 'MINUS', 'INTERSECT', 'ORDER', 'SORT', 'CLUSTER', 'DISTRIBUTE', 'LIMIT', 'OFFSET'].map(kw),
);

/** What the grammar rules share: tests on the tokens ahead. The grammar is LL(1); where Spark's ANTLR looks further, a GATE
 * asks one of these. */
export abstract class GrammarBase extends CstParser {
  constructor(private readonly analyzed: boolean) {
    super(T.tokenTypes as TokenType[], {
      maxLookahead: 1,
      nodeLocationTracking: 'onlyOffset',
      recoveryEnabled: false,
      skipValidations: !analyzed,
      lookaheadStrategy: NO_STRATEGY,
    });
  }

  /** chevrotain's self-analysis runs every rule once to record it, which is most of a parser's start; its results, the
   * look-ahead tables, lie ready in `lookahead-tables.ts`. Only validation analyzes. */
  override performSelfAnalysis(): void {
    if (this.analyzed) super.performSelfAnalysis();
    else (this as unknown as { selfAnalysisDone: boolean }).selfAnalysisDone = true;
  }

  private readonly lookahead = new Map<number, LookaheadFunction>();
  /** Called by chevrotain for each choice; `key` holds rule, kind of choice and occurrence. */
  getLaFuncFromCache(key: number): LookaheadFunction {
    let found = this.lookahead.get(key);
    if (found === undefined) {
      const kind = (key >> 8) & 15;
      const rules = (this as unknown as { shortRuleNameToFull: Record<number, string> }).shortRuleNameToFull;
      const name = `${rules[key & ~4095]}:${kind}:${key & 255}`;
      const row = LOOKAHEAD_TABLES[name];
      if (row === undefined) throw internalError(`no look-ahead table for ${name}`);
      found = lookaheadFunction(row, kind === 1);
      this.lookahead.set(key, found);
    }
    return found;
  }

  /** chevrotain would list what it expected, from the recording that is not made. Only the place matters here. */
  raiseNoAltException(): never {
    throw this.saved(new NoViableAltException('no alternative fits', this.LA(1), this.LA(0)));
  }
  raiseEarlyExitException(): never {
    throw this.saved(new EarlyExitException('at least one is needed', this.LA(1), this.LA(0)));
  }
  private saved(error: Error): Error {
    return (this as unknown as { SAVE_ERROR(e: Error): Error }).SAVE_ERROR(error);
  }

  protected is(n: number, type: TokenType): boolean {
    return this.LA(n).tokenType === type;
  }
  protected isIn(n: number, category: TokenType): boolean {
    return category.categoryMatchesMap?.[this.LA(n).tokenTypeIdx] === true;
  }
  protected isWord(n: number): boolean {
    return this.isIn(n, T.Word);
  }
  protected isString(n: number): boolean {
    return this.isIn(n, T.StringLit);
  }
  /** Whether the n-th token ahead cannot continue anything: end of text, comma, closing parenthesis, semicolon. */
  protected isEnd(n: number): boolean {
    const { tokenType } = this.LA(n);
    return tokenType.name === 'EOF' || tokenType === T.Comma || tokenType === T.RParen || tokenType === T.Semicolon;
  }
  /** Position ahead of the parenthesis that closes the one at `n`; 0 if there is none. */
  protected closing(n: number): number {
    const parenthesis = this.LA(n).payload as Parenthesis | undefined;
    return parenthesis === undefined ? 0 : n + parenthesis.close;
  }

  /** Keywords are aliases wherever they can be: an old parser's way with queries that it did not read to the end. */
  aliasFirst = false;

  /** Whether a clause begins at the n-th token ahead, so that its keyword is not an alias. */
  protected clauseAt(n: number): boolean {
    if (this.aliasFirst) return this.is(n, kw('FROM')) && !this.isEnd(n + 1);
    // `count(*) FROM FROM t`: the first is an alias.
    if (this.is(n, kw('FROM')) && this.is(n + 1, kw('FROM')) && !this.isEnd(n + 2) && !this.clauseAt(n + 2))
      return false;
    switch (CLAUSES.get(this.LA(n).tokenType)) {
      case 'by':
        return this.is(n + 1, kw('BY'));
      case 'view':
        return this.is(n + 1, kw('VIEW'));
      case 'window':
        return this.isWord(n + 1) && this.is(n + 2, kw('AS'));
      case 'paren':
        return this.is(n + 1, T.LParen) || this.is(n + 1, kw('INCLUDE')) || this.is(n + 1, kw('EXCLUDE'));
      case 'any':
        return !this.isEnd(n + 1);
      default:
        return false;
    }
  }

  /** Whether a query begins at the n-th token ahead, parentheses included. */
  protected queryAt(n: number): boolean {
    if (this.is(n, T.LParen)) return this.parenthesizedQueryAt(n);
    if (!QUERY_STARTS.has(this.LA(n).tokenType)) return false;
    if (this.is(n, kw('WITH'))) {
      const name = this.is(n + 1, kw('RECURSIVE')) && this.isWord(n + 2) && !this.is(n + 2, kw('AS')) ? n + 2 : n + 1;
      return this.isWord(name) && (this.is(name + 1, kw('AS')) || this.is(name + 1, T.LParen));
    }
    if (this.is(n, kw('TABLE')) || this.is(n, kw('FROM'))) {
      return this.isWord(n + 1) || this.is(n + 1, T.LParen);
    }
    return !this.isEnd(n + 1) && !this.is(n + 1, T.Dot);
  }

  /** Whether the parentheses at `n` hold a query rather than an expression or a relation: `((SELECT 1) UNION ...)` is one,
   * `((SELECT 1) + 1)` is none. */
  protected parenthesizedQueryAt(n: number): boolean {
    const known = this.LA(n).payload as Parenthesis | undefined;
    let inner = n + (known?.run ?? 0);
    while (this.is(inner + 1, T.LParen)) inner++;
    if (!this.queryAt(inner + 1)) return false;
    for (let open = inner; open > n; open--) {
      const close = this.closing(open);
      if (close === 0) return true;
      const after = this.LA(close + 1).tokenType;
      if (after === T.RParen) continue;
      return AFTER_QUERY.has(after) || after === T.OperatorPipe;
    }
    return true;
  }

  /** Whether `name(` or `a.b(` stands ahead. */
  protected functionCallAt(n: number): boolean {
    for (let i = n; this.isWord(i); i += 2) {
      if (this.is(i + 1, T.LParen)) return true;
      if (!this.is(i + 1, T.Dot)) return false;
    }
    return false;
  }

  /** Whether `keyword(` stands ahead and the parentheses hold `separator` on their own level. */
  protected callWith(keyword: TokenType, separator: TokenType): boolean {
    if (!this.is(1, keyword) || !this.is(2, T.LParen)) return false;
    const close = this.closing(2);
    for (let i = 3; i < close; i++) {
      if (this.is(i, separator)) return true;
      if (this.is(i, T.LParen)) i = this.closing(i);
    }
    return false;
  }
}
