import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  confNames,
  functionNames,
  SparkError,
  type SparkSession,
  sqlKeywords,
  terminalWidth,
  visible,
} from '../index.js';

/** A failure as people read it: condition, sentence, the guilty text underlined, what may have been meant. No stack trace. */
export function describeError(error: unknown, sql: string, spark?: SparkSession): string {
  return visible(describe(error, sql, spark));
}

function describe(error: unknown, sql: string, spark?: SparkSession): string {
  if (!(error instanceof SparkError)) return `error: ${plainMessage(error)}`;
  if (error.kind === 'cancelled') return 'cancelled';
  const state = error.sqlState === undefined ? '' : ` SQLSTATE: ${error.sqlState}`;
  const lines = [`error ${error.message}${state}`];
  lines.push(...causes(error));
  const pointed = underline(error, sql);
  if (pointed) lines.push(pointed);
  const hint = suggestion(error, sql, spark);
  if (hint) lines.push(hint);
  if (error.kind === 'bug') lines.push('This is a bug in memoframe; please report it with the statement.');
  return lines.join('\n');
}

/** What lies behind a failure, as far as its own sentence does not say it. */
function causes(error: Error): string[] {
  const { cause } = error;
  if (!(cause instanceof Error)) return [];
  const text = cause instanceof SparkError ? cause.message : plainMessage(cause);
  const told = text === '' || error.message.includes(text);
  return [...(told ? [] : [`  because: ${text.split('\n')[0]}`]), ...causes(cause)];
}

