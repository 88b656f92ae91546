import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { CONF_ENTRIES } from '../src/session/conf-data.js';

const PAPERS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/cache.md',
  'docs/explain-cache.md',
  'docs/spark-differences.md',
  'docs/invariants.md',
  'docs/rdd.md',
  'docs/streaming.md',
  'docs/databases.md',
];
const text = (paper: string) => readFileSync(paper, 'utf8');

describe.each(PAPERS)('%s', (paper) => {
  it('links to files that exist', () => {
    const links = [...text(paper).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map((m) => m[1] as string);
    expect(links.filter((l) => !existsSync(normalize(join(dirname(paper), l))))).toEqual([]);
    const named = [...text(paper).matchAll(/`((?:src|test|docs|bench|scripts|examples)\/[\w./-]+)`/g)].map(
      (m) => m[1] as string,
    );
    expect(named.filter((p) => !existsSync(p))).toEqual([]);
  });

  for (const [n, fence] of [...text(paper).matchAll(/^```ts\n([\s\S]*?)^```/gm)].entries())
    it(`runs its TypeScript (${n + 1})`, async () => {
      // The package's own name resolves to dist/, as for a user.
      const file = `.build/${paper.replace(/\W/g, '-')}-${n}-${process.pid}.mjs`;
      mkdirSync('.build', { recursive: true });
      writeFileSync(file, (await transform(fence[1] as string, { loader: 'ts' })).code);
      try {
        const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 60_000 });
        expect(stdout).not.toBe('');
      } finally {
        rmSync(file);
      }
    }, 90_000);
});

it('the configuration table tells the defaults', () => {
  const rows = [...text('README.md').matchAll(/^\| `((?:spark|memoframe)\.[\w.]+)` \| ([^|]+?) \|/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, key = '', value] of rows) {
    expect(Object.keys(CONF_ENTRIES)).toContain(key);
    const known = CONF_ENTRIES[key]?.default;
    if (known !== undefined) expect(value).toBe(known);
  }
});
