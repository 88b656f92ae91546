import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Query } from './ast.js';
import type { PlainTable } from './cells.js';
import type { Row } from './compare.js';
import { sparkSql } from './print.js';
import { comparisonOf, type RefereeName, type RefereeOptions, Referees, type Verdict } from './referees.js';
import { type Case, shrink } from './shrink.js';

/** What is kept of a failure; a test replays it. */
export interface Regression {
  readonly found: string;
  readonly referee: string;
  readonly sql: string;
  readonly tables: readonly PlainTable[];
  readonly ordered: boolean;
  readonly fuzzy: readonly boolean[];
  /** What DuckDB or Spark answers; absent where neither was asked: then all ways to run it must agree. */
  readonly expected?: { readonly by: string; readonly rows?: readonly Row[]; readonly error?: string };
}

/** Failures of one kind shrink once. */
export const kindOf = (v: Verdict): string => {
  const text = v.difference;
  const kind = /^(INTERNAL_ERROR|JAVASCRIPT|types|rows against)/.exec(text)?.[1] ?? 'rows';
  return `${v.referee} ${kind === 'rows' ? kind : text.replace(/'?q?\d+(\.\w+)?|#\d+/g, '').slice(0, 60)}`;
};

/** Cuts a failure down and writes it to a file. @returns the path and the case */
export async function keep(
  name: string,
  query: Query,
  tables: readonly PlainTable[],
  verdict: Verdict,
  options: {
    readonly folder: string;
    readonly seed: number;
    readonly seconds: number;
    readonly spark?: RefereeOptions['spark'];
  },
): Promise<{ path: string; case: Case; verdict: Verdict }> {
  const only: RefereeName[] = verdict.referee === 'memoframe' ? [] : [verdict.referee];
  const referees = await Referees.open({
    only,
    spark: only.includes('Spark') ? options.spark : undefined,
    eachFragment: true,
  });
  let loaded: readonly PlainTable[] | undefined;
  let last = verdict;
  const judge = async (c: Case): Promise<Verdict | undefined> => {
    if (loaded !== c.tables) await referees.load(c.tables, options.seed);
    loaded = c.tables;
    const { verdicts } = await referees.judge(c.query, comparisonOf(c.query));
    return verdicts.find((v) => v.referee === verdict.referee && kindOf(v) === kindOf(verdict));
  };
  const small = await shrink(
    { query, tables },
    async (c) => {
      const found = await judge(c);
      if (found) last = found;
      return found !== undefined;
    },
    options.seconds,
  );
  await referees.stop();
  const how = comparisonOf(small.query);
  const regression: Regression = {
    found: name,
    referee: verdict.referee,
    sql: sparkSql(small.query),
    tables: small.tables,
    ...how,
    ...(last.expected && 'rows' in last.expected
      ? { expected: { by: verdict.referee, rows: last.expected.rows } }
      : {}),
    ...(last.expected && 'error' in last.expected
      ? { expected: { by: verdict.referee, error: last.expected.error } }
      : {}),
  };
  mkdirSync(options.folder, { recursive: true });
  const path = join(options.folder, `${name}.json`);
  writeFileSync(path, `${JSON.stringify(regression, null, 1)}\n`);
  return { path, case: small, verdict: last };
}
