export { isComplete, parseStatements, type StatementText } from '../plan/sql/parser.js';
export { KEYWORD_LIST } from '../plan/sql/tokens.js';
