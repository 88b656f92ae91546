// node scripts/run.mjs test/cache/persistent-kill.ts [rounds] [seed]: kills a process that caches persistently, at random moments.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SparkSession } from '../../src/index.js';
import { childProgram, killRounds } from './persistent-kit.js';

const rounds = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'persistent-kill-'));
const spark = await SparkSession.builder.master('local[1]').create();
try {
  const { kills, found, stored, orphans } = await killRounds(spark, folder, rounds, seed, console.log);
  console.log(`kills ${kills}/${rounds} found ${found} stored ${stored} orphans swept ${orphans} failures 0`);
} finally {
  await spark.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(await childProgram(), { force: true });
}
