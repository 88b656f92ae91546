import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionPage } from '../../scripts/function-page.js';
import { functionEntries, functionEntry, NOT_IN_SQL } from '../../src/eval/docs/index.js';
import { allFunctions, INTERNAL_FUNCTIONS } from '../../src/eval/registry.js';
import { SparkError, SparkSession } from '../../src/index.js';
import { hiveText } from '../conformance/hive-text.js';

const entries = functionEntries();

describe('the function reference', () => {
  it('has every function that SQL can call, each with a text and an example', () => {
    const called = allFunctions().filter(
      (f) => !INTERNAL_FUNCTIONS.has(f.name.toLowerCase()) && !NOT_IN_SQL.has(f.name),
    );
    // A new function takes a block in src/eval/docs and an answer of test/oracle/recorder/function_examples.py.
    for (const name of called.flatMap((f) => [f.name, ...(f.aliases ?? [])])) {
      const entry = functionEntry(name);
      expect(entry, name).toBeDefined();
      expect(entry?.description, name).toMatch(/[.…]$/);
      expect(entry?.examples.length, name).toBeGreaterThan(0);
    }
    const names = entries.flatMap((e) => [e.name, ...e.aliases]);
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
  });

  it('is written to docs/functions.md', () => {
    expect(readFileSync('docs/functions.md', 'utf8')).toBe(functionPage());
  });
});

describe('examples answer as Spark', () => {
  let spark: SparkSession;
  beforeAll(async () => {
    spark = await SparkSession.builder.master('local[0]').config('spark.sql.session.timeZone', 'UTC').create();
  });
  afterAll(() => spark.stop());

  async function answer(sql: string): Promise<string[]> {
    try {
      const df = spark.sql(sql);
      const rows = await df.collectValues();
      const style = { timeZone: 'UTC', binary: undefined };
      return rows.map((r) => df.schema.fields.map((f, i) => hiveText(r[i] as never, f.dataType, style)).join('\t'));
    } catch (e) {
      return [`error ${e instanceof SparkError ? e.condition : String(e)}`];
    }
  }

  for (const e of entries)
    it(`${e.family}: ${e.name}`, async () => {
      for (const { sql, rows } of e.examples) expect(await answer(sql), sql).toEqual(rows);
    });
});
