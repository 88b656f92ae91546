import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PlainTable } from '../fuzz/cells.js';
import { Judge } from './judge.js';

// Bugs that drawn pairs found in the matcher, one by one: what must be refused, and what may still be answered.
const HUGE = '6000000000000000000';
const TABLES: readonly PlainTable[] = [
  {
    name: 't',
    schema: 'k INT, g INT, n INT, x DOUBLE, big BIGINT, dt DATE, ts TIMESTAMP, z INT',
    rows: [
      [1, 1, 4, 0, HUGE, '19782', '1709254800000000', 0],
      [1, 2, null, '-0', HUGE, '19783', '1709258400000000', 2],
      [1, 1, 6, '-0', '1', '19813', '1709337600000000', 5],
      [2, 2, 1, 1.5, `-${HUGE}`, '19850', '1717214400000000', 5],
      [null, 3, 9, 'NaN', '2', null, null, 4],
    ],
  },
  {
    name: 'u',
    schema: 'uk INT, w INT',
    rows: [
      [2, 20],
      [3, 30],
    ],
  },
  { name: 'v', schema: 'vw INT', rows: [[20], [20]] },
];

let judge: Judge;
beforeAll(async () => {
  judge = await Judge.open();
  await judge.load(TABLES);
});
afterAll(async () => judge.stop());

async function verdict(entry: string, query: string, loaded: boolean, conf: Record<string, string> = {}) {
  const [v] = await judge.judge([
    { entry: { sql: entry, conf, loaded, refuse: false }, queries: [{ sql: query, ordered: false, top: false }] },
  ]);
  expect([v!.invalid, v!.difference]).toEqual([undefined, undefined]);
  return v!;
}

const by = (unit: string) =>
  `SELECT date_trunc('${unit}', ts) AS x, count(*) AS c FROM t GROUP BY date_trunc('${unit}', ts)`;
const byDate = (unit: string) => `SELECT trunc(dt, '${unit}') AS x, count(*) AS c FROM t GROUP BY trunc(dt, '${unit}')`;

it.each([
  ['rows are not counted by groups', 'SELECT k FROM t GROUP BY k', 'SELECT k, count(*) AS c FROM t GROUP BY k'],
  [
    'nor keys summed by groups',
    'SELECT k, g, max(n) AS m FROM t GROUP BY k, g',
    'SELECT k, sum(g) + 1 AS s FROM t GROUP BY k',
  ],
  ['keys of the same groups', 'SELECT k, max(n) AS m FROM t GROUP BY k', 'SELECT k, sum(k) AS s FROM t GROUP BY k'],
  ['one group, no rows', 'SELECT count(*) AS c FROM t', 'SELECT count(*) AS c FROM t WHERE 1 = 0'],
  [
    'one group and no group',
    'SELECT count(*) AS c FROM t WHERE k > 9',
    "SELECT count(*) AS c FROM t WHERE k > 9 GROUP BY 'a'",
  ],
  [
    'a group has one of both zeros',
    'SELECT x, count(*) AS c FROM t GROUP BY x',
    'SELECT cast(x AS string) AS s, count(*) AS c FROM t GROUP BY cast(x AS string)',
  ],
  [
    'a filter tells zeros apart',
    'SELECT DISTINCT x FROM t',
    "SELECT DISTINCT x FROM t WHERE cast(x AS string) = '-0.0'",
  ],
  ['dates have no days to be truncated to', byDate('DAY'), byDate('MONTH')],
  ['the time is another', 'SELECT k, ts FROM t WHERE ts < now()', 'SELECT k FROM t WHERE ts < now() AND k > 1'],
])('refuses: %s', async (_, entry, query) => {
  expect((await verdict(entry, query, true)).hits).toEqual([]);
});

