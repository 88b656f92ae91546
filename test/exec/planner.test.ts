import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PhysicalSpec } from '../../src/exec/operators/spec.js';
import { explainString } from '../../src/exec/planner/explain.js';
import type { SparkSession } from '../../src/index.js';
import { World } from '../oracle/world.js';

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'planner-explain.json'), 'utf8')) as {
  sql: string;
  simple: string;
}[];

describe('physical plans', () => {
  let world: World;
  let session: SparkSession;
  beforeAll(async () => {
    world = await World.open(join(import.meta.dirname, '../oracle'));
    session = world.root.newSession();
    session.conf.set('spark.sql.debug.maxToStringFields', '1000');
    session.conf.set('memoframe.optimizer.joinReorder', 'false');
    session.conf.set('spark.default.parallelism', '1');
  }, 60_000);
  afterAll(() => world.close());

  const normal = (text: string) => {
    const ids = new Map<string, number>();
    return text
      .replace(/\[plan_id=\d+\]/g, '[plan_id=?]')
      .replace(/\[id=#\d+\]/g, '[id=?]')
      .replace(/#(\d+)/g, (_, id: string) => {
        if (!ids.has(id)) ids.set(id, ids.size + 1);
        return `#${ids.get(id)}`;
      })
      .replaceAll(`file:${world.paths.tables}`, '{tables}')
      .trimEnd();
  };
  const prepare = (sql: string) => session.sql(sql).queryExecution.prepared;
  const ops = (spec: PhysicalSpec): string[] => {
    const { child, left, right, children } = spec as {
      child?: PhysicalSpec;
      left?: PhysicalSpec;
      right?: PhysicalSpec;
      children?: PhysicalSpec[];
    };
    return [spec.op, ...[child, left, right, ...(children ?? [])].filter((c) => c !== undefined).flatMap(ops)];
  };

  for (const { sql, simple } of recorded)
    it(`prints as Spark: ${sql}`, () => {
      expect(normal(explainString(session.sql(sql).queryExecution, 'simple', 1000))).toBe(simple);
    });

  it('lowers steps of an aggregation to one', () => {
    expect(ops(prepare('SELECT count(DISTINCT city) AS d, sum(age) AS s FROM people GROUP BY active').spec)).toEqual([
      'project',
      'aggregate',
      'scanParquet',
    ]);
  });
  it('shows filters to the scan', () => {
    const { spec } = prepare('SELECT id FROM people WHERE age > 30');
    expect(spec).toMatchObject({
      op: 'project',
      child: { op: 'filter', child: { op: 'scanParquet', pushed: [{ fn: 'isnotnull' }, { fn: '>' }] } },
    });
  });
  it('runs scalar subqueries first', () => {
    const { preliminaries } = prepare('SELECT oid FROM orders WHERE qty > (SELECT avg(qty) FROM orders)');
    expect(preliminaries).toHaveLength(1);
  });
  it('reads only the partitions that can match', () => {
    const { spec } = prepare("SELECT sid FROM sales WHERE region = 'eu' AND yr = 2023");
    const scan = (spec as { child: PhysicalSpec }).child;
    expect(scan).toMatchObject({ op: 'scanParquet' });
    const paths = (scan as Extract<PhysicalSpec, { op: 'scanParquet' }>).splits.flat().map((s) => s.path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.every((p) => p.includes('region=eu/yr=2023'))).toBe(true);
  });
  it('counts partitions as Spark', () => {
    expect(prepare('SELECT * FROM events').outputPartitions).toBe(8);
    expect(prepare('SELECT * FROM range(0, 10, 1, 3)').outputPartitions).toBe(3);
    expect(prepare('SELECT * FROM kv UNION ALL SELECT * FROM kv2').outputPartitions).toBe(2);
    expect(prepare('SELECT city FROM people GROUP BY city').outputPartitions).toBe(4);
    expect(prepare('SELECT /*+ COALESCE(2) */ * FROM events').outputPartitions).toBe(2);
  });
});
