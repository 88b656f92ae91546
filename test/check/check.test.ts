import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHECK_RULES,
  type CheckFinding,
  type CheckReport,
  checkJson,
  checkSql,
  checkText,
  failsCheck,
} from '../../src/index.js';
import { makeJob } from './job.js';

const T = 'CREATE TABLE t (c1 INT, c2 INT, c3 STRING) USING parquet;\n';
const LATE = 'CACHE TABLE late AS SELECT c1, c2 FROM t WHERE c2 > 0;\n';
const check = (text: string) => checkSql(text, { file: 'job.sql' });
const rules = (r: CheckReport) => r.findings.map((f) => f.rule);
const lineOf = (f: CheckFinding | undefined) => f?.place.line;
const find = (r: CheckReport, rule: string) => r.findings.find((f) => f.rule === rule);
/** The job with all fixes applied, last first. */
function fixed(text: string, r: CheckReport): string {
  let out = text;
  for (const f of [...r.findings].reverse())
    if (f.fix) out = out.slice(0, f.fix.place.start) + f.fix.text + out.slice(f.fix.place.stop);
  return out;
}

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-check-test-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('decisions', () => {
  it('are Spark’s, in the order of the statements', async () => {
    const r = await check(
      `SELECT c1 FROM t0;${T}SELECT c1 FROM t;${LATE}SELECT c1, c2 FROM t WHERE c2 > 0;SELECT c1 FROM t WHERE c2 > 1;SELECT 1;UNCACHE TABLE late;SELECT c1, c2 FROM t WHERE c2 > 0`,
    );
    expect(r.statements.map((s) => [s.kind, ...s.queries.map((q) => q.decision)])).toEqual([
      ['failed'],
      ['definition'],
      ['query', 'none'],
      ['cache', 'none'],
      ['query', 'hit'],
      ['query', 'miss'],
      ['query', 'none'],
      ['uncache'],
      ['query', 'none'],
    ]);
  });

  it('the famous case misses, with reason, rewrite and fix', async () => {
    const job = `${T}CACHE TABLE x AS SELECT c1, c2 FROM (SELECT c1, c2, c3 FROM t) WHERE c2 > 0;\nSELECT c1, c2 FROM (SELECT * FROM t WHERE c2 > 0) WHERE c1 > 1;\n  SELECT c1, c2\n  FROM t\n  WHERE c2 > 0 AND c1 < 9 ORDER BY c1;\nSELECT count(*) FROM x;SELECT count(*) FROM x;`;
    const r = await check(job);
    const misses = r.findings.filter((f) => f.rule === 'cache-miss');
    expect(misses).toHaveLength(2);
    expect(misses[1]).toMatchObject({ place: { line: 4, column: 3, endLine: 6 } });
    for (const m of misses) expect(m.rewrite).toMatch(/FROM x/);
    const again = fixed(job, r);
    expect(again).toContain('ORDER BY c1;');
    expect(rules(await check(again))).toEqual([]);
  });

  it('also inside INSERT, CREATE TABLE AS and subqueries', async () => {
    const job = `${T}${LATE}INSERT INTO t SELECT c1, c2, 'x' FROM t WHERE c2 > 0 AND c1 = 3;CREATE TABLE u AS SELECT c1 FROM late;SELECT * FROM u WHERE c1 IN (SELECT c1 FROM late);SELECT count(*) FROM u, (SELECT c1 FROM t WHERE c2 > 7) x WHERE x.c1 = u.c1`;
    const r = await check(job);
    expect(r.statements.flatMap((s) => s.queries.map((q) => q.decision))).toEqual([
      'none',
      'miss',
      'hit',
      'hit',
      'miss',
    ]);
    const done = await check(fixed(job, r));
    expect(done.statements.flatMap((s) => s.queries.map((q) => q.decision))).toEqual([
      'none',
      'hit',
      'hit',
      'hit',
      'hit',
    ]);
  });

  it('a query that has nothing to do with the cache is no miss', async () => {
    const r = await check(`${T}CREATE TABLE u (a INT);${LATE}SELECT a FROM u;SELECT c1 FROM late;SELECT c2 FROM late`);
    expect(rules(r)).toEqual([]);
  });

  it('--conf and SET count', async () => {
    const job = `${T}CACHE TABLE x AS SELECT c1, c2 FROM (SELECT c1, c2, c3 FROM t WHERE c2 > 0);SELECT c1, c2 FROM t WHERE c2 > 0 AND c1 > 0;SELECT c1 FROM x;SELECT c2 FROM x`;
    expect(rules(await check(job))).toContain('cache-miss');
    expect(rules(await check(`SET memoframe.cache.match = subsume;${job}`))).toEqual([]);
    expect(rules(await checkSql(job, { confs: [['memoframe.cache.match', 'subsume']] }))).toEqual([]);
  });
});

