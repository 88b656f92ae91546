import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../../..');
const MOST_DIFFERENCES = 5;

const rows = readFileSync(join(import.meta.dirname, 'features.txt'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const m = /^([A-Z]\d\d) (DIFFERS )?(.+)$/.exec(line);
    return m ? [{ id: m[1] as string, differs: m[2] !== undefined }] : [];
  });

/** Texts of all test files but this one. */
function tests(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((f) => f.isFile() && f.name.endsWith('.test.ts') && f.name !== 'check.test.ts')
    .map((f) => readFileSync(join(f.parentPath, f.name), 'utf8'));
}

/** Ids that begin the title of a test, or the entry of a table whose entries are tests. */
function titled(texts: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const text of texts)
    for (const m of text.matchAll(
      /\bit(?:\.each\([\s\S]{0,120}?\))?\(\s*['"`]([A-Z]\d\d)\b|^\s*\[?['"]?([A-Z]\d\d)\b['"]?(?::| [^\n]*:|,)/gm,
    ))
      found.add((m[1] ?? m[2]) as string);
  return found;
}

describe('rows of the cache’s behaviours', () => {
  const found = titled([...tests(join(ROOT, 'test/cache')), ...tests(join(ROOT, 'test/storage'))]);
  const differences = rows.filter((r) => r.differs).map((r) => r.id);

  it('every row has a test whose title carries its id, or is a difference', () => {
    expect(new Set(rows.map((r) => r.id)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(130);
    expect(rows.filter((r) => !r.differs && !found.has(r.id)).map((r) => r.id)).toEqual([]);
  });

  it('differences are few, and listed with their reason', () => {
    expect(differences.length).toBeLessThanOrEqual(MOST_DIFFERENCES);
    const listed = readFileSync(join(ROOT, 'docs/spark-differences.md'), 'utf8');
    for (const id of differences) expect(listed).toMatch(new RegExp(`^- ${id}: .{20,}`, 'm'));
    expect(differences.filter((id) => found.has(id))).toEqual([]);
  });

  it('no test carries an id that is no row', () => {
    const known = new Set(rows.map((r) => r.id));
    const own = titled(tests(import.meta.dirname));
    expect([...own].filter((id) => !known.has(id))).toEqual([]);
  });
});
