import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { functionNames, SparkError, type SparkSession, sqlKeywords } from '../index.js';

/** A failure as people read it: condition, sentence, the guilty text underlined, what may have been meant. No stack trace. */
export function describeError(error: unknown, sql: string, spark?: SparkSession): string {
  if (!(error instanceof SparkError)) return `error: ${error instanceof Error ? error.message : String(error)}`;
  if (error.kind === 'cancelled') return 'cancelled';
  const state = error.sqlState === undefined ? '' : ` SQLSTATE: ${error.sqlState}`;
  const lines = [`error ${error.message}${state}`];
  const pointed = underline(error, sql);
  if (pointed) lines.push(pointed);
  const hint = suggestion(error, spark);
  if (hint) lines.push(hint);
  if (error.kind === 'bug') lines.push('This is a bug in memoframe; please report it with the statement.');
  return lines.join('\n');
}

function underline(error: SparkError, sql: string): string | undefined {
  const { sqlText } = error.origin;
  const text = sqlText ?? sql;
  const { startIndex, stopIndex } = error.origin.startIndex === undefined ? placeOfPath(error, text) : error.origin;
  if (startIndex === undefined || startIndex > text.length) return undefined;
  const lineStart = text.lastIndexOf('\n', startIndex - 1) + 1;
  const newline = text.indexOf('\n', startIndex);
  const lineEnd = newline < 0 ? text.length : newline;
  const stop = Math.min(stopIndex ?? startIndex, lineEnd - 1);
  const line = text.slice(lineStart, lineEnd);
  const marks = '^'.repeat(Math.max(1, stop - startIndex + 1));
  return `  ${line}\n  ${' '.repeat(startIndex - lineStart)}${marks}`;
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

function suggestion(error: SparkError, spark: SparkSession | undefined): string | undefined {
  const { parameters } = error;
  const last = (name: string | undefined) => (name ?? '').replaceAll('`', '').split('.').at(-1) as string;
  switch (error.condition) {
    case 'TABLE_OR_VIEW_NOT_FOUND':
      return didYouMean(last(parameters['relationName']), spark?.catalog.listTables().map((t) => t.name) ?? []);
    case 'UNRESOLVED_ROUTINE':
      return didYouMean(last(parameters['routineName']), functionNames());
    case 'PARSE_SYNTAX_ERROR': {
      const word = /^'?(\w+)'?$/.exec(parameters['error'] ?? '')?.[1];
      return word === undefined ? undefined : didYouMean(word, sqlKeywords);
    }
    case 'PATH_NOT_FOUND': {
      const path = (parameters['path'] ?? '').replace(/^file:/, '');
      const folder = dirname(path);
      if (!existsSync(folder)) return `The folder ${folder} does not exist either.`;
      const here = didYouMean(path.slice(folder === '/' ? 1 : folder.length + 1), readdirSync(folder));
      return here ?? `The folder ${folder} exists.`;
    }
    case 'FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER':
      return 'A whole Parquet file starts and ends with the bytes PAR1. Text is read with csv.`…` or json.`…` in place of parquet.`…`.';
    default:
      return undefined;
  }
}

function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const close = nearest(name, candidates);
  return close.length > 0 ? `Did you mean ${close.join(', ')}?` : undefined;
}

/** The names nearest to one that was not found: at most three, by edit distance. */
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
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] as number) + 1,
        (next[j - 1] as number) + 1,
        (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] as number;
}