describe('findings', () => {
  it('never-hit names the query that came near', async () => {
    const r = await check(`${T}${LATE}SELECT c1 FROM t WHERE c2 > 1;`);
    expect(find(r, 'never-hit')).toMatchObject({ severity: 'warning', place: { line: 2, column: 1 } });
    expect(find(r, 'never-hit')?.message).toContain('line 3');
  });

  it('unused-before-drop, used-once, cached-twice, uncache-nothing', async () => {
    const r = await check(
      `${T}${LATE}UNCACHE TABLE late;\nCACHE TABLE t;\nCACHE LAZY TABLE t;\nSELECT c1 FROM t;\nCLEAR CACHE;\nUNCACHE TABLE t;\nUNCACHE TABLE IF EXISTS t;`,
    );
    expect(r.findings.map((f) => [f.rule, f.place.line])).toEqual([
      ['unused-before-drop', 2],
      ['used-once', 4],
      ['cached-twice', 5],
      ['uncache-nothing', 8],
    ]);
  });

  it('a self-join reads twice', async () => {
    expect(rules(await check(`${T}${LATE}SELECT count(*) FROM late a JOIN late b ON a.c1 = b.c1`))).toEqual([]);
  });

  it('two names of one plan are one entry', async () => {
    const r = await check(
      `${T}${LATE}CACHE TABLE too AS SELECT c1, c2 FROM t WHERE c2 > 0;SELECT * FROM too;SELECT * FROM late`,
    );
    expect(rules(r)).toEqual(['cached-twice']);
    expect(find(r, 'cached-twice')?.message).toContain('as late in line 2');
  });

  it('cache-recomputed after INSERT, not if nothing reads it again', async () => {
    const uses = 'SELECT c1 FROM late;SELECT c2 FROM late;';
    expect(rules(await check(`${T}${LATE}${uses}INSERT INTO t VALUES (1, 1, 'a')`))).toEqual([]);
    const r = await check(`${T}${LATE}${uses}\nINSERT INTO t VALUES (1, 1, 'a');${uses}`);
    expect(rules(r)).toEqual(['cache-recomputed']);
    expect(lineOf(r.findings[0])).toBe(4);
    const lazy = LATE.replace('CACHE', 'CACHE LAZY');
    expect(rules(await check(`${T}${lazy}INSERT INTO t VALUES (1, 1, 'a');${uses}`))).toEqual([]);
    expect(rules(await check(`${T}${LATE}REFRESH TABLE t;${uses}`))).toEqual(['cache-recomputed']);
  });

  it('cache-dropped with the view that it reads', async () => {
    const uses = 'SELECT c1 FROM b;SELECT c2 FROM b;';
    const views = `${T}CREATE TEMP VIEW v AS SELECT c1, c2 FROM t;CACHE TABLE b AS SELECT * FROM v WHERE c1 > 0;${uses}`;
    expect(rules(await check(`${views}CREATE OR REPLACE TEMP VIEW v AS SELECT c1, c2 FROM t WHERE c2 = 1;`))).toEqual([
      'cache-dropped',
    ]);
    expect(rules(await check(`${views}DROP VIEW b`))).toEqual([]);
    expect(rules(await check(`${views}UNCACHE TABLE b`))).toEqual([]);
  });

  it('stale-hit where Spark forgets: a table inside an IN subquery only', async () => {
    const r = await check(
      `${T}CREATE TABLE u (a INT) USING parquet;CACHE TABLE x AS SELECT c1 FROM t WHERE c1 IN (SELECT a FROM u);SELECT * FROM x;\nINSERT INTO u VALUES (1);\nSELECT * FROM x;\nREFRESH TABLE t;SELECT * FROM x`,
    );
    expect(find(r, 'stale-hit')).toMatchObject({ place: { line: 4 } });
    expect(r.findings.filter((f) => f.rule === 'stale-hit')).toHaveLength(1);
  });

  it('smaller-hit where another entry holds more', async () => {
    const r = await check(
      `${T}CACHE TABLE t;CACHE TABLE g AS SELECT c1, c2, count(*) AS n FROM t GROUP BY c1, c2;SELECT * FROM g;SELECT * FROM g;\nSELECT c1, count(*) AS n FROM t GROUP BY c1`,
    );
    expect(rules(r)).toEqual(['smaller-hit']);
    expect(r.findings[0]?.fix?.text).toContain('FROM g');
  });

  it('errors stand at their place and the rest goes on', async () => {
    const r = await check(
      `${T}SELECT c1,\n  nope FROM t;\nSELEC 1;\nSELECT * FROM nowhere;\nSELECT * FROM parquet.\`/no/such.parquet\`;\nSELECT c1 FROM t`,
    );
    expect(r.findings.map((f) => [f.rule, f.condition, f.place.line, f.place.column])).toEqual([
      ['analysis-error', 'UNRESOLVED_COLUMN.WITH_SUGGESTION', 3, 3],
      ['parse-error', 'PARSE_SYNTAX_ERROR', 4, 1],
      ['missing-table', 'TABLE_OR_VIEW_NOT_FOUND', 5, 15],
      ['missing-table', 'PATH_NOT_FOUND', 6, 15],
    ]);
    for (const f of r.findings) expect(f.severity).toBe('error');
    expect(r.findings[2]?.hint).toContain('CREATE TABLE');
    expect(r.statements.at(-1)?.kind).toBe('query');
  });

  it('what memoframe does not know is a note', async () => {
    expect(
      (await check('CREATE TABLE x (a INT) USING parquet;DELETE FROM x WHERE a = 1')).findings[0]?.severity,
    ).not.toBe(undefined);
    const r = await check("ADD JAR '/x.jar'");
    expect(r.findings.map((f) => f.rule)).toHaveLength(1);
  });

  it('comments switch rules off', async () => {
    const job = (comment: string) => `${T}${comment}\n${LATE}`;
    expect(rules(await check(job('')))).toEqual(['never-hit']);
    expect(rules(await check(job('-- memoframe-ignore never-hit')))).toEqual([]);
    expect(rules(await check(job('/* memoframe-ignore */')))).toEqual([]);
    expect(rules(await check(job('-- memoframe-ignore used-once')))).toEqual(['never-hit']);
  });
});

