import type { MissReason } from '../plan/cache/miss-reason.js';
import type { Finding, Place, RuleId, Severity } from './findings.js';
import { RULES } from './findings.js';

/** What the CacheManager says of a query: it reads entries; it reads none though entries over its tables exist; or there is none. */
export type Decision = 'hit' | 'miss' | 'none';

/** A cache entry, by the statement that made it. */
export interface EntryRef {
  readonly name: string;
  readonly cachedAt: Place;
}

/** One query of a statement. */
export interface QueryReport {
  readonly decision: Decision;
  readonly hits: readonly (EntryRef & { readonly fragment: string })[];
  readonly reason: MissReason | undefined;
  readonly nearest: EntryRef | undefined;
  /** As `EXPLAIN CACHE` prints it. */
  readonly explanation: string;
}

export type StatementKind = 'query' | 'cache' | 'uncache' | 'refresh' | 'write' | 'definition' | 'other' | 'failed';

export interface StatementReport {
  readonly number: number;
  readonly place: Place;
  readonly kind: StatementKind;
  /** On one line, at most 100 characters. */
  readonly text: string;
  readonly queries: readonly QueryReport[];
  /** What it did to entries, in words. */
  readonly effects: readonly string[];
}

export interface FileReport {
  readonly file: string;
  readonly statements: readonly StatementReport[];
  /** In the order of their places. */
  readonly findings: readonly Finding[];
}

export interface Summary {
  readonly files: number;
  readonly statements: number;
  readonly hits: number;
  readonly misses: number;
  readonly findings: Readonly<Record<Severity, number>>;
}

export function summarize(reports: readonly FileReport[]): Summary {
  const queries = reports.flatMap((r) => r.statements.flatMap((s) => s.queries));
  const findings = reports.flatMap((r) => r.findings);
  const count = (severity: Severity) => findings.filter((f) => f.severity === severity).length;
  return {
    files: reports.length,
    statements: reports.reduce((n, r) => n + r.statements.length, 0),
    hits: queries.filter((q) => q.decision === 'hit').length,
    misses: queries.filter((q) => q.decision === 'miss').length,
    findings: { error: count('error'), warning: count('warning'), note: count('note') },
  };
}

const SEVERITIES: readonly Severity[] = ['note', 'warning', 'error'];

/** What makes a check fail: severities (with all that are worse), rules, `miss` for `cache-miss`, `never`. */
export type FailOn = Severity | RuleId | 'miss' | 'never';
export function isFailOn(text: string): text is FailOn {
  return text === 'miss' || text === 'never' || SEVERITIES.includes(text as Severity) || Object.hasOwn(RULES, text);
}

/** Whether a finding fails the check. Errors always do, unless `never` is given. */
export function fails(finding: Finding, failOn: readonly FailOn[]): boolean {
  if (failOn.includes('never')) return false;
  if (finding.severity === 'error') return true;
  return failOn.some((f) => {
    if (f === 'miss') return finding.rule === 'cache-miss';
    const level = SEVERITIES.indexOf(f as Severity);
    return level < 0 ? f === finding.rule : SEVERITIES.indexOf(finding.severity) >= level;
  });
}
