import { SparkError } from '../index.js';

/** A failure as people read it: condition, sentence, the guilty text underlined. No stack trace. */
export function describeError(error: unknown, sql: string): string {
  if (!(error instanceof SparkError)) return `error: ${error instanceof Error ? error.message : String(error)}`;
  if (error.kind === 'cancelled') return 'cancelled';
  const state = error.sqlState === undefined ? '' : ` SQLSTATE: ${error.sqlState}`;
  const lines = [`error ${error.message}${state}`];
  const pointed = underline(error, sql);
  if (pointed) lines.push(pointed);
  if (error.kind === 'bug') lines.push('This is a bug in memoframe; please report it with the statement.');
  return lines.join('\n');
}

function underline(error: SparkError, sql: string): string | undefined {
  const { startIndex, stopIndex, sqlText } = error.origin;
  const text = sqlText ?? sql;
  if (startIndex === undefined || startIndex > text.length) return undefined;
  const lineStart = text.lastIndexOf('\n', startIndex - 1) + 1;
  const newline = text.indexOf('\n', startIndex);
  const lineEnd = newline < 0 ? text.length : newline;
  const stop = Math.min(stopIndex ?? startIndex, lineEnd - 1);
  const line = text.slice(lineStart, lineEnd);
  const marks = '^'.repeat(Math.max(1, stop - startIndex + 1));
  return `  ${line}\n  ${' '.repeat(startIndex - lineStart)}${marks}`;
}

/** The names nearest to one that was not found: at most three, by edit distance. */
export function nearest(name: string, candidates: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map((c) => ({ c, d: distance(wanted, c.toLowerCase()) }))
    .filter(({ c, d }) => d <= Math.max(2, Math.floor(c.length / 3)))
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