describe('without data', () => {
  it('takes schemas from footers', async () => {
    const file = resolve('samples/flights.parquet');
    const r = await check(
      `CREATE TEMP VIEW f USING parquet OPTIONS (path '${file}');CACHE TABLE f;SELECT count(*) FROM f WHERE delay > 10;SELECT origin FROM f;SELECT origin FROM parquet.\`${file}\``,
    );
    expect(r.findings.map((f) => [f.rule, f.reason])).toEqual([['cache-miss', 'DIFFERENT_OPTIONS']]);
    expect(r.statements.flatMap((s) => s.queries.map((q) => q.decision))).toEqual(['hit', 'hit', 'miss']);
  });

  it('needs no files behind a schema', async () => {
    const r = await check(
      "CREATE TEMP VIEW v (a INT, b STRING) USING csv OPTIONS (path '/no/such/folder');CREATE TABLE e (a INT) USING parquet LOCATION '/no/such/table';CACHE TABLE v;SELECT a FROM v;SELECT b FROM v JOIN e ON v.a = e.a",
    );
    expect(rules(r)).toEqual([]);
  });

  it('takes schemas from other files', async () => {
    const r = await checkSql('SELECT c1 FROM t', { file: 'a.sql', schemas: [{ file: 's.sql', text: T }] });
    expect(r.findings).toEqual([]);
  });

  it('changes no file', async () => {
    const data = join(home, 'db', 'kept');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'part-0.parquet'), 'x');
    const r = await check(
      `CREATE DATABASE d LOCATION '${join(home, 'db')}';CREATE TABLE d.kept (a INT) USING parquet;INSERT OVERWRITE d.kept VALUES (1);TRUNCATE TABLE d.kept;ALTER TABLE d.kept RENAME TO d.moved;DROP TABLE d.moved;CREATE TABLE d.new (a INT, p INT) USING parquet PARTITIONED BY (p);ALTER TABLE d.new ADD PARTITION (p = 1);ALTER TABLE d.new DROP PARTITION (p = 1);CREATE TABLE x AS SELECT 1 AS a;DROP DATABASE d CASCADE`,
    );
    expect(rules(r)).toEqual([]);
    expect(readdirSync(join(home, 'db'), { recursive: true }).sort()).toEqual(['kept', 'kept/part-0.parquet']);
    expect(existsSync('spark-warehouse/x')).toBe(false);
  });
});

