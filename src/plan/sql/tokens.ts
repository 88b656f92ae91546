import { Lexer, type TokenType } from 'chevrotain';

/** Keywords the grammar asks for. All of them may also be names (Spark's default keyword behaviour), so a keyword without a
 * role in the grammar needs no token type and stays a plain identifier. */
const KEYWORDS =
  'ADD AFTER AGGREGATE ALL ALTER ALWAYS ANALYZE AND ANTI ANY ANY_VALUE ARRAY AS ASC BEGIN BETWEEN BOTH BUCKET BUCKETS BY CACHE CALLED CASCADE CASE CAST CATALOGS ' +
  'CHANGE CLEAR CLUSTER CLUSTERED CODEGEN COLLATE COLLATION COLUMN COLUMNS COMMENT COMPUTE CONTAINS COST CREATE CROSS CUBE CURRENT ' +
  'DATA DATABASE DATABASES DAY DAYS DBPROPERTIES DECLARE DEFAULT DEFINER DELETE DESC DESCRIBE DETERMINISTIC DIRECTORY DISTINCT DISTRIBUTE DIV DROP ELSE END ESCAPE EXCEPT EXCLUDE EXECUTE EXISTS EXPLAIN ' +
  'EXTEND EXTENDED EXTERNAL EXTRACT FALSE FILTER FIRST FOLLOWING FOR FORMAT FORMATTED FROM FULL FUNCTION FUNCTIONS GENERATED GLOBAL GROUP GROUPING ' +
  'HAVING HOUR HOURS IDENTIFIER IF IGNORE IMMEDIATE INPUT INVOKER ILIKE IN INCLUDE INNER INSERT INTERSECT INTERVAL INTO IS JOIN LANGUAGE LAST LATERAL LAZY LEADING LEFT LIKE LIMIT ' +
  'LOCAL LOCATION LOGICAL MAP MICROSECOND MICROSECONDS MILLISECOND MILLISECONDS MINUTE MINUTES MODIFIES MONTH MONTHS MSCK NAME NAMESPACE NAMESPACES NANOSECOND NANOSECONDS ' +
  'NATURAL NO NOT NULL NULLS OF OFFSET ON OPTIONS OR ORDER OUT OUTER OVER OVERLAY OVERWRITE PARTITION PARTITIONED PARTITIONS PERCENT PIVOT PLACING POSITION PRECEDING ' +
  'PROPERTIES PURGE QUERY RANGE READS RECOVER RECURSIVE REFRESH RENAME REPAIR REPEATABLE REPLACE RESPECT RESTRICT RETURN RETURNS RIGHT RLIKE ROLLUP ROW ROWS ' +
  'SCHEMA SCHEMAS SECOND SECONDS SECURITY SELECT SEMI SERDE SERDEPROPERTIES SET SETS SHOW SINGLE SOME SORT SORTED SPECIFIC SQL STATISTICS STORED STRUCT SUBSTR SUBSTRING SYNC SYSTEM_TIME SYSTEM_VERSION ' +
  'TABLE TABLES TABLESAMPLE TBLPROPERTIES TEMPORARY THEN TIMESTAMP TO TRAILING TRANSFORM TRIM TRUE TRUNCATE TRY_CAST TYPE UNBOUNDED UNCACHE UNION UNKNOWN UNPIVOT ' +
  'UNSET USE USING VALUES VARIABLE VERSION VIEW VIEWS WEEK WEEKS WHEN WHERE WINDOW WITH WITHIN YEAR YEARS MINUS';

/** Other spellings of a keyword. */
const SYNONYMS: Readonly<Record<string, string>> = { REGEXP: 'RLIKE', TEMP: 'TEMPORARY', VAR: 'VARIABLE' };

/** Keywords that cannot be a table alias. Spark: `strictNonReserved`. */
const STRICT = new Set(
  'ANTI CROSS EXCEPT FULL INNER INTERSECT JOIN LATERAL LEFT NATURAL ON RIGHT SEMI MINUS UNION USING'.split(' '),
);

const vocabulary: TokenType[] = [];

function token(name: string, pattern: RegExp | string | typeof Lexer.NA, categories: TokenType[] = []): TokenType {
  // Plain objects: `createToken` would renew the keyword categories for each keyword, which is quadratic.
  // The parser renews `categoryMatches`, but asks before whether any is filled: if none, it would ignore categories.
  const type = { name, PATTERN: pattern, CATEGORIES: categories, categoryMatches: [0] } as unknown as TokenType;
  vocabulary.push(type);
  return type;
}

/** Text of a symbol → token type. */
export const symbolTypes = new Map<string, TokenType>();
function symbol(name: string, images: readonly string[], categories: TokenType[] = []): TokenType {
  const type = token(name, Lexer.NA, categories);
  for (const image of images) symbolTypes.set(image, type);
  return type;
}

/** Anything that may stand as a name. Spark: `identifier`. */
export const Word = token('Word', Lexer.NA);
/** Anything that may stand as a table alias. Spark: `strictIdentifier`. */
export const StrictWord = token('StrictWord', Lexer.NA, [Word]);
/** A string literal in either quotes. Spark: `stringLit`. */
export const StringLit = token('StringLit', Lexer.NA);
/** A name or constant of one token, which most expressions are: a way around seven levels of rules. */
export const Leaf = token('Leaf', Lexer.NA);
/** A number of any kind. Spark: `number`. */
export const NumberLit = token('NumberLit', Lexer.NA);
/** Operators between two value expressions; precedence is the builder's business. */
export const BinaryOperator = token('BinaryOperator', Lexer.NA);
/** `+`, `-`, `~` before a value expression. */
export const UnaryOperator = token('UnaryOperator', Lexer.NA);
/** AND, OR. */
export const LogicalOperator = token('LogicalOperator', Lexer.NA);

