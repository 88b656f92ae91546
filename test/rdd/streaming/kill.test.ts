import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkSession } from '../../../src/index.js';
import { Folder, ids, upTo } from './kit.js';

/** More of them: KILLS=50 npx vitest run test/rdd/streaming/kill.test.ts */
const KILLS = Number(process.env['KILLS'] ?? 4);
const FILES = 12;
const ROWS = 5;

let spark: SparkSession;
let program = '';
beforeAll(async () => {
  spark = await SparkSession.builder.master('local[0]').create();
  const { bundleScript } = (await import('../../../scripts/lib/bundle.mjs' as string)) as {
    bundleScript(path: string): Promise<string>;
  };
  program = await bundleScript(resolve('test/rdd/streaming/kill-child.ts'));
}, 120_000);
afterAll(async () => {
  await spark.stop();
  for (const path of program === '' ? [] : [program, `${program}.map`]) rmSync(path, { force: true });
});

/** Runs the child until it ends, or kills it so many milliseconds after it began to stream. */
function runChild(folder: string, killAfterMs?: number): Promise<'done' | 'killed'> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
      if (killAfterMs !== undefined && out.startsWith('ready'))
        timer ??= setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (out.includes('done')) done('done');
      else if (signal === 'SIGKILL') done('killed');
      else fail(new Error(`the child ended with ${code}`));
    });
  });
}

describe('a process that is killed', () => {
  it(
    `${KILLS} times, at random: the output has each row exactly once`,
    async () => {
      const folder = new Folder();
      folder.putRows(FILES, ROWS);
      let kills = 0;
      for (let i = 0; i < KILLS; i++) {
        // New files keep it busy.
        folder.putRows(FILES, ROWS, FILES * (i + 1));
        if ((await runChild(folder.path, Math.random() * 250)) === 'killed') kills++;
        if (!existsSync(folder.at('out'))) continue;
        const soFar = await ids(spark.read.schema('id INT, name STRING').parquet(folder.at('out')));
        expect(new Set(soFar).size).toBe(soFar.length);
      }
      expect(await runChild(folder.path)).toBe('done');
      const all = upTo(FILES * ROWS * (KILLS + 1));
      expect(await ids(spark.read.parquet(folder.at('out')))).toEqual(all);
      // At least once, and by its number exactly once.
      const batches = readdirSync(folder.at('batches')).filter((n) => /^\d+$/.test(n));
      const rows = batches.flatMap((n) => JSON.parse(readFileSync(folder.at('batches', n), 'utf8')) as number[]);
      expect(rows.sort((a, b) => a - b)).toEqual(all);
      expect(kills).toBeGreaterThan(0);
      folder.remove();
    },
    60_000 + KILLS * 30_000,
  );
});
