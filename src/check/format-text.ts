import type { Finding } from './findings.js';
import { type FileReport, type StatementReport, summarize } from './report.js';

/** Statement by statement what the CacheManager decides, then what was found, as compilers print it: `file:line:column: severity rule`. */
export function checkText(reports: readonly FileReport[]): string {
  const parts = reports.map((r) => {
    const lines = [...r.statements.flatMap(statementLines), ...(r.findings.length > 0 ? [''] : [])];
    return [...lines, ...r.findings.flatMap(findingLines)].join('\n');
  });
  const { statements, hits, misses, findings } = summarize(reports);
  const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
  const summary = [
    counted(statements, 'statement'),
    counted(hits, 'hit'),
    counted(misses, 'miss', 'misses'),
    counted(findings.error, 'error'),
    counted(findings.warning, 'warning'),
    counted(findings.note, 'note'),
  ];
  return `${parts.join('\n\n')}\n\n${summary.join(', ')}\n`;
}

function statementLines({ place, text, queries, effects, kind }: StatementReport): string[] {
  const head = `${`${place.line}:${place.column}`.padStart(7)}  ${text}`;
  const notes = [
    ...queries.flatMap((q) => {
      if (q.decision !== 'none') return q.explanation.split('\n');
      return kind === 'query' ? ['no cache over its tables'] : [];
    }),
    ...effects,
  ];
  return [head, ...notes.map((n) => `         ${n}`)];
}

function findingLines(f: Finding): string[] {
  const at = (p: Finding['place']) => `${p.file}:${p.line}:${p.column}`;
  return [
    `${at(f.place)}: ${f.severity} ${f.rule}: ${f.message}`,
    ...(f.hint === undefined ? [] : [`    ${f.hint}`]),
    ...f.related.map((r) => `    ${at(r.place)}: ${r.message}`),
  ];
}