describe('reports', () => {
  it('text names file, line and column', async () => {
    const text = checkText([await check(`${T}${LATE}SELECT c1 FROM t WHERE c2 > 1;`)]);
    expect(text).toContain('job.sql:3:1: warning cache-miss: ');
    expect(text).toMatch(/\n3 statements, 0 hits, 1 miss, 0 errors, 2 warnings, 0 notes\n$/);
  });

  it('JSON has the documented fields', async () => {
    const parsed = JSON.parse(checkJson([await check(`${T}${LATE}SELECT c1 FROM t WHERE c2 > 1;SELECT c1 FROM late`)]));
    expect(parsed).toMatchObject({
      version: 1,
      summary: { files: 1, statements: 4, hits: 1, misses: 1, findings: { error: 0, warning: 1, note: 1 } },
      files: [
        { file: 'job.sql', statements: [{}, {}, { queries: [{ decision: 'miss', nearest: { name: 'late' } }] }, {}] },
      ],
    });
    expect(parsed.files[0].findings[0]).toMatchObject({ rule: 'used-once', severity: 'note', statement: 2 });
  });

  it('fails at the level asked for', async () => {
    const { findings } = await check(`${T}${LATE}SELECT c1 FROM t WHERE c2 > 1;`);
    const failing = (...on: Parameters<typeof failsCheck>[1]) => findings.some((f) => failsCheck(f, on));
    expect([failing(), failing('miss'), failing('warning'), failing('never-hit'), failing('used-once')]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    const error = (await check('SELEC 1')).findings[0] as CheckFinding;
    expect([failsCheck(error, []), failsCheck(error, ['never'])]).toEqual([true, false]);
  });
});

it('a job of 200 statements goes through, all of them analyzed', async () => {
  const r = await check(makeJob(200));
  expect(r.statements).toHaveLength(200);
  expect(r.statements.filter((s) => s.kind === 'failed')).toEqual([]);
  expect(r.statements.flatMap((s) => s.queries).filter((q) => q.decision === 'hit').length).toBeGreaterThan(5);
  for (const f of r.findings) expect(CHECK_RULES).toHaveProperty(f.rule);
}, 30_000);
