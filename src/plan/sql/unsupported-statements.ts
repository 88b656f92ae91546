import type { IToken } from 'chevrotain';
import { unsupported } from '../../errors/index.js';
import { RowLevelCommand } from '../logical/commands.js';
import type { LogicalPlan } from '../logical/logical-plan.js';
import { originOf } from './builder/origin.js';
import type { Parenthesis } from './lexer.js';

/** Beginnings of statements that are Spark SQL but are not built here; the first that fits names the feature. */
const BEGINNINGS: readonly RegExp[] = [
  /^(?:GRANT|REVOKE|COMMIT|ROLLBACK|DFS|CALL)\b/,
  /^(?:EXPORT|IMPORT) TABLE\b/,
  /^(?:LOCK|UNLOCK) (?:TABLE|DATABASE)\b/,
  /^START TRANSACTION\b/,
  /^LOAD DATA\b/,
  /^(?:ADD|LIST) (?:JARS?|FILES?|ARCHIVES?)\b/,
  /^MERGE WITH\b/,
  /^CREATE (?:ROLE|INDEX|TEMPORARY MACRO)\b/,
  /^DROP (?:TEMPORARY |TEMP )?(?:MACRO)\b/,
  /^DROP (?:ROLE|INDEX)\b/,
  /^SHOW (?:GRANT|ROLES?|PRINCIPALS|COMPACTIONS|TRANSACTIONS|INDEXES|LOCKS|CURRENT ROLES)\b/,
  /^ANALYZE TABLES\b/,
  /^INSERT OVERWRITE (?:LOCAL )?DIRECTORY\b/,
  /^ALTER INDEX\b/,
  /^(?:BEGIN|IF|WHILE|REPEAT|LOOP|FOR|LEAVE|ITERATE)\b(?! [=.,)])/,
  /^(?:MAP|REDUCE) .*\bUSING\b/,
  /^FROM .* (?:MAP|REDUCE) .*\bUSING\b/,
];

/** What may follow the table's name in an ALTER that is built. */
const ALTERATIONS =
  /^(?:RENAME|SET|UNSET|ADD (?:COLUMNS?|PARTITION|IF)|DROP (?:COLUMNS?|PARTITION|IF EXISTS PARTITION)|ALTER|CHANGE|REPLACE|PARTITION|RECOVER PARTITIONS|AS|SELECT|WITH|FROM|VALUES|TABLE)\b/;

/** Statements that begin so are queries, none of those above. */
const PLAIN_STARTS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'LParen']);

/** Refuses valid Spark SQL that is not built, by its first words, so that it never looks like a syntax error.
 * @throws UNSUPPORTED_FEATURE */
export function rejectUnsupported(tokens: readonly IToken[], sql: string): void {
  if (!PLAIN_STARTS.has(tokens[0]?.tokenType.name ?? '')) rejectBeginning(tokens, sql);
  rejectTransform(tokens, sql);
}

/** UPDATE and MERGE: no table takes them, so that only their first words matter. */
export function rowLevelStatement(tokens: readonly IToken[], sql: string): LogicalPlan | undefined {
  const words = tokens.slice(0, 2).map((t) => t.image.toUpperCase());
  const statement =
    words[0] === 'UPDATE' ? 'UPDATE TABLE' : words.join(' ') === 'MERGE INTO' ? 'MERGE INTO TABLE' : undefined;
  if (statement === undefined || tokens.length < 4) return undefined;
  return new RowLevelCommand(statement, []).withOrigin(originOf(sql, { start: 0, stop: sql.length - 1 }));
}

function rejectBeginning(tokens: readonly IToken[], sql: string): void {
  const words = tokens.slice(0, 60).map((t) => t.image.toUpperCase());
  const text = words.join(' ');
  const inner = text.replace(/^EXPLAIN (?:(?:EXTENDED|FORMATTED|COST|CODEGEN|CACHE) )?/, '');
  const hit = BEGINNINGS.map((b) => b.exec(inner)).find((m) => m !== null);
  const span = { start: 0, stop: sql.length - 1 };
  if (hit) throw unsupported(featureName(hit[0]), originOf(sql, span));
  const altered = /^ALTER (TABLE|VIEW) \S+(?: \. \S+)* (.*)$/.exec(inner);
  if (altered !== null && !ALTERATIONS.test(altered[2] as string)) {
    const action = (altered[2] as string).split(' ').slice(0, 2).join(' ');
    if (/^[A-Z]/.test(action)) throw unsupported(`ALTER ${altered[1]} … ${action}`, originOf(sql, span));
  }
}

/** The words of a beginning without the names in it. */
function featureName(text: string): string {
  if (/^FROM .*USING$/.test(text)) return 'MAP and REDUCE … USING';
  if (/^(?:MAP|REDUCE)/.test(text)) return `${text.split(' ')[0]} … USING`;
  if (/^(?:BEGIN|IF|WHILE|REPEAT|LOOP|FOR|LEAVE|ITERATE)/.test(text)) return 'SQL scripting';
  return text;
}

/** `SELECT TRANSFORM(…) … USING` runs a script; without USING it is the function `transform`. */
function rejectTransform(tokens: readonly IToken[], sql: string): void {
  for (let i = 0; i + 2 < tokens.length; i++) {
    const open = tokens[i + 2] as IToken;
    if (tokens[i]?.tokenType.name !== 'SELECT' || tokens[i + 1]?.tokenType.name !== 'TRANSFORM') continue;
    const parenthesis = open.payload as Parenthesis | undefined;
    if (parenthesis === undefined) continue;
    const after = tokens[i + 2 + parenthesis.close + 1];
    if (after !== undefined && /^(?:USING|ROW|RECORDWRITER)$/i.test(after.image)) {
      throw unsupported('SELECT TRANSFORM', originOf(sql, { start: open.startOffset, stop: sql.length - 1 }));
    }
  }
}
