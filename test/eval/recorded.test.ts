import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import { sameRecorded, toRecorded } from './recorded-json.js';
import { runSql } from './sql-expression.js';

interface Query {
  readonly id: string;
  readonly sql: string;
  readonly schema: readonly (readonly [string, string])[] | null;
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
  readonly sqlState?: string;
}
const { queries } = JSON.parse(readFileSync(new URL('../oracle/results/scalar.json', import.meta.url), 'utf8')) as {
  queries: Query[];
};

/** Syntax that the small reader of this test does not know. */
const SKIPPED = /COLLATE|XOR/;

for (const q of queries) {
  const match = /^SELECT (.*) AS x$/s.exec(q.sql);
  if (!match || SKIPPED.test(q.sql)) continue;
  test(`${q.id}: ${q.sql}`, () => {
    if (q.error !== undefined) {
      try {
        runSql(match[1] as string);
      } catch (error) {
        const condition = error instanceof SparkError ? error.condition : (error as { condition?: string }).condition;
        if (condition === undefined) throw error;
        expect(condition).toBe(q.error);
        if (error instanceof SparkError && q.sqlState) expect(error.sqlState).toBe(q.sqlState);
        return;
      }
      throw new Error(`no ${q.error}`);
    }
    const { type, value } = runSql(match[1] as string);
    expect(type.simpleString).toBe(q.schema?.[0]?.[1]);
    const got = toRecorded(value, type);
    const want = q.rows?.[0]?.[0];
    if (!sameRecorded(got, want)) expect(got).toEqual(want);
  });
}
