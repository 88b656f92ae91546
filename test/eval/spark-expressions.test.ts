import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import { toSqlString } from '../../src/types/index.js';
import { sameRecorded, toRecorded } from './recorded-json.js';
import { withSession } from './sql-binder.js';
import { runSql } from './sql-expression.js';

/** What Apache Spark 4.0.1 answered (ANSI mode, session time zone UTC) to `SELECT <sql> AS x`. */
interface Recorded {
  readonly sql: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly value?: unknown;
  readonly text?: string | null;
  readonly error?: string;
  /** Absent: ANSI, UTC. */
  readonly mode?: 'ANSI' | 'LEGACY';
  readonly timeZone?: string;
}
const read = (name: string): Recorded[] =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Recorded[];
const recorded = [
  ...read('./spark-expressions.json'),
  ...read('./spark-expressions-2.json'),
  ...read('./spark-sessions.json'),
];

function conditionOf(error: unknown): string {
  if (error instanceof SparkError) return error.condition;
  const condition = (error as { condition?: string }).condition;
  if (condition === undefined) throw error;
  return condition;
}

const answer = (r: Recorded): ReturnType<typeof runSql> =>
  withSession(r.mode ?? 'ANSI', r.timeZone ?? 'UTC', () => runSql(r.sql));

for (const [i, r] of recorded.entries()) {
  test(`${i}: ${r.sql} ${r.mode ?? ''} ${r.timeZone ?? ''}`, () => {
    if (r.error !== undefined) {
      let got = 'no error';
      try {
        answer(r);
      } catch (error) {
        got = conditionOf(error);
      }
      expect(got).toBe(r.error);
      return;
    }
    const { type, value, nullable } = answer(r);
    expect(type.simpleString).toBe(r.type);
    if (r.text !== undefined) {
      expect(value === null ? null : toSqlString(value, type)).toBe(r.text);
    } else {
      const got = toRecorded(value, type);
      if (!sameRecorded(got, r.value)) expect(got).toEqual(r.value);
    }
    if (r.nullable === false) expect(value).not.toBe(null);
    if (process.env['NULLABLE'] !== undefined) expect(nullable).toBe(r.nullable);
  });
}
