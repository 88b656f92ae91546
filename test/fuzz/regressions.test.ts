import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differenceOfRows } from './compare.js';
import { Engine } from './engine.js';
import type { Regression } from './failure.js';

// What the fuzzer found once: answers uncached, from cached tables, with each fragment of the plan cached, and unoptimized
// stay alike, and equal to what DuckDB or Spark answered.
const FOLDER = 'test/fuzz/regressions';
const cases = readdirSync(FOLDER)
  .filter((f) => f.endsWith('.json'))
  .map((f) => [f, JSON.parse(readFileSync(join(FOLDER, f), 'utf8')) as Regression] as const);
const CONF = {
  'spark.master': 'local[0]',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.shuffle.partitions': '3',
  'spark.default.parallelism': '2',
  'spark.sql.inMemoryColumnarStorage.batchSize': '16',
};

describe('fuzzed failures', () => {
  let plain: Engine;
  let cached: Engine;
  beforeAll(async () => {
    plain = await Engine.open(CONF);
    cached = await Engine.open({ ...CONF, 'spark.executor.memory': '450m', 'spark.memory.fraction': '0.00015' });
  });
  afterAll(async () => {
    await plain.stop();
    await cached.stop();
  });

  it.each(cases)('%s', async (_, c) => {
    await plain.load(c.tables);
    const plan = plain.analyze(c.sql);
    if ('error' in plan) {
      expect(plan.error).toBe(c.expected?.error);
      return;
    }
    const answer = await plain.run(plain.execution(plan));
    if (c.expected?.error !== undefined) {
      expect('error' in answer && answer.error).toBe(c.expected.error);
      return;
    }
    if ('error' in answer) throw new Error(answer.message);
    const alike = (other: typeof answer | Awaited<ReturnType<Engine['run']>>) =>
      expect('error' in other ? other.message : differenceOfRows(answer.rows, other.rows, c)).toBeUndefined();
    if (c.expected?.rows) expect(differenceOfRows(answer.rows, c.expected.rows, c)).toBeUndefined();
    await cached.load(c.tables, ['MEMORY_AND_DISK', 'MEMORY_ONLY'], plain);
    alike(await cached.run(cached.execution(plan)));
    let fragments = 0;
    for (let i = 0; i === 0 || i < fragments; i++) {
      const pick = (n: number) => {
        fragments = n;
        return i < n ? [i] : [];
      };
      alike((await cached.runWithCachedFragments(plan, pick, 'MEMORY_AND_DISK')).outcome);
    }
    plain.set('spark.sql.optimizer.excludedRules', plain.excludableRules());
    try {
      alike(await plain.run(plain.execution(plan)));
    } finally {
      plain.set('spark.sql.optimizer.excludedRules', undefined);
    }
  });
});
