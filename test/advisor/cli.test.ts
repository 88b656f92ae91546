import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../cli.js';

const LINEITEM = resolve('test/tpch/sf0.01/lineitem.parquet');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-advise-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(home, ['advise', ...args]);

it('memoframe advise runs a workload and says what to cache', async () => {
  const shared = 'SELECT l_partkey, count(DISTINCT l_orderkey) AS n FROM lineitem GROUP BY l_partkey';
  writeFileSync(
    join(home, 'workload.sql'),
    `CREATE TEMP VIEW lineitem USING parquet OPTIONS (path '${LINEITEM}');\nSELECT max(n) FROM (${shared}) x;\nSELECT min(n) FROM (${shared}) y;\nSELECT avg(n) FROM (${shared}) z;\n`,
  );
  const text = await run('workload.sql', '--budget', '64m', '--runs', '1000', '--cost', 'bytes');
  expect(text).toMatchObject({ code: 0, err: '' });
  expect(text.out).toMatch(/^Cache \d plan/);
  expect(text.out).toContain('3 of 3 verified to hit');
  expect(text.out).toContain('budget    64 MiB');
  const json = await run('workload.sql', '--budget', '64m', '--runs', '1000', '--cost', 'bytes', '--format', 'json');
  expect(JSON.parse(json.out)).toMatchObject({
    version: 1,
    workload: { queries: 3, recordedRuns: 3 },
    budgetBytes: 64 * 2 ** 20,
    entries: [{ level: 'MEMORY_AND_DISK', queries: 3, hits: 3 }],
  });
}, 180_000);

it('refuses bad input', async () => {
  writeFileSync(join(home, 'writes.sql'), 'CREATE TABLE x AS SELECT 1 AS a;\n');
  expect(await run('writes.sql')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--allow-writes') });
  writeFileSync(join(home, 'wrong.sql'), 'SELECT 1;\nSELECT nope;\n');
  expect(await run('wrong.sql')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('nope') });
  expect(await run('writes.sql', '--budget', 'much')).toMatchObject({ code: 2, out: '' });
  expect(await run('missing.sql')).toMatchObject({ code: 2, out: '' });
  expect(await run()).toMatchObject({ code: 2, out: '' });
}, 120_000);