/** What the system says of files, in words. */
function plainMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  // Reading an opened folder tells no path.
  if (code === 'EISDIR') return `${path ?? 'this'} is a folder, not a file`;
  if (error instanceof RangeError && /call stack/.test(error.message))
    return 'the statement is nested too deep; split it into several';
  if (path === undefined) return error.message;
  switch (code) {
    case 'ENOENT':
      return `there is no file ${path}${existsSync(dirname(path)) ? '' : `, and no folder ${dirname(path)}`}`;
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path}`;
    default:
      return error.message;
  }
}

const LONGEST_LINE = 240;

function underline(error: SparkError, sql: string): string | undefined {
  const { sqlText } = error.origin;
  const text = sqlText ?? sql;
  const { startIndex, stopIndex } = error.origin.startIndex === undefined ? placeOfPath(error, text) : error.origin;
  if (startIndex === undefined || startIndex > text.length) return undefined;
  const lineStart = text.lastIndexOf('\n', startIndex - 1) + 1;
  const newline = text.indexOf('\n', startIndex);
  const lineEnd = newline < 0 ? text.length : newline;
  const stop = Math.min(stopIndex ?? startIndex, lineEnd - 1);
  // Of a line that no terminal shows whole: what stands about the place.
  const from = lineEnd - lineStart <= LONGEST_LINE ? lineStart : Math.max(lineStart, startIndex - LONGEST_LINE / 3);
  const to = Math.min(lineEnd, from + LONGEST_LINE);
  const line = `${from > lineStart ? '…' : ''}${text.slice(from, to)}${to < lineEnd ? '…' : ''}`;
  const before = `${from > lineStart ? '…' : ''}${text.slice(from, startIndex)}`;
  // Tabs stand below tabs.
  const indent = before.split('\t').map((part) => ' '.repeat(terminalWidth(visible(part))));
  const marked = text.slice(startIndex, Math.min(stop + 1, to));
  return `  ${line}\n  ${indent.join('\t')}${'^'.repeat(Math.max(1, terminalWidth(visible(marked))))}`;
}

/** Failures of files carry no place in the text; the path that stands there is one. */
function placeOfPath(error: SparkError, text: string): { startIndex?: number; stopIndex?: number } {
  const path = (error.parameters['path'] ?? '').replace(/^file:/, '');
  if (path === '') return {};
  for (const m of text.matchAll(/`([^`\n]+)`|'([^'\n]+)'/g)) {
    const written = (m[1] ?? m[2]) as string;
    if (!path.endsWith(written.replace(/^file:/, '').replace(/^\.?\//, ''))) continue;
    const startIndex = m.index + 1;
    return { startIndex, stopIndex: startIndex + written.length - 1 };
  }
  return {};
}

function suggestion(error: SparkError, sql: string, spark: SparkSession | undefined): string | undefined {
  const { parameters } = error;
  const last = (name: string | undefined) => (name ?? '').replaceAll('`', '').split('.').at(-1) as string;
  switch (error.condition) {
    case 'TABLE_OR_VIEW_NOT_FOUND':
      return (
        readsFile((parameters['relationName'] ?? '').replaceAll('`', '')) ??
        didYouMean(last(parameters['relationName']), spark?.catalog.listTables().map((t) => t.name) ?? [])
      );
    case 'UNRESOLVED_ROUTINE':
      return didYouMean(last(parameters['routineName']), functionNames());
    case 'PARSE_SYNTAX_ERROR': {
      const shown = parameters['error'] ?? '';
      const word = /^'?(\w+)'?$/.exec(shown)?.[1];
      if (word === undefined) return readsFile(/^'(['"])(.+)\1'$/.exec(shown)?.[2] ?? '');
      return didYouMean(word, sqlKeywords) ?? missingSemicolon(error, sql, word);
    }
    case 'LOCATION_ALREADY_EXISTS':
      return 'Tables are known to the process that made them, their folders stay. Remove the folder to make the table anew, or read it as parquet.`…`.';
    case 'SQL_CONF_NOT_FOUND':
      return didYouMean((parameters['sqlConf'] ?? '').replaceAll('"', ''), confNames());
    case 'PATH_NOT_FOUND': {
      const path = (parameters['path'] ?? '').replace(/^file:/, '');
      const folder = dirname(path);
      if (!existsSync(folder)) return `The folder ${folder} does not exist either.`;
      const here = didYouMean(path.slice(folder === '/' ? 1 : folder.length + 1), readdirSync(folder));
      return here ?? `The folder ${folder} exists.`;
    }
    case 'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER':
      // What the system refuses to open may be a Parquet file all the same.
      if (error.cause instanceof Error && 'syscall' in error.cause) return undefined;
      return 'A whole Parquet file starts and ends with the bytes PAR1. Text is read with csv.`…` or json.`…` in place of parquet.`…`.';
    default:
      return undefined;
  }
}

const READERS = ['parquet', 'csv', 'json', 'text'];

/** A file that stands in the place of a table. */
function readsFile(path: string): string | undefined {
  if (path === '' || !/[./]/.test(path) || !existsSync(path)) return undefined;
  const format = READERS.find((r) => path.replace(/\/+$/, '').endsWith(`.${r}`));
  const readers = (format === undefined ? READERS : [format]).map((r) => `${r}.\`${path}\``);
  return `There is a file of this name: ${readers.join(' or ')} reads it.`;
}

/** What begins a line and begins statements, in a statement that has begun before. */
function missingSemicolon(error: SparkError, sql: string, word: string): string | undefined {
  const text = error.origin.sqlText ?? sql;
  const before = text.slice(0, error.origin.startIndex ?? 0);
  const begins = /^(select|with|cache|uncache|create|drop|insert|explain|set|show|describe|refresh)$/i.test(word);
  return begins && /\S[^\S\n]*\n\s*$/.test(before) ? 'Is a semicolon missing before it?' : undefined;
}

function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const close = nearest(name, candidates);
  return close.length > 0 ? `Did you mean ${close.join(', ')}?` : undefined;
}

/** The names nearest to one that was not found: at most three, by edit distance, where neighbours that changed places count once. */
export function nearest(name: string, candidates: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map((c) => ({ c, d: distance(wanted, c.toLowerCase()) }))
    .filter(({ c, d }) => d > 0 && d <= Math.max(1, Math.floor(Math.min(c.length, wanted.length) / 3)))
    .sort((a, b) => a.d - b.d)
    .slice(0, 3)
    .map(({ c }) => c);
}

function distance(a: string, b: string): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + changed,
        swapped ? (above[j - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    above = row;
    row = next;
  }
  return row[b.length] as number;
}
