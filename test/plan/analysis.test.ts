import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/plan/sql/parser.js';
import { normalizePlan } from '../oracle/normalize.js';
import { analyzer } from './analysis-oracle.js';

const oracle = join(import.meta.dirname, '../oracle');
const load = (folder: string) =>
  readdirSync(join(oracle, folder)).map((f) => JSON.parse(readFileSync(join(oracle, folder, f), 'utf8')));

interface Query {
  id: string;
  sql: string;
  schema?: [string, string][] | null;
  schemaBeforeError?: [string, string][] | null;
  error?: string;
}

/** Needs what the catalog of this test lacks (views, files), or is refused by design. */
const ELSEWHERE = /parquet\.`|\bv_|\bpv_|\bgv_|COLLATE|WITH RECURSIVE|WITHIN GROUP/;

describe('analyzed plans as Spark prints them', () => {
  for (const family of load('pairs') as {
    dfs: { id: string; def: { from: { sql?: string }; ops?: unknown[] }; analyzed: string }[];
  }[])
    for (const { id, def, analyzed } of family.dfs) {
      const { sql } = def.from ?? {};
      if (sql === undefined || def.ops?.length || ELSEWHERE.test(sql)) continue;
      it(id, () => expect(normalizePlan(analyzer().execute(parsePlan(sql)).treeString, {})).toBe(analyzed));
    }
});

describe('schemas and analysis errors', () => {
  for (const group of load('results') as { queries: Query[] }[])
    for (const q of group.queries) {
      if (ELSEWHERE.test(q.sql)) continue;
      it(q.id, () => {
        const schema = q.schema ?? q.schemaBeforeError;
        const run = () =>
          analyzer()
            .execute(parsePlan(q.sql))
            .output.map((a) => [a.name, a.dataType.simpleString]);
        if (schema) expect(run()).toEqual(schema);
        else expect(run).toThrow(expect.objectContaining({ condition: q.error }));
      });
    }
});

describe('TPC-H', () => {
  const dir = join(import.meta.dirname, '../tpch');
  const answers = JSON.parse(readFileSync(join(dir, 'answers-sf0.01.json'), 'utf8')) as { queries: Query[] };
  for (const q of answers.queries)
    it(q.id, () => {
      const sql = readFileSync(join(dir, 'queries', `${q.id}.sql`), 'utf8').replace(/;\s*$/, '');
      const plan = analyzer({}, { orders: 'tpch_orders' }).execute(parsePlan(sql));
      expect(plan.output.map((a) => [a.name, a.dataType.simpleString])).toEqual(q.schema);
    });
});
