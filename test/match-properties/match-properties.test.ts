import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Judge } from './judge.js';
import { PLANTS, planted } from './plants.js';
import { Report } from './report.js';
import { type Failure, search, show } from './search.js';

// Whenever a cached plan is said to answer a query, in any mode, rows (or the error) are those of the query without cache.
// `npm run match` draws many pairs and writes what fails to regressions/.
const FOLDER = 'test/match-properties/regressions';
const PAIRS = 300;

describe('match modes, over drawn pairs', () => {
  let judge: Judge;
  beforeAll(async () => {
    judge = await Judge.open();
  });
  afterAll(async () => judge.stop());

  it(`${PAIRS} pairs answer alike`, async () => {
    const report = new Report();
    const failures = await search(judge, {
      seed: 7,
      shrink: true,
      add: (v) => report.add(v),
      done: () => report.pairs >= PAIRS,
    });
    expect(failures.map(show)).toEqual([]);
    expect(report.hits).toBeGreaterThan(PAIRS * 0.1);
    expect(report.withRows * 2).toBeGreaterThan(report.hits);
  }, 120_000);

  const cases = readdirSync(FOLDER)
    .filter((f) => f.endsWith('.json'))
    .map((f) => [f, JSON.parse(readFileSync(join(FOLDER, f), 'utf8')) as Failure] as const);
  it.each(cases)('found once: %s', async (_, { tables, group }) => {
    await judge.load(tables);
    const verdicts = await judge.judge(group);
    expect(verdicts.flatMap((v) => [v.invalid, v.difference].filter((x) => x !== undefined))).toEqual([]);
  });

  it.each(PLANTS.map((p) => [p.name, p] as const))('can be planted: %s', (_, p) => {
    expect(planted(p.file, readFileSync(p.file, 'utf8'))).toContain(p.to);
  });
});
