import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SparkSession } from '../../src/index.js';
import { Child, checkFolder, childProgram, expectedRows, killRounds, writeVersion } from './persistent-kit.js';

let folder: string;
let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[1]').create();
});
afterAll(async () => {
  await spark.stop();
  rmSync(await childProgram(), { force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'persistent-process-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('persistent cache of several processes', () => {
  it('outlives a process: the next one reads no source', async () => {
    await writeVersion(spark, folder, 1);
    const program = await childProgram();
    for (const [found, read] of [
      ['persistentStored', true],
      ['persistentFound', false],
    ]) {
      const child = new Child(program, folder, 'once');
      const said = await child.said();
      expect(await child.ended).toBe(0);
      expect(said).toMatchObject({ rows: expectedRows(1), found: [found], warnings: [] });
      expect(said.cachingRead > 0).toBe(read);
    }
    expect((await checkFolder(join(folder, 'cache'))).entries).toHaveLength(1);
  }, 120_000);

  it('survives kills at random moments: old or new, never a mix, never an error', async () => {
    const report = await killRounds(spark, folder, 10, 7);
    expect(report.kills).toBe(10);
  }, 600_000);

  it('written by several processes at once: one wins, all are right', async () => {
    const program = await childProgram();
    for (const version of [1, 2]) {
      await writeVersion(spark, folder, version);
      const children = [1, 2, 3].map(() => new Child(program, folder, 'once'));
      for (const child of children) {
        const said = await child.said();
        expect(said).toMatchObject({ rows: expectedRows(version), warnings: [] });
        expect(await child.ended).toBe(0);
      }
      const { entries, temporary } = await checkFolder(join(folder, 'cache'));
      expect([entries.length, temporary]).toEqual([1, []]);
    }
  }, 300_000);
});
