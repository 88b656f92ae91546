import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_RULES } from '../../src/index.js';
import { runCli } from '../cli.js';
import { makeJob } from './job.js';

const T = 'CREATE TABLE t (c1 INT, c2 INT, c3 STRING) USING parquet;\n';
const JOB = `${T}CACHE TABLE late AS SELECT c1, c2 FROM t WHERE c2 > 0;\nSELECT c1 FROM t WHERE c2 > 1;\nSELECT c1, c2 FROM late;SELECT c2 FROM late;\n`;

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'memoframe-check-cli-'));
  writeFileSync(join(home, 'job.sql'), JOB);
  writeFileSync(join(home, 'schema.sql'), T);
  writeFileSync(join(home, 'bad.sql'), `${JOB}SELEC 1;`);
  writeFileSync(join(home, 'no ddl.sql'), JOB.slice(T.length));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(home, ['check', ...args]);

describe('memoframe check', () => {
  it('exits with 0, 1 and 2', async () => {
    expect(await run('job.sql')).toMatchObject({ code: 0, err: '' });
    expect((await run('job.sql', '--fail-on', 'miss')).code).toBe(1);
    expect((await run('job.sql', '--fail-on', 'stale-hit,never-hit')).code).toBe(0);
    expect((await run('bad.sql')).code).toBe(1);
    expect((await run('bad.sql', '--fail-on', 'never')).code).toBe(0);
    expect((await run('no ddl.sql')).code).toBe(1);
    expect((await run('no ddl.sql', '--schema', 'schema.sql')).code).toBe(0);
    expect(await run('missing.sql')).toMatchObject({ code: 2, out: '' });
    expect(await run()).toMatchObject({ code: 2, out: '' });
    expect(await run('job.sql', '--fail-on', 'everything')).toMatchObject({ code: 2, out: '' });
    expect(await run('job.sql', '--format', 'yaml')).toMatchObject({ code: 2, out: '' });
    expect(await run('job.sql', '--output', 'no/such/folder/x.json')).toMatchObject({ code: 2, out: '' });
    expect(readdirSync(home).sort()).toEqual(['bad.sql', 'job.sql', 'no ddl.sql', 'schema.sql']);
  }, 120_000);

  it('writes valid SARIF 2.1.0', async () => {
    const { code, out } = await run('bad.sql', 'no ddl.sql', '--format', 'sarif', '--output', 'out.sarif');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const log = JSON.parse(readFileSync(join(home, 'out.sarif'), 'utf8'));
    rmSync(join(home, 'out.sarif'));
    checkSarifLog(log);
    const results = log.runs[0].results as SarifResult[];
    expect(results.map((r) => r.ruleId)).toEqual(['cache-miss', 'parse-error', ...Array(4).fill('missing-table')]);
    const [miss] = results as [SarifResult];
    expect(miss.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: 'bad.sql' },
      region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 30 },
    });
    expect(miss.fixes?.[0]?.artifactChanges[0]?.replacements[0]).toMatchObject({
      deletedRegion: { startLine: 3, startColumn: 1 },
      insertedContent: { text: expect.stringContaining('FROM late') },
    });
    expect(results[2]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe('no%20ddl.sql');
  }, 60_000);

  it('goes through a job of 200 statements', async () => {
    writeFileSync(join(home, 'long.sql'), makeJob(200));
    const { code, out } = await run('long.sql', '--format', 'json');
    rmSync(join(home, 'long.sql'));
    expect(code).toBe(0);
    expect(JSON.parse(out).summary).toMatchObject({ statements: 200, findings: { error: 0 } });
  }, 120_000);
});

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}
interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: Region };
  }[];
  readonly fixes?: readonly {
    readonly artifactChanges: readonly {
      readonly artifactLocation: { readonly uri: string };
      readonly replacements: readonly {
        readonly deletedRegion: Region;
        readonly insertedContent?: { readonly text: string };
      }[];
    }[];
  }[];
}

/** What the standard requires of the objects used here (OASIS SARIF 2.1.0, §3.13 log, §3.14 run, §3.19 toolComponent,
 * §3.27 result, §3.30 region, §3.49 reportingDescriptor, §3.55 to §3.57 fixes). */
function checkSarifLog(log: { version: string; $schema: string; runs: Record<string, never>[] }): void {
  expect(log.version).toBe('2.1.0');
  expect(log.$schema).toMatch(/sarif.*2\.1\.0/);
  expect(log.runs).toHaveLength(1);
  const run = log.runs[0] as unknown as {
    tool: {
      driver: {
        name: string;
        rules: { id: string; shortDescription: { text: string }; defaultConfiguration: { level: string } }[];
      };
    };
    columnKind: string;
    results: SarifResult[];
  };
  expect(run.columnKind).toBe('utf16CodeUnits');
  const { driver } = run.tool;
  expect(driver.name).toBe('memoframe');
  expect(driver.rules.map((r) => r.id)).toEqual(Object.keys(CHECK_RULES));
  const levels = ['none', 'note', 'warning', 'error'];
  for (const r of driver.rules) {
    expect(r.shortDescription.text).not.toBe('');
    expect(levels).toContain(r.defaultConfiguration.level);
  }
  const region = (r: Region) => {
    for (const n of [r.startLine, r.startColumn, r.endLine, r.endColumn]) expect(n).toBeGreaterThanOrEqual(1);
    expect(r.endLine > r.startLine || (r.endLine === r.startLine && r.endColumn >= r.startColumn)).toBe(true);
  };
  for (const r of run.results) {
    expect(driver.rules[r.ruleIndex]?.id).toBe(r.ruleId);
    expect(levels).toContain(r.level);
    expect(r.message.text).not.toBe('');
    for (const l of r.locations) {
      expect(() => new URL(l.physicalLocation.artifactLocation.uri, 'file:///')).not.toThrow();
      region(l.physicalLocation.region);
    }
    for (const f of r.fixes ?? []) {
      expect(f.artifactChanges.length).toBeGreaterThan(0);
      for (const c of f.artifactChanges) {
        expect(c.artifactLocation.uri).toBeTruthy();
        expect(c.replacements.length).toBeGreaterThan(0);
        for (const x of c.replacements) region(x.deletedRegion);
      }
    }
  }
}
