import { REASONS, type Reason } from './judge.js';
import type { Outcome } from './run-file.js';
import type { ScopedFile } from './scope.js';

export interface FileOutcome {
  readonly file: ScopedFile;
  readonly outcomes: readonly Outcome[];
}

export interface Totals {
  readonly statements: number;
  readonly results: number;
  readonly plans: number;
  readonly analyzed: number;
}

export function totalsOf(files: readonly FileOutcome[]): Totals {
  const outcomes = files.flatMap((f) => f.outcomes);
  const withPlan = outcomes.filter((o) => o.analyzed !== 'none');
  return {
    statements: outcomes.length,
    results: outcomes.filter((o) => o.result === 'ok').length,
    plans: withPlan.length,
    analyzed: withPlan.filter((o) => o.analyzed === 'ok').length,
  };
}

const percent = (n: number, of: number) => (of === 0 ? '–' : `${((100 * n) / of).toFixed(1)} %`);

/** Failing results and plans by reason, the reasons that occur. */
export function byReason(files: readonly FileOutcome[]): readonly (readonly [Reason, number, number])[] {
  const count = (reason: Reason, of: 'result' | 'analyzed') =>
    files.reduce((n, f) => n + f.outcomes.filter((o) => o[of] === reason).length, 0);
  return REASONS.map((r) => [r, count(r, 'result'), count(r, 'analyzed')] as const).filter(([, a, b]) => a + b > 0);
}

/** `file: 1, 5; file: 0`. */
function statementsOf(files: readonly FileOutcome[], reason: Reason, of: 'result' | 'analyzed'): string {
  return files
    .map((f) => ({ name: f.file.name, list: f.outcomes.filter((o) => o[of] === reason).map((o) => o.index) }))
    .filter(({ list }) => list.length > 0)
    .map(({ name, list }) => `${name.replace(/\.sql$/, '')}: ${list.join(', ')}`)
    .join('; ');
}

/** The page in docs/. */
export function reportPage(files: readonly FileOutcome[], skipped: readonly ScopedFile[]): string {
  const t = totalsOf(files);
  const sum = skipped.reduce((n, f) => n + f.statements, 0);
  const reasons = new Map<string, ScopedFile[]>();
  for (const f of skipped) reasons.set(f.skipped as string, [...(reasons.get(f.skipped as string) ?? []), f]);
  const failing = files
    .map((f) => ({ name: f.file.name, t: totalsOf([f]), reasons: byReason([f]) }))
    .filter(({ t }) => t.results < t.statements || t.analyzed < t.plans);
  return `# Conformance

How memoframe answers the SQL files of Apache Spark's own test suite, version 4.0.1. \`npm run -s conformance\` runs them and
\`npm run -s conformance -- --report docs/conformance.md\` writes this page; the files are read out of Spark's published test jar
and are no part of this project.

A result passes if its schema and rows are Spark's, or its error has Spark's condition, SQLSTATE and parameters. An analyzed plan
passes if its text is Spark's, expression ids aside. Of each \`--CONFIG_DIM\` of a file the first value runs. The three functions
that Spark's suite registers for the PostgreSQL files (\`booleq\`, \`boolne\`, \`vol\`) are SQL functions here, which shows in plans.

| | passed | of | |
| --- | ---: | ---: | ---: |
| results | ${t.results} | ${t.statements} | ${percent(t.results, t.statements)} |
| analyzed plans | ${t.analyzed} | ${t.plans} | ${percent(t.analyzed, t.plans)} |
| skipped statements | ${sum} | ${sum + t.statements} | ${percent(sum, sum + t.statements)} |

${files.length} files are in scope; ${files.length - failing.length} of them pass whole.

## What fails, by reason

| reason | results | analyzed plans |
| --- | ---: | ---: |
${byReason(files)
  .map(([r, a, b]) => `| ${r} | ${a} | ${b} |`)
  .join('\n')}

## What fails, by file

| file | results | analyzed plans | reasons (results + plans) |
| --- | ---: | ---: | --- |
${failing
  .map(
    ({ name, t, reasons }) =>
      `| ${name} | ${t.results}/${t.statements} | ${t.analyzed}/${t.plans} | ${reasons.map(([r, a, b]) => `${r} ${a}+${b}`).join(', ')} |`,
  )
  .join('\n')}

## The statements

Counted from 0 within their file.

| reason | results | analyzed plans |
| --- | --- | --- |
${byReason(files)
  .map(([r]) => `| ${r} | ${statementsOf(files, r, 'result')} | ${statementsOf(files, r, 'analyzed')} |`)
  .join('\n')}

## What is skipped

| why | files | statements |
| --- | ---: | ---: |
${[...reasons].map(([why, list]) => `| ${why} | ${list.length} | ${list.reduce((n, f) => n + f.statements, 0)} |`).join('\n')}
`;
}