it('refuses: averages of sums that wrapped around', async () => {
  judge.engine.set('spark.sql.ansi.enabled', 'false');
  try {
    const entry = 'SELECT k, sum(big) AS s, count(big) AS c, sum(n) AS sn, count(n) AS cn FROM t GROUP BY k';
    expect((await verdict(entry, 'SELECT avg(big) AS a FROM t', true)).hits).toEqual([]);
    expect((await verdict(entry, 'SELECT avg(n) AS a FROM t', true)).hits).toEqual(['subsume']);
  } finally {
    judge.engine.set('spark.sql.ansi.enabled', undefined);
  }
});

it('refuses: days of another time zone', async () => {
  const conf = { 'spark.sql.session.timeZone': 'America/New_York' };
  expect((await verdict(by('DAY'), by('MONTH'), true, conf)).hits).toEqual([]);
  expect((await verdict(by('DAY'), by('MONTH'), true)).hits).toEqual(['subsume']);
});

it.each([
  ['twice a count', 'SELECT k, g, count(*) AS c FROM t GROUP BY k, g', 'SELECT k, 2 * count(*) AS c FROM t GROUP BY k'],
  [
    'an average in the same groups',
    'SELECT k, sum(n) AS s, count(n) AS c FROM t GROUP BY k',
    'SELECT k, avg(n) AS a FROM t GROUP BY k',
  ],
  [
    'an average of what has no sum',
    'SELECT n, sum(big) AS s, count(big) AS c FROM t GROUP BY n',
    'SELECT avg(big) AS a FROM t',
  ],
  ['a filter that does not', 'SELECT DISTINCT x FROM t', 'SELECT DISTINCT x FROM t WHERE x >= 0'],
])('answers: %s', async (_, entry, query) => {
  const v = await verdict(entry, query, true);
  expect([v.hits, v.raised]).toEqual([['subsume'], false]);
});

// Errors that the query raises itself must not go, others not come.
it.each([
  [
    'a row that the entry left out',
    'SELECT k, z FROM t WHERE z <> 0',
    'SELECT k FROM t WHERE 10 / z > 1 AND z <> 0',
    true,
  ],
  [
    'held as a column',
    'SELECT z, 10 / z AS q FROM t WHERE z <> 0',
    'SELECT z FROM t WHERE 10 / z > 1 AND z <> 0',
    true,
  ],
  [
    'asked in another order',
    'SELECT z, k FROM t WHERE z <> 0 AND 10 / z > 1',
    'SELECT z FROM t WHERE 10 / z > 1 AND z <> 0',
    true,
  ],
  [
    'a row that joins to nothing',
    'SELECT k, z FROM t',
    'SELECT q FROM (SELECT k, 10 / z AS q FROM t) JOIN u ON k = uk',
    true,
  ],
  [
    'a row that the entry joined away',
    'SELECT k, z, w FROM t JOIN u ON k = uk',
    'SELECT w FROM t JOIN u ON k = uk WHERE 10 / z > 1',
    true,
  ],
])('raises as the query does: %s', async (_, entry, query, loaded) => {
  const v = await verdict(entry, query, loaded);
  expect(v.hits.length === 0 || v.raised).toBe(true);
});

it.each([
  ['a finer sum overflows', 'SELECT k, sum(big) AS s FROM t GROUP BY k', 'SELECT sum(big) AS s FROM t'],
  [
    'what a join computes beforehand',
    'SELECT k, q FROM (SELECT k, 10 / z AS q FROM t) JOIN u ON k = uk',
    'SELECT q FROM (SELECT k, 10 / z AS q FROM t) JOIN u ON k = uk WHERE k = 2',
  ],
  [
    'conditions in another order',
    'SELECT z, k FROM t WHERE 10 / z > 1 AND z <> 0',
    'SELECT z FROM t WHERE z <> 0 AND 10 / z > 1',
  ],
])('raises nothing else: %s', async (_, entry, query) => {
  const v = await verdict(entry, query, false);
  expect([v.hits, v.raised]).toEqual([[], false]);
});
