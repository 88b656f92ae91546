import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Builder, type Definition } from '../oracle/dsl.js';
import { normalizePlan } from '../oracle/normalize.js';
import { World } from '../oracle/world.js';

const oracle = join(import.meta.dirname, '../oracle');

/** Where our optimized plan is another one than Spark's, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  hints_layout_random_60: 'the user that recorded',
  nested_generators_28: 'lateral generator keeps the alias in a projection',
  nested_generators_29: 'an array literal as text',
  nested_generators_37: 'a field keeps the case in which it was written',
  sources_26: 'conjuncts on partition columns are joined in another shape',
  subtree_depth_30: 'ReplaceExceptWithFilter is not there',
  windows_35: 'WindowGroupLimit is not there',
  windows_36: 'WindowGroupLimit is not there',
};

interface Family {
  readonly family: string;
  readonly setup: readonly string[];
  readonly dfs: readonly { id: string; def: Definition; optimized: string }[];
}

describe('optimized plans as Spark prints them', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(oracle);
  }, 60_000);
  afterAll(() => world.close());

  for (const file of readdirSync(join(oracle, 'pairs'))) {
    const family = JSON.parse(readFileSync(join(oracle, 'pairs', file), 'utf8')) as Family;
    it(family.family, { timeout: 120_000 }, async () => {
      await world.reset();
      const session = world.root.newSession();
      // Ours beyond Spark's.
      session.conf.set('memoframe.optimizer.joinReorder', 'false');
      const builder = new Builder(session, world.paths);
      for (const sql of family.setup) session.sql(builder.substitute(sql));
      const wrong: string[] = [];
      for (const { id, def, optimized } of family.dfs) {
        if (id in DIFFERENT) continue;
        const text = normalizePlan(builder.build(def).queryExecution.optimizedPlan.treeString, world.paths);
        if (text !== optimized) wrong.push(`${id}\n${text}\nSpark\n${optimized}`);
      }
      expect(wrong).toEqual([]);
    });
  }
});