export const Identifier = token('Identifier', Lexer.NA, [StrictWord, Leaf]);
export const BackQuoted = token('BackQuoted', /`(?:[^`]|``)*`/, [StrictWord, Leaf]);
export const SingleQuoted = token('SingleQuoted', /'(?:[^'\\]|\\[\s\S])*'/, [StringLit, Leaf]);
export const RawString = token('RawString', /[rR](?:'[^']*'|"[^"]*")/, [StringLit, Leaf]);
export const DoubleQuoted = token('DoubleQuoted', /"(?:[^"\\]|\\[\s\S])*"/, [StringLit, Leaf]);
export const IntegerValue = token('IntegerValue', Lexer.NA, [NumberLit, Leaf]);
export const DecimalValue = token('DecimalValue', Lexer.NA, [NumberLit, Leaf]);
export const ExponentValue = token('ExponentValue', Lexer.NA, [NumberLit, Leaf]);
export const SuffixedNumber = token('SuffixedNumber', Lexer.NA, [NumberLit, Leaf]);
export const HintStart = token('HintStart', '/*+');
export const HintEnd = symbol('HintEnd', ['*/']);
export const NullSafeEq = symbol('NullSafeEq', ['<=>'], [BinaryOperator]);
export const NotEq = symbol('NotEq', ['<>'], [BinaryOperator]);
export const BangEq = symbol('BangEq', ['!='], [BinaryOperator]);
export const LtEq = symbol('LtEq', ['<=', '!>'], [BinaryOperator]);
export const GtEq = symbol('GtEq', ['>=', '!<'], [BinaryOperator]);
export const ShiftLeft = symbol('ShiftLeft', ['<<'], [BinaryOperator]);
export const FatArrow = symbol('FatArrow', ['=>']);
export const Eq = symbol('Eq', ['=', '=='], [BinaryOperator]);
export const Arrow = symbol('Arrow', ['->']);
export const DoubleColon = symbol('DoubleColon', ['::']);
export const Colon = symbol('Colon', [':']);
export const OperatorPipe = symbol('OperatorPipe', ['|>']);
export const ConcatPipe = symbol('ConcatPipe', ['||'], [BinaryOperator]);
export const Pipe = symbol('Pipe', ['|'], [BinaryOperator]);
export const Lt = symbol('Lt', ['<'], [BinaryOperator]);
/** The lexer joins neighbours to shift operators outside nested types. */
export const Gt = symbol('Gt', ['>'], [BinaryOperator]);
export const ShiftRight = token('ShiftRight', Lexer.NA, [BinaryOperator]);
export const ShiftRightUnsigned = token('ShiftRightUnsigned', Lexer.NA, [BinaryOperator]);
export const Bang = symbol('Bang', ['!']);
export const Plus = symbol('Plus', ['+'], [BinaryOperator, UnaryOperator]);
export const Minus = symbol('Minus', ['-'], [BinaryOperator, UnaryOperator]);
export const Asterisk = symbol('Asterisk', ['*'], [BinaryOperator]);
export const Slash = symbol('Slash', ['/'], [BinaryOperator]);
export const Percent = symbol('Percent', ['%'], [BinaryOperator]);
export const Tilde = symbol('Tilde', ['~'], [UnaryOperator]);
export const Ampersand = symbol('Ampersand', ['&'], [BinaryOperator]);
export const Hat = symbol('Hat', ['^'], [BinaryOperator]);
export const Question = symbol('Question', ['?']);
export const LParen = symbol('LParen', ['(']);
export const RParen = symbol('RParen', [')']);
export const LBracket = symbol('LBracket', ['[']);
export const RBracket = symbol('RBracket', [']']);
export const Comma = symbol('Comma', [',']);
export const Dot = symbol('Dot', ['.']);
export const Semicolon = symbol('Semicolon', [';']);
/** A character that begins no token. */
export const Unrecognized = token('Unrecognized', Lexer.NA);

/** Keyword text in upper case → token type, synonyms included. */
export const keywordTypes = new Map<string, TokenType>();
const byName: Record<string, TokenType> = Object.create(null);
for (const word of KEYWORDS.split(' ')) {
  const categories = [STRICT.has(word) ? Word : StrictWord];
  if (word === 'AND' || word === 'OR') categories.push(LogicalOperator);
  if (word === 'DIV') categories.push(BinaryOperator);
  const type = token(word, Lexer.NA, categories);
  keywordTypes.set(word, type);
  byName[word] = type;
}
for (const [text, word] of Object.entries(SYNONYMS)) keywordTypes.set(text, byName[word] as TokenType);

/** The token type of a keyword. */
export function kw(word: string): TokenType {
  const type = byName[word];
  if (type === undefined) throw new RangeError(`no keyword ${word}`);
  return type;
}

/** All token types, categories included. */
export const tokenTypes: readonly TokenType[] = vocabulary;

/** Keywords in upper case, for highlighting and completion: those of the grammar and those read from raw text. */
export const KEYWORD_LIST: readonly string[] = [...keywordTypes.keys(), 'RESET', 'TIME', 'ZONE'].sort();
