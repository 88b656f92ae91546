import { writeFileSync } from 'node:fs';
import { runAdvisor } from './advisor/run.js';
import { runCacheBuild } from './cache-build/run.js';
import { runCachedCount } from './cached-count/run.js';
import { runLookup } from './lookup/run.js';
import { runTpch } from './tpch/run.js';
import { runWorker } from './worker/run.js';

/** `run.ts NAME [--json FILE]`: one benchmark. Answers are checked before anything is timed; peers run in the same process. */
const [name, ...rest] = process.argv.slice(2);
const jsonFile = rest.includes('--json') ? rest[rest.indexOf('--json') + 1] : undefined;

/** A required figure. */
export interface Gate {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
}
/** What a benchmark found: its lines are printed as it goes. */
export interface Report {
  readonly ratio: number;
  readonly gates: readonly Gate[];
  readonly details: unknown;
}

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<Report>>> = {
  advisor: runAdvisor,
  'cache-build': runCacheBuild,
  'cached-count': runCachedCount,
  lookup: runLookup,
  tpch: runTpch,
  worker: runWorker,
};

const bench = name === undefined ? undefined : BENCHES[name];
if (!bench) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')} [--json FILE]`);
  process.exit(2);
}
const report = await bench(rest);
for (const g of report.gates) {
  const pass = g.value <= g.limit;
  console.log(`gate ${g.name} ${g.value.toFixed(3)} ${g.limit} ${pass ? 'pass' : 'fail'}`);
  if (!pass) process.exitCode = 1;
}
if (jsonFile !== undefined) writeFileSync(jsonFile, `${JSON.stringify(report, null, 1)}\n`);
console.log(`ratio ${report.ratio.toFixed(3)}`);
