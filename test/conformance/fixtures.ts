import { readFileSync } from 'node:fs';
import type { SparkSession } from '../../src/index.js';

/** Functions that Spark's suite registers for the PostgreSQL files, as SQL. */
const FUNCTIONS = [
  'booleq(a BOOLEAN, b BOOLEAN) RETURNS BOOLEAN RETURN a = b',
  'boolne(a BOOLEAN, b BOOLEAN) RETURNS BOOLEAN RETURN a <> b',
  'vol(s STRING) RETURNS STRING RETURN s',
];

/** What a file finds in its session besides the test tables. */
export function prepareSession(session: SparkSession, name: string): void {
  if (name.startsWith('postgreSQL/')) for (const f of FUNCTIONS) session.sql(`CREATE TEMPORARY FUNCTION ${f}`);
}

/** Files whose results were recorded with empty TPC-DS tables at hand, and whose analyzed plans without. */
const WITH_TPCDS: ReadonlySet<string> = new Set(['pipe-operators.sql']);

export function needsTpcds(name: string): boolean {
  return WITH_TPCDS.has(name);
}

/** Runs something while the TPC-DS tables are there. */
export async function withTpcds<T>(session: SparkSession, run: () => Promise<T>): Promise<T> {
  const tables = JSON.parse(readFileSync('test/tpcds/schema.json', 'utf8')) as Record<string, Record<string, string>>;
  const names = Object.keys(tables);
  for (const name of names) {
    const columns = Object.entries(tables[name] ?? {}).map(([column, type]) => `${column} ${type}`);
    session.sql(`CREATE TABLE ${name} (${columns.join(', ')}) USING parquet`);
  }
  try {
    return await run();
  } finally {
    for (const name of names) session.sql(`DROP TABLE ${name}`);
  }
}
