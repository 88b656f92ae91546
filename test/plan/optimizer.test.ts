import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SubqueryExpression } from '../../src/plan/expressions/subquery.js';
import type { LogicalPlan } from '../../src/plan/logical/index.js';
import type { ConfReader } from '../../src/plan/optimizer/conf.js';
import { Optimizer } from '../../src/plan/optimizer/optimizer.js';
import { parsePlan } from '../../src/plan/sql/parser.js';
import { analyzer } from './analysis-oracle.js';

const conf = (set: Readonly<Record<string, string>> = {}): ConfReader => ({
  getOptional: (key) => set[key],
  defaultParallelism: 2,
});

/** Every rule must leave a sound plan: same columns, nothing read that is not there. */
function optimize(sql: string, set: Readonly<Record<string, string>> = {}): LogicalPlan {
  const analyzed = analyzer({}, sql.includes('o_orderkey') ? { orders: 'tpch_orders' } : {}).execute(parsePlan(sql));
  const optimizer = new Optimizer(conf(set), undefined, (rule, before, after) => {
    const missing = after.find((p) => p.missingInput.length > 0);
    if (missing) throw new Error(`${rule.name} broke\n${before}into\n${after}`);
  });
  const optimized = optimizer.execute(analyzed);
  expect(optimized.output.map((a) => [a.name, a.dataType.simpleString])).toEqual(
    analyzed.output.map((a) => [a.name, a.dataType.simpleString]),
  );
  return optimized;
}

const text = (sql: string) => optimize(sql).treeString.replace(/#\d+L?/g, '');

describe('rules', () => {
  it('a limit stops a filter', () => {
    expect(text('SELECT * FROM (SELECT id FROM people LIMIT 5) WHERE id > 1')).toContain(
      'Filter (isnotnull(id) AND (id > 1))\n+- GlobalLimit 5',
    );
  });
  it('a non-deterministic projection stops a filter', () => {
    expect(text('SELECT * FROM (SELECT id, rand(1) AS r FROM people) WHERE id > 1')).toMatch(/^Filter .*\n\+- Project/);
  });
  it('excluded rules do not run, needed ones do', () => {
    const name = (r: string) => `org.apache.spark.sql.catalyst.optimizer.${r}`;
    const without = (...rules: string[]) => {
      const set = { 'spark.sql.optimizer.excludedRules': rules.map(name).join(', ') };
      return optimize('SELECT DISTINCT 1 + 1 AS x FROM people', set).treeString.replace(/#\d+L?/g, '');
    };
    expect(without()).toContain('[2 AS x]');
    expect(without('ConstantFolding')).toContain('(1 + 1)');
    expect(without('ReplaceDistinctWithAggregate', 'NoSuchRule')).toContain('Aggregate');
  });
  it('a constant that raises does so here, but not in a branch', () => {
    expect(() => text('SELECT 1 / 0 AS x')).toThrow('DIVIDE_BY_ZERO');
    expect(text('SELECT if(oid > 1, 1 / 0, 1) AS x FROM orders')).toContain('(1.0 / 0.0)');
  });
  it('constants reach over equalities', () => {
    expect(text('SELECT o.oid FROM orders o JOIN people p ON o.pid = p.id WHERE p.id = 3')).toContain('(pid = 3)');
  });
  it('a filter on the padded side makes an outer join inner', () => {
    expect(text('SELECT o.oid FROM orders o LEFT JOIN people p ON o.pid = p.id WHERE p.age > 3')).toContain(
      'Join Inner',
    );
    expect(text('SELECT o.oid FROM orders o LEFT JOIN people p ON o.pid = p.id WHERE p.age IS NULL')).toContain(
      'Join LeftOuter',
    );
  });
  it('NOT IN minds nulls', () => {
    expect(text('SELECT oid FROM orders WHERE pid NOT IN (SELECT id FROM people)')).toContain(
      'Join LeftAnti, ((pid = id) OR isnull((pid = id)))',
    );
  });
  it('a count over nothing is 0', () => {
    expect(text('SELECT id, (SELECT count(*) FROM orders o WHERE o.pid = p.id) AS n FROM people p')).toMatch(
      /if \(isnull\(alwaysTrue\)\) 0 else/,
    );
  });
  it('a common factor leaves a disjunction', () => {
    expect(text('SELECT 1 FROM kv a, kv2 b WHERE (a.k = b.k AND a.v = 1) OR (a.k = b.k AND b.v = 2)')).toContain(
      'Join Inner, ((k = k) AND ((v = 1) OR (v = 2)))',
    );
  });
  it('an empty side empties an inner join', () => {
    expect(text('SELECT a.k FROM kv a JOIN kv2 b ON a.k = b.k WHERE 1 = 0')).toBe('LocalRelation <empty>, [k]\n');
  });
});

describe('subqueries leave no outer column behind', () => {
  const correlated = [
    'SELECT * FROM people p WHERE EXISTS (SELECT 1 FROM orders o WHERE o.pid = p.id AND o.qty > p.age)',
    'SELECT * FROM people p WHERE id IN (SELECT pid FROM orders o WHERE o.qty < p.age)',
    'SELECT id, EXISTS (SELECT 1 FROM orders o WHERE o.pid = p.id) AS e FROM people p',
    'SELECT id, (SELECT max(qty) FROM orders o WHERE o.pid = p.id) AS m FROM people p',
    'SELECT id, (SELECT max(qty) FROM orders o WHERE o.pid < p.id) AS m FROM people p',
    'SELECT id, (SELECT count(*) FROM orders o WHERE o.pid = p.id HAVING count(*) > 1) AS m FROM people p',
    'SELECT id, (SELECT qty FROM orders o WHERE o.pid = p.id ORDER BY qty LIMIT 1) AS m FROM people p',
    'SELECT id, x.c FROM people p, LATERAL (SELECT count(*) AS c FROM orders o WHERE o.pid = p.id) x',
    'SELECT id, x.q FROM people p, LATERAL (SELECT qty AS q FROM orders o WHERE o.pid = p.id ORDER BY qty LIMIT 2) x',
    'SELECT id, x.s FROM people p, LATERAL (SELECT p.age + 1 AS s) x',
    'SELECT did, t FROM docs, LATERAL explode(tags) AS x(t)',
  ];
  for (const sql of correlated)
    it(sql, () => {
      const plan = optimize(sql);
      expect(
        plan.exists((p) =>
          p.expressions.some((e) => e.exists((x) => x instanceof SubqueryExpression && x.isCorrelated)),
        ),
      ).toBe(false);
    });
});

describe('TPC-H', () => {
  for (let q = 1; q <= 22; q++)
    it(`q${q} joins by keys only`, () => {
      const sql = readFileSync(join(import.meta.dirname, `../tpch/queries/q${q}.sql`), 'utf8').replace(/;\s*$/, '');
      const plan = optimize(q === 16 || !sql.includes('orders') ? sql : `${sql} -- o_orderkey`);
      const crossed = plan.find((p) => p.kind === 'Join' && p.expressions.length === 0);
      expect(crossed).toBeUndefined();
    });
});
