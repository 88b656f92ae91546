import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SparkError } from '../../src/errors/index.js';
import { parseExpression, parsePlan } from '../../src/plan/sql/parser.js';

const oracle = join(import.meta.dirname, '../oracle');
const read = (path: string): unknown => JSON.parse(readFileSync(join(oracle, path), 'utf8'));
const filesIn = (folder: string) => readdirSync(join(oracle, folder)).filter((f) => f.endsWith('.json'));

/** Condition of the parser's refusal, undefined if it parses. */
function refusal(sql: string, parse: (text: string) => unknown = parsePlan): string | undefined {
  try {
    parse(sql);
    return undefined;
  } catch (error) {
    if (error instanceof SparkError && error.kind !== 'bug') return error.condition;
    throw error;
  }
}

const EXPRESSION_OPS = new Set(['filter', 'select', 'groupBy', 'rollup', 'cube', 'withColumn', 'join']);
/** Statements and expressions in the definitions of a recording. */
function collect(value: unknown, key: string, into: { sql: string; isExpression: boolean }[]): void {
  if (typeof value === 'string') {
    if (key === 'sql' || key === 'setup' || (key === 'def' && /^\s*(?:select|with|from|values|table)\s/i.test(value)))
      into.push({ sql: value, isExpression: false });
  } else if (Array.isArray(value)) {
    if (typeof value[0] === 'string' && EXPRESSION_OPS.has(value[0])) {
      for (const e of value.slice(1).flat()) {
        if (typeof e === 'string') into.push({ sql: e, isExpression: true });
        else collect(e, key, into);
      }
    } else for (const v of value) collect(v, key, into);
  } else if (value !== null && typeof value === 'object') {
    for (const [k, v] of Object.entries(value)) {
      if (!['analyzed', 'optimized', 'plans', 'message', 'schema', 'rows', 'cache'].includes(k)) collect(v, k, into);
    }
  }
}

describe('recorded Spark cases', () => {
  it('parses every statement and expression of the plan pairs', () => {
    const found: { sql: string; isExpression: boolean }[] = [];
    for (const file of filesIn('pairs')) collect(read(`pairs/${file}`), '', found);
    expect(found.length).toBeGreaterThan(900);
    const refused = found.filter(({ sql, isExpression }) => refusal(sql, isExpression ? parseExpression : parsePlan));
    expect(refused).toEqual([]);
  });

  it('parses the statements of the scenarios, or fails as Spark did', () => {
    type Step = { op?: string; sql?: string; error?: string };
    const wrong: unknown[] = [];
    let statements = 0;
    for (const file of filesIn('scenarios')) {
      const content = read(`scenarios/${file}`) as { scenarios: { id: string; steps: Step[] }[] };
      for (const { id, steps } of content.scenarios) {
        for (const { sql, error } of steps) {
          if (sql === undefined) continue;
          statements++;
          const condition = refusal(sql);
          // Spark parses UPDATE and refuses it later; we say at once that it is not supported.
          if (condition !== undefined && condition !== error && !/^UPDATE /.test(sql))
            wrong.push({ id, sql, condition, error });
        }
      }
    }
    expect(statements).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  it('parses the statements of the results, or fails as Spark did', () => {
    const wrong: unknown[] = [];
    const unsupported: string[] = [];
    for (const file of filesIn('results')) {
      const content = read(`results/${file}`) as { queries: { id: string; sql: string; error?: string }[] };
      for (const { id, sql, error } of content.queries) {
        const condition = refusal(sql);
        if (condition === 'UNSUPPORTED_FEATURE') unsupported.push(sql);
        else if (condition !== undefined && condition !== error) wrong.push({ id, sql, condition, error });
        else if (condition === undefined && error === 'PARSE_SYNTAX_ERROR') wrong.push({ id, sql, condition, error });
      }
    }
    expect(wrong).toEqual([]);
    expect(unsupported.filter((sql) => !/RECURSIVE/.test(sql))).toEqual([]);
  });

  it('parses the TPC-H queries', () => {
    for (let i = 1; i <= 22; i++) {
      const sql = readFileSync(join(import.meta.dirname, `../tpch/queries/q${i}.sql`), 'utf8');
      expect(refusal(sql), `q${i}`).toBeUndefined();
    }
  });
});
