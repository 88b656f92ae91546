import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkError } from '../../src/index.js';
import type { ResultGroup } from '../oracle/results.js';
import { jsonValue, orderMaps, sameRows } from '../oracle/values.js';
import { World } from '../oracle/world.js';

// A cache, or another number of workers, may change the time of a query, never its rows: every recorded query of Spark's
// answers alike however it runs. (Uncached on two workers is what `npm run oracle` runs.)
const groups = readdirSync('test/oracle/results')
  .filter((f) => f.endsWith('.json'))
  .map((f) => JSON.parse(readFileSync(join('test/oracle/results', f), 'utf8')) as ResultGroup);
const passing = new Set(
  readFileSync('test/oracle/passed.txt', 'utf8')
    .split('\n')
    .filter((l) => l.startsWith('results/'))
    .map((l) => l.slice('results/'.length)),
);

describe.each([
  { name: 'tables cached, two workers', master: 'local[2]', cached: true },
  { name: 'tables cached, on the main thread', master: 'local[0]', cached: true },
  { name: 'uncached, on the main thread', master: 'local[0]', cached: false },
])('recorded answers: $name', ({ master, cached }) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open('test/oracle', { 'spark.master': master });
    if (cached) for (const t of world.tableNames) await world.root.sql(`CACHE TABLE ${t}`).collect();
  }, 60_000);
  afterAll(() => world?.close());

  it.each(groups.map((g) => [g.group, g] as const))(
    '%s',
    async (_, group) => {
      const session = world.root.newSession();
      const wrong: string[] = [];
      for (const q of group.queries.filter((x) => passing.has(x.id))) {
        try {
          const df = session.sql(q.sql);
          const types = df.schema.fields.map((f) => f.dataType);
          const rows = (await df.collectValues()).map((r) => r.map((v, i) => jsonValue(v, types[i] as never)));
          const wanted = (q.rows ?? []).map((r) => r.map((v, i) => orderMaps(v, types[i] as never)));
          if (q.error !== undefined || !sameRows(rows, wanted, q.ordered)) wrong.push(`${q.id}: ${q.sql}`);
        } catch (e) {
          if (!(e instanceof SparkError) || e.condition !== q.error) wrong.push(`${q.id}: ${q.sql}: ${String(e)}`);
        }
      }
      expect(wrong).toEqual([]);
    },
    60_000,
  );
});
